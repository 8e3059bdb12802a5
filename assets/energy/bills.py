"""Monthly bills of suppliers: whose meter it is, which site, and whether the year is whole."""

from __future__ import annotations

import polars as pl

from assets.energy.steam import heat_of_steam
from assets.enterprises.identity import identify, resolve
from assets.enterprises.names import normalised_name
from quality.contracts.core import WHOLE_PLACES
from quality.contracts.energy import BillYear
from quality.contracts.exchange import Exchange
from warehouse.step import Frames

_MONTHS = 12
_EXACT = pl.Decimal(38, 6)
_POINT = ["energy_id", "account_no", "meter_point", "year", "customer_id"]
_SITE = ["site_id", "year", "energy_id"]
_REASONS_ZH = {
    "used": "全年各月齐全",
    "unknown_customer": "户名不在任何名录中",
    "not_convertible": "按吨计的蒸汽没有焓值，不能折算（不由温度和压力推算）：请填所载焓值",
    "no_site": "企业没有场所",
    "several_sites": "企业有多个场所，用能地址认不出是哪一个",
    "incomplete": "该场所有计量点缺月份",
    "site_energy": "分表计量已给出该场所、年份和能源",
    "tenants": "账单含租户用量，不足以扣除，或不止一个场所",
}


def bill_years(t: Frames, readings: pl.DataFrame) -> pl.DataFrame:
    """`core.bill_year`: the bills of each metering point, year and customer, and their status.

    Reads `accepted.grid_supply`, `accepted.heat_supply`, `accepted.heat_factor`, units and
    energies, `core.entity`, `core.enterprise`, `core.site`, `core.site_record` and
    `core.record_address`; `readings` are placed rows of `accepted.site_energy`
    (`own.placed_readings`). A bill is of the only site of its customer, or of the one whose
    registered address is the same text. A site counts only where all twelve months of all its
    points are there: nothing is filled in. What `site_energy` states of the same site, year and
    energy stands, and what it gives to tenants behind the customer's meter is taken off
    (METHOD 1.5, case 8). Raises MissingFactor for steam by its enthalpy without the feedwater's.
    """
    rows = resolve(identify(_monthly(t)), t["core.entity"]).rename({"enterprise_id": "customer_id"})
    points = _points(rows)
    placed = _placed(t, points)
    known = pl.concat(
        [
            t["core.enterprise"].get_column("enterprise_id"),
            t["core.site"].get_column("enterprise_id"),
        ]
    )
    stated = readings.select(*_SITE).unique().with_columns(pl.lit(True).alias("stated"))
    tenants = (
        readings.filter(pl.col("meter_owner_id").is_not_null())
        .group_by(pl.col("meter_owner_id").alias("customer_id"), "year", "energy_id")
        .agg(pl.col("quantity").sum().cast(_EXACT).alias("tenants_quantity"))
    )
    whole = (pl.col("months") == _MONTHS).all().over(_SITE)
    billed = pl.col("quantity").sum().over(_SITE)
    sites_of = pl.col("site_id").n_unique().over("customer_id", "year", "energy_id")
    shared = pl.col("tenants_quantity") > 0
    status = (
        pl.when(~pl.col("customer_id").is_in(known.implode()))
        .then(pl.lit("unknown_customer"))
        .when(pl.col("quantity").is_null())
        .then(pl.lit("not_convertible"))
        .when(pl.col("site_id").is_null())
        .then(
            pl.when(pl.col("sites") > 0).then(pl.lit("several_sites")).otherwise(pl.lit("no_site"))
        )
        .when(pl.col("stated").fill_null(False))
        .then(pl.lit("site_energy"))
        .when(~whole | pl.col("quantity").is_null().any().over(_SITE))
        .then(pl.lit("incomplete"))
        .when(shared & ((pl.col("tenants_quantity") > billed) | (sites_of > 1)))
        .then(pl.lit("tenants"))
        .otherwise(pl.lit("used"))
    )
    found = (
        placed.join(stated, on=_SITE, how="left")
        .join(tenants, on=["customer_id", "year", "energy_id"], how="left")
        .with_columns(pl.col("tenants_quantity").fill_null(0).cast(_EXACT))
        .with_columns(status.alias("status"))
    )
    return BillYear.conform(
        found.with_columns(
            pl.when(pl.col("status") == "used")
            .then("tenants_quantity")
            .otherwise(pl.lit(0).cast(_EXACT))
            .alias("tenants_quantity"),
            (
                pl.col("status").replace_strict(_REASONS_ZH)
                + _if_any("；{}月没有焓值", "unheated_zh")
                + _if_any("；本计量点缺{}月", "missing_zh")
                + _if_any("；蒸汽按焓值折为热量，给水焓为 {} 值", "conversion_confidence")
            ).alias("reason_zh"),
        )
    )


