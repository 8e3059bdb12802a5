"""Csv files, the usual registers, read by Arrow in blocks; the result is that of the slow reader.

The file is read once, in blocks of whole records. Two threads check and parse blocks while a third
reads and writes; nearly all of that is done outside the interpreter lock. What is damaged, too
long or not to be parsed in blocks is left to the slow reader, which says what is wrong with it.
"""

import codecs
import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pyarrow as pa

from assets.landing.readers import csvblock, mojibake
from assets.landing.readers.ahead import ahead
from assets.landing.readers.blocks import NotPlainError, write_blocks
from assets.landing.readers.csvblock import longest
from assets.landing.readers.head import counted_head
from assets.landing.readers.request import Request
from assets.landing.readers.table import Footers, PartResult, Row

_BLOCK = 4 << 20
_WINDOW = 1 << 16  # bytes in which the end of a line is sought first
_THREADS = 2
_AHEAD = 5  # blocks that are being parsed or wait to be written


def read_plain(
    request: Request, encoding: str, rows: Iterator[Row], titles: list[Row]
) -> PartResult | None:
    """The part of a plain file that is in this encoding, else None.

    `rows` are its records, of which only the head is taken. Raises ReadError as the slow reader,
    UnicodeDecodeError for a head in another encoding.
    """
    if not request.delimiter.isascii():
        return None
    head, lines = counted_head("", rows, request, None, titles)
    if head.unnamed or head.over is not None:
        return None
    result = PartResult(
        "",
        [head.names[place] for place in head.kept],
        "0.arrow",
        head.units,
        head.titles,
        encoding,
        has_lost=False,
    )
    try:
        blocks = _whole_records(_blocks(request, encoding, lines), request)
        parse = partial(csvblock.parse, request=request, head=head, footers=Footers(request, head))
        parsed = ahead(parse, blocks, _THREADS, _AHEAD)
        write_blocks(parsed, request, result, head, lines + 1)
    except (NotPlainError, pa.ArrowInvalid):
        return None
    return result


def _blocks(request: Request, encoding: str, head_lines: int) -> Iterator[bytes]:
    """The text behind the head in whole lines. Raises NotPlainError, also for what the head is."""
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
            _check_head(head, request)
            if end < len(block):
                yield block[end:]
    if left:
        _check_head(head, request)


def _check_head(head: bytes, request: Request) -> None:
    """Raises NotPlainError unless each line of the head is a record."""
    regular = csvblock.is_regular(head, csvblock.check_record_text(head, request))
    starts = csvblock.record_starts(head, request) if regular else None
    if starts is None or len(starts):
        raise NotPlainError


def _whole_records(blocks: Iterator[bytes], request: Request) -> Iterator[bytes]:
    """The same text in blocks that end with a record, as far as their quotes tell."""
    rest = b""
    for block in blocks:
        block = rest + block if rest else block
        rest = b""
        if b'"' in block and block.count(b'"') % 2:
            end = csvblock.last_record_end(block)
            regular = csvblock.record_starts(block[:end], request) is not None
            if regular and len(block) - end <= longest(request):
                block, rest = block[:end], block[end:]
        if block:
            yield block
    if rest:
        yield rest


def _whole_lines(request: Request, encoding: str) -> Iterator[bytes]:
    """The text as UTF-8 in blocks of about the same size that end with a line end.

    Without BOM, repaired if that is declared. Raises NotPlainError for a line that is too long.
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
                end = _line_end(file.fileno(), start, end, longest(request))
            block = os.pread(file.fileno(), end - start, start)
            yield block if block.endswith(b"\n") else block + b"\n"
            start = end


def _line_end(file: int, start: int, end: int, longest: int) -> int:
    """The offset behind the last line end before `end`. Raises NotPlainError if that is too far."""
    for window in (min(_WINDOW, end - start), min(longest + 1, end - start)):
        found = os.pread(file, window, end - window).rfind(b"\n")
        if found >= 0:
            return end - window + found + 1
    raise NotPlainError


def _rewritten(request: Request, encoding: str) -> Iterator[bytes]:
    """Blocks of a file that has to be decoded."""
    most, rest = longest(request), b""
    for piece in _pieces(request, encoding):
        end = piece.rfind(b"\n") + 1
        if end:
            yield rest + piece[:end]
            rest = piece[end:]
        else:
            rest += piece
        if len(rest) > most:
            raise NotPlainError
    if rest:
        yield rest + b"\n"


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
