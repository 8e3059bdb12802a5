"""Marts: what is published. Every measure is a sum of contributions, nothing else.

`measures` in the metadata names the columns that are sums; `withhold` the ones that
are not shown under a stated condition; `ratios` the ones reckoned from measures; `required`
says that a release has rows in it.
All other columns are axes or marks.
"""

from __future__ import annotations

from quality.contracts.core import BASES, TIERS
from quality.contracts.reference import CONFIDENCE
from quality.contracts.table import Quantity, Table, column

# METHOD 5, LOC1e: above 15 % unlocated no point value, only the range.
_WITHHOLD = {"co2e_t": "co2e_high_t - co2e_t > 0.15 * co2e_high_t"}


class ParkInventory(Table):
    place_id: str = column("地点", "park, OUTSIDE:…, UNLOCATED:… or REST:…")
    year: int = column("年份", "data year")
    boundary_class: str = column("边界类别", "boundary class of the attribution")
    basis: str = column("口径", "attribution basis", isin=BASES)
    view: str = column("视角", "accounting view")
    profile: str = column("方法", "method profile")
    gwp_set: str = column("GWP 集", "assessment report of the GWPs")
    source_category: str = column("源类别", "source category")
    gas: str = column("气体", "gas")
    mass_t: Quantity = column("质量", "mass of the gas", unit="t")
    co2e_t: Quantity = column(
        "排放量", "emissions; empty where more than 15 % is unlocated", unit="t", nullable=True
    )
    co2e_low_t: Quantity = column("下限", "located in class A only", unit="t")
    co2e_high_t: Quantity = column("上限", "with all that may lie here", unit="t")
    enterprises: Quantity = column("企业数", "enterprises behind the number")
    confidential: bool = column("保密", "fewer than three enterprises")
    illustrative: bool = column("示意", "rests on a delivery made for demonstration")
    worst_tier: str = column("最低层级", "weakest data tier", isin=TIERS)
    worst_confidence: str = column("最低可信度", "weakest factor confidence", isin=CONFIDENCE)

    class Config:
        metadata = {
            "table": "mart.park_inventory",
            "key": [
                "place_id",
                "year",
                "boundary_class",
                "basis",
                "view",
                "profile",
                "gwp_set",
                "source_category",
                "gas",
            ],
            "partition": "year",
            "measures": ["mass_t", "co2e_t", "co2e_low_t", "co2e_high_t", "enterprises"],
            "required": True,
            "withhold": _WITHHOLD,
            "about": "One row a place, year, basis, view, source category and gas.",
        }


class ParkTotal(Table):
    place_id: str = column("地点", "park, OUTSIDE:…, UNLOCATED:… or REST:…")
    year: int = column("年份", "data year")
    boundary_class: str = column("边界类别", "boundary class of the attribution")
    basis: str = column("口径", "attribution basis", isin=BASES)
    view: str = column("视角", "accounting view")
    profile: str = column("方法", "method profile")
    gwp_set: str = column("GWP 集", "assessment report of the GWPs")
    co2e_t: Quantity = column(
        "排放量", "emissions; empty where more than 15 % is unlocated", unit="t", nullable=True
    )
    co2e_low_t: Quantity = column("下限", "located in class A only", unit="t")
    co2e_high_t: Quantity = column("上限", "with all that may lie here", unit="t")
    enterprises: Quantity = column("企业数", "enterprises behind the number")
    confidential: bool = column("保密", "fewer than three enterprises")
    illustrative: bool = column("示意", "rests on a delivery made for demonstration")
    worst_tier: str = column("最低层级", "weakest data tier", isin=TIERS)
    worst_confidence: str = column("最低可信度", "weakest factor confidence", isin=CONFIDENCE)

    class Config:
        metadata = {
            "table": "mart.park_total",
            "key": ["place_id", "year", "boundary_class", "basis", "view", "profile", "gwp_set"],
            "partition": "year",
            "measures": ["co2e_t", "co2e_low_t", "co2e_high_t", "enterprises"],
            "required": True,
            "withhold": _WITHHOLD,
            "about": "One row a place, year, basis and view, over all sources and gases.",
        }


