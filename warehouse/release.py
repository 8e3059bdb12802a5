"""A release: one plain DuckDB file, built aside, gated, and swapped in by symlink."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import polars as pl

from quality.contracts.mart import MARTS
from quality.contracts.table import comments, ddl
from quality.sql_text import sql_text
from warehouse.catalogue import ColumnEntry, release_tables
from warehouse.content_hash import release_hash, table_hash
from warehouse.extensions import connect
from warehouse.lake import Lake
from warehouse.lock import writer_lock
from warehouse.served import ReleaseError, current_release
from warehouse.settings import Settings


class GateRejected(ReleaseError):
    """The gate refused the candidate; `current` is as it was."""


@dataclass(frozen=True)
class Published:
    """The release now served; `new` is false where nothing had changed."""

    release_id: str
    content_hash: str
    path: Path
    new: bool


@dataclass(frozen=True)
class Content:
    """What the caller knows of a release and the lake does not."""

    contributions: Mapping[str, str]  # mart name to the SELECT that explains it
    dictionary: Sequence[ColumnEntry]
    code_version: str


Gate = Callable[[Path], None]


def publish(settings: Settings, lake: Lake, content: Content, gate: Gate) -> Published:
    """Build a candidate from the lake, let the gate judge it, and swap it in.

    Raises GateRejected with `current` untouched; a killed build leaves only a hidden
    candidate that the next publish removes.
    """
    with writer_lock(settings.home, settings.lock_seconds):
        settings.releases.mkdir(parents=True, exist_ok=True)
        for stale in settings.releases.glob(".candidate*"):
            stale.unlink()
        candidate = settings.releases / f".candidate-{os.getpid()}.duckdb"
        snapshot = lake.snapshot()
        release_id, content_hash = _build(candidate, settings, lake, content, snapshot)
        served = current_release(settings)
        if served and served["content_hash"] == content_hash:
            candidate.unlink()
            return Published(
                str(served["release_id"]), content_hash, settings.current.resolve(), new=False
            )
        try:
            gate(candidate)
        except GateRejected:
            candidate.unlink()
            raise
        target = settings.releases / f"{release_id}.duckdb"
        _fsync(candidate)
        candidate.chmod(0o444)
        candidate.rename(target)
        _fsync(settings.releases)
        point_current_at(settings, target)
        lake.record_release(release_id, content_hash, {"lake_snapshot": snapshot})
        return Published(release_id, content_hash, target, new=True)


def _build(
    path: Path, settings: Settings, lake: Lake, content: Content, snapshot: int
) -> tuple[str, str]:
    configuration = settings.model_dump(mode="json", include=set(_METHOD_SETTINGS))
    configuration_hash = hashlib.sha256(
        json.dumps(configuration, sort_keys=True).encode()
    ).hexdigest()
    with connect() as connection:
        # Readers of any DuckDB from 1.0 on can open it.
        connection.execute(f"ATTACH {sql_text(str(path))} AS r (STORAGE_VERSION 'v1.0.0')")
        connection.execute("USE r")
        hashes: dict[str, str] = {}
        published = release_tables()
        for table, frame in zip(published, lake.read_each(published), strict=True):
            name = table.table_name()
            connection.execute(f"CREATE SCHEMA IF NOT EXISTS {name.partition('.')[0]}")
            connection.execute(ddl(table, name))
            for statement in comments(table, name):
                connection.execute(statement)
            connection.register("incoming", frame)
            order = ", ".join(f'"{key}"' for key in table.key())
            connection.execute(
                f"INSERT INTO {name} BY NAME SELECT * FROM incoming ORDER BY {order}"
            )
            connection.unregister("incoming")
            hashes[name] = table_hash(connection, name)
        connection.execute("CREATE SCHEMA IF NOT EXISTS audit")
        for mart, select in content.contributions.items():
            connection.execute(f"CREATE VIEW audit.contribution_{mart} AS {select}")
        _describe(connection, content)
        content_hash = release_hash(hashes)
        now = datetime.now(UTC)
        release_id = f"r{now:%Y%m%dT%H%M%SZ}-{content_hash[:8]}"
        connection.execute("CREATE SCHEMA release")
        connection.execute(
            "CREATE TABLE release.info AS SELECT ? AS release_id, ? AS content_hash, "
            "?::BIGINT AS lake_snapshot, ? AS code_version, ? AS configuration_hash, "
            "? AS configuration, ?::TIMESTAMP AS created_at",
            [
                release_id,
                content_hash,
                snapshot,
                content.code_version,
                configuration_hash,
                json.dumps(configuration, sort_keys=True),
                now.replace(tzinfo=None),
            ],
        )
        rows = pl.DataFrame({"table_name": list(hashes), "content_hash": list(hashes.values())})
        connection.register("hashes", rows)
        connection.execute("CREATE TABLE release.table_hash AS SELECT * FROM hashes")
        connection.unregister("hashes")
        connection.execute("CHECKPOINT r")
        connection.execute("USE memory")
        connection.execute("DETACH r")
    return release_id, content_hash


# Settings that change what is published; the rest only says where and how it runs.
_METHOD_SETTINGS = (
    "profiles",
    "factor_set",
    "grid_ef_year",
    "gwp_set",
    "minimum_coverage",
    "boundary_classes",
    "first_year",
    "last_year",
)


def _describe(connection: duckdb.DuckDBPyConnection, content: Content) -> None:
    """`audit.mart` and `audit.dictionary`: what explain and dictionary read."""
    marts = pl.DataFrame(
        {
            "mart": [t.table_name().removeprefix("mart.") for t in MARTS],
            "key_columns": [t.key() for t in MARTS],
            "measures": [list(t.table_metadata()["measures"]) for t in MARTS],
            "withheld": [list(t.table_metadata().get("withhold", {})) for t in MARTS],
            "about": [t.about() for t in MARTS],
        }
    )
    entries = pl.DataFrame([asdict(entry) for entry in content.dictionary])
    for name, frame in (("mart", marts), ("dictionary", entries)):
        connection.register("described", frame)
        connection.execute(f"CREATE TABLE audit.{name} AS SELECT * FROM described")
        connection.unregister("described")


def _fsync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def point_current_at(settings: Settings, target: Path) -> None:
    """Swap the symlink `current.duckdb` atomically.

    A symlink, because a process that still holds a renamed regular file would get the
    old release on a new connection.
    """
    link = settings.home / f".current-{os.getpid()}"
    link.unlink(missing_ok=True)
    link.symlink_to(os.path.relpath(target, settings.home))
    link.replace(settings.current)
    _fsync(settings.home)
