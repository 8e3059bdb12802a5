"""Approach 1: half widths carried to a total by error propagation (METHOD 4.5; G20, G21)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from assets.inventory.uncertainty.terms import SCHEMA, checked

# METHOD 4.5: where a source above this share of the total is wider than this, approach 1 will
# not do.
WIDE_PCT = 60.0
LARGE_SHARE = 0.05


@dataclass(frozen=True)
class Source:
    """Emissions of one source (t, signed) with the 95 % half widths of activity and factor.

    Sources that name the same `factor` rest on one factor; without a name it is their own.
    """

    name: str
    co2e_t: float
    u_activity_pct: float
    u_factor_pct: float
    factor: str | None = None


@dataclass(frozen=True)
class Propagated:
    """A total (t) with its 95 % half width in percent of it, its bounds, and U of each source.

    `u95_pct` is None for a total of 0, which has bounds and no percentage.
    """

    total_t: float
    u95_pct: float | None
    low_t: float
    high_t: float
    sources_pct: tuple[float, ...]


def combined_pct(u_activity_pct: float, u_factor_pct: float) -> float:
    """U of a product of two independent inputs: sqrt(U_AD^2 + U_EF^2) (IPCC 2006 V1 eq. 3.1)."""
    return math.hypot(u_activity_pct, u_factor_pct)


def propagate(sources: Sequence[Source]) -> Propagated:
    """Approach 1 over sources with independent activity (IPCC 2006 V1 eq. 3.2).

    Terms of one shared factor are added with their signs before they are squared. Raises
    TermError where sources state different widths of one factor.
    """
    (row,) = approach_1(terms_of(sources)).iter_rows(named=True)
    return Propagated(
        row["co2e_t"],
        row["u95_pct"],
        row["low_t"],
        row["high_t"],
        tuple(combined_pct(s.u_activity_pct, s.u_factor_pct) for s in sources),
    )


def terms_of(sources: Sequence[Source], total: str = "total") -> pl.DataFrame:
    """Sources as the terms of one total, each with an activity of its own.

    Raises ValueError without sources, and for two of one name.
    """
    rows = [
        {
            "total": total,
            "location": "",
            "activity": s.name,
            "factor": f"own|{s.name}" if s.factor is None else s.factor,
            "tier": "",
            "value_t": s.co2e_t,
            "u_activity_pct": s.u_activity_pct,
            "u_allocation_pct": 0.0,
            "u_factor_pct": s.u_factor_pct,
            "u_location_pct": 0.0,
        }
        for s in sources
    ]
    if not rows:
        raise ValueError("no sources: expected at least one")
    if len({s.name for s in sources}) < len(sources):
        raise ValueError(f"{[s.name for s in sources]}: expected a name of its own for each source")
    return pl.DataFrame(rows, schema=SCHEMA)


def approach_1(terms: pl.DataFrame) -> pl.DataFrame:
    """Rows `total, co2e_t, u95_pct, low_t, high_t` of terms (see `terms`).

    The squares of what each factor, activity and location moves are added; what one input moves
    in a total is added with its sign first. First order: products of widths are left out.
    """
    known = checked(terms)
    moved = [
        _squares(known, ["factor"], ["u_factor_pct"]),
        _squares(known, ["location", "activity"], ["u_activity_pct", "u_allocation_pct"]),
        _squares(known, ["location"], ["u_location_pct"]),
    ]
    squares = pl.concat(moved).group_by("total").agg(pl.col("square").sort().sum())
    half = pl.col("square").sqrt()
    return (
        known.group_by("total")
        .agg(pl.col("value_t").sort().sum().alias("co2e_t"))
        .join(squares, on="total")
        .select(
            "total",
            "co2e_t",
            pl.when(pl.col("co2e_t") != 0)
            .then(100 * half / pl.col("co2e_t").abs())
            .alias("u95_pct"),
            (pl.col("co2e_t") - half).alias("low_t"),
            (pl.col("co2e_t") + half).alias("high_t"),
        )
        .sort("total")
    )


def _squares(terms: pl.DataFrame, inputs: list[str], widths: list[str]) -> pl.DataFrame:
    """Square of the half width (t) that each input gives a total."""
    variance = pl.sum_horizontal(pl.col(name) ** 2 for name in widths)
    return (
        terms.group_by("total", *inputs)
        .agg(pl.col("value_t").sort().sum(), variance.first().alias("variance"))
        .select("total", (pl.col("value_t") ** 2 * pl.col("variance") / 1e4).alias("square"))
    )


def approach_2_reasons(terms: pl.DataFrame) -> pl.DataFrame:
    """Rows `total, reason` of totals that need Monte Carlo, one a source that says why.

    A source is all of a total that rests on one factor: its U is above 60 % and it is more than
    5 % of the total (METHOD 4.5).
    """
    known = checked(terms)
    source = ["total", "factor"]
    whole = known.group_by("total").agg(pl.col("value_t").sort().sum().alias("total_t"))
    own = pl.col("value_t") ** 2 * (pl.col("u_activity_pct") ** 2 + pl.col("u_allocation_pct") ** 2)
    placed = (
        known.group_by(*source, "location")
        .agg(
            own.sort().sum().alias("own"),
            pl.col("value_t").sort().sum(),
            pl.col("u_location_pct").first(),
            pl.col("u_factor_pct").first(),
        )
        .with_columns((pl.col("value_t") * pl.col("u_location_pct")).pow(2).alias("placed"))
        .group_by(source)
        .agg(
            pl.col("own", "placed", "value_t").sort().sum(),
            pl.col("u_factor_pct").first(),
        )
    )
    squared = pl.col("own") + pl.col("placed") + (pl.col("value_t") * pl.col("u_factor_pct")).pow(2)
    return (
        placed.join(whole, on="total")
        .with_columns(
            (squared.sqrt() / pl.col("value_t").abs()).alias("u"),
            (pl.col("value_t") / pl.col("total_t")).abs().alias("share"),
        )
        .filter((pl.col("u") > WIDE_PCT) & (pl.col("share") > LARGE_SHARE))
        .sort("total", "share", "factor", descending=[False, True, False])
        .select(
            "total",
            pl.format(
                "{}: U {} % above 60 %, {} % of the total above 5 %",
                "factor",
                pl.col("u").round(1),
                (pl.col("share") * 100).round(1),
            ).alias("reason"),
        )
    )
