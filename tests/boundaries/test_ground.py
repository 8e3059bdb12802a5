"""Delivered boundaries on the ground: the system stated, found, or taken, and what it may cost."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
import shapely
from pyproj import Transformer

from assets.boundaries.crs import cgcs2000_to_bd09, cgcs2000_to_gcj02
from assets.boundaries.geometry import geodesic_km2
from assets.boundaries.ground import on_ground
from quality.contracts.accepted import BoundaryShape
from tests.boundaries.drawing import LAT, LON
from tests.frames import frame

FALLBACK = "EPSG:4490"
PARK = shapely.box(LON, LAT, LON + 0.03, LAT + 0.02)
NEAR = pl.DataFrame(
    {"catalogue_code": ["S649001"], "name_zh": ["某园区"], "lon": [LON + 0.02], "lat": [LAT]}
)
UNKNOWN = NEAR.clear()


def drawn(system: str, shape: Any = PARK) -> Any:
    """The shape as a file in this system holds it."""
    if system in ("GCJ-02", "BD-09"):
        shift = cgcs2000_to_gcj02 if system == "GCJ-02" else cgcs2000_to_bd09
        return shapely.transform(shape, shift, interleaved=False)
    to_system = Transformer.from_crs("EPSG:4490", system, always_xy=True)
    return shapely.transform(shape, to_system.transform, interleaved=False)


def placed(
    *shapes: Any, stated: str | None = None, points: pl.DataFrame = NEAR, **changes: Any
) -> list[dict[str, Any]]:
    rows = frame(
        BoundaryShape,
        *(
            {
                "source_row_id": f"d:layer:{n}",
                "catalogue_code": "S649001",
                "name_zh": "某园区",
                "catalogue_ha": round(geodesic_km2(PARK) * 100, 4),
                "crs_stated": stated,
                "geometry_wkb": shape if isinstance(shape, str) else shape.wkb_hex,
                **changes,
            }
            for n, shape in enumerate(shapes, 2)
        ),
    )
    return on_ground(rows, points, FALLBACK).to_dicts()


def off_m(row: dict[str, Any]) -> float:
    """How far the placed shape is from where it belongs, in metres."""
    found = shapely.centroid(shapely.from_wkb(bytes.fromhex(row["geometry_wkb"])))
    there = shapely.centroid(PARK)
    east = (found.x - there.x) * 111_300 * np.cos(np.radians(LAT))
    return float(np.hypot(east, (found.y - there.y) * 111_000))


# 3 degree zones with and without prefix, 6 degree zones, WGS 84, Web Mercator.
SYSTEMS = ["EPSG:4490", "EPSG:4523", "EPSG:4544", "EPSG:4496", "EPSG:4326", "EPSG:3857"]


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_stated_system_is_read_as_stated(system: str) -> None:
    (row,) = placed(drawn(system), stated=system)
    assert (row["crs_source"], row["crs_how"]) == (system, "stated")
    assert off_m(row) < 0.01
    assert row["crs_contradicted"] is False


@pytest.mark.parametrize("system", ["EPSG:4523", "EPSG:4544", "EPSG:4496"])
def test_metres_without_a_stated_system_are_found_by_the_place_of_the_park(system: str) -> None:
    """Of one projection the datums stay open: 1954, 1980 and 2000 differ by some 100 m."""
    (row,) = placed(drawn(system))
    assert row["geometry_wkb"] is not None
    assert off_m(row) < 130
    assert row["crs_accuracy_m"] >= off_m(row) - 0.01
    assert row["crs_how"] in ("found", "declared")


def test_degrees_without_a_stated_system_carry_the_shift_that_cannot_be_ruled_out() -> None:
    """One park says nothing on 500 m: it may be in the shifted grid of a map service."""
    (row,) = placed(PARK)
    assert (row["crs_source"], row["crs_how"]) == ("EPSG:4490", "declared")
    assert 300 < row["crs_accuracy_m"] < 1500
    assert row["crs_evidence"]


def test_a_stated_system_that_the_ground_refutes_is_not_taken() -> None:
    """A file in the zone of 105 E that says 117 E lies in the sea, or in another province."""
    (row,) = placed(drawn("EPSG:4544"), stated="EPSG:4548")
    assert (row["crs_contradicted"], row["crs_how"]) == (True, "found")
    assert off_m(row) < 130


def test_swapped_axes_are_found() -> None:
    swapped = shapely.transform(PARK, lambda xy: xy[:, ::-1])
    (row,) = placed(swapped)
    assert row["geometry_wkb"] is not None
    assert off_m(row) <= row["crs_accuracy_m"] < 1500
    assert (row["crs_how"], row["crs_source"]) == ("found", "EPSG:4490 (northing first)")


@pytest.mark.parametrize("factor", [1 / 15, 15.0])
def test_an_area_in_mu_does_not_change_the_system(factor: float) -> None:
    hectares = round(geodesic_km2(PARK) * 100 * factor, 4)
    (stated,) = placed(PARK, stated=FALLBACK, catalogue_ha=hectares)
    assert (stated["crs_how"], off_m(stated) < 0.01) == ("stated", True)
    (unstated,) = placed(PARK, catalogue_ha=hectares)
    assert unstated["geometry_wkb"] is None or off_m(unstated) < 1


@pytest.mark.parametrize(
    "shape",
    [
        shapely.box(-0.2, 51.4, 0.1, 51.6),
        shapely.box(179.9, 38, 180.1, 38.1),
        shapely.box(1e9, 1e9, 1e9 + 1, 1e9 + 1),
    ],
)
def test_what_lies_nowhere_in_china_has_no_place(shape: Any) -> None:
    (row,) = placed(shape, stated=FALLBACK)
    assert row["geometry_wkb"] is None or row["outside_by_km"] > 1000


@pytest.mark.parametrize("text", ["", "00", shapely.Polygon().wkb_hex])
def test_what_cannot_be_read_is_told_and_does_not_stop_the_others(text: str) -> None:
    bad, good = placed(text, PARK, stated=FALLBACK)
    assert bad["geometry_wkb"] is None
    assert off_m(good) < 0.01


def test_a_boundary_outside_of_the_province_of_its_code_is_measured() -> None:
    (row,) = placed(PARK, stated=FALLBACK, points=UNKNOWN, catalogue_code="S649001")
    assert row["outside_by_km"] == 0
    (moved,) = placed(shapely.box(112, 38, 112.03, 38.02), stated=FALLBACK, points=UNKNOWN)
    assert moved["geometry_wkb"] is None or moved["outside_by_km"] > 300


def test_small_faults_of_drawing_are_mended_and_recorded() -> None:
    x, y = LON, LAT
    nicked = [(x, y), (x + 0.03, y), (x + 0.03, y + 0.02), (x + 0.015, y + 0.02)]
    nicked += [(x + 0.01499, y + 0.01999), (x + 0.01501, y + 0.02), (x, y + 0.02)]
    (row,) = placed(shapely.Polygon(nicked), stated=FALLBACK)
    assert "Self-intersection" in row["mended_zh"]
    after = geodesic_km2(shapely.from_wkb(bytes.fromhex(row["geometry_wkb"])))
    assert after == pytest.approx(row["area_before_km2"], rel=1e-3)


def test_heights_and_measures_are_left_out() -> None:
    (row,) = placed(shapely.force_3d(PARK, 1200.0), stated=FALLBACK)
    assert not shapely.from_wkb(bytes.fromhex(row["geometry_wkb"])).has_z
