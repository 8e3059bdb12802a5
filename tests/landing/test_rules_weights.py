"""Rules on weights that control totals are shared out by."""

from __future__ import annotations

from typing import Any

import pytest

from tests.landing.ruling import judged

ROW: dict[str, Any] = {
    "area_code": "640000",
    "year": 2023,
    "book_sector": "Nonmetal Mineral Products",
    "place_code": "S649012",
    "kind_zh": "增加值",
    "value": 120,
    "unit_zh": "亿元",
    "firms_zh": "规上",
    "provenance": "年鉴",
}
PEOPLE = {"kind_zh": "从业人员", "unit_zh": "万人"}


@pytest.mark.parametrize(
    ("cells", "rules"),
    [
        ({}, []),
        ({"place_code": "REST"}, []),
        (PEOPLE, []),
        ({"kind_zh": "工业用地", "unit_zh": "平方公里"}, []),
        ({"area_code": "649999"}, ["AREA"]),
        ({"area_code": "640100"}, []),
        ({"area_code": "640105"}, ["AREA"]),
        ({"book_sector": "Cement"}, ["SECTOR"]),
        # Power is shared out by plants, never by weights.
        ({"book_sector": "Thermal Power"}, ["SECTOR"]),
        ({"place_code": "S999999"}, ["PARK"]),
        ({"place_code": "G321014"}, ["PARKAREA"]),
        ({"unit_zh": "车"}, ["UNIT"]),
        ({"unit_zh": "吨"}, ["UNITPAIR"]),
        ({**PEOPLE, "unit_zh": "万元"}, ["UNITPAIR"]),
    ],
)
def test_a_weight(cells: dict[str, Any], rules: list[str]) -> None:
    assert judged("sector_weight", {**ROW, **cells}) == [rules]


def test_two_calibers_of_one_series_are_all_refused_and_other_series_are_not() -> None:
    rows: list[dict[str, Any]] = [
        ROW,
        {**ROW, "place_code": "REST", "firms_zh": "全部"},
        # Employees are another series, and so is another year.
        {**ROW, **PEOPLE, "firms_zh": "全部"},
        {**ROW, "year": 2022, "firms_zh": "全部"},
    ]
    assert judged("sector_weight", *rows) == [["CAL1"], ["CAL1"], [], []]


@pytest.mark.parametrize(
    ("area", "block", "rules"),
    [
        ("640000", "final", []),
        ("640000", "transformation", []),
        ("640500", "final", []),
        ("640500", "transformation", ["LOCATED"]),
        ("640502", "final", ["AREA"]),
        ("999900", "final", ["AREA"]),
    ],
)
def test_the_area_of_a_control_total(area: str, block: str, rules: list[str]) -> None:
    assert judged("control_total", {"province_code": area, "block": block}) == [rules]
