"""Batches of points: every boundary that covers a point, and the nearest of the others."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from assets.boundaries.locate.edges import Floats, Integers
from assets.boundaries.locate.index import ParkIndex
from assets.boundaries.locate.tree import FANOUT

_BATCH = 1 << 19
_FURTHEST_M = 10_000.0
# Where the local measure of distance holds: not at the poles, nor across the 180° meridian.
_MEASURED = (-179.0, -80.0, 179.0, 80.0)


def locate(
    points: pl.DataFrame | pa.RecordBatch | pa.Table,
    index: ParkIndex,
    *,
    nearest_within_m: float | None = None,
) -> pl.DataFrame:
    """Boundaries of points (`lon, lat` in degrees, EPSG:4490; other columns are left alone).

    One row a point and boundary, ordered by both: `point` (row number, UInt32),
    `boundary_id`, `inside`, `distance_m`. A point on a border is inside, exactly as
    `shapely.covers(polygon, point)`; its distance is 0. With `nearest_within_m` a point
    that is inside of none has a row for the nearest boundary within that distance, the
    first of equally near ones (to 1 mm), with `inside` false. Edges are straight in
    degrees there too; the distance is that on the CGCS2000 ellipsoid.

    A point that lies nowhere has no row. A point whose coordinates are null, NaN or out
    of range has one row, in which the rest is null. Raises ValueError for columns that
    are not there or no numbers, a distance that is not in 0..10,000 m, and distances
    from boundaries beyond 80° latitude or 179° longitude.
    """
    frame = _coordinates(points)
    if nearest_within_m is not None:
        _check_distance(nearest_within_m, index)
    starts = range(0, frame.height, _BATCH)

    def one(start: int) -> pl.DataFrame:
        batch = frame.slice(start, _BATCH)
        lon, lat = (batch[name].fill_null(np.nan).to_numpy() for name in ("lon", "lat"))
        return _located(lon, lat, start, index, nearest_within_m)

    with ThreadPoolExecutor(pl.thread_pool_size()) as pool:
        located = list(pool.map(one, starts))
    return pl.concat([_empty(index), *located])


def _empty(index: ParkIndex) -> pl.DataFrame:
    return _frame(
        np.empty(0, np.int64), np.empty(0, np.int32), np.empty(0, bool), np.empty(0), 0, index
    )


def _coordinates(points: pl.DataFrame | pa.RecordBatch | pa.Table) -> pl.DataFrame:
    frame = points if isinstance(points, pl.DataFrame) else pl.DataFrame(pl.from_arrow(points))
    for name in ("lon", "lat"):
        if name not in frame.columns or not frame.schema[name].is_numeric():
            held = frame.schema.get(name, "no such column")
            raise ValueError(f"points: {name} is {held}; expected numbers in degrees (EPSG:4490)")
    return frame.select(pl.col("lon", "lat").cast(pl.Float64))


def _check_distance(metres: float, index: ParkIndex) -> None:
    if not 0 < metres <= _FURTHEST_M:
        raise ValueError(f"nearest_within_m: {metres}; expected more than 0, at most 10000")
    west, south, east, north = index.tree.boxes[:, -1:].T.ravel() if index.ids.len() else (0,) * 4
    if west < _MEASURED[0] or south < _MEASURED[1] or east > _MEASURED[2] or north > _MEASURED[3]:
        raise ValueError(
            f"boundaries reach from {west:g}, {south:g} to {east:g}, {north:g} degrees; distances "
            "are measured within 80° latitude and 179° longitude: locate without nearest_within_m"
        )


def _located(
    lon: Floats, lat: Floats, start: int, index: ParkIndex, within: float | None
) -> pl.DataFrame:
    """The rows of one batch, which begins at point `start`."""
    point, boundary = _contained(lon, lat, index)
    inside, distance = np.ones(len(point), dtype=bool), np.zeros(len(point))
    if within is not None:
        nowhere = np.ones(len(lon), dtype=bool)
        nowhere[point] = False
        near, metres = _nearest(lon, lat, np.flatnonzero(nowhere), index, within)
        hit = np.flatnonzero(near >= 0)
        order = np.argsort(np.concatenate([point, hit]), kind="stable")
        point = np.concatenate([point, hit])[order]
        boundary = np.concatenate([boundary, near[hit]])[order]
        inside = np.concatenate([inside, np.zeros(len(hit), dtype=bool)])[order]
        distance = np.concatenate([distance, metres[hit]])[order]
    return _frame(point, boundary, inside, distance, start, index)


def _contained(
    lon: Floats, lat: Floats, index: ParkIndex
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Each point of the batch with each boundary that covers it; -1 where it is unusable."""
    # Loading the compiler takes longer than all the rest of this module.
    from assets.boundaries.locate import kernels

    grid = index.grid
    corner = np.array([grid.first_row, grid.first_column])
    pairs, room = len(lon), 0
    while pairs > room:
        room = pairs
        point, boundary, edge, count = (np.empty(room, np.int32) for _ in range(4))
        pairs = kernels.candidates(
            lon, lat, grid.scale, corner, grid.blocks, grid.cells, grid.entries,
            point, boundary, edge, count,
        )  # fmt: skip
    point, boundary, edge, count = (found[:pairs] for found in (point, boundary, edge, count))
    crossed = np.flatnonzero(count)
    # In the order of the edges each of them comes from memory only once.
    place = edge[crossed] >> max(grid.edges.shape[1].bit_length() - 16, 0)
    crossed = crossed[np.argsort(place.astype(np.uint16), kind="stable")]
    near = point[crossed]
    judged = np.empty(len(crossed), np.uint8)
    kernels.cover(lon[near], lat[near], edge[crossed], count[crossed], grid.edges, judged)
    state = np.full(pairs, kernels.INSIDE, np.uint8)
    state[crossed] = judged
    holds = state == kernels.INSIDE
    doubt = np.flatnonzero(state == kernels.DOUBT)
    if len(doubt):
        at = point[doubt]
        points = shapely.points(lon[at], lat[at])
        holds[doubt] = shapely.covers(index.shapes[boundary[doubt]], points)
    return point[holds], boundary[holds]


