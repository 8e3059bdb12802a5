"""Control totals: measured + downscaled + rest = the book, and nothing is scaled to fit."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.energy.control import (
    ControlTotalError,
    control_quantities,
    operating_units,
    placed_by_capacity,
)
from quality.contracts.accepted import ControlTotal
from quality.contracts.core import Activity, ControlQuantity
from tests.frames import facts, frame

POWER = {
    "year": 2017,
    "province_code": "640000",
    "block": "transformation",
    "book_sector": "Thermal Power",
    "book_fuel": "Raw_Coal",
    "energy_id": "raw_coal",
    "carrier": "fuel",
    "canonical_unit": "t",
}
FINAL = {**POWER, "block": "final", "book_sector": "Nonmetal Mineral Products"}


def cell(quantity: Any, key: dict[str, Any] = POWER, row: str = "c") -> dict[str, Any]:
    return {**key, "source_row_id": row, "quantity": quantity}


def own(quantity: Any, key: dict[str, Any] = POWER, site: str = "own") -> dict[str, Any]:
    return {**key, "activity_id": f"{site}|{quantity}", "site_id": site, "quantity": quantity}


def unit(name: str, capacity: Any, **more: Any) -> dict[str, Any]:
    return {
        "unit_id": name,
        "site_id": f"GEM:{name}",
        "enterprise_id": f"N:{name}",
        "province_code": "640000",
        "capacity_mw": Decimal(capacity),
        "start_year": 2000,
        "retired_year": None,
        "captive": False,
        **more,
    }


def plants(*units: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(
        list(units),
        schema={
            "unit_id": pl.String,
            "site_id": pl.String,
            "enterprise_id": pl.String,
            "province_code": pl.String,
            "capacity_mw": pl.Decimal(38, 6),
            "start_year": pl.Int64,
            "retired_year": pl.Int64,
            "captive": pl.Boolean,
        },
    )


def placed(
    cells: list[dict[str, Any]],
    measured: list[dict[str, Any]],
    *units: dict[str, Any],
) -> dict[str, Decimal]:
    found = placed_by_capacity(
        frame(ControlQuantity, *cells), frame(Activity, *measured), plants(*units), pl.lit(False)
    )
    return dict(found.select("site_id", "quantity").iter_rows())


def test_coal_for_power_goes_to_located_units_by_capacity() -> None:
    found = placed([cell(100)], [], unit("a", 300), unit("b", 100))
    assert found == {"GEM:a": 75, "GEM:b": 25}


def test_what_is_measured_is_taken_off_first_and_never_scaled() -> None:
    found = placed([cell(100)], [own(40)], unit("a", 300), unit("b", 100))
    assert found == {"GEM:a": 45, "GEM:b": 15}


def test_a_site_with_its_own_return_takes_no_share() -> None:
    found = placed([cell(100)], [own(40, site="GEM:a")], unit("a", 300), unit("b", 100))
    assert found == {"GEM:b": 60}


@pytest.mark.parametrize(
    ("start", "retired", "operates"),
    [
        (2017, None, True),
        (2018, None, False),
        (2000, 2017, True),
        (2000, 2016, False),
        (None, None, False),
        (None, 2030, False),
    ],
)
def test_a_unit_operates_from_its_start_to_its_retirement_and_is_not_guessed(
    start: int | None, retired: int | None, operates: bool
) -> None:
    other = plants(unit("a", 1, start_year=start, retired_year=retired))
    assert operating_units(other, [2017]).height == operates
    found = placed([cell(10)], [], unit("a", 1, start_year=start, retired_year=retired))
    assert found == ({"GEM:a": 10} if operates else {"REST:640000": 10})


def test_units_of_another_province_take_no_share() -> None:
    assert placed([cell(10)], [], unit("a", 1, province_code="150000")) == {"REST:640000": 10}


@pytest.mark.parametrize(
    "key",
    [FINAL, {**POWER, "book_fuel": "Natural_Gas"}, {**POWER, "book_sector": "Heating Supply"}],
)
def test_only_coal_for_power_is_downscaled(key: dict[str, Any]) -> None:
    assert placed([cell(10, key)], [], unit("a", 1)) == {"REST:640000": 10}


def test_a_captive_unit_burns_for_its_own_site() -> None:
    found = placed_by_capacity(
        frame(ControlQuantity, cell(10)),
        frame(Activity),
        plants(unit("a", 1), unit("b", 1, captive=True)),
        pl.lit(True),
    )
    flows = dict(found.select("site_id", "flow").iter_rows())
    assert flows == {"GEM:a": "direct_exported", "GEM:b": "direct"}
    assert set(found["tier"]) == {"T6"}
    assert found["illustrative"].all()


def test_measured_above_the_control_total_stops_with_both_numbers() -> None:
    assert placed([cell(100)], [own(100)], unit("a", 1)) == {}
    with pytest.raises(ControlTotalError) as caught:
        placed([cell(100)], [own("100.5")], unit("a", 1))
    message = str(caught.value)
    for part in ("CT1", "640000 2017 Thermal Power Raw_Coal", "100.500000 t", "100.000000", "(c)"):
        assert part in message


@given(
    st.integers(1, 10**14),
    st.lists(st.floats(0, 1), max_size=3),
    st.lists(st.integers(1, 2000), max_size=4),
)
def test_book_is_measured_plus_downscaled_plus_rest(
    micro: int, fractions: list[float], capacities: list[int]
) -> None:
    book = Decimal(micro).scaleb(-6)
    measured, left = [], micro
    for place, fraction in enumerate(fractions):
        part = int(left * fraction)
        left -= part
        measured.append(own(Decimal(part).scaleb(-6), site=f"m{place}"))
    units = [unit(f"u{place}", capacity) for place, capacity in enumerate(capacities)]
    found = placed([cell(book)], measured, *units)
    assert sum(found.values()) + sum(row["quantity"] for row in measured) == book
    assert all(quantity >= 0 for quantity in found.values())


def book_row(**changes: Any) -> dict[str, Any]:
    keys = ("year", "province_code", "block", "book_sector", "book_fuel")
    row = {name: FINAL[name] for name in keys}
    return {**row, "source_row_id": "c", "value": 2, "unit_zh": "万吨", **changes}


def quantities(*rows: dict[str, Any]) -> pl.DataFrame:
    return ControlQuantity.conform(
        control_quantities(frame(ControlTotal, *rows), facts("unit"), facts("energy"))
    )


def test_a_control_total_comes_in_the_canonical_unit_of_what_stands_for_its_fuel() -> None:
    found = quantities(book_row(), book_row(book_fuel="Electricity", unit_zh="亿千瓦时", value=3))
    assert found.select("energy_id", "quantity", "canonical_unit").rows() == [
        ("electricity", Decimal(300_000_000), "kWh"),
        ("raw_coal", Decimal(20_000), "t"),
    ]


def test_outputs_and_empty_cells_of_the_book_are_no_consumption() -> None:
    assert quantities(book_row(value=-2), book_row(value=0, book_sector="x")).height == 0


@pytest.mark.parametrize("changes", [{"unit_zh": "千瓦时"}, {"book_fuel": "Peat"}])
def test_a_control_total_without_conversion_stops(changes: dict[str, str]) -> None:
    with pytest.raises(ControlTotalError, match="c: no conversion for"):
        quantities(book_row(**changes))
    assert quantities(book_row(value=-1, **changes)).height == 0
