"""A layer whose file states a coordinate system that cannot be the declared one.

Only the systems are compared, never a coordinate. PROJ is loaded by the first layer that is
compared, not by importing this module.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from assets.landing.declaration import SourceDeclaration
from assets.landing.readers.errors import ReadError
from assets.landing.readers.request import CRS

if TYPE_CHECKING:
    import pyproj

# Far below what another zone, projection or unit does.
_SAME_M = 100.0
_SAME_DEGREES = 0.001
# Datums on the same figure of the earth are told apart by nobody: WGS 84, CGCS2000, TWD97 and
# ETRS89 lie within a metre. Those on older figures lie 50 to 900 m from them.
_SAME_AXIS_M = 1.0
_SAME_FLATTENING = 0.01
_CHINA = (98.0, 20.0, 122.0, 45.0)
_LONGEST = 10_000  # characters of a WKT that a person or program means
_SHOWN = 80

_Place = tuple[float, float]


def check_stated(file: str, part: Mapping[str, Any], source: SourceDeclaration) -> None:
    """Raises ReadError `crs-mismatch` for a part (answer of the child) in another system.

    Not judged: a source that takes the statement itself (`__crs__`) or declares no system, and
    a part that states none or one that cannot be understood.
    """
    stated = part["crs"]
    judged = source.crs not in (None, "unknown") and CRS not in source.columns
    if not judged or not stated or part["crs_implied"]:
        return
    assert source.crs is not None
    found = _other(stated, source.crs)
    if found is None:
        return
    name, line = found
    changed = f"if the office changed it, write crs = {line} in {source.id}.toml"
    if line is None:
        changed = "its datum has no known shift: deliver the layer converted"
    raise ReadError(
        file,
        part["part"],
        None,
        f"the file states the coordinate system {name}",
        f"{_short(source.crs)} as declared ({changed}; if the statement is wrong, deliver the "
        "layer with the right one)",
        "crs-mismatch",
    )


@lru_cache(maxsize=64)
def _other(stated: str, declared: str) -> tuple[str, str | None] | None:
    """Name and TOML text of what is stated, if it is not what is declared; no text where its
    datum could not be shifted either.

    Texts go in and out, since an object of PROJ belongs to the thread that made it.
    """
    if stated == declared:
        return None
    left, right = _understood(stated), _understood(declared)
    if left is None or right is None or not _differ(left, right):
        return None
    code = left.to_epsg(min_confidence=70)
    if _other_datum(left, right) and not _is_shifted(left):
        return (f"{left.name[:_SHOWN]} (EPSG:{code})" if code else left.name[:_SHOWN]), None
    if code is None:
        return left.name[:_SHOWN], '"…"'
    return f"{left.name[:_SHOWN]} (EPSG:{code})", json.dumps(f"EPSG:{code}")


def _understood(text: str) -> pyproj.CRS | None:
    """The horizontal system, None where the text names none. GCJ-02 and BD-09 bend WGS 84."""
    from pyproj import CRS as System
    from pyproj.exceptions import ProjError

    from assets.boundaries.crs.systems import shifted_grid

    if shifted_grid(text):
        return System.from_epsg(4326)
    if len(text) > _LONGEST:
        return None
    try:
        system = System.from_user_input(text)
    except (ProjError, ValueError):
        return None
    while system.is_compound or system.is_bound:
        inner = system.sub_crs_list[0] if system.is_compound else system.source_crs
        if inner is None:
            return None
        system = inner
    return system if system.is_projected or system.is_geographic else None


def _differ(stated: pyproj.CRS, declared: pyproj.CRS) -> bool:
    """Whether the same numbers are another place in the two, be it by their datums."""
    if stated.is_projected != declared.is_projected or _other_datum(stated, declared):
        return True
    same = _SAME_M / _unit(declared) if declared.is_projected else _SAME_DEGREES
    for place in _places(declared):
        left, right = _numbers(stated, place), _numbers(declared, place)
        if left is None or right is None:
            continue
        if max(abs(a - b) for a, b in zip(left, right, strict=True)) > same:
            return True
    return False


def _other_datum(stated: pyproj.CRS, declared: pyproj.CRS) -> bool:
    """Whether they rest on different figures of the earth. A sphere is of web maps, no datum."""
    left, right = stated.ellipsoid, declared.ellipsoid
    if left is None or right is None or not (left.inverse_flattening and right.inverse_flattening):
        return False
    axis = abs(left.semi_major_metre - right.semi_major_metre)
    flattening = abs(left.inverse_flattening - right.inverse_flattening)
    return axis > _SAME_AXIS_M or flattening > _SAME_FLATTENING


def _is_shifted(stated: pyproj.CRS) -> bool:
    """Whether the way from its datum to CGCS2000 is known."""
    from assets.boundaries.crs.systems import UnknownSystem, system

    try:
        return system(stated.to_wkt()).datum.name != "Xian 1980"
    except UnknownSystem:
        return False


def _places(declared: pyproj.CRS) -> Iterator[_Place]:
    """Two places, in degrees from Greenwich, in the area that the declared system is for.

    Two, since systems may meet in one place, such as the origin that they share.
    """
    area = declared.area_of_use
    west, south, east, north = area.bounds if area and area.west < area.east else _CHINA
    for share in (0.25, 0.5):
        yield west + share * (east - west), south + share * (north - south)


def _numbers(system: pyproj.CRS, place: _Place) -> _Place | None:
    """What the system writes for a place of its own datum, east or longitude first."""
    from pyproj import Transformer
    from pyproj.exceptions import ProjError

    base = system.geodetic_crs
    if base is None or base.prime_meridian is None:
        return None
    meridian = base.prime_meridian
    greenwich = float(meridian.longitude) * float(meridian.unit_conversion_factor)
    degree = 0.017453292519943295
    lon, lat = place
    x, y = ((lon * degree - greenwich) / _unit(base), lat * degree / _unit(base))
    if not system.is_projected:
        return x, y
    try:
        return Transformer.from_crs(base, system, always_xy=True).transform(x, y, errcheck=True)
    except ProjError:
        return None


def _unit(system: pyproj.CRS) -> float:
    """Metres or radians in one unit of the first axis."""
    return float(system.axis_info[0].unit_conversion_factor) if system.axis_info else 1.0


def _short(declared: str) -> str:
    """What is declared, by its name where the text is long."""
    if len(declared) <= _SHOWN:
        return declared
    system = _understood(declared)
    named = system is not None and system.name != "unknown"
    return system.name if system is not None and named else f"{declared[:_SHOWN]}…"
