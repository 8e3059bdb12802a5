"""Returns become activity of sites: canonical units, multi-site allocation, exported power."""

from __future__ import annotations

from decimal import Decimal

import polars as pl

from assets.energy.allocation import ALLOCATION_U95, SHARED_ZH, allocate
from assets.energy.split import split_exact
from assets.enterprises.identity import identify, resolve
from quality.contracts.core import Activity
from warehouse.sql import run_sql

# Delivered text to canonical quantity, rounded once to 6 decimals (DuckDB multiplies at
# the sum of scales, so nothing is lost before the round).
_CANONICAL = """
SELECT r.*, e.energy_id, e.canonical_unit, e.carrier, e.book_fuel,
       s.book_sector AS final_sector, t.book_sector AS power_sector,
       round(r.amount * u.value, 6)::DECIMAL(38,6) AS quantity,
       round(coalesce(r.own_production, 0) * u.value, 6)::DECIMAL(38,6) AS own_quantity,
       round(coalesce(r.sold, 0) * u.value, 6)::DECIMAL(38,6) AS sold_quantity,
       round(coalesce(r.raw_material, 0) * u.value, 6)::DECIMAL(38,6) AS raw_quantity
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
    entities: pl.DataFrame,
    enterprises: pl.DataFrame,
) -> pl.DataFrame:
    """Accepted 205-1 rows and product outputs in canonical units, with their enterprise.

    The amount of a fuel is its consumption less what is used as raw material; of electricity
    and heat their purchases, since what the site makes itself is fuel already; of a product
    its output. A return for a year after its enterprise ended is its successor's.
    """
    shared = ["source_row_id", "enterprise_id", "year", "unit_zh", "industry_division", "pedigree"]
    identified = _of_those_that_go_on(resolve(identify(returns), entities), enterprises)
    energy_rows = identified.select(
        *shared,
        "energy_zh",
        pl.when(pl.col("energy_zh").is_in(["电力", "热力"]))
        .then(pl.col("purchased").fill_null(0))
        .otherwise(pl.col("consumption") - pl.col("raw_material").fill_null(0))
        .alias("amount"),
        "own_production",
        "sold",
        "raw_material",
    )
    product_rows = _of_those_that_go_on(resolve(identify(outputs), entities), enterprises).select(
        *[c for c in shared if c != "industry_division"],
        pl.lit("").alias("industry_division"),
        pl.col("product_zh").alias("energy_zh"),
        pl.col("output").alias("amount"),
        *(
            pl.lit(None, pl.Decimal(38, 6)).alias(name)
            for name in ("own_production", "sold", "raw_material")
        ),
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


def _of_those_that_go_on(rows: pl.DataFrame, enterprises: pl.DataFrame) -> pl.DataFrame:
    """Rows for a year after their enterprise ended, as rows of its successor (METHOD 1.5, 7)."""
    ended = enterprises.filter(pl.col("successor_id").is_not_null()).select(
        "enterprise_id", "ended_on", "successor_id"
    )
    while True:
        joined = rows.join(ended, on="enterprise_id", how="left", maintain_order="left")
        past = (pl.col("ended_on").dt.year() < pl.col("year")).fill_null(False)
        if not joined.select(past.any()).item():
            return rows
        rows = joined.with_columns(
            pl.when(past).then("successor_id").otherwise("enterprise_id").alias("enterprise_id")
        ).drop("ended_on", "successor_id")
        # A successor that ended itself is followed once more; a circle of them would not end.
        ended = ended.join(
            joined.filter(past).select("enterprise_id").unique(), on="enterprise_id", how="anti"
        )


def measured_activity(
    canonical: pl.DataFrame,
    own: pl.DataFrame,
    sites: pl.DataFrame,
    operators: pl.DataFrame,
    illustrative: pl.Expr,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`core.activity` of what enterprises returned and sites metered, and `core.allocation`.

    Multi-site allocation by METHOD 1.6 (`assets.energy.allocation`). `own` is
    `core.site_quantity`: what a site metered is its own, tier T1; what is left of a return is
    tier T2 at a single site and T3 among several. Fuel of an enterprise that generates power
    is split into what serves the site and what is delivered out, by its own generation and
    deliveries of power and heat.
    """
    operated = with_figures(operators, sites)
    parts, allocation = allocate(canonical, operated, own)
    shared = (
        canonical.drop("quantity")
        .join(parts, on="source_row_id")
        .with_columns(
            pl.when((pl.col("shared_by") == "single") & ~_partly(own))
            .then(pl.lit("T2"))
            .otherwise(pl.lit("T3"))
            .alias("tier"),
            pl.col("shared_by").replace_strict(SHARED_ZH).alias("method_zh"),
            pl.col("shared_by")
            .replace_strict(ALLOCATION_U95, default=None)
            .alias("allocation_u95_pct"),
        )
    )
    located = pl.concat([shared, _metered(own, canonical)], how="diagonal_relaxed").join(
        sites.select("site_id", "province_code"), on="site_id"
    )
    if located.is_empty():
        return Activity.empty_frame(), allocation
    directed = _split_exported(
        located.join(generation(canonical), on=["enterprise_id", "year"], how="left")
    )
    power = (pl.col("carrier") == "fuel") & pl.col("power").fill_null(False)
    activity = Activity.conform(
        directed.filter(pl.col("quantity") > 0).with_columns(
            pl.format("{}|{}|{}", "source_row_id", "site_id", "flow").alias("activity_id"),
            pl.when(power).then("power_sector").otherwise("final_sector").alias("book_sector"),
            pl.when(power).then(pl.lit("transformation")).otherwise(pl.lit("final")).alias("block"),
            illustrative.alias("illustrative"),
        )
    )
    return activity, allocation


