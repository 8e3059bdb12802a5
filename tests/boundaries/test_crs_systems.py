"""The systems that occur, and their way to CGCS2000."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import shapely
from pyproj import CRS, Transformer

from assets.boundaries.crs.candidates import candidates, kin, lambert_beijing
from assets.boundaries.crs.systems import (
    DATUMS,
    Floats,
    System,
    UnknownSystem,
    shapes_to_cgcs2000,
    system,
    to_cgcs2000,
)
from assets.boundaries.divisions import GEOD, counties
from tests.shared_data import shared

# Every Gauss-Krüger series of EPSG that the product knows: first code, number of zones.
SERIES = {
    "CGCS2000 / 3-degree Gauss-Kruger zone 25": (4513, 21),
    "CGCS2000 / 3-degree Gauss-Kruger CM 75E": (4534, 21),
    "CGCS2000 / Gauss-Kruger zone 13": (4491, 11),
    "CGCS2000 / Gauss-Kruger CM 75E": (4502, 11),
    "Xian 1980 / 3-degree Gauss-Kruger zone 25": (2349, 21),
    "Xian 1980 / 3-degree Gauss-Kruger CM 75E": (2370, 21),
    "Xian 1980 / Gauss-Kruger zone 13": (2327, 11),
    "Xian 1980 / Gauss-Kruger CM 75E": (2338, 11),
    "Beijing 1954 / 3-degree Gauss-Kruger zone 25": (2401, 21),
    "Beijing 1954 / 3-degree Gauss-Kruger CM 75E": (2422, 21),
    "Beijing 1954 / Gauss-Kruger zone 13": (21413, 11),
    "Beijing 1954 / Gauss-Kruger CM 75E": (21453, 11),
}


def forward(crs: CRS, lon: Any, lat: Any) -> tuple[Any, Any]:
    """Easting and northing of geodetic coordinates on the datum of the system itself."""
    east, north = Transformer.from_crs(crs.geodetic_crs, crs, always_xy=True).transform(lon, lat)
    return east, north


@pytest.mark.parametrize("name", SERIES)
def test_each_zone_gives_the_place_back(name: str) -> None:
    first, count = SERIES[name]
    assert CRS.from_epsg(first).name == name
    step = 3 if "3-degree" in name else 6
    for zone in range(count):
        known = system(f"EPSG:{first + zone}")
        place = 75.0 + step * zone + 0.7, 36.0
        east, north = forward(CRS.from_epsg(first + zone), *place)
        lon, lat = to_cgcs2000(np.array([east]), np.array([north]), known)
        off = GEOD.inv(lon[0], lat[0], *place)[2]
        # Beijing 1954 is moved by its shift; the others carry their degrees over.
        assert (20 < off < 110) if "Beijing" in name else (off < 1e-3)
        swapped = to_cgcs2000(np.array([north]), np.array([east]), replace(known, swapped=True))
        assert (swapped[0][0], swapped[1][0]) == (lon[0], lat[0])


def test_kin_are_the_same_zone_on_the_three_datums() -> None:
    for first, count in SERIES.values():
        for code in (first, first + count - 1):
            family = kin(system(f"EPSG:{code}"))
            assert {each.datum.name for each in family} == {"CGCS2000", "Xian 1980", "Beijing 1954"}
            zones = {each.name.split("Gauss-Kruger")[1] for each in family}
            assert len(zones) == 1 and f"EPSG:{code}" in {each.code for each in family}
    assert kin(system("EPSG:4326")) == (system("EPSG:4326"),)


def seats() -> tuple[Floats, Floats]:
    """A point in every county."""
    lon, lat = shapely.get_coordinates(shapely.point_on_surface(counties().shapes)).T
    return lon, lat


def by_translation(parameters: str, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """What PROJ makes of Beijing 1954 with these parameters."""
    crs = f"+proj=longlat +ellps=krass +towgs84={parameters} +type=crs"
    moved: tuple[Floats, Floats] = Transformer.from_crs(crs, "EPSG:4326", always_xy=True).transform(
        lon, lat
    )
    return moved


def test_beijing_1954_follows_epsg_15918() -> None:
    lon, lat = seats()
    ours = to_cgcs2000(lon, lat, system("EPSG:4214"))
    theirs = by_translation("12.646,-155.176,-80.863", lon, lat)
    assert max(GEOD.inv(*ours, *theirs)[2]) < 0.01


def test_beijing_1954_moves_map_sheets_as_the_guide_says() -> None:
    """-62 to -29 m north and -56 to +84 m east; 17 m is what one set for all leaves."""
    lon, lat = seats()
    for zone in range(21):
        there = np.round(lon / 3) == zone + 25
        old, new = CRS.from_epsg(2422 + zone), CRS.from_epsg(4534 + zone)
        east, north = forward(old, lon[there], lat[there])
        found = to_cgcs2000(east, north, system(f"EPSG:{2422 + zone}"))
        new_east, new_north = forward(new, *found)
        assert (new_north - north > -62 - 17).all() and (new_north - north < -29 + 17).all()
        assert (new_east - east > -56 - 17).all() and (new_east - east < 84 + 17).all()


@pytest.mark.parametrize(
    "parameters",
    [
        "15.53,-113.82,-41.38,0,0,0.814,-0.38",
        "31.4,-144.3,-74.8,0,0,0.814,-0.38",
        "15.8,-154.4,-82.3",
        "18,-136.8,-73.7,0,0,0.814,-0.38",
        "11.911,-154.833,-80.079",
    ],
)
def test_the_other_sets_for_beijing_1954_agree_within_the_stated_accuracy(parameters: str) -> None:
    lon, lat = seats()
    ours = to_cgcs2000(lon, lat, system("EPSG:4214"))
    apart = GEOD.inv(*ours, *by_translation(parameters, lon, lat))[2]
    assert max(apart) <= DATUMS["Beijing 1954"].accuracy_m


@pytest.mark.parametrize("code", ["EPSG:3826", "EPSG:3825", "EPSG:3857", "EPSG:3824", "EPSG:4326"])
def test_systems_identical_with_cgcs2000_give_the_place_back(code: str) -> None:
    crs = CRS.from_user_input(code)
    east, north = forward(crs, 120.8, 23.9)
    lon, lat = to_cgcs2000(np.array([east]), np.array([north]), system(code))
    assert GEOD.inv(lon[0], lat[0], 120.8, 23.9)[2] < 1e-3
    assert system(code).accuracy_m == 1.0


@pytest.mark.parametrize(
    ("text", "code", "datum"),
    [
        ("EPSG:4490", "EPSG:4490", "CGCS2000"),
        ("gcj02", "GCJ-02", "GCJ-02"),
        ("BD-09", "BD-09", "BD-09"),
        ("bd09ll", "BD-09", "BD-09"),
        ("EPSG:4610", "EPSG:4610", "Xian 1980"),
    ],
)
def test_a_declared_system_is_known(text: str, code: str, datum: str) -> None:
    assert (system(text).code, system(text).datum.name) == (code, datum)


@pytest.mark.parametrize(
    ("prj", "code", "datum"),
    [
        ("a_tw_industrial_parks/*.prj", "EPSG:3826", "TWD97"),
        ("d_cn_county_lambert_gbk/*.prj", "China_Lambert_Conformal_Conic", "Beijing 1954"),
        ("d_cn_ocha_2020/*adm1*.prj", "EPSG:4326", "WGS 84"),
    ],
)
def test_the_prj_of_real_files_is_read(prj: str, code: str, datum: str) -> None:
    known = system(shared(f"data/{prj}").read_text("utf-8"))
    assert (known.code, known.datum.name) == (code, datum)


@pytest.mark.parametrize("text", ["", "EPSG:0", "Xi'an", "EPSG:4267", "EPSG:5773", "EPSG:4555"])
def test_a_system_without_a_way_to_cgcs2000_is_refused_with_its_name(text: str) -> None:
    with pytest.raises(UnknownSystem, match="expected"):
        system(text)


def test_lambert_of_beijing_1954_is_that_of_the_real_prj() -> None:
    prj = system(shared("data/d_cn_county_lambert_gbk/*.prj").read_text("utf-8"))
    east, north = np.array([-1e6, 0, 1.5e6]), np.array([4e6, 5e6, 3e6])
    one, other = (to_cgcs2000(east, north, each) for each in (prj, lambert_beijing()))
    np.testing.assert_allclose(one, other, atol=1e-9)


def test_minutes_and_seconds_written_as_decimals() -> None:
    plain = system("EPSG:4490")
    minutes = replace(plain, writing="DD.MMmm")
    seconds = replace(plain, writing="DD.MMSS")
    numbers = np.array([106.2345, 106.60, 106.2360]), np.array([38.30, 38.30, 38.30])
    assert to_cgcs2000(*numbers, minutes)[0][0] == pytest.approx(106 + 23.45 / 60, abs=1e-9)
    assert to_cgcs2000(*numbers, seconds)[0][0] == pytest.approx(
        106 + 23 / 60 + 45 / 3600, abs=1e-9
    )
    assert to_cgcs2000(*numbers, minutes)[1][0] == pytest.approx(38.5, abs=1e-9)
    # 60 minutes, and 60 seconds, are no such writing.
    assert np.isnan(to_cgcs2000(*numbers, minutes)[0][1])
    assert np.isnan(to_cgcs2000(*numbers, seconds)[0][2])


def test_a_number_that_is_no_place_is_none() -> None:
    lon, lat = to_cgcs2000(
        np.array([500_000.0, np.nan, 1e12]), np.array([4e6, 4e6, 4e6]), system("EPSG:4546")
    )
    assert np.isfinite([lon[0], lat[0]]).all() and np.isnan(lon[1:]).all()
    with pytest.raises(ValueError, match="500000, 4e\\+06: no place in EPSG:4490"):
        shapes_to_cgcs2000(np.array([shapely.Point(5e5, 4e6)]), system("EPSG:4490"))


def test_shapes_keep_their_rings_and_lose_their_heights() -> None:
    ring = [(5e5, 4e6, 9), (5.1e5, 4e6, 9), (5.1e5, 4.01e6, 9), (5e5, 4e6, 9)]
    hole = [(5.07e5, 4.001e6), (5.08e5, 4.001e6), (5.08e5, 4.002e6), (5.07e5, 4.001e6)]
    given = np.array(
        [
            shapely.Polygon(ring),
            shapely.Polygon(shapely.force_2d(shapely.Polygon(ring)).exterior, [hole]),
            None,
        ]
    )
    moved = shapes_to_cgcs2000(given, system("EPSG:4546"))
    assert not shapely.has_z(moved).any() and moved[2] is None
    assert len(moved[1].interiors) == 1 and shapely.is_valid(moved[:2]).all()
    assert given[0].has_z


def labels(found: tuple[System, ...]) -> list[str]:
    return [each.label for each in found]


def test_magnitude_says_degrees_or_metres_zone_and_order() -> None:
    one = np.array([1.0])
    assert labels(candidates(106.2 * one, 38.5 * one, None))[:3] == ["EPSG:4490", "GCJ-02", "BD-09"]
    assert labels(candidates(38.5 * one, 106.2 * one, None))[0] == "EPSG:4490 (northing first)"
    assert labels(candidates(39_510_000 * one, 3.5e6 * one, None)) == ["EPSG:4527"]
    assert labels(candidates(4.2e6 * one, 18_610_000 * one, None)) == ["EPSG:4496 (northing first)"]
    assert "EPSG:4546" in labels(candidates(510_000 * one, 3.5e6 * one, None))
    assert "EPSG:3857" in labels(candidates(1.18e7 * one, 4.6e6 * one, None))
    assert candidates(5 * one, 5 * one, None) == ()
    assert candidates(np.nan * one, one, None) == ()


def test_the_declared_system_is_tried_first() -> None:
    one = np.array([1.0])
    declared = system("EPSG:2415")
    assert candidates(39_510_000 * one, 3.5e6 * one, declared)[0] == declared
