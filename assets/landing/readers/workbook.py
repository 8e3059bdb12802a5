"""Worksheets (.xlsx, .xlsm): the text of each cell as it stands in the XML.

A number is its digits in the file (191.38992899999999, not what a float prints), or the date that
it is shown as (dates.py says why), a formula its stored result (its own text where none is stored),
a boolean TRUE or FALSE, an error its text. Nothing is allocated by the size that a sheet claims to
have.
"""

import posixpath
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import IO, TypeVar

from assets.landing.readers import fastsheet
from assets.landing.readers.errors import ReadError
from assets.landing.readers.oldworkbook import read_xls
from assets.landing.readers.parts import choose_parts, refuse_unread
from assets.landing.readers.request import Request
from assets.landing.readers.sharedstrings import Strings, read_strings
from assets.landing.readers.sheet import FAULTS, CellError, SheetRows, SheetScan
from assets.landing.readers.styles import Dates, read_dates
from assets.landing.readers.table import PartResult, Row, write_table
from assets.landing.readers.wide import check_alike
from assets.landing.readers.xmlstream import Attributes, DoctypeError, local, stream
from assets.landing.readers.zips import DAMAGE, open_zip

T = TypeVar("T")

_OLE_MAGIC = b"\xd0\xcf\x11\xe0"


def read_xlsx(request: Request) -> list[PartResult]:
    """The declared sheets in the order of the workbook. Raises ReadError: not-a-workbook,
    sheet-missing, entity, bounds, unsafe-zip, header-mismatch, units-mismatch.
    """
    with open(request.path, "rb") as file:
        is_old = file.read(4) == _OLE_MAGIC
    if is_old:
        return read_xls(request)
    with open_zip(request, "not-a-workbook") as archive:
        return _Workbook(archive, request).read()


@dataclass
class _Directory:
    """Sheet name → member, in the order of the workbook; members of strings and styles."""

    sheets: dict[str, str] = field(default_factory=dict)
    strings: str | None = None
    styles: str | None = None
    is_1904: bool = False  # days are counted from 1904


