"""What two deliveries say of one thing and cannot both be right.

A supply that its ends cannot hold is taken as not known (EX1 to EX3); fuel that a method holds
beyond what was used, or whose balance was refused, is not burnt (TR1, TR2); feedstock beyond what
was used as raw material counts as stated (FS1). The run goes on; each
stands in `core.contradiction` with both numbers, for the offices to settle.
"""

from __future__ import annotations

import polars as pl

from assets.energy.activity import WEIGHT_GJ, WEIGHT_KWH, generation
from assets.energy.held import held_amounts
from assets.enterprises.identity import identify, resolve
from quality.contracts.energy import Contradiction

_EXACT = pl.Decimal(38, 6)
_KEYS = ["enterprise_id", "year", "energy_id"]
_ENDS = ["enterprise_id", "year", "carrier"]
_YEAR = ["enterprise_id", "year"]

_REASONS = {
    "EX1": (
        "所供数量大于受方 205-1 购入量：按电网（热网）购入计",
        "supplied more than the receiver's purchases (205-1): taken as bought from the grid",
    ),
    "EX2": (
        "所供数量大于供方外供的自产量（燃料权重）：按电网（热网）购入计",
        "supplied more than the supplier gave out of its own making (fuel weights): taken as "
        "bought from the grid",
    ),
    "EX3": (
        "供方无当年燃料数据，也无合同排放因子：按电网（热网）购入计",
        "the supplier has no fuel of the year, and the contract no factor: taken as bought from "
        "the grid",
    ),
    "TR1": (
        "投入量大于 205-1 消费量：全部不按燃烧计",
        "more put in than 205-1 says was used: none of it is counted as burnt",
    ),
    "FS1": (
        "原料用量大于 205-1 用于原材料：按所填计，超出部分可能又按燃烧计",
        "more feedstock than 205-1 says was used as raw material: it counts as stated, and what is "
        "beyond may be counted as burnt, too",
    ),
    "TR2": (
        "205-2 表未通过检查：投入的能源去向不明，全部不按燃烧计",
        "form 205-2 was refused: what became of the fuel is not known, none is counted as burnt",
    ),
}


def contradictions(
    activity: pl.DataFrame,
    canonical: pl.DataFrame,
    known: pl.DataFrame,
    held: pl.DataFrame,
    terms: pl.DataFrame,
    entities: pl.DataFrame,
) -> pl.DataFrame:
    """`core.contradiction` of supplies (`core.exchange`), held fuels (`core.held_fuel`) and
    feedstock (`core.process_term`).

    `activity` is that of returns and meters, before supplies are told apart in it.
    """
    found = pl.concat(
        [
            exchange_findings(activity, canonical, known).select(
                pl.col("exchange_id").alias("source_row_id"), *_FOUND
            ),
            held_findings(activity, held, entities).select("source_row_id", *_FOUND),
            feedstock_findings(canonical, terms, entities).select("source_row_id", *_FOUND),
        ]
    )
    rules = pl.DataFrame(
        [(rule, *texts) for rule, texts in _REASONS.items()],
        schema=["rule_id", "reason_zh", "reason_en"],
        orient="row",
    )
    return Contradiction.conform(found.join(rules, on="rule_id"))


_FOUND = ["rule_id", *_KEYS, "stated", "expected"]


def exchange_findings(
    activity: pl.DataFrame, canonical: pl.DataFrame, known: pl.DataFrame
) -> pl.DataFrame:
    """Supplies that their ends cannot hold, one row an `exchange_id`, with the first rule of it.

    EX1: a receiver that is supplied more than it purchased. EX3: a plant without fuel of the
    year. EX2: a supplier that delivers more than it gave out of its own making. `stated` and
    `expected` are those of all supplies of the receiver or supplier together; of EX2 in fuel
    weights (METHOD 2.2, G05).
    """
    over = compared(activity, known).filter(pl.col("supplied") > pl.col("purchased"))
    received = known.join(
        over, left_on=["to_enterprise_id", "year", "carrier"], right_on=_ENDS
    ).select(
        "exchange_id",
        pl.lit("EX1").alias("rule_id"),
        pl.col("to_enterprise_id").alias("enterprise_id"),
        "year",
        pl.col("carrier").alias("energy_id"),
        pl.col("supplied").alias("stated"),
        pl.col("purchased").alias("expected"),
    )
    weighted = of_makers(known)
    sides = given_out(weighted, activity, canonical)
    unfuelled = pl.col("of_plant") & ~pl.col("fuelled")
    overdrawn = pl.col("fuelled") & (pl.col("asked") > pl.col("exported"))
    given = (
        weighted.join(
            sides.filter(unfuelled | overdrawn),
            left_on=["from_enterprise_id", "year"],
            right_on=_YEAR,
        )
        # A contract has a factor of its own: it needs no fuel of the supplier.
        .filter(~unfuelled | (pl.col("ef_kind") == "plant"))
        .select(
            "exchange_id",
            pl.when(unfuelled).then(pl.lit("EX3")).otherwise(pl.lit("EX2")).alias("rule_id"),
            pl.col("from_enterprise_id").alias("enterprise_id"),
            "year",
            pl.col("carrier").alias("energy_id"),
            pl.col("asked").alias("stated"),
            pl.col("exported").alias("expected"),
        )
    )
    return pl.concat([received, given]).unique("exchange_id", keep="first", maintain_order=True)


