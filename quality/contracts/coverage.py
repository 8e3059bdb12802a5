"""How much of the books and of the country's plants is placed, and how much lies in parks."""

from __future__ import annotations

from quality.contracts.books import ACTIVITY_SCOPES
from quality.contracts.table import Factor, Quantity, Table, column

PLANT_KINDS = ["coal", "gas", "steel"]
COUNTRY = "CN"


class LocatedPlant(Table):
    year: int = column("年份", "data year")
    unit_id: str = column("机组", "generating unit, gas plant, or status of a steel plant")
    kind: str = column("类别", "coal, gas or steel", isin=PLANT_KINDS)
    name_zh: str = column("名称", "plant and unit")
    province_code: str = column("省份代码", "GB/T 2260 province", nullable=True)
    county_code: str = column("区县代码", "division of today that its point lies in", nullable=True)
    county_zh: str = column("区县", "name of that division", nullable=True)
    capacity: Quantity = column("容量", "capacity in its own unit", nullable=True)
    capacity_unit: str = column("容量单位", "MW, or kt of crude steel a year")
    operates: bool = column("在运", "known to have run in the year; false: its years do not tell")
    boundary_class: str = column("边界类别", "boundary class that says what is in parks")
    in_parks: Quantity = column(
        "在园概率",
        "chance to lie in a park, by the versions valid at the end of the year",
        ge=0,
        le=1,
    )
    tracker_co2_t: Quantity = column(
        "追踪器排放", "CO2 of a year as the tracker models it", unit="t", nullable=True
    )
    tracker_load: Factor = column("追踪器负荷率", "capacity factor that it takes", nullable=True)
    source_row_id: str = column("来源行", "row of the tracker")

    class Config:
        metadata = {
            "table": "core.located_plant",
            "key": ["year", "unit_id", "boundary_class"],
            "partition": "year",
            "about": "One row a year, located plant that ran or may have run in it, and class.",
        }


class Coverage(Table):
    year: int = column("年份", "data year")
    province_code: str = column("省份代码", "GB/T 2260 province")
    activity_scope: str = column("核算范围", "what the rows cover", isin=ACTIVITY_SCOPES)
    block: str = column("块", "final or transformation", isin=["final", "transformation"])
    book_fuel: str = column("平衡表能源", "fuel of the energy book")
    boundary_class: str = column("边界类别", "boundary class that says what is in parks")
    canonical_unit: str = column("单位", "unit of the quantities")
    book_quantity: Quantity = column("平衡表数量", "the control totals")
    measured_quantity: Quantity = column("实测数量", "returns and plants' own data")
    placed_quantity: Quantity = column(
        "落位数量", "given to located plants by capacity, to parks by weights"
    )
    rest_quantity: Quantity = column("其余数量", "not placed: rest of the province")
    in_parks_quantity: Quantity = column("园区内数量", "of measured and placed, in a park")
    placed_share: Quantity = column("落位比例", "measured and placed over book", nullable=True)
    in_parks_share: Quantity = column("园区比例", "in parks over book", nullable=True)

    class Config:
        metadata = {
            "table": "mart.coverage",
            "key": [
                "year",
                "province_code",
                "activity_scope",
                "block",
                "book_fuel",
                "boundary_class",
            ],
            "partition": "year",
            "measures": [
                "book_quantity",
                "measured_quantity",
                "placed_quantity",
                "rest_quantity",
                "in_parks_quantity",
            ],
            "ratios": {
                "placed_share": "(measured_quantity + placed_quantity) / nullif(book_quantity, 0)",
                "in_parks_share": "in_parks_quantity / nullif(book_quantity, 0)",
            },
            "about": "One row a year, province, scope, block, fuel and class: how much of the book "
            "is placed.",
        }


class ProvinceCoverage(Table):
    year: int = column("年份", "data year")
    province_code: str = column("省份代码", "GB/T 2260 province")
    activity_scope: str = column("核算范围", "what the rows cover", isin=ACTIVITY_SCOPES)
    boundary_class: str = column("边界类别", "boundary class that says what is in parks")
    book_tce: Quantity = column("平衡表燃料", "fuels of the book, 当量值", unit="tce")
    measured_tce: Quantity = column("实测燃料", "returns and plants' own data", unit="tce")
    placed_tce: Quantity = column("落位燃料", "given to located plants", unit="tce")
    rest_tce: Quantity = column("其余燃料", "rest of the province", unit="tce")
    in_parks_tce: Quantity = column("园区内燃料", "of measured and placed, in a park", unit="tce")
    placed_share: Quantity = column("落位比例", "measured and placed over book", nullable=True)
    in_parks_share: Quantity = column("园区比例", "in parks over book", nullable=True)

    class Config:
        metadata = {
            "table": "mart.province_coverage",
            "key": ["year", "province_code", "activity_scope", "boundary_class"],
            "partition": "year",
            "measures": ["book_tce", "measured_tce", "placed_tce", "rest_tce", "in_parks_tce"],
            "ratios": {
                "placed_share": "(measured_tce + placed_tce) / nullif(book_tce, 0)",
                "in_parks_share": "in_parks_tce / nullif(book_tce, 0)",
            },
            "about": "One row a year, province, scope and class: how much of the fuels of the book "
            "is placed; electricity and heat are none.",
        }


