"""Trackers of power and steel plants. Texts beside numbers keep `>0`, `unknown` and `N/A`."""

from __future__ import annotations

from quality.contracts.fields import file_stem, latitude, longitude
from quality.contracts.table import (
    Factor,
    Quantity,
    Table,
    column,
    pedigree,
    source_column,
    source_row,
)


class GemCoalUnit(Table):
    source_row_id: str = source_row()
    file_stem: str = file_stem()
    unit_id: str = column("机组编号", "tracker id of the unit or phase")
    location_id: str = column("厂址编号", "tracker id of the location", nullable=True)
    country: str = column("国家", "country or area")
    plant_name: str = column("电厂", "plant name")
    unit_name: str = column("机组", "unit name", nullable=True)
    plant_name_local: str = column("电厂本地名称", "plant name in the local script", nullable=True)
    plant_name_other: str = column("电厂别名", "other plant names", nullable=True)
    owner_name: str = column("业主", "owner", nullable=True)
    parent_name: str = column("母公司", "parent", nullable=True)
    capacity_mw: Quantity = column("容量", "nameplate capacity", unit="MW", gt=0)
    status: str = column("状态", "status of the unit")
    start_year: int = column("投产年", "first year of operation", nullable=True, ge=1800, le=2100)
    retired_year: int = column("退役年", "year of retirement", nullable=True, ge=1800, le=2100)
    planned_retirement_year: int = column(
        "计划退役年", "planned retirement", nullable=True, ge=1800, le=2100
    )
    technology: str = column("燃烧技术", "combustion technology", nullable=True)
    coal_type: str = column("煤种", "coal type", nullable=True)
    coal_source: str = column("煤源", "coal source", nullable=True)
    alternate_fuel: str = column("替代燃料", "alternate fuel", nullable=True)
    location: str = column("位置", "town or zone", nullable=True)
    county: str = column("县区", "local area", nullable=True)
    prefecture: str = column("地市", "major area", nullable=True)
    province: str = column("省", "subnational unit", nullable=True)
    lat: float = latitude(nullable=False)
    lon: float = longitude(nullable=False)
    location_accuracy: str = column("位置精度", "exact or approximate")
    permits: str = column("许可", "permits as delivered", nullable=True)
    captive_industry: str = column("自备行业", "industry the unit is captive to", nullable=True)
    captive_use: str = column("自备用途", "use by that industry", nullable=True)
    residential_use: str = column("居民用途", "use by households", nullable=True)
    btu_per_kwh_heat_rate: Quantity = column(
        "热耗率", "heat rate", unit="Btu/kWh", nullable=True, ge=0
    )
    ef_kgco2_per_tj: Quantity = column(
        "排放因子", "emission factor", unit="kgCO2/TJ", nullable=True, ge=0
    )
    capacity_factor: Factor = column("负荷率", "capacity factor", nullable=True, ge=0)
    annual_mtco2: Factor = column(
        "年排放", "CO2 a year, as modelled by the tracker", unit="MtCO2", nullable=True, ge=0
    )
    lifetime_mtco2: Factor = column(
        "全寿命排放", "CO2 of the remaining life", unit="MtCO2", nullable=True, ge=0
    )
    remaining_years: Quantity = column("剩余寿命", "remaining life", unit="a", nullable=True)
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.gem_coal_unit",
            "key": ["file_stem", "unit_id"],
            "about": "One row a coal-fired unit of a release of the tracker, whole world.",
        }


class GemSteelPlant(Table):
    source_row_id: str = source_row()
    file_stem: str = file_stem()
    plant_id: str = column("编号", "tracker id of the plant")
    plant_name: str = column("英文名称", "plant name")
    plant_name_local: str = column("本地名称", "plant name in the local script", nullable=True)
    owner_name: str = column("业主", "owner", nullable=True)
    owner_name_local: str = column("业主本地名称", "owner in the local script", nullable=True)
    parent_text: str = column("母公司", "parents with shares in brackets", nullable=True)
    address: str = column("英文地址", "address", nullable=True)
    address_local: str = column("本地地址", "address in the local script", nullable=True)
    municipality: str = column("城市", "municipality", nullable=True)
    province: str = column("省", "subnational unit", nullable=True)
    country: str = column("国家", "country or area")
    coordinates_text: str = column("坐标", "latitude, longitude in WGS-84, as one text")
    coordinate_accuracy: str = column("坐标精度", "exact or approximate", nullable=True)
    start_text: str = column("投产", "start: year, day YYYY-MM-DD or unknown", nullable=True)
    idled_text: str = column("停产", "idled: as start", nullable=True)
    retired_text: str = column("退役", "retired: as start", nullable=True)
    ferronickel_kt_text: str = column("镍铁产能", "kt/a, N/A, unknown or >0", nullable=True)
    sinter_kt_text: str = column("烧结产能", "kt/a, N/A, unknown or >0", nullable=True)
    coking_kt_text: str = column("焦化产能", "kt/a, N/A, unknown or >0", nullable=True)
    pellet_kt_text: str = column("球团产能", "kt/a, N/A, unknown or >0", nullable=True)
    product_category: str = column("产品类别", "category of steel product", nullable=True)
    products: str = column("产品", "steel products", nullable=True)
    workforce_text: str = column("职工数", "workforce or unknown", nullable=True)
    equipment: str = column("主要装备", "main production equipment", nullable=True)
    power_source: str = column("电源", "power source", nullable=True)
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.gem_steel_plant",
            "key": ["file_stem", "plant_id"],
            "about": "One row a steel plant of a release of the tracker, whole world.",
        }


