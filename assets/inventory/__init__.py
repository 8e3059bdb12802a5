"""The inventory: factors, ledger, marts.

Belongs here: effective factors, ledger lines and the sums published from them. Does
not belong here: where a site is (`assets.enterprises`) and how much it used
(`assets.energy`).
"""
