"""Weights that control totals are shared out by, and what fell to each place."""

from __future__ import annotations

from quality.contracts.core import ControlQuantity
from quality.contracts.table import Quantity, Table, column, pedigree, source_row, vintage

# In order of precedence (METHOD 4.3), with the canonical unit of each.
WEIGHT_UNITS = {
    "增加值": "1e4CNY",
    "产值": "1e4CNY",
    "主营业务收入": "1e4CNY",
    "从业人员": "person",
    "工业用地": "ha",
}
WEIGHT_KINDS = list(WEIGHT_UNITS)
FIRMS = ["规上", "全部"]
# What stands in the form for all that is in none of the parks it names.
REST = "REST"


class SectorWeight(Table):
    source_row_id: str = source_row()
    area_code: str = column("地区代码", "GB/T 2260 province or prefecture", str_matches=r"^\d{6}$")
    year: int = column("年份", "data year", ge=1980, le=2100)
    book_sector: str = column("行业", "sector of the energy book, spelled as there")
    place_code: str = column(
        "园区代码",
        "park of the catalogue, or REST for all else in the area",
        str_matches=rf"^({REST}|[GS]\d{{6}}(-\d+)?)$",
    )
    kind_zh: str = column("权重类别", "what the weight is", isin=WEIGHT_KINDS)
    value: Quantity = column("数值", "value, in the row's unit", ge=0)
    unit_zh: str = column("计量单位", "unit of the value")
    firms_zh: str = column("企业口径", "firms above scale, or all firms", isin=FIRMS)
    vintage: str = vintage()
    provenance: str = column("来源", "document that the value stands in")
    note_zh: str = column("备注", "note of the delivery", nullable=True)
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.sector_weight",
            "key": [
                "area_code",
                "year",
                "book_sector",
                "place_code",
                "kind_zh",
                "firms_zh",
                "vintage",
            ],
            "partition": "year",
            "about": "One row an area, year, sector, park or rest, kind of weight and vintage.",
        }


class CityQuantity(ControlQuantity):
    city_code: str = column("城市代码", "GB/T 2260 prefecture")

    class Config:
        metadata = {
            "table": "core.city_quantity",
            "key": ["year", "city_code", "block", "book_sector", "book_fuel"],
            "partition": "year",
            "about": "One row a control total of a city, in the canonical unit: a part of the one "
            "of its province.",
        }


class DownscaledPart(Table):
    control_id: str = column("控制总量", "control total that is shared out")
    year: int = column("年份", "data year")
    place_id: str = column("地点", "park, REST:province or REST:city")
    kind_zh: str = column("权重类别", "what the weights are", isin=WEIGHT_KINDS)
    firms_zh: str = column("企业口径", "firms that they are of", isin=FIRMS)
    vintage: str = vintage()
    weight: Quantity = column("权重", "weight of the place in the sector", ge=0)
    weight_unit: str = column("权重单位", "unit of the weight")
    measured: bool = column("有实测", "returns of the sector and fuel lie in the park: no share")
    quantity: Quantity = column(
        "分得数量", "what falls to the place, canonical unit; empty where measured", nullable=True
    )
    non_energy_pct: Quantity = column(
        "非能源用途占比",
        "of a chemical sector: non-energy use of the fuel in the province's book, in per cent of "
        "what its chemical sectors consume; what of it is here is not taken off",
        unit="pct",
        nullable=True,
        ge=0,
    )
    method_zh: str = column("分配方法", "how the quantity came to the place")
    tier: str = column("数据层级", "data tier", isin=["T5", "T6"])
    illustrative: bool = column("示意", "rests on a delivery made for demonstration")
    source_row_id: str = column("来源行", "row of the weight")
    total_row_id: str = column(
        "园区总量行", "row of the park's total that it is fitted to", nullable=True
    )
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "core.downscaled_part",
            "key": ["control_id", "place_id"],
            "partition": "year",
            "about": "One row a control total that is shared out by weights, and place.",
        }
