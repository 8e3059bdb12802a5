"""Worked cases of the method, computed by the product's own functions."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import polars as pl
import pytest

from assets.boundaries.crs import cgcs2000_to_gcj02
from assets.energy.standard_coal import comprehensive_energy_tce
from assets.enterprises.attribution import attribution
from assets.enterprises.uscc import check_character, is_valid
from assets.inventory.equal_value import electricity_coefficients
from assets.inventory.factors import (
    combustion_co2,
    emission_factors,
    energy_coefficients,
    steam_heat_gj,
)
from assets.inventory.ledger import ledger
from assets.inventory.methods.base import CN, IPCC, MethodError, net_t
from assets.inventory.methods.book import FactorBook
from assets.inventory.methods.catalogue import METHODS
from assets.landing.rules import balance_gap, balance_rules
from quality.contracts.accepted import Return2051
from quality.contracts.core import Activity, LocationClaim, Park, Site
from tests.frames import facts, frame
from tests.inventory.world import choices
from tests.shared_data import golden


def exact(value: float | int | str) -> Fraction:
    """The fraction that the decimal text of a number stands for."""
    return Fraction(str(value))


def number(value: float | int | str) -> Decimal:
    return Decimal(str(value))


def factors() -> pl.DataFrame:
    return emission_factors(
        facts("fuel_factor"),
        facts("combustion_nonco2"),
        facts("electricity_factor"),
        facts("heat_factor"),
        facts("ippu_factor"),
    )[0]


def activity(energy_id: str, quantity: Any, unit: str, **more: Any) -> dict[str, Any]:
    return {
        "activity_id": energy_id,
        "energy_id": energy_id,
        "quantity": quantity,
        "canonical_unit": unit,
        "year": 2024,
        "block": "final",
        "carrier": "fuel",
        "flow": "direct",
        "tier": "T2",
        "province_code": "640000",
        **more,
    }


def test_g01_combustion_by_the_formula() -> None:
    given, expected, tolerance = golden("G01")
    total = Fraction(0)
    for fuel, amount in given["activity"].items():
        name = fuel.removesuffix("_1e4Nm3").removesuffix("_t")
        mass = exact(amount) * combustion_co2(*(exact(x) for x in given["NCV_CC_OF"][name]))
        assert float(mass) == pytest.approx(expected[f"{name}_tCO2"], rel=tolerance)
        total += mass
    assert float(total) == pytest.approx(expected["total_tCO2"], rel=tolerance)


def test_g01_through_factor_tables_and_ledger() -> None:
    given, expected, tolerance = golden("G01")
    used = given["activity"]
    lines = ledger(
        frame(
            Activity,
            activity("bituminous", used["bituminous_t"], "t"),
            activity("natural_gas", used["natural_gas_1e4Nm3"], "1e4Nm3"),
            activity("diesel", used["diesel_t"], "t"),
        ),
        factors(),
        choices(),
    ).filter(pl.col("gas") == "CO2")
    masses = dict(lines.select("energy_id", "mass_t").iter_rows())
    for fuel in ("bituminous", "natural_gas", "diesel"):
        assert float(masses[fuel]) == pytest.approx(expected[f"{fuel}_tCO2"], rel=tolerance)
    assert float(sum(masses.values())) == pytest.approx(expected["total_tCO2"], rel=tolerance)


def test_g03_energy_on_both_bases() -> None:
    given, expected, tolerance = golden("G03")
    used = {
        "raw_coal": number(given["raw_coal_t"]),
        "natural_gas": number(given["natural_gas_m3"]) / 10_000,
        "heat": number(given["purchased_heat_GJ"]),
        "electricity": number(given["purchased_electricity_kWh"]),
    }
    table, _ = energy_coefficients(facts("standard_coal"), facts("fuel_factor"), facts("energy"))
    known = dict(table.select("energy_id", "tce_per_unit").iter_rows())
    # The case takes gas at the rounded upper value of GB/T 2589; ours is its NCV, 13.2836.
    coefficients = {**known, "natural_gas": number(given["coef"]["ng_kgce_m3"]) * 10}
    calorific = comprehensive_energy_tce(used, coefficients)
    equal_values = electricity_coefficients(facts("electricity_equal_value"))
    equal = equal_values.filter(year=2020)["tce_per_unit"].item()
    equivalent = comprehensive_energy_tce(used, {**coefficients, "electricity": equal})
    assert float(calorific) == pytest.approx(expected["tce_calorific"], rel=tolerance)
    assert float(equivalent) == pytest.approx(expected["tce_coal_equivalent"], rel=tolerance)
    assert float(equivalent - calorific) == pytest.approx(expected["difference_tce"], rel=tolerance)
    assert float(known["natural_gas"]) == pytest.approx(13.3, rel=2e-3)


def test_energy_without_coefficient_stops() -> None:
    with pytest.raises(ValueError, match="coke"):
        comprehensive_energy_tce({"coke": Decimal(1)}, {"raw_coal": Decimal(1)})


def balance(**quantities: float) -> tuple[float, float, list[str]]:
    rows = frame(Return2051, quantities)
    gap, relative = balance_gap()
    found = rows.select(gap.alias("gap"), relative.alias("relative")).row(0)
    broken = [
        rule.rule_id
        for rule in balance_rules()
        if rule.rule_id.startswith("EN1") and rows.select(rule.bad.fill_null(False)).item()
    ]
    return found[0], found[1], broken


def test_g04_stock_balance() -> None:
    given, expected, tolerance = golden("G04")
    gap, relative, broken = balance(
        opening=given["opening"],
        purchased=given["purchases"],
        own_production=given["own_production"],
        consumption=given["consumption"],
        sold=given["sales_or_outgoing"],
        closing=given["closing"],
    )
    assert gap == pytest.approx(expected["gap_t"], rel=tolerance)
    assert relative == pytest.approx(expected["rel"], rel=tolerance)
    assert broken == []


@pytest.mark.parametrize(
    ("consumption", "broken"),
    [(990, []), (989, ["EN1w"]), (950, ["EN1w"]), (949, ["EN1e"]), (1051, ["EN1e"])],
)
def test_balance_severity_at_its_thresholds(consumption: float, broken: list[str]) -> None:
    assert balance(purchased=1000, consumption=consumption)[2] == broken


def test_g09_purchased_steam() -> None:
    given, expected, tolerance = golden("G09")
    heat = steam_heat_gj(
        exact(given["steam_t"]), exact(given["enthalpy_kJ_kg"]), exact(given["feedwater_kJ_kg"])
    )
    assert float(heat) == pytest.approx(expected["heat_GJ"], rel=tolerance)
    bought = activity("heat", float(heat), "GJ", carrier="heat", flow="purchased_heat")
    lines = ledger(frame(Activity, bought), factors(), choices())
    assert float(lines["mass_t"].item()) == pytest.approx(expected["tCO2"], rel=tolerance)
    feedwater = facts("heat_factor").filter(pl.col("item") == "feedwater_enthalpy_20C")
    assert exact(feedwater["value"].item()) == exact(given["feedwater_kJ_kg"])


def test_g10_clinker_and_lime() -> None:
    given, expected, tolerance = golden("G10")
    lines = ledger(
        frame(
            Activity,
            activity("clinker", given["clinker_t"], "t", carrier="product"),
            activity("lime", given["lime_t"], "t", carrier="product"),
        ),
        factors(),
        choices(),
    )
    masses = dict(lines.select("energy_id", "mass_t").iter_rows())
    assert float(masses["clinker"]) == pytest.approx(expected["CN_tCO2"], rel=tolerance)
    assert float(masses["lime"]) == pytest.approx(expected["lime_tCO2"], rel=tolerance)
    book = FactorBook(facts("ippu_factor"), facts("waste_factor"), facts("heat_factor"))
    clinker = {"clinker_t": exact(given["clinker_t"])}
    by_product = METHODS["clinker"].terms(clinker, book)
    assert float(net_t(by_product, "CO2", CN)) == pytest.approx(expected["CN_tCO2"], rel=tolerance)
    assert float(net_t(by_product, "CO2", IPCC)) == pytest.approx(
        expected["IPCC_T1_tCO2"], rel=tolerance
    )
    oxides = {
        "cao": "CaO",
        "mgo": "MgO",
        "cao_not_carbonate": "nonCarbCaO",
        "mgo_not_carbonate": "nonCarbMgO",
    }
    measured = {**clinker, **{name: exact(given[key]) for name, key in oxides.items()}}
    tier2 = net_t(METHODS["clinker_oxides"].terms(measured, book), "CO2", IPCC)
    assert float(tier2) == pytest.approx(expected["T2_tCO2"], rel=tolerance)
    with pytest.raises(MethodError, match=r"CaO not from carbonates is 0\.6 of 0\.5"):
        METHODS["clinker_oxides"].terms(
            {**measured, "cao": Fraction(1, 2), "cao_not_carbonate": Fraction(3, 5)}, book
        )


def test_g24_credit_codes() -> None:
    given, expected, _ = golden("G24")
    assert [check_character(code[:17]) for code in given["codes"]] == expected["check"]
    assert [is_valid(code) for code in given["codes"]] == expected["valid"]


def test_g25_shifted_coordinates() -> None:
    given, expected, _ = golden("G25")
    lat, lon = given["wgs84_lat_lon"]
    shifted = cgcs2000_to_gcj02(
        *(pl.Series([value], dtype=pl.Float64).to_numpy() for value in (lon, lat))
    )
    assert shifted[0][0] == pytest.approx(expected["gcj02"][1], abs=1e-7)
    assert shifted[1][0] == pytest.approx(expected["gcj02"][0], abs=1e-7)


def test_g33_agreeing_and_contradicting_evidence() -> None:
    given, expected, tolerance = golden("G33")
    claims = [
        {
            "claim_id": f"{place}|{kind}",
            "place_id": "OUTSIDE:640000" if place == "elsewhere" else place,
            "weight": weight,
            "document": kind,
        }
        for place, kinds in given["evidence"].items()
        for kind, weight in kinds.items()
    ]
    places = attribution(
        frame(Site, {"site_id": "s", "kind": "permit", "province_code": "640000"}),
        frame(LocationClaim, *claims, site_id="s", basis="operating"),
        frame(Park, {"park_id": "P1"}),
        ["nominal"],
    ).filter((pl.col("basis") == "operating") & (pl.col("series") == "actual"))
    found = places.row(0, named=True)
    assert places.height == 1
    assert found["place_id"] == expected["place"]
    assert float(found["score"]) == pytest.approx(expected["S_P1"], rel=tolerance)
    assert float(found["confidence"]) == pytest.approx(expected["confidence"], rel=tolerance)
    assert (found["location_class"], found["weight_point"]) == ("B", 1)
    # Class B counts in the point value, not in the lower bound.
    assert (found["weight_low"], found["weight_high"]) == (0, 1)
