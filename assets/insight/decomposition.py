"""What drives a change of emissions: LMDI-I and the Kaya identity (METHOD 6)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class State:
    """A year: activity, and by sector its share, energy intensity and carbon factor."""

    activity: float
    shares: Sequence[float]
    intensities: Sequence[float]
    carbon_factors: Sequence[float]

    def emissions(self) -> list[float]:
        """Emissions by sector: activity x share x intensity x carbon factor."""
        return [
            self.activity * s * i * f
            for s, i, f in zip(self.shares, self.intensities, self.carbon_factors, strict=True)
        ]


def logarithmic_mean(a: float, b: float) -> float:
    """L(a, b) = (a - b) / (ln a - ln b); a where both are equal."""
    if a == b:
        return a
    low, span = min(a, b), abs(a - b)
    # log(a / b) of neighbours loses its digits: 10000 and the number before it had a mean of 8192.
    return span / math.log1p(span / low)


def lmdi(before: State, after: State) -> dict[str, float]:
    """Additive LMDI-I: the effects `activity, structure, intensity, carbon_factor` and `change`.

    `dC_x = sum_i L(C1_i, C0_i) ln(x1_i / x0_i)` (METHOD 6; G29). The effects sum to the change;
    `residual` is what floating point leaves of it. Compare years of one boundary only, or the
    change of the boundary shows as activity. Raises ValueError for a sector with a factor that
    is not above 0 in one of the years (its logarithm is not defined) and for other sectors.
    """
    c0, c1 = before.emissions(), after.emissions()
    if len(c0) != len(c1):
        raise ValueError(f"{len(c0)} sectors before and {len(c1)} after: expected the same")
    drivers = {
        "activity": ([before.activity] * len(c0), [after.activity] * len(c1)),
        "structure": (before.shares, after.shares),
        "intensity": (before.intensities, after.intensities),
        "carbon_factor": (before.carbon_factors, after.carbon_factors),
    }
    for name, (old, new) in drivers.items():
        for place, (x0, x1) in enumerate(zip(old, new, strict=True)):
            if x0 <= 0 or x1 <= 0:
                raise ValueError(
                    f"{name} of sector {place + 1} is {x0} and {x1}: expected above 0; "
                    "merge a sector that begins or ends with another"
                )
    effects = {
        name: math.fsum(
            logarithmic_mean(b, a) * math.log(x1 / x0)
            for a, b, x0, x1 in zip(c0, c1, old, new, strict=True)
        )
        for name, (old, new) in drivers.items()
    }
    change = math.fsum(c1) - math.fsum(c0)
    return {**effects, "change": change, "residual": change - math.fsum(effects.values())}


def kaya(start: float, rates: Sequence[Mapping[str, float]]) -> list[float]:
    """Emissions year by year: `C_t = C_{t-1} (1+g) (1+d_EI) (1+d_CF)` (METHOD 6).

    Each year gives `growth`, `energy_intensity` and `carbon_factor` as rates of change (0.05 is
    5 %). The first value is the start. Raises ValueError for a rate below -1.
    """
    path = [start]
    for year, given in enumerate(rates, start=1):
        factor = 1.0
        for name in ("growth", "energy_intensity", "carbon_factor"):
            if given[name] < -1:
                raise ValueError(f"year {year}, {name}: {given[name]}; expected -1 or above")
            factor *= 1 + given[name]
        path.append(path[-1] * factor)
    return path
