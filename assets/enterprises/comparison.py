"""Where each row of a register is registered, and where it says or shows that it is."""

from __future__ import annotations

import polars as pl

from assets.enterprises.names import normalised_name
from quality.contracts.enterprises import RecordComparison

# Which address is the place of work, where a row has several.
_WORKING = ["permit_site", "statistical_unit", "operating_site", "plant", "office"]


def comparisons(
    records: pl.DataFrame, addresses: pl.DataFrame, successors: pl.DataFrame
) -> pl.DataFrame:
    """`core.record_comparison` from `core.register_record`, `core.record_address` and
    `core.division_successor`; one row a row that names an enterprise.

    The division of work is that of the working address, else of its point. Where a row gives no
    registered address, the division of the registering authority in its USCC stands for it
    (METHOD 5, positions 3 to 8). Divisions are those of today.
    """
    ordered = addresses.sort("source_row_id", "place_no")
    office = ordered.filter(pl.col("role") == "registered_office").unique(
        "source_row_id", keep="first", maintain_order=True
    )
    work = (
        ordered.filter(pl.col("role").is_in(_WORKING))
        .sort(
            pl.col("role").replace_strict({r: n for n, r in enumerate(_WORKING)}),
            maintain_order=True,
        )
        .unique("source_row_id", keep="first", maintain_order=True)
    )
    authority = successors.filter(pl.col("code_now").is_not_null() & ~pl.col("ambiguous")).select(
        pl.col("division_code").alias("authority"), pl.col("code_now").alias("authority_now")
    )
    columns = ["address_zh", "country", "division_now", "point_division", "zone_zh", "park_id"]
    joined = (
        records.join(
            office.select("source_row_id", pl.col(columns).name.prefix("registered_")),
            on="source_row_id",
            how="left",
        )
        .join(
            work.select("source_row_id", pl.col(columns).name.prefix("operating_")),
            on="source_row_id",
            how="left",
        )
        .with_columns(pl.col("uscc").str.slice(2, 6).alias("authority"))
        .join(authority, on="authority", how="left")
        .with_columns(
            pl.coalesce("registered_division_now", "authority_now").alias("registered_division"),
            _working_division().alias("operating_division"),
        )
    )
    one, other = pl.col("registered_division"), pl.col("operating_division")
    abroad = pl.col("registered_country") != pl.col("operating_country")
    texts = [normalised_name(pl.col(f"{side}_address_zh")) for side in ("registered", "operating")]
    return RecordComparison.conform(
        joined.with_columns(
            pl.coalesce(
                pl.concat_str(other.str.slice(0, 2), pl.lit("0000")),
                pl.concat_str(one.str.slice(0, 2), pl.lit("0000")),
                pl.when(pl.col("operating_country") != "CN").then("operating_country"),
                pl.when(pl.col("registered_country") != "CN").then("registered_country"),
                pl.lit("000000"),
            ).alias("area"),
            pl.col("uscc").is_not_null().alias("coded"),
            pl.col("registered_address_zh").alias("registered_text"),
            pl.col("operating_address_zh").alias("operating_text"),
            (texts[0] != texts[1]).alias("texts_differ"),
            pl.when(pl.col("registered_division_now").is_not_null())
            .then(pl.lit("address"))
            .when(pl.col("authority_now").is_not_null())
            .then(pl.lit("uscc"))
            .alias("registered_from"),
            pl.when(other == pl.col("operating_division_now"))
            .then(pl.lit("address"))
            .when(other.is_not_null())
            .then(pl.lit("point"))
            .alias("operating_from"),
            _elsewhere().alias("point_differs"),
            pl.when(abroad)
            .then(pl.lit("other_country"))
            .when(one.is_null() | other.is_null())
            .then(None)
            .when(one.str.slice(0, 2) != other.str.slice(0, 2))
            .then(pl.lit("other_province"))
            # A division that is only a province or prefecture says nothing of what lies below.
            .when(one.str.ends_with("0000") | other.str.ends_with("0000"))
            .then(pl.lit("within_province"))
            .when(one.str.slice(0, 4) != other.str.slice(0, 4))
            .then(pl.lit("same_province"))
            .when(one.str.ends_with("00") | other.str.ends_with("00"))
            .then(pl.lit("within_city"))
            .when(one != other)
            .then(pl.lit("same_city"))
            .when(one == other)
            .then(pl.lit("same_county"))
            .alias("comparison"),
            pl.col("registered_zone_zh").alias("registered_zone"),
            pl.col("operating_zone_zh").alias("operating_zone"),
            pl.col("registered_park_id").alias("registered_park"),
            pl.col("operating_park_id").alias("operating_park"),
        )
    )


def _below(division: pl.Expr, above: pl.Expr) -> pl.Expr:
    """Whether a division is another, or lies in it."""
    return division.str.starts_with(above.str.replace(r"(0000|00)$", ""))


def _working_division() -> pl.Expr:
    """The county of the address; of one that names none, the point's, if it lies in what it names.

    The words are what was stated. Points are often made from them or from a name by a map
    service: of the listed companies whose office address names a county, the point lies in
    another for a quarter.
    """
    said, point = pl.col("operating_division_now"), pl.col("operating_point_division")
    return (
        pl.when(said.is_null())
        .then(point)
        .when(said.str.ends_with("00") & _below(point, said))
        .then(point)
        .otherwise(said)
    )


def _elsewhere() -> pl.Expr:
    """Whether the point lies outside of the division that the address names; null if unknown."""
    return ~_below(pl.col("operating_point_division"), pl.col("operating_division_now"))
