"""Calibers of series: what may be joined, what is converted, what is refused (METHOD 4.1, 4.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

import polars as pl

# Flags that two series share before they are added, divided or joined.
FLAGS = (
    "scope_firms",
    "elec_basis",
    "price_basis",
    "boundary_class",
    "attribution",
    "vintage",
    "activity_scope",
)


class CaliberError(ValueError):
    """CAL1: series of different calibers; the message names the flag and both values."""


def joined(
    left: pl.DataFrame, right: pl.DataFrame, on: Sequence[str], flags: Sequence[str] = FLAGS
) -> pl.DataFrame:
    """An inner join of two series that agree on every caliber flag that either has.

    Raises CaliberError for a flag that only one of them has, and for the first pair of rows
    whose flags differ: they are converted first, or not joined at all.
    """
    for flag in flags:
        if (flag in left.columns) != (flag in right.columns):
            raise CaliberError(f"CAL1: {flag} is stated by one series only; expected by both")
    common = [flag for flag in flags if flag in left.columns]
    found = left.join(right, on=list(on), suffix="__right")
    for flag in common:
        differ = found.filter(pl.col(flag).ne_missing(pl.col(f"{flag}__right")))
        if differ.height:
            row = differ.row(0, named=True)
            key = ", ".join(f"{name}={row[name]}" for name in on)
            raise CaliberError(
                f"CAL1: {key}: {flag} is {row[flag]} and {row[f'{flag}__right']}; "
                "convert one of them or leave them apart"
            )
    return found.drop(f"{flag}__right" for flag in common)


def all_firms(
    above_scale: Decimal, ratios: Mapping[tuple[str, int], Decimal], division: str, year: int
) -> Decimal:
    """A quantity of firms above scale as one of all firms, by the province's published ratio.

    Raises CaliberError where none is published: there is no default (METHOD 4.1).
    """
    ratio = ratios.get((division, year))
    if ratio is None:
        raise CaliberError(
            f"CAL1: {division} {year}: no published ratio of all firms to those above scale; "
            "the figure stays above_scale"
        )
    return above_scale * ratio


def benchmark_revision(
    before: Mapping[int, Fraction], first: int, last: int, r_first: Fraction, r_last: Fraction
) -> dict[int, Fraction]:
    """Figures between two economic censuses, revised: `pre (r0 + (r1 - r0) (y - y0) / (y1 - y0))`.

    `r` are the ratios of the revised to the first figure in the census years (METHOD 4.2, G28).
    The figures before stay as they are: a revision is another vintage. Raises ValueError for a
    year outside the censuses.
    """
    if last <= first:
        raise ValueError(f"censuses of {first} and {last}: expected the later one last")
    outside = [year for year in before if not first <= year <= last]
    if outside:
        raise ValueError(f"{min(outside)}: expected a year from {first} to {last}")
    span = Fraction(last - first)
    return {
        year: value * (r_first + (r_last - r_first) * (year - first) / span)
        for year, value in before.items()
    }
