"""KML and KMZ: one record a Placemark, streamed through expat without entities.

Headers are `name`, `description` and the names of the ExtendedData (Data and SimpleData); styles,
times, folders and views are not read. Nothing outside the file is ever read: a NetworkLink is
refused, since what it points to is missing here.
"""

import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from assets.landing.readers.errors import ReadError
from assets.landing.readers.geometry import geometry_cell
from assets.landing.readers.jsontext import Number
from assets.landing.readers.records import Record, clean, write_records
from assets.landing.readers.request import Request
from assets.landing.readers.table import PartResult
from assets.landing.readers.xmlstream import Attributes, DoctypeError, XmlError, local, stream
from assets.landing.readers.zips import DAMAGE, ZIP_MAGIC, open_zip

CRS = "EPSG:4326"  # the standard knows no other
_FIELDS = frozenset({"name", "description"})
_SIMPLE = frozenset({"Point", "LineString", "LinearRing"})
_GEOMETRY = _SIMPLE | {"Polygon", "MultiGeometry"}
_STRANGE = frozenset({"Model", "Track", "MultiTrack"})
_NUMBER = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_POSITION = re.compile(rf"({_NUMBER}),({_NUMBER})(?:,{_NUMBER})?")


class _KmlError(Exception):
    def __init__(self, code: str, what: str, expected: str, row: int | None = None) -> None:
        super().__init__(what)
        self.code, self.what, self.expected, self.row = code, what, expected, row


def read_kml(request: Request) -> list[PartResult]:
    """The one part "" with column `__geometry__`. Raises ReadError: not-a-kml, entity, external,
    geometry, kml, unsafe-zip, bounds, encoding, file-empty, header-mismatch.
    """
    result = write_records("", lambda: _records(request), request, "0.arrow", geometry_cell)
    result.crs = CRS
    return [result]


def _records(request: Request) -> Iterator[Record]:
    placemarks = _Placemarks()
    handlers = (placemarks.start, placemarks.end, placemarks.text)
    try:
        with _opened(request) as source:
            for _ in stream(source, *handlers):
                yield from placemarks.take()
    except ReadError:
        raise
    except DoctypeError:
        raise request.error(
            "entity", "declares a document type or entities", "KML, which has none"
        ) from None
    except _KmlError as error:
        raise request.error(error.code, error.what, error.expected, row=error.row) from None
    except (XmlError, *DAMAGE) as error:
        raise request.error("not-a-kml", str(error), "a sound .kml or .kmz") from None
    except (ValueError, LookupError) as error:
        # Of an encoding that expat cannot decode: it knows UTF-8, UTF-16 and single bytes.
        raise request.error("encoding", str(error), "KML in UTF-8") from None


@contextmanager
def _opened(request: Request) -> Iterator[IO[bytes]]:
    """The KML, or the one that lies in a KMZ."""
    with Path(request.path).open("rb") as file:
        if file.read(len(ZIP_MAGIC)) != ZIP_MAGIC:
            file.seek(0)
            yield file
            return
    with (
        open_zip(request, "not-a-kml") as archive,
        archive.open(_only_kml(archive, request)) as member,
    ):
        yield member


def _only_kml(archive: zipfile.ZipFile, request: Request) -> str:
    names = [name for name in archive.namelist() if name.lower().endswith(".kml")]
    if len(names) != 1:
        raise request.error("not-a-kml", f"{len(names)} .kml in the zip", "exactly one")
    return names[0]


