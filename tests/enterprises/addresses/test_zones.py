"""Names of parks, the division each belongs to, and what a mention is bound to."""

from __future__ import annotations

import polars as pl

from assets.enterprises.addresses import parse_addresses, zone_patterns
from quality.contracts.core import Park
from tests.enterprises.addresses.known import answers, asked, parks, read, units, zones
from tests.frames import frame


def park(name: str) -> str:
    return str(parks().filter(pl.col("name_zh") == name)["park_id"].item())


def test_every_park_has_its_official_name() -> None:
    official = zones().filter("official")
    assert set(official["park_id"]) == set(parks()["park_id"])
    assert zones().height > 7_600
    assert not zones().select("park_id", "pattern").is_duplicated().any()


BOUND = [
    ("宁夏石嘴山高新技术产业开发区", "石嘴山高新技术产业开发区"),
    ("石嘴山高新区长胜路", "石嘴山高新技术产业开发区"),
    ("石嘴山市高新区长胜路", "石嘴山高新技术产业开发区"),
    ("宁夏回族自治区石嘴山市大武口区石嘴山高新技术产业开发区", "石嘴山高新技术产业开发区"),
    ("合肥市蜀山区高新技术产业开发区", "合肥高新技术产业开发区"),
    ("昆山市开发区", "昆山经济技术开发区"),
    ("武汉市东湖新技术开发区", "武汉东湖新技术开发区"),
    ("南京市浦口区浦口经济开发区", "南京浦口经济开发区"),
    ("杭州市文三路1号(杭州经济技术开发区)", "杭州经济技术开发区"),
]


def test_a_mention_is_bound_to_its_park() -> None:
    found = read(*(address for address, _ in BOUND))
    assert [row["park_id"] for row in found] == [park(name) for _, name in BOUND]


UNBOUND = [
    "开发区1号",  # of nowhere
    "宁东能源化工基地",  # in no notice
    "淮安市农业技术开发区正大路118号",  # a kind with another name before it
    "江苏省高新区",  # a province has many
    "昆山市千灯镇工业园区",  # a town's
]


def test_a_mention_that_names_no_park_binds_none() -> None:
    found = read(*UNBOUND)
    assert {row["park_id"] for row in found} == {None}
    assert None not in {row["zone_zh"] for row in found}


def test_the_park_of_a_known_city() -> None:
    found = answers(("开发区科技园8号", 2015, "321000"))[0]
    assert (found["division_code"], found["zone_zh"]) == ("321000", "开发区")
    assert found["park_id"] == park("扬州经济技术开发区")


def two_parks(first: str, second: str) -> pl.DataFrame:
    return zone_patterns(
        frame(
            Park,
            {"park_id": "A", "name_zh": first, "province_code": "320000"},
            {"park_id": "B", "name_zh": second, "province_code": "330000"},
        )
    )


def test_a_name_that_two_parks_share_is_bound_by_the_division_around_it() -> None:
    shared = two_parks("江苏城东新城工业园区", "浙江城东新城工业园区")
    rows = asked(
        ("城东新城工业园区", 2015, None),
        ("江苏省城东新城工业园区", 2015, None),
        ("浙江省城东新城工业园区", 2015, None),
        ("城东新城工业园区", 2015, "330100"),
        ("广东省城东新城工业园区", 2015, None),
    )
    found = parse_addresses(rows, units(), shared)
    assert found["park_id"].to_list() == [None, "A", "B", "B", None]


def test_two_parks_of_one_kind_in_a_city_bind_none() -> None:
    both = two_parks("江苏昆山经济开发区", "昆山经济开发区").with_columns(
        pl.lit("320000").alias("province_code")
    )
    found = parse_addresses(asked(("昆山市经济开发区", 2015, None)), units(), both)
    assert (found["park_id"].item(), found["zone_zh"].item()) == (None, "经济开发区")


def test_a_point_places_a_park_only_where_its_name_does_not() -> None:
    rows = zone_patterns(
        frame(
            Park,
            {
                "park_id": "A",
                "name_zh": "石嘴山高新技术产业开发区",
                "province_code": "640000",
                "division_code": "640122",
            },
        )
    )
    found = parse_addresses(
        asked(("贺兰县高新区", 2015, None), ("石嘴山市高新区", 2015, None)), units(), rows
    )
    assert found["park_id"].to_list() == [None, "A"]


WRITTEN = [
    ("余姚市临浦镇工业园区甲路1号", "临浦镇工业园区", "临浦镇工业园区甲路1号"),
    ("江阴市青阳镇工业园区", "青阳镇工业园区", "青阳镇工业园区"),
    ("深圳市宝安区石岩洲石路奋达科技园", "奋达科技园", "石岩洲石路奋达科技园"),
    ("贵州省贵阳经济技术开发区红河路7号", "贵阳经济技术开发区", "红河路7号"),
    ("惠州市仲恺高新区惠风三路17号", "仲恺高新区", "惠风三路17号"),
    ("南京市新区甲路", "新区", "甲路"),
    ("上海市康桥路1号", None, "康桥路1号"),
]


def test_the_zone_as_written_and_the_rest() -> None:
    found = read(*(address for address, _, _ in WRITTEN))
    assert [(r["zone_zh"], r["rest_zh"]) for r in found] == [(z, r) for _, z, r in WRITTEN]
