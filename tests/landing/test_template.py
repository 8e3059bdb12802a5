"""Templates: what is written is what the readers and the door take."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from assets.enterprises.uscc import is_valid
from assets.landing.declaration import Unpivot, load_source, load_sources
from assets.landing.examples import EXAMPLES
from assets.landing.readers import read_delivery
from assets.landing.readers.request import GEOMETRY
from assets.landing.rules import rules_for
from assets.landing.template import TemplateError, is_form, template_name, write_template
from tests.door import file_through_door
from tests.landing.ruling import rule_reference

FORMS = [
    "return_205_1",
    "return_205_2",
    "output_return",
    "grid_supply",
    "heat_supply",
    "park_annual",
    "permit_register",
    "business_register",
    "unit_register",
    "enterprise_event",
    "site_energy",
    "energy_exchange",
    "sector_weight",
    "census_revision",
    "process_return",
    "park_boundary",
]
# The invented park is in no catalogue, and that is what the rule says.
FLAGS = {"park_annual": ["PARK"]}


def written(source_id: str, folder: Path, *, example: bool) -> Path:
    source = load_source(source_id)
    path = folder / template_name(source, example)
    write_template(source, path, example)
    return path


def test_every_form_of_an_office_has_an_example() -> None:
    assert sorted(EXAMPLES) == sorted(FORMS)


@pytest.mark.parametrize("source_id", FORMS)
def test_every_example_row_is_accepted(source_id: str, tmp_path: Path) -> None:
    path = written(source_id, tmp_path, example=True)
    assert "示意" in path.name
    outcome = file_through_door(source_id, path, tmp_path, rule_reference(source_id))
    assert outcome.quarantine.select("rule_ids", "value_text", "reason_en").rows() == []
    assert outcome.frame.height == len(EXAMPLES[source_id])
    assert outcome.flags.get_column("rule_id").to_list() == FLAGS.get(source_id, [])


@pytest.mark.parametrize("source_id", FORMS)
def test_every_value_of_an_example_comes_back(source_id: str, tmp_path: Path) -> None:
    path = written(source_id, tmp_path, example=True)
    frame = file_through_door(source_id, path, tmp_path, rule_reference(source_id)).frame
    wanted = EXAMPLES[source_id]
    for name in {name for row in wanted for name in row}:
        given = sorted(str(row[name]) for row in wanted if name in row)
        texts = [str(value) for value in frame.get_column(name).drop_nulls()]
        if frame.schema[name].is_numeric():
            assert sorted(map(float, texts)) == sorted(map(float, given)), name
        else:
            assert sorted(texts) == given, name


@pytest.mark.parametrize("source_id", [name for name in FORMS if name != "park_boundary"])
def test_an_empty_form_has_the_declared_headers_and_no_row(source_id: str, tmp_path: Path) -> None:
    source = load_source(source_id)
    (part,) = read_delivery(written(source_id, tmp_path, example=False), source)
    assert part.rows.height == 0
    assert set(part.headers) == {*source.columns, *source.ignored_columns}
    assert part.units == source.column_units
    if source.footer_patterns:
        assert part.footers.get_column("text").item().startswith("说明：")


def test_a_form_looks_as_offices_make_it(tmp_path: Path) -> None:
    sheet = load_workbook(written("return_205_1", tmp_path, example=True)).active
    assert sheet.title == "205-1"
    assert sheet["A1"].value == "能源购进、消费与库存（205-1表）（示意）"
    assert "虚构" in sheet["A2"].value
    header = {cell.value: cell.coordinate for cell in sheet[3] if cell.value}
    group = header["购进量"]
    merged = {str(area) for area in sheet.merged_cells.ranges}
    assert f"{group}:{group.replace('K', 'L')}" in merged
    code = sheet.cell(6, 2)
    assert (code.number_format, code.data_type) == ("@", "s")
    assert sheet.freeze_panes == "A6"


def test_a_list_of_values_is_offered(tmp_path: Path) -> None:
    sheet = load_workbook(written("return_205_2", tmp_path, example=False)).active
    lists = [rule.formula1 for rule in sheet.data_validations.dataValidation]
    assert any("火力发电" in text for text in lists)


def test_the_same_declaration_writes_the_same_bytes(tmp_path: Path) -> None:
    first = written("park_annual", tmp_path, example=False).read_bytes()
    assert written("park_annual", tmp_path, example=False).read_bytes() == first


def test_no_personal_column_is_asked_for(tmp_path: Path) -> None:
    for source_id in FORMS:
        source = load_source(source_id)
        assert source.personal_columns
        path = written(source_id, tmp_path, example=True)
        (part,) = read_delivery(path, source)
        assert not set(source.personal_columns) & set(part.headers)


def test_codes_of_examples_are_valid_and_stand_for_nobody() -> None:
    codes = {
        str(row["uscc_text"]) for rows in EXAMPLES.values() for row in rows if "uscc_text" in row
    }
    assert codes
    for code in codes:
        assert is_valid(code)
        assert "XXXXXXXX" in code


def test_an_example_must_say_so_in_its_file_name(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="示意"):
        write_template(load_source("park_annual"), tmp_path / "a.xlsx", example=True)
    assert not (tmp_path / "a.xlsx").exists()


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="no form to fill in"):
        write_template(load_source("unit"), tmp_path / "a.xlsx")
    with pytest.raises(TemplateError, match="an empty layer shows no fields"):
        write_template(load_source("park_boundary"), tmp_path / "a.geojson")
    source = load_source("park_annual").model_copy(update={"id": "other"})
    with pytest.raises(TemplateError, match="other: no example"):
        write_template(source, tmp_path / "示意.xlsx", example=True)


@pytest.mark.parametrize("source_id", FORMS)
def test_the_guide_tells_every_column_unit_and_only_rules_there_are(source_id: str) -> None:
    guide = (Path(__file__).parents[2] / "docs" / "templates.zh.md").read_text("utf-8")
    chapter = guide.partition(f"`{source_id}`\n")[2].partition("\n## ")[0]
    source = load_source(source_id)
    columns, _, errors = chapter.partition("| 常见错误 |")
    named = {line.split("|")[1].strip(" *") for line in columns.splitlines() if "|" in line}
    # What a reader gives, such as `__crs__`, is no column of a form.
    columns_to_fill = {n for n in source.columns if n == GEOMETRY or not n.startswith("__")}
    assert {"几何" if name == GEOMETRY else name for name in columns_to_fill} <= named
    for header, unit in source.column_units.items():
        assert any(header in line and f"| {unit} |" in line for line in columns.splitlines())
    known = {rule.rule_id for rule in rules_for(source_id, rule_reference(source_id))}
    # What the readers and the door say of every source.
    known |= {"TYPE", "CONTRACT", "ID2", "单位行"}
    told = {
        rule for line in errors.splitlines()[2:] for rule in line.split("|")[2].strip().split(" / ")
    }
    assert told and told <= known


def test_every_other_source_is_a_form_that_reads_back_or_is_refused(tmp_path: Path) -> None:
    """Also those without an example: the declaration alone is enough."""
    for source in load_sources().values():
        path = tmp_path / f"{source.id}.xlsx"
        if not is_form(source):
            with pytest.raises(TemplateError, match="no form to fill in"):
                write_template(source, path)
        elif "xlsx" in source.formats:
            write_template(source, path)
            (part,) = read_delivery(path, source)
            assert part.rows.height == 0
            assert {names[0] for names in source.headers_of().values()} <= set(part.headers)


@pytest.mark.parametrize(
    "changed",
    [
        {"formats": ["csv"]},
        {"parts": ["一", "二"]},
        {"part_pattern": r"\d+年"},
        {"columns": {"__column_1__": "name_zh"}},
        {"unpivot": Unpivot(headers=r"\d+", value="energy_tce")},
    ],
)
def test_what_a_person_cannot_fill_in_is_no_form(changed: dict[str, Any]) -> None:
    source = load_source("park_annual")
    assert is_form(source)
    assert not is_form(source.model_copy(update=changed))
