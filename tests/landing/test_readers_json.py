"""JSON and JavaScript modules: paths as headers, text as delivered, trees."""

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.landing.readers import RawPart, read_delivery
from assets.landing.readers.errors import ReadError
from assets.landing.readers.headers import clean_header
from assets.landing.readers.jsontext import open_json
from assets.landing.readers.records import flatten
from assets.landing.readers.request import Request
from assets.landing.readers.structured import read_json

from .test_readers import declare, refused

SOURCE = declare("json", ["a"])


def written(folder: Path, text: str | bytes, name: str = "a.json") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def read(folder: Path, text: str | bytes, headers: list[str], **more: Any) -> RawPart:
    (part,) = read_delivery(written(folder, text), declare("json", headers, **more))
    return part


def test_paths_numbers_and_absent_values(tmp_path: Path) -> None:
    text = """\ufeff{"meta": {"total": [1, {"deep": []}]}, "data": {"rows": [
      {"序号": 1.50, "地址": {"市": {"$": "银川"}}, "名": [{"$": "甲"}, {"$": "乙"}]},
      {"序号": -0, "地址": {}, "名": [], "ok": true, "no": false, "none": null},
      {"序号": 12345678901234567890.10e+05, "ok": "", "名": [{"$": " 丙\\n"}]}
    ]}, "end": "x"}"""
    headers = ["序号", "地址/市/$", "名/0/$", "名/1/$", "ok", "no"]
    part = read(tmp_path, text, headers, records="data.rows")
    assert (part.part, part.encoding, part.crs) == ("", "utf-8-sig", None)
    assert part.headers == ("序号", "地址/市/$", "名/0/$", "名/1/$", "ok", "no")
    assert part.rows.rows() == [
        (1, "1.50", "银川", "甲", "乙", None, None),
        (2, "-0", None, None, None, "true", "false"),
        (3, "12345678901234567890.10e+05", None, " 丙\n", None, "", None),
    ]


def test_headers_are_checked_over_all_records(tmp_path: Path) -> None:
    text = '[{"a": 1}, {"a": 2, "b": {"c": 3, "d": 4}}]'
    error = refused(written(tmp_path, text), SOURCE)
    assert error.code == "header-mismatch"
    assert "'b/c', 'b/d'" in str(error)
    assert refused(written(tmp_path, text), declare("json", ["a", "z"])).code == "header-mismatch"
    ignored = read(tmp_path, text, ["a"], ignored_columns=["b/c", "b/d"])
    assert ignored.headers == ("a", "b/c", "b/d")
    below = read(tmp_path, text, ["a", "z"], ignored_columns=["b/*"], optional_columns=["z"])
    assert below.headers == ("a",)
    personal = read(tmp_path, text, ["b/c"], ignored_columns=["b/d"], personal_columns=["a"])
    assert personal.rows.rows() == [(1, None, None), (2, "3", "4")]
    # A pattern covers what lies below its path, not the path itself.
    flat = written(tmp_path, '[{"a": 1, "b": 2}]')
    assert refused(flat, declare("json", ["a"], ignored_columns=["b/*"])).code == "header-mismatch"


def test_tree_in_document_order(tmp_path: Path) -> None:
    text = """{"top": [
      {"children": [{"a": "A1", "children": [{"a": "A11"}]}, {"a": "A2"}], "a": "A"},
      {"a": "B", "children": []}, {"a": "C", "children": null}]}"""
    part = read(tmp_path, text, ["a"], records="top.children*")
    assert part.rows["a"].to_list() == ["A", "A1", "A11", "A2", "B", "C"]
    assert part.rows["row_number"].to_list() == [1, 2, 3, 4, 5, 6]
    bare = read(tmp_path, '[{"a": 1, "kids": [{"a": 2}]}]', ["a"], records="kids*")
    assert bare.rows["a"].to_list() == ["1", "2"]
    bad = declare("json", ["a"], records="kids*")
    error = refused(written(tmp_path, '[{"a": 1, "kids": [{"a": 2, "kids": 7}]}]'), bad)
    assert (error.code, error.row) == ("json", 2)
    error = refused(written(tmp_path, '[{"a": 1, "kids": [3]}]'), bad)
    assert (error.code, error.row) == ("json", 2)


