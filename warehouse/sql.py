"""SQL over frames: exact DECIMAL arithmetic in DuckDB for the pure functions of `assets`."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from warehouse.extensions import connect

Tables = Mapping[str, pl.DataFrame]

# Texts pass in the layout that polars has, without a copy of each: of a national year's ledger the
# copies took 4 s and 2 GB for every mart. Filters that DuckDB derives from joins cannot be pushed
# into a scan of that layout, and save nothing on frames in memory.
_NO_COPIES = """
SET produce_arrow_string_view = true;
SET arrow_output_version = '1.5';
SET disabled_optimizers = 'join_filter_pushdown';
"""


def run_sql(statement: str, tables: Tables) -> pl.DataFrame:
    """Run one SELECT over frames named as the tables they are (`core.site`, `split`).

    The same text runs over the lake and over a release, since the names are the same.
    """
    with connect() as connection:
        connection.execute(_NO_COPIES)
        for name, frame in tables.items():
            schema, _, table = name.rpartition(".")
            flat = f"frame_{schema}_{table}"
            connection.register(flat, frame.to_arrow(compat_level=pl.CompatLevel.newest()))
            if schema:
                connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
            qualified = f"{schema}.{table}" if schema else f'"{table}"'
            connection.execute(f"CREATE VIEW {qualified} AS SELECT * FROM {flat}")
        # A relation is fetched by all threads; what `execute` gives is fetched by one.
        return connection.sql(statement).pl()
