"""Which vintage of a control total counts: all are kept, the last published is in force.

METHOD 4.2: an economic census revises the years between two censuses along a line (G28), until
the office publishes figures of its own.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import polars as pl

from assets.energy.caliber import benchmark_revision
from quality.contracts.vintages import CENSUS_YEARS, EVERY, ControlVintage
from quality.exact import decimal12
from warehouse.sql import run_sql

CELL = ["year", "province_code", "block", "book_sector", "book_fuel"]
_SERIES = ["area_code", "book_sector", "book_fuel", "revises"]
_FACTORS: dict[str, pl.DataType] = {
    **dict.fromkeys(["area_code", "book_sector", "book_fuel", "revises"], pl.String()),
    "year": pl.Int64(),
    "revision_factor": pl.Decimal(38, 12),
    **dict.fromkeys(["vintage", "census_from_row", "census_to_row"], pl.String()),
}

# Of several ratios that fit a cell the one for its sector counts, then the one for its fuel. A
# year of a census stands in two intervals, with one factor.
_REVISED = f"""
SELECT c.* EXCLUDE (quantity, vintage, revision_factor, census_from_row, census_to_row),
       round(c.quantity * f.revision_factor, 6)::DECIMAL(38,6) AS quantity, f.vintage,
       f.revision_factor, f.census_from_row, f.census_to_row
FROM cell c
JOIN factor f ON f.area_code = c.province_code AND f.year = c.year
             AND f.book_sector IN (c.book_sector, '{EVERY}')
             AND f.book_fuel IN (c.book_fuel, '{EVERY}')
             AND f.revises IS NOT DISTINCT FROM c.vintage
QUALIFY row_number() OVER (
    PARTITION BY c.control_id
    ORDER BY f.book_sector = '{EVERY}', f.book_fuel = '{EVERY}', f.census_from_row
) = 1
"""


def census_factors(revisions: pl.DataFrame) -> pl.DataFrame:
    """What each year from one census to the next is revised by, by area, sector, fuel, vintage.

    `revisions` are rows of `accepted.census_revision`. Ratios of two censuses that follow each
    other make an interval; a census whose neighbours have no ratio revises nothing. The vintage
    of a factor is that of the later of its two ratios.
    """
    found = []
    for _, series in revisions.sort("census_year").group_by(_SERIES, maintain_order=True):
        for before, after in pairwise(series.iter_rows(named=True)):
            first, last = before["census_year"], after["census_year"]
            if CENSUS_YEARS.index(last) != CENSUS_YEARS.index(first) + 1:
                continue
            ones = {year: Fraction(1) for year in range(first, last + 1)}
            ratios = Fraction(before["ratio"]), Fraction(after["ratio"])
            found += [
                {
                    **{name: before[name] for name in _SERIES},
                    "year": year,
                    "revision_factor": decimal12(factor),
                    "vintage": max(before["vintage"], after["vintage"]),
                    "census_from_row": before["source_row_id"],
                    "census_to_row": after["source_row_id"],
                }
                for year, factor in benchmark_revision(ones, first, last, *ratios).items()
            ]
    return pl.DataFrame(found, schema=_FACTORS, orient="row")


def all_vintages(cells: pl.DataFrame, revisions: pl.DataFrame) -> pl.DataFrame:
    """Published cells and what censuses make of them, with `in_force` on one of each cell.

    `cells` are rows of `core.control_quantity` as published, one a cell and vintage. The last
    published is in force; one without a stated vintage comes before all others, and a figure of
    the office before a revised one of the same day.
    """
    names = ["revision_factor", "census_from_row", "census_to_row"]
    published = cells.with_columns(pl.lit(None, _FACTORS[name]).alias(name) for name in names)
    revised = run_sql(_REVISED, {"cell": published, "factor": census_factors(revisions)})
    every = pl.concat([published, revised.select(published.columns)])
    return (
        every.with_columns(pl.col("revision_factor").is_null().alias("of_office"))
        .sort(*CELL, "vintage", "of_office", nulls_last=False)
        .with_columns(
            (pl.int_range(pl.len()) == pl.len() - 1).over(CELL).alias("in_force"),
        )
        .drop("of_office")
    )


def control_vintages(every: pl.DataFrame) -> pl.DataFrame:
    """`core.control_vintage`: the cells of `all_vintages` that have more than one vintage."""
    several = every.filter(pl.len().over(CELL) > 1)
    return ControlVintage.conform(
        several.rename({"province_code": "area_code"}).with_columns(
            pl.col("revision_factor").is_not_null().alias("revised")
        )
    )
