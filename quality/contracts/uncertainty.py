"""Uncertainty: default half widths, pedigree factors, cells of totals, intervals and shares."""

from __future__ import annotations

from quality.contracts.core import BASES, TIERS
from quality.contracts.profiles import GASES
from quality.contracts.reference import CONFIDENCE
from quality.contracts.table import Factor, Quantity, Table, column, pedigree, source_row

QUALITY_CLASSES = ["A", "B", "C", "D"]


def _source() -> str:
    return column("来源", "document, package and table")  # type: ignore[no-any-return]


def _confidence() -> str:
    return column("可信度", "how far the value can be trusted", isin=CONFIDENCE)  # type: ignore[no-any-return]


class UncertaintyDefault(Table):
    source_row_id: str = source_row()
    item: str = column("项目", "activity or factor that the width is of")
    tier_or_class: str = column("层级或类别", "tier or class of the data", nullable=True)
    u95_pct: Factor = column(
        "95 % 半宽", "half width of 95 %; of a skewed one the upper side", unit="pct", ge=0
    )
    unit: str = column("单位", "unit as published, with the range behind it")
    year: int = column("年份", "year of the document", nullable=True, ge=1949, le=2100)
    source: str = _source()
    confidence: str = _confidence()
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.uncertainty_default",
            "key": ["item", "tier_or_class"],
            "about": "One row a kind of activity or factor and its default 95 % half width.",
        }


class DataTier(Table):
    source_row_id: str = source_row()
    tier: str = column("数据层级", "data tier", isin=TIERS)
    data: str = column("数据", "what data are of the tier")
    u95_pct: Factor = column("95 % 半宽", "default half width of activity", unit="pct", ge=0)
    source: str = _source()
    confidence: str = _confidence()
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.data_tier",
            "key": ["tier"],
            "about": "One row a tier of activity data.",
        }


class PedigreeFactor(Table):
    source_row_id: str = source_row()
    indicator: str = column("指标", "axis of the pedigree, or basic uncertainty")
    score: int = column("评分", "1 best to 5 worst; 0 for basic uncertainty", ge=0, le=5)
    factor_set: str = column("因子集", "published set", isin=["v1", "v2", "basic"])
    value: Factor = column("数值", "factor of GSD^2", ge=1)
    criterion: str = column("标准", "what the score means, or the flow that it is for")
    source: str = _source()
    confidence: str = _confidence()
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.pedigree_factor",
            "key": ["indicator", "score", "factor_set", "criterion"],
            "about": "One row an indicator, score and set, and one a basic uncertainty.",
        }


class FactorUncertainty(Table):
    source_row_id: str = source_row()
    kind: str = column("类型", "kind of the emission factor")
    subject: str = column("对象", "energy, product or method of the line; * for any")
    gas: str = column("气体", "gas; * for any", isin=[*GASES, "*"])
    factor_flag: str = column(
        "因子标记", "warning on the factor, or none", isin=["none", "EF1", "EF2"]
    )
    item: str = column("项目", "row of the default uncertainties")
    source: str = _source()
    confidence: str = _confidence()
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.factor_uncertainty",
            "key": ["kind", "subject", "gas", "factor_flag"],
            "about": "One row a kind of factor, subject and gas, and the default that it takes.",
        }


class UncertaintyCell(Table):
    place_id: str = column("地点", "park, OUTSIDE:…, UNLOCATED:… or REST:…")
    year: int = column("年份", "data year")
    boundary_class: str = column("边界类别", "boundary class of the attribution")
    basis: str = column("口径", "attribution basis", isin=BASES)
    view: str = column("视角", "accounting view")
    profile: str = column("方法", "method profile")
    gwp_set: str = column("GWP 集", "assessment report of the GWPs")
    location_id: str = column("定位", "site of class B, alone in its cells; else empty")
    energy_id: str = column("能源", "energy, product or method")
    tier: str = column("数据层级", "data tier", isin=TIERS)
    u_allocation_pct: Quantity = column(
        "分配不确定度", "95 % half width that sharing out adds; 0: was not shared out", unit="pct"
    )
    u_location_pct: Quantity = column(
        "定位不确定度", "95 % half width of the location, 100 (1 - c)", unit="pct", ge=0, le=100
    )
    factor_id: str = column("因子", "effective factor")
    factor_flag: str = column("因子标记", "warning on the factor, or none")
    gas: str = column("气体", "gas", isin=GASES)
    co2e_t: Quantity = column("排放量", "emissions, with the sign of the view", unit="t")
    absolute_t: Quantity = column("绝对量", "sum of the lines without their signs", unit="t", ge=0)
    scored_t: Quantity = column(
        "评分量", "sum of lines without signs times the sum of their five scores", unit="t", ge=0
    )
    u_activity_pct: Factor = column("活动不确定度", "95 % half width of the activity", unit="pct")
    u_factor_pct: Factor = column("因子不确定度", "95 % half width of the factor", unit="pct")
    item: str = column("默认项", "row of the default uncertainties that the factor takes")
    worst_confidence: str = column(
        "最低可信度", "weakest confidence of factor and half widths", isin=CONFIDENCE
    )

    class Config:
        metadata = {
            "table": "core.uncertainty_cell",
            "key": [
                "place_id",
                "year",
                "boundary_class",
                "basis",
                "view",
                "profile",
                "gwp_set",
                "location_id",
                "energy_id",
                "tier",
                "u_allocation_pct",
                "u_location_pct",
                "factor_id",
                "factor_flag",
            ],
            "partition": "year",
            "about": "One row a place, energy, tier and factor of a total, with its half widths.",
        }


