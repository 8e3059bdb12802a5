"""In which years a located plant ran, as far as its years are known."""

from __future__ import annotations

import polars as pl

# Units that ran once; those planned, cancelled or being built never did.
RAN = ["operating", "retired", "mothballed"]


def whether_operating(plants: pl.DataFrame, years: list[int]) -> pl.DataFrame:
    """Plants by year, with `operates`: true, or false where their years do not tell.

    `plants` with `status, start_year, retired_year`; the last is the last year they ran. A
    plant operates in a year if it started by then and was not retired before. One that did not
    operate for certain is left out of the year. One without its year of start, or retired or
    mothballed in an unknown year, is not guessed: it stays, with `operates` false.
    """
    each = plants.join(pl.DataFrame({"year": pl.Series(years, dtype=pl.Int64)}), how="cross")
    started = pl.col("start_year") <= pl.col("year")
    ended = (
        pl.when(pl.col("retired_year").is_not_null())
        .then(pl.col("retired_year") < pl.col("year"))
        .when(pl.col("status") == "operating")
        .then(pl.lit(False))
    )
    certainly_not = ~started.fill_null(True) | ended.fill_null(False)
    return each.filter(~certainly_not).with_columns(
        (started.fill_null(False) & ended.is_not_null()).alias("operates")
    )
