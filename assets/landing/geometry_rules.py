"""Rules on delivered points and polygons (METHOD 5: GEO2e, POL1)."""

from __future__ import annotations

import polars as pl
import shapely

from assets.boundaries.divisions import cities, distance_outside_km, provinces
from quality.quarantine import Rule

# A point this far outside its province is not used (GEO2e); nearer ones are border noise.
_OUTSIDE_KM = 1.0


def point_rules(lon: str = "lon", lat: str = "lat", city: str = "city_zh") -> list[Rule]:
    """GEO2e: the point lies more than 1 km outside the province of its declared prefecture.

    A warning on the row: only the location is not used (`core.site` drops the point).
    """
    outside = pl.struct(lon, lat, city).map_batches(_outside, return_dtype=pl.Boolean)
    return [
        Rule(
            "GEO2e",
            "warning",
            lon,
            outside,
            "坐标在所在市所属省界外 1 公里以上：坐标不采用，行保留",
            "point more than 1 km outside the declared province: not used, the row is kept",
        )
    ]


def _outside(rows: pl.Series) -> pl.Series:
    found = []
    for row in rows.to_list():
        lon, lat, city = row.values()
        province = _province_of_city(city)
        known = province is not None and lon is not None and lat is not None
        found.append(known and distance_outside_km(str(province), lon, lat) > _OUTSIDE_KM)
    return pl.Series(found, dtype=pl.Boolean)


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


def polygon_rules(geometry: str = "geometry_wkb") -> list[Rule]:
    """POL1: the geometry cannot be read, is no polygon, is invalid, or has no area."""
    reason = pl.col(geometry).map_batches(_bad_polygon, return_dtype=pl.Boolean)
    return [
        Rule(
            "POL1",
            "error",
            geometry,
            reason,
            "不是有效的面（自相交、空、零面积或不是多边形）",
            "not a valid polygon (self-intersection, empty, zero area, or no polygon)",
        )
    ]


def _bad_polygon(hexadecimal: pl.Series) -> pl.Series:
    return pl.Series([_is_bad(text) for text in hexadecimal.to_list()], dtype=pl.Boolean)


def _is_bad(text: str | None) -> bool:
    if text is None:
        return False
    try:
        shape = shapely.from_wkb(bytes.fromhex(text))
    except (ValueError, shapely.errors.GEOSException):
        return True
    polygon = shape.geom_type in ("Polygon", "MultiPolygon")
    return not polygon or not shape.is_valid or shape.area == 0
