"""Vintages of control totals, and how a census revises them (METHOD 4.2)."""

from __future__ import annotations

from quality.contracts.books import CONTROL_BLOCKS
from quality.contracts.table import Factor, Quantity, Table, column, pedigree, source_row, vintage

# Economic censuses whose results revised the years between them.
CENSUS_YEARS = [2004, 2008, 2013, 2018, 2023]
# What stands in the form for every sector, and for every fuel.
EVERY = "全部"


class CensusRevision(Table):
    source_row_id: str = source_row()
    area_code: str = column("地区代码", "GB/T 2260 province or prefecture", str_matches=r"^\d{6}$")
    book_sector: str = column("行业", "sector of the energy book, spelled as there, or 全部")
    book_fuel: str = column("能源", "fuel of the energy book, spelled as there, or 全部")
    census_year: int = column("普查年份", "year of the census", isin=CENSUS_YEARS)
    ratio: Factor = column("修订系数", "revised figure of that year over the first one", gt=0)
    revises: str = vintage(
        "所修订版本", "vintage of the figures it revises; empty: those without one"
    )
    vintage: str = vintage("发布日期", "when it was published", nullable=False)
    provenance: str = column("来源", "document that the ratio stands in")
    note_zh: str = column("备注", "note of the delivery", nullable=True)
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.census_revision",
            "key": ["area_code", "book_sector", "book_fuel", "census_year", "revises"],
            "about": "One row an area, sector, fuel, census and vintage that it revised.",
        }


class ControlVintage(Table):
    year: int = column("年份", "data year")
    area_code: str = column("地区代码", "GB/T 2260 province or prefecture")
    block: str = column("块", "final, transformation or non_energy", isin=CONTROL_BLOCKS)
    book_sector: str = column("平衡表行业", "sector of the energy book")
    book_fuel: str = column("平衡表能源", "fuel of the energy book")
    vintage: str = vintage()
    revised: bool = column("普查修订", "the figure before, revised by two censuses")
    quantity: Quantity = column("数量", "in the canonical unit")
    canonical_unit: str = column("单位", "canonical unit")
    revision_factor: Factor = column("修订系数", "empty: as published", nullable=True)
    in_force: bool = column("采用", "the one that counts: the last published")
    control_id: str = column("控制总量", "cell that it stands in")

    class Config:
        metadata = {
            "table": "core.control_vintage",
            "key": [
                "year",
                "area_code",
                "block",
                "book_sector",
                "book_fuel",
                "vintage",
                "revised",
            ],
            "partition": "year",
            "about": "One row a vintage of a control total that has several.",
        }
