"""Activity of a country of parks for the inventory benchmark, by a seeded generator.

Sites lie in parks by a skewed draw, one in ten straddles two or is not located; fuels and
quantities are drawn log-normally. The numbers mean nothing; their kinds and sizes are real.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from assets.inventory.factors import emission_factors, energy_coefficients
from quality.contracts.boundaries import FIRST_DAY, LAST_DAY
from quality.contracts.core import Activity, Attribution, Park
from tests.frames import facts

PARKS = 2543
YEARS = range(2011, 2021)
FUELS = (
    "anthracite",
    "bituminous",
    "lignite",
    "washed_coal",
    "coke",
    "natural_gas",
    "gasoline",
    "diesel",
    "fuel_oil",
    "lpg",
    "crude",
    "kerosene",
    "raw_coal",
)
KINDS = (*FUELS, "electricity", "heat")
PROVINCES = ("110000", "130000", "320000", "370000", "440000", "640000")
_EXACT = pl.Decimal(38, 6)
SMALL = ("method_profile", "grid_region", "view_weight", "gwp", "book_row")


def write(folder: Path, rows: int) -> None:
    """Ten years of activity, `rows` in all, with sites, parks and factors."""
    draw = np.random.default_rng(20260101)
    sites = max(rows // (len(KINDS) * len(YEARS)), 1)
    names = pl.Series([f"91{n:013d}A00{n % 10}P" for n in range(sites)])
    provinces = pl.Series(draw.choice(PROVINCES, sites))
    for year in YEARS:
        _activity(draw, year, names, provinces).write_parquet(folder / f"activity_{year}.parquet")
    _attribution(draw, names).write_parquet(folder / "attribution.parquet")
    Park.conform(
        pl.DataFrame(
            {
                "park_id": [f"P{n:04d}" for n in range(PARKS)],
                "catalogue_code": "S",
                "name_zh": "园区",
                "province_code": "640000",
                "division_code": None,
                "level": "provincial",
                "type_zh": "",
                "approved_ha": pl.Series([1] * PARKS, dtype=pl.Int64),
                "parent_park_id": None,
                "depth": 0,
                "counts_in_total": True,
                "source_row_id": "p",
            }
        ).with_columns(pl.col("approved_ha").cast(_EXACT))
    ).write_parquet(folder / "park.parquet")
    factors, _ = emission_factors(
        facts("fuel_factor"),
        facts("combustion_nonco2"),
        facts("electricity_factor"),
        facts("heat_factor"),
        facts("ippu_factor"),
    )
    factors.write_parquet(folder / "factor.parquet")
    energy_coefficients(facts("standard_coal"), facts("fuel_factor"), facts("energy"))[
        0
    ].write_parquet(folder / "coefficient.parquet")
    for name in SMALL:
        facts(name).write_parquet(folder / f"{name}.parquet")


def _activity(
    draw: np.random.Generator, year: int, names: pl.Series, provinces: pl.Series
) -> pl.DataFrame:
    sites, kinds = len(names), len(KINDS)
    site = pl.Series(np.repeat(np.arange(sites), kinds))
    kind = pl.Series(np.tile(np.arange(kinds), sites))
    amount = np.round(draw.lognormal(6, 2, sites * kinds), 3)
    energy = pl.Series(KINDS).gather(kind)
    site_id = names.gather(site)
    carrier = (
        pl.when(pl.col("energy_id").is_in(["electricity", "heat"]))
        .then("energy_id")
        .otherwise(pl.lit("fuel"))
    )
    columns = [c.name for c in Activity.declared_columns()]
    made = pl.DataFrame(
        {
            "site_id": site_id,
            "energy_id": energy,
            "province_code": provinces.gather(site),
            "quantity": pl.Series(amount).cast(_EXACT),
        }
    ).with_columns(
        carrier.alias("carrier"),
        pl.lit(year, pl.Int64).alias("year"),
        pl.format("r{}|{}|{}|direct", pl.lit(year), "site_id", "energy_id").alias("activity_id"),
        pl.col("site_id").alias("enterprise_id"),
        pl.lit("Nonmetal Mineral Products").alias("book_sector"),
        pl.lit("final").alias("block"),
        pl.lit("Raw_Coal").alias("book_fuel"),
        pl.lit("t").alias("canonical_unit"),
        pl.lit("T2").alias("tier"),
        pl.lit("单一场所，直接采用").alias("method_zh"),
        pl.lit(None, pl.Int64).alias("allocation_u95_pct"),
        pl.lit(None, pl.String).alias("conversion_confidence"),
        pl.lit(False).alias("illustrative"),
        pl.format("r{}:{}", pl.lit(year), "site_id").alias("source_row_id"),
        pl.lit("22222").alias("pedigree"),
    )
    return (
        made.with_columns(
            pl.when(pl.col("carrier") == "fuel")
            .then(pl.lit("direct"))
            .otherwise(pl.format("purchased_{}", "carrier"))
            .alias("flow")
        )
        .select(columns)
        .sort("activity_id")
    )


def _attribution(draw: np.random.Generator, names: pl.Series) -> pl.DataFrame:
    """Each site on both bases: in one park, in two, or unlocated with a park that may have it."""
    sites = len(names)
    park = np.minimum((draw.pareto(1.2, sites) * 50).astype(int), PARKS - 1)
    other = (park + 1) % PARKS
    share = np.where(draw.random(sites) < 0.9, 1.0, 0.65)
    parts = [
        (park, np.zeros(sites), share),
        (other, share, np.ones(sites)),
    ]
    frames = []
    for basis in ("operating", "registered"):
        for place, first, last in parts:
            frames.append(
                pl.DataFrame(
                    {
                        "site_id": names,
                        "place_id": pl.Series([f"P{n:04d}" for n in place]),
                        "share_from": pl.Series(np.round(first, 6)).cast(_EXACT),
                        "share_to": pl.Series(np.round(last, 6)).cast(_EXACT),
                    }
                )
                .with_columns(
                    pl.lit(basis).alias("basis"),
                    (pl.col("share_to") - pl.col("share_from")).cast(_EXACT).alias("weight_point"),
                )
                .filter(pl.col("weight_point") > 0)
            )
    exact = {"score": 1, "confidence": 1}
    return Attribution.conform(
        pl.concat(frames).with_columns(
            pl.lit("nominal").alias("boundary_class"),
            pl.lit("actual").alias("series"),
            pl.lit(FIRST_DAY).alias("valid_from"),
            pl.lit(LAST_DAY).alias("valid_to"),
            pl.lit(1900, pl.Int64).alias("year_from"),
            pl.lit(9999, pl.Int64).alias("year_to"),
            pl.col("weight_point").alias("weight_low"),
            pl.col("weight_point").alias("weight_high"),
            *(pl.lit(value).cast(_EXACT).alias(name) for name, value in exact.items()),
            pl.lit("A").alias("location_class"),
            pl.lit("").alias("reason_zh"),
        )
    )
