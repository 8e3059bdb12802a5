"""Periods in which the boundaries a site may lie in stay the same, and their share of a year."""

from __future__ import annotations

from datetime import date

import polars as pl

from assets.energy.split import split_exact
from quality.contracts.boundaries import FIRST_DAY, LAST_DAY

_SITE_YEAR = ["site_id", "basis", "boundary_class", "series"]


def periods(memberships: pl.DataFrame) -> pl.DataFrame:
    """`site_id, boundary_class, series, valid_from, valid_to` from `core.membership`.

    Series `actual`: a period ends where a version does. Series `constant`: one period, for
    which the latest versions speak (METHOD 1.1, B2).
    """
    key = ["site_id", "boundary_class"]
    days = pl.concat(
        [
            memberships.select(*key, pl.lit(FIRST_DAY).alias("valid_from")),
            memberships.select(*key, "valid_from"),
            memberships.filter(pl.col("valid_to").is_not_null()).select(
                *key, pl.col("valid_to").dt.offset_by("1d").alias("valid_from")
            ),
        ]
    ).unique()
    actual = days.with_columns(
        pl.lit("actual").alias("series"),
        pl.col("valid_from")
        .shift(-1)
        .over(key, order_by="valid_from")
        .dt.offset_by("-1d")
        .fill_null(LAST_DAY)
        .alias("valid_to"),
    )
    constant = (
        memberships.select(key)
        .unique()
        .with_columns(
            pl.lit("constant").alias("series"),
            pl.lit(FIRST_DAY).alias("valid_from"),
            pl.lit(LAST_DAY).alias("valid_to"),
        )
    )
    columns = [*key, "series", "valid_from", "valid_to"]
    return pl.concat([actual.select(columns), constant.select(columns)])


def in_years(rows: pl.DataFrame) -> pl.DataFrame:
    """Weights of a period as weights of years: `year_from`, `year_to`, and shares of days.

    In: rows with `site_id, basis, boundary_class, series, level, valid_from, valid_to,
    place_id, weight_point, weight_low, weight_high`. A year inside one period has its weights;
    in a year in which the period changes each weighs by its days (METHOD 1.1, B2; G27), in
    micro-units by largest remainder, so that the point weights still sum to 1.

    `share_from` and `share_to` lay the point weights of a year end to end: a quantity q gives a
    place round(q * share_to) - round(q * share_from), so that what the places get sums to q.
    """
    started = pl.col("valid_from").dt.year() + (
        (pl.col("valid_from").dt.ordinal_day() > 1).cast(pl.Int64)
    )
    ended = pl.col("valid_to").dt.year() - (
        ((pl.col("valid_to").dt.month() != 12) | (pl.col("valid_to").dt.day() != 31)).cast(pl.Int64)
    )
    whole = rows.with_columns(
        started.cast(pl.Int64).alias("year_from"), ended.cast(pl.Int64).alias("year_to")
    )
    broken = _broken(rows)
    dated = pl.concat(
        [
            whole.filter(pl.col("year_from") <= pl.col("year_to")),
            _by_days(broken),
            _of_opening(broken),
        ],
        how="diagonal_relaxed",
    )
    end = (
        pl.col("weight_point")
        .cum_sum()
        .over([*_SITE_YEAR, "level", "year_from"], order_by=["place_id", "valid_from"])
        .cast(pl.Decimal(38, 6))
    )
    return dated.with_columns(end.alias("share_to")).with_columns(
        (pl.col("share_to") - pl.col("weight_point")).alias("share_from")
    )


def _broken(rows: pl.DataFrame) -> pl.DataFrame:
    """The years in which a period begins or ends amid, with the `days` it has of them."""
    parts = [
        {"place": place, "year_from": year, "year_to": year, "days": days}
        for place, (first, last) in enumerate(rows.select("valid_from", "valid_to").iter_rows())
        for year in _amid(first, last)
        if (days := year_days(first, last, year))
    ]
    schema = {"place": pl.UInt32, "year_from": pl.Int64, "year_to": pl.Int64, "days": pl.Int64}
    return (rows.with_row_index("place").join(pl.DataFrame(parts, schema=schema), on="place")).drop(
        "place"
    )


def _of_opening(broken: pl.DataFrame) -> pl.DataFrame:
    """The period of 1 January for the whole of a year that is broken."""
    opening = pl.col("valid_from") <= pl.date(pl.col("year_from"), 1, 1)
    return (
        broken.filter(opening & (pl.col("series") == "actual"))
        .with_columns(pl.lit("opening").alias("series"))
        .drop("days")
    )


def _by_days(broken: pl.DataFrame) -> pl.DataFrame:
    """Weights of a broken year as shares of its days."""
    exact = pl.Decimal(38, 6)
    named = broken.with_columns(
        pl.concat_str([*_SITE_YEAR, "level", "year_from"], separator="|").alias("split_id"),
        pl.format("{}|{}", "valid_from", "place_id").alias("member"),
        pl.lit(1).cast(exact).alias("total"),
    )
    shares = split_exact(
        named.filter(pl.col("weight_point") > 0).select(
            "split_id",
            "member",
            "total",
            (pl.col("weight_point") * pl.col("days").cast(exact)).cast(exact).alias("weight"),
        )
    )
    of_year = pl.col("days") / pl.date(pl.col("year_from"), 12, 31).dt.ordinal_day()
    return (
        named.join(shares, on=["split_id", "member"], how="left")
        .with_columns(
            pl.col("quantity").fill_null(0).alias("weight_point"),
            *(
                pl.when(pl.col(bound) == pl.col("weight_point"))
                .then(pl.col("quantity").fill_null(0))
                .otherwise((pl.col(bound).cast(pl.Float64) * of_year).round(6).cast(exact))
                .alias(bound)
                for bound in ("weight_low", "weight_high")
            ),
        )
        .drop("days", "split_id", "member", "total", "quantity")
    )


def _amid(first: date, last: date) -> list[int]:
    """The years of which a period has some days and not all."""
    begins = [first.year] if (first.month, first.day) != (1, 1) else []
    ends = [last.year] if (last.month, last.day) != (12, 31) else []
    return sorted({*begins, *ends})


def year_days(first: date, last: date, year: int) -> int:
    """Days of the year that lie between two days, both included."""
    start, end = max(first, date(year, 1, 1)), min(last, date(year, 12, 31))
    return max(0, (end - start).days + 1)
