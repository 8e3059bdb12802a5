"""A world of sites with activity, lines and places, for the marts."""

from __future__ import annotations

from typing import Any

import polars as pl

from assets.inventory.choice import profiles_of
from assets.inventory.equal_value import electricity_coefficients
from assets.inventory.ledger import Choices
from assets.inventory.marts import MARTS, build_mart
from quality.contracts.boundaries import FIRST_DAY, LAST_DAY, Boundary
from quality.contracts.core import (
    Activity,
    Attribution,
    CanonicalReturn,
    ControlQuantity,
    EnergyCoefficient,
    Enterprise,
    Park,
    Site,
)
from quality.contracts.coverage import LocatedPlant, ProvinceCoverage
from quality.contracts.energy import SiteQuantity
from quality.contracts.enterprises import RecordComparison, SiteOperator
from quality.contracts.exchange import Exchange, ExchangePart
from quality.contracts.ledger import Line
from tests.frames import facts, frame


def choices(*profiles: str, factor_set: str | None = None, **more: Any) -> Choices:
    """What a run chooses, with the product's own profiles and grid regions."""
    named = profiles_of(facts("method_profile"), profiles or ("CN-GHG",), factor_set)
    return Choices(named, facts("grid_region"), **more)


BY_NAME = {mart.name: mart for mart in MARTS}
BOOK = {
    "year": 2017,
    "province_code": "640000",
    "block": "final",
    "book_sector": "Nonmetal Mineral Products",
    "book_fuel": "Raw_Coal",
}


def place(site: str, park: str, basis: str = "operating", **weights: Any) -> dict[str, Any]:
    return {
        "site_id": site,
        "basis": basis,
        "place_id": park,
        "weight_point": 1,
        "weight_low": 1,
        "weight_high": 1,
        "share_to": weights.get("weight_point", 1),
        "series": "actual",
        "valid_from": FIRST_DAY,
        "valid_to": LAST_DAY,
        "year_from": 1900,
        "year_to": 9999,
        **weights,
    }


CANDIDATE = {"weight_point": 0, "weight_low": 0, "weight_high": 1}


