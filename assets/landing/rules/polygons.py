"""Rules on delivered boundaries (METHOD 5: GEO3, POL1 to POL5, and POL6).

Shapes are judged where they lie on the ground, in CGCS2000: an office may deliver in any
system (`assets.boundaries.ground`).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import polars as pl
import shapely

from assets.boundaries.geometry import geodesic_km2, mended, shape_of, sound
from assets.boundaries.ground import on_ground
from assets.landing.rules.limits import LIMITS
from quality.quarantine import Rule

_ROW = [
    "catalogue_code",
    "name_zh",
    "zone_zh",
    "boundary_class",
    "valid_from",
    "valid_to",
    "parent_code",
    "catalogue_ha",
]
_DELIVERED = [
    "source_row_id",
    "catalogue_code",
    "name_zh",
    "catalogue_ha",
    "crs_stated",
    "geometry_wkb",
]
_OPEN = date(9999, 12, 31)


def polygon_rules(points: pl.DataFrame, fallback: str) -> list[Rule]:
    """POL1 to POL6 and GEO3 on boundaries; `points` and `fallback` as in `on_ground`."""
    placed = [*place_rules(), *overlap_rules(), *area_rules(), sliver_rule()]
    place = _placing(points, fallback)
    return [
        *validity_rules(),
        *(replace(rule, derived=place) for rule in placed),
        *interval_rules(),
    ]


_PLACED = {
    "geometry_wkb": "placed_wkb",
    "outside_by_km": "placed_outside_km",
    "crs_how": "placed_how",
    "crs_contradicted": "placed_against",
}


def _placing(points: pl.DataFrame, fallback: str) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """The columns of `on_ground` that rules read, under names of their own.

    They are made before the rules are judged: on polars' own threads, where expressions run,
    PROJ ended in a segmentation fault once several of them did.
    """

    def place(rows: pl.DataFrame) -> pl.DataFrame:
        ground = on_ground(rows.select(_DELIVERED), points, fallback)
        return (
            rows.select("source_row_id")
            .join(ground, on="source_row_id", how="left", maintain_order="left")
            .select(pl.col(name).alias(alias) for name, alias in _PLACED.items())
        )

    return place


def place_rules() -> list[Rule]:
    """GEO3: the coordinate system; POL6: the ground lies in the province of the park's code."""
    shape, outside = pl.col("placed_wkb"), pl.col("placed_outside_km")
    system, contradicted = pl.col("placed_how"), pl.col("placed_against")
    warns = LIMITS["GEO2w"]
    return [
        Rule(
            "GEO3e",
            "error",
            "geometry_wkb",
            sound_expr("geometry_wkb") & shape.is_null(),
            "坐标系无法判定：按任何可能的坐标系，图形都不在该园区所在之处；请附 .prj 后重报",
            "the coordinate system cannot be told: in no possible one does the shape lie where "
            "the park is; deliver it with a .prj",
        ),
        Rule(
            "GEO3",
            "warning",
            "geometry_wkb",
            contradicted & shape.is_not_null(),
            "文件所称坐标系与坐标不符：按实地判定的坐标系采用，见 core.boundary_claim",
            "the system that the file states is refuted by the ground: read in the one found, "
            "see core.boundary_claim",
        ),
        Rule(
            "GEO3",
            "warning",
            "geometry_wkb",
            shape.is_not_null() & ~contradicted & (system != "stated"),
            "文件未写坐标系：依据与次选见 core.boundary_claim",
            "the file states no coordinate system: what is taken, why, and the runner-up stand "
            "in core.boundary_claim",
        ),
        Rule(
            "POL6",
            "error",
            "geometry_wkb",
            outside > LIMITS["GEO2e"],
            f"图形在代码所指省份以外 {warns:g} 公里以上",
            f"lies more than {warns:g} km outside the province of the code",
        ),
        Rule(
            "POL6w",
            "warning",
            "geometry_wkb",
            (outside > 0) & (outside <= warns),
            f"图形在代码所指省份以外，不超过 {warns:g} 公里",
            f"lies outside the province of the code, by {warns:g} km at most",
        ),
    ]


def sound_expr(geometry: str) -> pl.Expr:
    """Whether a delivered geometry is a polygon, or can be mended to one."""

    def usable(texts: pl.Series) -> pl.Series:
        return pl.Series([_usable(text) for text in texts.to_list()], dtype=pl.Boolean)

    return pl.col(geometry).map_batches(usable, return_dtype=pl.Boolean)


def _usable(text: str | None) -> bool:
    return sound(text) is not None or mended(shape_of(text)) is not None


