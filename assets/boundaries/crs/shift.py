"""GCJ-02 and BD-09, the shifted grids of Chinese map services, to CGCS2000 and back.

CGCS2000 and WGS 84 are treated as identical (below 1 m, METHOD 5). GCJ-02 adds the known
polynomial and sines to a point of China, reckoned on the Krasovsky ellipsoid; BD-09 bends
GCJ-02 again (worked case G25). Both are reconstructions that the public libraries share; the
services publish no formula.

Outside of China GCJ-02 is the identity. The box is the one of the public reconstructions
(eviltransform 0.1.1, prcoords 1.0.2): 72.004-137.8347 E, 0.8293-55.8271 N. It holds parts of
the neighbours, and is a box of these libraries, not a line of any authority.

Units are degrees throughout; arrays of any shape, NaN stays NaN, no input is changed. The
compiler (numba) is loaded by the first call, not by importing this module.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Degrees = NDArray[np.float64]


def cgcs2000_to_gcj02(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """GCJ-02 degrees of CGCS2000 degrees."""
    return _shifted("to_gcj02", lon, lat)


def gcj02_to_cgcs2000(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """Inverse of the shift; the round trip is within 2e-9 degrees (0.2 mm)."""
    return _shifted("from_gcj02", lon, lat)


def cgcs2000_to_bd09(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """BD-09 degrees of CGCS2000 degrees."""
    return _shifted("to_bd09", lon, lat)


def bd09_to_cgcs2000(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """Inverse of both shifts; the round trip is within 2e-9 degrees (0.2 mm)."""
    return _shifted("from_bd09", lon, lat)


def _shifted(loop: str, lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    from assets.boundaries.crs import kernels

    given_lon, given_lat = (np.ascontiguousarray(values, dtype=float) for values in (lon, lat))
    if given_lon.shape != given_lat.shape:
        raise ValueError(f"{given_lon.shape} longitudes for {given_lat.shape} latitudes")
    # Arrays of other libraries may be read-only, for which a loop would be compiled again.
    x, y = (values.ravel() for values in (given_lon, given_lat))
    x, y = (values if values.flags.writeable else values.copy() for values in (x, y))
    new_lon, new_lat = np.empty_like(x), np.empty_like(y)
    getattr(kernels, loop)(x, y, new_lon, new_lat)
    return new_lon.reshape(given_lon.shape), new_lat.reshape(given_lat.shape)
