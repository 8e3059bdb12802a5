"""Which records are the same enterprise: registers linked one after the other.

Registers stand in an order (`REGISTERS`). What a register names for the first time is linked
with what those before it name, one to one; so the order in which files arrive does not matter.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from assets.enterprises.kept import kept_candidates
from assets.enterprises.linkage import assign, load_model
from quality.contracts.enterprises import Entity
from quality.contracts.linkage import Link, LinkCandidate


def profiles(records: pl.DataFrame, addresses: pl.DataFrame) -> pl.DataFrame:
    """What is compared of each entity: one row an entity, from its first rows.

    Columns: `record_id` (the entity), `name_zh, name_latin, uscc, org_code, reg_no, division_code,
    address_zh, lon, lat, point_precision_m`, and `universe, rank` of the first register that
    names it. A division is that of the office, else of any other address, else of the point.
    """
    ordered = records.sort("rank", "source_row_id")
    named = ordered.group_by("entity_id", maintain_order=True).agg(
        pl.col("universe", "rank", "name_zh").first(),
        pl.col("name_latin").drop_nulls().first(),
        pl.col("uscc", "org_code").drop_nulls().first(),
        pl.col("other_no").drop_nulls().first().alias("reg_no"),
    )
    where = addresses.join(
        ordered.select("source_row_id", "entity_id", "rank"), on="source_row_id"
    ).sort(pl.col("role") != "registered_office", "rank", "source_row_id", "role", "place_no")
    placed = where.group_by("entity_id").agg(
        pl.coalesce(
            pl.col("division_now").drop_nulls().first(),
            pl.col("point_division").drop_nulls().first(),
        ).alias("division_code"),
        pl.coalesce(
            pl.col("rest_zh").drop_nulls().first(), pl.col("address_zh").drop_nulls().first()
        ).alias("address_zh"),
        *(
            pl.col(name).filter(pl.col("lon").is_not_null()).first()
            for name in ("lon", "lat", "precision_m")
        ),
    )
    return (
        named.join(placed, on="entity_id", how="left")
        .rename({"entity_id": "record_id", "precision_m": "point_precision_m"})
        .sort("record_id")
    )


_RECORD = [
    "record_id",
    "name_zh",
    "uscc",
    "org_code",
    "reg_no",
    "division_code",
    "address_zh",
    "lon",
    "lat",
    "point_precision_m",
]


def stages(known: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame, pl.DataFrame]]:
    """A name, what a register names first, and what is named before it, in order.

    Names in Latin letters are compared with Latin names, which trackers give beside Chinese.
    """
    han = pl.col("name_zh").str.contains(r"\p{Han}")
    for (universe,), part in known.sort("universe", "rank").group_by(
        "universe", maintain_order=True
    ):
        for rank in part.get_column("rank").unique().sort().to_list()[1:]:
            new, before = part.filter(pl.col("rank") == rank), part.filter(pl.col("rank") < rank)
            latin = before.with_columns(
                pl.when(han).then("name_latin").otherwise("name_zh").alias("name_zh")
            ).filter(pl.col("name_zh").is_not_null())
            for script, left, right in (
                ("han", new.filter(han), before),
                ("latin", new.filter(~han), latin),
            ):
                if left.height and right.height:
                    yield f"{universe}-{rank}-{script}", left.select(_RECORD), right.select(_RECORD)


def link_candidates(
    records: pl.DataFrame, addresses: pl.DataFrame, weights: pl.DataFrame, folder: Path
) -> pl.DataFrame:
    """`core.link_candidate`: pairs of entities that may be one, with features and score.

    `folder` keeps what was compared, so that only what changed is compared again.
    """
    model = load_model(weights)
    found = [
        kept_candidates(left, right, model, folder, name)
        for name, left, right in stages(profiles(records, addresses))
    ]
    return LinkCandidate.conform(pl.concat([LinkCandidate.empty_frame(), *found]))


def links(
    found: pl.DataFrame, records: pl.DataFrame, decisions: pl.DataFrame, weights: pl.DataFrame
) -> pl.DataFrame:
    """`core.link`: one to one within each register, by score and by what people decided.

    A decision is about what two registers name; the later register's is the left one, in
    whichever order it was written. One about two rows of one register, or about what no
    register names any more, has nothing to decide.
    """
    model = load_model(weights)
    first = records.group_by("entity_id").agg(pl.col("rank").min())
    staged = found.join(first, left_on="left_id", right_on="entity_id")
    decided = _oriented(decisions, first)
    ranks = pl.concat([staged.select("rank"), decided.select("rank")]).unique().sort("rank")
    parts = [
        assign(
            staged.filter(pl.col("rank") == rank).drop("rank"),
            decided.filter(pl.col("rank") == rank),
            model,
        )
        for rank in ranks.to_series().to_list()
    ]
    return Link.conform(pl.concat([Link.empty_frame(), *parts]))


def _oriented(decisions: pl.DataFrame, first: pl.DataFrame) -> pl.DataFrame:
    """Decisions with the entity of the later register left, and `rank`, that register's place."""
    known = decisions.join(first, left_on="left_id", right_on="entity_id").join(
        first, left_on="right_id", right_on="entity_id", suffix="_of_right"
    )
    later = pl.col("rank") > pl.col("rank_of_right")
    return known.filter(pl.col("rank") != pl.col("rank_of_right")).select(
        pl.when(later).then("left_id").otherwise("right_id").alias("left_id"),
        pl.when(later).then("right_id").otherwise("left_id").alias("right_id"),
        "decision",
        pl.max_horizontal("rank", "rank_of_right").alias("rank"),
    )


