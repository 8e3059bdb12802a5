"""Shares of variance: which input the width of a total is due to, so what to measure next."""

from __future__ import annotations

import polars as pl

from assets.inventory.uncertainty.distributions import relative_variance
from assets.inventory.uncertainty.terms import checked

# What no single input moves: factors, activity and location that are off together.
INTERACTION = "interaction"


def variance_shares(terms: pl.DataFrame) -> pl.DataFrame:
    """Rows `total, input, share` of terms (see `terms`): shares of the variance, with sum 1.

    `input` is `factor|<name>`, `activity|<tier>`, `allocation`, `location` or `interaction`. In
    closed form for the distributions of approach 2: the main effect of an input is what it moves
    with all others at their mean, and the remainder of the variance of the sum of products is
    `interaction`. An activity that was shared out is one input; its effect is divided by the
    squares of both widths. A total that nothing moves has no rows.
    """
    known = checked(terms).with_columns(
        _variance(pl.col("u_factor_pct")).alias("v_factor"),
        _variance((pl.col("u_activity_pct") ** 2 + pl.col("u_allocation_pct") ** 2).sqrt()).alias(
            "v_activity"
        ),
        _variance(pl.col("u_location_pct")).alias("v_location"),
    )
    by_factor = known.group_by("total", "factor").agg(_sum("value_t"), pl.first("v_factor"))
    factors = by_factor.select(
        "total",
        pl.format("factor|{}", "factor").alias("input"),
        (pl.col("value_t") ** 2 * pl.col("v_factor")).alias("variance"),
    )
    nodes = known.group_by("total", "location", "activity").agg(
        _sum("value_t"),
        pl.first("tier", "u_activity_pct", "u_allocation_pct", "v_activity", "v_location"),
        (pl.col("value_t") ** 2 * pl.col("v_factor")).sort().sum().alias("by_factors"),
    )
    moved = pl.col("value_t") ** 2 * pl.col("v_activity")
    squares = pl.col("u_activity_pct") ** 2 + pl.col("u_allocation_pct") ** 2
    shared_out = pl.when(squares > 0).then(pl.col("u_allocation_pct") ** 2 / squares).otherwise(0.0)
    activities = nodes.select(
        "total",
        pl.format("activity|{}", "tier").alias("input"),
        (moved * (1 - shared_out)).alias("variance"),
    )
    allocation = nodes.select(
        "total", pl.lit("allocation").alias("input"), (moved * shared_out).alias("variance")
    )
    at_places = (
        known.group_by("total", "location", "factor")
        .agg(_sum("value_t"), pl.first("v_factor", "v_location"))
        .group_by("total", "location")
        .agg(
            _sum("value_t"),
            pl.first("v_location"),
            (pl.col("value_t") ** 2 * pl.col("v_factor")).sort().sum().alias("by_factors"),
        )
    )
    places = at_places.select(
        "total",
        pl.lit("location").alias("input"),
        (pl.col("value_t") ** 2 * pl.col("v_location")).alias("variance"),
    )
    # Factors are common to all: what they move together with an activity, then with a location.
    mixed = pl.concat(
        [
            nodes.select(
                "total",
                (
                    pl.col("by_factors") * pl.col("v_activity") * (1 + pl.col("v_location"))
                    + moved * pl.col("v_location")
                ).alias("variance"),
            ),
            at_places.select(
                "total", (pl.col("by_factors") * pl.col("v_location")).alias("variance")
            ),
        ]
    ).select("total", pl.lit(INTERACTION).alias("input"), "variance")
    inputs = (
        pl.concat([factors, activities, allocation, places, mixed])
        .filter(pl.col("variance") > 0)
        .group_by("total", "input")
        .agg(_sum("variance"))
    )
    whole = inputs.group_by("total").agg(_sum("variance").alias("whole"))
    return (
        inputs.join(whole, on="total")
        .select("total", "input", (pl.col("variance") / pl.col("whole")).alias("share"))
        .sort("total", "share", "input", descending=[False, True, False])
    )


def _sum(name: str) -> pl.Expr:
    """A sum that does not hang on the order of rows."""
    return pl.col(name).sort().sum()


def _variance(width: pl.Expr) -> pl.Expr:
    """The relative variance of an input of that half width."""
    return width.map_batches(
        lambda widths: pl.Series(relative_variance(widths.to_numpy())), return_dtype=pl.Float64
    )
