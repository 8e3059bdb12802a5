"""GCJ-02 and BD-09, and back."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.boundaries.crs import (
    bd09_to_cgcs2000,
    cgcs2000_to_bd09,
    cgcs2000_to_gcj02,
    gcj02_to_cgcs2000,
)
from assets.boundaries.divisions import GEOD
from tests.shared_data import golden

Shift = Callable[
    [np.ndarray[tuple[int], np.dtype[np.float64]], np.ndarray[tuple[int], np.dtype[np.float64]]],
    tuple[
        np.ndarray[tuple[int], np.dtype[np.float64]], np.ndarray[tuple[int], np.dtype[np.float64]]
    ],
]
ROOT = Path(__file__).resolve().parents[2]
PLACES = st.lists(st.tuples(st.floats(73, 135), st.floats(3, 54)), min_size=1, max_size=20)
PAIRS = pytest.mark.parametrize(
    ("there", "back"),
    [(cgcs2000_to_gcj02, gcj02_to_cgcs2000), (cgcs2000_to_bd09, bd09_to_cgcs2000)],
    ids=["GCJ-02", "BD-09"],
)
ALL = (cgcs2000_to_gcj02, gcj02_to_cgcs2000, cgcs2000_to_bd09, bd09_to_cgcs2000)


@PAIRS
@given(places=PLACES)
def test_the_round_trip_over_china_is_exact_to_2e_9_degrees(
    there: Shift, back: Shift, places: list[tuple[float, float]]
) -> None:
    lon, lat = (np.array(values) for values in zip(*places, strict=True))
    back_lon, back_lat = back(*there(lon, lat))
    assert np.abs(back_lon - lon).max() < 2e-9
    assert np.abs(back_lat - lat).max() < 2e-9


@PAIRS
def test_the_round_trip_is_exact_all_over_the_box(there: Shift, back: Shift) -> None:
    random = np.random.default_rng(1)
    lon, lat = random.uniform(72.02, 137.82, 50_000), random.uniform(0.85, 55.8, 50_000)
    back_lon, back_lat = back(*there(lon, lat))
    assert max(np.abs(back_lon - lon).max(), np.abs(back_lat - lat).max()) < 2e-9


@given(PLACES)
def test_the_shift_is_hundreds_of_metres(places: list[tuple[float, float]]) -> None:
    lon, lat = (np.array(values) for values in zip(*places, strict=True))
    metres = GEOD.inv(lon, lat, *cgcs2000_to_gcj02(lon, lat))[2]
    assert metres.min() > 10
    assert metres.max() < 1500


def test_the_worked_case_of_suzhou() -> None:
    given_case, expected, tolerance = golden("G25")
    lat, lon = (np.array([value]) for value in given_case["wgs84_lat_lon"])
    for shift, back, name, metres in (
        (cgcs2000_to_gcj02, gcj02_to_cgcs2000, "gcj02", "shift_m_gcj"),
        (cgcs2000_to_bd09, bd09_to_cgcs2000, "bd09", "shift_m_bd"),
    ):
        moved = shift(lon, lat)
        assert [moved[1][0], moved[0][0]] == pytest.approx(expected[name], abs=1e-7)
        assert GEOD.inv(lon, lat, *moved)[2][0] == pytest.approx(expected[metres], rel=tolerance)
        returned = back(*moved)
        assert max(abs(returned[0][0] - lon[0]), abs(returned[1][0] - lat[0])) < 1e-9


@pytest.mark.parametrize("place", [(72.0, 40.0), (137.9, 40.0), (100.0, 0.8), (100.0, 55.9)])
def test_gcj02_is_the_identity_outside_of_its_box(place: tuple[float, float]) -> None:
    lon, lat = (np.array([value]) for value in place)
    for shift in (cgcs2000_to_gcj02, gcj02_to_cgcs2000):
        assert [values[0] for values in shift(lon, lat)] == list(place)


@pytest.mark.parametrize("shift", ALL)
def test_what_is_no_number_stays_so_and_spares_its_neighbours(shift: Shift) -> None:
    lon, lat = np.array([106.2, np.nan, 106.2, 106.2]), np.array([38.5, 38.5, np.nan, 38.5])
    east, north = shift(lon, lat)
    assert np.isnan(east[1:3]).any() and np.isnan(north[1:3]).any()
    assert np.isnan(east[1]) and np.isnan(north[2])
    assert (east[0], north[0]) == (east[3], north[3])
    assert np.isfinite([east[0], north[0]]).all()


@pytest.mark.parametrize("shift", ALL)
def test_shape_is_kept_and_nothing_depends_on_neighbours(shift: Shift) -> None:
    random = np.random.default_rng(2)
    lon, lat = random.uniform(73, 135, 20_000), random.uniform(18, 54, 20_000)
    whole = shift(lon, lat)
    for place in (0, 8191, 8192, 19_999):
        alone = shift(lon[place : place + 1], lat[place : place + 1])
        assert [values[0] for values in alone] == [values[place] for values in whole]
    assert shift(lon.reshape(2, -1), lat.reshape(2, -1))[0].shape == (2, 10_000)
    assert shift(lon[:0], lat[:0])[0].size == 0


@pytest.mark.parametrize("shift", ALL)
def test_the_input_is_not_changed(shift: Shift) -> None:
    lon, lat = np.array([106.2]), np.array([38.5])
    shift(lon, lat)
    assert (lon[0], lat[0]) == (106.2, 38.5)


def test_the_compiler_is_loaded_by_the_first_call_only() -> None:
    check = (
        "import sys\n"
        "import assets.boundaries.crs.detect, assets.boundaries.crs.degrees\n"
        "assert 'numba' not in sys.modules\n"
        "import numpy as np\n"
        "assets.boundaries.crs.gcj02_to_cgcs2000(np.array([106.2]), np.array([38.5]))\n"
        "assert 'numba' in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", check], cwd=ROOT, check=True)


def test_longitudes_and_latitudes_of_two_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match=r"\(2,\) longitudes for \(1,\) latitudes"):
        cgcs2000_to_gcj02(np.array([106.2, 106.3]), np.array([38.5]))


def test_arrays_of_other_libraries_are_taken() -> None:
    lon, lat = np.array([106.2, 0.0, 106.3])[::2], np.array([38.5, 38.6])
    lat.flags.writeable = False
    expected = cgcs2000_to_gcj02(lon.copy(), lat.copy())
    np.testing.assert_array_equal(cgcs2000_to_gcj02(lon, lat), expected)
