"""Rules on exports of the statistics office: a region that is a province, an indicator as named."""

from __future__ import annotations

import re

import polars as pl

from assets.boundaries.divisions import provinces
from quality.quarantine import Rule

_SUFFIX = re.compile(r"(?:省|市|(?:壮族|回族|维吾尔)?自治区|特别行政区)$")


def indicator_rules() -> list[Rule]:
    """PROVINCE: a row of 全国 or 合计 is no province. INDICATOR: the name of the file, from which
    the indicator is taken, says something else than the export itself; all exports leave the
    office under one name.
    """
    names = provinces().names
    known = {*names, *(_SUFFIX.sub("", name) for name in names)}
    stated = pl.col("stated_zh").str.replace(r"\s*[(（][^()（）]*[)）]$", "")
    agree = pl.col("indicator_zh").str.contains(stated, literal=True) | stated.str.contains(
        pl.col("indicator_zh"), literal=True
    )
    return [
        Rule(
            "PROVINCE",
            "error",
            "region_zh",
            ~pl.col("region_zh").is_in(sorted(known)),
            "地区不是省级行政区（全国、合计不计入）",
            "the region is no province (全国 and 合计 are none)",
        ),
        Rule(
            "INDICATOR",
            "warning",
            "stated_zh",
            pl.col("stated_zh").is_not_null() & ~agree,
            "文件名所示指标与“指标”行不一致：请按指标命名文件；行保留",
            "the name of the file says another indicator than its line 指标: name the file after "
            "it; the row is kept",
        ),
    ]
