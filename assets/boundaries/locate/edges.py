"""The straight edges of polygons as plain arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Edges:
    """One place an edge, in degrees, ring after ring and boundary after boundary."""

    x1: Floats
    y1: Floats
    x2: Floats
    y2: Floats
    boundary: Integers


def edges_of(shapes: NDArray[Any]) -> Edges:
    """Edges of all rings, holes included; a vertex that repeats the one before gives none."""
    parts, part_of = shapely.get_parts(shapes, return_index=True)
    rings, ring_of = shapely.get_rings(parts, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    start, end = points[:-1], points[1:]
    kept = (ring[:-1] == ring[1:]) & (start != end).any(axis=1)
    return Edges(
        x1=start[kept, 0],
        y1=start[kept, 1],
        x2=end[kept, 0],
        y2=end[kept, 1],
        boundary=part_of[ring_of[ring[:-1][kept]]].astype(np.int64),
    )
