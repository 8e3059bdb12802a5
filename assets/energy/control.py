"""Control totals: what is measured, what is given to located plants, what stays in the rest.

METHOD 4.3: a cell is downscaled only where weights of the parks and of the rest are
sourced. Fuel burnt for power goes to the plants of the province that burn it, by capacity; final
consumption by weights of parks and the rest (`assets.energy.downscaling`). Everything else that
is not measured stays in the rest of the province. Measured cells are never scaled.
"""

from __future__ import annotations

import polars as pl

from assets.energy.books import book_cells, is_consumption
from assets.energy.operating import whether_operating
from assets.energy.split import split_exact
from assets.energy.vintages import CELL as _KEYS
from assets.energy.vintages import all_vintages
from quality.contracts.core import Activity
from warehouse.sql import run_sql

# Fuels of the row of thermal power, and the kind of located plant that they are shared by.
# Gases of coke ovens and blast furnaces are burnt where they arise: at works of iron and steel.
TAKERS = {
    "Raw_Coal": "coal",
    "Cleaned_Coal": "coal",
    "Other_Washed_Coal": "coal",
    "Briquettes": "coal",
    "Natural_Gas": "gas",
    "Coke_Oven_Gas": "steelworks",
    "Other_Gas": "steelworks",
}
_FOR_POWER = (pl.col("block") == "transformation") & (pl.col("book_sector") == "Thermal Power")
# What is not burnt was bought.
FLOWS = {"electricity": "purchased_electricity", "heat": "purchased_heat"}
# The member of a split that stands for plants of which it is not known whether they ran.
_UNDECIDED = ""

_CONTROL = """
SELECT c.*, e.energy_id, e.canonical_unit, e.carrier,
       round(c.value * u.value, 6)::DECIMAL(38,6) AS quantity,
       -- `accepted.control_total` keeps six decimals of its unit.
       (u.value * 0.000001)::DECIMAL(38,6) AS grain
FROM cell c
JOIN accepted.energy e ON e.book_fuel = c.book_fuel AND e.represents_book_fuel
JOIN accepted.unit u ON u.unit_zh = c.unit AND u.canonical_unit = e.canonical_unit
"""


class ControlTotalError(ValueError):
    """CT1: measured cells exceed their control total, or a total cannot be read."""


def control_quantities(
    controls: pl.DataFrame,
    books: pl.DataFrame,
    units: pl.DataFrame,
    energies: pl.DataFrame,
    book_rows: pl.DataFrame,
    provinces: pl.DataFrame,
    revisions: pl.DataFrame,
) -> pl.DataFrame:
    """Rows of `core.control_quantity` of every vintage, with `in_force` (`all_vintages`).

    In canonical units, from books and single totals, revised by `accepted.census_revision`. The
    transformation block is signed (+ input, - output): outputs are no consumption and are left
    out. A cell that `accepted.control_total` (without a vintage of its own) and
    `accepted.ceads_energy` both give must be the same, to the decimals that the first keeps, and
    is taken from the book. Raises ControlTotalError for a fuel or unit without conversion, a
    sector of unknown scope, and two cells that differ.
    """
    scopes = book_rows.filter(pl.col("block") != "none").select("book_sector", "activity_scope")
    single = controls.join(scopes, on="book_sector", how="left").select(
        pl.col("source_row_id").alias("control_id"),
        "source_row_id",
        pl.lit(None, pl.String).alias("source_column"),
        *_KEYS,
        "activity_scope",
        pl.col("value").cast(pl.Decimal(38, 12)),
        pl.col("unit_zh").alias("unit"),
        "vintage",
        "pedigree",
    )
    unknown = single.filter(pl.col("activity_scope").is_null() & (pl.col("value") > 0))
    if unknown.height:
        row = unknown.row(0, named=True)
        raise ControlTotalError(
            f"{row['source_row_id']}: sector {row['book_sector']!r} is not known; "
            "expected a row of assets/reference/book_row.csv"
        )
    booked = book_cells(books, book_rows, provinces).with_columns(
        pl.lit(None, pl.String).alias("vintage")
    )
    cells = pl.concat([single, booked.select(single.columns)])
    found = run_sql(_CONTROL, {"cell": cells, "accepted.energy": energies, "accepted.unit": units})
    lost = cells.filter(is_consumption()).join(found, on="control_id", how="anti")
    if lost.height:
        row = lost.row(0, named=True)
        raise ControlTotalError(
            f"{row['source_row_id']}: no conversion for {row['book_fuel']} in {row['unit']}; "
            "expected a pair of assets/reference/energy.csv and unit.csv"
        )
    of_book = found.filter(pl.col("source_column").is_not_null())
    alone = found.filter(pl.col("source_column").is_null())
    undated = alone.filter(pl.col("vintage").is_null())
    _agree(undated, of_book)
    published = [
        alone.filter(pl.col("vintage").is_not_null()),
        undated.join(of_book, on=_KEYS, how="anti"),
        of_book,
    ]
    # What a later vintage sets to zero is no consumption: which one counts is decided first.
    return all_vintages(pl.concat(published), revisions).filter(is_consumption())


