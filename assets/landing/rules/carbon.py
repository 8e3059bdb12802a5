"""Rules on the carbon content and oxidation that works measured of their fuel (CC1 to CC3)."""

from __future__ import annotations

import polars as pl

from assets.inventory.factors import SET_RANK
from assets.landing.rules.carriers import Tables, looked_up
from assets.landing.rules.limits import CC_BEYOND, CC_MARGIN, OXIDATION_PCT
from quality.quarantine import Rule

_CO2_PER_C = 44 / 12


def _band(names: pl.DataFrame, reference: Tables) -> tuple[pl.Expr, pl.Expr]:
    """Lowest and highest plausible carbon content of a row's fuel; null for one without any.

    The contents of all sets that count, wider by CC_MARGIN to both sides (project rule).
    """
    contents = (
        reference["accepted.fuel_factor"]
        .filter((pl.col("parameter") == "CC") & pl.col("factor_set").is_in(list(SET_RANK)))
        .group_by("fuel_id")
        .agg(
            pl.col("value").cast(pl.Float64).min().alias("lowest"),
            pl.col("value").cast(pl.Float64).max().alias("highest"),
        )
    )
    of_name = names.join(contents, left_on="energy_id", right_on="fuel_id")
    lowest, highest = (
        looked_up(pl.col("energy_zh"), dict(of_name.select("energy_zh", bound).iter_rows()))
        for bound in ("lowest", "highest")
    )
    return lowest * (1 - CC_MARGIN), highest * (1 + CC_MARGIN)


def _delivered() -> pl.Expr:
    return pl.col("carbon_content_tc_tj").cast(pl.Float64)


def used_carbon_content(names: pl.DataFrame, reference: Tables) -> pl.Expr:
    """The carbon content of a row in tC/TJ; null where it is out of the band of its fuel."""
    outside = ~_delivered().is_between(*_band(names, reference))
    return pl.when(~outside.fill_null(False)).then(_delivered())


def carbon_content_rules(names: pl.DataFrame, reference: Tables) -> list[Rule]:
    """CC1 and CC3: a carbon content goes with a calorific value, and lies in its fuel's band.

    METHOD 2.2 takes the triple from one set: what was measured are calorific value and carbon
    content together, and the only mixture is a measured calorific value with all else default.
    """
    lowest, highest = _band(names, reference)
    value = _delivered()
    outside = ~value.is_between(lowest, highest)
    slipped = (value / _CO2_PER_C).is_between(lowest, highest)
    beyond = (value < lowest / CC_BEYOND) | (value > highest * CC_BEYOND)
    return [
        Rule(
            "CC1",
            "error",
            "carbon_content_tc_tj",
            value.is_not_null() & pl.col("ncv").is_null(),
            "填了实测单位热值含碳量而没有实测低位发热量：参数须取自同一套，请补填或删去",
            "a measured carbon content without a measured calorific value: both are of one set; "
            "give the calorific value or neither",
        ),
        Rule(
            "CC3e",
            "error",
            "carbon_content_tc_tj",
            outside & slipped,
            "单位热值含碳量超出合理范围，乘以 12/44 后落入范围：疑按二氧化碳计",
            "carbon content out of range, in range after times 12/44: CO2 given for carbon?",
        ),
        Rule(
            "CC3e",
            "error",
            "carbon_content_tc_tj",
            beyond & ~slipped,
            f"单位热值含碳量超出合理范围 {CC_BEYOND:g} 倍以上：应为吨碳/太焦",
            f"carbon content more than {CC_BEYOND:g} times out of the range of its fuel; "
            "expected tC/TJ",
        ),
        Rule(
            "CC3w",
            "warning",
            "carbon_content_tc_tj",
            outside & ~beyond & ~slipped,
            "单位热值含碳量超出合理范围：含碳量和氧化率采用缺省值",
            "carbon content out of the range of its fuel: default content and oxidation are used",
        ),
    ]


def oxidation_rules() -> list[Rule]:
    """CC1 and CC2 of an oxidation: it goes with a measured carbon content, and is a per cent."""
    lowest, highest = OXIDATION_PCT
    return [
        Rule(
            "CC1",
            "error",
            "oxidation_pct",
            pl.col("oxidation_pct").is_not_null() & pl.col("carbon_content_tc_tj").is_null(),
            "填了实测碳氧化率而没有实测单位热值含碳量：参数须取自同一套，请补填或删去",
            "a measured oxidation without a measured carbon content: both are of one set; "
            "give the carbon content or neither",
        ),
        Rule(
            "CC2",
            "error",
            "oxidation_pct",
            ~pl.col("oxidation_pct").is_between(lowest, highest),
            f"碳氧化率应为 {lowest} 至 {highest}（%）：0.98 写作 98",
            f"oxidation must be {lowest} to {highest} (per cent): write 98 for 0.98",
        ),
    ]
