"""Records without a header row (JSON, GeoJSON, KML) → one Arrow file.

Which headers there are is known only after the last record, so the records are gone through
twice: once for the headers and once for the cells. Memory does not grow with the file.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from assets.landing.readers.headers import check_headers, clean_header
from assets.landing.readers.jsontext import MAX_DEPTH
from assets.landing.readers.request import GEOMETRY, MAX_COLUMNS, Request
from assets.landing.readers.table import PartResult, PartWriter

_BELOW = "/*"
_LOST = re.compile("[\0\ufffd\ud800-\udfff]")


# (geometry, request, part, row) → cell; a parameter, so that JSON needs no geometry library.
GeometryCell = Callable[[Any, Request, str, int], str | None]


@dataclass(frozen=True)
class Record:
    """Cells by header, and for a layer the geometry in the form of GeoJSON (None = none)."""

    cells: dict[str, str]
    geometry: Any = None


def write_records(
    part: str,
    records: Callable[[], Iterator[Record]],
    request: Request,
    file: str,
    geometry_cell: GeometryCell | None = None,
) -> PartResult:
    """Write one part; row_number counts the records from 1, an absent cell is null.

    `ignored_columns` may hold `PATH/*`: headers below PATH are not kept at all, unless they are
    declared by themselves under columns. Raises ReadError:
    file-empty, header-mismatch, bounds, encoding, nul-bytes, and what geometry_cell raises.
    """
    own = [] if geometry_cell is None else [GEOMETRY]
    wanted = _headers(part, records(), request, own)
    headers = [*wanted, *own]
    writer = PartWriter(Path(request.folder) / file, headers, request, part)
    for row, record in enumerate(records(), start=1):
        cells = [record.cells.get(header) for header in wanted]
        for header, text in zip(wanted, cells, strict=True):
            if text:
                check_text(text, header, request, part, row)
        if geometry_cell is not None:
            cells.append(geometry_cell(record.geometry, request, part, row))
        writer.add(row, cells)
    writer.close()
    return PartResult(part, headers, file, has_lost=writer.has_lost)


def flatten(record: dict[str, Any], request: Request, row: int, depth: int = 1) -> dict[str, str]:
    """Header → text for each filled leaf; keys and places in lists are joined by `/`.

    `depth` is how deep the record itself lies. Raises ReadError `json`.
    """
    cells: dict[str, str] = {}
    for path, text in _leaves(record, None, depth, request, row):
        header = clean(path)
        if header in cells:
            raise request.error("json", f"'{header}' twice", "each path once", row=row)
        cells[header] = text
    return cells


@lru_cache(maxsize=1 << 16)
def clean(path: str) -> str:
    """clean_header, remembered: the same few headers come with every record."""
    return clean_header(path)


def _leaves(
    value: Any, path: str | None, depth: int, request: Request, row: int
) -> Iterator[tuple[str, str]]:
    """(path, text) of the filled leaves below; `path` is None for the record itself."""
    if isinstance(value, dict | list):
        if depth > MAX_DEPTH:
            raise request.error("json", f"nested deeper than {MAX_DEPTH}", "flat data", row=row)
        inner = value.items() if isinstance(value, dict) else enumerate(value)
        before = "" if path is None else f"{path}/"
        for key, child in inner:
            yield from _leaves(child, f"{before}{key}", depth + 1, request, row)
    elif value is True or value is False:
        yield path or "", "true" if value else "false"
    elif value is not None:
        yield path or "", str(value)


def _headers(part: str, records: Iterator[Record], request: Request, own: list[str]) -> list[str]:
    """The headers to keep, in order of appearance; with `own` compared with the declaration."""
    below = tuple(name[:-1] for name in request.ignored_columns if name.endswith(_BELOW))
    seen: dict[str, None] = {}
    row = 0
    for row, record in enumerate(records, start=1):
        for header in record.cells:
            if header in seen or (header.startswith(below) and header not in request.columns):
                continue
            if not header or header == GEOMETRY:
                raise request.error(
                    "header-mismatch",
                    f"header {header!r} is {'a name of the reader itself' if header else 'empty'}",
                    "another header",
                    part,
                    row,
                )
            check_text(header, header, request, part, row)
            if len(seen) >= MAX_COLUMNS:
                raise request.error(
                    "bounds",
                    f"more than {MAX_COLUMNS} headers",
                    f"fewer, or 'PATH{_BELOW}' in ignored_columns of {request.source_id}.toml",
                    part,
                    row,
                )
            seen[header] = None
    if row == 0:
        raise request.error("file-empty", "no record", "records", part)
    check_headers([*seen, *own], request, part, None)
    return [header for header in seen if header not in request.personal_columns]


def check_text(text: str, header: str, request: Request, part: str, row: int | None) -> None:
    """What no cell may hold. Raises ReadError `bounds`, `nul-bytes` or `encoding`."""
    if len(text) > request.max_cell_chars:
        raise request.error(
            "bounds",
            f"'{header[:60]}' has more than {request.max_cell_chars} characters",
            "shorter cells, or a higher limit max_cell_chars",
            part,
            row,
        )
    found = _LOST.search(text)
    if found is None:
        return
    shown = header[:60].encode("unicode_escape").decode() if header is text else header
    if found.group() == "\0":
        raise request.error("nul-bytes", f"NUL in '{shown}'", "text without NUL", part, row)
    if found.group() != "\ufffd":
        raise request.error(
            "encoding", f"half a character (surrogate) in '{shown}'", "whole characters", part, row
        )
    if not request.keep_lost_characters:
        raise request.error(
            "encoding",
            f"replacement character U+FFFD in '{shown}': characters were lost before delivery",
            "a file exported anew from its origin",
            part,
            row,
        )