def compared(activity: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """What each receiver is `supplied` and `purchased`, by enterprise, year and carrier."""
    had = (
        activity.filter(pl.col("flow").is_in(["purchased_electricity", "purchased_heat"]))
        .group_by(_ENDS)
        .agg(pl.col("quantity").sum().alias("purchased"))
    )
    return (
        known.group_by(pl.col("to_enterprise_id").alias("enterprise_id"), "year", "carrier")
        .agg(pl.col("quantity").sum().alias("supplied"))
        .join(had, on=_ENDS, how="left")
        .with_columns(pl.col("purchased").fill_null(0))
    )


def of_makers(known: pl.DataFrame) -> pl.DataFrame:
    """Supplies that take fuel of their supplier, with their fuel `weight` (METHOD 2.2, G05)."""
    weight = pl.when(pl.col("carrier") == "electricity").then(WEIGHT_KWH).otherwise(WEIGHT_GJ)
    return known.filter(pl.col("ef_kind").is_in(["plant", "contract"])).with_columns(
        (pl.col("quantity") * weight).cast(_EXACT).alias("weight")
    )


def given_out(
    weighted: pl.DataFrame, activity: pl.DataFrame, canonical: pl.DataFrame
) -> pl.DataFrame:
    """What each supplier is `asked` for and `exported`, in fuel weights, by enterprise and year.

    `fuelled`: it has fuel of energy that left it; `of_plant`: one of its supplies rests on that.
    """
    fuelled = activity.filter(pl.col("flow") == "direct_exported").select(_YEAR).unique()
    return (
        weighted.group_by(pl.col("from_enterprise_id").alias("enterprise_id"), "year")
        .agg(
            pl.col("weight").sum().alias("asked"),
            (pl.col("ef_kind") == "plant").any().alias("of_plant"),
        )
        .join(generation(canonical).select(*_YEAR, "exported"), on=_YEAR, how="left")
        .join(fuelled.with_columns(pl.lit(True).alias("fuelled")), on=_YEAR, how="left")
        .with_columns(pl.col("fuelled").fill_null(False), pl.col("exported").fill_null(0))
    )


def held_findings(
    activity: pl.DataFrame, held: pl.DataFrame, entities: pl.DataFrame
) -> pl.DataFrame:
    """Fuel of which a method holds more than was used (TR1), or whose balance was refused (TR2).

    `stated` is what the method holds, `expected` what was used; for TR2 both are what was used.
    """
    used = (
        activity.filter(pl.col("carrier").is_in(["fuel", "product"]))
        .group_by(_KEYS)
        .agg(pl.col("quantity").sum().alias("expected"))
    )
    return (
        held_amounts(held, entities)
        .rename({"held": "stated"})
        .join(used, on=_KEYS)
        .filter(pl.col("refused") | (pl.col("stated") > pl.col("expected")))
        .with_columns(
            pl.when("refused").then(pl.lit("TR2")).otherwise(pl.lit("TR1")).alias("rule_id"),
            pl.coalesce("stated", "expected").alias("stated"),
        )
    )


def feedstock_findings(
    canonical: pl.DataFrame, terms: pl.DataFrame, entities: pl.DataFrame
) -> pl.DataFrame:
    """FS1: feedstock of a method (`stated`) beyond the raw material of 205-1 (`expected`)."""
    returned = canonical.group_by(_KEYS).agg(pl.col("raw_quantity").sum().alias("expected"))
    # A term of the method is named by its fuel.
    of_fuel = terms.filter(pl.col("method_id").is_in(["feedstock", "gas_feedstock"])).with_columns(
        pl.col("term").str.extract(r"^(\S+) ").alias("energy_id"),
        pl.col("term_id").str.split("|").list.first().alias("source_row_id"),
    )
    return (
        resolve(identify(of_fuel, "permit_no"), entities)
        .group_by(_KEYS)
        .agg(pl.col("quantity").sum().alias("stated"), pl.col("source_row_id").min())
        .join(returned, on=_KEYS, how="left")
        .with_columns(pl.col("expected").fill_null(0), pl.lit("FS1").alias("rule_id"))
        .filter(pl.col("stated") > pl.col("expected"))
    )
