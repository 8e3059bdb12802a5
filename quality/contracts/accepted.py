"""Accepted deliveries: one table a source, typed, each row with its locator.

What an office delivered and nothing derived from it; texts stay as delivered after
trimming of surrounding blanks.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from quality.contracts.table import Quantity, Table, column, pedigree, source_row, vintage

# What explains a jump against the year before (METHOD 5, EN6).
EVENTS = ["投产", "停产", "复产", "合并", "分立", "边界调整"]


def carbon_content() -> Any:
    """Carbon content of a fuel by its energy, in tC/TJ, as measured."""
    return column(
        "单位热值含碳量", "measured carbon content of the fuel", unit="tC/TJ", nullable=True, gt=0
    )


class Permit(Table):
    source_row_id: str = source_row()
    name_zh: str = column("企业名称", "enterprise name as delivered", str_length={"min_value": 1})
    permit_no: str = column("排污许可证编号", "pollutant permit number", nullable=True)
    uscc_text: str = column("统一社会信用代码", "USCC as delivered", nullable=True)
    industry_zh: str = column("行业类别", "industry as delivered", nullable=True)
    # Their ranges are a rule (GEO1), which can say that the two are swapped.
    lon: float = column("经度", "longitude of the production place", unit="deg")
    lat: float = column("纬度", "latitude of the production place", unit="deg")
    city_zh: str = column("所在市", "prefecture as delivered", nullable=True)
    registered_address_zh: str = column("注册地址", "registered office", nullable=True)
    operating_address_zh: str = column("生产经营场所地址", "production place", nullable=True)
    in_park_zh: str = column("是否位于工业园区", "in a park, yes or no", nullable=True)
    park_name_zh: str = column("所属工业园区名称", "park as the permit names it", nullable=True)
    valid_from: pl.Date = column("有效期起", "first day of the permit", nullable=True)
    valid_to: pl.Date = column("有效期止", "last day of the permit", nullable=True)
    provenance: str = column("数据来源", "public source of the row")
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.permit",
            "key": ["source_row_id"],
            "about": "One row a permit entry delivered.",
        }


class Business(Table):
    source_row_id: str = source_row()
    uscc_text: str = column("统一社会信用代码", "USCC as delivered", nullable=True)
    name_zh: str = column("企业名称", "enterprise name")
    registered_address_zh: str = column("住所", "registered office")
    status_zh: str = column("登记状态", "registration status", nullable=True)
    business_premises_zh: str = column(
        "经营场所", "business premises, several separated by ；", nullable=True
    )
    former_name_zh: str = column("曾用名", "former names, separated by ；", nullable=True)
    parent_uscc_text: str = column(
        "隶属企业代码", "USCC of the legal person of a branch", nullable=True
    )
    valid_from: pl.Date = column("成立日期", "day of foundation", nullable=True)
    valid_to: pl.Date = column("注销日期", "day of deregistration", nullable=True)
    note_zh: str = column("备注", "note of the delivery", nullable=True)
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.business",
            "key": ["source_row_id"],
            "about": "One row an entry of the business register.",
        }


class CoalUnit(Table):
    source_row_id: str = source_row()
    unit_id: str = column("机组编号", "tracker id of the unit")
    plant_name: str = column("电厂", "plant name as delivered")
    unit_name: str = column("机组", "unit name", nullable=True)
    owner_name: str = column("业主", "owner", nullable=True)
    capacity_mw: Quantity = column("容量", "nameplate capacity", unit="MW", gt=0)
    status: str = column("状态", "operating or retired", isin=["operating", "retired"])
    start_year: int = column("投产年", "first year of operation", nullable=True, ge=1800, le=2100)
    retired_year: int = column("退役年", "year of retirement", nullable=True, ge=1800, le=2100)
    lat: float = column("纬度", "latitude", unit="deg", ge=3, le=54)
    lon: float = column("经度", "longitude", unit="deg", ge=73, le=136)
    location_accuracy: str = column("位置精度", "exact or approximate")
    captive_use: str = column("自备用途", "industry the unit is captive to", nullable=True)
    permit_no: str = column("许可证编号", "permit number of the same plant", nullable=True)
    provenance: str = column("数据来源", "public source of the row")
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.coal_unit",
            "key": ["unit_id"],
            "about": "One row a coal-fired generating unit.",
        }


class SteelPlant(Table):
    source_row_id: str = source_row()
    plant_id: str = column("编号", "tracker id of the plant")
    name_zh: str = column("名称", "plant name")
    status: str = column("状态", "status of this capacity")
    start_text: str = column("投产", "start as delivered", nullable=True)
    retired_text: str = column("退役", "retirement as delivered", nullable=True)
    crude_steel_kt: Quantity = column(
        "粗钢产能", "crude steel capacity", unit="kt/a", nullable=True
    )
    lat: float = column("纬度", "latitude", unit="deg", ge=3, le=54)
    lon: float = column("经度", "longitude", unit="deg", ge=73, le=136)
    address_zh: str = column("地址", "address as delivered", nullable=True)
    provenance: str = column("数据来源", "public source of the row")
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.steel_plant",
            "key": ["plant_id", "status"],
            "about": "One row a steel plant and status.",
        }


class ControlTotal(Table):
    source_row_id: str = source_row()
    year: int = column("年份", "data year", ge=1980, le=2100)
    province_code: str = column(
        "地区代码", "GB/T 2260 province, or prefecture", str_matches=r"^\d{6}$"
    )
    book_sector: str = column("行业", "sector as in the energy book")
    block: str = column(
        "块", "final consumption or transformation", isin=["final", "transformation"]
    )
    book_fuel: str = column("能源", "fuel as in the energy book")
    value: Quantity = column("数值", "delivered value, in its own unit")
    unit_zh: str = column("单位", "unit as delivered")
    vintage: str = vintage()
    provenance: str = column("数据来源", "cell of the book")
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.control_total",
            "key": ["year", "province_code", "block", "book_sector", "book_fuel", "vintage"],
            "about": "One row a province or city, year, sector, fuel and vintage of an energy "
            "book.",
        }


class Return2051(Table):
    source_row_id: str = source_row()
    uscc_text: str = column("统一社会信用代码", "USCC as delivered", nullable=True)
    name_zh: str = column("单位详细名称", "enterprise name as delivered")
    industry_division: str = column("行业大类代码", "GB/T 4754 division", str_matches=r"^\d{2}$")
    industry_code: str = column(
        "行业小类代码", "GB/T 4754 group or class", nullable=True, str_matches=r"^\d{3,4}$"
    )
    year: int = column("年份", "data year", ge=1980, le=2100)
    energy_zh: str = column("能源名称", "energy as delivered")
    unit_zh: str = column("计量单位", "unit of the quantities of this row")
    opening: Quantity = column(
        "年初库存量", "opening stock, in the row's unit", nullable=True, ge=0
    )
    closing: Quantity = column(
        "年末库存量", "closing stock, in the row's unit", nullable=True, ge=0
    )
    purchased: Quantity = column("购进实物量", "purchases, in the row's unit", nullable=True, ge=0)
    purchase_amount_kcny: Quantity = column(
        "购进金额", "purchases in money", unit="1000 CNY", nullable=True, ge=0
    )
    own_production: Quantity = column(
        "自产量", "own production, in the row's unit", nullable=True, ge=0
    )
    sold: Quantity = column("外供量", "delivered out, in the row's unit", nullable=True, ge=0)
    consumption: Quantity = column("消费量合计", "consumption, in the row's unit", ge=0)
    raw_material: Quantity = column(
        "用于原材料", "of it as raw material, in the row's unit", nullable=True, ge=0
    )
    reported_tce: Quantity = column(
        "折标准煤", "standard coal as reported", unit="tce", nullable=True
    )
    ncv: Quantity = column(
        "低位发热量", "net calorific value as delivered, in its own unit", nullable=True, gt=0
    )
    ncv_unit_zh: str = column("发热量单位", "unit of the calorific value", nullable=True)
    carbon_content_tc_tj: Quantity = carbon_content()
    oxidation_pct: Quantity = column(
        "碳氧化率", "measured oxidation of the carbon", unit="pct", nullable=True, gt=0, le=100
    )
    output_value_kcny: Quantity = column(
        "工业总产值",
        "output value of the legal person, the same in all its rows",
        unit="1000 CNY",
        nullable=True,
        ge=0,
    )
    event_zh: str = column(
        "事件", "what explains a jump against the year before", nullable=True, isin=EVENTS
    )
    note_zh: str = column("备注", "note of the delivery", nullable=True)
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.return_205_1",
            "key": ["uscc_text", "year", "energy_zh"],
            "partition": "year",
            "about": "One row a legal person, year and energy of form 205-1.",
        }


class OutputReturn(Table):
    source_row_id: str = source_row()
    uscc_text: str = column("统一社会信用代码", "USCC as delivered", nullable=True)
    name_zh: str = column("单位详细名称", "enterprise name as delivered")
    year: int = column("年份", "data year", ge=1980, le=2100)
    product_zh: str = column("产品名称", "product as delivered")
    unit_zh: str = column("计量单位", "unit of the output")
    output: Quantity = column("产量", "output, own use included, in the row's unit", ge=0)
    note_zh: str = column("备注", "note of the delivery", nullable=True)
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.output_return",
            "key": ["uscc_text", "year", "product_zh"],
            "partition": "year",
            "about": "One row a legal person, year and product.",
        }


class BoundaryShape(Table):
    source_row_id: str = source_row()
    catalogue_code: str = column("园区代码", "catalogue code of the park")
    name_zh: str = column("园区名称", "park name as delivered")
    boundary_class: str = column(
        "类别",
        "boundary class",
        isin=["approved", "planned", "administered", "built", "nominal"],
    )
    catalogue_ha: Quantity = column("面积", "catalogue area", unit="ha", gt=0)
    valid_from: pl.Date = column("起始", "first day of validity")
    valid_to: pl.Date = column("终止", "last day of validity", nullable=True)
    parent_code: str = column(
        "上级代码", "catalogue code of the park this one lies in", nullable=True
    )
    note_zh: str = column("说明", "note of the delivery", nullable=True)
    zone_zh: str = column("片区", "zone of a park of several (一区多园)", nullable=True)
    geometry_wkb: str = column("几何", "polygon as WKB in hexadecimal, in the delivery's CRS")
    crs_stated: str = column("坐标系", "CRS as the file states it", nullable=True)
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.boundary",
            "key": ["source_row_id"],
            "about": "One row a boundary polygon delivered.",
        }


class SiteShape(Table):
    source_row_id: str = source_row()
    permit_no: str = column("许可证编号", "pollutant permit number of the site", nullable=True)
    uscc_text: str = column("统一社会信用代码", "USCC as delivered", nullable=True)
    name_zh: str = column("企业名称", "enterprise name as delivered")
    note_zh: str = column("说明", "note of the delivery", nullable=True)
    geometry_wkb: str = column("几何", "ground of the site as WKB in hexadecimal, as delivered")
    crs_stated: str = column("坐标系", "CRS as the file states it", nullable=True)
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.site_shape",
            "key": ["source_row_id"],
            "about": "One row a polygon of the ground of a site (厂界).",
        }


class ParkCatalogue(Table):
    source_row_id: str = source_row()
    catalogue_code: str = column("代码", "catalogue code", str_matches=r"^[GS]\d{6}$")
    name_zh: str = column("开发区名称", "zone name as in the notice")
    province_zh: str = column("省份", "province as in the notice")
    type_zh: str = column("开发区类型", "zone type")
    approval_month: str = column("批准时间", "approval month as in the notice", nullable=True)
    approved_ha: Quantity = column("核准面积", "approved area", unit="ha", gt=0)
    leading_industries_zh: str = column("主导产业", "leading industries as text", nullable=True)
    lon_gcj02: float = column("经度", "geocoder longitude, GCJ-02", unit="deg", nullable=True)
    lat_gcj02: float = column("纬度", "geocoder latitude, GCJ-02", unit="deg", nullable=True)
    geocoder_address_zh: str = column("格式化地址", "address the geocoder returned", nullable=True)
    source: str = column("来源", "document of the row")
    confidence: str = column("可信度", "how far the row can be trusted")
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.park_catalogue",
            "key": ["catalogue_code", "name_zh"],
            "about": "One row a zone of the 2018 catalogue (2,543).",
        }


class RegisteredEnterprise(Table):
    source_row_id: str = source_row()
    name_zh: str = column("企业名称", "enterprise name", str_length={"min_value": 1})
    uscc_text: str = column("统一社会信用代码", "USCC or old number as delivered", nullable=True)
    registered_on: pl.Date = column("注册日期", "day of registration", nullable=True)
    type_zh: str = column("企业类型", "enterprise type", nullable=True)
    capital_text: str = column("注册资金", "capital with its unit, as delivered", nullable=True)
    province_zh: str = column("所在省份", "province", nullable=True)
    city_zh: str = column("地区", "prefecture or district", nullable=True)
    registered_address_zh: str = column("注册地址", "registered office", nullable=True)
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.registered_enterprise",
            "key": ["source_row_id"],
            "about": "One row an entry of a national register extract.",
        }


class ListedCompany(Table):
    source_row_id: str = source_row()
    stock_code: str = column("股票代码", "stock code, leading zeros kept", str_matches=r"^\d{6}$")
    name_zh: str = column("公司名称", "company name", nullable=True)
    short_name_zh: str = column("证券简称", "short name")
    area_zh: str = column("地区", "province, short", nullable=True)
    industry_zh: str = column("行业", "industry as delivered", nullable=True)
    registered_address_zh: str = column("注册地址", "registered office", nullable=True)
    working_address_zh: str = column("办公地址", "working address", nullable=True)
    lon_bd09: float = column("经度", "longitude, BD-09", unit="deg", nullable=True)
    lat_bd09: float = column("纬度", "latitude, BD-09", unit="deg", nullable=True)
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.listed_company",
            "key": ["stock_code"],
            "about": "One row a listed company.",
        }
