"""One-to-one links: of all pairs the best first, each record once, by stated rules."""

from __future__ import annotations

import polars as pl

from assets.enterprises.linkage.model import LinkModel, decimal_of_micro
from quality.contracts.linkage import LINK_METHODS, Link

_PAIR = ["left_id", "right_id"]
# Names that agree this little are not one name; without the same number or place, also those of
# which half the core differs (project rule).
_UNLIKE_CORE, _UNLIKE_NAME, _OTHER_BRANCH = 500, 900, 700
# Street and house, or points, that make a new name of the same enterprise likely (project rule).
_SAME_STREET, _SAME = 900, 1000
# A rival this near leaves open which of the two it is: 0.3 log odds (project rule).
_CLOSE = 300_000

REASONS = {
    "score": "得分达到链接线",
    "number": "号码一致，名称相符",
    "renamed": "号码与地址一致，名称不同：按更名链接",
    "name_differs": "名称不同：不作链接，待核",
    "unit_differs": "分支、序号、集团或组织形式之别：不作链接，待核",
    "close_rival": "另有得分相近的记录，待核",
    "below_link": "得分低于链接线，待核",
    "taken": "相近的记录已与得分更高者相配",
    "below_uncertain": "得分低于待核线",
    "person": "人工判定",
}


def assign(
    candidates: pl.DataFrame, decisions: pl.DataFrame | None, model: LinkModel
) -> pl.DataFrame:
    """`core.link`: a row for each left record that has a candidate or a decision.

    Pairs are taken by score, then by the surer method, then by their ids, if neither record is
    taken yet and the score reaches `model.uncertain` or an exact number agrees. The order of rows
    does not matter. Decisions (`accepted.link_decision`, of records at hand) come first: `same`
    links whatever the score, `different` forbids. Raises ValueError if decisions contradict each
    other or give one record two partners.

    Records whose names are not one name are no more than uncertain (`name_differs`), unless a
    number agrees and street and house or the points agree as well: then they are linked as
    `renamed`. A branch and its parent, works of other numbers, a group (集团) and a company of
    another legal form, and without a number companies of different legal forms whose core and
    industry words do not both agree, are other units (METHOD 1.2) and no more than uncertain
    (`unit_differs`).
    """
    pairs = _ranked(candidates, _decided(decisions))
    open_pairs = pairs.filter(pl.col("decision").ne_missing("different"))
    taken = _taken(
        open_pairs.filter(
            pl.col("decision").is_not_null()
            | (pl.col("micro") >= model.uncertain)
            | (pl.col("method") != LINK_METHODS[-1])
        )
    )
    left_over = pairs.join(taken, on="left_id", how="anti")
    # Of what is not forbidden the best, else the best of what is.
    nearest = left_over.sort(pl.col("decision").is_not_null(), "order").unique(
        "left_id", keep="first", maintain_order=True
    )
    return Link.conform(
        pl.concat([_linked(taken, open_pairs, model), _rejected(nearest, open_pairs, model)])
        .with_columns(pl.col("reason").replace_strict(REASONS).alias("reason_zh"))
        .with_columns(
            pl.when(pl.col("reason") == "person")
            .then(pl.lit("person"))
            .otherwise(pl.lit("rule"))
            .alias("decided_by")
        )
    )


def _decided(decisions: pl.DataFrame | None) -> pl.DataFrame:
    """One row a decided pair."""
    kinds = [*_PAIR, "decision"]
    if decisions is None:
        return pl.DataFrame(schema=dict.fromkeys(kinds, pl.String))
    said = decisions.select(kinds).unique()
    both = said.filter(said.select(_PAIR).is_duplicated())
    same = said.filter(pl.col("decision") == "same")
    for name in _PAIR:
        both = pl.concat([both, same.filter(pl.col(name).is_duplicated())])
    if both.height:
        found = "; ".join(" ".join(row) for row in both.unique().sort(kinds).head(4).rows())
        raise ValueError(
            f"accepted.link_decision: {found}: expected one decision a pair and one partner a "
            "record; correct or withdraw one of them"
        )
    return said


def _ranked(candidates: pl.DataFrame, said: pl.DataFrame) -> pl.DataFrame:
    """The pairs in the order in which they are taken; those that only a person names are there
    without a score.
    """
    # A forbidden pair that was never compared needs no forbidding.
    decided = said.filter(
        (pl.col("decision") == "same")
        | pl.struct(_PAIR).is_in(candidates.select(pl.struct(_PAIR)).to_series().implode())
    )
    return (
        candidates.join(decided, on=_PAIR, how="full", coalesce=True)
        .with_columns(
            pl.col("method").fill_null(LINK_METHODS[-1]),
            (pl.col("score") * 1_000_000).cast(pl.Int64).alias("micro"),
        )
        .sort(
            pl.col("decision").eq_missing("same"),
            "micro",
            "logit_micro",
            pl.col("method").replace_strict({m: n for n, m in enumerate(LINK_METHODS)}),
            *_PAIR,
            descending=[True, True, True, False, False, False],
            nulls_last=True,
        )
        .with_row_index("order")
    )


