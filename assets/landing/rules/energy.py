"""Rules on quantities of form 205-1: balance, standard coal, calorific values (EN1-EN5)."""

from __future__ import annotations

import polars as pl

from assets.landing.rules.carriers import Tables, canonical_of, listed, looked_up, pair
from assets.landing.rules.limits import EN3_BEYOND, LIMITS
from quality.quarantine import Rule


def balance_gap(opening: str = "opening") -> tuple[pl.Expr, pl.Expr]:
    """Gap and relative gap of `opening + purchases + own = consumption + sales + closing`.

    METHOD 2.1 (G04). The relative gap is null where there is no supply.
    """

    def q(name: str) -> pl.Expr:
        return pl.col(name).cast(pl.Float64).fill_null(0.0)

    supply = q(opening) + q("purchased") + q("own_production")
    gap = supply - q("consumption") - q("sold") - q("closing")
    return gap, pl.when(supply > 0).then(gap.abs() / supply)


def balance_rules() -> list[Rule]:
    """EN1, EN2 and EN5 of form 205-1. That a quantity is >= 0 is said by the table itself."""
    _, relative = balance_gap()
    warns, errs = LIMITS["EN1w"], LIMITS["EN1e"]
    return [
        Rule(
            "EN2",
            "error",
            "raw_material",
            pl.col("raw_material") > pl.col("consumption"),
            "用于原材料的数量大于消费量合计",
            "used as raw material more than was consumed",
        ),
        Rule(
            "EN1e",
            "error",
            "consumption",
            relative > errs,
            f"收支不平衡，差额超过 {errs:.0%}",
            f"stock balance open by more than {100 * errs:g} %",
        ),
        Rule(
            "EN1w",
            "warning",
            "consumption",
            (relative > warns) & (relative <= errs),
            f"收支不平衡，差额超过 {warns:.0%}",
            f"stock balance open by more than {100 * warns:g} %",
        ),
        Rule(
            "EN5",
            "warning",
            "energy_zh",
            pl.col("energy_zh") == "原煤",
            "原煤未分煤种：采用统一的后备参数",
            "raw coal not split into ranks: the fallback triple is used",
        ),
    ]


def recomputed_tce(reference: Tables) -> pl.Expr:
    """Standard coal of the consumption in tce; null for a name or unit that is not known."""
    names = (
        listed(reference)
        .join(reference["core.energy_coefficient"], on=["energy_id", "canonical_unit"])
        .select("energy_zh", "canonical_unit", pl.col("tce_per_unit").cast(pl.Float64))
    )
    coefficient = dict(names.select("energy_zh", "tce_per_unit").iter_rows())
    factors = {
        key: value * coefficient[key.rpartition("|")[0]]
        for key, value in canonical_of(names, reference["accepted.unit"]).items()
    }
    return pl.col("consumption").cast(pl.Float64) * looked_up(pair("energy_zh"), factors)


def standard_coal_rules(reference: Tables) -> list[Rule]:
    """EN4: the reported standard coal is what the consumption makes of the coefficient."""
    recomputed = recomputed_tce(reference)
    off = pl.when(recomputed > 0).then(
        (pl.col("reported_tce").cast(pl.Float64) - recomputed).abs() / recomputed
    )
    warns, errs = LIMITS["EN4w"], LIMITS["EN4e"]
    return [
        Rule(
            "EN4e",
            "error",
            "reported_tce",
            off > errs,
            f"折标准煤与重算值相差超过 {errs:.0%}：先核对单位与当量值/等价值",
            f"reported standard coal is off by more than {100 * errs:g} %: "
            "check unit and 当量值/等价值 first",
        ),
        Rule(
            "EN4w",
            "warning",
            "reported_tce",
            (off > warns) & (off <= errs),
            f"折标准煤与重算值相差超过 {warns:.0%}",
            f"reported standard coal is off by more than {100 * warns:g} %",
        ),
    ]


