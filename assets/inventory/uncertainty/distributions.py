"""What a 95 % half width means as a distribution with mean 1 (METHOD 4.5)."""

from __future__ import annotations

import hashlib
import math

import numpy as np
from numpy.typing import NDArray

Draws = NDArray[np.float64]

# Half widths of a standard normal distribution that hold 95 % of it.
Z95 = 1.96
# Up to this half width a normal distribution stands for a quantity that is never negative.
NORMAL_UP_TO_PCT = 30.0


def is_normal(u95_pct: float) -> bool:
    """Whether a half width is taken as normal; a wider one is lognormal."""
    return u95_pct <= NORMAL_UP_TO_PCT


def log_sigma(u95_pct: float) -> float:
    """Sigma of the logarithm: ln(1 + U/100) / 1.96. A factor f of 95 % is U = 100 (f - 1)."""
    return math.log1p(u95_pct / 100) / Z95


def relative_variance(u95_pct: Draws) -> Draws:
    """Variance over the squared mean: (U/196)^2, and of a lognormal exp(sigma^2) - 1."""
    return np.where(
        u95_pct <= NORMAL_UP_TO_PCT,
        (u95_pct / 100 / Z95) ** 2,
        np.expm1((np.log1p(u95_pct / 100) / Z95) ** 2),
    )


def stream(seed: int, name: str) -> np.random.Generator:
    """The random numbers of one input: they hang on seed and name, not on order or blocks."""
    digest = hashlib.blake2b(f"{seed}|{name}".encode(), digest_size=16).digest()
    return np.random.Generator(np.random.SFC64(int.from_bytes(digest, "big")))


def multipliers(u95_pct: float, generator: np.random.Generator, draws: int) -> Draws:
    """Draws with mean 1: normal truncated at 0, or lognormal with its mean preserved."""
    found = generator.standard_normal(draws)
    if is_normal(u95_pct):
        deviation = u95_pct / 100 / Z95
        found *= deviation
        found += 1
        # 0 lies at least 6.5 deviations below the mean: a redraw is rare and moves no mean.
        while (below := found < 0).any():
            again = generator.standard_normal(int(below.sum()))
            found[below] = 1 + again * deviation
        return found
    sigma = log_sigma(u95_pct)
    found *= sigma
    found -= sigma**2 / 2
    return np.exp(found, out=found)