def test_values_of_an_object_with_their_keys(tmp_path: Path) -> None:
    text = """{"meta": {"a": 1}, "top": {"rows": {
      "甲": {"a": 1.50, "b": {"c": 2}}, "": {"a": null, "b": {}}, " 乙 ": {"b": {"c": "x"}}}}}"""
    part = read(tmp_path, text, ["__key__", "a", "b/c"], records="top.rows.*")
    assert part.headers == ("__key__", "a", "b/c")
    assert part.rows.rows() == [
        (1, "甲", "1.50", "2"),
        (2, "", None, None),
        (3, " 乙 ", None, "x"),
    ]
    whole = read(tmp_path, 'var X = {"k": {"a": 1}, "l": {}};', ["__key__", "a"], records="*")
    assert whole.rows.rows() == [(1, "k", "1"), (2, "l", None)]
    ignored = read(tmp_path, '{"k": {"a": 1}}', ["a"], records="*", ignored_columns=["__key__"])
    assert ignored.headers == ("__key__", "a")


def test_the_key_of_a_record_is_declared_and_its_own(tmp_path: Path) -> None:
    path = written(tmp_path, '{"k": {"a": 1}}')
    undeclared = refused(path, declare("json", ["a"], records="*"))
    assert undeclared.code == "header-mismatch"
    assert "unexpected header '__key__'" in str(undeclared)
    # A list of records has no keys.
    missing = refused(
        written(tmp_path, '[{"a": 1}]', "list.json"), declare("json", ["a", "__key__"])
    )
    assert "missing header '__key__'" in str(missing)
    keyed = declare("json", ["a", "__key__"], records="*")
    taken = refused(written(tmp_path, '{"k": {"a": 1}, "l": {"__key__": 2}}', "b.json"), keyed)
    assert (taken.code, taken.row) == ("header-mismatch", 2)
    assert "a name of the reader itself" in str(taken)


@pytest.mark.parametrize(
    ("text", "row", "words"),
    [
        ('{"r": {"k": {"a": 1}, "l": 7}}', 2, "'7' under the key 'l'"),
        ('{"r": {"k": [{"a": 1}]}}', 1, "under the key 'k'"),
        ('{"r": [{"a": 1}]}', None, "no object at records = 'r.*'"),
        ('{"r": null}', None, "no object at records = 'r.*'"),
        ('{"s": {}}', None, "nothing at records = 'r.*'"),
        ('{"r": {"k": {"a": 1}, "k": {"a": 2}}}', None, "key 'k' twice"),
        ('{"r": {"k": {"a": 1}', None, "sound JSON"),
        ('{"r": {"k": {"a": ' + "[" * 63 + "]" * 63 + "}}}", 1, "deeper than 64"),
    ],
)
def test_what_is_no_object_of_records(
    tmp_path: Path, text: str, row: int | None, words: str
) -> None:
    source = declare("json", ["a", "__key__"], records="r.*")
    error = refused(written(tmp_path, text), source)
    assert (error.code, error.row) == ("json", row)
    assert words in str(error)
    assert refused(written(tmp_path, '{"r": {}}'), source).code == "file-empty"


@pytest.mark.parametrize(
    "text",
    [
        'var X = [{"a": 1}];',
        '\n/* 注 * / */ // x\nconst  X =\n[{"a": 1}]\n',
        'export const X=[{"a": 1}] ;\n// end\n',
        'module.exports = [{"a": 1}];',
        'exports.X = [{"a": 1}]',
        'export default [{"a": 1}]',
        'let $x_1 = [{"a": 1}]\n\nexport {\n  $x_1,\n}\n',
        'const X = [{"a": 1}]; module.exports = X;',
    ],
)
def test_javascript_modules(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, text, ["a"]).rows.rows() == [(1, "1")]


@pytest.mark.parametrize(
    "text",
    [
        "var X = [{a: 1}];",
        "var X = [{'a': 1}];",
        'var X = [{"a": 1,}];',
        'var X = [{"a": 1}]; X.push(2);',
        'var X = [{"a": 1}]; var Y = [];',
        'var X == [{"a": 1}];',
        'load([{"a": 1}])',
        "/*/" * 2000 + "x",
        "/* */" * 2000 + "x",
        '[{"a": 1, "a": 2}]',
        '[{"b": {"a": 1, "a": 2}}]',
        '{"x": {"a": 1, "a": 2}, "x": 1}',
        '[{"a": 01}]',
        '[{"a": 1.}]',
        '[{"a": "x\ty"}]',
        '[{"a": 1}',
        '[{"a": 1}] x',
        '[{"a": 1}] [{"a": 1}]',
        '[{"a": 1},]',
        '[,{"a": 1}]',
        '{"a": 1}',
        '"text"',
        "[1]",
        "[[]]",
        '[{"a": 1, "b/c": 1, "b": {"c": 2}}]',
        '[{"a": ' + "[" * 63 + "]" * 63 + "}]",
        '[{"a": ' + "[" * 100_000 + "]" * 100_000 + "}]",
    ],
)
def test_what_is_refused_as_json(tmp_path: Path, text: str) -> None:
    assert refused(written(tmp_path, text), SOURCE).code == "json", text[:40]


