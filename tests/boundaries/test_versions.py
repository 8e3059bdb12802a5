"""Boundary claims and versions: areas, mending, zones, and who is valid when."""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.boundaries.geometry import geodesic_km2, mended
from assets.boundaries.nominal import disc as nominal_disc
from assets.boundaries.nominal import nominal_claims
from assets.boundaries.overlaps import boundary_pairs
from assets.boundaries.versions import boundaries
from quality.contracts.core import Park
from tests.boundaries.drawing import (
    CATALOGUE,
    LAT,
    LON,
    POINTS,
    claims_of,
    disc,
    shape,
    square,
)
from tests.frames import frame


def versions_of(*shapes: dict[str, Any]) -> list[dict[str, Any]]:
    return boundaries(claims_of(*shapes)).sort("valid_from").to_dicts()


def test_a_nominal_disc_has_the_area_of_the_catalogue() -> None:
    row = shape(disc(math.sqrt(10 / math.pi)), boundary_class="nominal")
    (version,) = versions_of(row)
    assert version["area_ratio"] == pytest.approx(1, abs=2e-3)
    assert version["catalogue_km2"] == 10
    assert version["radius_km"] == pytest.approx(math.sqrt(10 / math.pi), rel=1e-3)
    assert (version["centre_lon"], version["centre_lat"]) == pytest.approx((LON, LAT), abs=1e-4)
    assert version["boundary_id"] == "S649001:nominal:2018-02-26"
    assert version["precision_m"] == 500.0, "a delivered disc is no better than the park's point"


def test_a_polygon_of_the_wrong_size_shows_in_its_ratio() -> None:
    (version,) = versions_of(shape(disc(2 * math.sqrt(10 / math.pi))))
    assert version["area_ratio"] == pytest.approx(4, abs=0.01)
    assert version["precision_m"] == 0


def test_area_does_not_depend_on_the_direction_or_height_of_the_ring() -> None:
    box = square()
    assert geodesic_km2(box) == pytest.approx(geodesic_km2(box.reverse()))
    assert geodesic_km2(box) == pytest.approx(geodesic_km2(shapely.force_3d(box, 1000.0)))
    # One tenth of a degree each way at 38.5 N: about 8.7 by 11.1 km.
    assert geodesic_km2(box) == pytest.approx(96.8, rel=1e-2)


def test_holes_and_parts_are_measured_whichever_way_they_are_drawn() -> None:
    hole = square(0.01)
    ring = list(hole.exterior.coords)
    whole = geodesic_km2(square()) - geodesic_km2(hole)
    for drawn in (ring, ring[::-1]):
        assert geodesic_km2(shapely.Polygon(square().exterior, [drawn])) == pytest.approx(whole)
    parts = shapely.MultiPolygon([square(), square(east=0.2).reverse()])
    assert geodesic_km2(parts) == pytest.approx(2 * geodesic_km2(square()), rel=1e-9)


@pytest.mark.parametrize("changes", [{"catalogue_code": "S649003"}, {"name_zh": "别的园区"}])
def test_a_boundary_of_an_unknown_park_is_kept_and_not_used(changes: dict[str, str]) -> None:
    claims = claims_of(shape(**changes), shape(square(0.02)))
    unknown = claims.filter(~pl.col("used")).to_dicts()
    assert [row["source_row_id"] for row in unknown] == ["d::2"]
    assert "不在目录" in unknown[0]["reason_zh"]
    assert boundaries(claims)["park_id"].to_list() == ["S649001"]


def test_a_claim_that_cannot_be_placed_is_kept_and_not_used() -> None:
    """Metres that no zone puts near the park, in a file without a stated system."""
    nowhere = shape(shapely.box(1e7, 1e7, 1e7 + 1, 1e7 + 1), crs_stated=None)
    (claim,) = claims_of(nowhere).to_dicts()
    assert (claim["used"], claim["geometry_wkb"], claim["polygon_km2"]) == (False, "", 0)
    assert "坐标系" in claim["reason_zh"]
    assert boundaries(claims_of(nowhere)).is_empty()


