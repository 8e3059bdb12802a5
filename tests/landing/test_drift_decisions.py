"""Drift: what the declaration does not say is refused, and read once it was decided so."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from assets.landing.declaration import DeclarationError, load_source
from assets.landing.drift import readings_of
from assets.landing.ingest import Found, archive_delivery
from assets.landing.rawstore import RawStore
from assets.landing.readers import ReaderLimits, ReadError
from assets.landing.records import Delivered, count, records_of
from assets.landing.retyped import retyped
from quality.contracts.decisions import DriftDecision
from tests.door import declared, delivered_rows, read_file
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
    reading = readings_of(SOURCE, path.name, decisions(*rows))[0]
    items = [
        Delivered(item.part, reading.source, unit_factors=reading.unit_factors)
        for item in read_file(reading.source, path, folder)
    ]
    assert [count(item).records for item in items] == [1]
    return records_of(items).frame


def through_intake(path: Path, folder: Path, drift: pl.DataFrame) -> pl.DataFrame:
    """`raw.delivery` of the file, read in one of the ways that are declared or decided."""
    archive = folder / "archive"
    delivery = archive_delivery(archive, Found(SOURCE, path)).row(0, named=True)
    store = RawStore(folder / "raw", archive, ReaderLimits())
    for way in readings_of(SOURCE, path.name, drift):
        try:
            store.parts(way.source, delivery)
        except ReadError:
            continue
        return pl.DataFrame({"status": ["current"]})
    return pl.DataFrame({"status": ["refused"]})


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
        readings_of(SOURCE, "a.xlsx", decisions(decision))


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


def test_a_unit_decided_over_a_column_that_is_declared_without_one(tmp_path: Path) -> None:
    source = SOURCE.model_copy(update={"column_units": {}})
    decision = {"kind": "unit", "declared": "产量", "delivered": "万吨", "factor": 10000}
    path = workbook(tmp_path / "a.xlsx", units=("", "万吨", ""))
    with pytest.raises(ReadError, match="a drift decision of kind unit for this file"):
        read_file(source, path, tmp_path)
    (reading,) = readings_of(source, path.name, decisions({**decision, "file_name": "a.xlsx"}))
    items = read_file(reading.source, path, tmp_path)
    scaled = [
        Delivered(item.part, reading.source, unit_factors=reading.unit_factors) for item in items
    ]
    assert [Decimal(text) for text in records_of(scaled).frame["output_t"]] == [15_000]


@pytest.mark.parametrize("kind", [case[1]["kind"] for case in CASES if case[1]["kind"] != "rows"])
def test_a_file_from_before_is_read_as_declared_though_a_change_was_decided_for_all(
    tmp_path: Path, kind: str
) -> None:
    (decision,) = [case[1] for case in CASES if case[1]["kind"] == kind]
    register = through_intake(workbook(tmp_path / "old.xlsx"), tmp_path, decisions(decision))
    assert register.get_column("status").to_list() == ["current"]
    for_one = decisions({**decision, "file_name": "old.xlsx"})
    allowed = {"renamed", "added", "dropped"}  # may be there or not
    status = through_intake(workbook(tmp_path / "old.xlsx"), tmp_path, for_one)["status"].item()
    assert status == ("current" if kind in allowed else "refused")


WIDE = declared(
    {"地区": "region_zh"},
    unpivot={"headers": r"(?P<year>\d{4})年", "value": "value", "consecutive": "year"},
)


@pytest.mark.parametrize(
    ("headers", "decision", "years"),
    [
        (
            "2018,2017年",
            {"kind": "renamed", "declared": "2018年", "delivered": "2018"},
            ["2018", "2017"],
        ),
        ("2018年,2016年", {"kind": "dropped", "declared": "2017年"}, ["2018", "2016"]),
        ("2018年,2017年,增速", {"kind": "added", "delivered": "增速"}, ["2018", "2017"]),
    ],
)
def test_changes_of_a_wide_table(
    tmp_path: Path, headers: str, decision: dict[str, Any], years: list[str]
) -> None:
    path = tmp_path / "a.csv"
    cells = ",".join("1" for _ in headers.split(","))
    path.write_text(f"地区,{headers}\n宁夏,{cells}\n", encoding="utf-8")
    with pytest.raises(ReadError, match=f"a drift decision of kind {decision['kind']}|ignored_col"):
        read_file(WIDE, path, tmp_path)
    (reading,) = readings_of(WIDE, path.name, decisions({**decision, "file_name": "a.csv"}))
    items = [Delivered(i.part, reading.source) for i in read_file(reading.source, path, tmp_path)]
    records = records_of(items).frame
    assert records["year"].to_list() == years
    # The header of the cell is the delivered one: an auditor looks for it in the file.
    assert records["source_column"].to_list() == headers.split(",")[: len(years)]


def test_a_unit_of_a_wide_table_is_not_for_decision() -> None:
    decision = {"kind": "unit", "declared": "2018年", "delivered": "亿元", "factor": 10000}
    with pytest.raises(DeclarationError, match="a wide table has its units from its units row"):
        readings_of(WIDE, "a.csv", decisions({**decision, "file_name": "a.csv"}))


def test_rows_set_aside_stay_aside_under_a_new_header(tmp_path: Path) -> None:
    """合计 became an enterprise once its column was renamed: the pattern was of the old header."""
    source = declared({"企业": "name_zh", "产量": "output_t"}, skip_rows={"企业": "合计"})
    path = tmp_path / "a.csv"
    path.write_text("单位,产量\n甲厂,1\n合计,1\n乙厂,2\n", encoding="utf-8")
    decision = {"kind": "renamed", "declared": "企业", "delivered": "单位"}
    (reading,) = readings_of(source, "a.csv", decisions({**decision, "file_name": "a.csv"}))
    items = [Delivered(i.part, reading.source) for i in read_file(reading.source, path, tmp_path)]
    assert records_of(items).frame["name_zh"].to_list() == ["甲厂", "乙厂"]
    assert [count(item).set_aside for item in items] == [1]


def test_a_row_without_a_label_is_set_aside_with_zeros_only(tmp_path: Path) -> None:
    source = declared(
        {"项目": "item_zh"},
        skip_rows={"项目": ""},
        unpivot={"headers": "[A-Z].*", "value": "value", "header": "fuel_en"},
    )
    path = tmp_path / "a.csv"
    path.write_text("项目,Coal,Coke\n甲,1,2\n,0,0.0\n,,\n,3,0\n", encoding="utf-8")
    (item,) = read_file(source, path, tmp_path)
    assert records_of([item]).frame.select("item_zh", "value").rows() == [
        ("甲", "1"),
        ("", "3"),
        ("甲", "2"),
        ("", "0"),
    ]


@pytest.mark.parametrize(
    ("header", "file_name", "scaled"),
    [("产量", "new.csv", "10000"), ("产量", None, None), ("新产量", None, "10000")],
)
def test_a_unit_for_all_files_needs_something_that_tells_them_from_those_before(
    tmp_path: Path, header: str, file_name: str | None, scaled: str | None
) -> None:
    """Files of before were scaled too: nothing in them says that they are not meant."""
    source = declared({"产量": "output_t"})
    unit = {"kind": "unit", "declared": "产量", "delivered": "万吨", "factor": 10000}
    renamed = {"kind": "renamed", "declared": "产量", "delivered": "新产量"}
    said = decisions(*([renamed] if header == "新产量" else []), {**unit, "file_name": file_name})
    if scaled is None:
        with pytest.raises(DeclarationError, match="a file"):
            readings_of(source, "new.csv", said)
        return
    for name, text in ((f"{header}", scaled), ("产量", scaled if file_name else "1")):
        path = tmp_path / "new.csv"
        path.write_text(f"{name}\n1\n", encoding="utf-8")
        reading = readings_of(source, "new.csv", said)[0]
        (item,) = read_file(reading.source, path, tmp_path)
        found = records_of(
            [Delivered(item.part, reading.source, unit_factors=reading.unit_factors)]
        )
        assert [Decimal(t) for t in found.frame["output_t"]] == [Decimal(text)]


def test_a_column_that_was_retyped_goes_to_quarantine_once_that_is_decided() -> None:
    table = load_source("nbs_province")
    rows = [{"地区": "北京市", "2017年": "约1"}] * 6
    (item,) = delivered_rows(
        table, [{"__file_stem__": "a", "__file_indicator__": "a", **r} for r in rows]
    )
    said = retyped([item])
    assert said is not None and "6 of 6 cells under '2017年'" in said
    assert "a drift decision of kind retyped for '2017年'" in said
    decision = {"drifted_source": "nbs_province", "kind": "retyped", "declared": "2017年"}
    (reading,) = readings_of(table, "a.csv", decisions(decision))
    assert retyped([item], reading.any_type) is None
    with pytest.raises(DeclarationError):
        readings_of(table, "a.csv", decisions({**decision, "declared": "增速"}))
