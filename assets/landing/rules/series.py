"""Rules that compare rows with each other: year on year (EN6) and among peers (INT1)."""

from __future__ import annotations

import polars as pl

from assets.landing.rules.carriers import Tables, canonical_of, listed, looked_up, pair
from assets.landing.rules.energy import recomputed_tce
from assets.landing.rules.identity import person
from assets.landing.rules.limits import INT1_PEERS, LIMITS
from quality.quarantine import Rule

# Turns a median absolute deviation into a standard deviation of normal data.
_MAD_TO_SIGMA = 0.6744897501960817


def yearly_rules(reference: Tables) -> list[Rule]:
    """EN6 of form 205-1: consumption of one legal person and energy."""
    canonical = canonical_of(listed(reference), reference["accepted.unit"])
    amount = pl.col("consumption").cast(pl.Float64) * looked_up(pair("energy_zh"), canonical)
    return ratio_rules(amount, [person(), pl.col("energy_zh")], "consumption")


def ratio_rules(amount: pl.Expr, series: list[pl.Expr], name: str) -> list[Rule]:
    """EN6: the amount of a series against the year before, within the rows at hand.

    A recorded event (`event_zh`) makes an error a warning. From or to zero there is no
    ratio: a warning.
    """

    def year_before(of: pl.Expr) -> pl.Expr:
        return of.shift(1).over(series, order_by="year")

    follows = year_before(pl.col("year")) == pl.col("year") - 1
    before = pl.when(follows).then(year_before(amount))
    ratio = pl.when((before > 0) & (amount > 0)).then(
        pl.max_horizontal(amount / before, before / amount)
    )
    to_or_from_zero = (before > 0) != (amount > 0)
    beyond = (ratio > LIMITS["EN6e"]) & pl.col("event_zh").is_null()
    return [
        Rule(
            "EN6e",
            "error",
            name,
            beyond,
            f"与上年之比超过 {LIMITS['EN6e']:g} 倍：核对单位；投产、停产、合并等请在“事件”列注明",
            f"more than {LIMITS['EN6e']:g} times the year before or less than its inverse: "
            "check the unit, or record the event",
        ),
        Rule(
            "EN6w",
            "warning",
            name,
            ((ratio > LIMITS["EN6w"]) & ~beyond) | to_or_from_zero,
            f"与上年之比超过 {LIMITS['EN6w']:g} 倍，或由零变为非零、由非零变为零",
            f"more than {LIMITS['EN6w']:g} times the year before or less than its inverse, "
            "or from or to zero",
        ),
    ]


def intensity_rules(reference: Tables) -> list[Rule]:
    """INT1: standard coal per output value of a legal person, among peers of its industry.

    Peers share the class (four digits) where at least 8 do, else the division; below that
    nothing is claimed. All rows of the legal person and year share the verdict.
    """
    score = pl.struct(
        person().alias("person"),
        "year",
        "industry_code",
        "industry_division",
        recomputed_tce(reference).alias("tce"),
        pl.col("output_value_kcny").cast(pl.Float64).alias("output"),
    ).map_batches(_robust_z, return_dtype=pl.Float64)
    warns, errs = LIMITS["INT1w"], LIMITS["INT1e"]
    return [
        Rule(
            "INT1e",
            "error",
            "output_value_kcny",
            score > errs,
            f"单位产值能耗偏离同行业 {errs:g} 个稳健标准差以上：核对单位",
            f"energy per output value off its peers by more than {errs:g} robust deviations: "
            "check the units",
        ),
        Rule(
            "INT1w",
            "warning",
            "output_value_kcny",
            (score > warns) & (score <= errs),
            f"单位产值能耗偏离同行业 {warns:g} 个稳健标准差以上",
            f"energy per output value off its peers by more than {warns:g} robust deviations",
        ),
    ]


def _robust_z(rows: pl.Series) -> pl.Series:
    """|z| of ln(tce / output) by median and MAD of the peers; null where it means nothing."""
    frame = rows.struct.unnest()
    key = ["person", "year"]
    # A row that cannot be counted leaves its total open, and so does a second output value.
    whole = pl.col("tce").is_not_null().all() & (pl.col("output").n_unique() == 1)
    one = (
        frame.group_by(key)
        .agg(
            pl.when(whole).then(pl.col("tce").sum()).alias("tce"),
            pl.col("output", "industry_code", "industry_division").first(),
        )
        .filter((pl.col("tce") > 0) & (pl.col("output") > 0))
        .with_columns((pl.col("tce") / pl.col("output")).log().alias("x"))
    )
    scored = one.with_columns(
        _deviation(["year", "industry_code"]).alias("class"),
        _deviation(["year", "industry_division"]).alias("division"),
        (pl.col("industry_code").is_not_null() & _enough(["year", "industry_code"])).alias("fine"),
        _enough(["year", "industry_division"]).alias("coarse"),
    ).with_columns(
        pl.when("fine").then("class").otherwise(pl.when("coarse").then("division")).alias("z")
    )
    joined = frame.join(scored.select(*key, "z"), on=key, how="left", maintain_order="left")
    return joined.get_column("z")


def _enough(peers: list[str]) -> pl.Expr:
    return pl.len().over(peers) >= INT1_PEERS


def _deviation(peers: list[str]) -> pl.Expr:
    away = (pl.col("x") - pl.col("x").median().over(peers)).abs()
    spread = away.median().over(peers)
    return pl.when(spread > 0).then(_MAD_TO_SIGMA * away / spread)
