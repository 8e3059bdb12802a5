"""The lake: DuckLake on a SQLite catalog, one transaction a slice, one writer at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import duckdb
import polars as pl

from quality.contracts.table import Table, comments, ddl
from warehouse.extensions import connect
from warehouse.lock import writer_lock
from warehouse.settings import Settings

_NAME = "lake"


class Lake:
    """Read and write declared tables; schemas and tables are made on first use."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @contextmanager
    def connection(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection with the lake attached as the default catalog."""
        home = self._settings.home
        home.mkdir(parents=True, exist_ok=True)
        with connect(None, "ducklake", "sqlite_scanner") as open_connection:
            # Some paths hold a quote; a literal must not end there.
            catalog = str(self._settings.catalog).replace("'", "''")
            data = str(self._settings.data).replace("'", "''")
            open_connection.execute(
                f"ATTACH 'ducklake:sqlite:{catalog}' AS {_NAME} "
                f"(DATA_PATH '{data}/', META_JOURNAL_MODE 'WAL', META_BUSY_TIMEOUT 10000)"
            )
            open_connection.execute(f"USE {_NAME}")
            yield open_connection

    def _ensure(self, connection: duckdb.DuckDBPyConnection, table: type[Table]) -> None:
        schema, _, name = table.table_name().partition(".")
        known = connection.execute(
            "SELECT count(*) FROM information_schema.tables "
            "WHERE table_catalog = ? AND table_schema = ? AND table_name = ?",
            [_NAME, schema, name],
        ).fetchone()
        if known and known[0]:
            return
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {_NAME}.{schema}")
        connection.execute(ddl(table, f"{_NAME}.{table.table_name()}"))
        if table.partition():
            connection.execute(
                f"ALTER TABLE {_NAME}.{table.table_name()} SET PARTITIONED BY ({table.partition()})"
            )
        for statement in comments(table, f"{_NAME}.{table.table_name()}"):
            connection.execute(statement)

    def write(
        self,
        table: type[Table],
        frame: pl.DataFrame,
        *,
        slice_column: str | None = None,
        slice_values: Sequence[Any] = (),
    ) -> int:
        """Replace a slice of a table (or all of it) in one transaction; return its rows.

        The frame is checked against the declaration first. Raises ContractError, and
        ValueError where the frame holds rows outside the slice.
        """
        checked = table.conform(frame)
        if slice_column is not None:
            outside = checked.filter(~pl.col(slice_column).is_in(list(slice_values)))
            if outside.height:
                found = outside.get_column(slice_column).unique().to_list()[:5]
                raise ValueError(
                    f"{table.table_name()}: rows outside {slice_column} {list(slice_values)}: {found}"
                )
        qualified = f"{_NAME}.{table.table_name()}"
        with (
            writer_lock(self._settings.home, self._settings.lock_seconds),
            self.connection() as connection,
        ):
            self._ensure(connection, table)
            connection.register("incoming", checked)
            connection.execute("BEGIN")
            try:
                if slice_column is None:
                    connection.execute(f"DELETE FROM {qualified}")
                else:
                    connection.execute(
                        f"DELETE FROM {qualified} WHERE list_contains(?, {slice_column})",
                        [list(slice_values)],
                    )
                if checked.height:
                    connection.execute(f"INSERT INTO {qualified} BY NAME SELECT * FROM incoming")
                connection.execute("COMMIT")
            except BaseException:
                connection.execute("ROLLBACK")
                raise
        return checked.height

    def read(
        self,
        table: type[Table],
        *,
        slice_column: str | None = None,
        slice_values: Sequence[Any] = (),
    ) -> pl.DataFrame:
        """A table or a slice of it, in key order; empty where it was never written."""
        with self.connection() as connection:
            try:
                where = "" if slice_column is None else f"WHERE list_contains(?, {slice_column})"
                parameters = [] if slice_column is None else [list(slice_values)]
                keys = ", ".join(f'"{key}"' for key in table.key())
                frame = connection.execute(
                    f"SELECT * FROM {_NAME}.{table.table_name()} {where} ORDER BY {keys}",
                    parameters,
                ).pl()
            except duckdb.CatalogException:
                return table.empty_frame()
        return frame.select(
            pl.col(c.name).cast(c.polars_type) for c in table.declared_columns()
        )

    def snapshot(self) -> int:
        """The id of the newest snapshot."""
        with self.connection() as connection:
            row = connection.execute(f"SELECT max(snapshot_id) FROM {_NAME}.snapshots()").fetchone()
        return int(row[0]) if row and row[0] is not None else 0

    def record_release(self, release_id: str, content_hash: str, extra: dict[str, Any]) -> None:
        """Commit the publish of a release as a snapshot with author, id and extra information."""
        with (
            writer_lock(self._settings.home, self._settings.lock_seconds),
            self.connection() as connection,
        ):
            connection.execute(f"CREATE SCHEMA IF NOT EXISTS {_NAME}.ops")
            connection.execute(
                f"CREATE TABLE IF NOT EXISTS {_NAME}.ops.release "
                "(release_id VARCHAR, content_hash VARCHAR, published_at TIMESTAMPTZ)"
            )
            connection.execute("BEGIN")
            connection.execute(
                f"CALL {_NAME}.set_commit_message(?, ?, extra_info => ?)",
                [self._settings.author, release_id, json.dumps(extra, ensure_ascii=False)],
            )
            connection.execute(
                f"INSERT INTO {_NAME}.ops.release VALUES (?, ?, now())", [release_id, content_hash]
            )
            connection.execute("COMMIT")

    def maintain(self, keep_days: int = 7) -> None:
        """Expire snapshots older than the grace period, clean up files, merge small ones.

        The grace period keeps readers of older snapshots alive; without maintenance
        30 overwrites of a 500 k-row partition left 700 MB.
        """
        with (
            writer_lock(self._settings.home, self._settings.lock_seconds),
            self.connection() as connection,
        ):
            older = f"now() - INTERVAL {int(keep_days)} DAY"
            connection.execute(
                f"CALL ducklake_expire_snapshots('{_NAME}', older_than => {older})"
            )
            connection.execute(f"CALL ducklake_merge_adjacent_files('{_NAME}')")
            connection.execute(
                f"CALL ducklake_cleanup_old_files('{_NAME}', older_than => {older})"
            )
