"""The fast reader of plain csv files gives what the slow one gives, or leaves the file to it."""

import tempfile
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from assets.landing.readers import ReaderLimits, delimited, delivery, fastcsv, read_delivery
from assets.landing.readers.delimited import _read_any, _read_fast
from assets.landing.readers.encodings import find_encoding
from assets.landing.readers.errors import ReadError
from assets.landing.readers.request import Request
from tests.shared_data import shared

from .test_readers import declare, refused, same

SOURCE = declare("csv", ["企业", "值"])


def request_of(path: Path, folder: Path, source: Any = SOURCE) -> Request:
    return delivery._request(path, folder, source, ReaderLimits(), path.stat().st_size, 20)


def outcome(read: Any, request: Request, encoding: str) -> Any:
    """What a reader gives, rows included, or its error; None if it leaves the file alone."""
    try:
        part = read(request, encoding)
    except ReadError as error:
        return error.as_dict()
    if part is None:
        return None
    rows = pl.read_ipc((Path(request.folder) / part.file).read_bytes())
    return asdict(part), rows.rows(), rows.schema


def both(data: bytes, **changes: Any) -> tuple[Any, Any]:
    """Outcomes of the fast and of the slow reader."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        path.write_bytes(data)
        request = replace(request_of(path, Path(folder)), **changes)
        try:
            encoding = find_encoding(request)
        except ReadError as error:
            return None, error.as_dict()
        fast = outcome(_read_fast, request, encoding)
        return fast, outcome(_read_any, request, encoding)


ROWS = st.text(st.sampled_from('甲a1",\n\r ;\ufeff\u2028é'), max_size=40)


@settings(max_examples=600)
@given(body=ROWS, encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]))
@example(body='甲,"a""b"\r\n乙,""\r\n', encoding="utf-8")
@example(body="\ufeff甲,1\n", encoding="utf-8")
@example(body=",\n甲,1\n", encoding="utf-8")
@example(body="甲,1\n\n乙,2\n", encoding="utf-8")
@example(body='甲,"1\n2"\n', encoding="utf-8")
def test_never_different_from_the_slow_reader(body: str, encoding: str) -> None:
    fast, slow = both(f"企业,值\n{body}".encode(encoding, "ignore"))
    assert fast is None or fast == slow


@settings(max_examples=200)
@given(
    lines=st.lists(st.sampled_from(["", "甲", '"乙"', '""', '"a,b"', '"a""b"', " "]), max_size=8),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_one_column_with_empty_lines(lines: list[str], end: str) -> None:
    fast, slow = both(("企业" + end + end.join(lines)).encode(), columns={"企业": "c0"})
    assert fast is None or fast == slow


@settings(max_examples=100)
@given(
    rows=st.lists(
        st.tuples(st.sampled_from(["", "甲", "乙,丙", 'a"b']), st.sampled_from(["", "1", " 2 "])),
        max_size=6,
    ),
    quoted=st.booleans(),
    changes=st.sampled_from(
        [
            {},
            {"title_rows": 1},
            {"units_row": True},
            {"header_rows": 2},
            {"delimiter": ";"},
            {"personal_columns": ["值"], "columns": {"企业": "c0"}},
            {"max_cells": 5},
            {"max_cell_chars": 4},
            {"encodings": ["utf-16"]},
        ]
    ),
)
def test_well_formed_files_are_read_fast(
    rows: list[tuple[str, str]], quoted: bool, changes: dict[str, Any]
) -> None:
    mark = changes.get("delimiter", ",")

    def cell(text: str) -> str:
        if quoted or '"' in text or mark in text:
            return '"' + text.replace('"', '""') + '"'
        return text

    top = "标题\n" * changes.get("title_rows", 0) + f"企业{mark}值\n"
    top += f"{mark}\n" * (changes.get("header_rows", 1) - 1)
    top += f"个{mark}吨\n" if "units_row" in changes else ""
    body = "".join(mark.join(map(cell, row)) + "\n" for row in rows)
    encoding = changes.get("encodings", ["utf-8"])[0]
    fast, slow = both((top + body).encode(encoding), **changes)
    if "max_cell_chars" in changes:
        assert fast is None or fast == slow
    else:
        assert fast == slow and fast is not None


@pytest.mark.parametrize(
    "body",
    [
        '甲,"1\n2"\n',
        '甲,"1\r\n\r\n2"\r\n乙\r\n"丙\n",3,4\n',
        "甲,1\r乙,2\n",
        '甲,a"b\n',
        '甲,5" 管\n乙,"6\n7"\n丙\n',
        "\ufeff甲,1\n",
        ',"\n"\n,\n',
    ],
)
def test_strange_quotes_and_line_ends_are_read_fast(
    body: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for data in (body, body * 9):
        fast, slow = both(f"企业,值\n{data}".encode())
        assert fast == slow and "part" in fast[0]
    monkeypatch.setattr(fastcsv, "_BLOCK", 100)
    fast, slow = both(f"企业,值\n{'甲乙丙丁,1' * 3}\n{body * 9}".encode())
    assert fast is None or fast == slow


@pytest.mark.parametrize("body", ['甲,"1\n', '甲,"1" 2\n', '甲,a"b\n乙,"1\n', '"'])
def test_broken_quotes_are_left_to_the_slow_reader(body: str) -> None:
    fast, slow = both(f"企业,值\n{body}".encode())
    assert fast is None and slow["code"] == "unbalanced-quotes"


QUOTED = st.sampled_from(
    ["", "甲", '"a\nb"', '"a\r\n""b"""', 'a"b', '"a,b"', "注", "合计", " 注", '"\n注"', "1"]
)


