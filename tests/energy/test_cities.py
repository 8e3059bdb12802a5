"""City totals within those of their province: tier T5, and the province is still met exactly."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.energy.cities import city_of, is_city, sites_of_cities
from assets.energy.control import ControlTotalError
from quality.contracts.core import Attribution, Site
from quality.contracts.weights import SectorWeight
from tests.energy.test_downscaling import PEOPLE, REST, cell, lies, own, shared_out, weight
from tests.frames import frame

CITY = "520100"
CITY_REST = f"REST:{CITY}"


def of_city(place: str, value: Any, **more: Any) -> dict[str, Any]:
    return {**weight(place, value, **more), "area_code": CITY, "source_row_id": f"city {place}"}


def city_cell(quantity: Any, **more: Any) -> dict[str, Any]:
    return cell(quantity, province_code=CITY, control_id="k", **more)


PROVINCE = [weight("A", 1), weight("B", 2), weight("REST", 7)]
OF_CITY = [of_city("A", 1), of_city("REST", 3)]


def found(
    city: Any = 40,
    weights: list[dict[str, Any]] | None = None,
    measured: list[dict[str, Any]] | None = None,
    places: list[dict[str, Any]] | None = None,
    **more: Any,
) -> pl.DataFrame:
    rows = [*PROVINCE, *OF_CITY] if weights is None else weights
    return shared_out(rows, [cell(100)], measured, places, cities=[city_cell(city)], **more)


def quantities(*arguments: Any, **more: Any) -> dict[str, Decimal]:
    return dict(found(*arguments, **more).select("site_id", "quantity").iter_rows())


def test_a_city_is_shared_among_its_parks_and_its_rest_and_the_province_less_it() -> None:
    """By hand: the city's 40 as 1 : 3. Of the province's 10 the city has 4 and park B 2, so that
    its rest weighs 4: the other 60 as 2 : 4."""
    rows = {row["site_id"]: row for row in found().to_dicts()}
    assert {site: row["quantity"] for site, row in rows.items()} == {
        "PARK:A": 10,
        CITY_REST: 30,
        "PARK:B": 20,
        REST: 40,
    }
    tiers = {site: row["tier"] for site, row in rows.items()}
    assert tiers == {"PARK:A": "T5", CITY_REST: "T5", "PARK:B": "T6", REST: "T6"}
    assert rows["PARK:A"]["method_zh"] == "全市分行业控制总量按增加值（规上）分解"
    assert {row["province_code"] for row in rows.values()} == {"520000"}


def test_a_city_without_weights_of_its_own_is_part_of_the_province() -> None:
    assert quantities(weights=PROVINCE) == {"PARK:A": 10, "PARK:B": 20, REST: 70}


def test_what_is_measured_in_the_city_is_taken_off_the_city() -> None:
    assert quantities(measured=[own(8, "city works")]) == {
        "PARK:A": 8,
        CITY_REST: 24,
        "PARK:B": 20,
        REST: 40,
    }
    elsewhere = quantities(measured=[own(12, "far")])
    assert elsewhere == {"PARK:A": 10, CITY_REST: 30, "PARK:B": 16, REST: 32}


def test_parks_of_a_city_that_is_measured_as_a_whole_take_nothing_of_the_province() -> None:
    assert quantities(measured=[own(40, "city works")]) == {"PARK:B": 20, REST: 40}


def test_a_measured_park_of_the_city_takes_no_share() -> None:
    measured = [own(8, "city works")]
    rows = quantities(measured=measured, places=[lies("city works", "A")])
    assert rows == {CITY_REST: 32, "PARK:B": 20, REST: 40}


@pytest.mark.parametrize("other", [PEOPLE, {"firms_zh": "全部"}])
def test_where_the_weights_differ_in_kind_what_the_city_leaves_is_not_shared_out(
    other: dict[str, Any],
) -> None:
    weights = [*PROVINCE, of_city("A", 1, **other), of_city("REST", 3, **other)]
    assert quantities(weights=weights) == {"PARK:A": 10, CITY_REST: 30, REST: 60}


def test_without_weights_of_the_province_the_city_alone_is_shared_out() -> None:
    assert quantities(weights=OF_CITY) == {"PARK:A": 10, CITY_REST: 30, REST: 60}


def test_a_park_that_lies_in_the_city_and_is_in_its_rest_takes_no_share_of_the_province() -> None:
    """C is not named by the city: with 1 of its 4 by the province's form, as the point says."""
    province = [weight("B", 2), weight("C", 1), weight("REST", 7)]
    rows = quantities(weights=[*province, *OF_CITY], divisions={"C": "520111", "B": "520302"})
    assert rows == {"PARK:A": 10, CITY_REST: 30, "PARK:B": 20, REST: 40}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"city": 101}, "CT1: 520100 .*cities have 101.* and the province 100"),
        ({"city": 95, "measured": [own(10, "far")]}, "cities have 95.* and the province 90"),
        (
            {"measured": [own(41, "city works")]},
            "CT1: 520100 2023 Nonmetal .* measured 41.* exceeds the total of the city 40.*\\(k\\)",
        ),
        (
            {"weights": [weight("B", 2), weight("REST", 1), *OF_CITY]},
            "CAL1: 520000 2023 Nonmetal .* cities weigh 4.* and the province 3",
        ),
    ],
)
def test_numbers_that_cannot_be_together_stop_with_both(
    arguments: dict[str, Any], told: str
) -> None:
    with pytest.raises(ControlTotalError, match=told):
        found(**arguments)


