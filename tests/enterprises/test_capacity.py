"""Located capacity of a year: which plants ran, where, and by what chance in a park."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from assets.enterprises.capacity import chance_in_parks, located_capacity, steel_points
from quality.contracts.accepted import ControlTotal
from quality.contracts.boundaries import Membership
from quality.contracts.core import Park
from quality.contracts.plants import GemSteelCapacity, GemSteelPlant
from tests.door import file_through_door
from tests.enterprises.test_plants import gem, tables
from tests.frames import frame
from tests.shared_data import shared

PARKS = frame(
    Park,
    {"park_id": "P1"},
    {"park_id": "P2"},
    {"park_id": "P1a", "parent_park_id": "P1"},
)
YEAR = frame(ControlTotal, {"year": 2017})


def near(park: str, chance: float, **changes: Any) -> dict[str, Any]:
    return {
        "site_id": "GEM:G1",
        "boundary_id": park,
        "park_id": park,
        "boundary_class": "nominal",
        "valid_from": date(2000, 1, 1),
        "probability": chance,
        **changes,
    }


def chance(*rows: dict[str, Any], year: int = 2017) -> str:
    found = chance_in_parks(frame(Membership, *rows), PARKS, year, ["nominal"])
    return str(found["in_parks"].sum() if found.height else 0)


def test_the_chances_of_parks_add_up_to_one_at_most() -> None:
    assert chance(near("P1", 0.5), near("P2", 0.25)) == "0.750000"
    assert chance(near("P1", 0.9), near("P2", 0.8)) == "1.000000"


def test_a_park_in_a_park_is_the_outer_one() -> None:
    assert chance(near("P1", 0.5), near("P1a", 0.25)) == "0.500000"
    assert chance(near("P1a", 0.25)) == "0.250000"


@pytest.mark.parametrize(
    "row",
    [
        near("P1", 0.5, valid_from=date(2018, 1, 1)),
        near("P1", 0.5, valid_to=date(2017, 12, 30)),
        near("P1", 0.5, boundary_class="approved"),
        near("P1", 0.0),
    ],
)
def test_only_versions_of_the_class_that_are_valid_at_the_end_of_the_year_count(
    row: dict[str, Any],
) -> None:
    assert chance(row) == "0"


def test_a_unit_is_in_its_county_with_what_the_tracker_says_of_it() -> None:
    t = tables(
        gem(start_year=2011, annual_mtco2="1.7", capacity_factor="0.53"),
        gem("G2", start_year=2018),
        gem("G3"),
        accepted__control_total=YEAR,
        core__park=PARKS,
        core__membership=frame(Membership, near("P1", 0.25)),
    )
    found = located_capacity(t, ["nominal"]).sort("unit_id").to_dicts()
    assert [(row["unit_id"], row["operates"]) for row in found] == [("G1", True), ("G3", False)]
    first = found[0]
    assert (first["county_zh"], first["county_code"]) == ("灵武市", "640181")
    assert (first["tracker_co2_t"], first["in_parks"]) == (1_700_000, Decimal("0.25"))


def steel(**changes: Any) -> dict[str, Any]:
    return {
        "plant_id": "S1",
        "country": "China",
        "status": "operating",
        "start_text": "2003",
        "crude_steel_kt_text": "2000",
        **changes,
    }


@pytest.mark.parametrize(
    ("changes", "operates", "capacity"),
    [
        ({}, True, 2000),
        ({"start_text": "2010-04-01"}, True, 2000),
        ({"start_text": "unknown"}, False, 2000),
        ({"start_text": "2018"}, None, None),
        ({"crude_steel_kt_text": ">0"}, True, None),
        ({"status": "operating pre-retirement"}, True, 2000),
        ({"status": "retired"}, False, 2000),
        ({"status": "announced"}, None, None),
        ({"country": "India"}, None, None),
    ],
)
def test_steel_works_are_located_with_what_is_known_of_them(
    changes: dict[str, Any], operates: bool | None, capacity: int | None
) -> None:
    works = {"plant_id": "S1", "country": "China", "province": "Ningxia", "retired_text": "unknown"}
    t = tables(
        accepted__control_total=YEAR,
        core__park=PARKS,
        accepted__gem_steel_plant=frame(GemSteelPlant, {**works, "coordinates_text": "38, 106.5"}),
        accepted__gem_steel_capacity=frame(GemSteelCapacity, steel(**changes)),
    )
    found = located_capacity(t, ["nominal"])
    assert found["operates"].to_list() == ([] if operates is None else [operates])
    assert found["capacity"].to_list() == ([] if operates is None else [capacity])


@pytest.mark.slow
def test_every_steel_works_of_china_has_a_point(tmp_path: Path) -> None:
    rows = file_through_door("gem_steel", shared("data/c_gem_steel/*.xlsx"), tmp_path).frame
    points = steel_points(rows)
    assert (points.height, points.null_count().sum_horizontal().item()) == (404, 0)
    assert points.filter(pl.col("point_precision_m") > 1000).height == 17
