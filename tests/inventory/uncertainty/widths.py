"""Terms of small totals, and the product's own default half widths."""

from __future__ import annotations

from functools import cache
from typing import Any

import polars as pl

from assets.inventory.uncertainty.defaults import Defaults
from assets.inventory.uncertainty.terms import SCHEMA
from tests.frames import facts


def term(value_t: float, activity: str, factor: str, **more: Any) -> dict[str, Any]:
    """A term of total P1, at a place that is sure, with widths of 0."""
    return {
        "total": "P1",
        "location": "",
        "activity": activity,
        "factor": factor,
        "tier": "T2",
        "value_t": value_t,
        "u_activity_pct": 0.0,
        "u_allocation_pct": 0.0,
        "u_factor_pct": 0.0,
        "u_location_pct": 0.0,
        **more,
    }


def terms(*rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=SCHEMA)


@cache
def defaults() -> Defaults:
    return Defaults(facts("uncertainty_default"), facts("data_tier"), facts("factor_uncertainty"))
