"""Marts: each measure is a sum of contributions, and the contributions are the explanation.

A mart is declared by one SELECT that yields its axes, `measure`, `item_kind`, `item_id`
and `value`. The same text builds the mart, explains a number of it (as a view in the
release) and is computed again by `verify`.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from assets.inventory import coverage, reconciliation
from assets.inventory.exchange_mart import EXCHANGE_MARKS, EXCHANGES
from assets.inventory.weighing import (
    AN_ENTERPRISE,
    AT_SITE,
    BOUNDARY_ILLUSTRATIVE,
    EQUAL_VALUE,
    FIRMS,
    ONE_CALIBER,
    OWN_USE,
    RETURNED,
    WAYS,
    WEAKEST,
    shared,
    weighed,
    weighed_sums,
)
from quality.contracts.coverage import (
    Coverage,
    LocatedBase,
    LocatedCapacity,
    ProvinceCoverage,
    TrackerComparison,
)
from quality.contracts.mart import (
    BoundaryEffect,
    ControlBalance,
    ParkEnergy,
    ParkExchange,
    ParkInventory,
    ParkTotal,
)
from quality.contracts.reconciliation import (
    EnterpriseReconciliation,
    ParkReconciliation,
    RegisterReconciliation,
)
from quality.contracts.table import Table
from warehouse.settings import MINIMUM_COVERAGE
from warehouse.sql import Tables, run_sql


@dataclass(frozen=True)
class Mart:
    """A mart: its declaration, the contributions to its measures, and its marks by axis.

    `whole`, where given, is one SELECT of the sums and marks by key: the same numbers without a
    row for every contribution, which a national run has no time for.
    """

    table: type[Table]
    contributions: str
    marks: str
    whole: str | None = None

    @property
    def name(self) -> str:
        return self.table.table_name().removeprefix("mart.")


WEIGHED = weighed(AT_SITE.format(year="l.year"))
_INVENTORY_KEYS = "place_id, year, boundary_class, basis, view, profile, gwp_set"
_KINDS = "source_category, gas"
_LINE_MEASURES = "mass_t, co2e_t, co2e_low_t, co2e_high_t"


def _line_contributions(keys: str, kinds: str, measures: str) -> str:
    return f"""
WITH weighed AS ({weighed(AT_SITE.format(year="l.year"), kinds)})
SELECT {keys}, measure, 'line' AS item_kind, line_id AS item_id, value
FROM (UNPIVOT weighed ON {measures} INTO NAME measure VALUE value)
UNION ALL
SELECT DISTINCT {keys}, 'enterprises', 'enterprise', enterprise_id, 1::DECIMAL(38,6)
FROM weighed WHERE weight_point > 0 AND {AN_ENTERPRISE}
"""


_LINE_MARKS = f"""
    count(DISTINCT enterprise_id) FILTER (weight_point > 0 AND {AN_ENTERPRISE}) < 3
        AS confidential,
    bool_or(illustrative OR {BOUNDARY_ILLUSTRATIVE}) AS illustrative,
    CASE WHEN bool_and(industry) THEN 'industry' ELSE 'all' END AS activity_scope,
    {ONE_CALIBER} AS scope_firms, max(tier) AS worst_tier, {WEAKEST} AS worst_confidence"""


def _line_marks(keys: str) -> str:
    return f"WITH weighed AS ({WEIGHED}) SELECT {keys}, {_LINE_MARKS} FROM weighed GROUP BY ALL"


def _sums(measures: str) -> str:
    return ", ".join(f"sum({name})::DECIMAL(38,6) AS {name}" for name in measures.split(", "))


def _line_sums(keys: str, kinds: str, measures: str) -> str:
    return f"""
SELECT {keys}, {_sums(measures)},
       count(DISTINCT enterprise_id) FILTER (weight_point > 0 AND {AN_ENTERPRISE})
           ::DECIMAL(38,6) AS enterprises,
       {_LINE_MARKS}
