"""Which releases there are and which one is served. Imports DuckDB only: `query` needs it fast."""

from __future__ import annotations

from pathlib import Path

import duckdb

from warehouse.settings import Settings


class ReleaseError(RuntimeError):
    """A release cannot be built, found or swapped in."""


def current_release(settings: Settings) -> dict[str, object] | None:
    """`release.info` of the release that is served; None before the first one."""
    if not settings.current.exists():
        return None
    return _info(settings.current)


def _info(path: Path) -> dict[str, object]:
    with duckdb.connect(str(path.resolve()), read_only=True) as connection:
        cursor = connection.execute("SELECT * FROM release.info")
        names = [item[0] for item in cursor.description or []]
        row = cursor.fetchone()
    if row is None:
        raise ReleaseError(f"{path}: no release.info; expected one row")
    return dict(zip(names, row, strict=True))


def list_releases(settings: Settings) -> list[dict[str, object]]:
    """All releases, newest first, with `current` marked."""
    served = settings.current.resolve() if settings.current.exists() else None
    found = sorted(settings.releases.glob("r*.duckdb"), reverse=True)
    return [{**_info(path), "current": path.resolve() == served} for path in found]


def published_years(settings: Settings) -> list[int]:
    """The data years of the release that is served; none before the first one."""
    if not settings.current.exists():
        return []
    with duckdb.connect(str(settings.current.resolve()), read_only=True) as connection:
        rows = connection.execute("SELECT DISTINCT year FROM core.activity ORDER BY 1").fetchall()
    return [int(year) for (year,) in rows]


def release_path(settings: Settings, release_id: str | None) -> Path:
    """The file of a named release, or of the one that is served.

    Raises ReleaseError naming what there is and the next command.
    """
    if release_id is None:
        if not settings.current.exists():
            raise ReleaseError(f"{settings.current}: no release yet; run `parkledger run` first")
        return settings.current.resolve()
    path = settings.releases / f"{release_id}.duckdb"
    if not path.is_file() or path.parent.resolve() != settings.releases.resolve():
        raise ReleaseError(f"{release_id}: no such release; `parkledger releases` lists them")
    return path


def shown_class(connection: duckdb.DuckDBPyConnection, settings: Settings) -> str:
    """The first of the configured boundary classes that a release has numbers of."""
    rows = connection.execute("SELECT DISTINCT boundary_class FROM mart.park_total").fetchall()
    there = {row[0] for row in rows}
    return next(name for name in settings.boundary_classes if name in there)
