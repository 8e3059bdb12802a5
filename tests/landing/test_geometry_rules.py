"""Rules on delivered points and polygons."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest
import shapely

from assets.boundaries.geometry import geodesic_km2
from assets.landing.rules.points import point_rules, province_rules
from assets.landing.rules.polygons import polygon_rules, validity_rules
from quality.contracts.accepted import BoundaryShape, Permit
from tests.frames import frame
from tests.landing.ruling import broken


def outside(lon: float | None, lat: float | None, city: str | None) -> list[str]:
    row = pl.DataFrame(
        {"lon": [lon], "lat": [lat], "city_zh": [city]},
        schema={"lon": pl.Float64, "lat": pl.Float64, "city_zh": pl.String},
    )
    assert {rule.severity for rule in province_rules()} == {"warning"}
    return broken(province_rules(), row)[0]


@pytest.mark.parametrize("city", ["银川", "银川市"])
def test_a_point_outside_the_province_of_its_city_is_flagged(city: str) -> None:
    assert outside(106.2, 38.5, city) == []
    assert outside(116.3, 33.9, city) == ["GEO2e"]


def test_a_point_just_outside_is_border_noise() -> None:
    """South of 固原 the border of 宁夏 runs at 35.24 N; see `distance_outside_km`."""
    found = {step: outside(106.3, 35.3 - step / 1000, "固原市") for step in range(0, 120, 2)}
    said = [ids for ids in found.values()]
    assert said[0] == [] and said[-1] == ["GEO2e"]
    assert ["GEO2w"] in said


def test_another_city_of_the_same_province_is_no_fault() -> None:
    assert outside(106.2, 38.5, "中卫") == []


@pytest.mark.parametrize("city", [None, "", "某市"])
def test_without_a_known_city_nothing_is_claimed(city: str | None) -> None:
    assert outside(116.3, 33.9, city) == []


def test_without_a_point_nothing_is_claimed() -> None:
    assert outside(None, 38.5, "银川") == []


def points(*rows: dict[str, Any]) -> list[list[str]]:
    return broken(point_rules(), frame(Permit, *rows))


def test_swapped_axes_are_told_from_points_abroad() -> None:
    here = {"lon": 106.20314, "lat": 38.50127}
    swapped = {"lon": 38.50127, "lat": 106.20314}
    abroad = {"lon": -0.12712, "lat": 51.50713}
    assert points(here, swapped, abroad) == [[], ["GEO1"], ["GEO1"]]
    reasons = {
        rule.reason_en.split()[0]
        for rule in point_rules()
        if rule.rule_id == "GEO1" and frame(Permit, swapped).select(rule.bad).item()
    }
    assert reasons == {"longitude"}
    assert [rule.severity for rule in point_rules() if rule.rule_id == "GEO1"] == ["error"] * 2


@pytest.mark.parametrize(
    ("lon", "lat", "flags"),
    [
        (106.2031, 38.5013, []),
        (106.203, 38.501, ["GEO4"]),
        (106.2, 38.5, ["GEO4"]),
        (106.0, 38.5013, []),  # closing zeros are lost, so one coordinate alone proves nothing
    ],
)
def test_a_coarse_point_is_flagged(lon: float, lat: float, flags: list[str]) -> None:
    assert points({"lon": lon, "lat": lat, "name_zh": "甲"}) == [flags]


def test_a_point_that_many_share_is_flagged() -> None:
    at = {"lon": 106.20314, "lat": 38.50127}
    rows = [{**at, "name_zh": f"{place}厂"} for place in range(5)]
    assert points(*rows) == [["GEO4"]] * 5
    assert points(*rows[:4]) == [[]] * 4
    assert points(*[{**at, "name_zh": "甲厂"} for _ in range(6)]) == [[]] * 6


BOX = shapely.box(106, 38, 106.1, 38.1)
BOW = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])


@pytest.mark.parametrize(
    ("text", "bad"),
    [
        (BOX.wkb_hex, False),
        (shapely.MultiPolygon([BOX]).wkb_hex, False),
        (None, False),
        (BOW.wkb_hex, True),
        (shapely.Polygon().wkb_hex, True),
        (shapely.Point(106, 38).wkb_hex, True),
        (shapely.LineString([(0, 0), (1, 1)]).wkb_hex, True),
        (BOX.wkb_hex[:-8], True),
        ("no geometry", True),
        ("", True),
    ],
)
def test_only_a_valid_polygon_is_a_boundary(text: str | None, bad: bool) -> None:
    rules = validity_rules()
    assert {(r.rule_id, r.severity) for r in rules} == {("POL1", "error"), ("POL1m", "warning")}
    row = pl.DataFrame({"geometry_wkb": [text]}, schema={"geometry_wkb": pl.String})
    assert broken(rules, row) == [["POL1"] if bad else []]


def test_a_polygon_that_mends_well_is_said_so() -> None:
    ear = [(0, 0), (1, 0), (1, 1), (0, 1), (0, 0.5), (-1e-5, 0.5), (0, 0.500001), (0, 0)]
    row = pl.DataFrame({"geometry_wkb": [shapely.Polygon(ear).wkb_hex, BOW.wkb_hex]})
    mendable, lost = (
        row.select(rule.bad.fill_null(False)).to_series().to_list() for rule in validity_rules()
    )
    assert (mendable, lost) == ([True, False], [False, True])


def boundary(shape: shapely.Geometry, code: str = "S649012", **more: Any) -> dict[str, Any]:
    """A boundary whose catalogue area is its own."""
    return {
        "catalogue_code": code,
        "name_zh": f"{code}园区",
        "boundary_class": "approved",
        "valid_from": date(2020, 1, 1),
        "crs_stated": "EPSG:4490",
        "catalogue_ha": round(geodesic_km2(shape) * 100, 6),
        "geometry_wkb": shape.wkb_hex,
        **more,
    }


def bounds(*rows: dict[str, Any]) -> list[list[str]]:
    return broken(polygon_rules(NO_POINTS, "EPSG:4490"), delivered(*rows))


NO_POINTS = pl.DataFrame(
    schema={"catalogue_code": pl.String, "name_zh": pl.String, "lon": pl.Float64, "lat": pl.Float64}
)


def delivered(*rows: dict[str, Any]) -> pl.DataFrame:
    numbered = ({"source_row_id": f"d::{n}", **row} for n, row in enumerate(rows, 2))
    return frame(BoundaryShape, *numbered)


def beside(share: float) -> shapely.Geometry:
    """A box of the size of BOX that covers this share of it."""
    return shapely.box(106.1 - 0.1 * share, 38, 106.2 - 0.1 * share, 38.1)


@pytest.mark.parametrize(
    ("share", "rules"),
    [(0.0, []), (0.009, []), (0.02, ["POL2w"]), (0.09, ["POL2w"]), (0.11, ["POL2e"])],
)
def test_parks_may_touch_and_not_overlap(share: float, rules: list[str]) -> None:
    other = boundary(beside(share), "S649008")
    assert bounds(boundary(BOX), other) == [rules, rules]


def test_overlap_is_measured_by_the_smaller_area() -> None:
    small = shapely.box(106.05, 38.05, 106.06, 38.06)
    assert bounds(boundary(BOX), boundary(small, "S649008")) == [["POL2e"]] * 2


@pytest.mark.parametrize(
    "more",
    [
        {"parent_code": "S649012"},
        {"boundary_class": "nominal"},
        {"boundary_class": "administered"},  # classes are never mixed
        {"valid_from": date(2000, 1, 1), "valid_to": date(2019, 12, 31)},
    ],
)
def test_overlaps_that_are_none(more: dict[str, Any]) -> None:
    assert bounds(boundary(BOX), boundary(beside(0.5), "S649008", **more)) == [[], []]


def test_zones_under_one_code_are_two_parks() -> None:
    other = boundary(beside(0.5), name_zh="另一园区")
    assert bounds(boundary(BOX), other) == [["POL2e"]] * 2


def test_a_version_without_an_end_lasts_until_the_next() -> None:
    old = boundary(BOX, valid_from=date(2010, 1, 1))
    new = boundary(shapely.box(107, 38, 107.1, 38.1), valid_from=date(2020, 1, 1))
    other = boundary(BOX, "S649008", valid_from=date(2021, 1, 1))
    assert bounds(old, new, other) == [[], [], []]


@pytest.mark.parametrize(
    ("boundary_class", "ratio", "rules"),
    [
        ("approved", 1.09, []),
        ("approved", 1.12, ["POL3w"]),
        ("approved", 0.89, ["POL3w"]),
        ("approved", 1.51, ["POL3e"]),
        ("approved", 0.66, ["POL3e"]),
        ("administered", 100.0, ["POL3w"]),
        ("nominal", 100.0, []),
    ],
)
def test_area_against_the_catalogue(boundary_class: str, ratio: float, rules: list[str]) -> None:
    area = round(geodesic_km2(BOX) * 100 * ratio, 6)
    row = boundary(BOX, boundary_class=boundary_class, catalogue_ha=area)
    assert bounds(row) == [rules]


def test_slivers_and_pinholes_are_flagged() -> None:
    # 0.001 degrees are about 0.9 x 1.1 hm: a little less than one hectare.
    crumb = shapely.box(106.2, 38, 106.201, 38.001)
    field = shapely.box(106.2, 38, 106.202, 38.002)
    pierced = shapely.difference(BOX, shapely.box(106.05, 38.05, 106.051, 38.051))
    assert bounds(boundary(shapely.MultiPolygon([BOX, crumb]))) == [["POL4"]]
    assert bounds(boundary(pierced)) == [["POL4"]]
    assert bounds(boundary(shapely.MultiPolygon([BOX, field]))) == [[]]


def test_versions_follow_each_other() -> None:
    def versions(*spans: tuple[int, int | None]) -> list[list[str]]:
        return bounds(
            *(
                boundary(
                    BOX,
                    valid_from=date(first, 1, 1),
                    valid_to=date(last, 12, 31) if last else None,
                )
                for first, last in spans
            )
        )

    assert versions((2010, 2014), (2015, None)) == [[], []]
    assert versions((2010, None), (2015, None)) == [[], []]
    assert versions((2010, 2015), (2015, None)) == [["POL5"]] * 2
    assert versions((2015, None), (2010, 2015)) == [["POL5"]] * 2
    assert versions((2010, 2013), (2015, None)) == [["POL5w"], []]
    # The second lies within the first; behind it is a gap as well.
    assert versions((2010, 2020), (2012, 2013), (2015, None)) == [
        ["POL5"],
        ["POL5", "POL5w"],
        ["POL5"],
    ]
    assert versions((2010, 2009)) == [["POL5"]]


def test_classes_have_their_own_versions() -> None:
    one = boundary(BOX, valid_to=date(2025, 12, 31))
    other = boundary(BOX, boundary_class="built", valid_from=date(2022, 1, 1))
    assert bounds(one, other) == [[], []]