FROM ({weighed_sums(kinds)}) GROUP BY ALL
"""


_ENERGY_KEYS = "place_id, year, boundary_class, basis, energy_id"
_ENERGY_MEASURES = "quantity, tce_calorific, tce_equal"


def _used(where: str, attribution: str) -> str:
    """Energy used on a site in `where`, columns of an attribution `a`, by activity."""
    return f"""
    SELECT {where}, act.year, act.energy_id, act.canonical_unit,
           act.activity_id, act.enterprise_id, act.illustrative, {FIRMS} AS firms,
           act.flow, act.book_fuel,
           {shared("act.quantity", "act.quantity")} AS quantity,
           {shared("act.quantity * k.tce_per_unit")} AS tce_calorific,
           {shared(f"act.quantity * {EQUAL_VALUE}")} AS tce_equal
    FROM core.activity act
    JOIN {attribution} a
      ON a.site_id = act.site_id AND a.weight_point > 0 AND {AT_SITE.format(year="act.year")}
    JOIN core.energy_coefficient k USING (energy_id)
    LEFT JOIN core.electricity_coefficient q ON q.year = act.year
    LEFT JOIN {RETURNED} r ON r.enterprise_id = act.enterprise_id AND r.year = act.year
    WHERE {OWN_USE}
"""


# What a place uses itself, by activity.
USED = _used("a.place_id, a.boundary_class, a.basis", "core.attribution")
_ENERGY = f"WITH used AS ({USED})"
_ENERGY_MARKS = f"""
       any_value(canonical_unit) AS canonical_unit,
       count(DISTINCT enterprise_id) FILTER ({AN_ENTERPRISE}) < 3 AS confidential,
       bool_or(illustrative OR {BOUNDARY_ILLUSTRATIVE}) AS illustrative,
       {ONE_CALIBER} AS scope_firms"""
_ENERGY_SUMS = f"""
WITH {WAYS},
on_site AS (
    SELECT way, year, energy_id, any_value(canonical_unit) AS canonical_unit, enterprise_id,
           firms, bool_or(illustrative) AS illustrative, {_sums(_ENERGY_MEASURES)}
    FROM ({_used("a.way", "ways")}) GROUP BY ALL
)
SELECT {_ENERGY_KEYS}, {_sums(_ENERGY_MEASURES)},
       count(DISTINCT enterprise_id) FILTER ({AN_ENTERPRISE})::DECIMAL(38,6) AS enterprises,
       {_ENERGY_MARKS}
FROM on_site JOIN places USING (way) GROUP BY ALL
"""

_CONTROL_KEYS = "year, province_code, block, book_sector, book_fuel, boundary_class"
_CONTROL = f"""
WITH cells AS (
    SELECT * FROM core.control_quantity
    CROSS JOIN (SELECT DISTINCT boundary_class FROM core.attribution)
    WHERE block <> 'non_energy'
),
used AS (
    SELECT c.year, c.province_code, c.block, c.book_sector, c.book_fuel, c.boundary_class,
           act.activity_id, act.quantity, act.tier, act.site_id
    FROM cells c
    JOIN core.activity act USING (year, province_code, block, book_sector, book_fuel)
)
SELECT {_CONTROL_KEYS}, 'book_quantity' AS measure,
       'control' AS item_kind, control_id AS item_id, quantity AS value FROM cells
UNION ALL
SELECT {_CONTROL_KEYS},
       CASE WHEN tier NOT IN ('T5', 'T6') THEN 'measured_quantity'
            WHEN site_id LIKE 'REST:%' THEN 'rest_quantity' ELSE 'downscaled_quantity' END,
       'activity', activity_id, quantity
FROM used
UNION ALL
SELECT u.year, u.province_code, u.block, u.book_sector, u.book_fuel, u.boundary_class,
       'in_parks_quantity', 'activity', u.activity_id, {shared("u.quantity")}
FROM used u
JOIN core.attribution a
  ON a.site_id = u.site_id AND a.basis = 'operating' AND a.weight_point > 0
 AND a.boundary_class = u.boundary_class AND {AT_SITE.format(year="u.year")}
