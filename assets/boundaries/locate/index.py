"""The index of boundaries: checked shapes, a grid of cells, and a tree over the edges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
import shapely
from numpy.typing import NDArray

from assets.boundaries.locate.edges import edges_of
from assets.boundaries.locate.grid import Grid, build_grid
from assets.boundaries.locate.tree import Tree, build_tree

_POLYGONS = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)
_POLYGONAL = "expected a valid polygon or multipolygon in degrees (EPSG:4490)"


class ShapeError(ValueError):
    """A polygon that no point can be located in; the message names it and says why."""


@dataclass(frozen=True)
class ParkIndex:
    """Boundaries prepared for `locate`: a value that can be pickled and shared by threads.

    `ids` and `shapes` are those given, in their order (heights and measures dropped);
    `grid` answers in which boundaries a point lies, `tree` which one is nearest.
    """

    ids: pl.Series
    shapes: NDArray[Any]
    grid: Grid
    tree: Tree


def build_index(boundary_ids: Sequence[str] | pl.Series, shapes: NDArray[Any]) -> ParkIndex:
    """Index of polygons in degrees; one id a polygon or multipolygon.

    Raises ShapeError for an id given twice and for a shape that is missing, no polygon,
    empty, outside of -180..180 and -90..90 degrees, across the 180° meridian, invalid
    or without area. No shape is mended.
    """
    ids, plane = checked(boundary_ids, shapes, "boundary")
    edges = edges_of(plane)
    return ParkIndex(ids, plane, build_grid(plane, edges), build_tree(edges))


def index_of(boundaries: pl.DataFrame) -> ParkIndex:
    """Index of a frame `boundary_id, geometry_wkb`, WKB as bytes or in hexadecimal.

    Raises ShapeError as `build_index`, and for what is no WKB.
    """
    try:
        shapes = shapely.from_wkb(boundaries["geometry_wkb"].to_numpy())
    except (shapely.errors.GEOSException, TypeError):
        readable = shapely.from_wkb(boundaries["geometry_wkb"].to_numpy(), on_invalid="ignore")
        name = boundaries["boundary_id"][int(shapely.is_missing(readable).argmax())]
        raise ShapeError(f"{name}: geometry_wkb is no geometry in WKB; {_POLYGONAL}") from None
    return build_index(boundaries["boundary_id"], shapes)


def checked(
    polygon_ids: Sequence[str] | pl.Series, shapes: NDArray[Any], what: str
) -> tuple[pl.Series, NDArray[Any]]:
    """Ids (`boundary_id`, `site_id`: by what they are) and polygons in two dimensions.

    Raises ShapeError as `build_index`.
    """
    ids = pl.Series(f"{what}_id", polygon_ids, dtype=pl.String)
    plane = shapely.force_2d(np.asarray(shapes, dtype=object))
    if plane.shape != (ids.len(),):
        raise ShapeError(f"{ids.len()} {what} ids for {plane.size} shapes; expected one each")
    if ids.null_count():
        raise ShapeError(f"{what} {ids.is_null().arg_max()}: no id; expected one")
    if ids.is_duplicated().any():
        twice = ids.filter(ids.is_duplicated())[0]
        places = (ids == twice).arg_true().to_list()
        raise ShapeError(f"{twice}: given {len(places)} times (places {places}); expected once")
    _check(ids, plane)
    return ids, plane


def _check(ids: pl.Series, shapes: NDArray[Any]) -> None:
    _refuse(ids, shapely.is_missing(shapes), "no geometry")
    _refuse(ids, ~np.isin(shapely.get_type_id(shapes), _POLYGONS), "not a polygon")
    _refuse(ids, shapely.is_empty(shapes), "empty")
    # The bounds leave out coordinates that are no numbers.
    coordinates, owner = shapely.get_coordinates(shapes, return_index=True)
    broken = np.zeros(len(shapes), dtype=bool)
    broken[owner[~np.isfinite(coordinates).all(axis=1)]] = True
    _refuse(ids, broken, "a coordinate is not a finite number")
    west, south, east, north = shapely.bounds(shapes).T
    outside = (west < -180) | (east > 180) | (south < -90) | (north > 90)
    _refuse(ids, outside, "coordinates outside of -180..180 and -90..90 degrees")
    _refuse(ids, east - west > 180, "wider than 180 degrees: split it at the 180° meridian")
    invalid = ~shapely.is_valid(shapes)
    if invalid.any():
        reason = shapely.is_valid_reason(shapes[int(invalid.argmax())])
        _refuse(ids, invalid, f"invalid ({reason})")
    _refuse(ids, shapely.area(shapes) <= 0, "without area")


def _refuse(ids: pl.Series, bad: NDArray[np.bool_], why: str) -> None:
    if bad.any():
        more = f" (and {bad.sum() - 1} more)" if bad.sum() > 1 else ""
        raise ShapeError(f"{ids[int(bad.argmax())]}: {why}{more}; {_POLYGONAL}")
