"""Enterprises and what is known of who they are: numbers, names, what is odd."""

from __future__ import annotations

import polars as pl

from assets.enterprises.identifiers import numbers
from assets.enterprises.identity import identify, resolve
from quality.contracts.core import Enterprise
from quality.contracts.enterprises import EnterpriseName, EnterpriseNumber


def enterprises(
    records: pl.DataFrame,
    entities: pl.DataFrame,
    events: pl.DataFrame,
    businesses: pl.DataFrame,
) -> pl.DataFrame:
    """`core.enterprise`: every legal person named in a register, with the row that names it.

    The row of the first register wins, and within it one that names the industry. `events` is
    `accepted.enterprise_event`: the end of an enterprise, and who goes on in its place;
    `businesses` is `accepted.business`, which may give the day of deregistration alone.
    """
    rows = resolve(records, entities).sort("rank", pl.col("industry_zh").is_null(), "source_row_id")
    coded = rows.filter(pl.col("uscc").is_not_null()).unique(
        "enterprise_id", keep="first", maintain_order=True
    )
    first = rows.unique("enterprise_id", keep="first", maintain_order=True)
    owner = entities.select(
        pl.col("entity_id").alias("parent_entity_id"),
        pl.col("enterprise_id").alias("parent_enterprise_id"),
    )
    parents = (
        rows.filter(pl.col("parent_entity_id").is_not_null())
        .unique("enterprise_id", keep="first", maintain_order=True)
        .join(owner, on="parent_entity_id", how="left")
        .select(
            "enterprise_id",
            pl.coalesce("parent_enterprise_id", "parent_entity_id").alias("parent_enterprise_id"),
            "unit_kind",
        )
        # A unit that gives itself as its legal person has none above it.
        .filter(pl.col("parent_enterprise_id") != pl.col("enterprise_id"))
    )
    ends = ended(events, businesses, entities)
    own_code = pl.col("uscc").is_not_null()
    return Enterprise.conform(
        first.join(
            coded.select(
                "enterprise_id",
                pl.col("uscc").alias("__uscc"),
                pl.col("uscc_status").alias("__status"),
                pl.col("org_code").alias("__org_code"),
            ),
            on="enterprise_id",
            how="left",
        )
        .join(
            parents.rename({"unit_kind": "__kind"}),
            on="enterprise_id",
            how="left",
        )
        .join(ends, on="enterprise_id", how="left")
        .join(
            rows.group_by("enterprise_id").agg(
                pl.col("register_id").n_unique().cast(pl.Int64).alias("registers")
            ),
            on="enterprise_id",
        )
        .with_columns(
            pl.when(own_code)
            .then("uscc_status")
            .when(pl.col("__uscc").is_not_null() & (pl.col("__status") == "from_permit"))
            .then("__status")
            .when(pl.col("__uscc").is_not_null())
            .then(pl.lit("linked"))
            .otherwise("uscc_status")
            .alias("uscc_status"),
            pl.coalesce("uscc", "__uscc").alias("uscc"),
            pl.coalesce("org_code", "__org_code").alias("org_code"),
            pl.coalesce("__kind", "unit_kind").alias("unit_kind"),
        )
        .with_columns(pl.col("uscc").str.slice(2, 6).alias("registering_division"))
    )


def ended(events: pl.DataFrame, businesses: pl.DataFrame, entities: pl.DataFrame) -> pl.DataFrame:
    """`enterprise_id, ended_on, ended_zh, successor_id`: the last day of enterprises that ended.

    An enterprise ends the day before its deregistration, revocation or merger into another
    holds. One that merges and goes on itself (its own successor) has not ended.
    """
    known = resolve(identify(events), entities)
    followers = resolve(
        identify(
            events.filter(pl.col("successor_uscc_text").is_not_null()).select(
                "source_row_id",
                pl.col("successor_uscc_text").alias("uscc_text"),
                pl.col("successor_uscc_text").alias("name_zh"),
            )
        ),
        entities,
    ).select("source_row_id", pl.col("enterprise_id").alias("successor_id"))
    told = (
        known.filter(pl.col("event_zh").is_in(["注销", "吊销", "合并"]))
        .join(followers, on="source_row_id", how="left")
        .filter(
            pl.col("successor_id").is_null() | (pl.col("successor_id") != pl.col("enterprise_id"))
        )
        .select(
            "enterprise_id",
            pl.col("happened_on").dt.offset_by("-1d").alias("ended_on"),
            pl.col("event_zh").alias("ended_zh"),
            "successor_id",
            "source_row_id",
        )
    )
    registered = (
        resolve(identify(businesses), entities)
        .filter(pl.col("valid_to").is_not_null())
        .select(
            "enterprise_id",
            pl.col("valid_to").alias("ended_on"),
            pl.lit("注销").alias("ended_zh"),
            pl.lit(None, pl.String).alias("successor_id"),
            "source_row_id",
        )
    )
    return (
        pl.concat([told, registered])
        # An event knows who goes on; a day in a register does not.
        .sort(pl.col("successor_id").is_null(), "ended_on", "source_row_id")
        .unique("enterprise_id", keep="first", maintain_order=True)
        .drop("source_row_id")
    )


