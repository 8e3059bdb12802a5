"""Plain csv files, the usual registers, read by Arrow; the result is that of the slow reader.

Plain means: valid text without mojibake, one line is one record, each quote is where RFC 4180
puts it, and no line is longer than a cell may be. Whatever is not plain is left to the others.

The file is read once, in blocks of whole lines. Two threads check and parse blocks while a third
reads and writes; nearly all of that is done outside the interpreter lock.
"""

import codecs
import csv
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv

from assets.landing.ahead import ahead
from assets.landing.readers import mojibake
from assets.landing.readers.head import Head, take_head
from assets.landing.readers.request import Request
from assets.landing.readers.table import (
    PartResult,
    Row,
    fit_cells,
    ipc_schema,
    open_ipc,
    too_many_cells,
)

_BLOCK = 4 << 20
_LONGEST_LINE = 2 << 20
_WINDOW = 1 << 16  # bytes in which the end of a line is sought first
_THREADS = 2
_AHEAD = 5  # blocks that are being parsed or wait to be written
_QUOTE, _LF, _CR = ord('"'), ord("\n"), ord("\r")
_REPLACEMENT = "\ufffd".encode()

Bytes = np.ndarray[tuple[int], np.dtype[np.uint8]]
Int64s = np.ndarray[tuple[int], np.dtype[np.int64]]
Booleans = np.ndarray[tuple[int], np.dtype[np.bool_]]


class _NotPlain(Exception):
    """The file is not one that Arrow reads as the csv module does."""


def read_plain(
    request: Request, encoding: str, rows: Iterator[Row], titles: list[Row]
) -> PartResult | None:
    """The part of a plain file that is in this encoding, else None.

    `rows` are its records, of which only the head is taken. Raises ReadError as the slow reader,
    UnicodeDecodeError for a head in another encoding.
    """
    # A footer is one only if no record follows, which is known at the end.
    if request.footer_patterns or not request.delimiter.isascii():
        return None
    lines = 0

    def counted() -> Iterator[Row]:
        nonlocal lines
        for row in rows:
            lines = row[1]
            yield row

    head = take_head("", counted(), request, None, titles)
    if head.unnamed or head.over is not None:
        return None
    result = PartResult(
        "",
        [head.names[place] for place in head.kept],
        "0.arrow",
        head.units,
        encoding,
        has_lost=False,
    )
    try:
        _write(_blocks(request, encoding, lines), request, result, head, lines + 1)
    except (_NotPlain, pa.ArrowInvalid):
        return None
    return result


def _blocks(request: Request, encoding: str, head_lines: int) -> Iterator[bytes]:
    """The text behind the head in whole lines. Raises _NotPlain, also for what the head is."""
    head, left = b"", head_lines
    for block in _whole_lines(request, encoding):
        if not left:
            yield block
            continue
        end = 0
        while left and end < len(block):
            end = block.find(b"\n", end) + 1
            left -= 1
        head += block[:end]
        if not left:
            _check(head, request)
            if end < len(block):
                yield block[end:]
    if left:
        _check(head, request)


def _whole_lines(request: Request, encoding: str) -> Iterator[bytes]:
    """The text as UTF-8 in blocks of about the same size that end with a line end.

    Without BOM, repaired if that is declared. Raises _NotPlain for a line that is too long.
    """
    if encoding in ("utf-8", "utf-8-sig") and request.repair is None:
        return _as_stored(request, start=3 if encoding == "utf-8-sig" else 0)
    return _rewritten(request, encoding)


def _as_stored(request: Request, start: int) -> Iterator[bytes]:
    """Blocks of a file in UTF-8; the end of each is sought first, so that none is copied."""
    with Path(request.path).open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        while start < size:
            end = start + _BLOCK
            if end < size:
                end = _line_end(file.fileno(), start, end, _longest(request))
            block = os.pread(file.fileno(), end - start, start)
            yield block if block.endswith(b"\n") else block + b"\n"
            start = end


def _line_end(file: int, start: int, end: int, longest: int) -> int:
    """The offset behind the last line end before `end`. Raises _NotPlain if that is too far."""
    for window in (min(_WINDOW, end - start), min(longest + 1, end - start)):
        found = os.pread(file, window, end - window).rfind(b"\n")
        if found >= 0:
            return end - window + found + 1
    raise _NotPlain


