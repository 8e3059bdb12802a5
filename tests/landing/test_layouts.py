"""An office delivers in several ways: each is declared, and a file is read by the one it fits."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from assets.landing.declaration import DeclarationError, SourceDeclaration, load_source
from assets.landing.drift import readings_of
from assets.landing.ingest import Found, archive_delivery
from assets.landing.intake import settle
from assets.landing.rawstore import RawStore
from assets.landing.readers import ReaderLimits
from assets.landing.records import records_of
from quality.contracts.decisions import DriftDecision
from tests.door import declared

NO_DECISION = DriftDecision.empty_frame()
SOURCE = declared(
    {"企业": "name_zh", "产量": "output_t"},
    id="output_return",
    table="accepted.output_return",
    units_row=True,
    column_units={"产量": "吨"},
    layouts=[
        {"title_rows": 2},
        {"column_units": {"产量": "万吨"}, "column_factors": {"产量": 10000}},
        {"columns": {"单位": "name_zh", "产量": "output_t"}, "delimiter": ";"},
    ],
)


def delivered(folder: Path, *texts: str) -> list[tuple[str, str, Any]]:
    """(status, reason, outputs in tonnes) of each text, delivered under names of their own."""
    archive = folder / "archive"
    rows = []
    for n, text in enumerate(texts):
        path = folder / f"{n}.csv"
        path.write_text(text, encoding="utf-8")
        rows.append(archive_delivery(archive, Found(SOURCE, path)))
    store = RawStore(folder / "raw", archive, ReaderLimits())
    register = settle(pl.concat(rows), {SOURCE.id: SOURCE}, store)
    items = {item.part.file_name: item for item in register.delivered.get(SOURCE.id, [])}
    told = []
    for row in register.deliveries.sort("file_name").iter_rows(named=True):
        item = items.get(row["file_name"])
        outputs = [] if item is None else records_of([item]).frame["output_t"].to_list()
        told.append((row["status"], row["reason"], [Decimal(text) for text in outputs]))
    return told


def test_files_of_all_layouts_stand_side_by_side(tmp_path: Path) -> None:
    told = delivered(
        tmp_path,
        "企业,产量\n,吨\n甲,15\n",
        "标题,\n制表,\n企业,产量\n,吨\n甲,15\n",
        "企业,产量\n,万吨\n甲,0.0015\n",
        "单位;产量\n;吨\n甲;15\n",
    )
    assert told == [("current", None, [Decimal(15)])] * 4


def test_a_file_that_fits_no_layout_is_told_all_of_them(tmp_path: Path) -> None:
    ((status, reason, outputs),) = delivered(tmp_path, "企业,产量\n,千吨\n甲,15\n")
    assert (status, outputs) == ("refused", [])
    assert "row 2: unit of '产量' is '千吨'" in reason
    assert "nor in way 2: " in reason and "nor in way 4: " in reason


@pytest.mark.parametrize(
    "layout",
    [
        {"titel_rows": 2},
        {"personal_columns": ["电话"]},
        {"key": ["name_zh"]},
        {"null_texts": ["-"]},
        {"column_units": {"没有": "吨"}},
        {"layouts": []},
    ],
)
def test_a_layout_says_where_things_stand_and_nothing_else(layout: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(layout))):
        declared({"产量": "output_t"}, units_row=True, layouts=[layout])


def test_sheets_by_name_take_the_place_of_a_pattern_and_back() -> None:
    source = declared(
        {"产量": "output_t"},
        format="xlsx",
        parts=["表1"],
        layouts=[{"part_pattern": "表.*"}, {"parts": ["表一"]}],
    )
    assert [(way.parts, way.part_pattern) for way in source.ways()] == [
        (["表1"], None),
        ([], "表.*"),
        (["表一"], None),
    ]


def test_a_layout_is_written_at_the_end_of_a_declaration(tmp_path: Path) -> None:
    """As the message of a refused file says it."""
    own = (Path(__file__).parents[2] / "assets/landing/sources/eutl.toml").read_text("utf-8")
    lines = '\n[[layouts]]\ntitle_rows = 1\n[layouts.columns]\n"标识" = "account_id"\n'
    (tmp_path / "eutl.toml").write_text(own + lines, encoding="utf-8")
    first, second = load_source("eutl", tmp_path).ways()
    assert (first.title_rows, second.title_rows) == (0, 1)
    assert second.columns == {"标识": "account_id"}
    assert second.personal_columns == first.personal_columns != []
    (tmp_path / "eutl.toml").write_text(own + "\n[[layouts]]\nkey = []\n", encoding="utf-8")
    with pytest.raises(DeclarationError, match=r"eutl.toml: layouts: the same in all of them: key"):
        load_source("eutl", tmp_path)


def test_a_decision_needs_to_fit_one_of_the_layouts_only() -> None:
    decision = {"source_row_id": "d::1", "drifted_source": SOURCE.id, "file_name": "a.csv"}
    told = {"reason_zh": "改", "provider": "局", "declared": "单位", "kind": "dropped"}
    schema = DriftDecision.empty_frame().schema
    decisions = pl.DataFrame([decision | told], schema=schema, orient="row")
    (reading,) = readings_of(SOURCE, "a.csv", decisions)
    assert reading.source.optional_columns == ["单位"]


def test_without_layouts_there_is_one_way() -> None:
    source: SourceDeclaration = load_source("cn_register")
    assert [reading.source for reading in readings_of(source, "a", NO_DECISION)] == [source]
