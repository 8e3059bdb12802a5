"""The SQL of what is placed: of books, of the capacity of plants, beside a tracker's estimates.

Each mart is the sum of its contributions; see `assets.inventory.marts`.
"""

from __future__ import annotations

from assets.inventory.weighing import AT_SITE, shared


def _covered(keys: str, unit: str, amount: str, only: str) -> str:
    """Contributions of the measures `book`, `measured`, `placed`, `rest`, `in_parks` + `unit`.

    `amount` is SQL on `x.quantity` and `x.factor`, tce of a unit; `only` chooses the cells `c`.
    """
    return f"""
WITH classes AS (SELECT DISTINCT boundary_class FROM core.attribution),
cells AS (
    SELECT c.year, c.province_code, c.activity_scope, c.block, c.book_sector, c.book_fuel,
           c.control_id, c.quantity, k.tce_per_unit AS factor
    FROM core.control_quantity c JOIN core.energy_coefficient k USING (energy_id)
    WHERE c.block <> 'non_energy' AND {only}
),
used AS (
    -- A part counts with the coefficient of the book's fuel: raw coal is not split there.
    SELECT c.* EXCLUDE (quantity), act.activity_id, act.quantity, act.tier, act.site_id
    FROM cells c
    JOIN core.activity act USING (year, province_code, block, book_sector, book_fuel)
)
SELECT {keys}, 'book_{unit}' AS measure, 'control' AS item_kind, control_id AS item_id,
       round({amount}, 6)::DECIMAL(38,6) AS value
FROM cells x CROSS JOIN classes
UNION ALL
SELECT {keys},
       CASE WHEN tier NOT IN ('T5', 'T6') THEN 'measured_{unit}'
            WHEN site_id LIKE 'REST:%' THEN 'rest_{unit}' ELSE 'placed_{unit}' END,
       'activity', activity_id, round({amount}, 6)::DECIMAL(38,6)
FROM used x CROSS JOIN classes
UNION ALL
SELECT {keys}, 'in_parks_{unit}', 'activity', activity_id, {shared(amount)}
FROM used x
JOIN core.attribution a
  ON a.site_id = x.site_id AND a.basis = 'operating' AND a.weight_point > 0
 AND {AT_SITE.format(year="x.year")}
JOIN core.park p ON p.park_id = a.place_id AND p.counts_in_total
"""


_COVERAGE_KEYS = "x.year, x.province_code, activity_scope, block, book_fuel, boundary_class"
COVERAGE = _covered(_COVERAGE_KEYS, "quantity", "x.quantity", "true")
COVERAGE_MARKS = """
SELECT year, province_code, activity_scope, block, book_fuel, boundary_class,
       any_value(canonical_unit) AS canonical_unit
FROM core.control_quantity CROSS JOIN (SELECT DISTINCT boundary_class FROM core.attribution)
WHERE block <> 'non_energy' GROUP BY ALL
"""

_PROVINCE_KEYS = "x.year, x.province_code, activity_scope, boundary_class"
PROVINCES = _covered(_PROVINCE_KEYS, "tce", "x.quantity * x.factor", "c.carrier = 'fuel'")
PROVINCE_MARKS = """
SELECT DISTINCT year, province_code, activity_scope, boundary_class
FROM core.control_quantity CROSS JOIN (SELECT DISTINCT boundary_class FROM core.attribution)
WHERE block <> 'non_energy' AND carrier = 'fuel'
"""