def test_depth_and_path_limits(tmp_path: Path) -> None:
    fits = '[{"a": 1, "b": ' + "[" * 62 + "]" * 62 + "}]"
    assert read(tmp_path, fits, ["a"]).rows.height == 1
    skipped = '{"x": ' + "[" * 64 + "]" * 64 + ', "r": [{"a": 1}]}'
    source = declare("json", ["a"], records="r")
    assert refused(written(tmp_path, skipped), source).code == "json"
    missing = refused(written(tmp_path, '{"x": []}'), source)
    assert "records = 'r'" in str(missing)
    assert refused(written(tmp_path, '{"r": {"a": 1}}'), source).code == "json"
    assert refused(written(tmp_path, '{"r": []}'), source).code == "file-empty"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b'[{"a": "\xff"}]', "encoding"),
        ('[{"a": "甲"}]'.encode("gb18030"), "encoding"),
        ('[{"a": "甲"}]'.encode("utf-16"), "encoding"),
        ('[{"a": "\ufffd"}]', "encoding"),
        (r'[{"a": "\ufffd"}]', "encoding"),
        (r'[{"a": "\ud83d"}]', "encoding"),
        (r'[{"a": 1, "\ud83d": 1}]', "encoding"),
        (r'[{"a": "\u0000"}]', "nul-bytes"),
        (b'[{"a": "\0"}]', "nul-bytes"),
        (b"  \n", "file-empty"),
        (b"[]", "file-empty"),
        (b'[{"a": 1, "": 1}]', "header-mismatch"),
        (b'[{"a": 1, "__geometry__": 1}]', "header-mismatch"),
        (b'[{"a": 1, "row_number": 1}]', "header-mismatch"),
    ],
)
def test_characters_and_headers_that_are_refused(
    tmp_path: Path, text: str | bytes, code: str
) -> None:
    assert refused(written(tmp_path, text), SOURCE).code == code


def test_lost_characters_may_be_kept(tmp_path: Path) -> None:
    kept = read(tmp_path, r'[{"a": "\ufffd"}, {"a": "�"}]', ["a"], lost_characters="quarantine")
    assert kept.rows["a"].to_list() == ["\ufffd", "\ufffd"]
    assert read(tmp_path, r'[{"a": "\ud83d\ude00"}]', ["a"]).rows["a"].to_list() == ["😀"]


def test_limits_name_the_record(tmp_path: Path) -> None:
    path = written(tmp_path, '[{"a": "x"}, {"a": "' + "x" * 50 + '"}]')
    error = refused(path, SOURCE, max_cell_chars=49)
    assert (error.code, error.row) == ("bounds", 2)
    assert read_delivery(path, SOURCE)[0].rows.height == 2
    names = [str(number) for number in range(100)]
    sparse = "[" + json.dumps(dict.fromkeys(names, 1)) + ",{}" * 1_000 + "]"
    assert refused(written(tmp_path, sparse), declare("json", names), max_cells=1).code == "bounds"
    assert read(tmp_path, sparse, names).rows.shape == (1_001, 101)
    wide = "[{" + ",".join(f'"{n}": 1' for n in range(20_000)) + "}]"
    assert refused(written(tmp_path, wide), SOURCE).code == "bounds"


def test_a_file_larger_than_the_memory_is_streamed(tmp_path: Path) -> None:
    record = '{"a": "' + "甲" * 300 + '", "b": [1, 2, {"c": null}]}'
    path = written(tmp_path, "[" + ",\n".join([record] * 20_000) + "]")
    size = path.stat().st_size
    # The size of the file is allowed for on top, so the limit alone does not show it.
    tracked = Request(str(path), str(tmp_path), "sample", ["json"])
    largest = 0
    with open_json(tracked) as text:
        for _ in text.elements():
            text.value()
            largest = max(largest, len(text._window))
        text.end()
    assert largest < size / 10
    part = read_delivery(path, declare("json", ["a", "b/0", "b/1"]))[0]
    assert part.rows.height == 20_000


