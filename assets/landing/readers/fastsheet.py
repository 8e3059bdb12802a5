"""Worksheets and shared strings read in blocks; the result is that of the slow reader.

The XML is unpacked twice, as the slow reader does it: once for what stands around the rows (the
merged cells come behind them), which expat reads, and once for the rows. These are cut into blocks
that end with a row; two threads read blocks while a third unpacks and writes. What is not as
spreadsheet programs write it is left to the slow reader, which says what is wrong with it.
"""

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import IO

import pyarrow as pa

from assets.landing.readers import sharedstrings, sheetblock
from assets.landing.readers.ahead import ahead
from assets.landing.readers.blocks import NotPlainError, Parsed, write_blocks
from assets.landing.readers.head import counted_head
from assets.landing.readers.request import Request
from assets.landing.readers.sharedstrings import Strings
from assets.landing.readers.sheet import FAULTS, SheetScan
from assets.landing.readers.sheetblock import Extent
from assets.landing.readers.styles import Dates
from assets.landing.readers.table import Footers, PartResult, Row
from assets.landing.readers.xmlstream import stream

_PIECE = 1 << 20
_LONGEST = 16 << 20  # bytes of a row, and of what stands around the rows
_THREADS = 2
_AHEAD = 4  # blocks that are being read or wait to be written
_DECLARED = re.compile(rb"""<\?xml [^>]*encoding=["'](?!utf-8["'])""", re.IGNORECASE)
_FAULTS = (NotPlainError, pa.ArrowInvalid, OSError, *FAULTS)

Open = Callable[[], IO[bytes]]


@dataclass(frozen=True)
class _Marks:
    """What begins the part of a member that is read in blocks, ends each unit, and ends it."""

    begin: re.Pattern[bytes]
    unit: bytes
    end: bytes


_ROWS = _Marks(re.compile(rb"<sheetData>"), b"</row>", b"</sheetData>")
_ITEMS = _Marks(re.compile(rb"<sst(?: [^<>]*)?>"), b"</si>", b"</sst>")


def read_plain(
    name: str,
    opened: Open,
    rows: Iterator[Row],
    titles: list[Row],
    strings: Strings,
    dates: Dates,
    request: Request,
    file: str,
) -> PartResult | None:
    """The part of a sheet that is plain, else None.

    `rows` are those of the slow reader, of which only the head is taken; they put the rows above
    it into `titles`. Raises ReadError for what is wrong with the head.
    """
    if not strings.is_sound or request.any_header:
        return None
    try:
        scan = _scan(opened, _ROWS)
    except _FAULTS:
        return None
    head, after = counted_head(name, rows, request, scan.merges, titles)
    headers = [head.names[place] for place in head.kept]
    result = PartResult(name, headers, file, head.units, head.titles, has_lost=False)
    footers = Footers(request, head)
    parse = partial(
        sheetblock.parse,
        request=request,
        head=head,
        footers=footers,
        strings=strings,
        dates=dates,
        after=after,
    )
    try:
        parsed = ahead(parse, _blocks(opened, _ROWS), _THREADS, _AHEAD)
        write_blocks(_in_order(parsed, request), request, result, head)
    except _FAULTS:
        return None
    return result


def read_strings(opened: Open, request: Request) -> Strings | None:
    """The shared strings if they are plain, else None."""
    try:
        _scan(opened, _ITEMS)
        parse = partial(sharedstrings.parse_strings, request=request)
        blocks = list(ahead(parse, _blocks(opened, _ITEMS), _THREADS, _AHEAD))
        array = pa.concat_arrays([pa.array([], pa.string()), *(block.array for block in blocks)])
    except _FAULTS:
        return None
    return Strings(
        array,
        all(block.is_sound for block in blocks),
        any(block.has_lost for block in blocks),
    )


def _scan(opened: Open, marks: _Marks) -> SheetScan:
    """What stands around the part that is read in blocks. Raises NotPlainError, or a fault."""
    scan = SheetScan()
    for _ in stream(io.BytesIO(_around(opened, marks)), scan.start):
        pass
    if scan.filled:
        raise NotPlainError
    return scan


def _around(opened: Open, marks: _Marks) -> bytes:
    """The member without the part that is read in blocks. Raises NotPlainError."""
    with opened() as source:
        around, left = _head(source, marks)
        while (end := left.find(marks.end)) < 0:
            piece = source.read(_PIECE)
            if not piece:
                raise NotPlainError
            left = left[-len(marks.end) :] + piece
        around += left[end:]
        while piece := source.read(_PIECE):
            around += piece
            if len(around) > _LONGEST:
                raise NotPlainError
    if _DECLARED.search(around):
        raise NotPlainError
    return around


def _head(source: IO[bytes], marks: _Marks) -> tuple[bytes, bytes]:
    """What stands before the part, its first tag included, and what was read behind it."""
    head = b""
    while (begin := marks.begin.search(head)) is None:
        piece = source.read(_PIECE)
        if not piece or len(head) > _LONGEST:
            raise NotPlainError
        head += piece
    return head[: begin.end()], head[begin.end() :]


def _blocks(opened: Open, marks: _Marks) -> Iterator[bytes]:
    """The part in blocks of whole units. Raises NotPlainError."""
    with opened() as source:
        _, block = _head(source, marks)
        while (end := block.find(marks.end)) < 0:
            cut = block.rfind(marks.unit) + len(marks.unit)
            if cut >= len(marks.unit):
                yield block[:cut]
                block = block[cut:]
            elif len(block) > _LONGEST:
                raise NotPlainError
            piece = source.read(_PIECE)
            if not piece:
                raise NotPlainError
            block += piece
        if block[:end].strip():
            yield block[:end]


def _in_order(blocks: Iterator[tuple[Extent, Parsed]], request: Request) -> Iterator[Parsed]:
    """The blocks. Raises NotPlainError if their rows do not grow, or reach too far."""
    last_row = last_column = 0
    for extent, parsed in blocks:
        if extent.first_row <= last_row:
            raise NotPlainError
        last_row, last_column = extent.last_row, max(last_column, extent.last_column)
        if last_row * last_column > request.max_cells:
            raise NotPlainError
        yield parsed
