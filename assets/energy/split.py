"""Splitting a quantity into parts that sum to the whole, to the last unit."""

from __future__ import annotations

import polars as pl

from warehouse.sql import run_sql

# Whole micro-units are shared out: floor first, then one unit each by largest remainder,
# ties by member. HUGEINT keeps q * w exact up to 1.7e38.
_SPLIT = """
WITH sized AS (
    SELECT split_id, member,
           CAST(total * 1000000 AS HUGEINT) AS q,
           CAST(weight * 1000000 AS HUGEINT) AS w,
           sum(CAST(weight * 1000000 AS HUGEINT)) OVER (PARTITION BY split_id)::HUGEINT AS all_w
    FROM "split"
),
floored AS (
    SELECT *, (q * w) // all_w AS part, (q * w) % all_w AS remainder FROM sized
),
ranked AS (
    SELECT *, row_number() OVER (PARTITION BY split_id ORDER BY remainder DESC, member) AS place,
           q - sum(part) OVER (PARTITION BY split_id)::HUGEINT AS left_over
    FROM floored
)
SELECT split_id, member,
       ((part + CASE WHEN place <= left_over THEN 1 ELSE 0 END)::DECIMAL(38,6)
        * 0.000001::DECIMAL(38,6))::DECIMAL(38,6) AS quantity
FROM ranked
ORDER BY split_id, member
"""


def split_exact(shares: pl.DataFrame) -> pl.DataFrame:
    """Share `total` of each `split_id` among its members by `weight` (largest remainder).

    In: `split_id, member, total, weight` (DECIMAL, weight >= 0, total >= 0 and the same
    within a split). Out: `split_id, member, quantity`; the parts sum to the total exactly.
    Raises ValueError for a split whose weights are all zero or one negative.
    """
    if shares.is_empty():
        return shares.select("split_id", "member", pl.col("total").alias("quantity"))
    checked = shares.group_by("split_id").agg(
        pl.col("weight").cast(pl.Float64).sum().alias("all"),
        pl.col("weight").cast(pl.Float64).min().alias("least"),
    )
    wrong = checked.filter((pl.col("all") <= 0) | (pl.col("least") < 0))
    if wrong.height:
        raise ValueError(f"{wrong['split_id'][0]}: expected weights >= 0 with a sum above 0")
    return run_sql(_SPLIT, {"split": shares})
