"""Marts: what is published. Every measure is a sum of contributions, nothing else.

`measures` in the metadata names the columns that are sums; `withhold` the ones that
are not shown under a stated condition; `signed` the ones that may be negative but where a
condition holds; `ratios` the ones reckoned from measures as they are shown (`told`);
`labels` the words reckoned from both (`shown`); `required`
says that a release has rows in it.
All other columns are axes or marks.
"""

from __future__ import annotations

from typing import Any

from quality.contracts.ceads import CeadsComparison, CeadsTotal
from quality.contracts.core import BASES, SCOPES_OF_FIRMS, TIERS
from quality.contracts.coverage import (
    Coverage,
    LocatedBase,
    LocatedCapacity,
    ProvinceCoverage,
    TrackerComparison,
)
from quality.contracts.indicators import ParkIndicator, ParkReported
from quality.contracts.reconciliation import (
    EnterpriseReconciliation,
    ParkReconciliation,
    RegisterReconciliation,
)
from quality.contracts.reference import CONFIDENCE
from quality.contracts.table import Quantity, Table, column

# METHOD 5, LOC1e: above 15 % unlocated no point value, only the range. METHOD 4.3: nor where a
# number rests on a control total of which too little is placed.
_WITHHOLD = {
    "co2e_t": """co2e_high_t - co2e_t > 0.15 * abs(co2e_high_t)
        OR (worst_tier IN ('T5', 'T6') AND EXISTS (
            SELECT 1 FROM mart.province_coverage c
            JOIN core.park p ON p.province_code = c.province_code
            WHERE p.park_id = summed.place_id AND c.year = summed.year
              AND c.boundary_class = summed.boundary_class AND c.activity_scope = 'industry'
              AND c.placed_share < {minimum_coverage}))"""
}
# METHOD 4.3: coverage stands beside every number of a park.
_PLACED = {
    "placed_share": """(
        SELECT c.placed_share FROM mart.province_coverage c
        JOIN core.park p ON p.province_code = c.province_code
        WHERE p.park_id = told.place_id AND c.year = told.year
          AND c.boundary_class = told.boundary_class AND c.activity_scope = 'industry')"""
}
# METHOD 4.1: electricity at its 等价值 takes the coefficient of its own year, or has no value.
_NO_EQUAL_VALUE = """energy_id = 'electricity' AND NOT EXISTS (
    SELECT 1 FROM core.electricity_coefficient q WHERE q.year = summed.year)"""
# What is delivered out counts against what comes in: only direct emissions, over all their
# sources, are never below nothing.
_TERRITORIAL = 'col("view") == "territorial"'
_SIGNED_LINES = dict.fromkeys(("mass_t", "co2e_t", "co2e_low_t", "co2e_high_t"))
_SIGNED_TOTALS = {name: _TERRITORIAL for name in ("co2e_t", "co2e_low_t", "co2e_high_t")}
_SIGNED_EFFECTS = {
    name: _TERRITORIAL for name in ("actual_co2e_t", "constant_co2e_t", "opening_co2e_t")
}


def _scope_firms() -> Any:
    return column(
        "企业范围",
        "firms that the data behind it cover: above scale (forms of offices), all (books), not "
        "known, or several of them",
        isin=SCOPES_OF_FIRMS,
    )


def _placed_share() -> Any:
    return column(
        "落位比例",
        "share of the industrial fuels of the park's province and year that is measured or placed; "
        "empty where no book of them is delivered, and of places that are no park",
        nullable=True,
    )


class ParkInventory(Table):
    place_id: str = column("地点", "park, OUTSIDE:…, UNLOCATED:… or REST:…")
    year: int = column("年份", "data year")
    boundary_class: str = column("边界类别", "boundary class of the attribution")
    basis: str = column("口径", "attribution basis", isin=BASES)
    view: str = column("视角", "accounting view")
    profile: str = column("方法", "method profile")
    gwp_set: str = column("GWP 集", "assessment report of the GWPs")
    source_category: str = column("源类别", "source category")
    gas: str = column("气体", "gas")
    mass_t: Quantity = column("质量", "mass of the gas", unit="t")
    co2e_t: Quantity = column(
        "排放量",
        "emissions; empty where more than 15 % is unlocated or too little is placed",
        unit="t",
        nullable=True,
    )
    co2e_low_t: Quantity = column("下限", "located in class A only", unit="t")
    co2e_high_t: Quantity = column("上限", "with all that may lie here", unit="t")
    enterprises: Quantity = column("企业数", "enterprises behind the number")
    confidential: bool = column("保密", "fewer than three enterprises")
    illustrative: bool = column("示意", "rests on a delivery made for demonstration")
    activity_scope: str = column(
        "核算范围",
        "industry only, or households, transport and others too; the two are never added",
        isin=["industry", "all"],
    )
    worst_tier: str = column("最低层级", "weakest data tier", isin=TIERS)
    worst_confidence: str = column("最低可信度", "weakest factor confidence", isin=CONFIDENCE)
    placed_share: Quantity = _placed_share()

    class Config:
        metadata = {
            "table": "mart.park_inventory",
            "key": [
                "place_id",
                "year",
                "boundary_class",
                "basis",
                "view",
                "profile",
                "gwp_set",
                "source_category",
                "gas",
            ],
            "partition": "year",
            "measures": ["mass_t", "co2e_t", "co2e_low_t", "co2e_high_t", "enterprises"],
            "signed": _SIGNED_LINES,
            "required": True,
            "withhold": _WITHHOLD,
            "ratios": _PLACED,
            "about": "One row a place, year, basis, view, source category and gas.",
        }


