"""Small energy books and inventories, and the real ones through the door."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import polars as pl

from assets.inventory.ceads.comparison import compared_cells, recomputed
from assets.inventory.ceads.factors import implied_factors, implied_groups
from assets.inventory.ceads.marts import MARTS
from assets.inventory.marts import build_mart
from quality.contracts.statistics import CeadsEmission, CeadsEnergy
from tests.frames import frame
from tests.landing.real.delivered import accepted

FOOD, TEXTILE, RURAL = "Food Production", "Textile Industry", "Rural"
CHEMICAL, RUBBER = "Raw Chemical Materials and Chemical Products", "Rubber Products"
POWER = "Electric Power, Steam and Hot Water Production and Supply"
_GASES = ("Natural_Gas", "Coke_Oven_Gas", "Other_Gas")

Cells = Mapping[tuple[str, str], Any]


def book(
    cells: Cells, province: str = "Ningxia", year: int = 2017, unit: str | None = None
) -> pl.DataFrame:
    """An energy book from values by item and fuel, in 10^4 ton or 10^8 cu.m if not said."""
    return frame(
        CeadsEnergy,
        *(
            {
                "source_row_id": f"book:{province}{year}:{item}",
                "source_column": fuel,
                "item_en": item,
                "fuel_en": fuel,
                "unit": unit or ("10^8 cu.m" if fuel in _GASES else "10^4 ton"),
                "value": value,
            }
            for (item, fuel), value in cells.items()
        ),
        province_en=province,
        year=year,
    )


def inventory(cells: Cells, province: str = "Ningxia", year: int = 2017) -> pl.DataFrame:
    """A published inventory from Mt CO2 by sector and fuel."""
    return frame(
        CeadsEmission,
        *(
            {
                "source_row_id": f"inventory:{province}{year}:{sector}",
                "source_column": fuel,
                "sector_en": sector,
                "fuel_en": fuel,
                "emissions_mtco2": value,
            }
            for (sector, fuel), value in cells.items()
        ),
        province_en=province,
        year=year,
        unit="Mt CO2",
    )


def compared(energy: pl.DataFrame, emissions: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """All tables of the comparison, by name."""
    factors, groups = implied_factors(energy, emissions), implied_groups(energy, emissions)
    parts = recomputed(energy, factors, groups)
    tables = {
        "core.implied_factor": factors,
        "core.implied_group": groups,
        "core.ceads_part": parts,
        "core.ceads_cell": compared_cells(parts, emissions, factors),
    }
    return tables | {m.table.table_name(): build_mart(m, tables, "AR5", "CN-GHG") for m in MARTS}


@cache
def real() -> tuple[pl.DataFrame, pl.DataFrame]:
    """Accepted energy books of 2015, 2016, 2017, 2019 and inventories of 2015 to 2018."""
    return (
        accepted("ceads_energy", "e_ceads_provincial_energy/*201[5-9].xlsx").frame,
        accepted("ceads_emissions", "e_ceads_provincial_emissions/*201[5-9].xlsx").frame,
    )


@cache
def real_comparison() -> dict[str, pl.DataFrame]:
    return compared(*real())
