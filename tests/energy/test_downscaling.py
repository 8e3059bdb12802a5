"""Weights share out control totals exactly, and only where they are whole and of one caliber."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.energy.cities import city_quantities, with_cities
from assets.energy.control import open_cells, with_rest
from assets.energy.downscaling import (
    downscaled_activity,
    downscaled_parts,
    measured_places,
    usable_weights,
    worse_of,
)
from assets.energy.margins import open_totals, park_totals
from quality.contracts.core import Activity, Attribution, ControlQuantity, Park
from quality.contracts.forms import ParkAnnual
from quality.contracts.weights import SectorWeight
from tests.frames import facts, frame

CELL: dict[str, Any] = {
    "year": 2023,
    "province_code": "520000",
    "block": "final",
    "book_sector": "Nonmetal Mineral Products",
    "book_fuel": "Diesel_Oil",
    "energy_id": "diesel",
    "carrier": "fuel",
    "canonical_unit": "t",
    "activity_scope": "industry",
}
WEIGHT: dict[str, Any] = {
    "area_code": "520000",
    "year": 2023,
    "book_sector": "Nonmetal Mineral Products",
    "kind_zh": "增加值",
    "unit_zh": "万元",
    "firms_zh": "规上",
}
PEOPLE = {"kind_zh": "从业人员", "unit_zh": "人"}
PARKS = ("A", "B", "C")
REST = "REST:520000"


def weight(place: str, value: Any, **more: Any) -> dict[str, Any]:
    row = f"{place}|{more.get('kind_zh', '')}|{more.get('firms_zh', '')}"
    return {**WEIGHT, "source_row_id": row, "place_code": place, "value": value, **more}


def cell(quantity: Any, **more: Any) -> dict[str, Any]:
    return {**CELL, "source_row_id": "c", "control_id": "c", "quantity": quantity, **more}


def own(quantity: Any, site: str) -> dict[str, Any]:
    keys = {name: value for name, value in CELL.items() if name != "activity_scope"}
    return {**keys, "activity_id": site, "site_id": site, "quantity": quantity, "tier": "T2"}


def lies(site: str, place: str, **more: Any) -> dict[str, Any]:
    return {
        "site_id": site,
        "place_id": place,
        "basis": "operating",
        "series": "actual",
        "year_from": 1900,
        "year_to": 9999,
        "weight_point": 1,
        **more,
    }


def parks(divisions: dict[str, str] | None = None, **parents: str) -> pl.DataFrame:
    within = divisions or {}
    rows = [
        {
            "park_id": name,
            "catalogue_code": name,
            "province_code": "520000",
            "division_code": within.get(name),
            "parent_park_id": parents.get(name),
        }
        for name in PARKS
    ]
    return frame(Park, *rows)


def usable(*weights: dict[str, Any], **parents: str) -> pl.DataFrame:
    return usable_weights(frame(SectorWeight, *weights), facts("unit"), parks(**parents))


def shared_out(
    weights: list[dict[str, Any]],
    cells: list[dict[str, Any]],
    measured: list[dict[str, Any]] | None = None,
    places: list[dict[str, Any]] | None = None,
    totals: list[dict[str, Any]] | None = None,
    cities: list[dict[str, Any]] | None = None,
    divisions: dict[str, str] | None = None,
    **parents: str,
) -> pl.DataFrame:
    """`core.activity` of what is not measured."""
    control = frame(ControlQuantity, *cells)
    returned = frame(Activity, *measured or [])
    opened = open_cells(control, returned)
    attribution = frame(Attribution, *places or [])
    located = opened.clear().with_columns(
        pl.lit("", pl.String).alias(name)
        for name in ("activity_id", "site_id", "enterprise_id", "flow", "method_zh")
    )
    stated = park_totals(frame(ParkAnnual, *totals or []), facts("energy"), parks(**parents))
    known = usable(*weights, **parents)
    of_cities = city_quantities(frame(ControlQuantity, *cities or []))
    lying = pl.DataFrame(
        [(row["site_id"], "520100") for row in measured or [] if row["site_id"].startswith("city")],
        schema={"site_id": pl.String, "city_code": pl.String},
        orient="row",
    )
    parts = downscaled_parts(
        with_cities(opened, of_cities, known, returned, lying),
        known,
        measured_places(returned, attribution),
        open_totals(stated, returned, located, attribution),
        parks(divisions, **parents),
        lambda _: pl.lit(False),
    )
    downscaled = downscaled_activity(parts, control, of_cities)
    return with_rest(control, opened, located, downscaled, pl.lit(False))


def quantities(*arguments: Any, **parents: str) -> dict[str, Decimal]:
    return dict(shared_out(*arguments, **parents).select("site_id", "quantity").iter_rows())


def test_a_cell_goes_to_parks_and_the_rest_by_weight() -> None:
    found = shared_out([weight("A", 1), weight("B", 2), weight("REST", 7)], [cell(100)])
    rows = {row["site_id"]: row for row in found.to_dicts()}
    assert {site: row["quantity"] for site, row in rows.items()} == {
        "PARK:A": 10,
        "PARK:B": 20,
        REST: 70,
    }
    assert rows["PARK:A"]["method_zh"] == "全省分行业控制总量按增加值（规上）分解"
    assert rows["PARK:A"]["activity_id"] == "c|PARK:A"
    assert {row["tier"] for row in rows.values()} == {"T6"}


@pytest.mark.parametrize(
    ("carrier", "flow"),
    [("fuel", "direct"), ("electricity", "purchased_electricity"), ("heat", "purchased_heat")],
)
def test_the_flow_is_that_of_the_carrier(carrier: str, flow: str) -> None:
    found = shared_out([weight("A", 1), weight("REST", 1)], [cell(2, carrier=carrier)])
    assert found["flow"].to_list() == [flow, flow]


def test_measured_parks_take_no_share_and_what_is_measured_elsewhere_is_taken_off_too() -> None:
    found = quantities(
        [weight("A", 1), weight("B", 1), weight("REST", 3)],
        [cell(100)],
        [own(10, "a"), own(6, "far")],
        [lies("a", "A"), lies("far", "OUTSIDE:520000")],
    )
    assert found == {"PARK:B": 21, REST: 63}


@pytest.mark.parametrize(
    ("place", "measured"),
    [
        ({}, True),
        ({"boundary_class": "nominal", "weight_point": "0.2"}, True),
        ({"weight_point": 0}, False),
        ({"basis": "registered"}, False),
        ({"series": "constant"}, False),
        ({"year_to": 2022}, False),
    ],
)
def test_a_park_is_measured_where_a_return_operates_in_it(
    place: dict[str, Any], measured: bool
) -> None:
    found = quantities(
        [weight("A", 1), weight("REST", 1)], [cell(10)], [own(2, "a")], [lies("a", "A", **place)]
    )
    assert found == ({REST: 8} if measured else {"PARK:A": 4, REST: 4})


def test_a_return_of_another_fuel_measures_nothing() -> None:
    found = quantities(
        [weight("A", 1), weight("REST", 1)],
        [cell(10), cell(8, book_fuel="Gasoline", control_id="g", energy_id="gasoline")],
        [own(2, "a")],
        [lies("a", "A")],
    )
    assert found["PARK:A"] == 4


@pytest.mark.parametrize(
    "weights",
    [
        [],
        [weight("A", 1)],
        [weight("REST", 1)],
        [weight("A", 0), weight("REST", 0)],
        [weight("A", 1, firms_zh="规上"), weight("REST", 1, firms_zh="全部")],
        [weight("A", 1), weight("REST", 1, **PEOPLE)],
        [weight("A", 1, year=2022), weight("REST", 1, year=2022)],
        [weight("A", 1, book_sector="Chemical Fiber"), weight("REST", 1)],
    ],
)
def test_without_weights_of_a_park_and_of_the_rest_nothing_is_downscaled(
    weights: list[dict[str, Any]],
) -> None:
    assert quantities(weights, [cell(10)]) == {REST: 10}


def test_only_final_consumption_is_shared_out_by_weights() -> None:
    power = {"block": "transformation", "book_sector": "Thermal Power"}
    weights = [weight("A", 1, **power_sector()), weight("REST", 1, **power_sector())]
    assert quantities(weights, [cell(10, **power)]) == {REST: 10}


def power_sector() -> dict[str, str]:
    return {"book_sector": "Thermal Power"}


def test_value_added_goes_before_employees_and_units_may_differ() -> None:
    found = usable(
        weight("A", 9, **PEOPLE),
        weight("REST", 1, **PEOPLE),
        weight("A", 1, unit_zh="亿元"),
        weight("REST", 30_000),
    )
    assert found.sort("place_code").select("weight", "weight_unit").rows() == [
        (10_000, "1e4CNY"),
        (30_000, "1e4CNY"),
    ]


def test_a_kind_without_the_rest_gives_way_to_the_next_that_is_whole() -> None:
    found = usable(weight("A", 5), weight("A", 1, **PEOPLE), weight("REST", 3, **PEOPLE))
    assert set(found["kind_zh"]) == {"从业人员"}


def test_of_a_park_in_a_park_the_outer_one_counts_where_both_are_named() -> None:
    both = [weight("A", 4), weight("B", 1), weight("REST", 6)]
    assert quantities(both, [cell(100)], B="A") == {"PARK:A": 40, REST: 60}
    alone = [weight("B", 1), weight("REST", 4)]
    assert quantities(alone, [cell(100)], B="A") == {"PARK:B": 20, REST: 80}


def test_the_worse_score_of_book_and_weight_counts() -> None:
    frame_of = pl.DataFrame({"a": ["12341"], "b": ["21325"]})
    assert frame_of.select(worse_of("a", "b")).item() == "22345"


@given(
    st.integers(1, 10**13),
    st.lists(st.integers(0, 10**9), min_size=4, max_size=4),
    st.lists(st.sampled_from(["A", "B", "C", "OUTSIDE:520000"]), max_size=3),
    st.lists(st.floats(0, 1), min_size=3, max_size=3),
)
def test_parks_rest_and_measured_are_the_cell(
    micro: int, micro_weights: list[int], located: list[str], fractions: list[float]
) -> None:
    book = Decimal(micro).scaleb(-6)
    places = dict(zip((*PARKS, "REST"), micro_weights, strict=True))
    measured, left = [], micro
    for number, (_, fraction) in enumerate(zip(located, fractions, strict=False)):
        part = int(left * fraction)
        left -= part
        measured.append(own(Decimal(part).scaleb(-6), f"s{number}"))
    found = quantities(
        [weight(place, Decimal(w).scaleb(-6)) for place, w in places.items()],
        [cell(book)],
        measured,
        [lies(f"s{number}", place) for number, place in enumerate(located)],
    )
    assert sum(found.values()) + sum(row["quantity"] for row in measured) == book
    assert all(quantity > 0 for quantity in found.values())
    assert not {f"PARK:{place}" for place in located} & set(found)
