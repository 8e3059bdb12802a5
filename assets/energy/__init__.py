"""Energy statistics and returns: units, calibers, activity, control totals.

Belongs here: how a delivered quantity becomes activity of a site. Does not belong
here: emission factors and masses (`assets.inventory`).
"""