def test_an_endless_string_is_bounded(tmp_path: Path) -> None:
    path = written(tmp_path, '[{"a": "' + "x" * (9 << 20))
    assert refused(path, SOURCE).code == "bounds"


_SCALARS = st.none() | st.booleans() | st.integers() | st.text('甲ab/ \\"\n', max_size=6)
_KEYS = st.text("甲ab$@:", min_size=1, max_size=4)
_VALUES = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=3)
)


def rebuilt(cells: dict[str, str], like: Any, path: str = "") -> Any:
    """The value whose leaves are the cells, with the shape of `like`."""
    if isinstance(like, dict):
        return {key: rebuilt(cells, child, f"{path}/{key}") for key, child in like.items()}
    if isinstance(like, list):
        return [rebuilt(cells, child, f"{path}/{n}") for n, child in enumerate(like)]
    return cells.pop(path[1:], None)


def as_text(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: as_text(child) for key, child in value.items()}
    if isinstance(value, list):
        return [as_text(child) for child in value]
    if isinstance(value, bool):
        return str(value).lower()
    return None if value is None else str(value)


@settings(deadline=None, max_examples=150)
@given(st.dictionaries(_KEYS, _VALUES, max_size=4), st.booleans())
def test_flattening_loses_nothing(record: dict[str, Any], ascii_only: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = written(Path(folder), json.dumps([record], ensure_ascii=ascii_only))
        request = Request(str(path), folder, "sample", ["json"])
        with open_json(request) as text:
            (delivered,) = (text.value() for _ in text.elements())
    cells = flatten(delivered, request, 1)
    assert rebuilt(cells, record) == as_text(record)
    assert not cells


@settings(deadline=None, max_examples=150)
@given(st.text('[]{}",:\\u0019eE+-.truefalsnl \n甲', max_size=40))
def test_whatever_json_refuses_is_refused(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = written(Path(folder), text)
        request = Request(str(path), folder, "sample", ["json"], columns={"a": "c0"})
        try:
            json.loads(text)
        except ValueError:
            with pytest.raises(ReadError):
                read_json(request)


@settings(deadline=None, max_examples=12)
@given(st.dictionaries(_KEYS, st.dictionaries(_KEYS, _SCALARS, max_size=3), min_size=1, max_size=5))
def test_values_of_an_object_are_what_a_list_of_them_is(data: dict[str, dict[str, Any]]) -> None:
    def table(value: Any, records: str, declared: list[str]) -> list[dict[str, Any]]:
        with tempfile.TemporaryDirectory() as folder:
            path = written(Path(folder), json.dumps(value))
            source = declare("json", declared, records=records, optional_columns=declared)
            (part,) = read_delivery(path, source)
            return part.rows.to_dicts()

    headers = sorted({clean_header(key) for record in data.values() for key in record})
    listed = [{"key": key, **record} for key, record in data.items()]
    keyed = table(data, "*", ["__key__", *headers])
    plain = table(listed, "", ["key", *headers])
    assert [row.pop("__key__") for row in keyed] == list(data)
    assert [{**row, "key": None} for row in keyed] == [{**row, "key": None} for row in plain]


def test_values_across_the_pieces_of_the_file(tmp_path: Path) -> None:
    """Each token at the border between two pieces, at each of its characters."""
    piece = 1 << 18
    record = '{"键": [12.5e-7, "\\ud83d\\ude00\\"", true, null, {"b": -1}]}'
    for shift in range(len(record) + 2):
        text = "[" + " " * (piece - 2 - shift) + record + "]"
        request = Request(str(written(tmp_path, text)), str(tmp_path), "sample", ["json"])
        with open_json(request) as opened:
            (value,) = (opened.value() for _ in opened.elements())
            opened.end()
        assert value == {"键": ["12.5e-7", '😀"', True, None, {"b": "-1"}]}, shift


def test_the_error_names_the_line(tmp_path: Path) -> None:
    text = "[\n" + '{"a": 1},\n' * 100_000 + '{"a": x}]'
    assert "line 100002:" in str(refused(written(tmp_path, text), SOURCE))


def test_what_python_writes_for_no_number_stays_a_text(tmp_path: Path) -> None:
    (part,) = read_delivery(written(tmp_path, '[{"a": NaN}, {"a": -Infinity}]'), SOURCE)
    assert part.rows["a"].to_list() == ["NaN", "-Infinity"]
