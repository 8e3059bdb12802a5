"""Terms of methods for the ledger: their factors, and the profiles of a run that count them."""

from __future__ import annotations

import polars as pl

from assets.inventory.choice import PROFILE_MARK, Profile
from quality.contracts.core import EmissionFactor


def term_factors(terms: pl.DataFrame) -> pl.DataFrame:
    """`core.emission_factor` rows of `core.process_term`, one a factor."""
    return EmissionFactor.conform(
        terms.unique("factor_id", keep="first", maintain_order=True).select(
            "factor_id",
            pl.lit("method").alias("kind"),
            pl.col("method_id").alias("subject"),
            pl.lit("all").alias("use"),
            "gas",
            pl.col("factor_value").alias("value"),
            "canonical_unit",
            pl.lit("method").alias("factor_set"),
            pl.lit(None, pl.String).alias("area_code"),
            pl.lit(None, pl.Int64).alias("year"),
            "confidence",
            pl.col("factor_derivation").alias("derivation"),
            pl.lit(None, pl.String).alias("variant"),
            pl.lit(1, pl.Int64).alias("rank"),
        )
    )


def counted_terms(terms: pl.DataFrame, profiles: list[Profile]) -> pl.DataFrame:
    """Rows `term_id, factor_id, profiles, source_category`; profiles are those of the run."""
    wanted = [profile.name for profile in profiles]
    return terms.select(
        "term_id",
        "factor_id",
        pl.col("profiles")
        .str.split(PROFILE_MARK)
        .list.filter(pl.element().is_in(wanted))
        .list.join(PROFILE_MARK)
        .alias("profiles"),
        "source_category",
    )
