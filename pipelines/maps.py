"""Maps of a park and of the country, from the tables of a release."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from assets.boundaries.country import country_map
from assets.boundaries.picture import ParkMap, park_map


class NoMap(ValueError):
    """A park that is not in the release, or has no boundary; the message says what there is."""


# Boundaries and sites as near as this are drawn.
_AROUND_KM = 15.0

_NEIGHBOURS = """
SELECT * FROM core.boundary b
WHERE b.park_id <> ? AND b.latest
  AND abs(b.centre_lat - ?) * 111.3 < ? + b.radius_km
  AND abs(b.centre_lon - ?) * 111.3 * cos(radians(?)) < ? + b.radius_km
QUALIFY b.boundary_class = min(b.boundary_class) OVER (PARTITION BY park_id)
ORDER BY b.boundary_id
"""
# A site counts as inside if a boundary of the park covers its point, and as near within 5 km.
_POINTS = """
SELECT s.site_id AS label, s.lon, s.lat,
       CASE WHEN coalesce(bool_or(m.covers), false) THEN 'inside'
            WHEN count(m.site_id) > 0 THEN 'near' ELSE 'outside' END AS standing
FROM core.site s
LEFT JOIN core.membership m ON m.site_id = s.site_id AND m.park_id = ?
WHERE abs(s.lat - ?) * 111.3 < ? AND abs(s.lon - ?) * 111.3 * cos(radians(?)) < ?
GROUP BY ALL ORDER BY s.site_id
"""


def map_of_park(release: Path, park_id: str) -> bytes:
    """PNG of the versions, zones and neighbours of a park, and the sites in, near and outside.

    Raises NoMap for a park that is not in the release or has no boundary.
    """
    with duckdb.connect(str(release.resolve()), read_only=True) as connection:

        def rows(statement: str, *parameters: Any) -> list[dict[str, Any]]:
            cursor = connection.execute(statement, list(parameters))
            names = [item[0] for item in cursor.description or []]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

        park = rows("SELECT * FROM core.park WHERE park_id = ?", park_id)
        if not park:
            raise NoMap(f"{park_id}: no such park; find it with `parkledger query`")
        versions = rows("SELECT * FROM core.boundary WHERE park_id = ? ORDER BY ALL", park_id)
        if not versions:
            doubt = rows("SELECT doubt_zh FROM core.park_point_claim WHERE park_id = ?", park_id)
            raise NoMap(
                f"{park_id}: no boundary is delivered and its point cannot carry one "
                f"({doubt[0]['doubt_zh'] if doubt else 'no point'}); deliver one as park_boundary"
            )
        lon = sum(v["centre_lon"] for v in versions) / len(versions)
        lat = sum(v["centre_lat"] for v in versions) / len(versions)
        around = _AROUND_KM + max(v["radius_km"] for v in versions)
        box = (lat, around, lon, lat, around)
        return park_map(
            ParkMap(
                title=f"{park_id} {park[0]['name_zh']}",
                versions=versions,
                zones=rows("SELECT * FROM core.boundary_claim WHERE used AND park_id = ?", park_id),
                neighbours=rows(_NEIGHBOURS, park_id, *box),
                points=rows(_POINTS, park_id, *box),
                names={
                    row["park_id"]: row["name_zh"]
                    for row in rows("SELECT park_id, name_zh FROM core.park")
                },
            )
        )


_SHARES = """
SELECT province_code, placed_share::DOUBLE FROM mart.province_coverage
WHERE year = ? AND boundary_class = ? AND activity_scope = 'industry' AND placed_share IS NOT NULL
"""
_PLANTS = """
SELECT s.lon, s.lat, p.capacity::DOUBLE AS capacity, p.in_parks::DOUBLE AS in_parks
FROM core.located_plant p JOIN core.site s USING (source_row_id)
WHERE p.year = ? AND p.boundary_class = ? AND p.kind = 'coal' AND p.operates
  AND s.lon IS NOT NULL AND p.capacity IS NOT NULL
ORDER BY p.capacity, p.unit_id
"""


def map_of_country(release: Path, year: int, boundary_class: str) -> bytes:
    """PNG of the share of industry's fuels that is placed, by province, and of coal units.

    Raises NoMap for a year without control totals.
    """
    with duckdb.connect(str(release.resolve()), read_only=True) as connection:
        shares = dict(connection.execute(_SHARES, [year, boundary_class]).fetchall())
        if not shares:
            years = connection.execute(
                "SELECT DISTINCT year FROM mart.province_coverage ORDER BY 1"
            ).fetchall()
            raise NoMap(
                f"{year}: no control totals in {boundary_class} boundaries; years that have them: "
                f"{', '.join(str(y) for (y,) in years) or 'none'}"
            )
        cursor = connection.execute(_PLANTS, [year, boundary_class])
        names = [item[0] for item in cursor.description or []]
        plants = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    title = f"工业用能落位比例与煤电机组 {year}（{boundary_class}）"
    return country_map(title, shares, plants)
