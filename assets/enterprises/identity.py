"""Enterprises and sites: exact keys only. A valid checksum proves no name."""

from __future__ import annotations

import hashlib

import polars as pl

from assets.boundaries.divisions import provinces
from assets.enterprises.uscc import valid
from quality.contracts.core import Enterprise, Site

# USCC + three-digit site + letter (METHOD 1.2).
_PERMIT = r"^(.{18})(\d{3})([A-Z])$"
# Standard deviation taken for a point by the accuracy its source states (project rule).
_EXACT_M, _APPROXIMATE_M = 100.0, 5000.0


def normalised_name(name: pl.Expr) -> pl.Expr:
    """A name for comparison: NFKC, no blanks, half-width brackets; never emptied."""
    blanks = r"[\s\u200b\u200c\u200d\ufeff]"
    # Normalised again: without the blank between them two characters may compose.
    folded = name.str.normalize("NFKC").str.replace_all(blanks, "").str.normalize("NFKC")
    return pl.when(folded == "").then(name).otherwise(folded)


def name_ids(name: pl.Expr) -> pl.Expr:
    """Ids of enterprises without a checked USCC: a hash of the normalised name."""
    digest = normalised_name(name).map_elements(
        lambda text: hashlib.sha256(text.encode()).hexdigest()[:16], return_dtype=pl.String
    )
    return pl.format("N:{}", digest)


