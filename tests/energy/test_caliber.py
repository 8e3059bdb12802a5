"""Calibers: agreed, converted by what is published, or refused."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import polars as pl
import pytest

from assets.energy.caliber import CaliberError, all_firms, benchmark_revision, joined, matched

LEFT = pl.DataFrame({"year": [2020], "scope_firms": ["all"], "energy": [1]})


def test_series_of_one_caliber_join() -> None:
    right = pl.DataFrame({"year": [2020], "scope_firms": ["all"], "value": [2]})
    assert joined(LEFT, right, ["year"]).to_dicts() == [
        {"year": 2020, "scope_firms": "all", "energy": 1, "value": 2}
    ]


@pytest.mark.parametrize(
    ("right", "named"),
    [
        ({"scope_firms": ["above_scale"]}, "CAL1: year=2020: scope_firms is all and above_scale"),
        ({"scope_firms": [None]}, "scope_firms is all and None"),
        ({"elec_basis": ["calorific"]}, "scope_firms is stated by one series only"),
    ],
)
def test_series_of_two_calibers_do_not(right: dict[str, list[str]], named: str) -> None:
    with pytest.raises(CaliberError, match=named):
        joined(LEFT, pl.DataFrame({"year": [2020], **right}), ["year"])


def test_what_differs_is_told_of_each_row() -> None:
    left = pl.DataFrame(
        {"park": ["a", "b"], "scope_firms": ["all", "above_scale"], "boundary_class": ["built"] * 2}
    )
    right = pl.DataFrame(
        {"park": ["a", "b"], "scope_firms": ["all", None], "boundary_class": ["built", "approved"]}
    )
    found = matched(left, right, ["park"])
    assert found.columns == [*left.columns, "refused_zh", "refused_en"]
    assert found["refused_zh"].to_list() == [None, "CAL1 企业范围规上≠未说明，边界类别建成≠核准"]
    assert found["refused_en"].to_list() == [
        None,
        "CAL1 scope_firms is above_scale and None, boundary_class is built and approved",
    ]


def test_all_firms_only_by_a_published_ratio() -> None:
    ratios = {("320000", 2018): Decimal("1.2")}
    assert all_firms(Decimal(10), ratios, "320000", 2018) == 12
    with pytest.raises(CaliberError, match="330000 2018: no published ratio"):
        all_firms(Decimal(10), ratios, "330000", 2018)


def test_figures_between_censuses_are_revised_along_a_line() -> None:
    before = {2008: Fraction(100), 2010: Fraction(100), 2013: Fraction(100)}
    found = benchmark_revision(before, 2008, 2013, Fraction(1), Fraction(111, 100))
    assert found == {2008: 100, 2010: Fraction(1044, 10), 2013: 111}
    assert before[2010] == 100
    with pytest.raises(ValueError, match="2014: expected a year from 2008 to 2013"):
        benchmark_revision({2014: Fraction(1)}, 2008, 2013, Fraction(1), Fraction(1))
    with pytest.raises(ValueError, match="expected the later one last"):
        benchmark_revision({}, 2013, 2008, Fraction(1), Fraction(1))
