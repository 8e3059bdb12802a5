"""Cells of totals: what of a place rests on one activity and one factor, and how wide both are."""

from __future__ import annotations

import polars as pl

from assets.inventory.marts import Mart, contributions_sql
from assets.inventory.uncertainty.defaults import Defaults, Width
from assets.inventory.weighing import AT_SITE, WEAKEST, weighed
from quality.contracts.reference import CONFIDENCE
from quality.contracts.uncertainty import UncertaintyCell
from warehouse.sql import Tables, run_sql

AXES = ("place_id", "year", "boundary_class", "basis", "view", "profile", "gwp_set")

# Class B adds 100 (1 - c) % to its site (METHOD 4.5). A site that is not located at all is in a
# total that says so: nothing is added there. Where boundaries changed within a year, a site that
# is of class B in a part of it is so for the year, by its least confidence.
_CELLS = f"""
WITH weighed AS ({weighed(AT_SITE.format(year="l.year"))}),
doubts AS (
    SELECT s.site_id, s.year, a.basis, a.boundary_class, a.place_id,
           100 * (1 - min(a.confidence)) AS u_location_pct
    FROM (SELECT DISTINCT site_id, year FROM ledger.line) s
    JOIN core.attribution a
      ON a.site_id = s.site_id AND {AT_SITE.format(year="s.year")}
     AND a.location_class = 'B' AND a.weight_point > 0
    GROUP BY ALL
),
lines AS (
    SELECT w.{", w.".join(AXES)}, w.co2e_t, w.gas, w.confidence, l.energy_id, l.tier, l.factor_id,
           coalesce(l.factor_flag, 'none') AS factor_flag, f.kind,
           coalesce(act.allocation_u95_pct, 0)::DECIMAL(38,6) AS u_allocation_pct,
           CASE WHEN d.site_id IS NULL THEN '' ELSE l.site_id END AS location_id,
           coalesce(d.u_location_pct, 0)::DECIMAL(38,6) AS u_location_pct,
           list_sum(list_transform(string_split(act.pedigree, ''), lambda x: x::INTEGER))
               AS scores
    FROM weighed w
    JOIN ledger.line l USING (line_id)
    JOIN core.activity act USING (activity_id)
    JOIN core.emission_factor f USING (factor_id)
    LEFT JOIN doubts d
      ON d.site_id = l.site_id AND d.year = l.year AND d.basis = w.basis
     AND d.boundary_class = w.boundary_class AND d.place_id = w.place_id
    WHERE w.profile = '{{profile}}' AND w.co2e_t <> 0
)
SELECT {", ".join(AXES)}, location_id, energy_id, tier, u_allocation_pct, u_location_pct,
       factor_id, factor_flag, any_value(gas) AS gas, any_value(kind) AS kind,
       sum(co2e_t)::DECIMAL(38,6) AS co2e_t,
       sum(abs(co2e_t))::DECIMAL(38,6) AS absolute_t,
       sum(abs(co2e_t) * scores)::DECIMAL(38,6) AS scored_t,
       {WEAKEST} AS of_factor
FROM lines GROUP BY ALL
"""


def uncertainty_cells(
    tables: Tables, defaults: Defaults, gwp_set: str, profile: str
) -> pl.DataFrame:
    """`core.uncertainty_cell`: the lines of each total by site of class B, energy, tier, factor.

    Sums are exact: the cells of a total sum to its point value. Raises MissingUncertainty for a
    factor or tier without a default.
    """
    # Filled in as the contributions of the marts are, of which these are the same lines.
    statement = contributions_sql(Mart(UncertaintyCell, _CELLS, ""), gwp_set, profile)
    found = run_sql(statement, tables)
    by_factor = ["kind", "energy_id", "gas", "factor_flag", "factor_id"]
    by_tier = ["tier", "shared_out"]
    found = found.with_columns((pl.col("u_allocation_pct") > 0).alias("shared_out"))
    factors = [
        (*key, *_told(defaults.of_factor(*key)))
        for key in found.select(by_factor).unique().sort(by_factor).iter_rows()
    ]
    tiers = [
        (*key, *_told(defaults.of_activity(*key)))
        for key in found.select(by_tier).unique().sort(by_tier).iter_rows()
    ]
    wide = pl.Decimal(38, 12)
    schema = found.schema
    of_factor = pl.DataFrame(
        factors,
        schema={
            **{name: schema[name] for name in by_factor},
            "u_factor_pct": wide,
            "factor_width": pl.String,
            "item": pl.String,
        },
        orient="row",
    )
    of_tier = pl.DataFrame(
        tiers,
        schema={
            **{name: schema[name] for name in by_tier},
            "u_activity_pct": wide,
            "tier_width": pl.String,
            "tier_item": pl.String,
        },
        orient="row",
    )
    rank = {name: place for place, name in enumerate(CONFIDENCE)}
    weakest = pl.max_horizontal(
        pl.col(name).replace_strict(rank, return_dtype=pl.Int64)
        for name in ("of_factor", "factor_width", "tier_width")
    )
    return UncertaintyCell.conform(
        found.join(of_factor, on=by_factor)
        .join(of_tier, on=by_tier)
        .with_columns(
            weakest.replace_strict(dict(enumerate(CONFIDENCE)), return_dtype=pl.String).alias(
                "worst_confidence"
            )
        )
    )


def _told(width: Width) -> tuple[object, str, str]:
    return width.u95_pct, width.confidence, width.item
