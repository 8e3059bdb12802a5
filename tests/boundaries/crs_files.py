"""Files in other coordinate systems, made of the division polygons of the checkout."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer

from assets.boundaries.divisions import counties

Floats = NDArray[np.float64]
Move = Callable[[Any, Any], tuple[Any, Any]]

_TO_BEIJING = (
    "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad +step +proj=cart +ellps=GRS80 "
    "+step +inv +proj=helmert +x=12.646 +y=-155.176 +z=-80.863 +step +inv +proj=cart +ellps=krass "
    "+step +proj=unitconvert +xy_in=rad +xy_out=deg"
)


def county_shapes(province: str) -> NDArray[Any]:
    """The county polygons of a province (two digits), in CGCS2000 degrees."""
    return counties().shapes[[code.startswith(province) for code in counties().codes]]


def drawn_again(shapes: NDArray[Any], seed: int, error_m: float = 100.0) -> NDArray[Any]:
    """The same polygons as another office draws them: fewer vertices, each feature and each
    vertex off by an error of its own.
    """
    simple = shapely.simplify(shapes, 0.002)
    points, owner = shapely.get_coordinates(simple, return_index=True)
    feature = np.random.default_rng(seed).normal(0, error_m, (len(shapes), 2))[owner]
    # Neighbours share their vertices, and rings close: the error belongs to the place.
    vertex = np.sin(points * 7919 + points[:, ::-1] * np.array([1047.0, -1319.0]))
    moved = points + (feature + 1.41 * error_m * vertex) / 111_000
    return np.asarray(shapely.set_coordinates(simple, moved))


def places_in(shapes: NDArray[Any], count: int, seed: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Random points, each in one of the polygons, and the polygon of each."""
    random = np.random.default_rng(seed)
    grounds = shapes[random.integers(0, len(shapes), count)]
    points = shapely.points(np.zeros((count, 2)))
    open_ = np.ones(count, dtype=bool)
    while open_.any():
        west, south, east, north = shapely.bounds(grounds[open_]).T
        size = int(open_.sum())
        points[open_] = shapely.points(
            random.uniform(west, east, size), random.uniform(south, north, size)
        )
        open_ = ~shapely.covers(grounds, points)
    return points, grounds


def projected(crs: str | int) -> Move:
    """CGCS2000 degrees to easting and northing; by way of the old datum for Beijing 1954."""
    known = CRS.from_user_input(crs)
    project: Move = Transformer.from_crs(known.geodetic_crs, known, always_xy=True).transform
    if "krass" not in known.ellipsoid.name.lower():
        return project
    to_beijing = Transformer.from_pipeline(_TO_BEIJING).transform
    return lambda lon, lat: project(*to_beijing(lon, lat))


def by_sheet_shift(crs: int) -> Move:
    """Xian 1980 as it is on the ground: sheets move by 97 m east and 17 m north to CGCS2000
    (the middle of what the guide names).
    """
    project = projected(crs)

    def move(lon: Any, lat: Any) -> tuple[Any, Any]:
        east, north = project(lon, lat)
        return np.asarray(east) - 97, np.asarray(north) - 17

    return move


def swapped(move: Move) -> Move:
    """The second number first."""
    return lambda lon, lat: move(lon, lat)[::-1]


def as_minutes(lon: Any, lat: Any) -> tuple[Any, Any]:
    """DD.MMmmmm."""

    def write(values: Floats) -> Floats:
        degrees = np.floor(values)
        return np.asarray(degrees + np.round((values - degrees) * 60, 4) / 100)

    return write(lon), write(lat)


def as_seconds(lon: Any, lat: Any) -> tuple[Any, Any]:
    """DD.MMSSss."""

    def write(values: Floats) -> Floats:
        total = np.round(values * 3600, 2)
        degrees = np.floor(total / 3600)
        minutes = np.floor((total - degrees * 3600) / 60)
        seconds = total - degrees * 3600 - minutes * 60
        return np.asarray(np.round(degrees + minutes / 100 + seconds / 1e4, 9))

    return write(lon), write(lat)


def moved(shapes: NDArray[Any], move: Move) -> NDArray[Any]:
    """The shapes with every vertex moved."""
    return np.asarray(shapely.transform(shapes, move, interleaved=False))
