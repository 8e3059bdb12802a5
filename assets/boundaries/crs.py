"""GCJ-02 (the shifted grid of Chinese map services) to CGCS2000, vectorized.

CGCS2000 and WGS 84 are treated as identical (below 1 m). The shift is the published
GCJ-02 polynomial on the Krasovsky ellipsoid; its inverse is found by fixed-point
iteration, which gains about three digits a step.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Degrees = NDArray[np.float64]

_SEMI_MAJOR_M = 6378245.0
_ECCENTRICITY_2 = 0.00669342162296594323
_ITERATIONS = 4


def _wave(amplitudes: tuple[float, float, float], phase: Degrees) -> Degrees:
    """Sum of three sines at 1, 1/3 and 1/12 (or 1/30) of pi; see the callers."""
    a, b, c = amplitudes
    result: Degrees = (
        a * np.sin(phase * np.pi) + b * np.sin(phase / 3 * np.pi) + c * np.sin(phase / 12 * np.pi)
    )
    return result * 2 / 3


def _shift(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """The shift that GCJ-02 adds at a point, in degrees."""
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    ripple = (20.0 * np.sin(6.0 * x * np.pi) + 20.0 * np.sin(2.0 * x * np.pi)) * 2 / 3
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + ripple
    north += (20.0 * np.sin(y * np.pi) + 40.0 * np.sin(y / 3 * np.pi)) * 2 / 3
    north += (160.0 * np.sin(y / 12 * np.pi) + 320.0 * np.sin(y * np.pi / 30)) * 2 / 3
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + ripple
    east += _wave((20.0, 40.0, 150.0), x) + 300.0 * np.sin(x / 30 * np.pi) * 2 / 3
    radians = np.radians(lat)
    w2 = 1 - _ECCENTRICITY_2 * np.sin(radians) ** 2
    meridian = _SEMI_MAJOR_M * (1 - _ECCENTRICITY_2) / (w2 * np.sqrt(w2))
    parallel = _SEMI_MAJOR_M / np.sqrt(w2) * np.cos(radians)
    return np.degrees(east / parallel), np.degrees(north / meridian)


def cgcs2000_to_gcj02(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """Shifted coordinates in degrees of points in degrees."""
    d_lon, d_lat = _shift(lon, lat)
    return lon + d_lon, lat + d_lat


def gcj02_to_cgcs2000(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """Inverse of the shift, in degrees; the round trip is within 2e-9 degrees."""
    found_lon, found_lat = lon.copy(), lat.copy()
    for _ in range(_ITERATIONS):
        d_lon, d_lat = _shift(found_lon, found_lat)
        found_lon, found_lat = lon - d_lon, lat - d_lat
    return found_lon, found_lat
