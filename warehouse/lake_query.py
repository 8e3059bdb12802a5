"""Queries on accepted tables of the lake, which a release holds only where numbers rest on them."""

from __future__ import annotations

import re

import duckdb

from quality.contracts.registry import TABLES
from quality.contracts.table import Table
from warehouse.lake import Lake
from warehouse.query import QueryError, Result, ask
from warehouse.settings import Settings


def query_lake(settings: Settings, statement: str, limit: int = 1000) -> Result:
    """Run one statement on the tables of the lake that it names, as the last run left them.

    They are copied into memory, and nothing else is within reach. Raises QueryError.
    """
    if not settings.catalog.exists():
        raise QueryError(f"{settings.catalog}: no lake yet; run `parkledger run` first")
    tables = _named(statement)
    frames = Lake(settings).read_all(tables)
    with duckdb.connect(":memory:") as connection:
        for table, frame in zip(tables, frames, strict=True):
            name = table.table_name()
            connection.execute(f"CREATE SCHEMA IF NOT EXISTS {name.partition('.')[0]}")
            connection.register("incoming", frame)
            connection.execute(f"CREATE TABLE {name} AS FROM incoming")
            connection.unregister("incoming")
        connection.execute("SET enable_external_access = false; SET lock_configuration = true")
        return ask(connection, statement, limit)


def _named(statement: str) -> list[type[Table]]:
    words = sorted(set(re.findall(r"\b[a-z]+\.[a-z0-9_]+\b", statement.lower())))
    unknown = [word for word in words if word.startswith("accepted.") and word not in TABLES]
    found = [TABLES[word] for word in words if word in TABLES]
    if unknown or not found:
        raise QueryError(
            f"{', '.join(unknown) or 'no table named'}: expected the table of a source, as "
            "`parkledger sources list` has it, such as accepted.gem_coal_unit"
        )
    return found
