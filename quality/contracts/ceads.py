"""The published CEADs inventories against the energy books: implied factors and comparison.

Quantities carry the twelve decimals that the books do (see `quality.contracts.statistics`).
"""

from __future__ import annotations

from quality.contracts.reference import CONFIDENCE
from quality.contracts.table import Factor, Quantity, Table, column, source_column, source_row

PARTS = ["final", "thermal_power", "heating_supply", "non_energy", "floor"]
REASONS = [
    "below_resolution",
    "negative_in_book",
    "redistributed",
    "no_factor",
    "not_published",
    "process",
    "unexplained",
]


class ImpliedGroup(Table):
    book_sector: str = column("平衡表行业", "sector of the energy book")
    sector_group: str = column("行业组", "sectors of one raw-coal factor, named after it")
    raw_coal_factor: Factor = column(
        "原煤因子", "factor that cells of the sector imply", unit="t/t"
    )
    cells: int = column("单元格数", "published cells of the sector that agree on it", ge=2)

    class Config:
        metadata = {
            "table": "core.implied_group",
            "key": ["book_sector"],
            "about": "One row a sector: the group whose coal factors CEADs uses for it.",
        }


class ImpliedFactor(Table):
    factor_id: str = column("因子", "fuel, gas, set and sector group")
    factor_set: str = column("因子集", "set", isin=["CEADS-implied"])
    kind: str = column("类型", "kind of factor", isin=["effective"])
    subject: str = column("对象", "fuel of the energy book")
    sector_group: str = column("行业组", "group of sectors; empty for all", nullable=True)
    gas: str = column("气体", "gas", isin=["CO2"])
    value: Factor = column("因子值", "t CO2 per canonical unit, as CEADs must have used it", gt=0)
    canonical_unit: str = column("单位", "t, or 1e4m3 as booked", isin=["t", "1e4m3"])
    cells: int = column("单元格数", "published cells with enough digits", ge=2)
    cells_agreeing: int = column("一致单元格数", "of them cells that agree on the value", ge=2)
    spread_pct: Factor = column(
        "离散度", "largest deviation of an agreeing cell from the value", unit="pct"
    )
    years: str = column("年份", "years of the pairs, joined by `;`")
    confidence: str = column("可信度", "derived from published data", isin=CONFIDENCE)
    derivation: str = column("推导", "the arithmetic in figures")
    cell_id: str = column("中位单元格", "cell whose ratio is the value")
    source_row_id: str = source_row()
    source_column: str = source_column()

    class Config:
        metadata = {
            "table": "core.implied_factor",
            "key": ["factor_id"],
            "about": "One row a fuel, for coals a fuel and sector group: the factor that the "
            "pairs of energy book and published inventory imply.",
        }


class CeadsPart(Table):
    part_id: str = column("部分", "province, year, sector, fuel and part")
    province_en: str = column("省", "province as CEADs names it, without blanks")
    year: int = column("年份", "data year")
    book_sector: str = column("平衡表行业", "sector of the energy book")
    book_fuel: str = column("平衡表能源", "fuel of the energy book")
    part: str = column(
        "组成", "row of the book, deduction of non-energy use, or what lifts to 0", isin=PARTS
    )
    quantity: Factor = column("数量", "signed quantity in the canonical unit")
    canonical_unit: str = column("单位", "canonical unit", isin=["t", "1e4m3"])
    factor_id: str = column("因子", "implied factor; empty where there is none", nullable=True)
    emission_t: Quantity = column(
        "排放量", "quantity times factor; empty without a factor", unit="t", nullable=True
    )
    source_row_id: str = source_row()
    source_column: str = source_column()

    class Config:
        metadata = {
            "table": "core.ceads_part",
            "key": ["part_id"],
            "partition": "year",
            "about": "One row a part of what a sector of an energy book burns, by CEADs' rules.",
        }


class CeadsExcess(Table):
    province_en: str = column("省", "province as CEADs names it, without blanks")
    year: int = column("年份", "data year")
    book_fuel: str = column("平衡表能源", "fuel of the energy book")
    canonical_unit: str = column("单位", "unit of the quantities")
    non_energy_quantity: Factor = column("非能源利用", "non-energy use of the book")
    chemical_quantity: Factor = column("化工行业用量", "final use of the five chemical sectors")
    floored_quantity: Factor = column(
        "归零数量", "of the excess: what the floor at 0 adds back", ge=0
    )
    source_row_id: str = source_row()
    source_column: str = source_column()

    class Config:
        metadata = {
            "table": "core.ceads_excess",
            "key": ["province_en", "year", "book_fuel"],
            "partition": "year",
            "about": "One row a province, year and fuel whose non-energy use exceeds the chemical "
            "sectors it is deducted from.",
        }


