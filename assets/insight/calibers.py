"""Whether our numbers of a park and a committee's are of one caliber (METHOD 4.1)."""

from __future__ import annotations

import polars as pl

from assets.energy.caliber import matched
from quality.contracts.insight import ParkCaliber

# The flags that a series shares with our numbers before they are divided by it. Area is of
# a boundary alone; value added of industry, as it is returned.
_FLAGS = {
    "value_added": ("scope_firms", "boundary_class", "attribution", "activity_scope"),
    "developed_area": ("boundary_class",),
    "approved_area": ("boundary_class",),
    "energy": ("scope_firms", "boundary_class", "attribution"),
}


def park_calibers(totals: pl.DataFrame, returns: pl.DataFrame) -> pl.DataFrame:
    """`core.park_caliber` from `mart.park_total` and `core.park_return`.

    Flags of ours are those of the territorial view of all profiles; of a return what it states,
    and of the approved area of the catalogue the class `approved`. A flag that a return does not
    state differs from every value.
    """
    keys = ["place_id", "year", "boundary_class", "basis"]
    ours = (
        totals.filter(pl.col("view") == "territorial")
        .group_by(keys)
        .agg(
            pl.when(pl.col("scope_firms").n_unique() == 1)
            .then(pl.col("scope_firms").first())
            .otherwise(pl.lit("mixed"))
            .alias("scope_firms"),
            pl.when((pl.col("activity_scope") == "industry").all())
            .then(pl.lit("industry"))
            .otherwise(pl.lit("all"))
            .alias("activity_scope"),
        )
        .with_columns(pl.col("basis").alias("attribution"))
    )
    theirs = returns.select(
        pl.col("park_id").alias("place_id"),
        "year",
        "scope_firms",
        "boundary_class",
        "attribution",
        pl.lit("industry").alias("activity_scope"),
    )
    parts = [
        matched(
            ours.select(*keys, *(flag for flag in flags if flag not in keys)),
            (
                theirs.with_columns(pl.lit("approved").alias("boundary_class"))
                if series == "approved_area"
                else theirs
            ).select("place_id", "year", *flags),
            ["place_id", "year"],
            flags,
        ).select(*keys, pl.lit(series).alias("series"), "refused_zh", "refused_en")
        for series, flags in _FLAGS.items()
    ]
    return ParkCaliber.conform(pl.concat(parts))
