"""One block of csv text, whole lines in UTF-8, checked and parsed.

Arrow parses what it reads as the csv module does: quotes where RFC 4180 puts them, line breaks as
\\n or \\r\\n. Any other block is parsed by the csv module itself. What neither reads, or reads only
together with the text behind it, is left to the slow reader of the whole file.
"""

import codecs
import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.csv

from assets.landing.readers import mojibake
from assets.landing.readers.blocks import (
    Booleans,
    Bytes,
    Int64s,
    NotPlainError,
    Parsed,
    check_text,
    columns_of,
    holds_replacement,
    integers,
)
from assets.landing.readers.head import Head
from assets.landing.readers.request import Request
from assets.landing.readers.table import Cells, Footers, fit_cells

_LONGEST = 2 << 20
_QUOTE, _LF, _CR = ord('"'), ord("\n"), ord("\r")

_EACH_LINE: Int64s = np.empty(0, dtype=np.int64)


def longest(request: Request) -> int:
    """Bytes that a record may have: no cell in it is then longer than allowed."""
    return min(request.max_cell_chars, _LONGEST)


def last_record_end(block: bytes) -> int:
    """The offset behind the last record that ends in the block, by its quotes; 0 if none does."""
    data: Bytes = np.frombuffer(block, dtype=np.uint8)
    breaks = np.flatnonzero(data == _LF)
    outside = breaks[np.searchsorted(np.flatnonzero(data == _QUOTE), breaks) % 2 == 0]
    return int(outside[-1]) + 1 if len(outside) else 0


def parse(block: bytes, request: Request, head: Head, footers: Footers) -> Parsed:
    """Check and parse a block. Raises NotPlainError, ArrowInvalid for what is not UTF-8."""
    csv.field_size_limit(request.max_cell_chars)
    rare = check_record_text(block, request)
    _check_lines(block, request)
    # Where lost characters are refused, none is left.
    lost = request.keep_lost_characters and holds_replacement(block, rare)
    regular = is_regular(block, rare)
    if regular and not (rare & mojibake.QUOTE and _quotes_a_cell(block, request)):
        return _by_arrow(block, _EACH_LINE, False, request, head, footers, lost)
    starts = record_starts(block, request) if regular else None
    if starts is None:
        return _by_module(block, request, head, footers, lost)
    return _by_arrow(block, starts, '"', request, head, footers, lost)


def check_record_text(block: bytes, request: Request) -> int:
    """The rare bytes that there may be (`mojibake.scan`).

    Raises NotPlainError for any sign of damage, or ArrowInvalid; which, is found out later.
    """
    rare = check_text(block)
    if rare & mojibake.DAMAGE and b"\0" in block:
        raise NotPlainError
    if not request.keep_lost_characters and holds_replacement(block, rare):
        raise NotPlainError
    return rare


def is_regular(block: bytes, rare: int) -> bool:
    """Whether lines end as Arrow expects it, and no BOM is there that it would drop."""
    lone = rare & mojibake.RETURN and block.count(b"\r") != block.count(b"\r\n")
    return not lone and not block.startswith(codecs.BOM_UTF8)


def _check_lines(block: bytes, request: Request) -> None:
    """Raises NotPlainError for a line that is too long."""
    most, start = longest(request), 0
    while len(block) - start > most:
        # The last line end that can be reached; a longer line is never jumped over.
        start = block.rfind(b"\n", start, start + most + 1) + 1
        if not start:
            raise NotPlainError


def _quotes_a_cell(block: bytes, request: Request) -> bool:
    """Whether a quote stands where a cell begins; all others are text then."""
    data: Bytes = np.frombuffer(block, dtype=np.uint8)
    places = np.flatnonzero(data == _QUOTE)
    before = np.where(places > 0, data[places - 1], _LF)
    return bool(((before == ord(request.delimiter)) | (before == _LF)).any())


def record_starts(block: bytes, request: Request) -> Int64s | None:
    """The line on which each record begins, empty if that is each line; None if quotes stand
    elsewhere than around whole cells, doubled inside, or one is not closed.

    Raises NotPlainError for a record over several lines that is too long.
    """
    if b'"' not in block:
        return _EACH_LINE
    delimiter = ord(request.delimiter)
    data: Bytes = np.frombuffer(block, dtype=np.uint8)
    quotes = np.flatnonzero(data == _QUOTE)
    if len(quotes) % 2:
        return None
    before = np.where(quotes[0::2] > 0, data[quotes[0::2] - 1], _LF)
    after = data[quotes[1::2] + 1]  # a block ends with a line end, so there is one
    opened = (before == delimiter) | (before == _LF) | (before == _QUOTE)
    closed = (after == delimiter) | (after == _LF) | (after == _CR) | (after == _QUOTE)
    if not (opened.all() and closed.all()):
        return None
    breaks = np.flatnonzero(data == _LF)
    # A line end behind an odd number of quotes is inside a cell.
    ends = np.flatnonzero(np.searchsorted(quotes, breaks) % 2 == 0)
    if len(ends) == len(breaks):
        return _EACH_LINE
    if np.diff(breaks[ends], prepend=-1).max() > longest(request):
        raise NotPlainError
    return np.append(0, ends[:-1] + 1).astype(np.int64)


