"""An office changes its file: each change is refused, and the message says what to declare."""

import tempfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.landing.declaration import SourceDeclaration
from assets.landing.readers import ReadError, read_delivery
from assets.landing.readers.headers import check_headers
from assets.landing.readers.request import Request

from .test_readers import declare, refused

HEADERS = ["园区代码", "园区名称", "取水量(吨)", "年份"]
UNITS = ["", "", "吨", "年"]
ROWS = [["S649012", "中卫工业园区", "820.5", "2017"], ["S649008", "金积工业园区", "31", "2017"]]
FORMATS = ["csv", "xlsx"]


def source_of(form: str, **more: Any) -> SourceDeclaration:
    values: dict[str, Any] = {"title_rows": 1, "units_row": True}
    values["column_units"] = {"取水量(吨)": "吨"}
    if form == "xlsx":
        values["parts"] = ["取水量2017"]
    return declare(form, HEADERS, **(values | more))


def written(
    folder: Path,
    form: str,
    headers: list[str],
    titles: int = 1,
    units: list[str] | None = UNITS,
    sheet: str = "取水量2017",
) -> Path:
    table = [[f"标题{n}"] for n in range(titles)] + [headers]
    table += [units] if units is not None else []
    width = len(headers)
    table += [(row + ["x"] * width)[:width] for row in ROWS]
    path = folder / f"a.{form}"
    if form == "csv":
        path.write_text("".join(",".join(row) + "\n" for row in table), encoding="utf-8")
        return path
    book = openpyxl.Workbook()
    book.active.title = sheet
    for row in table:
        book.active.append(row)
    book.create_sheet("说明")
    book.save(path)
    return path


@pytest.mark.parametrize("form", FORMATS)
def test_what_is_declared_is_read(tmp_path: Path, form: str) -> None:
    (part,) = read_delivery(written(tmp_path, form, HEADERS), source_of(form))
    assert part.rows.drop("row_number").rows() == [tuple(row) for row in ROWS]


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(
    ("headers", "words"),
    [
        (
            ["园区编码", *HEADERS[1:]],
            [
                "missing header '园区代码' (nearest: '园区编码')",
                "unexpected header '园区编码'",
                'add under [columns] of sample.toml, beside the old: "园区编码" = "c0"',
            ],
        ),
        (
            HEADERS[1:],
            ["missing header '园区代码'", 'optional_columns of sample.toml: "园区代码"'],
        ),
        (
            ["园区代码（九位）", *HEADERS[1:]],
            ["'九位' was not in the header", '"园区代码（九位）" = "c0"'],
        ),
        (
            [*HEADERS, "备注"],
            ["unexpected header '备注'", 'ignored_columns of sample.toml: "备注"'],
        ),
        (
            [*HEADERS[:2], "取水量(万吨)", "年份"],
            ["'吨' became '万吨'", '"取水量(万吨)" = "c2"', "column of its own and convert"],
        ),
    ],
)
def test_changed_columns(tmp_path: Path, form: str, headers: list[str], words: list[str]) -> None:
    units = [*UNITS, ""][: len(headers)]
    error = refused(written(tmp_path, form, headers, units=units), source_of(form))
    assert (error.code, error.row) == ("header-mismatch", 2)
    for word in words:
        assert word in str(error)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("titles", [0, 2, 3, 10])
def test_a_title_row_more_or_less(tmp_path: Path, form: str, titles: int) -> None:
    error = refused(written(tmp_path, form, HEADERS, titles=titles), source_of(form))
    assert (error.code, error.row) == ("header-shifted", 2)
    assert f"the declared header begins on row {titles + 1}" in str(error)
    assert f"write in sample.toml, at its end: [[layouts]] title_rows = {titles})" in str(error)
    moved = source_of(form, title_rows=titles)
    assert read_delivery(tmp_path / f"a.{form}", moved)[0].rows.height == 2


@pytest.mark.parametrize("form", FORMATS)
def test_a_header_of_two_rows_is_found_too(tmp_path: Path, form: str) -> None:
    headers = ["园区代码", "园区名称", "取水量(吨)/吨", "年份/年"]
    source = declare(form, headers, header_rows=2, parts=["取水量2017"] if form == "xlsx" else [])
    error = refused(written(tmp_path, form, HEADERS, titles=2), source)
    assert (error.code, error.row) == ("header-shifted", 1)
    assert "[[layouts]] title_rows = 2" in str(error)


