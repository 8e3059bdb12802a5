"""Accepted: units of enterprises, what happened to them, and what their sites measured."""

from __future__ import annotations

import polars as pl

from quality.contracts.table import Quantity, Table, column, pedigree, source_row

UNIT_KINDS = ["法人单位", "产业活动单位", "分支机构"]
PLACE_USES = ["生产", "办公"]
EVENTS_OF_ENTERPRISES = ["更名", "迁址", "注销", "吊销", "合并", "分立"]


class UnitEntry(Table):
    source_row_id: str = source_row()
    uscc_text: str = column("统一社会信用代码", "USCC of the unit as delivered", nullable=True)
    name_zh: str = column("单位详细名称", "name of the unit", str_length={"min_value": 1})
    kind_zh: str = column("单位类别", "legal person, local unit or branch", isin=UNIT_KINDS)
    parent_uscc_text: str = column(
        "法人单位代码", "USCC of the legal person it belongs to", nullable=True
    )
    permit_no: str = column("排污许可证编号", "pollutant permit number of the place", nullable=True)
    operating_address_zh: str = column("单位所在地", "place of main operation", nullable=True)
    registered_address_zh: str = column("注册地", "registered office", nullable=True)
    place_use_zh: str = column("场所用途", "production or office", isin=PLACE_USES, nullable=True)
    product_zh: str = column("主要产品", "product that the capacity is of", nullable=True)
    capacity: Quantity = column("生产能力", "capacity, in the unit of the row", nullable=True, ge=0)
    capacity_unit_zh: str = column("能力单位", "unit of capacity and output", nullable=True)
    output: Quantity = column("产量", "output of the year, same unit", nullable=True, ge=0)
    employees: int = column("从业人员", "persons employed", nullable=True, ge=0)
    floor_area_m2: Quantity = column("建筑面积", "floor area", unit="m2", nullable=True, ge=0)
    lon: float = column("经度", "longitude of the place", unit="deg", nullable=True)
    lat: float = column("纬度", "latitude of the place", unit="deg", nullable=True)
    valid_from: pl.Date = column("开业日期", "first day at the place", nullable=True)
    valid_to: pl.Date = column("停业日期", "last day at the place", nullable=True)
    note_zh: str = column("备注", "note of the delivery", nullable=True)
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.unit_entry",
            "key": ["source_row_id"],
            "about": "One row a unit of the register of statistical units: one place.",
        }


class EnterpriseEvent(Table):
    source_row_id: str = source_row()
    uscc_text: str = column("统一社会信用代码", "USCC as delivered", nullable=True)
    name_zh: str = column("企业名称", "enterprise name, after a renaming the new one")
    event_zh: str = column("事件", "what happened", isin=EVENTS_OF_ENTERPRISES)
    happened_on: pl.Date = column("日期", "day from which it holds")
    former_zh: str = column("变更前", "former name or address", nullable=True)
    successor_uscc_text: str = column(
        "承继单位代码", "USCC of the legal person that goes on", nullable=True
    )
    document_no: str = column("文号", "document", nullable=True)
    note_zh: str = column("备注", "note of the delivery", nullable=True)
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.enterprise_event",
            "key": ["source_row_id"],
            "about": "One row a renaming, removal, end or merger of an enterprise.",
        }


class SiteEnergy(Table):
    source_row_id: str = source_row()
    permit_no: str = column("排污许可证编号", "permit number of the site", nullable=True)
    uscc_text: str = column(
        "统一社会信用代码", "USCC of the enterprise that consumes", nullable=True
    )
    name_zh: str = column("单位详细名称", "enterprise that consumes")
    year: int = column("年份", "data year", ge=1980, le=2100)
    energy_zh: str = column("能源名称", "energy as delivered")
    unit_zh: str = column("计量单位", "unit of the quantity")
    consumption: Quantity = column("消费量", "consumption of the site, in the row's unit", ge=0)
    meter_owner_uscc_text: str = column(
        "计量户代码", "USCC of the owner of the meter, where it is another", nullable=True
    )
    meter_owner_zh: str = column("计量户名称", "owner of the meter", nullable=True)
    note_zh: str = column("备注", "note of the delivery", nullable=True)
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.site_energy",
            "key": ["source_row_id"],
            "partition": "year",
            "about": "One row a site, year and energy, as metered.",
        }
