"""Electricity and heat between two known ends, and what leaves for the grid (METHOD 3).

In the consumption view an export carries the factor of the exporting plant and a known import
the same. So a supply from a plant whose fuel is known is the plant's own fuel, once more, at the
receiver (flow `received_…`): both ends multiply the same quantity by the same factor, and park
to park cancels to the last digit.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from assets.energy.contradictions import compared, exchange_findings, given_out, of_makers
from assets.energy.split import split_exact
from quality.contracts.core import Activity
from quality.contracts.exchange import ExchangePart

_EXACT = pl.Decimal(38, 6)
_KEYS = ["enterprise_id", "year"]
# Fuel behind a contract is the site's own again, as a row of its own.
_CONTRACT = "|contract"


@dataclass(frozen=True)
class Exchanged:
    """Activity with its exchanges, and which activity stands for which exchange."""

    activity: pl.DataFrame
    parts: pl.DataFrame


def exchanged(
    activity: pl.DataFrame, exports: pl.DataFrame, canonical: pl.DataFrame, known: pl.DataFrame
) -> Exchanged:
    """Activity in which purchases are split by how they are supplied, and exports stand.

    `activity` is measured `core.activity`; `exports` are rows of it with flow `exported_…` or
    `resold_…`; `known` is `core.exchange`. A purchase becomes what comes from the grid, what is
    certified green, and what each known supplier delivers; a supply from a plant adds the plant's
    fuel at the receiver. A supply that its ends cannot hold (`exchange_findings`) is taken as not
    known: the purchase is the grid's.
    """
    refused = exchange_findings(activity, canonical, known)
    known = known.join(refused, on="exchange_id", how="anti")
    if known.is_empty():
        whole = pl.concat([activity, exports.select(activity.columns)])
        return Exchanged(Activity.conform(whole), ExchangePart.empty_frame())
    supplies, purchases = _supplies(activity, known)
    fuels, received = _received(activity, canonical, known, supplies)
    bought = pl.col("flow").is_in(["purchased_electricity", "purchased_heat"])
    made = pl.concat([supplies, received], how="diagonal_relaxed")
    columns = activity.columns
    taken = fuels.select(pl.col("activity_id").str.strip_suffix(_CONTRACT)).unique()
    replaced = activity.join(taken, on="activity_id", how="anti")
    rest = replaced.filter(~bought)
    parts = ExchangePart.conform(
        made.select("activity_id", "exchange_id", "year", "counterpart_enterprise_id", "factor_id")
    )
    return Exchanged(
        Activity.conform(
            pl.concat(
                [
                    rest.select(columns),
                    purchases.select(columns),
                    fuels.select(columns),
                    exports.select(columns),
                    made.select(columns),
                ]
            )
        ),
        parts,
    )


def _supplies(activity: pl.DataFrame, known: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Parts of purchases that known suppliers or certificates cover, and what is left of them."""
    bought = activity.filter(pl.col("flow").is_in(["purchased_electricity", "purchased_heat"]))
    sides = compared(activity, known)
    # Each site's purchase is shared among the supplies and the grid, as the enterprise's is.
    members = pl.concat(
        [
            known.select(
                pl.col("to_enterprise_id").alias("enterprise_id"),
                "year",
                "carrier",
                pl.col("exchange_id").alias("member"),
                pl.col("quantity").alias("weight"),
            ),
            sides.select(
                "enterprise_id",
                "year",
                "carrier",
                pl.lit("grid").alias("member"),
                (pl.col("purchased") - pl.col("supplied")).cast(_EXACT).alias("weight"),
            ),
        ]
    )
    shares = split_exact(
        bought.join(members, on=["enterprise_id", "year", "carrier"]).select(
            pl.col("activity_id").alias("split_id"),
            "member",
            pl.col("quantity").alias("total"),
            "weight",
        )
    )
    touched = bought.join(shares, left_on="activity_id", right_on="split_id", suffix="__part")
    grid = touched.filter(pl.col("member") == "grid").with_columns(
        pl.col("quantity__part").alias("quantity")
    )
    untouched = bought.join(shares, left_on="activity_id", right_on="split_id", how="anti")
    kinds = known.select(
        "exchange_id",
        "ef_kind",
        pl.col("from_enterprise_id").alias("counterpart_enterprise_id"),
    )
    supplies = (
        touched.filter((pl.col("member") != "grid") & (pl.col("quantity__part") > 0))
        .join(kinds, left_on="member", right_on="exchange_id")
        .with_columns(
            pl.col("member").alias("exchange_id"),
            pl.col("quantity__part").alias("quantity"),
            _supplied_flow().alias("flow"),
            pl.lit(None, pl.String).alias("factor_id"),
        )
        .with_columns(
            pl.format("{}|{}|{}", "activity_id", "flow", "exchange_id").alias("activity_id"),
            pl.lit("按供应方式从购入量中分出").alias("method_zh"),
        )
    )
    left = pl.concat([untouched.select(bought.columns), grid.select(bought.columns)]).filter(
        pl.col("quantity") > 0
    )
    return supplies, left


