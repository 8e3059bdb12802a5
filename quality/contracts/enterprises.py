"""Core: who is named in which register, under which numbers, at which addresses."""

from __future__ import annotations

import polars as pl

from quality.contracts.table import Quantity, Table, column

UNIT_KINDS = ["legal_person", "local_unit", "branch", "plant", "account"]
ROLES = [
    "registered_office",
    "operating_site",
    "statistical_unit",
    "permit_site",
    "permit_park",
    "plant",
    "office",
]
MATCHED_BY = ["self", "uscc", "org_code", "number", "scored", "person"]


class RegisterRecord(Table):
    source_row_id: str = column("来源行", "row of the register")
    register_id: str = column("名录", "source that names it")
    rank: int = column("位次", "place of the register in the order of linking", ge=0)
    universe: str = column("范围", "CN, or the country whose registers it is linked with")
    entity_id: str = column("实体", "what the row is known by: checked USCC, number or name")
    name_zh: str = column("名称", "name as delivered")
    name_latin: str = column(
        "外文名称", "name in Latin letters, where it is another", nullable=True
    )
    unit_kind: str = column("单位类别", "kind of unit", isin=UNIT_KINDS)
    parent_entity_id: str = column("上级实体", "legal person of a branch or unit", nullable=True)
    uscc: str = column("统一社会信用代码", "USCC that passes GB 32100", nullable=True)
    uscc_status: str = column(
        "代码状态",
        "how the USCC was found",
        isin=["checked", "from_permit", "missing", "failed"],
    )
    org_code: str = column("组织机构代码", "nine characters that pass GB 11714", nullable=True)
    other_no: str = column("其他号码", "scheme and value of another number", nullable=True)
    permit_no: str = column("排污许可证编号", "permit number as delivered", nullable=True)
    industry_zh: str = column("行业", "industry as delivered", nullable=True)
    valid_from: pl.Date = column("起始", "first day it speaks for", nullable=True)
    valid_to: pl.Date = column("终止", "last day it speaks for", nullable=True)

    class Config:
        metadata = {
            "table": "core.register_record",
            "key": ["source_row_id"],
            "about": "One row a row of a register, permit list, return or plant list.",
        }


class RecordAddress(Table):
    source_row_id: str = column("来源行", "row of the register")
    role: str = column("角色", "what the place is to the enterprise", isin=ROLES)
    place_no: int = column("序号", "1, 2, … where a row names several places of a role", ge=1)
    address_zh: str = column("地址", "address as delivered", nullable=True)
    country: str = column("国家", "country of the address, two letters")
    address_status: str = column("解析状态", "what the parser made of it", nullable=True)
    division_code: str = column("区划", "deepest division that the text names", nullable=True)
    division_now: str = column("今区划", "that division today, where there is one", nullable=True)
    zone_zh: str = column("开发区", "zone as the text names it", nullable=True)
    park_id: str = column("园区", "park of the catalogue that is meant", nullable=True)
    rest_zh: str = column("其余", "street and number", nullable=True)
    address_reason_zh: str = column("解析理由", "what was read, in words", nullable=True)
    lon: float = column("经度", "longitude, CGCS2000", unit="deg", nullable=True)
    lat: float = column("纬度", "latitude, CGCS2000", unit="deg", nullable=True)
    crs_found: str = column("原坐标系", "system that the point was delivered in", nullable=True)
    precision_m: float = column("点精度", "standard deviation of the point", nullable=True)
    point_doubt_zh: str = column("点疑点", "what is doubtful about the point", nullable=True)
    point_division: str = column("点所在县", "county that the point lies in", nullable=True)
    cluster: bool = column("集群注册", "an address that many enterprises share on paper")
    valid_from: pl.Date = column("起始", "first day at the place", nullable=True)
    valid_to: pl.Date = column("终止", "last day at the place", nullable=True)

    class Config:
        metadata = {
            "table": "core.record_address",
            "key": ["source_row_id", "role", "place_no"],
            "about": "One row an address or point that a register gives an enterprise; all "
            "are kept.",
        }


class Entity(Table):
    entity_id: str = column("实体", "what rows of registers are known by")
    enterprise_id: str = column("企业", "the enterprise it is taken to be")
    matched_by: str = column("认定方法", "how it was found to be", isin=MATCHED_BY)
    matched_entity_id: str = column("对应实体", "the entity it was linked with", nullable=True)
    score: Quantity = column("得分", "score of the link; empty where a key decided", nullable=True)
    rank: int = column("位次", "first register that names it", ge=0)

    class Config:
        metadata = {
            "table": "core.entity",
            "key": ["entity_id"],
            "about": "One row an entity: what registers know an enterprise by, and the enterprise.",
        }


