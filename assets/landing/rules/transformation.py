"""Rules on energy transformation at works level: carbon loss (EN7) and efficiency (EN8)."""

from __future__ import annotations

import polars as pl

from assets.landing.rules.carbon import carbon_content_rules, used_carbon_content
from assets.landing.rules.carriers import (
    Tables,
    canonical_of,
    contents,
    listed_and_fuels,
    looked_up,
    pair,
    unit_rules,
)
from assets.landing.rules.energy import calorific_rules, used_calorific_value
from assets.landing.rules.identity import person
from assets.landing.rules.limits import EN7_LOWEST, EN8_LOWEST, LIMITS
from quality.quarantine import Rule

# Kinds of which the carbon of the inputs must be found again in the outputs (METHOD 2.2).
BALANCED = ["炼焦", "炼油及煤制油", "制气"]
_POWER, _HEAT = "火力发电", "供热"


def transformation_rules(reference: Tables) -> list[Rule]:
    """Names, units and calorific values of form 205-2, and EN7 and EN8 on each works.

    A works is a legal person, year and kind; its rows share the verdict. A delivered NCV takes
    the place of the default, and a carbon content delivered with it too; else it goes with the
    carbon content per GJ of the default set. One out of range (EN3, CC3) takes no place.
    """
    names = listed_and_fuels(reference)
    units = reference["accepted.unit"]
    default = contents(names, reference["accepted.fuel_factor"])
    canonical = looked_up(pair("energy_zh"), canonical_of(names, units))
    per_unit = looked_up(pl.col("energy_zh"), default.gj)
    carbon = looked_up(pl.col("energy_zh"), default.carbon)
    measured = used_calorific_value(names, reference)
    gj = pl.coalesce(measured, per_unit)

    def side(name: str, content: pl.Expr) -> pl.Expr:
        return pl.col(name).cast(pl.Float64).fill_null(0.0) * canonical * content

    per_gj = pl.coalesce(
        pl.when(measured.is_not_null()).then(used_carbon_content(names, reference) / 1000),
        pl.when(per_unit > 0).then(carbon / per_unit),
    )
    return [
        *unit_rules(names, units, "energy_zh"),
        *calorific_rules(names, reference),
        *carbon_content_rules(names, reference),
        *carbon_rules(side("input", gj * per_gj), side("output", gj * per_gj)),
        efficiency_rule(side("input", gj), side("output", gj)),
    ]


def _total(of: pl.Expr, group: list[pl.Expr]) -> pl.Expr:
    """The sum over the group; null where a part of it is not known."""
    return pl.when(of.is_not_null().all().over(group)).then(of.sum().over(group))


def carbon_rules(inputs: pl.Expr, outputs: pl.Expr) -> list[Rule]:
    """EN7 from carbon in and out of each row in t C (G06): the loss lies in -2 ... 15 %."""
    works = [person(), pl.col("year"), pl.col("kind_zh")]
    balanced = pl.col("kind_zh").is_in(BALANCED)
    given, made = _total(inputs, works), _total(outputs, works)
    loss = pl.when(given > 0).then((given - made) / given)
    highest = LIMITS["EN7"]
    return [
        Rule(
            "EN7",
            "error",
            "input",
            balanced & ((loss < EN7_LOWEST) | (loss > highest) | ((given == 0) & (made > 0))),
            f"加工转换碳损失率不在 {EN7_LOWEST:.0%} 至 {highest:.0%} 之间："
            "核对投入、产出与低位发热量",
            f"carbon loss outside {100 * EN7_LOWEST:g} to {100 * highest:g} %: "
            "check inputs, outputs and calorific values",
        ),
        Rule(
            "EN7n",
            "warning",
            "energy_zh",
            balanced & given.is_null(),
            "同一加工转换中有能源缺碳含量：碳平衡未核",
            "an energy of this transformation has no carbon content: balance not checked",
        ),
    ]


def efficiency_rule(inputs: pl.Expr, outputs: pl.Expr) -> Rule:
    """EN8 from energy in and out of each row in GJ: power and heat of a power plant together."""
    plant = [person(), pl.col("year")]
    thermal = pl.col("kind_zh").is_in([_POWER, _HEAT])
    power = (pl.col("kind_zh") == _POWER).any().over(plant)
    given = _total(pl.when(thermal).then(inputs).otherwise(0.0), plant)
    made = _total(pl.when(thermal).then(outputs).otherwise(0.0), plant)
    efficiency = pl.when(given > 0).then(made / given)
    highest = LIMITS["EN8"]
    return Rule(
        "EN8",
        "error",
        "output",
        thermal & power & (~efficiency.is_between(EN8_LOWEST, highest) | (given == 0) & (made > 0)),
        f"火力发电与供热的总效率不在 {EN8_LOWEST:.0%} 至 {highest:.0%} 之间",
        f"overall efficiency of power and heat outside {100 * EN8_LOWEST:g} to {100 * highest:g} %",
    )