def test_the_catalogue_alone_gives_a_disc_around_a_usable_point() -> None:
    usable = POINTS.with_columns(pl.lit(True).alias("usable"))
    (derived,) = claims_of(nominal=nominal_claims(CATALOGUE, usable)).to_dicts()
    assert (derived["origin"], derived["boundary_class"]) == ("derived", "nominal")
    assert derived["polygon_km2"] == pytest.approx(10, rel=1e-6)
    assert derived["valid_from"] == date(2006, 3, 1)
    assert derived["precision_m"] == 500.0
    assert nominal_claims(CATALOGUE, POINTS).height == 0, "an unusable point carries none"


def test_a_delivered_nominal_boundary_takes_the_place_of_the_derived_one() -> None:
    discs = nominal_claims(CATALOGUE, POINTS.with_columns(pl.lit(True).alias("usable")))
    both = claims_of(shape(boundary_class="nominal"), nominal=discs)
    assert dict(both.select("origin", "used").iter_rows()) == {"delivered": True, "derived": False}
    beside = claims_of(shape(boundary_class="approved"), nominal=discs)
    assert beside["used"].all(), "classes are not mixed: the nominal series keeps its disc"
    assert boundaries(beside).height == 2


@given(st.floats(75, 134), st.floats(4, 53), st.floats(0.01, 500))
def test_a_disc_has_the_area_it_is_asked_for(lon: float, lat: float, km2: float) -> None:
    assert geodesic_km2(nominal_disc(lon, lat, km2)) == pytest.approx(km2, rel=1e-4)


def test_zones_are_unioned_and_a_new_zone_begins_a_new_version() -> None:
    west, east = square(0.05), square(0.05, east=0.2)
    first, second = versions_of(
        shape(west, zone_zh="西区"),
        shape(east, zone_zh="东区", valid_from=date(2020, 7, 1), catalogue_ha=2000),
    )
    assert (first["zones"], second["zones"]) == (1, 2)
    assert (first["valid_from"], first["valid_to"]) == (date(2018, 2, 26), date(2020, 6, 30))
    assert (second["valid_from"], second["valid_to"]) == (date(2020, 7, 1), None)
    assert (first["latest"], second["latest"]) == (False, True)
    both = geodesic_km2(west) + geodesic_km2(east)
    assert second["polygon_km2"] == pytest.approx(both, abs=1e-5)
    assert second["catalogue_km2"] == 20


def test_a_redrawn_zone_ends_the_one_before_and_leaves_the_others() -> None:
    rows = versions_of(
        shape(square(0.05), zone_zh="西区"),
        shape(square(0.02), zone_zh="西区", valid_from=date(2021, 1, 1)),
        shape(square(0.05, east=0.2), zone_zh="东区"),
    )
    assert [row["zones"] for row in rows] == [2, 2]
    assert rows[0]["valid_to"] == date(2020, 12, 31)
    assert rows[0]["polygon_km2"] > rows[1]["polygon_km2"]


def test_no_version_where_nothing_is_valid() -> None:
    gap = versions_of(
        shape(valid_to=date(2018, 12, 31)), shape(square(0.02), valid_from=date(2020, 1, 1))
    )
    assert [(v["valid_from"], v["valid_to"]) for v in gap] == [
        (date(2018, 2, 26), date(2018, 12, 31)),
        (date(2020, 1, 1), None),
    ]


DAYS = st.integers(0, 1500).map(lambda n: date(2015, 1, 1) + timedelta(days=n))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(DAYS, st.integers(0, 900), st.booleans()), min_size=1, max_size=6))
def test_versions_never_overlap_and_cover_just_the_days_of_their_zones(
    spans: list[tuple[date, int, bool]],
) -> None:
    """Each zone has a name of its own, so that any intervals may be delivered."""
    shapes = [
        shape(
            square(0.01, east=0.05 * n),
            zone_zh=f"{n}区",
            valid_from=start,
            valid_to=None if open_ended else start + timedelta(days=days),
        )
        for n, (start, days, open_ended) in enumerate(spans)
    ]
    versions = versions_of(*shapes)
    far = date(2030, 1, 1)
    ends = [v["valid_to"] or far for v in versions]
    for earlier, later in zip(zip(versions, ends, strict=True), versions[1:], strict=False):
        assert earlier[1] < later["valid_from"]
    assert sum(v["latest"] for v in versions) == 1 and versions[-1]["latest"]
    covered = {
        v["valid_from"] + timedelta(days=n)
        for v, end in zip(versions, ends, strict=True)
        for n in range((end - v["valid_from"]).days + 1)
    }
    wanted = {
        s["valid_from"] + timedelta(days=n)
        for s in shapes
        for n in range(((s["valid_to"] or far) - s["valid_from"]).days + 1)
    }
    assert covered == wanted


