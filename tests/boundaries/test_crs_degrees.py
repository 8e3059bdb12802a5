"""Degrees as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.boundaries.crs.degrees import parse_degrees, parse_pair

TENTHS = 36000  # tenths of a second in a degree
FULL_WIDTH = str.maketrans("0123456789.", "０１２３４５６７８９．")


@pytest.mark.parametrize(
    ("text", "degrees"),
    [
        ("106°23′45.6″E", 106.396),
        ("106度23分45.6秒", 106.396),
        ("106º23'45.6\"", 106.396),
        ("106°23'45.6''E", 106.396),
        ("E106°23.760′", 106.396),
        ("东经106度23.76分", 106.396),
        ("１０６．３９６", 106.396),
        ("１０６°２３′４５．６″Ｅ", 106.396),
        ("106.2345", 106.2345),
        ("-0.5", -0.5),
        ("W 70°30′", -70.5),
        ("南纬30度", -30.0),
        ("e 106.396", 106.396),
    ],
)
def test_a_coordinate_is_read_as_written(text: str, degrees: float) -> None:
    assert parse_degrees(text) == pytest.approx(degrees, abs=1e-12)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "东经",
        "106°60′",
        "106°23′60″",
        "106.5°23′",
        "106°23.5′10″",
        "106°23″",
        "181",
        "N91",
        "-106E",
        "E106E",
        "106 23 45",
        "1e2",
        "二十度",
        "106.39, 38.5",
    ],
)
def test_what_is_no_coordinate_is_named(text: str) -> None:
    with pytest.raises(ValueError) as error:
        parse_degrees(text)
    assert repr(text) in str(error.value)


@pytest.mark.parametrize(
    "text",
    [
        "N39.12 E106.23",
        "E106.23,N39.12",
        "106.23E 39.12N",
        "106.23, 39.12",
        "39.12 106.23",
        "东经106.23度，北纬39.12度",
        "106°13′48″E39°7′12″N",
        "北纬39度7分12秒、东经106度13分48秒",
    ],
)
def test_a_pair_is_longitude_and_latitude_in_any_order(text: str) -> None:
    assert parse_pair(text) == pytest.approx((106.23, 39.12), abs=1e-12)


@pytest.mark.parametrize(
    "text", ["39.12", "39.1 40.2", "E106 E107", "N39 40", "106 120", "106E N39"]
)
def test_a_pair_that_does_not_say_which_is_which_is_named(text: str) -> None:
    with pytest.raises(ValueError) as error:
        parse_pair(text)
    assert repr(text) in str(error.value)


@given(
    tenths=st.integers(0, 180 * TENTHS),
    marks=st.sampled_from(["°′″", "度分秒", "°'\""]),
    west=st.booleans(),
    full_width=st.booleans(),
)
def test_degrees_minutes_and_seconds_come_back(
    tenths: int, marks: str, west: bool, full_width: bool
) -> None:
    degrees, rest = divmod(tenths, TENTHS)
    minutes, rest = divmod(rest, 600)
    text = f"{degrees}{marks[0]}{minutes}{marks[1]}{rest / 10}{marks[2]}{'W' if west else 'E'}"
    written = text.translate(FULL_WIDTH) if full_width else text
    expected = tenths / TENTHS * (-1 if west else 1)
    assert parse_degrees(written) == pytest.approx(expected, abs=1e-12)


@given(st.floats(-180, 180).map(lambda value: round(value, 9)))
def test_decimal_degrees_come_back(value: float) -> None:
    assert parse_degrees(f"{value:.9f}") == value


@given(
    st.floats(73, 135).map(lambda value: round(value, 6)),
    st.floats(3, 54).map(lambda value: round(value, 6)),
)
def test_pairs_of_china_come_back_without_letters_in_either_order(lon: float, lat: float) -> None:
    if lon > 90:
        assert parse_pair(f"{lon:.6f},{lat:.6f}") == (lon, lat)
        assert parse_pair(f"{lat:.6f} {lon:.6f}") == (lon, lat)
    assert parse_pair(f"E{lon:.6f}N{lat:.6f}") == (lon, lat)


@given(st.text(alphabet="0123456789.-+°′″度分秒'\"NSEW东经北纬 ,", max_size=25))
def test_any_text_is_a_number_or_a_named_error(text: str) -> None:
    for parse in (parse_degrees, parse_pair):
        try:
            parse(text)
        except ValueError as error:
            assert repr(text) in str(error)
