"""Marts of the comparison, as sums of contributions (see `assets.inventory.marts`).

Items: `published` is a cell of an inventory, `control` a part of what a book gives a sector.
"""

from __future__ import annotations

from assets.inventory.ceads.names import PROCESS
from assets.inventory.marts import Mart
from quality.contracts.ceads import CeadsComparison, CeadsTotal

_SIDES = f"""
WITH ours AS (
    SELECT p.province_en, p.year, p.book_sector, p.book_fuel, p.part,
           'control' AS item_kind, p.part_id AS item_id, p.emission_t AS value
    FROM core.ceads_part p
    JOIN core.ceads_cell c USING (province_en, year, book_sector, book_fuel)
    WHERE p.emission_t IS NOT NULL
),
theirs AS (
    SELECT province_en, year, book_sector, book_fuel,
           'published' AS item_kind, cell_id AS item_id, published_t AS value
    FROM core.ceads_cell WHERE published_t IS NOT NULL AND book_fuel <> '{PROCESS}'
)
"""


def _both(keys: str) -> str:
    return f"""{_SIDES}
SELECT {keys}, 'published_t' AS measure, item_kind, item_id, value FROM theirs
UNION ALL SELECT {keys}, 'recomputed_t', item_kind, item_id, value FROM ours
UNION ALL SELECT {keys}, 'difference_t', item_kind, item_id, value FROM ours
UNION ALL SELECT {keys}, 'difference_t', item_kind, item_id, -value FROM theirs
"""


_CELL_KEYS = "province_en, year, book_sector, book_fuel"
_TOTAL_KEYS = "province_en, year"

MARTS: tuple[Mart, ...] = (
    Mart(
        CeadsComparison,
        _both(_CELL_KEYS),
        f"""
SELECT {_CELL_KEYS}, quantity, canonical_unit, factor_id, confidence, floored, within_0_1_pct,
       reason
FROM core.ceads_cell WHERE book_fuel <> '{PROCESS}'
""",
    ),
    Mart(
        CeadsTotal,
        f"""{_both(_TOTAL_KEYS)}
UNION ALL SELECT {_TOTAL_KEYS}, 'final_t', item_kind, item_id, value FROM ours
WHERE part = 'final'
UNION ALL SELECT {_TOTAL_KEYS}, 'process_t', 'published', cell_id, published_t
FROM core.ceads_cell WHERE book_fuel = '{PROCESS}'
""",
        f"""
SELECT {_TOTAL_KEYS}, count(*) AS cells, count(*) FILTER (within_0_1_pct) AS cells_within,
       count(*) FILTER (floored) AS floored_cells,
       coalesce(abs(sum(recomputed_t) - sum(published_t)) <= 0.002 * sum(published_t), false)
           AS within_0_2_pct,
       string_agg(DISTINCT reason, ';' ORDER BY reason) AS reasons,
       max(confidence) AS confidence
FROM core.ceads_cell WHERE book_fuel <> '{PROCESS}' GROUP BY ALL
""",
    ),
)
