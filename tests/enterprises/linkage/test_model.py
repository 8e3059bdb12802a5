"""The weights of the model, and their exact sum."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import polars as pl
import pytest

from assets.enterprises.linkage import load_model
from assets.enterprises.linkage.model import FEATURES, decimal_of_micro, scores
from quality.contracts.reference import CONFIDENCE
from tests.enterprises.linkage.sides import model, weights


def test_the_model_is_read_in_whole_thousandths() -> None:
    table = weights().with_columns(
        pl.when(term="bias").then(Decimal("-1.234")).otherwise("weight").alias("weight")
    )
    assert load_model(table).bias == -1234
    assert 0 < model().uncertain < model().link < 1_000_000
    assert set(model().slopes) == set(model().offsets) <= set(FEATURES)
    assert set(weights()["confidence"]) <= set(CONFIDENCE)


def test_a_number_that_agrees_speaks_for_a_pair_and_one_that_differs_against_it() -> None:
    for name in ("uscc_permille", "org_code_permille", "number_permille"):
        assert model().offsets[name] < 0 < model().offsets[name] + model().slopes[name]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (pl.lit("x").alias("model_id"), None),
        (pl.lit("nonsense").alias("term"), "nonsense is no feature"),
        (pl.lit(Decimal("0.0001")).alias("weight"), "expected whole 1/1000"),
    ],
)
def test_a_model_that_is_none_is_refused(change: pl.Expr, said: str | None) -> None:
    table = weights().filter(part="slope").head(1).with_columns(change)
    if said is None:
        table, said = (
            pl.concat([weights(), weights().with_columns(change)]),
            "expected the rows of one",
        )
    with pytest.raises(ValueError, match=said):
        load_model(table)


def test_a_model_without_lines_is_refused() -> None:
    with pytest.raises(ValueError, match="missing link"):
        load_model(weights().filter(pl.col("term") != "link"))
    with pytest.raises(ValueError, match="0 <= uncertain <= link <= 1"):
        load_model(
            weights().with_columns(
                pl.when(term="uncertain").then(Decimal("0.99")).otherwise("weight").alias("weight")
            )
        )


def test_the_sum_is_exact_and_does_not_hear_what_is_not_comparable() -> None:
    name = "core_permille"
    values = np.array([0, 700, 700])
    logits = model().logits({name: (values, np.array([True, True, False]))})
    base, slope, offset = (model().bias, model().slopes[name], model().offsets[name])
    assert logits.tolist() == [
        1000 * (base + offset),
        1000 * (base + offset) + 700 * slope,
        1000 * base,
    ]
    with pytest.raises(ValueError, match="no features"):
        model().logits({})


def test_scores_are_monotone_and_six_decimals() -> None:
    logits = np.arange(-50_000_000, 50_000_001, 250_000)
    found = scores(logits)
    assert (np.diff(found) >= 0).all()
    assert (found[0], found[len(found) // 2], found[-1]) == (0, 500_000, 1_000_000)
    every = pl.DataFrame({"micro": [0, 1, 123_457, 500_000, 999_999, 1_000_000]})
    exact = every.select(decimal_of_micro("micro")).to_series().to_list()
    assert exact == [Decimal(n) / 1_000_000 for n in every["micro"]]
