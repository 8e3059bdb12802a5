"""Control totals of final consumption shared out to parks and the rest by sourced weights.

METHOD 4.3 (G18): x_ps = (X_s - sum measured_s) * w_ps / sum of w over unmeasured parks and rest.
"""

from __future__ import annotations

import polars as pl

from assets.energy.split import split_exact
from assets.enterprises.coordinates import ancestors
from quality.contracts.core import AS_PARK
from quality.contracts.weights import REST, WEIGHT_KINDS, WEIGHT_UNITS, DownscaledPart
from warehouse.sql import run_sql

_SERIES = ["area_code", "year", "book_sector"]
_CELL = ["year", "province_code", "book_sector", "book_fuel"]
FLOWS = {"electricity": "purchased_electricity", "heat": "purchased_heat"}

_CANONICAL = """
SELECT w.* EXCLUDE (pedigree), w.pedigree AS weight_pedigree,
       round(w.value * u.value, 6)::DECIMAL(38,6) AS weight, u.canonical_unit AS weight_unit
FROM accepted.sector_weight w
JOIN kind k USING (kind_zh)
JOIN accepted.unit u ON u.unit_zh = w.unit_zh AND u.canonical_unit = k.canonical_unit
"""


def usable_weights(weights: pl.DataFrame, units: pl.DataFrame, parks: pl.DataFrame) -> pl.DataFrame:
    """The one series of weights that each area, year and sector is shared out by.

    Rows of `accepted.sector_weight` with `weight, weight_unit`. A series is of one kind and one
    caliber, names a park and the rest, and is not all zeros; of several the first kind of
    METHOD 4.3 counts. Of a park in a park that is named too only the outer one counts, which
    holds the inner one.
    """
    kinds = pl.DataFrame({"kind_zh": WEIGHT_KINDS, "canonical_unit": list(WEIGHT_UNITS.values())})
    given = run_sql(
        _CANONICAL, {"accepted.sector_weight": weights, "accepted.unit": units, "kind": kinds}
    )
    series = [*_SERIES, "kind_zh", "firms_zh"]
    around = ancestors(parks).filter(pl.col("park_id") != pl.col("ancestor_id"))
    inner = (
        given.join(around, left_on="place_code", right_on="park_id")
        .join(
            given.select(*series, pl.col("place_code").alias("ancestor_id")),
            on=[*series, "ancestor_id"],
            how="semi",
        )
        .select("source_row_id")
    )
    is_rest = pl.col("place_code") == REST
    whole = is_rest.any().over(series) & (~is_rest).any().over(series)
    return (
        given.join(inner, on="source_row_id", how="anti")
        .filter(whole & (pl.col("weight").sum().over(series) > 0))
        .with_columns(pl.col("kind_zh").replace_strict(_PRECEDENCE).alias("rank"))
        .filter(pl.col("rank") == pl.col("rank").min().over(_SERIES))
        .drop("rank")
    )


_PRECEDENCE = {kind: rank for rank, kind in enumerate(WEIGHT_KINDS)}


def measured_places(measured: pl.DataFrame, attribution: pl.DataFrame) -> pl.DataFrame:
    """`year, province_code, book_sector, book_fuel, place_id` of what returns cover.

    A place is measured where activity of a sector and fuel lies in it on the operating basis,
    by its boundary of any class: downscaled quantities are the same in all classes, and none
    may count beside a measurement.
    """
    held = attribution.filter(
        (pl.col("basis") == "operating")
        & (pl.col("series") == "actual")
        & (pl.col("weight_point") > 0)
    )
    return (
        measured.filter(pl.col("block") == "final")
        .select("site_id", *_CELL)
        .unique()
        .join(held.select("site_id", "place_id", "year_from", "year_to"), on="site_id")
        .filter(pl.col("year").is_between("year_from", "year_to"))
        .select(*_CELL, "place_id")
        .unique()
    )


def downscaled_parts(
    cells: pl.DataFrame,
    weights: pl.DataFrame,
    measured: pl.DataFrame,
    illustrative: pl.Expr,
) -> pl.DataFrame:
    """`core.downscaled_part`: what falls to each park and the rest of the cells with weights.

    `cells` are control totals with the `remainder` that is not measured
    (`assets.energy.control.open_cells`), `weights` of `usable_weights`, `measured` of
    `measured_places`. Only final consumption is shared out so: power is made where its plants
    stand. The parts of a cell sum to its remainder exactly.
    """
    rest = pl.col("place_code") == REST
    placed = (
        cells.filter(pl.col("block") == "final")
        .with_columns(illustrative.alias("control_illustrative"))
        .drop("source_row_id", "measured")
        .join(
            weights.rename({"area_code": "province_code"}),
            on=["province_code", "year", "book_sector"],
        )
        .with_columns(
            pl.when(rest)
            .then(pl.format("REST:{}", "province_code"))
            .otherwise("place_code")
            .alias("place_id")
        )
        .join(measured.with_columns(measured=True), on=[*_CELL, "place_id"], how="left")
        .with_columns(pl.col("measured").fill_null(False))
    )
    return DownscaledPart.conform(
        _shared(placed).with_columns(
            (illustrative.any().over("control_id") | pl.col("control_illustrative")).alias(
                "illustrative"
            ),
            worse_of("pedigree", "weight_pedigree").alias("pedigree"),
            pl.lit("T6").alias("tier"),
            pl.format("全省分行业控制总量按{}（{}）分解", "kind_zh", "firms_zh").alias("method_zh"),
        )
    )


def _shared(placed: pl.DataFrame) -> pl.DataFrame:
    """With `quantity`: the remainder of the cell by weight, null in measured places.

    A cell of which all weights that are left are zero is not shared out.
    """
    sharing = placed.filter(~pl.col("measured")).filter(
        pl.col("weight").sum().over("control_id") > 0
    )
    parts = split_exact(
        sharing.select(
            pl.col("control_id").alias("split_id"),
            pl.col("place_id").alias("member"),
            pl.col("remainder").alias("total"),
            "weight",
        )
    ).rename({"split_id": "control_id", "member": "place_id"})
    return (
        placed.drop("quantity")
        .join(sharing.select("control_id").unique(), on="control_id", how="semi")
        .join(parts, on=["control_id", "place_id"], how="left")
    )


def worse_of(left: str, right: str) -> pl.Expr:
    """The worse of two pedigrees, score by score."""
    return pl.concat_str(
        pl.max_horizontal(pl.col(left).str.slice(k, 1), pl.col(right).str.slice(k, 1))
        for k in range(5)
    )


def downscaled_activity(parts: pl.DataFrame, control: pl.DataFrame) -> pl.DataFrame:
    """Rows of `core.activity` for the parks of `core.downscaled_part`; the rest has its own."""
    site = pl.format(f"{AS_PARK}{{}}", "place_id")
    return (
        parts.filter(~pl.col("place_id").str.starts_with("REST:") & (pl.col("quantity") > 0))
        .select(
            "control_id", "place_id", "quantity", "method_zh", "tier", "illustrative", "pedigree"
        )
        .join(control.drop("quantity", "pedigree"), on="control_id")
        .with_columns(
            site.alias("site_id"),
            site.alias("enterprise_id"),
            pl.format("{}|{}", "control_id", site).alias("activity_id"),
            pl.col("carrier").replace_strict(FLOWS, default="direct").alias("flow"),
            # What weights are worth is the tier's doubt.
            pl.lit(None, pl.Int64).alias("allocation_u95_pct"),
        )
    )