@settings(max_examples=500)
@given(
    rows=st.lists(st.lists(QUOTED, max_size=4), max_size=12),
    end=st.sampled_from(["\n", "\r\n"]),
    block=st.sampled_from([16, 40, 100, 4 << 20]),
    changes=st.sampled_from(
        [
            {},
            {"footer_patterns": ["注", "合计$"]},
            {"footer_patterns": ["注"], "personal_columns": ["值"], "columns": {"企业": "c0"}},
            {"footer_patterns": [""]},
            {"footer_patterns": ["注"], "max_cells": 5},
        ]
    ),
)
@example(
    rows=[["甲"], ["注", "", "x", ""], [], ["乙"], ["注"], [], ["合计", "1"]],
    end="\n",
    block=16,
    changes={"footer_patterns": ["注", "合计$"]},
)
def test_lines_in_cells_and_footers_are_read_fast(
    rows: list[list[str]], end: str, block: int, changes: dict[str, Any]
) -> None:
    data = end.join(["企业,值", *(",".join(row) for row in rows), ""]).encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fastcsv, "_BLOCK", block)
        fast, slow = both(data, **changes)
    assert fast == slow or (fast is None and block < 1000)


def test_a_footer_is_one_only_if_no_record_follows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fastcsv, "_BLOCK", 64)
    body = "甲,1\n" * 30 + "注：一,\n" * 30 + "乙,2\n" + "\n注：二,,x,\n" * 30
    fast, slow = both(f"企业,值\n{body}".encode(), footer_patterns=["注"])
    assert fast == slow
    assert len(fast[1]) == 61
    assert fast[0]["footers"][-1] == (122, "注：二,,x")


@settings(max_examples=300)
@given(
    rows=st.lists(
        st.lists(st.sampled_from(["", "甲", '"a,b"', '"a""b"', " "]), max_size=5), max_size=12
    ),
    end=st.sampled_from(["\n", "\r\n"]),
    changes=st.sampled_from(
        [
            {},
            {"max_cells": 9},
            {"delimiter": ";"},
            {"personal_columns": ["值"], "columns": {"企业": "c0"}},
        ]
    ),
)
@example(rows=[[], ["甲"], ["甲", "1", "2"], []], end="\r\n", changes={})
def test_ragged_and_blank_rows_are_read_fast(
    rows: list[list[str]], end: str, changes: dict[str, Any]
) -> None:
    mark = changes.get("delimiter", ",")
    lines = [f"企业{mark}值", *(mark.join(row) for row in rows), ""]
    fast, slow = both(end.join(lines).encode(), **changes)
    assert fast == slow and fast is not None


