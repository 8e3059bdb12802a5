"""Delimited text: encodings, line numbers, quotes, and nothing lost."""

import csv
import tempfile
from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.landing.readers import RawPart, ReaderLimits, delivery, read_delivery
from assets.landing.readers.delimited import read_csv

from .test_readers import declare, refused

SOURCE = declare("csv", ["企业", "值"])


@pytest.mark.parametrize(
    ("encoding", "named"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("gbk", "gb18030"), ("gb18030", "gb18030")],
)
def test_encodings(tmp_path: Path, encoding: str, named: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text("企业,值\n宁夏某厂,1.50\n", encoding=encoding)
    (part,) = read_delivery(path, SOURCE)
    assert (part.part, part.encoding, part.headers) == ("", named, ("企业", "值"))
    assert part.rows.rows() == [(2, "宁夏某厂", "1.50")]


def test_undecodable_names_byte_and_line_also_in_a_later_piece(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    head = "企业,值\n".encode()
    line = "甲乙,1\n".encode()
    count = (3 << 20) // len(line)
    path.write_bytes(head + line * count + b"\xff\xff,2\n")
    error = refused(path, SOURCE)
    assert (error.code, error.row) == ("encoding", count + 2)
    assert f"utf-8-sig fails at byte {len(head) + count * len(line)} (line {count + 2})" in str(
        error
    )


def test_undecodable_gb18030_offset_is_exact(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    head = "企业,值\r\n".encode("gbk")
    line = "甲,1\r\n".encode("gbk")
    count = (2 << 20) // len(line)
    path.write_bytes(head + line * count + b"\xff,2\r\n")
    error = refused(path, declare("csv", ["企业", "值"], encodings=["gb18030"]))
    assert f"byte {len(head) + count * len(line)} (line {count + 2})" in str(error)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_replacement_character_is_refused(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text("企业,值\n甲,1\n宁夏\ufffd厂,2\n", encoding=encoding)
    error = refused(path, SOURCE)
    assert (error.code, error.row) == ("encoding", 3)
    lost = "\ufffd".encode("utf-8" if encoding == "utf-8-sig" else encoding)
    assert f"at byte {path.read_bytes().index(lost)};" in str(error)


def test_nul_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("企业,值\n甲,1\0\n".encode())
    error = refused(path, SOURCE)
    assert (error.code, error.row) == ("nul-bytes", 2)
    assert f"byte {path.read_bytes().index(0)};" in str(error)


def test_blank_file(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"\xef\xbb\xbf\r\n \r\n")
    assert refused(path, SOURCE).code == "file-empty"


def test_row_numbers_are_physical_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes('标题\n企业,值\n甲,"x\r\ny\nz"\n\n,\n乙, 1 \n'.encode())
    (part,) = read_delivery(path, declare("csv", ["企业", "值"], title_rows=1))
    assert part.rows.rows() == [(3, "甲", "x\r\ny\nz"), (8, "乙", " 1 ")]


def test_too_few_and_too_many_fields_are_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('企业,值\n甲\n乙,1,2,"3,4"\n丙,\n丁,5,,\n', encoding="utf-8")
    (part,) = read_delivery(path, SOURCE)
    assert part.rows.rows() == [
        (2, "甲", None, None),
        (3, "乙", "1", "2,3,4"),
        (4, "丙", "", None),
        (5, "丁", "5", None),
    ]
    assert part.rows.columns == ["row_number", "企业", "值", "__extra__"]


@pytest.mark.parametrize(
    ("text", "line"),
    [('甲,1\n乙,"2\n丙,3\n', 3), ('甲,1\n乙,2\n丙,"a"b\n', 4), ('甲,"1\n乙,"2"\n', 2)],
)
def test_unbalanced_quotes_name_the_line(tmp_path: Path, text: str, line: int) -> None:
    path = tmp_path / "a.csv"
    path.write_text("企业,值\n" + text, encoding="utf-8")
    error = refused(path, SOURCE)
    assert (error.code, error.row) == ("unbalanced-quotes", line)


def test_long_cells_are_bounded(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("企业,值\n甲," + "x" * 2_000 + "\n", encoding="utf-8")
    error = refused(path, SOURCE, max_cell_chars=1_000)
    assert (error.code, error.row) == ("bounds", 2)
    path.write_text("企业,值\n" + "甲,1\n" * 100, encoding="utf-8")
    error = refused(path, SOURCE, max_cells=1)  # and one for each four bytes of the file
    size = path.stat().st_size
    assert (error.code, error.row) == ("bounds", 2 + (1 + size // 4) // 2)


def test_merged_headers_units_and_footers(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "序号,能源消费,,备注\n,煤 ,油,\n,万吨,吨,\n1,2,3,\n注：中间,,,\n2,4,5,x\n"
        "注：来源,,,\n合计,6,8,\n",
        encoding="utf-8",
    )
    headers = ["序号", "能源消费/煤", "能源消费/油", "备注"]
    source = declare(
        "csv",
        headers,
        header_rows=2,
        units_row=True,
        column_units={"能源消费/煤": "万吨", "能源消费/油": "吨"},
        footer_patterns=["注：", "^合计$"],
    )
    (part,) = read_delivery(path, source)
    assert part.headers == tuple(headers)
    assert part.units == {"能源消费/煤": "万吨", "能源消费/油": "吨"}
    assert part.rows["row_number"].to_list() == [4, 5, 6]
    assert part.footers.rows() == [(7, "注：来源"), (8, "合计,6,8")]
    wrong = source.model_copy(update={"column_units": {"能源消费/煤": "吨"}})
    error = refused(path, wrong)
    assert (error.code, error.row) == ("units-mismatch", 3)


def test_column_without_header(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(",企业,值,\n0,甲,1,\n", encoding="utf-8")
    error = refused(path, SOURCE)
    assert (error.code, error.row) == ("header-mismatch", 2)
    assert '"__column_1__" in ignored_columns' in str(error)
    (part,) = read_delivery(path, declare("csv", ["企业", "值"], ignored_columns=["__column_1__"]))
    assert part.rows.rows() == [(2, "0", "甲", "1")]


@pytest.mark.parametrize("titles", [0, 2])
def test_columns_without_any_name_have_no_header(tmp_path: Path, titles: int) -> None:
    path = tmp_path / "a.csv"
    path.write_text("标题\n" * titles + '甲,1\n"乙\n丙",2,x\n丁\n', encoding="utf-8")
    source = declare("csv", ["__column_1__", "__column_2__"], title_rows=titles)
    (part,) = read_delivery(path, source)
    assert part.headers == ("__column_1__", "__column_2__")
    assert part.rows.rows() == [
        (titles + 1, "甲", "1", None),
        (titles + 2, "乙\n丙", "2", "x"),
        (titles + 4, "丁", None, None),
    ]
    second = declare("csv", ["__column_2__"], title_rows=titles)
    error = refused(path, second)
    assert (error.code, error.row) == ("header-mismatch", titles + 1)
    assert "text in column 1, which has no header" in str(error)


def test_a_wide_table_with_cells_of_its_name_has_a_header(tmp_path: Path) -> None:
    path = tmp_path / "宁夏.csv"
    path.write_text("2020年,2021年\n1,2\n", encoding="utf-8")
    unpivot = {"headers": r"(?P<year>\d{4})年", "value": "value"}
    named = {"file_pattern": r"(?P<place>.+)\.csv", "unpivot": unpivot}
    (part,) = read_delivery(path, declare("csv", ["__file_place__"], **named))
    assert part.headers == ("2020年", "2021年", "__file_place__")


def here(path: Path, folder: Path) -> list[RawPart]:
    """read_delivery in this process: a child for each of hundreds of examples takes too long."""
    request = delivery._request(path, folder, SOURCE, ReaderLimits(), 1_000, 20)
    return [
        RawPart.of(asdict(part), folder / part.file, {}, lazy=False) for part in read_csv(request)
    ]


cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufffd"))


@settings(max_examples=200, deadline=None)
@given(rows=st.lists(st.lists(cells, min_size=1, max_size=5), min_size=1, max_size=8))
def test_every_delivered_row_comes_back_once(rows: list[list[str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([["企业", "值"], *rows])
        (part,) = here(path, Path(folder))
    filled = [row for row in rows if any(row)]
    found = part.rows.drop("row_number").rows()
    assert len(found) == len(filled)
    for row, cells_read in zip(filled, found, strict=True):
        assert cells_read[:2] == (row[0], row[1] if len(row) > 1 else None)
        extra = row[2:]
        if any(extra):
            assert cells_read[2] == ",".join(extra)
    numbers = part.rows["row_number"]
    assert numbers.is_sorted() and numbers.n_unique() == len(filled)


@settings(max_examples=200, deadline=None)
@given(data=st.binary(min_size=1, max_size=400))
def test_no_bytes_crash_the_reader(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        path.write_bytes("企业,值\n".encode() + data)
        try:
            here(path, Path(folder))
        except ValueError as error:
            assert getattr(error, "code", "") in {
                "encoding",
                "nul-bytes",
                "unbalanced-quotes",
            }
