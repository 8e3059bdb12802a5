"""A row of units that begins to be delivered: without a word, 万吨 would be read as 吨."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assets.landing.declaration import load_source
from assets.landing.newunits import new_units
from tests.door import delivered_rows

SOURCE = load_source("output_return")
NBS = load_source("nbs_province")
ROW = {"单位详细名称": "甲厂", "年份": "2017", "计量单位": "吨", "产量": "15"}


@pytest.mark.parametrize(
    ("first", "said"),
    [
        ({"年份": None, "产量": "万吨"}, "'万吨' below '产量'"),
        ({"年份": None, "产量": "（万吨）"}, "'（万吨）' below '产量'"),
        ({"年份": "2017", "产量": "万吨"}, None),  # a record with a bad cell
        ({"年份": None, "产量": None}, None),
        ({"年份": "2017", "产量": "3"}, None),
        ({"年份": None, "产量": "约三"}, None),
    ],
)
def test_a_first_row_of_nothing_but_units(first: dict[str, str | None], said: str | None) -> None:
    told = new_units(delivered_rows(SOURCE, [{**ROW, **first}, ROW]))
    if said is None:
        assert told is None
    else:
        assert told is not None and said in told and "row 2" in told
        assert '[[layouts]] units_row = true; column_units = { "产量" = ' in told


def test_the_units_of_a_wide_table() -> None:
    named = {"__file_stem__": "a", "__file_indicator__": "a"}
    rows = [{**named, "地区": None, "2017年": "亿元"}, {**named, "地区": "北京市", "2017年": "1"}]
    assert "'亿元' below '2017年'" in str(new_units(delivered_rows(NBS, rows)))
    assert new_units(delivered_rows(NBS, rows[1:])) is None


def test_a_declared_row_of_units_is_looked_at_by_the_reader() -> None:
    declared = SOURCE.model_copy(update={"units_row": True})
    items = delivered_rows(SOURCE, [{**ROW, "年份": None, "产量": "万吨"}])
    assert new_units(items) is not None
    assert new_units([replace(item, source=declared) for item in items]) is None
    assert new_units(delivered_rows(SOURCE, [])) is None