class LocatedCapacity(Table):
    year: int = column("年份", "data year")
    area_code: str = column("地区代码", "GB/T 2260 province, or CN for all of them")
    kind: str = column("类别", "coal, gas or steel", isin=PLANT_KINDS)
    boundary_class: str = column("边界类别", "boundary class that says what is in parks")
    capacity_unit: str = column("容量单位", "MW, or kt of crude steel a year")
    plants: Quantity = column("台数", "units or plants known to run")
    plants_in_parks: Quantity = column("园区内台数", "of them in parks, by chance")
    capacity: Quantity = column("容量", "capacity known to run")
    capacity_in_parks: Quantity = column("园区内容量", "of it in parks, by chance")
    undecided_plants: Quantity = column("未定台数", "units whose years do not tell")
    undecided_capacity: Quantity = column("未定容量", "their capacity")
    in_parks_share: Quantity = column("园区比例", "capacity in parks over capacity", nullable=True)

    class Config:
        metadata = {
            "table": "mart.located_capacity",
            "key": ["year", "area_code", "kind", "boundary_class"],
            "partition": "year",
            "measures": [
                "plants",
                "plants_in_parks",
                "capacity",
                "capacity_in_parks",
                "undecided_plants",
                "undecided_capacity",
            ],
            "ratios": {"in_parks_share": "capacity_in_parks / nullif(capacity, 0)"},
            "about": "One row a year, province or country, kind of plant and class.",
        }


class LocatedBase(Table):
    year: int = column("年份", "data year")
    province_code: str = column("省份代码", "GB/T 2260 province")
    county_code: str = column("区县代码", "division of today; the province where it is unknown")
    kind: str = column("类别", "coal, gas or steel", isin=PLANT_KINDS)
    boundary_class: str = column("边界类别", "boundary class that says what is in parks")
    county_zh: str = column("区县", "name of the division", nullable=True)
    capacity_unit: str = column("容量单位", "MW, or kt of crude steel a year")
    plants: Quantity = column("台数", "units or plants known to run")
    capacity: Quantity = column("容量", "capacity known to run")
    capacity_in_parks: Quantity = column("园区内容量", "of it in parks, by chance")
    outside_capacity: Quantity = column("园区外容量", "of it in no park of the catalogue")
    share_of_province: Quantity = column("占全省比例", "of the capacity of the kind", nullable=True)
    place_in_province: int = column("全省位次", "1 for the county with most capacity", ge=1)

    class Config:
        metadata = {
            "table": "mart.located_base",
            "key": ["year", "province_code", "county_code", "kind", "boundary_class"],
            "partition": "year",
            "measures": ["plants", "capacity", "capacity_in_parks"],
            "ratios": {"outside_capacity": "capacity - capacity_in_parks"},
            "about": "One row a year, county, kind of plant and class: bases, and what of them "
            "lies outside the catalogue.",
        }


class TrackerComparison(Table):
    year: int = column("年份", "data year")
    area_code: str = column("地区代码", "GB/T 2260 province, or CN for all of them")
    units: Quantity = column("机组数", "coal units with an estimate of the tracker")
    capacity_mw: Quantity = column("容量", "their capacity", unit="MW")
    load_mw: Quantity = column("负荷", "capacity times the tracker's capacity factor", unit="MW")
    tracker_co2_t: Quantity = column("追踪器排放", "CO2 as the tracker models it", unit="t")
    own_co2_t: Quantity = column("本库排放", "CO2 of the coal that the book gives them", unit="t")
    tracker_load: Quantity = column("追踪器负荷率", "capacity factor it takes", nullable=True)
    own_to_tracker: Quantity = column("比值", "ours over the tracker's", nullable=True)
    implied_load: Quantity = column(
        "隐含负荷率", "capacity factor at which the tracker would agree", nullable=True
    )

    class Config:
        metadata = {
            "table": "mart.tracker_comparison",
            "key": ["year", "area_code"],
            "partition": "year",
            "measures": ["units", "capacity_mw", "load_mw", "tracker_co2_t", "own_co2_t"],
            "ratios": {
                "tracker_load": "load_mw / nullif(capacity_mw, 0)",
                "own_to_tracker": "own_co2_t / nullif(tracker_co2_t, 0)",
                "implied_load": "load_mw / nullif(capacity_mw, 0) * own_co2_t "
                "/ nullif(tracker_co2_t, 0)",
            },
            "about": "One row a year and province or country: CO2 of coal units in the tracker and "
            "here; a comparison, nothing is tuned to it.",
        }


class TotalFinding(Table):
    rule_id: str = column("规则", "rule", isin=["CT1w", "CT2", "LOC1w", "LOC2"])
    year: int = column("年份", "data year")
    boundary_class: str = column("边界类别", "boundary class that says what is in parks")
    area_code: str = column("地区", "province, or park")
    subject: str = column("对象", "cell of the book, or axes of the number")
    stated: Quantity = column("所述数值", "the number that breaks the rule")
    expected: Quantity = column("对照数值", "what it is measured against")
    unit: str = column("单位", "unit of both")

    class Config:
        metadata = {
            "table": "audit.total_finding",
            "key": ["rule_id", "year", "boundary_class", "area_code", "subject"],
            "partition": "year",
            "about": "One row a total that breaks a rule (METHOD 5), with both numbers.",
        }
