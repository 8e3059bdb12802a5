"""Delimited text: strict decoding, quote-aware records, numbers of physical lines.

A plain file in UTF-8 is read once. Any other is read again, to settle the encoding and then for
the records; always in small pieces, so memory does not grow with the file.
"""

import csv
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TextIO

from assets.landing.readers import fastcsv, mojibake, otherwise
from assets.landing.readers.detect import refuse_others
from assets.landing.readers.encodings import find_encoding as find_encoding
from assets.landing.readers.encodings import likely_encoding
from assets.landing.readers.errors import ReadError
from assets.landing.readers.head import has_no_header, take_head
from assets.landing.readers.request import Request
from assets.landing.readers.table import PartResult, Row, write_table

_BOM = "\ufeff"
_LONGEST_LINE = 64 << 20


def read_csv(request: Request) -> list[PartResult]:
    """The one part "" of a csv. Raises ReadError: format, encoding, nul-bytes, mojibake,
    file-empty, unbalanced-quotes, bounds, header-mismatch, header-shifted, units-mismatch.
    """
    try:
        return [replace(_read(request), delimited=True)]
    except ReadError as error:
        refuse_others(request)
        raise otherwise.advised(error, request, _has_header) from None


def _read(request: Request) -> PartResult:
    likely = likely_encoding(request) if request.repair is None else None
    refusal: ReadError | None = None
    if likely is not None:
        try:
            if part := _read_fast(request, likely):
                return part
        except ReadError as error:
            refusal = error  # what is wrong with the encoding comes first
    encoding = find_encoding(request)
    if request.repair is not None:
        _check_repair(request, encoding)
    if encoding != likely:
        return _read_fast(request, encoding) or _read_any(request, encoding)
    if refusal is not None:
        raise refusal
    return _read_any(request, encoding)


def _has_header(request: Request) -> bool:
    """Whether the declared header is there in the first of the encodings."""
    titles: list[Row] = []
    rows = records(request, request.encodings[0], titles)
    try:
        return bool(take_head("", rows, request, None, titles).names) and not has_no_header(request)
    except (ReadError, UnicodeError):
        return False


def _read_fast(request: Request, encoding: str) -> PartResult | None:
    """The part of a plain file, or None if the file is not plain or not in that encoding."""
    titles: list[Row] = []
    try:
        return fastcsv.read_plain(request, encoding, records(request, encoding, titles), titles)
    except UnicodeDecodeError:
        return None


def _read_any(request: Request, encoding: str) -> PartResult:
    titles: list[Row] = []
    rows = records(request, encoding, titles)
    return write_table("", rows, request, "0.arrow", encoding=encoding, titles=titles)


def records(request: Request, encoding: str, titles: list[Row]) -> Iterator[Row]:
    """Records behind the title lines, each with the physical line on which it begins.

    The title lines are put into `titles` before the first record is given.
    """
    csv.field_size_limit(request.max_cell_chars)
    before = request.title_rows
    with Path(request.path).open(encoding=encoding, newline="") as file:
        lines = _lines(file, request)
        for number in range(1, before + 1):
            if line := next(lines, ""):
                titles.append((number - before - 1, number, _split(line, request)))
        reader = csv.reader(lines, delimiter=request.delimiter, strict=True)
        line_number = before + 1
        place = 0
        try:
            for place, cells in enumerate(reader):
                yield place, line_number, cells
                line_number = before + reader.line_num + 1
        except csv.Error as error:
            last = before + reader.line_num
            raise _csv_error(request, error, line_number, last) from None


def _lines(file: TextIO, request: Request) -> Iterator[str]:
    """Physical lines, repaired if that is declared. Raises ReadError `bounds`."""
    limit = max(_LONGEST_LINE, 2 * request.max_cell_chars)
    for number, line in enumerate(iter(partial(file.readline, limit), "")):
        if len(line) == limit:
            raise request.error(
                "bounds", f"a line of {limit} characters or more", "shorter lines", row=number + 1
            )
        if request.repair is None:
            yield line
            continue
        repaired = mojibake.undo(line, request.repair) or ""
        yield repaired.removeprefix(_BOM) if number == 0 else repaired


def _split(line: str, request: Request) -> list[str]:
    """The cells of a title line, or the whole line if it has no cells."""
    try:
        return next(csv.reader([line], delimiter=request.delimiter, strict=True), [])
    except csv.Error:
        return [line]


def _check_repair(request: Request, encoding: str) -> None:
    """Raises ReadError `mojibake` for the first line that was not decoded as declared.

    A declared repair is of the whole file: a line that does not go back was damaged otherwise.
    """
    repair = request.repair or ""
    with Path(request.path).open(encoding=encoding, newline="") as file:
        for number, line in enumerate(file, start=1):
            if line.isascii():
                continue
            repaired = mojibake.undo(line, repair)
            lost = repaired is not None and "\ufffd" in repaired
            if repaired is None or (lost and not request.keep_lost_characters):
                raise request.error(
                    "mojibake",
                    "the line holds lost characters"
                    if lost
                    else f"the line does not go back by {repair}",
                    f"every line to do so, or no repair in {request.source_id}.toml",
                    row=number,
                )


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
