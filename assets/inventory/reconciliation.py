"""Reconciliation of registered and operating places (METHOD 1.5): the SQL of three marts."""

from __future__ import annotations

from assets.inventory.weighing import (
    AT_SITE,
    BOUNDARY_ILLUSTRATIVE,
    NO_WHOLE,
    OWN_USE,
    TERRITORIAL,
    bounded,
    shared,
)

# Where an enterprise is registered and where its sites of the year operate.
_PLACES = f"""
active AS (
    SELECT DISTINCT enterprise_id, year, site_id FROM core.activity WHERE {NO_WHOLE}
),
placed AS (
    SELECT ac.enterprise_id, ac.year, a.basis, a.boundary_class, a.place_id,
           max(a.weight_point) AS weight_point, max(a.weight_high) AS weight_high,
           -- A park in a park is beside the outer one, not another place.
           coalesce(bool_and(p.counts_in_total), true) AS counts
    FROM active ac
    JOIN core.attribution a
      ON a.site_id = ac.site_id AND {AT_SITE.format(year="ac.year")}
    LEFT JOIN core.park p ON p.park_id = a.place_id
    GROUP BY ALL
),
registered AS (
    SELECT enterprise_id, year, boundary_class, min(place_id) AS place_id
    FROM placed WHERE basis = 'registered' AND weight_point > 0 AND counts GROUP BY ALL
),
operating AS (
    SELECT enterprise_id, year, boundary_class, place_id
    FROM placed WHERE basis = 'operating' AND weight_point > 0 AND counts
),
possibly_registered AS (
    SELECT enterprise_id, year, boundary_class, place_id
    FROM placed WHERE basis = 'registered' AND weight_high > 0 AND weight_point = 0
),
possibly_operating AS (
    SELECT enterprise_id, year, boundary_class, place_id
    FROM placed WHERE basis = 'operating' AND weight_high > 0 AND weight_point = 0
)
"""

# What each item has in a place on either basis. What is in a place on both is matched. What is
# there on one is elsewhere on the other, unless it is not located there and may be here too: an
# office of which only the county is known is in no park of another county.
_AMOUNTS = f"""
emitted AS ({TERRITORIAL}),
amounts AS (
    SELECT 'co2e_t' AS unit, 'line' AS item_kind, line_id AS item_id, year, site_id,
           co2e_t AS amount FROM emitted WHERE {NO_WHOLE}
    UNION ALL
    SELECT 'tce', 'activity', act.activity_id, act.year, act.site_id,
           round(act.quantity * k.tce_per_unit, 6)::DECIMAL(38,6)
    FROM core.activity act JOIN core.energy_coefficient k USING (energy_id)
    WHERE {OWN_USE} AND {NO_WHOLE}
),
-- What counts against the sum is told apart as what counts in it, by its size.
weighed AS (
    SELECT m.unit, m.item_kind, m.item_id, m.year, m.sign, a.boundary_class, a.basis, a.place_id,
           {shared("m.amount")} AS point, {bounded("m.amount", "weight_high")} AS high
    FROM (SELECT * REPLACE (abs(amount) AS amount), sign(amount) AS sign FROM amounts) m
    JOIN core.attribution a ON a.site_id = m.site_id AND {AT_SITE.format(year="m.year")}
),
summed AS (
    SELECT unit, item_kind, item_id, year, sign, boundary_class, place_id,
           coalesce(sum(point) FILTER (basis = 'registered'), 0) AS registered,
           coalesce(sum(point) FILTER (basis = 'operating'), 0) AS operating,
           coalesce(sum(high - point) FILTER (basis = 'registered'), 0) AS unlocated,
           coalesce(sum(high - point) FILTER (basis = 'operating'), 0) AS maybe_operating
    FROM weighed GROUP BY ALL
),
compared AS (
    SELECT *, least(registered, operating) AS matched,
           least(registered - least(registered, operating), maybe_operating) AS reg_op_unlocated,
           least(operating - least(registered, operating), unlocated) AS op_reg_unlocated
    FROM summed
),
split AS (
    SELECT unit, item_kind, item_id, year, boundary_class, place_id,
           sign * registered AS registered, sign * operating AS operating,
           sign * unlocated AS unlocated, sign * matched AS matched,
           sign * reg_op_unlocated AS reg_op_unlocated,
           sign * op_reg_unlocated AS op_reg_unlocated,
           sign * (registered - matched - reg_op_unlocated) AS reg_not_op,
           sign * (operating - matched - op_reg_unlocated) AS op_not_reg
    FROM compared
)
"""

