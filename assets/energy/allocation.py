"""Energy of an enterprise to its sites (METHOD 1.6)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import polars as pl

from assets.energy.split import split_exact

# Own data of sites may exceed the total by this share, never more: it is not scaled.
_EXCESS = Decimal("0.02")
_EXACT = pl.Decimal(38, 6)


def allocate_to_sites(
    total: Decimal,
    measured: Mapping[str, Decimal],
    offices: Mapping[str, Decimal],
    weights: Mapping[str, Decimal],
) -> dict[str, Decimal]:
    """Quantity by site: own data first, then office defaults, the remainder by weight.

    METHOD 1.6, G15: measured sites keep their own data, offices take a default by staff,
    what remains is shared by capacity (or output, employees, area). The parts sum to the
    total exactly. Raises ValueError if own data and offices exceed the total by more than
    2 %, or if a remainder has no site to go to; within 2 % the remainder is nothing and
    the sum is what the sites themselves measured.
    """
    given = {**measured, **offices}
    remainder = total - sum(given.values(), Decimal(0))
    if remainder < -total * _EXCESS:
        raise ValueError(f"sites report {total - remainder}, more than 2 % above the total {total}")
    if remainder <= 0:
        return {**given, **{site: Decimal(0) for site in weights}}
    if not weights:
        raise ValueError(f"{remainder} of {total} has no site to go to")
    shares = pl.DataFrame(
        {
            "split_id": ["remainder"] * len(weights),
            "member": list(weights),
            "total": pl.Series([remainder] * len(weights), dtype=_EXACT),
            "weight": pl.Series(list(weights.values()), dtype=_EXACT),
        }
    )
    parts = split_exact(shares)
    return {**given, **dict(zip(parts["member"], parts["quantity"], strict=True))}
