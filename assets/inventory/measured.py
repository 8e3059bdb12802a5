"""What a works measured of its fuel, as far as it is used: values that no rule flagged."""

from __future__ import annotations

import polars as pl

# What the door flags as not used (METHOD 5): out of the range of its fuel, or no fitting unit.
_NO_VALUE = ("EN3w", "NCVUNIT")
_NO_CONTENT = (*_NO_VALUE, "CC3w")
_USED = {"ncv": _NO_VALUE, "carbon_content_tc_tj": _NO_CONTENT, "oxidation_pct": _NO_CONTENT}


def usable(returns: pl.DataFrame, flags: pl.DataFrame) -> pl.DataFrame:
    """Rows of form 205-1 or 205-2 without the measured values that `quarantine.flag` holds.

    EN3w, NCVUNIT and CC3w say that the default is used: so it is in combustion and in balances
    alike. A carbon content is of no use without its calorific value, nor an oxidation without its
    carbon content. The row itself is kept, one worse in reliability.
    """
    refused = {
        column: flags.filter(pl.col("rule_id").is_in(rules)).get_column("source_row_id")
        for column, rules in _USED.items()
        if column in returns.columns
    }
    return returns.with_columns(
        pl.when(~pl.col("source_row_id").is_in(rows.implode())).then(column).alias(column)
        for column, rows in refused.items()
    )