def _supplied_flow() -> pl.Expr:
    heat = pl.col("carrier") == "heat"
    return (
        pl.when(pl.col("ef_kind") == "green")
        .then(pl.when(heat).then(pl.lit("purchased_heat")).otherwise(_lit("green")))
        .when(pl.col("ef_kind") == "nonfossil")
        .then(pl.format("nonfossil_{}", "carrier"))
        .otherwise(pl.when(heat).then(pl.lit("supplied_heat")).otherwise(_lit("supplied")))
    )


def _lit(kind: str) -> pl.Expr:
    names = {"green": "purchased_electricity_green", "supplied": "supplied_electricity"}
    return pl.lit(names[kind])


def _received(
    activity: pl.DataFrame, canonical: pl.DataFrame, known: pl.DataFrame, supplies: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Fuel of suppliers by what becomes of it, and what receivers take over.

    Of the fuel that left a supplier's site, the part behind a contract stays at the supplier as
    `direct` (the contract's factor is taken off in its place); the part behind a plant's supply
    stays `direct_exported` there and stands at the receiver as `received_…`.
    """
    asked = of_makers(known)
    exported = activity.filter(pl.col("flow") == "direct_exported")
    sides = given_out(asked, activity, canonical)
    members = pl.concat(
        [
            asked.select(
                pl.col("from_enterprise_id").alias("enterprise_id"),
                "year",
                pl.col("exchange_id").alias("member"),
                "weight",
            ),
            sides.filter("fuelled").select(
                *_KEYS,
                pl.lit("grid").alias("member"),
                (pl.col("exported") - pl.col("asked")).cast(_EXACT).alias("weight"),
            ),
        ]
    )
    shared = exported.join(members, on=_KEYS)
    if shared.is_empty():
        return activity.clear(), _contracted(asked, supplies, activity)
    shares = split_exact(
        shared.select(
            pl.col("activity_id").alias("split_id"),
            "member",
            pl.col("quantity").alias("total"),
            "weight",
        )
    )
    kinds = known.select("exchange_id", "ef_kind", pl.col("carrier").alias("supplied_carrier"))
    split = exported.join(shares, left_on="activity_id", right_on="split_id", suffix="__part").join(
        kinds, left_on="member", right_on="exchange_id", how="left"
    )
    contract = pl.col("ef_kind").fill_null("grid") == "contract"
    # What stays behind a contract is the site's own again; the rest is one row, as before.
    fuels = (
        split.with_columns(
            pl.when(contract).then(pl.lit("direct")).otherwise("flow").alias("__flow")
        )
        .group_by("activity_id", "__flow", maintain_order=True)
        .agg(
            pl.exclude("quantity", "quantity__part", "flow", "member", "ef_kind").first(),
            pl.col("quantity__part").sum().alias("quantity"),
        )
        .with_columns(
            pl.when(pl.col("__flow") == "direct")
            .then(pl.format(f"{{}}{_CONTRACT}", "activity_id"))
            .otherwise("activity_id")
            .alias("activity_id"),
            pl.col("__flow").alias("flow"),
        )
        .filter(pl.col("quantity") > 0)
    )
    of_plant = split.filter(pl.col("ef_kind") == "plant").with_columns(
        pl.format("{}|{}", "activity_id", "member").alias("taken_id"),
        pl.col("quantity__part").alias("taken"),
    )
    takers = supplies.filter(pl.col("ef_kind") == "plant").select(
        pl.col("exchange_id").alias("member"),
        pl.col("site_id").alias("to_site_id"),
        pl.col("enterprise_id").alias("to_enterprise_id"),
        pl.col("province_code").alias("to_province"),
        pl.col("quantity").alias("to_weight"),
    )
    pairs = of_plant.join(takers, on="member")
    received = pl.concat(
        [_at_receivers(pairs), _contracted(asked, supplies, activity)], how="diagonal_relaxed"
    )
    return fuels.select(activity.columns), received


def _at_receivers(pairs: pl.DataFrame) -> pl.DataFrame:
    """The plant's fuel once more, at the sites of the receiver, by what each was supplied."""
    if pairs.is_empty():
        return pairs
    parts = split_exact(
        pairs.select(
            pl.col("taken_id").alias("split_id"),
            pl.col("to_site_id").alias("member"),
            pl.col("taken").alias("total"),
            pl.col("to_weight").alias("weight"),
        )
    )
    return (
        pairs.join(
            parts, left_on=["taken_id", "to_site_id"], right_on=["split_id", "member"], suffix="__s"
        )
        .with_columns(
            pl.col("quantity__s").alias("quantity"),
            pl.format("received_{}", "supplied_carrier").alias("flow"),
            pl.col("member").alias("exchange_id"),
            pl.col("enterprise_id").alias("counterpart_enterprise_id"),
            pl.col("to_enterprise_id").alias("enterprise_id"),
            pl.format("{}|{}", "taken_id", "to_site_id").alias("activity_id"),
            pl.col("to_site_id").alias("site_id"),
            pl.col("to_province").alias("province_code"),
            # Fuel of the book is the plant's, the receiver burns none of it: no cell of the book.
            # The sector stays the plant's, by which both ends take one factor of its coal.
            pl.lit(None, pl.String).alias("book_fuel"),
            pl.lit("供方电厂外供燃料按供应量计").alias("method_zh"),
            pl.lit(None, pl.String).alias("factor_id"),
        )
        .filter(pl.col("quantity") > 0)
    )


def _contracted(
    named: pl.DataFrame, supplies: pl.DataFrame, activity: pl.DataFrame
) -> pl.DataFrame:
    """Both ends of a supply at the factor that they agreed on.

    The receiver takes it as `received_…`, the supplier gives it off as `resold_…`: at its site
    with the largest activity of the year, its return being for the enterprise. Their factor is
    that of the contract and of no table, so the carrier is `process`.
    """
    agreed = named.filter(pl.col("ef_kind") == "contract")
    if agreed.is_empty():
        return supplies.clear()
    factor = pl.format("contract|{}", "exchange_id").alias("factor_id")
    received = supplies.filter(pl.col("ef_kind") == "contract").with_columns(
        pl.format("received_{}", "carrier").alias("flow"),
        pl.lit("process").alias("carrier"),
        pl.format("{}|received", "activity_id").alias("activity_id"),
        pl.lit("按合同排放因子计").alias("method_zh"),
        factor,
    )
    seats = (
        activity.group_by("enterprise_id", "year", "site_id")
        .agg(pl.col("quantity").cast(pl.Float64).sum().alias("size"))
        .sort(["enterprise_id", "year", "size", "site_id"], descending=[False, False, True, False])
        .unique(_KEYS, keep="first", maintain_order=True)
        .join(
            activity.unique(["enterprise_id", "year", "site_id"], keep="first").select(
                "enterprise_id", "year", "site_id", "province_code", "tier", "illustrative"
            ),
            on=["enterprise_id", "year", "site_id"],
        )
    )
    given = (
        agreed.rename({"from_enterprise_id": "enterprise_id"})
        .join(seats, on=_KEYS)
        .with_columns(
            pl.col("carrier").alias("energy_id"),
            pl.format("resold_{}", "carrier").alias("flow"),
            pl.lit("process").alias("carrier"),
            pl.format("{}|given", "exchange_id").alias("activity_id"),
            pl.col("exchange_id").alias("source_row_id"),
            pl.col("to_enterprise_id").alias("counterpart_enterprise_id"),
            pl.lit("final").alias("block"),
            pl.lit("按合同排放因子计").alias("method_zh"),
            factor,
        )
    )
    return pl.concat([received, given], how="diagonal_relaxed")
