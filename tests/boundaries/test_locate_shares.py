"""Shares of site polygons in boundaries."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from assets.boundaries.locate.index import ParkIndex, ShapeError, build_index
from assets.boundaries.locate.shares import shares


def indexed(*shapes: shapely.Geometry) -> ParkIndex:
    return build_index([f"b{place}" for place in range(len(shapes))], np.array(shapes, object))


def shared(index: ParkIndex, *sites: Any) -> list[tuple[str, str, float]]:
    found = shares([f"s{n}" for n in range(len(sites))], np.array(sites, object), index)
    assert found.columns == ["site_id", "boundary_id", "share"]
    return list(found.iter_rows())


PARK = shapely.box(106, 38, 106.1, 38.1)


def test_a_site_on_the_line_is_shared_by_area() -> None:
    rows = shared(
        indexed(PARK, shapely.box(106.1, 38, 106.2, 38.1)),
        shapely.box(106.09, 38.02, 106.13, 38.03),
        shapely.box(106.02, 38.02, 106.03, 38.03),
        shapely.box(107, 38, 107.1, 38.1),
    )
    assert [row[:2] for row in rows] == [("s0", "b0"), ("s0", "b1"), ("s1", "b0")]
    assert [row[2] for row in rows] == pytest.approx([0.25, 0.75, 1.0], rel=1e-7)


def test_a_site_that_touches_a_boundary_shares_none() -> None:
    assert shared(indexed(PARK), shapely.box(106.1, 38, 106.2, 38.1)) == []
    # A common border and a common part at once: only the part counts.
    bent = shapely.Polygon(
        [(106.05, 38.05), (106.2, 38.05), (106.2, 38), (106.1, 38), (106.1, 38.04), (106.05, 38.04)]
    )
    (row,) = shared(indexed(PARK), bent)
    assert 0 < row[2] < 1


def test_the_direction_of_rings_does_not_matter() -> None:
    outer = [(106.0, 38.0), (106.1, 38.0), (106.1, 38.1), (106.0, 38.1)]
    inner = [(106.02, 38.02), (106.08, 38.02), (106.08, 38.08), (106.02, 38.08)]
    west = shapely.box(105.9, 37.9, 106.05, 38.2)
    found = {
        shared(indexed(west), shapely.Polygon(ring, [hole]))[0][2]
        for ring in (outer, outer[::-1])
        for hole in (inner, inner[::-1])
    }
    assert max(found) == pytest.approx(0.5, rel=1e-6)
    assert min(found) == pytest.approx(max(found), rel=1e-12)


@given(st.lists(st.floats(0.001, 1), min_size=2, max_size=6))
def test_boundaries_that_cover_a_site_without_overlap_share_it_out(widths: list[float]) -> None:
    edges = 106 + np.concatenate([[0], np.cumsum(widths)])
    strips = [shapely.box(a, 38, b, 39) for a, b in pairwise(edges)]
    site = shapely.Point((106 + edges[-1]) / 2, 38.5).buffer(min(0.4, (edges[-1] - 106) / 2.1))
    rows = shared(indexed(*strips), site)
    assert sum(row[2] for row in rows) == pytest.approx(1, rel=1e-7)


def test_a_site_without_an_area_is_refused_by_name() -> None:
    with pytest.raises(ShapeError, match=r"^s1: empty"):
        shared(indexed(PARK), PARK, shapely.Polygon())
    with pytest.raises(ShapeError, match="2 site ids for 1 shapes"):
        shares(["a", "b"], np.array([PARK]), indexed(PARK))
