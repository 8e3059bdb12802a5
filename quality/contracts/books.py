"""Energy books of provinces: what their rows and names stand for, and cells that do not count."""

from __future__ import annotations

from quality.contracts.reference import CONFIDENCE
from quality.contracts.table import Factor, Table, column, pedigree, source_row

# What a number covers (METHOD 2.8): numbers of different scope are not added or compared.
ACTIVITY_SCOPES = ["industry", "construction", "transport", "services", "households", "farming"]
CONTROL_BLOCKS = ["final", "transformation", "non_energy"]


class BookRow(Table):
    source_row_id: str = source_row()
    book_sector: str = column("平衡表行业", "row of the energy book, spelling as delivered")
    block: str = column(
        "块", "block that the row counts in; none: no consumption", isin=[*CONTROL_BLOCKS, "none"]
    )
    activity_scope: str = column(
        "核算范围", "what the row covers", isin=ACTIVITY_SCOPES, nullable=True
    )
    source: str = column("来源", "document and table of the value")
    confidence: str = column("可信度", "how far the value can be trusted", isin=CONFIDENCE)
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.book_row",
            "key": ["book_sector"],
            "about": "One row a row of the energy book.",
        }


class ProvinceName(Table):
    source_row_id: str = source_row()
    name_en: str = column("英文名称", "name as delivered")
    province_code: str = column("省份代码", "GB/T 2260 province", str_matches=r"^\d{6}$")
    source: str = column("来源", "document and table of the value")
    confidence: str = column("可信度", "how far the value can be trusted", isin=CONFIDENCE)
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.province_name",
            "key": ["name_en"],
            "about": "One row an English name of a province.",
        }


class BookFinding(Table):
    source_row_id: str = column("来源行", "row of the energy book")
    source_column: str = column("来源列", "header of the delivered cell")
    year: int = column("年份", "data year")
    province_code: str = column("省份代码", "GB/T 2260 province")
    block: str = column("块", "block of the row", isin=CONTROL_BLOCKS)
    book_sector: str = column("平衡表行业", "row of the energy book")
    book_fuel: str = column("平衡表能源", "fuel of the energy book")
    value: Factor = column("数值", "delivered value in its own unit")
    unit: str = column("单位", "unit as delivered")
    rule_id: str = column("规则", "BK1: negative; BK2: no factor", isin=["BK1", "BK2"])
    reason_zh: str = column("理由", "the reason in Chinese")
    reason_en: str = column("理由（英文）", "the reason in English")

    class Config:
        metadata = {
            "table": "core.book_finding",
            "key": ["source_row_id", "source_column"],
            "partition": "year",
            "about": "One row a cell of an energy book that is no control total though its row is.",
        }
