"""dBASE III tables, strictly: the attribute text of a shapefile, byte for byte.

A general reader would guess the encoding and turn digits into floats; this one does neither.
"""

import codecs
import re
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from assets.landing.readers import fixedwidth, otherwise
from assets.landing.readers.errors import ReadError
from assets.landing.readers.headers import check_headers, clean_header
from assets.landing.readers.request import Request

VERSION = b"\x03"  # the first byte of a dBASE III table without memo
_HEADER = 32
_FIELD = 32
_TEXT_TYPES = frozenset("CNFDL")
_DELETED = b"*"
_CHUNK_ROWS = 10_000  # that are looked at together,
_CHUNK_BYTES = 4 << 20  # or fewer
_FILL = b"\x1a\x00 "  # what programs leave behind the last record


@dataclass(frozen=True)
class Field:
    """One field: its name as bytes (the encoding is not known yet) and where it lies."""

    raw_name: bytes
    offset: int
    length: int


@dataclass(frozen=True)
class Table:
    """The layout of a .dbf whose length was checked."""

    data: bytes
    fields: tuple[Field, ...]
    count: int
    first: int
    size: int

    def records(self, begin: int = 0, end: int | None = None) -> Iterator[bytes]:
        """The bytes of each record (of those in the range), with the deletion mark in front."""
        for row in range(begin, self.count if end is None else end):
            start = self.first + row * self.size
            yield self.data[start : start + self.size]

    def cells(self, begin: int, end: int) -> fixedwidth.Cells:
        """The same as a row of bytes each, over the bytes of the file."""
        whole = np.frombuffer(self.data, np.uint8, self.count * self.size, self.first)
        return whole.reshape(self.count, self.size)[begin:end]


def open_table(path: Path, request: Request, part: str) -> Table:
    """Layout of the file. Raises ReadError `dbf` or `truncated`."""
    data = path.read_bytes()

    def broken(what: str, code: str = "dbf") -> Exception:
        return request.error(code, f".dbf: {what}", "a dBASE III table", part)

    if len(data) < _HEADER + 1:
        raise broken(f"{len(data)} bytes", "truncated")
    version, count, first, size = data[0], *struct.unpack_from("<IHH", data, 4)
    if version != VERSION[0]:
        raise broken(f"version byte {version:#04x}")
    fields: list[Field] = []
    place, offset = _HEADER, 1
    while place < first and place < len(data) and data[place] != 0x0D:
        if place + _FIELD > len(data):
            raise broken("ends inside its header", "truncated")
        raw_name, kind, length = struct.unpack_from("<11sc4xB", data, place)
        if kind.decode("latin-1") not in _TEXT_TYPES:
            raise broken(f"field type {kind!r}")
        fields.append(Field(raw_name.split(b"\0")[0], offset, length))
        place, offset = place + _FIELD, offset + length
    if place + 1 > first or not fields or offset != size:
        raise broken("fields and record length do not agree")
    end = first + count * size
    if len(data) < end:
        held = max(0, len(data) - first) // size
        raise broken(f"{count} records announced, {held} there", "truncated")
    if data[end:].strip(_FILL):
        raise broken(f"{len(data) - end} bytes behind the last record")
    return Table(data, tuple(fields), count, first, size)


def encoding_of(cpg: Path | None, table: Table, request: Request, part: str) -> str:
    """What .cpg names, else the first declared encoding that decodes every name and value.

    Raises ReadError `encoding` naming record, field and byte of the file.
    """
    expected = "text in " + " or ".join(request.encodings)
    if cpg is not None:
        named = cpg.read_bytes()[:100].decode("ascii", "replace").strip("\ufffd \r\n\t\0")
        candidates = [cpg_codec(named)]
        if not candidates[0]:
            raise request.error("encoding", f".cpg names {named!r}", "an encoding", part)
        expected = f"text in {named}, as .cpg says"
    else:
        # There is no byte order mark in a .dbf.
        candidates = ["utf-8" if name == "utf-8-sig" else name for name in request.encodings]
    failures: list[tuple[int, str]] = []
    for candidate in candidates:
        try:
            _try(table, candidate)
        except _Undecodable as error:
            if error.lost:
                expected = "a table exported anew from its origin"
                raise request.error("encoding", error.what, expected, part, error.row) from None
            failures.append((error.row or 0, f"{candidate} fails at {error.what}"))
        else:
            return candidate
    row = max(row for row, _ in failures)
    said = "; ".join(what for _, what in failures)
    if cpg is None and (read := otherwise.likely(_fitting(table, request, part))):
        line = [*candidates, read[0][0]]
        expected += f" ({otherwise.offered(read, line, f'{request.source_id}.toml')})"
    raise request.error("encoding", said, expected, part, row or None)


def _fitting(table: Table, request: Request, part: str) -> list[tuple[str, str]]:
    """Encodings that are not declared, in which all is text and the declared names are there."""
    fits: list[tuple[str, str]] = []
    for name in ("utf-8", *otherwise.ENCODINGS):
        if name in request.encodings or (name.startswith("utf-") and name != "utf-8"):
            continue
        try:
            _try(table, name)
            check_headers(field_names(table, name), request, part, None)
        except (_Undecodable, ReadError):
            continue
        whole = (" ".join(texts(record, table, name)) for record in table.records())
        beyond = next((text for text in whole if not text.isascii()), "")
        fits.append((name, otherwise.first_beyond_ascii(beyond)))
    return fits


