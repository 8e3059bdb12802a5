"""What the commands share: output, errors, options."""

from __future__ import annotations

import json
import os
import sys
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from warehouse.settings import Settings

# A file or a pipe has no width: tables are as wide as they are read there.
_WIDE = 132
out = Console(width=None if sys.stdout.isatty() or "COLUMNS" in os.environ else _WIDE)
err = Console(stderr=True)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Release = Annotated[
    str | None, typer.Option("--release", "-r", help="Release id; default: the one served.")
]


def current_settings(**changes: Any) -> Settings:
    return Settings(**{name: value for name, value in changes.items() if value is not None})


def fail(message: str, code: int = 1) -> NoReturn:
    err.print("error ", style="red", end="")
    # No markup: a message may name `[columns]` of a file.
    err.print(message, highlight=False, markup=False, soft_wrap=True)
    raise typer.Exit(code)


def plain(value: Any) -> Any:
    """JSON for what DuckDB hands over; a decimal stays text so that no digit is lost."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def print_json(value: Any) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, default=plain) + "\n")


def number(value: Any) -> str:
    """A decimal for reading: thousands separated, closing zeros gone."""
    if not isinstance(value, Decimal):
        return "" if value is None else str(value)
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def share(value: Decimal | None) -> str:
    """A share in percent; a dash where it is not known."""
    return "–" if value is None else f"{100 * value:.1f} %"


def show_rows(rows: list[dict[str, Any]], as_json: bool, name: str) -> None:
    if as_json:
        print_json({name: rows})
        return
    if not rows:
        err.print(f"no {name}", highlight=False)
        return
    table = Table(*rows[0].keys())
    for row in rows:
        table.add_row(*(Text("" if value is None else str(value)) for value in row.values()))
    out.print(table)
