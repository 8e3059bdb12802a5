"""Sums over parks: only what may be added is added (METHOD 3)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from warehouse.extensions import connect_locked_down


class NotAdditive(ValueError):
    """The sum asked for would count something twice; the message names the one that does not."""


@dataclass(frozen=True)
class Total:
    """A sum over the parks that count in totals, its range, and why it may be formed."""

    year: int
    view: str
    profile: str
    basis: str
    boundary_class: str
    gwp_set: str
    parks: int
    withheld: int
    co2e_t: Decimal | None
    co2e_low_t: Decimal
    co2e_high_t: Decimal
    activity_scope: str
    placed_share: Decimal | None
    additivity: str
    reason_zh: str

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


_ADDITIVITY = "SELECT additivity, use_instead, reason_zh FROM accepted.additivity WHERE view = ?"

# Supplies of which the receiver says that they are green: both ends of an exchange no longer
# count by one factor.
_GREEN = """
SELECT count(*) FROM core.activity
WHERE year = ?
  AND flow IN ('purchased_electricity_green', 'nonfossil_electricity', 'nonfossil_heat')
"""

_TOTAL = """
SELECT t.gwp_set, count(*), count(*) FILTER (t.co2e_t IS NULL), sum(t.co2e_t),
       coalesce(sum(t.co2e_low_t), 0), coalesce(sum(t.co2e_high_t), 0),
       list_sort(list(DISTINCT t.activity_scope))
FROM mart.park_total t JOIN core.park p ON p.park_id = t.place_id AND p.counts_in_total
WHERE t.year = ? AND t.view = ? AND t.profile = ? AND t.basis = ? AND t.boundary_class = ?
  AND (? = '' OR p.province_code = ?)
GROUP BY ALL
"""

# Over the provinces that the parks lie in; nothing where one of them has no book.
_PLACED = """
SELECT CASE WHEN bool_and(c.book_tce > 0)
       THEN round(sum(c.measured_tce + c.placed_tce) / sum(c.book_tce), 6)::DECIMAL(38,6) END
FROM (
    SELECT DISTINCT p.province_code
    FROM mart.park_total t JOIN core.park p ON p.park_id = t.place_id AND p.counts_in_total
    WHERE t.year = ? AND t.view = ? AND t.profile = ? AND t.basis = ? AND t.boundary_class = ?
      AND (? = '' OR p.province_code = ?)
) LEFT JOIN (
    SELECT * FROM mart.province_coverage
    WHERE year = ? AND boundary_class = ? AND activity_scope = 'industry'
) c USING (province_code)
HAVING count(*) = count(c.book_tce)
"""


def total(
    path: Path,
    year: int,
    view: str,
    profile: str,
    basis: str,
    boundary_class: str,
    province: str = "",
) -> Total:
    """The sum of a view over parks that count in totals, in one release.

    No point value where one of its parks has none: only the range. `placed_share` is the coverage
    of the provinces of its parks; None where one of them has no book. Raises NotAdditive for a
    view that is not, for one that is not in this year (green supplies in ZCP-2025), and for parks
    of different scope; ValueError where there is nothing to add.
    """
    with connect_locked_down(path) as connection:
        found = connection.execute(_ADDITIVITY, [view]).fetchone()
        if found is None:
            raise ValueError(f"view {view}: expected one of mart.park_total")
        additivity, instead, reason = found
        if additivity == "not_additive":
            raise NotAdditive(f"{view} is not additive: {reason}; use --view {instead}")
        if additivity == "conditional":
            green = connection.execute(_GREEN, [year]).fetchone()
            if green and green[0]:
                raise NotAdditive(
                    f"{view} is not additive in {year}: {reason} ({green[0]} supplies); "
                    f"use --view {instead}"
                )
        axes = [year, view, profile, basis, boundary_class, province, province]
        row = connection.execute(_TOTAL, axes).fetchone()
        placed = connection.execute(_PLACED, [*axes, year, boundary_class]).fetchone()
    if row is None:
        raise ValueError(
            f"no park with {profile}, {view}, {year}, {basis}, {boundary_class}; "
            'list what there is with `parkledger query "FROM mart.park_total"`'
        )
    gwp_set, parks, withheld, point, low, high, scopes = row
    if len(scopes) > 1:
        raise NotAdditive(
            f"parks of {year} cover {' and '.join(scopes)} (activity_scope): "
            "numbers of different scope are not added"
        )
    return Total(
        year,
        view,
        profile,
        basis,
        boundary_class,
        gwp_set,
        parks,
        withheld,
        point if withheld == 0 else None,
        low,
        high,
        scopes[0],
        placed[0] if placed else None,
        additivity,
        reason,
    )
