"""Declared methods of processes, waste and transformation (METHOD 2.2-2.5).

Belongs here: what a method needs, its equation in exact arithmetic, and the terms
(quantity times effective factor, one gas) that it yields from delivered rows. Does not
belong here: factors of fuels, grid and heat (`assets.inventory.factors`) and the lines
and sums made of terms (`ledger`, `marts`).
"""