# EN3e: what a value is off by if its unit is another one, and which one that may be.
_SLIPS = (
    (4.1868, "千卡误作千焦", "kcal given as kJ"),
    (1 / 4.1868, "千焦误作千卡", "kJ given as kcal"),
    (1000.0, "单位大 1000 倍（如吉焦误作兆焦）", "a unit 1,000 times larger is meant"),
    (1 / 1000.0, "单位小 1000 倍（如千焦误作兆焦）", "a unit 1,000 times smaller is meant"),
    (10000.0, "单位大 10000 倍（如每立方米误作每万立方米）", "a unit 10,000 times larger is meant"),
    (
        1 / 10000.0,
        "单位小 10000 倍（如每万立方米误作每立方米）",
        "one 10,000 times smaller is meant",
    ),
)


def calorific_value(names: pl.DataFrame, reference: Tables) -> pl.Expr:
    """The NCV of a row in GJ per canonical unit; null without one, or without a fitting unit."""
    units = reference["accepted.ncv_unit"].with_columns(
        pl.col("canonical_unit").str.strip_prefix("GJ/")
    )
    return pl.col("ncv").cast(pl.Float64) * looked_up(
        pair("energy_zh", "ncv_unit_zh"), canonical_of(names, units)
    )


def _range(names: pl.DataFrame, reference: Tables) -> tuple[pl.Expr, pl.Expr]:
    """Lowest and highest plausible NCV of a row's fuel; null for a fuel without a range."""
    ranges = names.join(
        reference["accepted.ncv_range"].select("fuel_id", "bound", pl.col("value").cast(float)),
        left_on="energy_id",
        right_on="fuel_id",
    )
    lowest, highest = (
        looked_up(
            pl.col("energy_zh"),
            dict(ranges.filter(bound=bound).select("energy_zh", "value").iter_rows()),
        )
        for bound in ("min", "max")
    )
    return lowest, highest


def used_calorific_value(names: pl.DataFrame, reference: Tables) -> pl.Expr:
    """The NCV of a row that is used: null where it is out of the range of its fuel (EN3)."""
    value = calorific_value(names, reference)
    outside = ~value.is_between(*_range(names, reference))
    return pl.when(~outside.fill_null(False)).then(value)


def calorific_rules(names: pl.DataFrame, reference: Tables) -> list[Rule]:
    """EN3 and NCVUNIT: a delivered NCV has a unit that fits, and lies in the fuel's range.

    An NCV beyond twice the range, or one that a slip of units explains, is an error. One that is
    out of range otherwise is flagged (EN3w) and the default is used, in every form (METHOD 5).
    """
    lowest, highest = _range(names, reference)
    value = calorific_value(names, reference)

    def inside(of: pl.Expr) -> pl.Expr:
        return of.is_between(lowest, highest)

    outside = ~inside(value)
    slipped = pl.any_horizontal(inside(value * factor) for factor, _, _ in _SLIPS)
    beyond = (value < lowest / EN3_BEYOND) | (value > highest * EN3_BEYOND)
    return [
        Rule(
            "NCVUNIT",
            "warning",
            "ncv_unit_zh",
            pl.col("ncv").is_not_null() & value.is_null(),
            "低位发热量缺单位或单位与能源不配：不采用",
            "the calorific value has no unit, or one that does not fit: not used",
        ),
        *(
            Rule(
                "EN3e",
                "error",
                "ncv",
                outside & inside(value * factor),
                f"低位发热量超出合理范围，乘以 {factor:g} 后落入范围：疑为{zh}",
                f"NCV out of range, in range after times {factor:g}: {en}?",
            )
            for factor, zh, en in _SLIPS
        ),
        Rule(
            "EN3e",
            "error",
            "ncv",
            beyond & ~slipped,
            f"低位发热量超出合理范围 {EN3_BEYOND:g} 倍以上",
            f"NCV more than {EN3_BEYOND:g} times out of the range of its fuel",
        ),
        Rule(
            "EN3w",
            "warning",
            "ncv",
            outside & ~beyond & ~slipped,
            "低位发热量超出合理范围：采用缺省值",
            "NCV out of the range of its fuel: the default is used",
        ),
    ]
