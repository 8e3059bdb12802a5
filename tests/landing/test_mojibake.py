"""Text that was decoded wrongly before delivery is refused, undone only on demand."""

import csv
import functools
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.landing.readers import mojibake, read_delivery
from assets.landing.readers.mojibake import AS_CP1252, AS_GB18030
from tests.shared_data import shared

from .test_readers import declare, refused
from .test_readers_xlsx import simple

SOURCE = declare("csv", ["企业", "代码"])
CLEAN = "企业,代码\n" + "".join(f"天津滨海{n},1\n" for n in range(40))


def as_cp1252(text: str) -> str:
    """The UTF-8 of the text read as Windows-1252, as programs do it."""
    return "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in text.encode())


def as_gb18030(text: str) -> str:
    """The UTF-8 of the text read as GB 18030; only where that loses nothing."""
    return text.encode().decode("gb18030")


@functools.cache
def names() -> list[str]:
    """Names and addresses of parks as the catalogue has them."""
    path = shared("data/a_park_catalogue_2018/*.csv")
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [
            text for row in csv.DictReader(file) for text in (row["开发区名称"], row["格式化地址"])
        ]


@pytest.mark.parametrize(
    ("text", "repair"),
    [
        ("å¤©æ´¥", AS_CP1252),
        ("澶╂触", AS_GB18030),
        (as_cp1252("宁夏回族自治区"), AS_CP1252),
        ("宁夏回族自治区".encode().decode("latin-1"), AS_CP1252),
        (as_gb18030("宁东能源化工基地"), AS_GB18030),
        ("甲,澶╂触,1\n", AS_GB18030),
        ("𠀀,澶╂触", AS_GB18030),
        ("锟斤拷", ""),
        ("北京锟斤拷有限公司", ""),
        ("ï¿½", ""),
        ("澶╂触甯傛花娴锋柊鍖?", ""),  # the last byte became a question mark
        ("å®å¤å›žæ—è‡ªæ²»åŒº", ""),  # bytes without a sign were dropped
    ],
)
def test_it_is_seen(text: str, repair: str) -> None:
    found = mojibake.find(text)
    assert found is not None and found.repair == repair
    if repair:
        assert mojibake.undo(found.sample, repair) == found.meant


@pytest.mark.parametrize(
    "text",
    [
        "天津",
        "« café »",
        "naïve – “é”…",
        "Öresund, Malmö, Århus",
        "联通,女,目",
        "佛山顺德区北?蛘蛎赖拇蟮?6号",
        "Š€™",
        "宁夏\ufffd厂",
        "𠀀𠀁𠀂",
    ],
)
def test_it_is_not_seen_where_it_is_not(text: str) -> None:
    assert mojibake.find(text) is None


@settings(max_examples=300)
@given(data=st.data())
def test_proper_chinese_is_never_taken_for_it(data: st.DataObject) -> None:
    text = ",".join(data.draw(st.lists(st.sampled_from(names()), min_size=1, max_size=5)))
    assert mojibake.find(text) is None
    found = mojibake.find(as_cp1252(text))
    assert found is not None
    assert mojibake.undo(as_cp1252(text), AS_CP1252) == text
    broken = text.encode().decode("gb18030", "replace").replace("\ufffd", "?")
    if max(map(len, broken.replace(",", "?").split("?"))) > 6:  # a piece long enough is left
        assert mojibake.find(broken) is not None


FIRST, SECOND, THIRD = (
    sorted(letter for letter, roles in mojibake._ROLES.items() if roles & role)
    for role in (mojibake._FIRST, mojibake._SECOND, mojibake._THIRD)
)
SHORT = [letter for letter in SECOND + THIRD if letter < "\u0800"]


@settings(max_examples=500)
@given(
    letters=st.lists(
        st.one_of(*map(st.sampled_from, (FIRST, SECOND, THIRD, SHORT, "天·，a,\né𠀀"))), max_size=40
    ),
    shift=st.integers(0, 1),
)
def test_the_filter_leaves_out_no_three_letters_that_could_be_it(
    letters: list[str], shift: int
) -> None:
    text = "x" * shift + "".join(letters)
    triples = [
        len(text[:place].encode())
        for place in range(len(text) - 2)
        if text[place] in FIRST and text[place + 1] in SECOND and text[place + 2] in THIRD
    ]
    found, _ = mojibake._chinese_candidates(text.encode())
    assert sorted(set(found)) == triples


