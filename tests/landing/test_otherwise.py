"""What is said of a text file in another encoding or with another delimiter than declared."""

import json
from pathlib import Path
from typing import Any

import pytest

from assets.landing.declaration import load_source
from assets.landing.readers import read_delivery
from tests.shared_data import shared

from .test_readers import declare, refused

TEXT = "企业,值\n天津某厂,1\n臺灣某廠,2\n"
ASCII = ["name", "value"]


def written(folder: Path, text: str, encoding: str) -> Path:
    path = folder / "a.csv"
    path.write_bytes(text.encode(encoding))
    return path


def source(headers: list[str], **more: Any) -> Any:
    return declare("csv", headers, **more)


@pytest.mark.parametrize(
    ("encoding", "declared", "line"),
    [
        ("utf-16", ["utf-8-sig", "gb18030"], ["utf-16", "utf-8-sig", "gb18030"]),
        ("utf-16-le", ["utf-8-sig", "gb18030"], ["utf-16-le", "utf-8-sig", "gb18030"]),
        ("utf-16-be", ["utf-8-sig"], ["utf-8-sig", "utf-16-be"]),
        ("gb18030", ["utf-8-sig"], ["utf-8-sig", "gb18030"]),
        ("gb18030", ["cp950"], ["cp950", "gb18030"]),
        ("utf-8", ["gb18030"], ["utf-8-sig", "gb18030"]),
    ],
)
def test_the_encoding_that_reads_it_is_named_and_its_line_holds(
    tmp_path: Path, encoding: str, declared: list[str], line: list[str]
) -> None:
    path = written(tmp_path, TEXT, encoding)
    error = refused(path, source(["企业", "值"], encodings=declared))
    named = str(line).replace("'", '"')
    assert error.code in ("encoding", "nul-bytes")
    assert f"('企业,值'): write in sample.toml encodings = {named})" in error.expected
    (part,) = read_delivery(path, source(["企业", "值"], encodings=line))
    assert part.rows.height == 2


def test_an_encoding_that_a_declared_one_reads_as_other_characters(tmp_path: Path) -> None:
    path = written(tmp_path, "名稱,值\n臺灣某廠,2\n", "cp950")
    error = refused(path, source(["名稱", "值"], encodings=["gb18030"]))
    assert "in cp950 ('名稱,值'): write in sample.toml encodings = [\"cp950\"" in error.expected
    again = source(["名稱", "值"], encodings=["cp950", "gb18030"])
    assert read_delivery(path, again)[0].rows.row(0)[1] == "臺灣某廠"


def test_where_the_header_tells_nothing_each_reading_is_shown(tmp_path: Path) -> None:
    path = written(tmp_path, "name,value\nMünchen Süd,1\n", "cp1252")
    error = refused(path, source(ASCII, encodings=["utf-8-sig"]))
    assert "gb18030 ('黱chen S黡,1') or cp1252 ('ünchen Süd,1')" in error.expected
    assert "or the other name if that reads right" in error.expected


def test_a_damaged_byte_in_utf8_is_no_other_encoding(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("name,value\n宁夏,1\n".encode() * 30 + b"\xff,2\n")
    error = refused(path, source(ASCII, encodings=["utf-8-sig"]))
    assert error.row == 61 and error.expected == "text in utf-8-sig"


@pytest.mark.parametrize(("mark", "line"), [(";", '";"'), ("\t", r'"\t"'), ("|", '"|"')])
def test_another_delimiter_is_named(tmp_path: Path, mark: str, line: str) -> None:
    path = written(tmp_path, TEXT.replace(",", mark), "utf-8")
    error = refused(path, source(["企业", "值"]))
    assert (error.code, error.row) == ("header-mismatch", 1)
    said = f"the header is there with {mark!r} between: write in sample.toml delimiter = {line}"
    assert error.expected == f"the headers declared in sample.toml ({said})"
    assert read_delivery(path, source(["企业", "值"], delimiter=mark))[0].rows.height == 2


def test_encoding_and_delimiter(tmp_path: Path) -> None:
    path = written(tmp_path, TEXT.replace(",", ";"), "gb18030")
    error = refused(path, source(["企业", "值"], encodings=["utf-8-sig"]))
    assert 'encodings = ["utf-8-sig", "gb18030"], and delimiter = ";"' in error.expected


def test_another_header_is_no_other_delimiter(tmp_path: Path) -> None:
    path = written(tmp_path, "企业;数\n甲;1\n", "utf-8")
    assert "delimiter" not in refused(path, source(["企业", "值"])).expected


def test_the_table_of_a_layer() -> None:
    path = shared("data/a_tw_industrial_parks/*.shp")
    taiwan = load_source("tw_parks").model_copy(update={"encodings": ["utf-8"]})
    error = refused(path, taiwan)
    assert error.code == "encoding" and "cp950 ('" in error.expected
    assert 'write in tw_parks.toml encodings = ["utf-8", "' in error.expected


RECORDS = [{"LEI": {"$": "A"}}, {"LEI": {"$": "B"}}]


@pytest.mark.parametrize(
    ("text", "found", "line"),
    [
        ("\n".join(map(json.dumps, RECORDS)), "one object a line", "jq -s '{records: .}' a.json"),
        (json.dumps(RECORDS[0]), "one record alone", "jq -s '{records: .}' a.json"),
        (json.dumps(RECORDS), "a list at the top", 'records = ""'),
        (json.dumps({"data": {"items": RECORDS}}), "'data.items'", 'records = "data.items"'),
        (json.dumps({"records": {"of": RECORDS}}), "'records.of'", 'records = "records.of"'),
        (json.dumps({"records": {"a": RECORDS[0]}}), "an object", 'records = "records.*"'),
        (json.dumps({"data": [{"x": 1}]}), "an object with 'data' at the top", "the declared"),
        ("[]", "a list at the top", "the declared headers"),
        ('"text"', "a single value", "the declared headers"),
    ],
)
def test_records_elsewhere_in_a_json_file(tmp_path: Path, text: str, found: str, line: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(text, "utf-8")
    error = refused(path, declare("json", ["LEI/$"], records="records"))
    assert error.code == "json"
    assert found in error.what and line in error.expected
    if line.startswith("records"):
        told = line.split('"')[1]
        again = declare("json", ["LEI/$"], records=told, ignored_columns=["__key__"])
        assert read_delivery(path, again)[0].rows["LEI/$"][0] == "A"


def test_a_column_without_a_header_that_has_one_now(tmp_path: Path) -> None:
    """The label in the first cell of a wide table; the pattern takes any text for a year."""
    unpivot = {"headers": "(?P<year>.+)", "value": "value"}
    path = written(tmp_path, "地区 名称,2016,2017\n宁夏,1,2\n", "utf-8")
    wide = source(["__column_1__"], unpivot=unpivot)
    error = refused(path, wide)
    assert error.code == "header-mismatch"
    assert 'under [columns] of sample.toml, beside the old: "地区 名称" = "c0"' in error.expected
    renamed = wide.model_copy(update={"columns": {**wide.columns, "地区 名称": "c0"}})
    assert read_delivery(path, renamed)[0].rows["地区 名称"].to_list() == ["宁夏"]
