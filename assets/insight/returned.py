"""Yearly returns of park committees: of which park they are, and what they say (T4)."""

from __future__ import annotations

import polars as pl

from assets.boundaries.parks import with_park_ids
from assets.landing.provenance import is_illustrative
from assets.landing.rules.supply import PARK_CARRIERS, PER_COLUMN
from quality.contracts.forms import STATED_BASES, STATED_BOUNDARIES, STATED_FIRMS
from quality.contracts.insight import COMPREHENSIVE, ParkReturn, ParkReturnEnergy
from warehouse.step import Frames

_EXACT = pl.Decimal(38, 6)
_STATED = {
    "scope_firms": ("firms_zh", STATED_FIRMS),
    "boundary_class": ("boundary_zh", STATED_BOUNDARIES),
    "attribution": ("attribution_zh", STATED_BASES),
}


def park_returns(t: Frames) -> pl.DataFrame:
    """`core.park_return` from `accepted.park_annual`, with the caliber that each states.

    A code that several zones share is the zone's of the same name. A return of no park of the
    catalogue (flag PARK) is of none and left out.
    """
    return ParkReturn.conform(
        _of_parks(t).with_columns(
            pl.col("electricity_basis").alias("elec_basis"),
            is_illustrative(t["raw.delivery"]).alias("illustrative"),
            *(
                pl.col(stated).replace_strict(names, default=None).alias(name)
                for name, (stated, names) in _STATED.items()
            ),
        )
    )


def park_return_energies(t: Frames) -> pl.DataFrame:
    """`core.park_return_energy`: the fuels, power and heat of each return in canonical units, and
    all its energy in tce. What a return leaves empty has no row.
    """
    rows = _of_parks(t)
    listed = (
        t["accepted.energy"]
        .sort("represents_book_fuel", "energy_zh", descending=[True, False])
        .unique("energy_id", keep="first")
        .select("energy_id", "book_fuel", "canonical_unit")
    )
    parts = [
        rows.filter(pl.col(name).is_not_null()).select(
            "park_id",
            "year",
            pl.lit(energy_id).alias("energy_id"),
            (pl.col(name) * pl.lit(PER_COLUMN.get(name, 1), pl.Int64).cast(_EXACT))
            .cast(_EXACT)
            .alias("quantity"),
            pl.lit(name).alias("column_name"),
            "source_row_id",
        )
        for name, energy_id in {**PARK_CARRIERS, "energy_tce": COMPREHENSIVE}.items()
    ]
    in_tce = pl.col("energy_id") == COMPREHENSIVE
    return ParkReturnEnergy.conform(
        pl.concat(parts)
        .join(listed, on="energy_id", how="left")
        .with_columns(
            pl.when(in_tce).then(pl.lit("tce")).otherwise("canonical_unit").alias("canonical_unit")
        )
    )


def _of_parks(t: Frames) -> pl.DataFrame:
    """Returns with the park they are of."""
    parks = with_park_ids(t["accepted.park_catalogue"]).select(
        "catalogue_code",
        "park_id",
        pl.col("name_zh").alias("zone_zh"),
        (pl.len().over("catalogue_code") == 1).alias("alone"),
    )
    return (
        t["accepted.park_annual"]
        .join(parks, on="catalogue_code")
        .filter(pl.col("alone") | (pl.col("zone_zh") == pl.col("name_zh")))
    )