class World:
    """Activity at sites, one line of CO2 each, and where the sites are."""

    def __init__(self) -> None:
        self.activity: list[dict[str, Any]] = []
        self.lines: list[dict[str, Any]] = []
        self.places: list[dict[str, Any]] = []
        self.controls: list[dict[str, Any]] = []
        self.coverage: list[dict[str, Any]] = []
        self.plants: list[dict[str, Any]] = []
        self.boundaries: list[dict[str, Any]] = [{"boundary_id": "b"}]
        self.sites: list[dict[str, Any]] = []
        self.operators: list[dict[str, Any]] = []
        self.readings: list[dict[str, Any]] = []
        self.enterprises: list[dict[str, Any]] = []
        self.returns: list[dict[str, Any]] = []
        self.compared: list[dict[str, Any]] = []
        self.exchanges: list[dict[str, Any]] = []
        self.exchange_parts: list[dict[str, Any]] = []

    def burn(self, site: str, mass: Any, flow: str = "direct", **more: Any) -> None:
        name = f"{site}|{flow}|{len(self.activity)}"
        gas = more.pop("gas", "CO2")
        confidence = more.pop("confidence", "official")
        self.activity.append(
            {
                **BOOK,
                "activity_id": name,
                "site_id": site,
                "enterprise_id": f"E{site}",
                "energy_id": "raw_coal",
                "canonical_unit": "t",
                "carrier": "fuel",
                "flow": flow,
                "quantity": mass,
                "tier": "T2",
                **more,
            }
        )
        self.lines.append(
            {
                "line_id": f"{name}|{gas}",
                "year": 2017,
                "activity_id": name,
                "site_id": site,
                "source_category": "energy_combustion",
                "flow": flow,
                "energy_id": "raw_coal",
                "gas": gas,
                "mass_t": mass,
                "profiles": "CN-GHG",
                "tier": self.activity[-1]["tier"],
                "confidence": confidence,
                "illustrative": bool(more.get("illustrative")),
            }
        )

    def tables(self) -> dict[str, pl.DataFrame]:
        return {
            "ledger.line": frame(Line, *self.lines),
            "core.activity": frame(Activity, *self.activity),
            "core.attribution": frame(
                Attribution,
                *self.places,
                boundary_class="nominal",
            ),
            "core.control_quantity": frame(ControlQuantity, *self.controls),
            "core.located_plant": frame(LocatedPlant, *self.plants),
            "core.energy_coefficient": frame(
                EnergyCoefficient,
                {"energy_id": "raw_coal", "tce_per_unit": "0.7143"},
                {"energy_id": "electricity", "tce_per_unit": "0.0001229"},
            ),
            "core.electricity_coefficient": electricity_coefficients(
                facts("electricity_equal_value")
            ),
            "core.park": frame(
                Park,
                {"park_id": "P1"},
                {"park_id": "P2"},
                counts_in_total=True,
                province_code="640000",
            ),
            "core.boundary": frame(Boundary, *self.boundaries),
            "accepted.view_weight": facts("view_weight"),
            "accepted.gwp": facts("gwp"),
            "accepted.book_row": facts("book_row"),
            "core.site": frame(Site, *self.sites),
            "core.site_operator": frame(SiteOperator, *self.operators),
            "core.site_quantity": frame(SiteQuantity, *self.readings),
            "core.exchange": frame(Exchange, *self.exchanges),
            "core.exchange_part": frame(ExchangePart, *self.exchange_parts),
            "core.canonical_return": frame(CanonicalReturn, *self.returns),
            "core.enterprise": frame(Enterprise, *self.enterprises),
            "mart.province_coverage": frame(ProvinceCoverage, *self.coverage),
            "core.record_comparison": frame(RecordComparison, *self.compared),
        }

    def mart(self, name: str, **axes: str) -> list[dict[str, Any]]:
        found = build_mart(BY_NAME[name], self.tables(), "AR5", "CN-GHG", 0.85)
        for axis, value in axes.items():
            found = found.filter(pl.col(axis) == value)
        return found.to_dicts()

    def one(self, name: str, **axes: str) -> dict[str, Any]:
        (row,) = self.mart(name, **axes)
        return row


def world(*sites: tuple[str, Any]) -> World:
    """Sites with a mass burnt, all of them in park P1 on both bases."""
    made = World()
    for site, mass in sites:
        made.burn(site, mass)
        made.places += [place(site, "P1"), place(site, "P1", "registered")]
    return made


def busy() -> World:
    made = world(("a", "10.000001"), ("b", 20), ("c", 30))
    made.burn("a", 4, flow="purchased_electricity", carrier="electricity")
    made.burn("b", 5, flow="direct_exported")
    made.burn("c", "0.5", gas="CH4")
    made.burn("d", 7)
    made.places += [
        place("d", "UNLOCATED:640000", weight_low=0),
        place("d", "P1", **CANDIDATE),
        place("d", "P2", "registered", weight_low=0),
    ]
    made.compared.append({"register_id": "r", "area": "640000", "source_row_id": "1"})
    made.controls.append(
        {
            **BOOK,
            "control_id": "c",
            "source_row_id": "c",
            "activity_scope": "industry",
            "energy_id": "raw_coal",
            "carrier": "fuel",
            "quantity": 100,
            "canonical_unit": "t",
        }
    )
    made.plants.append(
        {
            "year": 2017,
            "unit_id": "u",
            "kind": "coal",
            "province_code": "640000",
            "capacity": 100,
            "capacity_unit": "MW",
            "operates": True,
            "boundary_class": "nominal",
            "in_parks": "0.25",
            "tracker_co2_t": 60,
            "tracker_load": "0.5",
        }
    )
    made.boundaries += [
        {"boundary_id": f"P1:{n}", "park_id": "P1", "boundary_class": "nominal"} for n in (1, 2)
    ]
    return made
