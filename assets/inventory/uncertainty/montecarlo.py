"""Approach 2: Monte Carlo of many totals at once, shared inputs drawn once (METHOD 4.5; G22)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assets.inventory.uncertainty.distributions import (
    Draws,
    is_normal,
    multipliers,
    relative_variance,
    stream,
)
from assets.inventory.uncertainty.terms import checked

DRAWS = 100_000
SEED = 20_260_101
# Bounds of the interval, and the draws that are combined at a time (they stay in the cache).
_BOUNDS = (0.025, 0.975)
_SLICE = 8192
# Rows of a block: totals, their parts and what is worked out on the way.
_MOST_ROWS, _ROWS_HELD = 32, 3


class MemoryBound(ValueError):
    """The draws of the shared factors alone are larger than the memory that was allowed."""


@dataclass(frozen=True)
class _Wide:
    """A lognormal activity: its name, width, and the factors (row of `factors`, t) it meets."""

    name: str
    u95_pct: float
    weights: tuple[tuple[int, float], ...]


@dataclass
class _Part:
    """The terms of a total at one location; what is normal is a mean and a quadratic form."""

    total: int
    name: str
    location: str
    u_location_pct: float
    mean: dict[tuple[int, ...], float]
    square: dict[tuple[int, ...], float]
    wide: list[_Wide]


def simulate(
    terms: pl.DataFrame,
    draws: int = DRAWS,
    seed: int = SEED,
    memory_mb: int = 1536,
    threads: int = 2,
) -> pl.DataFrame:
    """Rows `total, mean_t, low_t, high_t` (mean, 2.5 % and 97.5 %) of terms (see `terms`).

    A factor, a lognormal activity and a location are each drawn once and used wherever they
    stand. Normal activities are not drawn one by one: given the factors, their sum is normal, so
    one draw a total with the conditional mean and variance has the very distribution (but for
    their truncation at 0, 6.5 deviations away: less than 1e-10 of an activity's draws). So drawn
    they are independent from total to total: for the interval of a sum of totals give its terms
    as a total of its own.

    The numbers of an input hang on `seed` and its name: order, blocks and threads change results
    by rounding of the last digits only. Blocks keep within `memory_mb` (8 bytes a draw for each
    factor and each row in work). Raises MemoryBound where the factors alone do not fit, TermError
    for terms that contradict each other, and ValueError below 1,000 draws.
    """
    if draws < 1000:
        raise ValueError(f"{draws} draws: expected at least 1000 for the bounds of an interval")
    known = checked(terms)
    names = known["total"].unique().sort().to_list()
    widths = dict(known.select("factor", "u_factor_pct").unique().sort("factor").iter_rows())
    parts = _parts(known, names, list(widths))
    held = 8 * draws / 2**20
    rows = int((memory_mb - held * len(widths)) / (held * _ROWS_HELD * threads))
    if rows < 1:
        raise MemoryBound(
            f"{len(widths)} factors x {draws} draws: {held * len(widths):.0f} MB of {memory_mb}; "
            "allow more memory or take fewer draws"
        )
    factors = np.empty((len(widths), draws))
    for row, (name, width) in enumerate(widths.items()):
        factors[row] = multipliers(width, stream(seed, f"factor|{name}"), draws)
    most = min(rows, _MOST_ROWS)
    blocks = list(_blocks(parts, len(names), most))
    with ThreadPoolExecutor(threads) as pool:
        found = list(pool.map(lambda block: _block(block, factors, seed, most), blocks))
    return pl.DataFrame(
        np.vstack(found) if found else np.empty((0, 3)), schema=["mean_t", "low_t", "high_t"]
    ).select(pl.Series("total", names, dtype=pl.String), pl.all())


def _parts(terms: pl.DataFrame, totals: list[str], factors: list[str]) -> list[_Part]:
    """Terms by total and location, in the order of totals."""
    row_of = {name: row for row, name in enumerate(factors)}
    number_of = {name: number for number, name in enumerate(totals)}
    nodes = (
        terms.with_columns(
            (pl.col("u_activity_pct") ** 2 + pl.col("u_allocation_pct") ** 2).sqrt().alias("u")
        )
        .group_by("total", "location", "activity")
        .agg(
            pl.col("factor").replace_strict(row_of, return_dtype=pl.Int64).alias("rows"),
            "value_t",
            pl.first("u", "u_location_pct"),
        )
        .sort("total", "location", "activity")
    )
    variances = relative_variance(nodes["u"].to_numpy())
    found: list[_Part] = []
    columns = ("total", "location", "activity", "rows", "value_t", "u", "u_location_pct")
    for variance, row in zip(variances.tolist(), nodes.select(columns).iter_rows(), strict=True):
        total, location, activity, rows, values, width, u_location = row
        number = number_of[total]
        if not found or (found[-1].total, found[-1].location) != (number, location):
            found.append(_Part(number, f"{total}|{location}", location, u_location, {}, {}, []))
        weights = sorted(zip(rows, values, strict=True))
        if is_normal(width):
            _add_normal(found[-1], weights, variance)
        else:
            found[-1].wide.append(_Wide(activity, width, tuple(weights)))
    return found


def _add_normal(part: _Part, weights: list[tuple[int, float]], variance: float) -> None:
    """An activity of that relative variance: a (w.F), and variance (w.F)^2 by pairs of factors."""
    for place, (row, value) in enumerate(weights):
        part.mean[(row,)] = part.mean.get((row,), 0.0) + value
        for other, second in weights[place:]:
            twice = 1 if other == row else 2
            pair = row, other
            part.square[pair] = part.square.get(pair, 0.0) + twice * variance * value * second


def _blocks(parts: list[_Part], totals: int, most: int) -> Iterator[list[_Part]]:
    """Parts of at most so many totals at a time; a total is never divided."""
    first_of = np.searchsorted([part.total for part in parts], np.arange(totals + 1))
    edges = [*range(0, totals, most), totals] if totals else []
    for first, last in pairwise(edges):
        yield parts[first_of[first] : first_of[last]]


def _block(parts: list[_Part], factors: Draws, seed: int, most: int) -> Draws:
    """Mean and bounds of the totals that the parts belong to, so many parts at a time."""
    first = parts[0].total
    sums = np.zeros((parts[-1].total - first + 1, factors.shape[1]))
    for start in range(0, len(parts), most):
        some = parts[start : start + most]
        drawn = _drawn(some, factors, seed)
        for part, row in zip(some, drawn, strict=True):
            sums[part.total - first] += row
    return _summary(sums)


def _drawn(parts: list[_Part], factors: Draws, seed: int) -> Draws:
    """The draws of each part."""
    found = np.zeros((len(parts), factors.shape[1]))
    for row, part in zip(found, parts, strict=True):
        if part.square:
            row[:] = stream(seed, f"normal|{part.name}").standard_normal(len(row))
    _combine(parts, factors, found)
    for row, part in zip(found, parts, strict=True):
        for wide in part.wide:
            activity = multipliers(wide.u95_pct, stream(seed, f"activity|{wide.name}"), len(row))
            activity *= _weighed(wide.weights, factors)
            row += activity
        if part.u_location_pct > 0:
            name = f"location|{part.location}"
            row *= multipliers(part.u_location_pct, stream(seed, name), len(row))
    return found


def _weighed(weights: Sequence[tuple[int, float]], factors: Draws) -> Draws:
    row, value = weights[0]
    total: Draws = factors[row] * value
    for row, value in weights[1:]:
        total += factors[row] * value
    return total


def _combine(parts: list[_Part], factors: Draws, found: Draws) -> None:
    """Standard normal draws become the sums of normal activities, given the factors."""
    taken, mean = _matrix([part.mean for part in parts])
    pairs, square = _matrix([part.square for part in parts])
    if not taken.size:
        return
    for start in range(0, factors.shape[1], _SLICE):
        here = slice(start, start + _SLICE)
        some = factors[:, here]
        variance = square @ (some[pairs[:, 0]] * some[pairs[:, 1]])
        # Where all cancels, rounding may leave a variance a hair below nothing.
        np.maximum(variance, 0, out=variance)
        found[:, here] *= np.sqrt(variance, out=variance)
        found[:, here] += mean @ some[taken[:, 0]]


def _matrix(weights: list[dict[tuple[int, ...], float]]) -> tuple[NDArray[np.int64], Draws]:
    """The keys (rows of factors) that occur, sorted, and a row of weights for each part."""
    keys = sorted({key for row in weights for key in row})
    place = {key: number for number, key in enumerate(keys)}
    found = np.zeros((len(weights), len(keys)))
    for number, row in enumerate(weights):
        for key, value in row.items():
            found[number, place[key]] = value
    return np.array(keys, dtype=np.int64), found


def _summary(sums: Draws) -> Draws:
    """Mean, 2.5 % and 97.5 % of each row (linear between the two nearest draws)."""
    at = np.array(_BOUNDS) * (sums.shape[1] - 1)
    below: NDArray[np.int64] = np.floor(at).astype(np.int64)
    means = sums.mean(axis=1)
    sums.partition(np.unique([below, below + 1]), axis=1)
    low, high = (
        sums[:, k] + (a - k) * (sums[:, k + 1] - sums[:, k]) for k, a in zip(below, at, strict=True)
    )
    return np.column_stack([means, low, high])
