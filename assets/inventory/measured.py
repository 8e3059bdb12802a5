"""What a works measured of its fuel, as far as it is used: values that no rule flagged."""

from __future__ import annotations

import polars as pl

# What the door flags as not used (METHOD 5): out of the range of its fuel, or no fitting unit.
NOT_USED = ("EN3w", "NCVUNIT")


def usable(returns: pl.DataFrame, flags: pl.DataFrame) -> pl.DataFrame:
    """Rows of form 205-1 or 205-2 without the calorific values that `quarantine.flag` holds.

    EN3w and NCVUNIT say that the default is used: so it is in combustion and in balances alike.
    The row itself is kept, one worse in reliability.
    """
    refused = flags.filter(pl.col("rule_id").is_in(NOT_USED)).get_column("source_row_id")
    return returns.with_columns(
        pl.when(~pl.col("source_row_id").is_in(refused.implode())).then("ncv").alias("ncv")
    )
