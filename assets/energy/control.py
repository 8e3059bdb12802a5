"""Control totals: what is measured, what is given to located plants, what stays in the rest.

METHOD 4.3: a cell is downscaled only where weights of the parks and of the rest are
sourced. Here that is coal burnt for power, by the capacity of every coal unit of the
province; everything else that is not measured stays in the rest of the province.
Measured cells are never scaled.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import polars as pl

from assets.energy.split import split_exact
from quality.contracts.core import Activity
from warehouse.sql import run_sql

_KEYS = ["year", "province_code", "block", "book_sector", "book_fuel"]
# Coal rows of the book that located coal units stand for.
_COAL_POWER = (
    (pl.col("block") == "transformation")
    & (pl.col("book_sector") == "Thermal Power")
    & (pl.col("book_fuel") == "Raw_Coal")
)

_CONTROL = """
SELECT c.*, e.energy_id, e.canonical_unit, e.carrier,
       round(c.value * u.value, 6)::DECIMAL(38,6) AS quantity
FROM accepted.control_total c
JOIN accepted.energy e ON e.book_fuel = c.book_fuel AND e.represents_book_fuel
JOIN accepted.unit u ON u.unit_zh = c.unit_zh AND u.canonical_unit = e.canonical_unit
WHERE c.value > 0
"""


class ControlTotalError(ValueError):
    """CT1: measured cells exceed their control total, or a total cannot be read."""


def control_quantities(
    controls: pl.DataFrame, units: pl.DataFrame, energies: pl.DataFrame
) -> pl.DataFrame:
    """Control totals in canonical units; one row a key of `accepted.control_total`.

    The book's transformation block is signed (+ input, - output): outputs are no
    consumption and are left out. Raises ControlTotalError for a fuel or unit without
    conversion.
    """
    found = run_sql(
        _CONTROL,
        {"accepted.control_total": controls, "accepted.energy": energies, "accepted.unit": units},
    )
    lost = controls.filter(pl.col("value") > 0).join(found, on="source_row_id", how="anti")
    if lost.height:
        row = lost.row(0, named=True)
        raise ControlTotalError(
            f"{row['source_row_id']}: no conversion for {row['book_fuel']} in {row['unit_zh']}; "
            "expected a pair of assets/reference/energy.csv and unit.csv"
        )
    return found


def placed_by_capacity(
    control: pl.DataFrame,
    measured: pl.DataFrame,
    plants: pl.DataFrame,
    illustrative: pl.Expr,
) -> pl.DataFrame:
    """`core.activity` of what returns do not cover: located coal units and the rest.

    `plants` are generating units with `site_id, enterprise_id, unit_id, capacity_mw,
    start_year, retired_year, captive` and province. A unit operates in year y if it
    started by y and was not retired before y; one without a start year is not guessed.
    A site with returns of its own takes no share. Raises ControlTotalError (CT1).
    """
    returned = measured.group_by(_KEYS).agg(pl.col("quantity").sum().alias("measured"))
    open_cells = control.join(returned, on=_KEYS, how="left").with_columns(
        (pl.col("quantity") - pl.col("measured").fill_null(0))
        .cast(pl.Decimal(38, 6))
        .alias("remainder")
    )
    exceeded = open_cells.filter(pl.col("remainder") < 0)
    if exceeded.height:
        row = exceeded.row(0, named=True)
        raise ControlTotalError(
            f"CT1: {row['province_code']} {row['year']} {row['book_sector']} {row['book_fuel']}: "
            f"measured {row['measured']} {row['canonical_unit']} exceeds the control total "
            f"{row['quantity']} ({row['source_row_id']})"
        )
    operating = operating_units(plants, control.get_column("year").unique().sort().to_list())
    own_data = measured.filter(pl.col("block") == "transformation").select("site_id", "year")
    takers = operating.join(own_data.unique(), on=["site_id", "year"], how="anti")
    shared = open_cells.filter(_COAL_POWER & (pl.col("remainder") > 0)).join(
        takers, on=["year", "province_code"]
    )
    parts = split_exact(
        shared.select(
            pl.col("source_row_id").alias("split_id"),
            pl.col("unit_id").alias("member"),
            pl.col("remainder").alias("total"),
            pl.col("capacity_mw").alias("weight"),
        )
    )
    located = (
        shared.drop("quantity")
        .join(parts, left_on=["source_row_id", "unit_id"], right_on=["split_id", "member"])
        .with_columns(
            pl.when("captive")
            .then(pl.lit("direct"))
            .otherwise(pl.lit("direct_exported"))
            .alias("flow"),
            pl.format("{}|{}", "source_row_id", "unit_id").alias("activity_id"),
            pl.lit("全省火电用煤按机组容量分配").alias("method_zh"),
        )
    )
    covered = shared.select("source_row_id").unique()
    rest = (
        open_cells.join(covered, on="source_row_id", how="anti")
        .filter(pl.col("remainder") > 0)
        .with_columns(
            pl.col("remainder").alias("quantity"),
            pl.format("REST:{}", "province_code").alias("site_id"),
            pl.format("REST:{}", "province_code").alias("enterprise_id"),
            pl.col("carrier")
            .replace_strict(
                {"electricity": "purchased_electricity", "heat": "purchased_heat"},
                default="direct",
            )
            .alias("flow"),
            pl.format("{}|rest", "source_row_id").alias("activity_id"),
            pl.lit("控制总量减去已落位部分").alias("method_zh"),
        )
    )
    said = ("tier", "illustrative", "allocation_u95_pct")
    columns = [c.name for c in Activity.declared_columns() if c.name not in said]
    return Activity.conform(
        pl.concat([located.select(columns), rest.select(columns)]).with_columns(
            pl.lit("T6").alias("tier"),
            illustrative.alias("illustrative"),
            # What a book is shared out by is its tier's doubt, not that of an allocation.
            pl.lit(None, pl.Int64).alias("allocation_u95_pct"),
        )
    )


def downscale(
    total: Decimal, measured: Mapping[str, Decimal], weights: Mapping[str, Decimal]
) -> dict[str, Decimal]:
    """One sector's control total to parks and the rest (METHOD 4.3, G18).

    Measured parks keep their value; what remains is shared by `weights` (value added) of
    the unmeasured parks and `rest`. The parts sum to the total exactly. Raises
    ControlTotalError (CT1) if measured parks exceed the total or a weight for `rest` lacks.
    """
    if "rest" not in weights:
        raise ControlTotalError("no weight for the rest of the province: nothing is downscaled")
    remainder = total - sum(measured.values(), Decimal(0))
    if remainder < 0:
        raise ControlTotalError(f"CT1: measured {total - remainder} exceeds the total {total}")
    open_weights = {place: w for place, w in weights.items() if place not in measured}
    exact = pl.Decimal(38, 6)
    parts = split_exact(
        pl.DataFrame(
            {
                "split_id": ["total"] * len(open_weights),
                "member": list(open_weights),
                "total": pl.Series([remainder] * len(open_weights), dtype=exact),
                "weight": pl.Series(list(open_weights.values()), dtype=exact),
            }
        )
    )
    return {**measured, **dict(zip(parts["member"], parts["quantity"], strict=True))}


def operating_units(plants: pl.DataFrame, years: list[int]) -> pl.DataFrame:
    """Units by year in which they operate: started by the year, not retired before it."""
    if plants.is_empty() or not years:
        return plants.with_columns(pl.lit(0, pl.Int64).alias("year")).clear()
    each_year = plants.join(pl.DataFrame({"year": years}), how="cross")
    return each_year.filter(
        (pl.col("start_year") <= pl.col("year"))
        & (pl.col("retired_year").is_null() | (pl.col("retired_year") >= pl.col("year")))
    )