@pytest.mark.parametrize("form", FORMATS)
def test_too_far_away_is_a_mismatch(tmp_path: Path, form: str) -> None:
    error = refused(written(tmp_path, form, HEADERS, titles=30), source_of(form))
    assert error.code == "header-mismatch"


@pytest.mark.parametrize("form", FORMATS)
def test_changed_units(tmp_path: Path, form: str) -> None:
    path = written(tmp_path, form, HEADERS, units=["", "", "万吨", "年"])
    error = refused(path, source_of(form))
    assert (error.code, error.row) == ("units-mismatch", 3)
    assert "unit of '取水量(吨)' is '万吨'; expected '吨'" in str(error)
    assert (
        '[[layouts]] column_units = { "取水量(吨)" = "万吨" }; '
        'column_factors = { "取水量(吨)" = <declared units in one 万吨> }'
    ) in str(error)


@pytest.mark.parametrize("form", FORMATS)
def test_a_units_row_left_out_does_not_eat_a_record(tmp_path: Path, form: str) -> None:
    error = refused(written(tmp_path, form, HEADERS, units=None), source_of(form, column_units={}))
    assert (error.code, error.row) == ("units-mismatch", 3)
    assert "'820.5' below '取水量(吨)' is a number" in str(error)
    assert "[[layouts]] units_row = false; column_units = {}" in str(error)


def test_a_renamed_sheet(tmp_path: Path) -> None:
    path = written(tmp_path, "xlsx", HEADERS, sheet="取水量2018")
    error = refused(path, source_of("xlsx"))
    assert (error.code, error.part) == ("sheet-missing", "取水量2017")
    assert "no sheet '取水量2017' (nearest: '取水量2018')" in str(error)
    assert '[[layouts]] parts = ["取水量2018"]' in str(error)
    assert "'取水量2018', '说明'" in str(error)


def test_sheets_by_pattern_with_cells_of_their_names(tmp_path: Path) -> None:
    path = tmp_path / "宁夏_2017.xlsx"
    book = openpyxl.Workbook()
    for name in ("目录", "银川", "中卫"):
        book.create_sheet(f"{name}取水").append(["a"])
        book[f"{name}取水"].append([name])
    book.save(path)
    source = declare(
        "xlsx",
        ["a", "__file_area__", "__file_year__", "__file_more__", "__part_city__"],
        file_pattern=r"(?P<area>.+)_(?P<year>[0-9]{4})(?P<more>_.*)?\.xlsx",
        part_pattern="(?P<city>银川|中卫)取水",
        ignored_parts=["目录取水"],
    )
    parts = read_delivery(path, source)
    assert [part.part for part in parts] == ["银川取水", "中卫取水"]
    assert parts[0].headers == ("a", *list(source.columns)[1:])
    assert parts[1].rows.rows() == [(2, "中卫", "宁夏", "2017", None, "中卫")]
    other = source.model_copy(update={"part_pattern": "石嘴山(?P<city>)"})
    error = refused(path, other)
    assert error.code == "sheet-missing"
    assert "石嘴山" in str(error) and "'目录取水'" in str(error)
    elsewhere = path.rename(tmp_path / "宁夏_2017(1).xlsx")
    error = refused(elsewhere, source)
    assert error.code == "file-name"
    assert source.file_pattern is not None and source.file_pattern in str(error).replace(
        "\\\\", "\\"
    )


