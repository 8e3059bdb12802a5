"""Published factor tables, as transcribed or packaged by others."""

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


class GridFactorProvince(Table):
    source_row_id: str = source_row()
    source_column: str = source_column()
    file_stem: str = file_stem()
    province_zh: str = column("省", "province, short")
    year: int = column("年份", "year of the factor", ge=2000, le=2100)
    # The regional file has the same headers and a unit a thousand times larger.
    kgco2_per_kwh_factor: Factor = column(
        "排放因子", "grid CO2 factor", unit="kgCO2/kWh", ge=0.01, le=1.5
    )
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.grid_factor_province",
            "key": ["file_stem", "province_zh", "year"],
            "about": "One row a province and year.",
        }


class GridFactorRegion(Table):
    source_row_id: str = source_row()
    source_column: str = source_column()
    file_stem: str = file_stem()
    region_zh: str = column("区域", "grid region")
    year: int = column("年份", "year of the factor", ge=2000, le=2100)
    # The provincial file has the same headers and a unit a thousand times smaller.
    tco2_per_kwh_factor: Factor = column(
        "排放因子", "grid CO2 factor", unit="tCO2/kWh", ge=0.00001, le=0.0015
    )
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.grid_factor_region",
            "key": ["file_stem", "region_zh", "year"],
            "about": "One row a grid region and year.",
        }


class FuelDefault(Table):
    source_row_id: str = source_row()
    file_stem: str = file_stem()
    fuel_zh: str = column("燃料", "fuel")
    ncv_gj_per_unit: Factor = column(
        "低位发热量",
        "net calorific value in GJ of one t (solids, liquids) or 10^4 Nm3 (gases)",
        gt=0,
    )
    tc_per_gj_content: Factor = column(
        "单位热值含碳量", "carbon content", unit="tC/GJ", gt=0, lt=0.1
    )
    oxidation_percent: Factor = column("碳氧化率", "carbon oxidised", unit="%", gt=1, le=100)
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.fuel_default",
            "key": ["file_stem", "fuel_zh"],
            "about": "One row a fuel of the Chinese guidelines; the unit of the NCV is by kind.",
        }


class CoalEquivalent(Table):
    source_row_id: str = source_row()
    file_stem: str = file_stem()
    energy_zh: str = column("能源", "energy")
    energy_en: str = column("能源英文", "energy in English", nullable=True)
    per_unit: str = column("单位", "unit the values are for", isin=["kg", "m3", "MJ", "kWh"])
    ncv_low_kj: Factor = column(
        "热值下限", "lower bound of the NCV, kJ per unit", unit="kJ", nullable=True, gt=0
    )
    ncv_high_kj: Factor = column(
        "热值上限", "upper bound of the NCV, kJ per unit", unit="kJ", nullable=True, gt=0
    )
    low_kgce: Factor = column(
        "折标煤下限", "lower bound, kgce per unit", unit="kgce", nullable=True, gt=0
    )
    high_kgce: Factor = column(
        "折标煤上限", "upper bound, kgce per unit", unit="kgce", nullable=True, gt=0
    )
    note: str = column("说明", "note of the transcription", nullable=True)
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.coal_equivalent",
            "key": ["file_stem", "energy_zh"],
            "about": "One row an energy of the yearbook appendix.",
        }


class GwpPackaged(Table):
    source_row_id: str = source_row()
    source_column: str = source_column()
    file_stem: str = file_stem()
    species: str = column("物种", "gas, spelling as delivered")
    gwp_set: str = column("评估报告", "assessment report; AR5CCF: AR5 with climate feedback")
    metric: str = column("指标", "GWP or GTP", isin=["GWP", "GTP"])
    horizon_y: int = column("时间跨度", "time horizon", unit="a", isin=[20, 100, 500])
    value: Factor = column("数值", "metric relative to CO2", unit="kgCO2e/kg")
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.gwp_packaged",
            "key": ["file_stem", "species", "gwp_set", "metric", "horizon_y"],
            "about": "One row a gas, report, metric and horizon.",
        }


class BonsaiParameter(Table):
    source_row_id: str = source_row()
    file_stem: str = file_stem()
    parameter: str = column("参数", "parameter, from the name of the file")
    year: int = column("年份", "year of the guidelines", ge=1990, le=2100)
    region: str = column("地区", "region")
    product: str = column("产品", "product", nullable=True)
    carbonate_type: str = column("碳酸盐", "carbonate", nullable=True)
    other_material_type: str = column("其他原料", "other material", nullable=True)
    property: str = column("取值", "def, min, max, abs_min or abs_max", nullable=True)
    value: Factor = column("数值", "value in the row's unit; inf is no number")
    unit: str = column("单位", "unit of the value")
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.bonsai_parameter",
            "key": ["source_row_id"],
            "about": "One row a parameter value; what it depends on differs by parameter.",
        }


class EpaStationaryFactor(Table):
    source_row_id: str = source_row()
    file_stem: str = file_stem()
    fuel_en: str = column("燃料", "fuel, as the key of the record", str_length={"min_value": 1})
    # Above any fuel: grams delivered as kilograms would be.
    kgco2_per_mmbtu_factor: Factor = column(
        "二氧化碳因子（热量）", "CO2 per gross heat", unit="kgCO2/mmBtu", ge=0, le=200
    )
    gch4_per_mmbtu_factor: Factor = column(
        "甲烷因子（热量）", "CH4 per gross heat", unit="gCH4/mmBtu", ge=0
    )
    gn2o_per_mmbtu_factor: Factor = column(
        "氧化亚氮因子（热量）", "N2O per gross heat", unit="gN2O/mmBtu", ge=0
    )
    kgco2_per_unit_factor: Factor = column(
        "二氧化碳因子（实物）", "CO2 in kg per unit of the row", nullable=True, ge=0
    )
    gch4_per_unit_factor: Factor = column(
        "甲烷因子（实物）", "CH4 in g per unit of the row", nullable=True, ge=0
    )
    gn2o_per_unit_factor: Factor = column(
        "氧化亚氮因子（实物）", "N2O in g per unit of the row", nullable=True, ge=0
    )
    per_unit: str = column(
        "实物单位",
        "unit of the three factors before: standard cubic feet, US gallons or short tons",
        nullable=True,
        isin=["scf", "gallons", "short tons"],
    )
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.epa_stationary_factor",
            "key": ["file_stem", "fuel_en"],
            "about": "One row a fuel of the US EPA; biogenic CO2 is delivered as 0 per mmBtu.",
        }
