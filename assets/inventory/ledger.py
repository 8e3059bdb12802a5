"""The ledger: activity times effective factor, one gas, one mass, rounded once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import polars as pl

from assets.inventory.choice import (
    PROFILE_MARK,
    Profile,
    fuel_choice,
    grid_choice,
    product_choice,
)
from assets.inventory.variants import variants
from assets.inventory.weighing import RANKS
from quality.contracts.ceads import ImpliedGroup
from quality.contracts.ledger import Line
from warehouse.sql import run_sql

# Each part says which factor an activity takes, for which profiles, and with which flow. Where
# profiles differ (grid power of ZCP-2025, fuels of IPCC) an activity has a line of each.
_LEDGER = """
WITH chosen AS (
    SELECT a.*, c.factor_id, c.profiles, a.flow AS line_flow, NULL AS flag
    FROM core.activity a
    LEFT JOIN variant v ON v.activity_id = a.activity_id
    JOIN fuel_choice c
      ON c.energy_id = a.energy_id AND c.variant = coalesce(v.variant, '')
     AND c.use IN ('all', CASE WHEN a.block = 'transformation' THEN 'energy_industries'
                               ELSE 'manufacturing' END)
    WHERE a.carrier = 'fuel'
    UNION ALL
    -- Location method (E1, E2); what is passed on to others leaves at the same factor.
    SELECT a.*, g.factor_id, '{located}', a.flow, g.flag
    FROM core.activity a JOIN grid_choice g USING (province_code, year)
    WHERE '{located}' <> '' AND a.flow IN (
        'purchased_electricity', 'purchased_electricity_green', 'resold_electricity')
      AND a.carrier = 'electricity'
    UNION ALL
    -- Market method (E3): only for years that have a factor; green power counts 0.
    SELECT a.*, f.factor_id, '{located}', 'purchased_electricity_market', NULL
    FROM core.activity a JOIN core.emission_factor f
      ON f.kind = 'electricity_market' AND f.year = a.year
    WHERE '{located}' <> '' AND a.flow = 'purchased_electricity'
    UNION ALL
    -- ZCP-2025 (E4): one factor for all power in and out.
    SELECT a.*, f.factor_id, '{zero_carbon}', a.flow, NULL
    FROM core.activity a JOIN core.emission_factor f ON f.kind = 'electricity_zcp'
    WHERE '{zero_carbon}' <> '' AND a.carrier = 'electricity' AND a.flow IN (
        'purchased_electricity', 'supplied_electricity', 'exported_electricity',
        'resold_electricity')
    UNION ALL
    SELECT a.*, f.factor_id, '{all}', a.flow, NULL
    FROM core.activity a JOIN core.emission_factor f ON f.kind = a.carrier || '_nonfossil'
    WHERE a.flow IN ('nonfossil_electricity', 'nonfossil_heat')
    UNION ALL
    SELECT a.*, f.factor_id,
           CASE WHEN a.flow IN ('supplied_heat', 'exported_heat') THEN '{zero_carbon}'
                ELSE '{all}' END, a.flow, NULL
    FROM core.activity a JOIN core.emission_factor f ON f.kind = 'heat'
    WHERE a.carrier = 'heat' AND a.flow <> 'nonfossil_heat'
    UNION ALL
    SELECT a.*, c.factor_id, c.profiles, a.flow, NULL
    FROM core.activity a JOIN product_choice c USING (energy_id)
    WHERE a.carrier = 'product'
    UNION ALL
    SELECT a.*, t.factor_id, t.profiles, a.flow, NULL
    FROM core.activity a JOIN term t ON t.term_id = a.activity_id
    WHERE a.carrier = 'process'
)
SELECT a.activity_id || '|' || f.gas || '|' || f.factor_set AS line_id,
       a.year, a.activity_id, a.site_id,
       CASE WHEN a.carrier = 'process' THEN t.source_category
            WHEN a.carrier = 'product' THEN 'industrial_process'
            WHEN a.line_flow = 'received_electricity' THEN 'purchased_electricity'
            WHEN a.line_flow = 'received_heat' THEN 'purchased_heat'
            WHEN a.line_flow LIKE 'exported_%' OR a.line_flow LIKE 'resold_%'
                 THEN 'exported_' || a.carrier
            WHEN a.carrier = 'electricity' THEN 'purchased_electricity'
            WHEN a.carrier = 'heat' THEN 'purchased_heat'
            WHEN a.block = 'transformation' THEN 'energy_transformation_power'
            ELSE 'energy_combustion' END AS source_category,
       a.line_flow AS flow, a.energy_id, f.gas, f.factor_id, a.quantity, f.value AS factor_value,
       round(a.quantity * f.value, 6)::DECIMAL(38,6) AS mass_t,
       a.profiles, a.tier,
       CASE WHEN a.conversion_confidence IS NULL THEN f.confidence
            ELSE list_extract([{ranks}], greatest(
                list_position([{ranks}], f.confidence),
                list_position([{ranks}], a.conversion_confidence))::INTEGER)
            END AS confidence, a.flag AS factor_flag, a.illustrative
