"""Core: parks, enterprises, sites, claims, attribution, factors, activity.

What the product worked out from accepted rows. Claims are kept beside what was
chosen among them.
"""

from __future__ import annotations

import polars as pl

from quality.contracts.books import ACTIVITY_SCOPES, CONTROL_BLOCKS
from quality.contracts.enterprises import UNIT_KINDS
from quality.contracts.profiles import FLOWS, GASES
from quality.contracts.reference import CONFIDENCE, conversion_confidence
from quality.contracts.table import Factor, Quantity, Table, column, pedigree, vintage

BASES = ["registered", "operating"]
# Series of whole years; `opening` holds single years only.
WHOLE_SERIES = ["actual", "constant"]
SERIES = [*WHOLE_SERIES, "opening"]
CARRIERS = ["fuel", "electricity", "heat", "product", "process"]
# A park or the rest of a province as a whole: sites that stand for what no site is known of.
WHOLE_PLACES = ["park", "rest"]
AS_PARK, AS_REST = "PARK:", "REST:"
# Firms that data cover (METHOD 4.1); of several in one number it is mixed.
SCOPES_OF_FIRMS = ["above_scale", "all", "unknown", "mixed"]
TIERS = ["T1", "T2", "T3", "T4", "T5", "T6"]
# Tiers of what control totals are shared out by.
SHARED_OUT = ["T5", "T6"]


class Park(Table):
    park_id: str = column("园区", "catalogue code; a second zone on one code carries `-2`")
    catalogue_code: str = column("代码", "catalogue code")
    name_zh: str = column("开发区名称", "zone name as in the notice")
    province_code: str = column("省份代码", "GB/T 2260 province", str_matches=r"^\d{6}$")
    division_code: str = column(
        "区划代码", "division its point lies in, where the point is in the province", nullable=True
    )
    level: str = column("级别", "national or provincial", isin=["national", "provincial"])
    type_zh: str = column("开发区类型", "zone type")
    approved_ha: Quantity = column("核准面积", "approved area", unit="ha")
    parent_park_id: str = column("上级园区", "park that this one lies in (园中园)", nullable=True)
    depth: int = column("层级", "parks around this one: 0 for a park in no other", ge=0)
    counts_in_total: bool = column("计入合计", "false for a park inside another park")
    source_row_id: str = column("来源行", "catalogue row")

    class Config:
        metadata = {
            "table": "core.park",
            "key": ["park_id"],
            "about": "One row a zone of the 2018 catalogue (2,543).",
        }


class ParkPointClaim(Table):
    park_id: str = column("园区", "park")
    lon: float = column("经度", "longitude, CGCS2000", unit="deg", nullable=True)
    lat: float = column("纬度", "latitude, CGCS2000", unit="deg", nullable=True)
    crs_source: str = column("原坐标系", "CRS of the delivered point")
    precision_m: float = column("精度", "standard deviation taken for the point", unit="m")
    precision_class: str = column(
        "精度等级", "what the geocoder's address names", isin=["site", "town", "county", "city"]
    )
    outside_province: bool = column("不在本省", "the point lies outside the declared province")
    outside_by_km: float = column(
        "距省界", "distance of the point from the declared province", unit="km", nullable=True
    )
    parks_on_point: int = column("同点园区数", "parks that share this very point")
    parks_on_code: int = column("同码园区数", "zones that share the catalogue code")
    usable: bool = column("可用", "may carry a nominal boundary")
    doubt_zh: str = column("疑点", "what is doubtful, in words", nullable=True)
    source_row_id: str = column("来源行", "catalogue row")

    class Config:
        metadata = {
            "table": "core.park_point_claim",
            "key": ["park_id"],
            "about": "One row a park: the geocoder's point as a claim with its doubts.",
        }


