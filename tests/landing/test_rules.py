"""Rules on who a row is about, and that the rules rest on the published thresholds."""

from __future__ import annotations

import csv
from pathlib import Path

import polars as pl
import pytest

from assets.enterprises.uscc import check_character, valid
from assets.landing.declaration import load_sources
from assets.landing.ingest import REFERENCE_DIRECTORY
from assets.landing.rules import NEEDS, rules_for
from assets.landing.rules.identity import division_rule
from assets.landing.rules.limits import LIMITS
from tests.door import file_through_door, rows_through_door
from tests.landing.ruling import judged, rule_reference
from tests.shared_data import shared

HEADERS = ("统一社会信用代码", "单位详细名称", "年份", "产品名称", "计量单位", "产量", "备注")
VALID = "914403001922038216"


def _outputs(*rows: tuple[str, str, str]) -> dict[str, str]:
    """Rule by row of output returns given as (code, name, product)."""
    cells = [
        dict(zip(HEADERS, (code, name, "2017", product, "吨", "5", ""), strict=True))
        for code, name, product in rows
    ]
    outcome = rows_through_door("output_return", cells, rule_reference("output_return"))
    assert outcome.frame.height + outcome.quarantine.height == len(rows)
    return dict(outcome.quarantine.select("source_row_id", "rule_id").iter_rows())


def test_rows_without_a_code_repeat_by_name() -> None:
    assert _outputs(("", "甲厂", "石灰"), ("", "甲厂", "石灰"), ("", "乙厂", "石灰")) == {
        "d::2": "ID2",
        "d::3": "ID2",
    }


def test_a_wrong_code_does_not_hide_a_repeat() -> None:
    wrong = VALID[:-1] + "7"
    assert set(_outputs((wrong, "甲厂", "石灰"), ("", "甲厂", "石灰"))) == {"d::2", "d::3"}


def test_one_name_under_two_codes_is_two_enterprises() -> None:
    assert _outputs((VALID, "甲厂", "石灰"), ("9144030071526726XG", "甲厂", "石灰")) == {}


def test_an_unknown_product_or_unit_is_quarantined() -> None:
    assert _outputs((VALID, "甲厂", "未知产品")) == {"d::2": "ENERGY"}


def test_thresholds_are_those_of_the_published_list() -> None:
    with (REFERENCE_DIRECTORY / "qc_rule.csv").open(encoding="utf-8", newline="") as file:
        published = {row["rule_id"]: float(row["value"]) for row in csv.DictReader(file)}
    assert {name: published[name] for name in LIMITS} == LIMITS


@pytest.mark.parametrize("source_id", sorted(load_sources()))
def test_rules_of_a_source_need_no_more_than_they_declare(source_id: str) -> None:
    rules = rules_for(source_id, rule_reference(source_id))
    assert bool(rules) or source_id not in NEEDS
    assert {rule.severity for rule in rules} <= {"error", "warning"}
    assert all(rule.reason_zh and rule.reason_en for rule in rules)


def test_what_has_rules_is_a_source() -> None:
    assert set(NEEDS) <= set(load_sources())


def code(division: str) -> str:
    """A code with the right check character, registered in the division."""
    first = f"91{division}XXXXXXXX1"
    return first + check_character(first)


@pytest.mark.parametrize(
    ("uscc", "flags"),
    [
        (code("640100"), []),  # 银川市
        (code("310226"), []),  # 奉贤县, gone in 2001
        (code("650109"), []),  # 米东区, of today
        ("91100000000013477B", []),  # registered by the state authority
        (code("999999"), ["ID3"]),
        (code("640199"), ["ID3"]),
        (code("999999")[:-1] + "#", ["ID1"]),  # a code that fails says nothing of a place
        (None, ["ID1m"]),
        ("640000000000123", ["ID1m"]),
    ],
)
def test_a_checked_code_names_a_division_of_some_revision(
    uscc: str | None, flags: list[str]
) -> None:
    assert judged("business_register", {"uscc_text": uscc}) == [flags]


RETURN = {
    "uscc_text": VALID,
    "name_zh": "甲厂",
    "industry_division": "26",
    "year": 2017,
    "energy_zh": "柴油",
    "unit_zh": "吨",
}


@pytest.mark.parametrize(
    ("division", "industry", "rules"),
    [
        ("26", None, []),
        ("26", "2614", []),
        ("98", None, ["IND1"]),
        ("00", None, ["IND1"]),
        ("26", "9999", ["IND1"]),
        ("26", "26", ["IND1"]),  # a division is no class
        ("25", "2520", ["IND1w"]),  # 炼焦 in 2011, 煤炭加工 2521 in 2017
    ],
)
def test_an_industry_is_one_of_the_standard(
    division: str, industry: str | None, rules: list[str]
) -> None:
    row = {**RETURN, "industry_division": division, "industry_code": industry}
    assert judged("return_205_1", row) == [rules]


def test_real_codes_outside_the_standard_are_those_of_zones(tmp_path: Path) -> None:
    """苏州工业园区 (320594) registers enterprises under a code of its own."""
    path = shared("data/b_cn_registry_redacted/2002_江苏.redacted.csv")
    rows = file_through_door("cn_register", path, tmp_path).frame
    checked = rows.filter(valid(pl.col("uscc_text")))
    rule = division_rule(rule_reference("business_register"))
    flagged = checked.filter(rule.bad).get_column("uscc_text").str.slice(2, 6).to_list()
    assert checked.height > 3000
    assert 0 < len(flagged) < 0.05 * checked.height
    assert "320594" in flagged