@given(
    st.lists(st.sampled_from(["甲", "，", "a", "忽", "￥", "é", '"', "\r", "\0", "\ufffd", "\n"])),
    st.integers(0, 1),
)
def test_rare_bytes_are_told_of(letters: list[str], shift: int) -> None:
    text = "x" * shift + "".join(letters)
    _, rare = mojibake.scan(text.encode())
    assert bool(rare & mojibake.QUOTE) == ('"' in text)
    assert bool(rare & mojibake.RETURN) == ("\r" in text)
    assert rare & mojibake.DAMAGE or not {"\0", "\ufffd"} & set(text)
    if not set(text) - {"甲", "，", "a", "x", "é", "\n"}:
        assert not rare & mojibake.DAMAGE


@pytest.mark.parametrize("before", range(-12, 3))
def test_it_is_seen_where_pieces_of_the_filter_meet(before: int) -> None:
    text = "," * (mojibake._PIECE + before) + "澶╂触" + "甲" * 40
    assert mojibake.find(text[:-40]) is not None
    found = mojibake.find(text[:-40] + ",甲")
    assert found is not None and found.offset == mojibake._PIECE + before


def test_no_false_alarm_in_any_shared_csv() -> None:
    files = sorted(shared("data").rglob("*.csv"))
    assert files
    for path in files:
        assert mojibake.find(path.read_bytes().decode("utf-8-sig")) is None, path.name


@pytest.mark.parametrize(("wrong", "repair"), [(as_cp1252, AS_CP1252), (as_gb18030, AS_GB18030)])
@pytest.mark.parametrize("quoted", [False, True])
def test_a_csv_is_refused_and_repaired_on_demand(
    tmp_path: Path, wrong: object, repair: str, quoted: bool
) -> None:
    assert callable(wrong)
    path = tmp_path / "a.csv"
    body = CLEAN + ('"x\ny",2\n' if quoted else "")
    path.write_text("".join(wrong(line) + "\n" for line in body.splitlines()), encoding="utf-8")
    error = refused(path, SOURCE)
    assert (error.code, error.row) == ("mojibake", 1)
    assert f'repair = "{repair}" in sample.toml' in str(error)
    declared = SOURCE.model_copy(update={"repair": repair})
    (part,) = read_delivery(path, declared)
    path.write_text(body, encoding="utf-8")
    (clean,) = read_delivery(path, SOURCE)
    assert part.rows.equals(clean.rows)
    # A file that is not of that kind, or only in part, is no case for a repair.
    error = refused(path, declared)
    assert (error.code, error.row) == ("mojibake", 1)
    mixed = [wrong(line) for line in CLEAN.splitlines()] + ["甲乙,1"]
    path.write_text("\n".join(mixed), encoding="utf-8")
    error = refused(path, declared)
    assert (error.code, error.row) == ("mojibake", 42)
    assert f"does not go back by {repair}" in str(error)


def test_line_in_a_later_piece(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    count = (3 << 20) // len("天津滨海,1\n".encode())
    path.write_text("企业,代码\n" + "天津滨海,1\n" * count + "澶╂触,2\n", encoding="utf-8")
    error = refused(path, SOURCE)
    assert (error.code, error.row) == ("mojibake", count + 2)


def test_utf8_read_as_gb18030_is_said_so(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(CLEAN, encoding="utf-8")
    error = refused(path, SOURCE.model_copy(update={"encodings": ["gb18030"]}))
    assert error.code == "encoding"
    assert "gb18030 reads UTF-8" in str(error)
    assert 'encodings = ["utf-8-sig", "gb18030"]' in str(error)


@pytest.mark.parametrize("bad", [b"\xff", b"\x81", b"\xe5", b"\xb4\xa5"])
@pytest.mark.parametrize("text", [CLEAN, "a,b\n" + "Malmö,1\n" * 9])
def test_damaged_utf8_is_never_read_as_gb18030(tmp_path: Path, bad: bytes, text: str) -> None:
    path = tmp_path / "a.csv"
    data = text.encode()
    source = declare("csv", text.split("\n")[0].split(","))
    for place in (len(data) // 2 + shift for shift in range(8)):
        path.write_bytes(data[:place] + bad + data[place:])
        try:
            (part,) = read_delivery(path, source)
        except ValueError as error:
            assert getattr(error, "code", "") == "encoding"
            assert "utf-8-sig" in str(error) and "gb18030" in str(error)
        else:  # the piece fitted in where a character had been cut
            assert part.encoding == "utf-8"


def test_cells_of_a_workbook_and_headers(tmp_path: Path) -> None:
    path = simple(tmp_path / "a.xlsx", [["a"], ["天津"], ["澶╂触"]])
    error = refused(path, declare("xlsx", ["a"]))
    assert (error.code, error.row) == ("mojibake", 3)
    assert "repair" not in str(error)
    path = simple(tmp_path / "b.xlsx", [[as_cp1252("企业名称")], ["1"]])
    error = refused(path, declare("xlsx", ["企业名称"]))
    assert (error.code, error.row) == ("mojibake", 1)
    assert "'企业名称'" in str(error)
