"""GCJ-02 and back."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from assets.boundaries.crs import cgcs2000_to_gcj02, gcj02_to_cgcs2000
from assets.boundaries.divisions import GEOD

PLACES = st.lists(st.tuples(st.floats(73, 135), st.floats(18, 54)), min_size=1, max_size=20)


@given(PLACES)
def test_the_round_trip_over_china_is_exact_to_2e_9_degrees(
    places: list[tuple[float, float]],
) -> None:
    lon, lat = (np.array(values) for values in zip(*places, strict=True))
    back_lon, back_lat = gcj02_to_cgcs2000(*cgcs2000_to_gcj02(lon, lat))
    assert np.abs(back_lon - lon).max() < 2e-9
    assert np.abs(back_lat - lat).max() < 2e-9


@given(PLACES)
def test_the_shift_is_hundreds_of_metres(places: list[tuple[float, float]]) -> None:
    lon, lat = (np.array(values) for values in zip(*places, strict=True))
    metres = GEOD.inv(lon, lat, *cgcs2000_to_gcj02(lon, lat))[2]
    assert metres.min() > 20
    assert metres.max() < 1500


def test_the_inverse_does_not_change_its_input() -> None:
    lon, lat = np.array([106.2]), np.array([38.5])
    gcj02_to_cgcs2000(lon, lat)
    assert (lon[0], lat[0]) == (106.2, 38.5)
