"""Attribution of sites to places from their claims (METHOD 1.4), on both bases."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from assets.enterprises.coordinates import ancestors
from assets.enterprises.periods import in_years
from quality.contracts.boundaries import FIRST_DAY, LAST_DAY
from quality.contracts.core import WHOLE_SERIES, Attribution
from warehouse.sql import run_sql

# One decision: a site on a basis, in a class and series, for a period, at a level of nesting.
_KEY = "site_id, basis, boundary_class, series, valid_from, level"

BY_CHANCE_ZH = "名义边界：按落入概率计"

_ATTRIBUTION = f"""
WITH axes AS (
    SELECT s.site_id, s.province_code, s.kind, b.basis, c.boundary_class, x.series
    FROM core.site s
    CROSS JOIN (VALUES ('registered'), ('operating')) b(basis)
    CROSS JOIN classes c CROSS JOIN series x
),
by_boundary AS (
    SELECT DISTINCT site_id, basis, boundary_class, series, valid_from, valid_to
    FROM core.location_claim WHERE boundary_class IS NOT NULL
),
-- Where no boundary speaks, what is said in words may change: an office that moved.
turns AS (
    SELECT site_id, basis, unnest([DATE '{FIRST_DAY}', valid_from, valid_to + 1]) AS day
    FROM core.location_claim c
    WHERE boundary_class IS NULL AND (valid_from IS NOT NULL OR valid_to IS NOT NULL)
      AND NOT EXISTS (SELECT 1 FROM by_boundary b
                      WHERE b.site_id = c.site_id AND b.basis = c.basis)
),
by_words AS (
    SELECT site_id, basis, day AS valid_from,
           coalesce((lead(day) OVER (PARTITION BY site_id, basis ORDER BY day)) - 1,
                    DATE '{LAST_DAY}') AS valid_to
    FROM (SELECT DISTINCT site_id, basis, day FROM turns WHERE day IS NOT NULL)
),
periods AS (
    FROM by_boundary
    UNION ALL BY NAME
    SELECT w.*, c.boundary_class, 'actual' AS series FROM by_words w CROSS JOIN classes c
),
decisions AS (
    SELECT a.*, coalesce(p.valid_from, DATE '{FIRST_DAY}') AS valid_from,
           coalesce(p.valid_to, DATE '{LAST_DAY}') AS valid_to
    FROM axes a LEFT JOIN periods p USING (site_id, basis, boundary_class, series)
),
spoken AS (
    -- A claim that rests on no boundary speaks in every class, series and period.
    SELECT d.site_id, d.basis, d.boundary_class, d.series, d.valid_from,
           c.level AS said_at, c.place_id, c.document, c.evidence_id, c.weight, c.probability,
           c.area_share
    FROM decisions d JOIN core.location_claim c
      ON c.site_id = d.site_id AND c.basis = d.basis
     AND CASE WHEN c.boundary_class IS NOT NULL
              THEN c.boundary_class = d.boundary_class AND c.series = d.series
                   AND c.valid_from = d.valid_from
              -- In the constant series what holds today is said of all years.
              WHEN d.series = 'constant' THEN coalesce(c.valid_to >= DATE '{LAST_DAY}', true)
              ELSE coalesce(c.valid_from <= d.valid_from, true)
                   AND coalesce(c.valid_to >= d.valid_to, true) END
),
claims AS (
    -- Whoever is in a park in a park is in the outer one (B4): each level decides by itself.
    SELECT s.* EXCLUDE (said_at, place_id), coalesce(a.level, said_at) AS level,
           coalesce(a.ancestor_id, place_id) AS place_id
    FROM spoken s LEFT JOIN ancestors a ON a.park_id = s.place_id
),
document_claims AS (
    -- Evidence of one document counts once, with its maximum.
    SELECT {_KEY}, place_id, document, max(weight)::DOUBLE AS weight
    FROM claims GROUP BY ALL
),
scores AS (
    -- S_p = 1 - prod(1 - w)
    SELECT {_KEY}, place_id, round(1 - product(1 - weight), 6)::DECIMAL(38,6) AS score
    FROM document_claims
    WHERE place_id NOT LIKE 'DIVISION:%'
    GROUP BY ALL
),
best AS (
    -- c = S_max * S_max / sum(S); ties go to the place that sorts first
    SELECT {_KEY}, arg_min(place_id, (-score, place_id)) AS best_place,
           round(max(score)::DOUBLE * max(score)::DOUBLE / nullif(sum(score)::DOUBLE, 0), 6)
               ::DECIMAL(38,6) AS confidence
    FROM scores GROUP BY ALL
),
divided AS (
    -- B6: a site on the line is in each place by the share of its ground.
    SELECT {_KEY}, list(place_id ORDER BY place_id) AS places,
           list(part ORDER BY place_id) AS parts, '厂界跨边界：按面积比例（B6）' AS why
    FROM (SELECT {_KEY}, place_id, max(probability)::DOUBLE AS part
          FROM claims WHERE area_share IS NOT NULL GROUP BY ALL)
    GROUP BY ALL HAVING count(*) > 1
    UNION ALL
    -- B5: a point more likely in than out of two drawn parks that are no kin lies on ground
    -- that both claim. It is split between them until that is settled.
    SELECT {_KEY}, list(DISTINCT place_id ORDER BY place_id) AS places,
           list_transform(places, lambda place: 1.0::DOUBLE) AS parts,
           '地块重叠：平分，待确认（B5）' AS why
    FROM claims
    WHERE evidence_id = 'permit_point_in_polygon' AND probability > 0.5 AND area_share IS NULL
      AND boundary_class <> 'nominal' AND place_id NOT LIKE 'OUTSIDE:%'
    GROUP BY ALL HAVING count(DISTINCT place_id) > 1
    UNION ALL
    -- A nominal disc says how likely it is to hold a point (METHOD 1.1). A plant of which
    -- nothing else is known is shared out by that (METHOD 4.3: located capacity); where discs
    -- overlap so that the chances are above 1, in proportion.
    SELECT {_KEY}, list(place_id ORDER BY place_id) AS places,
           list(part ORDER BY place_id) AS parts, '{BY_CHANCE_ZH}' AS why
    FROM (SELECT {_KEY}, place_id, max(probability)::DOUBLE AS part,
                 bool_and(bool_and(evidence_id = 'permit_point_in_polygon'))
                     OVER (PARTITION BY {_KEY}) AS point_only
          FROM claims
          WHERE boundary_class = 'nominal' AND place_id NOT LIKE 'DIVISION:%'
            AND site_id IN (SELECT site_id FROM core.site
                            WHERE kind IN ('coal_unit', 'gas_plant'))
          GROUP BY {_KEY}, place_id)
    WHERE point_only AND part > 0
    GROUP BY ALL HAVING count(*) > 1
),
division_claims AS (
    SELECT site_id, basis, substr(place_id, 10) AS code, weight,
           first_value(left(substr(place_id, 10), 2)) OVER (
               PARTITION BY site_id, basis ORDER BY weight DESC, place_id) AS province
    FROM core.location_claim WHERE place_id LIKE 'DIVISION:%'
),
divisions AS (
    -- The smallest division within the province that the strongest evidence names.
    SELECT site_id, basis,
           arg_max(code, (left(code, 2) = province, length(rtrim(code, '0')), weight, code))
           AS division_code
    FROM division_claims GROUP BY ALL
),
decided AS (
    SELECT d.* EXCLUDE (province_code), l.level,
           coalesce(best.best_place, '') AS best_place,
           coalesce(best.confidence, 0)::DECIMAL(38,6) AS confidence,
           divided.places AS divided_places, divided.parts, divided.why,
           CASE WHEN d.kind IN ('rest', 'park') THEN 'A'
                WHEN divided.why LIKE '%B6%' THEN 'A'
                WHEN divided.places IS NOT NULL AND divided.why <> '{BY_CHANCE_ZH}' THEN 'B'
                WHEN best.confidence >= 0.8 THEN 'A'
                WHEN best.confidence >= 0.5 OR divided.places IS NOT NULL THEN 'B'
                ELSE 'C' END AS location_class,
           coalesce(v.division_code, d.province_code, '000000') AS division_code
    FROM decisions d
    CROSS JOIN (SELECT DISTINCT level FROM ancestors UNION SELECT 0) l
    LEFT JOIN best USING ({_KEY})
    LEFT JOIN divided USING ({_KEY})
    LEFT JOIN divisions v ON v.site_id = d.site_id AND v.basis = d.basis
    -- Below the outermost level only what a claim names is decided.
    WHERE l.level = 0 OR best.best_place IS NOT NULL
),
chosen AS (
    SELECT {_KEY}, valid_to,
           CASE WHEN kind = 'rest' THEN site_id
                WHEN location_class = 'C' THEN 'UNLOCATED:' || division_code
                ELSE best_place END AS place_id,
           1::DECIMAL(38,6) AS weight_point,
           (location_class = 'A')::INTEGER::DECIMAL(38,6) AS weight_low,
           1::DECIMAL(38,6) AS weight_high,
           confidence, location_class,
           CASE WHEN kind = 'rest' THEN '控制总量中未落位的部分'
                WHEN kind = 'park' THEN '控制总量按权重分到园区整体的部分'
                WHEN location_class = 'C' AND best_place = '' THEN '证据只到区划，不能落到园区'
                WHEN location_class = 'C' THEN '置信度低于 0.5：未落位'
                WHEN location_class = 'B' THEN '置信度 0.5–0.8：采用并标记'
                ELSE '置信度不低于 0.8' END AS reason_zh
    FROM decided WHERE divided_places IS NULL
    UNION ALL BY NAME
    SELECT {_KEY}, valid_to, place_id,
           -- In millionths; those that rounding leaves over go to the first place.
           ((micro + CASE WHEN place_number = 1 THEN 1000000 - all_micro ELSE 0 END)
               * 0.000001::DECIMAL(18,6))::DECIMAL(38,6) AS weight_point,
           -- What is shared out by chance is in one of the places as a whole.
           CASE WHEN location_class <> 'A' OR why = '{BY_CHANCE_ZH}' AND place_id <> best_place
                THEN 0 ELSE weight_point END::DECIMAL(38,6) AS weight_low,
           CASE WHEN location_class <> 'A' OR why = '{BY_CHANCE_ZH}'
                THEN 1 ELSE weight_point END::DECIMAL(38,6) AS weight_high,
           confidence, location_class, why AS reason_zh
    FROM (SELECT *, floor(1000000 * part / list_sum(parts))::BIGINT AS micro,
                 sum(floor(1000000 * part / list_sum(parts))::BIGINT)
                     OVER (PARTITION BY {_KEY})::BIGINT AS all_micro
          FROM (SELECT *, unnest(divided_places) AS place_id, unnest(parts) AS part,
                       generate_subscripts(divided_places, 1) AS place_number
                FROM decided WHERE divided_places IS NOT NULL))
),
candidate_places AS (
    -- A site that is not located in class A may lie in any park its evidence names ...
    SELECT {_KEY}, s.place_id
    FROM decided d JOIN scores s USING ({_KEY})
    WHERE d.location_class <> 'A' AND d.kind <> 'rest' AND s.place_id NOT LIKE 'OUTSIDE:%'
      AND NOT coalesce(list_contains(d.divided_places, s.place_id), false)
      AND (d.location_class = 'C' OR s.place_id <> d.best_place)
    UNION
    -- ... and, where the evidence names only a division, in any park of that division.
    SELECT {_KEY}, p.park_id
    FROM decided d
    JOIN (SELECT park_id, division_code FROM core.park) p
      ON starts_with(p.division_code, regexp_replace(d.division_code, '(0000|00)$', ''))
    WHERE d.location_class = 'C' AND d.kind <> 'rest' AND d.best_place = '' AND d.level = 0
      -- Where a plant stands does not say where its owner is registered: anywhere.
      AND d.kind NOT IN ('coal_unit', 'gas_plant')
),
candidates AS (
    SELECT {_KEY}, d.valid_to, c.place_id,
           0::DECIMAL(38,6) AS weight_point, 0::DECIMAL(38,6) AS weight_low,
           1::DECIMAL(38,6) AS weight_high,
           d.confidence, d.location_class, '未确定，可能在此' AS reason_zh
    FROM candidate_places c JOIN decided d USING ({_KEY})
),
places AS (SELECT * FROM chosen UNION ALL BY NAME SELECT * FROM candidates)
SELECT p.*, coalesce(s.score, 0)::DECIMAL(38,6) AS score
FROM places p LEFT JOIN scores s USING ({_KEY}, place_id)
-- Elsewhere and nowhere are said once, at the outermost level.
WHERE p.level = 0 OR p.place_id IN (SELECT park_id FROM core.park)
"""


def attribution(
    sites: pl.DataFrame, claims: pl.DataFrame, parks: pl.DataFrame, classes: Sequence[str]
) -> pl.DataFrame:
    """`core.attribution`: the place of each site on each basis, with its candidates.

    Place = argmax S, confidence c, class A (c >= 0.8), B (>= 0.5), else UNLOCATED of the
    smallest known division (METHOD 1.4, 1.5, G33). A plant of which only the point is known is in
    nominal discs by its chance to be there, and outside by the remainder (METHOD 1.1). The lower
    bound counts class A only, the upper bound everything that may lie in the place. Decided for
    each boundary class and series, and for each period in which the versions stay the same; in a
    year that a period ends in, weights are shares of days (B2). Over places that count in totals
    the point weights of a site sum to 1 in each year; a park in a park has its sites beside them
    (B4).
    """
    frame = run_sql(
        _ATTRIBUTION,
        {
            "core.site": sites,
            "core.location_claim": claims,
            "core.park": parks,
            "classes": pl.DataFrame(
                {"boundary_class": classes}, schema={"boundary_class": pl.String}
            ),
            "series": pl.DataFrame({"series": WHOLE_SERIES}),
            "ancestors": ancestors(parks),
        },
    )
    return Attribution.conform(in_years(frame))
