"""GeoPackage: plain feature tables of an SQLite file, read without running anything in it.

SQLite is used directly and only to read: views, virtual tables and generated columns, which
would run what somebody else wrote, are refused, and an authorizer lets nothing but SELECT pass.
"""

import sqlite3
import struct
from collections.abc import Iterator
from contextlib import closing, contextmanager
from math import isfinite
from pathlib import Path
from typing import Any

from assets.landing.readers.geometry import GeometryError, wkb_hex_2d
from assets.landing.readers.headers import check_headers, clean_header
from assets.landing.readers.parts import choose_parts
from assets.landing.readers.records import check_text
from assets.landing.readers.request import GEOMETRY, Request
from assets.landing.readers.table import PartResult, PartWriter

SQLITE_MAGIC = b"SQLite format 3\0"
_HEADER = 100
_CATALOGUE = ("gpkg_contents", "gpkg_geometry_columns", "gpkg_spatial_ref_sys")
_ENVELOPES = (0, 32, 48, 48, 64)  # bytes, by the code in the flags
_EMPTY_POINT = "0101000000" + 2 * "000000000000F87F"
_ALLOWED = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ})


class _Text(bytes):
    """Text as SQLite holds it, told apart from a blob."""


def read_geopackage(request: Request) -> list[PartResult]:
    """The chosen feature tables in the order of their names, with column `__geometry__`.

    The primary key is a column like the others. Raises ReadError: not-a-geopackage, truncated,
    geopackage, geometry, sheet-missing, encoding, nul-bytes, bounds, header-mismatch.
    """
    _check_file(request)
    with _opened(request) as base, _guarded(request, ""):
        for name in _CATALOGUE:
            _check_plain(base, name, request, "not-a-geopackage")
        listed = base.execute(
            "SELECT table_name FROM gpkg_contents WHERE data_type = 'features' ORDER BY 1"
        )
        found = [_text(name, request, "", None) for (name,) in listed]
        results: list[PartResult] = []
        for place, table in enumerate(choose_parts(found, request, "layer")):
            with _guarded(request, table):
                results.append(_read_table(base, table, request, f"{place}.arrow"))
        return results


def geometry_hex(blob: bytes, srs_id: int) -> str:
    """2D WKB of a GeoPackage geometry. Raises GeometryError."""
    if len(blob) < 8 or blob[:2] != b"GP":
        raise GeometryError("no GeoPackage geometry")
    version, flags = blob[2], blob[3]
    envelope = flags >> 1 & 0b111
    if version != 0 or flags & 0b1110_0000 or envelope >= len(_ENVELOPES):
        raise GeometryError(f"geometry of version {version} with flags {flags:#04x}")
    (found,) = struct.unpack_from("<i" if flags & 1 else ">i", blob, 4)
    if found != srs_id:
        raise GeometryError(f"srs_id {found}, that of the layer is {srs_id}")
    wkb = blob[8 + _ENVELOPES[envelope] :]
    text = wkb_hex_2d(wkb)
    # An empty point and one of NaN are the same WKB; the flag says which is meant.
    if not flags & 0b1_0000 and text == _EMPTY_POINT:
        raise GeometryError("a coordinate that is not finite")
    return text


def _check_file(request: Request) -> None:
    """Raises ReadError `not-a-geopackage` or `truncated`."""
    with Path(request.path).open("rb") as file:
        head = file.read(_HEADER)
    if not head.startswith(SQLITE_MAGIC) or len(head) < _HEADER:
        raise request.error("not-a-geopackage", "no SQLite file", "a .gpkg")
    page_size, pages = struct.unpack_from(">H", head, 16)[0], struct.unpack_from(">I", head, 28)[0]
    size = (65536 if page_size == 1 else page_size) * pages
    # The number of pages is good only if the two counters agree (older programs leave it).
    if head[24:28] == head[92:96] and Path(request.path).stat().st_size < size:
        real = Path(request.path).stat().st_size
        raise request.error("truncated", f"{real} bytes", f"{size} bytes, as its header says")


@contextmanager
def _opened(request: Request) -> Iterator[sqlite3.Connection]:
    uri = f"{Path(request.path).as_uri()}?mode=ro&immutable=1"
    with closing(sqlite3.connect(uri, uri=True)) as base:
        base.text_factory = _Text  # not str, so that bad text is found with its row
        with _guarded(request, ""):
            base.execute("PRAGMA trusted_schema = OFF")
            base.execute("PRAGMA cell_size_check = ON")
        base.set_authorizer(_authorize)
        yield base


def _authorize(action: int, first: str | None, *_: str | None) -> int:
    reads = action in _ALLOWED or (action == sqlite3.SQLITE_PRAGMA and first == "table_xinfo")
    return sqlite3.SQLITE_OK if reads else sqlite3.SQLITE_DENY


