"""Rules on supply bills and on the yearly return of a park."""

from __future__ import annotations

from typing import Any

import pytest

from tests.landing.ruling import judged

CODE = "914403001922038216"


@pytest.mark.parametrize(
    ("cells", "rules"),
    [
        ({}, []),
        ({"green_kwh": 1000}, []),
        ({"green_kwh": 1001}, ["EN2"]),
        ({"previous_reading": 10, "current_reading": 20, "multiplier": 100}, []),
        ({"previous_reading": 10, "current_reading": 20, "multiplier": 95}, []),
        ({"previous_reading": 10, "current_reading": 20, "multiplier": 94}, ["METER"]),
        ({"previous_reading": 10, "current_reading": 20}, ["METER"]),
        ({"current_reading": 20, "multiplier": 94}, []),
        ({"account_no": "6.40123456789012e+17"}, ["DIGITS"]),
        ({"meter_point": "6E17"}, ["DIGITS"]),
        ({"account_no": "640123456789012345", "meter_point": "E17"}, []),
    ],
)
def test_a_bill_of_electricity(cells: dict[str, Any], rules: list[str]) -> None:
    assert judged("grid_supply", {"uscc_text": CODE, "billed_kwh": 1000, **cells}) == [rules]


@pytest.mark.parametrize(
    ("cells", "rules"),
    [
        ({"medium_zh": "热水", "unit_zh": "吉焦"}, []),
        ({"medium_zh": "蒸汽", "unit_zh": "百万千焦"}, []),
        ({"medium_zh": "蒸汽", "unit_zh": "吨", "temperature_c": 300, "pressure_mpa": 1}, []),
        ({"medium_zh": "蒸汽", "unit_zh": "吨", "temperature_c": 300}, ["STEAM"]),
        ({"medium_zh": "蒸汽", "unit_zh": "吨", "pressure_mpa": 1}, ["STEAM"]),
        (
            {"medium_zh": "热水", "unit_zh": "吨", "temperature_c": 90, "pressure_mpa": 1},
            ["STEAM"],
        ),
        ({"medium_zh": "蒸汽", "unit_zh": "立方米"}, ["UNIT"]),
        ({"medium_zh": "蒸汽", "unit_zh": "吨"}, ["STEAM"]),
        ({"medium_zh": "蒸汽", "unit_zh": "吨", "enthalpy_kj_kg": 2400}, []),
        ({"medium_zh": "蒸汽", "unit_zh": "吨", "enthalpy_kj_kg": 3900}, []),
        ({"medium_zh": "蒸汽", "unit_zh": "吨", "enthalpy_kj_kg": "2399.9"}, ["ENTHALPY"]),
        ({"medium_zh": "蒸汽", "unit_zh": "吨", "enthalpy_kj_kg": "3900.1"}, ["ENTHALPY"]),
        # kcal/kg, and MJ/kg
        ({"medium_zh": "蒸汽", "unit_zh": "吨", "enthalpy_kj_kg": 663}, ["ENTHALPY"]),
        ({"medium_zh": "蒸汽", "unit_zh": "吉焦", "enthalpy_kj_kg": "2.777"}, ["ENTHALPY"]),
        ({"medium_zh": "热水", "unit_zh": "吨", "enthalpy_kj_kg": 2777}, ["STEAM"]),
    ],
)
def test_a_bill_of_heat(cells: dict[str, Any], rules: list[str]) -> None:
    assert judged("heat_supply", {"uscc_text": CODE, "quantity": 10, **cells}) == [rules]


PARK: dict[str, Any] = {
    "catalogue_code": "S649012",
    "year": 2023,
    "planned_ha": 500,
    "developed_ha": 400,
    "enterprises": 100,
    "enterprises_above_scale": 40,
    "raw_coal_t": 10_000,
    "electricity_1e4kwh": 1000,
    "other_tce": 628,
    # 7,143 + 1,229 + 628
    "energy_tce": 9000,
    "electricity_basis": "当量值",
}


@pytest.mark.parametrize(
    ("cells", "rules"),
    [
        ({}, []),
        ({"catalogue_code": "S999999"}, ["PARK"]),
        ({"developed_ha": 501}, ["EN2"]),
        ({"enterprises_above_scale": 101}, ["EN2"]),
        ({"energy_tce": 9200}, ["EN4w"]),
        ({"energy_tce": 9901}, ["EN4e"]),
        ({"energy_tce": 9901, "electricity_basis": "等价值"}, []),
        ({"energy_tce": 9901, "electricity_basis": None}, []),
        ({"energy_tce": None}, []),
    ],
)
def test_a_return_of_a_park(cells: dict[str, Any], rules: list[str]) -> None:
    assert judged("park_annual", {**PARK, **cells}) == [rules]


@pytest.mark.parametrize(
    ("factor", "event", "rules"),
    [(1.2, None, []), (1.4, None, ["EN6w"]), (4, None, ["EN6e"]), (4, "边界调整", ["EN6w"])],
)
def test_a_park_against_its_year_before(factor: float, event: str | None, rules: list[str]) -> None:
    basis = {"electricity_basis": "等价值"}
    after = {**PARK, **basis, "year": 2024, "energy_tce": 9000 * factor, "event_zh": event}
    assert judged("park_annual", {**PARK, **basis}, after) == [[], rules]
    other = {**after, "catalogue_code": "S649008"}
    assert judged("park_annual", {**PARK, **basis}, other) == [[], []]