class ParkEnergy(Table):
    place_id: str = column("地点", "park, OUTSIDE:…, UNLOCATED:… or REST:…")
    year: int = column("年份", "data year")
    boundary_class: str = column("边界类别", "boundary class of the attribution")
    basis: str = column("口径", "attribution basis", isin=BASES)
    energy_id: str = column("能源", "energy")
    canonical_unit: str = column("单位", "unit of the quantity")
    quantity: Quantity = column("数量", "quantity in the canonical unit")
    tce_calorific: Quantity = column("折标量(当量值)", "standard coal, 当量值", unit="tce")
    enterprises: Quantity = column("企业数", "enterprises behind the number")
    confidential: bool = column("保密", "fewer than three enterprises")
    illustrative: bool = column("示意", "rests on a delivery made for demonstration")

    class Config:
        metadata = {
            "table": "mart.park_energy",
            "key": ["place_id", "year", "boundary_class", "basis", "energy_id"],
            "partition": "year",
            "measures": ["quantity", "tce_calorific", "enterprises"],
            "about": "One row a place, year, basis and energy.",
        }


class EnterpriseReconciliation(Table):
    enterprise_id: str = column("企业", "legal person")
    year: int = column("年份", "data year")
    boundary_class: str = column("边界类别", "boundary class of the attribution")
    registered_place_id: str = column("注册地点", "place on the registered basis")
    operating_place_ids: str = column("经营地点", "places on the operating basis, joined by `;`")
    reconciliation_case: str = column("情形", "case of METHOD 1.5")
    cases: str = column("适用情形", "all cases of METHOD 1.5 that apply, by number, joined by `;`")
    reason_zh: str = column("理由", "why, in words")
    territorial_co2e_t: Quantity = column("属地排放", "emissions on sites, in CO2e", unit="t")
    sites: Quantity = column("场所数", "sites with activity in the year")
    confidential: bool = column("保密", "one enterprise: internal only")
    illustrative: bool = column("示意", "rests on a delivery made for demonstration")

    class Config:
        metadata = {
            "table": "mart.enterprise_reconciliation",
            "key": ["enterprise_id", "year", "boundary_class"],
            "partition": "year",
            "measures": ["territorial_co2e_t", "sites"],
            "about": "One row an enterprise, year and class: registered and operating places.",
        }


