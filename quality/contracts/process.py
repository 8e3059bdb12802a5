"""Activity of processes and waste as delivered, their factors, and the terms of methods."""

from __future__ import annotations

from quality.contracts.profiles import GASES
from quality.contracts.reference import CONFIDENCE
from quality.contracts.table import Factor, Quantity, Table, column, pedigree, source_row

FLOWS = [
    "direct",
    "carbon_in",
    "carbon_out",
    "recovered",
    "captured",
    "stored",
    "biogenic",
    "memo",
]
CATEGORIES = ["industrial_process", "waste", "energy_transformation", "fugitive", "captured"]


class ProcessReturn(Table):
    source_row_id: str = source_row()
    uscc_text: str = column("统一社会信用代码", "USCC as delivered", nullable=True)
    name_zh: str = column("单位详细名称", "enterprise name as delivered")
    permit_no: str = column("许可证编号", "pollutant permit number of the site", nullable=True)
    year: int = column("年份", "data year", ge=1980, le=2100)
    method_zh: str = column("方法", "method of the inventory that the row is for")
    item_zh: str = column("项目", "which kiln, waste, treatment or gas", nullable=True)
    parameter_zh: str = column("参数", "input of the method")
    deposit_year: int = column(
        "填埋年份", "year the waste was deposited", nullable=True, ge=1950, le=2100
    )
    value: Factor = column("数值", "value, in the row's unit", nullable=True, ge=0)
    choice_zh: str = column("选项", "value of a parameter that is a choice", nullable=True)
    unit_zh: str = column("计量单位", "unit of the value", nullable=True)
    note_zh: str = column("备注", "note of the delivery", nullable=True)
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.process_return",
            "key": [
                "uscc_text",
                "permit_no",
                "year",
                "method_zh",
                "item_zh",
                "parameter_zh",
                "deposit_year",
            ],
            "partition": "year",
            "about": "One row a parameter of a method, for a legal person or site, year and item.",
        }


class WasteFactor(Table):
    source_row_id: str = source_row()
    stream: str = column("废物流", "wastewater, landfill or incineration")
    parameter: str = column("参数", "parameter of the equation")
    category: str = column("类别", "treatment, waste or medium it is for", nullable=True)
    value: Factor = column("数值", "value as published")
    unit: str = column("单位", "unit of the value")
    year: int = column("年份", "year of the document", nullable=True, ge=1949, le=2100)
    source: str = column("来源", "document and table of the value")
    confidence: str = column("可信度", "how far the value can be trusted", isin=CONFIDENCE)
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.waste_factor",
            "key": ["stream", "parameter", "category"],
            "about": "One row a parameter of a waste stream.",
        }


class ProcessTerm(Table):
    term_id: str = column("项", "first row, method, term, gas and year")
    source_row_id: str = column("来源行", "first row of the group")
    uscc_text: str = column("统一社会信用代码", "USCC as delivered", nullable=True)
    name_zh: str = column("单位详细名称", "enterprise name as delivered")
    permit_no: str = column("许可证编号", "pollutant permit number of the site", nullable=True)
    year: int = column("年份", "inventory year")
    method_id: str = column("方法", "method of the inventory")
    item_zh: str = column("项目", "which kiln, waste, treatment or gas", nullable=True)
    term: str = column("项名", "term of the equation")
    gas: str = column("气体", "gas", isin=GASES)
    flow: str = column("流向", "sign and use of the term", isin=FLOWS)
    source_category: str = column("源类别", "source category", isin=CATEGORIES)
    profiles: str = column("方法口径", "profiles that count it, joined by `;`")
    quantity: Quantity = column("数量", "quantity in the canonical unit", ge=0)
    canonical_unit: str = column("单位", "canonical unit")
    quantity_derivation: str = column("数量推导", "the arithmetic in figures")
    factor_id: str = column("因子", "effective factor of the term")
    factor_value: Factor = column("因子值", "t of gas per canonical unit", ge=0)
    factor_derivation: str = column("因子推导", "the arithmetic in figures")
    confidence: str = column("可信度", "lowest confidence of the factor", isin=CONFIDENCE)
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "core.process_term",
            "key": ["term_id"],
            "partition": "year",
            "about": "One row a term of a method: quantity times effective factor, one gas.",
        }


# The method of fuel whose balance was refused at the door: no other counts its carbon.
REFUSED = "refused_balance"


class HeldFuel(Table):
    source_row_id: str = column("来源行", "delivered row that says so")
    method_id: str = column("方法", "method that counts its carbon")
    uscc_text: str = column("统一社会信用代码", "USCC as delivered", nullable=True)
    name_zh: str = column("单位详细名称", "enterprise name as delivered")
    permit_no: str = column("许可证编号", "pollutant permit number of the site", nullable=True)
    year: int = column("年份", "data year")
    energy_id: str = column("能源", "fuel")
    quantity: Quantity = column(
        "数量", "of it, canonical unit; empty: all that the works use", nullable=True, ge=0
    )

    class Config:
        metadata = {
            "table": "core.held_fuel",
            "key": ["source_row_id", "method_id", "name_zh", "energy_id"],
            "partition": "year",
            "about": "One row a fuel whose carbon a method counts, so that it is not burnt again.",
        }
