"""Marts of indicators, as sums of contributions (see `assets.inventory.marts`).

Items: `park_return` is a figure of a committee's return, `park` an area of the catalogue.
"""

from __future__ import annotations

from assets.inventory.marts import USED, WEIGHED, Mart
from quality.contracts.indicators import ParkIndicator, ParkReported
from quality.contracts.insight import COMPREHENSIVE

_KEYS = "place_id, year, boundary_class, basis, profile, gwp_set"
# Every park that returned something, on all axes that the year has numbers of.
_AXES = """
    SELECT r.park_id AS place_id, a.*, r.source_row_id, r.value_added_wcny, r.developed_ha
    FROM core.park_return r
    JOIN (SELECT DISTINCT year, boundary_class, basis, profile, gwp_set FROM mart.park_total) a
      ON a.year = r.year
"""
# What counts as clean: natural gas and power that is certified or of a known non-fossil plant
# (METHOD 6). The clean part of the grid's power is not told apart.
_CLEAN = """(energy_id = 'natural_gas'
     OR flow IN ('purchased_electricity_green', 'nonfossil_electricity'))"""
_INDICATORS = f"""
WITH axes AS ({_AXES}),
emitted AS (
    SELECT w.* FROM ({WEIGHED}) w
    SEMI JOIN core.park_return r ON r.park_id = w.place_id AND r.year = w.year
),
energy AS (
    SELECT x.* EXCLUDE (source_row_id, value_added_wcny, developed_ha), u.activity_id,
           u.tce_calorific, u.tce_equal,
           CASE WHEN {_CLEAN} THEN u.tce_equal END AS clean_tce_equal
    FROM ({USED}) u JOIN axes x USING (place_id, year, boundary_class, basis)
)
SELECT {_KEYS}, view || '_co2e_t' AS measure, 'line' AS item_kind, line_id AS item_id,
       co2e_t AS value
FROM emitted WHERE view IN ('territorial', 'consumption')
UNION ALL
SELECT {_KEYS}, view || '_co2_t', 'line', line_id, mass_t
FROM emitted WHERE gas = 'CO2' AND view IN ('territorial', 'consumption', 'zcp')
UNION ALL
SELECT {_KEYS}, measure, 'activity', activity_id, value
FROM (UNPIVOT energy ON tce_calorific, tce_equal, clean_tce_equal INTO NAME measure VALUE value)
UNION ALL
SELECT {_KEYS}, 'value_added_wcny', 'park_return', source_row_id || '|value_added_wcny',
       value_added_wcny
FROM axes WHERE value_added_wcny IS NOT NULL
UNION ALL
SELECT {_KEYS}, 'developed_km2', 'park_return', source_row_id || '|developed_ha',
       round(developed_ha * 0.01, 6)::DECIMAL(38,6)
FROM axes WHERE developed_ha IS NOT NULL
UNION ALL
SELECT {_KEYS}, 'approved_km2', 'park', place_id, round(p.approved_ha * 0.01, 6)::DECIMAL(38,6)
FROM axes JOIN core.park p ON p.park_id = place_id
"""
_INDICATOR_MARKS = f"""
WITH axes AS ({_AXES})
SELECT {", ".join(f"x.{key}" for key in _KEYS.split(", "))},
       t.scope_firms, t.activity_scope, r.scope_firms AS return_scope_firms,
       r.boundary_class AS return_boundary_class, r.attribution AS return_attribution,
       r.measured_zh, t.worst_tier, t.placed_share, coalesce(t.confidential, true) AS confidential,
       coalesce(t.illustrative, false) OR r.illustrative AS illustrative
FROM axes x
JOIN core.park_return r ON r.park_id = x.place_id AND r.year = x.year
LEFT JOIN mart.park_total t
  ON t.place_id = x.place_id AND t.year = x.year AND t.boundary_class = x.boundary_class
 AND t.basis = x.basis AND t.profile = x.profile AND t.view = 'territorial'
"""

_REPORTED_KEYS = "place_id, year, boundary_class, basis, energy_id"
# Fuels are put beside each other by the fuel of the energy book: a return has no ranks of coal.
_LOCATED = f"""
    SELECT u.place_id, u.year, u.boundary_class, u.basis, e.energy_id, u.activity_id,
           u.enterprise_id, u.illustrative,
           CASE WHEN e.energy_id <> '{COMPREHENSIVE}' THEN u.quantity
                WHEN r.elec_basis = '等价值' THEN u.tce_equal
                WHEN r.elec_basis = '当量值' THEN u.tce_calorific END AS value
    FROM ({USED}) u
    JOIN core.park_return_energy e
      ON e.park_id = u.place_id AND e.year = u.year
     AND (e.energy_id = '{COMPREHENSIVE}' OR e.book_fuel = u.book_fuel)
    JOIN core.park_return r ON r.park_id = e.park_id AND r.year = e.year
"""
_REPORTED_AXES = """
    SELECT e.park_id AS place_id, a.*, e.* EXCLUDE (park_id, year)
    FROM core.park_return_energy e
    JOIN (SELECT DISTINCT year, boundary_class, basis FROM mart.park_total) a ON a.year = e.year
"""
_REPORTED = f"""
SELECT {_REPORTED_KEYS}, 'reported_quantity' AS measure, 'park_return' AS item_kind,
       source_row_id || '|' || column_name AS item_id, quantity AS value
FROM ({_REPORTED_AXES})
UNION ALL
SELECT {_REPORTED_KEYS}, 'located_quantity', 'activity', activity_id, value
FROM ({_LOCATED}) WHERE value IS NOT NULL
"""
_REPORTED_MARKS = f"""
WITH located AS (
    SELECT {_REPORTED_KEYS}, count(DISTINCT enterprise_id) AS enterprises,
           bool_or(illustrative) AS illustrative
    FROM ({_LOCATED}) GROUP BY ALL
)
SELECT x.place_id, x.year, x.boundary_class, x.basis, x.energy_id, x.canonical_unit,
       CASE WHEN x.energy_id = '{COMPREHENSIVE}' THEN r.elec_basis END AS elec_basis,
       'T4' AS reported_tier, r.measured_zh, coalesce(l.enterprises, 0) < 3 AS confidential,
       coalesce(l.illustrative, false) OR r.illustrative
       OR EXISTS (SELECT 1 FROM core.boundary b WHERE b.illustrative) AS illustrative
FROM ({_REPORTED_AXES}) x
JOIN core.park_return r ON r.park_id = x.place_id AND r.year = x.year
LEFT JOIN located l ON {" AND ".join(f"l.{k} = x.{k}" for k in _REPORTED_KEYS.split(", "))}
"""

MARTS: tuple[Mart, ...] = (
    Mart(ParkIndicator, _INDICATORS, _INDICATOR_MARKS),
    Mart(ParkReported, _REPORTED, _REPORTED_MARKS),
)
