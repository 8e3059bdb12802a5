"""What people look at, and how far the rule agrees with them."""

from __future__ import annotations

import polars as pl

from assets.enterprises.linkage.model import FEATURES

_PAIR = ["left_id", "right_id"]
_SHOWN = ["name_zh", "uscc", "division_code", "address_zh"]


def review_links(
    candidates: pl.DataFrame, links: pl.DataFrame, left: pl.DataFrame, right: pl.DataFrame
) -> pl.DataFrame:
    """The links that wait for a person, the most open first, with the evidence side by side.

    Grain: pair; `left_id`, `right_id`, `reason`, `reason_zh`, `score`, `margin`, name, code,
    division and address of both records, and the features. First numbers that agree while the
    names differ (one of two registers is wrong), then by how near the score is to even odds.
    """
    waiting = links.filter(pl.col("status") == "uncertain").select(
        *_PAIR, "method", "reason", "reason_zh", "score", "margin"
    )
    doubt = (pl.col("score").cast(pl.Float64) - 0.5).abs()
    shown = waiting.join(candidates.select(*_PAIR, *FEATURES), on=_PAIR, how="left")
    for side, name in ((left, "left"), (right, "right")):
        evidence = side.select(
            pl.col("record_id").alias(f"{name}_id"), pl.col(_SHOWN).name.prefix(f"{name}_")
        )
        shown = shown.join(evidence, on=f"{name}_id", how="left")
    columns = [f"{side}_{column}" for column in _SHOWN for side in ("left", "right")]
    return shown.sort(pl.col("reason") != "name_differs", doubt, *_PAIR).select(
        *waiting.columns, *columns, *FEATURES
    )


def agreement(links_without_decisions: pl.DataFrame, decisions: pl.DataFrame) -> pl.DataFrame:
    """How the rule alone agrees with people on the pairs they decided: one row.

    `n` pairs; `precision` and `recall` of the rule's links against the pairs called `same`; Cohen's
    kappa (chance-corrected agreement, Cohen 1960). Null where nothing can be divided. What is
    uncertain counts as not linked.
    """
    linked = links_without_decisions.filter(pl.col("status") == "linked").select(
        *_PAIR, pl.lit(True).alias("linked")
    )
    pairs = decisions.select(*_PAIR, "decision").unique().join(linked, on=_PAIR, how="left")
    ruled = pairs["linked"].fill_null(False)
    said = pairs["decision"] == "same"
    n, both = pairs.height, int((ruled & said).sum())
    by_rule, by_people = int(ruled.sum()), int(said.sum())
    # In whole numbers: n² times observed and expected agreement.
    observed = n * (n - by_rule - by_people + 2 * both)
    expected = by_rule * by_people + (n - by_rule) * (n - by_people)
    return pl.DataFrame(
        {
            "n": [n],
            "precision": [_share(both, by_rule)],
            "recall": [_share(both, by_people)],
            "kappa": [_share(observed - expected, n * n - expected)],
        },
        schema={"n": pl.Int64, "precision": pl.Float64, "recall": pl.Float64, "kappa": pl.Float64},
    )


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 6) if whole else None
