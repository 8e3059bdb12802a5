"""Plain csv files, the usual registers, read by Arrow; the result is that of the slow reader.

Plain means: one line is one record, each quote is where RFC 4180 puts it, and no line is longer
than a cell may be. Whatever is not plain is left to the csv module.
"""

import codecs
from collections.abc import Iterator
from io import RawIOBase
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from assets.landing.readers import mojibake
from assets.landing.readers.head import take_head
from assets.landing.readers.request import Request
from assets.landing.readers.table import (
    PartResult,
    Row,
    ipc_schema,
    open_ipc,
    too_many_cells,
)

_BLOCK = 4 << 20
_QUOTE, _LF, _CR = ord('"'), ord("\n"), ord("\r")

Bytes = np.ndarray[tuple[int], np.dtype[np.uint8]]


def is_plain(request: Request, encoding: str) -> bool:
    """Whether Arrow reads the records of the file as the csv module does."""
    # A footer is one only if no record follows, which is known at the end.
    if request.footer_patterns or not request.delimiter.isascii():
        return False
    longest = min(request.max_cell_chars, _BLOCK // 2)
    rest = b""
    for piece in _pieces(request, encoding):
        block = rest + piece
        end = block.rfind(b"\n") + 1
        rest = block[end:]
        if len(rest) > longest or not _plain_lines(block[:end], request, longest):
            return False
    return _plain_lines(rest + b"\n", request, longest)


def _plain_lines(block: bytes, request: Request, longest: int) -> bool:
    """Whether a block of whole lines is plain."""
    data = np.frombuffer(block, dtype=np.uint8)
    ends = np.flatnonzero(data == _LF)
    if len(ends) and max(ends[0], np.diff(ends).max(initial=0)) > longest:
        return False
    if b"\r" in block and block.count(b"\r") != block.count(b"\r\n"):
        return False
    return b'"' not in block or _plain_quotes(data, ends, ord(request.delimiter))


def _plain_quotes(
    data: Bytes, ends: "np.ndarray[tuple[int], np.dtype[np.int64]]", delimiter: int
) -> bool:
    """Whether quotes only surround whole cells without line breaks, and are doubled inside."""
    quotes = np.flatnonzero(data == _QUOTE)
    if len(quotes) % 2:
        return False
    before = np.where(quotes[0::2] > 0, data[quotes[0::2] - 1], _LF)
    after = data[quotes[1::2] + 1]  # a block ends with a line end, so there is one
    opened = (before == delimiter) | (before == _LF) | (before == _QUOTE)
    closed = (after == delimiter) | (after == _LF) | (after == _CR) | (after == _QUOTE)
    # A line end behind an odd number of quotes is inside a cell.
    inside = np.searchsorted(quotes, ends) % 2
    return bool(opened.all() and closed.all() and not inside.any())


def read_plain(
    request: Request, encoding: str, rows: Iterator[Row], titles: list[Row]
) -> PartResult | None:
    """The part of a plain file; None if a record has too many or too few cells.

    `rows` are its records, of which only the head is taken. Raises ReadError as the slow reader.
    """
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
        "", [head.names[place] for place in head.kept], "0.arrow", head.units, encoding
    )
    try:
        with _Utf8(request, encoding, skipped=lines) as source:
            if source.starts_with_bom():  # Arrow would drop it
                return None
            _write(source, request, result, head.names, head.kept, lines + 1)
    except pa.ArrowInvalid:
        return None
    return result


def _write(
    source: "_Utf8",
    request: Request,
    result: PartResult,
    names: list[str],
    kept: list[int],
    line: int,
) -> None:
    """Write the records. Raises ArrowInvalid for ragged ones, ReadError `bounds`."""
    columns = [str(place) for place in range(len(names))]
    written = 0
    schema = ipc_schema(result.headers)
    with open_ipc(Path(request.folder) / result.file, schema) as writer:
        for batch in _batches(source, request, columns):
            count = batch.num_rows
            lines = pa.py_buffer(np.arange(line, line + count, dtype=np.int64))
            numbers = pa.Array.from_buffers(pa.int64(), count, [None, lines])
            line += count
            filled = _filled(batch)
            if filled is not None:
                batch, numbers = batch.filter(filled), numbers.filter(filled)
            fit = request.max_cells // max(1, len(kept)) - written
            if batch.num_rows > fit:
                raise too_many_cells(request, "", numbers[fit].as_py())
            written += batch.num_rows
            arrays = [numbers, *(batch.column(place) for place in kept)]
            arrays.append(pa.nulls(batch.num_rows, pa.string()))
            writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=schema))


def _batches(source: "_Utf8", request: Request, columns: list[str]) -> Iterator[pa.RecordBatch]:
    if source.at_end():
        return
    reader = pyarrow.csv.open_csv(
        source,
        pyarrow.csv.ReadOptions(use_threads=False, block_size=_BLOCK, column_names=columns),
        pyarrow.csv.ParseOptions(delimiter=request.delimiter, ignore_empty_lines=False),
        pyarrow.csv.ConvertOptions(
            check_utf8=False,
            column_types=dict.fromkeys(columns, pa.string()),
            strings_can_be_null=False,
        ),
    )
    yield from reader


def _filled(batch: pa.RecordBatch) -> pa.BooleanArray | None:
    """Which rows hold text, or None if all do."""
    empty = None
    for column in batch.columns:
        here = pc.equal(pc.binary_length(column), 0)
        empty = here if empty is None else pc.and_(empty, here)
        if not pc.any(empty).as_py():
            return None
    return pc.invert(empty)


def _pieces(request: Request, encoding: str) -> Iterator[bytes]:
    """The text of the file as UTF-8 without BOM, repaired if that is declared."""
    with Path(request.path).open("rb") as file:
        if encoding in ("utf-8", "utf-8-sig") and request.repair is None:
            file.seek(3 if encoding == "utf-8-sig" else 0)
            while piece := file.read(_BLOCK):
                yield piece
            return
        decoder = codecs.getincrementaldecoder(encoding)("strict")
        first = True
        while True:
            raw = file.read(_BLOCK)
            text = decoder.decode(raw, final=not raw)
            piece = _as_utf8(text, request.repair)
            if first and request.repair:
                piece = piece.removeprefix(codecs.BOM_UTF8)
            first = first and not piece
            yield piece
            if not raw:
                return


def _as_utf8(text: str, repair: str | None) -> bytes:
    return text.encode("utf-8") if repair is None else mojibake.wrong_bytes(text, repair)


class _Utf8(RawIOBase):
    """The text behind the first `skipped` lines as a stream of UTF-8."""

    def __init__(self, request: Request, encoding: str, skipped: int) -> None:
        self._pieces = _pieces(request, encoding)
        self._ready = b""
        while skipped and self._more():
            end = self._ready.find(b"\n")
            self._ready = self._ready[end + 1 :] if end >= 0 else b""
            skipped -= end >= 0
        self._more()

    def _more(self) -> bool:
        """Whether there is something to read."""
        while not self._ready:
            piece = next(self._pieces, None)
            if piece is None:
                return False
            self._ready = piece
        return True

    def at_end(self) -> bool:
        """Whether nothing is left."""
        return not self._more()

    def starts_with_bom(self) -> bool:
        """Whether U+FEFF comes next, also if a piece ends inside it."""
        while len(self._ready) < 3 and (piece := next(self._pieces, None)) is not None:
            self._ready += piece
        return self._ready.startswith(codecs.BOM_UTF8)

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes; b"" at the end."""
        if not self._more():
            return b""
        size = len(self._ready) if size < 0 else size
        given, self._ready = self._ready[:size], self._ready[size:]
        return given
