"""A world of parks that committees returned something of, for the marts of indicators."""

from __future__ import annotations

from typing import Any

import polars as pl

from assets.insight.calibers import park_calibers
from assets.insight.marts import MARTS
from assets.inventory.marts import build_mart
from quality.contracts.core import Park
from quality.contracts.insight import ParkReturn, ParkReturnEnergy
from tests.frames import facts, frame
from tests.inventory.world import BY_NAME, World, place

INSIGHT = {mart.name: mart for mart in MARTS}
STATED = {"scope_firms": "above_scale", "boundary_class": "approved", "attribution": "operating"}
POWER = {"energy_id": "electricity", "canonical_unit": "kWh", "carrier": "electricity"}
POWER["book_fuel"] = "Electricity"


class ParkWorld(World):
    """Sites of firms above scale in the drawn boundary of P1, in one year."""

    def __init__(self, year: int = 2023) -> None:
        super().__init__()
        self.year = year
        self.park_returns: list[dict[str, Any]] = []
        self.park_energies: list[dict[str, Any]] = []

    def here(self, site: str, mass: Any, flow: str = "direct", **more: Any) -> None:
        self.burn(site, mass, flow, **more)
        self.activity[-1]["year"] = self.lines[-1]["year"] = self.year
        if site not in {row["site_id"] for row in self.places}:
            self.places.append(place(site, "P1"))
            self.returns.append(
                {"source_row_id": site, "enterprise_id": f"E{site}", "year": self.year}
            )

    def returned(self, **cells: Any) -> None:
        self.park_returns.append(
            {
                "park_id": "P1",
                "year": self.year,
                "measured_zh": "实测",
                "source_row_id": "r",
                **STATED,
                **cells,
            }
        )

    def energy(self, energy_id: str, quantity: Any, unit: str, fuel: str | None) -> None:
        self.park_energies.append(
            {
                "park_id": "P1",
                "year": self.year,
                "energy_id": energy_id,
                "canonical_unit": unit,
                "quantity": quantity,
                "book_fuel": fuel,
                "column_name": energy_id,
                "source_row_id": "r",
            }
        )

    def tables(self) -> dict[str, pl.DataFrame]:
        given = super().tables()
        attribution = given["core.attribution"]
        found = {
            **given,
            "core.attribution": attribution.with_columns(
                pl.lit("approved").alias("boundary_class")
            ),
            "core.park": frame(
                Park,
                {"park_id": "P1", "approved_ha": 5000},
                {"park_id": "P2", "approved_ha": 100},
                counts_in_total=True,
                province_code="640000",
            ),
            "core.park_return": frame(ParkReturn, *self.park_returns),
            "core.park_return_energy": frame(ParkReturnEnergy, *self.park_energies),
            "accepted.zero_carbon_threshold": facts("zero_carbon_threshold"),
        }
        for name in ("park_energy", "park_total"):
            found[f"mart.{name}"] = build_mart(BY_NAME[name], found, "AR5", "CN-GHG", 0.85)
        found["core.park_caliber"] = park_calibers(
            found["mart.park_total"], found["core.park_return"]
        )
        return found

    def insight(self, name: str, **axes: str) -> list[dict[str, Any]]:
        found = build_mart(INSIGHT[name], self.tables(), "AR5", "CN-GHG", 0.85)
        return found.filter(**axes).to_dicts()