def test_a_city_needs_the_total_of_its_province() -> None:
    with pytest.raises(ControlTotalError, match=r"and none of its province; expected both \(k\)"):
        shared_out(OF_CITY, [cell(100, book_fuel="Gasoline")], cities=[city_cell(40)])


def test_a_total_of_a_park_is_a_margin_of_its_city() -> None:
    total = {"catalogue_code": "A", "year": 2023, "measured_zh": "实测", "diesel_t": 25}
    rows = quantities(totals=[total])
    assert rows == {"PARK:A": 25, CITY_REST: 15, "PARK:B": 20, REST: 40}


def test_sites_are_in_the_city_of_their_point_else_of_a_park_that_the_city_names() -> None:
    sites = frame(
        Site,
        {"site_id": "guiyang", "lon": 106.7119, "lat": 26.5196},
        {"site_id": "zunyi", "lon": 106.9254, "lat": 27.7966},
        {"site_id": "in A"},
        {"site_id": "in B"},
        {"site_id": "sea", "lon": 125.0, "lat": 25.0},
    )
    places = frame(Attribution, lies("in A", "A"), lies("in B", "B"), lies("zunyi", "A"))
    weights = frame(SectorWeight, *OF_CITY, *PROVINCE)
    rows = sites_of_cities(sites, weights, places).rows()
    assert sorted(rows) == [("guiyang", "520100"), ("in A", CITY), ("zunyi", "520300")]


def test_codes_of_cities() -> None:
    codes = pl.DataFrame({"code": ["520000", "520100", "520111"]})
    assert codes.select(is_city("code")).to_series().to_list() == [False, True, False]
    assert codes.select(city_of("code")).to_series().to_list()[1:] == ["520100", "520100"]


@settings(max_examples=40, deadline=None)
@given(
    st.integers(1, 10**12),
    st.floats(0.01, 1),
    st.lists(st.integers(0, 10**6), min_size=5, max_size=5),
    st.floats(0, 0.5),
    st.floats(0, 0.5),
)
def test_the_province_is_met_to_the_last_digit(
    micro: int, share: float, weights: list[int], in_city: float, elsewhere: float
) -> None:
    a, of_a_rest, b, rest, more = weights
    city = max(1, int(micro * share))
    near, far = int(city * in_city), int((micro - city) * elsewhere)
    measured = [own(Decimal(near).scaleb(-6), "city works"), own(Decimal(far).scaleb(-6), "far")]
    rows = shared_out(
        [
            weight("A", a), weight("B", b), weight("REST", rest + of_a_rest + more),
            of_city("A", a), of_city("REST", of_a_rest),
        ],
        [cell(Decimal(micro).scaleb(-6))],
        measured,
        cities=[city_cell(Decimal(city).scaleb(-6))],
    )  # fmt: skip
    assert rows["quantity"].sum() + sum(row["quantity"] for row in measured) == Decimal(
        micro
    ).scaleb(-6)
    assert rows.filter(pl.col("quantity") <= 0).is_empty()
