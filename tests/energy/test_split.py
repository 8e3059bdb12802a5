"""The exact split: parts of a whole, to the last unit."""

from __future__ import annotations

import random
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.energy.split import split_exact

MICRO = Decimal("0.000001")
AMOUNT = st.integers(0, 10**16).map(lambda n: n * MICRO)
WEIGHTS = st.lists(st.integers(0, 10**10).map(lambda n: n * MICRO), min_size=1, max_size=9).filter(
    lambda weights: sum(weights) > 0
)


def shares(total: Decimal, weights: list[Decimal], split: str = "s") -> pl.DataFrame:
    return pl.DataFrame(
        {
            "split_id": [split] * len(weights),
            "member": [f"m{place}" for place in range(len(weights))],
            "total": [total] * len(weights),
            "weight": weights,
        },
        schema={
            "split_id": pl.String,
            "member": pl.String,
            "total": pl.Decimal(38, 6),
            "weight": pl.Decimal(38, 6),
        },
    )


def parts(frame: pl.DataFrame) -> dict[str, Decimal]:
    return dict(split_exact(frame).select("member", "quantity").iter_rows())


@given(AMOUNT, WEIGHTS)
def test_parts_sum_to_the_whole_and_follow_the_weights(
    total: Decimal, weights: list[Decimal]
) -> None:
    found = parts(shares(total, weights))
    assert sum(found.values()) == total
    for place, weight in enumerate(weights):
        part = found[f"m{place}"]
        assert part >= 0
        # Whole micro-units: the exact share lies less than one unit away.
        assert abs(part * sum(weights) - total * weight) < MICRO * sum(weights)


@given(AMOUNT, WEIGHTS, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(
    total: Decimal, weights: list[Decimal], chance: random.Random
) -> None:
    frame = shares(total, weights)
    order = list(range(frame.height))
    chance.shuffle(order)
    assert parts(frame[order]) == parts(frame)


def test_equal_remainders_go_to_the_first_members() -> None:
    found = parts(shares(Decimal("0.000005"), [Decimal(1)] * 3))
    assert found == {"m0": 2 * MICRO, "m1": 2 * MICRO, "m2": MICRO}


def test_splits_do_not_mix() -> None:
    both = pl.concat(
        [shares(Decimal(10), [Decimal(1)] * 2, "a"), shares(Decimal(1), [Decimal(3)] * 2, "b")]
    )
    found = split_exact(both)
    assert found["quantity"].to_list() == [Decimal(5), Decimal(5), Decimal("0.5"), Decimal("0.5")]


def test_nothing_to_split_is_nothing() -> None:
    assert split_exact(shares(Decimal(1), [Decimal(1)]).clear()).height == 0


@pytest.mark.parametrize("weights", [[0, 0], [2, -1]])
def test_weights_that_share_nothing_are_refused(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="s: expected weights"):
        split_exact(shares(Decimal(1), [Decimal(w) for w in weights]))
