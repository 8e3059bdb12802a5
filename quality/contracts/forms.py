"""Forms that offices and utilities fill in beside the return of form 205-1."""

from __future__ import annotations

from typing import Any

from quality.contracts.accepted import EVENTS, carbon_content
from quality.contracts.table import Quantity, Table, column, pedigree, source_row

KINDS = [
    "火力发电",
    "供热",
    "原煤入洗",
    "炼焦",
    "炼油及煤制油",
    "制气",
    "天然气液化",
    "加工煤制品",
]

# What a committee may say of the caliber of its figures, and what the product calls it.
STATED_FIRMS = {"规上": "above_scale", "全部": "all"}
STATED_BOUNDARIES = {
    "核准": "approved",
    "规划": "planned",
    "管辖": "administered",
    "建成": "built",
}
STATED_BASES = {"注册地": "registered", "经营地": "operating"}


def _amount(zh: str, en: str, unit: str = "") -> Any:
    return column(zh, en, unit=unit, nullable=True, ge=0)


def _month() -> Any:
    return column("年月", "month, YYYYMM", str_matches=r"^\d{4}(0[1-9]|1[0-2])$")


def _note() -> Any:
    return column("备注", "note of the delivery", nullable=True)


class Return2052(Table):
    source_row_id: str = source_row()
    uscc_text: str = column("统一社会信用代码", "USCC as delivered", nullable=True)
    name_zh: str = column("单位详细名称", "enterprise name as delivered")
    industry_division: str = column("行业大类代码", "GB/T 4754 division", str_matches=r"^\d{2}$")
    year: int = column("年份", "data year", ge=1980, le=2100)
    kind_zh: str = column("加工转换类型", "kind of transformation", isin=KINDS)
    energy_zh: str = column("能源名称", "energy as delivered")
    unit_zh: str = column("计量单位", "unit of the quantities of this row")
    input: Quantity = _amount("投入量", "put into the transformation, in the row's unit")
    output: Quantity = _amount("产出量", "made by the transformation, in the row's unit")
    ncv: Quantity = column(
        "低位发热量", "net calorific value as delivered, in its own unit", nullable=True, gt=0
    )
    ncv_unit_zh: str = column("发热量单位", "unit of the calorific value", nullable=True)
    carbon_content_tc_tj: Quantity = carbon_content()
    note_zh: str = _note()
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.return_205_2",
            "key": ["uscc_text", "year", "kind_zh", "energy_zh"],
            "partition": "year",
            "about": "One row a legal person, year, transformation and energy of form 205-2.",
        }


class GridSupply(Table):
    source_row_id: str = source_row()
    account_no: str = column("户号", "account number of the customer")
    meter_point: str = column("计量点编号", "metering point")
    name_zh: str = column("用电户名称", "customer as delivered")
    uscc_text: str = column("统一社会信用代码", "USCC as delivered", nullable=True)
    address_zh: str = column("用电地址", "address of the metering point")
    month: str = _month()
    previous_reading: Quantity = _amount("上次示数", "meter reading at the beginning")
    current_reading: Quantity = _amount("本次示数", "meter reading at the end")
    multiplier: Quantity = column("倍率", "kWh in one unit of the reading", nullable=True, gt=0)
    billed_kwh: Quantity = column("电量", "electricity billed", unit="kWh", ge=0)
    green_kwh: Quantity = _amount("其中绿电", "of it traded as green power", "kWh")
    category_zh: str = column("用电类别", "tariff category", nullable=True)
    note_zh: str = _note()
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.grid_supply",
            "key": ["account_no", "meter_point", "month"],
            "about": "One row a metering point of the grid and month.",
        }


