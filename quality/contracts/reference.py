"""Reference tables: factors, codes and rules as facts, each row with source and confidence.

They arrive as files in `assets/reference/` and pass the same door as any delivery, so
a factor is explained down to its cell like any other number.
"""

from __future__ import annotations

from typing import Any

from quality.contracts.table import Factor, Table, column, pedigree, source_row

CONFIDENCE = ["official", "packaged", "definition", "transcribed", "recalled", "project"]


def _value() -> Any:
    return column("数值", "value as published")


def _source() -> Any:
    return column("来源", "document and table of the value")


def _confidence() -> Any:
    return column("可信度", "how far the value can be trusted", isin=CONFIDENCE)


def conversion_confidence() -> Any:
    """How far a constant can be trusted that a delivered quantity was converted with."""
    return column(
        "折算可信度",
        "confidence of a constant that the quantity was converted with; empty: of none",
        nullable=True,
        isin=CONFIDENCE,
    )


class FuelFactor(Table):
    source_row_id: str = source_row()
    fuel_id: str = column("燃料", "fuel")
    fuel_zh: str = column("燃料名称", "fuel, Chinese")
    fuel_group: str = column("燃料组", "group that the non-CO2 factors use")
    parameter: str = column("参数", "NCV, CC or OF", isin=["NCV", "CC", "OF"])
    factor_set: str = column("因子集", "set; a triple is taken from one")
    value: Factor = _value()
    unit: str = column("单位", "unit of the value")
    year: int = column("年份", "year of the set", nullable=True, ge=1949, le=2100)
    source: str = _source()
    confidence: str = _confidence()
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.fuel_factor",
            "key": ["fuel_id", "factor_set", "parameter"],
            "about": "One row a fuel, factor set and parameter.",
        }


class CombustionNonCo2(Table):
    source_row_id: str = source_row()
    fuel_group: str = column("燃料组", "group of fuels")
    use: str = column("用途", "energy_industries or manufacturing")
    gas: str = column("气体", "CH4 or N2O", isin=["CH4", "N2O"])
    value: Factor = _value()
    unit: str = column("单位", "unit of the value", isin=["kg/TJ"])
    source: str = _source()
    confidence: str = _confidence()
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.combustion_nonco2",
            "key": ["fuel_group", "use", "gas"],
            "about": "One row a fuel group, use and gas.",
        }


class ElectricityFactor(Table):
    source_row_id: str = source_row()
    area_level: str = column("范围", "province, region, national")
    area_code: str = column("地区代码", "GB/T 2260 code or region", nullable=True)
    area_zh: str = column("地区", "area, Chinese")
    basis: str = column("口径", "average, fossil, ex_market …")
    value: Factor = _value()
    unit: str = column("单位", "unit of the value", isin=["kgCO2/kWh"])
    year: int = column("数据年", "data year", ge=1980, le=2100)
    source: str = _source()
    confidence: str = _confidence()
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.electricity_factor",
            "key": ["area_level", "area_zh", "basis", "year"],
            "about": "One row an area, basis and data year.",
        }


class HeatFactor(Table):
    source_row_id: str = source_row()
    item: str = column("项目", "factor or parameter")
    value: Factor = _value()
    unit: str = column("单位", "unit of the value")
    year: int = column("年份", "year of the document", nullable=True, ge=1949, le=2100)
    source: str = _source()
    confidence: str = _confidence()
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.heat_factor",
            "key": ["item"],
            "about": "One row a heat factor or parameter.",
        }


class ProcessFactor(Table):
    source_row_id: str = source_row()
    process: str = column("过程", "industrial process")
    parameter: str = column("参数", "parameter of the process", nullable=True)
    gas: str = column("气体", "gas", nullable=True)
    value: Factor = _value()
    unit: str = column("单位", "unit of the value")
    year: int = column("年份", "year of the document", nullable=True, ge=1949, le=2100)
    source: str = _source()
    confidence: str = _confidence()
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.ippu_factor",
            "key": ["process", "parameter", "gas"],
            "about": "One row a process parameter.",
        }


class Gwp(Table):
    source_row_id: str = source_row()
    gas: str = column("气体", "gas")
    gwp_set: str = column("GWP 集", "assessment report", isin=["SAR", "AR4", "AR5", "AR6"])
    horizon_y: int = column("时间尺度", "horizon", unit="a")
    value: Factor = _value()
    unit: str = column("单位", "unit of the value")
    source: str = _source()
    confidence: str = _confidence()
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.gwp",
            "key": ["gas", "gwp_set", "horizon_y"],
            "about": "One row a gas and GWP set.",
        }


class StandardCoal(Table):
    source_row_id: str = source_row()
    energy_id: str = column("能源", "energy")
    energy_zh: str = column("能源名称", "energy, Chinese")
    basis: str = column("口径", "default, 当量值, range_low, range_high, definition")
    value: Factor = _value()
    unit: str = column("单位", "unit of the value")
    year: int = column("年份", "year of the document", nullable=True, ge=1949, le=2100)
    source: str = _source()
    confidence: str = _confidence()
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.standard_coal",
            "key": ["energy_id", "basis"],
            "about": "One row an energy and basis.",
        }


