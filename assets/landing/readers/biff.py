"""What the cell library does not tell of an old workbook: errors in cells, numbers shown as dates,
extent, encryption.

An .xls is a compound file (MS-CFB) with one stream of records (MS-XLS). Only the frame of the
records is read here; texts and other numbers are left to the library. It gives dates too, but -1 as
midnight, two numbers as the 28th of February 1900, and in formats of Chinese none.
"""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from assets.landing.readers.dates import Shown, shown_as

_FREE = 0xFFFF_FFFA  # sector numbers from here on mean the end of a chain, or no sector
_ENTRY = 128
_STREAM = 2  # kind of a directory entry
_ROOT = 5

_BOF, _EOF, _BOUNDSHEET, _FILEPASS = 0x0809, 0x000A, 0x0085, 0x002F
_DATEMODE, _XF, _FORMAT = 0x0022, 0x00E0, 0x041E
_BOOLERR, _MULRK, _DIMENSIONS = 0x0205, 0x00BD, 0x0200
_NUMBER, _RK = 0x0203, 0x027E
_FORMULA = frozenset({0x0006, 0x0206, 0x0406})
_CELLS = _FORMULA | {_BOOLERR, _MULRK, _NUMBER, 0x0204, _RK, 0x00FD, 0x00D6}
_SINCE_97 = 0x0600  # version of the records
_NO_NUMBER = b"\xff\xff"  # in place of the result of a formula
_IS_ERROR = 2  # kind of such a result
_ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}


class BiffError(Exception):
    """No sound old workbook; the message says what is wrong."""


class _EndlessError(BiffError):
    """A sheet for which the library, which reads all sheets at once, would end the process."""


class EncryptedError(Exception):
    """The workbook needs a password."""


@dataclass
class SheetFrame:
    """Rows and columns count from 0; -1 = no filled cell. `claimed` is in cells.

    What a sheet claims is not believed, but the library takes room for it. `dates` are the numbers
    that are shown as dates. `fault` is what is wrong, which matters only if the sheet is read.
    """

    last_row: int = -1
    last_column: int = -1
    claimed: int = 0
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    dates: dict[tuple[int, int], tuple[float, Shown]] = field(default_factory=dict)
    fault: str | None = None


def scan(data: bytes) -> list[SheetFrame]:
    """One frame a sheet (also chart sheets), in order. Raises BiffError, EncryptedError.

    What is wrong within one sheet is its `fault`.
    """
    streams = _streams(data)
    if "EncryptedPackage" in streams:
        raise EncryptedError
    book = streams.get("Workbook", streams.get("Book"))
    if book is None:
        raise BiffError("no workbook in the file")
    places: list[int] = []
    codes: dict[int, str] = {}
    formats: list[int] = []  # of each style of a cell
    is_1904 = False
    for kind, start, size in _records(book, 0):
        if kind == _FILEPASS:
            raise EncryptedError
        if kind == _BOUNDSHEET and size >= 4:
            places.append(struct.unpack_from("<I", book, start)[0])
        elif kind == _DATEMODE and size >= 2:
            is_1904 = book[start] == 1
        elif kind == _FORMAT and size >= 5:
            codes[struct.unpack_from("<H", book, start)[0]] = _code(book, start, size)
        elif kind == _XF and size >= 4:
            formats.append(struct.unpack_from("<H", book, start + 2)[0])
    shown = [shown_as(number, codes.get(number), is_1904) for number in formats]
    dates = {style: kind for style, kind in enumerate(shown) if kind is not None}
    frames = [SheetFrame() for _ in places]
    for frame, place in zip(frames, places, strict=True):
        try:
            _fill(frame, book, place, dates)
        except _EndlessError:
            raise
        except BiffError as error:
            frame.fault = str(error)
    return frames


def _code(book: bytes, start: int, size: int) -> str:
    """The code of a record of a number format."""
    if struct.unpack_from("<H", book, 4)[0] < _SINCE_97:
        return book[start + 3 : start + size].decode("latin-1")
    encoding = "utf-16-le" if book[start + 4] & 1 else "latin-1"
    return book[start + 5 : start + size].decode(encoding, "replace")


def _numbers_in(book: bytes, kind: int, start: int, size: int) -> Iterator[tuple[int, float]]:
    """(style, number) of the cells of a record, from its first column on."""
    if kind == _MULRK:
        for place in range(start + 4, start + size - 7, 6):
            yield struct.unpack_from("<H", book, place)[0], _packed(book, place + 2)
        return
    (style,) = struct.unpack_from("<H", book, start + 4)
    if kind == _RK and size >= 10:
        yield style, _packed(book, start + 6)
    elif size >= 14 and (
        kind == _NUMBER or (kind in _FORMULA and book[start + 12 : start + 14] != _NO_NUMBER)
    ):
        yield style, struct.unpack_from("<d", book, start + 6)[0]


def _packed(book: bytes, place: int) -> float:
    """A number in four bytes: 30 bits of a whole one or of a double, maybe of hundredths."""
    (whole,) = struct.unpack_from("<i", book, place)
    (double,) = struct.unpack("<d", struct.pack("<q", (whole & ~3) << 32))
    number = whole >> 2 if whole & 2 else double
    return number / 100 if whole & 1 else float(number)


