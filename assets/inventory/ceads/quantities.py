"""What CEADs counts as burnt, from the energy books, and what it published for it.

Rules of the published inventories, as the pairs of book and inventory show them; measured on
2015 to 2017 in docs/ceads.md:

- a sector burns its final consumption; `Other Petroleum Products` are burnt for power and heat
  only, their final consumption is not counted;
- power burns, besides, the inputs `Thermal Power` and `Heating Supply`: no other row of the
  transformation block, and no loss;
- non-energy use is deducted from the five chemical sectors pro rata; where it exceeds them
  they are 0. Only here is anything floored, and every floored quantity is a row.
"""

from __future__ import annotations

import polars as pl

from assets.energy.split import split_exact
from assets.inventory.ceads.errors import CeadsError
from assets.inventory.ceads.names import (
    CHEMICALS,
    HEATING_SUPPLY,
    NON_ENERGY,
    OTHER_PETROLEUM,
    POWER,
    SECTORS,
    THERMAL_POWER,
    units,
    with_book_names,
)
from quality.contracts.ceads import CeadsExcess
from warehouse.sql import run_sql

CELL = ["province_en", "year", "book_sector", "book_fuel"]
_BOOK = ["province_en", "year", "book_fuel"]
# A book keeps twelve decimals of 10^4 t; six of a tonne would lose its smallest cells.
_EXACT = pl.Decimal(38, 12)
_SCALED = """
SELECT c.*, u.canonical_unit,
       round(c.{value} * u.scale, {decimals})::DECIMAL(38,{decimals}) AS quantity
FROM cells c JOIN units u USING (unit)
"""


def used_quantities(energy: pl.DataFrame) -> pl.DataFrame:
    """What each sector burns, in parts that sum to it exactly; parts of 0 are not there.

    In: `accepted.ceads_energy`. Out, one row a province, year, sector, fuel and part: `part_id`,
    `part` (final, thermal_power, heating_supply, non_energy, floor), signed `quantity` in
    `canonical_unit` (t, or 1e4m3 as booked), and the cell of the book that it is read from.
    Raises CeadsError.
    """
    book = _book(energy)
    final = book.filter(
        pl.col("book_row").is_in(SECTORS) & (pl.col("book_fuel") != OTHER_PETROLEUM)
    ).with_columns(pl.lit("final").alias("part"))
    inputs = book.filter(pl.col("book_row").is_in([THERMAL_POWER, HEATING_SUPPLY])).with_columns(
        pl.col("book_row").str.to_lowercase().str.replace(" ", "_", literal=True).alias("part"),
        pl.lit(POWER).alias("book_row"),
    )
    burnt = pl.concat([final, inputs]).rename({"book_row": "book_sector"})
    deducted = _deducted(final, book)
    parts = pl.concat([burnt, *deducted], how="diagonal").filter(pl.col("quantity") != 0)
    return parts.select(
        pl.concat_str([pl.lit("CEADS"), *CELL, "part"], separator="|").alias("part_id"),
        *CELL,
        "part",
        "quantity",
        "canonical_unit",
        "source_row_id",
        "source_column",
    ).sort(*CELL, "part")