def validity_rules(geometry: str = "geometry_wkb") -> list[Rule]:
    """POL1: the geometry cannot be read, is no polygon, has no area, or cannot be mended.

    One whose area mending changes by less than the limit is mended and flagged; what was wrong
    and the areas before and after stand in `core.boundary_claim`.
    """
    change = pl.col(geometry).map_batches(mending, return_dtype=pl.Float64)
    allowed = LIMITS["POL1"]
    return [
        Rule(
            "POL1m",
            "warning",
            geometry,
            change < allowed,
            f"面无效，已修复（make valid），面积变化不到 {allowed:.1%}",
            f"not a valid polygon: mended (make valid), its area changed by less than "
            f"{100 * allowed:g} %",
        ),
        Rule(
            "POL1",
            "error",
            geometry,
            change >= allowed,
            "不是有效的面（自相交、空、零面积或不是多边形）",
            "not a valid polygon (self-intersection, empty, zero area, or no polygon)",
        ),
    ]


def mending(texts: pl.Series) -> pl.Series:
    """Relative change of area by mending, infinite for what cannot be mended to a polygon.

    Null where there is nothing to mend.
    """
    found: list[float | None] = []
    for text in texts.to_list():
        if text is None or sound(text) is not None:
            found.append(None)
        else:
            repair = mended(shape_of(text))
            found.append(math.inf if repair is None else repair.change)
    return pl.Series(found, dtype=pl.Float64)


def overlap_rules() -> list[Rule]:
    """POL2: overlap with another park of the rows at hand, of the same class and time.

    Parent and child overlap by right; nominal boundaries are exempt.
    """
    share = pl.struct(*_ROW, "placed_wkb").map_batches(_overlaps, return_dtype=pl.Float64)
    warns, errs = LIMITS["POL2w"], LIMITS["POL2e"]
    return [
        Rule(
            "POL2e",
            "error",
            "geometry_wkb",
            share > errs,
            f"与另一园区重叠超过较小面积的 {errs:.0%}：园中园请填“上级代码”",
            f"overlaps another park by more than {100 * errs:g} % of the smaller area: "
            "a park in a park needs the code of its parent",
        ),
        Rule(
            "POL2w",
            "warning",
            "geometry_wkb",
            (share > warns) & (share <= errs),
            f"与另一园区重叠超过较小面积的 {warns:.0%}",
            f"overlaps another park by more than {100 * warns:g} % of the smaller area",
        ),
    ]


def _overlaps(rows: pl.Series) -> pl.Series:
    """Largest overlap of each boundary with another park, over the smaller area of the two."""
    records = rows.to_list()
    shapes = [
        shape_of(row["placed_wkb"]) if row["boundary_class"] != "nominal" else None
        for row in records
    ]
    there = [place for place, shape in enumerate(shapes) if shape is not None]
    ends = _last_days(records)
    shares = [0.0] * len(records)
    tree = shapely.STRtree([shapes[place] for place in there])
    for i, place in enumerate(there):
        for j in tree.query(shapes[place], predicate="intersects").tolist():
            other = there[j]
            if j <= i or not _rivals(records[place], records[other], ends[place], ends[other]):
                continue
            common = geodesic_km2(shapely.intersection(shapes[place], shapes[other]))
            smaller = min(geodesic_km2(shapes[place]), geodesic_km2(shapes[other]))
            for found in (place, other):
                shares[found] = max(shares[found], common / smaller)
    return pl.Series(shares, dtype=pl.Float64)


def _park(row: dict[str, Any]) -> tuple[str | None, str | None]:
    # One catalogue code stands on two zones, so the name belongs to the key.
    return row["catalogue_code"], row["name_zh"]


def _series(row: dict[str, Any]) -> tuple[Any, ...]:
    """What versions follow each other of: a zone of a park in a class."""
    return (*_park(row), row["boundary_class"], row["zone_zh"])


def _rivals(one: dict[str, Any], other: dict[str, Any], end: date, other_end: date) -> bool:
    """Whether both claim the same ground: two parks, one class, at the same time, no kin."""
    kin = one["parent_code"] == other["catalogue_code"] or (
        other["parent_code"] == one["catalogue_code"]
    )
    if _park(one) == _park(other) or one["boundary_class"] != other["boundary_class"] or kin:
        return False
    starts = (one["valid_from"] or date.min, other["valid_from"] or date.min)
    return starts[0] <= other_end and starts[1] <= end


def _last_days(records: list[dict[str, Any]]) -> list[date]:
    """Last day of each version: as delivered, else the day before the next version begins."""
    starts: dict[Any, list[date]] = {}
    for row in records:
        if row["valid_from"]:
            starts.setdefault(_series(row), []).append(row["valid_from"])
    found = []
    for row in records:
        later = [
            start
            for start in starts.get(_series(row), [])
            if row["valid_from"] and start > row["valid_from"]
        ]
        found.append(row["valid_to"] or (min(later) - timedelta(days=1) if later else _OPEN))
    return found


