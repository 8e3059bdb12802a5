"""The chance that a place lies inside a boundary when one of them is known with an error only.

The error is taken as normal, alike in all directions, with the standard deviation that the
claims of point and boundary state.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.special import owens_t
from scipy.stats import ncx2

# Beyond this many standard deviations from its border a polygon is in or out for certain:
# the chance left is below 1e-8.
REACH = 6.0


def inside_disc(
    distance_km: NDArray[np.float64], radius_km: float, deviation_km: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Chance that a point lies in a disc when their offset is uncertain.

    The squared length of the offset follows a non-central chi-square distribution with two
    degrees of freedom. With no deviation the answer is 0 or 1.
    """
    exact = (distance_km <= radius_km).astype(float)
    safe = np.where(deviation_km > 0, deviation_km, 1.0)
    reach, offset = (radius_km / safe) ** 2, (distance_km / safe) ** 2
    # For offsets near 0 ncx2 is off by 2e-5; the central distribution is 1 - exp(-x / 2).
    central = -np.expm1(-reach / 2)
    chance = np.where(offset < 1e-8, central, ncx2.cdf(reach, 2, np.maximum(offset, 1e-8)))
    return np.where(deviation_km > 0, chance, exact)


def normal_mass(polygon: Any, deviation: float) -> float:
    """Mass of a normal distribution around the origin in a polygon of the plane, exactly.

    Each edge spans a triangle with the origin; the mass of the triangle follows from its
    angle and Owen's T (D. B. Owen 1956, Annals of Mathematical Statistics 27, 1075), signed by
    the direction of the edge. Sums over rings oriented shell against holes.
    """
    rings = [
        shapely.get_coordinates(ring) / deviation
        for part in shapely.get_parts(shapely.orient_polygons(polygon))
        for ring in (part.exterior, *part.interiors)
    ]
    return float(sum(_ring_mass(ring) for ring in rings))


def _ring_mass(ring: NDArray[np.float64]) -> float:
    start, end = ring[:-1], ring[1:]
    edge = end - start
    length = np.hypot(edge[:, 0], edge[:, 1])
    kept = length > 0
    start, end, edge, length = start[kept], end[kept], edge[kept], length[kept]
    cross = start[:, 0] * end[:, 1] - start[:, 1] * end[:, 0]
    height = np.abs(cross) / length
    # An edge that points at the origin spans no triangle.
    seen = height > 1e-12
    along = edge[seen] / length[seen, None]
    first = np.einsum("ij,ij->i", start[seen], along) / height[seen]
    last = np.einsum("ij,ij->i", end[seen], along) / height[seen]
    turn = (np.arctan(last) - np.arctan(first)) / (2 * np.pi)
    tail = owens_t(height[seen], last) - owens_t(height[seen], first)
    return float(np.sum(np.sign(cross[seen]) * (turn - tail)))