def _agree(single: pl.DataFrame, books: pl.DataFrame) -> None:
    """Raise ControlTotalError for a cell that both sources give and give differently."""
    both = single.join(books, on=_KEYS, suffix="_of_book")
    apart = both.filter((pl.col("quantity") - pl.col("quantity_of_book")).abs() > pl.col("grain"))
    if apart.height:
        row = apart.sort(_KEYS).row(0, named=True)
        raise ControlTotalError(
            f"{row['province_code']} {row['year']} {row['book_sector']} {row['book_fuel']}: "
            f"{row['quantity']} {row['canonical_unit']} in {row['source_row_id']} and "
            f"{row['quantity_of_book']} in {row['control_id_of_book']}; expected the same cell of "
            "the book: correct one of the deliveries, or withdraw it"
        )


def located_by_capacity(
    cells: pl.DataFrame, measured: pl.DataFrame, plants: pl.DataFrame
) -> pl.DataFrame:
    """What located plants take of the fuel of thermal power: rows for `with_rest`.

    `cells` of `open_cells`. `plants` are rows of `assets.energy.plants`: generating units and
    plants with `site_id, enterprise_id, unit_id, fuel, steelworks, capacity_mw, start_year,
    retired_year, status, captive` and province. Fuel of a cell of thermal power goes to the plants
    that burn it and ran in the year, by capacity; what falls to plants of which that is not known
    stays in the rest. A site with returns of its own takes no share.
    """
    years = cells.get_column("year").unique().sort().to_list()
    own_data = measured.filter(pl.col("block") == "transformation").select("site_id", "year")
    running = whether_operating(plants, years).join(
        own_data.unique(), on=["site_id", "year"], how="anti"
    )
    shared = (
        cells.filter(_FOR_POWER & (pl.col("remainder") > 0))
        .with_columns(pl.col("book_fuel").replace_strict(TAKERS, default=None).alias("taker"))
        .join(takers(running), on=["year", "province_code", "taker"])
    )
    parts = split_exact(
        shared.group_by("control_id", "member")
        .agg(pl.col("remainder").first().alias("total"), pl.col("capacity_mw").sum())
        .rename({"control_id": "split_id", "capacity_mw": "weight"})
        .select("split_id", "member", "total", pl.col("weight").cast(pl.Decimal(38, 6)))
    ).filter(pl.col("quantity") > 0)
    return (
        shared.drop("quantity")
        .filter(pl.col("member") != _UNDECIDED)
        .join(parts, left_on=["control_id", "member"], right_on=["split_id", "member"])
        .with_columns(
            pl.when("captive")
            .then(pl.lit("direct"))
            .otherwise(pl.lit("direct_exported"))
            .alias("flow"),
            pl.format("{}|{}", "control_id", "unit_id").alias("activity_id"),
            pl.col("taker").replace_strict(_METHOD_ZH).alias("method_zh"),
        )
    )


def with_rest(
    control: pl.DataFrame,
    cells: pl.DataFrame,
    located: pl.DataFrame,
    downscaled: pl.DataFrame,
    illustrative: pl.Expr,
) -> pl.DataFrame:
    """`core.activity` of what returns do not cover: located plants, parks and the rest.

    `cells` of `open_cells`, `located` of `located_by_capacity`, `downscaled` of
    `assets.energy.downscaling.downscaled_activity`. What neither has of a cell is the rest's.
    `illustrative` says of a control total whether it was made for demonstration.
    """
    of_parks = downscaled.select(pl.col("within").alias("control_id"), "quantity")
    taken = pl.concat([located.select("control_id", "quantity"), of_parks])
    rest = pl.concat([_rest(cells, taken), _not_energy(control)], how="diagonal_relaxed")
    names = [c.name for c in Activity.declared_columns()]
    said = ("tier", "illustrative", "allocation_u95_pct", "conversion_confidence")
    columns = [*(name for name in names if name not in said), illustrative.alias("illustrative")]
    of_book = pl.concat([located.select(columns), rest.select(columns)]).with_columns(
        pl.lit("T6").alias("tier"),
        # What a book is shared out by is its tier's doubt, not that of an allocation.
        pl.lit(None, pl.Int64).alias("allocation_u95_pct"),
        pl.lit(None, pl.String).alias("conversion_confidence"),
    )
    return Activity.conform(pl.concat([of_book.select(names), downscaled.select(names)]))


