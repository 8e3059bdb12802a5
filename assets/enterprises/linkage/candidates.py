"""Candidate pairs of two registers with evidence and score."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from assets.enterprises.linkage.blocks import key_pairs, may_share, meeting, typing_pairs
from assets.enterprises.linkage.features import compared
from assets.enterprises.linkage.model import FEATURES, LinkModel, decimal_of_micro, scores
from assets.enterprises.linkage.prepared import numbered, prepared
from quality.contracts.linkage import LINK_BLOCKS, LINK_METHODS, LinkCandidate

_SIDES = ("left", "right")
_LAST = len(LINK_BLOCKS) - 1
_SCORED = {
    "left": pl.UInt32,
    "right": pl.UInt32,
    "rank": pl.Int8,
    **dict.fromkeys(FEATURES, pl.Int64),
    "logit_micro": pl.Int64,
    "score_micro": pl.Int64,
}


Ready = tuple[pl.DataFrame, pl.DataFrame]
Made = Callable[[pl.DataFrame], pl.DataFrame]


def candidates(
    left: pl.DataFrame, right: pl.DataFrame, model: LinkModel, ready: Ready | None = None
) -> pl.DataFrame:
    """`core.link_candidate`: the pairs of two registers that share a key, compared and scored.

    Records that no exact key leads to a likely counterpart are paired once more by names one
    typing error apart. Raises ValueError for records without or with a repeated `record_id`,
    without a name, and where too many share a key.
    """
    nothing = LinkCandidate.empty_frame()
    return relink(nothing, left, right, left["record_id"], right["record_id"], model, ready)


def relink(
    previous_candidates: pl.DataFrame,
    left: pl.DataFrame,
    right: pl.DataFrame,
    changed_left: pl.Series,
    changed_right: pl.Series,
    model: LinkModel,
    ready: Ready | None = None,
) -> pl.DataFrame:
    """`candidates(left, right, model)`, comparing only pairs with a record that changed.

    `changed_left` and `changed_right` are the ids of records that are new or differ from those
    that `previous_candidates` were made of; records that are gone need no mention. `ready` are
    both sides as `prepare` makes them; without it what is needed of them is made here. Raises
    ValueError if the previous candidates are of another model.
    """
    models = previous_candidates.get_column("model_id").unique().to_list()
    if models and models != [model.model_id]:
        raise ValueError(f"previous candidates are of {models}, expected {model.model_id}")
    sides = [numbered(left), numbered(right)]
    fresh = [
        side["record_id"].is_in(changed.cast(pl.String).implode())
        for side, changed in zip(sides, (changed_left, changed_right), strict=True)
    ]
    before = _in_rows(previous_candidates, sides)
    same = _unchanged(before, fresh)
    made: list[Made] = [_of_all(side) for side in ready] if ready else [prepared, prepared]
    met = _met(sides, fresh, made)
    keyed = pl.concat(
        [
            same.filter(pl.col("rank") < _LAST),
            *(
                _scored(one, two, key_pairs(one, two), model)
                for one, two in meeting(met, [_of(r, f) for r, f in zip(met, fresh, strict=True)])
            ),
        ]
    )
    typed = _typed(sides, met, fresh, before, same, keyed, model, made)
    return _conformed(pl.concat([keyed, typed]), sides, model)


def prepare(
    side: pl.DataFrame, changed: pl.Series, before: pl.DataFrame | None = None
) -> pl.DataFrame:
    """A side with what blocks and features need; what did not change is taken from `before`.

    Raises ValueError if a record that did not change is not in `before`.
    """
    rows = numbered(side)
    if before is None:
        return prepared(rows)
    fresh = rows["record_id"].is_in(changed.cast(pl.String).implode())
    if not fresh.any() and before["record_id"].equals(rows["record_id"]):
        return before
    same = rows.filter(~fresh).select("row", "record_id")
    known = same.join(before.drop("row"), on="record_id")
    if known.height != same.height:
        raise ValueError(f"{same.height - known.height} records did not change and are not known")
    parts = [known, prepared(rows.filter(fresh))]
    return pl.concat([part.select(before.columns) for part in parts]).sort("row")


def _of_all(ready: pl.DataFrame) -> Made:
    return lambda rows: ready.join(rows.select("row"), on="row", how="semi", maintain_order="left")


def _met(sides: list[pl.DataFrame], fresh: list[pl.Series], made: list[Made]) -> list[pl.DataFrame]:
    """The changed records, prepared, and those of the other side that may share a key with them."""
    new = [make(side.filter(mask)) for make, side, mask in zip(made, sides, fresh, strict=True)]
    found = []
    for make, side, mine, other, done in zip(made, sides, fresh, new[::-1], new, strict=True):
        rest = side.filter(~mine)
        met = may_share(rest, other) if other.height and rest.height else rest.clear()
        found.append(pl.concat([done, make(met)]).sort("row") if met.height else done)
    return found


def _in_rows(previous: pl.DataFrame, sides: list[pl.DataFrame]) -> pl.DataFrame:
    """Previous pairs by the rows of today; null for a record that is gone."""
    found = previous.lazy()
    for side, name in zip(sides, _SIDES, strict=True):
        rows = side.lazy().select(
            pl.col("record_id").alias(f"{name}_id"), pl.col("row").alias(name)
        )
        found = found.join(rows, on=f"{name}_id", how="left")
    ranks = {block: rank for rank, block in enumerate(LINK_BLOCKS)}
    return (
        found.select(
            pl.col("block").replace_strict(ranks, return_dtype=pl.Int8).alias("rank"),
            (pl.col("score") * 1_000_000).cast(pl.Int64).alias("score_micro"),
            pl.exclude("block", "score"),
        )
        .select(pl.col(name).cast(dtype) for name, dtype in _SCORED.items())
        .collect()
    )


def _unchanged(pairs: pl.DataFrame, fresh: list[pl.Series]) -> pl.DataFrame:
    """Pairs of which both records are there and did not change."""
    there = pairs.filter(pl.col("left").is_not_null() & pl.col("right").is_not_null())
    changed = [mask.gather(there[name]) for mask, name in zip(fresh, _SIDES, strict=True)]
    return there.filter(~(changed[0] | changed[1]))


def _of(side: pl.DataFrame, mask: pl.Series) -> pl.DataFrame:
    return side.filter(mask.gather(side["row"]))


def _typed(
    sides: list[pl.DataFrame],
    ready: list[pl.DataFrame],
    fresh: list[pl.Series],
    before: pl.DataFrame,
    same: pl.DataFrame,
    keyed: pl.DataFrame,
    model: LinkModel,
    made: list[Made],
) -> pl.DataFrame:
    """Pairs one typing error apart of records without a likely pair among the keyed."""
    known = before.filter(pl.col("rank") < _LAST)
    weak = [
        _weak(keyed, name, side.height, model) for name, side in zip(_SIDES, sides, strict=True)
    ]
    # What did not change and was as weak before has met its like already.
    new = [
        now & (changed | ~_weak(known, name, side.height, model))
        for name, side, now, changed in zip(_SIDES, sides, weak, fresh, strict=True)
    ]
    parted = [
        _prepared_as_well(side, done, now if other.any() else mine, make)
        for side, done, now, mine, other, make in zip(
            sides, ready, weak, new, new[::-1], made, strict=True
        )
    ]
    pairs = typing_pairs(
        *(_of(p, now) for p, now in zip(parted, weak, strict=True)),
        *(_of(p, mine) for p, mine in zip(parted, new, strict=True)),
    ).join(keyed, on=list(_SIDES), how="anti")
    kept = same.filter(pl.col("rank") == _LAST)
    still = weak[0].gather(kept["left"]) & weak[1].gather(kept["right"])
    return pl.concat([kept.filter(still), _scored(parted[0], parted[1], pairs, model)])


def _weak(pairs: pl.DataFrame, name: str, records: int, model: LinkModel) -> pl.Series:
    """By row: whether no pair of the record reaches the line for links."""
    strong = pairs.filter(pl.col("score_micro") >= model.link)[name].unique().drop_nulls()
    return pl.Series([True], dtype=pl.Boolean).new_from_index(0, records).scatter(strong, False)


def _prepared_as_well(
    side: pl.DataFrame, done: pl.DataFrame, wanted: pl.Series, make: Made
) -> pl.DataFrame:
    """What is prepared, and those wanted that are not, in order of the rows."""
    missing = side.filter(wanted).join(done, on="row", how="anti", maintain_order="left")
    return pl.concat([done, make(missing)]).sort("row") if missing.height else done


def _scored(
    left: pl.DataFrame, right: pl.DataFrame, pairs: pl.DataFrame, model: LinkModel
) -> pl.DataFrame:
    found = compared(left, right, pairs)
    features = {
        name: (found[name].fill_null(0).to_numpy(), found[name].is_not_null().to_numpy())
        for name in FEATURES
    }
    logits = model.logits(features)
    return found.with_columns(
        pl.Series("logit_micro", logits), pl.Series("score_micro", scores(logits))
    ).select(pl.col(name).cast(dtype) for name, dtype in _SCORED.items())


def _conformed(pairs: pl.DataFrame, sides: list[pl.DataFrame], model: LinkModel) -> pl.DataFrame:
    exact = [
        pl.when(pl.col(f"{method}_permille") == 1000).then(pl.lit(method))
        for method in LINK_METHODS[:-1]
    ]
    blocks = dict(enumerate(LINK_BLOCKS))
    return LinkCandidate.conform(
        pairs.with_columns(
            *(
                side["record_id"].gather(pairs[name]).alias(f"{name}_id")
                for side, name in zip(sides, _SIDES, strict=True)
            ),
            pl.col("rank").replace_strict(blocks, return_dtype=pl.String).alias("block"),
            pl.coalesce(*exact, pl.lit(LINK_METHODS[-1])).alias("method"),
            decimal_of_micro("score_micro").alias("score"),
            pl.lit(model.model_id).alias("model_id"),
        )
    )
