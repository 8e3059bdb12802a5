"""Boundary versions: areas, unknown parks, and which points lie inside."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer

from assets.boundaries.divisions import GEOD
from assets.boundaries.versions import (
    BoundaryError,
    boundaries,
    geodesic_km2,
    inside_probability,
    membership,
)
from quality.contracts.accepted import BoundaryShape, ParkCatalogue
from quality.contracts.core import ParkPointClaim, Site
from tests.frames import frame

LON, LAT = 106.2, 38.5
CATALOGUE = frame(ParkCatalogue, {"catalogue_code": "S649001", "name_zh": "某园区"})
CLAIMS = frame(ParkPointClaim, {"park_id": "S649001", "precision_m": 500.0})


def disc(radius_km: float, corners: int = 180) -> shapely.Polygon:
    """The points at one distance from the centre, along the ellipsoid."""
    ring = [
        GEOD.fwd(LON, LAT, azimuth, radius_km * 1000)[:2]
        for azimuth in np.linspace(0, 360, corners, endpoint=False)
    ]
    return shapely.Polygon(ring)


def square(half: float = 0.05) -> shapely.Polygon:
    return shapely.box(LON - half, LAT - half, LON + half, LAT + half)


def made(shape: shapely.Geometry, crs: str = "EPSG:4490", **changes: Any) -> pl.DataFrame:
    row = {
        "source_row_id": "d::2",
        "catalogue_code": "S649001",
        "name_zh": "某园区",
        "boundary_class": "nominal",
        "catalogue_ha": 1000,
        "valid_from": date(2018, 2, 26),
        "geometry_wkb": shape.wkb_hex,
        **changes,
    }
    return boundaries(frame(BoundaryShape, row), CATALOGUE, CLAIMS, crs, pl.lit(False))


def inside(
    version: pl.DataFrame, *points: tuple[float, float], sigma_m: float = 0.0
) -> list[float]:
    """The chance of each point, 0 where it is not listed."""
    sites = frame(
        Site,
        *(
            {"site_id": f"p{place}", "lon": lon, "lat": lat}
            for place, (lon, lat) in enumerate(points)
        ),
        point_precision_m=sigma_m,
    )
    found = dict(membership(sites, version).select("site_id", "probability").iter_rows())
    return [found.get(f"p{place}", 0.0) for place in range(len(points))]


def test_a_nominal_disc_has_the_area_of_the_catalogue() -> None:
    (row,) = made(disc(math.sqrt(10 / math.pi))).to_dicts()
    assert row["area_ratio"] == pytest.approx(1, abs=2e-3)
    assert row["catalogue_km2"] == 10
    assert row["radius_km"] == pytest.approx(math.sqrt(10 / math.pi), rel=1e-3)
    assert (row["centre_lon"], row["centre_lat"]) == pytest.approx((LON, LAT), abs=1e-4)
    assert (row["boundary_id"], row["precision_m"]) == ("S649001:nominal:2018-02-26", 500.0)


def test_a_polygon_of_the_wrong_size_shows_in_its_ratio() -> None:
    assert made(disc(2 * math.sqrt(10 / math.pi)))["area_ratio"].item() == pytest.approx(
        4, abs=0.01
    )


def test_area_does_not_depend_on_the_direction_or_height_of_the_ring() -> None:
    box = square()
    assert geodesic_km2(box) == pytest.approx(geodesic_km2(box.reverse()))
    assert geodesic_km2(box) == pytest.approx(geodesic_km2(shapely.force_3d(box, 1000.0)))
    # One tenth of a degree each way at 38.5 N: about 8.7 by 11.1 km.
    assert geodesic_km2(box) == pytest.approx(96.8, rel=1e-2)


def test_delivered_coordinates_are_brought_to_cgcs2000() -> None:
    to_zone = Transformer.from_crs("EPSG:4490", "EPSG:4544", always_xy=True)
    projected = shapely.transform(square(), to_zone.transform, interleaved=False)
    there, here = made(projected, "EPSG:4544"), made(square())
    assert there["polygon_km2"].item() == pytest.approx(here["polygon_km2"].item(), rel=1e-6)
    assert there["centre_lon"].item() == pytest.approx(LON, abs=1e-6)
    assert there["crs_source"].item() == "EPSG:4544"


@pytest.mark.parametrize("changes", [{"catalogue_code": "S649002"}, {"name_zh": "别的园区"}])
def test_a_boundary_of_an_unknown_park_is_refused(changes: dict[str, str]) -> None:
    with pytest.raises(BoundaryError, match=r"d::2.*is not in the 2018 catalogue"):
        made(square(), **changes)


def test_a_surveyed_polygon_includes_its_border() -> None:
    surveyed = made(square(), boundary_class="approved")
    assert surveyed["precision_m"].item() == 0
    corner, edge = (LON - 0.05, LAT - 0.05), (LON, LAT + 0.05)
    beyond = (LON, LAT + 0.05 + 1e-9)
    assert inside(surveyed, (LON, LAT), corner, edge, beyond) == [1, 1, 1, 0]


def test_membership_in_a_nominal_disc_is_a_probability() -> None:
    nominal = made(disc(3), catalogue_ha=2827)
    east = [GEOD.fwd(LON, LAT, 90, km * 1000)[:2] for km in (0, 2, 3, 4, 30)]
    chances = inside(nominal, *east, sigma_m=100.0)
    assert chances[0] > 0.99
    assert chances[2] == pytest.approx(0.5, abs=0.06)
    assert chances[4] == 0
    assert chances == sorted(chances, reverse=True)
    assert len(set(chances)) == 5


def test_a_site_without_a_point_is_in_no_boundary() -> None:
    site = frame(Site, {"site_id": "s"})
    assert membership(site, made(square())).height == 0
    assert membership(site, made(square()).clear()).height == 0


RADII, SIGMAS = st.floats(0.1, 20), st.floats(0.01, 30)


@given(st.lists(st.floats(0, 3000), min_size=2, max_size=20), RADII, SIGMAS)
def test_the_chance_falls_with_distance_and_stays_a_chance(
    distances: list[float], radius: float, sigma: float
) -> None:
    far = np.array(sorted(distances))
    chance = inside_probability(far, radius, np.full_like(far, sigma))
    assert not np.isnan(chance).any()
    assert ((chance >= 0) & (chance <= 1)).all()
    assert (np.diff(chance) <= 1e-9).all()


@given(st.floats(0, 100), RADII)
def test_without_deviation_a_point_is_inside_or_not(distance: float, radius: float) -> None:
    chance = inside_probability(np.array([distance]), radius, np.array([0.0]))
    assert chance[0] == (1 if distance <= radius else 0)


def test_at_the_centre_the_chance_is_that_of_the_normal_law() -> None:
    chance = inside_probability(np.array([0.0]), 3.0, np.array([2.0]))
    assert chance[0] == pytest.approx(1 - math.exp(-(3**2) / (2 * 2**2)), rel=1e-9)
