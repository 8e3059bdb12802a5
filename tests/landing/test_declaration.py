"""Source declarations: what is accepted, and errors that name file and field."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from assets.landing.declaration import DeclarationError, load_source, load_sources

GOOD = """
id = "sample"
title_zh = "样本"
title_en = "sample"
publisher = "office"
licence = "none"
cadence = "yearly"
format = "csv"
table = "accepted.sample"
key = ["name_zh", "year"]
ignored_columns = ["备注"]
pedigree = { reliability = 2, completeness = 1, temporal = 1, geographical = 1, technological = 1 }

[columns]
" 企业\\n名称 " = "name_zh"
"面积" = "area_ha"
"""


def written(folder: Path, text: str, stem: str = "sample") -> Path:
    (folder / f"{stem}.toml").write_text(text, encoding="utf-8")
    return folder


def test_defaults_and_cleaned_headers(tmp_path: Path) -> None:
    source = load_source("sample", written(tmp_path, GOOD))
    assert source.columns == {"企业 名称": "name_zh", "面积": "area_ha"}
    assert source.encodings == ["utf-8-sig", "gb18030"]
    assert (source.header_rows, source.units_row, source.crs) == (1, False, None)
    assert load_sources(tmp_path) == {"sample": source}
    with pytest.raises(ValidationError):
        source.id = "other"


def test_the_declarations_of_the_product_load() -> None:
    for name, source in load_sources().items():
        assert source.id == name


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('"csv"', '"pdf"', "format"),
        ('"area_ha"', '"row_id"', "reserved"),
        ('"area_ha"', '"面积"', "no column name"),
        ('["备注"]', '["面积"]', "ignored_columns: also in columns: 面积"),
        ('["备注"]', '["备注", "备注"]', "ignored_columns twice: 备注"),
        ("ignored_columns", "personal_columns = ['面积']\nignored_columns", "personal_columns"),
        ("ignored_columns", "optional_columns", "optional_columns: not in columns: 备注"),
        ("key =", 'footer_patterns = ["("]\nkey =', "footer_patterns"),
        ("key =", 'encodings = ["gbk9"]\nkey =', "unknown encoding 'gbk9'"),
        ("key =", "encodings = []\nkey =", "encodings"),
        ("key =", 'delimiter = ";;"\nkey =', "delimiter"),
        ("key =", "header_rows = 0\nkey =", "header_rows"),
        ("key =", 'parts = ["a"]\nkey =', "parts: a csv has none"),
        ("key =", 'unheard_of = "a"\nkey =', "unheard_of"),
        ("key =", "column_units = {'备注' = 't'}\nkey =", "column_units: not in columns"),
        ("key =", "column_units = {'面积' = 'ha'}\nkey =", "units_row is false"),
        ('"csv"', '"shapefile"', "crs"),
        ('id = "sample"', 'id = "other"', "id: is 'other'"),
        ("key =", "key", "not TOML"),
    ],
)
def test_errors_name_file_and_field(tmp_path: Path, old: str, new: str, named: str) -> None:
    with pytest.raises(DeclarationError) as caught:
        load_source("sample", written(tmp_path, GOOD.replace(old, new, 1)))
    assert str(caught.value).startswith("sample.toml: ")
    assert named in str(caught.value)


@pytest.mark.parametrize("source_id", ["none", "../sample", "Sample"])
def test_unknown_sources_list_the_known(tmp_path: Path, source_id: str) -> None:
    with pytest.raises(DeclarationError, match="declared are: sample"):
        load_source(source_id, written(tmp_path, GOOD))
