"""The nearest boundary: its distance on the ellipsoid, and which one it is."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from pyproj import Transformer

from assets.boundaries.divisions import GEOD
from assets.boundaries.locate.index import ParkIndex, build_index
from assets.boundaries.locate.points import locate

REACH_M = 5000.0


def indexed(*shapes: shapely.Geometry) -> ParkIndex:
    return build_index([f"b{place}" for place in range(len(shapes))], np.array(shapes, object))


def near(index: ParkIndex, *places: tuple[float, float], within: float = REACH_M) -> pl.DataFrame:
    points = pl.DataFrame(places, schema={"lon": pl.Float64, "lat": pl.Float64}, orient="row")
    return locate(points, index, nearest_within_m=within)


def projected_m(lon: float, lat: float, *shapes: shapely.Geometry) -> list[float]:
    """Distances in a projection centred on the point; edges are straight in degrees."""
    centred = f"+proj=aeqd +lon_0={lon} +lat_0={lat} +a=6378137 +rf=298.257222101 +units=m"
    to_plane = Transformer.from_crs("EPSG:4490", centred, always_xy=True)
    pieces = shapely.segmentize(np.array(shapes), 0.001)
    plane = shapely.transform(pieces, to_plane.transform, interleaved=False)
    return [float(metres) for metres in shapely.distance(plane, shapely.Point(0, 0))]


def some_shapes(rng: np.random.Generator, lat: float) -> NDArray[Any]:
    shapes = []
    for _ in range(4):
        count = int(rng.integers(3, 30))
        angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
        reach = rng.uniform(0.005, 0.03) * rng.uniform(0.5, 1, count)
        x, y = rng.normal((106, lat), 0.05)
        shapes.append(shapely.Polygon(np.c_[x + reach * np.cos(angle), y + reach * np.sin(angle)]))
    return np.array(shapes, dtype=object)


@settings(max_examples=12)
@given(st.integers(0, 2**32 - 1), st.sampled_from([-40.0, 0.0, 18.3, 38.5, 53.5, 79.5]))
def test_distances_are_those_of_a_projection_centred_on_the_point(seed: int, lat: float) -> None:
    rng = np.random.default_rng(seed)
    shapes = some_shapes(rng, lat)
    places = rng.normal((106, lat), 0.06, (8, 2))
    found = near(indexed(*shapes), *places.tolist()).filter(~pl.col("inside"))
    answers = {row[0]: (row[1], row[3]) for row in found.iter_rows()}
    covered = shapely.covers(shapes[:, None], shapely.points(places)).any(axis=0)
    for point, (lon, place_lat) in enumerate(places):
        if covered[point]:
            assert point not in answers
            continue
        expected = projected_m(lon, place_lat, *shapes)
        if point not in answers:
            assert min(expected) > REACH_M - 0.05
            continue
        boundary, metres = answers[point]
        assert metres == pytest.approx(min(expected), abs=0.05)
        assert metres == pytest.approx(expected[int(boundary[1:])], abs=0.05)


def test_a_known_distance_to_a_corner_and_to_an_edge() -> None:
    box = shapely.box(106, 38, 106.1, 38.1)
    to_corner = GEOD.inv(106.1, 38.1, 106.12, 38.11)[2]
    to_south = GEOD.inv(106.05, 38.0, 106.05, 37.97)[2]
    found = near(indexed(box), (106.12, 38.11), (106.05, 37.97), (106.05, 38.05))
    assert found["inside"].to_list() == [False, False, True]
    assert found["distance_m"].to_list() == pytest.approx([to_corner, to_south, 0], abs=0.002)


def test_a_plane_for_the_whole_country_would_not_do() -> None:
    albers = Transformer.from_crs(
        "EPSG:4490", "+proj=aea +lat_1=25 +lat_2=47 +lon_0=105 +ellps=GRS80", always_xy=True
    )
    box, place = shapely.box(110, 19.9, 110.1, 20), (110.05, 20.04)
    plane = shapely.transform(box, albers.transform, interleaved=False)
    in_plane = shapely.distance(plane, shapely.Point(albers.transform(*place)))
    (metres,) = near(indexed(box), place)["distance_m"]
    assert abs(in_plane - metres) > 50
    assert metres == pytest.approx(projected_m(*place, box)[0], abs=0.01)


def test_only_points_in_none_have_a_nearest_boundary() -> None:
    index = indexed(shapely.box(106, 38, 106.01, 38.01), shapely.box(106.02, 38, 106.03, 38.01))
    found = near(index, (106.005, 38.005), (106.012, 38.005), (106.019, 38.005), (107, 38))
    assert list(found.select("point", "boundary_id", "inside").iter_rows()) == [
        (0, "b0", True),
        (1, "b0", False),
        (2, "b1", False),
    ]


def test_of_equally_near_boundaries_the_first_counts() -> None:
    one, other = shapely.box(106, 38, 106.01, 38.01), shapely.box(106.01, 38, 106.02, 38.01)
    corner = (106.01, 38.0 - 0.01)
    for shapes in ([one, other], [other, one], [one.reverse(), other], [one, one]):
        assert near(indexed(*shapes), corner)["boundary_id"].to_list() == ["b0"]


@pytest.mark.parametrize("within", [1.0, 1109.0, 1111.0, 10_000.0])
def test_no_boundary_further_than_asked(within: float) -> None:
    found = near(indexed(shapely.box(106, 38, 106.1, 38.1)), (106.05, 37.99), within=within)
    assert found.height == (within > 1110)


def test_a_point_next_to_the_border_is_not_inside() -> None:
    found = near(indexed(shapely.box(106, 38, 106.1, 38.1)), (106.05, np.nextafter(38.1, 39)))
    assert found.row(0)[:3] == (0, "b0", False)
    assert found["distance_m"].item() < 1e-8


@pytest.mark.parametrize("within", [0.0, -1.0, float("nan"), 10_001.0])
def test_distances_that_cannot_be_measured_are_refused(within: float) -> None:
    with pytest.raises(ValueError, match="nearest_within_m"):
        near(indexed(shapely.box(106, 38, 107, 39)), (106, 38), within=within)


@pytest.mark.parametrize("box", [(0, 79, 1, 81), (179.5, 0, 180, 1), (-180, 0, -179.5, 1)])
def test_distances_at_the_poles_and_at_180_degrees_are_refused(box: tuple[float, ...]) -> None:
    index = indexed(shapely.box(*box))
    with pytest.raises(ValueError, match="80° latitude and 179° longitude"):
        near(index, (0, 0))
    points = pl.DataFrame({"lon": [box[0]], "lat": [box[1]]})
    assert locate(points, index)["boundary_id"].to_list() == ["b0"]
