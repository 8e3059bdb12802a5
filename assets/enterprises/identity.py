"""What a row of a register is known by: exact keys only. A valid checksum proves no name."""

from __future__ import annotations

import hashlib

import polars as pl

from assets.enterprises.identifiers import numbers
from assets.enterprises.names import normalised_name
from assets.enterprises.uscc import valid

# USCC + three-digit site + letter (METHOD 1.2).
PERMIT = r"^(.{18})(\d{3})([A-Z])$"


def name_ids(name: pl.Expr) -> pl.Expr:
    """Ids of enterprises without a checked USCC: a hash of the normalised name."""
    digest = normalised_name(name).map_elements(
        lambda text: hashlib.sha256(text.encode()).hexdigest()[:16], return_dtype=pl.String
    )
    return pl.format("N:{}", digest)


# Numbers that name one enterprise; the others are kept and identify nobody.
_KEYS = ["REG15", "REG13", "ORG", "LEI"]


def identify(rows: pl.DataFrame, permit_no: str | None = None) -> pl.DataFrame:
    """Add `entity_id`, `uscc`, `uscc_status`, `other_no` to rows with `uscc_text`, `name_zh`.

    The delivered code counts if it passes GB 32100; else the one inside the permit number, if
    that passes; else another number that fits its check (a registration number, organisation
    code or LEI, written `scheme:value`); else `own_key`, where the rows have such a column;
    else the row is known by its name.
    """
    code = pl.col("uscc_text")
    inside = pl.col(permit_no).str.extract(PERMIT, 1) if permit_no else pl.lit(None, pl.String)
    others = numbers(rows.get_column("uscc_text")).filter(
        pl.col("scheme").is_in(_KEYS) & pl.col("fits").fill_null(True)
    )
    own_key = pl.col("own_key") if "own_key" in rows.columns else pl.lit(None, pl.String)
    identified = (
        rows.join(
            others.select(
                pl.col("text").alias("uscc_text"),
                pl.format("{}:{}", "scheme", "value").alias("other_no"),
            ),
            on="uscc_text",
            how="left",
            maintain_order="left",
        )
        .with_columns(inside.alias("__inside"))
        .with_columns(
            pl.when(valid(code))
            .then(code)
            .when(valid(pl.col("__inside")))
            .then(pl.col("__inside"))
            .alias("uscc"),
            pl.when(valid(code))
            .then(pl.lit("checked"))
            .when(valid(pl.col("__inside")))
            .then(pl.lit("from_permit"))
            .when(code.is_null())
            .then(pl.lit("missing"))
            .otherwise(pl.lit("failed"))
            .alias("uscc_status"),
        )
    )
    return identified.with_columns(
        pl.coalesce("uscc", "other_no", own_key, name_ids(pl.col("name_zh"))).alias("entity_id")
    ).drop("__inside")


def resolve(rows: pl.DataFrame, entities: pl.DataFrame) -> pl.DataFrame:
    """Add `enterprise_id` to identified rows, by `core.entity`."""
    known = entities.select("entity_id", "enterprise_id")
    return rows.join(known, on="entity_id", how="left", maintain_order="left").with_columns(
        pl.coalesce("enterprise_id", "entity_id").alias("enterprise_id")
    )
