"""Marts: each measure is a sum of contributions, and the contributions are the explanation.

A mart is declared by one SELECT that yields its axes, `measure`, `item_kind`, `item_id`
and `value`. The same text builds the mart, explains a number of it (as a view in the
release) and is computed again by `verify`.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from quality.contracts.mart import (
    ControlBalance,
    EnterpriseReconciliation,
    ParkEnergy,
    ParkInventory,
    ParkReconciliation,
    ParkTotal,
)
from quality.contracts.reference import CONFIDENCE
from quality.contracts.table import Table
from warehouse.sql import Tables, run_sql


@dataclass(frozen=True)
class Mart:
    """A mart: its declaration, the contributions to its measures, and its marks by axis."""

    table: type[Table]
    contributions: str
    marks: str

    @property
    def name(self) -> str:
        return self.table.table_name().removeprefix("mart.")


# One line seen on one basis in one view: what it weighs in point, low and high.
_WEIGHED = """
    SELECT a.place_id, l.year, a.boundary_class, a.basis, v.view, l.profile, g.gwp_set,
           l.source_category, l.gas, l.line_id, l.tier, l.confidence, l.illustrative,
           act.enterprise_id, a.weight_point,
           round(l.mass_t * a.weight_point * v.weight, 6)::DECIMAL(38,6) AS mass_t,
           round(l.mass_t * a.weight_point * v.weight * g.value, 6)::DECIMAL(38,6) AS co2e_t,
           round(l.mass_t * a.weight_low * v.weight * g.value, 6)::DECIMAL(38,6) AS co2e_low_t,
           round(l.mass_t * a.weight_high * v.weight * g.value, 6)::DECIMAL(38,6) AS co2e_high_t
    FROM ledger.line l
    JOIN core.activity act USING (activity_id)
    JOIN core.attribution a ON a.site_id = l.site_id
    JOIN (SELECT view, flow, weight::DECIMAL(18,4) AS weight FROM accepted.view_weight) v
      ON v.flow = l.flow AND v.weight <> 0
    JOIN (SELECT gas, gwp_set, value::DECIMAL(18,4) AS value FROM accepted.gwp
          WHERE horizon_y = 100 AND gwp_set = '{gwp_set}') g ON g.gas = l.gas
"""

# A place other than the rest rests on boundaries, so it is as illustrative as they are.
_BOUNDARY_ILLUSTRATIVE = """(
    place_id NOT LIKE 'REST:%'
    AND EXISTS (SELECT 1 FROM core.boundary b WHERE b.illustrative))"""

_INVENTORY_KEYS = "place_id, year, boundary_class, basis, view, profile, gwp_set"
_LINE_MEASURES = "mass_t, co2e_t, co2e_low_t, co2e_high_t"


def _line_contributions(keys: str, measures: str) -> str:
    return f"""
WITH weighed AS ({_WEIGHED})
SELECT {keys}, measure, 'line' AS item_kind, line_id AS item_id, value
FROM (UNPIVOT weighed ON {measures} INTO NAME measure VALUE value)
UNION ALL
SELECT DISTINCT {keys}, 'enterprises', 'enterprise', enterprise_id, 1::DECIMAL(38,6)
FROM weighed WHERE weight_point > 0
"""


def _line_marks(keys: str) -> str:
    ranks = ", ".join(f"'{c}'" for c in CONFIDENCE)
    return f"""
WITH weighed AS ({_WEIGHED})
SELECT {keys},
       count(DISTINCT enterprise_id) FILTER (weight_point > 0) < 3 AS confidential,
       bool_or(illustrative OR {_BOUNDARY_ILLUSTRATIVE}) AS illustrative,
       max(tier) AS worst_tier,
       list_extract([{ranks}], max(list_position([{ranks}], confidence))::INTEGER)
           AS worst_confidence
