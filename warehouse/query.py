"""Read-only, locked-down queries on a release."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from warehouse.extensions import connect_locked_down


class QueryError(ValueError):
    """The query cannot be answered; the message is DuckDB's, in one line."""


@dataclass(frozen=True)
class Result:
    """Columns and rows of a query; `more` says that rows beyond the limit were left out."""

    columns: list[str]
    rows: list[tuple[Any, ...]]
    more: bool


def query(path: Path, statement: str, limit: int = 1000) -> Result:
    """Run one statement on a release; `limit` 0 returns every row.

    No file but the release can be read or written. Raises QueryError.
    """
    try:
        with connect_locked_down(path) as connection:
            cursor = connection.execute(statement)
            columns = [item[0] for item in cursor.description or []]
            rows = cursor.fetchall() if limit == 0 else cursor.fetchmany(limit + 1)
    except duckdb.Error as error:
        raise QueryError(" ".join(str(error).split())) from error
    more = limit > 0 and len(rows) > limit
    return Result(columns, rows[:limit] if more else rows, more)