_METHOD_ZH = {
    "coal": "全省火电用煤按机组容量分配",
    "gas": "全省火电用气按燃气电厂容量分配",
    "steelworks": "全省火电用副产煤气按钢铁自备机组容量分配",
}


def _not_energy(control: pl.DataFrame) -> pl.DataFrame:
    """What the book says is no use as energy: within its final consumption, and not burnt.

    The book does not split it by sector, so it stands in the rest of the province. What becomes
    of the carbon is a matter of the products made of it (METHOD 2.2), which the book lacks.
    """
    rest = pl.format("REST:{}", "province_code")
    return control.filter((pl.col("block") == "non_energy") & (pl.col("carrier") == "fuel")).select(
        pl.exclude("block", "book_sector", "book_fuel"),
        pl.lit("final").alias("block"),
        # No cell of a sector: it balances none of them.
        pl.lit(None, pl.String).alias("book_sector"),
        pl.lit(None, pl.String).alias("book_fuel"),
        rest.alias("site_id"),
        rest.alias("enterprise_id"),
        pl.lit("non_energy").alias("flow"),
        pl.format("{}|non_energy", "control_id").alias("activity_id"),
        pl.lit("平衡表非能源用途，自终端消费中扣除").alias("method_zh"),
    )


def takers(running: pl.DataFrame) -> pl.DataFrame:
    """Plants by year with `taker`, what they take of, and `member`, their part in a split.

    `running` as `whether_operating` makes it. Of a plant that is not known to have run the
    member is empty, together with all others of its province. A kind of which no plant of the
    province is known to have run takes nothing.
    """
    each = pl.concat(
        [
            running.with_columns(pl.col("fuel").alias("taker")),
            running.filter("steelworks").with_columns(pl.lit("steelworks").alias("taker")),
        ]
    )
    return each.with_columns(
        pl.when("operates").then("unit_id").otherwise(pl.lit(_UNDECIDED)).alias("member")
    ).filter(pl.col("operates").any().over("year", "province_code", "taker"))


def open_cells(control: pl.DataFrame, measured: pl.DataFrame) -> pl.DataFrame:
    """Control totals with the `remainder` that is not measured; use as raw material is none.

    Raises ControlTotalError (CT1) where more is measured than there is.
    """
    control = control.filter(pl.col("block") != "non_energy")
    returned = measured.group_by(_KEYS).agg(pl.col("quantity").sum().alias("measured"))
    cells = control.join(returned, on=_KEYS, how="left").with_columns(
        (pl.col("quantity") - pl.col("measured").fill_null(0))
        .cast(pl.Decimal(38, 6))
        .alias("remainder")
    )
    exceeded = cells.filter(pl.col("remainder") < 0)
    if exceeded.height:
        row = exceeded.row(0, named=True)
        raise ControlTotalError(
            f"CT1: {row['province_code']} {row['year']} {row['book_sector']} {row['book_fuel']}: "
            f"measured {row['measured']} {row['canonical_unit']} exceeds the control total "
            f"{row['quantity']} ({row['control_id']})"
        )
    return cells


def _rest(cells: pl.DataFrame, taken: pl.DataFrame) -> pl.DataFrame:
    """What is left of each cell when returns, located plants and parks have theirs."""
    placed = taken.group_by("control_id").agg(pl.col("quantity").sum().alias("placed"))
    return (
        cells.join(placed, on="control_id", how="left")
        .with_columns(
            (pl.col("remainder") - pl.col("placed").fill_null(0))
            .cast(pl.Decimal(38, 6))
            .alias("quantity")
        )
        .filter(pl.col("quantity") > 0)
        .with_columns(
            pl.format("REST:{}", "province_code").alias("site_id"),
            pl.format("REST:{}", "province_code").alias("enterprise_id"),
            # Heat that thermal power takes in is recovered from fuel that is counted already.
            pl.when((pl.col("block") == "transformation") & (pl.col("carrier") == "heat"))
            .then(pl.lit("memo"))
            .otherwise(pl.col("carrier").replace_strict(FLOWS, default="direct"))
            .alias("flow"),
            pl.format("{}|rest", "control_id").alias("activity_id"),
            pl.lit("控制总量减去已落位部分").alias("method_zh"),
        )
    )
