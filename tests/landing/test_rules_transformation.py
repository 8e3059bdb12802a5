"""Rules on energy transformation at works level (EN7, EN8)."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from assets.landing.rules.transformation import carbon_rules
from quality.contracts.forms import Return2052
from tests.frames import frame
from tests.landing.ruling import broken, judged
from tests.shared_data import golden

WORKS: dict[str, Any] = {
    "uscc_text": "914403001922038216",
    "name_zh": "甲厂",
    "industry_division": "25",
    "year": 2017,
}


def coking(
    coal: float, ncv: float | None = None, content: float | None = None, **coke: Any
) -> list[list[str]]:
    """A coke oven in the proportions of case G06, per 100,000 t of coal."""
    measured = {
        "ncv": ncv,
        "ncv_unit_zh": None if ncv is None else "百万千焦/吨",
        "carbon_content_tc_tj": content,
    }
    rows: list[dict[str, Any]] = [
        {"energy_zh": "洗精煤", "unit_zh": "吨", "input": coal, **measured},
        {"energy_zh": "焦炭", "unit_zh": "万吨", "output": 7.4, **coke},
        {"energy_zh": "焦炉煤气", "unit_zh": "万立方米", "output": 3000},
        {"energy_zh": "其他焦化产品", "unit_zh": "吨", "output": 3500},
        {"energy_zh": "粗苯", "unit_zh": "吨", "output": 1000},
    ]
    shared = {**WORKS, "kind_zh": "炼焦"}
    return judged("return_205_2", *({**shared, **row} for row in rows))


def test_g06_default_coal_makes_more_carbon_than_there_was() -> None:
    """With default calorific values the works of G06 gains carbon: nothing is clipped."""
    assert coking(100_000) == [["EN7"]] * 5


def test_g06_measured_coal_closes_the_balance() -> None:
    assert coking(100_000, ncv=29.3) == [[]] * 5


def test_a_measured_carbon_content_counts_in_the_balance() -> None:
    assert coking(100_000, ncv=29.3, content=25.8) == [[]] * 5
    # 22 tC/TJ is in the band of washed coal, and too little for what was made of it.
    assert coking(100_000, ncv=29.3, content=22) == [["EN7"]] * 5
    # Out of the band the default is used: 25.4.
    assert coking(100_000, ncv=29.3, content=21) == [["CC3w"], *[[]] * 4]


def test_a_value_out_of_range_closes_no_balance() -> None:
    """31 GJ/t is in the range of washed coal; above it the default is used, as in form 205-1."""
    assert coking(100_000, ncv=31) == [[]] * 5
    assert coking(100_000, ncv=31.1) == [["EN3w", "EN7"], *[["EN7"]] * 4]


def test_too_much_carbon_lost_is_an_error_on_every_row_of_the_works() -> None:
    assert coking(130_000, ncv=29.3) == [["EN7"]] * 5


def test_outputs_out_of_nothing_are_an_error() -> None:
    assert coking(0) == [["EN7"]] * 5


def test_an_energy_without_carbon_content_leaves_the_balance_open() -> None:
    found = coking(100_000, energy_zh="焦粒", unit_zh="吨")
    assert [ids for place, ids in enumerate(found) if place != 1] == [["EN7n"]] * 4
    assert found[1] == ["EN7n", "ENERGY"]


def test_what_carries_no_fuel_carbon_is_not_balanced() -> None:
    row = {"kind_zh": "原煤入洗", "energy_zh": "原煤", "unit_zh": "吨", "input": 1000}
    washed = {**row, "energy_zh": "洗精煤", "input": None, "output": 600}
    assert judged("return_205_2", {**WORKS, **row}, {**WORKS, **washed}) == [[], []]


@pytest.mark.parametrize(
    ("made", "rules"),
    [(102.0, []), (102.1, ["EN7"]), (85.0, []), (84.9, ["EN7"])],
)
def test_carbon_loss_at_its_bounds(made: float, rules: list[str]) -> None:
    rows = frame(
        Return2052,
        {**WORKS, "kind_zh": "制气", "input": 100, "output": None},
        {**WORKS, "kind_zh": "制气", "input": None, "output": made},
    )
    sides = [pl.col(name).cast(pl.Float64).fill_null(0.0) for name in ("input", "output")]
    assert broken(carbon_rules(*sides), rows) == [rules, rules]


def test_g06_loss_ratio() -> None:
    _, expected, _ = golden("G06")
    for carbon, bad in (("C_in_t", False), ("default_C_in_t", True)):
        row = {
            **WORKS,
            "kind_zh": "炼焦",
            "input": expected[carbon],
            "output": expected["C_out_t"],
        }
        sides = [pl.col(name).cast(pl.Float64) for name in ("input", "output")]
        assert broken(carbon_rules(*sides), frame(Return2052, row)) == [["EN7"] if bad else []]


def plant(power_kwh: float, heat_gj: float, **fuel: Any) -> list[list[str]]:
    """A plant that burns 1,000 t of coal of 20 GJ/t: 20,000 GJ."""
    coal = {"energy_zh": "一般烟煤", "unit_zh": "吨", "ncv": 20, "ncv_unit_zh": "百万千焦/吨"}
    rows: list[dict[str, Any]] = [
        {**coal, "kind_zh": "火力发电", "input": 600, **fuel},
        {**coal, "kind_zh": "供热", "input": 400},
        {"energy_zh": "电力", "unit_zh": "千瓦时", "kind_zh": "火力发电", "output": power_kwh},
        {"energy_zh": "热力", "unit_zh": "百万千焦", "kind_zh": "供热", "output": heat_gj},
    ]
    return judged("return_205_2", *({**WORKS, **row} for row in rows))


@pytest.mark.parametrize(
    ("power_kwh", "heat_gj", "rules"),
    [
        (2_000_000, 6000, []),  # 7,200 + 6,000 of 20,000 GJ
        (2_000_000, 11_200, []),  # 92 %
        (2_000_000, 11_201, ["EN8"]),
        (1_388_900, 0, []),  # 25 %
        (1_388_800, 0, ["EN8"]),
    ],
)
def test_overall_efficiency_of_a_power_plant(
    power_kwh: float, heat_gj: float, rules: list[str]
) -> None:
    assert plant(power_kwh, heat_gj) == [rules] * 4


def test_efficiency_is_not_claimed_where_a_fuel_cannot_be_counted() -> None:
    assert plant(1, 0, energy_zh="焦粒", ncv=None, ncv_unit_zh=None) == [["ENERGY"], [], [], []]


def test_a_boiler_house_is_no_power_plant() -> None:
    boiler = {**WORKS, "kind_zh": "供热"}
    gas = {"energy_zh": "天然气", "unit_zh": "万立方米", "input": 100}
    heat = {"energy_zh": "热力", "unit_zh": "百万千焦", "output": 37_000}
    assert judged("return_205_2", {**boiler, **gas}, {**boiler, **heat}) == [[], []]


def test_two_works_are_judged_apart() -> None:
    good = {**WORKS, "kind_zh": "火力发电", "energy_zh": "柴油", "unit_zh": "吨", "input": 100}
    power = {**good, "energy_zh": "电力", "unit_zh": "千瓦时", "input": None, "output": 400_000}
    other = {"uscc_text": None, "name_zh": "乙厂"}
    found = judged(
        "return_205_2", good, power, {**good, **other}, {**power, **other, "output": 40_000}
    )
    assert found == [[], [], ["EN8", "ID1m"], ["EN8", "ID1m"]]
