"""Two readings of the same numbers against each other, by votes of the cells of the map."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import binomtest

from assets.boundaries.crs.samples import Samples
from assets.boundaries.crs.systems import Floats, System
from assets.boundaries.divisions import GEOD

ON_GROUND_M = 500.0
FAR_M = 5000.0
LEAST_SHARE = 1 / 3
CHANCE = 0.001
_MAJORITY = 2  # votes for the better over votes for the other
_DEAD_BAND = 0.05  # of the reach: a smaller gain is no vote


@dataclass(frozen=True)
class Reading:
    """One candidate, the places under it, and their distances to their ground in metres."""

    system: System
    lon: Floats
    lat: Floats
    distance: Floats

    @property
    def score(self) -> float:
        """Share of the places within 500 m of their ground."""
        return float((self.distance <= ON_GROUND_M).mean())

    @property
    def reached(self) -> float:
        """Share of the places within 5 km of their ground."""
        return float((self.distance <= FAR_M).mean())

    @property
    def badness(self) -> float:
        """Mean distance to the ground, beyond 5 km taken as 5 km."""
        return float(np.minimum(self.distance, FAR_M).mean())


@dataclass(frozen=True)
class Duel:
    """The better of two readings against the other.

    `fine_enough`: a third of the places comes near its ground under one of the two.
    """

    other: Reading
    apart_m: float
    votes: tuple[int, int]
    p_value: float
    fine_enough: bool

    @property
    def won(self) -> bool:
        """Whether the other is refuted."""
        mine, others = self.votes
        return self.fine_enough and self.p_value < CHANCE and mine >= _MAJORITY * others


def read(tested: Samples, system: System) -> Reading:
    """The tested places under a system."""
    lon, lat = tested.lon_lat(system)
    return Reading(system, lon, lat, tested.distances_m(lon, lat))


def apart_m(one: Reading, other: Reading) -> float:
    """Median distance of the places under two readings; infinite where none can be compared."""
    both = np.isfinite(one.lon) & np.isfinite(other.lon)
    if not both.any():
        return float("inf")
    metres = GEOD.inv(one.lon[both], one.lat[both], other.lon[both], other.lat[both])[2]
    return float(np.median(metres))


def duel(tested: Samples, best: Reading, other: Reading) -> Duel:
    """Votes for both readings, a cell each.

    Only places speak that one of the two brings near their ground: as near as the two are
    apart, between 500 m and 5 km. The others are wrong addresses, redrawn borders or coarse
    lines, and far off under both.
    """
    apart = apart_m(best, other)
    near = float(np.clip(apart, ON_GROUND_M, FAR_M))
    speaks = np.minimum(best.distance, other.distance) <= near
    cap = 10 * near
    gain = np.minimum(other.distance[speaks], cap) - np.minimum(best.distance[speaks], cap)
    _, cell = np.unique(tested.cell[speaks], return_inverse=True)
    mean = np.bincount(cell, weights=gain) / np.maximum(np.bincount(cell), 1)
    least = _DEAD_BAND * near
    votes = int((mean > least).sum()), int((mean < -least).sum())
    chance = 1.0
    if sum(votes):
        chance = float(binomtest(votes[0], sum(votes), alternative="greater").pvalue)
    return Duel(other, apart, votes, chance, bool(speaks.mean() >= LEAST_SHARE))
