"""Uncertainty of totals (METHOD 4.4, 4.5): propagation, Monte Carlo, shares of variance, pedigree.

Belongs here: what a 95 % half width is taken from, how it is carried to a total, and which input
the width is due to. Does not belong here: the emissions themselves (`assets.inventory.ledger`)
and how sure a place is (`assets.enterprises.attribution`).
"""
