"""The door: every delivered row ends accepted or quarantined, with rule and reason."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.landing.records import records_of
from quality.contracts.registry import TABLES
from quality.contracts.table import Quantity, Table, column, source_row
from quality.quarantine import Accepted, Rule, accept
from quality.reasons import said
from tests.door import declared, delivered_rows


class Plant(Table):
    """A table with one column of every type a source may declare."""

    source_row_id: str = source_row()
    code: str = column("代码", "code", nullable=True)
    year: int = column("年份", "year", ge=1980, le=2100)
    amount_t: Quantity = column("数量", "amount", unit="t", ge=0, nullable=True)
    lon: float = column("经度", "longitude", unit="deg", nullable=True)
    opened: pl.Date = column("投产", "first day", nullable=True)
    captive: bool = column("自备", "captive", nullable=True)

    class Config:
        metadata: ClassVar[dict[str, Any]] = {
            "table": "accepted.plant",
            "key": ["code", "year"],
            "about": "One row a plant.",
        }


MAPPING = {
    "代码": "code",
    "年份": "year",
    "数量": "amount_t",
    "经度": "lon",
    "投产": "opened",
    "自备": "captive",
}
GOOD = {
    "代码": "A",
    "年份": "2017",
    "数量": "1.5",
    "经度": "106.2",
    "投产": "2001-02-28",
    "自备": "true",
}


def door(*rows: dict[str, str | None], mapping: dict[str, str] = MAPPING, **more: Any) -> Accepted:
    records = records_of(delivered_rows(declared(mapping), rows))
    return accept(records, source_id="sample", table=Plant, **more)


def why(outcome: Accepted) -> dict[str, str]:
    return dict(outcome.quarantine.select("source_row_id", "rule_ids").iter_rows())


def test_a_readable_row_is_typed_and_kept() -> None:
    outcome = door(GOOD)
    assert outcome.frame.rows() == [
        ("d::2", "A", 2017, Decimal("1.5"), 106.2, date(2001, 2, 28), True)
    ]
    assert (outcome.quarantine.height, outcome.flags.height, outcome.reasons()) == (0, 0, {})


@pytest.mark.parametrize(
    ("header", "text", "rule"),
    [
        ("年份", "2017.5", "TYPE:year"),
        ("年份", "二〇一七", "TYPE:year"),
        ("年份", "9" * 19, "TYPE:year"),
        ("数量", "1,000", "TYPE:amount_t"),
        ("数量", "12 t", "TYPE:amount_t"),
        ("数量", "nan", "TYPE:amount_t"),
        ("数量", "1e40", "TYPE:amount_t"),
        ("数量", "１２", "TYPE:amount_t"),
        ("经度", "106°", "TYPE:lon"),
        ("经度", "inf", "TYPE:lon"),
        ("投产", "2001-02-29", "TYPE:opened"),
        ("投产", "2001/2/28", "TYPE:opened"),
        ("自备", "是", "TYPE:captive"),
        ("自备", "1", "TYPE:captive"),
    ],
)
def test_a_text_that_is_not_its_type_is_a_reason(header: str, text: str, rule: str) -> None:
    outcome = door({**GOOD, header: text})
    assert outcome.frame.height == 0
    found = outcome.quarantine.row(0, named=True)
    assert (found["rule_id"], found["column_zh"], found["value_text"]) == (rule, header, text)
    assert header in found["reason_zh"] and header in found["reason_en"]


@pytest.mark.parametrize(
    ("text", "value"),
    [("1e-3", "0.001"), ("5.0000000000000001E-3", "0.005"), (".5", "0.5"), ("+3", "3")],
)
def test_numbers_as_spreadsheets_write_them(text: str, value: str) -> None:
    assert door({**GOOD, "数量": text}).frame["amount_t"].item() == Decimal(value)


@pytest.mark.parametrize(
    ("header", "text", "rule"),
    [("数量", "-0.5", "CONTRACT:amount_t"), ("年份", "1979", "CONTRACT:year")],
)
def test_a_value_outside_its_declaration_is_quarantined(header: str, text: str, rule: str) -> None:
    outcome = door({**GOOD, header: text}, {**GOOD, "代码": "B"})
    assert why(outcome) == {"d::2": rule}
    assert outcome.frame["code"].to_list() == ["B"]


@pytest.mark.parametrize("blank", ["", " ", "\u3000", "\u200b", "\ufeff", "\u00a0\t", None])
def test_unseen_blanks_are_no_value(blank: str | None) -> None:
    assert door({**GOOD, "数量": blank}).frame["amount_t"].item() is None
    # A column that may not be empty sends the row to quarantine instead.
    assert why(door({**GOOD, "年份": blank})) == {"d::2": "CONTRACT:year"}


def test_blanks_around_a_value_are_trimmed_and_inside_it_kept() -> None:
    outcome = door({**GOOD, "代码": "\u200b A\u3000B \ufeff"})
    assert outcome.frame["code"].item() == "A\u3000B"


def test_only_declared_texts_mean_no_value() -> None:
    row = {**GOOD, "代码": " - ", "数量": "-"}
    outcome = door(row, null_texts=["-"])
    assert outcome.frame.select("code", "amount_t").row(0) == (None, None)
    assert why(door(row)) == {"d::2": "TYPE:amount_t"}


def test_a_missing_cell_is_no_value() -> None:
    row = {header: text for header, text in GOOD.items() if header not in ("年份", "数量")}
    assert why(door(row)) == {"d::2": "CONTRACT:year"}


def test_a_column_without_a_source_must_be_nullable() -> None:
    rest = {header: name for header, name in MAPPING.items() if name != "amount_t"}
    kept = door(GOOD, mapping=rest)
    assert kept.frame["amount_t"].to_list() == [None]
    rest = {header: name for header, name in MAPPING.items() if name != "year"}
    with pytest.raises(ValueError, match=r"accepted\.plant\.year"):
        door(GOOD, mapping=rest)


def test_fields_beyond_the_header_take_their_own_row_only() -> None:
    long = {**GOOD, "__extra__": "more"}
    outcome = door(long, {**GOOD, "代码": "B", "__extra__": None}, {**GOOD, "代码": "C"})
    assert why(outcome) == {"d::2": "FIELDS"}
    assert outcome.frame["code"].to_list() == ["B", "C"]


def test_a_cell_may_hold_any_text() -> None:
    text = '"__extra__": {"年份": 1}\\'
    assert door({**GOOD, "代码": text}).frame["code"].item() == text


def test_all_copies_of_a_repeated_key_go() -> None:
    outcome = door(GOOD, {**GOOD, "数量": "2"}, {**GOOD, "年份": "2018"})
    assert why(outcome) == {"d::2": "ID2", "d::3": "ID2"}
    assert outcome.frame["year"].to_list() == [2018]


def test_an_empty_key_repeats_nothing() -> None:
    outcome = door({**GOOD, "代码": ""}, {**GOOD, "代码": ""})
    assert (outcome.frame.height, outcome.quarantine.height) == (2, 0)


def test_a_row_that_breaks_several_rules_is_quarantined_once_with_all_of_them() -> None:
    late = Rule("LATE", "error", "year", pl.col("year") > 2000, "晚", "late")
    outcome = door({**GOOD, "数量": "x", "经度": "y"}, rules=[late])
    assert why(outcome) == {"d::2": "TYPE:amount_t;TYPE:lon;LATE"}
    assert outcome.reasons() == {"TYPE:amount_t": 1}
    assert '"数量":"x"' in outcome.quarantine["cells_json"].item()


def test_a_warning_flags_the_row_and_keeps_it() -> None:
    heavy = Rule("HEAVY", "warning", "amount_t", pl.col("amount_t") > 1, "重", "heavy")
    outcome = door(
        GOOD,
        {**GOOD, "代码": "B", "数量": "1"},
        {**GOOD, "代码": "C", "数量": ""},
        {**GOOD, "代码": "D", "自备": "?"},
        rules=[heavy],
    )
    assert outcome.frame["code"].to_list() == ["A", "B", "C"]
    # No value is no failure, and a quarantined row carries no warning.
    flags = outcome.flags.select("source_row_id", "rule_id", "column_zh", "value_text").rows()
    assert flags == [("d::2", "HEAVY", "数量", "1.5")]


CELL = st.one_of(
    st.none(),
    st.sampled_from(["", "-", "A", "B", "1", "2017", "2018", "-1", "1e3", "true", "2001-02-28"]),
    st.text(max_size=8),
)
ROW = st.fixed_dictionaries({header: CELL for header in MAPPING}, optional={"__extra__": CELL})


@given(st.lists(st.one_of(ROW, st.just(GOOD)), max_size=8))
def test_delivered_is_accepted_plus_quarantined(rows: list[dict[str, str | None]]) -> None:
    outcome = door(*rows)
    kept = set(outcome.frame["source_row_id"])
    gone = set(outcome.quarantine["source_row_id"])
    assert outcome.frame.height == len(kept)
    assert outcome.quarantine.height == len(gone)
    assert not kept & gone
    assert kept | gone == {f"d::{number}" for number in range(2, len(rows) + 2)}
    assert outcome.quarantine["reason_zh"].str.len_chars().min() != 0


def test_what_a_declaration_says_is_said_in_words() -> None:
    outcome = door({**GOOD, "年份": None}, {**GOOD, "年份": "1979"}, {**GOOD, "数量": "-1"})
    assert outcome.quarantine.select("rule_id", "reason_zh", "reason_en").rows() == [
        ("CONTRACT:year", "不能为空", "must not be empty"),
        ("CONTRACT:year", "不得小于 1980", "must be 1980 or more"),
        ("CONTRACT:amount_t", "不得小于 0", "must be 0 or more"),
    ]


def test_every_check_of_every_table_has_words() -> None:
    checks = {
        str(check.error)
        for table in TABLES.values()
        for spec in table.to_schema().columns.values()
        for check in spec.checks
    }
    assert len(checks) > 50
    for check in checks:
        zh, en = said(check)
        assert "约定" not in zh and "declaration" not in en, check
    assert said("is_red()") == ("不符合约定：is_red()", "breaks the declaration: is_red()")
    month = said(r"str_matches('^\\d{4}(0[1-9]|1[0-2])$')")
    assert month == ("应为六位年月，如 202301", "must be a month as YYYYMM, such as 202301")
