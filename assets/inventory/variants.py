"""Factors for part of a fuel's activity: what returns measured, and factors of sectors.

A fuel's factor has a `variant` where it is not for all of its activity: `ncv:<row>` is that of a
return which states what was measured, `RC-…` that of a group of sectors.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from assets.inventory.ceads.names import HEATING_SUPPLY, POWER, THERMAL_POWER
from assets.inventory.choice import EFFECTIVE_SETS, Profile
from assets.inventory.edges import cells_of
from assets.inventory.factors import FactorRow, fuel_factors, triples
from assets.inventory.measured import usable
from quality.contracts.core import EmissionFactor
from warehouse.sql import run_sql
from warehouse.step import Frames

_SOURCE = "return_205_1"
_MEASURED_MARK = "ncv:"
# Booked cubic metres go with factors of booked cubic metres, unconverted (METHOD 0).
_UNITS = {"t": "t", "1e4m3": "1e4Nm3"}

_MEASURED = """
SELECT r.source_row_id, e.energy_id, r.ncv * u.value AS ncv, r.carbon_content_tc_tj AS cc,
       r.oxidation_pct * 0.01 AS oxidation
FROM returned r
JOIN accepted.energy e ON e.energy_zh = r.energy_zh AND e.carrier = 'fuel'
JOIN accepted.ncv_unit u
  ON u.unit_zh = r.ncv_unit_zh AND u.canonical_unit = 'GJ/' || e.canonical_unit
