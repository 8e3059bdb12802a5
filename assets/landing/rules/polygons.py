"""Rules on delivered boundaries (METHOD 1.1 and 5: POL1-POL5)."""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import Any

import polars as pl
import shapely

from assets.boundaries.geometry import geodesic_km2
from assets.landing.rules.limits import LIMITS
from quality.quarantine import Rule

_ROW = [
    "geometry_wkb",
    "catalogue_code",
    "name_zh",
    "boundary_class",
    "valid_from",
    "valid_to",
    "parent_code",
    "catalogue_ha",
]
_OPEN = date(9999, 12, 31)


def polygon_rules() -> list[Rule]:
    """POL1 to POL5 on boundaries in geographic coordinates (degrees)."""
    return [*validity_rules(), *overlap_rules(), *area_rules(), sliver_rule(), *interval_rules()]


def validity_rules(geometry: str = "geometry_wkb") -> list[Rule]:
    """POL1: the geometry cannot be read, is no polygon, is invalid, or has no area.

    Nothing is mended here: `core.boundary` uses the geometry as delivered.
    """
    change = pl.col(geometry).map_batches(mending, return_dtype=pl.Float64)
    allowed = LIMITS["POL1"]
    return [
        Rule(
            "POL1",
            "error",
            geometry,
            change.is_between(0, allowed, closed="left"),
            f"面无效，但修复（make valid）后面积变化不到 {allowed:.1%}：请修复后重报",
            f"not a valid polygon, but mending it changes its area by less than "
            f"{100 * allowed:g} %: mend and deliver again",
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


def _shape(text: str | None) -> Any:
    """The geometry of the text, or None."""
    try:
        return shapely.from_wkb(bytes.fromhex(text)) if text else None
    except (ValueError, shapely.errors.GEOSException):
        return None


def sound(text: str | None) -> Any:
    """The geometry of the text if it is a valid polygon with an area, else None."""
    shape = _shape(text)
    good = shape is not None and shape.geom_type in ("Polygon", "MultiPolygon")
    return shape if good and shape.is_valid and shape.area > 0 else None


def mending(texts: pl.Series) -> pl.Series:
    """Relative change of area by mending, infinite for what cannot be mended to a polygon.

    Null where there is nothing to mend.
    """
    found: list[float | None] = []
    for text in texts.to_list():
        shape = _shape(text)
        if text is None or sound(text) is not None:
            found.append(None)
        elif shape is None or shape.geom_type not in ("Polygon", "MultiPolygon"):
            found.append(math.inf)
        else:
            mended = shapely.make_valid(shape)
            area = abs(shape.area)
            found.append(abs(mended.area - area) / area if area > 0 else math.inf)
    return pl.Series(found, dtype=pl.Float64)


def overlap_rules() -> list[Rule]:
    """POL2: overlap with another park of the rows at hand, of the same class and time.

    Parent and child overlap by right; nominal boundaries are exempt.
    """
    share = pl.struct(_ROW).map_batches(_overlaps, return_dtype=pl.Float64)
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
        sound(row["geometry_wkb"]) if row["boundary_class"] != "nominal" else None
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
            starts.setdefault((_park(row), row["boundary_class"]), []).append(row["valid_from"])
    found = []
    for row in records:
        later = [
            start
            for start in starts.get((_park(row), row["boundary_class"]), [])
            if row["valid_from"] and start > row["valid_from"]
        ]
        found.append(row["valid_to"] or (min(later) - timedelta(days=1) if later else _OPEN))
    return found


def area_rules() -> list[Rule]:
    """POL3: area over catalogue area; an error only for the approved boundary (METHOD 1.1 B3)."""
    km2 = pl.col("geometry_wkb").map_batches(_areas, return_dtype=pl.Float64)
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


def _areas(texts: pl.Series) -> pl.Series:
    shapes = [sound(text) for text in texts.to_list()]
    areas = [None if shape is None else geodesic_km2(shape) for shape in shapes]
    return pl.Series(areas, dtype=pl.Float64)


def sliver_rule() -> Rule:
    """POL4: a part or a hole smaller than 1 ha is a remnant of drawing."""
    least = LIMITS["POL4"]
    smallest = pl.col("geometry_wkb").map_batches(_smallest_ha, return_dtype=pl.Float64)
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
        shape = sound(text)
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
    series = ["catalogue_code", "name_zh", "boundary_class"]
    start, end = pl.col("valid_from"), pl.col("valid_to")
    next_start = start.shift(-1).over(series, order_by="valid_from")
    earlier_end = end.cum_max().shift(1).over(series, order_by="valid_from")
    return [
        Rule(
            "POL5",
            "error",
            "valid_to",
            (end < start) | (end >= next_start) | (earlier_end >= start),
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