class GemSteelCapacity(Table):
    source_row_id: str = source_row()
    file_stem: str = file_stem()
    plant_id: str = column("编号", "tracker id of the plant")
    plant_name: str = column("英文名称", "plant name")
    plant_name_local: str = column("本地名称", "plant name in the local script", nullable=True)
    country: str = column("国家", "country or area")
    status: str = column("状态", "status of this capacity")
    start_text: str = column("投产", "start: year, day YYYY-MM-DD or unknown", nullable=True)
    crude_steel_kt_text: str = column("粗钢产能", "kt/a, N/A or >0", nullable=True)
    bof_kt_text: str = column("转炉产能", "kt/a, N/A or >0", nullable=True)
    eaf_kt_text: str = column("电炉产能", "kt/a, N/A or >0", nullable=True)
    ohf_kt_text: str = column("平炉产能", "kt/a, N/A or >0", nullable=True)
    other_steel_kt_text: str = column("其他炼钢产能", "kt/a, N/A or >0", nullable=True)
    iron_kt_text: str = column("炼铁产能", "kt/a, N/A or >0", nullable=True)
    bf_kt_text: str = column("高炉产能", "kt/a, N/A or >0", nullable=True)
    dri_kt_text: str = column("直接还原铁产能", "kt/a, N/A or >0", nullable=True)
    other_iron_kt_text: str = column("其他炼铁产能", "kt/a, N/A or >0", nullable=True)
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.gem_steel_capacity",
            "key": ["file_stem", "plant_id", "status"],
            "about": "One row a steel plant and status of a release of the tracker.",
        }


class GemSteelProduction(Table):
    source_row_id: str = source_row()
    source_column: str = source_column()
    file_stem: str = file_stem()
    plant_id: str = column("编号", "tracker id of the plant")
    plant_name: str = column("英文名称", "plant name")
    product: str = column("产品", "type of production")
    year: int = column("年份", "year of the production", ge=1990, le=2100)
    production_kt_text: str = column("产量", "kt/a, N/A, unknown or >0", nullable=True)
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.gem_steel_production",
            "key": ["file_stem", "plant_id", "product", "year"],
            "about": "One row a steel plant, product and year of a release of the tracker.",
        }


class WriPlant(Table):
    source_row_id: str = source_row()
    file_stem: str = file_stem()
    plant_id: str = column("电厂编号", "database id; a few stand on several plants")
    plant_name: str = column("电厂", "plant name")
    plant_name_local: str = column("电厂本地名称", "name in the local script", nullable=True)
    fuel: str = column("燃料", "fuel")
    secondary_fuel: str = column("辅助燃料", "secondary fuel", nullable=True)
    technology: str = column("发电技术", "generator technology", nullable=True)
    units_text: str = column("机组数", "units as delivered", nullable=True)
    capacity_mw: Quantity = column("容量", "capacity", unit="MW", nullable=True, ge=0)
    commissioned_text: str = column("投产", "year or span of years", nullable=True)
    owner_name: str = column("业主", "owner", nullable=True)
    status: str = column("状态", "operational status", nullable=True)
    location: str = column("位置", "place", nullable=True)
    generation_gwh: Quantity = column("年发电量", "generation", unit="GWh", nullable=True)
    data_year: Quantity = column("数据年份", "year, delivered as 2018.0", nullable=True)
    lat: float = latitude()
    lon: float = longitude()
    country: str = column("国家", "country or area as delivered")
    origin: str = column("来源", "document of the entry", nullable=True)
    origin_url: str = column("来源网址", "its address", nullable=True)
    geolocation_origin: str = column("定位来源", "origin of the point", nullable=True)
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.wri_plant",
            "key": ["source_row_id"],
            "about": "One row a power plant entry; names and even ids occur twice.",
        }
