"""Numbers that a workbook shows as dates: the same text from both formats of workbooks."""

import struct
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
import xlwt
from hypothesis import given
from hypothesis import strategies as st

from assets.landing.readers import read_delivery, styles
from assets.landing.readers.dates import Shown, date_text, shown_as

from .test_fastsheet import both, cells
from .test_readers import declare, refused
from .test_readers_xlsx import MAIN, altered, simple

SOURCE = declare("xlsx", ["a"])
STYLES = "xl/styles.xml"
DAY = "yyyy-mm-dd"


@pytest.mark.parametrize(
    ("digits", "from_1900", "from_1904", "elapsed"),
    [
        ("0", "00:00:00", "00:00:00", "PT0S"),
        ("0.25", "06:00:00", "06:00:00", "PT21600S"),
        ("1", "1900-01-01", "1904-01-02", "PT86400S"),
        ("59", "1900-02-28", "1904-02-29", "PT5097600S"),
        ("60", "60", "1904-03-01", "PT5184000S"),
        ("60.5", "60.5", "1904-03-01T12:00:00", "PT5227200S"),
        ("61", "1900-03-01", "1904-03-02", "PT5270400S"),
        ("2017", "1905-07-09", "1909-07-10", "PT174268800S"),
        ("45292", "2024-01-01", "2028-01-02", "PT3913228800S"),
        ("4.5292E4", "2024-01-01", "2028-01-02", "PT3913228800S"),
        ("45292.0", "2024-01-01", "2028-01-02", "PT3913228800S"),
        ("45926.734722222223", "2025-09-26T17:38:00", "2029-09-27T17:38:00", "PT3968069880S"),
        ("45291.99999999999", "2024-01-01", "2028-01-02", "PT3913228800S"),
        ("0.0000057870370370", "00:00:00.500000", "00:00:00.500000", "PT0.5S"),
        ("2957003", "9995-12-30", "9999-12-31", "PT255485059200S"),
        ("2958465", "9999-12-31", "2958465", "PT255611376000S"),
        *((same,) * 4 for same in ("2958466", "1E+99", "-1", "-0.5", "", "甲", "1e999", "9" * 30)),
        *((same,) * 4 for same in ("１", "NaN", "1_0", " 1", "2958465.9999999999")),
    ],
)
def test_dates_of_numbers(digits: str, from_1900: str, from_1904: str, elapsed: str) -> None:
    expected = dict(zip(Shown, (from_1900, from_1904, elapsed), strict=True))
    assert {shown: date_text(digits, shown) for shown in Shown} == expected


@given(st.datetimes(datetime(1900, 3, 1), datetime(9999, 12, 31)))
def test_a_moment_as_excel_counts_it(moment: datetime) -> None:
    moment = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    digits = f"{(moment - datetime(1899, 12, 30)) / timedelta(days=1):.16G}"
    read = datetime.fromisoformat(date_text(digits, Shown.FROM_1900))
    # Sixteen digits are a double; in the year 9999 it tells no milliseconds.
    assert abs(read - moment) <= timedelta(milliseconds=1)


DATE_CODES = [
    DAY,
    "mm:ss.0",
    'yyyy"年"m"月"d"日";@',
    "[$-804]aaaa;@",
    "[DBNum1][$-804]yyyy",
    "[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy",
    "上午/下午h",
    "h AM/PM",
    "ge.m.d",
    "e",
    "[<60]h",
    '[=0]"";YYYY',
    'd"',
]
ELAPSED_CODES = ["[h]:mm", "[MM]:ss", "[ss]", "[Red][hh]:mm"]
OTHER_CODES = [
    "General",
    "G/通用格式",
    'General" s"',
    "0.00E+00",
    "0%",
    "@",
    "0;yyyy",
    '0 "d"',
    "\\d0",
    "_d0",
    "*d0",
    "[Red]0",
    "[$¥-804]#,##0.00",
    '_ * #,##0.00_ ;_ * \\-#,##0.00_ ;_ * "-"??_ ;_ @_ ',
    "",
    "[",
    "\\",
]


def test_formats_that_show_dates() -> None:
    assert {shown_as(176, code, False) for code in DATE_CODES} == {Shown.FROM_1900}
    assert {shown_as(176, code, True) for code in DATE_CODES} == {Shown.FROM_1904}
    assert {shown_as(176, code, True) for code in ELAPSED_CODES} == {Shown.ELAPSED}
    assert {shown_as(14, code, False) for code in OTHER_CODES} == {None}
    known = {number for number in range(200) if shown_as(number, None, False)}
    assert known == {*range(14, 23), *range(27, 37), 45, 46, 47, *range(50, 59)}
    assert shown_as(46, None, False) is Shown.ELAPSED


