"""What of the books and of the country's capacity is placed, and what lies in parks."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from assets.inventory import coverage
from assets.inventory.marts import Mart, build_mart
from quality.contracts.coverage import (
    Coverage,
    LocatedBase,
    LocatedCapacity,
    LocatedPlant,
    ProvinceCoverage,
    TrackerComparison,
)
from quality.contracts.table import Table
from tests.frames import frame
from tests.inventory.world import BOOK, World, place

MARTS: dict[type[Table], Mart] = {
    Coverage: Mart(Coverage, coverage.COVERAGE, coverage.COVERAGE_MARKS),
    ProvinceCoverage: Mart(ProvinceCoverage, coverage.PROVINCES, coverage.PROVINCE_MARKS),
    LocatedCapacity: Mart(LocatedCapacity, coverage.CAPACITY, coverage.CAPACITY_MARKS),
    LocatedBase: Mart(LocatedBase, coverage.BASES, coverage.BASE_MARKS),
    TrackerComparison: Mart(TrackerComparison, coverage.TRACKER, coverage.TRACKER_MARKS),
}
PLANT = {
    "year": 2017,
    "kind": "coal",
    "province_code": "640000",
    "county_code": "640181",
    "county_zh": "灵武市",
    "capacity": 100,
    "capacity_unit": "MW",
    "operates": True,
    "boundary_class": "nominal",
    "in_parks": 0,
}


def mart(table: type[Table], world: World, *plants: dict[str, Any]) -> list[dict[str, Any]]:
    tables = {
        **world.tables(),
        "core.located_plant": frame(
            LocatedPlant, *({**PLANT, "unit_id": f"u{n}", **p} for n, p in enumerate(plants))
        ),
    }
    return build_mart(MARTS[table], tables, "AR5", "CN-GHG").to_dicts()


def booked() -> World:
    """A book of 100 t: 10 measured and in a park, 30 placed, of which half in a park, 60 rest."""
    made = World()
    made.burn("measured", 10)
    made.burn("plant", 30, tier="T6")
    made.burn("REST:640000", 60, tier="T6")
    made.places += [
        place("measured", "P1"),
        place("plant", "P1", weight_point="0.5", share_to="0.5"),
        place("plant", "OUTSIDE:640000", weight_point="0.5", share_from="0.5", share_to=1),
        place("REST:640000", "REST:640000"),
    ]
    made.controls += [
        {
            **BOOK,
            "control_id": "c",
            "quantity": 100,
            "canonical_unit": "t",
            "energy_id": "raw_coal",
            "carrier": "fuel",
            "activity_scope": "industry",
        }
    ]
    return made


def test_the_book_is_measured_and_placed_and_rest_and_says_how_much_is_placed() -> None:
    (row,) = mart(Coverage, booked())
    parts = [row[f"{part}_quantity"] for part in ("measured", "placed", "rest")]
    assert parts == [10, 30, 60]
    assert row["book_quantity"] == sum(parts)
    assert row["in_parks_quantity"] == 25
    assert (row["placed_share"], row["in_parks_share"]) == (Decimal("0.4"), Decimal("0.25"))


def test_fuels_of_a_province_are_summed_in_standard_coal_without_power_and_heat() -> None:
    world = booked()
    world.controls.append(
        {
            **world.controls[0],
            "control_id": "e",
            "book_fuel": "Electricity",
            "energy_id": "electricity",
            "carrier": "electricity",
        }
    )
    (row,) = mart(ProvinceCoverage, world)
    assert (row["book_tce"], row["rest_tce"]) == (Decimal("71.43"), Decimal("42.858"))
    assert row["placed_share"] == Decimal("0.4")


def test_scopes_are_never_added() -> None:
    world = booked()
    world.controls.append(
        {
            **world.controls[0],
            "control_id": "h",
            "book_sector": "Urban",
            "activity_scope": "households",
        }
    )
    found = {row["activity_scope"]: row for row in mart(ProvinceCoverage, world)}
    assert found["industry"]["book_tce"] == found["households"]["book_tce"]
    assert found["households"]["placed_share"] == 0


def test_use_as_raw_material_is_in_no_sum() -> None:
    world = booked()
    world.controls.append({**world.controls[0], "control_id": "n", "block": "non_energy"})
    for table in (Coverage, ProvinceCoverage):
        assert len(mart(table, world)) == 1


def test_capacity_counts_in_parks_by_its_chance_and_in_the_country_too() -> None:
    found = {
        row["area_code"]: row
        for row in mart(
            LocatedCapacity,
            booked(),
            {"in_parks": "0.25"},
            {"province_code": "150000", "capacity": 300},
            {"operates": False, "capacity": 50, "in_parks": 1},
        )
    }
    assert {area: (row["plants"], row["capacity"]) for area, row in found.items()} == {
        "640000": (1, 100),
        "150000": (1, 300),
        "CN": (2, 400),
    }
    country = found["CN"]
    assert (country["capacity_in_parks"], country["plants_in_parks"]) == (25, Decimal("0.25"))
    assert country["in_parks_share"] == Decimal("0.0625")
    assert (country["undecided_plants"], country["undecided_capacity"]) == (1, 50)


def test_a_plant_of_unknown_capacity_counts_as_a_plant() -> None:
    row = mart(LocatedCapacity, booked(), {"kind": "steel", "capacity": None, "in_parks": 1})[0]
    assert (row["plants"], row["plants_in_parks"], row["capacity"]) == (1, 1, 0)
    assert row["in_parks_share"] is None


def test_the_largest_base_of_a_province_comes_first() -> None:
    found = mart(
        LocatedBase,
        booked(),
        {"capacity": 60},
        {"capacity": 30, "in_parks": "0.1"},
        {"capacity": 10, "county_code": "640105", "county_zh": "西夏区", "in_parks": 1},
        {"capacity": 900, "operates": False},
    )
    first, second = sorted(found, key=lambda row: int(row["place_in_province"]))
    assert (first["county_zh"], first["share_of_province"]) == ("灵武市", Decimal("0.9"))
    assert (first["plants"], first["outside_capacity"]) == (2, 87)
    assert (second["county_zh"], second["outside_capacity"]) == ("西夏区", 0)


def test_the_tracker_is_compared_over_the_same_units() -> None:
    world = World()
    for unit in ("u0", "u1"):
        world.burn(f"GEM:{unit}", 30, tier="T6")
        world.activity[-1]["activity_id"] = f"c|{unit}"
        world.lines[-1]["activity_id"] = f"c|{unit}"
    estimate = {"tracker_co2_t": 60, "tracker_load": "0.5"}
    found = mart(TrackerComparison, world, estimate, {})
    assert {row["area_code"] for row in found} == {"640000", "CN"}
    for row in found:
        assert (row["units"], row["tracker_co2_t"], row["own_co2_t"]) == (1, 60, 30)
        assert (row["own_to_tracker"], row["implied_load"]) == (Decimal("0.5"), Decimal("0.25"))


@pytest.mark.parametrize("table", list(MARTS))
def test_no_plants_and_no_books_make_no_rows(table: type[Table]) -> None:
    assert mart(table, World()) == []
