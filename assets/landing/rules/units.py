"""Rules on units and their days: ends (ID4), intervals (VAL1), what a meter reading is of."""

from __future__ import annotations

import polars as pl

from assets.enterprises.uscc import valid
from assets.landing.rules.carriers import Tables
from quality.quarantine import Rule


def ended_rule(reference: Tables) -> Rule:
    """ID4: the legal person was deregistered or revoked before the year of the return.

    From `accepted.enterprise_event` and the day of deregistration in `accepted.business`. With
    a successor the row stays: its energy is the successor's (METHOD 1.5, cases 6 and 7).
    """
    events, businesses = reference["accepted.enterprise_event"], reference["accepted.business"]
    told = events.filter(
        pl.col("event_zh").is_in(["注销", "吊销"]) & pl.col("successor_uscc_text").is_null()
    ).select("uscc_text", pl.col("happened_on").dt.offset_by("-1d").dt.year().alias("last"))
    registered = businesses.filter(pl.col("valid_to").is_not_null()).select(
        "uscc_text", pl.col("valid_to").dt.year().alias("last")
    )
    followed = events.filter(pl.col("successor_uscc_text").is_not_null()).select("uscc_text")
    ends = (
        pl.concat([told, registered.join(followed, on="uscc_text", how="anti")])
        .drop_nulls()
        .group_by("uscc_text")
        .agg(pl.col("last").min())
    )
    last = pl.col("uscc_text").replace_strict(
        dict(ends.iter_rows()), default=None, return_dtype=pl.Int64
    )
    return Rule(
        "ID4",
        "error",
        "uscc_text",
        valid(pl.col("uscc_text")) & (last < pl.col("year")),
        "该企业在报表年份之前已注销或吊销，且无承继单位",
        "deregistered or revoked before the year of the return, and nobody goes on in its place",
    )


def interval_rule(first: str = "valid_from", last: str = "valid_to") -> Rule:
    """VAL1: an interval that ends before it starts."""
    return Rule(
        "VAL1",
        "error",
        last,
        pl.col(last) < pl.col(first),
        "终止日期早于起始日期",
        "the interval ends before it starts",
        rowwise=True,
    )


def parent_rules() -> list[Rule]:
    """PAR1: a branch or local unit without the code of its legal person, or with one that fails."""
    code = pl.col("parent_uscc_text")
    below = pl.col("kind_zh") != "法人单位"
    return [
        Rule(
            "PAR1",
            "warning",
            "parent_uscc_text",
            below & (code.is_null() | ~valid(code)),
            "分支机构或产业活动单位没有有效的法人单位代码：行保留，不归入任何法人",
            "a branch or local unit without a valid code of its legal person: kept, under nobody",
        )
    ]


def event_rules() -> list[Rule]:
    """EVT1: what an event needs to say beside its day."""
    needed = (pl.col("event_zh").is_in(["更名", "迁址"]) & pl.col("former_zh").is_null()) | (
        (pl.col("event_zh") == "合并") & pl.col("successor_uscc_text").is_null()
    )
    return [
        Rule(
            "EVT1",
            "error",
            "event_zh",
            needed,
            "更名、迁址须写变更前，合并须写承继单位代码",
            "a renaming or removal needs what was before, a merger the code of the successor",
            rowwise=True,
        )
    ]


def reading_rules() -> list[Rule]:
    """ID2: two readings of one site, year and energy; all copies go."""
    key = ["permit_no", "uscc_text", "name_zh", "year", "energy_zh", "meter_owner_uscc_text"]
    return [
        Rule(
            "ID2",
            "error",
            "energy_zh",
            pl.struct(key).is_duplicated(),
            "同一场所、年份、能源重复",
            "one site, year and energy twice",
        )
    ]