BOW_TIE = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])


def test_mending_says_what_was_wrong_and_what_it_changed() -> None:
    nick = shapely.Polygon([(0, 0), (1, 0), (1, 1), (0.5, 1), (0.5, 1.0001), (0.49, 1), (0, 1)])
    crossed = shapely.Polygon([*nick.exterior.coords[:4], (0.4999, 0.9999), (0.5001, 1), (0, 1)])
    repair = mended(crossed)
    assert repair is not None and repair.shape.is_valid
    assert repair.change < 1e-3 and "intersection" in repair.fault
    assert mended(square()) is None
    bow = mended(BOW_TIE)
    assert bow is not None and bow.change == math.inf, "a bow tie has no area of its own"


@pytest.mark.parametrize(
    "shape_of_none",
    [
        shapely.Polygon(),
        shapely.Point(0, 0),
        shapely.Polygon([(0, 0), (1, 1), (0, 0)]),
        shapely.Polygon([(0, 0), (float("nan"), 1), (1, 0), (0, 0)]),
        None,
    ],
)
def test_what_is_no_area_cannot_be_mended(shape_of_none: Any) -> None:
    assert mended(shape_of_none) is None


def test_a_mended_polygon_keeps_its_area_before() -> None:
    ring = [(0, 0), (1, 0), (1, 1), (0.5, 1), (0.4999, 0.9999), (0.5001, 1), (0, 1)]
    drawn = shapely.transform(shapely.Polygon(ring), lambda xy: xy * 0.1 + [LON, LAT])
    (claim,) = claims_of(shape(drawn)).to_dicts()
    assert claim["mended_zh"] and claim["area_before_km2"] > 0
    assert claim["polygon_km2"] == pytest.approx(claim["area_before_km2"], rel=1e-3)
    (untouched,) = claims_of(shape()).to_dicts()
    assert (untouched["mended_zh"], untouched["area_before_km2"]) == (None, None)


def pairs(*shapes: dict[str, Any], parent: str | None = None) -> list[tuple[Any, ...]]:
    parks = frame(
        Park,
        {"park_id": "S649001"},
        {"park_id": "S649002", "parent_park_id": parent},
    )
    found = boundary_pairs(boundaries(claims_of(*shapes)), parks, 0.01, 0.1)
    return found.select("relation", "rule_id", pl.col("overlap_share").round(2)).rows()


def other(polygon: Any, **changes: Any) -> dict[str, Any]:
    return shape(polygon, catalogue_code="S649002", name_zh="另一园区", **changes)


@pytest.mark.parametrize(
    ("east", "found"),
    [(0.05, [("rival", "POL2e", 0.5)]), (0.098, [("rival", "POL2w", 0.02)]), (0.2, [])],
)
def test_parks_that_share_ground_are_rivals(east: float, found: list[Any]) -> None:
    assert pairs(shape(), other(square(east=east))) == found


def test_a_park_in_a_park_shares_ground_by_right_and_discs_are_reported_only() -> None:
    assert pairs(shape(), other(square(0.02)), parent="S649001") == [("kin", None, 1.0)]
    nominal = {"boundary_class": "nominal"}
    assert pairs(shape(**nominal), other(square(0.02), **nominal)) == [("nominal", None, 1.0)]


def test_neighbours_and_other_times_and_classes_do_not_overlap() -> None:
    assert pairs(shape(), other(square(east=0.1))) == [], "a common border is no common ground"
    assert pairs(shape(), other(square(), boundary_class="planned")) == []
    earlier = shape(valid_to=date(2018, 12, 31))
    assert pairs(earlier, other(square(), valid_from=date(2019, 1, 1))) == []
