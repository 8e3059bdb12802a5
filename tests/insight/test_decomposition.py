"""Drivers of a change: worked case G29, and that nothing is left over."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assets.insight.decomposition import State, kaya, lmdi, logarithmic_mean
from tests.shared_data import golden

_ABOVE = st.floats(0.01, 1e4)


def state(given: dict[str, Any]) -> State:
    return State(given["P"], given["s"], given["i"], given["f"])


def test_g29_effects_of_two_sectors() -> None:
    case, expected, tolerance = golden("G29")
    found = lmdi(state(case["t0"]), state(case["t1"]))
    for name in ("activity", "structure", "intensity", "carbon_factor"):
        assert found[name] == pytest.approx(expected[name], rel=tolerance)
    assert found["change"] == pytest.approx(expected["dC"], rel=tolerance)
    assert abs(found["residual"]) < 1e-9


@given(st.lists(st.tuples(_ABOVE, _ABOVE, _ABOVE, _ABOVE, _ABOVE, _ABOVE), min_size=1, max_size=5))
def test_effects_sum_to_the_change(rows: list[tuple[float, ...]]) -> None:
    s0, s1, i0, i1, f0, f1 = zip(*rows, strict=True)
    found = lmdi(State(2.0, s0, i0, f0), State(3.0, s1, i1, f1))
    size = sum(State(3.0, s1, i1, f1).emissions()) + sum(State(2.0, s0, i0, f0).emissions())
    assert abs(found["residual"]) <= 1e-9 * size


@given(_ABOVE, _ABOVE)
@example(10_000.0, 9_999.999999999998)
def test_the_logarithmic_mean_lies_between(a: float, b: float) -> None:
    mean = logarithmic_mean(a, b)
    assert min(a, b) * (1 - 1e-12) <= mean <= max(a, b) * (1 + 1e-12)


def test_a_sector_that_begins_is_refused_by_name() -> None:
    before = State(1, [1, 0], [1, 1], [1, 1])
    with pytest.raises(ValueError, match=r"structure of sector 2 is 0 and 0\.5"):
        lmdi(before, State(1, [0.5, 0.5], [1, 1], [1, 1]))
    with pytest.raises(ValueError, match="2 sectors before and 1 after"):
        lmdi(before, State(1, [1], [1], [1]))


def test_kaya_multiplies_its_rates() -> None:
    rates = [{"growth": 0.1, "energy_intensity": -0.2, "carbon_factor": 0.0}] * 2
    assert kaya(100, rates) == pytest.approx([100, 88, 77.44])
    with pytest.raises(ValueError, match="year 1, growth: -2"):
        kaya(1, [{"growth": -2, "energy_intensity": 0, "carbon_factor": 0}])
