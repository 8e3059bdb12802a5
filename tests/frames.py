"""Small frames of declared tables, and the product's own reference tables."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

import polars as pl

from assets.landing.ingest import REFERENCE_DIRECTORY
from quality.contracts.registry import table_of
from quality.contracts.table import PEDIGREE, Column, Table
from quality.quarantine import Accepted
from tests.door import rows_through_door


def frame(table: type[Table], *rows: Mapping[str, Any], **shared: Any) -> pl.DataFrame:
    """Rows of a table; `shared` fills all rows, what is not named is null or empty."""
    columns = table.declared_columns()
    unknown = {name for row in (*rows, shared) for name in row} - {c.name for c in columns}
    assert not unknown, f"{table.table_name()} has no {unknown}"
    full = [{c.name: _value(c, {**shared, **row}) for c in columns} for row in rows]
    return pl.DataFrame(full, schema={c.name: c.polars_type for c in columns})


class Tables(dict[str, pl.DataFrame]):
    """Tables by name; one that is not given is empty."""

    def __missing__(self, name: str) -> pl.DataFrame:
        return table_of(name).empty_frame()


def _value(c: Column, row: Mapping[str, Any]) -> Any:
    if c.name in row:
        value = row[c.name]
        exact = isinstance(c.polars_type, pl.Decimal) and value is not None
        return Decimal(str(value)) if exact else value
    if c.nullable:
        return None
    if c.name == PEDIGREE:
        return "22222"
    if isinstance(c.polars_type, pl.Decimal):
        return Decimal(0)
    empty: dict[Any, Any] = {pl.String: "", pl.Int64: 0, pl.Float64: 0.0, pl.Boolean: False}
    return empty.get(c.polars_type, date(2017, 1, 1))


@cache
def reference(source_id: str) -> Accepted:
    """One of the product's own tables of facts, through the door."""
    with (REFERENCE_DIRECTORY / f"{source_id}.csv").open(encoding="utf-8", newline="") as file:
        return rows_through_door(source_id, list(csv.DictReader(file)))


def facts(source_id: str) -> pl.DataFrame:
    """The accepted rows of a reference table."""
    return reference(source_id).frame
