"""Exchanges in the inventory: factors of contracts, and what exchanged activity rests on."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import polars as pl

from assets.energy.bills import GREEN_BILL
from assets.inventory.choice import PROFILE_MARK, Profile
from assets.inventory.edges import cells_of
from quality.contracts.core import EmissionFactor
from quality.exact import decimal12, plain
from warehouse.step import Frames

_SOURCE = "energy_exchange"


def contract_factors(exchanges: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`core.emission_factor` rows of agreed factors, and the delivered rows of each.

    `exchanges` is `core.exchange`. A factor that two parties agreed on is theirs alone: its set
    is `contract`, its confidence `project`.
    """
    rows: list[dict[str, Any]] = []
    for row in exchanges.filter(pl.col("contract_ef").is_not_null()).iter_rows(named=True):
        value = decimal12(Fraction(row["contract_ef"]))
        unit = row["canonical_unit"]
        rows.append(
            {
                "factor_id": f"contract|{row['exchange_id']}",
                "kind": "contract",
                "subject": row["carrier"],
                "use": "all",
                "gas": "CO2",
                "value": value,
                "canonical_unit": unit,
                "factor_set": "contract",
                "area_code": None,
                "year": row["year"],
                "confidence": "project",
                "derivation": f"{plain(value)} t/{unit}",
                "variant": None,
                "rank": 1,
            }
        )
    found = EmissionFactor.conform(pl.DataFrame(rows)) if rows else EmissionFactor.empty_frame()
    sources = found.select(
        pl.lit("factor").alias("item_kind"),
        pl.col("factor_id").alias("item_id"),
        pl.lit("EF").alias("role"),
        pl.col("factor_id").str.strip_prefix("contract|").alias("source_row_id"),
        pl.lit("合同排放因子").alias("column_zh"),
    )
    return found, sources


def contract_terms(
    parts: pl.DataFrame, activity: pl.DataFrame, profiles: list[Profile]
) -> pl.DataFrame:
    """Rows `term_id, factor_id, profiles, source_category` of activity behind a contract.

    Profiles that count all power by one factor (ZCP-2025) have no use for it.
    """
    counted = PROFILE_MARK.join(p.name for p in profiles if p.electricity_basis == "average")
    received = pl.col("flow").str.starts_with("received_")
    carrier = pl.col("flow").str.split("_").list.last()
    return (
        parts.filter(pl.col("factor_id").is_not_null())
        .join(activity.select("activity_id", "flow"), on="activity_id")
        .select(
            pl.col("activity_id").alias("term_id"),
            "factor_id",
            pl.lit(counted).alias("profiles"),
            pl.when(received)
            .then(pl.format("purchased_{}", carrier))
            .otherwise(pl.format("exported_{}", carrier))
            .alias("source_category"),
        )
    )


def exchange_sources(t: Frames) -> list[pl.DataFrame]:
    """Edges from exchanged activity to the cells of the supply, and of what was delivered out."""
    delivered = ~pl.col("exchange_id").str.starts_with(GREEN_BILL)
    parts = (
        t["core.exchange_part"]
        .filter(delivered)
        .with_columns(pl.col("exchange_id").alias("source_row_id"))
    )
    leaving = t["core.activity"].filter(
        pl.col("flow").str.contains("^(exported|resold)_") & (pl.col("carrier") != "process")
    )
    # A received line rests on what its plant made and gave out, too.
    plants = (
        t["core.exchange_part"]
        .join(
            t["core.activity"]
            .filter(pl.col("flow").str.starts_with("received_") & (pl.col("carrier") == "fuel"))
            .select("activity_id"),
            on="activity_id",
        )
        .join(
            t["core.canonical_return"]
            .filter(
                (pl.col("own_quantity") > 0) & pl.col("energy_id").is_in(["electricity", "heat"])
            )
            .select(
                pl.col("enterprise_id").alias("counterpart_enterprise_id"), "year", "source_row_id"
            ),
            on=["counterpart_enterprise_id", "year"],
        )
    )
    return [
        cells_of(
            plants,
            "activity",
            "activity_id",
            "return_205_1",
            {"own": "own_production", "sold": "sold"},
        ),
        cells_of(
            parts,
            "activity",
            "activity_id",
            _SOURCE,
            {"supplied": "supplied", "unit": "unit_zh", "mode": "mode_zh", "source": "source_zh"},
        ),
        cells_of(
            leaving,
            "activity",
            "activity_id",
            "return_205_1",
            {"sold": "sold", "own": "own_production", "unit": "unit_zh"},
        ),
        contract_factors(t["core.exchange"])[1],
    ]
