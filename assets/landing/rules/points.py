"""Rules on delivered points (METHOD 5: GEO1, GEO2, GEO4)."""

from __future__ import annotations

import polars as pl

from assets.boundaries.divisions import cities, distance_outside_km, provinces
from assets.landing.rules.identity import person
from assets.landing.rules.limits import GEO1_LAT, GEO1_LON, GEO4_DECIMALS, LIMITS
from quality.quarantine import Rule


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


def province_rules(lon: str = "lon", lat: str = "lat", city: str = "city_zh") -> list[Rule]:
    """GEO2: the point lies outside the province of its declared prefecture.

    Both are warnings on the row: beyond 1 km only the location is not used (`core.site`
    drops the point of a row flagged GEO2e).
    """
    away = pl.struct(lon, lat, city).map_batches(_outside_km, return_dtype=pl.Float64)
    far = LIMITS["GEO2e"]
    return [
        Rule(
            "GEO2e",
            "warning",
            lon,
            away > far,
            f"坐标在所在市所属省界外 {far:g} 公里以上：坐标不采用，行保留",
            f"point more than {far:g} km outside the declared province: not used, the row is kept",
        ),
        Rule(
            "GEO2w",
            "warning",
            lon,
            (away > 0) & (away <= far),
            f"坐标在所在市所属省界外 {far:g} 公里以内：坐标采用",
            f"point up to {far:g} km outside the declared province: used",
        ),
    ]


def _outside_km(rows: pl.Series) -> pl.Series:
    found = []
    for row in rows.to_list():
        lon, lat, city = row.values()
        province = _province_of_city(city)
        known = province is not None and lon is not None and lat is not None
        found.append(distance_outside_km(str(province), lon, lat) if known else None)
    return pl.Series(found, dtype=pl.Float64)


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
