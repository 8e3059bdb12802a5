"""What a row's delivery says of it."""

from __future__ import annotations

import polars as pl


def is_illustrative(deliveries: pl.DataFrame, source_row_id: str = "source_row_id") -> pl.Expr:
    """Whether the row comes from a delivery made for demonstration (`raw.delivery`)."""
    made = deliveries.filter("illustrative").get_column("delivery_id").str.slice(0, 16)
    return pl.col(source_row_id).str.slice(0, 16).is_in(made.implode())
