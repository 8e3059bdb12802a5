"""Approach 1: worked cases, shared factors, and when it will not do."""

from __future__ import annotations

import math
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.inventory.uncertainty.propagation import (
    Source,
    approach_1,
    approach_2_reasons,
    combined_pct,
    propagate,
    terms_of,
)
from assets.inventory.uncertainty.terms import TermError
from tests.inventory.uncertainty.widths import term, terms
from tests.shared_data import golden


def test_g20_error_propagation() -> None:
    inputs, expected, tolerance = golden("G20")
    found = propagate(
        [Source(s["name"], s["tCO2"], s["U_AD_pct"], s["U_EF_pct"]) for s in inputs["sources"]]
    )
    assert found.sources_pct == pytest.approx(expected["U_i_pct"], rel=tolerance)
    assert found.total_t == pytest.approx(expected["total_tCO2"], rel=tolerance)
    assert found.u95_pct == pytest.approx(expected["U_total_pct"], rel=tolerance)
    assert (found.low_t, found.high_t) == pytest.approx(
        (expected["lo"], expected["hi"]), rel=tolerance
    )


def test_two_sources_on_one_factor_by_hand() -> None:
    # 600 t and 400 t, activity 3 % and 2 %, one factor of 10 %:
    # (1000 x 10)^2 + (600 x 3)^2 + (400 x 2)^2 = 1.0388e8, its root over 1000 is 10.1921.
    one, other = Source("a", 600, 3, 10, "coal"), Source("b", 400, 2, 10, "coal")
    assert propagate([one, other]).u95_pct == pytest.approx(math.sqrt(1.0388e8) / 1000)
    # Apart: 600^2 x (3^2 + 10^2) + 400^2 x (2^2 + 10^2) = 5.588e7.
    apart = [Source("a", 600, 3, 10), Source("b", 400, 2, 10)]
    assert propagate(apart).u95_pct == pytest.approx(math.sqrt(5.588e7) / 1000)


def test_what_is_taken_away_is_less_sure_by_its_activity_and_surer_by_a_shared_factor() -> None:
    # 1000 t less 400 t on one factor of 10 %: it moves 60 t; activity of 5 % moves 50 t and 20 t.
    found = propagate([Source("in", 1000, 5, 10, "c"), Source("out", -400, 5, 10, "c")])
    assert found.total_t == 600
    assert found.high_t - 600 == pytest.approx(math.sqrt(60**2 + 50**2 + 20**2))
    assert found.u95_pct == pytest.approx(100 * math.sqrt(6500) / 600)
    assert propagate([Source("in", 5, 5, 1), Source("out", -5, 5, 1)]).u95_pct is None


def test_location_and_allocation_by_hand() -> None:
    # At a site with c = 0.6: 100 t of coal and 50 t of gas are there or not, together.
    rows = [
        term(100, "coal", "f", location="s", u_location_pct=40, u_allocation_pct=20),
        term(50, "gas", "g", location="s", u_location_pct=40, u_activity_pct=2),
    ]
    found = approach_1(terms(*rows)).row(0, named=True)
    assert found["high_t"] - 150 == pytest.approx(math.sqrt(60**2 + 20**2 + 1**2))


def test_gases_of_one_activity_move_together() -> None:
    rows = [term(90, "coal", "CO2", u_activity_pct=10), term(10, "coal", "CH4", u_activity_pct=10)]
    assert approach_1(terms(*rows))["u95_pct"].item() == pytest.approx(10)


@given(
    st.lists(
        st.tuples(
            st.floats(-1e6, 1e6).filter(lambda x: abs(x) > 1e-3),
            st.floats(0, 100),
            st.floats(0, 200),
            st.sampled_from([None, "one"]),
        ),
        min_size=1,
        max_size=6,
    ),
    st.randoms(use_true_random=False),
)
@settings(max_examples=40)
def test_order_does_not_matter_and_wider_inputs_are_never_narrower(
    rows: list[tuple[float, float, float, str | None]], random: Any
) -> None:
    sources = [Source(str(n), e, a, 7 if f else b, f) for n, (e, a, b, f) in enumerate(rows)]
    found = approach_1(terms_of(sources))
    random.shuffle(sources)
    assert approach_1(terms_of(sources)).equals(found)
    wider = [
        Source(s.name, s.co2e_t, 2 * s.u_activity_pct, s.u_factor_pct, s.factor) for s in sources
    ]
    wide, narrow = (propagate(some) for some in (wider, sources))
    assert wide.high_t - wide.low_t >= (narrow.high_t - narrow.low_t) * (1 - 1e-9) - 1e-9


def test_approach_2_is_required_and_why() -> None:
    sources = [
        Source("coal", 10_000, 3, 10),
        Source("N2O", 600, 2, 200),
        Source("CH4", 400, 2, 100),
    ]
    (row,) = approach_2_reasons(terms_of(sources)).iter_rows(named=True)
    assert row == {
        "total": "total",
        "reason": "own|N2O: U 200.0 % above 60 %, 5.5 % of the total above 5 %",
    }
    assert approach_2_reasons(terms_of(sources[::2])).is_empty()


@pytest.mark.parametrize(
    ("width", "share", "required"),
    [(60, 0.5, False), (60.01, 0.5, True), (61, 0.05, False), (61, 0.0501, True)],
)
def test_approach_2_at_its_thresholds(width: float, share: float, required: bool) -> None:
    sources = [Source("wide", share * 1e4, 0, width), Source("rest", (1 - share) * 1e4, 0, 1)]
    assert approach_2_reasons(terms_of(sources)).is_empty() != required


def test_many_small_activities_on_one_wide_factor_are_one_source() -> None:
    rows = [term(4, f"a{n}", "CH4", u_factor_pct=100) for n in range(5)] + [term(80, "coal", "c")]
    assert approach_2_reasons(terms(*rows)).height == 1


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([term(1, "a", "f", u_factor_pct=1), term(1, "b", "f", u_factor_pct=2)], "factor with"),
        ([term(1, "a", "f", u_activity_pct=1), term(1, "a", "g")], "activity with several"),
        ([term(1, "a", "f", u_activity_pct=-1)], "0 or more"),
        ([term(1, "a", "f", u_factor_pct=None)], "0 or more"),
        ([term(math.nan, "a", "f")], "finite"),
        ([term(1, "a", "f", u_location_pct=20)], "name the location"),
        ([term(1, "a", "f", location="s"), term(1, "a", "g", location="t")], "two locations"),
        (
            [
                term(1, "a", "f", location="s", u_location_pct=2),
                term(1, "b", "g", location="s", u_location_pct=3),
            ],
            "location with several",
        ),
    ],
)
def test_terms_that_contradict_each_other_stop(rows: list[dict[str, Any]], said: str) -> None:
    with pytest.raises(TermError, match=said):
        approach_1(terms(*rows))


def test_sources_need_names_of_their_own() -> None:
    with pytest.raises(ValueError, match="name of its own"):
        propagate([Source("a", 1, 1, 1), Source("a", 2, 1, 1)])
    with pytest.raises(ValueError, match="at least one"):
        propagate([])
    assert combined_pct(3, 4) == 5
    assert isinstance(terms_of([Source("a", 1, 1, 1)]), pl.DataFrame)
