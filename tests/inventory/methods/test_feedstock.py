"""Fuel used as feedstock: worked case G07, and what the method refuses."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.inventory.methods.base import MethodError, net_t
from assets.inventory.methods.catalogue import METHODS
from assets.inventory.methods.energy import combustion_terms
from tests.inventory.methods.worked import book, exact
from tests.shared_data import golden

METHOD = METHODS["feedstock"]
shares = st.fractions(min_value=0, max_value=1, max_denominator=1000)


def test_g07_feedstock() -> None:
    case, expected, tolerance = golden("G07")
    used = exact(case["naphtha_t"]) * exact(case["feedstock_share"])
    ncv, cc, of = (exact(value) for value in case["NCV_CC_OF"])
    (fuel,) = combustion_terms(exact(case["naphtha_t"]) - used, "t", (ncv, cc, of))
    stored = exact(case["carbon_stored_fraction"])
    process, memo = METHOD.terms({"fuel": "石脑油", "used": used, "stored": stored}, book())
    assert float(fuel.mass_t) == pytest.approx(expected["fuel_tCO2"], rel=tolerance)
    assert float(process.mass_t) == pytest.approx(expected["process_tCO2"], rel=tolerance)
    assert float(memo.mass_t) == pytest.approx(expected["stored_memo_tCO2"], rel=tolerance)
    assert net_t([fuel, process, memo], "CO2") == fuel.mass_t + process.mass_t


@given(stored=shares)
def test_no_carbon_is_lost(stored: Fraction) -> None:
    whole = book().fuel("natural_gas").co2().value * 100
    terms = METHODS["gas_feedstock"].terms(
        {"fuel": "天然气", "used": Fraction(100), "stored": stored}, book()
    )
    assert sum(term.mass_t for term in terms) == whole


def test_without_a_fraction_all_is_stored() -> None:
    process, memo = METHOD.terms({"fuel": "焦炭", "used": Fraction(10)}, book())
    assert (process.mass_t, process.flow, memo.flow) == (0, "direct", "stored")
    assert memo.mass_t == 10 * book().fuel("coke").co2().value


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"fuel": "石脑油", "used": Fraction(1), "stored": Fraction(2)}, "固碳率 is 2"),
        ({"fuel": "天然气", "used": Fraction(1)}, "原料品种 is 天然气; expected 石脑油"),
        ({"fuel": "石脑油"}, "missing: 原料用量"),
    ],
)
def test_what_it_refuses(inputs: dict[str, Any], said: str) -> None:
    with pytest.raises(MethodError, match=said):
        METHOD.terms(inputs, book())
