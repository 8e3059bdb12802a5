"""Whose ground overlaps: pairs of boundary versions of one class and time (METHOD 1.1, B4, B5)."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import shapely

from assets.boundaries.geometry import geodesic_km2, shape_of
from quality.contracts.boundaries import LAST_DAY, BoundaryPair

# Shared corners and digits lost in a transformation are no overlap.
_LEAST_KM2 = 1e-6


def boundary_pairs(
    versions: pl.DataFrame, parks: pl.DataFrame, warns: float, errs: float
) -> pl.DataFrame:
    """`core.boundary_pair`: versions of two parks that share ground at the same time.

    A park and the park around it overlap by right; nominal discs are reported only. `warns`
    and `errs` are the shares of the smaller area from which POL2w and POL2e speak.
    """
    above = dict(parks.select("park_id", "parent_park_id").iter_rows())
    rows = versions.sort("boundary_id").rows(named=True)
    shapes = [shape_of(row["geometry_wkb"]) for row in rows]
    areas = [geodesic_km2(shape) for shape in shapes]
    tree = shapely.STRtree(shapes)
    found: list[dict[str, Any]] = []
    for i, row in enumerate(rows):
        for j in sorted(tree.query(shapes[i], predicate="intersects").tolist()):
            other = rows[j]
            if j <= i or not _same_time_and_class(row, other):
                continue
            common = geodesic_km2(shapely.intersection(shapes[i], shapes[j]))
            if common < _LEAST_KM2:
                continue
            share = min(1.0, common / min(areas[i], areas[j]))
            relation = _relation(row, other, above)
            rule = "POL2e" if share > errs else "POL2w" if share > warns else None
            found.append(
                {
                    "boundary_id": row["boundary_id"],
                    "other_boundary_id": other["boundary_id"],
                    "relation": relation,
                    "overlap_km2": round(common, 6),
                    "overlap_share": round(share, 6),
                    "rule_id": rule if relation == "rival" else None,
                }
            )
    declared = {c.name: c.polars_type for c in BoundaryPair.declared_columns()}
    return BoundaryPair.conform(pl.DataFrame(found, schema=declared, orient="row"))


def _same_time_and_class(one: dict[str, Any], other: dict[str, Any]) -> bool:
    if one["park_id"] == other["park_id"] or one["boundary_class"] != other["boundary_class"]:
        return False
    ends: tuple[date, date] = (one["valid_to"] or LAST_DAY, other["valid_to"] or LAST_DAY)
    return bool(one["valid_from"] <= ends[1] and other["valid_from"] <= ends[0])


def _relation(one: dict[str, Any], other: dict[str, Any], above: dict[str, str | None]) -> str:
    if _is_under(one["park_id"], other["park_id"], above) or _is_under(
        other["park_id"], one["park_id"], above
    ):
        return "kin"
    return "nominal" if one["boundary_class"] == "nominal" else "rival"


def _is_under(park: str, ancestor: str, above: dict[str, str | None]) -> bool:
    found = above.get(park)
    while found is not None and found != ancestor:
        found = above.get(found)
    return found == ancestor
