"""The systems that delivered numbers may be in, by their magnitude alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import numpy as np

from assets.boundaries.crs.systems import BD09, GCJ02, Floats, System, system, to_cgcs2000

# China with its islands and seas, west, south, east, north (generous).
_CHINA = (72.0, 3.0, 136.0, 54.5)
# Reach of a Gauss-Krüger zone from its false easting: half of six degrees, and some more.
_GK_REACH_M = 400_000
_ZONE_SHARE = 0.05  # of the places within that reach, to think of the zone at all
_SAMPLE = 500

# First EPSG codes of the Gauss-Krüger series: CGCS2000, Xian 1980, Beijing 1954.
_PREFIXED_3 = (4513, 2349, 2401)  # zones 25-45, zone number before the easting
_MERIDIAN_3 = (4534, 2370, 2422)  # central meridians 75-135 E, no number
_PREFIXED_6 = (4491, 2327, 21413)  # zones 13-23
_MERIDIAN_6 = (4502, 2338, 21453)
_SERIES = (
    *((first, 21) for first in (_PREFIXED_3, _MERIDIAN_3)),
    *((first, 11) for first in (_PREFIXED_6, _MERIDIAN_6)),
)
LAMBERT = (
    "+proj=lcc +lat_1=30 +lat_2=62 +lat_0=0 +lon_0=105 +x_0=0 +y_0=0 +ellps=krass +units=m +no_defs"
)
_OTHER_METRES = ("EPSG:3826", "EPSG:3825", "EPSG:3857")


@cache
def lambert_beijing() -> System:
    """The Lambert conformal projection of national county layers, on Beijing 1954."""
    return replace(
        system("EPSG:4214"),
        code="Beijing 1954 / Lambert 105E 30/62N",
        name="Beijing 1954 / Lambert 105E 30/62N",
        definition=LAMBERT,
    )


def kin(found: System) -> tuple[System, ...]:
    """The same numbers on the datums that ground cannot tell apart, this system among them.

    Xian 1980 and Beijing 1954 differ from CGCS2000 by up to 127 m and 104 m (sheet shifts,
    see `systems`). Alone where the system is of no Gauss-Krüger series.
    """
    if not found.code.startswith("EPSG:"):
        return (found,)
    code = int(found.code.removeprefix("EPSG:"))
    for firsts, count in _SERIES:
        for first in firsts:
            if first <= code < first + count:
                codes = [f"EPSG:{other + code - first}" for other in firsts]
                return tuple(replace(system(each), swapped=found.swapped) for each in codes)
    return (found,)


def candidates(x: Floats, y: Floats, declared: System | None) -> tuple[System, ...]:
    """Systems that put at least half of the numbers in China, the declared one first.

    Datums that ground cannot tell apart (`kin`) appear once, as CGCS2000.
    """
    finite = np.isfinite(x) & np.isfinite(y)
    if not finite.any():
        return ()
    step = max(1, int(finite.sum()) // _SAMPLE)
    x, y = x[finite][::step], y[finite][::step]
    found: list[System] = []
    if declared is not None:
        found += [declared, replace(declared, swapped=not declared.swapped)]
    for swapped in (False, True):
        east, north = (y, x) if swapped else (x, y)
        found += [replace(each, swapped=swapped) for each in _by_magnitude(east, north)]
    unlike: dict[tuple[str, bool, str], System] = {}
    for each in found:
        unlike.setdefault((each.code, each.swapped, each.writing), each)
    return tuple(each for each in unlike.values() if _in_china(x, y, each))


def _by_magnitude(east: Floats, north: Floats) -> Iterator[System]:
    middle_east, middle_north = float(np.median(east)), float(np.median(north))
    if abs(middle_east) <= 180 and abs(middle_north) <= 90:
        plain = system("EPSG:4490")
        yield from (plain, system(GCJ02), system(BD09))
        yield replace(plain, writing="DD.MMmm")
        yield replace(plain, writing="DD.MMSS")
        return
    for number in _zone_numbers(east):
        if 25 <= number <= 45:
            yield system(f"EPSG:{_PREFIXED_3[0] + number - 25}")
        elif 13 <= number <= 23:
            yield system(f"EPSG:{_PREFIXED_6[0] + number - 13}")
        elif number == 0:
            # A six-degree zone without its number is the three-degree one of its meridian.
            yield from (system(f"EPSG:{_MERIDIAN_3[0] + place}") for place in range(21))
    yield lambert_beijing()
    yield from (system(code) for code in _OTHER_METRES)


def _zone_numbers(east: Floats) -> list[int]:
    """Millions before the easting (0 for none) of zones that hold some of the places.

    A province drawn in one zone may lie beyond it for the greater part.
    """
    number = np.floor(east / 1e6)
    held = np.abs(east - number * 1e6 - 500_000) <= _GK_REACH_M
    found, count = np.unique(number[held], return_counts=True)
    return [int(n) for n in found[count >= _ZONE_SHARE * east.size]]


def _in_china(x: Floats, y: Floats, read_as: System) -> bool:
    lon, lat = to_cgcs2000(x, y, read_as)
    west, south, east, north = _CHINA
    with np.errstate(invalid="ignore"):
        inside = (lon > west) & (lon < east) & (lat > south) & (lat < north)
    return bool(inside.mean() >= 0.5)
