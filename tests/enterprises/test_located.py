"""Plants in nominal discs: a share of each by its chance to be there, 1 in all."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality.contracts.boundaries import FIRST_DAY, LAST_DAY
from quality.contracts.core import Site
from tests.enterprises.test_attribution import NESTED, attributed, claim, on_ground
from tests.frames import frame

PLANT = frame(Site, {"site_id": "s", "kind": "coal_unit", "province_code": "640000"})
OUTSIDE = "OUTSIDE:640000"


def inside(place: str, chance: float, level: int = 0) -> dict[str, Any]:
    row = on_ground(place, FIRST_DAY, LAST_DAY, chance)
    return {**row, "boundary_class": "nominal", "level": level, "claim_id": f"{place}|{level}"}


def shares(*claims: dict[str, Any], parks: pl.DataFrame | None = None) -> dict[str, dict[str, Any]]:
    found = attributed(*claims, sites=PLANT, parks=parks).filter(pl.col("basis") == "operating")
    return {row["place_id"]: row for row in found.to_dicts()}


def points(*claims: dict[str, Any], parks: pl.DataFrame | None = None) -> dict[str, str]:
    found = shares(*claims, parks=parks)
    return {place: str(row["weight_point"]) for place, row in found.items()}


def test_a_plant_is_in_a_disc_by_its_chance_and_outside_by_the_remainder() -> None:
    found = shares(inside("P1", 0.6), inside(OUTSIDE, 0.4))
    assert {place: str(row["weight_point"]) for place, row in found.items()} == {
        "P1": "0.600000",
        OUTSIDE: "0.400000",
    }
    # It is in one of them as a whole, and it is not certain in which.
    assert {(row["weight_low"], row["weight_high"]) for row in found.values()} == {(0, 1)}
    assert {row["location_class"] for row in found.values()} == {"B"}


def test_a_plant_that_is_likely_inside_counts_there_in_the_lower_bound() -> None:
    found = shares(inside("P1", 0.95), inside(OUTSIDE, 0.05))
    assert found["P1"]["location_class"] == "A"
    assert (found["P1"]["weight_low"], found["P1"]["weight_high"]) == (Decimal("0.95"), 1)
    assert (found[OUTSIDE]["weight_low"], found[OUTSIDE]["weight_high"]) == (0, 1)


@pytest.mark.parametrize("place", ["P1", OUTSIDE])
def test_a_plant_that_is_in_one_place_for_certain_is_there(place: str) -> None:
    (row,) = shares(inside(place, 1.0)).values()
    assert (row["weight_point"], row["weight_low"], row["weight_high"]) == (1, 1, 1)


def test_discs_that_overlap_share_a_plant_in_proportion() -> None:
    assert points(inside("P1", 0.9), inside("P3", 0.6)) == {"P1": "0.600000", "P3": "0.400000"}


def test_a_park_in_a_park_has_its_share_beside_that_of_the_outer_one() -> None:
    found = points(
        inside("P1", 0.7),
        inside("P2", 0.3),
        inside(OUTSIDE, 0.3),
        inside(OUTSIDE, 0.7, level=1),
        parks=NESTED,
    )
    assert found == {"P1": "0.700000", OUTSIDE: "0.300000", "P2": "0.300000"}


def test_what_more_is_known_of_a_plant_is_weighed_as_of_any_site() -> None:
    stated = claim("P1", 0.85, "permit", evidence_id="permit_park_flag_and_name")
    found = shares(inside("P1", 0.6), inside(OUTSIDE, 0.4), stated)
    assert {place for place, row in found.items() if row["weight_point"] > 0} == {"P1"}


def test_a_drawn_boundary_holds_a_plant_or_does_not() -> None:
    claims = [
        {**row, "boundary_class": "approved"} for row in (inside("P1", 0.6), inside(OUTSIDE, 0.4))
    ]
    found = attributed(*claims, sites=PLANT, kind="approved")
    assert set(found["weight_point"].to_list()) == {0, 1}


def test_where_a_plant_stands_does_not_say_where_its_owner_is_registered() -> None:
    registered = attributed(sites=PLANT).filter(pl.col("basis") == "registered")
    assert registered["place_id"].to_list() == ["UNLOCATED:640000"]


@given(st.lists(st.floats(1e-6, 1), min_size=1, max_size=3))
def test_the_shares_of_a_plant_sum_to_one(chances: list[float]) -> None:
    rounded = [round(chance, 6) for chance in chances]
    claims = [inside(f"P{n}", chance) for n, chance in enumerate(rounded, start=1)]
    left = round(1 - sum(rounded), 6)
    if left > 0:
        claims.append(inside(OUTSIDE, left))
    found = shares(*claims).values()
    assert sum(row["weight_point"] for row in found) == 1
    assert all(row["weight_low"] <= row["weight_point"] <= row["weight_high"] for row in found)
