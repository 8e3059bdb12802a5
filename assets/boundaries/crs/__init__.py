"""Coordinate systems: which one a file is in, and from there to CGCS2000.

Belongs here: the systems that occur in Chinese deliveries, the shifts of map services, datum
shifts, the test of an undeclared system against known ground, and degrees as people write
them. Does not belong here: reading files (`assets.landing`), division polygons
(`assets.boundaries.divisions`), areas and membership (`assets.boundaries.versions`).
"""

from assets.boundaries.crs.shift import (
    bd09_to_cgcs2000,
    cgcs2000_to_bd09,
    cgcs2000_to_gcj02,
    gcj02_to_cgcs2000,
)

__all__ = [
    "bd09_to_cgcs2000",
    "cgcs2000_to_bd09",
    "cgcs2000_to_gcj02",
    "gcj02_to_cgcs2000",
]
