"""Insight: returns of park committees, their calibers against ours, and indicators."""

from __future__ import annotations

from typing import Any

from quality.contracts.core import BASES
from quality.contracts.forms import STATED_BASES, STATED_BOUNDARIES, STATED_FIRMS
from quality.contracts.reference import CONFIDENCE
from quality.contracts.table import Factor, Quantity, Table, column, pedigree, source_row

# Figures of a committee that numbers of ours are divided by or put beside.
CALIBER_SERIES = ["value_added", "developed_area", "approved_area", "energy"]
# All energy of a return in tce, beside its single energies.
COMPREHENSIVE = "comprehensive_energy"


class ZeroCarbonThreshold(Table):
    source_row_id: str = source_row()
    tce_from: Quantity = column("下限", "energy of the class from, 等价值", unit="tce", ge=0)
    tce_below: Quantity = column(
        "上限", "and below; empty: no upper end", unit="tce", nullable=True
    )
    t_per_tce: Factor = column("限值", "t CO2 a tce that may not be exceeded")
    source: str = column("来源", "document and table of the value")
    confidence: str = column("可信度", "how far the value can be trusted", isin=CONFIDENCE)
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.zero_carbon_threshold",
            "key": ["tce_from"],
            "about": "One row a class of energy use of zero-carbon parks.",
        }


# What a return says of its caliber; the marts of indicators repeat it.
def stated_firms() -> Any:
    return column(
        "年报企业范围",
        "firms that the return covers, as it says",
        nullable=True,
        isin=list(STATED_FIRMS.values()),
    )


def stated_boundary() -> Any:
    return column(
        "年报边界类别",
        "boundary of the return, as it says",
        nullable=True,
        isin=list(STATED_BOUNDARIES.values()),
    )


def stated_basis() -> Any:
    return column(
        "年报归属口径",
        "whether the return is of firms registered or working there, as it says",
        nullable=True,
        isin=list(STATED_BASES.values()),
    )


def elec_basis() -> Any:
    return column(
        "电力折标口径",
        "of its standard coal, as it says",
        nullable=True,
        isin=["当量值", "等价值"],
    )


def measured() -> Any:
    return column("数据方式", "measured, estimated, or in part", isin=["实测", "估算", "部分估算"])


class ParkReturn(Table):
    park_id: str = column("园区", "park of the catalogue that returned it")
    year: int = column("年份", "data year")
    value_added_wcny: Quantity = column(
        "工业增加值", "industrial value added, current prices", unit="1e4 CNY", nullable=True
    )
    planned_ha: Quantity = column("规划面积", "planned area", unit="ha", nullable=True)
    developed_ha: Quantity = column("已开发面积", "developed area", unit="ha", nullable=True)
    employees: int = column("从业人员", "persons employed at the end of the year", nullable=True)
    energy_tce: Quantity = column("综合能源消费量", "all energy", unit="tce", nullable=True)
    elec_basis: str = elec_basis()
    scope_firms: str = stated_firms()
    boundary_class: str = stated_boundary()
    attribution: str = stated_basis()
    measured_zh: str = measured()
    illustrative: bool = column("示意", "made for demonstration, not official")
    source_row_id: str = column("来源行", "row of the return")
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "core.park_return",
            "key": ["park_id", "year"],
            "partition": "year",
            "about": "One row a park and year as its committee returned it (T4), with the caliber "
            "that it states.",
        }


class ParkReturnEnergy(Table):
    park_id: str = column("园区", "park")
    year: int = column("年份", "data year")
    energy_id: str = column("能源", f"energy, or {COMPREHENSIVE}: all of it in tce")
    book_fuel: str = column("平衡表能源", "fuel of the energy book", nullable=True)
    canonical_unit: str = column("单位", "canonical unit")
    quantity: Quantity = column("数量", "consumption in the canonical unit", ge=0)
    column_name: str = column("列", "column of the return")
    source_row_id: str = column("来源行", "row of the return")

    class Config:
        metadata = {
            "table": "core.park_return_energy",
            "key": ["park_id", "year", "energy_id"],
            "partition": "year",
            "about": "One row a park, year and energy of a committee's return.",
        }


class ParkCaliber(Table):
    place_id: str = column("地点", "park")
    year: int = column("年份", "data year")
    boundary_class: str = column("边界类别", "boundary class of our number")
    basis: str = column("口径", "attribution basis of our number", isin=BASES)
    series: str = column("序列", "figure of the committee or catalogue", isin=CALIBER_SERIES)
    refused_zh: str = column("口径差异", "flags that differ (CAL1); empty: agree", nullable=True)
    refused_en: str = column("口径差异（英文）", "the same in English", nullable=True)

    class Config:
        metadata = {
            "table": "core.park_caliber",
            "key": ["place_id", "year", "boundary_class", "basis", "series"],
            "partition": "year",
            "about": "One row a park, year, class, basis and series: whether our numbers and it "
            "are of one caliber (METHOD 4.1).",
        }
