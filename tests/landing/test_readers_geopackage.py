"""GeoPackage: plain tables only, nothing in the file is run, geometry without its header."""

import sqlite3
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio.raw
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from assets.landing.declaration import SourceDeclaration
from assets.landing.readers import read_delivery
from assets.landing.readers.geometry import GeometryError
from assets.landing.readers.geopackage import geometry_hex

from .test_readers import declare, refused
from .test_readers_json import written
from .test_readers_vector import SQUARE, features, of, shapes


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """Two layers with Z, in 4490 and 4326; GDAL makes fid, an rtree and triggers of its own."""
    path = tmp_path / "园区.gpkg"
    for layer, crs, append in (("园区_2019", "EPSG:4490", False), ("园区_2020", "EPSG:4326", True)):
        pyogrio.raw.write(
            path,
            layer=layer,
            geometry=np.array(
                [shapely.to_wkb(shapely.force_3d(SQUARE, 5)), shapely.to_wkb(SQUARE), None]
            ),
            field_data=[np.array(["宁东", "石嘴山", None], dtype=object), np.array([1.5, 2, 3e-7])],
            fields=["名称", "面积"],
            geometry_type="Unknown",
            driver="GPKG",
            crs=crs,
            append=append,
        )
    return path


def changed(path: Path, *statements: str) -> Path:
    """The package after the statements, with SQLite as another program would use it."""
    with sqlite3.connect(path) as base:
        for function in ("ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY", "ST_IsEmpty"):
            base.create_function(function, 1, lambda _: 0)
        for statement in statements:
            base.execute(statement)
    base.close()
    return path


def declare_gpkg(**more: Any) -> SourceDeclaration:
    """Both columns of the layers."""
    return declare("geopackage", ["名称", "面积"], ignored_columns=["fid"], **more)


ONE = declare_gpkg(parts=["园区_2020"])


def test_geopackage_layers(package: Path) -> None:
    before = package.read_bytes()
    error = refused(package, declare_gpkg())
    assert error.code == "sheet-missing"
    assert "'园区_2019', '园区_2020'" in str(error)
    (part,) = read_delivery(package, declare_gpkg(parts=["园区_2020"]))
    assert (part.part, part.crs) == ("园区_2020", "EPSG:4326")
    assert part.headers == ("fid", "名称", "面积", "__geometry__")
    assert [row[:4] for row in part.rows.rows()] == [
        (1, "1", "宁东", "1.5"),
        (2, "2", "石嘴山", "2.0"),
        (3, "3", None, "3e-07"),
    ]
    found = shapes(part)
    assert found[2] is None
    assert found[0].equals_exact(SQUARE, 0) and not found[0].has_z
    both = read_delivery(package, declare_gpkg(part_pattern=r"园区_(?P<year>\d+)"))
    assert [(part.part, part.crs) for part in both] == [
        ("园区_2019", "EPSG:4490"),
        ("园区_2020", "EPSG:4326"),
    ]
    assert refused(package, declare_gpkg(part_pattern="企业.*")).code == "sheet-missing"
    assert refused(package, declare_gpkg(parts=["企业"])).part == "企业"
    assert refused(package, declare("geopackage", ["名称"], parts=["园区_2020"])).code == (
        "header-mismatch"
    )
    assert package.read_bytes() == before
    assert not list(package.parent.glob("*-*"))  # neither a journal nor shared memory


def test_geopackage_personal_columns_are_not_even_read(package: Path) -> None:
    changed(package, "UPDATE \"园区_2020\" SET 名称 = x'00'")
    private = declare(
        "geopackage", ["面积"], parts=["园区_2020"], ignored_columns=["fid"],
        personal_columns=["名称"],
    )  # fmt: skip
    assert read_delivery(package, private)[0].headers == ("fid", "面积", "__geometry__")
    assert refused(package, ONE).code == "geopackage"


def test_geopackage_in_another_journal_mode(package: Path) -> None:
    with sqlite3.connect(package) as base:
        base.execute("PRAGMA journal_mode = WAL")
    base.close()
    assert read_delivery(package, ONE)[0].rows.height == 3


