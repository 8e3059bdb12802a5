"""Published statistics on energy, emissions and the economy.

Their spreadsheets hold binary fractions (191.38992899999999): the last digits are noise, but
six decimals of a million tonnes are a tonne, so twelve are kept.
"""

from __future__ import annotations

from quality.contracts.fields import file_stem
from quality.contracts.table import (
    Factor,
    Table,
    column,
    pedigree,
    source_column,
    source_row,
)

_ENERGY_UNITS = ["10^4 ton", "10^8 cu.m", "10^10 kj", "10^8 kwh", "10^4 tce"]


class CeadsEnergy(Table):
    source_row_id: str = source_row()
    source_column: str = source_column()
    file_stem: str = file_stem()
    province_en: str = column("省", "province as in the sheet name")
    year: int = column("年份", "data year", ge=1980, le=2100)
    item_en: str = column("项目", "sector or row of the balance, spelling as delivered")
    fuel_en: str = column("能源", "fuel, spelling as delivered")
    unit: str = column("单位", "unit of the value, from the units row", isin=_ENERGY_UNITS)
    value: Factor = column(
        "数值", "delivered value in its own unit; in the transformation block + is input, - output"
    )
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.ceads_energy",
            "key": ["file_stem", "province_en", "year", "item_en", "fuel_en"],
            "partition": "year",
            "about": "One row a province, year, item and fuel of a provincial energy inventory.",
        }


class CeadsEmission(Table):
    source_row_id: str = source_row()
    source_column: str = source_column()
    file_stem: str = file_stem()
    province_en: str = column("省", "province as in the sheet name")
    year: int = column("年份", "data year", ge=1980, le=2100)
    sector_en: str = column("行业", "sector or total, spelling as delivered")
    fuel_en: str = column("能源", "fuel, process or scope, spelling as delivered")
    unit: str = column("单位", "unit of the value, from the units row", isin=["Mt CO2"])
    emissions_mtco2: Factor = column("排放量", "emissions", unit="MtCO2")
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.ceads_emission",
            "key": ["file_stem", "province_en", "year", "sector_en", "fuel_en"],
            "partition": "year",
            "about": "One row a province, year, sector and fuel of an emission inventory.",
        }


class CeadsNational(Table):
    source_row_id: str = source_row()
    source_column: str = source_column()
    file_stem: str = file_stem()
    year: int = column("年份", "data year", ge=1980, le=2100)
    sector_en: str = column("行业", "sector or total, spelling as delivered")
    fuel_en: str = column("能源", "fuel, process or scope, spelling as delivered")
    unit: str = column("单位", "unit of the value, from the units row", isin=["Mt CO2"])
    emissions_mtco2: Factor = column("排放量", "emissions", unit="MtCO2")
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.ceads_national",
            "key": ["file_stem", "year", "sector_en", "fuel_en"],
            "partition": "year",
            "about": "One row a year, sector and fuel of the national emission inventory.",
        }


class CeadsCity(Table):
    source_row_id: str = source_row()
    file_stem: str = file_stem()
    city_zh: str = column("城市", "city, with its province in front where it is no municipality")
    year: int = column("年份", "data year", ge=1980, le=2100)
    emissions_mtco2: Factor = column("排放量", "emissions", unit="MtCO2", ge=0)
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.ceads_city",
            "key": ["file_stem", "city_zh", "year"],
            "about": "One row a city and year.",
        }


class CeadsApparent(Table):
    source_row_id: str = source_row()
    source_column: str = source_column()
    file_stem: str = file_stem()
    year: int = column("年份", "data year", ge=1980, le=2100)
    block_en: str = column(
        "分组", "group, delivered in its first row only: the rows below belong to it", nullable=True
    )
    item_en: str = column("项目", "flow; empty in the row of the total", nullable=True)
    province_en: str = column("省", "province, spelling as delivered")
    emissions_mtco2: Factor = column(
        "排放量", "apparent emissions; what leaves is negative", unit="MtCO2"
    )
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.ceads_apparent",
            "key": ["source_row_id", "province_en"],
            "partition": "year",
            "about": "One row a year, flow and province; flows repeat in each group of a sheet.",
        }


class NbsProvince(Table):
    source_row_id: str = source_row()
    source_column: str = source_column()
    file_stem: str = file_stem()
    indicator_zh: str = column("指标", "indicator, from the name of the file")
    stated_zh: str = column(
        "指标行", "indicator as the export states it above its header, with its unit", nullable=True
    )
    region_zh: str = column("地区", "province, full name")
    year: int = column("年份", "data year", ge=1949, le=2100)
    value: Factor = column("数值", "value; the export does not say its unit")
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.nbs_province",
            "key": ["file_stem", "region_zh", "year"],
            "about": "One row a province and year of an indicator.",
        }