PARKS = f"""
WITH {_PLACES},
{_AMOUNTS},
counted AS (
    SELECT place_id, year, boundary_class, 'registered' AS part, enterprise_id FROM registered
    UNION ALL
    SELECT place_id, year, boundary_class, 'operating', enterprise_id FROM operating
    UNION ALL
    SELECT place_id, year, boundary_class, 'matched', enterprise_id
    FROM registered JOIN operating USING (enterprise_id, year, boundary_class, place_id)
    UNION ALL
    SELECT r.place_id, r.year, boundary_class,
           CASE WHEN m.place_id IS NULL THEN 'reg_not_op' ELSE 'reg_op_unlocated' END, enterprise_id
    FROM registered r ANTI JOIN operating o USING (enterprise_id, year, boundary_class, place_id)
    LEFT JOIN possibly_operating m USING (enterprise_id, year, boundary_class, place_id)
    UNION ALL
    SELECT o.place_id, o.year, boundary_class,
           CASE WHEN m.place_id IS NULL THEN 'op_not_reg' ELSE 'op_reg_unlocated' END, enterprise_id
    FROM operating o ANTI JOIN registered r USING (enterprise_id, year, boundary_class, place_id)
    LEFT JOIN possibly_registered m USING (enterprise_id, year, boundary_class, place_id)
    UNION ALL
    SELECT place_id, year, boundary_class, 'unlocated', enterprise_id FROM possibly_registered
),
found AS (
    SELECT place_id, year, boundary_class, part || '_enterprises' AS measure,
           'enterprise' AS item_kind, enterprise_id AS item_id, 1::DECIMAL(38,6) AS value
    FROM counted
    UNION ALL
    SELECT place_id, year, boundary_class, part || '_' || unit, item_kind, item_id, value
    FROM (UNPIVOT split ON registered, operating, matched, reg_not_op, op_not_reg,
                           reg_op_unlocated, op_reg_unlocated, unlocated
          INTO NAME part VALUE value)
    WHERE value <> 0
)
SELECT place_id, year, boundary_class, measure, item_kind, item_id, value::DECIMAL(38,6) AS value
FROM found WHERE place_id IN (SELECT park_id FROM core.park)
"""

PARK_MARKS = f"""
WITH {_PLACES}, members AS (
    SELECT place_id, year, boundary_class, enterprise_id FROM registered
    UNION SELECT place_id, year, boundary_class, enterprise_id FROM operating
    UNION SELECT place_id, year, boundary_class, enterprise_id FROM possibly_registered
)
SELECT place_id, year, boundary_class, count(DISTINCT enterprise_id) < 3 AS confidential,
       bool_or({BOUNDARY_ILLUSTRATIVE}) AS illustrative
FROM members GROUP BY ALL
"""

ENTERPRISES = f"""
WITH {_PLACES}, emitted AS ({TERRITORIAL}),
classes AS (SELECT DISTINCT boundary_class FROM core.attribution)
SELECT enterprise_id, year, boundary_class, 'territorial_co2e_t' AS measure, 'line' AS item_kind,
       line_id AS item_id, co2e_t AS value
FROM emitted CROSS JOIN classes WHERE {NO_WHOLE}
UNION ALL
SELECT enterprise_id, year, boundary_class, 'sites', 'site', site_id, 1
FROM active CROSS JOIN classes
"""

