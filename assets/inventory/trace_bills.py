"""What billed quantities rest on: the bills of all months, and what tenants took of them."""

from __future__ import annotations

import polars as pl

from assets.energy.bills import GREEN_BILL
from assets.energy.steam import FEEDWATER, is_converted
from assets.inventory.edges import cells_of
from warehouse.step import Frames

_AT = ["site_id", "year", "energy_id"]
_CARRIERS = {
    "electricity": ("grid_supply", {"quantity": "billed_kwh", "month": "month"}),
    "heat": ("heat_supply", {"quantity": "quantity", "unit": "unit_zh", "month": "month"}),
}


def bill_sources(t: Frames) -> list[pl.DataFrame]:
    """Edges from metered activity (T1) of billed sites to every bill behind it; from heat of
    steam to its enthalpy and the feedwater's; from green power to the green part of the bills; and
    to the readings of tenants that were taken off.
    """
    used = t["core.bill_year"].filter(pl.col("status") == "used")
    activity = t["core.activity"].filter(pl.col("tier") == "T1").select("activity_id", *_AT)
    billed = activity.join(used.select(*_AT, "customer_id", "source_row_ids"), on=_AT)
    found = [
        cells_of(
            _each_bill(billed.filter(pl.col("energy_id") == energy_id)),
            "activity",
            "activity_id",
            source_id,
            roles,
        )
        for energy_id, (source_id, roles) in _CARRIERS.items()
    ]
    customer = ["customer_id", "year"]
    green = (
        t["core.exchange_part"]
        .filter(pl.col("exchange_id").str.starts_with(GREEN_BILL))
        .join(
            t["core.exchange"].select(
                "exchange_id", pl.col("to_enterprise_id").alias("customer_id")
            ),
            on="exchange_id",
        )
        .join(used.select(*customer, "source_row_ids"), on=customer)
    )
    stated = t["accepted.grid_supply"].filter(pl.col("green_kwh").is_not_null())
    tenants = billed.join(
        t["core.site_quantity"]
        .filter(pl.col("meter_owner_id").is_not_null())
        .select(
            pl.col("meter_owner_id").alias("customer_id"), "year", "energy_id", "source_row_id"
        ),
        on=[*customer, "energy_id"],
    )
    steam = _each_bill(billed).join(
        t["accepted.heat_supply"].filter(is_converted()), on="source_row_id", how="semi"
    )
    feedwater = t["accepted.heat_factor"].filter(pl.col("item") == FEEDWATER)
    constant = (
        steam.drop("source_row_id")
        .unique("activity_id")
        .join(feedwater.select("source_row_id"), how="cross")
    )
    return [
        *found,
        cells_of(steam, "activity", "activity_id", "heat_supply", {"enthalpy": "enthalpy_kj_kg"}),
        cells_of(constant, "activity", "activity_id", "heat_factor", {"feedwater": "value"}),
        cells_of(
            _each_bill(green).join(stated, on="source_row_id", how="semi"),
            "activity",
            "activity_id",
            "grid_supply",
            {"green": "green_kwh"},
        ),
        cells_of(tenants, "activity", "activity_id", "site_energy", {"tenant": "consumption"}),
    ]


def _each_bill(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(
        pl.col("source_row_ids").str.split(";").alias("source_row_id")
    ).explode("source_row_id")
