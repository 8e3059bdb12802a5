"""Enterprises: identity, sites, location claims, attribution, reconciliation.

Belongs here: who is who and where each one operates. Does not belong here: the
geometry of parks (`assets.boundaries`) and quantities (`assets.energy`).
"""