def identify(rows: pl.DataFrame, permit_no: str | None = None) -> pl.DataFrame:
    """Add `enterprise_id`, `uscc`, `uscc_status` to rows with `uscc_text` and `name_zh`.

    The delivered code counts if it passes GB 32100; else the one inside the permit
    number, if that passes; else the row is known by its name.
    """
    code = pl.col("uscc_text")
    inside = pl.col(permit_no).str.extract(_PERMIT, 1) if permit_no else pl.lit(None, pl.String)
    identified = rows.with_columns(inside.alias("__inside")).with_columns(
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
    return identified.with_columns(
        pl.coalesce(
            "uscc",
            name_ids(pl.col("name_zh")),
        ).alias("enterprise_id")
    ).drop("__inside")


def returned(energy: pl.DataFrame, outputs: pl.DataFrame) -> pl.DataFrame:
    """Who returned anything: rows of form 205-1, then of output returns, which name no industry.

    An enterprise that returned its output alone had no site, and its output nowhere to go.
    """
    own = ["source_row_id", "uscc_text", "name_zh"]
    return pl.concat(
        [
            energy.select(*own, "industry_division"),
            outputs.select(*own, pl.lit(None, pl.String).alias("industry_division")),
        ]
    )


def enterprises(
    permits: pl.DataFrame, businesses: pl.DataFrame, returns: pl.DataFrame, units: pl.DataFrame
) -> pl.DataFrame:
    """`core.enterprise`: every legal person named in permits, registers, returns or units.

    The row that names it first wins, in that order of sources; its locator is kept.
    """
    parts = [
        identify(permits, "permit_no").select(*_ENTERPRISE, pl.lit(0).alias("source")),
        identify(businesses)
        .with_columns(pl.lit(None, pl.String).alias("industry_zh"))
        .select(*_ENTERPRISE, pl.lit(1).alias("source")),
        identify(returns)
        .rename({"industry_division": "industry_zh"})
        # A row that names the industry before one that does not.
        .select(*_ENTERPRISE, (pl.col("industry_zh").is_null().cast(pl.Int32) + 2).alias("source")),
        unit_sites(units, identify(permits, "permit_no"))
        .filter(~pl.col("known"))
        .with_columns(
            pl.lit(None, pl.String).alias("uscc"),
            pl.lit("missing").alias("uscc_status"),
            pl.lit("44").alias("industry_zh"),
            pl.col("owner_zh").alias("name_zh"),
        )
        .select(*_ENTERPRISE, pl.lit(4).alias("source")),
    ]
    first = (
        pl.concat(parts)
        .sort("source", "source_row_id")
        .unique("enterprise_id", keep="first", maintain_order=True)
    )
    return Enterprise.conform(
        first.with_columns(pl.col("uscc").str.slice(2, 6).alias("registering_division"))
    )


_ENTERPRISE = [
    "enterprise_id",
    "uscc",
    "uscc_status",
    "name_zh",
    "industry_zh",
    "source_row_id",
]


def unit_sites(units: pl.DataFrame, permits: pl.DataFrame) -> pl.DataFrame:
    """Generating units with the site they stand on: the permit's, else one of their own.

    `permits` are identified permit rows. `known` says that the site is a permit's.
    """
    permitted = (
        permits.filter(pl.col("permit_no").is_not_null())
        .select(
            "permit_no",
            pl.col("permit_no").alias("permit_site"),
            pl.col("enterprise_id").alias("permit_enterprise"),
        )
        .unique("permit_no", keep="first", maintain_order=True)
    )
    owner = pl.coalesce("owner_name", "plant_name")
    return (
        units.join(permitted, on="permit_no", how="left")
        .with_columns(owner.alias("owner_zh"))
        .with_columns(
            pl.col("permit_site").is_not_null().alias("known"),
            pl.coalesce("permit_site", pl.format("GEM:{}", "unit_id")).alias("site_id"),
            pl.coalesce(
                "permit_enterprise",
                name_ids(pl.col("owner_zh")),
            ).alias("enterprise_id"),
        )
    )


def sites(
    permits: pl.DataFrame,
    returns: pl.DataFrame,
    units: pl.DataFrame,
    flags: pl.DataFrame,
    controls: pl.DataFrame,
) -> pl.DataFrame:
    """`core.site`: permit sites, tracker units without one, enterprises known by returns only.

    A point flagged GEO2e (outside its province) is not used; the site stays. A province
    with control totals has one site `REST:<code>` for what is not placed.
    """
    identified = identify(permits, "permit_no")
    bad_points = flags.filter(pl.col("rule_id") == "GEO2e").select("source_row_id")
    usable = ~pl.col("source_row_id").is_in(bad_points.get_column("source_row_id").implode())
    capacity = (
        unit_sites(units, identified)
        .filter("known")
        .group_by("site_id")
        .agg(pl.col("capacity_mw").sum())
    )
    permit_sites = (
        identified.with_columns(
            pl.coalesce(
                pl.when(pl.col("permit_no").str.contains(_PERMIT)).then(pl.col("permit_no")),
                # By place, not by row: the next delivery of the list names the same site.
                pl.format("S:{}:{}:{}", "enterprise_id", "lon", "lat"),
            ).alias("site_id"),
            pl.lit("permit").alias("kind"),
            pl.when(usable).then("lon").alias("lon"),
            pl.when(usable).then("lat").alias("lat"),
            pl.lit(_EXACT_M).alias("point_precision_m"),
        )
        .sort("source_row_id")
        .unique("site_id", keep="first", maintain_order=True)
        .join(capacity, on="site_id", how="left")
    )
    unit_rows = (
        unit_sites(units, identified)
        .filter(~pl.col("known"))
        .with_columns(
            pl.lit("coal_unit").alias("kind"),
            pl.concat_str("plant_name", "unit_name", separator=" ", ignore_nulls=True).alias(
                "name_zh"
            ),
            pl.when(pl.col("location_accuracy") == "exact")
            .then(_EXACT_M)
            .otherwise(_APPROXIMATE_M)
            .alias("point_precision_m"),
            pl.col("captive_use").is_not_null().alias("captive"),
        )
    )
    known = permit_sites.select("enterprise_id")
    return_rows = (
        identify(returns)
        .sort("source_row_id")
        .unique("enterprise_id", keep="first", maintain_order=True)
        .join(known, on="enterprise_id", how="anti")
        .with_columns(
            pl.format("R:{}", "enterprise_id").alias("site_id"),
            pl.lit("return_only").alias("kind"),
            pl.lit(0.0).alias("point_precision_m"),
        )
    )
    rest_rows = (
        controls.sort("source_row_id")
        .unique("province_code", keep="first", maintain_order=True)
        .with_columns(
            pl.format("REST:{}", "province_code").alias("site_id"),
            pl.format("REST:{}", "province_code").alias("enterprise_id"),
            pl.lit("rest").alias("kind"),
            pl.lit("全省其余").alias("name_zh"),
            pl.lit(0.0).alias("point_precision_m"),
        )
    )
    joined = pl.concat(
        [_site_columns(part) for part in (permit_sites, unit_rows, return_rows, rest_rows)]
    )
    # A site without a point is at least in the province that registered the enterprise.
    registering = pl.when(pl.col("enterprise_id").str.contains(_USCC_SHAPE)).then(
        pl.concat_str(pl.col("enterprise_id").str.slice(2, 2), pl.lit("0000"))
    )
    return Site.conform(
        joined.with_columns(pl.Series("__of_point", _province_of_point(joined), dtype=pl.String))
        .with_columns(
            pl.coalesce("province_code", "__of_point", registering).alias("province_code")
        )
        .drop("__of_point")
    )


_USCC_SHAPE = r"^[0-9A-Z]{18}$"


def _province_of_point(rows: pl.DataFrame) -> list[str | None]:
    located = rows.with_row_index("i").filter(pl.col("lon").is_not_null())
    codes = provinces().containing(located["lon"].to_numpy(), located["lat"].to_numpy())
    found: list[str | None] = [None] * rows.height
    for i, code in zip(located["i"].to_list(), codes, strict=True):
        found[i] = code
    return found


def _site_columns(rows: pl.DataFrame) -> pl.DataFrame:
    """The columns of `core.site`; those that a kind of site does not have are null."""
    defaults = {"captive": pl.lit(False)}
    return rows.select(
        pl.col(c.name).cast(c.polars_type)
        if c.name in rows.columns
        else defaults.get(c.name, pl.lit(None)).cast(c.polars_type).alias(c.name)
        for c in Site.declared_columns()
    )
