"""The worked cases of the method, and cases worked by hand from the equations."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from assets.inventory.methods.base import CN, IPCC, ZCP, net_t
from tests.inventory.methods.worked import book, exact, mass, terms
from tests.shared_data import golden


def test_g12_wastewater() -> None:
    given, expected, tolerance = golden("G12")
    found = terms(
        "wastewater",
        {
            "treatment": "厌氧反应器",
            "water_m3": given["m3"],
            "cod_in": given["COD_in_kg_m3"],
            "cod_out": given["COD_out"],
            "sludge_kg": given["sludge_COD_kg"],
            "recovered_kg": given["CH4_recovered_kg"],
            "tn_in": given["TN_in_kg_m3"],
        },
    )
    assert [t.flow for t in found] == ["direct", "recovered", "direct"]
    assert 1000 * float(net_t(found, "CH4")) == pytest.approx(expected["CH4_kg"], rel=tolerance)
    assert 1000 * float(net_t(found, "N2O")) == pytest.approx(expected["N2O_kg"], rel=tolerance)
    assert float(found[0].quantity.value) + given["sludge_COD_kg"] == pytest.approx(
        expected["TOW_kg"]
    )
    assert net_t(found, "CH4", ZCP) == 0
    # The book holds what the case gives.
    assert book().value("waste_factor", "wastewater", "Bo", "COD").value == exact(given["Bo"])


def test_g14_incineration() -> None:
    given, expected, tolerance = golden("G14")
    found = terms("incineration", {"kind": "危险废物", "waste_t": given["waste_t"]})
    assert float(net_t(found, "CO2")) == pytest.approx(expected["CO2_t"], rel=tolerance)
    assert 1000 * float(net_t(found, "N2O")) == pytest.approx(expected["N2O_kg"], rel=tolerance)


def test_g10_lime() -> None:
    given, expected, tolerance = golden("G10")
    found = mass("lime", "CO2", CN, lime_t=given["lime_t"])
    assert found == pytest.approx(expected["lime_tCO2"], rel=tolerance)
    assert mass("lime", "CO2", IPCC, lime_t=80000) == 60000


def test_half_of_textiles_is_fossil_by_the_table() -> None:
    found = terms("incineration", {"kind": "织物", "waste_t": 100})
    by_flow = {t.flow: t.mass_t for t in found if t.gas == "CO2"}
    carbon = Fraction(100) * exact("0.8") * exact("0.5") * Fraction(44, 12)
    assert by_flow == {"direct": carbon / 5, "biogenic": carbon * 4 / 5}
    assert [t.mass_t for t in found if t.gas == "N2O"] == [Fraction(5, 1000)]


def test_energy_recovery_moves_the_terms_under_energy_once() -> None:
    found = terms("incineration", {"kind": "塑料", "waste_t": 10, "energy": "是"})
    assert {t.category for t in found} == {"energy_transformation"}
    assert net_t(found, "CO2") == Fraction(10 * 3, 4) * Fraction(44, 12)


def test_waste_treated_outside_is_a_memo() -> None:
    found = terms("incineration", {"kind": "塑料", "waste_t": 10, "place": "外单位"})
    assert {t.flow for t in found if t.quantity.value} <= {"memo", "biogenic"}
    assert net_t(found, "CO2") == 0


def test_aluminium_has_one_pfc_factor_a_profile() -> None:
    given = {"anode": "预焙槽", "aluminium_t": 1000}
    assert mass("aluminium", "CO2", ZCP, **given) == 1600
    assert mass("aluminium", "CF4", CN, **given) == pytest.approx(0.034)
    assert mass("aluminium", "C2F6", CN, **given) == pytest.approx(0.0034)
    assert mass("aluminium", "CF4", IPCC, **given) == pytest.approx(0.4)
    assert mass("aluminium", "C2F6", IPCC, **given) == pytest.approx(0.04)
    assert mass("aluminium", "CF4", ZCP, **given) == 0


def test_urea_takes_its_carbon_away_and_stands_as_a_memo() -> None:
    given = {"route": "天然气", "ammonia_t": 1000, "urea_t": 1500}
    found = terms("ammonia", given)
    assert [t.flow for t in found] == ["direct", "carbon_out", "memo"]
    assert float(net_t(found, "CO2")) == pytest.approx(2104 - 1500 * 44 / 60, rel=1e-4)


@pytest.mark.parametrize(
    ("method_id", "gas", "given", "expected"),
    [
        ("carbonate_use", "CO2", {"kind": "白云石", "carbonate_t": 100}, 47.732),
        (
            "carbonate_use",
            "CO2",
            {"kind": "石灰石", "carbonate_t": 100, "purity": 0.9, "calcined": 0.5},
            43.971 * 0.45,
        ),
        ("desulphurisation", "CO2", {"carbonate_t": 100, "purity": 0.9, "conversion": 1}, 39.6),
        ("glass", "CO2", {"glass_t": 1000, "cullet": 0.3}, 140),
        ("calcium_carbide", "CO2", {"carbide_t": 1000}, 1154),
        ("methanol", "CO2", {"methanol_t": 1000}, 670),
        ("nitric_acid", "N2O", {"process": "双加压法", "acid_t": 1000}, 8),
        (
            "nitric_acid",
            "N2O",
            {"process": "高压法", "acid_t": 1000, "abatement": 0.8, "abatement_time": 0.5},
            13.9 * 0.6,
        ),
        ("adipic_acid", "N2O", {"acid_t": 100}, 29.3),
        ("hcfc22", "HFC23", {"hcfc22_t": 1000, "destroyed_t": 25}, 5),
        ("steel_product", "CO2", {"process": "电炉", "steel_t": 1000}, 180),
        ("ferroalloy", "CO2", {"kind": "硅锰", "alloy_t": 1000}, 1400),
        ("silicon_metal", "CO2", {"silicon_t": 1000}, 5000),
        ("switchgear", "SF6", {"nameplate_kg": 2000}, 0.01),
        ("electronics_area", "SF6", {"kind": "平板显示", "area_m2": 1000000}, 4),
        ("electronics_area", "CF4", {"kind": "集成电路", "area_m2": 1000}, 0.9),
        ("fugitive_ch4", "CH4", {"ch4_t": 100, "recovered_t": 60}, 40),
        ("captured_co2", "CO2", {"use": "封存", "co2_t": 100}, -100),
    ],
)
def test_a_case_by_hand(method_id: str, gas: str, given: dict[str, Any], expected: float) -> None:
    assert mass(method_id, gas, **given) == pytest.approx(expected, rel=1e-9)


def test_gases_of_chips_are_used_up_destroyed_and_made() -> None:
    found = terms(
        "electronics_gas",
        {
            "gas": "C2F6",
            "gas_kg": 1000,
            "heel": 0.1,
            "used_up": 0.4,
            "abated": 0.5,
            "destroyed": 0.9,
            "cf4_rate": 0.2,
            "cf4_destroyed": 0.8,
        },
    )
    assert float(net_t(found, "C2F6")) == pytest.approx(0.9 * 0.6 * (1 - 0.45))
    assert float(net_t(found, "CF4")) == pytest.approx(0.9 * 0.2 * (1 - 0.4))


def test_the_carbon_of_a_steel_works_is_what_comes_in_and_does_not_leave() -> None:
    found = terms(
        "steel_balance",
        {"coke_in": 1000, "limestone_in": 200, "electrode_in": 1, "crude_steel_out": 2000,
         "bfg_out": 10},
    )  # fmt: skip
    coke = exact("28.435") * exact("29.5") / 1000 * Fraction(44, 12)
    gas = 33 * exact("70.8") / 1000 * Fraction(44, 12)
    expected = 1000 * coke + 88 + exact("3.663") - 2000 * exact("0.0154") - 10 * gas
    assert net_t(found, "CO2") == expected
    assert {t.flow for t in found} == {"carbon_in", "carbon_out"}
