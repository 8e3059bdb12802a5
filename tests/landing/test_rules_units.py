"""Rules on units, events and meters, and on returns of enterprises that ended."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from assets.landing.rules.units import ended_rule
from quality.contracts.accepted import Business, OutputReturn
from quality.contracts.units import EnterpriseEvent
from tests.door import rows_through_door
from tests.frames import frame
from tests.landing.ruling import broken, rule_reference

A, B = "914403001922038216", "91310000631696382C"


def rules_broken(source_id: str, *rows: dict[str, str | None]) -> list[list[str]]:
    """Rules by row, of the quarantine and of the flags."""
    outcome = rows_through_door(source_id, rows, rule_reference(source_id))
    found: dict[int, set[str]] = {n: set() for n in range(2, len(rows) + 2)}
    for row in outcome.quarantine.to_dicts():
        found[int(row["source_row_id"].rpartition(":")[2])] |= set(row["rule_ids"].split(";"))
    for row in outcome.flags.to_dicts():
        found[int(row["source_row_id"].rpartition(":")[2])].add(row["rule_id"])
    assert outcome.frame.height + outcome.quarantine.height == len(rows), "nothing is lost"
    return [sorted(rules) for rules in found.values()]


def ended(year: int, event: dict[str, Any] | None = None, last: date | None = None) -> list[str]:
    told = [] if event is None else [{"uscc_text": A, "name_zh": "甲", **event}]
    registered = [] if last is None else [{"uscc_text": A, "name_zh": "甲", "valid_to": last}]
    rule = ended_rule(
        {
            "accepted.enterprise_event": frame(EnterpriseEvent, *told),
            "accepted.business": frame(Business, *registered),
        }
    )
    returned = frame(OutputReturn, {"uscc_text": A, "year": year}, {"uscc_text": B, "year": year})
    mine, other = broken([rule], returned)
    assert other == []
    return mine


END = {"event_zh": "注销", "happened_on": date(2016, 5, 1)}


@pytest.mark.parametrize(
    ("year", "event", "last", "rules"),
    [
        (2017, END, None, ["ID4"]),
        (2017, {**END, "event_zh": "吊销"}, None, ["ID4"]),
        (2016, END, None, []),
        # From the first of January on it did not exist for a day of that year.
        (2016, {**END, "happened_on": date(2016, 1, 1)}, None, ["ID4"]),
        (2017, {**END, "successor_uscc_text": B}, None, []),
        (2017, {**END, "event_zh": "迁址"}, None, []),
        (2017, None, date(2016, 12, 31), ["ID4"]),
        (2017, None, date(2017, 1, 1), []),
        (2017, {**END, "successor_uscc_text": B}, date(2016, 4, 30), []),
        (2017, None, None, []),
    ],
)
def test_a_return_for_a_year_after_the_end_is_refused(
    year: int, event: dict[str, Any] | None, last: date | None, rules: list[str]
) -> None:
    assert ended(year, event, last) == rules


UNIT = {
    "统一社会信用代码": A,
    "单位详细名称": "甲厂",
    "单位类别": "法人单位",
    "法人单位代码": A,
    "单位所在地": "宁夏银川市",
    "备注": None,
}


@pytest.mark.parametrize(
    ("cells", "rules"),
    [
        ({}, []),
        ({"开业日期": "2016-01-01", "停业日期": "2015-12-31"}, ["VAL1"]),
        ({"开业日期": "2016-01-01", "停业日期": "2016-01-01"}, []),
        ({"单位类别": "分支机构", "法人单位代码": None}, ["PAR1"]),
        ({"单位类别": "分支机构", "法人单位代码": A[:-1] + "7"}, ["PAR1"]),
        ({"单位类别": "产业活动单位", "法人单位代码": B}, []),
        ({"统一社会信用代码": A[:-1] + "7"}, ["ID1"]),
        ({"统一社会信用代码": None}, ["ID1m"]),
        ({"单位类别": "子公司"}, ["CONTRACT:kind_zh"]),
        ({"经度": "38.5001", "纬度": "106.2001"}, ["GEO1"]),
        ({"经度": "2.3501", "纬度": "48.8501"}, ["GEO1"]),
        ({"经度": "106.2", "纬度": "38.5"}, ["GEO4"]),
        ({"从业人员": "-3"}, ["CONTRACT:employees"]),
        ({"从业人员": "三十"}, ["TYPE:employees"]),
    ],
)
def test_a_unit_is_kept_flagged_or_refused(cells: dict[str, str | None], rules: list[str]) -> None:
    assert rules_broken("unit_register", {**UNIT, **cells}) == [rules]


EVENT = {
    "统一社会信用代码": A,
    "企业名称": "甲厂",
    "事件": "更名",
    "日期": "2016-05-01",
    "变更前": "旧厂",
    "承继单位代码": None,
    "文号": None,
    "备注": None,
}


@pytest.mark.parametrize(
    ("cells", "rules"),
    [
        ({}, []),
        ({"变更前": None}, ["EVT1"]),
        ({"事件": "迁址", "变更前": None}, ["EVT1"]),
        ({"事件": "合并"}, ["EVT1"]),
        ({"事件": "合并", "承继单位代码": B}, []),
        ({"事件": "注销", "变更前": None}, []),
        ({"事件": "搬家"}, ["CONTRACT:event_zh"]),
        ({"日期": "五月"}, ["CONTRACT:happened_on", "TYPE:happened_on"]),
    ],
)
def test_an_event_says_what_it_needs(cells: dict[str, str | None], rules: list[str]) -> None:
    assert rules_broken("enterprise_event", {**EVENT, **cells}) == [rules]


READING = {
    "排污许可证编号": f"{A}001P",
    "统一社会信用代码": A,
    "单位详细名称": "甲厂",
    "年份": "2017",
    "能源名称": "电力",
    "计量单位": "千瓦时",
    "消费量": "10",
    "计量户代码": None,
    "计量户名称": None,
    "备注": None,
}


def test_two_readings_of_one_meter_are_both_refused() -> None:
    other = {**READING, "排污许可证编号": f"{A}002P"}
    assert rules_broken("site_energy", READING, READING, other) == [["ID2"], ["ID2"], []]


@pytest.mark.parametrize(
    ("cells", "rules"),
    [
        ({"能源名称": "焦粒"}, ["ENERGY"]),
        ({"计量单位": "车"}, ["UNIT"]),
        ({"计量单位": "吨"}, ["UNITPAIR"]),
        ({"消费量": "-1"}, ["CONTRACT:consumption"]),
    ],
)
def test_a_reading_that_cannot_be_counted_is_refused(
    cells: dict[str, str | None], rules: list[str]
) -> None:
    assert rules_broken("site_energy", {**READING, **cells}) == [rules]


def test_a_permit_that_ends_before_it_starts_is_refused() -> None:
    permit = {
        "企业名称": "甲厂",
        "排污许可证编号": f"{A}001P",
        "统一社会信用代码": A,
        "行业类别": None,
        "生产经营场所经度": "106.2001",
        "生产经营场所纬度": "38.5001",
        "所在市": "石嘴山",
        "数据来源": "公示",
        "有效期起": "2020-01-01",
    }
    found = rules_broken(
        "permit_register",
        {**permit, "有效期止": "2019-12-31"},
        {**permit, "有效期止": "2024-12-31"},
    )
    assert found[0] == ["VAL1"] and "VAL1" not in found[1]
