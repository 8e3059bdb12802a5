"""Delimited text: strict decoding, quote-aware records, numbers of physical lines.

The file is read twice in small pieces (once to settle the encoding, once for the records), so
memory does not grow with it.
"""

import codecs
import csv
from collections.abc import Iterator
from pathlib import Path

from assets.landing.readers.request import Request
from assets.landing.readers.table import PartResult, Row, write_table

_CHUNK = 1 << 20
_REPLACEMENT = "\ufffd"


def read_csv(request: Request) -> list[PartResult]:
    """The one part "" of a csv. Raises ReadError: encoding, nul-bytes, file-empty,
    unbalanced-quotes, bounds, header-mismatch, units-mismatch.
    """
    encoding = find_encoding(request)
    return [write_table("", _records(request, encoding), request, "0.arrow", encoding=encoding)]


def find_encoding(request: Request) -> str:
    """The first candidate that decodes every byte; "utf-8-sig" only if there is a BOM.

    A replacement character stops the search: its bytes would decode as other characters in the
    next candidate, and the damage would no longer be seen.
    """
    failures: list[str] = []
    furthest = 0
    for candidate in request.encodings:
        try:
            return _decode_all(request, candidate)
        except _Undecodable as error:
            line = _line_at(request.path, error.offset)
            furthest = max(furthest, line)
            failures.append(f"{candidate} fails at byte {error.offset} (line {line})")
    raise request.error(
        "encoding",
        "; ".join(failures),
        f"text in {' or '.join(request.encodings)}",
        row=furthest,
    )


class _Undecodable(Exception):
    def __init__(self, offset: int) -> None:
        super().__init__(offset)
        self.offset = offset


def _decode_all(request: Request, candidate: str) -> str:
    """The name of the encoding. Raises _Undecodable with the offset of the first bad byte."""
    name = codecs.lookup(candidate).name
    with Path(request.path).open("rb") as file:
        if name in ("utf-8", "utf-8-sig"):
            has_bom = file.read(3) == codecs.BOM_UTF8
            name = "utf-8-sig" if has_bom else "utf-8"
            start = 3 if has_bom else 0
        else:
            start = 0
        codec = "utf-8" if name == "utf-8-sig" else name
        file.seek(start)
        decoder = codecs.getincrementaldecoder(codec)("strict")
        blank = True
        while True:
            chunk = file.read(_CHUNK)
            pending = len(decoder.getstate()[0])
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                raise _Undecodable(start - pending + error.start) from None
            for bad, code in (("\0", "nul-bytes"), (_REPLACEMENT, "encoding")):
                kept = bad == _REPLACEMENT and request.keep_lost_characters
                if bad in text and not kept:
                    before = text[: text.index(bad)].encode(codec)
                    _refuse(request, code, start - pending + len(before))
            blank = blank and not text.strip()
            start += len(chunk)
            if not chunk:
                break
    if blank:
        raise request.error("file-empty", "no text in the file", "a header and rows")
    return name


def _refuse(request: Request, code: str, offset: int) -> None:
    what, expected = {
        "nul-bytes": ("NUL character", "text without NUL (UTF-16 must be declared)"),
        "encoding": (
            "replacement character U+FFFD: characters were lost before delivery",
            "a file exported anew from its origin",
        ),
    }[code]
    line = _line_at(request.path, offset)
    raise request.error(code, f"{what} at byte {offset}", expected, row=line)


def _line_at(path: str, offset: int) -> int:
    """The physical line (from 1) that holds the byte."""
    ends, last = 0, b""
    with Path(path).open("rb") as file:
        while offset > 0 and (chunk := file.read(min(_CHUNK, offset))):
            offset -= len(chunk)
            ends += chunk.count(b"\n") + chunk.count(b"\r") - chunk.count(b"\r\n")
            if last == b"\r" and chunk[:1] == b"\n":
                ends -= 1
            last = chunk[-1:]
    return ends + 1


def _records(request: Request, encoding: str) -> Iterator[Row]:
    """Records behind the title lines, each with the physical line on which it begins."""
    csv.field_size_limit(request.max_cell_chars)
    with Path(request.path).open(encoding=encoding, newline="") as file:
        for _ in range(request.title_rows):
            file.readline()
        reader = csv.reader(file, delimiter=request.delimiter, strict=True)
        before = request.title_rows
        line = before + 1
        place = 0
        try:
            for place, cells in enumerate(reader):
                yield place, line, cells
                line = before + reader.line_num + 1
        except csv.Error as error:
            raise _csv_error(request, error, line, before + reader.line_num) from None


def _csv_error(request: Request, error: csv.Error, line: int, last: int) -> Exception:
    if "field limit" in str(error) and last == line:
        return request.error(
            "bounds",
            f"a cell of more than {request.max_cell_chars} characters",
            "shorter cells, or a higher limit max_cell_chars",
            row=line,
        )
    return request.error(
        "unbalanced-quotes",
        f"the record that begins here has a quote too many or too few (noticed on line {last})",
        'cells with delimiters or line breaks in quotes, and quotes in them doubled ("")',
        row=line,
    )
