"""Fitting to two margins: sums, zeros, and margins that cannot be met."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from assets.energy.fitting import MarginError, fit_margins


def _odds(table: NDArray[np.float64]) -> float:
    return float(table[0, 0] * table[1, 1] / (table[0, 1] * table[1, 0]))


@given(arrays(float, (4, 3), elements=st.floats(0.1, 100)), st.integers(0, 2**32 - 1))
def test_a_fit_has_both_margins_and_keeps_cross_ratios(
    seed: NDArray[np.float64], draw: int
) -> None:
    target = np.random.default_rng(draw).uniform(0.5, 20, (4, 3))
    found = fit_margins(seed, target.sum(axis=0), target.sum(axis=1))
    assert np.allclose(found.sum(axis=0), target.sum(axis=0), rtol=1e-7)
    assert np.allclose(found.sum(axis=1), target.sum(axis=1), rtol=1e-7)
    # What the fit keeps of the seed: its odds ratios.
    assert _odds(found) == pytest.approx(_odds(seed), rel=1e-6)


def test_a_zero_of_the_seed_stays() -> None:
    found = fit_margins(np.array([[1, 0], [1, 1]]), np.array([3, 2]), np.array([1, 4]))
    assert found[0, 1] == 0
    assert found == pytest.approx(np.array([[1, 0], [2, 2]]))


def test_park_totals_within_two_percent_are_scaled_to_the_sectors() -> None:
    found = fit_margins(np.ones((2, 2)), np.array([50, 50]), np.array([50, 51]))
    assert found.sum() == pytest.approx(100)


@pytest.mark.parametrize(
    ("seed", "sectors", "parks", "named"),
    [
        (np.ones((2, 2)), [50, 50], [50, 53], "park totals 103 and sector totals 100"),
        (np.ones((2, 2)), [0, 0], [0, 0], "sector totals 0"),
        (np.ones((2, 3)), [1, 1], [1, 1], r"seed \(2, 3\): expected 2 parks x 2 sectors"),
        (np.array([[1, -1], [1, 1]]), [1, 1], [1, 1], "negative"),
        (np.array([[0, 0], [1, 1]]), [1, 1], [1, 1], "park 1: total 1 and no weight"),
        (np.array([[1, 0], [0, 1]]), [3, 1], [1, 3], "no fit after 50 rounds"),
    ],
)
def test_margins_that_cannot_be_met_stop(
    seed: NDArray[np.float64],
    sectors: list[float],
    parks: list[float],
    named: str,
) -> None:
    with pytest.raises(MarginError, match=named):
        fit_margins(seed, np.array(sectors), np.array(parks), most=50)