JOIN core.park p ON p.park_id = a.place_id AND p.counts_in_total
"""

_EFFECT_KEYS = "place_id, year, boundary_class, basis, view, profile"

# Only parks whose ground changed have an effect. A period that a year breaks weighs by its days
# in `actual`; in `opening` the ground of 1 January is kept to the end of the year.
_EFFECT_ROWS = f"""
WITH changed AS (
    SELECT park_id AS place_id, boundary_class FROM core.boundary
    GROUP BY ALL HAVING count(*) > 1
),
seen AS (
    SELECT *, series = 'actual' AND (valid_from > make_date(year, 1, 1)
                                     OR valid_to < make_date(year, 12, 31)) AS broken
    FROM ({weighed("l.year BETWEEN a.year_from AND a.year_to AND a.weight_point > 0")})
    JOIN changed USING (place_id, boundary_class)
)
"""
_EFFECT = f"""{_EFFECT_ROWS}
SELECT {_EFFECT_KEYS}, 'actual_co2e_t' AS measure, 'line' AS item_kind, line_id AS item_id,
       co2e_t AS value
FROM seen WHERE series = 'actual'
UNION ALL
SELECT {_EFFECT_KEYS}, 'constant_co2e_t', 'line', line_id, co2e_t FROM seen
WHERE series = 'constant'
UNION ALL
SELECT {_EFFECT_KEYS}, 'opening_co2e_t', 'line', line_id, co2e_t FROM seen
WHERE series = 'opening' OR (series = 'actual' AND NOT broken)
UNION ALL
SELECT {_EFFECT_KEYS}, 'boundary_effect_co2e_t', 'line', line_id,
       CASE series WHEN 'opening' THEN -co2e_t ELSE co2e_t END
FROM seen WHERE broken OR series = 'opening'
"""
_EFFECT_MARKS = f"""{_EFFECT_ROWS}
SELECT {_EFFECT_KEYS}, count(DISTINCT enterprise_id) FILTER ({AN_ENTERPRISE}) < 3 AS confidential,
       bool_or(illustrative OR {BOUNDARY_ILLUSTRATIVE}) AS illustrative
FROM seen GROUP BY ALL
"""

MARTS: tuple[Mart, ...] = (
    # Before the numbers of parks: they have no point value where too little is placed.
    Mart(Coverage, coverage.COVERAGE, coverage.COVERAGE_MARKS),
    Mart(ProvinceCoverage, coverage.PROVINCES, coverage.PROVINCE_MARKS),
    Mart(
        ParkInventory,
        _line_contributions(f"{_INVENTORY_KEYS}, {_KINDS}", _KINDS, _LINE_MEASURES),
        _line_marks(f"{_INVENTORY_KEYS}, {_KINDS}"),
        _line_sums(f"{_INVENTORY_KEYS}, {_KINDS}", _KINDS, _LINE_MEASURES),
    ),
    Mart(
        ParkTotal,
        _line_contributions(_INVENTORY_KEYS, "", "co2e_t, co2e_low_t, co2e_high_t"),
        _line_marks(_INVENTORY_KEYS),
        _line_sums(_INVENTORY_KEYS, "", "co2e_t, co2e_low_t, co2e_high_t"),
    ),
    Mart(
        ParkEnergy,
        f"""{_ENERGY}
SELECT {_ENERGY_KEYS}, measure, 'activity' AS item_kind, activity_id AS item_id, value
FROM (UNPIVOT used ON {_ENERGY_MEASURES} INTO NAME measure VALUE value)
UNION ALL
SELECT DISTINCT {_ENERGY_KEYS}, 'enterprises', 'enterprise', enterprise_id, 1::DECIMAL(38,6)
FROM used WHERE {AN_ENTERPRISE}
""",
        f"{_ENERGY} SELECT {_ENERGY_KEYS}, {_ENERGY_MARKS} FROM used GROUP BY ALL",
        _ENERGY_SUMS,
    ),
    Mart(
        EnterpriseReconciliation,
        reconciliation.ENTERPRISES,
        reconciliation.ENTERPRISE_MARKS,
    ),
    Mart(ParkReconciliation, reconciliation.PARKS, reconciliation.PARK_MARKS),
    Mart(RegisterReconciliation, reconciliation.REGISTERS, reconciliation.REGISTER_MARKS),
    Mart(BoundaryEffect, _EFFECT, _EFFECT_MARKS),
    Mart(
        ControlBalance,
        _CONTROL,
        """