def _by_arrow(
    block: bytes,
    starts: Int64s,
    quote: str | Literal[False],
    request: Request,
    head: Head,
    footers: Footers,
    lost: bool,
) -> Parsed:
    names = [str(place) for place in range(len(head.names))]
    ragged: dict[int, str] = {}

    def keep_aside(row: pyarrow.csv.InvalidRow) -> str:
        ragged[row.number - 1] = row.text
        return "skip"

    table = pyarrow.csv.read_csv(
        pa.BufferReader(block),
        pyarrow.csv.ReadOptions(use_threads=False, block_size=len(block) + 1, column_names=names),
        pyarrow.csv.ParseOptions(
            delimiter=request.delimiter,
            quote_char=quote,
            newlines_in_values=len(starts) > 0,
            ignore_empty_lines=False,
            invalid_row_handler=keep_aside,
        ),
        pyarrow.csv.ConvertOptions(
            check_utf8=False,
            column_types=dict.fromkeys(names, pa.string()),
            strings_can_be_null=False,
        ),
    )
    columns = [
        column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
        for column in table.columns
    ]
    odd = _cells_of(ragged, request)
    count = table.num_rows + len(odd)
    lines = block.count(b"\n") if len(starts) else count
    if not len(starts):
        starts = np.arange(count, dtype=np.int64)
    elif len(starts) != count:
        raise NotPlainError
    last = footers.last(_from_last(columns, odd, count)) if footers else []
    places = np.delete(starts, list(odd)) if odd else starts
    kept = [columns[place] for place in head.kept]
    blank = _blank(columns)
    if blank.any():
        rows = np.flatnonzero(~blank)
        places, kept = places[rows], [column.take(integers(rows)) for column in kept]
    extras = pa.nulls(len(places), pa.string())
    if odd:
        places, kept, extras = _with_ragged(places, kept, extras, starts, odd, request, head)
    return Parsed(lines, places, kept, extras, lost, last)


def _cells_of(ragged: Mapping[int, str], request: Request) -> dict[int, list[str]]:
    """Place of the record to its cells. Raises NotPlainError."""
    read = csv.reader(ragged.values(), delimiter=request.delimiter, strict=True)
    try:
        return dict(zip(ragged, read, strict=True))
    except (csv.Error, ValueError):
        raise NotPlainError from None


def _from_last(
    columns: Sequence[pa.Array], odd: Mapping[int, list[str]], count: int
) -> Iterator[Cells]:
    """The cells of each record, the last one first."""
    row = count - len(odd)
    for place in range(count - 1, -1, -1):
        if place in odd:
            yield odd[place]
        else:
            row -= 1
            yield [column[row].as_py() for column in columns]


def _with_ragged(
    places: Int64s,
    columns: Sequence[pa.Array],
    extras: pa.Array,
    starts: Int64s,
    odd: Mapping[int, list[str]],
    request: Request,
    head: Head,
) -> tuple[Int64s, list[pa.Array], pa.Array]:
    """The rows with too many or too few cells put in at their places."""
    fitted = [
        (starts[place], *fit_cells(cells, head, request.delimiter))
        for place, cells in odd.items()
        if any(cells)
    ]
    text = pa.string()
    places = np.append(places, [place for place, _, _ in fitted]).astype(np.int64)
    order = np.argsort(places)
    added = [pa.array([cells[n] for _, cells, _ in fitted], text) for n in range(len(head.kept))]
    added.append(pa.array([extra for _, _, extra in fitted], text))
    *merged, extras = (
        pa.concat_arrays(pair).take(integers(order))
        for pair in zip([*columns, extras], added, strict=True)
    )
    return places[order], merged, extras


def _by_module(block: bytes, request: Request, head: Head, footers: Footers, lost: bool) -> Parsed:
    """As the slow reader does it. Raises NotPlainError for what it refuses, or reads on for."""
    lines = io.StringIO(block.decode("utf-8"), newline="")
    reader = csv.reader(lines, delimiter=request.delimiter, strict=True)
    records: list[list[str]] = []
    starts: list[int] = [0]
    try:
        for cells in reader:
            records.append(cells)
            starts.append(reader.line_num)
    except csv.Error:
        raise NotPlainError from None
    last = footers.last(reversed(records)) if footers else []
    filled = [place for place, cells in enumerate(records) if any(cells)]
    rows = [records[place] for place in filled]
    columns, extras = columns_of(rows, head, request.delimiter)
    places = np.array([starts[place] for place in filled], dtype=np.int64)
    return Parsed(reader.line_num, places, columns, extras, lost, last)


def _blank(columns: Sequence[pa.Array]) -> Booleans:
    """Which rows hold no text."""
    blank: Booleans = np.ones(len(columns[0]), dtype=np.bool_)
    for column in columns:
        ends = np.frombuffer(column.buffers()[1], dtype=np.int32)
        ends = ends[column.offset : column.offset + len(column) + 1]
        blank &= ends[1:] == ends[:-1]
        if not blank.any():
            break
    return blank
