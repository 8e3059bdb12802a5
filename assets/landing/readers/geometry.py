"""Geometry in the form of GeoJSON, or WKB → checked 2D WKB in hexadecimal.

Heights and measures are left out: nothing of the product uses them. Whether a sound geometry is
a valid one (self-intersections, empty) is for the rules to judge, not for a reader.
"""

from collections.abc import Callable
from math import isfinite
from typing import Any

import numpy as np
import shapely

from assets.landing.readers.jsontext import Number
from assets.landing.readers.request import Request

_RING_POINTS = 4
_LINE_POINTS = 2
_MAX_NESTING = 8  # collections in collections

Position = tuple[float, float]


class GeometryError(Exception):
    """A geometry that cannot be read; the message says why."""


def geometry_cell(geometry: Any, request: Request, part: str, row: int) -> str | None:
    """2D WKB, little endian, upper case; None for a null geometry. Raises ReadError `geometry`."""
    try:
        return None if geometry is None else _hex(build(geometry))
    except GeometryError as error:
        raise request.error("geometry", str(error), "a sound geometry", part, row) from None


def wkb_hex_2d(wkb: bytes) -> str:
    """The same of WKB of any dimension. Raises GeometryError."""
    try:
        with np.errstate(invalid="ignore"):
            shape = shapely.from_wkb(wkb)
    except (shapely.errors.GEOSException, NotImplementedError) as error:
        raise GeometryError(str(error)) from None
    if not shape.is_empty and len(shapely.to_wkb(shape, flavor="iso")) != len(wkb):
        raise GeometryError("bytes behind the end of the geometry")
    if not np.isfinite(shapely.get_coordinates(shape)).all():
        raise GeometryError("a coordinate that is not finite")
    for ring in _rings(shape):
        if 0 < len(ring.coords) < _RING_POINTS:
            raise GeometryError(f"a ring of {len(ring.coords)} points, fewer than {_RING_POINTS}")
    return _hex(shape)


def build(geometry: Any, nesting: int = 0) -> Any:
    """The shape of a GeoJSON geometry object. Raises GeometryError."""
    if not isinstance(geometry, dict):
        raise GeometryError("the geometry is no object")
    kind = geometry.get("type")
    if kind == "GeometryCollection":
        if nesting >= _MAX_NESTING:
            raise GeometryError(f"collections nested deeper than {_MAX_NESTING}")
        members = [build(member, nesting + 1) for member in _list(geometry.get("geometries"))]
        return shapely.GeometryCollection(members)
    make = _MAKERS.get(kind) if isinstance(kind, str) else None
    if make is None:
        raise GeometryError(f"geometry of type {kind!r}")
    return make(_list(geometry.get("coordinates")))


def _hex(shape: Any) -> str:
    return str(shapely.to_wkb(shape, hex=True, output_dimension=2, byte_order=1))


def _rings(shape: Any) -> list[Any]:
    """Every ring of every polygon in the shape."""
    if shape.geom_type == "Polygon":
        return [shape.exterior, *shape.interiors]
    return [ring for member in getattr(shape, "geoms", ()) for ring in _rings(member)]


def _point(coordinates: list[Any]) -> Any:
    return shapely.Point(_position(coordinates)) if coordinates else shapely.Point()


def _line(coordinates: list[Any]) -> Any:
    positions = [_position(position) for position in coordinates]
    if 0 < len(positions) < _LINE_POINTS:
        raise GeometryError("a line of 1 point, fewer than 2")
    return shapely.LineString(positions)


def _polygon(coordinates: list[Any]) -> Any:
    rings = [_ring(_list(ring)) for ring in coordinates]
    return shapely.Polygon(rings[0], rings[1:]) if rings else shapely.Polygon()


def _ring(coordinates: list[Any]) -> list[Position]:
    positions = [_position(position) for position in coordinates]
    if len(positions) < _RING_POINTS:
        raise GeometryError(f"a ring of {len(positions)} points, fewer than {_RING_POINTS}")
    if positions[0] != positions[-1]:
        raise GeometryError(f"a ring from {positions[0]} to {positions[-1]}, not closed")
    return positions


def _position(value: Any) -> Position:
    if (
        not isinstance(value, list)
        or len(value) < 2
        or not all(isinstance(number, Number) for number in value)
    ):
        raise GeometryError(f"{str(value)[:60]} is no position")
    x, y = float(value[0]), float(value[1])
    if not (isfinite(x) and isfinite(y)):
        raise GeometryError(f"coordinate {value[0]}, {value[1]} is not finite")
    return x, y


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise GeometryError(f"{str(value)[:60]} where a list should be")
    return value


_MAKERS: dict[str, Callable[[list[Any]], Any]] = {
    "Point": _point,
    "LineString": _line,
    "Polygon": _polygon,
    "MultiPoint": lambda members: shapely.MultiPoint([_position(point) for point in members]),
    "MultiLineString": lambda members: shapely.MultiLineString(
        [_line(_list(line)) for line in members]
    ),
    "MultiPolygon": lambda members: shapely.MultiPolygon(
        [_polygon(_list(polygon)) for polygon in members]
    ),
}