def test_a_cell_of_a_name_that_no_pattern_gives(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a\n1\n", encoding="utf-8")
    error = refused(path, declare("csv", ["a", "__file_year__"]))
    assert error.code == "header-mismatch" and "file_pattern" in str(error)
    path.write_text("a,__file_year__\n1,2\n", encoding="utf-8")
    given_ = declare("csv", ["a", "__file_year__"], file_pattern="(?P<year>.).csv")
    assert "is a name of the reader itself" in str(refused(path, given_))


def test_old_and_new_name_of_a_column(tmp_path: Path) -> None:
    columns = {"企业": "name", "企业名称": "name", "值": "value"}
    source = declare("csv", ["x"]).model_copy(update={"columns": columns})
    path = tmp_path / "a.csv"
    for header in ("企业", "企业名称"):
        path.write_text(f"{header},值\n甲,1\n", encoding="utf-8")
        assert read_delivery(path, source)[0].headers == (header, "值")
    path.write_text("企业,企业名称,值\n甲,乙,1\n", encoding="utf-8")
    assert "'企业', '企业名称' both stand for 'name'" in str(refused(path, source))
    path.write_text("值\n1\n", encoding="utf-8")
    assert "missing header '企业' or '企业名称'" in str(refused(path, source))
    optional = source.model_copy(update={"optional_columns": ["企业"]})
    assert read_delivery(path, optional)[0].headers == ("值",)


def test_headers_of_a_wide_table(tmp_path: Path) -> None:
    unpivot = {"headers": "(?P<year>20[0-9]{2})年", "value": "value"}
    source = declare("csv", ["地区"], unpivot=unpivot)
    path = tmp_path / "a.csv"
    path.write_text("地区,2017年,2018年\n宁夏,1,2\n", encoding="utf-8")
    assert read_delivery(path, source)[0].headers == ("地区", "2017年", "2018年")
    path.write_text("地区,2017年,年2018\n宁夏,1,2\n", encoding="utf-8")
    assert "unexpected header '年2018'" in str(refused(path, source))
    path.write_text("地区\n宁夏\n", encoding="utf-8")
    assert "no header matches" in str(refused(path, source))


EXPORT = "地区,{}\n宁夏,{}\n"


def export(folder: Path, headers: list[str], above: str = "") -> Path:
    path = folder / "a.csv"
    cells = ",".join(map(str, range(len(headers))))
    path.write_text(above + EXPORT.format(",".join(headers), cells), encoding="utf-8")
    return path


WIDE = {"headers": "(?P<year>20[0-9]{2})年", "value": "value", "consecutive": "year"}


@pytest.mark.parametrize("lost", ["2016年", "2017年"])
def test_a_year_between_two_others_is_missed(tmp_path: Path, lost: str) -> None:
    years = [f"{year}年" for year in (2018, 2017, 2016, 2015) if f"{year}年" != lost]
    path = export(tmp_path, years)
    error = refused(path, declare("csv", ["地区"], unpivot=WIDE))
    assert error.code == "header-mismatch"
    assert f"missing header '{lost}'" in str(error)
    assert f'add to absent under [unpivot] of sample.toml: "{lost}"' in str(error)
    absent = declare("csv", ["地区"], unpivot={**WIDE, "absent": [lost]})
    assert read_delivery(path, absent)[0].headers == ("地区", *years)


def test_a_header_of_a_far_year_ends_nothing(tmp_path: Path) -> None:
    wide = {**WIDE, "headers": "(?P<year>[0-9]+)年"}
    path = export(tmp_path, ["1年", "99999999999999999999年"])
    assert "missing header '2年'" in str(refused(path, declare("csv", ["地区"], unpivot=wide)))


def test_a_year_that_another_kind_of_column_has_is_missed(tmp_path: Path) -> None:
    source = declare(
        "csv",
        ["地区"],
        unpivot={**WIDE, "beside": "(20[0-9]{2})年增速"},
        ignored_columns=["2017年增速", "2018年增速"],
    )
    whole = export(tmp_path, ["2017年", "2017年增速", "2018年", "2018年增速"])
    assert read_delivery(whole, source)
    error = refused(export(tmp_path, ["2017年", "2017年增速", "2018年增速"]), source)
    assert "missing header '2018年'" in str(error)


@pytest.mark.parametrize(
    ("line", "years", "said"),
    [
        ("时间：2015年-2018年", [2018, 2017, 2016], "no column '2015年'"),
        ("时间：2018-2015", [2017, 2016, 2015], "no column '2018年'"),
        ("时间：最近4年", [2018, 2017, 2016], "3 columns"),
        ("时间：2015年-2018年", [2018, 2017, 2016, 2015], None),
        ("时间：最近4年", [2018, 2017, 2016, 2015], None),
        ("数据库：分省", [2018, 2017], None),
    ],
)
def test_a_line_above_the_header_announces_its_columns(
    tmp_path: Path, line: str, years: list[int], said: str | None
) -> None:
    span = r"时间：(?:(?P<first>\d{4})年?-(?P<last>\d{4})年?|最近(?P<count>\d+)年)"
    source = declare("csv", ["地区"], title_rows=1, unpivot={**WIDE, "span": span})
    path = export(tmp_path, [f"{year}年" for year in years], f"{line}\n")
    if said is None:
        assert len(read_delivery(path, source)[0].headers) == len(years) + 1
        return
    error = refused(path, source)
    assert said in str(error) and line in str(error)


FUELS = {"headers": "[A-Z].*", "value": "value", "required": ["Raw_Coal", "Coke", "Other_Gas"]}


@pytest.mark.parametrize(
    ("headers", "lost"),
    [
        (["Raw Coal", "COKE", "OtherGas"], None),
        (["Raw_Caol", "Coke", "Other_Gas", "Hydrogen"], "Raw_Coal"),
        (["Raw_Coal", "Other_Gas", "Hydrogen"], "Coke"),
        (["Coke", "Other_Gas"], "Raw_Coal"),
    ],
)
def test_a_required_column_of_a_wide_table_may_be_spelled_otherwise_and_not_be_gone(
    tmp_path: Path, headers: list[str], lost: str | None
) -> None:
    source = declare("csv", ["地区"], unpivot=FUELS)
    path = export(tmp_path, headers)
    if lost is None:
        assert read_delivery(path, source)[0].headers == ("地区", *headers)
    else:
        assert f"missing header '{lost}'" in str(refused(path, source))


@pytest.mark.parametrize(
    "wrong",
    [
        {"required": ["2017"]},
        {"consecutive": "month"},
        {"span": "时间：(.*)"},
        {"consecutive": None, "span": "最近(?P<count>.)年"},
        {"beside": "增速"},
        {"renamed": {"2017": "2017"}},
    ],
)
def test_what_is_said_of_a_wide_table_must_fit_its_headers(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(reversed(wrong))):
        declare("csv", ["地区"], unpivot={**WIDE, **wrong})


@pytest.mark.parametrize("form", FORMATS)
def test_cells_of_lines_above_the_header(tmp_path: Path, form: str) -> None:
    patterns = ["(?P<what>标题)(?P<number>[0-9])", "单位：(?P<unit>.+)"]
    titled = {"__title_number__": "number", "__title_unit__": "unit"}
    source = source_of(form, title_rows=2, title_patterns=patterns)
    source = source.model_copy(update={"columns": {**source.columns, **titled}})
    path = written(tmp_path, form, HEADERS, titles=2)
    (part,) = read_delivery(path, source)
    assert part.rows["__title_number__"].to_list() == ["0", "0"]
    assert part.rows["__title_unit__"].to_list() == [None, None]


NAMES = st.lists(
    st.text(st.sampled_from("煤油气电量值年(吨)万ab "), min_size=1, max_size=6).map(
        lambda text: " ".join(text.split())
    ),
    min_size=1,
    max_size=6,
    unique=True,
).filter(lambda names: all(names))


@settings(max_examples=400)
@given(declared=NAMES, delivered=NAMES)
def test_no_renamed_dropped_or_added_column_passes(
    declared: list[str], delivered: list[str]
) -> None:
    request = Request(
        "a.csv", "", "sample", ["csv"], columns={name: f"c{n}" for n, name in enumerate(declared)}
    )
    try:
        check_headers(delivered, request, "", 1)
    except ReadError as error:
        assert set(declared) != set(delivered)
        for name in {*declared} ^ {*delivered}:
            assert f"'{name}'" in str(error) or f'"{name}"' in str(error)
    else:
        assert set(declared) == set(delivered)


@settings(max_examples=60)
@given(titles=st.integers(0, 9), declared=st.integers(0, 9))
def test_a_shifted_header_never_passes(titles: int, declared: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = written(Path(folder), "csv", HEADERS, titles=titles, units=None)
        source = source_of("csv", title_rows=declared, units_row=False, column_units={})
        try:
            (part,) = read_delivery(path, source)
        except ReadError as error:
            assert titles != declared
            assert error.code == "header-shifted"
            assert f"[[layouts]] title_rows = {titles})" in str(error)
        else:
            assert titles == declared and part.rows.height == 2
