"""Control totals and weights of the worked cases of downscaling: G18, a case of two margins of
our own (G19 has no figures), a city in its province, and cells that are not shared out.

A province of its own. Numbers of the case are taken as 10 000 t of diesel, weights as 100
million yuan.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.pipeline.golden_world import PARKS, W1, W2, YEAR, Row, who
from tests.shared_data import golden

PROVINCE = "520000"
SECTORS = {
    "C26": "Raw Chemical Materials and Chemical Products",
    "C30": "Nonmetal Mineral Products",
    "C31": "Smelting and Pressing of Ferrous Metals",
}
PLACES = {"P1": W1, "P2": W2, "rest": "REST"}
# Sectors that cannot be shared out, and why.
NO_REST, MIXED, WRONG = "Food Processing", "Food Production", "Textile Industry"


# Of the case of two margins: sectors in 10 000 t, the total of the first park in tonnes.
FITTED_YEAR = 2022
FITTED = {SECTORS["C26"]: 60, SECTORS["C30"]: 40}
PARK_TOTAL = 500_000


# Of the case of a city: the city of the first park within the province.
CITY, CITY_YEAR, CITY_SECTOR = "520100", 2021, SECTORS["C30"]


# Of the case of a census: 1 at 2013 and 1.10 at 2018 make 1.06 of 2016 (G28).
CENSUS_SECTOR, CENSUS_YEAR, FIRST_VALUE = SECTORS["C30"], 2016, 50
CENSUS_RATIOS = {2013: "1", 2018: "1.1"}


def _total(sector: str, value: Any, fuel: str = "Diesel_Oil", unit: str = "万吨") -> Row:
    return {
        "年份": YEAR,
        "地区代码": PROVINCE,
        "行业": sector,
        "块": "final",
        "能源": fuel,
        "数值": str(value),
        "单位": unit,
        "数据来源": "测试",
    }


def control_totals() -> Iterator[Row]:
    for division, value in golden("G18")[0]["province_1e4tce"].items():
        yield _total(SECTORS[division], value)
    yield _total(SECTORS["C26"], 40, "Electricity", "亿千瓦时")
    for sector in (NO_REST, MIXED, WRONG):
        yield _total(sector, 10)
    for sector, value in FITTED.items():
        yield {**_total(sector, value, "Gasoline"), "年份": FITTED_YEAR}
    for area, value in ((PROVINCE, 100), (CITY, 40)):
        yield {**_total(CITY_SECTOR, value), "年份": CITY_YEAR, "地区代码": area}
    yield {**_total(CENSUS_SECTOR, FIRST_VALUE), "年份": CENSUS_YEAR}
    # Published twice, the second time after the census: that counts, and no ratio.
    coke = {**_total(CENSUS_SECTOR, 10, "Coke"), "年份": CENSUS_YEAR}
    yield coke
    yield {**coke, "数值": "12", "发布日期": "2021-03"}
    # Power of a city is refused.
    yield {**_total("Thermal Power", 1), "块": "transformation", "地区代码": CITY}
    # Power is made where its plants stand: no weight speaks of it.
    yield {**_total("Thermal Power", 10), "块": "transformation"}


def _weight(sector: str, place: str, value: Any, **more: Any) -> Row:
    return {
        "地区代码": PROVINCE,
        "年份": YEAR,
        "行业": sector,
        "园区代码": place,
        "权重类别": "增加值",
        "数值": str(value),
        "计量单位": "亿元",
        "企业口径": "规上",
        "来源": "测试",
        **more,
    }


def weights() -> Iterator[Row]:
    people: Row = {"权重类别": "从业人员", "计量单位": "人"}
    for division, of_places in golden("G18")[0]["value_added_1e8yuan"].items():
        for place, value in of_places.items():
            yield _weight(SECTORS[division], PLACES[place], value)
            # Of two kinds value added goes first.
            yield _weight(SECTORS[division], PLACES[place], 1, **people)
    for sector in FITTED:
        for place in PLACES.values():
            yield _weight(sector, place, 10, 年份=FITTED_YEAR)
    for place, value in ((W1, 10), (W2, 20), ("REST", 70)):
        yield _weight(CITY_SECTOR, place, value, 年份=CITY_YEAR)
    # Weights published later take the place of the ones before.
    for place, value in ((W1, 90), ("REST", 10)):
        yield _weight(CENSUS_SECTOR, place, value, 年份=CENSUS_YEAR)
    for place, value in ((W1, 25), ("REST", 75)):
        yield _weight(CENSUS_SECTOR, place, value, 年份=CENSUS_YEAR, 发布日期="2020-06")
    for place, value in ((W1, 10), ("REST", 30)):
        yield _weight(CITY_SECTOR, place, value, 年份=CITY_YEAR, 地区代码=CITY)
    yield _weight(NO_REST, W1, 5)
    yield _weight(NO_REST, W2, 5)
    yield _weight(MIXED, W1, 5, 企业口径="规上")
    yield _weight(MIXED, "REST", 15, 企业口径="全部")
    yield _weight(WRONG, W1, -1)
    yield _weight(WRONG, "S999999", 5)
    yield _weight(WRONG, "REST", 5)


def revisions() -> Iterator[Row]:
    for year, ratio in CENSUS_RATIOS.items():
        yield {
            "地区代码": PROVINCE,
            "行业": CENSUS_SECTOR,
            "能源": "全部",
            "普查年份": year,
            "修订系数": ratio,
            "发布日期": "2020-06",
            "来源": "测试",
        }
    # A fuel that no book has.
    yield {
        "地区代码": PROVINCE,
        "行业": CENSUS_SECTOR,
        "能源": "泥炭",
        "普查年份": 2018,
        "修订系数": "1.2",
        "发布日期": "2020-06",
        "来源": "测试",
    }


def diesel_measured() -> Row:
    """The return of the measured cell."""
    tonnes = golden("G18")[0]["measured"]["P2"]["C31"] * 10_000
    return {
        **who("g18"),
        "行业大类代码": "31",
        "年份": YEAR,
        "能源名称": "柴油",
        "计量单位": "吨",
        "购进量/实物量": str(tonnes),
        "消费量/合计": str(tonnes),
    }


def park_returns() -> Row:
    """What the committee of the first park returned."""
    return {
        "园区代码": W1,
        "园区名称": PARKS[W1][0],
        "年份": FITTED_YEAR,
        "能源消费量/汽油": str(PARK_TOTAL),
        "数据方式": "实测",
    }
