"""The reader of plain worksheets gives what the slow one gives, or leaves the sheet to it."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any
from unittest import mock
from xml.sax.saxutils import escape

import openpyxl
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from assets.landing.declaration import load_source
from assets.landing.readers import ReaderLimits, delivery, fastsheet, sheetblock
from assets.landing.readers.blocks import NotPlainError
from assets.landing.readers.errors import ReadError
from assets.landing.readers.markup import Grammar
from assets.landing.readers.workbook import _Workbook, read_xlsx
from tests.shared_data import shared

from .test_readers import declare
from .test_readers_xlsx import MAIN, SHEET, altered, simple

SOURCE = declare("xlsx", ["企业", "值"])
STRINGS = "xl/sharedStrings.xml"
RELATION = (
    b'<Relationship Id="rId9" Target="sharedStrings.xml" Type="http://schemas.openxmlformats'
    b'.org/officeDocument/2006/relationships/sharedStrings"/></Relationships>'
)
# Styles: 1 shows a day, 2 a time that has passed, 3 a moment, 4 a percentage, 12 a time.
DATED = (
    f'<styleSheet {MAIN}><numFmts><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd hh:mm"/>'
    '</numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="46"/>'
    f'<xf numFmtId="164"/><xf numFmtId="9"/>{"<xf/>" * 7}<xf numFmtId="21"/></cellXfs></styleSheet>'
)
HEADER = (
    '<row r="1"><c r="A1" t="inlineStr"><is><t>企业</t></is></c>'
    '<c r="B1" t="inlineStr"><is><t>值</t></is></c></row>'
)


@contextmanager
def slow_only() -> Iterator[None]:
    with mock.patch.object(_Workbook, "_read_fast", lambda *_: None):
        yield


def outcome(path: Path, source: Any, **changes: Any) -> tuple[list[bool], Any]:
    """Which sheets were read in blocks, and the parts with their rows or the error."""
    fast: list[bool] = []
    inner = fastsheet.read_plain

    def noted(*given: Any) -> Any:
        fast.append(False)
        part = inner(*given)
        fast[-1] = part is not None
        return part

    with tempfile.TemporaryDirectory() as folder:
        size = path.stat().st_size
        request = delivery._request(path, Path(folder), source, ReaderLimits(), size, 20)
        with mock.patch.object(fastsheet, "read_plain", noted):
            try:
                parts = read_xlsx(replace(request, **changes))
            except ReadError as error:
                return fast, error.as_dict()
        frames = [pl.read_ipc((Path(folder) / part.file).read_bytes()) for part in parts]
        told = [asdict(part) for part in parts]
        return fast, [(part, frame.rows()) for part, frame in zip(told, frames, strict=True)]


def both(
    rows: str | bytes,
    strings: str = "",
    piece: int = 1 << 20,
    styles: str = DATED,
    **changes: Any,
) -> tuple[bool, Any]:
    """Whether the sheet was read in blocks, and its outcome, which is that of the slow reader.

    `rows` stand below the header; bytes are the whole sheet.
    """
    around = f"<worksheet {MAIN}><sheetData>{HEADER}{rows!s}</sheetData></worksheet>"
    sheet = rows if isinstance(rows, bytes) else around.encode()
    with tempfile.TemporaryDirectory() as folder:
        path = simple(Path(folder) / "a.xlsx", [["企业", "a"]])

        def change(name: str, data: bytes) -> bytes:
            if name == "xl/_rels/workbook.xml.rels":
                return data.replace(b"</Relationships>", RELATION)
            return sheet if name == SHEET else data

        added = {STRINGS: f"<sst {MAIN}>{strings}</sst>", "xl/styles.xml": styles}
        altered(path, change, {name: text.encode() for name, text in added.items()})
        with mock.patch.object(fastsheet, "_PIECE", piece):
            fast, found = outcome(path, SOURCE, **changes)
        with slow_only():
            _, slow = outcome(path, SOURCE, **changes)
    assert found == slow
    return fast == [True], found


def cells(found: Any) -> list[Any]:
    """Rows of the one part, without `__extra__`."""
    ((_, rows),) = found
    return [row[:-1] for row in rows]


TEXTS = st.text(st.sampled_from("甲乙a&<>\"'\n\t _x;1é"), max_size=12)


@st.composite
def plain_cell(draw: st.DrawFn, column: str, row: int, strings: int) -> str:
    style = draw(st.sampled_from(["", *(f' s="{n}"' for n in (0, 1, 2, 3, 4, 12, 13))]))
    start = f'<c r="{column}{row}"{style}'
    kinds = ["empty", "number", "formula", "inline", "boolean", "error", "text"]
    kind = draw(st.sampled_from([*kinds, "shared"] if strings else kinds))
    text = escape(draw(TEXTS)).replace(">", "&gt;")
    if kind == "empty":
        return start + draw(st.sampled_from(["/>", "></c>", "><v/></c>", "><v></v></c>"]))
    if kind == "number":
        number = draw(
            st.sampled_from(
                ["0", "-1.5", "191.38992899999999", "1E-3", "1e+20", "43831", "60.25", "甲"]
            )
        )
        kind = draw(st.sampled_from(["", "", ' t="n"', ' t="d"', ' t=""', ' t="n "']))
        return f"{start}{kind}><v>{number}</v></c>"
    if kind == "formula":
        formula = draw(st.sampled_from(["<f/>", "<f>A1+1</f>", '<f t="shared" si="0"/>']))
        return f"{start}>{formula}<v>7</v></c>"
    if kind == "inline":
        inner = draw(
            st.sampled_from(["<t/>", f"<t>{text}</t>", f'<t xml:space="preserve">{text}</t>'])
        )
        return f'{start} t="inlineStr"><is>{inner}</is></c>'
    if kind == "boolean":
        return f'{start} t="b"><v>{draw(st.sampled_from(["0", "1", " 1", "2"]))}</v></c>'
    if kind == "error":
        return f'{start} t="e"><v>#DIV/0!</v></c>'
    if kind == "text":
        return f'{start} t="str"><f>B1</f><v>{text}</v></c>'
    return f'{start} t="s"><v>{draw(st.integers(0, strings - 1))}</v></c>'


@st.composite
def plain_sheet(draw: st.DrawFn) -> tuple[str, str]:
    """Rows and shared strings as programs write them."""
    strings = draw(st.lists(TEXTS, max_size=3))
    items = "".join(f"<si><t>{escape(text).replace('>', '&gt;')}</t></si>" for text in strings)
    number, rows = 1, ""
    for _ in range(draw(st.integers(0, 6))):
        number += draw(st.integers(1, 3))
        held = draw(st.lists(st.sampled_from("ABC"), unique=True, max_size=3).map(sorted))
        held = [column for column in held if column != "C" or draw(st.booleans())]
        inner = "".join(draw(plain_cell(column, number, len(strings))) for column in held)
        more = draw(st.sampled_from(["", ' spans="1:3"', ' ht="15" customHeight="1"']))
        rows += f'<row r="{number}"{more}>{inner}</row>' if inner else f'<row r="{number}"{more}/>'
    return rows, items


@settings(max_examples=300, deadline=None)
@given(sheet=plain_sheet(), piece=st.sampled_from([16, 200, 1 << 20]))
def test_what_programs_write_is_read_in_blocks(sheet: tuple[str, str], piece: int) -> None:
    fast, found = both(*sheet, piece=piece)
    assert fast and isinstance(found, list)


ODD = st.sampled_from(
    [
        "<!-- <row> -->",
        "<![CDATA[</row>]]>",
        "<?pi?>",
        '<row r="2">',
        "<row>",
        "</row>",
        '<row r="02">',
        '<row r="1048577">',
        '<row r="7" r="8"/>',
        '<c r="A2">',
        '<c r="B2">',
        '<c r="XFE2">',
        '<c r="A3" t="s">',
        '<c r="a2">',
        "<c>",
        "</c>",
        "<v>",
        "</v>",
        "1",
        "甲",
        "&amp;",
        "&#10;",
        "&#65533;",
        "&lt;v>",
        "&bad;",
        "\r\n",
        "\x01",
        "\ufffd",
        "\ufffe",
        "ä¸\xad",
        "_x000D_",
        '<is><r><t>甲</t></r><rPh sb="0" eb="1"><t>x</t></rPh></is>',
        '<c r="A2" t="s"><v>0</v></c>',
        '<c r="A2" t="s"><v> 0</v></c>',
        '<c r="A2" s="1"><v>43831</v></c>',
        '<c r="A2" s=" 1"><v>43831</v></c>',
        '<c r="A2" x:s="1" s="2"><v>43831.5</v></c>',
        '<c r="A2" s="1"><v> 43831</v></c>',
        '<c r="A2" s="1"><is><t>43831</t></is></c>',
        '<c r="A2" t="s"><v>9</v></c>',
        '<c r="B2"><v>5</v></c>',
        '<c r="C2"><v>5</v></c>',
        '<x:c r="A2"/>',
        "</sheetData>",
        "<sheetData>",
    ]
)


@settings(max_examples=500, deadline=None)
@given(pieces=st.lists(ODD, max_size=9), size=st.sampled_from([16, 1 << 20]))
@example(pieces=['<row r="2">', '<c r="A2">', "<v>", "&lt;v>", "</v>", "</c>", "</row>"], size=16)
@example(pieces=['<row r="2">', '<c r="C2"><v>5</v></c>', "</row>"], size=16)
@example(pieces=["</sheetData>", "<sheetData>", '<row r="2">', "</row>"], size=1 << 20)
def test_never_different_from_the_slow_reader(pieces: list[str], size: int) -> None:
    both("".join(pieces), "<si><t>共</t></si>", piece=size)


@settings(max_examples=200, deadline=None)
@given(data=st.data(), sheet=plain_sheet())
def test_damage_is_never_read_otherwise(data: st.DataObject, sheet: tuple[str, str]) -> None:
    whole = f"<worksheet {MAIN}><sheetData>{HEADER}{sheet[0]}</sheetData></worksheet>".encode()
    place = data.draw(st.integers(0, len(whole) - 1))
    change = data.draw(st.sampled_from(["cut", "drop", "put"]))
    if change == "cut":
        damaged = whole[:place]
    elif change == "drop":
        damaged = whole[:place] + whole[place + data.draw(st.integers(1, 9)) :]
    else:
        letter = data.draw(st.sampled_from([b"<", b">", b"&", b'"', b"/", b"1", b" ", b"\xef"]))
        damaged = whole[:place] + letter + whole[place + data.draw(st.integers(0, 1)) :]
    both(damaged, sheet[1])


@pytest.mark.parametrize(
    "changes",
    [
        {"title_rows": 1},
        {"units_row": True},
        {"header_rows": 2},
        {"personal_columns": ["值"], "columns": {"企业": "c0"}},
        {"max_cells": 3},
        {"max_cell_chars": 2},
        {"footer_patterns": ["注"]},
        {"skip_patterns": ["标题"]},
    ],
)
def test_declarations_hold_in_blocks(tmp_path: Path, changes: dict[str, Any]) -> None:
    top = [["标题"]] if {"title_rows", "skip_patterns"} & set(changes) else []
    units = [["", "吨"]] if {"units_row", "header_rows"} & set(changes) else []
    body = [
        ["甲", "1"],
        [None, None],
        ["注：中间", ""],
        ["乙", None, "多"],
        ["注：尾"],
        ["注", "二"],
    ]
    path = simple(tmp_path / "a.xlsx", [*top, ["企业", "值"], *units, *body])
    for piece in (16, 1 << 20):
        with mock.patch.object(fastsheet, "_PIECE", piece):
            fast, found = outcome(path, SOURCE, **changes)
        with slow_only():
            assert outcome(path, SOURCE, **changes)[1] == found
        assert isinstance(found, dict) or fast == [True]


def test_one_shared_string_in_many_cells_is_not_unfolded() -> None:
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(2, 30))
    with mock.patch.object(sheetblock, "_MOST", 1_000):
        fast, found = both(rows, f"<si><t>{'x' * 100}</t></si>")
    assert not fast and len(cells(found)) == 28


@pytest.mark.parametrize("formula", ["A1+A1+A1+A1", "甲乙丙丁", '<f t="shared">A1+A1+A1+A1</f>'])
def test_a_formula_is_as_long_as_a_cell_may_be(formula: str) -> None:
    element = formula if formula.startswith("<f") else f"<f>{formula}</f>"
    row = f'<row r="2"><c r="A2">{element}<v>1</v></c></row>'
    for most, is_read in ((11, True), (4, len(formula) == 4), (3, False)):
        fast, found = both(row, max_cell_chars=most)
        assert isinstance(found, list) is is_read
        assert fast is is_read
        assert is_read or (found["code"], found["row"]) == ("bounds", 2)


def test_lost_characters_are_noticed_where_they_are_read() -> None:
    rows = '<row r="2"><c r="A2" t="s"><v>0</v></c></row>'
    _, ((kept, _),) = both(rows, "<si><t>\ufffd</t></si>")
    assert kept["has_lost"]
    _, ((unused, _),) = both(rows, "<si><t>甲</t></si><si><t>\ufffd</t></si>")
    assert not unused["has_lost"]


def test_a_prolog_in_another_encoding_is_left_alone() -> None:
    sheet = f"<worksheet {MAIN}><sheetData>{HEADER}</sheetData></worksheet>"
    for encoding, read in (("UTF-8", True), ("utf-16", False), ("iso-8859-1", False)):
        prolog = f'<?xml version="1.0" encoding="{encoding}"?>'
        assert both((prolog + sheet).encode(encoding, "replace"))[0] is read


def test_what_openpyxl_writes(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["企业", "值"], ["甲&乙", 0.1], ["=1+1", True], [None, "#N/A"]):
        sheet.append(row)
    sheet.merge_cells("A6:B6")
    book.save(tmp_path / "a.xlsx")
    fast, found = outcome(tmp_path / "a.xlsx", SOURCE)
    assert fast == [True]  # by the handlers within its block: openpyxl computes no formula
    assert cells(found) == [(2, "甲&乙", "0.1"), (3, "=1+1", "TRUE"), (4, None, "#N/A")]


def test_a_grammar_whose_forms_are_not_told_apart_is_refused() -> None:
    with pytest.raises(ValueError, match="not told"):
        Grammar({b"<v>": "v", b"<v>>": "w"}, {})
    with pytest.raises(NotPlainError):
        Grammar({b"<v>": "v"}, {"": "v", "v": ""}).tags(b"<w>")


@pytest.mark.parametrize(
    ("source_id", "name"),
    [
        ("gem_coal", "c_gem_coal/Global-Coal-Plant-Tracker-July-2023.xlsx"),
        ("gem_steel", "c_gem_steel/steel_plants.xlsx"),
        ("ceads_energy", "e_ceads_provincial_energy/省级能源清单_2019.xlsx"),
        ("ceads_apparent", "e_ceads_apparent_co2/表观碳排放清单_1997-2022.xlsx"),
        ("tw_park_list", "a_tw_industrial_parks/園區名單及座標_114.06.05.xlsx"),
    ],
)
def test_real_workbooks_are_read_in_blocks(source_id: str, name: str) -> None:
    path = shared(f"data/{name}")
    fast, found = outcome(path, load_source(source_id))
    assert fast and all(fast)
    with slow_only():
        assert outcome(path, load_source(source_id))[1] == found
