"""Delivered boundaries brought to CGCS2000, and how their coordinate system is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
import shapely
from numpy.typing import NDArray

from assets.boundaries.crs.detect import detect
from assets.boundaries.crs.finding import CrsFinding, Ground
from assets.boundaries.crs.ground import ground_of_codes
from assets.boundaries.crs.systems import System, UnknownSystem, shapes_to_cgcs2000, system
from assets.boundaries.divisions import GEOD, distance_outside_km
from assets.boundaries.geometry import geodesic_km2, mended, rounded, shape_of
from assets.boundaries.parks import with_park_ids

# A reading that puts a park further from its checked point, or out of its province, is wrong
# (project rule). Zones of a projection are 260 km apart, map services shift by 0.7 km.
_FROM_POINT_KM, _FROM_PROVINCE_KM = 50.0, 5.0
# Readings further apart than the shifts of map services are not left open.
_OPEN_KM = 2.0
_SCHEMA: dict[str, Any] = {
    "source_row_id": pl.String,
    "geometry_wkb": pl.String,
    "crs_source": pl.String,
    "crs_how": pl.String,
    "crs_evidence": pl.String,
    "crs_accuracy_m": pl.Float64,
    "crs_contradicted": pl.Boolean,
    "outside_by_km": pl.Float64,
    "area_before_km2": pl.Float64,
    "mended_zh": pl.String,
}


@dataclass(frozen=True)
class _Reading:
    """The system a part is read in; None where no system is left."""

    system: System | None
    how: str
    accuracy_m: float
    contradicted: bool
    finding: CrsFinding

    @property
    def evidence(self) -> str:
        told = "；".join(fact.zh for fact in self.finding.evidence)
        other = self.finding.runner_up
        return f"{told}；次选 {other.label}" if other else told


def on_ground(shapes: pl.DataFrame, points: pl.DataFrame, fallback: str) -> pl.DataFrame:
    """Geometry in CGCS2000 of rows of `accepted.boundary`, one row each by `source_row_id`.

    `points` are `catalogue_code, name_zh, lon, lat` of parks with a checked point. The rows of
    a file are read in the system that it states, unless the ground or the place of the parks
    refutes it; else in the one that these and the numbers leave. Of several that are left
    within 2 km (old datums, map services) `fallback` is taken, or the first, and how far the
    others are from it is its accuracy. `geometry_wkb` is null where no system is left or the
    geometry cannot be read. An invalid polygon is made valid, and `area_before_km2` and
    `mended_zh` say so. `outside_by_km` is the distance of a point inside the polygon from the
    province in the park's code.
    """
    placed = [
        _place_part(part, points, fallback)
        for _, part in shapes.with_columns(
            pl.col("source_row_id").str.replace(r":[^:]*$", "").alias("__part")
        ).group_by("__part", maintain_order=True)
    ]
    return pl.concat([pl.DataFrame(schema=_SCHEMA), *placed])


def _place_part(rows: pl.DataFrame, points: pl.DataFrame, fallback: str) -> pl.DataFrame:
    # The last element keeps numpy from looking into a single geometry.
    drawn = np.array([*map(_area_of, rows["geometry_wkb"]), None], dtype=object)[:-1]
    known = _Known.of(rows, points)
    reading = _read(drawn, known, rows, fallback)
    found = [
        _row(row, shape, reading, province)
        for row, shape, province in zip(
            rows.iter_rows(named=True), drawn, known.provinces, strict=True
        )
    ]
    return pl.DataFrame(found, schema=_SCHEMA, orient="row")


def _area_of(text: str | None) -> Any:
    """A polygon with coordinates that are numbers; None for all else, which has no ground."""
    shape = shape_of(text)
    if shape is None or shape.geom_type not in ("Polygon", "MultiPolygon") or shape.is_empty:
        return None
    return shape if np.isfinite(shapely.get_coordinates(shape)).all() else None


@dataclass(frozen=True)
class _Known:
    """What is known of the place of each row: its province's code, and a checked point."""

    provinces: list[str]
    near: NDArray[Any]

    @classmethod
    def of(cls, rows: pl.DataFrame, points: pl.DataFrame) -> _Known:
        placed = rows.select("catalogue_code", "name_zh").join(
            points.unique(["catalogue_code", "name_zh"]),
            on=["catalogue_code", "name_zh"],
            how="left",
            maintain_order="left",
        )
        near = np.empty(rows.height, dtype=object)
        for place, (lon, lat) in enumerate(placed.select("lon", "lat").iter_rows()):
            near[place] = None if lon is None else shapely.Point(lon, lat)
        # Digits two and three of a catalogue code are those of the province in GB/T 2260.
        codes = [f"{(code or '')[1:3]}0000" for code in rows["catalogue_code"]]
        return cls(codes, near)

    def grounds(self) -> list[Ground]:
        return [Ground("within", ground_of_codes(self.provinces)), Ground("near", self.near)]


