"""Parks and boundaries: whose ground it is, in which year, and which park a point is in.

Belongs here: parks of the catalogue, point claims, boundary versions, coordinate
systems, divisions, membership of points. Does not belong here: enterprises and what
their evidence is worth (`assets.enterprises`).
"""
