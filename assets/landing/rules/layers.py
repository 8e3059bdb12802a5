"""Rules on published layers: reference geometry that is read, not accounted.

All are warnings: a layer keeps its rows, so that its counts stay those of its publisher, and
nothing in it is mended.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
import shapely

from assets.boundaries.geometry import sound
from assets.landing.rules.limits import LIMITS
from assets.landing.rules.polygons import mending
from quality.quarantine import Rule

Tables = Mapping[str, pl.DataFrame]

_HA_PER_M2 = 1e-4
# The layer writes 市辖区（古交市） where the code is that of the city.
_IN_BRACKETS = r"^市辖区[(（](.*)[)）]$"
_SUFFIX = r"^(.{2,}?)(?:县|市|区|旗)$"


def layer_rules(geometry: str = "geometry_wkb") -> list[Rule]:
    """POL1w: the geometry cannot be read, is no polygon, is invalid, or has no area."""
    change = pl.col(geometry).map_batches(mending, return_dtype=pl.Float64)
    return [
        Rule(
            "POL1w",
            "warning",
            geometry,
            change.is_not_null(),
            "不是有效的面（自相交、空、零面积或不是多边形）：不作修复，行保留",
            "not a valid polygon (self-intersection, empty, zero area, or no polygon): "
            "not mended, the row is kept",
        )
    ]


def metric_rules(nominal_ha: str, name: str = "name_zh") -> list[Rule]:
    """POL2w and POL3w of a layer of parks in metres: overlap, and drawn against nominal area.

    Areas are those of the plane of the layer's own CRS.
    """
    share = pl.struct("geometry_wkb", name).map_batches(_overlaps, return_dtype=pl.Float64)
    drawn = pl.col("geometry_wkb").map_batches(_hectares, return_dtype=pl.Float64)
    ratio = drawn / pl.col(nominal_ha).cast(pl.Float64)
    most, least = LIMITS["POL3w"], LIMITS["POL2w"]
    return [
        Rule(
            "POL2w",
            "warning",
            "geometry_wkb",
            share > least,
            f"与另一园区重叠超过较小面积的 {least:.0%}",
            f"overlaps another park by more than {100 * least:g} % of the smaller area",
        ),
        Rule(
            "POL3w",
            "warning",
            nominal_ha,
            pl.max_horizontal(ratio, 1 / ratio) > most,
            f"图斑面积与名义面积之比超过 {most:g} 倍",
            f"drawn and nominal area differ by more than {most:g} times",
        ),
    ]


def _hectares(texts: pl.Series) -> pl.Series:
    shapes = [sound(text) for text in texts.to_list()]
    areas = [None if shape is None else shape.area * _HA_PER_M2 for shape in shapes]
    return pl.Series(areas, dtype=pl.Float64)


def _overlaps(rows: pl.Series) -> pl.Series:
    """Largest overlap of each polygon with one of another name, over the smaller area."""
    records = [tuple(row.values()) for row in rows.to_list()]
    shapes = [sound(text) for text, _ in records]
    there = [place for place, shape in enumerate(shapes) if shape is not None]
    tree = shapely.STRtree([shapes[place] for place in there])
    shares = [0.0] * len(records)
    for i, place in enumerate(there):
        for j in tree.query(shapes[place], predicate="intersects").tolist():
            other = there[j]
            if j <= i or records[place][1] == records[other][1]:
                continue
            common = shapely.intersection(shapes[place], shapes[other]).area
            share = common / min(shapes[place].area, shapes[other].area)
            shares[place] = max(shares[place], share)
            shares[other] = max(shares[other], share)
    return pl.Series(shares, dtype=pl.Float64)


def county_name_rules(reference: Tables) -> list[Rule]:
    """DIVCODE and DIVNAME: the code is one of GB/T 2260, and the name is that of the code.

    Names agree where one begins with the other, without 县, 市, 区 or 旗: the last name of a
    code may be of another rank, and the layer cuts names. 市辖区 has the name of its city.
    A division that was given another name since is flagged as well.
    """
    names = dict(reference["accepted.division_code"].select("division_code", "name_zh").iter_rows())
    code = pl.col("adcode_1999")
    # 市辖区 of a city under the state is XX0100, of another city XXXX01.
    above = (
        pl.when(code.str.ends_with("00"))
        .then(code.str.slice(0, 2) + "0000")
        .otherwise(code.str.slice(0, 4) + "00")
    )
    city = above.replace_strict(names, default=None, return_dtype=pl.String)
    last = code.replace_strict(names, default=None, return_dtype=pl.String)
    known = pl.when(last == "市辖区").then(city).otherwise(last)
    given = pl.col("name_zh").str.replace(_IN_BRACKETS, "$1")
    same = pl.col("name_zh") == last
    agree = same | known.str.starts_with(_stem(given)) | given.str.starts_with(_stem(known))
    return [
        Rule(
            "DIVCODE",
            "warning",
            "adcode_1999",
            code.is_not_null() & last.is_null(),
            "代码不是 GB/T 2260 任何版本的区划：行保留",
            "the code is no division of GB/T 2260: the row is kept",
        ),
        Rule(
            "DIVNAME",
            "warning",
            "name_zh",
            ~agree,
            "名称与代码所指区划的末次名称不符：行保留，名称不可用作该面的名称",
            "the name is not the last one of the code: the row is kept, its name is not to be "
            "relied on",
        ),
    ]


def _stem(name: pl.Expr) -> pl.Expr:
    return name.str.replace(_SUFFIX, "$1")
