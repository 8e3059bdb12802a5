"""Fuels whose carbon a method counts already: combustion leaves them alone (METHOD 2.2, 2.3)."""

from __future__ import annotations

import polars as pl

from assets.inventory.methods.evaluate import replaced_combustion
from quality.contracts.process import REFUSED, HeldFuel

# Products of form B204-1 (产品产量) that have methods of their own.
_PRODUCT_OF = {"水泥熟料": "clinker", "水泥熟料氧化物法": "clinker", "石灰": "lime"}


def held_fuels(
    returns: pl.DataFrame,
    transformation: pl.DataFrame,
    energies: pl.DataFrame,
    refused: pl.DataFrame,
) -> pl.DataFrame:
    """`core.held_fuel` of `accepted.process_return` and the terms of form 205-2.

    A product factor or the carbon balance of a works holds all its fuel; a transformation holds
    what is put into it, and one that was refused (`refused_works`) all of the fuel that it names:
    how much of it was burnt nobody knows (TR2). A product whose emissions come by a method is
    held too, so that its output (产品产量) does not count them again.
    """
    whole = replaced_combustion(returns).select(
        "source_row_id",
        "method_id",
        "uscc_text",
        "name_zh",
        "permit_no",
        "year",
        pl.col("fuel_id").alias("energy_id"),
        pl.lit(None, pl.Decimal(38, 6)).alias("quantity"),
    )
    made = (
        returns.with_columns(
            pl.col("method_zh")
            .replace_strict(_PRODUCT_OF, default=None, return_dtype=pl.String)
            .alias("energy_id")
        )
        .filter(pl.col("energy_id").is_not_null())
        .sort("source_row_id")
        .unique(["uscc_text", "name_zh", "permit_no", "year", "energy_id"], keep="first")
        .with_columns(
            pl.col("energy_id").alias("method_id"),
            pl.lit(None, pl.Decimal(38, 6)).alias("quantity"),
        )
    )
    # A term of a transformation is named by its fuel and side.
    names = energies.select(pl.col("energy_zh"), "energy_id")
    put_in = (
        transformation.filter(pl.col("flow") == "carbon_in")
        .with_columns(pl.col("term").str.replace(r" [^ ]+$", "").alias("energy_zh"))
        .join(names, on="energy_zh")
        .with_columns(pl.col("term_id").str.split("|").list.first().alias("source_row_id"))
        .group_by("source_row_id", "method_id", "uscc_text", "name_zh", "year", "energy_id")
        .agg(pl.col("quantity").sum(), pl.col("permit_no").first())
    )
    unknown = (
        refused.filter("put_in")
        .join(names, on="energy_zh")
        .with_columns(
            pl.lit(REFUSED).alias("method_id"),
            pl.lit(None, pl.String).alias("permit_no"),
            pl.lit(None, pl.Decimal(38, 6)).alias("quantity"),
        )
    )
    parts = [whole, made, put_in, unknown]
    return HeldFuel.conform(pl.concat(part.select(whole.columns) for part in parts))
