"""Hostile and broken json, KML, GeoPackage and old workbooks."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import xlwt

from tests.landing.test_readers import declare

from .case import Hostile

JSON = declare("json", ["企业"])
KML = declare("kml", ["name"])
PACKAGE = declare("geopackage", ["fid", "name"])
OLD = declare("xlsx", ["企业"], parts=["表1"])

_KML = '<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{}</Document></kml>'
_MARK = "<Placemark><name>{}</name><Point><coordinates>{}</coordinates></Point></Placemark>"


def text(name: str, content: str) -> Callable[[Path], Path]:
    """Builds a file of this text."""

    def build(folder: Path) -> Path:
        path = folder / name
        path.write_text(content, encoding="utf-8")
        return path

    return build


def kml(content: str, before: str = "") -> Callable[[Path], Path]:
    """Builds a KML with this document, and this in front of it."""
    return text("a.kml", before + _KML.format(content))


def kmz(member: str, size: int = 0) -> Callable[[Path], Path]:
    """Builds a kmz of one member, with blanks behind it."""

    def build(folder: Path) -> Path:
        path = folder / "a.kmz"
        with ZipFile(path, "w", ZIP_DEFLATED) as archive:
            archive.writestr(member, _KML.format(_MARK.format("甲", "106,38")) + " " * size)
        return path

    return build


def package(statement: str) -> Callable[[Path], Path]:
    """Builds an SQLite file that calls itself a GeoPackage, with a table made so."""

    def build(folder: Path) -> Path:
        path = folder / "a.gpkg"
        with sqlite3.connect(path) as base:
            base.execute("PRAGMA application_id = 1196444487")
            base.execute(
                "CREATE TABLE gpkg_contents (table_name TEXT, data_type TEXT, identifier TEXT, "
                "srs_id INTEGER)"
            )
            base.execute(
                "CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT, "
                "geometry_type_name TEXT, srs_id INTEGER, z INTEGER, m INTEGER)"
            )
            base.execute(
                "CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT, srs_id INTEGER, "
                "organization TEXT, organization_coordsys_id INTEGER, definition TEXT)"
            )
            base.execute("INSERT INTO gpkg_contents VALUES ('layer', 'features', 'layer', 4490)")
            base.execute(
                "INSERT INTO gpkg_geometry_columns VALUES ('layer', 'geom', 'POINT', 4490, 0, 0)"
            )
            base.execute(
                "INSERT INTO gpkg_spatial_ref_sys VALUES ('c', 4490, 'EPSG', 4490, 'undefined')"
            )
            base.executescript(statement)
        base.close()
        return path

    return build


def old(change: Callable[[bytes], bytes]) -> Callable[[Path], Path]:
    """Builds a sound .xls and changes its bytes."""

    def build(folder: Path) -> Path:
        book = xlwt.Workbook()
        sheet = book.add_sheet("表1")
        sheet.write(0, 0, "企业")
        sheet.write(1, 0, "甲厂")
        path = folder / "a.xls"
        book.save(str(path))
        path.write_bytes(change(path.read_bytes()))
        return path

    return build


_ENTITIES = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "lol"}">' for n in range(10))
_PLACES = "(fid INTEGER PRIMARY KEY, geom BLOB, name TEXT)"

CASES = [
    Hostile("json deep", text("a.json", "[" * 100_000 + "]" * 100_000), JSON, "json"),
    Hostile("json doubled key", text("a.json", '[{"企业": "甲", "企业": "乙"}]'), JSON, "json"),
    Hostile("json cut", text("a.json", '[{"企业": "甲"}, {"企业": "乙'), JSON, "json"),
    Hostile("json that runs", text("a.js", 'var a = [{"企业": f()}];'), JSON, "json"),
    Hostile(
        "json cell too long",
        text("a.json", '[{"企业": "' + "长" * 2000 + '"}]'),
        JSON,
        "bounds",
        limits={"max_cell_chars": 1000},
    ),
    Hostile(
        "json html",
        text("a.json", "<html><body>404 Not Found</body></html>"),
        JSON,
        "json",
    ),
    Hostile("kml entities", kml("&e9;", f"<!DOCTYPE kml [{_ENTITIES}]>"), KML, "entity"),
    Hostile(
        "kml external entity",
        kml("&x;", '<!DOCTYPE kml [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
        KML,
        "entity",
    ),
    Hostile(
        "kml network link",
        kml("<NetworkLink><Link><href>http://localhost/</href></Link></NetworkLink>"),
        KML,
        "external",
    ),
    Hostile("kml nan", kml(_MARK.format("甲", "nan,38")), KML, "geometry"),
    Hostile("kml no kml", text("a.kml", "<svg/>"), KML, "not-a-kml"),
    Hostile("kmz leads out", kmz("../a.kml"), KML, "unsafe-zip"),
    Hostile("kmz bomb", kmz("a.kml", 200 << 20), KML, "bounds"),
    Hostile(
        "geopackage view",
        package(f"CREATE TABLE t {_PLACES}; CREATE VIEW layer AS SELECT fid, geom, name FROM t;"),
        PACKAGE,
        "geopackage",
    ),
    Hostile(
        "geopackage broken geometry",
        package(f"CREATE TABLE layer {_PLACES}; INSERT INTO layer VALUES (1, x'00', '甲');"),
        PACKAGE,
        {"geometry", "geopackage"},
    ),
    Hostile("geopackage text", text("a.gpkg", "fid,name\n1,甲\n"), PACKAGE, "not-a-geopackage"),
    Hostile("xls cut", old(lambda data: data[: len(data) // 2]), OLD, "not-a-workbook"),
    Hostile(
        "xls of noise",
        old(lambda data: data[:512] + bytes(n % 251 for n in range(len(data) - 512))),
        OLD,
        "not-a-workbook",
    ),
    Hostile("xls renamed text", text("a.xls", "企业\n甲厂\n"), OLD, "not-a-workbook"),
]
