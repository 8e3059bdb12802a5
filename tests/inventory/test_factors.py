"""Effective factors: one set a triple, exact, with the arithmetic in figures."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.inventory.factors import (
    SET_RANK,
    FactorError,
    combustion_co2,
    decimal12,
    emission_factors,
    energy_coefficients,
    plain,
    worst,
)
from quality.contracts.reference import FuelFactor
from tests.frames import facts, frame


def built(fuels: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    return emission_factors(
        fuels,
        facts("combustion_nonco2"),
        facts("electricity_factor"),
        facts("heat_factor"),
        facts("ippu_factor"),
    )


@cache
def product() -> tuple[pl.DataFrame, pl.DataFrame]:
    return built(facts("fuel_factor"))


def part(parameter: str, value: Any, factor_set: str = "PG2025", **more: Any) -> dict[str, Any]:
    units = {"NCV": "GJ/t", "CC": "tC/TJ", "OF": "1"}
    return {
        "source_row_id": f"{factor_set}:{parameter}",
        "fuel_id": "peat",
        "fuel_group": "peat",
        "parameter": parameter,
        "factor_set": factor_set,
        "value": value,
        "unit": units[parameter],
        "confidence": "official",
        **more,
    }


TRIPLE = [part("NCV", 10), part("CC", 20), part("OF", "0.9")]


def of_peat(*rows: dict[str, Any]) -> list[dict[str, Any]]:
    return built(frame(FuelFactor, *rows))[0].filter(pl.col("subject") == "peat").to_dicts()


def test_a_triple_of_one_set_makes_a_factor() -> None:
    (found,) = of_peat(*TRIPLE)
    assert found["value"] == Decimal("0.66")
    assert found["derivation"] == "10 GJ/t × 20 tC/TJ ÷ 1000 × 0.9 × 44/12 = 0.66 t/t"


def test_parts_of_two_sets_are_never_put_together() -> None:
    assert of_peat(TRIPLE[0], TRIPLE[1], part("OF", 1, "NDRC24")) == []
    mixed = of_peat(*TRIPLE, part("CC", 30, "IPCC2006"), part("OF", 1, "IPCC2006"))
    assert [row["factor_set"] for row in mixed] == ["PG2025"]


def test_fuels_of_ipcc_without_their_own_ncv_have_no_ipcc_factor() -> None:
    fuels, found = facts("fuel_factor"), product()[0].filter(pl.col("kind") == "fuel")
    rows = fuels.group_by("fuel_id", "factor_set").agg(pl.col("parameter").n_unique())
    whole = rows.filter((pl.col("parameter") == 3) & pl.col("factor_set").is_in(list(SET_RANK)))
    partial = rows.filter((pl.col("parameter") < 3) & (pl.col("factor_set") == "IPCC2006"))
    assert partial.height == 4
    assert set(found.select("subject", "factor_set").rows()) == set(
        whole.select("fuel_id", "factor_set").rows()
    )


def test_a_set_without_a_rank_is_not_used() -> None:
    assert of_peat(*({**row, "factor_set": "SOMEWHERE"} for row in TRIPLE)) == []


def test_a_heating_value_in_an_unknown_unit_stops() -> None:
    wrong = part("NCV", 10, unit="kcal/kg")
    with pytest.raises(FactorError, match=r"PG2025:NCV: NCV in kcal/kg; expected GJ/t"):
        of_peat(wrong, *TRIPLE[1:])


def test_the_weakest_part_gives_the_confidence() -> None:
    (found,) = of_peat(TRIPLE[0], {**TRIPLE[1], "confidence": "recalled"}, TRIPLE[2])
    assert found["confidence"] == "recalled"
    assert worst(["project", "official", "recalled"]) == "project"
    with pytest.raises(ValueError, match="hearsay"):
        worst(["official", "hearsay"])


def evaluated(figures: str) -> Fraction:
    """The arithmetic of a derivation, worked out from left to right."""
    text = re.sub(r"44/12", "× 44 ÷ 12", figures).replace("× ×", "×")
    tokens = re.findall(r"[×÷]|\d+(?:\.\d+)?(?![\w³])", re.sub(r"1e4Nm3|CO2|N2O|CH4", "", text))
    value = Fraction(tokens[0])
    for sign, amount in zip(tokens[1::2], tokens[2::2], strict=True):
        value = value * Fraction(amount) if sign == "×" else value / Fraction(amount)
    return value


def test_the_derivation_in_figures_is_the_value() -> None:
    checked = 0
    for row in product()[0].iter_rows(named=True):
        figures, _, result = row["derivation"].partition(" = ")
        if not result:
            assert row["kind"] in ("heat", "heat_nonfossil", "process")
            result = figures
        else:
            assert decimal12(evaluated(figures)) == row["value"], row["derivation"]
            checked += 1
        assert result.split(" ")[0] == plain(row["value"])
    assert checked > 400


def test_every_factor_names_the_rows_it_rests_on() -> None:
    found, sources = product()
    assert set(sources["item_id"]) == set(found["factor_id"])
    roles = dict(sources.group_by("item_id").agg(pl.col("role").sort()).iter_rows())
    assert roles["fuel|bituminous|CO2|PG2025"] == ["CC", "NCV", "OF"]
    assert roles["fuel|bituminous|CH4|PG2025|manufacturing"] == ["EF", "NCV"]


@given(st.fractions(min_value=-(10**6), max_value=10**6))
def test_rounding_to_twelve_decimals_is_half_away_from_zero(value: Fraction) -> None:
    rounded = decimal12(value)
    assert abs(Fraction(rounded) - value) <= Fraction(1, 2 * 10**12)
    assert decimal12(-value) == -rounded


def test_a_half_goes_away_from_zero() -> None:
    half = Fraction(5, 10**13)
    assert decimal12(half) == Decimal("1e-12")
    assert decimal12(-half) == Decimal("-1e-12")
    assert decimal12(half - Fraction(1, 10**20)) == 0


def test_plain_figures() -> None:
    assert [plain(Decimal(text)) for text in ("1.500", "10", "0.000", "1E+3", "1e-7")] == [
        "1.5",
        "10",
        "0",
        "1000",
        "0.0000001",
    ]


def test_carbon_dioxide_is_linear_in_each_part() -> None:
    whole = combustion_co2(Fraction(20), Fraction(26), Fraction(1))
    assert whole == Fraction(20 * 26 * 44, 12000)
    assert combustion_co2(Fraction(10), Fraction(26), Fraction(1)) == whole / 2


def coefficients() -> dict[str, dict[str, Any]]:
    found, _ = energy_coefficients(facts("standard_coal"), facts("fuel_factor"), facts("energy"))
    return {row["energy_id"]: row for row in found.to_dicts()}


def test_standard_coal_is_published_or_the_heating_value() -> None:
    found = coefficients()
    assert found["raw_coal"]["tce_per_unit"] == Decimal("0.7143")
    assert found["electricity"]["tce_per_unit"] == Decimal("0.0001229")
    assert found["heat"]["tce_per_unit"] == Decimal("0.03412")
    # Ranges are no value: gas takes its NCV (METHOD 2.2).
    assert found["natural_gas"]["tce_per_unit"] == decimal12(
        Fraction("389.31") / Fraction("29.3076")
    )
    assert "389.31 GJ/1e4Nm3 ÷ 29.3076" in found["natural_gas"]["derivation"]
    assert "clinker" not in found


def test_an_energy_without_coefficient_and_heating_value_stops() -> None:
    with pytest.raises(FactorError, match=r"anthracite|bituminous|coking_coal|lignite"):
        energy_coefficients(facts("standard_coal"), frame(FuelFactor), facts("energy"))