class EnterpriseNumber(Table):
    enterprise_id: str = column("企业", "legal person")
    scheme: str = column("类型", "USCC, ORG, REG15, REG13, REGTEXT, LEI, PERMIT, STOCK, …")
    number: str = column("号码", "the number")
    fits: bool = column("校验", "its check fits; empty where it has none", nullable=True)
    rows: int = column("行数", "register rows that give it", ge=1)
    source_row_id: str = column("来源行", "the first of them")

    class Config:
        metadata = {
            "table": "core.enterprise_number",
            "key": ["enterprise_id", "scheme", "number"],
            "about": "One row a number that registers give an enterprise.",
        }


class EnterpriseName(Table):
    enterprise_id: str = column("企业", "legal person")
    name_zh: str = column("名称", "name as delivered")
    kind: str = column("类别", "recorded, or former (曾用名)", isin=["recorded", "former"])
    valid_to: pl.Date = column("终止", "last day of a former name", nullable=True)
    rows: int = column("行数", "register rows that give it", ge=1)
    source_row_id: str = column("来源行", "the first of them")

    class Config:
        metadata = {
            "table": "core.enterprise_name",
            "key": ["enterprise_id", "name_zh", "kind"],
            "about": "One row a name of an enterprise, as delivered.",
        }


class EnterpriseFinding(Table):
    enterprise_id: str = column("企业", "legal person")
    finding: str = column(
        "发现",
        "what is odd about it",
        isin=[
            "names_differ",
            "two_codes",
            "branch_without_parent",
            "parent_unknown",
            "parent_cycle",
            "suffix_only",
            "successor_unknown",
        ],
    )
    detail_zh: str = column("说明", "the finding in words")
    source_row_id: str = column("来源行", "row that shows it")

    class Config:
        metadata = {
            "table": "core.enterprise_finding",
            "key": ["enterprise_id", "finding", "source_row_id"],
            "about": "One row a finding: what is odd about who an enterprise is.",
        }


class SiteRecord(Table):
    source_row_id: str = column("来源行", "row of a register that speaks of one place")
    site_id: str = column("场所", "the site it is")

    class Config:
        metadata = {
            "table": "core.site_record",
            "key": ["source_row_id"],
            "about": "One row a register row that speaks of one place, and the site it is.",
        }


class SiteOperator(Table):
    site_id: str = column("场所", "site")
    enterprise_id: str = column("企业", "legal person whose return covers the site")
    relation: str = column(
        "关系",
        "own site, site of a branch, or site taken over in a merger",
        isin=["own", "branch", "merged"],
    )
    valid_from: pl.Date = column("起始", "first day; 1900-01-01: from ever")
    valid_to: pl.Date = column("终止", "last day; 9999-12-31: for ever")
    source_row_id: str = column("来源行", "row that says so")

    class Config:
        metadata = {
            "table": "core.site_operator",
            "key": ["site_id", "enterprise_id", "valid_from"],
            "about": "One row a site and a legal person that operates it, with the days.",
        }


# `within`: only a prefecture or province is known of one side, and it holds the other.
COMPARISONS = [
    "same_county",
    "same_city",
    "same_province",
    "other_province",
    "other_country",
    "within_city",
    "within_province",
]


class RecordComparison(Table):
    source_row_id: str = column("来源行", "row of the register")
    register_id: str = column("名录", "source that names the enterprise")
    area: str = column("地区", "province of the enterprise, or its country; 000000: not known")
    coded: bool = column("有效代码", "a USCC that passes GB 32100")
    registered_text: str = column("住所", "registered address as delivered", nullable=True)
    operating_text: str = column("经营地", "other address as delivered", nullable=True)
    texts_differ: bool = column(
        "地址不同", "the two texts differ, blanks aside; empty where one is missing", nullable=True
    )
    registered_division: str = column(
        "登记区划", "of the address, else of the code's authority", nullable=True
    )
    registered_from: str = column(
        "登记区划来源", "where that is from", nullable=True, isin=["address", "uscc"]
    )
    operating_division: str = column("经营区划", "of the address, else of the point", nullable=True)
    operating_from: str = column(
        "经营区划来源", "where that is from", nullable=True, isin=["point", "address"]
    )
    point_differs: bool = column(
        "点址不符", "the point lies outside of what the address names", nullable=True
    )
    comparison: str = column(
        "比较", "how far apart they are; empty where not known", nullable=True, isin=COMPARISONS
    )
    registered_zone: str = column("住所开发区", "zone in the registered address", nullable=True)
    operating_zone: str = column("经营地开发区", "zone in the other address", nullable=True)
    registered_park: str = column("住所园区", "park of the catalogue it is", nullable=True)
    operating_park: str = column("经营地园区", "park of the catalogue it is", nullable=True)

    class Config:
        metadata = {
            "table": "core.record_comparison",
            "key": ["source_row_id"],
            "about": "One row a row of a register: where it is registered, and where it is.",
        }
