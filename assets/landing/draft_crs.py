"""The coordinate system of a layer that no source is declared for yet, as a guess with reasons."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pyproj
import shapely
from numpy.typing import NDArray

from assets.boundaries.crs.detect import detect
from assets.boundaries.crs.finding import CrsFinding, Ground, Role
from assets.boundaries.crs.ground import ground_of_codes, ground_of_texts
from assets.landing.readers import RawPart
from assets.landing.readers.request import GEOMETRY

UNKNOWN = "…"
_LOOKED_AT = 400
_MOST = 0.5  # of the rows whose code or text names a division of known ground


def guessed_crs(part: RawPart) -> tuple[str, list[str]]:
    """What to declare as `crs` of a layer, and what speaks for it, a line a reason.

    The file's own statement holds unless the divisions that its rows name refute it. `…` where
    nothing can be said.
    """
    rows = part.rows.head(_LOOKED_AT)
    shapes = shapely.from_wkb([bytes.fromhex(t) if t else None for t in rows[GEOMETRY]])
    finding = detect(shapes, _grounds(rows, shapes), declared=part.crs)
    reasons = [f"crs: {fact.en}" for fact in finding.evidence]
    if finding.contradicts:
        reasons.insert(0, f"crs: the file says {str(part.crs)[:60]}, which its places refute")
    code = _code(finding)
    if code == UNKNOWN and part.crs and not finding.contradicts:
        return _as_stated(part.crs), reasons
    if code == UNKNOWN:
        west, south, east, north = shapely.total_bounds(shapes)
        box = f"{west:.6g} {south:.6g} to {east:.6g} {north:.6g}"
        reasons.append(f"crs: cannot be told; coordinates from {box}")
    return code, reasons


def _code(finding: CrsFinding) -> str:
    """The system found, else CGCS2000 where that is among those left."""
    plain = [s for s in finding.undecided if s.code == "EPSG:4490" and s.label == s.code]
    found = finding.system or next(iter(plain), None)
    if found is None or found.swapped or found.writing != "decimal":
        return UNKNOWN
    named = found.code.startswith("EPSG:") or found.code == found.definition
    return found.code if named else found.definition


def _as_stated(text: str) -> str:
    """EPSG of what the file says, as for a layer of another country; else its own words."""
    try:
        code = pyproj.CRS.from_user_input(text).to_epsg(min_confidence=20)
    except pyproj.exceptions.CRSError:
        return UNKNOWN
    return f"EPSG:{code}" if code else text


def _grounds(rows: pl.DataFrame, shapes: NDArray[Any]) -> list[Ground]:
    """Ground of the divisions in the column that names the smallest ones, by code or by name."""
    areas = shapely.get_dimensions(shapes) == 2
    found: list[tuple[float, Ground]] = []
    for name in rows.columns:
        if name in (GEOMETRY, "row_number"):
            continue
        texts = [text.strip() if text else None for text in rows[name]]
        coded = ground_of_codes(texts)
        by_code = _share(coded) >= _MOST
        known = coded if by_code else ground_of_texts(texts)
        if _share(known) >= _MOST:
            role: Role = "outline" if by_code and areas.any() else "within"
            size = float(np.mean(shapely.area(known[~shapely.is_missing(known)])))
            found.append((size, Ground(role, known)))
    # Counties tell more than the provinces they lie in; codes more than names of one size.
    found.sort(key=lambda each: (each[0], each[1].role != "outline"))
    return [ground for _, ground in found[:1]]


def _share(ground: NDArray[Any]) -> float:
    return float((~shapely.is_missing(ground)).mean()) if len(ground) else 0.0
