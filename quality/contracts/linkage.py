"""Links between registers: candidate pairs with their evidence, links, decisions, the model."""

from __future__ import annotations

from typing import Any

import polars as pl

from quality.contracts.reference import CONFIDENCE
from quality.contracts.table import Factor, Quantity, Table, column, pedigree, source_row

# From the surest to the weakest; the same order breaks ties between equal scores.
LINK_METHODS = ["uscc", "org_code", "number", "scored"]
LINK_BLOCKS = [
    "uscc",
    "org_code",
    "number",
    "name",
    "core_place",
    "body",
    "core_trade",
    "tail",
    "street",
    "typing",
]
LINK_STATUSES = ["linked", "uncertain", "rejected"]


def _feature(zh: str, en: str) -> Any:
    return column(zh, f"{en}; null where not comparable", unit="permille", nullable=True)


class LinkCandidate(Table):
    left_id: str = column("左记录", "record of the first register")
    right_id: str = column("右记录", "record of the second register")
    block: str = column("分块", "first block that proposed the pair", isin=LINK_BLOCKS)
    method: str = column("方法", "exact number that agrees, else scored", isin=LINK_METHODS)
    name_permille: int = _feature("名称相似", "similarity of the whole names")
    same_permille: int = _feature("名称相同", "1000: names of one written form, 0: not")
    shared_permille: int = _feature(
        "相同字数", "100 for each character of the same core, trade and branch, up to 1000; 0: not"
    )
    core_permille: int = _feature("字号相似", "similarity of the cores (字号)")
    trade_permille: int = _feature("行业词相似", "similarity of the industry words")
    form_permille: int = _feature("组织形式", "legal form")
    group_permille: int = _feature("集团", "0: only one of the two is a group (集团)")
    branch_permille: int = _feature("分支相似", "similarity of the branches; 0: one is none")
    numerals_permille: int = _feature("序号", "numbers in the names; 0: they differ")
    region_permille: int = _feature("名称地区", "regions in the names")
    division_permille: int = _feature("区划", "divisions of the addresses")
    address_permille: int = _feature("地址相似", "similarity of the street addresses")
    house_permille: int = _feature("门牌号", "first number of the street addresses")
    point_permille: int = _feature("点位", "nearness of the points")
    uscc_permille: int = _feature("代码", "checked USCC: 1000 equal, 0 different")
    org_code_permille: int = _feature("组织机构代码", "where a USCC is missing: 1000 or 0")
    number_permille: int = _feature("其他号码", "other exact numbers of one scheme: 1000 or 0")
    logit_micro: int = column(
        "对数几率", "sum of weights and features, in millionths: the exact score"
    )
    score: Quantity = column("得分", "probability the score stands for", ge=0, le=1)
    model_id: str = column("模型", "model of the weights")

    class Config:
        metadata = {
            "table": "core.link_candidate",
            "key": ["left_id", "right_id"],
            "about": "One row a pair of records of two registers that was compared.",
        }


class Link(Table):
    left_id: str = column("左记录", "record of the first register")
    right_id: str = column("右记录", "record it is linked to; if rejected, the nearest")
    score: Quantity = column(
        "得分", "score of the pair; empty where only a person says so", nullable=True, ge=0, le=1
    )
    method: str = column("方法", "exact number that agrees, else scored", isin=LINK_METHODS)
    status: str = column("状态", "linked, uncertain or rejected", isin=LINK_STATUSES)
    decided_by: str = column("判定", "rule or person", isin=["rule", "person"])
    margin: Quantity = column(
        "差距",
        "log odds less those of the best other pair of either record; empty without another",
        nullable=True,
    )
    reason: str = column("原因", "the reason, a word")
    reason_zh: str = column("理由", "the reason in words")

    class Config:
        metadata = {
            "table": "core.link",
            "key": ["left_id"],
            "about": "One row a record of the first register that had a candidate; a record of "
            "the second is linked or uncertain at most once.",
        }


class LinkDecision(Table):
    source_row_id: str = source_row()
    left_id: str = column("左记录", "stable key of the record of the first register")
    right_id: str = column("右记录", "stable key of the record of the second register")
    decision: str = column("结论", "same or different enterprise", isin=["same", "different"])
    reason_zh: str = column("理由", "why")
    decided_by: str = column("判定单位", "office that decides; no person's name")
    decided_on: pl.Date = column("日期", "day of the decision")

    class Config:
        metadata = {
            "table": "accepted.link_decision",
            "key": ["left_id", "right_id"],
            "about": "One row a pair of records that an office decided on.",
        }


class LinkModelWeight(Table):
    source_row_id: str = source_row()
    model_id: str = column("模型", "model")
    term: str = column("项", "feature, or bias, link or uncertain")
    part: str = column(
        "部分",
        "slope: a feature of 1000; offset: a feature that is comparable; value: of the model",
        isin=["slope", "offset", "value"],
    )
    weight: Factor = column("权重", "log odds, three decimals; link and uncertain: scores")
    source: str = column("来源", "document and table of the value")
    confidence: str = column("可信度", "how far the value can be trusted", isin=CONFIDENCE)
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.link_model",
            "key": ["model_id", "term", "part"],
            "about": "One row a weight of the model that scores pairs of records.",
        }
