"""Old workbooks (.xls) under the format `xlsx`."""

import datetime
import struct
import tempfile
from pathlib import Path
from typing import Any

import pytest
import python_calamine
import xlwt
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.landing.readers import oldworkbook, read_delivery
from assets.landing.readers.biff import BiffError, EncryptedError, scan
from assets.landing.readers.errors import ReadError
from assets.landing.readers.request import Request

from .test_readers import declare, refused

SOURCE = declare("xlsx", ["a"])
_FILEPASS = 0x002F
_CODEPAGE = 0x0042


def styled(number_format: str) -> Any:
    style = xlwt.XFStyle()
    style.num_format_str = number_format
    return style


def saved(path: Path, sheets: dict[str, list[list[Any]]]) -> Path:
    book = xlwt.Workbook(encoding="utf-8")
    for name, rows in sheets.items():
        sheet = book.add_sheet(name)
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                if cell is not None:
                    sheet.write(row, column, cell)
    book.save(str(path))
    return path


def test_values_as_text(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("宁夏")
    sheet.write(0, 0, "a")
    values: list[tuple[Any, str, str | None]] = [
        (2020, "general", "2020"),
        (2020.0, "0.00", "2020"),
        (-3, "general", "-3"),
        (1.5, "general", "1.5"),
        (0.1 + 0.2, "general", "0.30000000000000004"),
        (191.38992899999999, "0.0", "191.389929"),
        (123456789012345.0, "general", "123456789012345"),
        (1e20, "general", "1e+20"),
        (1.5e-9, "general", "1.5e-09"),
        (True, "general", "TRUE"),
        (False, "general", "FALSE"),
        (" 0.10 甲", "general", " 0.10 甲"),
        (datetime.date(2020, 1, 2), "YYYY-MM-DD", "2020-01-02"),
        (datetime.datetime(2020, 1, 2, 3, 4, 5), "YYYY-MM-DD HH:MM:SS", "2020-01-02T03:04:05"),
        (0.5, "hh:mm:ss", "12:00:00"),
        (1.25, "[h]:mm", "PT108000S"),
    ]
    for row, (value, number_format, _) in enumerate(values, start=1):
        sheet.write(row, 0, value, styled(number_format))
    book.save(str(tmp_path / "a.xls"))
    (part,) = read_delivery(tmp_path / "a.xls", SOURCE)
    assert (part.part, part.encoding, part.crs) == ("宁夏", None, None)
    assert part.rows["a"].to_list() == [text for _, _, text in values]
    assert part.rows["row_number"].to_list() == list(range(2, len(values) + 2))


@pytest.mark.parametrize(
    ("code", "text"),
    [(0x00, "#NULL!"), (0x07, "#DIV/0!"), (0x0F, "#VALUE!"), (0x2A, "#N/A")],
)
def test_errors_are_text(tmp_path: Path, code: int, text: str) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("s")
    sheet.write(2, 2, "a")
    sheet.write(2, 3, "b")
    sheet.row(3).set_cell_error(2, code)
    sheet.write(3, 3, "x")
    sheet.row(5).set_cell_error(3, code)  # the last cell of the sheet
    path = tmp_path / "a.xls"
    book.save(str(path))
    source = declare("xlsx", ["__column_1__", "__column_2__", "a", "b"])
    (part,) = read_delivery(path, source)
    assert part.rows.rows() == [(4, None, None, text, "x"), (6, None, None, None, text)]


def test_a_formula_is_its_stored_result(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("s")
    sheet.write(0, 0, "a")
    sheet.write(1, 0, xlwt.Formula("1+1"))
    path = tmp_path / "a.xls"
    book.save(str(path))
    data = path.read_bytes()
    start = next(
        place
        for place in range(512, len(data))
        if data[place : place + 2] == b"\x06\x00" and data[place + 4 : place + 8] == b"\1\0\0\0"
    )
    for result, text in (
        (struct.pack("<d", 2.0), "2"),
        (b"\x02\0\x07\0\0\0\xff\xff", "#DIV/0!"),
        (b"\x01\0\x01\0\0\0\xff\xff", "TRUE"),
    ):
        path.write_bytes(data[: start + 10] + result + data[start + 18 :])
        assert read_delivery(path, SOURCE)[0].rows["a"].to_list() == [text]
    path.write_bytes(data[: start + 10] + b"\x02\0\x99\0\0\0\xff\xff" + data[start + 18 :])
    assert refused(path, SOURCE).code == "not-a-workbook"
    path.write_bytes(data[: start + 10] + struct.pack("<d", float("nan")) + data[start + 18 :])
    assert refused(path, SOURCE).code == "not-a-workbook"


def test_titles_merged_headers_units_and_footers(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("宁夏")
    sheet.write_merge(0, 0, 1, 4, "表 1")
    sheet.write_merge(1, 2, 1, 1, "序号")
    sheet.write_merge(1, 1, 2, 3, "能源消费")
    sheet.write_merge(1, 2, 4, 4, "核定时间\n(年)")
    rows: list[list[Any]] = [
        [None, "煤", "油", None],
        [None, "万吨", "吨", None],
        [1, 191.38, True, "x"],
        [],
        ["注：中间"],
        [2, " 0.10", False, None],
        ["数据来源：年鉴"],
    ]
    for row, cells in enumerate(rows, start=2):
        for column, cell in enumerate(cells, start=1):
            if cell is not None:
                sheet.write(row, column, cell)
    path = tmp_path / "a.xls"
    book.save(str(path))
    source = declare(
        "xlsx",
        ["序号", "能源消费/煤", "能源消费/油", "核定时间 (年)"],
        ignored_columns=["__column_1__"],
        title_rows=1,
        header_rows=2,
        units_row=True,
        column_units={"能源消费/煤": "万吨", "能源消费/油": "吨"},
        footer_patterns=["注", "数据来源"],
    )
    (part,) = read_delivery(path, source)
    assert part.headers == ("__column_1__", "序号", "能源消费/煤", "能源消费/油", "核定时间 (年)")
    assert part.units == {"能源消费/煤": "万吨", "能源消费/油": "吨"}
    assert part.rows.rows() == [
        (5, None, "1", "191.38", "TRUE", "x"),
        (7, None, "注：中间", None, None, None),
        (8, None, "2", " 0.10", "FALSE", None),
    ]
    assert part.footers.rows() == [(9, ",数据来源：年鉴")]
    error = refused(path, source.model_copy(update={"column_units": {"能源消费/煤": "吨"}}))
    assert error.code == "units-mismatch"


def test_sheets_are_chosen_by_name_or_pattern(tmp_path: Path) -> None:
    sheets = {name: [["a"], [name]] for name in ("2019年", "说明", "2020年")}
    path = saved(tmp_path / "a.xls", sheets)
    assert refused(path, SOURCE).code == "sheet-missing"
    missing = refused(path, declare("xlsx", ["a"], parts=["2021年"]))
    assert (missing.code, missing.part) == ("sheet-missing", "2021年")
    assert "'2019年', '说明', '2020年'" in str(missing)
    ignored: dict[str, Any] = {"ignored_parts": ["说明"]}
    chosen = read_delivery(path, declare("xlsx", ["a"], parts=["2020年", "2019年"], **ignored))
    assert [part.part for part in chosen] == ["2019年", "2020年"]
    by_year = declare("xlsx", ["a"], part_pattern=r"(?P<year>\d{4})年", **ignored)
    matched = read_delivery(path, by_year)
    assert [part.rows["a"][0] for part in matched] == ["2019年", "2020年"]
    unread = refused(path, declare("xlsx", ["a"], parts=["2020年", "2019年"]))
    assert (unread.code, unread.part, unread.row) == ("sheet-unread", "说明", 2)
    assert 'ignored_parts = ["说明"]' in str(unread)
    none = refused(path, declare("xlsx", ["a"], part_pattern=r"\d{4}"))
    assert none.code == "sheet-missing"
    assert "'2019年'" in str(none)


def test_far_cells_are_refused_before_they_take_room(tmp_path: Path) -> None:
    rows: list[list[Any]] = [["a"], [1]]
    path = saved(tmp_path / "a.xls", {"s": rows})
    assert read_delivery(path, SOURCE)[0].rows.height == 1
    book = xlwt.Workbook()
    sheet = book.add_sheet("s")
    sheet.write(0, 0, "a")
    sheet.write(65_535, 255, 1)
    book.save(str(path))
    error = refused(path, SOURCE)
    assert (error.code, error.row) == ("bounds", 65_536)
    data = saved(path, {"s": rows}).read_bytes()
    claim = struct.pack("<HHIIHH", 0x0200, 14, 0, 2, 0, 1)
    assert claim in data
    path.write_bytes(data.replace(claim, claim[:8] + b"\xff\xff\xff\xff" + claim[12:]))
    assert refused(path, SOURCE).code == "bounds"
    path.write_bytes(data.replace(claim, claim[:12] + b"\2\0\1\0"))
    assert refused(path, SOURCE).code == "not-a-workbook"
    assert refused(saved(path, {"s": [["a"], ["x" * 50]]}), SOURCE, max_cell_chars=49).row == 2


def records_changed(path: Path, old: int, new: int) -> Path:
    """The workbook with the first record of one kind turned into another."""
    data = path.read_bytes()
    place = 512
    while struct.unpack_from("<H", data, place)[0] != old:
        place += 4 + struct.unpack_from("<H", data, place + 2)[0]
    path.write_bytes(data[:place] + struct.pack("<H", new) + data[place + 2 :])
    return path


def test_encrypted_workbooks(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.xls", {"s": [["a"], [1]]})
    error = refused(records_changed(path, _CODEPAGE, _FILEPASS), SOURCE)
    assert error.code == "not-a-workbook"
    assert "encrypted" in str(error)
    # An .xlsx with a password is a compound file with a stream of another name.
    path = saved(tmp_path / "b.xlsx", {"s": [["a"], [1]]})
    data = path.read_bytes()
    old, new = ("Workbook".encode("utf-16-le"), "EncryptedPackage".encode("utf-16-le"))
    start = data.index(old)
    entry = bytearray(data[start : start + 128])
    entry[: len(new)] = new
    entry[64:66] = struct.pack("<H", len(new) + 2)
    path.write_bytes(data[:start] + bytes(entry) + data[start + 128 :])
    error = refused(path, SOURCE)
    assert error.code == "not-a-workbook"
    assert "encrypted" in str(error)


def test_cut_and_damaged_workbooks(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.xls", {"s": [["a"], *([f"text {n}"] for n in range(400))]})
    whole = path.read_bytes()
    for size in range(4, len(whole) - 600, len(whole) // 8):
        path.write_bytes(whole[:size])
        assert refused(path, SOURCE).code == "not-a-workbook", size
    path.write_bytes(whole[:512] + whole[512:].replace(b"\x09\x08", b"\xff\xff"))
    assert refused(path, SOURCE).code == "not-a-workbook"
    # Another program's compound file, as a .doc is.
    name = "Workbook".encode("utf-16-le")
    path.write_bytes(whole.replace(name, "WordDocu".encode("utf-16-le")))
    assert refused(path, SOURCE).code == "not-a-workbook"


def test_a_damaged_number_format_shows_no_date(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("s")
    sheet.write(0, 0, "a")
    sheet.write(1, 0, 45292, styled("yyyy"))
    book.save(str(tmp_path / "a.xls"))
    data = (tmp_path / "a.xls").read_bytes()
    code = b"\x04\0\0yyyy"
    assert data.count(code) == 1
    for damaged, text in ((code, "2024-01-01"), (b'\x04\0\0\\y"y', "45292")):
        (tmp_path / "a.xls").write_bytes(data.replace(code, damaged))
        assert read_delivery(tmp_path / "a.xls", SOURCE)[0].rows["a"].to_list() == [text]
    # Half a letter of two bytes.
    scan(data.replace(code, b"\x04\0\1\0\xd8yy"))


_WHOLE = bytearray()


@settings(deadline=None, max_examples=200)
@given(st.integers(0, 10_000), st.binary(min_size=1, max_size=8))
def test_damage_never_ends_in_anything_but_a_clear_answer(place: int, damage: bytes) -> None:
    if not _WHOLE:
        with tempfile.TemporaryDirectory() as folder:
            day = datetime.date(2024, 1, 1)
            rows: list[list[Any]] = [["a"], ["text"], [1.5], [True], [day]]
            _WHOLE.extend(saved(Path(folder) / "a.xls", {"s": rows}).read_bytes())
    data = bytearray(_WHOLE)
    start = place % len(data)
    data[start : start + len(damage)] = damage
    try:
        frames = scan(bytes(data[: len(_WHOLE)]))
    except (BiffError, EncryptedError):
        return
    assert all(frame.last_row < 65_536 for frame in frames)


def test_a_panic_of_the_library_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class PanicException(BaseException):
        """As the one of pyo3, which cannot be imported."""

    def panic(_: str) -> None:
        raise PanicException("index out of bounds")

    path = saved(tmp_path / "a.xls", {"s": [["a"], [1]]})
    monkeypatch.setattr(python_calamine, "load_workbook", panic)
    request = Request(str(path), str(tmp_path), "sample", ["xlsx"], columns={"a": "c0"})
    with pytest.raises(ReadError) as caught:
        oldworkbook.read_xls(request)
    assert caught.value.code == "not-a-workbook"

    def stop(_: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(python_calamine, "load_workbook", stop)
    with pytest.raises(KeyboardInterrupt):
        oldworkbook.read_xls(request)


def test_lost_characters(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.xls", {"s": [["a"], ["宁夏\ufffd厂"]]})
    error = refused(path, SOURCE)
    assert (error.code, error.row) == ("encoding", 2)
    kept = declare("xlsx", ["a"], lost_characters="quarantine")
    assert read_delivery(path, kept)[0].rows["a"].to_list() == ["宁夏\ufffd厂"]


def test_xls_and_xlsx_of_one_source(tmp_path: Path) -> None:
    source = declare("xlsx", ["a"], format=["xlsx", "csv"])
    path = saved(tmp_path / "a.csv", {"s": [["a"], [7]]})
    assert read_delivery(path, source)[0].rows["a"].to_list() == ["7"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"\x09\x08", b"\xff\xff"),  # no beginning
        (b"\x0a\0\0\0", b"\x0b\0\0\0"),  # no end
        (b"", b""),  # a time of a million years
    ],
)
def test_a_broken_sheet_matters_only_if_it_is_read(tmp_path: Path, old: bytes, new: bytes) -> None:
    book = xlwt.Workbook()
    for name in ("a", "b"):
        sheet = book.add_sheet(name)
        sheet.write(0, 0, name)
        sheet.write(1, 0, 1)
    if not old:
        sheet.write(3, 0, 1e12, styled("[h]:mm"))
    path = tmp_path / "a.xls"
    book.save(str(path))
    data = path.read_bytes()
    begin = data.rindex(b"\x09\x08\x10\0")
    assert old in data[begin:]
    path.write_bytes(data[:begin] + data[begin:].replace(old, new, 1))
    (part,) = read_delivery(path, declare("xlsx", ["a"], parts=["a"]))
    assert part.rows.rows() == [(2, "1")]
    assert refused(path, declare("xlsx", ["b"], parts=["b"])).code == "not-a-workbook"
