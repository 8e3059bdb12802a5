"""Places of the delivered features, and how far each reading puts them from known ground."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from assets.boundaries.crs.finding import Ground
from assets.boundaries.crs.systems import Floats, System, to_cgcs2000

# Places on outlines in all, and at least and at most on one feature.
_PLACES, _FEWEST, _MOST = 6000, 12, 1500
_DEGREE_M = 111_195.0
# One vote for a cell of the map: neighbours repeat each other's errors (a district and the
# next share their border, enterprises of one street their address).
_CELL_DEGREES, _CELL_M = 0.05, 5000.0


@dataclass(frozen=True)
class Samples:
    """Places as delivered (x, y), their cell of the map, and the ground each belongs to.

    `target` numbers `targets`, whose coordinates are metres about the latitude `parallel`.
    """

    x: Floats
    y: Floats
    cell: NDArray[np.int64]
    target: NDArray[np.int64]
    targets: NDArray[Any]
    parallel: Floats

    def lon_lat(self, read_as: System) -> tuple[Floats, Floats]:
        """The places under one reading, NaN for what cannot be read so."""
        return to_cgcs2000(self.x, self.y, read_as)

    def distances_m(self, lon: Floats, lat: Floats) -> Floats:
        """Distance of each place to its ground; infinite for NaN."""
        east = lon * np.cos(np.radians(self.parallel[self.target])) * _DEGREE_M
        good = np.isfinite(east) & np.isfinite(lat)
        found = np.full(len(lon), np.inf)
        points = shapely.points(east[good], lat[good] * _DEGREE_M)
        found[good] = shapely.distance(points, self.targets[self.target[good]])
        return found


def samples(shapes: NDArray[Any], grounds: Sequence[Ground]) -> Samples | None:
    """Places to test; None where no feature has ground.

    Of an outline evenly spaced vertices, of another polygon a point inside, of a feature
    about a point its centroid.
    """
    there = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    x, y, target = [], [], []
    targets: list[Any] = []
    parallel: list[float] = []
    known: dict[tuple[int, str], int] = {}
    for ground in grounds:
        places = np.flatnonzero(there & ~shapely.is_missing(ground.shapes))
        if not places.size:
            continue
        most = int(np.clip(_PLACES // places.size, _FEWEST, _MOST))
        points, owner = _places(shapes[places], ground.role, most)
        numbers = []
        for shape in ground.shapes[places]:
            key = (id(shape), ground.role)
            if key not in known:
                known[key] = len(targets)
                flat, latitude = _flat(shape, ground.role)
                targets.append(flat)
                parallel.append(latitude)
            numbers.append(known[key])
        x.append(points[:, 0])
        y.append(points[:, 1])
        target.append(np.array(numbers, dtype=np.int64)[owner])
    if not targets:
        return None
    all_x, all_y = np.concatenate(x), np.concatenate(y)
    finite = np.isfinite(all_x) & np.isfinite(all_y)
    if not finite.any():
        return None
    return Samples(
        all_x[finite],
        all_y[finite],
        _cells(all_x[finite], all_y[finite]),
        np.concatenate(target)[finite],
        np.array(targets, dtype=object),
        np.array(parallel),
    )


def _places(
    shapes: NDArray[Any], role: str, most: int
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    if role != "outline":
        at = shapely.point_on_surface(shapes) if role == "within" else shapely.centroid(shapes)
        points, owner = shapely.get_coordinates(at, return_index=True)
        return points, owner
    points, owner = shapely.get_coordinates(shapes, return_index=True)
    count = np.bincount(owner, minlength=len(shapes))
    nth = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
    step = np.maximum(1, -(-count // most))
    kept = nth % step[owner] == 0
    return points[kept], owner[kept]


def _flat(shape: Any, role: str) -> tuple[Any, float]:
    """The ground in metres about its middle latitude, and that latitude."""
    latitude = float(np.mean(shapely.bounds(shape)[[1, 3]]))
    scale = np.array([np.cos(np.radians(latitude)), 1.0]) * _DEGREE_M
    flat = shapely.transform(shapely.force_2d(shape), lambda points: points * scale)
    return shapely.boundary(flat) if role == "outline" else flat, latitude


def _cells(x: Floats, y: Floats) -> NDArray[np.int64]:
    degrees = np.median(np.abs(x)) <= 180 and np.median(np.abs(y)) <= 180
    size = _CELL_DEGREES if degrees else _CELL_M
    pairs = np.floor(np.column_stack([x, y]) / size)
    cell: NDArray[np.int64] = np.unique(pairs, axis=0, return_inverse=True)[1].reshape(-1)
    return cell
