"""Totals and notes that offices put between and below the records of a form."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from assets.landing.declaration import load_source
from assets.landing.examples import EXAMPLES
from assets.landing.records import count
from assets.landing.template import template_name, write_template
from tests.door import file_through_door, read_file
from tests.landing.ruling import rule_reference

# Who signed a form is named below it: a person, who has no place in the quarantine.
SIGNED = ["填表人：某某", "统计负责人：某某", "联系电话：000"]
LABELS = [*SIGNED, "合计", "合 计", "总计：", "小计（2家）", "备注：本表为虚构", "备注"]
# Forms, and the columns in which a label stands.
SHEETS = {
    "return_205_1": ["序号", "统一社会信用代码", "单位详细名称"],
    "return_205_2": ["序号", "统一社会信用代码", "单位详细名称"],
    "output_return": ["统一社会信用代码", "单位详细名称"],
    "park_annual": ["序号", "园区代码", "园区名称"],
    "grid_supply": ["序号", "户号", "用电户名称"],
    "heat_supply": ["序号", "户号", "用热户名称"],
    "permit_register": ["序号", "企业名称"],
    "business_register": ["统一社会信用代码", "企业名称"],
    "site_energy": [],
    "process_return": [],
    "energy_exchange": [],
}
BETWEEN = sorted(set(SHEETS) - {"permit_register", "business_register"})


class Form:
    """The form with its example, to which rows are added."""

    def __init__(self, source_id: str, folder: Path) -> None:
        self.source = load_source(source_id)
        self.path = folder / template_name(self.source, True)
        write_template(self.source, self.path, True)
        self.book = load_workbook(self.path)
        self.sheet: Any = self.book.worksheets[0]
        self.first = self.source.title_rows + self.source.header_rows + self.source.units_row + 1
        head = self.source.title_rows + 1
        self.names = [str(cell.value or "") for cell in self.sheet[head]]

    def put(self, row: int, header: str, text: str) -> None:
        """The text under a header, and a number in the column behind it."""
        place = self.names.index(header) + 1 if header else 1
        self.sheet.cell(row, place, text)
        self.sheet.cell(row, place + 1, "123")

    def through_door(self, folder: Path) -> tuple[int, int, int]:
        """Rows set aside, accepted and quarantined; none is lost."""
        self.book.save(self.path)
        outcome = file_through_door(self.source, self.path, folder, rule_reference(self.source.id))
        (item,) = read_file(self.source, self.path, folder)
        counts = count(item)
        assert counts.rows == counts.set_aside + outcome.frame.height + outcome.quarantine.height
        return counts.set_aside, outcome.frame.height, outcome.quarantine.height


@pytest.mark.parametrize("source_id", SHEETS)
def test_totals_and_notes_at_the_end_are_set_aside(source_id: str, tmp_path: Path) -> None:
    for place, header in enumerate(SHEETS[source_id] or [""]):
        form = Form(source_id, tmp_path)
        records = len(EXAMPLES[source_id])
        before = form.sheet.max_row - form.first + 1 - records  # the note of the form itself
        for label in LABELS:
            form.put(form.sheet.max_row + 1, header, label)
        folder = tmp_path / str(place)
        folder.mkdir()
        assert form.through_door(folder) == (before + len(LABELS), records, 0)


@pytest.mark.parametrize("source_id", BETWEEN)
def test_totals_between_records_are_set_aside(source_id: str, tmp_path: Path) -> None:
    for place, header in enumerate(SHEETS[source_id]):
        form = Form(source_id, tmp_path)
        records = len(EXAMPLES[source_id])
        before = form.sheet.max_row - form.first + 1 - records
        form.sheet.insert_rows(form.first)
        form.put(form.first, header, " 小 计 ")
        folder = tmp_path / str(place)
        folder.mkdir()
        assert form.through_door(folder) == (before + 1, records, 0)


@pytest.mark.parametrize("name", ["合计纸业有限公司", "小计（宁夏）贸易行", "备注文化公司", "总计"])
def test_an_enterprise_that_begins_so_is_a_record(name: str, tmp_path: Path) -> None:
    """Also as the last row without a code; a name that is nothing but the label is none."""
    form = Form("business_register", tmp_path)
    form.sheet.delete_rows(form.sheet.max_row)
    for header, text in {"企业名称": name, "住所": "虚构路 1 号", "登记状态": "存续"}.items():
        form.sheet.cell(form.first + 1, form.names.index(header) + 1, text)
    aside, accepted, quarantined = form.through_door(tmp_path)
    assert (aside, accepted + quarantined) == ((1, 1) if name == "总计" else (0, 2))