WHERE r.ncv IS NOT NULL
ORDER BY r.source_row_id
"""


def measured_values(tables: Frames) -> pl.DataFrame:
    """What returns measured: `source_row_id, energy_id, ncv` in GJ per unit, and of some `cc` in
    tC/TJ and `oxidation` as a share.

    Reads `accepted.return_205_1`, `accepted.energy`, `accepted.ncv_unit` and `quarantine.flag`.
    """
    return run_sql(
        _MEASURED,
        {
            "returned": usable(tables["accepted.return_205_1"], tables["quarantine.flag"]),
            "accepted.energy": tables["accepted.energy"],
            "accepted.ncv_unit": tables["accepted.ncv_unit"],
        },
    )


def measured_factors(
    measured: pl.DataFrame, fuels: pl.DataFrame, nonco2: pl.DataFrame
) -> Iterator[FactorRow]:
    """Factors of fuel whose NCV was measured: alone, with CC, or with CC and OF.

    What was not measured is of each whole set. A measured NCV with all else default is the one
    mixture that METHOD 2.2 allows. NCV and CC together are what it calls measured, before any
    set; it asks for no measured OF there, which is a property of the furnace and not of the fuel,
    so that the default stands where none is stated. A CC without NCV, or an OF without CC, mixes
    sets: the door refuses it (CC1). `measured` as `measured_values` gives it.
    """
    of_fuel: dict[str, list[dict[str, Any]]] = {}
    for triple in triples(fuels):
        of_fuel.setdefault(triple["NCV"]["fuel_id"], []).append(triple)
    for row in measured.iter_rows(named=True):
        for triple in of_fuel.get(row["energy_id"], []):
            stated = {
                role: {
                    **triple[role],
                    "value": row[name],
                    "source_row_id": row["source_row_id"],
                    # What is delivered is taken as it stands.
                    "confidence": "definition",
                }
                for role, name in _MEASURED_ROLES.items()
                if row[name] is not None
            }
            for factor, parts in fuel_factors({**triple, **stated}, nonco2):
                variant = f"{_MEASURED_MARK}{row['source_row_id']}"
                named = {"factor_id": f"{factor['factor_id']}|{variant}", "variant": variant}
                # The cell of the value is that of another table (`measured_sources`).
                yield (
                    {**factor, **named},
                    {role: cell for role, cell in parts.items() if role not in stated},
                )


def measured_sources(factors: pl.DataFrame, measured: pl.DataFrame) -> pl.DataFrame:
    """Edges from factors of `measured_values` to their cells of form 205-1."""
    named = factors.filter(pl.col("variant").str.starts_with(_MEASURED_MARK)).with_columns(
        pl.col("variant").str.strip_prefix(_MEASURED_MARK).alias("source_row_id")
    )
    found = [cells_of(named, "factor", "factor_id", _SOURCE, _VALUE_CELLS)]
    for name, roles in _CO2_CELLS.items():
        rows = measured.filter(pl.col(name).is_not_null()).select("source_row_id")
        of_co2 = named.filter(pl.col("gas") == "CO2").join(rows, on="source_row_id", how="semi")
        found.append(cells_of(of_co2, "factor", "factor_id", _SOURCE, roles))
    return pl.concat(found)


_MEASURED_ROLES = {"NCV": "ncv", "CC": "cc", "OF": "oxidation"}
_VALUE_CELLS = {"NCV": "ncv", "NCV unit": "ncv_unit_zh"}
# CH4 and N2O rest on the calorific value alone.
_CO2_CELLS = {"cc": {"CC": "carbon_content_tc_tj"}, "oxidation": {"OF": "oxidation_pct"}}


def implied_factors(implied: pl.DataFrame, energies: pl.DataFrame) -> pl.DataFrame:
    """`core.emission_factor` of `core.implied_factor`, for the energy that stands for a book fuel.

    Kind `effective`: t CO2 per unit as a whole, without calorific value or carbon content, so
    that CH4 and N2O come of another set. Never a default (`PARKLEDGER_FACTOR_SET=CEADS-implied`).
    """
    named = energies.filter("represents_book_fuel").select(
        pl.col("book_fuel").alias("subject"), "energy_id"
    )
    return EmissionFactor.conform(
        implied.join(named, on="subject").select(
            "factor_id",
            "kind",
            pl.col("energy_id").alias("subject"),
            pl.lit("all").alias("use"),
            pl.col("sector_group").alias("variant"),
            "gas",
            "value",
            pl.col("canonical_unit").replace_strict(_UNITS, return_dtype=pl.String),
            "factor_set",
            pl.lit(None, pl.String).alias("area_code"),
            pl.lit(None, pl.Int64).alias("year"),
            "confidence",
            "derivation",
            pl.lit(1, pl.Int64).alias("rank"),
        )
    )


def variants(
    activity: pl.DataFrame, factors: pl.DataFrame, groups: pl.DataFrame, profiles: list[Profile]
) -> pl.DataFrame:
    """Rows `activity_id, variant` of fuel that takes a factor of its own.

    Fuel of a return with a measured calorific value takes that, whatever the set; else a sector
    of `core.implied_group` takes its group's, where a profile asks for that set.
    """
    fuel = activity.filter(pl.col("carrier") == "fuel")
    stated = factors.filter(pl.col("variant").str.starts_with(_MEASURED_MARK)).select(
        pl.col("variant").str.strip_prefix(_MEASURED_MARK).alias("source_row_id"),
        pl.col("subject").alias("energy_id"),
        "variant",
    )
    of_return = fuel.join(stated.unique(), on=["source_row_id", "energy_id"]).select(
        "activity_id", "variant"
    )
    asked = {name for profile in profiles for name in profile.factor_order}
    if not asked & set(EFFECTIVE_SETS):
        return of_return
    # Of fuels that the set tells sectors apart for: coals, and no others.
    told_apart = factors.select(pl.col("subject").alias("energy_id"), "variant").unique()
    grouped = (
        fuel.join(of_return, on="activity_id", how="anti")
        .join(_by_sector(groups), on="book_sector")
        .join(told_apart, on=["energy_id", "variant"], how="semi")
    )
    return pl.concat([of_return, grouped.select("activity_id", "variant")])


def _by_sector(groups: pl.DataFrame) -> pl.DataFrame:
    """Rows `book_sector, variant`; inputs of power and heat have the factor of that sector."""
    known = groups.select("book_sector", pl.col("sector_group").alias("variant"))
    power = known.filter(pl.col("book_sector") == POWER)
    inputs = [power.with_columns(pl.lit(row).alias("book_sector")) for row in _POWER_ROWS]
    return pl.concat([known, *inputs])


_POWER_ROWS = (THERMAL_POWER, HEATING_SUPPLY)
