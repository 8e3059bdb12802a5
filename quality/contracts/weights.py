"""Weights that control totals are shared out by, and what fell to each place."""

from __future__ import annotations

from quality.contracts.table import Quantity, Table, column, pedigree, source_row

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
    area_code: str = column("地区代码", "GB/T 2260 province", str_matches=r"^\d{6}$")
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
    provenance: str = column("来源", "document that the value stands in")
    note_zh: str = column("备注", "note of the delivery", nullable=True)
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.sector_weight",
            "key": ["area_code", "year", "book_sector", "place_code", "kind_zh", "firms_zh"],
            "partition": "year",
            "about": "One row an area, year, sector, park or rest, and kind of weight.",
        }
