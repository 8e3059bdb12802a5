"""Read-only, locked-down queries on a release."""

from __future__ import annotations

import re
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
    with connect_locked_down(path) as connection:
        return ask(connection, statement, limit, _in_lake(statement))


def _in_lake(statement: str) -> str:
    """What is said where a table is missing: a release has not all that was accepted."""
    named = re.search(r"\baccepted\.[a-z0-9_]+", statement.lower())
    return f"; if {named[0]} is none that numbers rest on, add --lake" if named else ""


def ask(
    connection: duckdb.DuckDBPyConnection, statement: str, limit: int, missing: str = ""
) -> Result:
    """The result of a statement; `limit` 0 returns every row.

    Raises QueryError, which ends with `missing` where a table is.
    """
    try:
        cursor = connection.execute(statement)
        columns = [item[0] for item in cursor.description or []]
        rows = cursor.fetchall() if limit == 0 else cursor.fetchmany(limit + 1)
    except duckdb.Error as error:
        said = missing if isinstance(error, duckdb.CatalogException) else ""
        raise QueryError(" ".join(str(error).split()) + said) from error
    more = limit > 0 and len(rows) > limit
    return Result(columns, rows[:limit] if more else rows, more)