def _if_any(text: str, column: str) -> pl.Expr:
    """The text with the column in it; nothing where that is empty."""
    told = pl.col(column).fill_null("") != ""
    return pl.when(told).then(pl.format(text, column)).otherwise(pl.lit(""))


def billed_sites(bills: pl.DataFrame) -> pl.DataFrame:
    """Sums of used bills by site, year and energy, less what tenants took, as readings of it.

    `source_row_id` is one of the bills; all of them stand in `core.bill_year`.
    """
    return (
        bills.filter(pl.col("status") == "used")
        .sort(*_SITE, "illustrative", "source_row_id", descending=[False] * 3 + [True, False])
        .group_by(_SITE, maintain_order=True)
        .agg(
            pl.col("source_row_id").first(),
            pl.col("customer_id").first().alias("enterprise_id"),
            pl.col("canonical_unit").first(),
            # Of the customer's meters together: its one site has all of them.
            (pl.col("quantity").sum() - pl.col("tenants_quantity").first())
            .cast(_EXACT)
            .alias("quantity"),
            pl.col("conversion_confidence").drop_nulls().first(),
            _worst(pl.col("pedigree")).alias("pedigree"),
        )
    )


def green_bills(bills: pl.DataFrame, exchanges: pl.DataFrame) -> pl.DataFrame:
    """`core.exchange` of the green part (其中绿电) of used bills, a row a customer and year.

    None where `energy_exchange` states green power of the same receiver and year: that stands, and
    nothing is counted twice. None of a meter that tenants share: whose it is, is not told.
    """
    said = exchanges.filter(ef_kind="green").select(
        pl.col("to_enterprise_id").alias("customer_id"), "year"
    )
    green = (
        bills.filter(
            (pl.col("status") == "used")
            & (pl.col("green_quantity") > 0)
            & (pl.col("tenants_quantity") == 0)
        )
        .group_by("customer_id", "year", "energy_id", "canonical_unit")
        .agg(
            pl.col("green_quantity").sum().cast(_EXACT).alias("quantity"),
            _worst(pl.col("pedigree")).alias("pedigree"),
        )
        .join(said, on=["customer_id", "year"], how="anti")
        .with_columns(
            pl.format("{}{}|{}", pl.lit(GREEN_BILL), "customer_id", "year").alias("exchange_id"),
            pl.col("energy_id").alias("carrier"),
            pl.col("customer_id").alias("to_enterprise_id"),
            pl.lit(None, pl.String).alias("from_enterprise_id"),
            pl.lit("green").alias("ef_kind"),
            pl.lit(None, pl.Decimal(38, 12)).alias("contract_ef"),
        )
    )
    return Exchange.conform(green)


# Exchanges that are made of bills, not of a row of `energy_exchange`.
GREEN_BILL = "bill|"


def _monthly(t: Frames) -> pl.DataFrame:
    """Bills of both kinds, a row a month, in canonical units; null where there is no unit."""
    shared = ["source_row_id", "account_no", "meter_point", "month", "name_zh", "uscc_text"]
    shared += ["address_zh", "pedigree", "illustrative"]
    made = t["raw.delivery"].filter("illustrative").get_column("delivery_id").str.slice(0, 16)
    illustrative = pl.col("source_row_id").str.slice(0, 16).is_in(made.implode())
    power = t["accepted.grid_supply"].with_columns(
        illustrative.alias("illustrative"),
        pl.lit("电力").alias("energy_zh"),
        pl.lit("千瓦时").alias("unit_zh"),
        pl.col("billed_kwh").alias("amount"),
        pl.col("green_kwh").fill_null(0).alias("green"),
        pl.lit(None, pl.String).alias("conversion_confidence"),
    )
    heat = heat_of_steam(t["accepted.heat_supply"], t["accepted.heat_factor"]).with_columns(
        illustrative.alias("illustrative"),
        pl.lit("热力").alias("energy_zh"),
        pl.col("quantity").alias("amount"),
        pl.lit(0, _EXACT).alias("green"),
    )
    columns = [*shared, "energy_zh", "unit_zh", "amount", "green", "conversion_confidence"]
    rows = pl.concat([power.select(columns), heat.select(columns)])
    energies = t["accepted.energy"].select("energy_zh", "energy_id", "canonical_unit")
    units = t["accepted.unit"].select(
        "unit_zh", "canonical_unit", pl.col("value").alias("per_unit")
    )
    return (
        rows.join(energies, on="energy_zh")
        .join(units, on=["unit_zh", "canonical_unit"], how="left")
        .with_columns(
            pl.col("month").str.slice(0, 4).cast(pl.Int64).alias("year"),
            pl.col("month").str.slice(4, 2).cast(pl.Int64).alias("month_no"),
            (pl.col("amount") * pl.col("per_unit").cast(_EXACT)).cast(_EXACT).alias("amount"),
        )
    )


