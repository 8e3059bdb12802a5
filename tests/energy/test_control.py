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
)
from assets.energy.operating import whether_operating
from quality.contracts.accepted import ControlTotal
from quality.contracts.core import Activity, ControlQuantity
from quality.contracts.statistics import CeadsEnergy
from quality.contracts.vintages import CensusRevision
from tests.energy.placing import placed_by_capacity
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
    return {**key, "source_row_id": row, "control_id": row, "quantity": quantity}


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
        "status": "operating",
        "fuel": "coal",
        "captive": False,
        "steelworks": False,
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
            "status": pl.String,
            "fuel": pl.String,
            "captive": pl.Boolean,
            "steelworks": pl.Boolean,
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
    ("start", "retired", "status", "known"),
    [
        (2017, None, "operating", True),
        (2018, None, "operating", None),
        (2000, 2017, "retired", True),
        (2000, 2016, "retired", None),
        (None, 2016, "retired", None),
        (2018, None, "retired", None),
        (None, None, "operating", False),
        (None, 2030, "retired", False),
        (2000, None, "retired", False),
        (2000, None, "mothballed", False),
    ],
)
def test_a_unit_runs_from_its_start_to_its_retirement_and_is_not_guessed(
    start: int | None, retired: int | None, status: str, known: bool | None
) -> None:
    one = unit("a", 1, start_year=start, retired_year=retired, status=status)
    ran = whether_operating(plants(one), [2017])["operates"].to_list()
    assert ran == ([] if known is None else [known])
    assert placed([cell(10)], [], one) == ({"GEM:a": 10} if known else {"REST:640000": 10})


def test_the_share_of_a_unit_of_unknown_years_stays_in_the_rest() -> None:
    found = placed([cell(100)], [], unit("a", 300), unit("b", 100, start_year=None))
    assert found == {"GEM:a": 75, "REST:640000": 25}


def test_units_of_another_province_take_no_share() -> None:
    assert placed([cell(10)], [], unit("a", 1, province_code="150000")) == {"REST:640000": 10}


@pytest.mark.parametrize(
    "key",
    [FINAL, {**POWER, "book_fuel": "Natural_Gas"}, {**POWER, "book_sector": "Heating Supply"}],
)
def test_coal_units_take_coal_for_power_only(key: dict[str, Any]) -> None:
    assert placed([cell(10, key)], [], unit("a", 1)) == {"REST:640000": 10}


@pytest.mark.parametrize(
    ("fuel", "taker"),
    [
        ("Raw_Coal", "coal"),
        ("Cleaned_Coal", "coal"),
        ("Other_Washed_Coal", "coal"),
        ("Briquettes", "coal"),
        ("Natural_Gas", "gas"),
        ("Coke_Oven_Gas", "steel"),
        ("Other_Gas", "steel"),
        ("Coke", None),
        ("Diesel_Oil", None),
    ],
)
def test_each_fuel_for_power_goes_to_the_plants_that_burn_it(fuel: str, taker: str | None) -> None:
    found = placed(
        [cell(90, {**POWER, "book_fuel": fuel})],
        [],
        unit("coal", 1),
        unit("steel", 2, captive=True, steelworks=True),
        unit("gas", 4, fuel="gas"),
    )
    expected: dict[str | None, dict[str, int]] = {
        "coal": {"GEM:coal": 30, "GEM:steel": 60},
        "gas": {"GEM:gas": 90},
        "steel": {"GEM:steel": 90},
        None: {"REST:640000": 90},
    }
    assert found == expected[taker]


def test_use_as_raw_material_is_taken_off_in_the_rest_and_balances_no_sector() -> None:
    key = {**FINAL, "block": "non_energy", "book_sector": "Non-Energy Use"}
    found = placed_by_capacity(
        frame(ControlQuantity, cell(10, key)), frame(Activity), plants(), pl.lit(True)
    )
    (row,) = found.to_dicts()
    assert (row["site_id"], row["flow"], row["quantity"]) == ("REST:640000", "non_energy", 10)
    assert (row["book_sector"], row["book_fuel"]) == (None, None)


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


