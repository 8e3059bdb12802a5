"""Points of registers: their system, how far to trust them, and where they lie."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
import shapely

from assets.boundaries.crs.shift import cgcs2000_to_bd09
from assets.boundaries.divisions import cities, counties
from assets.enterprises.records.points import CITY_M, COUNTY_M, SHARED_M, placed

YINCHUAN = (106.27123, 38.46789)


def points(*rows: dict[str, Any]) -> list[dict[str, Any]]:
    full = [
        {"entity_id": str(n), "country": "CN", "lon": YINCHUAN[0], "lat": YINCHUAN[1],
         "crs": "EPSG:4490", "precision_m": 100.0, **row}
        for n, row in enumerate(rows)
    ]  # fmt: skip
    schema = {"entity_id": pl.String, "country": pl.String, "lon": pl.Float64, "lat": pl.Float64}
    schema |= {"crs": pl.String, "precision_m": pl.Float64}
    found = placed(pl.DataFrame(full, schema=schema))
    assert found.height == len(rows), "one row each, in order"
    return found.to_dicts()


def test_a_plain_point_keeps_its_precision_and_has_a_county() -> None:
    (row,) = points({})
    assert (row["lon"], row["lat"]) == YINCHUAN
    assert (row["precision_m"], row["point_doubt_zh"]) == (100.0, None)
    assert row["point_division"].startswith("6401")


def test_a_row_without_a_point_has_none() -> None:
    missing, there = points({"lon": None}, {})
    assert missing == dict.fromkeys(missing)
    assert there["point_division"] is not None


def test_a_point_of_a_map_service_is_brought_back() -> None:
    lon, lat = cgcs2000_to_bd09(np.array([YINCHUAN[0]]), np.array([YINCHUAN[1]]))
    (row,) = points({"lon": float(lon[0]), "lat": float(lat[0]), "crs": "BD-09"})
    assert row["lon"] == pytest.approx(YINCHUAN[0], abs=1e-7)
    assert row["lat"] == pytest.approx(YINCHUAN[1], abs=1e-7)


@pytest.mark.parametrize(
    ("lon", "lat", "metres"), [(106.27, 38.46, 555), (106.3, 38.5, 5550), (106.0, 38.0, 55500)]
)
def test_a_point_is_as_precise_as_it_is_written(lon: float, lat: float, metres: int) -> None:
    (row,) = points({"lon": lon, "lat": lat})
    assert row["precision_m"] == pytest.approx(metres, rel=0.01)
    assert "小数位数" in row["point_doubt_zh"]


def test_a_point_that_many_share_is_no_place_of_any() -> None:
    rows = points(*({} for _ in range(5)))
    assert {row["precision_m"] for row in rows} == {SHARED_M}
    assert all("5 家企业同用此点" in row["point_doubt_zh"] for row in rows)
    # Several rows of one enterprise share it rightly.
    assert points(*({"entity_id": "one"} for _ in range(5)))[0]["point_doubt_zh"] is None


@pytest.mark.parametrize(("level", "metres"), [("county", COUNTY_M), ("city", CITY_M)])
def test_a_point_in_the_middle_of_a_division_stands_for_it(level: str, metres: float) -> None:
    divisions, code = {"county": (counties(), "640122"), "city": (cities(), "640300")}[level]
    middle = shapely.centroid(divisions.shapes[divisions.codes.index(code)])
    (row,) = points({"lon": round(middle.x, 6), "lat": round(middle.y, 6)})
    assert row["precision_m"] == metres
    assert "中心" in row["point_doubt_zh"]


@pytest.mark.parametrize(("lon", "lat"), [(2.35123, 48.85123), (38.46789, 106.27123 - 90)])
def test_a_point_abroad_says_so_and_is_kept(lon: float, lat: float) -> None:
    (row,) = points({"lon": lon, "lat": lat})
    assert (row["lon"], row["lat"], row["point_division"]) == (lon, lat, None)
    assert "点不在中国" in row["point_doubt_zh"]
    assert points({"lon": lon, "lat": lat, "country": "FR"})[0]["point_doubt_zh"] is None