def cpg_codec(named: str) -> str:
    """The codec for what a .cpg says (`UTF-8`, `936`, `ANSI 1252`, `OEM 437`, `88591`); or ""."""
    name = re.sub(r"^(ANSI|OEM|CP|WINDOWS|MS)[\s_-]*(?=\d)", "", named.upper())
    special = {"65001": "utf-8", "54936": "gb18030", "20936": "gb2312", "GBK": "gbk"}
    latin = re.fullmatch(r"(?:ISO[\s_-]*)?8859[\s_-]*(\d{1,2})", name)
    if latin:
        name = f"iso8859-{latin.group(1)}"
    elif name.isdigit():
        name = special.get(name, f"cp{name}")
    try:
        return codecs.lookup(name).name
    except LookupError:
        return ""


def field_names(table: Table, encoding: str) -> list[str]:
    """Cleaned names of the fields, in order."""
    return [clean_header(field.raw_name.decode(encoding)) for field in table.fields]


def checked_names(table: Table, encoding: str, request: Request, part: str) -> list[str]:
    """`field_names`, compared with the declaration. Raises ReadError `dbf`, `header-mismatch`."""
    names = field_names(table, encoding)
    if "" in names:
        raise request.error("dbf", f"field {names.index('') + 1} has no name", "a name", part)
    check_headers(names, request, part, None)
    return names


def rows(table: Table, encoding: str, request: Request, part: str) -> Iterator[list[str]]:
    """`texts` of each record. Raises ReadError `deleted-records`."""
    for row, record in enumerate(table.records(), start=1):
        if record[:1] == _DELETED:
            raise request.error(
                "deleted-records",
                "the record is marked as deleted but still there",
                "a packed table (save the layer anew)",
                part,
                row,
            )
        yield texts(record, table, encoding)


def columns(
    table: Table, encoding: str, places: Sequence[int], begin: int, end: int
) -> list[pa.Array] | None:
    """What `rows` gives of these fields, a column each; None if it may raise an error."""
    if (table.cells(begin, end)[:, 0] == _DELETED[0]).any():
        return None
    return _columns(table, encoding, [table.fields[place] for place in places], begin, end)


def texts(record: bytes, table: Table, encoding: str) -> list[str]:
    """The values of one record without the blanks that fill the field at the right."""
    return [
        record[field.offset : field.offset + field.length].rstrip(b" \0").decode(encoding)
        for field in table.fields
    ]


class _Undecodable(Exception):
    def __init__(self, what: str, row: int | None, lost: bool = False) -> None:
        super().__init__(what)
        self.what, self.row, self.lost = what, row, lost


def _try(table: Table, encoding: str) -> None:
    """Decode everything once. Raises _Undecodable; `lost` for a replacement character."""
    for place, field in enumerate(table.fields):
        try:
            field.raw_name.decode(encoding)
        except UnicodeDecodeError:
            raise _Undecodable(f"the name of field {place + 1}", None) from None
    step = max(1, min(_CHUNK_ROWS, _CHUNK_BYTES // table.size))
    for begin in range(0, table.count, step):
        end = min(begin + step, table.count)
        if not _is_plain(table, encoding, begin, end):
            _try_each(table, encoding, begin, end)


def _is_plain(table: Table, encoding: str, begin: int, end: int) -> bool:
    """Whether all values of these records are sure to be sound."""
    if codecs.lookup(encoding).name == "utf-8":
        starts = [field.offset for field in table.fields if field.length]
        if fixedwidth.are_utf8(table.cells(begin, end), starts):
            return True
    return _columns(table, encoding, table.fields, begin, end) is not None


def _columns(
    table: Table, encoding: str, fields: Sequence[Field], begin: int, end: int
) -> list[pa.Array] | None:
    cells = table.cells(begin, end)
    found: list[pa.Array] = []
    for field in fields:
        column = fixedwidth.texts(cells[:, field.offset : field.offset + field.length], encoding)
        if column is None:
            return None
        found.append(column)
    return found


def _try_each(table: Table, encoding: str, begin: int, end: int) -> None:
    for row, record in enumerate(table.records(begin, end), start=begin + 1):
        try:
            found = texts(record, table, encoding)
        except UnicodeDecodeError:
            raise _Undecodable(_where(record, row, table, encoding), row) from None
        for place, text in enumerate(found):
            if "\ufffd" in text or "\0" in text:
                what = f"lost character (U+FFFD or NUL) in record {row}, field {place + 1}"
                raise _Undecodable(what, row, lost=True)


def _where(record: bytes, row: int, table: Table, encoding: str) -> str:
    for place, field in enumerate(table.fields):
        raw = record[field.offset : field.offset + field.length].rstrip(b" \0")
        try:
            raw.decode(encoding)
        except UnicodeDecodeError as error:
            byte = table.first + (row - 1) * table.size + field.offset + error.start
            return f"record {row}, field {place + 1}, byte {byte}"
    return f"record {row}"
