"""Energy books of provinces: which of their cells are control totals, and which are not."""

from __future__ import annotations

import polars as pl

from quality.contracts.books import BookFinding

# In tce already, of waste heat, biomass and what else no column has: no triple fits it.
NO_FACTOR = ["Other_Energy"]
_SECONDARY = ["Electricity", "Heat"]


class BookError(ValueError):
    """A row or province of an energy book that nobody has said what it is."""


def book_cells(
    books: pl.DataFrame, book_rows: pl.DataFrame, provinces: pl.DataFrame
) -> pl.DataFrame:
    """Cells of `accepted.ceads_energy` in rows that count, whatever their sign.

    Columns `control_id, source_row_id, source_column, year, province_code, block, book_sector,
    activity_scope, book_fuel, value, unit, pedigree`. Aggregates, loss, bunkers and
    transformation into other fuels are no rows that count (`accepted.book_row`). Raises
    BookError for a row or province of unknown name: left out in silence it would be missing.
    """
    named = books.join(
        book_rows.select(pl.col("book_sector").alias("item_en"), "block", "activity_scope"),
        on="item_en",
        how="left",
    ).join(
        provinces.select(pl.col("name_en").alias("province_en"), "province_code"),
        on="province_en",
        how="left",
    )
    for column, found, table in (
        ("item_en", "block", "book_row"),
        ("province_en", "province_code", "province_name"),
    ):
        strange = named.filter(pl.col(found).is_null())
        if strange.height:
            row = strange.row(0, named=True)
            raise BookError(
                f"{row['source_row_id']}: {row[column]!r} is no name of "
                f"assets/reference/{table}.csv; expected one of them, spelled alike, or a new row"
            )
    return named.filter(pl.col("block") != "none").select(
        pl.format("{}|{}", "source_row_id", "source_column").alias("control_id"),
        "source_row_id",
        "source_column",
        "year",
        "province_code",
        "block",
        pl.col("item_en").alias("book_sector"),
        "activity_scope",
        pl.col("fuel_en").alias("book_fuel"),
        "value",
        "unit",
        "pedigree",
    )


def is_consumption() -> pl.Expr:
    """Whether a cell is consumption of a fuel that has a factor.

    The transformation block is signed: electricity and heat that leave it are negative.
    """
    return (pl.col("value") > 0) & ~pl.col("book_fuel").is_in(NO_FACTOR)


def book_findings(
    books: pl.DataFrame, book_rows: pl.DataFrame, provinces: pl.DataFrame
) -> pl.DataFrame:
    """`core.book_finding`: cells other than zero that are no control total though they should
    be. Electricity and heat that leave the transformation block are none of them.
    """
    made = (pl.col("block") == "transformation") & pl.col("book_fuel").is_in(_SECONDARY)
    negative = (pl.col("value") < 0) & ~made
    no_factor = pl.col("book_fuel").is_in(NO_FACTOR)
    left_out = book_cells(books, book_rows, provinces).filter(
        (pl.col("value") != 0) & (negative | no_factor)
    )
    texts = {
        "rule_id": ("BK2", "BK1"),
        "reason_zh": (
            "“其他能源”以标准煤计，没有排放因子：不计入控制总量",
            "消费量为负：不计入控制总量，也不改为零；请向发布方核实",
        ),
        "reason_en": (
            "other energy is booked in tce and has no emission factor: no control total",
            "negative consumption: no control total, and not set to zero; ask the publisher",
        ),
    }
    return BookFinding.conform(
        left_out.with_columns(
            pl.when(no_factor).then(pl.lit(bk2)).otherwise(pl.lit(bk1)).alias(column)
            for column, (bk2, bk1) in texts.items()
        )
    )
