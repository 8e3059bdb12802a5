"""SQL literals. Light: the modules behind `query` and `explain` use it too."""

from __future__ import annotations


def sql_text(text: str) -> str:
    """A SQL string literal: quotes are doubled, nothing else is special in DuckDB."""
    return "'" + text.replace("'", "''") + "'"
