"""Polygons as delivered: reading, soundness, mending with a record, area on the ellipsoid."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import shapely

from assets.boundaries.divisions import GEOD

_POLYGONS = ("Polygon", "MultiPolygon")


@dataclass(frozen=True)
class Mended:
    """A polygon that was mended, its areas before and after, and what was the matter."""

    shape: Any
    before: float
    after: float
    fault: str

    @property
    def change(self) -> float:
        """Relative change of area; infinite where there was no area."""
        return abs(self.after - self.before) / self.before if self.before > 0 else math.inf


def geodesic_km2(shape: Any) -> float:
    """Area on the CGCS2000 ellipsoid in km2 of a polygon in degrees (METHOD 1.1, B3).

    Rings are turned alike first: the sum is signed by direction, so that a hole drawn in the
    direction of its shell was once added, and parts drawn against each other came to nothing.
    """
    area, _ = GEOD.geometry_area_perimeter(shapely.orient_polygons(shapely.force_2d(shape)))
    return abs(float(area)) / 1e6


def shape_of(text: str | None) -> Any:
    """The geometry of a text of WKB in hexadecimal in two dimensions, or None.

    Heights and measures are left out: a boundary has none, and the text as delivered keeps them.
    """
    try:
        return shapely.force_2d(shapely.from_wkb(bytes.fromhex(text))) if text else None
    except (ValueError, shapely.errors.GEOSException):
        return None


def sound(text: str | None) -> Any:
    """The geometry of the text if it is a valid polygon with an area, else None."""
    shape = shape_of(text)
    good = shape is not None and shape.geom_type in _POLYGONS
    return shape if good and shape.is_valid and shape.area > 0 else None


def mended(shape: Any) -> Mended | None:
    """An invalid polygon made valid, with its areas in the units of its own plane.

    None for what is valid, or cannot be mended to a polygon: another type of geometry, one
    without area, or with coordinates that are no numbers.
    """
    if shape is None or shape.geom_type not in _POLYGONS or shape.is_empty:
        return None
    if shape.is_valid or not all(map(math.isfinite, shape.bounds)):
        return None
    valid = shapely.make_valid(shape)
    polygons = [part for part in shapely.get_parts(valid) if part.geom_type in _POLYGONS]
    after = shapely.union_all(polygons) if polygons else None
    if after is None or after.is_empty or after.area <= 0:
        return None
    return Mended(after, abs(shape.area), after.area, shapely.is_valid_reason(shape))


def rounded(shape: Any) -> Any:
    """The shape with coordinates of nine decimals of a degree (0.1 mm).

    What a processor reckons beyond that is its own, and would be part of a release's hash.
    """
    return shapely.transform(shape, lambda xy: xy.round(9))