SELECT c.year, c.province_code, c.block, c.book_sector, c.book_fuel, k.boundary_class,
       c.canonical_unit, coalesce(bool_or(act.illustrative), false) AS illustrative
FROM core.control_quantity c
CROSS JOIN (SELECT DISTINCT boundary_class FROM core.attribution) k
LEFT JOIN core.activity act USING (year, province_code, block, book_sector, book_fuel)
WHERE c.block <> 'non_energy'
GROUP BY ALL
""",
    ),
    Mart(LocatedCapacity, coverage.CAPACITY, coverage.CAPACITY_MARKS),
    Mart(LocatedBase, coverage.BASES, coverage.BASE_MARKS),
    Mart(TrackerComparison, coverage.TRACKER, coverage.TRACKER_MARKS),
    Mart(ParkExchange, EXCHANGES, EXCHANGE_MARKS),
)


def contributions_sql(mart: Mart, gwp_set: str, profile: str) -> str:
    """The SELECT that yields the contributions of a mart for one GWP set.

    `profile` is the one that marts without that axis are of. Raises ValueError for a GWP set
    that is not one word.
    """
    return _filled(mart.contributions, gwp_set, profile)


def _covered(condition: str, minimum: float) -> str:
    return condition.replace("{minimum_coverage}", f"{minimum:.6f}")


def _filled(statement: str, gwp_set: str, profile: str) -> str:
    if not gwp_set.isalnum():
        raise ValueError(f"{gwp_set}: not a GWP set")
    if not profile.replace("-", "").isalnum():
        raise ValueError(f"{profile}: not a method profile")
    return statement.replace("{gwp_set}", gwp_set).replace("{profile}", profile)


def build_mart(
    mart: Mart,
    tables: Tables,
    gwp_set: str,
    profile: str,
    minimum_coverage: float = MINIMUM_COVERAGE,
) -> pl.DataFrame:
    """One mart from the tables it reads: sums by measure, joined with its marks.

    Numbers of parks that rest on a province of which less than `minimum_coverage` is placed have
    no point value.
    """
    meta = mart.table.table_metadata()
    keys = ", ".join(mart.table.key())
    sums = ",\n".join(
        f"coalesce(sum(value) FILTER (measure = '{m}'), 0)::DECIMAL(38,6) AS {m}"
        for m in meta["measures"]
    )
    shown = ", ".join(
        f"CASE WHEN {_covered(condition, minimum_coverage)} THEN NULL ELSE {m} END AS {m}"
        for m, condition in meta.get("withhold", {}).items()
    )
    ratios = "".join(
        f", round({formula}, 6)::DECIMAL(38,6) AS {name}"
        for name, formula in meta.get("ratios", {}).items()
    )
    labels = "".join(f", {formula} AS {name}" for name, formula in meta.get("labels", {}).items())
    summed = f"""
    contributions AS ({contributions_sql(mart, gwp_set, profile)}),
    summed AS (SELECT {keys}, {sums} FROM contributions GROUP BY {keys})"""
    marks = f"JOIN ({_filled(mart.marks, gwp_set, profile)}) USING ({keys})"
    if mart.whole is not None:
        summed, marks = f"summed AS ({_filled(mart.whole, gwp_set, profile)})", ""
    statement = f"""
WITH {summed},
told AS (SELECT * {f"REPLACE ({shown})" if shown else ""} FROM summed),
shown AS (SELECT *{ratios} FROM told),
labelled AS (SELECT *{labels} FROM shown)
SELECT * FROM labelled {marks}
"""
    return mart.table.conform(run_sql(statement, tables))
