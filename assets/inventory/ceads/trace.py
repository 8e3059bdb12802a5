"""Edges from the comparison to the delivered cells of books and inventories."""

from __future__ import annotations

import polars as pl

from quality.contracts.audit import ItemSource


def item_sources(parts: pl.DataFrame, cells: pl.DataFrame, factors: pl.DataFrame) -> pl.DataFrame:
    """Rows of `audit.item_source` of `core.ceads_part`, `.ceads_cell` and `.implied_factor`.

    - `control`: a part of what a sector burns rests on its cell of the book; a deduction or
      floor on the non-energy cell and on the cells of the sectors that share it;
    - `published`: a cell of an inventory;
    - `factor`: the cell that is the median, and what of the book it is the ratio to.
    """
    compared = parts.join(cells, on=["province_en", "year"], how="semi")
    booked = pl.col("part").is_in(["final", "thermal_power", "heating_supply"])
    shared = compared.filter(~booked)
    sharers = (
        shared.select("part_id", "province_en", "year", "book_fuel")
        .join(
            compared.filter(pl.col("part") == "non_energy").select(
                "province_en", "year", "book_fuel", "book_sector"
            ),
            on=["province_en", "year", "book_fuel"],
        )
        .join(
            compared.filter(pl.col("part") == "final").drop("part_id"),
            on=["province_en", "year", "book_fuel", "book_sector"],
        )
    )
    of_factors = factors.select("factor_id", "cell_id").join(
        parts.with_columns(
            pl.col("part_id").str.replace(r"\|[a-z_]+$", "").alias("cell_id")
        ).select("cell_id", "source_row_id", "source_column"),
        on="cell_id",
    )
    found = pl.concat(
        [
            _edges(compared.filter(booked), "control", "part_id", "quantity"),
            _edges(shared, "control", "part_id", "non_energy"),
            _edges(sharers, "control", "part_id", "sector"),
            _edges(
                cells.filter(pl.col("source_row_id").is_not_null()),
                "published",
                "cell_id",
                "emission",
            ),
            _edges(factors, "factor", "factor_id", "emission"),
            _edges(of_factors, "factor", "factor_id", "quantity"),
        ]
    )
    return ItemSource.conform(found.unique())


def _edges(items: pl.DataFrame, kind: str, item_id: str, role: str) -> pl.DataFrame:
    return items.select(
        pl.lit(kind).alias("item_kind"),
        pl.col(item_id).alias("item_id"),
        pl.lit(role).alias("role"),
        "source_row_id",
        pl.col("source_column").alias("column_zh"),
    )
