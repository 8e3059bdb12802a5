"""Doubts about the catalogue, each a claim with a score; nothing is changed or left out.

Scores and thresholds are project rules. A robust z of ln area above 3.5 among zones of one
level and type is doubtful, as METHOD 5 has it for intensities.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from assets.boundaries.divisions import provinces
from assets.boundaries.parks import with_park_ids
from quality.contracts.parks import ParkCatalogueClaim

# Months after the notice (六部委公告 2018 年第 4 号, 2018-02) cannot be in it.
NOTICE = (2018, 2)
# The first zones of the country were approved in 1979.
FIRST_YEAR = 1979
# Fourth sign of a code; 5 is read from the 19 border zones of the catalogue itself.
TYPE_OF_DIGIT = {
    "G1": "经济技术开发区",
    "G2": "高新技术产业开发区",
    "G3": "海关特殊监管区域",
    "G5": "边境/跨境经济合作区",
    "G6": "其他类型开发区",
    "S7": "经济开发区",
    "S8": "高新技术产业开发区",
    "S9": "工业园区",
}
# Characters of the notice that stand in no place name.
MISPRINTS = {"湽博": "淄博", "织纺": "纺织"}
OUTSIDE_KM = 2.0
DOUBTFUL_Z = 3.5
LEAST_PEERS = 8
# So near to the published point of a division, the geocoder found the division and not the park.
SEAT_KM = 0.5
_EARTH_KM = 6371.0088

_MONTH = r"^(\d{4})\.(\d{1,2})$"


def approvals(catalogue: pl.DataFrame) -> pl.DataFrame:
    """Approval dates one by one: `park_id, part, text, year, month`.

    Two dates are split at /. One digit for the month is not read: 1992.1 is January or an
    October that lost its zero. What cannot be read has an empty year and month.
    """
    parts = (
        with_park_ids(catalogue)
        .select("park_id", pl.col("approval_month").str.split("/").alias("text"))
        .explode("text")
        .filter(pl.col("text").is_not_null())
        .with_columns(pl.col("text").str.strip_chars())
    )
    year = pl.col("text").str.extract(_MONTH, 1).cast(pl.Int64)
    month = pl.col("text").str.extract(_MONTH, 2)
    whole = (month.str.len_chars() == 2) & month.cast(pl.Int64).is_between(1, 12)
    return parts.with_columns(
        pl.int_range(1, pl.len() + 1).over("park_id").cast(pl.Int64).alias("part"),
        pl.when(whole).then(year).alias("year"),
        pl.when(whole).then(month.cast(pl.Int64)).alias("month"),
    ).select("park_id", "part", "text", "year", "month")


def catalogue_claims(
    catalogue: pl.DataFrame,
    point_claims: pl.DataFrame,
    industries: pl.DataFrame | None = None,
    centres: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """`core.park_catalogue_claim` from `accepted.park_catalogue` and `core.park_point_claim`.

    `industries`: `core.park_industry`, for words that stand for no division; `centres`:
    `accepted.adcode_point`, for points that are those of a division. Both may be missing, and
    then these claims are.
    """
    parks = with_park_ids(catalogue)
    found = [
        _dates(parks, approvals(catalogue)),
        _codes(parks),
        _names(parks),
        _areas(parks),
        _points(parks, point_claims),
    ]
    if industries is not None:
        found.append(_industries(industries))
    if centres is not None:
        found.append(_centres(parks, centres))
    return ParkCatalogueClaim.conform(pl.concat(found))


def _claim(
    rows: pl.DataFrame, subject: str, zh: pl.Expr, en: pl.Expr, score: pl.Expr | float
) -> pl.DataFrame:
    value = pl.lit(score) if isinstance(score, float) else score
    return rows.select(
        "park_id",
        pl.lit(subject).alias("subject"),
        zh.alias("finding_zh"),
        en.alias("finding_en"),
        value.cast(pl.Float64).round(6).alias("score"),
        "source_row_id",
    )


def _dates(parks: pl.DataFrame, dates: pl.DataFrame) -> pl.DataFrame:
    every = dates.join(parks.select("park_id", "approval_month", "source_row_id"), on="park_id")
    unread = every.filter(pl.col("year").is_null())
    stamp = pl.col("year") * 12 + pl.col("month")
    late, early = NOTICE[0] * 12 + NOTICE[1], FIRST_YEAR * 12 + 1
    beyond = every.filter(~stamp.is_between(early, late))
    several = every.filter((pl.len().over("park_id") > 1) & (pl.col("part") == 1))
    missing = parks.filter(pl.col("approval_month").is_null())
    text = pl.col("text")
    return pl.concat(
        [
            _claim(
                unread,
                "date",
                pl.format("批准时间“{}”读不出年月", text),
                pl.format("approval date {} is not a year and month; expected 1992.10", text),
                0.8,
            ),
            _claim(
                beyond,
                "date",
                pl.format("批准时间“{}”不在 1979 年至目录公布之间", text),
                pl.format("approval date {} is not between 1979 and the notice of 2018-02", text),
                0.9,
            ),
            _claim(
                several,
                "date",
                pl.format("批准时间有两个：{}", "approval_month"),
                pl.format("two approval dates: {}", "approval_month"),
                0.5,
            ),
            _claim(
                missing,
                "date",
                pl.lit("没有批准时间"),
                pl.lit("no approval date"),
                0.3,
            ),
        ]
    )


def _codes(parks: pl.DataFrame) -> pl.DataFrame:
    code = pl.col("catalogue_code")
    of_name = dict(zip(provinces().names, provinces().codes, strict=True))
    digits = pl.col("province_zh").replace_strict(of_name, default=None).str.slice(0, 2)
    stated = pl.concat_str(code.str.slice(0, 1), code.str.slice(3, 1))
    named = stated.replace_strict(TYPE_OF_DIGIT, default=None, return_dtype=pl.String)
    rows = parks.with_columns(
        digits.alias("province_digits"),
        named.alias("type_of_code"),
        pl.len().over("catalogue_code").alias("zones"),
    )
    shared = rows.filter(pl.col("zones") > 1)
    elsewhere = rows.filter(pl.col("province_digits").ne_missing(code.str.slice(1, 2)))
    other_type = rows.filter(pl.col("type_of_code").ne_missing(pl.col("type_zh")))
    return pl.concat(
        [
            _claim(
                shared,
                "code",
                pl.format("代码 {} 用于 {} 个开发区", code, "zones"),
                pl.format("code {} stands on {} zones", code, "zones"),
                1.0,
            ),
            _claim(
                elsewhere,
                "code",
                pl.format("代码 {} 的省份与{}不符", code, "province_zh"),
                pl.format("code {} is not of the province {}", code, "province_zh"),
                1.0,
            ),
            _claim(
                other_type,
                "type",
                pl.format(
                    "代码 {} 为{}，目录为{}",
                    code,
                    pl.col("type_of_code").fill_null("未知类型"),
                    "type_zh",
                ),
                pl.format(
                    "code {} says {}, the catalogue {}",
                    code,
                    pl.col("type_of_code").fill_null("no known type"),
                    "type_zh",
                ),
                0.8,
            ),
        ]
    )


def _names(parks: pl.DataFrame) -> pl.DataFrame:
    found = []
    for wrong, right in MISPRINTS.items():
        for column, subject in (("name_zh", "name"), ("leading_industries_zh", "industry")):
            rows = parks.filter(pl.col(column).str.contains(wrong, literal=True))
            zh, en = f"“{wrong}”疑为“{right}”", f"{wrong} is probably {right}"
            found.append(_claim(rows, subject, pl.lit(zh), pl.lit(en), 0.9))
    return pl.concat(found)


def _areas(parks: pl.DataFrame) -> pl.DataFrame:
    """Areas far from those of the other zones of their level and type."""
    peers = [pl.col("catalogue_code").str.slice(0, 1), pl.col("type_zh")]
    area = pl.col("approved_ha").cast(pl.Float64).log()
    middle = area.median().over(peers)
    # 1.4826 makes the median absolute deviation a standard deviation of a normal law.
    spread = 1.4826 * (area - middle).abs().median().over(peers)
    rows = parks.with_columns(
        pl.when(spread > 0).then((area - middle) / spread).alias("z"),
        middle.exp().round(1).alias("usual_ha"),
        pl.len().over(peers).alias("peers"),
        pl.col("approved_ha").cast(pl.Float64).alias("ha"),
    ).filter((pl.col("peers") >= LEAST_PEERS) & (pl.col("z").abs() > DOUBTFUL_Z))
    return _claim(
        rows,
        "area",
        pl.format(
            "核准面积 {} 公顷，同级同类中位数 {} 公顷（稳健 z = {}）",
            "ha",
            "usual_ha",
            pl.col("z").round(2),
        ),
        pl.format(
            "approved area {} ha, median of its level and type {} ha (robust z = {})",
            "ha",
            "usual_ha",
            pl.col("z").round(2),
        ),
        pl.min_horizontal(pl.lit(1.0), pl.col("z").abs() / (2 * DOUBTFUL_Z)),
    )


def _points(parks: pl.DataFrame, claims: pl.DataFrame) -> pl.DataFrame:
    rows = parks.select("park_id", "province_zh").join(claims, on="park_id")
    outside = rows.filter(pl.col("outside_by_km") > 0)
    shared = rows.filter(pl.col("parks_on_point") > 1)
    coarse = rows.filter(pl.col("precision_class").is_in(["city", "county"]))
    city = pl.col("precision_class") == "city"
    return pl.concat(
        [
            _claim(
                outside,
                "point",
                pl.format("点位在{}界外 {} 公里", "province_zh", "outside_by_km"),
                pl.format("the point is {} km outside of {}", "outside_by_km", "province_zh"),
                pl.when(pl.col("outside_by_km") > OUTSIDE_KM).then(1.0).otherwise(0.2),
            ),
            _claim(
                shared,
                "point",
                pl.format("{} 个园区共用此点", "parks_on_point"),
                pl.format("{} parks share this point", "parks_on_point"),
                0.8,
            ),
            _claim(
                coarse,
                "point",
                pl.format("地址只到{}级", pl.when(city).then(pl.lit("市")).otherwise(pl.lit("县"))),
                pl.format(
                    "the geocoder's address names only a {}",
                    pl.when(city).then(pl.lit("city or province")).otherwise(pl.lit("county")),
                ),
                pl.when(city).then(0.7).otherwise(0.5),
            ),
        ]
    )


def _centres(parks: pl.DataFrame, centres: pl.DataFrame) -> pl.DataFrame:
    """Points on the published point of a province, prefecture or county; both are GCJ-02."""
    placed = parks.drop_nulls(["lon_gcj02", "lat_gcj02"])
    places = centres.drop_nulls(["lon_gcj02", "lat_gcj02"]).sort("adcode", "source_row_id")
    if not placed.height or not places.height:
        return _claim(parks.clear(), "point", pl.lit(""), pl.lit(""), 0.0)
    chord, nearest = cKDTree(_on_sphere(places)).query(_on_sphere(placed))
    rows = placed.with_columns(
        pl.Series("km", _EARTH_KM * 2 * np.arcsin(chord / 2)).round(2),
        places["name_zh"].gather(nearest).alias("place_zh"),
    ).filter(pl.col("km") <= SEAT_KM)
    return _claim(
        rows,
        "point",
        pl.format("点位距{}的驻地点 {} 公里", "place_zh", "km"),
        pl.format("the point is {} km from that of the division {}", "km", "place_zh"),
        0.6,
    )


def _on_sphere(points: pl.DataFrame) -> NDArray[np.float64]:
    """Points as unit vectors: chords order like distances, the date line needs no care."""
    lon = np.radians(points["lon_gcj02"].to_numpy())
    lat = np.radians(points["lat_gcj02"].to_numpy())
    return np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


def _industries(industries: pl.DataFrame) -> pl.DataFrame:
    none = industries.filter(pl.col("method") == "unknown")
    empty = industries.filter(pl.col("token_zh") == "在建")
    return pl.concat(
        [
            _claim(
                none,
                "industry",
                pl.format("主导产业“{}”对不上行业大类", "token_zh"),
                pl.format("leading industry {} is no division of GB/T 4754", "token_zh"),
                0.3,
            ),
            _claim(
                empty,
                "industry",
                pl.lit("主导产业只写“在建”"),
                pl.lit("the leading industry says under construction"),
                0.5,
            ),
        ]
    )