def enterprise_numbers(records: pl.DataFrame, entities: pl.DataFrame) -> pl.DataFrame:
    """`core.enterprise_number`: USCC, organisation code, registration number, LEI, permit, stock
    code and plant id, each with its check.
    """
    rows = resolve(records, entities)
    scheme_value = pl.concat(
        [
            rows.filter(pl.col(name).is_not_null()).select(
                "enterprise_id",
                "source_row_id",
                pl.col(name).alias("text"),
                pl.lit(kind).alias("as"),
            )
            for name, kind in (("uscc", "USCC"), ("org_code", "ORG"), ("permit_no", "PERMIT"))
        ]
        + [
            rows.filter(pl.col(name).str.contains(":"), ~pl.col(name).str.starts_with("N:")).select(
                "enterprise_id",
                "source_row_id",
                pl.col(name).str.replace(r"^[A-Z]+[0-9]*:", "").alias("text"),
                pl.col(name).str.extract(r"^([A-Z]+[0-9]*):").alias("as"),
            )
            for name in ("other_no", "entity_id")
        ]
    )
    checks = numbers(scheme_value.get_column("text")).select("text", "scheme", "fits")
    return EnterpriseNumber.conform(
        scheme_value.join(checks, left_on=["text", "as"], right_on=["text", "scheme"], how="left")
        .group_by("enterprise_id", pl.col("as").alias("scheme"), pl.col("text").alias("number"))
        .agg(
            pl.col("fits").first(),
            pl.col("source_row_id").n_unique().cast(pl.Int64).alias("rows"),
            pl.col("source_row_id").min(),
        )
    )


def enterprise_names(
    records: pl.DataFrame,
    entities: pl.DataFrame,
    events: pl.DataFrame,
    businesses: pl.DataFrame,
) -> pl.DataFrame:
    """`core.enterprise_name`: names as delivered, and former names (曾用名) with their last day."""
    recorded = resolve(records, entities).select(
        "enterprise_id",
        "name_zh",
        pl.lit("recorded").alias("kind"),
        pl.lit(None, pl.Date).alias("valid_to"),
        "source_row_id",
    )
    renamed = (
        resolve(identify(events), entities)
        .filter((pl.col("event_zh") == "更名") & pl.col("former_zh").is_not_null())
        .select(
            "enterprise_id",
            pl.col("former_zh").alias("name_zh"),
            pl.lit("former").alias("kind"),
            pl.col("happened_on").dt.offset_by("-1d").alias("valid_to"),
            "source_row_id",
        )
    )
    listed = (
        resolve(identify(businesses), entities)
        .with_columns(pl.col("former_name_zh").str.split("；"))
        .explode("former_name_zh")
        .filter(pl.col("former_name_zh").str.strip_chars() != "")
        .select(
            "enterprise_id",
            pl.col("former_name_zh").str.strip_chars().alias("name_zh"),
            pl.lit("former").alias("kind"),
            pl.lit(None, pl.Date).alias("valid_to"),
            "source_row_id",
        )
    )
    return EnterpriseName.conform(
        pl.concat([recorded, renamed, listed])
        .group_by("enterprise_id", "name_zh", "kind")
        .agg(
            pl.col("valid_to").max(),
            pl.col("source_row_id").n_unique().cast(pl.Int64).alias("rows"),
            pl.col("source_row_id").min(),
        )
    )
