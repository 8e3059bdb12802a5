"""Which boundaries a point lies in, with what chance, and what is near."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import polars as pl
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.boundaries.chance import inside_disc, normal_mass
from assets.boundaries.divisions import GEOD
from assets.boundaries.membership import membership, share_counted
from assets.boundaries.versions import boundaries
from quality.contracts.core import Site
from tests.boundaries.drawing import LAT, LON, claims_of, disc, shape, square
from tests.frames import frame
from tests.shared_data import golden


def placed(
    version: pl.DataFrame, *points: tuple[float, float], sigma_m: float = 0.0
) -> list[dict[str, Any] | None]:
    """The row of each point, None where it is not listed."""
    sites = frame(
        Site,
        *({"site_id": f"p{n}", "lon": lon, "lat": lat} for n, (lon, lat) in enumerate(points)),
        point_precision_m=sigma_m,
    )
    found = {row["site_id"]: row for row in membership(sites, version).to_dicts()}
    return [found.get(f"p{n}") for n in range(len(points))]


def drawn(**changes: Any) -> pl.DataFrame:
    return boundaries(claims_of(shape(**changes)))


def test_a_surveyed_polygon_includes_its_border() -> None:
    corner, edge = (LON - 0.05, LAT - 0.05), (LON, LAT + 0.05)
    beyond = (LON, LAT + 0.05 + 1e-9)
    rows = placed(drawn(), (LON, LAT), corner, edge, beyond)
    assert [row and (row["covers"], row["probability"]) for row in rows] == [
        (True, 1),
        (True, 1),
        (True, 1),
        (False, 0),
    ]


def test_what_is_within_five_kilometres_is_told_with_its_distance() -> None:
    east = LON + 0.05
    near, far = (GEOD.fwd(east, LAT, 90, km * 1000)[:2] for km in (3, 5.2))
    found, beyond = placed(drawn(), near, far)
    assert found is not None and found["probability"] == 0
    assert found["distance_km"] == pytest.approx(3, abs=0.002)
    assert beyond is None


def test_an_uncertain_point_is_inside_by_chance() -> None:
    """On a long straight border half of the error lies inside."""
    (row,) = placed(drawn(), (LON, LAT + 0.05), sigma_m=100)
    assert row is not None and row["covers"]
    # A parallel of latitude bends away from the straight line of half the mass.
    assert row["probability"] == pytest.approx(0.5, abs=1e-4)


def test_a_city_centroid_is_not_in_a_park() -> None:
    (row,) = placed(drawn(polygon=square(0.01)), (LON, LAT), sigma_m=20000)
    assert row is not None and row["covers"], "the point as given lies in the middle"
    assert row["probability"] < 0.002


def test_membership_in_a_nominal_disc_is_a_probability() -> None:
    nominal = boundaries(claims_of(shape(disc(3), boundary_class="nominal", catalogue_ha=2827)))
    east = [GEOD.fwd(LON, LAT, 90, km * 1000)[:2] for km in (0, 2, 3, 4, 30)]
    rows = placed(nominal, *east, sigma_m=100.0)
    chances = [row["probability"] if row else 0.0 for row in rows]
    assert chances[0] > 0.99
    assert chances[2] == pytest.approx(0.5, abs=0.06)
    assert chances[4] == 0
    assert chances == sorted(chances, reverse=True)
    assert len(set(chances)) == 5


def by_ground(ground: Any, version: pl.DataFrame) -> dict[str, Any]:
    site = frame(Site, {"site_id": "s", "lon": LON + 0.06, "lat": LAT})
    (row,) = membership(site, version, {"s": ground}).to_dicts()
    return row


@pytest.mark.parametrize(
    ("inside", "counted"),
    [(0.79, 0.79), (0.801, 1.0), (1.0, 1.0), (0.2001, 0.2), (0.19, 0.0), (0.65, 0.65)],
)
def test_a_site_on_the_line_counts_by_the_share_of_its_ground(
    inside: float, counted: float
) -> None:
    """B6, G32; the point of the site lies outside, which then says nothing."""
    border, wide = LON + 0.05, 0.01
    ground = shapely.box(border - wide * inside, LAT, border + wide * (1 - inside), LAT + 0.01)
    row = by_ground(ground, drawn())
    assert row["area_share"] == pytest.approx(inside, abs=2e-4)
    assert row["probability"] == pytest.approx(counted, abs=2e-4)
    assert row["covers"] is (inside >= 0.8)


def test_the_worked_case_of_a_site_on_the_line() -> None:
    inputs, expected, tolerance = golden("G32")
    share = inputs["inside_m2"] / inputs["site_area_m2"]
    counted = pl.DataFrame({"share": [share]}).select(share_counted(pl.col("share"))).item()
    assert counted == pytest.approx(expected["share"], rel=tolerance)
    assert counted * inputs["tCO2"] == pytest.approx(expected["tCO2_in_park"], rel=tolerance)


def test_in_a_nominal_disc_the_ground_of_a_site_says_nothing() -> None:
    nominal = boundaries(claims_of(shape(disc(3), boundary_class="nominal", catalogue_ha=2827)))
    row = by_ground(square(0.001), nominal)
    assert row["area_share"] is None


def test_a_site_without_a_point_is_in_no_boundary() -> None:
    site = frame(Site, {"site_id": "s"})
    assert membership(site, drawn()).height == 0
    assert membership(site, drawn().clear()).height == 0


RADII, SIGMAS = st.floats(0.1, 20), st.floats(0.01, 30)


@given(st.lists(st.floats(0, 3000), min_size=2, max_size=20), RADII, SIGMAS)
def test_the_chance_falls_with_distance_and_stays_a_chance(
    distances: list[float], radius: float, sigma: float
) -> None:
    far = np.array(sorted(distances))
    chance = inside_disc(far, radius, np.full_like(far, sigma))
    assert not np.isnan(chance).any()
    assert ((chance >= 0) & (chance <= 1)).all()
    assert (np.diff(chance) <= 1e-9).all()


@given(st.floats(0, 100), RADII)
def test_without_deviation_a_point_is_inside_or_not(distance: float, radius: float) -> None:
    chance = inside_disc(np.array([distance]), radius, np.array([0.0]))
    assert chance[0] == (1 if distance <= radius else 0)


def test_at_the_centre_the_chance_is_that_of_the_normal_law() -> None:
    chance = inside_disc(np.array([0.0]), 3.0, np.array([2.0]))
    assert chance[0] == pytest.approx(1 - math.exp(-(3**2) / (2 * 2**2)), rel=1e-9)


@settings(max_examples=40)
@given(st.floats(-5, 5), st.floats(-5, 5), st.floats(0.3, 4), st.floats(0.2, 3))
def test_a_fine_polygon_has_the_mass_of_its_disc(
    x: float, y: float, radius: float, sigma: float
) -> None:
    ring = shapely.Point(x, y).buffer(radius, quad_segs=2000)
    (disc_mass,) = inside_disc(np.array([math.hypot(x, y)]), radius, np.array([sigma]))
    assert normal_mass(ring, sigma) == pytest.approx(disc_mass, abs=3e-5)


@given(st.lists(st.floats(-3, 3), min_size=4, max_size=4), st.floats(0.2, 3))
def test_the_mass_of_a_polygon_is_the_sum_over_its_pieces(cut: list[float], sigma: float) -> None:
    whole = shapely.box(-4, -4, 4, 4)
    piece = shapely.box(min(cut[:2]), min(cut[2:]), max(cut[:2]), max(cut[2:]))
    if piece.area < 1e-6:
        return
    rest = whole.difference(piece)
    assert normal_mass(piece, sigma) + normal_mass(rest, sigma) == pytest.approx(
        normal_mass(whole, sigma), abs=1e-9
    )
    assert normal_mass(shapely.box(-1e3, -1e3, 1e3, 1e3), sigma) == pytest.approx(1)