class ElectricityEqualValue(Table):
    source_row_id: str = source_row()
    year_text: str = column("年份", "data year, or `any`")
    basis: str = column("口径", "等价值 or 当量值")
    value: Factor = _value()
    unit: str = column("单位", "unit of the value", isin=["kgce/kWh"])
    source: str = _source()
    confidence: str = _confidence()
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.electricity_equal_value",
            "key": ["year_text", "basis"],
            "about": "One row a year and basis.",
        }


class LocationEvidence(Table):
    source_row_id: str = source_row()
    evidence_id: str = column("证据", "kind of evidence")
    evidence: str = column("证据说明", "kind of evidence in words")
    value: Factor = column("权重", "weight of the evidence")
    source: str = _source()
    confidence: str = _confidence()
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.location_evidence",
            "key": ["evidence_id"],
            "about": "One row a kind of location evidence.",
        }


class Unit(Table):
    source_row_id: str = source_row()
    unit_zh: str = column("单位", "unit as delivered")
    canonical_unit: str = column("标准单位", "unit of the lake")
    value: Factor = column("系数", "canonical units in one delivered unit", gt=0)
    source: str = _source()
    confidence: str = _confidence()
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.unit",
            "key": ["unit_zh", "canonical_unit"],
            "about": "One row a delivered unit and the unit it becomes.",
        }


class Energy(Table):
    source_row_id: str = source_row()
    energy_zh: str = column("能源名称", "energy as delivered")
    energy_id: str = column("能源", "energy")
    canonical_unit: str = column("标准单位", "unit of the lake")
    carrier: str = column("类别", "kind", isin=["fuel", "electricity", "heat", "product"])
    book_fuel: str = column("平衡表能源", "fuel of the energy book it belongs to", nullable=True)
    represents_book_fuel: bool = column(
        "代表平衡表能源", "stands for the book fuel where the book does not split it"
    )
    source: str = _source()
    confidence: str = _confidence()
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.energy",
            "key": ["energy_zh"],
            "about": "One row an energy or product name as delivered.",
        }


class BookSector(Table):
    source_row_id: str = source_row()
    industry_division: str = column("行业大类", "GB/T 4754 division")
    block: str = column("块", "final or transformation", isin=["final", "transformation"])
    book_sector: str = column("平衡表行业", "sector of the energy book")
    source: str = _source()
    confidence: str = _confidence()
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.book_sector",
            "key": ["industry_division", "block"],
            "about": "One row a GB/T 4754 division and block of the energy book.",
        }


class DivisionCode(Table):
    source_row_id: str = source_row()
    division_code: str = column("区划代码", "GB/T 2260 code", str_matches=r"^\d{6}$")
    name_zh: str = column("名称", "last name of the division")
    first_revision: str = column("首见版本", "first revision, year and month", nullable=True)
    last_revision: str = column("末见版本", "last revision, year and month", nullable=True)
    source: str = _source()
    confidence: str = _confidence()
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.division_code",
            "key": ["division_code"],
            "about": "One row a division code of any revision of GB/T 2260.",
        }


class IndustryCode(Table):
    source_row_id: str = source_row()
    industry_code: str = column("行业代码", "GB/T 4754 code", str_matches=r"^\d{2,4}$")
    edition: str = column("版本", "edition of the standard", isin=["2011", "2017"])
    level: str = column("层级", "depth of the code", isin=["division", "group", "class"])
    name_zh: str = column("名称", "name of the industry")
    source: str = _source()
    confidence: str = _confidence()
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.industry_code",
            "key": ["industry_code", "edition"],
            "about": "One row an industry code and edition of GB/T 4754.",
        }


class CalorificRange(Table):
    source_row_id: str = source_row()
    fuel_id: str = column("燃料", "fuel")
    bound: str = column("界", "lower or upper bound", isin=["min", "max"])
    value: Factor = _value()
    unit: str = column("单位", "unit of the value", isin=["GJ/t", "GJ/1e4Nm3"])
    source: str = _source()
    confidence: str = _confidence()
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.ncv_range",
            "key": ["fuel_id", "bound"],
            "about": "One row a fuel and bound of its plausible net calorific value.",
        }


class CalorificUnit(Table):
    source_row_id: str = source_row()
    unit_zh: str = column("单位", "unit as delivered")
    canonical_unit: str = column("标准单位", "unit of the lake", isin=["GJ/t", "GJ/1e4Nm3"])
    value: Factor = column("系数", "canonical units in one delivered unit", gt=0)
    source: str = _source()
    confidence: str = _confidence()
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.ncv_unit",
            "key": ["unit_zh", "canonical_unit"],
            "about": "One row a delivered unit of calorific value and the unit it becomes.",
        }
