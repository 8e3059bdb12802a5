"""Steps of the room: canonical returns, control totals, activity."""

from __future__ import annotations

from functools import partial

import polars as pl

from assets.energy import activity, bills, books, cities, control, margins, own
from assets.energy.contradictions import contradictions
from assets.energy.downscaling import (
    downscaled_activity,
    downscaled_parts,
    measured_places,
    usable_weights,
)
from assets.energy.exchange import Exchanged, exchanged
from assets.energy.exports import exported_activity
from assets.energy.held import unburnt
from assets.energy.non_energy import with_non_energy
from assets.energy.processes import process_activity
from assets.energy.supply import exchanges
from assets.energy.vintages import control_vintages
from assets.enterprises.plants import located_plants
from assets.enterprises.sites import permits_of
from assets.landing.provenance import is_illustrative
from quality.contracts.accepted import CoalUnit, ControlTotal, OutputReturn, Permit, Return2051
from quality.contracts.audit import Delivery
from quality.contracts.books import BookFinding, BookRow, ProvinceName
from quality.contracts.core import (
    Activity,
    Attribution,
    CanonicalReturn,
    ControlQuantity,
    Enterprise,
    Park,
    Site,
)
from quality.contracts.energy import Allocation, BillYear, Contradiction, SiteQuantity
from quality.contracts.enterprises import Entity, RecordAddress, SiteOperator, SiteRecord
from quality.contracts.exchange import EnergyExchange, Exchange, ExchangePart
from quality.contracts.forms import GridSupply, HeatSupply, ParkAnnual
from quality.contracts.plants import GemCoalUnit, WriPlant
from quality.contracts.process import HeldFuel, ProcessTerm
from quality.contracts.reference import BookSector, Energy, HeatFactor, Unit
from quality.contracts.registers import NxPermit
from quality.contracts.statistics import CeadsEnergy
from quality.contracts.units import SiteEnergy
from quality.contracts.vintages import CensusRevision, ControlVintage
from quality.contracts.weights import CityQuantity, DownscaledPart, SectorWeight
from warehouse.settings import Settings
from warehouse.step import Frames, Step


def _measured(t: Frames) -> tuple[pl.DataFrame, pl.DataFrame]:
    measured, allocation = activity.measured_activity(
        t["core.canonical_return"],
        t["core.site_quantity"],
        t["core.site"],
        t["core.site_operator"],
        is_illustrative(t["raw.delivery"]),
    )
    burnt = unburnt(measured, t["core.canonical_return"], t["core.held_fuel"], t["core.entity"])
    return burnt, allocation


def _exchanges(t: Frames) -> pl.DataFrame:
    delivered = exchanges(
        t["accepted.energy_exchange"], t["accepted.unit"], t["accepted.energy"], t["core.entity"]
    )
    return pl.concat([delivered, bills.green_bills(t["core.bill_year"], delivered)])


def _exchanged(t: Frames, measured: pl.DataFrame) -> Exchanged:
    exports = exported_activity(
        t["core.canonical_return"],
        t["core.site"],
        t["core.site_operator"],
        is_illustrative(t["raw.delivery"]),
    )
    return exchanged(measured, exports, t["core.canonical_return"], t["core.exchange"])


def _controls(t: Frames, totals: pl.DataFrame, books: pl.DataFrame) -> pl.DataFrame:
    return control.control_quantities(
        totals,
        books,
        t["accepted.unit"],
        t["accepted.energy"],
        t["accepted.book_row"],
        t["accepted.province_name"],
        t["accepted.census_revision"],
    )


def _of_provinces(t: Frames, _: Settings) -> pl.DataFrame:
    totals = t["accepted.control_total"].filter(~cities.is_city("province_code"))
    return _controls(t, totals, t["accepted.ceads_energy"]).filter("in_force")


def _of_cities(t: Frames, _: Settings) -> pl.DataFrame:
    totals = t["accepted.control_total"].filter(cities.is_city("province_code"))
    found = _controls(t, totals, t["accepted.ceads_energy"].clear())
    return cities.city_quantities(found.filter("in_force"))


def _vintages(t: Frames, _: Settings) -> pl.DataFrame:
    totals, books = t["accepted.control_total"], t["accepted.ceads_energy"]
    # Most runs have one vintage: then books need not be turned into canonical units once more.
    if t["accepted.census_revision"].is_empty() and totals["vintage"].is_null().all():
        return ControlVintage.empty_frame()
    return control_vintages(_controls(t, totals, books))


def _downscaled(t: Frames, _: Settings) -> pl.DataFrame:
    # Most runs have no weights: then what is measured need not be worked out here.
    if t["accepted.sector_weight"].is_empty():
        return DownscaledPart.empty_frame()
    measured, _allocation = _measured(t)
    cells = control.open_cells(t["core.control_quantity"], measured)
    weights = usable_weights(t["accepted.sector_weight"], t["accepted.unit"], t["core.park"])
    places = t["core.site"].join(measured.select("site_id"), on="site_id", how="semi")
    totals = margins.park_totals(t["accepted.park_annual"], t["accepted.energy"], t["core.park"])
    parts = downscaled_parts(
        cities.with_cities(
            cells,
            t["core.city_quantity"],
            weights,
            measured,
            cities.sites_of_cities(places, weights, t["core.attribution"]),
        ),
        weights,
        measured_places(measured, t["core.attribution"]),
        margins.open_totals(totals, measured, _located(t, cells, measured), t["core.attribution"]),
        t["core.park"],
        partial(is_illustrative, t["raw.delivery"]),
    )
    return with_non_energy(parts, t["core.control_quantity"], t["core.city_quantity"])