def _fill(frame: SheetFrame, book: bytes, place: int, dates: Mapping[int, Shown]) -> None:
    """Raises BiffError."""
    for kind, start, size in _records(book, place):
        if kind == _DIMENSIONS and size >= 10:
            wide = size >= 14  # since Excel 97
            top, bottom, left, right = struct.unpack_from("<IIHH" if wide else "<HHHH", book, start)
            if top > bottom or left > right:
                raise _EndlessError("a sheet is said to begin behind its end")
            frame.claimed = max(frame.claimed, bottom * right)
        if kind not in _CELLS or size < 6:
            continue
        row, column = struct.unpack_from("<HH", book, start)
        last = struct.unpack_from("<H", book, start + size - 2)[0] if kind == _MULRK else column
        frame.last_row = max(frame.last_row, row)
        frame.last_column = max(frame.last_column, last)
        if dates:
            for at, (style, number) in enumerate(_numbers_in(book, kind, start, size), column):
                if style in dates:
                    frame.dates[row, at] = number, dates[style]
        code: int | None = None
        if kind == _BOOLERR and size >= 8 and book[start + 7]:
            code = book[start + 6]
        elif kind in _FORMULA and size >= 14 and book[start + 12 : start + 14] == _NO_NUMBER:
            code = book[start + 8] if book[start + 6] == _IS_ERROR else None
        if code is not None:
            if code not in _ERRORS:
                raise BiffError(f"row {row + 1}: error value {code:#04x}")
            frame.errors[row, column] = _ERRORS[code]


def _records(book: bytes, place: int) -> Iterator[tuple[int, int, int]]:
    """(kind, start, size) of the records of one sheet, without those of charts inside it."""
    depth = 0
    while place + 4 <= len(book):
        kind, size = struct.unpack_from("<HH", book, place)
        place += 4
        if place + size > len(book) or (depth == 0 and kind != _BOF):
            break
        if kind == _BOF:
            depth += 1
        elif kind == _EOF:
            depth -= 1
            if depth == 0:
                return
        elif depth == 1:
            yield kind, place, size
        place += size
    raise BiffError("the records of a sheet begin or end where they should not")


def _streams(data: bytes) -> dict[str, bytes]:
    """Name → bytes of the streams of a compound file that a workbook may lie in."""
    if len(data) < 512:
        raise BiffError(f"{len(data)} bytes")
    shift, small_shift = struct.unpack_from("<HH", data, 30)
    _, first_entry, _, limit, small_first, _, far, _ = struct.unpack_from("<8I", data, 44)
    if shift not in (9, 12) or small_shift != 6:
        raise BiffError(f"sectors of 2^{shift} bytes")
    size = 1 << shift
    table = _sector_table(data, size, far)
    entries = _chain(data, size, size, table, first_entry)
    small_table = _numbers(_chain(data, size, size, table, small_first))
    small = b""
    found: dict[str, bytes] = {}
    for place in range(0, len(entries) - _ENTRY + 1, _ENTRY):
        name_size, kind = struct.unpack_from("<HB", entries, place + 64)
        first, length = struct.unpack_from("<II", entries, place + 116)
        name = entries[place : place + max(0, min(name_size, 64) - 2)].decode(
            "utf-16-le", "replace"
        )
        if kind == _ROOT:
            small = _chain(data, size, size, table, first)
        elif name == "EncryptedPackage":
            found[name] = b""
        elif kind == _STREAM and name in ("Workbook", "Book"):
            if length < limit:
                stream = _chain(small, 0, 1 << small_shift, small_table, first)
            else:
                stream = _chain(data, size, size, table, first)
            if len(stream) < length:
                raise BiffError(f"{len(stream)} of {length} bytes of the workbook are there")
            found[name] = stream[:length]
    return found


def _sector_table(data: bytes, size: int, far: int) -> list[int]:
    """The next sector for each sector."""
    listed = list(struct.unpack_from("<109I", data, 76))
    seen: set[int] = set()
    while far < _FREE:
        if far in seen:
            raise BiffError("the sector list runs in a circle")
        seen.add(far)
        *more, far = _numbers(_sector(data, size, size, far))
        listed += more
    return [
        number
        for sector in listed
        if sector < _FREE
        for number in _numbers(_sector(data, size, size, sector))
    ]


def _chain(data: bytes, base: int, size: int, table: list[int], first: int) -> bytes:
    """The sectors from `first` on, put together."""
    pieces: list[bytes] = []
    sector = first
    while sector < _FREE:
        if sector >= len(table) or len(pieces) > len(table):
            raise BiffError("a chain of sectors leads nowhere")
        pieces.append(_sector(data, base, size, sector))
        sector = table[sector]
    return b"".join(pieces)


def _sector(data: bytes, base: int, size: int, number: int) -> bytes:
    """One sector, counted behind `base` bytes; the last of a file may be short."""
    start = base + number * size
    if start >= len(data):
        raise BiffError("ends before its last sector")
    return data[start : start + size]


def _numbers(data: bytes) -> list[int]:
    return [number for (number,) in struct.iter_unpack("<I", data[: len(data) // 4 * 4])]
