"""Carbon balances of transformation: the worked case, its failing side, and form 205-2."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.inventory.ledger import MissingFactor
from assets.inventory.measured import usable
from assets.inventory.methods.base import MethodError, net_t
from assets.inventory.methods.figures import figure
from assets.inventory.methods.held import held_fuels
from assets.inventory.methods.refused import refused_works
from assets.inventory.methods.transformation import (
    Stream,
    carbon_balance,
    transformation_balance,
)
from assets.inventory.methods.transformed import transformation_terms
from quality.contracts.audit import Flag, QuarantineRow
from quality.contracts.forms import Return2052
from quality.contracts.process import ProcessReturn
from tests.frames import facts, frame
from tests.inventory.methods.worked import CODE, exact, net_of
from tests.shared_data import golden

AMOUNTS = {"washed_coal": "washed_coal_t", "coke": "coke_t", "cog": "cog_1e4Nm3", "tar": "tar_t"}
AMOUNTS["benzol"] = "benzol_t"


def stream(
    name: str, content: list[float], put_in: float | Fraction = 0, made: float | Fraction = 0
) -> Stream:
    ncv, cc = (figure(exact(value)) for value in content)
    amounts = [figure(exact(x) if isinstance(x, float) else x, "t") for x in (put_in, made)]
    return Stream(name, "t", amounts[0], amounts[1], ncv, cc)


def oven(coal: str) -> list[Stream]:
    inputs, _, _ = golden("G06")
    made = [
        stream(name, inputs[f"{name}_NCV_CC"], made=inputs[amount])
        for name, amount in AMOUNTS.items()
        if name != "washed_coal"
    ]
    return [stream("washed_coal", inputs[coal], inputs["washed_coal_t"]), *made]


def test_g06_a_coke_oven_with_measured_coal() -> None:
    _, expected, tolerance = golden("G06")
    found = transformation_balance(oven("measured_NCV_CC"))
    assert float(found.carbon_in_t) == pytest.approx(expected["C_in_t"], rel=tolerance)
    assert float(found.carbon_out_t) == pytest.approx(expected["C_out_t"], rel=tolerance)
    assert float(found.co2_t) == pytest.approx(expected["E_transf_tCO2"], rel=tolerance)
    assert float(found.loss_ratio) == pytest.approx(expected["loss_ratio"], rel=tolerance)
    assert net_t(found.terms, "CO2") == found.co2_t
    assert [t.flow for t in found.terms] == ["carbon_in", *["carbon_out"] * 4]


def test_g06_default_factors_of_two_sets_are_refused_not_clipped() -> None:
    _, expected, tolerance = golden("G06")
    with pytest.raises(
        MethodError, match=r"CB1: carbon loss -8\.982 % \(66913\.8 t C in, 72924\.2"
    ):
        transformation_balance(oven("default_NCV_CC"))
    found = carbon_balance(oven("default_NCV_CC"))
    assert float(found.carbon_in_t) == pytest.approx(expected["default_C_in_t"], rel=tolerance)
    assert float(found.co2_t) == pytest.approx(expected["default_E_transf_tCO2"], rel=tolerance)
    assert float(found.loss_ratio) == pytest.approx(expected["default_loss_ratio"], rel=tolerance)


@pytest.mark.parametrize(
    ("made", "fits"), [(102, True), (103, False), (85, True), (84, False), (100, True)]
)
def test_the_bounds_of_the_loss_are_inside(made: int, fits: bool) -> None:
    streams = [stream("coal", [1, 1], 100), stream("coke", [1, 1], 0, made)]
    if fits:
        assert transformation_balance(streams).co2_t == (100 - made) * Fraction(44, 12000)
    else:
        with pytest.raises(MethodError, match=r"CB1: .* expected -2 to 15 %"):
            transformation_balance(streams)


def test_carbon_out_of_nothing_and_negative_amounts_are_refused() -> None:
    with pytest.raises(MethodError, match="CB1: 0 t C in"):
        transformation_balance([stream("coke", [1, 1], 0, 5)])
    with pytest.raises(MethodError, match="coal is -5 t; expected 0 or more"):
        transformation_balance([stream("coal", [1, 1], Fraction(-5))])
    assert transformation_balance([]).terms == []


@given(scale=st.fractions(min_value=Fraction(1, 1000), max_value=1000))
def test_the_balance_is_linear(scale: Fraction) -> None:
    one = [stream("coal", [2, 3], Fraction(100)), stream("coke", [4, 1], 0, Fraction(140))]
    many = [
        stream("coal", [2, 3], 100 * scale),
        stream("coke", [4, 1], 0, 140 * scale),
    ]
    assert transformation_balance(many).co2_t == scale * transformation_balance(one).co2_t
    assert transformation_balance(many).loss_ratio == transformation_balance(one).loss_ratio


def rows(*values: dict[str, Any]) -> pl.DataFrame:
    shared = {
        "uscc_text": CODE,
        "name_zh": "甲焦化厂",
        "industry_division": "25",
        "year": 2023,
        "kind_zh": "炼焦",
        "unit_zh": "吨",
    }
    numbered = [{"source_row_id": f"t::{n}", **shared, **v} for n, v in enumerate(values, start=10)]
    return frame(Return2052, *numbered)


COAL = {"energy_zh": "洗精煤", "input": 100000, "ncv": "29300", "ncv_unit_zh": "千焦/千克"}
COKE = {"energy_zh": "焦炭", "output": "7.4", "unit_zh": "万吨"}
GAS = {"energy_zh": "焦炉煤气", "output": 3000, "unit_zh": "万立方米"}
TAR = {"energy_zh": "其他焦化产品", "output": 3500}
POWER = {"energy_zh": "电力", "input": 100, "unit_zh": "万千瓦时"}


NOBODY = refused_works(QuarantineRow.empty_frame(), frame(Return2052))


def of(*values: dict[str, Any]) -> tuple[pl.DataFrame, pl.DataFrame]:
    names = ("energy", "fuel_factor", "unit", "ncv_unit")
    return transformation_terms(rows(*values), *(facts(name) for name in names), NOBODY)


def test_a_coke_oven_of_form_205_2() -> None:
    found, edges = of(COAL, COKE, GAS, TAR, POWER)
    coal = found.filter(pl.col("flow") == "carbon_in").row(0, named=True)
    assert coal["factor_derivation"].startswith("29.3 GJ/t × 25.4 tC/TJ ÷ 1000 × 44/12 = ")
    assert coal["factor_id"].endswith("measured|t::10")
    assert (coal["method_id"], coal["item_zh"]) == ("transformation_balance", "炼焦")
    assert coal["source_category"] == "energy_transformation"
    out = found.filter(pl.col("flow") == "carbon_out")
    assert out.select("term", "quantity").sort("term").rows() == [
        ("其他焦化产品 out", Decimal(3500)),
        ("焦炉煤气 out", Decimal(3000)),
        ("焦炭 out", Decimal(74000)),
    ]
    carbon = 100000 * 29.3 * 25.4 - 74000 * 28.435 * 29.5 - 3000 * 179.81 * 13.58
    carbon -= float(
        3500 * facts("fuel_factor").filter(
            (pl.col("fuel_id") == "other_coking") & pl.col("parameter").is_in(["NCV", "CC"])
        ).sort("factor_set", "parameter").head(2)["value"].product()
    )  # fmt: skip
    assert net_of(found, "CO2") == pytest.approx(carbon / 1000 * 44 / 12, rel=1e-9)
    cells = edges.filter(pl.col("item_id") == coal["term_id"])
    assert ("input", "t::10", "加工转换/投入量") in cells.select(
        "role", "source_row_id", "column_zh"
    ).rows()
    assert found["profiles"].unique().to_list() == ["CN-GHG;ZCP-2025;IPCC"]


def test_g06_through_the_form_with_measured_value_and_content() -> None:
    inputs, _, tolerance = golden("G06")
    value, content = inputs["measured_NCV_CC"]
    coal = {**COAL, "ncv": value, "ncv_unit_zh": "百万千焦/吨", "carbon_content_tc_tj": content}
    found, edges = of(coal, COKE, GAS, TAR)
    into = found.filter(pl.col("flow") == "carbon_in").row(0, named=True)
    assert into["factor_derivation"].startswith("29.3 GJ/t × 25.8 tC/TJ ÷ 1000 × 44/12 = ")
    carbon = float(into["quantity"] * into["factor_value"]) * 12 / 44
    assert carbon == pytest.approx(golden("G06")[1]["C_in_t"], rel=tolerance)
    cells = edges.filter(pl.col("item_id") == into["factor_id"]).select("role", "column_zh")
    assert ("CC", "单位热值含碳量") in cells.rows()


def test_fuel_for_power_and_heat_is_combustion_and_not_here() -> None:
    found, edges = of({**COAL, "kind_zh": "火力发电"}, {**COAL, "kind_zh": "供热"})
    assert found.height == edges.height == 0


def test_a_works_whose_carbon_does_not_add_up_stops() -> None:
    default = {**COAL, "ncv": None, "ncv_unit_zh": None}
    with pytest.raises(MethodError, match=r"甲焦化厂 2023, row t::10 and 3 more, 炼焦, CB1: .* -7"):
        of(default, COKE, GAS, TAR)


@pytest.mark.parametrize(
    ("values", "error", "said"),
    [
        ({"energy_zh": "薪柴", "input": 1}, MethodError, "薪柴 is not known"),
        (
            {"energy_zh": "焦炭", "input": 1, "unit_zh": "车"},
            MethodError,
            "焦炭 is in 车; expected",
        ),
        (
            {"energy_zh": "焦炉煤气", "input": 1},
            MethodError,
            "焦炉煤气 is in 吨; expected .*万立方米、.*亿立方米",
        ),
    ],
)
def test_a_row_that_stops(values: dict[str, Any], error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        of(values)


def test_a_fuel_without_carbon_content_stops_with_the_next_step() -> None:
    lacking = facts("fuel_factor").filter(
        (pl.col("fuel_id") != "coke") | (pl.col("parameter") != "CC")
    )
    with pytest.raises(MissingFactor, match=r"coke: no set has .*fuel_factor\.csv"):
        transformation_terms(
            rows(COAL, COKE), facts("energy"), lacking, facts("unit"), facts("ncv_unit"), NOBODY
        )


def test_a_calorific_value_that_the_door_flagged_is_not_used() -> None:
    """31.1 GJ/t is out of the range of washed coal (EN3w)."""
    odd = rows({**COAL, "ncv": "31100"}, {**COKE, "output": "7.5"})
    flag = frame(Flag, {"source_row_id": "t::10", "rule_id": "EN3w"})
    names = ("energy", "fuel_factor", "unit", "ncv_unit")
    found, _ = transformation_terms(usable(odd, flag), *(facts(name) for name in names), NOBODY)
    coal = found.filter(pl.col("flow") == "carbon_in").row(0, named=True)
    assert coal["factor_derivation"].startswith("26.344 GJ/t")
    assert not coal["factor_id"].endswith("t::10")


def test_a_calorific_value_without_fitting_unit_is_not_used() -> None:
    found, _ = of({**COAL, "ncv_unit_zh": "千焦/立方米"}, {**COKE, "output": "7.5"})
    coal = found.filter(pl.col("flow") == "carbon_in").row(0, named=True)
    assert coal["factor_derivation"].startswith("26.344 GJ/t")


def quarantined(number: int, rule: str, cells: dict[str, Any]) -> dict[str, Any]:
    return {
        "source_row_id": f"t::{number}",
        "source_id": "return_205_2",
        "rule_id": rule,
        "cells_json": json.dumps(
            {"统一社会信用代码": CODE, "单位详细名称": "甲焦化厂", "年份": "2023", **cells}
        ),
    }


def test_a_works_of_which_a_row_was_refused_has_no_balance_and_burns_nothing_of_it() -> None:
    accepted = rows(COKE, GAS, {**COAL, "energy_zh": "原煤"})
    coal = quarantined(
        9, "TYPE:input", {"加工转换类型": "炼焦", "能源名称": "洗精煤", "加工转换/投入量": "十万"}
    )
    refused = refused_works(frame(QuarantineRow, coal), accepted)
    put_in = dict(refused.select("energy_zh", "put_in").iter_rows())
    assert put_in == {"洗精煤": True, "原煤": True, "焦炭": False, "焦炉煤气": False}
    names = ("energy", "fuel_factor", "unit", "ncv_unit")
    terms, _ = transformation_terms(accepted, *(facts(name) for name in names), refused)
    assert terms.is_empty()
    held = held_fuels(frame(ProcessReturn), terms, facts("energy"), refused)
    assert set(held.select("energy_id", "quantity", "method_id").rows()) == {
        ("washed_coal", None, "refused_balance"),
        ("raw_coal", None, "refused_balance"),
    }


@pytest.mark.parametrize(
    ("rule", "cells"),
    [
        ("SUPPLEMENT", {"加工转换类型": "炼焦", "能源名称": "洗精煤", "加工转换/投入量": "1"}),
        ("EN8", {"加工转换类型": "火力发电", "能源名称": "洗精煤", "加工转换/投入量": "1"}),
        ("TYPE:year", {"加工转换类型": "炼焦", "能源名称": "洗精煤", "年份": "去年"}),
        ("FIELDS", {"加工转换类型": "炼焦", "能源名称": ""}),
    ],
)
def test_what_refuses_no_balance(rule: str, cells: dict[str, Any]) -> None:
    refused = refused_works(frame(QuarantineRow, quarantined(9, rule, cells)), rows(COAL, COKE))
    assert refused.is_empty()
