"""Fuel that is used and not burnt: held by a method, or made on site of fuel already counted."""

from __future__ import annotations

import polars as pl

from assets.energy.split import split_exact
from assets.enterprises.identity import identify, resolve
from quality.contracts.core import Activity
from quality.contracts.process import REFUSED

_KEYS = ["enterprise_id", "year", "energy_id"]
_EXACT = pl.Decimal(38, 6)
# Gases that come of coke and coal which are counted where they are used (METHOD 2.2).
BY_PRODUCTS = ["bfg", "ldg", "cog"]
_HELD_ZH = "碳平衡法或产品因子法已计，不再按燃烧计"
_REFUSED_ZH = "205-2 表未通过检查：投入后去向不明，不按燃烧计"
_BY_PRODUCT_ZH = "自产副产煤气，其碳已在焦炭和煤中计入"


def unburnt(
    activity: pl.DataFrame, canonical: pl.DataFrame, held: pl.DataFrame, entities: pl.DataFrame
) -> pl.DataFrame:
    """Activity in which fuel that is not burnt stands with flow `memo`, which weighs nothing.

    `held` is `core.held_fuel`. Of a by-product gas, what the enterprise made itself is not burnt
    again, unless a transformation balance has taken its carbon out before: then it is fuel like
    any other. The sum by enterprise, year and fuel stays. Where a method holds more than was
    used (TR1, `held_findings`), nothing of it is burnt.
    """
    amounts = pl.concat([_held(held, entities), _by_products(canonical, held, entities)])
    fuels = activity.filter(pl.col("carrier").is_in(["fuel", "product"]))
    totals = fuels.group_by(_KEYS).agg(pl.col("quantity").sum().alias("used"))
    compared = amounts.join(totals, on=_KEYS).with_columns(
        pl.min_horizontal("held", "used").alias("held")
    )
    touched = fuels.join(compared.select(*_KEYS, "held", "used", "why"), on=_KEYS)
    if touched.is_empty():
        return activity
    sides = pl.concat(
        [
            touched.with_columns(pl.lit("memo").alias("member"), pl.col("held").alias("weight")),
            touched.with_columns(
                pl.lit("burnt").alias("member"),
                (pl.col("used") - pl.col("held")).cast(_EXACT).alias("weight"),
            ),
        ]
    )
    parts = split_exact(
        sides.select(
            pl.col("activity_id").alias("split_id"),
            "member",
            pl.col("quantity").alias("total"),
            "weight",
        )
    )
    memo = pl.col("member") == "memo"
    split = (
        touched.drop("quantity")
        .join(parts, left_on="activity_id", right_on="split_id")
        .filter(pl.col("quantity") > 0)
        .with_columns(
            pl.when(memo).then(pl.lit("memo")).otherwise("flow").alias("flow"),
            pl.when(memo)
            .then(pl.format("{}|memo", "activity_id"))
            .otherwise("activity_id")
            .alias("activity_id"),
            pl.when(memo).then("why").otherwise("method_zh").alias("method_zh"),
        )
    )
    rest = activity.join(touched.select("activity_id"), on="activity_id", how="anti")
    return Activity.conform(pl.concat([rest, split.select(activity.columns)]))


def held_amounts(held: pl.DataFrame, entities: pl.DataFrame) -> pl.DataFrame:
    """What methods hold by enterprise, year and energy: `held` (null: all that is used),
    `source_row_id`, and `refused` where it is of a balance that the door refused.
    """
    known = resolve(identify(held, "permit_no"), entities)
    # Two methods that hold all of a fuel hold it once; what is put in adds up.
    return known.group_by(_KEYS).agg(
        pl.when(pl.col("quantity").is_null().any())
        .then(None)
        .otherwise(pl.col("quantity").sum())
        .cast(_EXACT)
        .alias("held"),
        pl.col("source_row_id").min(),
        (pl.col("method_id") == REFUSED).any().alias("refused"),
    )


def _held(held: pl.DataFrame, entities: pl.DataFrame) -> pl.DataFrame:
    why = pl.when("refused").then(pl.lit(_REFUSED_ZH)).otherwise(pl.lit(_HELD_ZH))
    return held_amounts(held, entities).select(*_KEYS, "held", "source_row_id", why.alias("why"))


def _by_products(
    canonical: pl.DataFrame, held: pl.DataFrame, entities: pl.DataFrame
) -> pl.DataFrame:
    balanced = resolve(
        identify(held.filter(pl.col("quantity").is_not_null()), "permit_no"), entities
    )
    wholly = resolve(identify(held.filter(pl.col("quantity").is_null()), "permit_no"), entities)
    own = canonical.filter(
        pl.col("energy_id").is_in(BY_PRODUCTS)
        & (pl.col("own_quantity") > 0)
        & (pl.col("quantity") > 0)
    )
    return (
        own.join(balanced.select("enterprise_id", "year"), on=["enterprise_id", "year"], how="anti")
        .join(wholly.select(_KEYS), on=_KEYS, how="anti")
        .group_by(_KEYS)
        .agg(
            pl.min_horizontal(pl.col("own_quantity").sum(), pl.col("quantity").sum())
            .cast(_EXACT)
            .alias("held"),
            pl.col("source_row_id").min(),
            pl.lit(_BY_PRODUCT_ZH).alias("why"),
        )
    )
