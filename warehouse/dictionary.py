"""The data dictionary of a release: search by column, Chinese, English or delivered name."""

from __future__ import annotations

from pathlib import Path

from quality.sql_text import sql_text
from warehouse.extensions import connect_locked_down

_FIELDS = ("table", "column", "type", "unit", "zh", "en", "raw_headers")


def lookup(path: Path, term: str | None) -> list[dict[str, str]]:
    """Dictionary lines that contain the term in any field; all lines without a term."""
    # A literal, since binding a value imports pandas (0.5 s).
    wanted = sql_text(term or "")
    names = ", ".join(f'"{name}"' for name in _FIELDS)
    found = " OR ".join(f'contains(lower("{name}"), lower({wanted}))' for name in _FIELDS)
    with connect_locked_down(path) as connection:
        rows = connection.execute(
            f'SELECT {names} FROM audit.dictionary WHERE {found} ORDER BY "table", "column"'
        ).fetchall()
    return [dict(zip(_FIELDS, row, strict=True)) for row in rows]
