"""Files of the same kinds that are not at hand: other years, provinces, spellings, releases.

Made up here after the published ones; a declaration must not be tied to the file it was
written after.
"""

from __future__ import annotations

from pathlib import Path

import openpyxl
import polars as pl
import pytest

from assets.landing.declaration import load_source
from assets.landing.readers import ReadError
from tests.door import file_through_door, read_file, rows_through_door
from tests.shared_data import shared

Row = list[object]


def _workbook(path: Path, sheets: dict[str, list[Row]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


NBS = """数据库：分省年度数据
时间：2021年-2024年
地区,2024年,2023年,2022年,2021年
北京市,3.5,,2,1
西藏自治区,7,6,5,4
注：数据来源
数据来源：国家统计局
"""


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_an_indicator_of_other_years(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "能源消费总量.csv"
    path.write_text(NBS, encoding=encoding)
    frame = file_through_door("nbs_province", path, tmp_path).frame
    assert set(frame.get_column("indicator_zh")) == {"能源消费总量"}
    # The empty cell is no value, not a zero.
    assert frame.height == 7
    beijing = frame.filter(pl.col("region_zh") == "北京市").sort("year")
    assert beijing.get_column("year").to_list() == [2021, 2022, 2024]


TITLES = ["数据库：分省年度数据", "指标：能源消费总量(万吨标准煤)", "时间：2021年-2024年"]


@pytest.mark.parametrize("above", [[], TITLES[:1], TITLES, [TITLES[0], "", *TITLES[1:]]])
@pytest.mark.parametrize("empty", ["", ",,,,"])
def test_an_export_with_more_or_fewer_lines_above_its_header(
    tmp_path: Path, above: list[str], empty: str
) -> None:
    path = tmp_path / "能源消费总量.csv"
    table = NBS.partition("时间：2021年-2024年\n")[2]
    path.write_text("".join(f"{line}{empty}\n" for line in above) + table, encoding="utf-8-sig")
    outcome = file_through_door("nbs_province", path, tmp_path)
    assert (outcome.frame.height, outcome.quarantine.height) == (7, 0)
    rows = outcome.frame.get_column("source_row_id").str.extract(r":(\d+)$").cast(pl.Int64)
    assert set(rows) == {len(above) + 2, len(above) + 3}


@pytest.mark.parametrize("line", ["单位：万吨标准煤", "时间：2024年,x", "全国年度数据"])
def test_a_line_above_the_header_that_nobody_declared_is_refused(tmp_path: Path, line: str) -> None:
    path = tmp_path / "能源消费总量.csv"
    path.write_text(f"{line}\n{NBS}", encoding="utf-8-sig")
    with pytest.raises(ReadError, match="the declared header begins on row 4"):
        file_through_door("nbs_province", path, tmp_path)


def _others(source_id: str) -> list[str]:
    """The fuels but Raw_Coal that every book of the source has."""
    unpivot = load_source(source_id).unpivot
    assert unpivot is not None
    return [fuel for fuel in unpivot.required if fuel != "Raw_Coal"]


def test_rows_that_are_no_province_and_an_indicator_that_is_not_the_files(tmp_path: Path) -> None:
    path = tmp_path / "分省年度数据.csv"
    lines = NBS.replace("时间", "指标：能源消费总量(万吨标准煤)\n时间").replace(
        "西藏自治区", "全国"
    )
    path.write_text(lines.replace("注：", "内蒙古,1,2,3,4\n合计,4,3,2,1\n注："), encoding="utf-8")
    outcome = file_through_door("nbs_province", path, tmp_path)
    assert set(outcome.frame.get_column("region_zh")) == {"北京市", "内蒙古"}
    assert outcome.reasons() == {"PROVINCE": 8}
    assert set(outcome.frame.get_column("stated_zh")) == {"能源消费总量(万吨标准煤)"}
    flagged = outcome.flags.filter(pl.col("rule_id") == "INDICATOR")
    assert flagged.get_column("source_row_id").n_unique() == 2
    path.rename(tmp_path / "能源消费总量.csv")
    named = file_through_door("nbs_province", tmp_path / "能源消费总量.csv", tmp_path)
    assert "INDICATOR" not in named.flags.get_column("rule_id").to_list()


def test_a_row_with_a_field_too_few_is_no_row_of_other_years(tmp_path: Path) -> None:
    """Each year took the value of the one before it."""
    path = tmp_path / "能源消费总量.csv"
    path.write_text(NBS.replace("7,6,5,4", "7,5,4"), encoding="utf-8")
    outcome = file_through_door("nbs_province", path, tmp_path)
    assert outcome.reasons() == {"SHORT": 3}
    assert set(outcome.frame.get_column("region_zh")) == {"北京市"}


def test_a_workbook_where_a_csv_is_declared_is_said_to_be_one(tmp_path: Path) -> None:
    path = _workbook(tmp_path / "能源消费总量.csv", {"x": [["地区", "2024年"], ["北京市", 1]]})
    with pytest.raises(ReadError, match="look like a workbook; expected csv, as declared"):
        file_through_door("nbs_province", path, tmp_path)
    path.write_text("<html><body>登录</body></html>", encoding="utf-8")
    with pytest.raises(ReadError, match="the bytes look like XML or HTML; expected csv"):
        file_through_door("nbs_province", path, tmp_path)


@pytest.mark.parametrize("lost", ["2024年", "2022年", "2021年"])
def test_an_export_without_one_of_its_years_is_refused(tmp_path: Path, lost: str) -> None:
    path = tmp_path / "能源消费总量.csv"
    header = NBS.splitlines()[2]
    without = ",".join(name for name in header.split(",") if name != lost)
    path.write_text(NBS.replace(header, without), encoding="utf-8")
    with pytest.raises(ReadError, match=lost):
        file_through_door("nbs_province", path, tmp_path)


@pytest.mark.parametrize(
    ("source_id", "real"),
    [
        ("ceads_energy", "e_ceads_provincial_energy/*2015.xlsx"),
        ("ceads_emissions", "e_ceads_provincial_emissions/*2018.xlsx"),
    ],
)
def test_a_fuel_that_is_gone_from_all_sheets_of_a_real_book_is_missed(
    source_id: str, real: str, tmp_path: Path
) -> None:
    """No sheet can be told by the others."""
    book = openpyxl.load_workbook(shared(f"data/{real}"))
    for sheet in book.worksheets:
        gone = [c.column for c in sheet[1] if str(c.value).startswith("Natural")]
        if gone and sheet.title[-4:].isdecimal():
            sheet.delete_cols(gone[0])
        else:
            del book[sheet.title]
    path = tmp_path / "book.xlsx"
    book.save(path)
    with pytest.raises(ReadError, match="missing header 'Natural_Gas'"):
        file_through_door(source_id, path, tmp_path)


def test_an_energy_book_of_another_year(tmp_path: Path) -> None:
    rows: list[Row] = [
        ["Energy_inventory", "Raw_Coal", "Hydrogen", *_others("ceads_energy")],
        ["unit", "10^4 ton", "10^8 cu.m"],
        ["Total Final Consumption", 3, 1],
        [None, 0, 0],
        ["Coking", 2, -1.5],
    ]
    sheets: dict[str, list[Row]] = {"NOTE": [["x"]], "Jiangsu2024": rows, "InnerMongolia2024": rows}
    path = _workbook(tmp_path / "省级能源清单_2024.xlsx", sheets)
    outcome = file_through_door("ceads_energy", path, tmp_path)
    assert outcome.records == outcome.frame.height == 8
    assert set(outcome.frame.get_column("province_en")) == {"Jiangsu", "InnerMongolia"}
    assert set(outcome.frame.get_column("year")) == {2024}
    assert outcome.frame.filter(pl.col("value") < 0).get_column("fuel_en").to_list() == [
        "Hydrogen",
        "Hydrogen",
    ]


def test_a_unit_that_no_book_had_is_refused(tmp_path: Path) -> None:
    header: Row = ["Energy_inventory", "Raw_Coal", *_others("ceads_energy")]
    rows: list[Row] = [header, ["unit", "10^3 ton"], ["Coking", 2]]
    path = _workbook(tmp_path / "x.xlsx", {"Jiangsu2024": rows})
    outcome = file_through_door("ceads_energy", path, tmp_path)
    assert outcome.reasons() == {"CONTRACT:unit": 1}


@pytest.mark.parametrize("corner", [(None, None), ("Emission_Inventory", "unit")])
def test_emissions_with_either_corner(tmp_path: Path, corner: tuple[str | None, ...]) -> None:
    header = [corner[0], "Raw_Coal", *_others("ceads_emissions")]
    rows: list[Row] = [header, [corner[1], "Mt CO2"], [None, None], ["Urban", 2]]
    path = _workbook(tmp_path / "x.xlsx", {"Tibet2021": rows})
    frame = file_through_door("ceads_emissions", path, tmp_path).frame
    assert frame.select("province_en", "year", "sector_en", "fuel_en").rows() == [
        ("Tibet", 2021, "Urban", "Raw_Coal")
    ]


def test_two_years_of_a_register_do_not_repeat_a_key(tmp_path: Path) -> None:
    source = load_source("grid_factor_provincial")
    for year in (2022, 2023):
        path = tmp_path / f"grid_{year}.csv"
        path.write_text("province,factor2022,factor2023\n宁夏,0.6423,0.6\n", encoding="utf-8")
    frames = [
        file_through_door(source, tmp_path / f"grid_{year}.csv", tmp_path).frame
        for year in (2022, 2023)
    ]
    both = pl.concat(frames)
    assert both.height == 4
    assert not both.select(source.key).is_duplicated().any()


def test_a_supplement_has_the_stem_of_its_subject(tmp_path: Path) -> None:
    path = tmp_path / "grid_2023_补充1.csv"
    path.write_text("province,factor2023\n宁夏,0.6\n", encoding="utf-8")
    frame = file_through_door("grid_factor_provincial", path, tmp_path).frame
    assert frame.get_column("file_stem").to_list() == ["grid_2023"]


def test_contacts_of_an_unredacted_register_are_not_taken_over(tmp_path: Path) -> None:
    source = load_source("eutl")
    skipped = set(source.personal_columns)
    headers = [name for name in source.columns if not name.startswith("__")]
    years = [f"VerifiedEmissions_{year}" for year in (2022, 2023)]
    full = [*headers, *sorted(skipped), *years]
    cells = dict.fromkeys(full, "NA") | {
        "id": "XX-1",
        "InstallationOrAircraftOperatorID": "1",
        "NationalAdministratorCode": "XX",
        "VerifiedEmissions_2023": "5",
        **dict.fromkeys(skipped, "a private matter"),
    }
    path = tmp_path / "installations-XX.csv"
    lines = [",".join(full), ",".join(cells[name] for name in full)]
    path.write_text("\n".join(lines), encoding="utf-8")
    (part,) = read_file(source, path, tmp_path)
    assert not skipped & set(part.part.headers)
    assert "a private matter" not in str(part.part.rows.collect().rows())
    assert file_through_door(source, path, tmp_path).frame.height == 1
    emissions = file_through_door("eutl_emissions", path, tmp_path).frame
    assert emissions.get_column("year").to_list() == [2022, 2023]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Country", "Country/Area"),
        ("GEM unit/phase ID", "Tracker ID"),
        ("Alternate Fuel", "Alternate fuel"),
    ],
)
def test_renamed_headers_of_a_tracker(old: str, new: str) -> None:
    source = load_source("gem_coal")
    row: dict[str, str | None] = {"__file_stem__": "x"}
    for header in source.columns:
        row.setdefault(header, None)
    row |= {
        "GEM unit/phase ID": "G1",
        "Country": "China",
        "Plant name": "p",
        "Capacity (MW)": "300",
        "Status": "operating",
        "Latitude": "38",
        "Longitude": "106",
        "Location accuracy": "exact",
        "Alternate Fuel": "biomass",
    }
    chosen = {old, *(h for h in row if source.columns[h] != source.columns[old])}
    one_each: dict[str, str | None] = {}
    for header in row:
        if header in chosen and source.columns[header] not in map(source.columns.get, one_each):
            one_each[header] = row[header]
    renamed = {new if header == old else header: text for header, text in one_each.items()}
    before, after = (rows_through_door("gem_coal", [given]) for given in (one_each, renamed))
    assert after.frame.height == 1
    assert after.frame.equals(before.frame)


def test_another_layout_is_refused_with_the_headers_named(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("省份,factor2023\n宁夏,0.6\n", encoding="utf-8")
    with pytest.raises(ReadError, match="missing header 'province'"):
        file_through_door("grid_factor_provincial", path, tmp_path)
