"""Drift: what the declaration does not say is refused, and read once it was decided so."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from assets.landing.declaration import DeclarationError
from assets.landing.drift import reading_of
from assets.landing.readers import ReadError
from assets.landing.records import Delivered, count, records_of
from quality.contracts.decisions import DriftDecision
from tests.door import declared, read_file
from tests.frames import frame

SOURCE = declared(
    {"企业": "name_zh", "产量": "output_t", "备注": "note_zh"},
    format="xlsx",
    parts=["表1"],
    title_rows=1,
    units_row=True,
    column_units={"产量": "吨"},
)


def decisions(*rows: dict[str, Any]) -> pl.DataFrame:
    shared = {"drifted_source": "sample", "reason_zh": "改版", "provider": "某局"}
    numbered = [{"source_row_id": f"d::{n}", **row} for n, row in enumerate(rows)]
    return frame(DriftDecision, *numbered, **shared)


def workbook(
    path: Path,
    header: tuple[str, ...] = ("企业", "产量", "备注"),
    units: tuple[str, ...] = ("", "吨", ""),
    sheet: str = "表1",
    titles: int = 1,
) -> Path:
    import openpyxl

    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = sheet
    for _ in range(titles):
        page.append(["2017年产量表"])
    page.append(list(header))
    page.append(list(units))
    page.append(["甲厂", "1.5", "无"][: len(header)])
    book.save(path)
    return path


def read(path: Path, folder: Path, *rows: dict[str, Any]) -> pl.DataFrame:
    """The records of the file, read as decided."""
    reading = reading_of(SOURCE, path.name, decisions(*rows))
    items = [
        Delivered(item.part, reading.source, unit_factors=reading.unit_factors)
        for item in read_file(reading.source, path, folder)
    ]
    assert [count(item).records for item in items] == [1]
    return records_of(items).frame


CASES: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    (
        {"header": ("企业", "产品产量", "备注")},
        {"kind": "renamed", "declared": "产量", "delivered": "产品产量"},
        "产品产量",
    ),
    ({"header": ("企业", "产量", "备注", "电话")}, {"kind": "added", "delivered": "电话"}, "电话"),
    ({"header": ("企业", "产量")}, {"kind": "dropped", "declared": "备注"}, "备注"),
    ({"sheet": "产量表"}, {"kind": "sheet", "declared": "表1", "delivered": "产量表"}, "产量表"),
    (
        {"units": ("", "万吨", "")},
        {"kind": "unit", "declared": "产量", "delivered": "万吨", "factor": 10000},
        "万吨",
    ),
    ({"titles": 3}, {"kind": "title_rows", "delivered": "3"}, "title_rows = 3"),
]


@pytest.mark.parametrize(("change", "decision", "named"), CASES, ids=[c[1]["kind"] for c in CASES])
def test_a_change_is_refused_by_name_and_read_once_decided(
    tmp_path: Path, change: dict[str, Any], decision: dict[str, Any], named: str
) -> None:
    path = workbook(tmp_path / "a.xlsx", **change)
    with pytest.raises(ReadError, match=named):
        read(path, tmp_path)
    rows = read(path, tmp_path, decision)
    assert rows["name_zh"].to_list() == ["甲厂"]
    factor = Decimal(decision.get("factor", 1))
    assert Decimal(rows["output_t"].item()) == Decimal("1.5") * factor


def test_a_decision_for_one_file_is_for_no_other(tmp_path: Path) -> None:
    path = workbook(tmp_path / "b.xlsx", sheet="产量表")
    decision = {"kind": "sheet", "declared": "表1", "delivered": "产量表", "file_name": "a.xlsx"}
    with pytest.raises(ReadError, match="产量表"):
        read(path, tmp_path, decision)


@pytest.mark.parametrize(
    "decision",
    [
        {"kind": "renamed", "declared": "单位", "delivered": "企业名称"},
        {"kind": "unit", "declared": "产量", "delivered": "万吨"},
        {"kind": "dropped", "declared": "单位"},
        {"kind": "sheet", "declared": "表2", "delivered": "表3"},
        {"kind": "title_rows", "delivered": "两"},
        {"kind": "added"},
        {"kind": "added", "delivered": "企业"},
    ],
)
def test_a_decision_that_does_not_fit_is_an_error(decision: dict[str, Any]) -> None:
    with pytest.raises(DeclarationError):
        reading_of(SOURCE, "a.xlsx", decisions(decision))


@pytest.mark.parametrize("header", ["产量", "产品产量"])
def test_a_header_renamed_and_in_another_unit_takes_both_decisions(
    tmp_path: Path, header: str
) -> None:
    """The factor was kept by the declared header and looked up by the delivered one."""
    path = workbook(tmp_path / "a.xlsx", ("企业", "产品产量", "备注"), ("", "万吨", ""))
    renamed = {"kind": "renamed", "declared": "产量", "delivered": "产品产量"}
    with pytest.raises(ReadError, match="unit of '产品产量' is '万吨'"):
        read(path, tmp_path, renamed)
    unit = {"kind": "unit", "declared": header, "delivered": "万吨", "factor": Decimal(10_000)}
    for decided in ((renamed, unit), (unit, renamed)):
        records = read(path, tmp_path, *decided)
        assert [Decimal(text) for text in records["output_t"]] == [15_000]


def test_a_unit_over_a_column_that_is_declared_without_one_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", units=("", "吨", "万元"))
    with pytest.raises(ReadError, match="'万元' below '备注', which is declared without a unit"):
        read(path, tmp_path)
    assert read(workbook(tmp_path / "b.xlsx", units=("-", "吨", "")), tmp_path).height == 1
