"""The shifts of `shift` in compiled loops; importing this module loads the compiler (numba).

All sines are polynomials and all choices are selections, so that the compiler reckons several
points at a time. Degrees throughout.
"""

from __future__ import annotations

import math
from typing import cast

import numba
import numpy as np
from numpy.typing import NDArray

from assets.boundaries.compiled import Function, compiled

Degrees = NDArray[np.float64]

WEST, SOUTH, EAST, NORTH = 72.004, 0.8293, 137.8347, 55.8271
_SEMI_MAJOR_M = 6378245.0
_E2 = 0.00669342162296594323
_DEGREE = 180.0 / math.pi / _SEMI_MAJOR_M
_RADIAN = math.pi / 180.0
_BD_TURN = math.pi * 3000.0 / 180.0
_BD_LON, _BD_LAT = 0.0065, 0.006
_F3, _F5, _F7, _F9, _F11, _F13, _F15, _F17, _F19 = (
    (-1.0) ** (n // 2) / math.factorial(n) for n in range(3, 21, 2)
)


def _inlined(function: Function) -> Function:
    return cast(Function, numba.njit(inline="always", error_model="numpy")(function))


@_inlined
def _sine(t: float) -> float:
    """Sine for |t| up to half pi, by its series, to 1e-15."""
    q = t * t
    tail = _F11 + q * (_F13 + q * (_F15 + q * (_F17 + q * _F19)))
    return t + t * q * (_F3 + q * (_F5 + q * (_F7 + q * (_F9 + q * tail))))


@_inlined
def _sine_of_any(t: float) -> float:
    """Sine of any angle, reduced to half pi by whole half turns."""
    turns = math.floor(t / math.pi + 0.5)
    rest = _sine(t - turns * math.pi)
    odd = turns - 2.0 * math.floor(turns / 2.0)
    return rest - 2.0 * odd * rest


@_inlined
def _offset(lon: float, lat: float) -> tuple[float, float]:
    """What GCJ-02 adds at a point of China, in degrees east and north.

    The sines of pi*x over 30, 12, 3, 1, 1/2 and 1/6 are multiples of one angle, and follow from
    one sine by the formulas of double, triple and added angles, to 1e-12 of their amplitudes.
    """
    x, y = lon - 105.0, lat - 35.0
    half = _sine(x * (math.pi / 120.0))
    q = half * half
    sin_1, cos_1 = 2.0 * half * math.sqrt(1.0 - q), 1.0 - 2.0 * q  # pi*x / 60
    sin_2, cos_2 = 2.0 * sin_1 * cos_1, 1.0 - 2.0 * sin_1 * sin_1
    sin_4, cos_4 = 2.0 * sin_2 * cos_2, 1.0 - 2.0 * sin_2 * sin_2
    sin_5, cos_5 = sin_4 * cos_1 + cos_4 * sin_1, cos_4 * cos_1 - sin_4 * sin_1
    sin_10, cos_10 = 2.0 * sin_5 * cos_5, 1.0 - 2.0 * sin_5 * sin_5
    sin_20, cos_20 = 2.0 * sin_10 * cos_10, 1.0 - 2.0 * sin_10 * sin_10
    q = sin_20 * sin_20
    sin_60 = sin_20 * (3.0 - 4.0 * q)
    sin_120 = 2.0 * sin_60 * cos_20 * (1.0 - 4.0 * q)
    root = 0.1 * math.sqrt(abs(x))
    common = (160.0 / 3.0) * sin_120 * (1.0 - sin_120 * sin_120) + root + 0.1 * x * y
    east = common + 300.0 + x + 2.0 * y + 0.1 * x * x
    east += (40.0 / 3.0) * sin_60 + (80.0 / 3.0) * sin_20 + 100.0 * sin_5 + 200.0 * sin_2

    half = _sine(y * (math.pi / 120.0))
    q = half * half
    sin_1, cos_1 = 2.0 * half * math.sqrt(1.0 - q), 1.0 - 2.0 * q
    sin_2, cos_2 = 2.0 * sin_1 * cos_1, 1.0 - 2.0 * sin_1 * sin_1
    sin_4, cos_4 = 2.0 * sin_2 * cos_2, 1.0 - 2.0 * sin_2 * sin_2
    sin_5, cos_5 = sin_4 * cos_1 + cos_4 * sin_1, cos_4 * cos_1 - sin_4 * sin_1
    sin_10, cos_10 = 2.0 * sin_5 * cos_5, 1.0 - 2.0 * sin_5 * sin_5
    sin_20 = 2.0 * sin_10 * cos_10
    sin_60 = sin_20 * (3.0 - 4.0 * sin_20 * sin_20)
    north = common + root - 100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y
    north += (40.0 / 3.0) * sin_60 + (80.0 / 3.0) * sin_20
    north += (320.0 / 3.0) * sin_5 + (640.0 / 3.0) * sin_2

    sine = _sine(lat * _RADIAN)
    q = sine * sine
    w2 = 1.0 - _E2 * q
    w = math.sqrt(w2)
    return (
        east * w * _DEGREE / math.sqrt(1.0 - q),
        north * w2 * w * (_DEGREE / (1.0 - _E2)),
    )


@_inlined
def _shifted(lon: float, lat: float) -> tuple[float, float]:
    """GCJ-02 of CGCS2000; the point itself outside of the box."""
    east, north = _offset(lon, lat)
    inside = (lon >= WEST) & (lon <= EAST) & (lat >= SOUTH) & (lat <= NORTH)
    return (lon + east if inside else lon), (lat + north if inside else lat)


@_inlined
def _unshifted(lon: float, lat: float) -> tuple[float, float]:
    """CGCS2000 of GCJ-02: fixed-point iteration, three evaluations, two to three digits each.

    The slope of the shift between the last two steps removes what is left in longitude, which
    converges the slower (3e-9 degrees without it).
    """
    east, north = _offset(lon, lat)
    first = lon - east
    east_1, north = _offset(first, lat - north)
    second = lon - east_1
    east_2, north = _offset(second, lat - north)
    step = second - first
    slope = (east_2 - east_1) / (step if step != 0.0 else 1.0)
    third = lon - east_2
    third -= slope / (1.0 + slope) * (third - second)
    inside = (lon >= WEST) & (lon <= EAST) & (lat >= SOUTH) & (lat <= NORTH)
    return (third if inside else lon), (lat - north if inside else lat)


@_inlined
def _bent(lon: float, lat: float) -> tuple[float, float]:
    """BD-09 of GCJ-02: longer by 2e-5 degrees at most, turned by 3e-6 radians at most.

    The turn is small enough for sine = angle (to 5e-18).
    """
    longer = 1.0 + 2e-5 * _sine_of_any(lat * _BD_TURN) / math.sqrt(lon * lon + lat * lat)
    turn = 3e-6 * _sine_of_any(lon * _BD_TURN + 0.5 * math.pi)
    same = longer * (1.0 - 0.5 * turn * turn)
    turn *= longer
    return lon * same - lat * turn + _BD_LON, lat * same + lon * turn + _BD_LAT


@_inlined
def _unbent(lon: float, lat: float) -> tuple[float, float]:
    """GCJ-02 of BD-09, by fixed-point iteration; a step leaves a fiftieth of the error.

    Four steps, written out: an inner loop would keep the compiler from taking points together.
    """
    x_0, y_0 = _bent(lon - _BD_LON, lat - _BD_LAT)
    x_1, y_1 = 2.0 * lon - _BD_LON - x_0, 2.0 * lat - _BD_LAT - y_0
    x_2, y_2 = _bent(x_1, y_1)
    x_3, y_3 = x_1 + lon - x_2, y_1 + lat - y_2
    x_4, y_4 = _bent(x_3, y_3)
    x_5, y_5 = x_3 + lon - x_4, y_3 + lat - y_4
    x_6, y_6 = _bent(x_5, y_5)
    return x_5 + lon - x_6, y_5 + lat - y_6


@compiled
def to_gcj02(lon: Degrees, lat: Degrees, new_lon: Degrees, new_lat: Degrees) -> None:
    """Write the GCJ-02 degrees of CGCS2000 degrees."""
    for i in range(lon.size):
        new_lon[i], new_lat[i] = _shifted(lon[i], lat[i])


@compiled
def from_gcj02(lon: Degrees, lat: Degrees, new_lon: Degrees, new_lat: Degrees) -> None:
    """Write the CGCS2000 degrees of GCJ-02 degrees."""
    for i in range(lon.size):
        new_lon[i], new_lat[i] = _unshifted(lon[i], lat[i])


@compiled
def to_bd09(lon: Degrees, lat: Degrees, new_lon: Degrees, new_lat: Degrees) -> None:
    """Write the BD-09 degrees of CGCS2000 degrees."""
    for i in range(lon.size):
        x, y = _shifted(lon[i], lat[i])
        new_lon[i], new_lat[i] = _bent(x, y)


@compiled
def from_bd09(lon: Degrees, lat: Degrees, new_lon: Degrees, new_lat: Degrees) -> None:
    """Write the CGCS2000 degrees of BD-09 degrees."""
    for i in range(lon.size):
        new_lon[i], new_lat[i] = _unbent(lon[i], lat[i])
    for i in range(lon.size):
        new_lon[i], new_lat[i] = _unshifted(new_lon[i], new_lat[i])