@contextmanager
def _guarded(request: Request, part: str) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, UnicodeDecodeError) as error:  # also of a message that is no UTF-8
        raise request.error("not-a-geopackage", str(error), "a sound .gpkg", part) from None


def _check_plain(base: sqlite3.Connection, table: str, request: Request, code: str) -> None:
    """Raises ReadError with the code unless it is a table, not virtual, nothing generated."""
    made = base.execute(
        "SELECT sql FROM sqlite_master WHERE type IN ('table', 'view') AND name = ? COLLATE NOCASE",
        (table,),
    ).fetchall()
    what = ""
    if not made:
        what = f"no table '{table}'"
    elif any((sql or b"").upper().split()[:2] != [b"CREATE", b"TABLE"] for (sql,) in made):
        what = f"'{table}' is a view or a virtual table"
    elif any(row[6] for row in base.execute(f"PRAGMA table_xinfo({_quoted(table)})")):
        what = f"'{table}' has generated columns"
    if what:
        raise request.error(code, what, "a plain table, which runs nothing", table)


def _read_table(base: sqlite3.Connection, table: str, request: Request, file: str) -> PartResult:
    _check_plain(base, table, request, "geopackage")
    column, srs_id = _geometry_column(base, table, request)
    raw = [
        _text(row[1], request, table, None)
        for row in base.execute(f"PRAGMA table_xinfo({_quoted(table)})")
    ]
    if column not in raw:
        raise request.error("geopackage", f"no column '{column}'", "the geometry column", table)
    raw.remove(column)
    names = [clean_header(name) for name in raw]
    if "" in names or GEOMETRY in names:
        raise request.error("geopackage", f"columns {names}", "columns with other names", table)
    check_headers([*names, GEOMETRY], request, table, None)
    kept = [place for place, name in enumerate(names) if name not in request.personal_columns]
    headers = [*(names[place] for place in kept), GEOMETRY]
    writer = PartWriter(Path(request.folder) / file, headers, request, table)
    columns = ", ".join(_quoted(name) for name in [column, *(raw[place] for place in kept)])
    rows = base.execute(f"SELECT {columns} FROM {_quoted(table)} NOT INDEXED ORDER BY rowid")
    for row, (shape, *values) in enumerate(rows, start=1):
        cells = [_cell(value, request, table, row) for value in values]
        writer.add(row, [*cells, _shape(shape, srs_id, request, table, row)])
    writer.close()
    crs = _crs(base, srs_id, request, table)
    return PartResult(table, headers, file, crs=crs, has_lost=writer.has_lost)


def _geometry_column(base: sqlite3.Connection, table: str, request: Request) -> tuple[str, int]:
    found = base.execute(
        "SELECT column_name, srs_id FROM gpkg_geometry_columns WHERE table_name = ?", (table,)
    ).fetchall()
    if len(found) != 1 or not isinstance(found[0][1], int):
        raise request.error(
            "geopackage", f"{len(found)} geometry columns declared", "one with its srs_id", table
        )
    return _text(found[0][0], request, table, None), found[0][1]


def _crs(base: sqlite3.Connection, srs_id: int, request: Request, part: str) -> str | None:
    """`EPSG:n`, or the definition; None where the file says that it is undefined."""
    row = base.execute(
        "SELECT organization, organization_coordsys_id, definition FROM gpkg_spatial_ref_sys "
        "WHERE srs_id = ?",
        (srs_id,),
    ).fetchone()
    if row is None:
        raise request.error("geopackage", f"srs_id {srs_id} is not described", "its crs", part)
    if srs_id in (-1, 0):  # the standard: undefined cartesian and geographic
        return None
    organization = _text(row[0], request, part, None)
    if organization.upper() == "EPSG":
        return f"EPSG:{row[1]}"
    return _text(row[2], request, part, None)


def _shape(value: Any, srs_id: int, request: Request, part: str, row: int) -> str | None:
    if value is None:
        return None
    try:
        if isinstance(value, int | float):
            raise GeometryError("a number where a geometry should be")
        return geometry_hex(value, srs_id)
    except GeometryError as error:
        raise request.error("geometry", str(error), "a sound geometry", part, row) from None


def _cell(value: Any, request: Request, part: str, row: int) -> str | None:
    if value is None:
        return None
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        if not isfinite(value):
            raise request.error("geopackage", f"the number {value}", "a number", part, row)
        return repr(value)
    return _text(value, request, part, row)


def _text(value: Any, request: Request, part: str, row: int | None) -> str:
    """The text, checked. Raises ReadError: geopackage, encoding, nul-bytes, bounds."""
    if not isinstance(value, _Text):
        kind = "a blob" if isinstance(value, bytes) else f"{value!r}"
        raise request.error("geopackage", f"{kind} where text should be", "text", part, row)
    try:
        text = value.decode("utf-8")
    except UnicodeDecodeError as error:
        raise request.error("encoding", str(error), "text in UTF-8", part, row) from None
    check_text(text, "", request, part, row)
    return text


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
