"""Rules on who a row is about: code, registering division, industry, repeats (ID1-ID3, IND1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from assets.boundaries.divisions import cities, counties, provinces
from assets.enterprises.names import normalised_name
from assets.enterprises.uscc import valid
from quality.quarantine import Rule

Tables = Mapping[str, pl.DataFrame]


def person(code: str = "uscc_text", name: str = "name_zh") -> pl.Expr:
    """The legal person of a row: its checked USCC, else its normalised name."""
    return pl.coalesce(pl.when(valid(pl.col(code))).then(code), normalised_name(pl.col(name)))


def repeated_by_name(*rest: str) -> Rule:
    """ID2 for rows without a checked USCC: then the name is what identifies them."""
    unchecked = ~valid(pl.col("uscc_text"))
    name = pl.when(unchecked).then(pl.col("name_zh"))
    key = ["name_zh", *rest]
    return Rule(
        "ID2",
        "error",
        "name_zh",
        unchecked & pl.struct(name, *rest).is_duplicated(),
        "无有效代码，且单位名称与主键其余各列均重复",
        f"no checked USCC and key repeated ({', '.join(key)})",
    )


def uscc_rules() -> list[Rule]:
    """ID1 and ID1m: a claimed code must pass GB 32100; the row is kept either way."""
    code = pl.col("uscc_text")
    claimed = code.str.len_chars() == 18
    return [
        Rule(
            "ID1",
            "warning",
            "uscc_text",
            claimed & ~valid(code),
            "统一社会信用代码校验位不符（GB 32100）：代码不采用，行保留",
            "USCC fails the check of GB 32100: the code is not used, the row is kept",
            rowwise=True,
        ),
        Rule(
            "ID1m",
            "warning",
            "uscc_text",
            code.is_null() | ~claimed,
            "无 18 位统一社会信用代码：行保留",
            "no USCC of 18 characters: the row is kept",
            rowwise=True,
        ),
    ]


def division_rule(reference: Tables) -> Rule:
    """ID3: positions 3-8 of a checked USCC are a code of some revision of GB/T 2260.

    Revisions 1980-12 to 2019-04 stand in one reference table, what was changed until 2026 in
    another.
    """
    known = set(reference["accepted.division_code"].get_column("division_code"))
    for end in ("from_code", "to_code"):
        known.update(reference["accepted.division_event"].get_column(end).drop_nulls())
    for today in (provinces(), cities(), counties()):
        known.update(today.codes)
    code = pl.col("uscc_text")
    return Rule(
        "ID3",
        "warning",
        "uscc_text",
        valid(code) & ~code.str.slice(2, 6).is_in(sorted(known)),
        "代码第 3-8 位不是 GB/T 2260 任何版本的区划：登记地不详，行保留",
        "positions 3-8 are no division of GB/T 2260: place of registration unknown, row kept",
    )


def industry_rules(reference: Tables, name: str, levels: Sequence[str]) -> list[Rule]:
    """IND1: the code is one of GB/T 4754-2017; one of 2011 only is a warning."""
    codes = reference["accepted.industry_code"].filter(pl.col("level").is_in(list(levels)))

    def edition(year: str) -> list[str]:
        return codes.filter(pl.col("edition") == year).get_column("industry_code").to_list()

    now, before = pl.col(name).is_in(edition("2017")), pl.col(name).is_in(edition("2011"))
    return [
        Rule(
            "IND1",
            "error",
            name,
            ~now & ~before,
            "行业代码不在 GB/T 4754-2017 中",
            "no industry code of GB/T 4754-2017",
        ),
        Rule(
            "IND1w",
            "warning",
            name,
            ~now & before,
            "行业代码只见于 GB/T 4754-2011：请换成 2017 版代码",
            "industry code of GB/T 4754-2011 only: give the one of 2017",
        ),
    ]
