"""What methods refuse: each with rule, numbers and what was expected; nothing is clipped."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from assets.inventory.ledger import MissingFactor
from assets.inventory.methods.base import SIGNS, MethodError
from assets.inventory.methods.book import FactorBook, FactorConflict
from assets.inventory.methods.catalogue import BY_NAME, METHODS
from tests.frames import facts
from tests.inventory.methods.worked import book, evaluated, sampled, terms

WATER = {"treatment": "厌氧反应器", "water_m3": 1000, "cod_in": 1.2, "cod_out": 0.2}
OXIDES = {"clinker_t": 1, "cao": 0.6, "mgo": 0.02, "cao_not_carbonate": 0, "mgo_not_carbonate": 0}
GAS = {"gas": "CF4", "gas_kg": 10, "heel": 0.1, "used_up": 0.4}
FILL = {"kind": "厨余", "type": "规范厌氧", "climate": "湿润温带", "cover": "有"}


@pytest.mark.parametrize(
    ("method_id", "given", "said"),
    [
        ("wastewater", {**WATER, "cod_out": 1.5}, r"TOW: 1000 m3 × .* = -300 kg COD"),
        ("wastewater", {**WATER, "sludge_kg": 1001}, r"TOW: .* = -1 kg COD; expected 0 or more"),
        ("wastewater", {**WATER, "recovered_kg": 201}, "net: 0.201 t CH4 are .* from 0.2 t"),
        (
            "wastewater",
            {**WATER, "place": "外单位", "recovered_kg": 1},
            "甲烷回收量 of waste treated elsewhere",
        ),
        ("wastewater", {**WATER, "treatment": "氧化沟"}, "处理方式 is 氧化沟; expected 排入水体"),
        ("clinker_oxides", {**OXIDES, "cao_not_carbonate": 0.7}, "0.7 of 0.6"),
        ("clinker_oxides", {**OXIDES, "mgo_not_carbonate": 0.03}, "MgO not from carbonates"),
        ("clinker_oxides", {**OXIDES, "cao": 65.3}, "氧化钙含量 is 65.3; expected 0 to 1"),
        ("clinker", {"clinker_t": -1}, "熟料产量 is -1 t; expected 0 or more"),
        ("clinker", {}, r"missing: 熟料产量 \(clinker_t\); expected a row for each"),
        ("clinker", {"clinker_t": 1, "cao": 0.6}, "unknown: cao; expected clinker_t"),
        ("clinker", {"clinker_t": "many"}, "熟料产量 is many; expected a number in t"),
        ("clinker", {"clinker_t": Decimal("-0.5")}, "熟料产量 is -0.5 t"),
        ("wastewater", {k: v for k, v in WATER.items() if k != "treatment"},
         "nothing says MCF; expected 处理方式 or 甲烷修正因子"),
        ("clinker", {"clinker_t": {2020: 1}}, "expected one value"),
        ("landfill", {**FILL, "deposit_t": 5}, "expected a number for each year"),
        ("nitric_acid", {"process": "中压法", "acid_t": 1, "abatement": 0.8}, "one is missing"),
        (
            "adipic_acid",
            {"acid_t": 1, "abatement": 1.2, "abatement_time": 1},
            "N2O去除率 is 1.2; expected 0 to 1",
        ),
        ("hcfc22", {"hcfc22_t": 100, "destroyed_t": 4}, "net: 4 t HFC23 are .* from 3 t"),
        ("ammonia", {"route": "天然气", "ammonia_t": 1, "urea_t": 3}, "net: 2.1999 t CO2"),
        ("fugitive_ch4", {"ch4_t": 1, "recovered_t": 2}, "net: 2 t CH4"),
        ("electronics_gas", {**GAS, "abated": 0.5}, "one is missing"),
        ("electronics_gas", {**GAS, "cf4_destroyed": 0.5}, "the rate of CF4 too"),
        (
            "electronics_gas",
            {**GAS, "abated": 0.5, "destroyed": 0.5, "cf4_rate": 0.1},
            "CF4去除率 is missing",
        ),
        ("steel_balance", {"crude_steel_out": 1}, "no carbon goes in"),
        ("steel_balance", {"coke_in": 1}, "no metal comes out"),
        ("steel_balance", {"limestone_in": 1, "pig_iron_out": 10}, "net: 1.72 t CO2"),
        ("landfill", {**FILL, "deposit_t": {2000: -1}}, "填埋量 is -1 t"),
        ("landfill", {k: v for k, v in FILL.items() if k != "cover"} | {"deposit_t": {2000: 1}},
         "nothing says OX; expected 覆盖 or 氧化比例"),
        ("landfill", {k: v for k, v in FILL.items() if k != "climate"} | {"deposit_t": {2000: 1}},
         "nothing says k; expected 气候区 or 分解速率常数"),
    ],
)  # fmt: skip
def test_an_input_that_a_method_refuses(method_id: str, given: dict[str, Any], said: str) -> None:
    with pytest.raises(MethodError, match=said):
        terms(method_id, given)


def test_a_float_is_not_an_exact_number() -> None:
    with pytest.raises(MethodError, match=r"熟料产量 is the float 0\.1; expected an exact number"):
        METHODS["clinker"].terms({"clinker_t": 0.1}, book())  # type: ignore[dict-item]


def test_a_factor_that_no_table_has_stops() -> None:
    with pytest.raises(MissingFactor, match=r"aluminium \| soderberg CF4 \| CF4: no value; add"):
        terms("aluminium", {"anode": "自焙槽", "aluminium_t": 1})
    with pytest.raises(MissingFactor, match=r"k \| textiles wet temperate: no value"):
        terms("landfill", {**FILL, "kind": "织物", "deposit_t": {2000: 1}}, last_year=2001)
    with pytest.raises(MissingFactor, match="peat: no set has its calorific value and carbon"):
        book().fuel("peat")


def test_a_measured_value_takes_the_place_of_a_factor() -> None:
    given = {**FILL, "kind": "其他", "deposit_t": {2000: 1}, "doc": 0.1, "k": 0.1}
    (found,) = terms("landfill", given, last_year=2001)
    assert float(found.mass_t) == pytest.approx(0.1 * 0.5 * 0.0951625820 * 0.5 * 16 / 12 * 0.9)
    assert "exp(−0.1 /yr × 1)" in found.factor.text


def test_two_rows_for_one_key_stop_with_both_rows() -> None:
    twice = facts("ippu_factor")
    again = twice.filter(pl.col("process") == "silicon_metal").with_columns(
        pl.lit("e::9").alias("source_row_id")
    )
    with pytest.raises(FactorConflict, match=r"silicon_metal .*: two rows, d::\d+ and e::9"):
        FactorBook(pl.concat([twice, again]), facts("waste_factor"), facts("heat_factor"))


def test_a_row_in_another_unit_stops() -> None:
    changed = facts("ippu_factor").with_columns(
        pl.when(pl.col("process") == "adipic_acid")
        .then(pl.lit("t/t"))
        .otherwise("unit")
        .alias("unit")
    )
    other = FactorBook(changed, facts("waste_factor"), facts("heat_factor"))
    with pytest.raises(MissingFactor, match=r"adipic_acid .* is in t/t; expected kg/t"):
        METHODS["adipic_acid"].terms({"acid_t": 1}, other)


# Declared choices that stand for nothing in the tables, so that a measured value is needed.
NOT_IN_TABLES = {"其他", "自焙槽", "织物", "纸尿裤"}


@pytest.mark.parametrize("method_id", METHODS)
def test_every_choice_of_a_method_has_its_factors(method_id: str) -> None:
    method = METHODS[method_id]
    plain = sampled(method, optional=method_id in ("steel_balance", "landfill"))
    for item in method.inputs:
        for choice in item.choices:
            if choice not in NOT_IN_TABLES and choice != "干旱温带":
                found = method.terms({**plain, item.name: choice}, book(), last_year=2020)
                assert found, (item.name, choice)


@pytest.mark.parametrize("method_id", METHODS)
def test_every_term_is_one_product_that_its_derivation_gives(method_id: str) -> None:
    method = METHODS[method_id]
    found = method.terms(sampled(method), book(), last_year=2019)
    assert found
    for term in found:
        assert evaluated(term.quantity.text) == term.quantity.value, term.quantity.text
        assert evaluated(term.factor.text) == term.factor.value, term.factor.text
        assert term.quantity.value >= 0 and term.factor.value >= 0
        assert term.flow in SIGNS and term.profiles
        assert ("ZCP-2025" in term.profiles) <= (term.gas == "CO2" and term.category != "waste")


def test_a_method_says_what_it_is() -> None:
    assert len(BY_NAME) == len(METHODS)
    for method in METHODS.values():
        assert "=" in method.equation or "as measured" in method.equation, method.method_id
        assert len({item.name_zh for item in method.inputs}) == len(method.inputs)
        used = {need.instead for need in method.needs if need.instead}
        assert used <= {item.name for item in method.inputs if item.optional}