class HeatSupply(Table):
    source_row_id: str = source_row()
    account_no: str = column("户号", "account number of the customer")
    meter_point: str = column("计量点编号", "metering point")
    name_zh: str = column("用热户名称", "customer as delivered")
    uscc_text: str = column("统一社会信用代码", "USCC as delivered", nullable=True)
    address_zh: str = column("用热地址", "address of the metering point")
    month: str = _month()
    medium_zh: str = column("介质", "steam or hot water", isin=["蒸汽", "热水"])
    quantity: Quantity = column("供热量", "heat or steam billed, in the row's unit", ge=0)
    unit_zh: str = column("计量单位", "unit of the quantity")
    temperature_c: Quantity = column(
        "温度", "temperature at the metering point", unit="°C", nullable=True, gt=0, le=650
    )
    pressure_mpa: Quantity = column(
        "压力", "absolute pressure at the metering point", unit="MPa", nullable=True, gt=0, le=32
    )
    # Its range is a rule (ENTHALPY), which can say what is expected.
    enthalpy_kj_kg: Quantity = column(
        "焓值",
        "enthalpy of the steam as the bill or contract states it",
        unit="kJ/kg",
        nullable=True,
        gt=0,
    )
    note_zh: str = _note()
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.heat_supply",
            "key": ["account_no", "meter_point", "month"],
            "about": "One row a metering point of a heat network and month.",
        }


class ParkAnnual(Table):
    source_row_id: str = source_row()
    catalogue_code: str = column(
        "园区代码", "catalogue code of the park", str_matches=r"^[GS]\d{6}$"
    )
    name_zh: str = column("园区名称", "park name as delivered")
    year: int = column("年份", "data year", ge=1980, le=2100)
    planned_ha: Quantity = _amount("规划面积", "planned area", "ha")
    developed_ha: Quantity = _amount("已开发面积", "developed area", "ha")
    enterprises: int = _amount("企业数", "enterprises in operation")
    enterprises_above_scale: int = _amount("规上企业数", "industrial enterprises above scale")
    employees: int = _amount("从业人员", "persons employed at the end of the year")
    output_value_wcny: Quantity = _amount("工业总产值", "industrial output value", "1e4 CNY")
    value_added_wcny: Quantity = _amount("工业增加值", "industrial value added", "1e4 CNY")
    raw_coal_t: Quantity = _amount("原煤", "consumption of raw coal", "t")
    washed_coal_t: Quantity = _amount("洗精煤", "consumption of cleaned coal", "t")
    coke_t: Quantity = _amount("焦炭", "consumption of coke", "t")
    natural_gas_1e4m3: Quantity = _amount("天然气", "consumption of natural gas", "1e4 m3")
    gasoline_t: Quantity = _amount("汽油", "consumption of gasoline", "t")
    diesel_t: Quantity = _amount("柴油", "consumption of diesel", "t")
    electricity_1e4kwh: Quantity = _amount("电力", "consumption of electricity", "1e4 kWh")
    heat_gj: Quantity = _amount("热力", "consumption of heat", "GJ")
    other_tce: Quantity = _amount("其他能源", "all other energy", "tce")
    energy_tce: Quantity = _amount("综合能源消费量", "comprehensive energy consumption", "tce")
    electricity_basis: str = column(
        "电力折标口径",
        "how electricity is turned into standard coal",
        nullable=True,
        isin=["当量值", "等价值"],
    )
    firms_zh: str = column(
        "企业范围",
        "firms that output, value added and energy cover: above scale, or all",
        nullable=True,
        isin=list(STATED_FIRMS),
    )
    boundary_zh: str = column(
        "边界类别",
        "boundary that the figures are of",
        nullable=True,
        isin=list(STATED_BOUNDARIES),
    )
    attribution_zh: str = column(
        "归属口径",
        "firms registered in the park, or those that work in it",
        nullable=True,
        isin=list(STATED_BASES),
    )
    measured_zh: str = column(
        "数据方式", "measured, estimated, or in part", isin=["实测", "估算", "部分估算"]
    )
    event_zh: str = column(
        "事件", "what explains a jump against the year before", nullable=True, isin=EVENTS
    )
    note_zh: str = _note()
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.park_annual",
            "key": ["catalogue_code", "year"],
            "partition": "year",
            "about": "One row a park and year, as its committee returns it.",
        }