class Enterprise(Table):
    enterprise_id: str = column(
        "企业", "checked USCC, else another number, else a hash of the normalised name"
    )
    uscc: str = column("统一社会信用代码", "USCC that passes GB 32100", nullable=True)
    uscc_status: str = column(
        "代码状态",
        "how the USCC was found; linked: in another register that names the enterprise",
        isin=["checked", "from_permit", "linked", "missing", "failed"],
    )
    org_code: str = column("组织机构代码", "organisation code (GB 11714)", nullable=True)
    unit_kind: str = column("单位类别", "kind of unit", isin=UNIT_KINDS)
    parent_enterprise_id: str = column(
        "上级企业", "legal person of a branch or local unit", nullable=True
    )
    name_zh: str = column("企业名称", "name as first delivered")
    industry_zh: str = column("行业", "industry as delivered", nullable=True)
    registering_division: str = column("登记机关区划", "digits 3 to 8 of the USCC", nullable=True)
    ended_on: pl.Date = column("终止", "last day of an enterprise that ended", nullable=True)
    ended_zh: str = column("终止原因", "deregistered, revoked or merged", nullable=True)
    successor_id: str = column("承继企业", "enterprise that goes on in its place", nullable=True)
    registers: int = column("名录数", "registers that name it", ge=1)
    source_row_id: str = column("来源行", "row the name is taken from")

    class Config:
        metadata = {
            "table": "core.enterprise",
            "key": ["enterprise_id"],
            "about": "One row a legal person.",
        }


class Site(Table):
    site_id: str = column("场所", "permit number, unit id, a hash, PARK:park or REST:province")
    enterprise_id: str = column("企业", "legal person")
    kind: str = column(
        "类型",
        "where the site is known from",
        isin=["permit", "unit", "coal_unit", "gas_plant", "return_only", *WHOLE_PLACES],
    )
    name_zh: str = column("名称", "site name")
    lon: float = column("经度", "longitude, CGCS2000", unit="deg", nullable=True)
    lat: float = column("纬度", "latitude, CGCS2000", unit="deg", nullable=True)
    point_precision_m: float = column("点精度", "standard deviation of the point", unit="m")
    capacity_mw: Quantity = column("装机容量", "generating capacity", unit="MW", nullable=True)
    captive: bool = column("自备", "generates for an industry of its own")
    place_use: str = column("用途", "production or office", isin=["production", "office"])
    product_zh: str = column("主要产品", "product that the capacity is of", nullable=True)
    capacity: Quantity = column("生产能力", "capacity, in its own unit", nullable=True)
    capacity_unit_zh: str = column("能力单位", "unit of capacity and output", nullable=True)
    output: Quantity = column("产量", "output of a year, same unit", nullable=True)
    employees: int = column("从业人员", "persons employed", nullable=True)
    floor_area_m2: Quantity = column("建筑面积", "floor area", unit="m2", nullable=True)
    valid_from: pl.Date = column("开业日期", "first day at the place", nullable=True)
    valid_to: pl.Date = column("停业日期", "last day at the place", nullable=True)
    figures_row_id: str = column("数据行", "row of capacity, staff and days", nullable=True)
    start_year: int = column("投产年", "first year of operation", nullable=True)
    retired_year: int = column("退役年", "year of retirement", nullable=True)
    province_code: str = column("省份代码", "GB/T 2260 province", nullable=True)
    source_row_id: str = column("来源行", "row the site is taken from")

    class Config:
        metadata = {
            "table": "core.site",
            "key": ["site_id"],
            "about": "One row a place with one main activity (产业活动单位).",
        }


class LocationClaim(Table):
    claim_id: str = column("主张", "site, basis, place, evidence, boundary and row")
    site_id: str = column("场所", "site")
    basis: str = column("口径", "attribution basis", isin=BASES)
    level: int = column(
        "层级", "0; deeper where an OUTSIDE is said of parks that lie in parks", ge=0
    )
    place_id: str = column("地点", "park, OUTSIDE:province, or DIVISION:code")
    evidence_id: str = column("证据", "kind of evidence")
    evidence_weight: Quantity = column("证据权重", "weight of this kind of evidence")
    probability: Quantity = column(
        "概率", "probability of the place given the precision of point and boundary"
    )
    weight: Quantity = column("权重", "evidence weight times probability")
    area_share: float = column(
        "面积比例",
        "share of the site's ground in the place, where its ground is known (B6)",
        nullable=True,
    )
    distance_km: float = column(
        "距离", "distance of the point from the boundary; 0 inside", unit="km", nullable=True
    )
    boundary_class: str = column(
        "边界类别", "class of the boundary the claim rests on; empty where on none", nullable=True
    )
    series: str = column(
        "序列", "series of versions it rests on; empty where on none", nullable=True, isin=SERIES
    )
    boundary_id: str = column("边界", "boundary the claim rests on", nullable=True)
    valid_from: pl.Date = column("起始", "first day it speaks for; empty: from ever", nullable=True)
    valid_to: pl.Date = column("终止", "last day it speaks for; empty: for ever", nullable=True)
    document: str = column("文件", "document; evidence of one document counts once")
    reason_zh: str = column("理由", "the reason in words")
    source_row_id: str = column("来源行", "row of the evidence")

    class Config:
        metadata = {
            "table": "core.location_claim",
            "key": ["claim_id"],
            "about": "One row a claim that a site lies in a place; all are kept.",
        }


