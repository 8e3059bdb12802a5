"""Sectors and totals of parks at once (G19): both margins are met, sectors to the last digit."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.energy.control import ControlTotalError
from assets.energy.margins import open_totals, park_totals
from quality.contracts.core import Activity, Attribution
from quality.contracts.forms import ParkAnnual
from tests.energy.test_downscaling import REST, cell, lies, own, parks, shared_out, weight
from tests.frames import facts, frame

SECOND: dict[str, Any] = {"book_sector": "Chemical Fiber"}


def stated(park: str, diesel: Any, **more: Any) -> dict[str, Any]:
    row = {"catalogue_code": park, "year": 2023, "measured_zh": "实测", "diesel_t": diesel}
    return {**row, "source_row_id": f"t{park}", **more}


def fitted(
    totals: list[dict[str, Any]],
    cells: tuple[int, int] = (60, 40),
    measured: list[dict[str, Any]] | None = None,
    places: list[dict[str, Any]] | None = None,
    weights: dict[str, tuple[int, int]] | None = None,
) -> dict[tuple[str, str], Decimal]:
    """Two sectors; two parks and the rest, alike in weight unless it is said."""
    alike = weights or {"A": (1, 1), "B": (1, 1), "REST": (1, 1)}
    rows = [weight(place, first) for place, (first, _) in alike.items()]
    rows += [
        {**weight(place, second), **SECOND, "source_row_id": f"{place}|2"}
        for place, (_, second) in alike.items()
    ]
    books = [cell(cells[0]), cell(cells[1], control_id="d", **SECOND)]
    found = shared_out(rows, books, measured, places, totals)
    return {
        (site, control): quantity
        for site, control, quantity in found.select(
            pl.col("site_id").str.strip_prefix("PARK:"),
            pl.col("activity_id").str.slice(0, 1),
            "quantity",
        ).iter_rows()
    }


def near(value: float) -> Any:
    return pytest.approx(value, rel=1e-7)


def test_a_park_with_a_total_has_it_and_the_others_share_what_is_left() -> None:
    """By hand: sectors 60 and 40, A returns 50 of 100. Its seed is a third of each sector, so
    it has half of each: 30 and 20. B and the rest share the other halves evenly."""
    found = fitted([stated("A", 50)])
    assert found == {
        ("A", "c"): 30,
        ("A", "d"): 20,
        ("B", "c"): 15,
        ("B", "d"): 10,
        (REST, "c"): 15,
        (REST, "d"): 10,
    }


def test_the_fit_keeps_what_the_weights_say_of_the_sectors() -> None:
    """By hand: A is only in the first sector, B only in the second: their totals are there."""
    weights = {"A": (1, 0), "B": (0, 1), "REST": (1, 1)}
    found = fitted([stated("A", 6), stated("B", 30)], weights=weights)
    assert {key: float(value) for key, value in found.items()} == {
        ("A", "c"): near(6),
        ("B", "d"): near(30),
        (REST, "c"): near(54),
        (REST, "d"): near(10),
    }


def test_a_total_that_takes_from_two_sectors_is_the_fit_worked_by_hand() -> None:
    """By hand: odds of A to the others are 1 in the first sector and 3 in the second, and A has
    x and 50 - x of 60 and 40: x / (60 - x) = r, (50 - x) / (x - 10) = 3 r. So
    (50 - x)(60 - x) = 3 x (x - 10), 2 x² + 80 x - 3000 = 0, x = 23.5889894354."""
    found = fitted([stated("A", 50)], weights={"A": (1, 3), "REST": (1, 1)})
    x = -20 + 1900**0.5
    assert float(found["A", "c"]) == near(x)
    assert float(found["A", "d"]) == near(50 - x)
    assert found["A", "c"] + found[REST, "c"] == 60
    assert found["A", "d"] + found[REST, "d"] == 40


@pytest.mark.parametrize(
    "row", [stated("A", 50, measured_zh="部分估算"), stated("A", None), stated("A", 50, year=2022)]
)
def test_a_total_that_is_estimated_or_not_there_is_no_margin(row: dict[str, Any]) -> None:
    assert fitted([row]) == fitted([])
    assert fitted([])["A", "c"] == 20


def test_what_enterprises_of_the_park_returned_is_taken_off_its_total() -> None:
    """The park is measured in the first sector: its total less the return is in the second."""
    found = fitted([stated("A", 35)], measured=[own(30, "a")], places=[lies("a", "A")])
    assert ("A", "c") not in found
    assert float(found["A", "d"]) == near(5)
    assert found["B", "c"] + found[REST, "c"] == 30


def test_the_class_that_places_most_in_the_park_counts() -> None:
    places = [
        lies("a", "A", boundary_class="approved", weight_point="0.5"),
        lies("a", "A", boundary_class="nominal"),
    ]
    found = fitted([stated("A", 35)], measured=[own(30, "a")], places=places)
    assert float(found["A", "d"]) == near(5)


def test_returns_above_the_total_of_the_park_stop_with_both_numbers() -> None:
    arguments: dict[str, Any] = {"measured": [own(30, "a")], "places": [lies("a", "A")]}
    # Within 2 %: nothing is left to share out.
    assert ("A", "d") not in fitted([stated("A", "29.5")], **arguments)
    with pytest.raises(ControlTotalError, match=r"CT1: A 2023 Diesel_Oil: .* 30\.0+ and .* 29\.0+"):
        fitted([stated("A", 29)], **arguments)


def test_a_park_in_which_located_plants_burn_the_fuel_has_no_total() -> None:
    """How much of it they took is an estimate itself."""
    attribution = frame(Attribution, lies("plant", "A"), lies("far", "OUTSIDE:520000"))
    totals = park_totals(
        frame(ParkAnnual, stated("A", 5), stated("B", 6)), facts("energy"), parks()
    )
    located = frame(
        Activity, *({**own(1, site), "block": "transformation"} for site in ("plant", "far"))
    )
    found = open_totals(totals, frame(Activity), located, attribution)
    assert found["place_id"].to_list() == ["B"]
    of_gas = located.with_columns(pl.lit("Natural_Gas").alias("book_fuel"))
    assert open_totals(totals, frame(Activity), of_gas, attribution).height == 2


def test_totals_come_in_canonical_units_and_a_code_on_two_zones_names_none() -> None:
    rows = [stated("A", 5, electricity_1e4kwh="2.5", natural_gas_1e4m3=3)]
    found = park_totals(frame(ParkAnnual, *rows), facts("energy"), parks())
    assert dict(found.select("book_fuel", "total").iter_rows()) == {
        "Diesel_Oil": 5,
        "Electricity": 25_000,
        "Natural_Gas": 3,
    }
    twice = parks().with_columns(pl.lit("A").alias("catalogue_code"))
    assert park_totals(frame(ParkAnnual, *rows), facts("energy"), twice).is_empty()


def test_totals_of_parks_above_the_sectors() -> None:
    """Less than 2 % is scaled to the sectors, so that nothing is left to others; more is refused
    with both numbers."""
    found = fitted([stated("A", "50.9"), stated("B", "50.9")])
    assert sum(found.values()) == 100
    assert float(found["A", "c"]) == near(30)
    assert not any(place == REST for place, _ in found)
    with pytest.raises(ControlTotalError, match=r"CT1: 520000 2023 Diesel_Oil: .* 102\.0+ .* 100"):
        fitted([stated("A", 51), stated("B", 51)])


def test_totals_that_no_table_has_are_refused() -> None:
    """A is only in the first sector, and that has less than A returned."""
    with pytest.raises(ControlTotalError, match=r"CT1: 520000 2023 Diesel_Oil: .*no fit"):
        fitted([stated("A", 70)], weights={"A": (1, 0), "REST": (1, 1)})


def test_a_park_whose_sectors_have_no_weight_takes_no_part() -> None:
    weights = {"A": (0, 0), "B": (1, 1), "REST": (1, 1)}
    assert fitted([stated("A", 5)], weights=weights) == fitted([], weights=weights)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(10**6, 10**10), min_size=2, max_size=2),
    st.lists(st.integers(1, 1000), min_size=6, max_size=6),
    st.floats(0, 0.45),
    st.floats(0, 0.45),
)
def test_both_margins_are_met_whatever_the_weights(
    cells: list[int], weights: list[int], first: float, second: float
) -> None:
    book = sum(cells)
    totals = {"A": int(book * first), "B": int(book * second)}
    of_place = {p: (weights[2 * n], weights[2 * n + 1]) for n, p in enumerate(("A", "B", "REST"))}
    found = fitted(
        [stated(park, total) for park, total in totals.items()],
        (cells[0], cells[1]),
        weights=of_place,
    )
    for control, wanted in zip("cd", cells, strict=True):
        assert sum(q for (_, c), q in found.items() if c == control) == wanted
    for park, total in totals.items():
        assert float(sum(q for (p, _), q in found.items() if p == park)) == pytest.approx(
            total, abs=1e-6 * book
        )
