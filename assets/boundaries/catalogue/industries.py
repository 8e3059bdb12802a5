"""Leading industries of a park, as the notice words them, to divisions of GB/T 4754-2017."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from assets.boundaries.parks import with_park_ids
from quality.contracts.parks import ParkIndustry

# Trust in a method (project rule); it is shared among the divisions that a word stands for.
TRUST = {"name": 1.0, "keyword": 0.9, "part": 0.6, "no_division": 0.0, "unknown": 0.0}
_ENDS = " .。，,;；"
# What a division is called in a list of industries: 家具制造业 is 家具.
_SUFFIX = r"(制造业|加工业|生产和供应业|服务业|业)$"

Keywords = dict[str, tuple[str, ...]]
Meaning = tuple[str, tuple[str, ...]]


def leading_tokens(catalogue: pl.DataFrame) -> pl.DataFrame:
    """The leading industries one by one: `park_id, token_zh, source_row_id`.

    The text is split at 、; blanks and full stops at its ends are left out of a token.
    """
    return (
        with_park_ids(catalogue)
        .select(
            "park_id",
            pl.col("leading_industries_zh").str.split("、").alias("token_zh"),
            "source_row_id",
        )
        .explode("token_zh")
        .with_columns(pl.col("token_zh").str.strip_chars(_ENDS))
        .filter(pl.col("token_zh") != "")
        .unique(maintain_order=True)
    )


def park_industries(
    catalogue: pl.DataFrame, keywords: pl.DataFrame, industry_codes: pl.DataFrame
) -> pl.DataFrame:
    """`core.park_industry` from `accepted.park_catalogue`, `accepted.industry_keyword` and
    `accepted.industry_code`; one row a park, token and division.

    In this order: the name of a division, with or without its ending; a keyword; the
    keywords inside the token, longest first. A token that only holds words known to name no
    division (新材料, 在建) is `no_division`, any other `unknown`: both keep an empty division.
    """
    names = _division_names(industry_codes)
    listed = keywords.group_by("keyword_zh").agg(pl.col("industry_division").drop_nulls())
    words: Keywords = {word: tuple(divisions) for word, divisions in listed.iter_rows()}
    tokens = leading_tokens(catalogue)
    rows = [
        (token, division, method, TRUST[method] / max(len(divisions), 1))
        for token in tokens["token_zh"].unique().sort()
        for method, divisions in [meaning(token, names, words)]
        for division in divisions or (None,)
    ]
    schema = {
        "token_zh": pl.String,
        "industry_division": pl.String,
        "method": pl.String,
        "score": pl.Float64,
    }
    meanings = pl.DataFrame(rows, schema=schema, orient="row").with_columns(
        pl.col("score").round(6)
    )
    return ParkIndustry.conform(tokens.join(meanings, on="token_zh"))


def meaning(token: str, names: dict[str, str], words: Keywords) -> Meaning:
    """Method and divisions of one token."""
    if token in names:
        return "name", (names[token],)
    if token in words:
        return ("keyword" if words[token] else "no_division"), words[token]
    parts = list(_parts(token, words))
    # 有色金属冶炼 is 32: the wide word 冶炼 (31, 32) adds nothing to the narrow one.
    sets = [set(words[part]) for part in parts if words[part]]
    narrow = [one for one in sets if not any(other < one for other in sets)]
    divisions = tuple(sorted(set().union(*narrow)))
    if divisions:
        return "part", divisions
    return ("no_division" if parts else "unknown"), ()


def _parts(token: str, words: Keywords) -> Iterator[str]:
    """Keywords inside the token that do not overlap; the longest at a place, from the left."""
    start = 0
    longest = max(map(len, words), default=0)
    while start < len(token):
        ends = range(min(len(token), start + longest), start, -1)
        found = next((token[start:end] for end in ends if token[start:end] in words), None)
        if found is None:
            start += 1
        else:
            yield found
            start += len(found)


def _division_names(industry_codes: pl.DataFrame) -> dict[str, str]:
    """Names of divisions, whole and without their ending; a short name of two is left out."""
    named = industry_codes.filter(
        (pl.col("edition") == "2017") & (pl.col("level") == "division")
    ).select("industry_code", "name_zh")
    short = named.with_columns(pl.col("name_zh").str.replace(_SUFFIX, "")).filter(
        pl.col("name_zh").is_unique() & (pl.col("name_zh").str.len_chars() > 1)
    )
    return {name: code for code, name in [*short.iter_rows(), *named.iter_rows()]}


def coverage(industries: pl.DataFrame) -> dict[str, float]:
    """Shares of `core.park_industry`: of the mentions and of the parks that have a division.

    `mentions` are pairs of park and token; `known_to_name_none` and `unknown` are the rest.
    """
    has = pl.col("industry_division").is_not_null()
    mentions = industries.group_by("park_id", "token_zh").agg(
        has.any().alias("has"), pl.col("method").first()
    )
    parks = mentions.group_by("park_id").agg(pl.col("has").any())
    total = max(mentions.height, 1)
    return {
        "mentions": mentions.filter("has").height / total,
        "known_to_name_none": mentions.filter(pl.col("method") == "no_division").height / total,
        "unknown": mentions.filter(pl.col("method") == "unknown").height / total,
        "parks": parks.filter("has").height / max(parks.height, 1),
    }
