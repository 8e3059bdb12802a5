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
    if not len(shapes):
        none = np.empty(0)
        return Edges(none, none, none, none, np.empty(0, dtype=np.int64))
    _, points, offsets = shapely.to_ragged_array(shapes, include_z=False)
    first = offsets[-1]
    for level in reversed(offsets[:-1]):
        first = level[first]
    owner = np.repeat(np.arange(len(shapes)), np.diff(first))
    x, y = np.ascontiguousarray(points.T)
    kept = (x[1:] != x[:-1]) | (y[1:] != y[:-1])
    kept[offsets[0][1:-1] - 1] = False  # from the end of a ring to the start of the next
    return Edges(x[:-1][kept], y[:-1][kept], x[1:][kept], y[1:][kept], owner[:-1][kept])
