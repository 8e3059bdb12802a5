"""Attribute tables and sheets of names and values: what comes without geometry or header."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import polars as pl
import pytest

from assets.landing.declaration import load_source
from assets.landing.readers import ReadError
from tests.door import file_through_door
from tests.landing.real.delivered import accepted
from tests.shared_data import shared

DISTRICTS = "d_cn_admin_gcj02/district_attr_2024/*.dbf"


def test_districts_of_a_layer_without_polygons() -> None:
    frame = accepted("cn_district_names", DISTRICTS).frame
    assert frame.get_column("adcode").n_unique() == frame.height == 2_877
    assert frame.get_column("city_adcode").n_unique() == 372
    assert frame.get_column("province_adcode").n_unique() == 34
    assert sum(frame.null_count().row(0)) == 0
    # Places without a prefecture above them are their own.
    assert frame.filter(pl.col("adcode") == pl.col("city_adcode")).height == 36
    (last,) = frame.filter(pl.col("adcode") == "820008").to_dicts()
    assert (last["name_zh"], last["city_zh"]) == ("圣方济各堂区", "澳门特别行政区")
    assert last["source_row_id"].endswith(":district:2877")


def test_the_file_beside_it_names_the_declared_encoding() -> None:
    beside = shared(f"data/{DISTRICTS}").with_suffix(".cpg").read_text("ascii")
    assert load_source("cn_district_names").encodings == [beside.lower()]


def test_a_cut_or_mixed_up_table_is_refused(tmp_path: Path) -> None:
    whole = shared(f"data/{DISTRICTS}").read_bytes()
    path = tmp_path / "district.dbf"
    for data, code in (
        (whole[:-700], "truncated"),
        (whole + b"x", "dbf"),
        (whole.replace("东城区".encode(), "东城区".encode("gbk") + b"   ", 1), "encoding"),
        (b"\x83" + whole[1:], "not-a-shapefile"),
        (whole.replace(b"dt_name", b"ct_name", 1), "header-mismatch"),
    ):
        path.write_bytes(data)
        with pytest.raises(ReadError) as caught:
            file_through_door("cn_district_names", path, tmp_path)
        assert caught.value.code == code


def test_a_deleted_record_is_refused(tmp_path: Path) -> None:
    whole = bytearray(shared(f"data/{DISTRICTS}").read_bytes())
    whole[int.from_bytes(whole[8:10], "little")] = ord("*")
    path = tmp_path / "district.dbf"
    path.write_bytes(whole)
    with pytest.raises(ReadError, match="row 1: the record is marked as deleted"):
        file_through_door("cn_district_names", path, tmp_path)


def test_a_layer_that_should_have_geometry_is_not_read_without() -> None:
    with pytest.raises(ReadError, match=r"expected a \.shp or a \.zip of a set"):
        accepted("cn_districts", DISTRICTS)


def test_facts_on_a_park_as_names_and_values() -> None:
    frame = accepted("tw_park_facts", "a_tw_industrial_parks/土城*.xlsx").frame
    assert frame.select("name_zh", "value_text").rows() == [
        ("備註", "原始資料"),
        ("工業區中心經度", "121.414357743916"),
        ("工業區中心緯度", "24.955281316978201"),
        ("工業區名稱", "土城產業園區"),
        ("工業區編號", "18"),
        ("有無邊界檔", "有"),
        ("監測期間", "115.09"),
        ("資料類型", "現址式GC"),
    ]
    assert set(frame.get_column("file_stem")) == {"土城產業園區"}


def test_a_sheet_without_header_must_have_two_columns(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.create_sheet("工業區基本資料")
    for row in (["工業區編號", 18], ["工業區名稱", "土城", "x"], [None, "y"], ["備註"]):
        sheet.append(row)
    path = tmp_path / "土城.xlsx"
    book.save(path)
    outcome = file_through_door("tw_park_facts", path, tmp_path)
    assert outcome.frame.get_column("value_text").to_list() == ["18"]
    assert outcome.reasons() == {"CONTRACT:name_zh": 1, "CONTRACT:value_text": 1, "FIELDS": 1}
