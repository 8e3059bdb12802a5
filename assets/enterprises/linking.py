"""Which records are the same enterprise: registers linked one after the other.

Registers stand in an order (`REGISTERS`). What a register names for the first time is linked
with what those before it name, one to one; so the order in which files arrive does not matter.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from assets.enterprises.linkage import assign, candidates, load_model
from quality.contracts.enterprises import Entity
from quality.contracts.linkage import Link, LinkCandidate


def profiles(records: pl.DataFrame, addresses: pl.DataFrame) -> pl.DataFrame:
    """What is compared of each entity: one row an entity, from its first rows.

    Columns: `record_id` (the entity), `name_zh, uscc, org_code, reg_no, division_code,
    address_zh, lon, lat, point_precision_m`, and `universe, rank` of the first register that
    names it. A division is that of the office, else of any other address, else of the point.
    """
    ordered = records.sort("rank", "source_row_id")
    named = ordered.group_by("entity_id", maintain_order=True).agg(
        pl.col("universe", "rank", "name_zh").first(),
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


def _stages(known: pl.DataFrame) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    """What each register names first, and what is named before it, in order."""
    for _, universe in known.sort("universe", "rank").group_by("universe", maintain_order=True):
        for rank in universe.get_column("rank").unique().sort().to_list()[1:]:
            yield (
                universe.filter(pl.col("rank") == rank).select(_RECORD),
                universe.filter(pl.col("rank") < rank).select(_RECORD),
            )


def link_candidates(
    records: pl.DataFrame, addresses: pl.DataFrame, weights: pl.DataFrame
) -> pl.DataFrame:
    """`core.link_candidate`: pairs of entities that may be one, with features and score."""
    model = load_model(weights)
    found = [
        candidates(left, right, model) for left, right in _stages(profiles(records, addresses))
    ]
    return LinkCandidate.conform(pl.concat([LinkCandidate.empty_frame(), *found]))


def links(
    found: pl.DataFrame, records: pl.DataFrame, decisions: pl.DataFrame, weights: pl.DataFrame
) -> pl.DataFrame:
    """`core.link`: one to one within each register, by score and by what people decided."""
    model = load_model(weights)
    first = records.group_by("entity_id").agg(pl.col("rank").min())
    staged = found.join(first, left_on="left_id", right_on="entity_id")
    parts = [
        assign(part.drop("rank"), decisions, model)
        for _, part in staged.sort("rank").group_by("rank", maintain_order=True)
    ]
    return Link.conform(pl.concat([Link.empty_frame(), *parts]))


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
