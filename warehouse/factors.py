"""Emission factors of a release: what there is, what one rests on, what differs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from quality.sql_text import sql_text
from warehouse.extensions import connect_locked_down, rows_of


class NoFactor(ValueError):
    """No such factor or set; the message names what there is."""


Row = dict[str, Any]

_LISTED = """
SELECT f.factor_id, f.kind, f.subject, f.use, f.variant, f.gas, f.value, f.canonical_unit,
       f.factor_set, f.area_code, f.year, f.confidence, s.superseded_by,
       (SELECT count(*) FROM ledger.line l WHERE l.factor_id = f.factor_id) AS lines
FROM core.emission_factor f LEFT JOIN accepted.factor_set s USING (factor_set)
"""

_CELLS = """
SELECT s.role, c.file_name AS file, c.part, c.row_number AS "row",
       coalesce(c.header_zh, c.column_zh) AS "column",
       c.raw_text, c.delivery_id AS sha256
FROM audit.item_source s JOIN audit.source_cell c USING (source_row_id, column_zh)
WHERE s.item_kind = 'factor' AND s.item_id = {id} ORDER BY ALL
"""

# Factors of two sets for one fuel, gas and use. A factor of a group of sectors (of an effective
# set) stands beside the one of the fuel at large; measured values beside their own.
_BETWEEN_SETS = """
SELECT a.subject, a.gas, a.use, coalesce(a.variant, b.variant) AS variant, a.canonical_unit,
       a.value AS first, b.value AS second,
       round((b.value / a.value - 1) * 100, 3) AS difference_pct,
       a.confidence AS first_confidence, b.confidence AS second_confidence
FROM core.emission_factor a
JOIN core.emission_factor b USING (subject, gas, use, canonical_unit)
WHERE a.factor_set = {first} AND b.factor_set = {second}
  AND (a.kind = b.kind AND a.variant IS NOT DISTINCT FROM b.variant
       OR a.kind = 'effective' AND b.kind = 'fuel' AND b.variant IS NULL
       OR b.kind = 'effective' AND a.kind = 'fuel' AND a.variant IS NULL)
  AND a.area_code IS NOT DISTINCT FROM b.area_code
ORDER BY abs(difference_pct) DESC NULLS LAST, a.subject, a.gas, a.use,
         variant
"""


def list_factors(path: Path, wanted: dict[str, str]) -> list[Row]:
    """Factors with the lines that use them; `wanted` are columns and their values."""
    tests = " AND ".join(
        f"CAST(f.{name} AS VARCHAR) = {sql_text(value)}" for name, value in wanted.items()
    )
    with connect_locked_down(path) as connection:
        return rows_of(
            connection, f"{_LISTED} WHERE {tests or 'true'} ORDER BY f.kind, f.subject, f.factor_id"
        )


def show_factor(path: Path, factor_id: str) -> Row:
    """One factor: value, derivation, set, confidence, cells it rests on, profiles that use it.

    Raises NoFactor naming the nearest ids.
    """
    name = sql_text(factor_id)
    with connect_locked_down(path) as connection:
        found = rows_of(connection, f"SELECT * FROM core.emission_factor WHERE factor_id = {name}")
        if not found:
            near = rows_of(
                connection,
                "SELECT factor_id FROM core.emission_factor "
                f"ORDER BY levenshtein(factor_id, {name}) LIMIT 5",
            )
            raise NoFactor(
                f"{factor_id}: no such factor; nearest: {', '.join(r['factor_id'] for r in near)}"
            )
        row = found[0]
        row["set"] = next(
            iter(
                rows_of(
                    connection,
                    "SELECT * FROM accepted.factor_set "
                    f"WHERE factor_set = {sql_text(row['factor_set'])}",
                )
            ),
            None,
        )
        row["used"] = rows_of(
            connection,
            "SELECT profiles, year, count(*) AS lines, sum(mass_t) AS mass_t FROM ledger.line "
            f"WHERE factor_id = {name} GROUP BY ALL ORDER BY ALL",
        )
        row["cells"] = rows_of(connection, _CELLS.format(id=name))
    return row


def compare_sets(path: Path, first: str, second: str) -> list[Row]:
    """Factors that two sets both have, largest difference first. Raises NoFactor for a set that
    the release has no factor of."""
    with connect_locked_down(path) as connection:
        known = {
            row["factor_set"]
            for row in rows_of(connection, "SELECT DISTINCT factor_set FROM core.emission_factor")
        }
        for name in (first, second):
            if name not in known:
                raise NoFactor(f"{name}: no such set; expected one of {', '.join(sorted(known))}")
        return rows_of(
            connection, _BETWEEN_SETS.format(first=sql_text(first), second=sql_text(second))
        )


def compare_releases(older: Path, newer: Path) -> list[Row]:
    """Factors added, removed or changed between two releases, most used first.

    `lines` are those of the newer release, of the older one for a factor that is gone.
    """
    was, now = ({row["factor_id"]: row for row in list_factors(p, {})} for p in (older, newer))
    found = []
    for name in sorted(was.keys() | now.keys()):
        before, after = was.get(name), now.get(name)
        first, second = (row and row["value"] for row in (before, after))
        if first == second:
            continue
        found.append(
            {
                "factor_id": name,
                "change": "added" if before is None else "removed" if after is None else "changed",
                "first": first,
                "second": second,
                "difference_pct": round(float((second / first - 1) * 100), 3)
                if first and second is not None
                else None,
                "lines": (after or before or {})["lines"],
            }
        )
    return sorted(found, key=lambda row: -row["lines"])
