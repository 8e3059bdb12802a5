"""Location claims: every piece of evidence on where a site is, on both bases; all are kept."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from assets.enterprises.coordinates import coordinate_claims
from quality.contracts.core import AS_PARK, WHOLE_PLACES, LocationClaim

_SHARED = ["site_id", "basis", "place_id", "evidence_id", "document", "reason_zh", "source_row_id"]

# The same may be said of a place by several rows, and by several versions of a boundary.
_CLAIM = [
    "site_id",
    "basis",
    "place_id",
    "evidence_id",
    "boundary_class",
    "series",
    "valid_from",
    pl.when(pl.col("level") > 0).then("level"),
    "source_row_id",
]


def location_claims(
    sites: pl.DataFrame,
    memberships: pl.DataFrame,
    stated: pl.DataFrame,
    enterprises: pl.DataFrame,
    successors: pl.DataFrame,
    parks: pl.DataFrame,
    evidence: pl.DataFrame,
    classes: Sequence[str],
) -> pl.DataFrame:
    """`core.location_claim`: from coordinates by boundary class, from words (`stated_claims`),
    and from the registering division in the USCC.

    Only claims from coordinates have a probability below 1. Probabilities are quantized to 6
    decimals: they are the inputs of the exact stages.
    """
    weights = evidence.select(
        "evidence_id", pl.col("value").cast(pl.Decimal(38, 6)).alias("evidence_weight")
    )
    registered = pl.concat(
        [
            stated.filter(pl.col("basis") == "registered"),
            _registering_division(sites, enterprises, successors),
        ],
        how="diagonal",
    )
    operating = stated.filter(pl.col("basis") == "operating")
    claims = (
        pl.concat(
            [
                coordinate_claims(sites, memberships, parks, classes),
                registered,
                operating,
                _office_where_nothing_else(sites, operating, registered),
                _wholes(sites),
            ],
            how="diagonal",
        )
        .drop("cluster")
        .with_columns(
            pl.col("level").fill_null(0),
            pl.col("probability").fill_null(1.0).cast(pl.Decimal(38, 6)),
        )
    )
    weighted = claims.join(weights, on="evidence_id", how="left").with_columns(
        pl.col("evidence_weight").fill_null(0)
    )
    return LocationClaim.conform(
        weighted.with_columns(
            (pl.col("evidence_weight") * pl.col("probability"))
            .cast(pl.Decimal(38, 6))
            .alias("weight"),
            pl.concat_str(_CLAIM, separator="|", ignore_nulls=True).alias("claim_id"),
        ).unique("claim_id", keep="first", maintain_order=True)
    )


def _registering_division(
    sites: pl.DataFrame, enterprises: pl.DataFrame, successors: pl.DataFrame
) -> pl.DataFrame:
    """Digits 3 to 8 of the USCC name the registering authority's division, never a park.

    A division that has one successor is named as it is today; one with several, or none, as in
    the code.
    """
    today = successors.filter(pl.col("code_now").is_not_null() & ~pl.col("ambiguous")).select(
        pl.col("division_code").alias("registering_division"), "code_now", "name_now_zh"
    )
    moved = pl.col("code_now") != pl.col("registering_division")
    said = pl.format("统一社会信用代码登记机关区划 {}", "registering_division")
    return (
        sites.filter(~pl.col("kind").is_in(WHOLE_PLACES))
        .join(
            enterprises.filter(pl.col("registering_division").is_not_null()).select(
                "enterprise_id",
                "registering_division",
                pl.col("source_row_id").alias("evidence_row"),
            ),
            on="enterprise_id",
        )
        .join(today, on="registering_division", how="left")
        .with_columns(
            pl.lit("registered").alias("basis"),
            pl.format("DIVISION:{}", pl.coalesce("code_now", "registering_division")).alias(
                "place_id"
            ),
            pl.lit("registered_office").alias("evidence_id"),
            pl.col("evidence_row").alias("document"),
            pl.when(moved)
            .then(pl.format("{}，今为{} {}", said, "name_now_zh", "code_now"))
            .otherwise(said)
            .alias("reason_zh"),
            pl.col("evidence_row").alias("source_row_id"),
        )
        .select(_SHARED)
    )


def _office_where_nothing_else(
    sites: pl.DataFrame, operating: pl.DataFrame, registered: pl.DataFrame
) -> pl.DataFrame:
    """On the operating basis the office speaks only for a site without a claim of its own."""
    silent = sites.filter(pl.col("lon").is_null(), ~pl.col("kind").is_in(WHOLE_PLACES)).join(
        operating, on="site_id", how="anti"
    )
    return registered.join(silent.select("site_id"), on="site_id", how="semi").with_columns(
        pl.lit("operating").alias("basis"),
        # An address that many enterprises share on paper is hardly a place of work.
        pl.when(pl.col("cluster").fill_null(False))
        .then(pl.lit("registered_office_cluster"))
        .otherwise(pl.lit("registered_office"))
        .alias("evidence_id"),
    )


def _wholes(sites: pl.DataFrame) -> pl.DataFrame:
    """What is not placed lies in the rest of its province, and what falls to a park by weights in
    the park, on both bases and by definition.
    """
    rest = pl.col("kind") == "rest"
    whole = sites.filter(pl.col("kind").is_in(WHOLE_PLACES))
    return pl.concat(
        [
            whole.select(
                "site_id",
                pl.lit(basis).alias("basis"),
                pl.col("site_id").str.strip_prefix(AS_PARK).alias("place_id"),
                pl.when(rest)
                .then(pl.lit("control_total"))
                .otherwise(pl.lit("sector_weight"))
                .alias("evidence_id"),
                pl.col("source_row_id").alias("document"),
                pl.when(rest)
                .then(pl.lit("控制总量中未落位的部分"))
                .otherwise(pl.lit("控制总量按权重分到园区整体的部分"))
                .alias("reason_zh"),
                "source_row_id",
            )
            for basis in ("registered", "operating")
        ]
    )
