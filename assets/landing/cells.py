"""The source cells that published numbers rest on."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from assets.landing.rawstore import Part
from assets.landing.readers.request import ROW_NUMBER
from assets.landing.records import locator
from quality.contracts.audit import SourceCell
from quality.contracts.table import SOURCE_ROW


def source_cells(
    wanted: pl.DataFrame, deliveries: pl.DataFrame, parts: Sequence[tuple[str, Part]]
) -> pl.DataFrame:
    """Cells (`audit.source_cell`) that `wanted` (`source_row_id`, `column_zh`) points at.

    `parts` are (source id, part) of the deliveries that count. Raises ValueError for a pointer
    to a cell that was never delivered: a number that rests on it could not be explained.
    """
    pointers = wanted.select(SOURCE_ROW, "column_zh").unique()
    delivery = pl.col(SOURCE_ROW).str.split(":").list.first()
    short = set(pointers.select(delivery).to_series())
    found = [
        _cells(source_id, part, pointers)
        for source_id, part in parts
        if part.delivery_id[:16] in short
    ]
    cells = pl.concat(found) if found else SourceCell.empty_frame().drop("file_name")
    lost = pointers.join(cells, on=[SOURCE_ROW, "column_zh"], how="anti").sort(pl.all())
    if lost.height:
        raise ValueError(f"source cells that were not delivered: {lost.head(3).rows()}")
    names = deliveries.select("delivery_id", "file_name").sort(pl.all()).unique("delivery_id")
    return SourceCell.conform(cells.join(names, on="delivery_id", how="left"))


def _cells(source_id: str, part: Part, pointers: pl.DataFrame) -> pl.DataFrame:
    prefix = f"{part.delivery_id[:16]}:{part.part}:"
    mine = pointers.filter(
        pl.col(SOURCE_ROW).str.starts_with(prefix)
        & pl.col(SOURCE_ROW).str.slice(len(prefix)).str.contains(r"^\d+$")
    )
    headers = sorted(set(mine.get_column("column_zh")) & set(part.headers))
    rows = (
        part.rows.with_columns(locator(part))
        .join(mine.lazy().select(SOURCE_ROW).unique(), on=SOURCE_ROW, how="semi")
        .select(SOURCE_ROW, ROW_NUMBER, *headers)
        .collect()
    )
    return (
        rows.unpivot(
            headers,
            index=[SOURCE_ROW, ROW_NUMBER],
            variable_name="column_zh",
            value_name="raw_text",
        )
        .join(mine, on=[SOURCE_ROW, "column_zh"], how="semi")
        .select(
            SOURCE_ROW,
            "column_zh",
            pl.col("raw_text").cast(pl.String),
            pl.lit(part.delivery_id).alias("delivery_id"),
            pl.lit(source_id).alias("source_id"),
            pl.lit(part.part).alias("part"),
            pl.col(ROW_NUMBER).cast(pl.Int64),
        )
    )