class ParkReconciliation(Table):
    place_id: str = column("地点", "park")
    year: int = column("年份", "data year")
    boundary_class: str = column("边界类别", "boundary class of the attribution")
    registered_enterprises: Quantity = column("注册口径企业数", "enterprises: registered here")
    operating_enterprises: Quantity = column("经营口径企业数", "enterprises: operating here")
    matched_enterprises: Quantity = column(
        "一致企业数", "enterprises: registered and operating here"
    )
    reg_not_op_enterprises: Quantity = column(
        "注册不经营企业数", "enterprises: registered here, operating elsewhere"
    )
    op_not_reg_enterprises: Quantity = column(
        "经营不注册企业数", "enterprises: operating here, registered elsewhere"
    )
    reg_op_unlocated_enterprises: Quantity = column(
        "注册、经营地不明企业数", "enterprises: registered here, place of operation not located"
    )
    op_reg_unlocated_enterprises: Quantity = column(
        "经营、注册地不明企业数", "enterprises: operating here, registered office not located"
    )
    unlocated_enterprises: Quantity = column(
        "注册未定位企业数", "enterprises: may be registered here: evidence names only a division"
    )
    ratio_enterprises: Quantity = column(
        "企业数注册经营比",
        "enterprises registered over operating; empty where none operate",
        nullable=True,
    )
    registered_tce: Quantity = column("注册口径能耗", "energy, 当量值: registered here", unit="tce")
    operating_tce: Quantity = column("经营口径能耗", "energy, 当量值: operating here", unit="tce")
    matched_tce: Quantity = column(
        "一致能耗", "energy, 当量值: registered and operating here", unit="tce"
    )
    reg_not_op_tce: Quantity = column(
        "注册不经营能耗", "energy, 当量值: registered here, operating elsewhere", unit="tce"
    )
    op_not_reg_tce: Quantity = column(
        "经营不注册能耗", "energy, 当量值: operating here, registered elsewhere", unit="tce"
    )
    reg_op_unlocated_tce: Quantity = column(
        "注册、经营地不明能耗",
        "energy, 当量值: registered here, place of operation not located",
        unit="tce",
    )
    op_reg_unlocated_tce: Quantity = column(
        "经营、注册地不明能耗",
        "energy, 当量值: operating here, registered office not located",
        unit="tce",
    )
    unlocated_tce: Quantity = column(
        "注册未定位能耗",
        "energy, 当量值: may be registered here: evidence names only a division",
        unit="tce",
    )
    ratio_tce: Quantity = column(
        "能耗注册经营比",
        "energy registered over operating; empty where none operate",
        nullable=True,
    )
    registered_co2e_t: Quantity = column("注册口径排放", "emissions: registered here", unit="t")
    operating_co2e_t: Quantity = column("经营口径排放", "emissions: operating here", unit="t")
    matched_co2e_t: Quantity = column(
        "一致排放", "emissions: registered and operating here", unit="t"
    )
    reg_not_op_co2e_t: Quantity = column(
        "注册不经营排放", "emissions: registered here, operating elsewhere", unit="t"
    )
    op_not_reg_co2e_t: Quantity = column(
        "经营不注册排放", "emissions: operating here, registered elsewhere", unit="t"
    )
    reg_op_unlocated_co2e_t: Quantity = column(
        "注册、经营地不明排放",
        "emissions: registered here, place of operation not located",
        unit="t",
    )
    op_reg_unlocated_co2e_t: Quantity = column(
        "经营、注册地不明排放", "emissions: operating here, registered office not located", unit="t"
    )
    unlocated_co2e_t: Quantity = column(
        "注册未定位排放",
        "emissions: may be registered here: evidence names only a division",
        unit="t",
    )
    ratio_co2e_t: Quantity = column(
        "排放注册经营比",
        "emissions registered over operating; empty where none operate",
        nullable=True,
    )
    confidential: bool = column("保密", "fewer than three enterprises")
    illustrative: bool = column("示意", "rests on a delivery made for demonstration")

    class Config:
        metadata = {
            "table": "mart.park_reconciliation",
            "key": ["place_id", "year", "boundary_class"],
            "partition": "year",
            "measures": [
                "registered_enterprises",
                "operating_enterprises",
                "matched_enterprises",
                "reg_not_op_enterprises",
                "op_not_reg_enterprises",
                "reg_op_unlocated_enterprises",
                "op_reg_unlocated_enterprises",
                "unlocated_enterprises",
                "registered_tce",
                "operating_tce",
                "matched_tce",
                "reg_not_op_tce",
                "op_not_reg_tce",
                "reg_op_unlocated_tce",
                "op_reg_unlocated_tce",
                "unlocated_tce",
                "registered_co2e_t",
                "operating_co2e_t",
                "matched_co2e_t",
                "reg_not_op_co2e_t",
                "op_not_reg_co2e_t",
                "reg_op_unlocated_co2e_t",
                "op_reg_unlocated_co2e_t",
                "unlocated_co2e_t",
            ],
            "ratios": {
                "ratio_enterprises": "registered_enterprises / nullif(operating_enterprises, 0)",
                "ratio_tce": "registered_tce / nullif(operating_tce, 0)",
                "ratio_co2e_t": "registered_co2e_t / nullif(operating_co2e_t, 0)",
            },
            "about": "One row a park, year and boundary class: registered against operating.",
        }