@pytest.mark.parametrize(
    ("statements", "code"),
    [
        (["UPDATE 园区_2020 SET 名称 = x'ff00'"], "geopackage"),
        (["UPDATE 园区_2020 SET 名称 = CAST(x'ff' AS TEXT)"], "encoding"),
        (["UPDATE 园区_2020 SET 名称 = '甲\ufffd'"], "encoding"),
        (["UPDATE 园区_2020 SET 名称 = CAST(x'6100' AS TEXT)"], "nul-bytes"),
        (["UPDATE 园区_2020 SET 面积 = 9e999"], "geopackage"),
        (["DROP TABLE gpkg_geometry_columns"], "not-a-geopackage"),
        (["DELETE FROM gpkg_geometry_columns"], "geopackage"),
        (["UPDATE gpkg_geometry_columns SET column_name = 'other'"], "geopackage"),
        (["ALTER TABLE 园区_2020 ADD twice AS (面积 * 2)"], "geopackage"),
        (
            [
                "ALTER TABLE 园区_2020 RENAME TO real",
                "UPDATE gpkg_contents SET table_name = '园区_2020' WHERE table_name = 'real'",
                "CREATE VIEW 园区_2020 AS SELECT * FROM real",
            ],
            "geopackage",
        ),
        (
            [
                "ALTER TABLE 园区_2020 RENAME TO real",
                "UPDATE gpkg_contents SET table_name = '园区_2020' WHERE table_name = 'real'",
                "CREATE VIRTUAL TABLE 园区_2020 USING fts5(名称)",
            ],
            "geopackage",
        ),
        (
            [
                "ALTER TABLE gpkg_contents RENAME TO real",
                "CREATE VIEW gpkg_contents AS SELECT * FROM real",
            ],
            "not-a-geopackage",
        ),
        (["DROP TABLE 园区_2020"], "geopackage"),
    ],
)
def test_geopackages_that_are_refused(package: Path, statements: list[str], code: str) -> None:
    assert read_delivery(package, ONE)[0].rows.height == 3
    setting = ["PRAGMA foreign_keys = OFF", "PRAGMA legacy_alter_table = ON"]
    assert refused(changed(package, *setting, *statements), ONE).code == code


def test_geopackage_crs(package: Path) -> None:
    undefined = [
        "UPDATE gpkg_geometry_columns SET srs_id = 0",
        "UPDATE 园区_2020 SET geom = NULL",
    ]
    assert read_delivery(changed(package, *undefined), ONE)[0].crs is None
    own = [
        "UPDATE gpkg_geometry_columns SET srs_id = 99",
        "INSERT INTO gpkg_spatial_ref_sys VALUES ('own', 99, 'NONE', 99, 'GEOGCS[\"own\"]', '')",
    ]
    assert read_delivery(changed(package, *own), ONE)[0].crs == 'GEOGCS["own"]'
    unknown = changed(package, "UPDATE gpkg_geometry_columns SET srs_id = 98")
    assert refused(unknown, ONE).code == "geopackage"


def test_geopackage_geometry_names_the_row(package: Path) -> None:
    for value in ("x'00'", "7", "'text'", "(SELECT geom FROM 园区_2019 WHERE fid = 1)"):
        statement = f"UPDATE 园区_2020 SET geom = {value} WHERE fid = 2"
        error = refused(changed(package, statement), ONE)
        assert (error.code, error.part, error.row) == ("geometry", "园区_2020", 2), value


