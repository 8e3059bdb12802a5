"""Intervals of published totals by both approaches, and the shares of their variance."""

from __future__ import annotations

import polars as pl

from assets.inventory.uncertainty.cells import AXES
from assets.inventory.uncertainty.montecarlo import DRAWS, SEED, simulate
from assets.inventory.uncertainty.pedigree import CLASSES
from assets.inventory.uncertainty.propagation import approach_1, approach_2_reasons
from assets.inventory.uncertainty.shares import variance_shares
from assets.inventory.uncertainty.terms import SCHEMA
from quality.contracts.reference import CONFIDENCE
from quality.contracts.uncertainty import ParkUncertainty, UncertaintyShare

# Floating-point stages publish quantized numbers: seven digits where a sum's order may move the
# fifteenth, shares to the ninth decimal.
_DIGITS, _SHARE_DECIMALS = 7, 9
_WIDTHS = ("co2e_t", "mean_t", "u95_pct", "low_t", "high_t")


class CellsDoNotSum(ValueError):
    """The cells of a total are not what was published for it."""


def cell_terms(cells: pl.DataFrame) -> pl.DataFrame:
    """`core.uncertainty_cell` as terms of totals (see `terms`).

    An activity is one input over the gases of an energy at one place and tier; a factor is one
    input over all places; the location of a site is one input over all that it emits.
    """
    place = pl.concat_str("place_id", "year", "boundary_class", "basis", separator="|")
    sure = pl.col("location_id") == ""
    flagged = (
        pl.when(pl.col("factor_flag") == "none")
        .then(pl.lit(""))
        .otherwise(pl.format("|{}", "factor_flag"))
    )
    named = {
        "total": pl.concat_str(*AXES, separator="|"),
        "location": pl.when(sure)
        .then(pl.lit(""))
        .otherwise(pl.concat_str(place, "location_id", separator="|")),
        "activity": pl.concat_str(
            place,
            "location_id",
            "energy_id",
            "tier",
            pl.col("u_allocation_pct").cast(pl.String),
            separator="|",
        ),
        "factor": pl.concat_str("factor_id", flagged),
        "value_t": pl.col("co2e_t"),
    }
    return cells.select(
        named.get(name, pl.col(name)).cast(kind).alias(name) for name, kind in SCHEMA.items()
    )


def park_uncertainty(
    cells: pl.DataFrame, totals: pl.DataFrame, seed: int = SEED, draws: int = DRAWS
) -> pl.DataFrame:
    """`core.park_uncertainty`: the interval of each total of `mart.park_total` that has cells.

    Two rows a total: error propagation, and Monte Carlo with `seed` and `draws`. Where no point
    value is published none is given by way of an interval: nothing is drawn, the range of the
    total stands alone, and the row of approach 1 says how good its data are.
    Raises CellsDoNotSum where the cells are not the published total.
    """
    terms = cell_terms(cells)
    of_totals = _of_totals(cells).join(
        totals.select(*AXES, "co2e_t", "confidential", "illustrative"), on=AXES, how="left"
    )
    _summed(of_totals)
    reasons = approach_2_reasons(terms).unique("total", keep="first", maintain_order=True)
    shown = of_totals.filter(pl.col("co2e_t").is_not_null())
    drawn = simulate(terms.join(shown, on="total", how="semi"), draws, seed).with_columns(
        pl.lit(2).alias("approach"), pl.lit(seed).alias("seed"), pl.lit(draws).alias("draws")
    )
    carried = approach_1(terms).select("total", "low_t", "high_t", pl.lit(1).alias("approach"))
    point = pl.col("co2e_t").cast(pl.Float64)
    both = (
        pl.concat([carried, drawn], how="diagonal")
        .join(of_totals, on="total")
        .join(reasons, on="total", how="left")
        .with_columns(
            point.alias("co2e_t"),
            pl.when(point != 0)
            .then(50 * (pl.col("high_t") - pl.col("low_t")) / point.abs())
            .alias("u95_pct"),
            pl.col("reason").is_not_null().alias("approach_2_required"),
        )
        .with_columns(
            pl.when(pl.col("co2e_t").is_not_null())
            .then(pl.col(name).round_sig_figs(_DIGITS))
            .alias(name)
            for name in _WIDTHS
        )
    )
    return ParkUncertainty.conform(both)


def uncertainty_share(cells: pl.DataFrame) -> pl.DataFrame:
    """`core.uncertainty_share`: what part of the variance of each total an input makes.

    By the closed form of `variance_shares`; the shares of a total sum to 1.
    """
    axes = _of_totals(cells).select("total", *AXES)
    return UncertaintyShare.conform(
        variance_shares(cell_terms(cells))
        .join(axes, on="total")
        .with_columns(pl.col("share").round(_SHARE_DECIMALS))
    )


def _of_totals(cells: pl.DataFrame) -> pl.DataFrame:
    """Axes, exact sum, quality and weakest confidence of each total."""
    rank = {name: place for place, name in enumerate(CONFIDENCE)}
    scored = pl.col("scored_t").cast(pl.Float64) / pl.col("absolute_t").cast(pl.Float64) / 5
    quality = pl.lit("D")
    for limit, letter in reversed(CLASSES):
        quality = pl.when(pl.col("quality_score") <= limit).then(pl.lit(letter)).otherwise(quality)
    return (
        cells.group_by(AXES)
        .agg(
            pl.col("co2e_t").sum().alias("cells_t"),
            pl.col("scored_t", "absolute_t").sum(),
            pl.col("worst_confidence").replace_strict(rank, return_dtype=pl.Int64).max(),
        )
        .with_columns(
            pl.concat_str(*AXES, separator="|").alias("total"),
            scored.round_sig_figs(_DIGITS).alias("quality_score"),
            pl.col("worst_confidence").replace_strict(
                dict(enumerate(CONFIDENCE)), return_dtype=pl.String
            ),
        )
        .with_columns(quality.alias("quality_class"))
        .drop("scored_t", "absolute_t")
    )


def _summed(of_totals: pl.DataFrame) -> None:
    """Raise CellsDoNotSum for a total that is not published, or is another number."""
    apart = of_totals.filter(
        pl.col("confidential").is_null() | (pl.col("co2e_t") != pl.col("cells_t"))
    )
    if apart.height:
        row = apart.sort("total").row(0, named=True)
        published = "nothing" if row["confidential"] is None else f"{row['co2e_t']} t"
        raise CellsDoNotSum(
            f"{row['total']}: cells sum to {row['cells_t']} t, mart.park_total has {published}; "
            "materialize both from the same ledger"
        )