class CeadsCell(Table):
    cell_id: str = column("单元格", "province, year, sector and fuel")
    province_en: str = column("省", "province as CEADs names it, without blanks")
    year: int = column("年份", "data year")
    book_sector: str = column("平衡表行业", "sector of the energy book")
    book_fuel: str = column("平衡表能源", "fuel of the energy book, or Process")
    quantity: Factor = column("数量", "quantity burnt, canonical unit")
    canonical_unit: str = column("单位", "canonical unit", nullable=True)
    factor_id: str = column("因子", "implied factor", nullable=True)
    confidence: str = column("可信度", "confidence of the factor", nullable=True, isin=CONFIDENCE)
    recomputed_t: Quantity = column(
        "重算排放", "from book and factor; empty without a factor", unit="t", nullable=True
    )
    published_t: Quantity = column(
        "公布排放", "as published; empty where not published", unit="t", nullable=True
    )
    floored: bool = column("归零", "non-energy use exceeds it, so it is 0")
    within_0_1_pct: bool = column("千分之一内", "recomputed within 0.1 % of published")
    reason: str = column("原因", "why it is not", nullable=True, isin=REASONS)
    source_row_id: str = column("来源行", "row of the published cell", nullable=True)
    source_column: str = column("来源列", "header of the published cell", nullable=True)

    class Config:
        metadata = {
            "table": "core.ceads_cell",
            "key": ["cell_id"],
            "partition": "year",
            "about": "One row a cell of a pair of energy book and inventory that is not 0 in both.",
        }


class CeadsComparison(Table):
    province_en: str = column("省", "province as CEADs names it, without blanks")
    year: int = column("年份", "data year")
    book_sector: str = column("平衡表行业", "sector of the energy book")
    book_fuel: str = column("平衡表能源", "fuel of the energy book")
    published_t: Quantity = column("公布排放", "as published", unit="t")
    recomputed_t: Quantity = column("重算排放", "from book and implied factor", unit="t")
    difference_t: Quantity = column("差", "recomputed less published", unit="t")
    relative_pct: Quantity = column(
        "相对差", "difference over published; empty where that is 0", unit="pct", nullable=True
    )
    quantity: Factor = column("数量", "quantity burnt, canonical unit")
    canonical_unit: str = column("单位", "canonical unit", nullable=True)
    factor_id: str = column("因子", "implied factor", nullable=True)
    confidence: str = column("可信度", "confidence of the factor", nullable=True, isin=CONFIDENCE)
    floored: bool = column("归零", "non-energy use exceeds it, so it is 0")
    within_0_1_pct: bool = column("千分之一内", "recomputed within 0.1 % of published")
    reason: str = column("原因", "why it is not", nullable=True, isin=REASONS)

    class Config:
        metadata = {
            "table": "mart.ceads_comparison",
            "key": ["province_en", "year", "book_sector", "book_fuel"],
            "partition": "year",
            "measures": ["published_t", "recomputed_t", "difference_t"],
            # The books have negative cells, and a difference has a sign.
            "signed": {"recomputed_t": None, "difference_t": None},
            "ratios": {"relative_pct": "100 * difference_t / nullif(published_t, 0)"},
            "about": "One row a province, year, sector and fuel: published and recomputed.",
        }


class CeadsTotal(Table):
    province_en: str = column("省", "province as CEADs names it, without blanks")
    year: int = column("年份", "data year")
    published_t: Quantity = column("公布排放", "of fuels, as published", unit="t")
    process_t: Quantity = column("过程排放", "published, cannot be recomputed, left out", unit="t")
    recomputed_t: Quantity = column("重算排放", "of fuels, from book and factors", unit="t")
    final_t: Quantity = column("终端消费排放", "of it from final consumption alone", unit="t")
    difference_t: Quantity = column("差", "recomputed less published, fuels", unit="t")
    relative_pct: Quantity = column(
        "相对差", "difference over published; empty where that is 0", unit="pct", nullable=True
    )
    cells: int = column("单元格数", "cells of fuels that are not 0 in both")
    cells_within: int = column("千分之一内单元格数", "of them within 0.1 %")
    floored_cells: int = column("归零单元格数", "of them floored at 0")
    within_0_2_pct: bool = column("千分之二内", "total within 0.2 % of published")
    reasons: str = column("原因", "why cells are not within 0.1 %, joined by `;`", nullable=True)
    confidence: str = column("可信度", "confidence of the factors", nullable=True, isin=CONFIDENCE)

    class Config:
        metadata = {
            "table": "mart.ceads_total",
            "key": ["province_en", "year"],
            "partition": "year",
            "measures": ["published_t", "process_t", "recomputed_t", "final_t", "difference_t"],
            # The books have negative cells, and a difference has a sign.
            "signed": {"recomputed_t": None, "difference_t": None},
            "ratios": {"relative_pct": "100 * difference_t / nullif(published_t, 0)"},
            "about": "One row a province and year: published and recomputed totals of fuels.",
        }


CEADS: list[type[Table]] = [
    ImpliedGroup,
    ImpliedFactor,
    CeadsPart,
    CeadsExcess,
    CeadsCell,
    CeadsComparison,
    CeadsTotal,
]
