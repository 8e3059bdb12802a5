"""DuckDB connections: extensions from installed packages, nothing fetched at run time."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import duckdb

_OFFLINE: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}


class ExtensionMissing(RuntimeError):
    """A DuckDB extension package is not installed."""


def extension_file(name: str) -> Path:
    """The extension's file inside its installed package.

    Raises ExtensionMissing naming the package to install.
    """
    spec = importlib.util.find_spec(f"duckdb_extension_{name}")
    if spec is not None and spec.origin is not None:
        found = next(Path(spec.origin).parent.rglob("*.duckdb_extension"), None)
        if found is not None:
            return found
    package = f"duckdb-extension-{name.replace('_', '-')}"
    raise ExtensionMissing(f"DuckDB extension {name}: install the package {package}")


def connect(
    path: Path | None = None, *extensions: str, read_only: bool = False
) -> duckdb.DuckDBPyConnection:
    """A connection (in memory without a path) with the named extensions loaded offline."""
    target = str(path) if path is not None else ":memory:"
    connection = duckdb.connect(target, read_only=read_only, config=_OFFLINE)
    for name in extensions:
        connection.execute(f"LOAD '{extension_file(name)}'")
    return connection


def connect_locked_down(path: Path) -> duckdb.DuckDBPyConnection:
    """A read-only connection that reaches no other file and whose settings are locked.

    `read_only` alone still lets a query read_csv any file and COPY TO anywhere.
    """
    locked: dict[str, str | bool | int | float | list[str]] = {
        **_OFFLINE,
        "enable_external_access": "false",
        "lock_configuration": "true",
    }
    return duckdb.connect(str(path), read_only=True, config=locked)


def rows_of(connection: duckdb.DuckDBPyConnection, statement: str) -> list[dict[str, Any]]:
    """The rows of a statement by column."""
    cursor = connection.execute(statement)
    names = [item[0] for item in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
