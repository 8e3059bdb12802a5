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

DIVISION_LEVELS = ["province", "city", "county"]


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


class DivisionUnit(Table):
    source_row_id: str = source_row()
    division_code: str = column("区划代码", "GB/T 2260 code", str_matches=r"^\d{6}$")
    name_zh: str = column("名称", "full name")
    level: str = column("级别", "level of the division", isin=DIVISION_LEVELS)
    parent_code: str = column(
        "上级代码", "division above; empty for a province", nullable=True, str_matches=r"^\d{6}$"
    )
    first_year: int = column(
        "起始年", "first year-end list that has it; 1980: or older", ge=1980, le=2100
    )
    last_year: int = column(
        "截止年",
        "last year-end list that has it; empty: in force",
        nullable=True,
        ge=1980,
        le=2100,
    )
    source: str = column("来源", "where the unit is known from")
    confidence: str = column("可信度", "how far it can be trusted", isin=CONFIDENCE)
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.division_unit",
            "key": ["division_code", "first_year"],
            "about": "One row a division under one code, name and division above, with the years "
            "it was in force.",
        }


class DivisionSuccessor(Table):
    division_code: str = column("区划代码", "code as of its year", str_matches=r"^\d{6}$")
    year: int = column("年份", "year the code is read as of")
    name_then_zh: str = column("当时名称", "its name then, or its names", nullable=True)
    code_now: str = column("现代码", "division of today; empty where none is known", nullable=True)
    name_now_zh: str = column("现名称", "name of the division of today", nullable=True)
    kind: str = column("变更", "kinds of change passed, joined by `+`", nullable=True)
    share: float = column(
        "份额", "1 where all of it is there; empty where the part is not known", nullable=True
    )
    via: str = column("沿革", "the changes passed", nullable=True)
    ambiguous: bool = column("有歧义", "there is another successor, of which none is chosen")
    reason_zh: str = column("说明", "why none, or why several", nullable=True)

    class Config:
        metadata = {
            "table": "core.division_successor",
            "key": ["division_code", "year", "code_now"],
            "about": "One row a division code that enterprises were registered under, and what "
            "became of it.",
        }
