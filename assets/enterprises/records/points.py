"""Points of registers: to CGCS2000, how far to trust them, and the county they lie in."""

from __future__ import annotations

from functools import cache

import numpy as np
import polars as pl
import shapely

from assets.boundaries.crs.systems import system, to_cgcs2000
from assets.boundaries.divisions import cities, counties, provinces

# A point that this many unlike enterprises share is no place of any (METHOD 5, GEO4).
SHARED_BY = 5
# A point this near to the middle of a division stands for the division (project rule).
_MIDDLE_DEGREES = 0.003
# Standard deviation of points that stand for a town, a county, a city (project rule, as for
# the points of the catalogue).
SHARED_M, COUNTY_M, CITY_M = 2000.0, 8000.0, 20000.0
_DEGREE_M = 111_000.0


def placed(points: pl.DataFrame) -> pl.DataFrame:
    """Points as `lon, lat` in CGCS2000 with `precision_m, point_doubt_zh, point_division`.

    In: `lon, lat` (degrees as delivered, or null), `crs` (their system), `precision_m` (null:
    as written), `entity_id`, `country` that they should be in. One row each, in the same order.
    A point loses no precision that it was not delivered with: the number of decimals, a point
    shared by unlike enterprises and the middle of a division make it coarser, and
    `point_doubt_zh` says so.
    """
    given = points.with_row_index("__row")
    known = given.filter(pl.col("lon").is_not_null() & pl.col("lat").is_not_null())
    moved = pl.concat(
        [
            given.select("__row", "lon", "lat").clear(),
            *(_moved(part) for part in known.partition_by("crs")),
        ]
    )
    written = _written_m(known)
    sharing = pl.col("entity_id").n_unique().over(pl.col("lon").round(5), pl.col("lat").round(5))
    doubted = (
        known.select("__row", "entity_id", "country", "precision_m")
        .join(moved, on="__row")
        .join(pl.DataFrame({"__row": known["__row"], "__written": written}), on="__row")
        .with_columns(sharing.alias("__sharing"))
    )
    lon, lat = doubted["lon"].to_numpy(), doubted["lat"].to_numpy()
    county = counties().containing(lon, lat) if len(lon) else []
    province = provinces().containing(lon, lat) if len(lon) else []
    middle = _middles(lon, lat)
    judged = doubted.with_columns(
        pl.Series("point_division", county, dtype=pl.String),
        pl.Series("__province", province, dtype=pl.String),
        pl.Series("__middle", middle, dtype=pl.String),
    )
    shared = pl.col("__sharing") >= SHARED_BY
    doubts = [
        pl.when(shared).then(pl.format("{} 家企业同用此点", "__sharing")),
        pl.when(pl.col("__middle") == "county").then(pl.lit("点在县区中心")),
        pl.when(pl.col("__middle") == "city").then(pl.lit("点在地市中心")),
        pl.when(pl.col("__written") > pl.col("precision_m")).then(
            pl.format("小数位数只到约 {} 米", pl.col("__written").cast(pl.Int64))
        ),
        pl.when(pl.col("__province").is_null() & (pl.col("country") == "CN")).then(
            pl.lit("点不在中国任何省级区划内")
        ),
    ]
    found = judged.select(
        "__row",
        "lon",
        "lat",
        pl.max_horizontal(
            "precision_m",
            "__written",
            pl.when(shared).then(SHARED_M),
            pl.when(pl.col("__middle") == "county").then(COUNTY_M),
            pl.when(pl.col("__middle") == "city").then(CITY_M),
        ).alias("precision_m"),
        pl.concat_str(doubts, separator="；", ignore_nulls=True).alias("point_doubt_zh"),
        pl.coalesce("point_division", "__province").alias("point_division"),
    ).with_columns(pl.col("point_doubt_zh").replace("", None))
    return (
        given.select("__row")
        .join(found, on="__row", how="left", maintain_order="left")
        .drop("__row")
    )


def _moved(part: pl.DataFrame) -> pl.DataFrame:
    """Points of one system in CGCS2000."""
    read_as = system(part.item(0, "crs"))
    lon, lat = to_cgcs2000(part["lon"].to_numpy(), part["lat"].to_numpy(), read_as)
    return part.select("__row").with_columns(pl.Series("lon", lon), pl.Series("lat", lat))


def _written_m(known: pl.DataFrame) -> list[float]:
    """Half a unit of the last decimal that a point is written with, in metres."""
    decimals = pl.max_horizontal(
        *(
            pl.col(axis)
            .cast(pl.String)
            .str.extract(r"\.(\d*)$")
            .str.strip_chars_end("0")
            .str.len_chars()
            .fill_null(0)
            for axis in ("lon", "lat")
        )
    )
    found = known.select((0.5 * _DEGREE_M / pl.lit(10.0).pow(decimals)).round(1))
    return [float(value) for value in found.to_series().to_list()]


@cache
def _tree() -> tuple[shapely.STRtree, tuple[str, ...]]:
    """Middles of counties and cities: their centroids."""
    levels = (("county", counties()), ("city", cities()))
    points = [shapely.centroid(level.shapes) for _, level in levels]
    kinds = tuple(kind for kind, level in levels for _ in level.codes)
    return shapely.STRtree(np.concatenate(points)), kinds


def _middles(lon: np.ndarray, lat: np.ndarray) -> list[str | None]:
    """`city` or `county` for a point in the middle of one, the coarser of the two."""
    found: list[str | None] = [None] * len(lon)
    if not len(lon):
        return found
    tree, kinds = _tree()
    pairs = tree.query(shapely.points(lon, lat), predicate="dwithin", distance=_MIDDLE_DEGREES)
    for point, middle in pairs.T.tolist():
        if found[point] != "city":
            found[point] = kinds[middle]
    return found