FROM weighed GROUP BY ALL
"""


_ENERGY = """
WITH used AS (
    SELECT a.place_id, act.year, a.boundary_class, a.basis, act.energy_id, act.canonical_unit,
           act.activity_id, act.enterprise_id, act.illustrative,
           round(act.quantity * a.weight_point, 6)::DECIMAL(38,6) AS quantity,
           round(act.quantity * a.weight_point * k.tce_per_unit, 6)::DECIMAL(38,6)
               AS tce_calorific
    FROM core.activity act
    JOIN core.attribution a ON a.site_id = act.site_id AND a.weight_point > 0
    JOIN core.energy_coefficient k USING (energy_id)
)
"""
_ENERGY_KEYS = "place_id, year, boundary_class, basis, energy_id"

_TERRITORIAL = """
    SELECT act.enterprise_id, l.year, l.site_id, l.line_id,
           round(l.mass_t * g.value, 6)::DECIMAL(38,6) AS co2e_t
    FROM ledger.line l
    JOIN core.activity act USING (activity_id)
    JOIN (SELECT gas, value::DECIMAL(18,4) AS value FROM accepted.gwp
          WHERE horizon_y = 100 AND gwp_set = '{gwp_set}') g ON g.gas = l.gas
    JOIN accepted.view_weight v ON v.view = 'territorial' AND v.flow = l.flow AND v.weight <> 0
"""

# Where an enterprise is registered and where its sites of the year operate.
_PLACES = """
active AS (
    SELECT DISTINCT enterprise_id, year, site_id FROM core.activity WHERE site_id NOT LIKE 'REST:%'
),
registered AS (
    SELECT ac.enterprise_id, ac.year, min(a.place_id) AS place_id
    FROM active ac JOIN core.attribution a USING (site_id)
    WHERE a.basis = 'registered' AND a.weight_point > 0 GROUP BY ALL
),
operating AS (
    SELECT DISTINCT ac.enterprise_id, ac.year, a.place_id
    FROM active ac JOIN core.attribution a USING (site_id)
    WHERE a.basis = 'operating' AND a.weight_point > 0
),
possibly_registered AS (
    SELECT DISTINCT ac.enterprise_id, ac.year, a.place_id
    FROM active ac JOIN core.attribution a USING (site_id)
    WHERE a.basis = 'registered' AND a.weight_high > 0 AND a.weight_point = 0
)
"""

_PARK_RECONCILIATION = f"""
WITH {_PLACES},
emitted AS ({_TERRITORIAL}),
by_site AS (
    SELECT e.*, a.basis, a.place_id, a.weight_point, a.weight_high
    FROM emitted e JOIN core.attribution a USING (site_id)
),
found AS (
    SELECT place_id, year, 'registered_enterprises' AS measure, 'enterprise' AS item_kind,
           enterprise_id AS item_id, 1::DECIMAL(38,6) AS value FROM registered
    UNION ALL
    SELECT place_id, year, 'operating_enterprises', 'enterprise', enterprise_id, 1 FROM operating
    UNION ALL
    SELECT place_id, year, 'matched_enterprises', 'enterprise', enterprise_id, 1
    FROM registered JOIN operating USING (enterprise_id, year, place_id)
    UNION ALL
    SELECT r.place_id, r.year, 'reg_not_op_enterprises', 'enterprise', r.enterprise_id, 1
    FROM registered r ANTI JOIN operating o USING (enterprise_id, year, place_id)
    UNION ALL
    SELECT o.place_id, o.year, 'op_not_reg_enterprises', 'enterprise', o.enterprise_id, 1
    FROM operating o JOIN registered r USING (enterprise_id, year)
    WHERE r.place_id <> o.place_id AND r.place_id NOT LIKE 'UNLOCATED:%'
    UNION ALL
    SELECT place_id, year, 'unlocated_enterprises', 'enterprise', enterprise_id, 1
    FROM possibly_registered
    UNION ALL
    SELECT place_id, year, basis || '_co2e_t', 'line', line_id,
           round(co2e_t * weight_point, 6)::DECIMAL(38,6)
    FROM by_site WHERE weight_point > 0
    UNION ALL
    SELECT place_id, year, 'unlocated_co2e_t', 'line', line_id,
           round(co2e_t * (weight_high - weight_point), 6)::DECIMAL(38,6)
    FROM by_site WHERE basis = 'registered' AND weight_high > weight_point
)
SELECT place_id, year, measure, item_kind, item_id, value FROM found
WHERE place_id IN (SELECT park_id FROM core.park)
"""

_PARK_MARKS = f"""
WITH {_PLACES}, members AS (
    SELECT place_id, year, enterprise_id FROM registered
    UNION SELECT place_id, year, enterprise_id FROM operating
    UNION SELECT place_id, year, enterprise_id FROM possibly_registered
)
SELECT place_id, year, count(DISTINCT enterprise_id) < 3 AS confidential,
       bool_or({_BOUNDARY_ILLUSTRATIVE}) AS illustrative
