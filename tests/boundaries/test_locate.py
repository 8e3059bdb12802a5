"""Points in boundaries: the same as GEOS says, whatever the shapes and the points."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyogrio.raw
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from pyproj import Transformer

from assets.boundaries.locate.index import ParkIndex, ShapeError, build_index, index_of
from assets.boundaries.locate.points import locate
from tests.shared_data import shared

LON, LAT = 106.2, 38.5


def indexed(*shapes: shapely.Geometry) -> ParkIndex:
    """Boundaries b0, b1, …"""
    return build_index([f"b{place}" for place in range(len(shapes))], np.array(shapes, object))


def points(*places: tuple[float | None, float | None]) -> pl.DataFrame:
    return pl.DataFrame(places, schema={"lon": pl.Float64, "lat": pl.Float64}, orient="row")


def pairs(found: pl.DataFrame) -> list[tuple[int, str]]:
    return list(found.select("point", "boundary_id").iter_rows())


def by_geos(shapes: NDArray[Any], places: NDArray[np.float64]) -> list[tuple[int, str]]:
    """All pairs in the order of `locate`."""
    covered = [shapely.covers(shape, shapely.points(places)) for shape in shapes]
    return [
        (point, f"b{place}")
        for point in range(len(places))
        for place in range(len(shapes))
        if covered[place][point]
    ]


def square(west: float, south: float, side: float) -> shapely.Polygon:
    return shapely.box(west, south, west + side, south + side)


def test_a_point_is_in_every_boundary_that_covers_it() -> None:
    index = indexed(square(LON, LAT, 0.2), square(LON + 0.1, LAT, 0.2), square(LON, LAT, 0.05))
    found = locate(points((LON + 0.15, LAT + 0.1), (LON + 0.01, LAT + 0.01), (0, 0)), index)
    assert pairs(found) == [(0, "b0"), (0, "b1"), (1, "b0"), (1, "b2")]
    assert found.schema == {
        "point": pl.UInt32,
        "boundary_id": pl.String,
        "inside": pl.Boolean,
        "distance_m": pl.Float64,
    }
    assert found["inside"].all()
    assert found["distance_m"].sum() == 0


def test_a_hole_is_outside_and_its_border_inside() -> None:
    ring, hole = square(LON, LAT, 0.3), square(LON + 0.1, LAT + 0.1, 0.1)
    holed = shapely.Polygon(ring.exterior, [hole.exterior])
    places = points((LON + 0.15, LAT + 0.15), hole.exterior.coords[0], (LON + 0.05, LAT + 0.05))
    assert pairs(locate(places, indexed(holed))) == [(1, "b0"), (2, "b0")]


def test_a_point_just_beyond_a_corner_is_outside() -> None:
    # Seen from the corner of the slanted edge it is within rounding of its line.
    corner = shapely.Polygon([(-0.3, 0.1), (-0.3, 1.1), (0.7, 0.1)])
    places = [(0.7, 0.1), (float(np.nextafter(0.7, 1)), 0.1), (float(np.nextafter(0.7, 0)), 0.1)]
    assert pairs(locate(points(*places), indexed(corner))) == [(0, "b0"), (2, "b0")]


def test_a_shared_border_belongs_to_both() -> None:
    index = indexed(square(LON, LAT, 0.1), shapely.box(LON + 0.1, LAT, LON + 0.3, LAT + 0.1))
    border = square(LON, LAT, 0.1).bounds[2]
    assert pairs(locate(points((border, LAT + 0.03)), index)) == [(0, "b0"), (0, "b1")]


def test_points_that_cannot_be_used_are_returned_as_such() -> None:
    index = indexed(square(LON, LAT, 0.1))
    bad = [(None, LAT), (LON, None), (float("nan"), LAT), (LON, float("inf")), (LON, 91.0)]
    inside = (LON + 0.05, LAT + 0.05)
    found = locate(points(inside, *bad, (181.0, 0.0), inside, (0, 0)), index, nearest_within_m=5000)
    assert found["point"].to_list() == list(range(8))
    assert found.filter(pl.col("boundary_id").is_null())["point"].to_list() == list(range(1, 7))
    unusable = found[1:7]
    assert unusable.select("boundary_id", "inside", "distance_m").null_count().row(0) == (6, 6, 6)


def test_arrow_batches_and_whole_numbers_are_points_too() -> None:
    index = indexed(square(106, 38, 1))
    batch = pa.RecordBatch.from_pydict({"lon": [106, 105], "lat": [39, 38], "name": ["a", "b"]})
    assert pairs(locate(batch, index)) == [(0, "b0")]
    assert pairs(locate(pa.Table.from_batches([batch, batch]), index)) == [(0, "b0"), (2, "b0")]
    with pytest.raises(ValueError, match=r"lat is no such column; expected numbers in degrees"):
        locate(pl.DataFrame({"lon": [1.0]}), index)
    with pytest.raises(ValueError, match="lon is String"):
        locate(pl.DataFrame({"lon": ["1"], "lat": [1.0]}), index)


def test_nothing_in_nothing_out() -> None:
    index = indexed(square(LON, LAT, 0.1))
    assert locate(points(), index, nearest_within_m=5000).height == 0
    assert locate(points((0, 0)), indexed(), nearest_within_m=5000).height == 0
    assert locate(points((0, 0)), indexed()).schema == locate(points(), index).schema


def test_many_hits_a_point_and_many_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assets.boundaries.locate.points._BATCH", 7)
    index = indexed(*[square(LON, LAT, 0.1 + 0.001 * n) for n in range(50)])
    places = [(LON + 0.05, LAT + 0.05 * (n % 3)) for n in range(40)]
    found = locate(points(*places), index)
    shapes = np.array([square(LON, LAT, 0.1 + 0.001 * n) for n in range(50)])
    assert pairs(found) == by_geos(shapes, np.array(places))


def test_an_index_can_be_pickled() -> None:
    index = indexed(square(LON, LAT, 0.1), shapely.Point(LON, LAT).buffer(0.2))
    places = points(*np.random.default_rng(1).normal((LON, LAT), 0.2, (500, 2)).tolist())
    again = pickle.loads(pickle.dumps(index))
    assert locate(places, again, nearest_within_m=5000).equals(
        locate(places, index, nearest_within_m=5000)
    )


def test_an_index_is_built_from_wkb_in_either_form() -> None:
    shape = square(LON, LAT, 0.1)
    inside = points((LON, LAT))
    for wkb in (shape.wkb, shape.wkb_hex):
        frame = pl.DataFrame({"boundary_id": ["S649001:approved"], "geometry_wkb": [wkb]})
        assert pairs(locate(inside, index_of(frame))) == [(0, "S649001:approved")]
    for broken in ("00ff", "没有", None):
        frame = pl.DataFrame(
            {"boundary_id": ["x"], "geometry_wkb": [broken]}, schema_overrides={"geometry_wkb": str}
        )
        with pytest.raises(ShapeError, match=r"^x: "):
            index_of(frame)


BOW = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
with np.errstate(invalid="ignore"):
    NAN, INFINITE = (shapely.Polygon([(0, 0), (1, 1), (x, 0)]) for x in (np.nan, np.inf))
REFUSED: dict[str, tuple[Any, str]] = {
    "missing": (None, "no geometry"),
    "empty": (shapely.Polygon(), "empty"),
    "point": (shapely.Point(1, 1), "not a polygon"),
    "line": (shapely.LineString([(0, 0), (1, 1)]), "not a polygon"),
    "collection": (shapely.GeometryCollection([square(0, 0, 1)]), "not a polygon"),
    "self-crossing": (BOW, "invalid .Self-intersection"),
    "zero area": (shapely.Polygon([(0, 0), (1, 1), (2, 2)]), "invalid"),
    "not a number": (NAN, "not a finite number"),
    "infinite": (INFINITE, "not a finite number"),
    "projected": (shapely.box(500_000, 4_000_000, 501_000, 4_001_000), "coordinates outside"),
    "beyond 180°": (shapely.box(179, 0, 181, 1), "coordinates outside"),
    "across 180°": (shapely.Polygon([(179, 0), (-179, 0), (-179, 1), (179, 1)]), "180° meridian"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_shape_without_an_inside_is_refused_by_name(case: str) -> None:
    shape, why = REFUSED[case]
    with pytest.raises(ShapeError, match=rf"^b1: .*{why}.*; expected a valid polygon"):
        indexed(square(0, 0, 1), shape)


def test_ids_stand_for_one_shape_each() -> None:
    one = np.array([square(0, 0, 1), square(1, 1, 1)])
    with pytest.raises(ShapeError, match=r"a: given 2 times \(places \[0, 1\]\); expected once"):
        build_index(["a", "a"], one)
    with pytest.raises(ShapeError, match="1 boundary ids for 2 shapes"):
        build_index(["a"], one)
    with pytest.raises(ShapeError, match="boundary 1: no id"):
        build_index(pl.Series(["a", None]), one)


def test_heights_and_measures_do_not_matter() -> None:
    flat = square(LON, LAT, 0.1)
    measured = shapely.from_wkt("POLYGON M ((0 0 9, 1 0 9, 1 1 9, 0 0 9))")
    index = indexed(shapely.force_3d(flat, 900.0), measured)
    assert pairs(locate(points((LON, LAT), (1, 0.5)), index)) == [(0, "b0"), (1, "b1")]


def test_repeated_vertices_and_touching_zones() -> None:
    twice = shapely.Polygon([(0, 0), (0, 0), (2, 0), (2, 2), (2, 2), (0, 2), (0, 0)])
    zones = shapely.MultiPolygon([square(0, 0, 1), square(1, 1, 1)])
    places = np.array([(0, 0), (2, 2), (1, 1), (0.5, 0.5), (1.5, 0.5), (2, 1)], dtype=float)
    found = locate(points(*places.tolist()), indexed(twice, zones))
    assert pairs(found) == by_geos(np.array([twice, zones]), places)


def test_a_boundary_of_a_million_vertices() -> None:
    rng = np.random.default_rng(3)
    angle = np.linspace(0, 2 * np.pi, 1_000_000, endpoint=False)
    reach = 0.3 * (1 + 0.1 * np.sin(9 * angle)) + rng.uniform(0, 1e-7, len(angle))
    ring = np.column_stack([LON + reach * np.cos(angle), LAT + reach * np.sin(angle)])
    index = build_index(["large"], np.array([shapely.Polygon(ring)]))
    places = np.vstack([ring[::5000], rng.normal((LON, LAT), 0.25, (2000, 2))])
    shapely.prepare(index.shapes)
    expected = shapely.intersects_xy(index.shapes[0], *places.T)
    found = locate(points(*places.tolist()), index)
    assert found["point"].to_list() == np.flatnonzero(expected).tolist()


@pytest.mark.parametrize("side", [60.0, 8.0, 1e-6, 1e-12])
def test_boundaries_of_any_size(side: float) -> None:
    shape = shapely.Point(20, 10).buffer(side / 2)
    rng = np.random.default_rng(4)
    places = np.vstack([shapely.get_coordinates(shape), rng.normal((20, 10), side / 3, (500, 2))])
    found = locate(points(*places.tolist()), indexed(shape))
    assert pairs(found) == by_geos(np.array([shape]), places)


# Corners on a coarse lattice give shared borders, collinear points and vertices on edges;
# an offset that is no short binary fraction gives rounding.
LATTICE = st.integers(0, 8)
OFFSETS = st.sampled_from([(0.0, 0.0), (106.1, 38.3), (-0.3, 0.1), (-179.9, -89.9), (1e-9, 1 / 3)])
STEPS = st.sampled_from([1 / 256, 0.1, 1.0, 1e-7, 3.3])


@st.composite
def shape_and_points(draw: st.DrawFn) -> tuple[NDArray[Any], NDArray[np.float64]]:
    """Valid shapes on one lattice, and points at, between and near their vertices."""
    (x0, y0), step = draw(OFFSETS), draw(STEPS)
    rings = draw(
        st.lists(st.lists(st.tuples(LATTICE, LATTICE), min_size=3, max_size=9), min_size=1,
                 max_size=5)
    )  # fmt: skip
    shapes = []
    for ring in rings:
        placed = [(x0 + step * x, y0 + step * y) for x, y in ring]
        mended = shapely.make_valid(shapely.Polygon(placed))
        parts = [p for p in shapely.get_parts(mended) if p.geom_type == "Polygon"]
        whole = shapely.union_all(parts) if parts else shapely.Polygon()
        if whole.is_valid and whole.area > 0:
            shapes.append(whole)
    found = np.array(shapes, dtype=object)
    corners = shapely.get_coordinates(found)
    if not len(corners):
        return found, np.empty((0, 2))
    share = draw(st.sampled_from([0.0, 0.5, 0.25, 1 / 3, 0.1]))
    between = corners[:-1] + share * (corners[1:] - corners[:-1])
    lattice = np.array([(x0 + step * x, y0 + step * y) for x in range(9) for y in range(9)])
    places = np.vstack([corners, between, lattice])
    sides = [np.nextafter(between, side) for side in (-np.inf, np.inf)]
    return found, np.vstack([places, *sides])


@given(shape_and_points())
def test_locate_agrees_with_geos(case: tuple[NDArray[Any], NDArray[np.float64]]) -> None:
    shapes, places = case
    inside = (np.abs(places) <= (180, 90)).all(axis=1)
    bounds = shapely.bounds(shapes).reshape(-1, 4)
    fits = (np.abs(bounds) <= (180, 90, 180, 90)).all(axis=1)
    shapes, places = shapes[fits], places[inside]
    assert pairs(locate(points(*places.tolist()), indexed(*shapes))) == by_geos(shapes, places)


@given(st.integers(0, 2**32 - 1))
def test_random_shapes_agree_with_geos_in_any_order_of_points(seed: int) -> None:
    rng = np.random.default_rng(seed)
    shapes = np.array([_star(rng) for _ in range(6)], dtype=object)
    corners = shapely.get_coordinates(shapes)
    along = corners[:-1] + rng.uniform(0, 1, (len(corners) - 1, 1)) * np.diff(corners, axis=0)
    places = np.vstack([corners, along, rng.normal((LON, LAT), 0.1, (200, 2))])
    index = indexed(*shapes)
    found = locate(points(*places.tolist()), index, nearest_within_m=5000)
    assert pairs(found.filter("inside")) == by_geos(shapes, places)
    order = rng.permutation(len(places))
    mixed = locate(points(*places[order].tolist()), index, nearest_within_m=5000)
    again = mixed.with_columns(pl.Series("point", order.astype(np.uint32)).gather(mixed["point"]))
    assert again.sort("point", "boundary_id").equals(found.sort("point", "boundary_id"))


def _star(rng: np.random.Generator) -> shapely.Geometry:
    count = int(rng.integers(5, 80))
    angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
    reach = rng.uniform(0.01, 0.1) * rng.uniform(0.4, 1, count)
    x, y = rng.normal((LON, LAT), 0.05)
    ring = np.column_stack([x + reach * np.cos(angle), y + reach * np.sin(angle)])
    whole = shapely.Polygon(ring, [ring * 0.2 + np.array([x, y]) * 0.8])
    more = square(x + 0.3, y, 0.02)
    return shapely.MultiPolygon([whole, more]) if rng.random() < 0.3 else whole


def test_a_real_layer_of_parks_and_its_own_vertices() -> None:
    layer = shared("data/a_tw_industrial_parks/產業園區範圍圖.shp")
    _, _, wkb, _ = pyogrio.raw.read(layer, columns=[])
    to_degrees = Transformer.from_crs("EPSG:3826", "EPSG:4490", always_xy=True)
    shapes = shapely.transform(
        shapely.force_2d(shapely.from_wkb(wkb)), to_degrees.transform, interleaved=False
    )
    sound = shapes[shapely.is_valid(shapes)]
    assert len(sound) > 100
    if len(sound) < len(shapes):
        with pytest.raises(ShapeError, match="invalid"):
            indexed(*shapes)
    corners = shapely.get_coordinates(sound)[::7]
    centres = shapely.get_coordinates(shapely.centroid(sound))
    places = np.vstack([corners, (corners[:-1] + corners[1:]) / 2, centres])
    shape, point = shapely.STRtree(shapely.points(places)).query(sound, predicate="covers")
    found = pairs(locate(points(*places.tolist()), indexed(*sound)))
    assert len(found) > len(corners)
    assert found == sorted(
        (p, f"b{s}") for p, s in zip(point.tolist(), shape.tolist(), strict=True)
    )


def test_where_no_cache_can_be_written_functions_are_compiled_all_the_same() -> None:
    from assets.boundaries.locate.kernels import compiled

    made: dict[str, Callable[[int], int]] = {}
    # Code without a file has no folder for its cache.
    exec("def twice(n):\n    return 2 * n", made)
    assert compiled(made["twice"])(21) == 42
