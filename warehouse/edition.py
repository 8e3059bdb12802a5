"""The public edition: one number a place, without what identifies an enterprise (统计法; METHOD 5).

One series of park totals, since two of them side by side (views, bases, profiles) give the
difference between them away. A place with fewer than three enterprises, or with one above 85 %
of it, is not shown; what such places of a province have together stands in one row, which is
itself no smaller: further places, the smallest first, join it until that holds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from quality.sql_text import sql_text
from warehouse.extensions import connect_locked_down, rows_of

FEWEST = 3
LARGEST_SHARE = Decimal("0.85")
SUPPRESSED = "SUPPRESSED:"
COLUMNS: tuple[str, ...] = (
    "place_id",
    "name_zh",
    "province_code",
    "year",
    "co2e_t",
    "co2e_low_t",
    "co2e_high_t",
    "places",
    "worst_tier",
    "worst_confidence",
    "placed_share",
    "illustrative",
)

# A park inside another is in its number already, and would give away what is around it.
_ROWS = """
SELECT t.place_id, p.name_zh,
       coalesce(p.province_code, substr(split_part(t.place_id, ':', 2), 1, 2) || '0000')
           AS province_code,
       t.year, t.co2e_t, t.co2e_low_t, t.co2e_high_t, 1 AS places, t.worst_tier,
       t.worst_confidence, t.placed_share, t.illustrative
FROM mart.park_total t LEFT JOIN core.park p ON p.park_id = t.place_id
WHERE {series} AND coalesce(p.counts_in_total, true)
ORDER BY t.place_id, t.year
"""

# What each enterprise has in a measure. The rest of a province, and what falls to a park as a
# whole, is statistics and identifies nobody.
_PARTS = """
SELECT c.place_id, c.year, c.measure, act.enterprise_id, sum(c.value) AS value
FROM audit.contribution_park_total c
JOIN ledger.line l ON l.line_id = c.item_id
JOIN core.activity act USING (activity_id)
WHERE {series} AND c.item_kind = 'line'
  AND act.enterprise_id NOT LIKE 'REST:%' AND act.enterprise_id NOT LIKE 'PARK:%'
GROUP BY ALL HAVING sum(c.value) <> 0
"""

_Parts = dict[str, dict[str, Decimal]]  # measure to enterprise to value


@dataclass(frozen=True)
class Series:
    """The one series of an edition: its axes but place and year."""

    view: str = "territorial"
    profile: str = "CN-GHG"
    basis: str = "operating"
    boundary_class: str = "nominal"

    def condition(self, table: str) -> str:
        named = vars(self).items()
        return " AND ".join(f"{table}.{name} = {sql_text(value)}" for name, value in named)


@dataclass
class Edition:
    """Rows of the edition (`COLUMNS`), and how many places are not shown."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    suppressed: int = 0


def edition(path: Path, series: Series) -> Edition:
    """The public edition of a release. Raises ValueError for a series without a number."""
    with connect_locked_down(path) as connection:
        rows = rows_of(connection, _ROWS.format(series=series.condition("t")))
        parts: dict[tuple[str, int], _Parts] = defaultdict(lambda: defaultdict(dict))
        for part in rows_of(connection, _PARTS.format(series=series.condition("c"))):
            values = parts[part["place_id"], part["year"]][part["measure"]]
            values[part["enterprise_id"]] = part["value"]
    if not rows:
        raise ValueError(
            f"{', '.join(vars(series).values())}: no such series; expected the axes of a row of "
            "mart.park_total"
        )
    made = Edition()
    provinces: dict[tuple[str, int], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        provinces[row["province_code"], row["year"]].append(row)
    for (province, year), places in sorted(provinces.items()):
        of_place = {row["place_id"]: parts[row["place_id"], year] for row in places}
        hidden = suppressed(of_place, {row["place_id"]: _size(row) for row in places})
        made.suppressed += len(hidden)
        made.rows += [row for row in places if row["place_id"] not in hidden]
        if hidden:
            gone = [row for row in places if row["place_id"] in hidden]
            shown = safe(_together(of_place[place] for place in hidden))
            made.rows.append(_joined(province, year, gone, shown=shown))
    return made


def safe(parts: _Parts) -> bool:
    """Whether no measure is of one or two enterprises, nor of one almost alone."""
    for values in parts.values():
        sizes = [abs(value) for value in values.values()]
        if 0 < len(sizes) < FEWEST or (sizes and max(sizes) > LARGEST_SHARE * sum(sizes)):
            return False
    return True


def suppressed(parts: dict[str, _Parts], sizes: dict[str, Decimal]) -> set[str]:
    """Places of one province and year that are not shown, by themselves or with others."""
    hidden = {place for place, of_place in parts.items() if not safe(of_place)}
    others = sorted(
        (place for place in parts if place not in hidden and parts[place]),
        key=lambda place: (sizes[place], place),
    )
    while hidden and others and not safe(_together(parts[place] for place in hidden)):
        hidden.add(others.pop(0))
    return hidden


def _together(places: Iterable[_Parts]) -> _Parts:
    joined: _Parts = defaultdict(lambda: defaultdict(Decimal))
    for of_place in places:
        for measure, values in of_place.items():
            for enterprise, value in values.items():
                joined[measure][enterprise] += value
    return joined


def _size(row: dict[str, Any]) -> Decimal:
    measures: list[Decimal | None] = [row[name] for name in ("co2e_t", "co2e_low_t", "co2e_high_t")]
    return max(abs(value) for value in measures if value is not None)


def _joined(province: str, year: int, rows: list[dict[str, Any]], *, shown: bool) -> dict[str, Any]:
    """What is not shown of a province in one row; no number where that would identify, too.

    Upper bounds of several places are not added: they may hold the same site.
    """
    points = [row["co2e_t"] for row in rows]
    whole = shown and all(point is not None for point in points)
    return {
        "place_id": f"{SUPPRESSED}{province}",
        "name_zh": None,
        "province_code": province,
        "year": year,
        "co2e_t": sum(points) if whole else None,
        "co2e_low_t": sum(row["co2e_low_t"] for row in rows) if shown else None,
        "co2e_high_t": None,
        "places": len(rows),
        "worst_tier": max(row["worst_tier"] for row in rows),
        "worst_confidence": None,
        "placed_share": rows[0]["placed_share"],
        "illustrative": any(row["illustrative"] for row in rows),
    }