def _points(rows: pl.DataFrame) -> pl.DataFrame:
    """A row a metering point, year and customer: months that are there, sums, its address."""
    whole = pl.col("amount").is_not_null().all()
    lacking = [
        pl.when(~pl.col("there").list.contains(month)).then(pl.lit(str(month)))
        for month in range(1, _MONTHS + 1)
    ]
    return (
        rows.sort("source_row_id")
        .group_by(_POINT, maintain_order=True)
        .agg(
            pl.col("canonical_unit").first(),
            pl.col("month_no").n_unique().cast(pl.Int64).alias("months"),
            pl.col("month_no").unique().alias("there"),
            pl.when(whole).then(pl.col("amount").sum()).cast(_EXACT).alias("quantity"),
            pl.col("green").sum().cast(_EXACT).alias("green_quantity"),
            # One constant: it is the same in every bill that it was used for.
            pl.col("conversion_confidence").drop_nulls().first(),
            pl.col("month_no")
            .filter(pl.col("amount").is_null())
            .sort()
            .cast(pl.String)
            .str.join("、")
            .alias("unheated_zh"),
            pl.when(pl.col("address_zh").n_unique() == 1)
            .then(pl.col("address_zh").first())
            .alias("address_zh"),
            pl.col("illustrative").any(),
            pl.col("source_row_id").first(),
            pl.col("source_row_id").str.join(";").alias("source_row_ids"),
            _worst(pl.col("pedigree")).alias("pedigree"),
        )
        .with_columns(pl.concat_str(lacking, separator="、", ignore_nulls=True).alias("missing_zh"))
        .drop("there")
    )


def _placed(t: Frames, points: pl.DataFrame) -> pl.DataFrame:
    """Points with their site: the only one of the customer, or the one of the same address."""
    sites = t["core.site"].filter(~pl.col("kind").is_in(WHOLE_PLACES))
    placed = sites.filter(pl.col("kind") != "return_only").select(
        pl.col("enterprise_id").alias("customer_id"), "site_id"
    )
    counted = placed.group_by("customer_id").len("sites")
    alone = placed.join(counted.filter(pl.col("sites") == 1), on="customer_id").select(
        "customer_id", pl.col("site_id").alias("only_site")
    )
    # Without a place of its own the customer has the site that its return made.
    returned = sites.filter(pl.col("kind") == "return_only").select(
        pl.col("enterprise_id").alias("customer_id"), pl.col("site_id").alias("return_site")
    )
    told = (
        t["core.record_address"]
        .filter(pl.col("address_zh").is_not_null())
        .join(t["core.site_record"], on="source_row_id")
        .join(placed, on="site_id")
        .select("customer_id", normalised_name(pl.col("address_zh")).alias("text"), "site_id")
        .unique()
        # One text for two sites tells neither.
        .filter(pl.len().over("customer_id", "text") == 1)
        .rename({"site_id": "told_site"})
    )
    return (
        points.with_columns(normalised_name(pl.col("address_zh")).alias("text"))
        .join(counted, on="customer_id", how="left")
        .with_columns(pl.col("sites").fill_null(0))
        .join(alone, on="customer_id", how="left")
        .join(told, on=["customer_id", "text"], how="left")
        .join(returned, on="customer_id", how="left")
        .with_columns(
            pl.coalesce(
                "only_site", "told_site", pl.when(pl.col("sites") == 0).then("return_site")
            ).alias("site_id")
        )
    )


def _worst(scores: pl.Expr) -> pl.Expr:
    """The worst of each of the five scores."""
    return pl.concat_str([scores.str.slice(place, 1).max() for place in range(5)])
