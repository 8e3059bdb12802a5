"""Location claims: every piece of evidence on where a site is, on both bases; all are kept."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from assets.enterprises.coordinates import coordinate_claims
from assets.enterprises.identity import identify
from quality.contracts.core import LocationClaim

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
    enterprises: pl.DataFrame,
    successors: pl.DataFrame,
    businesses: pl.DataFrame,
    parks: pl.DataFrame,
    evidence: pl.DataFrame,
    classes: Sequence[str],
) -> pl.DataFrame:
    """`core.location_claim`: operating claims from coordinates by boundary class, registered
    ones from the register's address or the registering division in the USCC.

    Only claims from coordinates have a probability below 1. Probabilities are quantized to 6
    decimals: they are the inputs of the exact stages.
    """
    weights = evidence.select(
        "evidence_id", pl.col("value").cast(pl.Decimal(38, 6)).alias("evidence_weight")
    )
    registered = pl.concat(
        [
            _registered_office(sites, enterprises, businesses, parks),
            _registering_division(sites, enterprises, successors),
        ]
    )
    claims = pl.concat(
        [
            coordinate_claims(sites, memberships, parks, classes),
            registered,
            _office_where_nothing_else(sites, registered),
            _rest(sites),
        ],
        how="diagonal",
    ).with_columns(
        pl.col("level").fill_null(0),
        pl.col("probability").fill_null(1.0).cast(pl.Decimal(38, 6)),
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


def _registered_office(
    sites: pl.DataFrame,
    enterprises: pl.DataFrame,
    businesses: pl.DataFrame,
    parks: pl.DataFrame,
) -> pl.DataFrame:
    """A registered address that names a park of its own province names the place.

    One that names none still says whether it is in the province; then it is OUTSIDE
    (another province) or only a division.
    """
    addresses = identify(businesses).join(
        enterprises.select("enterprise_id"), on="enterprise_id", how="semi"
    )
    names = _park_names(parks)
    # One pass over an address finds all 5,000 names; a cross join took 750 MB for 1,200 addresses.
    mentioned = pl.col("registered_address_zh").str.extract_many(
        names.get_column("name_zh_park").implode(), overlapping=True
    )
    named = (
        addresses.with_columns(mentioned.alias("name_zh_park"))
        .explode("name_zh_park")
        .join(names, on="name_zh_park")
        # The longest name wins: 石嘴山高新技术产业开发区 over 高新技术产业开发区.
        .sort(pl.col("name_zh_park").str.len_chars(), "park_id", descending=[True, False])
        .unique("source_row_id", keep="first", maintain_order=True)
        .with_columns(
            pl.col("park_id").alias("place_id"),
            pl.format("住所写明{}", "name_zh_park").alias("reason_zh"),
        )
    )
    provinces = parks.select("province_code").unique()
    known = _PROVINCES.join(provinces, on="province_code", how="semi")
    unnamed = (
        addresses.join(named, on="source_row_id", how="anti")
        .join(known, how="cross")
        .filter(pl.col("registered_address_zh").str.starts_with(pl.col("province_short")))
        .with_columns(
            pl.format("DIVISION:{}", "province_code").alias("place_id"),
            pl.format("住所在{}，未写明园区", "province_short").alias("reason_zh"),
        )
    )
    columns = ["enterprise_id", "place_id", "reason_zh", "source_row_id"]
    found = pl.concat([named.select(columns), unnamed.select(columns)])
    return (
        found.rename({"source_row_id": "evidence_row"})
        .join(sites, on="enterprise_id")
        .with_columns(
            # The register is the authority on the office; what is uncertain is the reading
            # of its address, so its weight is that of an address text that names the park.
            pl.lit("statistical_address_names_park").alias("evidence_id"),
            pl.lit("registered").alias("basis"),
            # Two deliveries of one register are one document.
            pl.lit("business_register").alias("document"),
            pl.col("evidence_row").alias("source_row_id"),
        )
        .select(_SHARED)
    )


def _park_names(parks: pl.DataFrame) -> pl.DataFrame:
    """Names an address may use for a park: without a bracket part, with or without its province.

    A short name that two parks share names neither.
    """
    bare = parks.join(_PROVINCES, on="province_code").with_columns(
        pl.col("name_zh").str.replace(r"（.*）$", "").alias("name_zh_park")
    )
    short = bare.with_columns(pl.col("name_zh_park").str.strip_prefix(pl.col("province_short")))
    names = pl.concat([bare, short]).unique(["park_id", "name_zh_park"])
    return names.filter(
        (pl.len().over("name_zh_park") == 1) & (pl.col("name_zh_park").str.len_chars() >= 6)
    ).select("park_id", "name_zh_park")


# Short names that registered addresses begin with (GB/T 2260 provinces).
_PROVINCES = pl.DataFrame(
    {
        "province_short": [
            *("北京", "天津", "河北", "山西", "内蒙古", "辽宁", "吉林", "黑龙江", "上海", "江苏"),
            *("浙江", "安徽", "福建", "江西", "山东", "河南", "湖北", "湖南", "广东", "广西"),
            *("海南", "重庆", "四川", "贵州", "云南", "西藏", "陕西", "甘肃", "青海", "宁夏"),
            "新疆",
        ],
        "province_code": [
            *("110000", "120000", "130000", "140000", "150000", "210000", "220000", "230000"),
            *("310000", "320000", "330000", "340000", "350000", "360000", "370000", "410000"),
            *("420000", "430000", "440000", "450000", "460000", "500000", "510000", "520000"),
            *("530000", "540000", "610000", "620000", "630000", "640000", "650000"),
        ],
    }
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
        sites.filter(pl.col("kind") != "rest")
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


def _office_where_nothing_else(sites: pl.DataFrame, registered: pl.DataFrame) -> pl.DataFrame:
    """On the operating basis the office speaks only for a site without a claim of its own."""
    silent = sites.filter(pl.col("lon").is_null() & (pl.col("kind") != "rest"))
    return registered.join(silent.select("site_id"), on="site_id", how="semi").with_columns(
        pl.lit("operating").alias("basis"), pl.lit("registered_office").alias("evidence_id")
    )


def _rest(sites: pl.DataFrame) -> pl.DataFrame:
    """What is not placed lies in the rest of its province on both bases, by definition."""
    rest = sites.filter(pl.col("kind") == "rest")
    return pl.concat(
        [
            rest.select(
                "site_id",
                pl.lit(basis).alias("basis"),
                pl.col("site_id").alias("place_id"),
                pl.lit("control_total").alias("evidence_id"),
                pl.col("source_row_id").alias("document"),
                pl.lit("控制总量中未落位的部分").alias("reason_zh"),
                "source_row_id",
            )
            for basis in ("registered", "operating")
        ]
    )