CELLS: list[tuple[Any, str | int]] = [
    *((number, DAY) for number in (0, 0.5, 1, 59, 60, 60.5, 61, 2017, 45292, 45292.123456)),
    *((number, DAY) for number in (-1, -0.5, 2957003, 2958465, 2958466, 1e9, 45291.99999999999)),
    *((number, "[h]:mm") for number in (0, 1.25, 2 / 3, -1.25, 1e6, 3e6)),
    *((45292.5, code) for code in (*DATE_CODES, *ELAPSED_CODES) if code != 'd"'),
    *((45292.5, code) for code in OTHER_CODES[:-3]),
    *((45292, number) for number in (14, 22, 27, 31, 36, 46, 50, 57, 58, 59, 10, 9)),
]


def old_workbook(path: Path, is_1904: bool) -> Path:
    """A .xls of the cells below a header."""
    book = xlwt.Workbook()
    book.dates_1904 = is_1904
    sheet = book.add_sheet("s")
    sheet.write(0, 0, "a")
    for row, (value, number_format) in enumerate(CELLS, start=1):
        is_code = isinstance(number_format, str)
        style = xlwt.XFStyle()
        style.num_format_str = number_format if is_code else f'"{number_format}"0'
        sheet.write(row, 0, value, style)
    book.save(str(path))
    data = path.read_bytes()
    # xlwt gives a format that it is told a number from 164 on.
    for number in (number for _, number in CELLS if isinstance(number, int)):
        code = f'"{number}"0'.encode()
        at = data.index(struct.pack("<HB", len(code), 0) + code) - 2
        own = data[at : at + 2]
        place = next(
            place
            for place in range(512, len(data))
            if data[place : place + 4] == b"\xe0\0\x14\0" and data[place + 6 : place + 8] == own
        )
        data = data[: place + 6] + struct.pack("<H", number) + data[place + 8 :]
    path.write_bytes(data)
    return path


def new_workbook(path: Path, is_1904: bool) -> Path:
    """A .xlsx of the cells below a header."""
    with xlsxwriter.Workbook(path, {"date_1904": is_1904}) as book:
        sheet = book.add_worksheet("s")
        sheet.write(0, 0, "a")
        for row, (value, number_format) in enumerate(CELLS, start=1):
            sheet.write_number(row, 0, value, book.add_format({"num_format": number_format}))
    return path


@pytest.mark.parametrize("is_1904", [False, True])
def test_both_formats_of_workbooks_give_the_same(tmp_path: Path, is_1904: bool) -> None:
    (old,) = read_delivery(old_workbook(tmp_path / "a.xls", is_1904), SOURCE)
    (new,) = read_delivery(new_workbook(tmp_path / "a.xlsx", is_1904), SOURCE)
    texts = old.rows["a"].to_list()
    assert texts == new.rows["a"].to_list()
    day = "2028-01-02" if is_1904 else "2024-01-01"
    assert texts.count(f"{day}T12:00:00") == len(DATE_CODES) - 1
    assert texts.count(day) == 10


def dated(cell: str, **more: Any) -> Any:
    """The text of the only cell below a header, in both ways of reading."""
    fast, found = both(f'<row r="2">{cell}</row>', **more)
    assert fast
    return cells(found)[0][1]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ('<c r="A2" s="1"><v>45292</v></c>', "2024-01-01"),
        ('<c r="A2" t="n" s="1"><v>45292</v></c>', "2024-01-01"),
        ('<c r="A2" s="1"><f>B2</f><v>45292</v></c>', "2024-01-01"),
        ('<c r="A2" s="2"><v>1.5</v></c>', "PT129600S"),
        ('<c r="A2" s="3"><v>45292.5</v></c>', "2024-01-01T12:00:00"),
        ('<c r="A2" s="1"><f>B2</f></c>', "=B2"),
        ('<c r="A2"><v>45292</v></c>', "45292"),
        ('<c r="A2" s="0"><v>45292</v></c>', "45292"),
        ('<c r="A2" s="4"><v>0.5</v></c>', "0.5"),  # a percentage
        ('<c r="A2" s="99"><v>45292</v></c>', "45292"),
        ('<c r="A2" s="x"><v>45292</v></c>', "45292"),
        ('<c r="A2" t="n " s="1"><v>45292</v></c>', "45292"),
        ('<c r="A2" t="" s="1"><v>45292</v></c>', "45292"),
        ('<c r="A2" s="1" t="str"><v>45292</v></c>', "45292"),
        ('<c r="A2" s="1" t="s"><v>0</v></c>', "45292"),
        ('<c r="A2" s="1" t="b"><v>1</v></c>', "TRUE"),
        ('<c r="A2" s="1" t="e"><v>#N/A</v></c>', "#N/A"),
        ('<c r="A2" s="1" t="inlineStr"><is><t>45292</t></is></c>', "45292"),
        # A workbook of the strict form holds days as they are.
        ('<c r="A2" s="1" t="d"><v>2024-01-01T00:00:00</v></c>', "2024-01-01T00:00:00"),
    ],
)
def test_only_numbers_are_dates(cell: str, text: str) -> None:
    assert dated(cell, strings="<si><t>45292</t></si>") == text


