"""Electricity and heat that leave their enterprise, by the kilowatt-hour and gigajoule."""

from __future__ import annotations

import polars as pl

from assets.energy.activity import with_figures
from assets.energy.allocation import SHARED_ZH, allocate
from quality.contracts.core import Activity
from quality.contracts.energy import SiteQuantity

_EXACT = pl.Decimal(38, 6)


def exported_activity(
    canonical: pl.DataFrame,
    sites: pl.DataFrame,
    operators: pl.DataFrame,
    illustrative: pl.Expr,
) -> pl.DataFrame:
    """`core.activity` of what enterprises delivered out (205-1 外供), at their sites.

    What an enterprise made itself has flow `exported_…`: its fuel is `direct_exported` already,
    and ZCP-2025 takes it off by the kilowatt-hour. What it bought and passed on has flow
    `resold_…`: it is in its purchases, and in those of the one who uses it. Shared out among
    sites as any return (METHOD 1.6).
    """
    sold = canonical.filter(
        pl.col("energy_id").is_in(["electricity", "heat"]) & (pl.col("sold_quantity") > 0)
    )
    made = pl.min_horizontal("own_quantity", "sold_quantity")
    parts = [
        _at_sites(
            sold.with_columns(quantity.cast(_EXACT).alias("quantity")), kind, sites, operators
        )
        for kind, quantity in (
            ("exported", made),
            ("resold", pl.col("sold_quantity") - made),
        )
    ]
    found = pl.concat(parts)
    if found.is_empty():
        return Activity.empty_frame()
    return Activity.conform(found.with_columns(illustrative.alias("illustrative")))


def _at_sites(
    sold: pl.DataFrame, kind: str, sites: pl.DataFrame, operators: pl.DataFrame
) -> pl.DataFrame:
    leaving = sold.filter(pl.col("quantity") > 0)
    # An office delivers nothing out.
    makers = with_figures(operators, sites).filter(pl.col("place_use") == "production")
    parts, _ = allocate(leaving, makers, SiteQuantity.empty_frame())
    flow = pl.format(f"{kind}_{{}}", "energy_id")
    columns = [c.name for c in Activity.declared_columns() if c.name != "illustrative"]
    return (
        leaving.drop("quantity", "book_fuel")
        .join(parts, on="source_row_id")
        .filter(pl.col("quantity") > 0)
        .join(sites.select("site_id", "province_code"), on="site_id")
        .with_columns(
            flow.alias("flow"),
            pl.format("{}|{}|{}", "source_row_id", "site_id", flow).alias("activity_id"),
            pl.lit("final").alias("block"),
            # What is delivered out is no consumption of the book.
            pl.lit(None, pl.String).alias("book_sector"),
            pl.lit(None, pl.String).alias("book_fuel"),
            pl.when(pl.col("shared_by") == "single")
            .then(pl.lit("T2"))
            .otherwise(pl.lit("T3"))
            .alias("tier"),
            pl.col("shared_by").replace_strict(SHARED_ZH).alias("method_zh"),
            pl.lit(None, pl.Int64).alias("allocation_u95_pct"),
            pl.lit(None, pl.String).alias("conversion_confidence"),
        )
        .select(columns)
    )
