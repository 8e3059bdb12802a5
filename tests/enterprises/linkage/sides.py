"""Records to link, and the product's own model."""

from __future__ import annotations

from functools import cache
from typing import Any

import polars as pl

from assets.enterprises.linkage import LinkModel, load_model
from assets.enterprises.linkage.prepared import SIDE
from assets.landing.ingest import REFERENCE_DIRECTORY

A, B = "914403001922038216", "91310000631696382C"


def weights() -> pl.DataFrame:
    """The rows of the product's model."""
    table = pl.read_csv(REFERENCE_DIRECTORY / "link_model.csv", infer_schema=False)
    return table.with_columns(pl.col("weight").str.to_decimal(scale=12))


@cache
def model() -> LinkModel:
    return load_model(weights())


def side(*rows: dict[str, Any]) -> pl.DataFrame:
    """Records; what is not named is missing."""
    full = [{name: row.get(name) for name in SIDE} for row in rows]
    return pl.DataFrame(full, schema=SIDE)


def pairs(frame: pl.DataFrame, **wanted: str) -> set[tuple[str, str]]:
    """The pairs of the rows with these values."""
    kept = frame.filter(pl.lit(True), **wanted)
    return set(kept.select("left_id", "right_id").iter_rows())