class ParkUncertainty(Table):
    place_id: str = column("地点", "park, OUTSIDE:…, UNLOCATED:… or REST:…")
    year: int = column("年份", "data year")
    boundary_class: str = column("边界类别", "boundary class of the attribution")
    basis: str = column("口径", "attribution basis", isin=BASES)
    view: str = column("视角", "accounting view")
    profile: str = column("方法", "method profile")
    gwp_set: str = column("GWP 集", "assessment report of the GWPs")
    approach: int = column("方法层级", "1 error propagation, 2 Monte Carlo", isin=[1, 2])
    co2e_t: float = column(
        "排放量",
        "emissions; with all widths empty where no point value is published",
        unit="t",
        nullable=True,
    )
    mean_t: float = column("均值", "mean of the draws; approach 2", unit="t", nullable=True)
    u95_pct: float = column(
        "95 % 半宽", "half the interval over the emissions", unit="pct", nullable=True, ge=0
    )
    low_t: float = column("下限", "lower end of the 95 % interval", unit="t", nullable=True)
    high_t: float = column("上限", "upper end of the 95 % interval", unit="t", nullable=True)
    seed: int = column("随机种子", "seed of the draws; approach 2", nullable=True)
    draws: int = column("抽样数", "draws; approach 2", nullable=True)
    approach_2_required: bool = column("须用方法二", "a large source is wider than 60 %")
    reason: str = column("原因", "the largest such source", nullable=True)
    quality_score: float = column(
        "质量得分", "mean pedigree score of the activity, weighed by emissions", ge=1, le=5
    )
    quality_class: str = column("质量等级", "A to D", isin=QUALITY_CLASSES)
    confidential: bool = column("保密", "fewer than three enterprises")
    illustrative: bool = column("示意", "rests on a delivery made for demonstration")
    worst_confidence: str = column(
        "最低可信度", "weakest confidence of factors and half widths", isin=CONFIDENCE
    )

    class Config:
        metadata = {
            "table": "core.park_uncertainty",
            "key": [
                "place_id",
                "year",
                "boundary_class",
                "basis",
                "view",
                "profile",
                "gwp_set",
                "approach",
            ],
            "partition": "year",
            "about": "One row a total of a place and approach: its 95 % interval; approach 1 alone "
            "where no point value is published.",
        }


class UncertaintyShare(Table):
    place_id: str = column("地点", "park, OUTSIDE:…, UNLOCATED:… or REST:…")
    year: int = column("年份", "data year")
    boundary_class: str = column("边界类别", "boundary class of the attribution")
    basis: str = column("口径", "attribution basis", isin=BASES)
    view: str = column("视角", "accounting view")
    profile: str = column("方法", "method profile")
    gwp_set: str = column("GWP 集", "assessment report of the GWPs")
    input: str = column(
        "输入", "factor|…, activity|tier, allocation, location, or interaction of them"
    )
    share: float = column("方差占比", "share of the variance of the total", ge=0, le=1)

    class Config:
        metadata = {
            "table": "core.uncertainty_share",
            "key": [
                "place_id",
                "year",
                "boundary_class",
                "basis",
                "view",
                "profile",
                "gwp_set",
                "input",
            ],
            "partition": "year",
            "about": "One row a total and input: what part of the width is due to it.",
        }
