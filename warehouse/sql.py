"""SQL over frames: exact DECIMAL arithmetic in DuckDB for the pure functions of `assets`."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from warehouse.extensions import connect

Tables = Mapping[str, pl.DataFrame]


def run_sql(statement: str, tables: Tables) -> pl.DataFrame:
    """Run one SELECT over frames named as the tables they are (`core.site`, `split`).

    The same text runs over the lake and over a release, since the names are the same.
    """
    with connect() as connection:
        for name, frame in tables.items():
            schema, _, table = name.rpartition(".")
            flat = f"frame_{schema}_{table}"
            connection.register(flat, frame)
            if schema:
                connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
            qualified = f"{schema}.{table}" if schema else f'"{table}"'
            connection.execute(f"CREATE VIEW {qualified} AS SELECT * FROM {flat}")
        return connection.execute(statement).pl()
