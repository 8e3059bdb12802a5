"""Divisions through time: what became of a division code."""

from __future__ import annotations

from quality.contracts.reference import CONFIDENCE
from quality.contracts.table import Table, column, pedigree, source_row

CHANGES = [
    "renamed",
    "recoded",
    "upgraded",
    "moved",
    "merged",
    "split",
    "established",
    "abolished",
    "within",
    "alias",
]


class DivisionEvent(Table):
    source_row_id: str = source_row()
    year: int = column("年份", "first year whose list shows the change", ge=1981, le=2100)
    from_code: str = column(
        "原代码", "code before; empty for a new division", nullable=True, str_matches=r"^\d{6}$"
    )
    from_name_zh: str = column("原名称", "name before", nullable=True)
    to_code: str = column(
        "新代码", "code after; empty where none is known", nullable=True, str_matches=r"^\d{6}$"
    )
    to_name_zh: str = column("新名称", "name after", nullable=True)
    kind: str = column(
        "类型",
        "recoded keeps its prefecture, moved has another, upgraded another type; within: a "
        "heading or a zone of statistics, part of the division named; alias: another code that "
        "a revision has for the division named",
        isin=CHANGES,
    )
    document_no: str = column("文号", "number of the decree, where known", nullable=True)
    source: str = column("来源", "where the change is known from")
    confidence: str = column("可信度", "how far it can be trusted", isin=CONFIDENCE)
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.division_event",
            "key": ["year", "from_code", "to_code"],
            "about": "One row a division before and a division after a change; a split has more.",
        }