class _Workbook:
    def __init__(self, archive: zipfile.ZipFile, request: Request) -> None:
        self._archive = archive
        self._request = request
        self._names = {name.lower(): name for name in archive.namelist()}
        self._part = ""
        self._dates: Dates = {}

    def read(self) -> list[PartResult]:
        directory = self._directory()
        sheets = directory.sheets
        wanted = choose_parts(list(sheets), self._request, "sheet")
        strings = self._strings(directory.strings) if directory.strings else Strings.of([])
        self._dates = self._read_dates(directory)
        for name in sheets:
            if name not in wanted:
                self._refuse_unread(name, sheets[name], strings)
        results: list[PartResult] = []
        for place, name in enumerate(wanted):
            self._part = name
            file = f"{place}.arrow"
            fast = self._read_fast(name, sheets[name], strings, file)
            results.append(fast or self._read_any(name, sheets[name], strings, file))
        check_alike({result.part: result.headers for result in results}, self._request)
        return results

    def _read_fast(self, name: str, member: str, strings: Strings, file: str) -> PartResult | None:
        """The part of a sheet as programs write it, else None."""
        opened = partial(self._open, member)
        titles: list[Row] = []
        rows = self._rows(member, strings, titles)
        try:
            return fastsheet.read_plain(
                name, opened, rows, titles, strings, self._dates, self._request, file
            )
        except ReadError:
            return None  # what is wrong further down may come first

    def _refuse_unread(self, name: str, member: str, strings: Strings) -> None:
        titles: list[Row] = []
        self._part = name
        try:
            merges = self._guarded(member, self._scan).merges
        except ReadError:
            return  # what is not read may be broken
        refuse_unread(name, self._rows(member, strings, titles), titles, merges, self._request)

    def _read_any(self, name: str, member: str, strings: Strings, file: str) -> PartResult:
        scan = self._guarded(member, self._scan)
        titles: list[Row] = []
        rows = self._rows(member, strings, titles)
        return write_table(name, rows, self._request, file, merges=scan.merges, titles=titles)

    def _directory(self) -> _Directory:
        top = self._relations("_rels/.rels", "")
        book = next((path for kind, path in top.values() if kind == "officeDocument"), None)
        if book is None:
            raise self._broken("no workbook in the package")
        folder, base = posixpath.split(book)
        relations = self._relations(f"{folder}/_rels/{base}.rels".lstrip("/"), folder)
        members = {kind: path for kind, path in reversed(relations.values())}
        found = _Directory({}, members.get("sharedStrings"), members.get("styles"))

        def start(tag: str, attributes: Attributes) -> None:
            if local(tag) == "workbookPr":
                found.is_1904 = attributes.get("date1904") in ("1", "true")
            if local(tag) != "sheet":
                return
            link = next((v for k, v in attributes.items() if k != "id" and local(k) == "id"), "")
            kind, path = relations.get(link, ("", ""))
            if kind == "worksheet":
                found.sheets[attributes.get("name", "")] = path

        self._guarded(book, lambda source: _drain(stream(source, start)))
        return found

    def _relations(self, member: str, folder: str) -> dict[str, tuple[str, str]]:
        """Relation id → (kind, path of the member it points to)."""
        found: dict[str, tuple[str, str]] = {}

        def start(tag: str, attributes: Attributes) -> None:
            if local(tag) == "Relationship" and attributes.get("TargetMode") != "External":
                kind = attributes.get("Type", "").rpartition("/")[2]
                target = posixpath.normpath(posixpath.join("/", folder, attributes["Target"]))
                found[attributes.get("Id", "")] = (kind, target.lstrip("/"))

        self._guarded(member, lambda source: _drain(stream(source, start)))
        return found

    def _strings(self, member: str) -> Strings:
        if plain := fastsheet.read_strings(partial(self._open, member), self._request):
            return plain
        most = self._request.max_cell_chars
        return Strings.of(self._guarded(member, lambda source: read_strings(source, most)))

    def _read_dates(self, directory: _Directory) -> Dates:
        """The styles that show dates; none where there are no styles."""
        member = directory.styles
        if member is None or member.lower() not in self._names:
            return {}
        return self._guarded(member, lambda source: read_dates(source, directory.is_1904))

    def _scan(self, source: IO[bytes]) -> SheetScan:
        """The extent of the filled cells, checked. Raises ReadError `bounds`."""
        scan = SheetScan()
        _drain(stream(source, scan.start))
        area = scan.last_row * scan.last_column
        if max(area, scan.filled) > self._request.max_cells:
            raise self._request.error(
                "bounds",
                f"filled cells reach row {scan.last_row} and column {scan.last_column}",
                f"an extent of at most {self._request.max_cells} cells",
                self._part,
                scan.last_row,
            )
        return scan

    def _rows(self, member: str, strings: Strings, titles: list[Row]) -> Iterator[Row]:
        """Rows behind the title rows, with their sheet row as place and as number.

        The title rows are put into `titles` before the first row is given.
        """
        title_rows = self._request.title_rows
        part = self._part
        with self._open(member) as source:
            reader = SheetRows(strings.listed, self._dates, self._request.max_cell_chars)
            pieces = stream(source, reader.start, reader.end, reader.text)
            try:
                for _ in pieces:
                    for number, cells in reader.take():
                        if number > title_rows:
                            yield number, number, cells
                        else:
                            titles.append((number, number, cells))
            except FAULTS as error:
                raise self._say(error, member, part) from None

    def _guarded(self, member: str, work: Callable[[IO[bytes]], T]) -> T:
        """work(opened member), its errors turned into ReadError."""
        with self._open(member) as source:
            try:
                return work(source)
            except FAULTS as error:
                raise self._say(error, member, self._part) from None

    def _open(self, member: str) -> IO[bytes]:
        name = self._names.get(member.lower())
        if name is None:
            raise self._broken(f"no {member} in the package")
        try:
            return self._archive.open(name)
        except (OSError, *DAMAGE) as error:
            raise self._broken(f"{member}: {error}") from None

    def _say(self, error: Exception, member: str, part: str) -> Exception:
        if isinstance(error, ReadError):
            return error
        if isinstance(error, DoctypeError):
            return self._request.error(
                "entity",
                f"{member} declares a document type or entities",
                "the XML of a spreadsheet program, which has none",
                part,
            )
        if isinstance(error, CellError):
            expected = "a workbook as a spreadsheet program writes it"
            return self._request.error(error.code, error.what, expected, part, error.row)
        return self._broken(f"{member}: {error}")

    def _broken(self, what: str) -> Exception:
        return self._request.error("not-a-workbook", what, "a sound .xlsx workbook", self._part)


def _drain(pieces: Iterator[None]) -> None:
    for _ in pieces:
        pass