# A plant is counted in its province, and once more in the country.
_PLANTS = """
WITH plant AS (
    SELECT *, coalesce(capacity, 0)::DECIMAL(38,6) AS mw,
           round(coalesce(capacity, 0) * in_parks, 6)::DECIMAL(38,6) AS mw_in_parks,
           1::DECIMAL(38,6) AS one
    FROM core.located_plant
),
counted AS (
    SELECT *, province_code AS area_code FROM plant WHERE province_code IS NOT NULL
    UNION ALL
    SELECT *, 'CN' FROM plant
)
"""
_CAPACITY_KEYS = "year, area_code, kind, boundary_class"
CAPACITY = f"""{_PLANTS},
running AS (
    SELECT *, one AS plants, in_parks AS plants_in_parks, mw AS capacity_known,
           mw_in_parks AS capacity_in_parks
    FROM counted WHERE operates
),
undecided AS (
    SELECT *, one AS undecided_plants, mw AS undecided_capacity FROM counted WHERE NOT operates
)
SELECT {_CAPACITY_KEYS}, replace(measure, 'capacity_known', 'capacity') AS measure,
       'plant' AS item_kind, unit_id AS item_id, value
FROM (UNPIVOT running ON plants, plants_in_parks, capacity_known, capacity_in_parks
      INTO NAME measure VALUE value)
UNION ALL
SELECT {_CAPACITY_KEYS}, measure, 'plant', unit_id, value
FROM (UNPIVOT undecided ON undecided_plants, undecided_capacity INTO NAME measure VALUE value)
"""
CAPACITY_MARKS = f"""{_PLANTS}
SELECT {_CAPACITY_KEYS}, any_value(capacity_unit) AS capacity_unit FROM counted GROUP BY ALL
"""

_BASE_KEYS = "year, province_code, county, kind, boundary_class"
_BASES = f"""{_PLANTS},
based AS (
    SELECT *, coalesce(county_code, province_code) AS county
    FROM plant WHERE operates AND province_code IS NOT NULL
)
"""
BASES = f"""{_BASES}
SELECT {_BASE_KEYS.replace("county", "county AS county_code")},
       replace(measure, 'mw', 'capacity') AS measure, 'plant' AS item_kind, unit_id AS item_id,
       value
FROM (UNPIVOT (SELECT * RENAME (one AS plants) FROM based) ON plants, mw, mw_in_parks
      INTO NAME measure VALUE value)
"""
BASE_MARKS = f"""{_BASES},
sized AS (
    SELECT {_BASE_KEYS}, any_value(county_zh) AS county_zh,
           any_value(capacity_unit) AS capacity_unit, sum(mw) AS mw
    FROM based GROUP BY {_BASE_KEYS}
)
SELECT * EXCLUDE (mw, county), county AS county_code,
       round(mw / nullif(sum(mw) OVER province, 0), 6)::DECIMAL(38,6) AS share_of_province,
       row_number() OVER (province ORDER BY mw DESC, county) AS place_in_province
FROM sized WINDOW province AS (PARTITION BY year, province_code, kind, boundary_class)
"""

# Both sides over the same units: those that ran in the year and have an estimate.
TRACKER = """
WITH estimated AS (
    SELECT DISTINCT year, unit_id, province_code, capacity AS capacity_mw, tracker_co2_t,
           round(capacity * tracker_load, 6)::DECIMAL(38,6) AS load_mw,
           1::DECIMAL(38,6) AS units
    FROM core.located_plant
    WHERE kind = 'coal' AND operates AND tracker_co2_t IS NOT NULL AND tracker_load IS NOT NULL
      AND province_code IS NOT NULL
),
burnt AS (
    SELECT l.line_id, e.year, e.province_code, l.mass_t
    FROM ledger.line l
    JOIN core.activity act USING (activity_id)
    JOIN estimated e
      ON e.year = act.year AND act.tier = 'T6'
     AND e.unit_id = regexp_extract(act.activity_id, '[|]([^|]*)$', 1)
    WHERE l.gas = 'CO2' AND list_contains(string_split(l.profiles, ';'), '{profile}')
      AND act.book_fuel IN ('Raw_Coal', 'Cleaned_Coal', 'Other_Washed_Coal', 'Briquettes')
),
found AS (
    SELECT year, province_code, measure, 'plant' AS item_kind, unit_id AS item_id, value
    FROM (UNPIVOT estimated ON units, capacity_mw, load_mw, tracker_co2_t
          INTO NAME measure VALUE value)
    UNION ALL
    SELECT year, province_code, 'own_co2_t', 'line', line_id, mass_t FROM burnt
)
SELECT year, unnest([province_code, 'CN']) AS area_code, measure, item_kind, item_id, value
FROM found
"""
TRACKER_MARKS = """
SELECT DISTINCT year, unnest([province_code, 'CN']) AS area_code
FROM core.located_plant
WHERE kind = 'coal' AND operates AND tracker_co2_t IS NOT NULL AND tracker_load IS NOT NULL
  AND province_code IS NOT NULL
"""
