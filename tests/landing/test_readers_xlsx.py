"""Workbooks: raw text, headers of several rows, and files made to do harm."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from assets.landing.readers import read_delivery

from .test_readers import declare, refused

SOURCE = declare("xlsx", ["a"])
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
SHEET = "xl/worksheets/sheet1.xml"


def simple(path: Path, rows: list[list[object]], title: str = "Sheet") -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


def altered(path: Path, change: Callable[[str, bytes], bytes], add: dict[str, bytes]) -> Path:
    """The workbook with members changed and added."""
    with zipfile.ZipFile(path) as source:
        members = {name: change(name, source.read(name)) for name in source.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in (members | add).items():
            target.writestr(name, data)
    return path


def with_sheet(path: Path, xml: str) -> Path:
    """A workbook whose one sheet is this XML."""
    simple(path, [["a"]])
    return altered(path, lambda name, data: xml.encode() if name == SHEET else data, {})


def test_merged_headers_units_footers_and_raw_text(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "宁夏"
    for row in [
        ["表 1", None, None, None],
        ["序号", "能源消费", None, "核定时间\n(年)"],
        [None, "煤", "油", None],
        [None, "万吨", "吨", None],
        [1, 191.38992899999999, True, "=1/0"],
        [],
        ["注：中间", "", None, None],
        [2, " 0.10", False, "#N/A"],
        ["数据来源：年鉴", None, None, None],
    ]:
        sheet.append(row)
    for merged in ("A1:D1", "A2:A3", "B2:C2", "D2:D3"):
        sheet.merge_cells(merged)
    path = tmp_path / "a.xlsx"
    book.create_sheet("其他")
    book.save(path)
    source = declare(
        "xlsx",
        ["序号", "能源消费/煤", "能源消费/油", "核定时间\n(年)"],
        parts=["宁夏"],
        title_rows=1,
        header_rows=2,
        units_row=True,
        column_units={"能源消费/煤": "万吨", "能源消费/油": "吨"},
        footer_patterns=["注", "数据来源"],
    )
    (part,) = read_delivery(path, source)
    assert part.part == "宁夏"
    assert part.headers == ("序号", "能源消费/煤", "能源消费/油", "核定时间 (年)")
    assert part.units == {"能源消费/煤": "万吨", "能源消费/油": "吨"}
    assert part.rows.rows() == [
        (5, "1", "191.389929", "TRUE", "=1/0"),
        (7, "注：中间", None, None, None),
        (8, "2", " 0.10", "FALSE", "#N/A"),
    ]
    assert part.footers.rows() == [(9, "数据来源：年鉴")]
    missing = refused(path, source.model_copy(update={"parts": ["江苏"]}))
    assert missing.code == "sheet-missing"
    assert "'宁夏', '其他'" in str(missing)
    assert refused(path, source.model_copy(update={"parts": []})).code == "sheet-missing"


def test_the_text_is_that_of_the_xml(tmp_path: Path) -> None:
    path = with_sheet(
        tmp_path / "a.xlsx",
        f'<x:worksheet xmlns:x={MAIN[6:]}><x:sheetData><x:row><x:c t="inlineStr"><x:is>'
        "<x:t>a</x:t></x:is></x:c></x:row>"
        '<x:row r="4"><x:c r="A4"><x:v>191.38992899999999</x:v></x:c></x:row>'
        '<x:row r="5"><x:c r="A5"><x:f>1+1</x:f><x:v>2.0</x:v></x:c></x:row>'
        '<x:row r="6"><x:c r="A6" t="e"><x:v>#DIV/0!</x:v></x:c></x:row>'
        '<x:row r="7"><x:c r="A7" t="inlineStr"><x:is><x:r><x:t>甲</x:t></x:r><x:r><x:t> 乙</x:t>'
        "</x:r><x:rPh><x:t>jia</x:t></x:rPh></x:is></x:c></x:row>"
        '<x:row r="8"><x:c r="A8" t="str"><x:v>x_x000D_</x:v></x:c>'
        '<x:c r="C8"><x:v>9</x:v></x:c></x:row>'
        '<x:row r="9"><x:c r="A9" s="1"/></x:row>'
        "</x:sheetData></x:worksheet>",
    )
    (part,) = read_delivery(path, SOURCE)
    assert part.rows.rows() == [
        (4, "191.38992899999999", None),
        (5, "2.0", None),
        (6, "#DIV/0!", None),
        (7, "甲 乙", None),
        (8, "x\r", ",9"),
    ]


def test_far_cells_are_refused_without_room_for_them(tmp_path: Path) -> None:
    path = with_sheet(
        tmp_path / "a.xlsx",
        f'<worksheet {MAIN}><sheetData><row r="1"><c r="A1"><v>1</v></c></row>'
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>',
    )
    assert path.stat().st_size < 10_000
    error = refused(path, SOURCE)
    assert (error.code, error.row) == ("bounds", 1_048_576)


def test_far_empty_cells_do_no_harm(tmp_path: Path) -> None:
    path = with_sheet(
        tmp_path / "a.xlsx",
        f'<worksheet {MAIN}><sheetData><row r="1"><c r="A1" t="str"><v>a</v></c></row>'
        '<row r="2"><c r="A2"><v>1</v></c></row>'
        '<row r="1048576"><c r="XFD1048576" s="2"/></row></sheetData></worksheet>',
    )
    assert read_delivery(path, SOURCE)[0].rows.rows() == [(2, "1")]


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ('<row r="2"><c r="A3"><v>1</v></c></row>', "not-a-workbook"),
        ('<row r="2"><c r="B2"><v>1</v></c><c r="B2"><v>2</v></c></row>', "not-a-workbook"),
        ('<row r="2"/><row r="2"/>', "not-a-workbook"),
        ('<row r="x"/>', "not-a-workbook"),
        ('<row r="2000000"/>', "bounds"),
        ('<row r="2"><c r="ZZZ2"><v>1</v></c></row>', "bounds"),
        ('<row r="2"><c r="A2" t="s"><v>77</v></c></row>', "not-a-workbook"),
        ('<row r="2"><c r="A2"><v>&nope;</v></c></row>', "not-a-workbook"),
        ('<row r="2"><c r="A2"><v>1', "not-a-workbook"),
    ],
)
def test_cells_that_no_program_writes(tmp_path: Path, cells: str, code: str) -> None:
    path = with_sheet(
        tmp_path / "a.xlsx",
        f'<worksheet {MAIN}><sheetData><row r="1"><c r="A1" t="str"><v>a</v></c></row>{cells}'
        "</sheetData></worksheet>",
    )
    assert refused(path, SOURCE).code == code


STRINGS = "xl/sharedStrings.xml"


def with_strings(path: Path, strings: str, cells: str) -> Path:
    """A workbook with shared strings; `cells` are rows behind a header "a"."""
    with_sheet(
        path,
        f'<worksheet {MAIN}><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row>{cells}'
        "</sheetData></worksheet>",
    )
    relation = (
        b'<Relationship Id="rId9" Target="sharedStrings.xml" Type="http://schemas.openxmlformats'
        b'.org/officeDocument/2006/relationships/sharedStrings"/></Relationships>'
    )
    table = f'<?xml version="1.0"?><sst {MAIN}><si><t>a</t></si>{strings}</sst>'.encode()

    def change(name: str, data: bytes) -> bytes:
        return data.replace(b"</Relationships>", relation) if "workbook.xml.rels" in name else data

    return altered(path, change, {STRINGS: table})


def test_shared_strings_rich_and_escaped(tmp_path: Path) -> None:
    path = with_strings(
        tmp_path / "a.xlsx",
        '<si><r><t>甲</t></r><r><t xml:space="preserve"> 乙</t></r><rPh><t>jia</t></rPh></si>'
        "<si><t>x_x000D_&#10;y&amp;_x0000_</t></si><si/>",
        "".join(
            f'<row r="{row}"><c r="A{row}" t="s"><v>{row - 1}</v></c><c r="B{row}"/></row>'
            for row in (2, 3, 4)
        ),
    )
    assert read_delivery(path, SOURCE)[0].rows.rows() == [(2, "甲 乙"), (3, "x\r\ny&_x0000_")]
    assert refused(path, SOURCE, max_cell_chars=3).code == "bounds"


def test_one_string_in_many_cells_does_not_fill_the_disk(tmp_path: Path) -> None:
    cells = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>1</v></c></row>' for n in range(2, 3_000))
    path = with_strings(tmp_path / "a.xlsx", f"<si><t>{'x' * 100_000}</t></si>", cells)
    assert refused(path, SOURCE, output_mb=20).code == "too-large"


@pytest.mark.parametrize("member", [SHEET, STRINGS, "xl/workbook.xml"])
def test_entities_are_refused(tmp_path: Path, member: str) -> None:
    bomb = '<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;">]>'

    def change(name: str, data: bytes) -> bytes:
        if name != member:
            return data
        head, mark, rest = data.partition(b"?>")
        return head + mark + bomb.encode() + rest if mark else bomb.encode() + data

    path = altered(with_strings(tmp_path / "a.xlsx", "", ""), change, {})
    assert refused(path, SOURCE).code == "entity"


def test_zip_bombs_are_refused(tmp_path: Path) -> None:
    path = simple(tmp_path / "a.xlsx", [["a"]])
    altered(path, lambda _, data: data, {"xl/media/zeros": bytes(64 << 20)})
    assert path.stat().st_size < 100_000
    assert refused(path, SOURCE).code == "bounds"
    altered(path, lambda _, data: data, {"xl/media/zeros": b"0"})
    assert refused(path, SOURCE, unzipped_mb=0).code == "bounds"


@pytest.mark.parametrize("name", ["/etc/passwd", "../evil", "xl/../../evil", "C:\\evil", "a\\b"])
def test_names_that_lead_out_are_refused(tmp_path: Path, name: str) -> None:
    path = altered(simple(tmp_path / "a.xlsx", [["a"]]), lambda _, data: data, {name: b"x"})
    assert refused(path, SOURCE).code == "unsafe-zip"


@pytest.mark.parametrize(
    "data", [b"a,b\n1,2\n", b"PK\x03\x04 cut off", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"]
)
def test_what_is_no_workbook(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(data)
    assert refused(path, SOURCE).code == "not-a-workbook"


def test_cut_and_damaged_workbooks(tmp_path: Path) -> None:
    texts: list[list[object]] = [[f"text {number}"] for number in range(500)]
    whole = simple(tmp_path / "a.xlsx", [["a"], *texts]).read_bytes()
    path = tmp_path / "cut.xlsx"
    for size in range(1, len(whole), len(whole) // 12):
        path.write_bytes(whole[:size])
        assert refused(path, SOURCE).code == "not-a-workbook"
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        start = archive.getinfo(SHEET).header_offset + 100
    path.write_bytes(whole[:start] + bytes(200) + whole[start + 200 :])
    assert refused(path, SOURCE).code == "not-a-workbook"


def test_a_plain_zip_is_no_workbook(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert refused(path, SOURCE).code == "not-a-workbook"


def test_legend_beside_the_table(tmp_path: Path) -> None:
    path = simple(tmp_path / "a.xlsx", [["a"], ["1", None, "legend"], ["2"]])
    assert read_delivery(path, SOURCE)[0].rows.rows() == [(2, "1", ",legend"), (3, "2", None)]
    declared = declare("xlsx", ["a"], ignored_columns=["__column_3__"])
    assert read_delivery(path, declared)[0].rows.rows() == [(2, "1", "legend"), (3, "2", None)]


def test_a_sheet_that_would_be_lost_among_others_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    for name, rows in {
        "宁夏2017": [["a"], [1]],
        "宁夏 2018": [["a"], [2]],
        "说明": [["b"], [3]],
    }.items():
        for row in rows:
            (book[name] if name in book.sheetnames else book.create_sheet(name)).append(row)
    book.create_sheet("空表").append(["a"])
    book.save(path)
    source = declare("xlsx", ["a"], part_pattern="宁夏[0-9]{4}")
    error = refused(path, source)
    assert (error.code, error.part, error.row) == ("sheet-unread", "宁夏 2018", 2)
    ignored = source.model_copy(update={"ignored_parts": ["宁夏 2018"]})
    assert [part.part for part in read_delivery(path, ignored)] == ["宁夏2017"]
    both = source.model_copy(update={"part_pattern": "宁夏 ?[0-9]{4}"})
    assert [part.part for part in read_delivery(path, both)] == ["宁夏2017", "宁夏 2018"]


def test_a_formula_that_no_program_computed_is_no_empty_cell(tmp_path: Path) -> None:
    path = simple(tmp_path / "a.xlsx", [["a"], ["=1+1"], [None], [2]])
    (part,) = read_delivery(path, SOURCE)
    assert part.rows.rows() == [(2, "=1+1"), (4, "2")]


def test_a_column_that_one_sheet_of_a_wide_table_lacks_is_missed(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    heads = {"甲2017": "Raw_Coal", "乙2017": "Raw coal", "丙2017": "Raw_Coal", "丁2017": ""}
    for name, fuel in heads.items():
        sheet = book.create_sheet(name)
        sheet.append(["a", "Coke", *([fuel] if fuel else [])])
        sheet.append([1, 2, 3] if fuel else [1, 2])
    book.remove(book.worksheets[0])
    book.save(path)
    wide = {"headers": "(?P<fuel>[A-Z].*)", "value": "value"}
    source = declare("xlsx", ["a"], part_pattern=".2017", unpivot=wide)
    error = refused(path, source)
    assert (error.code, error.part) == ("header-mismatch", "丁2017")
    assert "which 3 of 4 sheets have" in str(error)
    kept = source.model_copy(update={"ignored_parts": ["丁2017"]})
    assert [part.part for part in read_delivery(path, kept)] == ["甲2017", "乙2017", "丙2017"]
    absent = declare("xlsx", ["a"], part_pattern=".2017", unpivot={**wide, "absent": ["Raw_Coal"]})
    assert len(read_delivery(path, absent)) == 4