def _rewritten(request: Request, encoding: str) -> Iterator[bytes]:
    """Blocks of a file that has to be decoded."""
    longest, rest = _longest(request), b""
    for piece in _pieces(request, encoding):
        end = piece.rfind(b"\n") + 1
        if end:
            yield rest + piece[:end]
            rest = piece[end:]
        else:
            rest += piece
        if len(rest) > longest:
            raise _NotPlain
    if rest:
        yield rest + b"\n"


def _longest(request: Request) -> int:
    """Bytes that a line may have: no cell in it is then longer than allowed."""
    return min(request.max_cell_chars, _LONGEST_LINE)


def _check(block: bytes, request: Request) -> None:
    """Raises _NotPlain, or ArrowInvalid for what is not UTF-8."""
    _check_text(block, request)
    if block.startswith(codecs.BOM_UTF8):  # Arrow would drop it
        raise _NotPlain
    longest, start = _longest(request), 0
    while len(block) - start > longest:
        # The last line end that can be reached; a longer line is never jumped over.
        start = block.rfind(b"\n", start, start + longest + 1) + 1
        if not start:
            raise _NotPlain
    if b"\r" in block and block.count(b"\r") != block.count(b"\r\n"):
        raise _NotPlain
    if b'"' in block and not _plain_quotes(block, ord(request.delimiter)):
        raise _NotPlain


def _check_text(block: bytes, request: Request) -> None:
    """Raises _NotPlain for any sign of damage, or ArrowInvalid; which one is found out later."""
    offsets = pa.py_buffer(np.array([0, len(block)], dtype=np.int64))
    text = pa.Array.from_buffers(pa.large_string(), 1, [None, offsets, pa.py_buffer(block)])
    text.validate(full=True)
    if not request.keep_lost_characters and _holds_replacement(block):
        raise _NotPlain
    if b"\0" in block or mojibake.find_in_utf8(block) is not None:
        raise _NotPlain


def _holds_replacement(block: bytes) -> bool:
    data: Bytes = np.frombuffer(block, dtype=np.uint8)
    # A search for three bytes takes long where the first is frequent, as in "，".
    could = (data[1:-1] == _REPLACEMENT[1]) & (data[2:] == _REPLACEMENT[2])
    return bool(could.any()) and _REPLACEMENT in block


def _plain_quotes(block: bytes, delimiter: int) -> bool:
    """Whether quotes only surround whole cells without line breaks, and are doubled inside."""
    data: Bytes = np.frombuffer(block, dtype=np.uint8)
    quotes = np.flatnonzero(data == _QUOTE)
    if len(quotes) % 2:
        return False
    before = np.where(quotes[0::2] > 0, data[quotes[0::2] - 1], _LF)
    after = data[quotes[1::2] + 1]  # a block ends with a line end, so there is one
    opened = (before == delimiter) | (before == _LF) | (before == _QUOTE)
    closed = (after == delimiter) | (after == _LF) | (after == _CR) | (after == _QUOTE)
    # A line end behind an odd number of quotes is inside a cell.
    inside = np.searchsorted(quotes, np.flatnonzero(data == _LF)) % 2
    return bool(opened.all() and closed.all() and not inside.any())


@dataclass(frozen=True)
class _Parsed:
    """Rows of one block of `lines` lines: which of them they are (from 0), and their cells.

    `has_lost`: the block holds a replacement character.
    """

    lines: int
    places: Int64s
    columns: list[pa.Array]
    extras: pa.Array
    has_lost: bool