def test_an_empty_cell_formatted_as_a_date_is_empty() -> None:
    empty = '<c r="A2" s="1"/>', '<c r="A2" s="1"><v></v></c>', '<c r="A2" s="1"><v/></c>'
    for cell in empty:
        assert dated(f'{cell}<c r="B2"><v>1</v></c>') is None


def test_a_style_that_a_cell_leaves_out_is_the_first() -> None:
    formats = '<cellXfs><xf numFmtId="14"/><xf numFmtId="0"/></cellXfs>'
    first = f"<styleSheet {MAIN}>{formats}</styleSheet>"
    assert dated('<c r="A2"><v>45292</v></c>', styles=first) == "2024-01-01"
    assert dated('<c r="A2" s="1"><v>45292</v></c>', styles=first) == "45292"


def test_formats_of_other_things_are_those_of_no_cell() -> None:
    xml = (
        f"<x:styleSheet {MAIN.replace('xmlns', 'xmlns:x')}><x:numFmts><x:AlternateContent>"
        '<x:Choice><x:numFmt numFmtId="164" formatCode="0"/></x:Choice></x:AlternateContent>'
        '<x:numFmt numFmtId="14" formatCode="0.00"/></x:numFmts><x:cellStyleXfs>'
        '<x:xf numFmtId="22"/></x:cellStyleXfs><x:cellXfs><x:xf numFmtId="164"/>'
        '<x:xf numFmtId="22"/><x:xf numFmtId="14"/><x:xf/></x:cellXfs><x:dxfs><x:dxf><x:numFmt '
        'numFmtId="164" formatCode="yyyy"/></x:dxf></x:dxfs></x:styleSheet>'
    )
    for style, text in (("0", "45292"), ("1", "2024-01-01"), ("2", "45292"), ("3", "45292")):
        assert dated(f'<c r="A2" s="{style}"><v>45292</v></c>', styles=xml) == text


def workbook(path: Path, change: Any) -> Path:
    """A workbook with a date, its styles changed."""
    simple(path, [["a"], [datetime(2024, 1, 1)]])
    return altered(path, lambda name, data: change(data) if name == STYLES else data, {})


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda data: data[:-20], "not-a-workbook"),
        (lambda _: b"", "not-a-workbook"),
        (lambda data: data.replace(b'numFmtId="164"', b'numFmtId="x"'), "not-a-workbook"),
        (lambda data: data.replace(b"formatCode", b"code"), "not-a-workbook"),
        (lambda data: b'<!DOCTYPE a [<!ENTITY x "ha">]>' + data, "entity"),
        (lambda data: data.replace(b"<xf ", b"<xf/>" * styles.MAX_STYLES + b"<xf "), "bounds"),
    ],
)
def test_styles_that_no_program_writes(tmp_path: Path, change: Any, code: str) -> None:
    assert refused(workbook(tmp_path / "a.xlsx", change), SOURCE).code == code


def test_too_many_formats_are_refused(tmp_path: Path) -> None:
    many = "".join(f'<numFmt numFmtId="{n}" formatCode="0"/>' for n in range(styles.MAX_STYLES + 1))
    xml = f"<styleSheet {MAIN}><numFmts>{many}</numFmts></styleSheet>".encode()
    assert refused(workbook(tmp_path / "a.xlsx", lambda _: xml), SOURCE).code == "bounds"


def test_without_styles_nothing_is_a_date(tmp_path: Path) -> None:
    path = simple(tmp_path / "a.xlsx", [["a"], [datetime(2024, 1, 1)]])
    assert read_delivery(path, SOURCE)[0].rows["a"].to_list() == ["2024-01-01"]
    altered(path, lambda name, data: data.replace(b"styles.xml", b"none.xml"), {})
    assert read_delivery(path, SOURCE)[0].rows["a"].to_list() == ["45292"]


def test_a_header_that_is_a_date_is_named_as_it_is_shown(tmp_path: Path) -> None:
    days: list[object] = [datetime(2019, 1, 1), datetime(2020, 1, 1)]
    for name, rows in (("days", days), ("years", [2019, 2020])):
        path = tmp_path / f"{name}.xlsx"
        simple(path, [["a", *rows], ["甲", 1, 2]])
        wide = {"headers": r"(?P<year>\d{4})(-01-01)?", "value": "value"}
        (part,) = read_delivery(path, declare("xlsx", ["a"], unpivot=wide))
        ends = "-01-01" if name == "days" else ""
        assert part.headers == ("a", f"2019{ends}", f"2020{ends}")
    years = declare("xlsx", ["a"], unpivot={"headers": r"(?P<year>\d{4})", "value": "value"})
    error = refused(tmp_path / "days.xlsx", years)
    assert error.code == "header-mismatch"
    assert "2019-01-01" in str(error)


def test_a_row_of_units_holds_no_date(tmp_path: Path) -> None:
    path = simple(tmp_path / "a.xlsx", [["a", "b"], [datetime(2024, 1, 1), None], ["甲", 1]])
    error = refused(path, declare("xlsx", ["a", "b"], units_row=True))
    assert error.code == "units-mismatch"
    assert "'2024-01-01' below 'a' is a date" in str(error)
