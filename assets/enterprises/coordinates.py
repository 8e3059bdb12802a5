"""Location claims from the coordinates of a site: which parks it may lie in, and when."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from assets.enterprises.periods import periods
from quality.contracts.boundaries import FIRST_DAY, LAST_DAY
from quality.contracts.core import WHOLE_SERIES


def coordinate_claims(
    sites: pl.DataFrame, memberships: pl.DataFrame, parks: pl.DataFrame, classes: Sequence[str]
) -> pl.DataFrame:
    """Claims of `core.location_claim`: the coordinates of a site speak for each park they may
    lie in, and for none.

    They speak by boundary class, and for as long as the versions stay the same; in the
    `constant` series the latest version speaks for ever (METHOD 1.1, B1 and B2).
    """
    by_ground = memberships.filter(pl.col("area_share").is_not_null()).get_column("site_id")
    located = sites.filter(
        pl.col("lon").is_not_null() | pl.col("site_id").is_in(by_ground.unique().implode())
    )
    possible = memberships.filter(pl.col("probability") > 0)
    spans = pl.concat([periods(possible), _without_boundary(located, possible, classes)])
    inside = (
        spans.join(possible, on=["site_id", "boundary_class"], suffix="_of_version")
        .filter(
            pl.when(pl.col("series") == "constant")
            .then(pl.col("latest"))
            .otherwise(
                (pl.col("valid_from_of_version") <= pl.col("valid_from"))
                & (pl.col("valid_to_of_version").fill_null(LAST_DAY) >= pl.col("valid_to"))
            )
        )
        .join(located.select("site_id", "source_row_id"), on="site_id")
        .with_columns(
            pl.col("park_id").alias("place_id"),
            pl.lit(0, pl.Int64).alias("level"),
            pl.when(pl.col("area_share").is_null())
            .then(pl.format("坐标距边界 {} 公里，落入边界的概率 {}", "distance_km", "probability"))
            .otherwise(pl.format("厂界的 {} 在边界内，计 {}（B6）", "area_share", "probability"))
            .alias("reason_zh"),
        )
    )
    outside = (
        _elsewhere(spans, inside, parks)
        .join(located.select("site_id", "province_code", "source_row_id"), on="site_id")
        .with_columns(
            # A point at sea or abroad is outside every park all the same.
            pl.format("OUTSIDE:{}", pl.col("province_code").fill_null("000000")).alias("place_id"),
            pl.format("坐标不在任何园区边界内的概率 {}", "probability").alias("reason_zh"),
        )
    )
    return pl.concat([inside, outside], how="diagonal").select(
        "site_id",
        pl.lit("operating").alias("basis"),
        "level",
        "place_id",
        pl.lit("permit_point_in_polygon").alias("evidence_id"),
        "probability",
        "area_share",
        "distance_km",
        "boundary_class",
        "series",
        "boundary_id",
        "valid_from",
        "valid_to",
        pl.col("source_row_id").alias("document"),
        "reason_zh",
        "source_row_id",
    )


def _without_boundary(
    located: pl.DataFrame, possible: pl.DataFrame, classes: Sequence[str]
) -> pl.DataFrame:
    """One period for each class and series in which a located site has no boundary near."""
    axes = pl.DataFrame({"boundary_class": classes}, schema={"boundary_class": pl.String})
    return (
        located.select("site_id")
        .join(axes, how="cross")
        .join(possible, on=["site_id", "boundary_class"], how="anti")
        .join(pl.DataFrame({"series": WHOLE_SERIES}), how="cross")
        .with_columns(pl.lit(FIRST_DAY).alias("valid_from"), pl.lit(LAST_DAY).alias("valid_to"))
    )


_PERIOD = ["site_id", "boundary_class", "series", "valid_from", "valid_to"]


def _elsewhere(spans: pl.DataFrame, inside: pl.DataFrame, parks: pl.DataFrame) -> pl.DataFrame:
    """The chance that a site lies in no park, by period and level of nesting.

    At level 0 parks are taken with all that lie in them: whoever is in a park in a park is in
    the outer one. At a deeper level the chance is that of lying in no park of that level.
    """
    held = (
        inside.drop("level")
        .join(ancestors(parks), on="park_id")
        .group_by(*_PERIOD, "level", "ancestor_id")
        .agg(pl.col("probability").max(), pl.col("area_share").is_not_null().any())
        .group_by(*_PERIOD, "level")
        .agg(
            pl.col("probability").sum().alias("__inside"),
            pl.col("area_share").any().alias("__by_area"),
        )
    )
    outermost = spans.with_columns(pl.lit(0, pl.Int64).alias("level"))
    deeper = held.filter(pl.col("level") > 0).select(*_PERIOD, "level")
    return (
        pl.concat([outermost, deeper])
        .join(held, on=[*_PERIOD, "level"], how="left")
        .with_columns(
            # Discs overlap, so that chances may add up to more than 1: then none is left.
            pl.max_horizontal(0.0, 1 - pl.col("__inside").fill_null(0.0))
            .round(6)
            .alias("probability")
        )
        .with_columns(pl.when("__by_area").then("probability").alias("area_share"))
        .filter(pl.col("probability") > 0)
    )


def ancestors(parks: pl.DataFrame) -> pl.DataFrame:
    """`park_id, level, ancestor_id`: the parks around a park by level, and itself at its own."""
    above = dict(parks.select("park_id", "parent_park_id").iter_rows())
    rows: list[tuple[str, int, str]] = []
    for park in above:
        chain = [park]
        while (parent := above[chain[-1]]) is not None:
            chain.append(parent)
        rows += [(park, level, ancestor) for level, ancestor in enumerate(reversed(chain))]
    schema = {"park_id": pl.String, "level": pl.Int64, "ancestor_id": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")
