"""Attribution of sites to places from their claims (METHOD 1.4), on both bases."""

from __future__ import annotations

import polars as pl

from quality.contracts.core import Attribution
from warehouse.sql import run_sql

_ATTRIBUTION = """
WITH document_claims AS (
    -- Evidence of one document counts once, with its maximum.
    SELECT site_id, basis, place_id, document, max(weight)::DOUBLE AS weight
    FROM core.location_claim GROUP BY ALL
),
scores AS (
    -- S_p = 1 - prod(1 - w)
    SELECT site_id, basis, place_id,
           round(1 - product(1 - weight), 6)::DECIMAL(38,6) AS score
    FROM document_claims
    WHERE place_id NOT LIKE 'DIVISION:%'
    GROUP BY ALL
),
best AS (
    -- c = S_max * S_max / sum(S); ties go to the place that sorts first
    SELECT site_id, basis,
           arg_min(place_id, (-score, place_id)) AS best_place,
           round(max(score)::DOUBLE * max(score)::DOUBLE / nullif(sum(score)::DOUBLE, 0), 6)
               ::DECIMAL(38,6) AS confidence
    FROM scores GROUP BY ALL
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
    SELECT s.site_id, s.province_code, b.basis, s.kind,
           coalesce(best.best_place, '') AS best_place,
           coalesce(best.confidence, 0)::DECIMAL(38,6) AS confidence,
           CASE WHEN s.kind = 'rest' THEN 'A'
                WHEN best.confidence >= 0.8 THEN 'A'
                WHEN best.confidence >= 0.5 THEN 'B' ELSE 'C' END AS location_class,
           coalesce(d.division_code, s.province_code, '000000') AS division_code
    FROM core.site s
    CROSS JOIN (VALUES ('registered'), ('operating')) b(basis)
    LEFT JOIN best ON best.site_id = s.site_id AND best.basis = b.basis
    LEFT JOIN divisions d ON d.site_id = s.site_id AND d.basis = b.basis
),
chosen AS (
    SELECT site_id, basis,
           CASE WHEN kind = 'rest' THEN site_id
                WHEN location_class = 'C' THEN 'UNLOCATED:' || division_code
                ELSE best_place END AS place_id,
           1::DECIMAL(38,6) AS weight_point,
           (location_class = 'A')::INTEGER::DECIMAL(38,6) AS weight_low,
           1::DECIMAL(38,6) AS weight_high,
           confidence, location_class,
           CASE WHEN kind = 'rest' THEN '控制总量中未落位的部分'
                WHEN location_class = 'C' AND best_place = '' THEN '证据只到区划，不能落到园区'
                WHEN location_class = 'C' THEN '置信度低于 0.5：未落位'
                WHEN location_class = 'B' THEN '置信度 0.5–0.8：采用并标记'
                ELSE '置信度不低于 0.8' END AS reason_zh
    FROM decided
),
candidate_places AS (
    -- A site that is not located in class A may lie in any park its evidence names ...
    SELECT d.site_id, d.basis, s.place_id
    FROM decided d JOIN scores s USING (site_id, basis)
    WHERE d.location_class <> 'A' AND d.kind <> 'rest' AND s.place_id NOT LIKE 'OUTSIDE:%'
      AND (d.location_class = 'C' OR s.place_id <> d.best_place)
    UNION
    -- ... and, where the evidence names only a division, in any park of that division.
    SELECT d.site_id, d.basis, p.park_id
    FROM decided d
    JOIN core.park p
      ON starts_with(p.division_code, regexp_replace(d.division_code, '(0000|00)$', ''))
    WHERE d.location_class = 'C' AND d.kind <> 'rest' AND d.best_place = ''
),
candidates AS (
    SELECT site_id, basis, place_id,
           0::DECIMAL(38,6) AS weight_point, 0::DECIMAL(38,6) AS weight_low,
           1::DECIMAL(38,6) AS weight_high,
           d.confidence, d.location_class, '未确定，可能在此' AS reason_zh
    FROM candidate_places JOIN decided d USING (site_id, basis)
),
places AS (SELECT * FROM chosen UNION ALL BY NAME SELECT * FROM candidates)
SELECT p.*, coalesce(s.score, 0)::DECIMAL(38,6) AS score, '{boundary_class}' AS boundary_class
FROM places p LEFT JOIN scores s USING (site_id, basis, place_id)
"""


def attribution(
    sites: pl.DataFrame, claims: pl.DataFrame, parks: pl.DataFrame, boundary_class: str
) -> pl.DataFrame:
    """`core.attribution`: the place of each site on each basis, with its candidates.

    Place = argmax S, confidence c, class A (c >= 0.8), B (>= 0.5), else UNLOCATED of the
    smallest known division (METHOD 1.4, 1.5, G33). The lower bound counts class A only,
    the upper bound everything that may lie in the place. Point weights of a site sum to 1.
    """
    if not boundary_class.isidentifier():
        raise ValueError(f"{boundary_class}: not a boundary class")
    statement = _ATTRIBUTION.replace("{boundary_class}", boundary_class)
    frame = run_sql(
        statement,
        {"core.site": sites, "core.location_claim": claims, "core.park": parks},
    )
    return Attribution.conform(frame)
