"""Combustion, cogeneration, purchased power and heat."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.inventory.factors import steam_heat_gj
from assets.inventory.methods import energy
from assets.inventory.methods.base import MethodError, net_t
from tests.inventory.methods.worked import book, evaluated, exact
from tests.shared_data import golden

TRIPLE = (exact("41.031"), Fraction(20), exact("0.98"))
shares = st.fractions(min_value=0, max_value=1, max_denominator=1000)
F = Fraction


def test_g01_fuels_burnt() -> None:
    given, expected, tolerance = golden("G01")
    cases = {"bituminous": "t", "natural_gas": "1e4Nm3", "diesel": "t"}
    for fuel, unit in cases.items():
        triple = tuple(exact(value) for value in given["NCV_CC_OF"][fuel])
        amount = exact(given["activity"][f"{fuel}_{unit}"])
        (found,) = energy.combustion_terms(amount, unit, triple)  # type: ignore[arg-type]
        assert float(found.mass_t) == pytest.approx(expected[f"{fuel}_tCO2"], rel=tolerance)
        assert evaluated(found.factor.text) == found.factor.value


def test_methane_and_nitrous_oxide_of_biomass_count_and_its_co2_does_not() -> None:
    found = energy.combustion_terms(
        F(1000), "t", (F(15), F(27), F(1)), ch4_kg_tj=F(30), n2o_kg_tj=F(4), biomass=True
    )
    assert net_t(found, "CO2") == 0
    assert found[0].flow == "biogenic" and found[0].mass_t == 1485
    assert net_t(found, "CH4") == exact("0.45")
    assert net_t(found, "N2O") == exact("0.06")
    assert net_t(found, "CH4", "ZCP-2025") == 0


@given(power=shares, heat=shares)
def test_shares_of_power_and_heat_sum_to_one(power: Fraction, heat: Fraction) -> None:
    if power + heat:
        swapped = energy.chp_share(
            heat, power, electricity_efficiency=exact("0.8"), heat_efficiency=exact("0.35")
        )
        assert energy.chp_share(power, heat) + swapped == 1


def test_a_plant_that_is_only_one_of_both() -> None:
    assert energy.chp_share(F(10), F(0)) == 1
    assert energy.chp_share(F(0), F(10)) == 0
    # 35 GJ power and 80 GJ heat stand for 100 GJ of fuel each.
    assert energy.chp_share(F(35), F(80), F(180)) == F(1, 2)


def test_purchased_power() -> None:
    assert energy.electricity_location_t(F(10**6), exact("0.5827")) == exact("582.7")
    assert energy.electricity_market_t(F(10**6), F(4 * 10**5), exact("0.6096")) == exact("365.76")
    args = F(10**6), F(2 * 10**5), F(10**5), exact("0.8325")
    assert energy.electricity_zcp_t(*args) == exact("582.75")
    assert energy.electricity_zcp_t(*args, F(10**5)) == exact("499.5")
    assert energy.electricity_zcp_t(*args, F(10**6), exact("0.6")) == exact("-17.25")


def test_g09_steam_and_hot_water() -> None:
    given, expected, tolerance = golden("G09")
    heat = steam_heat_gj(
        exact(given["steam_t"]),
        exact(given["enthalpy_kJ_kg"]),
        book().value("heat_factor", "feedwater_enthalpy_20C").value,
    )
    assert float(heat) == pytest.approx(expected["heat_GJ"], rel=tolerance)
    cp = book().value("heat_factor", "hot_water_cp", unit="kJ/kg/K").value
    assert energy.hot_water_heat_gj(F(1000), F(90), cp) == exact("293.076")


@pytest.mark.parametrize(
    ("call", "given", "said"),
    [
        (energy.chp_share, (F(-1), F(1)), "electricity_gj is -1; expected 0 or more"),
        (energy.chp_share, (F(0), F(0)), "neither power nor heat"),
        (energy.chp_share, (F(1), F(1), F(0)), "fuel is 0 GJ"),
        (energy.chp_share, (F(10), F(14), F(100)), r"efficiency 0\.2400 .*; expected 0.25 to 0.92"),
        (energy.chp_share, (F(40), F(53), F(100)), r"EN8: overall efficiency 0\.9300"),
        (energy.electricity_location_t, (F(-1), F(1)), "kwh is -1"),
        (energy.electricity_market_t, (F(10), F(11), F(1)), "green 11 kWh of 10 kWh"),
        (energy.electricity_zcp_t, (F(10), F(6), F(5), F(1)), "11 kWh of 10 kWh"),
        (energy.electricity_zcp_t, (F(10), F(0), F(0), F(1), F(-1)), "out is -1"),
        (energy.hot_water_heat_gj, (F(1), F(19), F(4)), "temperature 19 °C; expected 20"),
        (energy.combustion_terms, (F(-1), "t", TRIPLE), "quantity is -1"),
        (energy.combustion_terms, (F(1), "t", (F(1), F(1), F(2))), "of is 2; expected 0 to 1"),
    ],
)
def test_what_is_refused(call: Any, given: tuple[Any, ...], said: str) -> None:
    with pytest.raises(MethodError, match=said):
        call(*given)


@pytest.mark.parametrize("efficiency", [F(0), F(2)])
def test_a_reference_efficiency_is_a_share(efficiency: Fraction) -> None:
    with pytest.raises(MethodError, match="reference efficiency of heat"):
        energy.chp_share(F(1), F(1), heat_efficiency=efficiency)


@pytest.mark.parametrize("efficiency", [F(25), F(92)])
def test_the_bounds_of_the_efficiency_are_inside(efficiency: Fraction) -> None:
    assert energy.chp_efficiency(efficiency, F(0), F(100)) == efficiency / 100