def _located(t: Frames, cells: pl.DataFrame, measured: pl.DataFrame) -> pl.DataFrame:
    plants = (
        located_plants(t, permits_of(t))
        .drop("province_code")
        .join(t["core.site"].select("site_id", "province_code"), on="site_id")
    )
    return control.located_by_capacity(cells, measured, plants)


def _activity(t: Frames, _: Settings) -> pl.DataFrame:
    illustrative = is_illustrative(t["raw.delivery"])
    made_for_show = pl.any_horizontal(
        is_illustrative(t["raw.delivery"], name)
        for name in ("source_row_id", "census_from_row", "census_to_row")
    ).fill_null(False)
    measured, _allocation = _measured(t)
    cells = control.open_cells(t["core.control_quantity"], measured)
    placed = control.with_rest(
        t["core.control_quantity"],
        cells,
        _located(t, cells, measured),
        downscaled_activity(
            t["core.downscaled_part"], t["core.control_quantity"], t["core.city_quantity"]
        ),
        made_for_show,
    )
    processes = process_activity(
        t["core.process_term"], t["core.site"], t["core.entity"], illustrative
    )
    return pl.concat([_exchanged(t, measured).activity, placed, processes])


# Sites and their plants.
_PLACES = (
    Site,
    SiteOperator,
    Entity,
    CoalUnit,
    GemCoalUnit,
    WriPlant,
    ProvinceName,
    Permit,
    NxPermit,
    Delivery,
)
# Control totals, and what they are read by.
_TOTALS = (ControlTotal, CeadsEnergy, CensusRevision, Unit, Energy, BookRow, ProvinceName)
STEPS: tuple[Step, ...] = (
    Step(
        CanonicalReturn,
        (Return2051, OutputReturn, Unit, Energy, BookSector, Entity, Enterprise),
        lambda t, _: activity.canonical_returns(
            t["accepted.return_205_1"],
            t["accepted.output_return"],
            t["accepted.unit"],
            t["accepted.energy"],
            t["accepted.book_sector"],
            t["core.entity"],
            t["core.enterprise"],
        ),
        "energy",
        by_year=True,
    ),
    Step(ControlQuantity, _TOTALS, _of_provinces, "energy", by_year=True),
    Step(CityQuantity, _TOTALS, _of_cities, "energy", by_year=True),
    Step(ControlVintage, _TOTALS, _vintages, "energy", by_year=True),
    Step(
        BookFinding,
        (CeadsEnergy, BookRow, ProvinceName),
        lambda t, _: books.book_findings(
            t["accepted.ceads_energy"], t["accepted.book_row"], t["accepted.province_name"]
        ),
        "energy",
        by_year=True,
    ),
    Step(
        BillYear,
        (
            GridSupply,
            HeatSupply,
            HeatFactor,
            SiteEnergy,
            Unit,
            Energy,
            Entity,
            Enterprise,
            Site,
            SiteRecord,
            RecordAddress,
            Delivery,
        ),
        lambda t, _: bills.bill_years(t, own.placed_readings(t)),
        "energy",
        by_year=True,
    ),
    Step(
        SiteQuantity,
        (
            SiteEnergy,
            BillYear,
            Unit,
            Energy,
            Entity,
            Enterprise,
            Site,
            SiteOperator,
            CanonicalReturn,
        ),
        lambda t, _: own.site_quantities(t),
        "energy",
        by_year=True,
    ),
    Step(
        Allocation,
        (CanonicalReturn, SiteQuantity, Site, SiteOperator, HeldFuel, Entity, Delivery),
        lambda t, _: _measured(t)[1],
        "energy",
        by_year=True,
    ),
    Step(
        Exchange,
        (EnergyExchange, BillYear, Unit, Energy, Entity),
        lambda t, _: _exchanges(t),
        "energy",
        by_year=True,
    ),
    Step(
        Contradiction,
        (
            CanonicalReturn,
            SiteQuantity,
            Site,
            SiteOperator,
            Exchange,
            HeldFuel,
            ProcessTerm,
            Entity,
            Delivery,
        ),
        lambda t, _: contradictions(
            _measured(t)[0],
            t["core.canonical_return"],
            t["core.exchange"],
            t["core.held_fuel"],
            t["core.process_term"],
            t["core.entity"],
        ),
        "energy",
        by_year=True,
    ),
    Step(
        ExchangePart,
        (CanonicalReturn, SiteQuantity, Site, SiteOperator, Exchange, HeldFuel, Entity, Delivery),
        lambda t, _: _exchanged(t, _measured(t)[0]).parts,
        "energy",
        by_year=True,
    ),
    Step(
        DownscaledPart,
        (
            SectorWeight,
            ControlQuantity,
            CityQuantity,
            CanonicalReturn,
            SiteQuantity,
            HeldFuel,
            Unit,
            Energy,
            ParkAnnual,
            Park,
            Attribution,
            *_PLACES,
        ),
        _downscaled,
        "energy",
        by_year=True,
    ),
    Step(
        Activity,
        (
            CanonicalReturn,
            SiteQuantity,
            HeldFuel,
            ProcessTerm,
            Exchange,
            ControlQuantity,
            CityQuantity,
            DownscaledPart,
            *_PLACES,
        ),
        _activity,
        "energy",
        by_year=True,
    ),
)
