"""Registers of enterprises and installations: where they are registered, where they work."""

from __future__ import annotations

import polars as pl

from quality.contracts.fields import file_stem, latitude, longitude
from quality.contracts.table import (
    Quantity,
    Table,
    column,
    pedigree,
    source_column,
    source_row,
)

_LAST_YEARS = [0, *range(2005, 2101)]  # the EU ETS began in 2005


class NxPermit(Table):
    source_row_id: str = source_row()
    name_zh: str = column("企业名称", "enterprise name", str_length={"min_value": 1})
    city_zh: str = column("市", "prefecture, short", nullable=True)
    lon: float = longitude()
    lat: float = latitude()
    permit_no: str = column("许可证", "pollutant permit number", nullable=True)
    uscc_text: str = column("代码", "USCC as delivered, suffixes kept", nullable=True)
    industry_zh: str = column("行业", "industry as delivered", nullable=True)
    air_pollutants_zh: str = column("气物", "pollutants to air", nullable=True)
    air_standards_zh: str = column("气标", "standards for air", nullable=True)
    water_pollutants_zh: str = column("水物", "pollutants to water", nullable=True)
    water_standards_zh: str = column("水标", "standards for water", nullable=True)
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.nx_permit",
            "key": ["source_row_id"],
            "about": "One row a pollution source of Ningxia; a company may have several.",
        }


class EutlAccount(Table):
    source_row_id: str = source_row()
    file_stem: str = file_stem()
    account_id: str = column("账户编号", "id of the operator account", str_length={"min_value": 1})
    installation_id: str = column("设施编号", "installation id within the country")
    holder_name: str = column("持有人", "account holder", nullable=True)
    registry_code: str = column("登记国", "national administrator, two letters")
    account_status: str = column("账户状态", "open, closed or pending", nullable=True)
    company_no: str = column("公司注册号", "company registration number", nullable=True)
    holder_address: str = column("持有人地址", "address of the holder", nullable=True)
    holder_address_2: str = column("持有人地址二", "second line of it", nullable=True)
    holder_city: str = column("持有人城市", "city of the holder", nullable=True)
    holder_postcode: str = column("持有人邮编", "postcode of the holder", nullable=True)
    holder_country: str = column("持有人国家", "country of the holder", nullable=True)
    installation_name: str = column("设施名称", "installation name", nullable=True)
    parent_company: str = column("母公司", "parent company", nullable=True)
    subsidiary_text: str = column("子公司", "subsidiaries as delivered", nullable=True)
    eprtr_id: str = column("污染登记编号", "E-PRTR id", nullable=True)
    first_year: int = column(
        "首个排放年", "first year of emissions", nullable=True, ge=2005, le=2100
    )
    last_year: int = column(
        "末个排放年", "last year of emissions, 0 if none", nullable=True, isin=_LAST_YEARS
    )
    permit_on: pl.Date = column("许可日期", "day of permit or plan", nullable=True)
    permit_no: str = column("许可编号", "permit or plan id", nullable=True)
    lat: float = latitude()
    lon: float = longitude()
    installation_address: str = column("设施地址", "address of the installation", nullable=True)
    installation_address_2: str = column("设施地址二", "second line of it", nullable=True)
    installation_city: str = column("设施城市", "city of the installation", nullable=True)
    installation_postcode: str = column("设施邮编", "postcode of the installation", nullable=True)
    installation_country: str = column("设施国家", "country of the installation", nullable=True)
    activity_code: str = column("主要活动代码", "main activity code", nullable=True)
    activity: str = column("主要活动", "main activity", nullable=True)
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.eutl_account",
            "key": ["file_stem", "account_id"],
            "about": "One row an operator account of the EU registry; latitude 0 means unknown.",
        }


class EutlEmission(Table):
    source_row_id: str = source_row()
    source_column: str = source_column()
    file_stem: str = file_stem()
    account_id: str = column("账户编号", "id of the operator account")
    year: int = column("年份", "year of the emissions", ge=2005, le=2100)
    verified_tco2e: Quantity = column(
        "核查排放量",
        "verified emissions; empty where NA, Excluded or Not Reported was delivered",
        unit="tCO2e",
        nullable=True,
        ge=0,
    )
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.eutl_emission",
            "key": ["file_stem", "account_id", "year"],
            "about": "One row an operator account and year.",
        }


class LegalEntity(Table):
    source_row_id: str = source_row()
    file_stem: str = file_stem()
    lei: str = column("法人机构识别编码", "legal entity identifier", str_matches=r"^[0-9A-Z]{20}$")
    legal_name: str = column("法定名称", "legal name")
    name_language: str = column("名称语言", "language of the legal name", nullable=True)
    category: str = column("机构类别", "entity category", nullable=True)
    entity_status: str = column("机构状态", "ACTIVE or INACTIVE", nullable=True)
    jurisdiction: str = column("管辖地", "legal jurisdiction", nullable=True)
    authority_id: str = column("登记机关", "registration authority", nullable=True)
    authority_entity_id: str = column("登记编号", "id with that authority", nullable=True)
    registered_address: str = column("注册地址", "legal address, first line")
    registered_city: str = column("注册城市", "legal address, city")
    registered_region: str = column("注册地区", "legal address, region", nullable=True)
    registered_country: str = column("注册国家", "legal address, country")
    registered_postcode: str = column("注册邮编", "legal address, postcode", nullable=True)
    head_address: str = column("总部地址", "headquarters, first line")
    head_city: str = column("总部城市", "headquarters, city")
    head_region: str = column("总部地区", "headquarters, region", nullable=True)
    head_country: str = column("总部国家", "headquarters, country")
    head_postcode: str = column("总部邮编", "headquarters, postcode", nullable=True)
    created_text: str = column("成立时间", "time of creation, ISO 8601", nullable=True)
    updated_text: str = column("更新时间", "time of the last update, ISO 8601", nullable=True)
    registration_status: str = column("登记状态", "status of the LEI", nullable=True)
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.legal_entity",
            "key": ["file_stem", "lei"],
            "about": "One row a legal entity of a GLEIF file.",
        }