class ParkTotal(Table):
    place_id: str = column("地点", "park, OUTSIDE:…, UNLOCATED:… or REST:…")
    year: int = column("年份", "data year")
    boundary_class: str = column("边界类别", "boundary class of the attribution")
    basis: str = column("口径", "attribution basis", isin=BASES)
    view: str = column("视角", "accounting view")
    profile: str = column("方法", "method profile")
    gwp_set: str = column("GWP 集", "assessment report of the GWPs")
    co2e_t: Quantity = column(
        "排放量",
        "emissions; empty where more than 15 % is unlocated or too little is placed",
        unit="t",
        nullable=True,
    )
    co2e_low_t: Quantity = column("下限", "located in class A only", unit="t")
    co2e_high_t: Quantity = column("上限", "with all that may lie here", unit="t")
    enterprises: Quantity = column("企业数", "enterprises behind the number")
    confidential: bool = column("保密", "fewer than three enterprises")
    illustrative: bool = column("示意", "rests on a delivery made for demonstration")
    activity_scope: str = column(
        "核算范围",
        "industry only, or households, transport and others too; the two are never added",
        isin=["industry", "all"],
    )
    scope_firms: str = _scope_firms()
    worst_tier: str = column("最低层级", "weakest data tier", isin=TIERS)
    worst_confidence: str = column("最低可信度", "weakest factor confidence", isin=CONFIDENCE)
    placed_share: Quantity = _placed_share()

    class Config:
        metadata = {
            "table": "mart.park_total",
            "key": ["place_id", "year", "boundary_class", "basis", "view", "profile", "gwp_set"],
            "partition": "year",
            "measures": ["co2e_t", "co2e_low_t", "co2e_high_t", "enterprises"],
            "signed": _SIGNED_TOTALS,
            "required": True,
            "withhold": _WITHHOLD,
            "ratios": _PLACED,
            "about": "One row a place, year, basis and view, over all sources and gases.",
        }


class ParkEnergy(Table):
    place_id: str = column("地点", "park, OUTSIDE:…, UNLOCATED:… or REST:…")
    year: int = column("年份", "data year")
    boundary_class: str = column("边界类别", "boundary class of the attribution")
    basis: str = column("口径", "attribution basis", isin=BASES)
    energy_id: str = column("能源", "energy")
    canonical_unit: str = column("单位", "unit of the quantity")
    quantity: Quantity = column("数量", "quantity in the canonical unit")
    tce_calorific: Quantity = column("折标量(当量值)", "standard coal, 当量值", unit="tce")
    tce_equal: Quantity = column(
        "折标量(等价值)",
        "standard coal, electricity at its 等价值; empty where none is published for the year",
        unit="tce",
        nullable=True,
    )
    enterprises: Quantity = column("企业数", "enterprises behind the number")
    confidential: bool = column("保密", "fewer than three enterprises")
    illustrative: bool = column("示意", "rests on a delivery made for demonstration")
    scope_firms: str = _scope_firms()

    class Config:
        metadata = {
            "table": "mart.park_energy",
            "key": ["place_id", "year", "boundary_class", "basis", "energy_id"],
            "partition": "year",
            "measures": ["quantity", "tce_calorific", "tce_equal", "enterprises"],
            "withhold": {"tce_equal": _NO_EQUAL_VALUE},
            "about": "One row a place, year, basis and energy.",
        }


