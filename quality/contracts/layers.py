"""Published layers of administrative divisions, each in the CRS it was delivered in."""

from __future__ import annotations

from quality.contracts.fields import file_stem, geometry
from quality.contracts.table import Quantity, Table, column, pedigree, source_row


class CnDistrict(Table):
    source_row_id: str = source_row()
    file_stem: str = file_stem()
    adcode: str = column("区县代码", "division code", str_matches=r"^\d{6}$")
    name_zh: str = column("区县", "district or county")
    city_adcode: str = column("地市代码", "code of the prefecture", nullable=True)
    city_zh: str = column("地市", "prefecture", nullable=True)
    province_adcode: str = column("省代码", "code of the province", str_matches=r"^\d{6}$")
    province_zh: str = column("省", "province")
    lon_gcj02: float = column("中心经度", "centre longitude, GCJ-02", unit="deg", nullable=True)
    lat_gcj02: float = column("中心纬度", "centre latitude, GCJ-02", unit="deg", nullable=True)
    geometry_wkb: str = geometry("GCJ-02 degrees, whatever a .prj says")
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.cn_district",
            "key": ["file_stem", "adcode", "name_zh"],
            "about": "One row a district or county polygon; towns below a city have its code.",
        }


class CnCountry(Table):
    source_row_id: str = source_row()
    file_stem: str = file_stem()
    adcode: str = column("国家代码", "code 100000", str_matches=r"^\d{6}$")
    name_zh: str = column("国家", "name")
    geometry_wkb: str = geometry("GCJ-02 degrees, whatever the .prj says")
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.cn_country",
            "key": ["file_stem", "adcode"],
            "about": "One row a country outline.",
        }


class CnCounty(Table):
    source_row_id: str = source_row()
    file_stem: str = file_stem()
    name_zh: str = column("名称", "county name; often that of another polygon", nullable=True)
    name_pinyin: str = column("拼音", "name in pinyin; often of another polygon", nullable=True)
    province_code: str = column("省码", "province, two digits", nullable=True)
    adcode_1999: str = column("1999年代码", "GB/T 2260-1999 code; 64 are repeated", nullable=True)
    area_m2: Quantity = column("面积", "area as delivered, of another projection", unit="m2", ge=0)
    perimeter_m: Quantity = column("周长", "perimeter of the polygon", unit="m", ge=0)
    population_10k: Quantity = column("人口", "population of the 1990s", unit="10^4", nullable=True)
    geometry_wkb: str = geometry("Beijing-54 Lambert (105E, 30N, 62N), metres")
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.cn_county",
            "key": ["source_row_id"],
            "about": "One row a county polygon; codes repeat, names may not be the polygon's.",
        }


class CnProvinceLambert(Table):
    source_row_id: str = source_row()
    file_stem: str = file_stem()
    province_code: str = column("省代码", "province code", str_matches=r"^\d{6}$")
    name_zh: str = column("名称", "province, short")
    name_pinyin: str = column("拼音", "name in pinyin, cut", nullable=True)
    area_m2: Quantity = column("面积", "area as delivered, of another projection", unit="m2", ge=0)
    perimeter_m: Quantity = column("周长", "perimeter of the polygon", unit="m", ge=0)
    population_10k: Quantity = column("人口", "population about 2000", unit="10^4", nullable=True)
    geometry_wkb: str = geometry("Beijing-54 Lambert (105E, 30N, 62N), metres")
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.cn_province_lambert",
            "key": ["file_stem", "province_code"],
            "about": "One row a province polygon.",
        }


class OchaAdm1(Table):
    source_row_id: str = source_row()
    file_stem: str = file_stem()
    adm1_pcode: str = column("一级代码", "place code of the province")
    name_en: str = column("英文名称", "province")
    name_zh: str = column("中文名称", "province in Chinese")
    country_pcode: str = column("国家代码", "place code of the country")
    geometry_wkb: str = geometry("WGS-84 degrees")
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.ocha_adm1",
            "key": ["file_stem", "adm1_pcode"],
            "about": "One row a province polygon of the common operational datasets.",
        }


class OchaAdm2(Table):
    source_row_id: str = source_row()
    file_stem: str = file_stem()
    adm2_pcode: str = column("二级代码", "place code of the prefecture")
    name_en: str = column("英文名称", "prefecture")
    name_zh: str = column("中文名称", "prefecture in Chinese, footnote marks kept")
    type_en: str = column("类别", "kind of division", nullable=True)
    capital_en: str = column("驻地", "seat", nullable=True)
    adm1_pcode: str = column("一级代码", "place code of the province")
    adm1_zh: str = column("一级名称", "province in Chinese")
    geometry_wkb: str = geometry("WGS-84 degrees")
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.ocha_adm2",
            "key": ["file_stem", "adm2_pcode"],
            "about": "One row a prefecture polygon of the common operational datasets.",
        }


class CnDivisionShape(Table):
    source_row_id: str = source_row()
    file_stem: str = file_stem()
    gb_code: str = column("国标码", "156 and the division code", str_matches=r"^156\d{6}$")
    name_zh: str = column("名称", "division")
    geometry_wkb: str = geometry("CGCS2000 (EPSG:4490) degrees")
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.cn_division_shape",
            "key": ["file_stem", "gb_code"],
            "about": "One row a division polygon.",
        }
