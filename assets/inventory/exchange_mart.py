"""Exchange between places (METHOD 3): every flow once, from one place to another."""

from __future__ import annotations

from assets.inventory.weighing import AT_SITE, BOUNDARY_ILLUSTRATIVE, shared

# Where an enterprise mainly operates, for the other end of a supply.
_FLOWS = f"""
placed AS (
    SELECT site_id, boundary_class, place_id, share_from, share_to, weight_point,
           year_from, year_to, series
    FROM core.attribution WHERE basis = 'operating' AND weight_point > 0
),
seats AS (
    SELECT act.enterprise_id, act.year, a.boundary_class,
           arg_max(a.place_id, (a.weight_point, act.quantity, a.place_id)) AS place_id
    FROM core.activity act
    JOIN placed a ON a.site_id = act.site_id AND {AT_SITE.format(year="act.year")}
    GROUP BY ALL
),
ends AS (
    SELECT act.activity_id, act.year, act.enterprise_id, act.site_id, act.quantity, act.flow,
           act.illustrative,
           CASE WHEN act.flow LIKE '%heat' THEN 'heat' ELSE 'electricity' END AS carrier,
           coalesce(x.ef_kind, CASE WHEN act.flow LIKE 'exported%' THEN 'plant'
                                    WHEN act.flow LIKE '%heat' THEN 'default'
                                    ELSE 'grid' END) AS ef_kind,
           p.counterpart_enterprise_id,
           act.flow LIKE 'exported%' OR act.flow LIKE 'resold%' AS leaves,
           act.flow LIKE 'received%' OR act.flow = 'direct_exported'
               OR act.carrier = 'process' AS by_mass
    FROM core.activity act
    LEFT JOIN core.exchange_part p USING (activity_id)
    LEFT JOIN core.exchange x USING (exchange_id)
    WHERE act.flow IN (
        'purchased_electricity', 'purchased_electricity_green', 'nonfossil_electricity',
        'nonfossil_heat', 'supplied_electricity', 'purchased_heat', 'supplied_heat',
        'received_electricity', 'received_heat', 'exported_electricity', 'exported_heat',
        'resold_electricity', 'resold_heat')
),
flows AS (
    SELECT e.*, a.boundary_class, a.place_id, a.share_from, a.share_to,
           coalesce(s.place_id, CASE e.carrier WHEN 'heat' THEN 'OUTSIDE' ELSE 'GRID' END)
               AS other_place
    FROM ends e
    JOIN placed a ON a.site_id = e.site_id AND {AT_SITE.format(year="e.year")}
    LEFT JOIN seats s
      ON s.enterprise_id = e.counterpart_enterprise_id AND s.year = e.year
     AND s.boundary_class = a.boundary_class
),
-- By the kilowatt-hour and gigajoule; the masses of fuel at receivers are CO2, below.
quantities AS (
    SELECT year, boundary_class, CASE WHEN leaves THEN place_id ELSE other_place END AS from_place,
           CASE WHEN leaves THEN other_place ELSE place_id END AS to_place,
           carrier, ef_kind, activity_id, illustrative, {shared("a.quantity")} AS quantity
    FROM flows a WHERE NOT by_mass
    UNION ALL
    -- What goes to a known receiver does not go to the grid.
    SELECT year, boundary_class, other_place, CASE carrier WHEN 'heat' THEN 'OUTSIDE'
           ELSE 'GRID' END, carrier, 'plant', activity_id, illustrative,
           -{shared("a.quantity")}
    FROM flows a
    WHERE NOT leaves AND NOT by_mass AND counterpart_enterprise_id IS NOT NULL
      AND ef_kind IN ('plant', 'contract')
),
masses AS (
    SELECT a.year, a.boundary_class, a.other_place AS from_place, a.place_id AS to_place,
           a.carrier, a.ef_kind, l.line_id, {shared("l.mass_t")} AS co2_t
    FROM flows a
    JOIN ledger.line l USING (activity_id)
    WHERE l.gas = 'CO2' AND NOT a.leaves
      AND list_contains(string_split(l.profiles, ';'), '{{profile}}')
      AND l.flow <> 'purchased_electricity_market'
)
"""

_KEYS = "year, boundary_class, from_place, to_place, carrier, ef_kind"

EXCHANGES = f"""
WITH {_FLOWS}
SELECT {_KEYS}, 'quantity' AS measure, 'activity' AS item_kind, activity_id AS item_id,
       quantity AS value
FROM quantities
UNION ALL
SELECT {_KEYS}, 'co2_t', 'line', line_id, co2_t FROM masses
"""
EXCHANGE_MARKS = f"""
WITH {_FLOWS}, members AS (
    SELECT {_KEYS}, to_place AS place_id, illustrative FROM quantities
    UNION ALL
    SELECT {_KEYS}, to_place, false FROM masses
)
SELECT {_KEYS}, CASE carrier WHEN 'heat' THEN 'GJ' ELSE 'kWh' END AS canonical_unit,
       true AS confidential, bool_or(illustrative OR {BOUNDARY_ILLUSTRATIVE}) AS illustrative
FROM members GROUP BY ALL
"""
