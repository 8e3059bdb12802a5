"""Reconciliation of registered and operating places (METHOD 1.5): the SQL of two marts."""

from __future__ import annotations

from assets.inventory.weighing import (
    AT_SITE,
    BOUNDARY_ILLUSTRATIVE,
    TERRITORIAL,
    bounded,
    shared,
)

# Where an enterprise is registered and where its sites of the year operate.
_PLACES = f"""
active AS (
    SELECT DISTINCT enterprise_id, year, site_id FROM core.activity WHERE site_id NOT LIKE 'REST:%'
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
)
"""

PARKS = f"""
WITH {_PLACES},
emitted AS ({TERRITORIAL}),
by_site AS (
    SELECT e.*, a.basis, a.boundary_class, a.place_id,
           {shared("e.co2e_t")} AS point_t, {bounded("e.co2e_t", "weight_high")} AS high_t
    FROM emitted e
    JOIN core.attribution a ON a.site_id = e.site_id AND {AT_SITE.format(year="e.year")}
),
found AS (
    SELECT place_id, year, boundary_class, 'registered_enterprises' AS measure,
           'enterprise' AS item_kind, enterprise_id AS item_id, 1::DECIMAL(38,6) AS value
    FROM registered
    UNION ALL
    SELECT place_id, year, boundary_class, 'operating_enterprises', 'enterprise', enterprise_id, 1
    FROM operating
    UNION ALL
    SELECT place_id, year, boundary_class, 'matched_enterprises', 'enterprise', enterprise_id, 1
    FROM registered JOIN operating USING (enterprise_id, year, boundary_class, place_id)
    UNION ALL
    SELECT r.place_id, r.year, boundary_class, 'reg_not_op_enterprises', 'enterprise',
           r.enterprise_id, 1
    FROM registered r ANTI JOIN operating o USING (enterprise_id, year, boundary_class, place_id)
    UNION ALL
    SELECT o.place_id, o.year, boundary_class, 'op_not_reg_enterprises', 'enterprise',
           o.enterprise_id, 1
    FROM operating o JOIN registered r USING (enterprise_id, year, boundary_class)
    WHERE r.place_id <> o.place_id AND r.place_id NOT LIKE 'UNLOCATED:%'
    UNION ALL
    SELECT place_id, year, boundary_class, 'unlocated_enterprises', 'enterprise', enterprise_id, 1
    FROM possibly_registered
    UNION ALL
    SELECT place_id, year, boundary_class, basis || '_co2e_t', 'line', line_id, point_t
    FROM by_site WHERE point_t <> 0
    UNION ALL
    SELECT place_id, year, boundary_class, 'unlocated_co2e_t', 'line', line_id, high_t - point_t
    FROM by_site WHERE basis = 'registered' AND high_t > point_t
)
SELECT place_id, year, boundary_class, measure, item_kind, item_id, value FROM found
WHERE place_id IN (SELECT park_id FROM core.park)
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
FROM emitted CROSS JOIN classes WHERE site_id NOT LIKE 'REST:%'
UNION ALL
SELECT enterprise_id, year, boundary_class, 'sites', 'site', site_id, 1
FROM active CROSS JOIN classes
"""

# The cases of METHOD 1.5 that these facts can tell apart, in its order.
ENTERPRISE_MARKS = f"""
WITH {_PLACES},
joined AS (
    SELECT enterprise_id, year, boundary_class,
           string_agg(place_id, ';' ORDER BY place_id) AS operating_places,
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
    FROM joined j LEFT JOIN registered r USING (enterprise_id, year, boundary_class)
    JOIN sized s USING (enterprise_id, year)
)
SELECT enterprise_id, year, boundary_class, registered_place AS registered_place_id,
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