class RegisterReconciliation(Table):
    register_id: str = column("名录", "register")
    area: str = column("地区", "province of the enterprise, or its country; 000000: not known")
    records: Quantity = column("行数", "rows that name an enterprise")
    coded: Quantity = column("有效代码", "rows with a USCC that passes GB 32100")
    comparable: Quantity = column("可比", "rows of which both divisions are known")
    both_texts: Quantity = column("两址俱全", "rows with two addresses in words")
    texts_differ: Quantity = column("地址不同", "of these, addresses that are not the same text")
    coarse: Quantity = column(
        "只到地市或省", "comparable rows of which one side is known to the prefecture or province"
    )
    county_differs: Quantity = column("县区不同", "rows registered in another county")
    city_differs: Quantity = column("地市不同", "rows registered in another prefecture")
    province_differs: Quantity = column("省份不同", "rows registered in another province")
    country_differs: Quantity = column("国家不同", "rows registered in another country")
    point_differs: Quantity = column(
        "点址不符", "rows whose point lies outside of what the address names"
    )
    registered_zone: Quantity = column("住所写明开发区", "registered addresses that name a zone")
    operating_zone: Quantity = column("经营地写明开发区", "other addresses that name a zone")
    registered_park: Quantity = column("住所在目录园区", "of these, a park of the catalogue")
    operating_park: Quantity = column("经营地在目录园区", "of these, a park of the catalogue")
    confidential: bool = column("保密", "fewer than three rows")

    class Config:
        metadata = {
            "table": "mart.register_reconciliation",
            "key": ["register_id", "area"],
            "measures": [
                "records",
                "coded",
                "comparable",
                "both_texts",
                "texts_differ",
                "coarse",
                "county_differs",
                "city_differs",
                "province_differs",
                "country_differs",
                "point_differs",
                "registered_zone",
                "operating_zone",
                "registered_park",
                "operating_park",
            ],
            "about": "One row a register and area: where its rows are registered and where they "
            "are.",
        }


class BoundaryEffect(Table):
    place_id: str = column("地点", "park")
    year: int = column("年份", "data year")
    boundary_class: str = column("边界类别", "boundary class of the attribution")
    basis: str = column("口径", "attribution basis", isin=BASES)
    view: str = column("视角", "accounting view")
    actual_co2e_t: Quantity = column(
        "实际边界排放", "by the versions as they were valid, by days in a year of change", unit="t"
    )
    constant_co2e_t: Quantity = column(
        "固定边界排放", "by the latest version in all years", unit="t"
    )
    opening_co2e_t: Quantity = column(
        "年初边界排放", "by the version of 1 January, kept to the end of the year", unit="t"
    )
    boundary_effect_co2e_t: Quantity = column(
        "边界效应", "actual less opening: what the change of the boundary made", unit="t"
    )
    confidential: bool = column("保密", "fewer than three enterprises")
    illustrative: bool = column("示意", "rests on a delivery made for demonstration")

    class Config:
        metadata = {
            "table": "mart.boundary_effect",
            "key": ["place_id", "year", "boundary_class", "basis", "view"],
            "partition": "year",
            "measures": [
                "actual_co2e_t",
                "constant_co2e_t",
                "opening_co2e_t",
                "boundary_effect_co2e_t",
            ],
            "about": "One row a park with several boundary versions, year, basis and view.",
        }


class ControlBalance(Table):
    year: int = column("年份", "data year")
    province_code: str = column("省份代码", "GB/T 2260 province")
    block: str = column("块", "final or transformation")
    book_sector: str = column("平衡表行业", "sector of the energy book")
    book_fuel: str = column("平衡表能源", "fuel of the energy book")
    boundary_class: str = column("边界类别", "boundary class that says what is in parks")
    canonical_unit: str = column("单位", "unit of the quantities")
    book_quantity: Quantity = column("平衡表数量", "the control total")
    measured_quantity: Quantity = column("实测数量", "returns and plants' own data")
    downscaled_quantity: Quantity = column("分解数量", "given to located plants by capacity")
    in_parks_quantity: Quantity = column("园区内数量", "of both, located in a park")
    rest_quantity: Quantity = column("其余数量", "not placed: rest of the province")
    illustrative: bool = column("示意", "rests on a delivery made for demonstration")

    class Config:
        metadata = {
            "table": "mart.control_balance",
            "key": [
                "year",
                "province_code",
                "block",
                "book_sector",
                "book_fuel",
                "boundary_class",
            ],
            "partition": "year",
            "measures": [
                "book_quantity",
                "measured_quantity",
                "downscaled_quantity",
                "in_parks_quantity",
                "rest_quantity",
            ],
            "about": "One row a control total and how much of it is placed.",
        }


MARTS: list[type[Table]] = [
    ParkInventory,
    ParkTotal,
    ParkEnergy,
    EnterpriseReconciliation,
    ParkReconciliation,
    RegisterReconciliation,
    BoundaryEffect,
    ControlBalance,
]
