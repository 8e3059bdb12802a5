"""Comprehensive energy in standard coal, 当量值 or 等价值 of electricity."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal


def comprehensive_energy_tce(
    quantities: Mapping[str, Decimal], tce_per_unit: Mapping[str, Decimal]
) -> Decimal:
    """Sum of quantity x coefficient in tce (GB/T 2589; METHOD 4.1, G03).

    The coefficient of electricity decides the basis: 0.1229 kgce/kWh is the 当量值, the
    coal rate of the year the 等价值. Raises ValueError for an energy without coefficient.
    """
    missing = sorted(set(quantities) - set(tce_per_unit))
    if missing:
        raise ValueError(f"no standard-coal coefficient for {', '.join(missing)}")
    return sum((q * tce_per_unit[energy] for energy, q in quantities.items()), Decimal(0))