def test_heat_that_thermal_power_takes_in_is_a_memo_of_the_rest() -> None:
    heat = {"carrier": "heat", "energy_id": "heat", "canonical_unit": "GJ", "book_fuel": "Heat"}
    found = placed_by_capacity(
        frame(
            ControlQuantity,
            cell(10, {**POWER, **heat}),
            cell(10, {**FINAL, **heat}, "f"),
        ),
        frame(Activity),
        plants(),
        pl.lit(False),
    )
    flows = dict(found.select("block", "flow").iter_rows())
    assert flows == {"transformation": "memo", "final": "purchased_heat"}
    # Power that heating takes in is bought as any, and has a factor.
    power = {"carrier": "electricity", "energy_id": "electricity", "book_fuel": "Electricity"}
    (row,) = placed_by_capacity(
        frame(ControlQuantity, cell(10, {**POWER, **power})),
        frame(Activity),
        plants(),
        pl.lit(False),
    ).to_dicts()
    assert row["flow"] == "purchased_electricity"


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


def book_cell(**changes: Any) -> dict[str, Any]:
    return {
        "source_row_id": "b",
        "source_column": "Raw_Coal",
        "province_en": "Ningxia",
        "year": 2017,
        "item_en": FINAL["book_sector"],
        "fuel_en": "Raw_Coal",
        "unit": "10^4 ton",
        "value": 2,
        **changes,
    }


def quantities(*rows: dict[str, Any], books: list[dict[str, Any]] | None = None) -> pl.DataFrame:
    return ControlQuantity.conform(
        control_quantities(
            frame(ControlTotal, *rows),
            frame(CeadsEnergy, *books or []),
            facts("unit"),
            facts("energy"),
            facts("book_row"),
            facts("province_name"),
            frame(CensusRevision),
        )
    )


def test_a_control_total_comes_in_the_canonical_unit_of_what_stands_for_its_fuel() -> None:
    found = quantities(book_row(), book_row(book_fuel="Electricity", unit_zh="亿千瓦时", value=3))
    assert found.select("energy_id", "quantity", "canonical_unit", "activity_scope").rows() == [
        ("electricity", Decimal(300_000_000), "kWh", "industry"),
        ("raw_coal", Decimal(20_000), "t", "industry"),
    ]


def test_outputs_and_empty_cells_of_the_book_are_no_consumption() -> None:
    assert quantities(book_row(value=-2), book_row(value=0, book_sector="x")).height == 0


@pytest.mark.parametrize("changes", [{"unit_zh": "千瓦时"}, {"book_fuel": "Peat"}])
def test_a_control_total_without_conversion_stops(changes: dict[str, str]) -> None:
    with pytest.raises(ControlTotalError, match="c: no conversion for"):
        quantities(book_row(**changes))
    assert quantities(book_row(value=-1, **changes)).height == 0


def test_a_sector_of_unknown_scope_stops() -> None:
    with pytest.raises(ControlTotalError, match="c: sector 'Space flight' is not known"):
        quantities(book_row(book_sector="Space flight"))


@pytest.mark.parametrize(
    ("fuel", "unit", "quantity", "canonical"),
    [
        ("Raw_Coal", "10^4 ton", 20_000, "t"),
        ("Natural_Gas", "10^8 cu.m", 20_000, "1e4Nm3"),
        ("Other_Gas", "10^8 cu.m", 20_000, "1e4Nm3"),
        ("Heat", "10^10 kj", 20_000, "GJ"),
        ("Electricity", "10^8 kwh", 200_000_000, "kWh"),
    ],
)
def test_a_cell_of_a_book_is_a_control_total_with_its_unit_row_respected(
    fuel: str, unit: str, quantity: int, canonical: str
) -> None:
    (row,) = quantities(books=[book_cell(fuel_en=fuel, source_column=fuel, unit=unit)]).to_dicts()
    assert (row["quantity"], row["canonical_unit"]) == (quantity, canonical)
    assert (row["control_id"], row["province_code"]) == (f"b|{fuel}", "640000")


def test_a_cell_that_both_sources_give_is_taken_from_the_book() -> None:
    (row,) = quantities(
        book_row(value="19.450720"), books=[book_cell(value="19.4507203267739")]
    ).to_dicts()
    assert (row["control_id"], row["quantity"]) == ("b|Raw_Coal", Decimal("194507.203268"))


@pytest.mark.parametrize("value", ["19.450723", "0"])
def test_two_sources_that_differ_stop_with_both_rows_and_numbers(value: str) -> None:
    with pytest.raises(ControlTotalError) as caught:
        quantities(book_row(value=value), books=[book_cell(value="19.4507203267739")])
    for part in ("640000 2017 Nonmetal", " in c and 194507.203268 in b|Raw_Coal"):
        assert part in str(caught.value)