# Days within a year on which something begins or ends.
_AMID = """(
    ({first} > make_date({year}, 1, 1) AND {first} <= make_date({year}, 12, 31))
    OR ({last} >= make_date({year}, 1, 1) AND {last} < make_date({year}, 12, 31)))"""

# The cases of METHOD 1.5 in its order; several may apply to one enterprise.
ENTERPRISE_MARKS = f"""
WITH {_PLACES},
joined AS (
    SELECT enterprise_id, year, boundary_class,
           string_agg(place_id, ';' ORDER BY place_id) AS operating_places,
           count(*) AS operating_count, bool_or(place_id LIKE 'UNLOCATED:%') AS operating_unknown,
           bool_or(place_id IN (SELECT park_id FROM core.park)) AS in_park
    FROM operating GROUP BY ALL
),
sized AS (SELECT enterprise_id, year, count(*) AS sites FROM active GROUP BY ALL),
maybe_home AS (
    SELECT DISTINCT enterprise_id, year, boundary_class
    FROM operating JOIN possibly_registered USING (enterprise_id, year, boundary_class, place_id)
),
moved AS (
    SELECT DISTINCT ac.enterprise_id, ac.year
    FROM active ac JOIN core.site s USING (site_id)
    WHERE {_AMID.format(first="s.valid_from", last="s.valid_to", year="ac.year")}
    UNION
    SELECT DISTINCT ac.enterprise_id, ac.year
    FROM active ac JOIN core.attribution a ON a.site_id = ac.site_id
    WHERE a.basis = 'registered' AND a.series = 'actual' AND a.weight_point > 0
      AND {_AMID.format(first="a.valid_from", last="a.valid_to", year="ac.year")}
),
ended AS (
    SELECT enterprise_id, date_part('year', ended_on) AS year, ended_zh, ended_on
    FROM core.enterprise WHERE ended_on IS NOT NULL AND ended_zh <> '合并'
),
taken_over AS (
    SELECT DISTINCT ac.enterprise_id, ac.year
    FROM active ac JOIN core.site_operator o
      ON o.site_id = ac.site_id AND o.enterprise_id = ac.enterprise_id
     AND o.relation = 'merged' AND ac.year BETWEEN year(o.valid_from) AND year(o.valid_to)
),
foreign_meter AS (
    SELECT DISTINCT enterprise_id, year FROM core.site_quantity WHERE meter_owner_id IS NOT NULL
),
cased AS (
    SELECT j.*, coalesce(r.place_id, 'UNLOCATED:000000') AS registered_place, s.sites,
           coalesce(r.place_id, 'UNLOCATED:') LIKE 'UNLOCATED:%' AS registered_unknown,
           coalesce(r.place_id IN (SELECT park_id FROM core.park), false) AS registered_in_park,
           coalesce(contains(';' || j.operating_places || ';', ';' || r.place_id || ';'), false)
               AS at_home,
           h.year IS NOT NULL AS maybe_home,
           m.year IS NOT NULL AS is_moved, e.ended_zh, e.ended_on,
           t.year IS NOT NULL AS is_merged, f.year IS NOT NULL AS is_foreign_meter
    FROM joined j LEFT JOIN registered r USING (enterprise_id, year, boundary_class)
    JOIN sized s USING (enterprise_id, year)
    LEFT JOIN maybe_home h USING (enterprise_id, year, boundary_class)
    LEFT JOIN moved m USING (enterprise_id, year)
    LEFT JOIN ended e USING (enterprise_id, year)
    LEFT JOIN taken_over t USING (enterprise_id, year)
    LEFT JOIN foreign_meter f USING (enterprise_id, year)
),
told AS (
    SELECT *, list_filter([
        CASE WHEN sites = 1 THEN {{'n': 1, 'zh': '单一场所'}} END,
        CASE WHEN sites > 1 THEN {{'n': 2, 'zh': sites || ' 个场所，按 METHOD 1.6 分配'}} END,
        CASE WHEN registered_in_park AND NOT at_home AND NOT operating_unknown
             THEN {{'n': 3, 'zh': '注册在 ' || registered_place || '，经营在 '
                                 || operating_places}} END,
        CASE WHEN in_park AND NOT at_home AND NOT registered_in_park
                  AND NOT (registered_unknown AND maybe_home)
             THEN {{'n': 4, 'zh': '注册在 ' || registered_place || '，经营在 '
                                 || operating_places}} END,
        CASE WHEN is_moved THEN {{'n': 5, 'zh': '年内迁址，按天计'}} END,
        CASE WHEN ended_zh IS NOT NULL
             THEN {{'n': 6, 'zh': '年内' || ended_zh || '，计至 ' || ended_on}} END,
        CASE WHEN is_merged THEN {{'n': 7, 'zh': '含合并而来的场所，能源随场所'}} END,
        CASE WHEN is_foreign_meter THEN {{'n': 8, 'zh': '计量户为他人，能源属用能场所'}} END
    ], x -> x IS NOT NULL) AS applied
    FROM cased
)
SELECT enterprise_id, year, boundary_class, registered_place AS registered_place_id,
       operating_places AS operating_place_ids,
       CASE WHEN sites > 1 AND operating_count > 1 THEN 'multi_site'
            WHEN registered_unknown AND operating_unknown THEN 'both_unlocated'
            WHEN registered_unknown AND in_park AND NOT maybe_home THEN 'op_not_reg'
            WHEN registered_unknown THEN 'registered_unlocated'
            WHEN operating_unknown THEN 'operating_unlocated'
            WHEN registered_place = operating_places THEN 'same_place'
            WHEN registered_in_park THEN 'reg_not_op'
            ELSE 'op_not_reg' END AS reconciliation_case,
       array_to_string(list_transform(applied, x -> x.n::VARCHAR), ';') AS cases,
       concat_ws('；', array_to_string(list_transform(applied, x -> x.zh), '；'),
           CASE WHEN registered_unknown AND operating_unknown THEN '注册与经营证据均只到区划'
                WHEN registered_unknown THEN '注册证据只到区划 ' || registered_place
                WHEN operating_unknown THEN '经营地点置信度不足'
                WHEN registered_place = operating_places THEN '注册与经营同在一处' END)
           AS reason_zh,
       true AS confidential,
       EXISTS (SELECT 1 FROM core.boundary b WHERE b.illustrative) AS illustrative
FROM told
"""

