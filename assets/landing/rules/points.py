"""Rules on delivered points (METHOD 5: GEO1, GEO2, GEO4)."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from assets.boundaries.divisions import cities, distance_outside_km, provinces
from assets.landing.rules.identity import person
from assets.landing.rules.limits import (
    EUROPE_LAT,
    EUROPE_LON,
    GEO1_LAT,
    GEO1_LON,
    GEO4_DECIMALS,
    LIMITS,
)
from quality.quarantine import Rule

# As the trackers write it.
_IN_CHINA = ["China", "Taiwan", "Hong Kong", "Hong Kong, China", "Macau", "Macao"]


def range_rules(lon: str = "lon", lat: str = "lat") -> list[Rule]:
    """GEO1: the point lies in the ranges of China; one with its axes swapped is said so."""
    x, y = pl.col(lon), pl.col(lat)
    outside = ~(x.is_between(*GEO1_LON) & y.is_between(*GEO1_LAT))
    swapped = x.is_between(*GEO1_LAT) & y.is_between(*GEO1_LON)
    ranges = f"{GEO1_LON[0]:g}-{GEO1_LON[1]:g} / {GEO1_LAT[0]:g}-{GEO1_LAT[1]:g}"
    return [
        Rule(
            "GEO1",
            "error",
            lon,
            swapped,
            "经度与纬度疑似互换：请对调两列后重报",
            "longitude and latitude look swapped: exchange the two columns and deliver again",
        ),
        Rule(
            "GEO1",
            "error",
            lon,
            outside & ~swapped,
            f"经纬度不在 {ranges} 范围内（十进制度）",
            f"longitude / latitude not in {ranges} (decimal degrees)",
        ),
    ]


def world_rules(lon: pl.Expr, lat: pl.Expr, country: pl.Expr, column: str) -> list[Rule]:
    """GEO1w of a list of the whole world: on the earth, not at 0, in China within its ranges.

    `column` is the column that is named. The row is kept: these lists are read, not accounted.
    """
    zero = (lon == 0) & (lat == 0)
    here = country.is_in(_IN_CHINA)
    outside = here & ~(lon.is_between(*GEO1_LON) & lat.is_between(*GEO1_LAT)) & ~zero
    swapped = lon.is_between(*GEO1_LAT) & lat.is_between(*GEO1_LON)
    return [
        _kept(column, zero, "坐标为 0：位置不详", "coordinates of 0: place unknown"),
        _kept(
            column,
            outside & swapped,
            "经度与纬度疑似互换",
            "longitude and latitude look swapped",
        ),
        _kept(
            column,
            outside & ~swapped,
            "在中国，坐标却不在中国范围内",
            "in China, and the point is not in its ranges",
        ),
        _kept(
            column,
            ~(lon.is_between(-180, 180) & lat.is_between(-90, 90)) & ~here,
            "经纬度不在 ±180 / ±90 范围内",
            "longitude / latitude not within 180 / 90 degrees",
        ),
    ]


def europe_rules(lon: str = "lon", lat: str = "lat") -> list[Rule]:
    """GEO1w of the EU registry: no point at 0, and within Europe.

    What is wrong with a point outside is not told apart: axes are swapped in some, and many
    of Lithuania look like cut metres of its national grid.
    """
    x, y = pl.col(lon), pl.col(lat)
    zero = (x == 0) & (y == 0)
    outside = ~(x.is_between(*EUROPE_LON) & y.is_between(*EUROPE_LAT)) & ~zero
    return [
        _kept(lon, zero, "坐标为 0：位置不详", "coordinates of 0: place unknown"),
        _kept(
            lon,
            outside,
            "坐标不在欧洲：经纬度互换，或是另一坐标系的数值",
            "the point is not in Europe: axes swapped, or numbers of another system",
        ),
    ]


def _kept(column: str, bad: pl.Expr, zh: str, en: str) -> Rule:
    return Rule("GEO1w", "warning", column, bad, f"{zh}；行保留", f"{en}; the row is kept")


def province_rules(lon: str = "lon", lat: str = "lat", city: str = "city_zh") -> list[Rule]:
    """GEO2: the point lies outside the province of its declared prefecture.

    Both are warnings on the row: beyond 1 km only the location is not used (`core.site`
    drops the point of a row flagged GEO2e).
    """
    return _away_rules(lon, lat, city, _province_of_city, "所在市所属省")


def named_province_rules(
    lon: str = "lon", lat: str = "lat", province: str = "province_zh"
) -> list[Rule]:
    """GEO2: the point lies outside the province that the row names in full; as above."""
    return _away_rules(lon, lat, province, _province_of_name, "所填省")


def _away_rules(
    lon: str, lat: str, name: str, code_of: Callable[[str | None], str | None], of_zh: str
) -> list[Rule]:
    def outside_km(rows: pl.Series) -> pl.Series:
        found = []
        for row in rows.to_list():
            x, y, named = row.values()
            province = code_of(named)
            known = province is not None and x is not None and y is not None
            found.append(distance_outside_km(str(province), x, y) if known else None)
        return pl.Series(found, dtype=pl.Float64)

    away = pl.struct(lon, lat, name).map_batches(outside_km, return_dtype=pl.Float64)
    far = LIMITS["GEO2e"]
    return [
        Rule(
            "GEO2e",
            "warning",
            lon,
            away > far,
            f"坐标在{of_zh}界外 {far:g} 公里以上：坐标不采用，行保留",
            f"point more than {far:g} km outside the declared province: not used, the row is kept",
        ),
        Rule(
            "GEO2w",
            "warning",
            lon,
            (away > 0) & (away <= far),
            f"坐标在{of_zh}界外 {far:g} 公里以内：坐标采用",
            f"point up to {far:g} km outside the declared province: used",
        ),
    ]


def _province_of_city(name: str | None) -> str | None:
    """GB/T 2260 province of a prefecture named in full or without its suffix; None if unknown."""
    if not name:
        return None
    codes = {
        code[:2] + "0000"
        for known, code in zip(cities().names, cities().codes, strict=True)
        if known.startswith(name)
    }
    codes &= set(provinces().codes)
    return codes.pop() if len(codes) == 1 else None


def _province_of_name(name: str | None) -> str | None:
    known = provinces()
    return known.codes[known.names.index(name)] if name in known.names else None


def precision_rules(lon: str = "lon", lat: str = "lat") -> list[Rule]:
    """GEO4: too few decimals, or one point for many legal persons.

    A number has lost its closing zeros, so the decimals of both coordinates are judged
    together: of points that do have four, one in a hundred ends in a zero twice.
    """
    scale = 10 ** (GEO4_DECIMALS - 1)
    coarse = pl.all_horizontal(
        ((pl.col(name) * scale).round() / scale - pl.col(name)).abs() < 1e-9 for name in (lon, lat)
    )
    located = pl.col(lon).is_not_null() & pl.col(lat).is_not_null()
    shared = person().n_unique().over(lon, lat) >= LIMITS["GEO4"]
    return [
        Rule(
            "GEO4",
            "warning",
            lon,
            located & (coarse | shared),
            f"坐标精度低：经纬度均不足 {GEO4_DECIMALS} 位小数，"
            f"或同一点为 {LIMITS['GEO4']:g} 家及以上单位共用",
            f"imprecise point: both coordinates have fewer than {GEO4_DECIMALS} decimals, "
            f"or {LIMITS['GEO4']:g} or more legal persons share it",
        )
    ]


def point_rules(lon: str = "lon", lat: str = "lat", city: str = "city_zh") -> list[Rule]:
    """All rules on a point with the prefecture declared beside it."""
    return [*range_rules(lon, lat), *province_rules(lon, lat, city), *precision_rules(lon, lat)]
