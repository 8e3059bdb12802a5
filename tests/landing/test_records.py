"""Raw rows to records: wide tables, rows set aside, alternatives, pedigree."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from assets.landing.records import Delivered, count, digits, records_of
from quality.contracts.table import Quantity, Table, column, pedigree, source_column, source_row
from quality.quarantine import Accepted, accept
from tests.door import declared, delivered_rows

WIDE = declared(
    {"地区": "province_zh", "备注": "note_zh"},
    unpivot={"headers": r"(?P<year>\d{4})年", "value": "value", "unit": "unit_zh"},
    skip_rows={"地区": "合计|"},
    key=["province_zh", "year"],
)


class Long(Table):
    source_row_id: str = source_row()
    source_column: str = source_column()
    province_zh: str = column("地区", "province")
    year: int = column("年份", "year")
    value: Quantity = column("值", "value", ge=0)
    unit_zh: str = column("单位", "unit", nullable=True)
    note_zh: str = column("备注", "note", nullable=True)
    pedigree: str = pedigree()

    class Config:
        metadata = {  # noqa: RUF012
            "table": "accepted.long",
            "key": ["province_zh", "year"],
            "about": "One row a province and year.",
        }


def wide(*rows: dict[str, str | None], **more: Any) -> tuple[list[Delivered], Accepted]:
    (item,) = delivered_rows(WIDE, rows)
    item = replace(item, part=replace(item.part, units={"2020年": "亿元"}), **more)
    outcome = accept(records_of([item]), source_id="sample", table=Long)
    return [item], outcome


def test_each_filled_cell_of_a_wide_table_is_a_record_with_its_header() -> None:
    items, outcome = wide(
        {"地区": "北京市", "2020年": "1", "2019年": "2", "备注": "x"},
        {"地区": "天津市", "2020年": "", "2019年": "3"},
        {"地区": "合计", "2020年": "1", "2019年": "5"},
        {"地区": "", "2020年": "0", "2019年": "0"},
    )
    rows = outcome.frame.select("source_row_id", "source_column", "year", "value", "unit_zh")
    assert rows.cast({"value": pl.Int64}).rows() == [
        ("d::2", "2019年", 2019, 2, None),
        ("d::2", "2020年", 2020, 1, "亿元"),
        ("d::3", "2019年", 2019, 3, None),
    ]
    counted = count(items[0])
    assert (counted.rows, counted.set_aside, counted.records) == (4, 2, 3)


def test_one_bad_cell_of_a_row_is_quarantined_alone() -> None:
    _, outcome = wide({"地区": "北京市", "2020年": "约1", "2019年": "2"})
    (bad,) = outcome.quarantine.to_dicts()
    assert (bad["source_column"], bad["column_zh"], bad["value_text"]) == (
        "2020年",
        "2020年",
        "约1",
    )
    assert outcome.frame["source_column"].to_list() == ["2019年"]


def test_a_row_of_a_demonstration_is_not_reliable() -> None:
    _, outcome = wide({"地区": "北京市", "2020年": "1"}, illustrative=True)
    assert outcome.frame["pedigree"].item() == "52222"
    assert digits(WIDE.pedigree, illustrative=False) == "22222"


def test_any_of_several_headers_stands_for_a_column() -> None:
    source = declared({"企业": "name_zh", "企业名称": "name_zh"})
    for header in ("企业", "企业名称"):
        records = records_of(delivered_rows(source, [{header: "甲"}]))
        assert records.frame["name_zh"].to_list() == ["甲"]
        assert records.headers == [{"name_zh": header}]


CELLS = st.sampled_from(["", " ", "1", "2.5", "x", "-3", None])


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "地区": st.sampled_from(["", "合计", "甲", "乙", "丙"]),
                "2020年": CELLS,
                "2019年": CELLS,
            }
        ),
        min_size=1,
        max_size=6,
    )
)
def test_records_of_a_wide_table_are_conserved(rows: list[dict[str, str | None]]) -> None:
    items, outcome = wide(*rows)
    assert count(items[0]).records == outcome.frame.height + outcome.quarantine.height