def with_figures(operators: pl.DataFrame, sites: pl.DataFrame) -> pl.DataFrame:
    """`core.site_operator` with what energy is shared out by: use, capacity, staff, floor."""
    return operators.join(
        sites.select(
            "site_id",
            pl.col("enterprise_id").alias("site_enterprise_id"),
            "kind",
            "place_use",
            "capacity_mw",
            "capacity",
            "capacity_unit_zh",
            "product_zh",
            "output",
            "employees",
            "floor_area_m2",
        ),
        on="site_id",
    )


def _partly(own: pl.DataFrame) -> pl.Expr:
    """Whether part of a return is stated by sites or branches: what is left is allocated."""
    covered = own.get_column("covered_by").drop_nulls().unique().implode()
    return pl.col("source_row_id").is_in(covered)


def _metered(own: pl.DataFrame, canonical: pl.DataFrame) -> pl.DataFrame:
    """Readings and bills as quantities of sites, with the sector of the return they are in."""
    sector = canonical.select(
        pl.col("source_row_id").alias("covered_by"),
        "industry_division",
        "final_sector",
        "power_sector",
    )
    return (
        own.filter(pl.col("kind") != "branch_return")
        .join(sector, on="covered_by", how="left")
        .with_columns(
            pl.lit("T1").alias("tier"),
            pl.when(pl.col("kind") == "billed")
            .then(pl.lit("供应方账单十二个月合计"))
            .when(pl.col("meter_owner_id").is_not_null())
            .then(pl.format("场所计量，计量户为 {}", "meter_owner_id"))
            .otherwise(pl.lit("场所计量"))
            .alias("method_zh"),
        )
    )


HEAT_AND_POWER = "44"
# Reference efficiencies of separate generation (METHOD 2.2, G05), and what they make of it in
# exact weights: fuel of electricity : heat = Qe/0.35 : Qh/0.80, both times 0.35 x 0.80.
ELECTRICITY_EFFICIENCY = Decimal("0.35")
HEAT_EFFICIENCY = Decimal("0.80")
_GJ_PER_KWH = Decimal("0.0036")
WEIGHT_KWH = pl.lit(_GJ_PER_KWH * HEAT_EFFICIENCY, pl.Decimal(38, 6))
WEIGHT_GJ = pl.lit(ELECTRICITY_EFFICIENCY, pl.Decimal(38, 6))


def generation(canonical: pl.DataFrame) -> pl.DataFrame:
    """Energy generated and delivered out, as fuel weights, of enterprises that generate.

    Columns `enterprise_id, year, generated, exported, power`; `power` says that they make
    electricity, not heat alone. Heat alone counts of suppliers of heat (GB/T 4754 division 44):
    in other works it is a by-product of what the fuel is for. Deliveries above own generation
    are energy passed on, not made from the site's fuel: only the generated part counts.
    """
    own = canonical.filter(
        pl.col("energy_id").is_in(["electricity", "heat"]) & (pl.col("own_quantity") > 0)
    ).with_columns(
        pl.when(pl.col("energy_id") == "electricity")
        .then(WEIGHT_KWH)
        .otherwise(WEIGHT_GJ)
        .alias("k"),
        pl.min_horizontal("own_quantity", "sold_quantity").alias("delivered"),
    )
    generators = own.filter(
        (pl.col("energy_id") == "electricity") | (pl.col("industry_division") == HEAT_AND_POWER)
    )
    return (
        own.join(
            generators.unique(["enterprise_id", "year"]), on=["enterprise_id", "year"], how="semi"
        )
        .group_by("enterprise_id", "year")
        .agg(
            (pl.col("own_quantity") * pl.col("k")).sum().alias("generated"),
            (pl.col("delivered") * pl.col("k")).sum().alias("exported"),
            (pl.col("energy_id") == "electricity").any().alias("power"),
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
        burnt.drop("quantity")
        .join(parts, on="split_id")
        .with_columns(pl.col("member").alias("flow"))
    )
    return pl.concat([kept, exported.select(kept.columns)])