def test_what_is_no_geopackage(package: Path, tmp_path: Path) -> None:
    whole = package.read_bytes()
    for text in (b"a,b\n", b"SQLite format 3\0"):
        assert refused(written(tmp_path, text), ONE).code == "not-a-geopackage"
    for size in (200, 4096, len(whole) // 2, len(whole) - 1):
        assert refused(written(tmp_path, whole[:size]), ONE).code == "truncated"
    damaged = whole[:100] + bytes(4000) + whole[4100:]
    assert refused(written(tmp_path, damaged), ONE).code == "not-a-geopackage"
    plain = tmp_path / "plain.gpkg"
    changed(plain, "CREATE TABLE a (b)")
    assert refused(plain, ONE).code == "not-a-geopackage"


def test_geopackage_by_its_bytes(package: Path, tmp_path: Path) -> None:
    several = declare(
        "geopackage",
        ["名称", "面积"],
        format=["geojson", "geopackage", "kml", "shapefile"],
        ignored_columns=["fid"],
        parts=["园区_2020"],
    )
    assert read_delivery(package, several)[0].rows.height == 3
    layer = features(of("Point", "[1, 2]")).replace('{"名称": 0.0}', '{"名称": "甲", "面积": 1}')
    several = several.model_copy(update={"parts": []})
    assert read_delivery(written(tmp_path, layer, "b.shp"), several)[0].rows.height == 1


def header(srs_id: int, flags: int, envelope: bytes = b"", version: int = 0) -> bytes:
    order = "<" if flags & 1 else ">"
    return b"GP" + bytes([version, flags]) + struct.pack(f"{order}i", srs_id) + envelope


@given(
    st.integers(-(2**31), 2**31 - 1),
    st.integers(0, 4),
    st.booleans(),
    st.tuples(*[st.floats(-180, 180)] * 2),
    st.sampled_from([2, 3]),
    st.booleans(),
)
def test_geopackage_header(
    srs_id: int, envelope: int, little: bool, place: tuple[float, float], dims: int, ewkb: bool
) -> None:
    point = shapely.Point(*place, 9) if dims == 3 else shapely.Point(*place)
    wkb = shapely.to_wkb(point, flavor="extended" if ewkb else "iso", byte_order=int(little))
    size = (0, 32, 48, 48, 64)[envelope]
    blob = header(srs_id, envelope << 1 | int(little), bytes(size)) + wkb
    expected = shapely.to_wkb(shapely.Point(*place), hex=True, byte_order=1)
    assert geometry_hex(blob, srs_id) == expected
    for damaged in (blob + b"\0", blob[:-1], blob[: 8 + size], blob[:7], b"gp" + blob[2:]):
        with pytest.raises(GeometryError):
            geometry_hex(damaged, srs_id)
    with pytest.raises(GeometryError):
        geometry_hex(blob, srs_id ^ 1)


@pytest.mark.parametrize(
    "blob",
    [
        header(4490, 1, version=1) + shapely.to_wkb(SQUARE),
        header(4490, 1 | 5 << 1) + shapely.to_wkb(SQUARE),
        header(4490, 1 | 0b10_0000) + shapely.to_wkb(SQUARE),
        header(4490, 1) + struct.pack("<BIdd", 1, 1, float("nan"), float("nan")),
        header(4490, 1) + struct.pack("<BII4d", 1, 2, 2, float("inf"), 1, 2, 3),
        header(4490, 1) + struct.pack("<BII2d", 1, 2, 1, 1, 2),
        header(4490, 1) + struct.pack("<BIII6d", 1, 3, 1, 3, 0, 0, 1, 1, 0, 0),
        header(4490, 1) + struct.pack("<BIII8d", 1, 3, 1, 4, 0, 0, 1, 0, 1, 1, 0, 1),
        header(4490, 1) + struct.pack("<BII6d", 1, 8, 3, 0, 0, 1, 1, 2, 0),
        header(4490, 1) + struct.pack("<BII", 1, 3, 2**31),
        header(4490, 1),
    ],
)
def test_geopackage_geometries_that_are_refused(blob: bytes) -> None:
    with pytest.raises(GeometryError):
        geometry_hex(blob, 4490)


def test_empty_point_of_a_geopackage() -> None:
    nothing = struct.pack("<BIdd", 1, 1, float("nan"), float("nan"))
    text = geometry_hex(header(4490, 0b1_0001) + nothing, 4490)
    assert shapely.from_wkb(bytes.fromhex(text)).is_empty
