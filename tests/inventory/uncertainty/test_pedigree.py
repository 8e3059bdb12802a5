"""Pedigree: the worked case, both sets, classes, and what is refused."""

from __future__ import annotations

import math

import polars as pl
import pytest

from assets.inventory.uncertainty.pedigree import (
    gsd2,
    interval,
    mean_score,
    pedigree_set,
    quality_class,
)
from tests.frames import facts
from tests.shared_data import golden

SCORES = (2, 2, 2, 3, 3)


def test_g23_pedigree_to_deviation() -> None:
    inputs, expected, tolerance = golden("G23")
    known = pedigree_set(facts("pedigree_factor"), "v1")
    parts = [known.factors[pair] for pair in zip(
        ("reliability", "completeness", "temporal correlation", "geographical correlation",
         "further technological correlation"), SCORES, strict=True)]  # fmt: skip
    assert parts == inputs["factors"]
    assert known.basic["CO2 combustion"] == inputs["basic"]
    found = gsd2(SCORES, inputs["basic"], known)
    assert found == pytest.approx(expected["GSD2"], rel=tolerance)
    assert interval(1000, found) == pytest.approx(
        (expected["x1000_lo"], expected["x1000_hi"]), rel=tolerance
    )
    assert mean_score(SCORES) == expected["DQ_mean_score"]


def test_the_second_set_is_another() -> None:
    logs = [math.log(x) for x in (1.54, 1.03, 1.03, 1.08, 1.65, 1.05)]
    expected = math.exp(math.sqrt(sum(x * x for x in logs)))
    assert gsd2(SCORES, 1.05, pedigree_set(facts("pedigree_factor"), "v2")) == pytest.approx(
        expected
    )


@pytest.mark.parametrize("name", ["v1", "v2"])
def test_a_worse_score_is_never_narrower(name: str) -> None:
    known = pedigree_set(facts("pedigree_factor"), name)
    for place in range(5):
        found = [gsd2([s if n == place else 1 for n in range(5)], 1.05, known) for s in range(1, 6)]
        assert found == sorted(found)
    assert gsd2([1] * 5, 1.05, known) == pytest.approx(1.05)


@pytest.mark.parametrize(
    ("score", "letter"),
    [(1, "A"), (1.6, "A"), (1.61, "B"), (2.4, "B"), (2.41, "C"), (3.2, "C"), (3.21, "D"), (5, "D")],
)
def test_classes_at_their_ends(score: float, letter: str) -> None:
    assert quality_class(score) == letter


def test_what_is_no_score_or_set_stops() -> None:
    table = facts("pedigree_factor")
    known = pedigree_set(table, "v1")
    for scores in ((2, 2, 2, 2), (0, 2, 2, 2, 2), (2, 2, 2, 2, 6)):
        with pytest.raises(ValueError, match="expected five"):
            gsd2(scores, 1.05, known)
    with pytest.raises(ValueError, match="1 or more"):
        gsd2(SCORES, 0.9, known)
    with pytest.raises(ValueError, match="expected 1 to 5"):
        quality_class(5.1)
    with pytest.raises(ValueError, match="0 or more"):
        interval(-1, 1.2)
    with pytest.raises(ValueError, match="v3: expected one of v1, v2"):
        pedigree_set(table, "v3")
    lacking = table.filter(~((pl.col("indicator") == "completeness") & (pl.col("score") == 4)))
    with pytest.raises(ValueError, match=r"no factor for \('completeness', 4\)"):
        pedigree_set(lacking, "v1")
