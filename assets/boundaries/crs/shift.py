"""GCJ-02 and BD-09, the shifted grids of Chinese map services, to CGCS2000 and back.

CGCS2000 and WGS 84 are treated as identical (below 1 m, METHOD 5). GCJ-02 adds the known
polynomial and sines to a point of China, reckoned on the Krasovsky ellipsoid; BD-09 bends
GCJ-02 again (worked case G25). Both are unofficial reconstructions that agree with each other
in all public libraries; the services publish no formula.

Outside of China GCJ-02 is the identity. The box is the one that the public reconstructions
share (eviltransform 0.1.1, prcoords 1.0.2): 72.004-137.8347 E, 0.8293-55.8271 N. It holds
parts of the neighbours, and is a box of these libraries, not a line of any authority.

Units are degrees throughout; arrays of any shape, NaN stays NaN, no input is changed.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Degrees = NDArray[np.float64]
_Shift = Callable[[Degrees, Degrees], tuple[Degrees, Degrees]]

BOX = (72.004, 0.8293, 137.8347, 55.8271)
_SEMI_MAJOR_M = 6378245.0
_ECCENTRICITY_2 = 0.00669342162296594323
_BD_TURN = np.pi * 3000 / 180
_BD_LON, _BD_LAT = 0.0065, 0.006
_BD_ITERATIONS = 4
# Points at a time: the some 40 arrays of a step then stay in the processor's cache.
_BLOCK = 8192


def cgcs2000_to_gcj02(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """GCJ-02 degrees of CGCS2000 degrees."""
    return _in_blocks(_to_gcj02, lon, lat)


def gcj02_to_cgcs2000(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """Inverse of the shift; the round trip is within 2e-9 degrees (0.2 mm)."""
    return _in_blocks(_from_gcj02, lon, lat)


def cgcs2000_to_bd09(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """BD-09 degrees of CGCS2000 degrees."""
    return _in_blocks(lambda x, y: _bend(*_to_gcj02(x, y)), lon, lat)


def bd09_to_cgcs2000(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """Inverse of both shifts; the round trip is within 2e-9 degrees (0.2 mm)."""
    return _in_blocks(lambda x, y: _from_gcj02(*_unbend(x, y)), lon, lat)


def _in_blocks(shift: _Shift, lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    given_lon, given_lat = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    x, y = given_lon.ravel(), given_lat.ravel()
    new_x, new_y = np.empty_like(x), np.empty_like(y)
    with np.errstate(invalid="ignore"):
        for start in range(0, x.size, _BLOCK):
            block = slice(start, start + _BLOCK)
            new_x[block], new_y[block] = shift(x[block], y[block])
    return new_x.reshape(given_lon.shape), new_y.reshape(given_lat.shape)


def _inside(lon: Degrees, lat: Degrees) -> NDArray[np.bool_]:
    west, south, east, north = BOX
    found: NDArray[np.bool_] = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    return found


def _to_gcj02(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    east, north = _offset(lon, lat)
    inside = _inside(lon, lat)
    return np.where(inside, lon + east, lon), np.where(inside, lat + north, lat)


def _from_gcj02(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """Fixed-point iteration, three evaluations; each gains two to three digits.

    The slope of the shift along the meridian of the last two steps removes what is left in
    longitude, which converges the slower (3e-9 degrees without it).
    """
    east, north = _offset(lon, lat)
    first, lat_1 = lon - east, lat - north
    east_1, north = _offset(first, lat_1)
    second, lat_2 = lon - east_1, lat - north
    east_2, north = _offset(second, lat_2)
    step = second - first
    slope = (east_2 - east_1) / np.where(step == 0, 1.0, step)
    third = lon - east_2
    third -= slope / (1 + slope) * (third - second)
    inside = _inside(lon, lat)
    return np.where(inside, third, lon), np.where(inside, lat - north, lat)


def _offset(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """What GCJ-02 adds at a point of China, in degrees east and north."""
    x, y = lon - 105.0, lat - 35.0
    by_30, by_12, by_3, by_1, ripple = _sines(x)
    root, cross = 0.1 * np.sqrt(np.abs(x)), 0.1 * x * y
    common = ripple + root + cross
    east = common + 300.0 + x + 2.0 * y + 0.1 * x * x
    east += (40 / 3) * by_1 + (80 / 3) * by_3 + 100.0 * by_12 + 200.0 * by_30
    by_30, by_12, by_3, by_1, _ = _sines(y)
    north = common + root - 100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y
    north += (40 / 3) * by_1 + (80 / 3) * by_3 + (320 / 3) * by_12 + (640 / 3) * by_30
    sine_2 = np.sin(lat * (np.pi / 180)) ** 2
    w_2 = 1 - _ECCENTRICITY_2 * sine_2
    w = np.sqrt(w_2)
    degree = 180 / np.pi / _SEMI_MAJOR_M
    return (
        east * w * degree / np.sqrt(1 - sine_2),
        north * w_2 * w * (degree / (1 - _ECCENTRICITY_2)),
    )


def _sines(v: Degrees) -> tuple[Degrees, Degrees, Degrees, Degrees, Degrees]:
    """Sines of pi*v over 30, 12, 3 and 1, and the ripple 40/3 * (sin 6 pi v + sin 2 pi v).

    All are multiples of one angle, so one sine is reckoned and the rest follows by the
    formulas of double and triple angles: to 1e-12 of an amplitude, and three times as fast.
    """
    half = np.sin(v * (np.pi / 120))
    square = half * half
    sin_1, cos_1 = 2 * half * np.sqrt(1 - square), 1 - 2 * square  # pi*v / 60
    sin_2, cos_2 = 2 * sin_1 * cos_1, 1 - 2 * sin_1 * sin_1
    sin_4, cos_4 = 2 * sin_2 * cos_2, 1 - 2 * sin_2 * sin_2
    sin_5, cos_5 = sin_4 * cos_1 + cos_4 * sin_1, cos_4 * cos_1 - sin_4 * sin_1
    sin_10, cos_10 = 2 * sin_5 * cos_5, 1 - 2 * sin_5 * sin_5
    sin_20, cos_20 = 2 * sin_10 * cos_10, 1 - 2 * sin_10 * sin_10
    square = sin_20 * sin_20
    sin_60 = sin_20 * (3 - 4 * square)
    sin_120 = 2 * sin_60 * cos_20 * (1 - 4 * square)
    ripple = (160 / 3) * sin_120 * (1 - sin_120 * sin_120)
    return sin_2, sin_5, sin_20, sin_60, ripple


def _bend(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """BD-09 of GCJ-02."""
    radius = np.hypot(lon, lat) + 2e-5 * np.sin(lat * _BD_TURN)
    angle = np.arctan2(lat, lon) + 3e-6 * np.cos(lon * _BD_TURN)
    return radius * np.cos(angle) + _BD_LON, radius * np.sin(angle) + _BD_LAT


def _unbend(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """GCJ-02 of BD-09, by fixed-point iteration; a step leaves a fiftieth of the error."""
    found_lon, found_lat = lon - _BD_LON, lat - _BD_LAT
    for _ in range(_BD_ITERATIONS):
        bent_lon, bent_lat = _bend(found_lon, found_lat)
        found_lon, found_lat = found_lon + lon - bent_lon, found_lat + lat - bent_lat
    return found_lon, found_lat
