"""Pedigree scores as a geometric deviation, and classes of data quality (METHOD 4.4; G23)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

INDICATORS = (
    "reliability",
    "completeness",
    "temporal correlation",
    "geographical correlation",
    "further technological correlation",
)
BASIC = "basic uncertainty"
# Upper ends of the classes of a park's score; a worse one is D.
CLASSES = ((1.6, "A"), (2.4, "B"), (3.2, "C"))


@dataclass(frozen=True)
class PedigreeSet:
    """A published set: GSD^2 factor of each indicator and score, and basic ones by flow."""

    name: str
    factors: Mapping[tuple[str, int], float]
    basic: Mapping[str, float]


def pedigree_set(table: pl.DataFrame, name: str) -> PedigreeSet:
    """The set of that name (`v1`, `v2`) from `accepted.pedigree_factor`.

    Raises ValueError for a set that is not there or lacks a score.
    """
    rows = list(table.iter_rows(named=True))
    known = {r["factor_set"] for r in rows if r["factor_set"] != "basic"}
    if name not in known:
        raise ValueError(f"pedigree set {name}: expected one of {', '.join(sorted(known))}")
    factors = {
        (r["indicator"], r["score"]): float(r["value"]) for r in rows if r["factor_set"] == name
    }
    lacking = [(i, s) for i in INDICATORS for s in range(1, 6) if (i, s) not in factors]
    if lacking:
        raise ValueError(f"pedigree set {name}: no factor for {lacking[0]}; add it to the table")
    basic = {r["criterion"]: float(r["value"]) for r in rows if r["factor_set"] == "basic"}
    return PedigreeSet(name, factors, basic)


def gsd2(scores: Sequence[int], basic: float, factors: PedigreeSet) -> float:
    """GSD^2 = exp(sqrt(sum ln(U_i)^2 + ln(U_b)^2)) of five scores from 1 to 5.

    In the order reliability, completeness, temporal, geographical, technological. Raises
    ValueError for another number of scores or one out of range, and a basic factor below 1.
    """
    _five(scores)
    if basic < 1:
        raise ValueError(f"basic GSD^2 {basic}: expected 1 or more")
    parts = [factors.factors[pair] for pair in zip(INDICATORS, scores, strict=True)]
    return math.exp(math.sqrt(sum(math.log(value) ** 2 for value in (*parts, basic))))


def interval(value: float, deviation: float) -> tuple[float, float]:
    """The 95 % interval [x / GSD^2, x * GSD^2] of a value that is not negative."""
    if value < 0:
        raise ValueError(f"{value}: a lognormal interval needs a value of 0 or more")
    return value / deviation, value * deviation


def mean_score(scores: Sequence[int]) -> float:
    """DQ score: the mean of five scores."""
    _five(scores)
    return sum(scores) / len(scores)


def quality_class(score: float) -> str:
    """A up to 1.6, B up to 2.4, C up to 3.2, else D."""
    if not 1 <= score <= 5:
        raise ValueError(f"DQ score {score}: expected 1 to 5")
    return next((letter for limit, letter in CLASSES if score <= limit), "D")


def _five(scores: Sequence[int]) -> None:
    if len(scores) != len(INDICATORS) or not all(score in range(1, 6) for score in scores):
        raise ValueError(f"scores {tuple(scores)}: expected five, each from 1 to 5")
