"""Returns become activity of sites: canonical units, multi-site allocation, exported power."""

from __future__ import annotations

from decimal import Decimal

import polars as pl

from assets.energy.split import split_exact
from assets.enterprises.identity import identify
from quality.contracts.core import Activity
from warehouse.sql import run_sql

# Delivered text to canonical quantity, rounded once to 6 decimals (DuckDB multiplies at
# the sum of scales, so nothing is lost before the round).
_CANONICAL = """
SELECT r.*, e.energy_id, e.canonical_unit, e.carrier, e.book_fuel,
       s.book_sector AS final_sector, t.book_sector AS power_sector,
       round(r.amount * u.value, 6)::DECIMAL(38,6) AS quantity,
       round(coalesce(r.own_production, 0) * u.value, 6)::DECIMAL(38,6) AS own_quantity,
       round(coalesce(r.sold, 0) * u.value, 6)::DECIMAL(38,6) AS sold_quantity
FROM returned r
JOIN accepted.energy e ON e.energy_zh = r.energy_zh
JOIN accepted.unit u ON u.unit_zh = r.unit_zh AND u.canonical_unit = e.canonical_unit
LEFT JOIN accepted.book_sector s ON s.industry_division = r.industry_division AND s.block = 'final'
LEFT JOIN accepted.book_sector t
       ON t.industry_division = r.industry_division AND t.block = 'transformation'
"""


def canonical_returns(
    returns: pl.DataFrame,
    outputs: pl.DataFrame,
    units: pl.DataFrame,
    energies: pl.DataFrame,
    book_sectors: pl.DataFrame,
) -> pl.DataFrame:
    """Accepted 205-1 rows and product outputs in canonical units, identified.

    The amount of a fuel is its consumption less what is used as raw material; of electricity
    and heat their purchases, since what the site makes itself is fuel already; of a product
    its output.
    """
    shared = ["source_row_id", "enterprise_id", "year", "unit_zh", "industry_division", "pedigree"]
    identified = identify(returns)
    energy_rows = identified.select(
        *shared,
        "energy_zh",
        pl.when(pl.col("energy_zh").is_in(["电力", "热力"]))
        .then(pl.col("purchased").fill_null(0))
        .otherwise(pl.col("consumption") - pl.col("raw_material").fill_null(0))
        .alias("amount"),
        "own_production",
        "sold",
    )
    product_rows = identify(outputs).select(
        *[c for c in shared if c != "industry_division"],
        pl.lit("").alias("industry_division"),
        pl.col("product_zh").alias("energy_zh"),
        pl.col("output").alias("amount"),
        pl.lit(None, pl.Decimal(38, 6)).alias("own_production"),
        pl.lit(None, pl.Decimal(38, 6)).alias("sold"),
    )
    return run_sql(
        _CANONICAL,
        {
            "returned": pl.concat([energy_rows, product_rows.select(energy_rows.columns)]),
            "accepted.unit": units,
            "accepted.energy": energies,
            "accepted.book_sector": book_sectors,
        },
    )


