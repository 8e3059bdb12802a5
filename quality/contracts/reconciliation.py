"""Marts of registered against operating places; see `quality.contracts.mart`."""

from __future__ import annotations

from quality.contracts.table import Quantity, Table, column


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
    enterprises_ratio: Quantity = column(
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
    tce_ratio: Quantity = column(
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
    co2e_ratio: Quantity = column(
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
                "enterprises_ratio": "registered_enterprises / nullif(operating_enterprises, 0)",
                "tce_ratio": "registered_tce / nullif(operating_tce, 0)",
                "co2e_ratio": "registered_co2e_t / nullif(operating_co2e_t, 0)",
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
