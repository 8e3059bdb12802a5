"""Shares of variance: by hand, and what holds for all terms."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.inventory.uncertainty.shares import INTERACTION, variance_shares
from tests.inventory.uncertainty.widths import term, terms

WIDTH = st.floats(0, 400)


@st.composite
def any_terms(draw: st.DrawFn) -> list[dict[str, object]]:
    factors = {name: draw(WIDTH) for name in "fgh"}
    places = {"": 0.0, "s": draw(WIDTH)}
    rows: list[dict[str, object]] = []
    for number in range(draw(st.integers(1, 5))):
        place, own, shared_out = draw(st.sampled_from(["", "s"])), draw(WIDTH), draw(WIDTH)
        for factor in draw(st.sets(st.sampled_from("fgh"), min_size=1)):
            rows.append(
                term(
                    draw(st.floats(-1e6, 1e6)),
                    f"a{number}",
                    factor,
                    location=place,
                    tier=f"T{number + 1}",
                    u_activity_pct=own,
                    u_allocation_pct=shared_out,
                    u_factor_pct=factors[factor],
                    u_location_pct=places[place],
                )
            )
    return rows


@given(any_terms())
@settings(max_examples=60)
def test_shares_sum_to_1_and_none_is_negative(rows: list[dict[str, object]]) -> None:
    found = variance_shares(terms(*rows))
    assert found.is_empty() or found["share"].sum() == pytest.approx(1)
    assert found.filter(found["share"] < 0).is_empty()
    assert variance_shares(terms(*reversed(rows))).equals(found)


def test_shares_by_hand() -> None:
    # Moves in percent of 100 t over 1.96: factor 10, activity 20 of which 12 are its own and 16
    # were added by sharing out; together they move 10 x 20 / 196.
    row = term(100, "a", "coal", u_factor_pct=10, u_activity_pct=12, u_allocation_pct=16)
    found = dict(variance_shares(terms(row)).select("input", "share").iter_rows())
    both = (10 * 20 / 196) ** 2
    whole = 100 + 400 + both
    assert found == pytest.approx(
        {
            "factor|coal": 100 / whole,
            "activity|T2": 144 / whole,
            "allocation": 256 / whole,
            INTERACTION: both / whole,
        }
    )


def test_the_larger_of_two_is_measured_next() -> None:
    rows = [
        term(90, "a", "f", tier="T6", u_activity_pct=30),
        term(90, "b", "g", u_activity_pct=2, u_factor_pct=10),
        term(20, "c", "h", location="s", u_location_pct=40),
    ]
    found = variance_shares(terms(*rows))
    assert found["input"].to_list()[:3] == ["activity|T6", "factor|g", "location"]


def test_a_total_that_nothing_moves_has_no_shares() -> None:
    assert variance_shares(terms(term(5, "a", "f"))).is_empty()