def _deducted(final: pl.DataFrame, book: pl.DataFrame) -> list[pl.DataFrame]:
    """Non-energy use as negative parts of the chemical sectors, and what lifts them to 0."""
    takers = final.filter(pl.col("book_row").is_in(CHEMICALS) & (pl.col("quantity") > 0)).rename(
        {"book_row": "book_sector", "quantity": "final_quantity"}
    )
    use = book.filter((pl.col("book_row") == NON_ENERGY) & (pl.col("quantity") != 0))
    negative = use.filter(pl.col("quantity") < 0)
    if negative.height:
        row = negative.row(0, named=True)
        raise CeadsError(
            f"{row['source_row_id']}: {row['book_fuel']} has a non-energy use of "
            f"{row['quantity']} {row['canonical_unit']}; expected 0 or more"
        )
    shared = takers.drop("source_row_id", "source_column").join(
        use.select(*_BOOK, "source_row_id", "source_column", pl.col("quantity").alias("total")),
        on=_BOOK,
    )
    split_id = pl.concat_str(_BOOK, separator="|").alias("split_id")
    # Shared out in 1e-6 of the unit.
    parts = split_exact(
        shared.select(
            split_id,
            pl.col("book_sector").alias("member"),
            pl.col("total").round(6).cast(pl.Decimal(38, 6)),
            pl.col("final_quantity").alias("weight"),
        )
    )
    given = (
        shared.drop("total")
        .with_columns(split_id)
        .join(parts, left_on=["split_id", "book_sector"], right_on=["split_id", "member"])
    )
    less = given.with_columns(
        (-pl.col("quantity")).cast(_EXACT).alias("quantity"), pl.lit("non_energy").alias("part")
    )
    lifted = given.filter(pl.col("quantity") > pl.col("final_quantity")).with_columns(
        (pl.col("quantity") - pl.col("final_quantity")).cast(_EXACT).alias("quantity"),
        pl.lit("floor").alias("part"),
    )
    return [f.drop("split_id", "final_quantity") for f in (less, lifted)]


def non_energy_excess(energy: pl.DataFrame) -> pl.DataFrame:
    """`core.ceads_excess`: where the book's non-energy use exceeds what the chemical sectors use.

    `floored_quantity` is what the floor at 0 adds back in them: nothing where they use nothing
    of the fuel, and for other petroleum products, of which they count as burning nothing.
    """
    book = _book(energy)
    totals = (
        book.filter(pl.col("book_row") == NON_ENERGY)
        .rename({"quantity": "non_energy_quantity"})
        .join(
            book.filter(pl.col("book_row").is_in(CHEMICALS))
            .group_by(_BOOK)
            .agg(pl.col("quantity").sum().alias("chemical_quantity")),
            on=_BOOK,
            how="left",
        )
        .join(
            used_quantities(energy)
            .filter(pl.col("part") == "floor")
            .group_by(_BOOK)
            .agg(pl.col("quantity").sum().alias("floored_quantity")),
            on=_BOOK,
            how="left",
        )
        .with_columns(pl.col("chemical_quantity", "floored_quantity").fill_null(0))
    )
    return CeadsExcess.conform(
        totals.filter(pl.col("non_energy_quantity") > pl.col("chemical_quantity"))
    )


def published(emissions: pl.DataFrame) -> pl.DataFrame:
    """`accepted.ceads_emission` in the names of the books, in t; sums and scope 2 are left out.

    One row a province, year, sector and fuel or `Process`: `published_t`, and its cell. Raises
    CeadsError.
    """
    cells = with_book_names(emissions, "sector_en", "fuel_en", book=False)
    tables = {"cells": cells, "units": units(cells, book=False)}
    found = run_sql(_SCALED.format(value="emissions_mtco2", decimals=6), tables).rename(
        {"quantity": "published_t", "book_row": "book_sector"}
    )
    _once(found, CELL)
    return found.select(*CELL, "published_t", "source_row_id", "source_column").sort(CELL)


def _book(energy: pl.DataFrame) -> pl.DataFrame:
    """Cells of the books that count, in canonical units."""
    cells = with_book_names(energy, "item_en", "fuel_en", book=True)
    tables = {"cells": cells, "units": units(cells, book=True)}
    found = run_sql(_SCALED.format(value="value", decimals=12), tables)
    _once(found, ["province_en", "year", "book_row", "book_fuel"])
    return found.select(
        "province_en",
        "year",
        "book_row",
        "book_fuel",
        "quantity",
        "canonical_unit",
        "source_row_id",
        "source_column",
    )


def _once(cells: pl.DataFrame, key: list[str]) -> None:
    """Raise CeadsError where two deliveries give the same cell."""
    twice = cells.filter(pl.struct(key).is_duplicated()).sort(*key, "source_row_id")
    if twice.height:
        first, second = twice.head(2).rows(named=True)
        raise CeadsError(
            f"{' '.join(str(first[name]) for name in key)}: delivered in {first['source_row_id']} "
            f"and in {second['source_row_id']}; expected one: withdraw one of the deliveries"
        )
