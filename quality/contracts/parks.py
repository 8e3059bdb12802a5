"""What is doubtful in the catalogue of parks, and which industries its words stand for."""

from __future__ import annotations

from quality.contracts.reference import CONFIDENCE
from quality.contracts.table import Table, column, pedigree, source_row

SUBJECTS = ["area", "code", "date", "industry", "name", "point", "type"]
METHODS = ["name", "keyword", "part", "no_division", "unknown"]


class IndustryKeyword(Table):
    source_row_id: str = source_row()
    keyword_zh: str = column("关键词", "word of a leading industry", str_length={"min_value": 1})
    industry_division: str = column(
        "行业大类",
        "GB/T 4754-2017 division; empty where the word is known to name none",
        nullable=True,
        str_matches=r"^\d{2}$",
    )
    source: str = column("来源", "where the meaning is from")
    confidence: str = column("可信度", "how far it can be trusted", isin=CONFIDENCE)
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.industry_keyword",
            "key": ["keyword_zh", "industry_division"],
            "about": "One row a word and a division it stands for.",
        }


class ParkCatalogueClaim(Table):
    park_id: str = column("园区", "park")
    subject: str = column("事项", "what the claim is about", isin=SUBJECTS)
    finding_zh: str = column("发现", "what is doubtful, in words")
    finding_en: str = column("发现（英文）", "the same in English")
    score: float = column("疑点分", "how doubtful: 0 not at all, 1 certainly wrong", ge=0, le=1)
    source_row_id: str = column("来源行", "catalogue row")

    class Config:
        metadata = {
            "table": "core.park_catalogue_claim",
            "key": ["park_id", "subject", "finding_zh"],
            "about": "One row a doubt about what the catalogue says of a park.",
        }


class ParkIndustry(Table):
    park_id: str = column("园区", "park")
    token_zh: str = column("主导产业", "one of the leading industries, as in the notice")
    industry_division: str = column(
        "行业大类", "GB/T 4754-2017 division; empty where the word names none", nullable=True
    )
    method: str = column(
        "方法",
        "name of a division, keyword, keyword in a part of the word; no_division, unknown",
        isin=METHODS,
    )
    score: float = column("得分", "trust in the method over the number of divisions", ge=0, le=1)
    source_row_id: str = column("来源行", "catalogue row")

    class Config:
        metadata = {
            "table": "core.park_industry",
            "key": ["park_id", "token_zh", "industry_division"],
            "about": "One row a park, leading industry and division it may stand for.",
        }
