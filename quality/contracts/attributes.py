"""Published tables of names and values, without geometry or measurements."""

from __future__ import annotations

from quality.contracts.fields import file_stem
from quality.contracts.table import Table, column, pedigree, source_row


class CnDistrictName(Table):
    source_row_id: str = source_row()
    file_stem: str = file_stem()
    adcode: str = column("区县代码", "division code", str_matches=r"^\d{6}$")
    name_zh: str = column("区县", "district or county")
    city_adcode: str = column(
        "地市代码", "code of the prefecture; its own code for one without", str_matches=r"^\d{6}$"
    )
    city_zh: str = column("地市", "prefecture; its own name for one without")
    province_adcode: str = column("省代码", "code of the province", str_matches=r"^\d{2}0000$")
    province_zh: str = column("省", "province")
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.cn_district_name",
            "key": ["file_stem", "adcode"],
            "about": "One row a district or county of a layer that came without its polygons.",
        }


class TwParkFact(Table):
    source_row_id: str = source_row()
    file_stem: str = file_stem()
    name_zh: str = column("项目", "what is told of the park")
    value_text: str = column("内容", "value as delivered: a number, a name or a remark")
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.tw_park_fact",
            "key": ["file_stem", "name_zh"],
            "about": "One row a park (workbook) and what is told of it.",
        }