def measured_activity(
    canonical: pl.DataFrame, sites: pl.DataFrame, illustrative: pl.Expr
) -> pl.DataFrame:
    """`core.activity` of what enterprises returned, at their sites.

    Multi-site allocation (METHOD 1.6, G15): by generating capacity where every site of the
    enterprise has one, else equally; tier T2 for one site, T3 for several. The parts of an
    enterprise sum to its return exactly. Fuel of an enterprise that generates power is
    split into what serves the site and what is delivered out, by its own generation and
    deliveries of power and heat.
    """
    if canonical.is_empty():
        return Activity.empty_frame()
    placed = canonical.join(
        sites.filter(pl.col("kind") != "rest").select(
            "enterprise_id", "site_id", "province_code", "capacity_mw"
        ),
        on="enterprise_id",
    )
    several = pl.len().over("source_row_id")
    by_capacity = pl.col("capacity_mw").is_not_null().all().over("source_row_id")
    weighted = placed.with_columns(
        pl.col("source_row_id").alias("split_id"),
        pl.col("site_id").alias("member"),
        pl.col("quantity").alias("total"),
        pl.when(by_capacity)
        .then(pl.col("capacity_mw"))
        .otherwise(pl.lit(1).cast(pl.Decimal(38, 6)))
        .alias("weight"),
        several.alias("sites"),
        by_capacity.alias("by_capacity"),
    )
    parts = split_exact(weighted.select("split_id", "member", "total", "weight"))
    allocated = weighted.drop("quantity").join(parts, on=["split_id", "member"])
    generation = _generation(canonical)
    directed = _split_exported(allocated.join(generation, on=["enterprise_id", "year"], how="left"))
    power = (pl.col("carrier") == "fuel") & pl.col("generated").is_not_null()
    return Activity.conform(
        directed.filter(pl.col("quantity") > 0).with_columns(
            pl.format("{}|{}|{}", "source_row_id", "site_id", "flow").alias("activity_id"),
            pl.when(power).then("power_sector").otherwise("final_sector").alias("book_sector"),
            pl.when(power).then(pl.lit("transformation")).otherwise(pl.lit("final")).alias("block"),
            pl.when(pl.col("sites") == 1).then(pl.lit("T2")).otherwise(pl.lit("T3")).alias("tier"),
            pl.when(pl.col("sites") == 1)
            .then(pl.lit("单一场所，直接采用"))
            .when("by_capacity")
            .then(pl.lit("按装机容量分配到各场所"))
            .otherwise(pl.lit("按场所数均分"))
            .alias("method_zh"),
            illustrative.alias("illustrative"),
        )
    )


# Reference efficiencies of separate generation (METHOD 2.2, G05) as exact weights: fuel of
# electricity : heat = Qe/0.35 : Qh/0.80, with Qe = kWh x 0.0036 GJ; both times 0.35 x 0.80.
_WEIGHT_KWH = Decimal("0.00288")
_WEIGHT_GJ = Decimal("0.35")


def _generation(canonical: pl.DataFrame) -> pl.DataFrame:
    """Energy generated and delivered out, as fuel weights, of enterprises that generate power.

    Columns `enterprise_id, year, generated, exported`. Deliveries above own generation are
    energy passed on, not made from the site's fuel: only the generated part counts.
    """
    own = canonical.filter(
        pl.col("energy_id").is_in(["electricity", "heat"]) & (pl.col("own_quantity") > 0)
    ).with_columns(
        pl.when(pl.col("energy_id") == "electricity")
        .then(pl.lit(_WEIGHT_KWH, pl.Decimal(38, 6)))
        .otherwise(pl.lit(_WEIGHT_GJ, pl.Decimal(38, 6)))
        .alias("k"),
        pl.min_horizontal("own_quantity", "sold_quantity").alias("delivered"),
    )
    power = own.filter(pl.col("energy_id") == "electricity").select("enterprise_id", "year")
    return (
        own.join(power.unique(), on=["enterprise_id", "year"], how="semi")
        .group_by("enterprise_id", "year")
        .agg(
            (pl.col("own_quantity") * pl.col("k")).sum().alias("generated"),
            (pl.col("delivered") * pl.col("k")).sum().alias("exported"),
        )
    )


def _split_exported(allocated: pl.DataFrame) -> pl.DataFrame:
    """Fuel of generating enterprises split by exported over generated power; flows named."""
    flow = (
        pl.col("carrier")
        .replace_strict(
            {"electricity": "purchased_electricity", "heat": "purchased_heat"}, default="direct"
        )
        .alias("flow")
    )
    generating = (pl.col("carrier") == "fuel") & pl.col("generated").is_not_null()
    kept = allocated.filter(~generating).with_columns(flow)
    burnt = allocated.filter(generating).with_columns(
        pl.format("{}|{}", "source_row_id", "site_id").alias("split_id"),
        pl.col("quantity").alias("total"),
    )
    if burnt.is_empty():
        return kept
    sides = pl.concat(
        [
            burnt.with_columns(
                pl.lit("direct").alias("member"),
                (pl.col("generated") - pl.col("exported")).alias("weight"),
            ),
            burnt.with_columns(
                pl.lit("direct_exported").alias("member"), pl.col("exported").alias("weight")
            ),
        ]
    )
    parts = split_exact(sides.select("split_id", "member", "total", "weight"))
    exported = (
        burnt.drop("quantity", "member")
        .join(parts, on="split_id")
        .with_columns(pl.col("member").alias("flow"))
    )
    return pl.concat([kept, exported.select(kept.columns)])