FROM chosen a
JOIN core.emission_factor f USING (factor_id)
LEFT JOIN term t ON t.term_id = a.activity_id
WHERE a.profiles <> ''
ORDER BY line_id
"""

# The columns of activity that a line is made of: a national year has millions of rows.
READ = ["activity_id", "year", "site_id", "province_code", "block", "energy_id", "carrier"]
READ += ["flow", "quantity", "tier", "illustrative", "conversion_confidence"]

_AT_ONCE = 500_000

# What only ZCP-2025 counts: no other profile misses a line for it.
_ZERO_CARBON_ONLY = ["supplied_electricity", "supplied_heat", "exported_electricity"]
_ZERO_CARBON_ONLY += ["exported_heat"]


class MissingFactor(ValueError):
    """Activity without an emission factor: it would vanish from the inventory."""


_TERM = dict.fromkeys(["term_id", "factor_id", "profiles", "source_category"], pl.String)


@dataclass(frozen=True)
class Choices:
    """What a run chooses: profiles, regions of provinces, and the year of grid factors.

    `terms` are those of methods: activity of carrier `process` has its factor and profiles there.
    `sector_groups` is `core.implied_group`.
    """

    profiles: list[Profile]
    regions: pl.DataFrame
    grid_ef_year: str = "data_year"
    terms: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=_TERM))
    sector_groups: pl.DataFrame = field(default_factory=ImpliedGroup.empty_frame)


def ledger(activity: pl.DataFrame, factors: pl.DataFrame, choices: Choices) -> pl.DataFrame:
    """`ledger.line`: every activity times the factors of its gases, as the profiles choose.

    `mass_t = round(quantity x factor, 6)`, half away from zero. A line that several profiles
    count is one line. Raises MissingFactor for an activity that a profile has no factor for
    (METHOD 2: a missing factor stops), and ChoiceError (see `assets.inventory.choice`).
    """
    names = [profile.name for profile in choices.profiles]
    located = [p.name for p in choices.profiles if p.electricity_basis == "average"]
    zero_carbon = [name for name in names if name not in located]
    places = activity.filter(pl.col("carrier") == "electricity").select("province_code", "year")
    statement = (
        _LEDGER.replace("{located}", PROFILE_MARK.join(located))
        .replace("{zero_carbon}", PROFILE_MARK.join(zero_carbon))
        .replace("{all}", PROFILE_MARK.join(names))
        .replace("{ranks}", RANKS)
    )
    tables = {
        "core.emission_factor": factors,
        "fuel_choice": fuel_choice(factors, choices.profiles),
        "variant": variants(activity, factors, choices.sector_groups, choices.profiles),
        "grid_choice": grid_choice(places, factors, choices.regions, choices.grid_ef_year),
        "product_choice": product_choice(factors, choices.profiles),
        "term": choices.terms,
    }
    lines = pl.concat(
        run_sql(statement, {"core.activity": part, **tables})
        for part in _parts(activity.select(READ))
    )
    _all_counted(activity, lines, names)
    return Line.conform(lines)


def _parts(activity: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Slices of activity: to sort the lines of a national year at once takes another 3 GB.

    Where activity is in the order of its key, so are the lines of slices one after the other.
    """
    for start in range(0, max(activity.height, 1), _AT_ONCE):
        yield activity.slice(start, _AT_ONCE)


def _all_counted(activity: pl.DataFrame, lines: pl.DataFrame, profiles: list[str]) -> None:
    """Raise MissingFactor for activity that a profile counts and has no line for."""
    kinds = lines.get_column("profiles").unique()
    for profile in profiles:
        counting = [kind for kind in kinds if profile in kind.split(PROFILE_MARK)]
        counted = lines.filter(pl.col("profiles").is_in(counting)).select("activity_id")
        due = activity.filter(pl.col("carrier") != "process")
        if profile == "ZCP-2025":
            due = due.filter(pl.col("flow") != "purchased_electricity_green")
        else:
            due = due.filter(~pl.col("flow").is_in(_ZERO_CARBON_ONLY))
        lost = due.join(counted, on="activity_id", how="anti")
        if lost.height:
            row = lost.row(0, named=True)
            raise MissingFactor(
                f"{row['activity_id']}: no factor for {row['energy_id']} in "
                f"{row['province_code']} {row['year']} ({profile}); add one to assets/reference/"
            )
