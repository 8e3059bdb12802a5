"""The source cells that published numbers rest on."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from assets.landing.declaration import load_source
from assets.landing.readers.request import ROW_NUMBER
from assets.landing.records import Delivered, header_of, locator
from quality.contracts.audit import SourceCell
from quality.contracts.table import SOURCE_ROW

_FACTOR = SourceCell.empty_frame().schema["unit_factor"]


def source_cells(
    wanted: pl.DataFrame, deliveries: pl.DataFrame, delivered: Sequence[tuple[str, Delivered]]
) -> pl.DataFrame:
    """Cells (`audit.source_cell`) that `wanted` (`source_row_id`, `column_zh`) points at.

    A pointer names a declared header; the cell stands under the one of its column that the part
    has. `delivered` are (source id, part) of the deliveries that count. Raises ValueError for a
    pointer to a cell that was never delivered: a number that rests on it could not be explained.
    """
    pointers = wanted.select(SOURCE_ROW, "column_zh").unique()
    delivery = pl.col(SOURCE_ROW).str.split(":").list.first()
    short = set(pointers.select(delivery).to_series())
    found = [
        _cells(source_id, item, pointers)
        for source_id, item in delivered
        if item.part.delivery_id[:16] in short
    ]
    cells = pl.concat(found) if found else SourceCell.empty_frame().drop("file_name")
    lost = pointers.join(cells, on=[SOURCE_ROW, "column_zh"], how="anti").sort(pl.all())
    if lost.height:
        raise ValueError(f"source cells that were not delivered: {lost.head(3).rows()}")
    names = deliveries.select("delivery_id", "file_name").sort(pl.all()).unique("delivery_id")
    return SourceCell.conform(cells.join(names, on="delivery_id", how="left"))


def _cells(source_id: str, item: Delivered, pointers: pl.DataFrame) -> pl.DataFrame:
    part = item.part
    prefix = f"{part.delivery_id[:16]}:{part.part}:"
    mine = pointers.filter(
        pl.col(SOURCE_ROW).str.starts_with(prefix)
        & pl.col(SOURCE_ROW).str.slice(len(prefix)).str.contains(r"^\d+$")
    )
    header_under = _headers(source_id, item)
    named = sorted(set(mine.get_column("column_zh")) & header_under.keys())
    rows = (
        part.rows.with_columns(locator(part))
        .join(mine.lazy().select(SOURCE_ROW).unique(), on=SOURCE_ROW, how="semi")
        .select(SOURCE_ROW, ROW_NUMBER, *(_texts(header_under[n]).alias(n) for n in named))
        .collect()
    )
    factors = {header: factor for header, factor in item.unit_factors}
    about = pl.DataFrame(
        {
            "column_zh": named,
            "header_zh": [header_under[name] for name in named],
            "unit_factor": [factors.get(header_under[name] or "") for name in named],
        },
        schema_overrides={"column_zh": pl.String, "header_zh": pl.String, "unit_factor": _FACTOR},
    )
    return (
        rows.unpivot(
            named,
            index=[SOURCE_ROW, ROW_NUMBER],
            variable_name="column_zh",
            value_name="raw_text",
        )
        .join(mine, on=[SOURCE_ROW, "column_zh"], how="semi")
        .join(about, on="column_zh", how="left")
        .select(
            SOURCE_ROW,
            "column_zh",
            "header_zh",
            pl.col("raw_text").cast(pl.String),
            "unit_factor",
            pl.lit(part.delivery_id).alias("delivery_id"),
            pl.lit(source_id).alias("source_id"),
            pl.lit(part.part).alias("part"),
            pl.col(ROW_NUMBER).cast(pl.Int64),
        )
    )


def _headers(source_id: str, item: Delivered) -> dict[str, str | None]:
    """Declared or delivered header → the delivered one, None for a column that is not there."""
    own = header_of(item)
    declared = {h: own.get(column) for h, column in load_source(source_id).columns.items()}
    return {**declared, **{header: header for header in item.part.headers}}


def _texts(header: str | None) -> pl.Expr:
    return pl.lit(None, pl.String) if header is None else pl.col(header)