@pytest.mark.parametrize(
    ("last", "changes"),
    [
        ("澶╂触,2\n".encode(), {}),
        ("å¤©æ´¥,2\n".encode(), {}),
        ("甲\0,2\n".encode(), {}),
        ("甲\ufffd,2\n".encode(), {}),
        (b"\xff,2\n", {}),
        (b"\xed\xa0\x80,2\n", {}),
        (b"\xc0\xaf,2\n", {}),
        ("甲".encode()[:2] + b",2\n", {}),
        ("甲,2".encode() + "乙".encode()[:2], {"personal_columns": ["值"]}),
        ("甲,2\n".encode() + b"x" * 300 + b",3\n", {"max_cell_chars": 200}),
    ],
)
def test_what_is_wrong_in_a_later_block_is_never_read_fast(
    last: bytes, changes: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fastcsv, "_BLOCK", 100)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        head = "企业,值\n".encode() + "天津滨海,1\n".encode() * 40
        for data, plain in ((head, True), (head + last, False)):
            path.write_bytes(data)
            request = replace(request_of(path, Path(folder)), **changes)
            assert (_read_fast(request, "utf-8") is not None) == plain


def test_a_wrong_encoding_is_said_before_a_wrong_header(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("企业,数\n甲,1\n".encode() + b"\xff,2\n")
    assert refused(path, SOURCE).code == "encoding"
    path.write_bytes("企业,数\n甲,1\n".encode() + b"\0,2\n")
    assert refused(path, SOURCE).code == "nul-bytes"
    path.write_bytes("企业,数\n甲,1\n".encode())
    assert refused(path, SOURCE).code == "header-mismatch"
    # The head is ASCII, so that only a later line tells the encoding.
    path.write_bytes(b"a,b\n" + "甲,1\n".encode("gb18030") * 3)
    (part,) = read_delivery(path, declare("csv", ["a", "b"]))
    assert part.encoding == "gb18030" and part.rows.height == 3


def test_a_plain_file_is_looked_through_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("企业,值\n" + "甲,1\n乙\n\n" * 9, encoding="utf-8")
    request = request_of(path, tmp_path)
    monkeypatch.setattr(delimited, "find_encoding", lambda _: pytest.fail("read again"))
    (part,) = delimited.read_csv(request)
    assert (part.encoding, pl.read_ipc(tmp_path / part.file).height) == ("utf-8", 18)


def test_pieces_end_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("企业,值\r\n".encode() + '"甲,乙",1\r\n丙,\r\n,\r\n'.encode() * 40)
    whole = read_delivery(path, SOURCE)
    assert whole[0].rows.height == 80
    slow_request = request_of(path, tmp_path)
    expected = outcome(_read_any, slow_request, "utf-8")
    for block in (64, 65, 67, 101):
        monkeypatch.setattr(fastcsv, "_BLOCK", block)
        assert outcome(_read_fast, slow_request, "utf-8") == expected


def test_rows_kept_in_a_folder_are_read_in_batches(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("企业,值\n" + "".join(f"甲{n},{n}\n" for n in range(25_000)), encoding="utf-8")
    folder = tmp_path / "rows"
    folder.mkdir()
    named = SOURCE.model_copy(update={"file_pattern": r"(?P<letter>.)\.csv"})
    (kept,) = read_delivery(path, named, folder=folder)
    (loaded,) = read_delivery(path, named)
    assert same([kept], [loaded])
    assert loaded.rows["__file_letter__"].unique().to_list() == ["a"]
    for part in (kept, loaded):
        batches = list(part.batches(10_000))
        assert max(batch.height for batch in batches) <= 10_000
        assert pl.concat(batches).equals(loaded.rows)
    assert [file.name for file in folder.iterdir()] == ["0.arrow"]


def test_every_shared_csv_reads_the_same_both_ways(tmp_path: Path) -> None:
    files = sorted(shared("data").rglob("*.csv"))
    fast_ones = 0
    for path in files:
        first = path.read_bytes().partition(b"\n")[0].decode("utf-8-sig").strip()
        request = replace(
            request_of(path, tmp_path), encodings=["utf-8-sig"], keep_lost_characters=True
        )
        encoding = find_encoding(request)
        names = [name.strip().strip('"') for name in first.split(",")]
        columns = {name: "c" for name in names if name}
        request = replace(
            request,
            columns={},
            ignored_columns=list(columns) + [f"__column_{n + 1}__" for n in range(len(names))],
        )
        fast = outcome(_read_fast, request, encoding)
        if fast is not None:
            fast_ones += "part" in fast[0]
            assert fast == outcome(_read_any, request, encoding), path.name
    assert fast_ones >= 5