def _read(drawn: NDArray[Any], known: _Known, rows: pl.DataFrame, fallback: str) -> _Reading:
    stated: str | None = rows["crs_stated"][0]
    # An area in mu or a slip of the pen says nothing against a system that is stated.
    km2 = None if stated else rows["catalogue_ha"].cast(pl.Float64).to_numpy() / 100
    finding = detect(drawn, known.grounds(), declared=stated, area_km2=km2)
    possible = [finding.system, *finding.undecided]
    left = [each for each in possible if each is not None and _fits(drawn, known, each)]
    said = _usable(stated)
    if said is not None and not finding.contradicts and (_fits(drawn, known, said) or not left):
        # What it puts nowhere, or elsewhere, is told row by row.
        return _Reading(said, "stated", said.accuracy_m, False, finding)
    against = stated is not None
    plain = system(fallback)
    by_default = next((each for each in left if each.label == plain.label), None)
    taken = by_default or next(iter(left), None)
    # Degrees and minutes in place of degrees only because the area fits better: the area may
    # as well be wrong.
    by_area = taken is not None and taken.writing != "decimal" and by_default is None
    if taken is None or (by_area and _fits(drawn, known, plain)):
        return _Reading(None, "declared", 0.0, against, finding)
    # What is left may be true as well: it says how far off the one that is taken may be.
    accuracy = max(_apart_m(drawn, taken, each) + each.accuracy_m for each in left)
    if accuracy > 1000 * _OPEN_KM:
        return _Reading(None, "declared", 0.0, against, finding)
    how = "declared" if by_default and len(left) > 1 else "found"
    return _Reading(taken, how, round(accuracy, 1), against, finding)


def _usable(stated: str | None) -> System | None:
    try:
        return system(stated) if stated else None
    except UnknownSystem:
        return None


def _fits(drawn: NDArray[Any], known: _Known, read_as: System) -> bool:
    """Whether a reading leaves half of the parks near their points, or else in their provinces.

    One boundary that is wrong by itself does not speak against the system of its file.
    """
    right = tried = 0
    for shape, point, province in zip(drawn, known.near, known.provinces, strict=True):
        if shape is None:
            continue
        tried += 1
        try:
            lon, lat = _middle(shape, read_as)
        except ValueError:
            continue
        if point is not None:
            right += bool(GEOD.inv(point.x, point.y, lon, lat)[2] <= 1000 * _FROM_POINT_KM)
        else:
            right += _outside_km(province, lon, lat) <= _FROM_PROVINCE_KM
    return 2 * right >= tried


def _apart_m(drawn: NDArray[Any], one: System, other: System) -> float:
    """Median distance of the shapes' middles under two readings."""
    far = []
    for shape in drawn:
        try:
            far.append(GEOD.inv(*_middle(shape, one), *_middle(shape, other))[2] if shape else 0.0)
        except ValueError:
            continue
    return float(np.median(far)) if far else 0.0


def _middle(shape: Any, read_as: System) -> tuple[float, float]:
    centre = shapely.centroid(shapes_to_cgcs2000(np.array([shape], dtype=object), read_as)[0])
    return centre.x, centre.y


def _outside_km(province: str, lon: float, lat: float) -> float:
    """Distance from the province; 0 for a code of no province, which the catalogue would tell."""
    try:
        return distance_outside_km(province, lon, lat)
    except KeyError:
        return 0.0


def _row(row: dict[str, Any], shape: Any, reading: _Reading, province: str) -> dict[str, Any]:
    told: dict[str, Any] = {
        "source_row_id": row["source_row_id"],
        "geometry_wkb": None,
        "crs_source": reading.system.label if reading.system else row["crs_stated"] or "unknown",
        "crs_how": reading.how,
        "crs_evidence": reading.evidence or None,
        "crs_accuracy_m": reading.accuracy_m,
        "crs_contradicted": reading.contradicted,
        "outside_by_km": None,
        "area_before_km2": None,
        "mended_zh": None,
    }
    if reading.system is None or shape is None:
        return told
    try:
        (placed,) = shapes_to_cgcs2000(np.array([shape], dtype=object), reading.system)
    except ValueError:
        return told
    if not placed.equals_exact(shape, 0.0):
        placed = rounded(placed)
    repair = mended(placed)
    if repair is not None:
        told["area_before_km2"] = round(geodesic_km2(placed), 6)
        told["mended_zh"] = f"make valid：{repair.fault}"
        placed = repair.shape
    inside = shapely.point_on_surface(placed)
    told["geometry_wkb"] = placed.wkb_hex
    told["outside_by_km"] = round(_outside_km(province, inside.x, inside.y), 3)
    return told


def checked_points(catalogue: pl.DataFrame, points: pl.DataFrame) -> pl.DataFrame:
    """`catalogue_code, name_zh, lon, lat` of the parks whose point may be relied on.

    From `accepted.park_catalogue` and `core.park_point_claim`.
    """
    usable = points.filter("usable").select("park_id", "lon", "lat")
    return (
        with_park_ids(catalogue)
        .join(usable, on="park_id")
        .select("catalogue_code", "name_zh", "lon", "lat")
    )