def entities(records: pl.DataFrame, linked: pl.DataFrame) -> pl.DataFrame:
    """`core.entity`: the enterprise of each entity.

    Linked entities are one enterprise, unless that joined two different checked USCCs: then
    the link with the lower score is not followed. The id is the checked USCC, else the entity
    that the first register names.
    """
    known = (
        records.group_by("entity_id")
        .agg(pl.col("rank").min(), pl.col("uscc").drop_nulls().first())
        .sort("rank", "entity_id")
    )
    codes = dict(known.select("entity_id", "uscc").iter_rows())
    place = {entity: n for n, entity in enumerate(known["entity_id"].to_list())}
    head = {entity: entity for entity in codes}

    def root(entity: str) -> str:
        while head[entity] != entity:
            head[entity] = head[head[entity]]
            entity = head[entity]
        return entity

    how: dict[str, tuple[str, str, object]] = {}
    followed = linked.filter(pl.col("status") == "linked").sort(
        pl.col("decided_by") != "person",
        pl.col("score"),
        "left_id",
        "right_id",
        descending=[False, True, False, False],
    )
    for row in followed.iter_rows(named=True):
        one, other = root(row["left_id"]), root(row["right_id"])
        if one == other or (codes[one] and codes[other]):
            continue
        first, second = sorted((one, other), key=place.__getitem__)
        head[second] = first
        codes[first] = codes[first] or codes[second]
        by = "person" if row["decided_by"] == "person" else row["method"]
        how[row["left_id"]] = (by, row["right_id"], row["score"])
    rows = [
        (
            entity,
            codes[root(entity)] or root(entity),
            *how.get(entity, ("self", None, None)),
            rank,
        )
        for entity, rank in known.select("entity_id", "rank").iter_rows()
    ]
    schema: dict[str, pl.DataType | type[pl.DataType]] = {
        "entity_id": pl.String,
        "enterprise_id": pl.String,
        "matched_by": pl.String,
        "matched_entity_id": pl.String,
        "score": pl.Decimal(38, 6),
        "rank": pl.Int64,
    }
    return Entity.conform(pl.DataFrame(rows, schema=schema, orient="row"))
