"""First-order decay: linear in the deposits, and nothing of the carbon is lost."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.inventory.methods.base import MethodError, net_t
from assets.inventory.methods.figures import decayed, figure
from assets.inventory.methods.landfill import landfill_terms
from tests.inventory.methods.worked import book, exact, terms

OXIDISED, DOC, HALF = exact("0.1"), exact("0.2"), Fraction(1, 2)
SITE: dict[str, Any] = {
    "kind": "其他", "mcf": 1, "doc": DOC, "docf": HALF, "f": HALF, "ox": OXIDISED,
}  # fmt: skip
FOOD: dict[str, Any] = {"kind": "厨余", "type": "规范厌氧", "climate": "湿润温带", "cover": "有"}

rates = st.fractions(min_value=Fraction(1, 50), max_value=1, max_denominator=1000)
amounts = st.integers(min_value=0, max_value=10**7)


def test_the_decay_of_a_year_is_that_of_the_recursion() -> None:
    deposits = {2000: Fraction(1000), 2001: Fraction(0), 2003: Fraction(2500)}
    found = terms("landfill", {**FOOD, "deposit_t": deposits}, last_year=2010)
    kept = decayed(figure("0.185"), 1).value
    held = Fraction(0)
    for year in range(2000, 2011):
        made = held * (1 - kept) * Fraction(1, 2) * Fraction(16, 12) * exact("0.9")
        of_year = [t for t in found if t.year == year]
        assert float(net_t(of_year, "CH4")) == pytest.approx(float(made), rel=1e-12)
        held = held * kept + deposits.get(year, Fraction(0)) * exact("0.15") * exact("0.5")


@settings(max_examples=20, deadline=None)
@given(rate=rates, waste=st.integers(min_value=1, max_value=10**7))
def test_all_the_carbon_that_can_decay_ends_as_gas(rate: Fraction, waste: int) -> None:
    span = int(45 / rate) + 1 if rate > Fraction(1, 4) else 60
    found = terms(
        "landfill", {**SITE, "k": rate, "deposit_t": {2000: waste}}, last_year=2000 + span
    )
    whole = waste * DOC * HALF * HALF * Fraction(16, 12) * (1 - OXIDISED)
    missing = whole * decayed(figure(rate), span).value
    assert abs(net_t(found, "CH4") + missing - whole) <= whole / 10**40
    assert missing < whole


@settings(max_examples=20, deadline=None)
@given(rate=rates, first=amounts, second=amounts)
def test_deposits_do_not_touch_each_other(rate: Fraction, first: int, second: int) -> None:
    def of(**deposits: int) -> Fraction:
        series = {int(year[1:]): amount for year, amount in deposits.items()}
        given = {**SITE, "k": rate, "deposit_t": series}
        return net_t(terms("landfill", given, last_year=2009), "CH4")

    assert of(y2001=first, y2005=second) == of(y2001=first) + of(y2005=second)
    assert of(y2001=3 * first) == 3 * of(y2001=first)


def test_recovery_is_of_all_kinds_together_and_never_more_than_there_is() -> None:
    paper = {**FOOD, "kind": "纸"}
    kinds = [{**FOOD, "deposit_t": {2000: 1000}}, {**paper, "deposit_t": {2000: 1000}}]
    found = landfill_terms(kinds, book(), 2001, {2001: 10000})
    made = net_t([t for t in found if t.flow == "direct"], "CH4")
    assert net_t(found, "CH4") == made - 10 * exact("0.9")
    (recovered,) = [t for t in found if t.flow == "recovered"]
    assert recovered.mass_t == 9
    with pytest.raises(MethodError, match=r"net: 27 t CH4 are taken away from .* in 2001"):
        landfill_terms(kinds, book(), 2001, {2001: 30000})
    # In a year without decay there is nothing to recover.
    with pytest.raises(MethodError, match="from 0 t in 2000"):
        landfill_terms(kinds, book(), 2001, {2000: 1})


def test_kinds_that_oxidise_differently_leave_recovery_undefined() -> None:
    kinds = [
        {**FOOD, "deposit_t": {2000: 1000}},
        {**FOOD, "kind": "纸", "ox": exact("0.2"), "deposit_t": {2000: 1000}},
    ]
    assert landfill_terms(kinds, book(), 2001)
    with pytest.raises(MethodError, match=r"oxidise 0\.1 and 0\.2"):
        landfill_terms(kinds, book(), 2001, {2001: 1})


def test_the_exponential_is_correctly_rounded_to_fifty_digits() -> None:
    assert str(float(decayed(figure(1), 1).value)) == "0.36787944117144233"
    text = "0.36787944117144232159552377016146086744581113103177"
    assert abs(decayed(figure(1), 1).value - Fraction(text)) < Fraction(1, 10**50)
    assert decayed(figure("0.1"), 0).value == 1
