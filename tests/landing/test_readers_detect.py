"""Which of several declared formats a file is in: its bytes say it."""

import zipfile
from pathlib import Path

import pytest

from assets.landing.readers import read_delivery

from .test_readers import declare, refused
from .test_readers_json import written
from .test_readers_xlsx import simple


def test_several_formats_are_told_apart_by_bytes(tmp_path: Path) -> None:
    source = declare("csv", ["a"], format=["csv", "xlsx", "json"])
    rows = {
        "csv": written(tmp_path, "a\n1\n", "a.json"),
        "xlsx": simple(tmp_path / "b.csv", [["a"], [1]]),
        "json": written(tmp_path, '[{"a": 1}]', "c.xlsx"),
        "script": written(tmp_path, 'var a = [{"a": 1}]', "d.csv"),
    }
    for kind, path in rows.items():
        assert read_delivery(path, source)[0].rows["a"].to_list() == ["1"], kind


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old or encrypted workbook"),
        (b"SQLite format 3\0", "an SQLite file"),
        (b"\0\0\x27\x0a", "a .shp"),
        (
            b"\x89PNG\r\n\x1a\n\0\0",
            "binary data, or UTF-16 without a byte order mark (then save it as UTF-8)",
        ),
        (b"<!DOCTYPE html><html>", "XML or HTML"),
        (b"<?xml version='1.0'?><kml>", "KML"),
        (b'{"type": "FeatureCollection"}', "GeoJSON"),
        (b'{"a": 1}', "JSON"),
        (b"[1]", "JSON"),
        (b"export default []", "a JavaScript module"),
    ],
)
def test_what_fits_no_declared_format(tmp_path: Path, data: bytes, words: str) -> None:
    source = declare("csv", ["a"], format=["csv", "shapefile"], crs="EPSG:4490")
    if words == "a .shp":
        source = declare("csv", ["a"], format=["csv", "json"])
    error = refused(written(tmp_path, data, "a.csv"), source)
    assert error.code == "format"
    assert f"look like {words};" in str(error)
    assert "declared formats: csv" in str(error)


def test_zips_are_told_apart_by_members(tmp_path: Path) -> None:
    source = declare("csv", ["a"], format=["csv", "json"])
    for name, words in (("a.SHP", "a zip with a .shp"), ("b/doc.kml", ".kml"), ("x", "without")):
        path = tmp_path / "a.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(name, "x")
        error = refused(path, source)
        assert error.code == "format"
        assert words in str(error)
    assert refused(simple(tmp_path / "b.xlsx", [["a"]]), source).code == "format"
    assert refused(written(tmp_path, b"PK\x03\x04 cut"), source).code == "format"