def _taken(pairs: pl.DataFrame) -> pl.DataFrame:
    """The pairs of which neither record is in an earlier one that was taken."""
    sides = [pairs[name].cast(pl.Categorical).to_physical() for name in _PAIR]
    free = [bytearray(b"\1") * ((side.max() or 0) + 1) for side in sides]  # type: ignore[operator]
    rows = []
    for row, (left, right) in enumerate(zip(*sides, strict=True)):
        if free[0][left] and free[1][right]:
            free[0][left] = free[1][right] = 0
            rows.append(row)
    return pairs[rows]


def _margins(chosen: pl.DataFrame, pairs: pl.DataFrame) -> pl.Series:
    """Log odds of each chosen pair less those of the best other pair of either record."""
    own = chosen.select("order", *_PAIR)
    scored = pairs.filter(pl.col("logit_micro").is_not_null())
    rivals = pl.concat(
        own.join(scored.select(name, rival="order", best="logit_micro"), on=name)
        .filter(pl.col("rival") != pl.col("order"))
        .group_by("order")
        .agg(pl.col("best").max())
        for name in _PAIR
    )
    best = rivals.group_by("order").agg(pl.col("best").max())
    joined = chosen.join(best, on="order", how="left", maintain_order="left")
    return joined.select(pl.col("logit_micro") - pl.col("best")).to_series().alias("margin_micro")


def _linked(taken: pl.DataFrame, pairs: pl.DataFrame, model: LinkModel) -> pl.DataFrame:
    exact = pl.col("method") != LINK_METHODS[-1]
    units = pl.any_horizontal(
        # With one number, an error of typing in the legal form may have hidden a branch.
        pl.col("branch_permille").is_between(1, _OTHER_BRANCH),
        (pl.col("branch_permille") == 0) & ~(exact & (pl.col("name_permille") >= _UNLIKE_NAME)),
        pl.col("numerals_permille") == 0,
        (pl.col("group_permille") == 0) & (pl.col("form_permille") == 0),
        # A firm that was made a stock company keeps its core and its industry words; with one of
        # them missing it may be a subsidiary, or what is left of it, at the same address.
        (pl.col("form_permille") == 0)
        & ~((pl.col("core_permille") == _SAME) & (pl.col("trade_permille") == _SAME)).fill_null(
            False
        )
        & ~exact,
    ).fill_null(False)
    same_house = pl.col("house_permille").fill_null(_SAME) == _SAME
    near = pl.any_horizontal(
        (pl.col("address_permille") >= _SAME_STREET) & same_house,
        pl.col("point_permille") == _SAME,
    ).fill_null(False)
    least = pl.when(exact | near).then(_UNLIKE_CORE).otherwise(_UNLIKE_CORE + 1)
    unlike = (pl.col("core_permille") < least) & (pl.col("name_permille") < _UNLIKE_NAME)
    reason = (
        pl.when(pl.col("decision") == "same")
        .then(pl.lit("person"))
        .when(unlike & ~(exact & near))
        .then(pl.lit("name_differs"))
        .when(units & ~unlike)
        .then(pl.lit("unit_differs"))
        .when(unlike)
        .then(pl.lit("renamed"))
        .when(pl.col("micro") < model.link)
        .then(pl.lit("below_link"))
        .when(pl.col("margin_micro").is_between(0, _CLOSE, closed="left"))
        .then(pl.lit("close_rival"))
        .when(exact)
        .then(pl.lit("number"))
        .otherwise(pl.lit("score"))
    )
    judged = taken.with_columns(_margins(taken, pairs)).with_columns(reason.alias("reason"))
    open_reasons = ["name_differs", "unit_differs", "below_link", "close_rival"]
    return _shaped(
        judged,
        pl.when(pl.col("reason").is_in(open_reasons))
        .then(pl.lit("uncertain"))
        .otherwise(pl.lit("linked")),
    )


def _rejected(nearest: pl.DataFrame, pairs: pl.DataFrame, model: LinkModel) -> pl.DataFrame:
    reason = (
        pl.when(pl.col("decision").is_not_null())
        .then(pl.lit("person"))
        .when((pl.col("micro") >= model.uncertain) | (pl.col("method") != LINK_METHODS[-1]))
        .then(pl.lit("taken"))
        .otherwise(pl.lit("below_uncertain"))
    )
    judged = nearest.with_columns(_margins(nearest, pairs)).with_columns(reason.alias("reason"))
    return _shaped(judged, pl.lit("rejected"))


def _shaped(judged: pl.DataFrame, status: pl.Expr) -> pl.DataFrame:
    return judged.select(
        *_PAIR,
        "score",
        "method",
        status.alias("status"),
        decimal_of_micro("margin_micro").alias("margin"),
        "reason",
    )
