"""Rules on totals: parks against control totals, inventories and their own other basis (METHOD 5).

They warn and change no number. CT1 and LOC1e are not here: the one stops the run where the
activity is made, the other takes the point value away (`quality.contracts.mart`).
"""

from __future__ import annotations

import polars as pl

from quality.contracts.coverage import TotalFinding
from quality.sql_text import sql_text
from warehouse.sql import Tables, run_sql

# Thresholds as `assets/reference/qc_rule.csv` lists them.
LIMITS = {"CT1w": 0.95, "CT2": 1.0, "LOC1w": 0.05, "LOC2": 0.3}

_FINDINGS = f"""
-- What lies in parks of a control total: nearly all of a sector is less likely than a wrong place.
SELECT 'CT1w' AS rule_id, year, boundary_class, province_code AS area_code,
       block || ' ' || book_sector || ' ' || book_fuel AS subject,
       in_parks_quantity AS stated, book_quantity AS expected, canonical_unit AS unit
FROM mart.control_balance
WHERE book_quantity > 0 AND in_parks_quantity > {LIMITS["CT1w"]} * book_quantity
UNION ALL
-- CO2 of all parks, not CO2e, against the published inventory of the province.
SELECT 'CT2', i.year, i.boundary_class, p.province_code, 'CO2 territorial', sum(i.mass_t),
       any_value(t.published_t + t.process_t), 't'
FROM mart.park_inventory i
JOIN core.park p ON p.park_id = i.place_id AND p.counts_in_total
JOIN accepted.province_name n ON n.province_code = p.province_code
JOIN mart.ceads_total t ON t.year = i.year AND t.province_en = replace(n.name_en, ' ', '')
WHERE i.gas = 'CO2' AND i.view = 'territorial' AND i.basis = 'operating'
  AND i.profile = {{profile}}
GROUP BY ALL
HAVING sum(i.mass_t) > {LIMITS["CT2"]} * any_value(t.published_t + t.process_t)
UNION ALL
-- What may lie here and is not located, where it is too little to take the point value away.
SELECT 'LOC1w', year, boundary_class, place_id, basis || ' ' || view || ' ' || profile,
       co2e_high_t - co2e_t, co2e_high_t, 't'
FROM mart.park_total t SEMI JOIN core.park p ON p.park_id = t.place_id
WHERE co2e_t IS NOT NULL AND co2e_high_t - co2e_t > {LIMITS["LOC1w"]} * abs(co2e_high_t)
UNION ALL
SELECT 'LOC2', year, boundary_class, place_id, 'co2e', registered_co2e_t, operating_co2e_t, 't'
FROM mart.park_reconciliation
WHERE operating_co2e_t > 0
  AND abs(registered_co2e_t - operating_co2e_t) > {LIMITS["LOC2"]} * operating_co2e_t
"""


def total_findings(tables: Tables, profile: str) -> pl.DataFrame:
    """`audit.total_finding`: totals that break a rule, with both numbers.

    `profile` is the first one of the run.
    """
    return TotalFinding.conform(run_sql(_FINDINGS.replace("{profile}", sql_text(profile)), tables))