def _nearest(
    lon: Floats, lat: Floats, asked: Integers, index: ParkIndex, within: float
) -> tuple[NDArray[np.int32], Floats]:
    """For each point of the batch the nearest boundary, -1 where none or not asked."""
    from assets.boundaries.locate import kernels

    tree = index.tree
    # Neighbours follow each other: they find their edges in the processor's cache.
    row, column = np.empty(len(asked), np.uint16), np.empty(len(asked), np.uint16)
    kernels.tiles(lon[asked], lat[asked], row, column)
    asked = asked[np.lexsort((column, row))]
    found, distance = np.empty(len(asked), np.int32), np.empty(len(asked))
    kernels.nearest(
        lon[asked], lat[asked], within, tree.edges, tree.boundary, tree.boxes, tree.children,
        tree.levels, found, distance, np.empty(FANOUT),
    )  # fmt: skip
    near, metres = np.full(len(lon), -1, dtype=np.int32), np.zeros(len(lon))
    near[asked], metres[asked] = found, distance
    return near, metres


def _frame(
    point: NDArray[Any],
    boundary: NDArray[np.int32],
    inside: NDArray[np.bool_],
    distance: Floats,
    start: int,
    index: ParkIndex,
) -> pl.DataFrame:
    frame = pl.DataFrame(
        {
            "point": point.astype(np.uint32) + np.uint32(start),
            "boundary": boundary,
            "inside": inside,
            "distance_m": distance,
        }
    )
    usable = boundary >= 0
    if not usable.all():
        frame = frame.with_columns(
            pl.when(pl.Series(usable)).then(pl.col("boundary", "inside", "distance_m"))
        )
    return frame.select(
        "point",
        index.ids.gather(frame["boundary"]).alias("boundary_id"),
        "inside",
        "distance_m",
    )