def area_rules() -> list[Rule]:
    """POL3: area over catalogue area; an error only for the approved boundary (METHOD 1.1 B3).

    Zones of a park that are valid together are measured together, as the catalogue does.
    """
    km2 = pl.struct(*_ROW, "placed_wkb").map_batches(_areas, return_dtype=pl.Float64)
    ratio = km2 * 100 / pl.col("catalogue_ha").cast(pl.Float64)
    away = pl.when(pl.col("boundary_class") != "nominal").then(pl.max_horizontal(ratio, 1 / ratio))
    approved = pl.col("boundary_class") == "approved"
    warns, errs = LIMITS["POL3w"], LIMITS["POL3e"]
    return [
        Rule(
            "POL3e",
            "error",
            "catalogue_ha",
            approved & (away > errs),
            f"图斑面积与目录面积之比超过 {errs:g} 倍：核对面积单位与坐标系",
            f"polygon and catalogue area differ by more than {errs:g} times: "
            "check the unit and the coordinate system",
        ),
        Rule(
            "POL3w",
            "warning",
            "catalogue_ha",
            (away > warns) & ~(approved & (away > errs)),
            f"图斑面积与目录面积之比超过 {warns:g} 倍",
            f"polygon and catalogue area differ by more than {warns:g} times",
        ),
    ]


def _areas(rows: pl.Series) -> pl.Series:
    """Area of each boundary with the other zones of its park on its first day."""
    records = rows.to_list()
    shapes = [shape_of(row["placed_wkb"]) for row in records]
    areas = [None if shape is None else geodesic_km2(shape) for shape in shapes]
    ends = _last_days(records)
    parks: dict[Any, list[int]] = {}
    for place, row in enumerate(records):
        parks.setdefault((_park(row), row["boundary_class"]), []).append(place)
    found: list[float | None] = []
    for place, row in enumerate(records):
        if areas[place] is None or row["valid_from"] is None:
            found.append(areas[place])
            continue
        others = [
            areas[other] or 0.0
            for other in parks[_park(row), row["boundary_class"]]
            if other != place
            and records[other]["zone_zh"] != row["zone_zh"]
            and (records[other]["valid_from"] or date.min) <= row["valid_from"] <= ends[other]
        ]
        found.append((areas[place] or 0.0) + sum(others))
    return pl.Series(found, dtype=pl.Float64)


def sliver_rule() -> Rule:
    """POL4: a part or a hole smaller than 1 ha is a remnant of drawing."""
    least = LIMITS["POL4"]
    smallest = pl.col("placed_wkb").map_batches(_smallest_ha, return_dtype=pl.Float64)
    return Rule(
        "POL4",
        "warning",
        "geometry_wkb",
        smallest < least,
        f"有小于 {least:g} 公顷的碎片或孔洞",
        f"a part or a hole smaller than {least:g} ha",
    )


def _smallest_ha(texts: pl.Series) -> pl.Series:
    found: list[float | None] = []
    for text in texts.to_list():
        shape = shape_of(text)
        if shape is None:
            found.append(None)
            continue
        parts = [shapely.Polygon(part.exterior) for part in shapely.get_parts(shape)]
        holes = [
            shapely.Polygon(ring) for part in shapely.get_parts(shape) for ring in part.interiors
        ]
        found.append(min(geodesic_km2(piece) for piece in [*parts, *holes]) * 100)
    return pl.Series(found, dtype=pl.Float64)


def interval_rules() -> list[Rule]:
    """POL5: versions of one park and class follow each other without overlap.

    A version without a last day lasts until the next one begins.
    """
    series = ["catalogue_code", "name_zh", "boundary_class", pl.col("zone_zh").fill_null("")]
    start, end = pl.col("valid_from"), pl.col("valid_to")
    next_start = start.shift(-1).over(series, order_by="valid_from")
    earlier_end = end.cum_max().shift(1).over(series, order_by="valid_from")
    return [
        Rule(
            "POL5",
            "error",
            "valid_to",
            (end < start)
            | (end >= next_start)
            | (earlier_end >= start)
            | (pl.len().over([*series, "valid_from"]) > 1),
            "同一园区同一类别的有效期重叠或首尾颠倒",
            "periods of validity of one park and class overlap, or end before they begin",
        ),
        Rule(
            "POL5w",
            "warning",
            "valid_to",
            (end + pl.duration(days=1)) < next_start,
            "到下一版本之间有空档：其间无边界",
            "a gap before the next version: no boundary in between",
        ),
    ]
