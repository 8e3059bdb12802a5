"""Indicators of a park and the test of a zero-carbon park (发改环资〔2025〕910号; METHOD 6)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import polars as pl


@dataclass(frozen=True)
class Indicators:
    """Ratios with their basis in the name; None where the denominator is nothing."""

    co2_t_per_1e4yuan: Decimal | None
    co2_t_per_km2: Decimal | None
    tce_equivalent_per_1e4yuan: Decimal | None
    clean_share: Decimal | None
    co2_t_per_tce: Decimal | None
    threshold_t_per_tce: Decimal | None
    reduction_needed_t: Decimal | None


def threshold(energy_tce: Decimal, thresholds: pl.DataFrame) -> Decimal | None:
    """t CO2 a tce that a zero-carbon park may not exceed; None below the smallest class.

    `thresholds` has `tce_from`, `tce_below` (null: no upper end) and `t_per_tce`. Below 0.2 Mtce
    no national threshold exists (METHOD 6).
    """
    for low, high, value in thresholds.select("tce_from", "tce_below", "t_per_tce").iter_rows():
        if energy_tce >= low and (high is None or energy_tce < high):
            return Decimal(value)
    return None


def indicators(
    co2_t: Decimal,
    value_added_1e4yuan: Decimal,
    area_km2: Decimal,
    energy_tce: Decimal,
    clean_tce: Decimal,
    thresholds: pl.DataFrame,
) -> Indicators:
    """Indicators of a park (G30). Energy is in the equivalent value (等价值), clean energy too;
    emissions are those of the ZCP view. Raises ValueError for clean energy above all energy.
    """
    if clean_tce > energy_tce:
        raise ValueError(f"clean energy {clean_tce} tce of {energy_tce}: expected no more than all")
    limit = threshold(energy_tce, thresholds)
    needed = None
    if limit is not None:
        needed = max(co2_t - limit * energy_tce, Decimal(0))
    return Indicators(
        _per(co2_t, value_added_1e4yuan),
        _per(co2_t, area_km2),
        _per(energy_tce, value_added_1e4yuan),
        _per(clean_tce, energy_tce),
        _per(co2_t, energy_tce),
        limit,
        needed,
    )


def _per(amount: Decimal, of: Decimal) -> Decimal | None:
    return amount / of if of else None
