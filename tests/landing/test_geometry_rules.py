"""Rules on delivered points and polygons."""

from __future__ import annotations

import polars as pl
import pytest
import shapely

from assets.landing.geometry_rules import point_rules, polygon_rules


def outside(lon: float | None, lat: float | None, city: str | None) -> bool:
    (rule,) = point_rules()
    assert (rule.rule_id, rule.severity) == ("GEO2e", "warning")
    row = pl.DataFrame(
        {"lon": [lon], "lat": [lat], "city_zh": [city]},
        schema={"lon": pl.Float64, "lat": pl.Float64, "city_zh": pl.String},
    )
    return bool(row.select(rule.bad.fill_null(False).alias("bad")).item())


@pytest.mark.parametrize("city", ["银川", "银川市"])
def test_a_point_outside_the_province_of_its_city_is_flagged(city: str) -> None:
    assert not outside(106.2, 38.5, city)
    assert outside(116.3, 33.9, city)


def test_another_city_of_the_same_province_is_no_fault() -> None:
    assert not outside(106.2, 38.5, "中卫")


@pytest.mark.parametrize("city", [None, "", "某市"])
def test_without_a_known_city_nothing_is_claimed(city: str | None) -> None:
    assert not outside(116.3, 33.9, city)


def test_without_a_point_nothing_is_claimed() -> None:
    assert not outside(None, 38.5, "银川")


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
    ],
)
def test_only_a_valid_polygon_is_a_boundary(text: str | None, bad: bool) -> None:
    (rule,) = polygon_rules()
    assert (rule.rule_id, rule.severity) == ("POL1", "error")
    row = pl.DataFrame({"geometry_wkb": [text]}, schema={"geometry_wkb": pl.String})
    assert row.select(rule.bad.alias("bad")).item() is bad
