"""Supplies of electricity and heat between known ends, as delivered, in canonical units."""

from __future__ import annotations

import polars as pl

from assets.enterprises.identity import identify, resolve
from quality.contracts.exchange import Exchange
from warehouse.sql import run_sql

# A contract states t CO2 per MWh of electricity and per GJ of heat.
_CANONICAL = """
SELECT r.source_row_id AS exchange_id, r.year, e.carrier,
       r.from_enterprise_id, r.enterprise_id AS to_enterprise_id,
       round(r.supplied * u.value, 6)::DECIMAL(38,6) AS quantity, e.canonical_unit,
       CASE WHEN r.mode_zh <> '直供' THEN 'green'
            WHEN r.source_zh = '非化石' THEN 'nonfossil'
            WHEN r.contract_ef IS NOT NULL THEN 'contract'
            ELSE 'plant' END AS ef_kind,
       CASE WHEN r.mode_zh = '直供' AND r.source_zh = '化石' THEN
            (r.contract_ef * CASE e.carrier WHEN 'electricity' THEN 0.001 ELSE 1.000 END
            )::DECIMAL(38,12) END AS contract_ef,
       r.pedigree
FROM supplied r
JOIN accepted.energy e ON e.energy_zh = r.energy_zh
JOIN accepted.unit u ON u.unit_zh = r.unit_zh AND u.canonical_unit = e.canonical_unit
"""


class ExchangeError(ValueError):
    """A supply in a unit that has no conversion."""


def exchanges(
    delivered: pl.DataFrame, units: pl.DataFrame, energies: pl.DataFrame, entities: pl.DataFrame
) -> pl.DataFrame:
    """`core.exchange` from `accepted.energy_exchange`. Raises ExchangeError for a unit without
    conversion."""
    receivers = resolve(identify(delivered), entities).select(*delivered.columns, "enterprise_id")
    suppliers = resolve(
        identify(
            delivered.filter(pl.col("supplier_zh").is_not_null()).select(
                "source_row_id",
                pl.col("supplier_uscc_text").alias("uscc_text"),
                pl.col("supplier_zh").alias("name_zh"),
            )
        ),
        entities,
    ).select("source_row_id", pl.col("enterprise_id").alias("from_enterprise_id"))
    found = run_sql(
        _CANONICAL,
        {
            "supplied": receivers.join(suppliers, on="source_row_id", how="left"),
            "accepted.unit": units,
            "accepted.energy": energies,
        },
    )
    lost = delivered.join(found, left_on="source_row_id", right_on="exchange_id", how="anti")
    if lost.height:
        row = lost.row(0, named=True)
        raise ExchangeError(
            f"{row['source_row_id']}: no conversion for {row['energy_zh']} in {row['unit_zh']}; "
            "expected a unit of assets/reference/unit.csv"
        )
    return Exchange.conform(found)
