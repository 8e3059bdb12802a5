"""Terms of process and waste methods as activity of their sites."""

from __future__ import annotations

import polars as pl

from assets.enterprises.identity import identify, resolve
from quality.contracts.core import WHOLE_PLACES, Activity


def process_activity(
    terms: pl.DataFrame, sites: pl.DataFrame, entities: pl.DataFrame, illustrative: pl.Expr
) -> pl.DataFrame:
    """`core.activity` of `core.process_term`, one row a term, carrier `process`.

    A term is of the site with its permit number (tier T1), else of the only site of its
    enterprise, else of the enterprise at large (T2).
    """
    rows = resolve(identify(terms, "permit_no"), entities)
    named = sites.select(
        pl.col("site_id").alias("permit_no"), pl.col("site_id").alias("named_site")
    )
    placed = (pl.col("kind") != "return_only") & ~pl.col("kind").is_in(WHOLE_PLACES)
    alone = sites.filter(placed, placed.sum().over("enterprise_id") == 1).select(
        "enterprise_id", pl.col("site_id").alias("only_site")
    )
    located = (
        rows.join(named, on="permit_no", how="left")
        .join(alone, on="enterprise_id", how="left")
        .with_columns(
            pl.coalesce("named_site", "only_site", pl.format("R:{}", "enterprise_id")).alias(
                "site_id"
            )
        )
        .join(sites.select("site_id", "province_code"), on="site_id", how="left")
    )
    if located.is_empty():
        return Activity.empty_frame()
    return Activity.conform(
        located.with_columns(
            pl.col("term_id").alias("activity_id"),
            pl.col("method_id").alias("energy_id"),
            pl.lit("process").alias("carrier"),
            pl.lit("final").alias("block"),
            pl.lit(None, pl.String).alias("book_sector"),
            pl.lit(None, pl.String).alias("book_fuel"),
            pl.when(pl.col("named_site").is_not_null())
            .then(pl.lit("T1"))
            .otherwise(pl.lit("T2"))
            .alias("tier"),
            pl.col("quantity_derivation").alias("method_zh"),
            pl.lit(None, pl.Int64).alias("allocation_u95_pct"),
            pl.lit(None, pl.String).alias("conversion_confidence"),
            illustrative.alias("illustrative"),
        )
    )