# Rows of registers by what is known of their two places; one number counts rows.
REGISTERS = """
WITH facts AS (
    SELECT register_id, area, source_row_id,
           true AS records, coded,
           registered_division IS NOT NULL AND operating_division IS NOT NULL AS comparable,
           texts_differ IS NOT NULL AS both_texts, coalesce(texts_differ, false) AS texts_differ,
           coalesce(comparison IN ('within_city', 'within_province'), false) AS coarse,
           coalesce(comparison IN ('same_city', 'same_province', 'other_province'), false)
               AS county_differs,
           coalesce(comparison IN ('same_province', 'other_province'), false) AS city_differs,
           coalesce(comparison = 'other_province', false) AS province_differs,
           coalesce(comparison = 'other_country', false) AS country_differs,
           coalesce(point_differs, false) AS point_differs,
           registered_zone IS NOT NULL AS registered_zone,
           operating_zone IS NOT NULL AS operating_zone,
           registered_park IS NOT NULL AS registered_park,
           operating_park IS NOT NULL AS operating_park
    FROM core.record_comparison
)
SELECT register_id, area, measure, 'record' AS item_kind, source_row_id AS item_id,
       1::DECIMAL(38,6) AS value
FROM (UNPIVOT facts ON COLUMNS(* EXCLUDE (register_id, area, source_row_id))
      INTO NAME measure VALUE holds)
WHERE holds
"""
REGISTER_MARKS = """
SELECT register_id, area, count(*) < 3 AS confidential
FROM core.record_comparison GROUP BY ALL
"""
