"""Two margins at once: parks and sectors fitted to both totals (IPF; METHOD 4.3, G19)."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

_FLOATS = NDArray[np.float64]

# Margins may differ by this much before they are one total told twice (METHOD 4.3).
MARGIN_GAP = 0.02


class MarginError(ValueError):
    """Margins that no table can have, or that do not belong together."""


def fit_margins(
    seed: _FLOATS,
    sectors: _FLOATS,
    parks: _FLOATS,
    tolerance: float = 1e-9,
    most: int = 10_000,
) -> _FLOATS:
    """The table nearest to `seed` (parks x sectors) whose sums are `parks` and `sectors`.

    Iterative proportional fitting, until no sum is off by more than `tolerance` of the total.
    Park totals that differ from the sectors' sum by less than 2 % are scaled to it. Raises
    MarginError for a larger gap, a negative number, a total that only zeros could make, and
    where it does not settle.
    """
    table = np.array(seed, dtype=float)
    sectors, parks = np.asarray(sectors, dtype=float), np.asarray(parks, dtype=float)
    if table.shape != (parks.size, sectors.size):
        raise MarginError(
            f"seed {table.shape}: expected {parks.size} parks x {sectors.size} sectors"
        )
    if min(table.min(initial=0), sectors.min(initial=0), parks.min(initial=0)) < 0:
        raise MarginError("a negative weight or total: expected none")
    total, other = math.fsum(sectors), math.fsum(parks)
    if total == 0 or abs(other - total) > MARGIN_GAP * total:
        raise MarginError(
            f"park totals {other:g} and sector totals {total:g}: expected within 2 % of each other"
        )
    parks = parks * (total / other)
    for axis, margin, name in ((1, parks, "park"), (0, sectors, "sector")):
        empty = (_sums(table, axis) == 0) & (margin > 0)
        if empty.any():
            place = int(np.flatnonzero(empty)[0])
            raise MarginError(f"{name} {place + 1}: total {margin[place]:g} and no weight for it")
    for _ in range(most):
        table *= _ratio(parks, _sums(table, 1))[:, None]
        table *= _ratio(sectors, _sums(table, 0))[None, :]
        if np.abs(_sums(table, 1) - parks).max() <= tolerance * total:
            return table
    raise MarginError(
        f"no fit after {most} rounds: parks off by "
        f"{np.abs(_sums(table, 1) - parks).max():g}; the zeros of the seed exclude these totals"
    )


def _sums(table: _FLOATS, axis: int) -> _FLOATS:
    """Sums of rows (1) or columns (0), each rounded once: the order in which a processor adds
    must not show in what is published.
    """
    lines = table if axis == 1 else table.T
    return np.array([math.fsum(line) for line in lines.tolist()])


def _ratio(wanted: _FLOATS, found: _FLOATS) -> _FLOATS:
    return np.divide(wanted, found, out=np.zeros_like(wanted), where=found > 0)
