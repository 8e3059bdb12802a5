"""The ledger: activity times effective factor, one gas, one mass, rounded once."""

from __future__ import annotations

import polars as pl

from quality.contracts.ledger import Line
from warehouse.sql import run_sql

_LEDGER = """
WITH fuel_set AS (
    -- One triple a fuel: the first-ranked set that has it (METHOD 2.2).
    SELECT subject, arg_min(factor_set, (rank, factor_set)) AS factor_set
    FROM core.emission_factor WHERE kind = 'fuel' GROUP BY ALL
),
grid AS (
    -- Location method, E1: the factor of province and data year; where the year has none,
    -- the nearest year, flagged EF1: no year stands in for another in silence.
    SELECT a.activity_id, arg_min(f.factor_id, (abs(f.year - a.year), f.year)) AS factor_id
    FROM core.activity a
    JOIN core.emission_factor f ON f.kind = 'electricity' AND f.area_code = a.province_code
    WHERE a.carrier = 'electricity'
    GROUP BY ALL
),
chosen AS (
    SELECT a.activity_id, f.factor_id
    FROM core.activity a
    JOIN fuel_set s ON s.subject = a.energy_id
    JOIN core.emission_factor f ON f.kind = 'fuel' AND f.subject = a.energy_id
        AND f.factor_set = s.factor_set
        AND f.use IN ('all', CASE WHEN a.block = 'transformation' THEN 'energy_industries'
                                  ELSE 'manufacturing' END)
    WHERE a.carrier = 'fuel'
    UNION ALL
    SELECT activity_id, factor_id FROM grid
    UNION ALL
    SELECT a.activity_id, f.factor_id
    FROM core.activity a
    JOIN core.emission_factor f
      ON f.subject = a.energy_id AND ((a.carrier = 'heat' AND f.kind = 'heat')
                                   OR (a.carrier = 'product' AND f.kind = 'process'))
)
SELECT c.activity_id || '|' || f.gas AS line_id, a.year, a.activity_id, a.site_id,
       CASE WHEN a.carrier = 'product' THEN 'industrial_process'
            WHEN a.carrier = 'electricity' THEN 'purchased_electricity'
            WHEN a.carrier = 'heat' THEN 'purchased_heat'
            WHEN a.block = 'transformation' THEN 'energy_transformation_power'
            ELSE 'energy_combustion' END AS source_category,
       a.flow, a.energy_id, f.gas, f.factor_id, a.quantity, f.value AS factor_value,
       round(a.quantity * f.value, 6)::DECIMAL(38,6) AS mass_t,
       '{profile}' AS profile, a.tier, f.confidence,
       CASE WHEN f.kind = 'electricity' AND f.year <> a.year THEN 'EF1' END AS factor_flag,
       a.illustrative
FROM chosen c
JOIN core.activity a USING (activity_id)
JOIN core.emission_factor f USING (factor_id)
"""


class MissingFactor(ValueError):
    """Activity without an emission factor: it would vanish from the inventory."""


def ledger(activity: pl.DataFrame, factors: pl.DataFrame, profile: str) -> pl.DataFrame:
    """`ledger.line`: every activity times the factors of its gases.

    `mass_t = round(quantity x factor, 6)`, half away from zero. Raises MissingFactor for
    an activity that no factor fits (METHOD 2: a missing factor stops).
    """
    if profile != "CN-GHG":
        raise ValueError(f"profile {profile}: expected CN-GHG")
    lines = run_sql(
        _LEDGER.replace("{profile}", profile),
        {"core.activity": activity, "core.emission_factor": factors},
    )
    lost = activity.join(lines.select("activity_id").unique(), on="activity_id", how="anti")
    if lost.height:
        row = lost.row(0, named=True)
        raise MissingFactor(
            f"{row['activity_id']}: no factor for {row['energy_id']} in {row['province_code']} "
            f"{row['year']}; add one to assets/reference/"
        )
    return Line.conform(lines)