FROM members GROUP BY ALL
"""

_ENTERPRISE = f"""
WITH {_PLACES}, emitted AS ({_TERRITORIAL})
SELECT enterprise_id, year, 'territorial_co2e_t' AS measure, 'line' AS item_kind,
       line_id AS item_id, co2e_t AS value
FROM emitted WHERE site_id NOT LIKE 'REST:%'
UNION ALL
SELECT enterprise_id, year, 'sites', 'site', site_id, 1 FROM active
"""

# The cases of METHOD 1.5 that these facts can tell apart, in its order.
_ENTERPRISE_MARKS = f"""
WITH {_PLACES},
joined AS (
    SELECT enterprise_id, year, string_agg(place_id, ';' ORDER BY place_id) AS operating_places,
           count(*) AS operating_count, bool_or(place_id LIKE 'UNLOCATED:%') AS operating_unknown
    FROM operating GROUP BY ALL
),
sized AS (SELECT enterprise_id, year, count(*) AS sites FROM active GROUP BY ALL),
cased AS (
    SELECT j.*, coalesce(r.place_id, 'UNLOCATED:000000') AS registered_place, s.sites,
           CASE WHEN s.sites > 1 AND j.operating_count > 1 THEN 'multi_site'
                WHEN coalesce(r.place_id, 'UNLOCATED:') LIKE 'UNLOCATED:%' AND j.operating_unknown
                    THEN 'both_unlocated'
                WHEN coalesce(r.place_id, 'UNLOCATED:') LIKE 'UNLOCATED:%'
                    THEN 'registered_unlocated'
                WHEN j.operating_unknown THEN 'operating_unlocated'
                WHEN r.place_id = j.operating_places THEN 'same_place'
                WHEN r.place_id IN (SELECT park_id FROM core.park) THEN 'reg_not_op'
                ELSE 'op_not_reg' END AS reconciliation_case
    FROM joined j LEFT JOIN registered r USING (enterprise_id, year)
    JOIN sized s USING (enterprise_id, year)
)
SELECT enterprise_id, year, registered_place AS registered_place_id,
       operating_places AS operating_place_ids, reconciliation_case,
       CASE reconciliation_case
           WHEN 'multi_site' THEN '多个场所分处不同地点，按场所分配'
           WHEN 'both_unlocated' THEN '注册与经营证据均只到区划'
           WHEN 'registered_unlocated' THEN '注册证据只到区划 ' || registered_place
           WHEN 'operating_unlocated' THEN '经营地点置信度不足'
           WHEN 'same_place' THEN '注册与经营同在一处'
           WHEN 'reg_not_op' THEN '注册在 ' || registered_place || '，经营在 ' || operating_places
           ELSE '注册在 ' || registered_place || '，经营在 ' || operating_places
       END AS reason_zh,
       true AS confidential,
       EXISTS (SELECT 1 FROM core.boundary b WHERE b.illustrative) AS illustrative
FROM cased
"""

_CONTROL = """
WITH cells AS (
    SELECT * FROM core.control_quantity
),
used AS (
    SELECT c.year, c.province_code, c.block, c.book_sector, c.book_fuel, act.activity_id,
           act.quantity, act.tier, act.site_id
    FROM cells c
    JOIN core.activity act USING (year, province_code, block, book_sector, book_fuel)
)
SELECT year, province_code, block, book_sector, book_fuel, 'book_quantity' AS measure,
       'control' AS item_kind, source_row_id AS item_id, quantity AS value FROM cells