class Attribution(Table):
    site_id: str = column("场所", "site")
    basis: str = column("口径", "attribution basis", isin=BASES)
    boundary_class: str = column("边界类别", "boundary class the attribution rests on")
    series: str = column(
        "序列",
        "actual: versions as they were valid; constant: the latest version in all years; opening: "
        "in a year in which versions change, that of 1 January",
        isin=SERIES,
    )
    valid_from: pl.Date = column("起始", "first day of the period; 1900-01-01: from ever")
    valid_to: pl.Date = column("终止", "last day of the period; 9999-12-31: for ever")
    year_from: int = column("起始年", "first year that these weights are of")
    year_to: int = column("终止年", "last year that these weights are of")
    place_id: str = column("地点", "park, OUTSIDE:…, UNLOCATED:… or REST:…")
    weight_point: Quantity = column("点值权重", "share of the site counted here", ge=0, le=1)
    share_from: Quantity = column(
        "份额起", "where its share begins when the site is shared out from 0 to 1", ge=0, le=1
    )
    share_to: Quantity = column("份额止", "where its share ends", ge=0, le=1)
    weight_low: Quantity = column("下限权重", "share in the lower bound", ge=0, le=1)
    weight_high: Quantity = column("上限权重", "share in the upper bound", ge=0, le=1)
    score: Quantity = column("得分", "S of this place", ge=0, le=1)
    confidence: Quantity = column("置信度", "c of the site's best place", ge=0, le=1)
    location_class: str = column("定位等级", "A, B or C", isin=["A", "B", "C"])
    reason_zh: str = column("理由", "the reason in words")

    class Config:
        metadata = {
            "table": "core.attribution",
            "key": [
                "site_id",
                "basis",
                "boundary_class",
                "series",
                "valid_from",
                "year_from",
                "place_id",
            ],
            "about": "One row a site, basis, class, series, period and possible place; in each "
            "year the point weights over places that count in totals sum to 1.",
        }


class EmissionFactor(Table):
    factor_id: str = column("因子", "kind, subject, gas and set")
    kind: str = column(
        "类型",
        "fuel (of a triple), effective (of a fuel as a whole), electricity and its bases, heat, "
        "process, method, contract",
    )
    subject: str = column("对象", "energy or product")
    use: str = column("用途", "use the factor is for; `all` where it does not matter")
    variant: str = column(
        "适用",
        "group of sectors, or return that states what was measured; empty: all",
        nullable=True,
    )
    gas: str = column("气体", "gas", isin=GASES)
    value: Factor = column("因子值", "effective factor: t of gas per canonical unit")
    canonical_unit: str = column("单位", "unit of the activity")
    factor_set: str = column("因子集", "set or document")
    area_code: str = column("地区", "province it is for", nullable=True)
    year: int = column("数据年", "year the factor describes", nullable=True)
    confidence: str = column("可信度", "lowest confidence of its parts", isin=CONFIDENCE)
    derivation: str = column("推导", "the arithmetic in figures")
    rank: int = column("优先序", "precedence among sets; 1 is used first")

    class Config:
        metadata = {
            "table": "core.emission_factor",
            "key": ["factor_id"],
            "about": "One row an effective emission factor, derived once in exact arithmetic.",
        }


class EnergyCoefficient(Table):
    energy_id: str = column("能源", "energy")
    canonical_unit: str = column("单位", "unit of the activity")
    tce_per_unit: Factor = column("折标系数", "tce per unit, 当量值", unit="tce")
    confidence: str = column("可信度", "lowest confidence of its parts", isin=CONFIDENCE)
    derivation: str = column("推导", "the arithmetic in figures")

    class Config:
        metadata = {
            "table": "core.energy_coefficient",
            "key": ["energy_id"],
            "about": "One row an energy: its standard-coal coefficient (当量值).",
        }