class BoundaryEffect(Table):
    place_id: str = column("地点", "park")
    year: int = column("年份", "data year")
    boundary_class: str = column("边界类别", "boundary class of the attribution")
    basis: str = column("口径", "attribution basis", isin=BASES)
    view: str = column("视角", "accounting view")
    profile: str = column("方法", "method profile")
    actual_co2e_t: Quantity = column(
        "实际边界排放", "by the versions as they were valid, by days in a year of change", unit="t"
    )
    constant_co2e_t: Quantity = column(
        "固定边界排放", "by the latest version in all years", unit="t"
    )
    opening_co2e_t: Quantity = column(
        "年初边界排放", "by the version of 1 January, kept to the end of the year", unit="t"
    )
    boundary_effect_co2e_t: Quantity = column(
        "边界效应", "actual less opening: what the change of the boundary made", unit="t"
    )
    confidential: bool = column("保密", "fewer than three enterprises")
    illustrative: bool = column("示意", "rests on a delivery made for demonstration")

    class Config:
        metadata = {
            "table": "mart.boundary_effect",
            "key": ["place_id", "year", "boundary_class", "basis", "view", "profile"],
            "partition": "year",
            "measures": [
                "actual_co2e_t",
                "constant_co2e_t",
                "opening_co2e_t",
                "boundary_effect_co2e_t",
            ],
            "signed": {**_SIGNED_EFFECTS, "boundary_effect_co2e_t": None},
            "about": "One row a park with several boundary versions, year, basis and view.",
        }


class ControlBalance(Table):
    year: int = column("年份", "data year")
    province_code: str = column("省份代码", "GB/T 2260 province")
    block: str = column("块", "final or transformation")
    book_sector: str = column("平衡表行业", "sector of the energy book")
    book_fuel: str = column("平衡表能源", "fuel of the energy book")
    boundary_class: str = column("边界类别", "boundary class that says what is in parks")
    canonical_unit: str = column("单位", "unit of the quantities")
    book_quantity: Quantity = column("平衡表数量", "the control total")
    measured_quantity: Quantity = column("实测数量", "returns and plants' own data")
    downscaled_quantity: Quantity = column(
        "分解数量", "given to located plants by capacity, to parks by weights"
    )
    in_parks_quantity: Quantity = column("园区内数量", "of both, located in a park")
    rest_quantity: Quantity = column("其余数量", "not placed: rest of the province")
    illustrative: bool = column("示意", "rests on a delivery made for demonstration")

    class Config:
        metadata = {
            "table": "mart.control_balance",
            "key": [
                "year",
                "province_code",
                "block",
                "book_sector",
                "book_fuel",
                "boundary_class",
            ],
            "partition": "year",
            "measures": [
                "book_quantity",
                "measured_quantity",
                "downscaled_quantity",
                "in_parks_quantity",
                "rest_quantity",
            ],
            "about": "One row a control total and how much of it is placed.",
        }


class ParkExchange(Table):
    year: int = column("年份", "data year")
    boundary_class: str = column("边界类别", "boundary class of both places")
    from_place: str = column("供方地点", "park, OUTSIDE:…, UNLOCATED:…, REST:…, GRID or OUTSIDE")
    to_place: str = column("受方地点", "park, OUTSIDE:…, UNLOCATED:…, REST:…, GRID or OUTSIDE")
    carrier: str = column("载体", "electricity or heat", isin=["electricity", "heat"])
    ef_kind: str = column(
        "因子类别",
        "of the grid, the plant's own fuel, a contract, a default, or zero",
        isin=["grid", "plant", "contract", "default", "nonfossil", "green"],
    )
    canonical_unit: str = column("单位", "unit of the quantity")
    quantity: Quantity = column("数量", "kWh or GJ from one place to the other")
    co2_t: Quantity = column("排放量", "CO2 that the receiver counts for it", unit="t")
    confidential: bool = column("保密", "single supplies can be told apart")
    illustrative: bool = column("示意", "rests on a delivery made for demonstration")

    class Config:
        metadata = {
            "table": "mart.park_exchange",
            "key": ["year", "boundary_class", "from_place", "to_place", "carrier", "ef_kind"],
            "partition": "year",
            "measures": ["quantity", "co2_t"],
            "about": "One row a flow of electricity or heat between two places, the grid or the "
            "outside; operating basis, first profile of the run.",
        }


MARTS: list[type[Table]] = [
    ParkInventory,
    ParkTotal,
    ParkEnergy,
    EnterpriseReconciliation,
    ParkReconciliation,
    RegisterReconciliation,
    BoundaryEffect,
    ControlBalance,
    Coverage,
    ProvinceCoverage,
    LocatedCapacity,
    LocatedBase,
    TrackerComparison,
    ParkExchange,
    ParkIndicator,
    ParkReported,
    CeadsComparison,
    CeadsTotal,
]
