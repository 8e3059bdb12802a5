"""Edges from items of a release to the delivered cells that they rest on."""

from __future__ import annotations

import polars as pl

from assets.landing.declaration import load_source


def cells_of(
    items: pl.DataFrame, kind: str, item_id: str, source_id: str, roles: dict[str, str]
) -> pl.DataFrame:
    """Edges from items with a `source_row_id` to cells named by role and canonical column."""
    header_of = {column: header for header, column in load_source(source_id).columns.items()}
    return pl.concat(
        [
            items.select(
                pl.lit(kind).alias("item_kind"),
                pl.col(item_id).alias("item_id"),
                pl.lit(role).alias("role"),
                "source_row_id",
                pl.lit(header_of[column]).alias("column_zh"),
            )
            for role, column in roles.items()
        ]
    )
