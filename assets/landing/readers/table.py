"""Rows of cells → one Arrow file: title and header rows taken off, footers set aside.

Rows are written in batches, so that a register of millions of rows needs little memory.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from assets.landing.readers import mojibake
from assets.landing.readers.head import Cells as Cells
from assets.landing.readers.head import Head as Head
from assets.landing.readers.head import Row as Row
from assets.landing.readers.head import take_head
from assets.landing.readers.headers import Merge
from assets.landing.readers.request import EXTRA, ROW_NUMBER, Request

BATCH_ROWS = 10_000
BATCH_CHARS = 4_000_000


@dataclass
class PartResult:
    """What the child tells the parent about one part; the rows are in `file`."""

    part: str
    headers: list[str]
    file: str
    units: dict[str, str] = field(default_factory=dict)
    titles: dict[str, str | None] = field(default_factory=dict)  # cells under __title_NAME__
    encoding: str | None = None
    crs: str | None = None
    crs_implied: bool = False  # by the format, where the file says nothing
    delimited: bool = False  # a row of text: each cell is there, or the row has ended early
    has_extra: bool = False
    has_lost: bool = True  # False only if no cell holds a replacement character (U+FFFD)
    footers: list[tuple[int, str]] = field(default_factory=list)


def ipc_schema(headers: Sequence[str]) -> pa.Schema:
    """row_number Int64, one String column a header and `__extra__`."""
    text = pa.string()
    return pa.schema([(ROW_NUMBER, pa.int64()), *((name, text) for name in headers), (EXTRA, text)])


def open_ipc(file: Path, schema: pa.Schema) -> pa.RecordBatchFileWriter:
    """A writer of an Arrow file that starts no threads."""
    return pa.ipc.new_file(str(file), schema, options=pa.ipc.IpcWriteOptions(use_threads=False))


def too_many_cells(request: Request, part: str, row: int) -> Exception:
    """The error `bounds` for the row with which a part has too many cells."""
    return request.error(
        "bounds",
        f"more than {request.max_cells} cells",
        "a smaller part, or a higher limit max_cells",
        part,
        row,
    )


class PartWriter:
    """Writes row_number Int64, one String column a header and `__extra__` as Arrow IPC."""

    def __init__(self, file: Path, headers: Sequence[str], request: Request, part: str) -> None:
        self._schema = ipc_schema(headers)
        self._writer = open_ipc(file, self._schema)
        self._width = max(1, len(headers))
        self._request = request
        self._part = part
        self._numbers: list[int] = []
        self._rows: list[Cells] = []
        self._extras: list[str | None] = []
        self._chars = 0
        self._cells = 0
        self.has_extra = False
        self.has_lost = False

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
            raise too_many_cells(self._request, self._part, number)
        if len(self._rows) >= BATCH_ROWS or self._chars >= BATCH_CHARS:
            self._flush()

    def close(self) -> None:
        """Write what is left and the end of the file."""
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        if not self._rows:
            return
        self._look_at_texts()
        text = pa.string()
        arrays = [pa.array(self._numbers, pa.int64())]
        arrays += [pa.array(column, text) for column in zip(*self._rows, strict=True)]
        arrays.append(pa.array(self._extras, text))
        self._writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=self._schema))
        self._numbers, self._rows, self._extras, self._chars = [], [], [], 0

    def _look_at_texts(self) -> None:
        """Notice lost characters. Raises ReadError `mojibake` naming the row."""
        rows = zip(self._rows, self._extras, strict=True)
        texts = ["\n".join(filter(None, (*row, extra))) for row, extra in rows]
        whole = "\n".join(texts)
        self.has_lost |= "\ufffd" in whole
        if mojibake.find(whole) is None:
            return
        for number, text in zip(self._numbers, texts, strict=True):
            if found := mojibake.find(text):
                raise mojibake.refuse(self._request, found, self._part, number)


class Footers:
    """What footers look like; false where the source declares none."""

    def __init__(self, request: Request, head: Head) -> None:
        patterns = request.footer_patterns
        self._pattern = re.compile("|".join(f"(?:{pattern})" for pattern in patterns))
        self._any = bool(patterns)
        self._hidden = {place for place, name in enumerate(head.names) if name} - set(head.kept)
        self._delimiter = request.delimiter

    def __bool__(self) -> bool:
        return self._any

    def match(self, cells: Cells) -> bool:
        """Whether the first filled cell begins as a footer does."""
        filled = ((cell or "").strip() for cell in cells)
        return self._pattern.match(next((text for text in filled if text), "")) is not None

    def text(self, cells: Cells) -> str:
        """The row as it is kept: without personal columns and empty cells at its end."""
        shown = [cell or "" for place, cell in enumerate(cells) if place not in self._hidden]
        while shown and not shown[-1]:
            shown.pop()
        return self._delimiter.join(shown)

    def last(self, rows: Iterable[Cells]) -> list[str]:
        """The texts of the footers that rows, given from the last one on, end with."""
        found: list[str] = []
        for cells in rows:
            if not any(cells):
                continue
            if not self.match(cells):
                break
            found.append(self.text(cells))
        return found[::-1]


def fit_cells(cells: Cells, head: Head, delimiter: str) -> tuple[list[str | None], str | None]:
    """One cell a header that is read (null = the row ends before), and the text behind the last."""
    extra = cells[len(head.names) :]
    return (
        [cells[place] if place < len(cells) else None for place in head.kept],
        delimiter.join(cell or "" for cell in extra) if any(extra) else None,
    )


def write_table(
    part: str,
    rows: Iterator[Row],
    request: Request,
    file: str,
    merges: Sequence[Merge] | None = None,
    encoding: str | None = None,
    titles: Sequence[Row] = (),
) -> PartResult:
    """Write one part that has its header in rows; `rows` begin behind the title rows.

    A row without any text is skipped. A row that ends early has null cells; text behind the last
    header goes to `__extra__`, joined by the delimiter. `titles` are the rows before, filled by
    the time that `rows` gives its first. Raises ReadError.
    """
    head = take_head(part, rows, request, merges, titles)
    names, kept, unnamed = head.names, head.kept, head.unnamed
    headers = [names[place] for place in kept]
    result = PartResult(part, headers, file, head.units, head.titles, encoding)
    writer = PartWriter(Path(request.folder) / file, result.headers, request, part)
    straight = len(kept) == len(names)
    footers = Footers(request, head)
    waiting: list[tuple[int, Cells]] = []  # rows that are footers if nothing comes after them

    def add(number: int, cells: Cells) -> None:
        if straight and len(cells) == len(names):
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
        writer.add(number, *fit_cells(cells, head, request.delimiter))

    def every() -> Iterator[Row]:
        if head.over is not None:
            yield head.over
        yield from rows

    for _, number, cells in every():
        if not any(cells):
            continue
        if footers:
            if footers.match(cells):
                waiting.append((number, cells))
                continue
            for earlier in waiting:
                add(*earlier)
            waiting.clear()
        add(number, cells)
    result.footers = [(number, footers.text(cells)) for number, cells in waiting]
    writer.close()
    result.has_extra, result.has_lost = writer.has_extra, writer.has_lost
    return result
