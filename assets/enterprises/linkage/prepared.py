"""Records as they are compared: parts of the name, place, street, and numbers."""

from __future__ import annotations

import polars as pl

from assets.enterprises.names import normalised_name, split_names

SIDE = {
    "record_id": pl.String,
    "name_zh": pl.String,
    "uscc": pl.String,
    "org_code": pl.String,
    "reg_no": pl.String,
    "division_code": pl.String,
    "address_zh": pl.String,
    "lon": pl.Float64,
    "lat": pl.Float64,
    "point_precision_m": pl.Float64,
}
# What stands before road and house number.
_PLACES = r"^.*(?:省|市|县|区|旗|镇|乡|街道)"
# A street of fewer characters is a village or a zone that many share.
_STREET = 5
_START = 4


def numbered(side: pl.DataFrame) -> pl.DataFrame:
    """The records sorted by `record_id`, with their `row`.

    Raises ValueError for a missing column, a repeated or missing `record_id`, or a missing name.
    """
    missing = [name for name in SIDE if name not in side.columns]
    if missing:
        raise ValueError(f"records to link: columns missing: {', '.join(missing)}")
    typed = side.select(pl.col(name).cast(dtype) for name, dtype in SIDE.items()).sort("record_id")
    for name in ("record_id", "name_zh"):
        if typed[name].null_count():
            raise ValueError(f"records to link: {typed[name].null_count()} without {name}")
    ids = typed["record_id"]
    twice = ids.filter(ids == ids.shift(1)).head(3).to_list()
    if twice:
        raise ValueError(f"records to link: record_id not unique: {twice}")
    return typed.with_row_index("row")


def prepared(rows: pl.DataFrame) -> pl.DataFrame:
    """Numbered records with what blocks and features need. A row does not hang on the others."""
    whole = rows.drop("name_zh").hstack(split_names(rows["name_zh"]))
    division = pl.coalesce("division_code", "region_code")
    street = normalised_name(pl.col("address_zh"))
    return (
        whole.with_columns(
            pl.coalesce("org_code", pl.col("uscc").str.slice(8, 9)).alias("org_code"),
            division.alias("division"),
            division.str.head(2).alias("province"),
            pl.when(~division.str.ends_with("0000")).then(division.str.head(4)).alias("prefecture"),
            street.alias("address"),
            pl.col("trade", "branch").fill_null("").name.suffix("_text"),
            # Whole millionths of a degree: distances are compared in whole numbers.
            (pl.col("lon", "lat") * 1_000_000).round().cast(pl.Int64).name.suffix("_e6"),
            pl.col("point_precision_m").fill_null(0.0).ceil().cast(pl.Int64).alias("precision_m"),
        )
        .with_columns(pl.concat_str("core", "trade_text", "branch_text").alias("body"))
        .with_columns(
            pl.col("branch_text").str.head(2).alias("branch_head"),
            pl.col("core").str.tail(2).alias("core_tail"),
            pl.when(pl.col("body").str.len_chars() >= _START)
            .then(pl.col("body").str.head(_START))
            .alias("body_start"),
            street_of(pl.col("address")).alias("street"),
            pl.coalesce(
                pl.col("address").str.extract(r"(\d+)(?:-\d+)?号"),
                pl.col("address").str.extract(r"(\d+)"),
            ).alias("house"),
        )
        .drop("given", "lon", "lat", strict=False)
    )


def street_of(address: pl.Expr) -> pl.Expr:
    """Road and house: of one place registers write more or less of the divisions before it."""
    road = address.str.replace(_PLACES, "")
    return pl.when((road.str.len_chars() >= _STREET) & road.str.contains(r"\d")).then(road)
