"""Divisions of all years: the table, how it agrees with the lineage, and what became of each."""

from __future__ import annotations

import polars as pl
import pytest

from assets.boundaries.lineage import Lineage
from assets.enterprises.addresses import division_units
from assets.enterprises.addresses.names import names_of, stem_of
from assets.enterprises.addresses.units import Divisions
from quality.contracts.divisions import DivisionEvent, DivisionUnit
from tests.enterprises.addresses.known import units
from tests.frames import facts, frame, reference

# What the changes have and no list of divisions: headings, islands, farms.
_HEADINGS = {"市辖区", "县", "市", "省直辖县级行政区划", "自治区直辖县级行政区划"}


def test_the_table_passes_the_door_whole() -> None:
    accepted = reference("division_unit")
    assert accepted.quarantine.is_empty()
    assert DivisionUnit.conform(accepted.frame).height > 7_000


def test_no_code_has_two_units_in_a_year() -> None:
    spans = units().with_columns(pl.col("last_year").fill_null(2100)).sort("division_code")
    overlaps = spans.with_columns(
        pl.col("last_year").shift(1).over("division_code").alias("before")
    ).filter(pl.col("before") >= pl.col("first_year"))
    assert overlaps.is_empty()


def test_every_parent_is_a_unit_of_a_level_above() -> None:
    levels = dict(units().select("division_code", "level").iter_rows())
    for code, level, parent in units().select("division_code", "level", "parent_code").iter_rows():
        if level == "province":
            assert parent is None
        else:
            assert levels[parent] in ("province", "city"), code
            assert levels[parent] != level, code


@pytest.mark.parametrize("year", [1988, 1997, 2004, 2015, 2023, 2026])
def test_the_table_and_the_lineage_have_the_same_divisions_in_force(year: int) -> None:
    listed = {(u.code, u.name) for u in Divisions(units()).all if u.in_force(year)}
    lineage = {(u.code, u.name) for u in lineage_of_all().in_force(year)}
    assert listed <= lineage
    # Below Taiwan, Hong Kong and Macau, and the statistical codes from 71 on, are no divisions.
    more = {
        (code, name)
        for code, name in lineage - listed
        if name not in _HEADINGS and code[:2] not in ("71", "81", "82") and code[4] != "7"
    }
    assert len(more) < 35, sorted(more)


_LINEAGE: list[Lineage] = []


def lineage_of_all() -> Lineage:
    if not _LINEAGE:
        _LINEAGE.append(Lineage(facts("division_change")))
    return _LINEAGE[0]


@pytest.mark.parametrize(
    ("name", "code", "now"),
    [
        ("白下区", "320103", "320104"),
        ("宣武区", "110104", "110102"),
        ("萝岗区", "440116", "440112"),
        ("江宁县", "320121", "320115"),
        ("吴县市", "320586", None),
        ("昆山市", "320583", "320583"),
    ],
)
def test_what_became_of_a_division(name: str, code: str, now: str | None) -> None:
    found = units().filter(pl.col("name_zh") == name, pl.col("division_code") == code)
    assert found["code_now"].to_list() == [now]


def test_a_successor_that_is_not_in_the_table_is_none() -> None:
    unit = {"division_code": "110101", "name_zh": "甲区", "level": "county", "first_year": 1980}
    listed = frame(DivisionUnit, {**unit, "parent_code": "110000", "last_year": 1999})
    change = {"year": 2000, "from_code": "110101", "from_name_zh": "甲区", "kind": "merged"}
    changes = frame(
        DivisionEvent, {**change, "to_code": "110199", "to_name_zh": "乙区"}, confidence="project"
    )
    assert division_units(listed, changes)["code_now"].to_list() == [None]


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("延边朝鲜族自治州", "延边"),
        ("积石山保安族东乡族撒拉族自治县", "积石山"),
        ("伊犁哈萨克自治州", "伊犁"),
        ("内蒙古自治区", "内蒙古"),
        ("管城回族区", "管城"),
        ("浦东新区", "浦东"),
        ("土默特左旗", "土默特左旗"),
        ("县", ""),
    ],
)
def test_short_names(name: str, stem: str) -> None:
    assert stem_of(name) == stem


def test_other_names_of_a_division() -> None:
    names = names_of(Divisions(units()))
    assert {u.name for u in names["济南市中区"].full} == {"市中区"}
    assert {u.name for u in names["恩施州"].full} == {"恩施土家族苗族自治州"}
    assert {u.name for u in names["锡盟"].full} == {"锡林郭勒盟"}
    assert {u.code for u in names["台北市"].full} == {"710000"}
