"""Where an enterprise is registered: the division in its USCC, then and now."""

from __future__ import annotations

import polars as pl

from assets.boundaries.lineage import to_year
from quality.contracts.core import Enterprise
from quality.contracts.divisions import DivisionSuccessor

# The code was introduced in that year (GB 32100-2015), with the divisions of the time.
USCC_YEAR = 2015


def registering_divisions(enterprises: pl.DataFrame, changes: pl.DataFrame) -> pl.DataFrame:
    """`core.division_successor` of the divisions in the USCCs of `core.enterprise`.

    One row a division and what became of it by the divisions of today; `changes` is
    `accepted.division_event`. Nothing is chosen among several successors.
    """
    codes = (
        Enterprise.arrange(enterprises)
        .get_column("registering_division")
        .drop_nulls()
        .unique()
        .to_frame("code")
        .with_columns(pl.lit(USCC_YEAR, pl.Int64).alias("year"))
    )
    return DivisionSuccessor.conform(
        to_year(codes, changes).rename(
            {"code": "division_code", "name_then": "name_then_zh", "name_now": "name_now_zh"}
        )
    )
