"""Edges from figures of park committees and approved areas to the cells they were read from."""

from __future__ import annotations

import polars as pl

from assets.inventory.edges import cells_of
from warehouse.step import Frames


def return_sources(t: Frames) -> list[pl.DataFrame]:
    """Edges from figures of returns, and from approved areas, to their cells."""
    returns = t["core.park_return"]
    given = {"park": "catalogue_code", "year": "year"}
    figures = [
        cells_of(
            returns.filter(pl.col(column).is_not_null()).with_columns(
                pl.format("{}|" + column, "source_row_id").alias("item_id")
            ),
            "park_return",
            "item_id",
            "park_annual",
            {**given, "value": column},
        )
        for column in ("value_added_wcny", "developed_ha")
    ]
    energies = t["core.park_return_energy"].with_columns(
        pl.format("{}|{}", "source_row_id", "column_name").alias("item_id")
    )
    figures += [
        cells_of(rows, "park_return", "item_id", "park_annual", {**given, "value": str(column)})
        for (column,), rows in energies.group_by("column_name", maintain_order=True)
    ]
    area = cells_of(
        t["core.park"], "park", "park_id", "park_catalogue_2018", {"area": "approved_ha"}
    )
    return [*figures, area]
