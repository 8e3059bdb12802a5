"""Rows of cells → one Arrow file: title and header rows taken off, footers set aside.

Rows are written in batches, so that a register of millions of rows needs little memory.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from assets.landing.readers.headers import Merge, check_headers, join_headers, name_columns
from assets.landing.readers.request import EXTRA, MAX_COLUMNS, ROW_NUMBER, Request

Cells = Sequence[str | None]
Row = tuple[int, int, Cells]  # place in the part, row number as a person counts, cells

BATCH_ROWS = 10_000
BATCH_CHARS = 4_000_000


@dataclass
class PartResult:
    """What the child tells the parent about one part; the rows are in `file`."""

    part: str
    headers: list[str]
    file: str
    units: dict[str, str] = field(default_factory=dict)
    encoding: str | None = None
    crs: str | None = None
    has_extra: bool = False
    footers: list[tuple[int, str]] = field(default_factory=list)


class PartWriter:
    """Writes row_number Int64, one String column a header and `__extra__` as Arrow IPC."""

    def __init__(self, file: Path, headers: Sequence[str], request: Request, part: str) -> None:
        text = pa.string()
        self._schema = pa.schema(
            [(ROW_NUMBER, pa.int64()), *((name, text) for name in headers), (EXTRA, text)]
        )
        self._writer = pa.ipc.new_file(
            str(file), self._schema, options=pa.ipc.IpcWriteOptions(use_threads=False)
        )
        self._width = max(1, len(headers))
        self._request = request
        self._part = part
        self._numbers: list[int] = []
        self._rows: list[Cells] = []
        self._extras: list[str | None] = []
        self._chars = 0
        self._cells = 0
        self.has_extra = False

    def add(self, number: int, cells: Cells, extra: str | None = None) -> None:
        """One row with exactly one cell a header. Raises ReadError `bounds`."""
        self._numbers.append(number)
        self._rows.append(cells)
        self._extras.append(extra)
        self._cells += self._width
        self._chars += sum(map(len, filter(None, cells)))
        if extra is not None:
            self.has_extra = True
            self._chars += len(extra)
        if self._cells > self._request.max_cells:
            raise self._request.error(
                "bounds",
                f"more than {self._request.max_cells} cells",
                "a smaller part, or a higher limit max_cells",
                self._part,
                number,
            )
        if len(self._rows) >= BATCH_ROWS or self._chars >= BATCH_CHARS:
            self._flush()

    def close(self) -> None:
        """Write what is left and the end of the file."""
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        if not self._rows:
            return
        text = pa.string()
        arrays = [pa.array(self._numbers, pa.int64())]
        arrays += [pa.array(column, text) for column in zip(*self._rows, strict=True)]
        arrays.append(pa.array(self._extras, text))
        self._writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=self._schema))
        self._numbers, self._rows, self._extras, self._chars = [], [], [], 0


def write_table(
    part: str,
    rows: Iterator[Row],
    request: Request,
    file: str,
    merges: Sequence[Merge] | None = None,
    encoding: str | None = None,
) -> PartResult:
    """Write one part that has its header in rows; `rows` begin behind the title rows.

    A row without any text is skipped. A row that ends early has null cells; text behind the last
    header goes to `__extra__`, joined by the delimiter. Raises ReadError.
    """
    names, header_row, first = _take_header(part, rows, request, merges)
    check_headers(names, request, part, header_row)
    personal = set(request.personal_columns)
    kept = [place for place, name in enumerate(names) if name and name not in personal]
    hidden = {place for place, name in enumerate(names) if name in personal}
    unnamed = [place for place, name in enumerate(names) if not name]
    result = PartResult(part, [names[place] for place in kept], file, encoding=encoding)

    if request.units_row:
        first, units_row = _next_filled(rows, first)
        result.units = _take_units(units_row, names, kept, request, part)
    writer = PartWriter(Path(request.folder) / file, result.headers, request, part)
    width, straight = len(names), len(kept) == len(names)
    footer = re.compile("|".join(f"(?:{pattern})" for pattern in request.footer_patterns))
    has_footers = bool(request.footer_patterns)
    waiting: list[tuple[int, Cells]] = []  # rows that are footers if nothing comes after them

    def add(number: int, cells: Cells) -> None:
        if straight and len(cells) == width:
            writer.add(number, cells)
            return
        for place in unnamed:
            if place < len(cells) and cells[place]:
                raise request.error(
                    "header-mismatch",
                    f"text in column {place + 1}, which has no header",
                    f'a header, or "__column_{place + 1}__" in ignored_columns of '
                    f"{request.source_id}.toml",
                    part,
                    number,
                )
        extra = cells[width:]
        writer.add(
            number,
            [cells[place] if place < len(cells) else None for place in kept],
            request.delimiter.join(cell or "" for cell in extra) if any(extra) else None,
        )

    def every() -> Iterator[Row]:
        if first is not None:
            yield first
        yield from rows

    for _, number, cells in every():
        if not any(cells):
            continue
        if has_footers:
            if footer.match(next((text for cell in cells if (text := (cell or "").strip())), "")):
                waiting.append((number, cells))
                continue
            for earlier in waiting:
                add(*earlier)
            waiting.clear()
        add(number, cells)
    for number, cells in waiting:
        shown = [cell or "" for place, cell in enumerate(cells) if place not in hidden]
        while shown and not shown[-1]:
            shown.pop()
        result.footers.append((number, request.delimiter.join(shown)))
    writer.close()
    result.has_extra = writer.has_extra
    return result


def _next_filled(rows: Iterator[Row], first: Row | None) -> tuple[Row | None, Row | None]:
    """(None, the next row with text), beginning with `first`."""
    if first is not None and any(first[2]):
        return None, first
    return None, next((row for row in rows if any(row[2])), None)


def _take_header(
    part: str, rows: Iterator[Row], request: Request, merges: Sequence[Merge] | None
) -> tuple[list[str], int, Row | None]:
    """Names by place ("" = unnamed), number of the header row, the row read too far or None."""
    _, top = _next_filled(rows, None)
    if top is None:
        raise request.error("header-mismatch", "no header row", "a header and rows", part)
    place, number, cells = top
    lines: list[Cells] = [[] for _ in range(request.header_rows)]
    lines[0] = cells
    over: Row | None = None
    if request.header_rows > 1:
        # By place, since a lower header row that is merged away altogether is not in the file.
        for row in rows:
            if row[0] >= place + request.header_rows:
                over = row
                break
            lines[row[0] - place] = row[2]
            if row[0] == place + request.header_rows - 1:
                break
    names = name_columns(join_headers(lines, merges, place), request)
    if len(names) > MAX_COLUMNS:
        raise request.error(
            "bounds", f"{len(names)} columns", f"at most {MAX_COLUMNS}", part, number
        )
    return names, number, over


def _take_units(
    row: Row | None, names: Sequence[str], kept: Sequence[int], request: Request, part: str
) -> dict[str, str]:
    """Header → text of the units row. Raises ReadError `units-mismatch`."""
    if row is None:
        raise request.error("units-mismatch", "no units row", "units below the header", part)
    _, number, cells = row
    units = {
        names[place]: text
        for place in kept
        if place < len(cells) and (text := " ".join((cells[place] or "").split()))
    }
    for header, expected in request.column_units.items():
        found = units.get(header)
        if header in names and found != " ".join(expected.split()):
            raise request.error(
                "units-mismatch",
                f"unit of '{header}' is {found!r}",
                f"{expected!r}",
                part,
                number,
            )
    return units