class _Placemarks:
    """Handlers for the stream; finished records are taken by the caller."""

    def __init__(self) -> None:
        self._done: list[Record] = []
        self._row = 0
        self._path: list[str] = []  # local names of the open elements
        self._cells: dict[str, str] | None = None  # of the open Placemark
        self._header: str | None = None  # of the open Data or SimpleData
        self._pieces: list[str] | None = None
        self._geometry: Any = None
        self._open: list[dict[str, Any]] = []  # geometries that enclose each other

    def take(self) -> Iterator[Record]:
        """The records finished since the last call."""
        done, self._done = self._done, []
        return iter(done)

    def start(self, tag: str, attributes: Attributes) -> None:
        """Handler for the beginning of an element."""
        name = local(tag)
        if not self._path and name != "kml":
            raise _KmlError("not-a-kml", f"an XML file of '{name}'", "a file of 'kml'")
        self._path.append(name)
        if name == "NetworkLink":
            what = "a NetworkLink: its data lies outside the file"
            raise _KmlError("external", what, "all data in the file", self._row or None)
        if name == "Placemark":
            if self._cells is not None:
                raise self._wrong("kml", "a Placemark in a Placemark", "one after the other")
            self._row += 1
            self._cells, self._geometry, self._open = {}, None, []
        elif self._cells is None:
            return
        elif name in ("Data", "SimpleData"):
            self._header = attributes.get("name", "")
            if name == "SimpleData":
                self._pieces = []
        elif name == "value" and self._header is not None:
            self._pieces = []
        elif self._path[-2] == "Placemark" and name in _FIELDS:
            self._header, self._pieces = name, []
        elif name == "coordinates":
            self._pieces = []
        elif name in _STRANGE:
            raise self._wrong("geometry", f"a {name}", f"one of {', '.join(sorted(_GEOMETRY))}")
        elif name in _GEOMETRY:
            self._open.append({"type": name, "coordinates": [], "geometries": []})

    def text(self, piece: str) -> None:
        """Handler for text."""
        if self._pieces is not None:
            self._pieces.append(piece)

    def end(self, tag: str) -> None:
        """Handler for the end of an element."""
        name = local(tag)
        self._path.pop()
        if self._cells is None:
            return
        if name == "Placemark":
            self._done.append(Record(self._cells, self._geometry))
            self._cells = None
        elif name == "coordinates":
            self._take_coordinates()
        elif self._open and name == self._open[-1]["type"]:
            self._close_geometry(self._open.pop())
        elif self._header is not None and name in ("value", "SimpleData", *_FIELDS):
            self._take_cell(self._header)
        if name in ("Data", "SimpleData", *_FIELDS):
            self._header = None

    def _take_cell(self, header: str) -> None:
        if self._pieces is None or self._cells is None:
            return
        text, self._pieces = "".join(self._pieces), None
        header = clean(header)
        if header in self._cells:
            raise self._wrong("header-mismatch", f"'{header}' twice", "each name once")
        if text:
            self._cells[header] = text

    def _take_coordinates(self) -> None:
        text, self._pieces = "".join(self._pieces or []), None
        if not self._open or self._open[-1]["type"] not in _SIMPLE:
            raise self._wrong("geometry", "coordinates without a geometry", "a sound geometry")
        positions: list[list[Number]] = []
        for word in text.split():
            match = _POSITION.fullmatch(word)
            if match is None:
                raise self._wrong("geometry", f"{word[:60]!r} is no position", "lon,lat[,height]")
            positions.append([Number(match.group(1)), Number(match.group(2))])
        self._open[-1]["coordinates"] = positions

    def _close_geometry(self, closed: dict[str, Any]) -> None:
        """Put the finished geometry where it belongs: polygon, collection or record."""
        kind = closed["type"]
        if kind == "LinearRing":
            if not self._open or self._open[-1]["type"] != "Polygon":
                raise self._wrong("geometry", "a LinearRing alone", "a Polygon or a LineString")
            polygon = self._open[-1]["coordinates"]
            outer = "outerBoundaryIs" in self._path[-1:]
            if outer == bool(polygon):
                raise self._wrong("geometry", "not one outer ring before the inner", "one outer")
            polygon.append(closed["coordinates"])
            return
        if not closed["coordinates"] and not closed["geometries"]:
            raise self._wrong("geometry", f"a {kind} without coordinates", "a sound geometry")
        if kind == "Point":
            if len(closed["coordinates"]) > 1:
                raise self._wrong("geometry", "a Point of several positions", "one position")
            closed["coordinates"] = closed["coordinates"][0]
        elif kind == "MultiGeometry":
            closed = _multiple(closed["geometries"])
        if self._open:
            self._open[-1]["geometries"].append(closed)
        elif self._geometry is not None:
            raise self._wrong("geometry", "two geometries", "one, or a MultiGeometry")
        else:
            self._geometry = closed

    def _wrong(self, code: str, what: str, expected: str) -> _KmlError:
        return _KmlError(code, what, expected, self._row)


def _multiple(members: list[dict[str, Any]]) -> dict[str, Any]:
    """MultiPoint, MultiLineString or MultiPolygon of members of one kind, else a collection."""
    kinds = {member["type"] for member in members}
    kind = kinds.pop()
    if kinds or kind.startswith(("Multi", "Geometry")):
        return {"type": "GeometryCollection", "geometries": members}
    return {
        "type": f"Multi{kind}",
        "coordinates": [member["coordinates"] for member in members],
    }
