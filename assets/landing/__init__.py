"""Deliveries: source declarations, archive, readers, typed acceptance.

Belongs here: everything from a delivered file to accepted or quarantined rows, and
the rules of single sources. Does not belong here: what rows mean together (the other
rooms).
"""
