"""The coordinate systems that occur in Chinese deliveries, and their way to CGCS2000.

Everything is reckoned offline and the same on every machine: the projection is undone by PROJ,
the datum shift is written out here, and no grid or network is asked.

Gauss-Krüger definitions name the northing first; files hold the easting first, and so does a
`System` unless it says `swapped`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from assets.boundaries.crs.shift import bd09_to_cgcs2000, gcj02_to_cgcs2000

Floats = NDArray[np.float64]
Writing = Literal["decimal", "DD.MMmm", "DD.MMSS"]

GCJ02, BD09 = "GCJ-02", "BD-09"


class UnknownSystem(ValueError):
    """A coordinate system without a known way to CGCS2000."""


@dataclass(frozen=True)
class Datum:
    """A datum, how far a point is off after its shift to CGCS2000, and who says so."""

    name: str
    accuracy_m: float
    source: str


# Beijing 1954: one geocentric translation for the whole country. The other sets of EPSG, each for
# a part of China, agree with it to 35 m at every county, and it gives back the shifts of map
# sheets that the guide names (-62..-29 m north, -56..+84 m east) within 17 m.
# Xian 1980: the guide names -9..+43 m north and +76..+119 m east, at most 127 m together.
_BEIJING_SHIFT_M = (12.646, -155.176, -80.863)
_GUIDE = "现有测绘成果转换到2000国家大地坐标系技术指南 (SBSM 2008), shifts of map sheets"
DATUMS = {
    "CGCS2000": Datum("CGCS2000", 0.0, "definition"),
    "WGS 84": Datum("WGS 84", 1.0, "METHOD 5: treated as identical, below 1 m"),
    "TWD97": Datum("TWD97", 1.0, "EPSG:3830, equivalent to WGS 84 within 1 m"),
    "Beijing 1954": Datum("Beijing 1954", 35.0, "EPSG:15918 against EPSG:15919-15921, 15935-15936"),
    "Xian 1980": Datum("Xian 1980", 127.0, f"no public parameters, not shifted; {_GUIDE}"),
    GCJ02: Datum(GCJ02, 1.0, "as WGS 84, by the public reconstruction (worked case G25)"),
    BD09: Datum(BD09, 1.0, "as WGS 84, by the public reconstruction (worked case G25)"),
}
# Parts of datum names as EPSG, PROJ and ESRI write them, in lower case without underscores.
_DATUM_NAMES = {
    "CGCS2000": ("china 2000", "cgcs2000", "china geodetic coordinate system 2000"),
    "WGS 84": ("wgs 84", "wgs84", "wgs 1984", "world geodetic system 1984"),
    "TWD97": ("twd97", "twd 1997", "taiwan datum 1997"),
    "Beijing 1954": ("beijing 1954",),
    "Xian 1980": ("xian 1980",),
}


@dataclass(frozen=True)
class System:
    """A way to read two numbers as a place.

    `definition` is what PROJ understands, or GCJ-02 or BD-09; `swapped`: the first number is
    the northing or latitude; `writing`: how degrees are written.
    """

    code: str
    name: str
    definition: str
    datum: Datum
    swapped: bool = False
    writing: Writing = "decimal"

    @property
    def accuracy_m(self) -> float:
        """How far a point may be off in CGCS2000, in metres."""
        return self.datum.accuracy_m

    @property
    def label(self) -> str:
        """Code, and what is unusual about the numbers."""
        unusual = ["northing first"] * self.swapped + [self.writing] * (self.writing != "decimal")
        return f"{self.code} ({', '.join(unusual)})" if unusual else self.code


@cache
def system(text: str) -> System:
    """The system that a file or a declaration names: EPSG code, WKT (.prj), GCJ-02 or BD-09.

    Raises UnknownSystem where the text cannot be read or its datum has no known shift.
    """
    code = shifted_grid(text)
    if code is not None:
        return System(code, code, code, DATUMS[code])
    try:
        crs = CRS.from_user_input(text)
    except CRSError as error:
        raise UnknownSystem(
            f"{text[:80]!r}: no coordinate system ({error}); "
            "expected an EPSG code, WKT, GCJ-02 or BD-09"
        ) from None
    epsg = crs.to_epsg()
    code = f"EPSG:{epsg}" if epsg else crs.name
    return System(code, crs.name, crs.to_wkt(), _datum(crs))


def shifted_grid(text: str) -> str | None:
    """GCJ-02 or BD-09 where the text names it, however it is written."""
    said = text.strip().upper().replace("-", "").replace(" ", "")
    for code in (GCJ02, BD09):
        plain = code.replace("-", "")
        if said in (plain, plain + "LL"):
            return code
    return None


def _datum(crs: CRS) -> Datum:
    base = crs.geodetic_crs
    if base is None or base.datum is None:
        raise UnknownSystem(f"{crs.name}: no geodetic datum; expected a horizontal system")
    said = f"{base.datum.name} {base.name}".lower().replace("_", " ")
    for name, parts in _DATUM_NAMES.items():
        if any(part in said for part in parts):
            return DATUMS[name]
    raise UnknownSystem(
        f"{crs.name}: datum {base.datum.name} has no known shift to CGCS2000; "
        f"expected one of {', '.join(DATUMS)}: convert before delivery"
    )


def to_cgcs2000(x: Floats, y: Floats, read_as: System) -> tuple[Floats, Floats]:
    """Longitude and latitude in CGCS2000 degrees of numbers as delivered.

    NaN where a number is missing or cannot be a place of this system.
    """
    east, north = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    if read_as.swapped:
        east, north = north, east
    if read_as.writing != "decimal":
        east, north = (_decimal(values, read_as.writing) for values in (east, north))
    lon, lat = _place(read_as.definition, read_as.datum.name)(east, north)
    with np.errstate(invalid="ignore"):
        good = (np.abs(lon) <= 180) & (np.abs(lat) <= 90)
    return np.where(good, lon, np.nan), np.where(good, lat, np.nan)


def shapes_to_cgcs2000(shapes: NDArray[Any], read_as: System) -> NDArray[Any]:
    """The same of shapely geometries; heights are dropped.

    Raises ValueError where a vertex cannot be a place of this system.
    """
    flat = shapely.force_2d(shapes)
    points = shapely.get_coordinates(flat)
    lon, lat = to_cgcs2000(points[:, 0], points[:, 1], read_as)
    if not np.isfinite(lon).all():
        wrong = points[int(np.argmin(np.isfinite(lon)))]
        raise ValueError(f"{wrong[0]:g}, {wrong[1]:g}: no place in {read_as.label}")
    moved: NDArray[Any] = shapely.set_coordinates(flat, np.column_stack([lon, lat]))
    return moved


_Place = Callable[[Floats, Floats], tuple[Floats, Floats]]


@cache
def _place(definition: str, datum: str) -> _Place:
    """East and north as the definition has them → CGCS2000 degrees."""
    if definition == GCJ02:
        return gcj02_to_cgcs2000
    if definition == BD09:
        return bd09_to_cgcs2000
    crs = CRS.from_user_input(definition)
    steps: list[_Place] = []
    if crs.is_projected:
        steps.append(Transformer.from_crs(crs, crs.geodetic_crs, always_xy=True).transform)
    if datum == "Beijing 1954":
        steps.append(_beijing_to_cgcs2000().transform)

    def place(east: Floats, north: Floats) -> tuple[Floats, Floats]:
        for step in steps:
            east, north = step(east, north)
        return east, north

    return place


@cache
def _beijing_to_cgcs2000() -> Transformer:
    x, y, z = _BEIJING_SHIFT_M
    return Transformer.from_pipeline(
        "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad "
        f"+step +proj=cart +ellps=krass +step +proj=helmert +x={x} +y={y} +z={z} "
        "+step +inv +proj=cart +ellps=GRS80 +step +proj=unitconvert +xy_in=rad +xy_out=deg"
    )


def _decimal(values: Floats, writing: Writing) -> Floats:
    """Degrees of a number that holds degrees and minutes; NaN where minutes reach 60.

    A number of nine digits behind the point has its last digit rounded, so that 59.9999999
    is not cut to 59 minutes.
    """
    size = np.abs(values)
    degrees = np.floor(size)
    minutes = np.round((size - degrees) * 100, 9)
    if writing == "DD.MMSS":
        whole = np.floor(minutes)
        seconds = np.round((minutes - whole) * 100, 7)
        good = (whole < 60) & (seconds < 60)
        minutes = whole + seconds / 60
    else:
        good = minutes < 60
    return np.where(good, np.copysign(degrees + minutes / 60, values), np.nan)