def _parse(block: bytes, request: Request, head: Head) -> _Parsed:
    """Check and parse a block. Raises _NotPlain, ArrowInvalid."""
    _check(block, request)
    names = [str(place) for place in range(len(head.names))]
    ragged: list[tuple[int, str]] = []

    def keep_aside(row: pyarrow.csv.InvalidRow) -> str:
        ragged.append((row.number - 1, row.text))
        return "skip"

    table = pyarrow.csv.read_csv(
        pa.BufferReader(block),
        pyarrow.csv.ReadOptions(use_threads=False, block_size=len(block) + 1, column_names=names),
        pyarrow.csv.ParseOptions(
            delimiter=request.delimiter,
            quote_char='"' if b'"' in block else False,  # without quotes it need not look for them
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
    lines = table.num_rows + len(ragged)
    places = np.arange(lines, dtype=np.int64)
    if ragged:
        places = np.delete(places, [place for place, _ in ragged])
    kept = [columns[place] for place in head.kept]
    blank = _blank(columns)
    if blank.any():
        rows = np.flatnonzero(~blank)
        places, kept = places[rows], [column.take(_integers(rows)) for column in kept]
    # Where lost characters are refused, none is left.
    lost = request.keep_lost_characters and _holds_replacement(block)
    parsed = _Parsed(lines, places, kept, pa.nulls(len(places), pa.string()), lost)
    return _with_ragged(parsed, ragged, request, head) if ragged else parsed


def _with_ragged(
    parsed: _Parsed, ragged: list[tuple[int, str]], request: Request, head: Head
) -> _Parsed:
    """The rows with too many or too few cells put in at their places. Raises _NotPlain."""
    read = csv.reader([text for _, text in ragged], delimiter=request.delimiter, strict=True)
    try:
        rows = [(place, cells) for (place, _), cells in zip(ragged, read, strict=True)]
    except (csv.Error, ValueError):
        raise _NotPlain from None
    fitted = [
        (place, *fit_cells(cells, head, request.delimiter)) for place, cells in rows if any(cells)
    ]
    text = pa.string()
    places = np.append(parsed.places, [place for place, _, _ in fitted]).astype(np.int64)
    order = np.argsort(places)
    added = [pa.array([cells[n] for _, cells, _ in fitted], text) for n in range(len(head.kept))]
    added.append(pa.array([extra for _, _, extra in fitted], text))
    *columns, extras = (
        pa.concat_arrays(pair).take(_integers(order))
        for pair in zip([*parsed.columns, parsed.extras], added, strict=True)
    )
    return _Parsed(parsed.lines, places[order], columns, extras, parsed.has_lost)


def _write(
    blocks: Iterator[bytes], request: Request, result: PartResult, head: Head, line: int
) -> None:
    """Write the records. Raises _NotPlain, ArrowInvalid, ReadError `bounds`."""
    written = 0
    schema = ipc_schema(result.headers)
    with open_ipc(Path(request.folder) / result.file, schema) as writer:
        for parsed in _in_order(blocks, request, head):
            numbers = parsed.places + line
            line += parsed.lines
            fit = request.max_cells // max(1, len(head.kept)) - written
            if len(numbers) > fit:
                raise too_many_cells(request, "", int(numbers[fit]))
            written += len(numbers)
            result.has_extra |= parsed.extras.null_count < len(numbers)
            result.has_lost |= parsed.has_lost
            arrays = [_integers(numbers), *parsed.columns, parsed.extras]
            writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=schema))


def _in_order(blocks: Iterator[bytes], request: Request, head: Head) -> Iterator[_Parsed]:
    """Blocks parsed, a few at a time, in the order of the file. Raises as _parse."""
    csv.field_size_limit(request.max_cell_chars)
    return ahead(partial(_parse, request=request, head=head), blocks, _THREADS, _AHEAD)


def _blank(columns: list[pa.Array]) -> Booleans:
    """Which rows hold no text."""
    blank: Booleans = np.ones(len(columns[0]), dtype=np.bool_)
    for column in columns:
        ends = np.frombuffer(column.buffers()[1], dtype=np.int32)
        ends = ends[column.offset : column.offset + len(column) + 1]
        blank &= ends[1:] == ends[:-1]
        if not blank.any():
            break
    return blank


def _integers(values: Int64s) -> pa.Array:
    """Not by pa.array: it imports pandas, to see whether it was given some."""
    return pa.Array.from_buffers(pa.int64(), len(values), [None, pa.py_buffer(values)])


def _pieces(request: Request, encoding: str) -> Iterator[bytes]:
    """The text of the file as UTF-8 without BOM, repaired if that is declared."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    first = True
    with Path(request.path).open("rb") as file:
        while True:
            raw = file.read(_BLOCK)
            piece = _as_utf8(decoder.decode(raw, final=not raw), request.repair)
            if first and request.repair:
                piece = piece.removeprefix(codecs.BOM_UTF8)
            first = first and not piece
            yield piece
            if not raw:
                return


def _as_utf8(text: str, repair: str | None) -> bytes:
    return text.encode("utf-8") if repair is None else mojibake.wrong_bytes(text, repair)
