"""Rules on published layers and world-wide lists: all of them keep the row."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
import shapely

from assets.landing.rules import rules_for
from assets.landing.rules.layers import layer_rules
from assets.landing.rules.points import named_province_rules
from quality.contracts.layers import CnCounty
from quality.contracts.plants import GemCoalUnit
from quality.contracts.zones import TwPark
from tests.frames import frame
from tests.landing.ruling import broken, judged, rule_reference

LAYERS = [
    "tw_parks",
    "cn_counties",
    "cn_districts",
    "cn_country",
    "cn_provinces_lambert",
    "cn_divisions_geojson",
    "ocha_adm1",
    "ocha_adm2",
]
KEEPING = [*LAYERS, "zone_catalogue", "eutl", "gem_coal", "gem_steel", "wri_plants"]
BOX = shapely.box(200_000, 2_700_000, 201_000, 2_701_000)  # 100 ha
BOW = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])


@pytest.mark.parametrize("source_id", KEEPING)
def test_no_rule_of_a_published_list_takes_a_row_out(source_id: str) -> None:
    rules = rules_for(source_id, rule_reference(source_id))
    assert {rule.severity for rule in rules} == {"warning"}
    assert ("POL1w" in {rule.rule_id for rule in rules}) == (source_id in LAYERS)


@pytest.mark.parametrize(
    ("text", "bad"),
    [
        (BOX.wkb_hex, False),
        (shapely.MultiPolygon([BOX]).wkb_hex, False),
        (BOW.wkb_hex, True),
        (shapely.Polygon().wkb_hex, True),
        (shapely.LineString([(0, 0), (1, 1)]).wkb_hex, True),
        ("no geometry", True),
    ],
)
def test_geometry_that_is_no_valid_polygon(text: str, bad: bool) -> None:
    row = pl.DataFrame({"geometry_wkb": [text]})
    assert broken(layer_rules(), row) == [["POL1w"] if bad else []]


def parks(*rows: tuple[str, shapely.Geometry, float]) -> list[list[str]]:
    named = [
        {"name_zh": name, "geometry_wkb": shape.wkb_hex, "nominal_ha": ha}
        for name, shape, ha in rows
    ]
    return broken(rules_for("tw_parks", {}), frame(TwPark, *named))


@pytest.mark.parametrize(
    ("nominal_ha", "flags"),
    [
        (100, []),
        (109, []),
        (92, []),
        (111, ["POL3w"]),
        (90, ["POL3w"]),
        (0, ["POL3w"]),
    ],
)
def test_drawn_against_nominal_area_in_metres(nominal_ha: float, flags: list[str]) -> None:
    assert parks(("甲", BOX, nominal_ha)) == [flags]


@pytest.mark.parametrize(("metres", "flags"), [(0, []), (9, []), (11, ["POL2w"]), (500, ["POL2w"])])
def test_parks_that_overlap(metres: int, flags: list[str]) -> None:
    other = shapely.affinity.translate(BOX, 1000 - metres)
    assert parks(("甲", BOX, 100), ("乙", other, 100)) == [flags] * 2
    # Two polygons of one park are no conflict.
    assert parks(("甲", BOX, 100), ("甲", other, 100)) == [[]] * 2


def test_a_polygon_that_is_crossed_has_no_area_to_compare() -> None:
    bow = shapely.Polygon([(0, 0), (1000, 1000), (1000, 0), (0, 1000)])
    assert parks(("甲", bow, 7), ("乙", bow, 7)) == [["POL1w"]] * 2


@pytest.mark.parametrize(
    ("name", "code", "flags"),
    [
        ("徐闻县", "440825", []),
        ("南充市", "440825", ["DIVNAME"]),
        ("登封县", "410185", []),  # 登封市 since
        ("北川县", "510726", []),  # 北川羌族自治县 since
        ("新平彝族傣族自治", "530427", []),  # cut
        ("太原市", "140101", []),  # 市辖区 of 太原市
        ("大同市", "140101", ["DIVNAME"]),
        ("北京市", "110100", []),
        ("市辖区", "140101", []),
        ("市辖区（古交市）", "140181", []),
        ("市辖区(恵農県)", "640223", ["DIVNAME"]),
        ("蒲圻市", "421281", ["DIVNAME"]),  # 赤壁市 since
        ("台北县", "0", ["DIVCODE"]),
        (None, "440825", []),
        ("徐闻县", None, []),
    ],
)
def test_a_name_is_that_of_its_code(name: str | None, code: str | None, flags: list[str]) -> None:
    row = {"name_zh": name, "adcode_1999": code, "geometry_wkb": BOX.wkb_hex}
    rules = rules_for("cn_counties", rule_reference("cn_counties"))
    assert broken(rules, frame(CnCounty, row)) == [flags]


@pytest.mark.parametrize(
    ("province", "lon", "lat", "flags"),
    [
        ("宁夏回族自治区", 106.2, 38.5, []),
        ("宁夏回族自治区", 116.3, 33.9, ["GEO2e"]),
        ("安徽省", 117.2, 31.8, []),
        ("宁夏", 116.3, 33.9, []),  # no name of a province in full: nothing is claimed
        (None, 116.3, 33.9, []),
        ("宁夏回族自治区", None, 33.9, []),
    ],
)
def test_a_zone_lies_in_the_province_it_names(
    province: str | None, lon: float | None, lat: float, flags: list[str]
) -> None:
    row = pl.DataFrame(
        {"province_zh": [province], "lon": [lon], "lat": [lat]},
        schema={"province_zh": pl.String, "lon": pl.Float64, "lat": pl.Float64},
    )
    assert broken(named_province_rules(), row) == [flags]
    assert judged("zone_catalogue", row.to_dicts()[0]) == [flags]


POINTS: list[tuple[str, float, float, list[str]]] = [
    ("China", 106.2, 38.5, []),
    ("China", 38.5, 106.2, ["GEO1w"]),
    ("China", -0.1, 51.5, ["GEO1w"]),
    ("Taiwan", 24.0, 121.0, ["GEO1w"]),
    ("United Kingdom", -0.1, 51.5, []),
    ("Ghana", 0.0, 0.0, ["GEO1w"]),
    ("Ghana", 0.0, 5.6, []),
    ("China", 0.0, 0.0, ["GEO1w"]),
    ("Ghana", 0.2, 95.6, ["GEO1w"]),
    ("Ghana", 200.2, 5.6, ["GEO1w"]),
]


@pytest.mark.parametrize("source_id", ["gem_coal", "wri_plants", "gem_steel"])
@pytest.mark.parametrize(("country", "lon", "lat", "flags"), POINTS)
def test_points_of_the_world(
    source_id: str, country: str, lon: float, lat: float, flags: list[str]
) -> None:
    place: dict[str, Any] = {"lon": lon, "lat": lat}
    if source_id == "gem_steel":
        place = {"coordinates_text": f"{lat}, {lon}"}
    assert judged(source_id, {"country": country, **place}) == [flags]


def test_swapped_axes_are_said_to_be() -> None:
    rows = frame(
        GemCoalUnit,
        {"country": "China", "lon": 38.5, "lat": 106.2},
        {"country": "China", "lon": -0.1, "lat": 51.5},
        {"country": "China", "lon": 0.0, "lat": 0.0},
    )
    said = {
        rule.reason_en.split(":")[0].split(" look")[0].split(",")[0]: rows.select(rule.bad)
        .to_series()
        .to_list()
        for rule in rules_for("gem_coal", {})
    }
    assert said == {
        "coordinates of 0": [False, False, True],
        "longitude and latitude": [True, False, False],
        "in China": [False, True, False],
        "longitude / latitude not within 180 / 90 degrees; the row is kept": [False] * 3,
    }


@pytest.mark.parametrize("text", ["unknown", "24.5", ""])
def test_a_text_that_is_no_point_is_no_point_of_steel(text: str) -> None:
    assert judged("gem_steel", {"country": "China", "coordinates_text": text}) == [["GEO1w"]]


@pytest.mark.parametrize(
    ("lon", "lat", "flags"),
    [
        (12.0, 56.0, []),
        (-31.2, 39.5, []),  # Azores
        (34.5, 35.0, []),  # Cyprus
        (55.964, 12.016, ["GEO1w"]),
        (43.2, 62.4, ["GEO1w"]),
        (0.0, 0.0, ["GEO1w"]),
        (0.0, 51.5, []),
        (None, None, []),
    ],
)
def test_points_of_the_eu_registry(lon: float | None, lat: float | None, flags: list[str]) -> None:
    assert judged("eutl", {"lon": lon, "lat": lat}) == [flags]
