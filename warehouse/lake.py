"""The lake: DuckLake on a SQLite catalog, one transaction a slice, one writer at a time."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from quality.contracts.table import Table, comments, ddl
from quality.sql_text import sql_text
from warehouse.extensions import connect
from warehouse.kept import WHOLE, Kept, Slice
from warehouse.lock import writer_lock
from warehouse.settings import Settings

_NAME = "lake"


@cache
def _attached(home: Path, catalog: Path, data: Path) -> duckdb.DuckDBPyConnection:
    """The lake attached once a process: loading and attaching took 0.24 s a time, which was
    two thirds of a run. Each transaction still sees the newest snapshot."""
    home.mkdir(parents=True, exist_ok=True)
    connection = connect(None, "ducklake", "sqlite_scanner")
    # OVERRIDE_DATA_PATH: the catalog remembers where the data was; a moved or copied home
    # must still find it.
    connection.execute(
        f"ATTACH {sql_text(f'ducklake:sqlite:{catalog}')} AS {_NAME} "
        f"(DATA_PATH {sql_text(f'{data}/')}, OVERRIDE_DATA_PATH true, "
        "META_JOURNAL_MODE 'WAL', META_BUSY_TIMEOUT 10000)"
    )
    return connection


@cache
def _kept_of(catalog: Path) -> Kept:
    return Kept()


def _snapshot(connection: duckdb.DuckDBPyConnection, which: str) -> int:
    """The id of the `current` snapshot of the transaction, or of the `last_committed` one."""
    row = connection.execute(f"FROM {_NAME}.{which}_snapshot()").fetchone()
    return int(row[0]) if row and row[0] is not None else 0


def _evolve(connection: duckdb.DuckDBPyConnection, table: type[Table], present: set[str]) -> None:
    """Bring a table written by an earlier version to the columns it is declared with now."""
    qualified = f"{_NAME}.{table.table_name()}"
    declared = {c.name: c.duckdb_type for c in table.declared_columns()}
    for name in sorted(set(declared) - present):
        connection.execute(f'ALTER TABLE {qualified} ADD COLUMN "{name}" {declared[name]}')
    for name in sorted(present - set(declared)):
        connection.execute(f'ALTER TABLE {qualified} DROP COLUMN "{name}"')


def _make(connection: duckdb.DuckDBPyConnection, tables: Sequence[type[Table]]) -> None:
    """Tables with partitions and comments, in one commit: one a comment took 20 s of a run."""
    connection.execute("BEGIN")
    for table in tables:
        qualified = f"{_NAME}.{table.table_name()}"
        schema = table.table_name().partition(".")[0]
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {_NAME}.{schema}")
        connection.execute(ddl(table, qualified))
        if table.partition():
            connection.execute(f"ALTER TABLE {qualified} SET PARTITIONED BY ({table.partition()})")
        for statement in comments(table, qualified):
            connection.execute(statement)
    connection.execute("COMMIT")


def _shaped(table: type[Table], frame: pl.DataFrame) -> pl.DataFrame | None:
    """Stored rows as they are declared now, in key order; None if they cannot be."""
    declared = table.declared_columns()
    if any(c.name not in frame.columns and not c.nullable for c in declared):
        # Written by an earlier version without this column: made again in this run.
        return None
    shaped = frame.select(
        (pl.col(c.name) if c.name in frame.columns else pl.lit(None).alias(c.name)).cast(
            c.polars_type
        )
        for c in declared
    )
    return shaped.sort(table.key(), nulls_last=True)


def _delete(
    connection: duckdb.DuckDBPyConnection,
    table: type[Table],
    column: str | None,
    values: Sequence[Any],
) -> None:
    qualified = f"{_NAME}.{table.table_name()}"
    if column is None:
        connection.execute(f"DELETE FROM {qualified}")
    else:
        connection.execute(
            f"DELETE FROM {qualified} WHERE list_contains(?, {column})", [list(values)]
        )


def _rows(
    connection: duckdb.DuckDBPyConnection,
    table: type[Table],
    column: str | None,
    values: Sequence[Any],
) -> pl.DataFrame:
    where = "" if column is None else f"WHERE list_contains(?, {column})"
    parameters = [] if column is None else [list(values)]
    return connection.execute(
        f"SELECT * FROM {_NAME}.{table.table_name()} {where}", parameters
    ).pl()


def _stored(
    connection: duckdb.DuckDBPyConnection,
    table: type[Table],
    column: str | None,
    values: Sequence[Any],
) -> pl.DataFrame | None:
    """The rows of a slice as `_shaped` gives them; None where the table was never written.

    Tried and not looked up: `duckdb_tables()` reads the statistics of all tables anew after each
    commit, 0.5 s a time.
    """
    try:
        return _shaped(table, _rows(connection, table, column, values))
    except duckdb.CatalogException:
        return None


def _insert(connection: duckdb.DuckDBPyConnection, table: type[Table], frame: pl.DataFrame) -> None:
    if frame.is_empty():
        return
    connection.register("incoming", frame)
    connection.execute(f"INSERT INTO {_NAME}.{table.table_name()} BY NAME SELECT * FROM incoming")
    connection.unregister("incoming")


class Lake:
    """Read and write declared tables; schemas and tables are made on first use."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @contextmanager
    def connection(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor of this process's attachment; the lake's tables are `lake.schema.table`."""
        s = self._settings
        # Of four processes that began a new lake at once, each made its catalog, and one failed.
        first = _attached.cache_info().currsize == 0
        with writer_lock(s.home, s.lock_seconds) if first else nullcontext():
            attached = _attached(s.home, s.catalog, s.data)
        with attached.cursor() as cursor:
            yield cursor

    def prepare(self, tables: Sequence[type[Table]]) -> None:
        """Make the tables that are not there yet, in one commit.

        A commit that changes the schema lets all later transactions load the catalog anew: one
        for each table took a fifth of a first run.
        """
        with (
            writer_lock(self._settings.home, self._settings.lock_seconds),
            self.connection() as connection,
        ):
            # Not `duckdb_tables()`, see `_stored`.
            there = connection.execute(
                "SELECT DISTINCT schema_name || '.' || table_name FROM duckdb_columns() "
                f"WHERE database_name = {sql_text(_NAME)}"
            ).fetchall()
            missing = [t for t in dict.fromkeys(tables) if (t.table_name(),) not in there]
            if not missing:
                return
            _make(connection, missing)
            kept = _kept_of(self._settings.catalog)
            kept.at(_snapshot(connection, "last_committed"))
            for table in missing:
                kept.keep(table.table_name(), WHOLE, None)

    def _ensure(self, connection: duckdb.DuckDBPyConnection, table: type[Table]) -> None:
        qualified = f"{_NAME}.{table.table_name()}"
        try:
            cursor = connection.execute(f"SELECT * FROM {qualified} LIMIT 0")
        except duckdb.CatalogException:
            pass
        else:
            _evolve(connection, table, {item[0] for item in cursor.description or []})
            return
        _make(connection, [table])

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
                wanted = f"{slice_column} {list(slice_values)}"
                raise ValueError(f"{table.table_name()}: rows outside {wanted}: {found}")
        if self._holds(table, checked, slice_column, slice_values):
            return checked.height
        with (
            writer_lock(self._settings.home, self._settings.lock_seconds),
            self.connection() as connection,
        ):
            kept = _kept_of(self._settings.catalog)
            kept.at(_snapshot(connection, "current"))
            empty = kept.is_empty(table.table_name())
            self._ensure(connection, table)
            connection.execute("BEGIN")
            try:
                if not empty:
                    _delete(connection, table, slice_column, slice_values)
                _insert(connection, table, checked)
                connection.execute("COMMIT")
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            kept.wrote(table.table_name(), _snapshot(connection, "last_committed"))
            of = WHOLE if empty else (slice_column, slice_values)
            kept.keep(table.table_name(), of, checked)
        return checked.height

    @contextmanager
    def replacing(
        self, slices: Sequence[tuple[type[Table], str | None, Sequence[Any]]]
    ) -> Iterator[Callable[[type[Table], pl.DataFrame], None]]:
        """Replace slices (table, column, values; no column: all of it) by what is appended, in
        one transaction: for frames that do not fit in memory together.

        Gives a function that appends a frame to one of the tables, checked against its
        declaration; a key that two frames share is the caller's to prevent.
        """
        with (
            writer_lock(self._settings.home, self._settings.lock_seconds),
            self.connection() as connection,
        ):
            for table, _, _ in slices:
                self._ensure(connection, table)
            connection.execute("BEGIN")
            try:
                for table, column, values in slices:
                    _delete(connection, table, column, values)

                def append(table: type[Table], frame: pl.DataFrame) -> None:
                    _insert(connection, table, table.conform(frame))

                yield append
                connection.execute("COMMIT")
            except BaseException:
                connection.execute("ROLLBACK")
                raise

    def _holds(
        self,
        table: type[Table],
        frame: pl.DataFrame,
        slice_column: str | None,
        slice_values: Sequence[Any],
    ) -> bool:
        """Whether the slice is stored just so; an unchanged slice makes no snapshot or file.

        Nothing in a table that was never made is just so: sources that deliver nothing made
        eighty empty tables in the first run, at 0.3 s each.
        """
        (stored,) = self._frames([table], {table: (slice_column, slice_values)})
        return frame.is_empty() if stored is None else stored.equals(frame)

    def read(
        self,
        table: type[Table],
        *,
        slice_column: str | None = None,
        slice_values: Sequence[Any] = (),
    ) -> pl.DataFrame:
        """A table or a slice of it, in key order; empty where it was never written."""
        return self.read_all([table], {table: (slice_column, slice_values)})[0]

    def read_all(
        self,
        tables: Sequence[type[Table]],
        slices: Mapping[type[Table], Slice] | None = None,
    ) -> list[pl.DataFrame]:
        """Several tables of one snapshot, each as `read` gives it; of some a slice.

        Those that this process has read or written come from memory while nobody else writes.
        """
        frames = self._frames(tables, slices or {})
        return [t.empty_frame() if f is None else f for t, f in zip(tables, frames, strict=True)]

    def read_each(
        self,
        tables: Sequence[type[Table]],
        slices: Mapping[type[Table], Slice] | None = None,
    ) -> Iterator[pl.DataFrame]:
        """As `read_all`, one after the other and always as stored: for tables that do not fit
        in memory together, and for a release.

        In one transaction: DuckLake loads its catalog for each, which took 60 ms a table.
        """
        with self.connection() as connection:
            connection.execute("BEGIN")
            for table in tables:
                stored = _stored(connection, table, *(slices or {}).get(table, WHOLE))
                yield table.empty_frame() if stored is None else stored
            connection.execute("COMMIT")

    def _frames(
        self, tables: Sequence[type[Table]], slices: Mapping[type[Table], Slice]
    ) -> list[pl.DataFrame | None]:
        """The rows in key order; None where a table was never written."""
        kept = _kept_of(self._settings.catalog)
        frames = []
        with self.connection() as connection:
            connection.execute("BEGIN")
            kept.at(_snapshot(connection, "current"))
            for table in tables:
                name, of = table.table_name(), slices.get(table, WHOLE)
                if kept.holds(name, of):
                    frames.append(kept.get(name, of))
                else:
                    frames.append(_stored(connection, table, *of))
                    kept.keep(name, of, frames[-1])
            connection.execute("COMMIT")
        return frames

    def snapshot(self) -> int:
        """The id of the newest snapshot."""
        with self.connection() as connection:
            return _snapshot(connection, "current")

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
            connection.execute(f"CALL ducklake_expire_snapshots('{_NAME}', older_than => {older})")
            connection.execute(f"CALL ducklake_merge_adjacent_files('{_NAME}')")
            connection.execute(f"CALL ducklake_cleanup_old_files('{_NAME}', older_than => {older})")