class Activity(Table):
    activity_id: str = column("活动", "source row, site and part")
    year: int = column("年份", "data year")
    site_id: str = column("场所", "site it is allocated to")
    enterprise_id: str = column("企业", "legal person it was delivered for")
    province_code: str = column("省份代码", "GB/T 2260 province", nullable=True)
    book_sector: str = column("平衡表行业", "sector of the energy book", nullable=True)
    block: str = column("块", "final or transformation", isin=["final", "transformation"])
    energy_id: str = column("能源", "energy or product")
    book_fuel: str = column("平衡表能源", "fuel of the energy book", nullable=True)
    carrier: str = column("类别", "kind", isin=CARRIERS)
    flow: str = column(
        "流向",
        "how the views weigh it",
        isin=FLOWS,
    )
    quantity: Quantity = column("数量", "quantity in the canonical unit", ge=0)
    canonical_unit: str = column("单位", "canonical unit")
    tier: str = column("数据层级", "data tier", isin=TIERS)
    method_zh: str = column("分配方法", "how the quantity came to this site")
    allocation_u95_pct: int = column(
        "分配不确定度", "95 % half-width that sharing out adds", unit="pct", nullable=True
    )
    conversion_confidence: str = conversion_confidence()
    illustrative: bool = column("示意", "made for demonstration, not official")
    source_row_id: str = column("来源行", "row the quantity is taken from")
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "core.activity",
            "key": ["activity_id"],
            "partition": "year",
            "about": "One row a site, year, energy or product, and part of its use.",
        }


class ControlQuantity(Table):
    control_id: str = column(
        "控制总量", "row, in a book with a column for each fuel also the column, of the cell"
    )
    source_row_id: str = column("来源行", "row of the energy book")
    source_column: str = column(
        "来源列", "header of the cell in a book with a column for each fuel", nullable=True
    )
    year: int = column("年份", "data year")
    province_code: str = column("省份代码", "GB/T 2260 province")
    block: str = column(
        "块",
        "final, transformation, or non_energy: a part of final used as raw material, which no sum "
        "of the other two includes",
        isin=CONTROL_BLOCKS,
    )
    book_sector: str = column("平衡表行业", "sector of the energy book")
    activity_scope: str = column("核算范围", "what the sector covers", isin=ACTIVITY_SCOPES)
    book_fuel: str = column("平衡表能源", "fuel of the energy book")
    energy_id: str = column("能源", "energy that stands for the book fuel")
    carrier: str = column("类别", "kind", isin=["fuel", "electricity", "heat"])
    quantity: Quantity = column("数量", "control total in the canonical unit", gt=0)
    canonical_unit: str = column("单位", "canonical unit")
    vintage: str = vintage()
    revision_factor: Factor = column(
        "修订系数", "what a census revised the cell by; empty: as published", nullable=True
    )
    census_from_row: str = column("前次普查来源行", "ratio of the census before", nullable=True)
    census_to_row: str = column("后次普查来源行", "ratio of the census after", nullable=True)
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "core.control_quantity",
            "key": ["year", "province_code", "block", "book_sector", "book_fuel"],
            "partition": "year",
            "about": "One row a control total that is consumption, in the canonical unit.",
        }


class CanonicalReturn(Table):
    source_row_id: str = column("来源行", "delivered row")
    enterprise_id: str = column("企业", "legal person")
    year: int = column("年份", "data year")
    energy_zh: str = column("名称", "energy or product as delivered")
    unit_zh: str = column("计量单位", "unit as delivered")
    industry_division: str = column("行业大类代码", "GB/T 4754 division; empty for products")
    energy_id: str = column("能源", "energy or product")
    canonical_unit: str = column("单位", "canonical unit")
    carrier: str = column("类别", "kind", isin=["fuel", "electricity", "heat", "product"])
    book_fuel: str = column("平衡表能源", "fuel of the energy book", nullable=True)
    final_sector: str = column("终端行业", "final sector of the energy book", nullable=True)
    power_sector: str = column("发电行业", "transformation sector", nullable=True)
    quantity: Quantity = column("数量", "amount counted, canonical unit", ge=0)
    own_quantity: Quantity = column("自产量", "own production, canonical unit", ge=0)
    sold_quantity: Quantity = column("外供量", "delivered out, canonical unit", ge=0)
    raw_quantity: Quantity = column("用于原材料", "used as raw material, canonical unit", ge=0)
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "core.canonical_return",
            "key": ["source_row_id"],
            "partition": "year",
            "about": "One row a returned energy or product in its canonical unit.",
        }
