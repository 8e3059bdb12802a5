"""The published CEADs inventories, met from the CEADs energy books.

Belongs here: the names of both deliveries, what the institute counts as burnt, the factors
that its own pairs of book and inventory imply, and the comparison. Does not belong here:
factors of the inventory itself (`assets.inventory.factors`): `CEADS-implied` says how CEADs
reckoned and is no default of any profile.
"""