UNION ALL
SELECT year, province_code, block, book_sector, book_fuel,
       CASE WHEN tier <> 'T6' THEN 'measured_quantity'
            WHEN site_id LIKE 'REST:%' THEN 'rest_quantity' ELSE 'downscaled_quantity' END,
       'activity', activity_id, quantity
FROM used
UNION ALL
SELECT u.year, u.province_code, u.block, u.book_sector, u.book_fuel, 'in_parks_quantity',
       'activity', u.activity_id, round(u.quantity * a.weight_point, 6)::DECIMAL(38,6)
FROM used u
JOIN core.attribution a ON a.site_id = u.site_id AND a.basis = 'operating' AND a.weight_point > 0
JOIN core.park p ON p.park_id = a.place_id AND p.counts_in_total
"""

MARTS: tuple[Mart, ...] = (
    Mart(
        ParkInventory,
        _line_contributions(f"{_INVENTORY_KEYS}, source_category, gas", _LINE_MEASURES),
        _line_marks(f"{_INVENTORY_KEYS}, source_category, gas"),
    ),
    Mart(
        ParkTotal,
        _line_contributions(_INVENTORY_KEYS, "co2e_t, co2e_low_t, co2e_high_t"),
        _line_marks(_INVENTORY_KEYS),
    ),
    Mart(
        ParkEnergy,
        f"""{_ENERGY}
SELECT {_ENERGY_KEYS}, measure, 'activity' AS item_kind, activity_id AS item_id, value
FROM (UNPIVOT used ON quantity, tce_calorific INTO NAME measure VALUE value)
UNION ALL
SELECT DISTINCT {_ENERGY_KEYS}, 'enterprises', 'enterprise', enterprise_id, 1::DECIMAL(38,6)
FROM used
""",
        f"""{_ENERGY}
SELECT {_ENERGY_KEYS}, any_value(canonical_unit) AS canonical_unit,
       count(DISTINCT enterprise_id) < 3 AS confidential,
       bool_or(illustrative OR {_BOUNDARY_ILLUSTRATIVE}) AS illustrative
FROM used GROUP BY ALL
""",
    ),
    Mart(EnterpriseReconciliation, _ENTERPRISE, _ENTERPRISE_MARKS),
    Mart(ParkReconciliation, _PARK_RECONCILIATION, _PARK_MARKS),
    Mart(
        ControlBalance,
        _CONTROL,
        """
SELECT c.year, c.province_code, c.block, c.book_sector, c.book_fuel, c.canonical_unit,
       coalesce(bool_or(act.illustrative), false) AS illustrative
FROM core.control_quantity c
LEFT JOIN core.activity act USING (year, province_code, block, book_sector, book_fuel)
GROUP BY ALL
""",
    ),
)


def contributions_sql(mart: Mart, gwp_set: str) -> str:
    """The SELECT that yields the contributions of a mart for one GWP set.

    Raises ValueError for a GWP set that is not one word.
    """
    if not gwp_set.isalnum():
        raise ValueError(f"{gwp_set}: not a GWP set")
    return mart.contributions.replace("{gwp_set}", gwp_set)


def build_mart(mart: Mart, tables: Tables, gwp_set: str) -> pl.DataFrame:
    """One mart from the tables it reads: sums by measure, joined with its marks."""
    meta = mart.table.table_metadata()
    keys = ", ".join(mart.table.key())
    sums = ",\n".join(
        f"coalesce(sum(value) FILTER (measure = '{m}'), 0)::DECIMAL(38,6) AS {m}"
        for m in meta["measures"]
    )
    shown = ", ".join(
        f"CASE WHEN {condition} THEN NULL ELSE {m} END AS {m}"
        for m, condition in meta.get("withhold", {}).items()
    )
    statement = f"""
WITH contributions AS ({contributions_sql(mart, gwp_set)}),
summed AS (SELECT {keys}, {sums} FROM contributions GROUP BY {keys}),
shown AS (SELECT * {f"REPLACE ({shown})" if shown else ""} FROM summed),
marks AS ({mart.marks.replace("{gwp_set}", gwp_set)})
SELECT * FROM shown JOIN marks USING ({keys})
"""
    return mart.table.conform(run_sql(statement, tables))
