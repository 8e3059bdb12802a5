"""Parks of the catalogue and the geocoder's points, as delivered and with their doubts."""

from __future__ import annotations

from datetime import date
from functools import cache

import polars as pl
import pytest

from assets.boundaries.divisions import distance_outside_km, provinces
from assets.boundaries.parks import (
    PRECISION_M,
    ParkError,
    parks,
    point_claims,
    precision_class,
)
from quality.contracts.accepted import BoundaryShape, ParkCatalogue
from tests.frames import facts, frame


@cache
def claims() -> pl.DataFrame:
    return point_claims(facts("park_catalogue_2018"))


@cache
def catalogue_parks() -> pl.DataFrame:
    return parks(facts("park_catalogue_2018"), claims(), frame(BoundaryShape))


def test_every_zone_of_the_catalogue_is_one_park() -> None:
    found = catalogue_parks()
    assert found.height == found["park_id"].n_unique() == claims().height == 2543
    levels = dict(found["level"].value_counts().iter_rows())
    assert levels == {"national": 552, "provincial": 1991}


def test_points_outside_their_province_are_counted_and_not_used() -> None:
    # 159 points lie outside their province polygon; 4 of them by less than 1 km and 2 by
    # less than 2 km are noise of border lines, the other 153 lie in another place.
    outside = claims().filter("outside_province")
    assert outside.height == 159
    assert outside.filter(pl.col("outside_by_km") > 1).height == 155
    assert outside.filter(pl.col("outside_by_km") > 2).height == 153
    assert not outside["usable"].any()
    assert outside["doubt_zh"].str.contains("界外").all()
    assert claims().filter(~pl.col("outside_province"))["outside_by_km"].max() == 0


def test_parks_that_share_a_point_are_not_used() -> None:
    shared = claims().filter(pl.col("parks_on_point") > 1)
    assert (shared.height, shared["parks_on_point"].max()) == (160, 29)
    assert not shared["usable"].any()


def test_a_code_on_two_zones_makes_two_parks() -> None:
    twice = catalogue_parks().filter(pl.col("catalogue_code") == "S377018")
    assert twice["park_id"].to_list() == ["S377018", "S377018-2"]
    assert twice["name_zh"].to_list() == ["山东临淄经济开发区", "山东淄川经济开发区"]
    assert claims().filter(pl.col("parks_on_code") > 1)["park_id"].to_list() == [
        "S377018",
        "S377018-2",
    ]


def test_the_ningxia_park_that_was_geocoded_into_anhui_has_no_place() -> None:
    claim = claims().row(by_predicate=pl.col("park_id") == "S649020", named=True)
    assert not claim["usable"]
    assert claim["outside_by_km"] > 800
    park = catalogue_parks().row(by_predicate=pl.col("park_id") == "S649020", named=True)
    assert (park["province_code"], park["division_code"]) == ("640000", None)


def test_a_division_lies_in_the_province_of_the_park() -> None:
    placed = catalogue_parks().filter(pl.col("division_code").is_not_null())
    assert placed.height > 2300
    same = placed["division_code"].str.slice(0, 2) == placed["province_code"].str.slice(0, 2)
    # The county polygons and the province polygons differ along some borders.
    assert placed.filter(~same).height <= 5


def test_only_points_that_name_more_than_a_county_are_used() -> None:
    used = claims().filter("usable")
    assert set(used["precision_class"]) == {"site", "town"}
    coarse = claims().filter(pl.col("precision_class").is_in(["county", "city"]))
    assert coarse.height == 379 + 87
    assert not coarse["usable"].any()
    assert coarse["doubt_zh"].str.contains("地址只到").all()


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (None, "city"),
        ("宁夏回族自治区", "city"),
        ("宁夏回族自治区银川市", "city"),
        ("江苏省苏州市", "city"),
        ("新疆维吾尔自治区塔城地区沙湾市", "county"),
        ("湖北省恩施土家族苗族自治州恩施市", "county"),
        ("新疆维吾尔自治区伊犁哈萨克自治州", "city"),
        ("宁夏回族自治区银川市贺兰县", "county"),
        ("江苏省苏州市吴中区", "county"),
        ("宁夏回族自治区石嘴山市平罗县崇岗镇", "town"),
        ("北京市海淀区中关村科技园区", "site"),
        ("江苏省昆山市昆山经济技术开发区", "site"),
        ("宁夏回族自治区中卫市美利工业园区宁钢大道", "site"),
    ],
)
def test_precision_follows_what_the_address_names(address: str | None, expected: str) -> None:
    row = pl.DataFrame({"a": [address]}, schema={"a": pl.String})
    found = row.select(precision_class(pl.col("a"), pl.lit("")).alias("class")).item()
    assert found == expected
    assert found in PRECISION_M


def test_a_park_without_a_point_is_kept_and_not_used() -> None:
    row = {
        "catalogue_code": "S649999",
        "name_zh": "无点园区",
        "province_zh": "宁夏回族自治区",
        "approved_ha": 100,
    }
    catalogue = frame(ParkCatalogue, row)
    (claim,) = point_claims(catalogue).to_dicts()
    assert (claim["lon"], claim["lat"], claim["outside_by_km"]) == (None, None, None)
    assert (claim["usable"], claim["outside_province"]) == (False, True)
    assert parks(catalogue, point_claims(catalogue), frame(BoundaryShape))[
        "division_code"
    ].to_list() == [None]


def test_distance_to_a_province() -> None:
    assert distance_outside_km("640000", 106.2, 38.5) == 0
    assert distance_outside_km("340000", 106.2, 38.5) > 800
    assert len(provinces().codes) == 34
    with pytest.raises(KeyError, match="640100"):
        distance_outside_km("640100", 106.2, 38.5)


def nested(*above: tuple[str, str]) -> pl.DataFrame:
    """`core.park` of three parks, with who is delivered to lie in whom."""
    catalogue = frame(
        ParkCatalogue,
        *({"catalogue_code": f"S64900{n}", "name_zh": f"园区{n}"} for n in (1, 2, 3)),
        province_zh="宁夏回族自治区",
    )
    shapes = frame(
        BoundaryShape,
        *(
            {
                "source_row_id": f"d::{n}",
                "catalogue_code": f"S64900{child}",
                "name_zh": f"园区{child}",
                "parent_code": f"S64900{parent}",
                "valid_from": date(2010 + n, 1, 1),
            }
            for n, (child, parent) in enumerate(above)
        ),
    )
    return parks(catalogue, point_claims(catalogue), shapes)


def test_a_park_in_a_park_does_not_count_in_totals() -> None:
    found = nested(("2", "1"), ("3", "2"))
    assert found.select("park_id", "parent_park_id", "depth", "counts_in_total").rows() == [
        ("S649001", None, 0, True),
        ("S649002", "S649001", 1, False),
        ("S649003", "S649002", 2, False),
    ]


def test_the_latest_boundary_says_which_park_is_around() -> None:
    found = dict(nested(("3", "1"), ("3", "2")).select("park_id", "parent_park_id").iter_rows())
    assert found["S649003"] == "S649002"


def test_a_parent_that_is_not_in_the_catalogue_is_none() -> None:
    assert nested(("2", "9"))["counts_in_total"].all()


@pytest.mark.parametrize("circle", [[("1", "1")], [("1", "2"), ("2", "3"), ("3", "1")]])
def test_parks_in_a_circle_are_refused_by_name(circle: list[tuple[str, str]]) -> None:
    with pytest.raises(ParkError, match=r"circle: S649001 → .*S649001"):
        nested(*circle)
