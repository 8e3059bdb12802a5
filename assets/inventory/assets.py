"""Steps of the room: factors, ledger, marts, and what each item rests on."""

from __future__ import annotations

import polars as pl

from assets.enterprises.records import REGISTERS
from assets.inventory import exchange, factors, marts, trace, variants
from assets.inventory.ceads import marts as ceads_marts
from assets.inventory.ceads import steps as ceads_steps
from assets.inventory.choice import profiles_of
from assets.inventory.equal_value import electricity_coefficients
from assets.inventory.ledger import Choices
from assets.inventory.measured import usable
from assets.inventory.methods.evaluate import process_terms
from assets.inventory.methods.held import held_fuels
from assets.inventory.methods.refused import refused_works
from assets.inventory.methods.terms import counted_terms, term_factors
from assets.inventory.methods.transformed import transformation_terms
from assets.inventory.relined import ledger_kept
from assets.inventory.totals import total_findings
from assets.inventory.uncertainty import steps as uncertainty_steps
from quality.contracts.accepted import Return2051
from quality.contracts.audit import Flag, ItemSource, QuarantineRow
from quality.contracts.books import BookRow, ProvinceName
from quality.contracts.boundaries import Boundary, BoundaryClaim
from quality.contracts.ceads import CeadsCell, CeadsPart, CeadsTotal, ImpliedFactor, ImpliedGroup
from quality.contracts.core import (
    Activity,
    Attribution,
    CanonicalReturn,
    ControlQuantity,
    EmissionFactor,
    EnergyCoefficient,
    Enterprise,
    LocationClaim,
    Park,
    Site,
)
from quality.contracts.coverage import LocatedPlant, ProvinceCoverage, TotalFinding
from quality.contracts.energy import BillYear, ElectricityCoefficient, SiteQuantity
from quality.contracts.enterprises import RecordComparison, SiteOperator
from quality.contracts.exchange import Exchange, ExchangePart
from quality.contracts.forms import GridSupply, HeatSupply, Return2052
from quality.contracts.insight import ParkReturn, ParkReturnEnergy
from quality.contracts.ledger import Line
from quality.contracts.mart import ControlBalance, ParkInventory, ParkTotal
from quality.contracts.plants import GemSteelCapacity
from quality.contracts.process import HeldFuel, ProcessReturn, ProcessTerm, WasteFactor
from quality.contracts.profiles import GridRegion, MethodProfile, ViewWeight
from quality.contracts.reconciliation import ParkReconciliation, RegisterReconciliation
from quality.contracts.reference import (
    CalorificUnit,
    CombustionNonCo2,
    ElectricityEqualValue,
    ElectricityFactor,
    Energy,
    FuelFactor,
    Gwp,
    HeatFactor,
    LocationEvidence,
    ProcessFactor,
    StandardCoal,
    Unit,
)
from quality.contracts.table import Table
from quality.contracts.weights import CityQuantity, DownscaledPart
from warehouse.settings import Settings
from warehouse.step import Frames, Step


def _factor_tables(t: Frames) -> tuple[pl.DataFrame, pl.DataFrame]:
    fuels, nonco2 = t["accepted.fuel_factor"], t["accepted.combustion_nonco2"]
    return factors.emission_factors(
        fuels,
        nonco2,
        t["accepted.electricity_factor"],
        t["accepted.heat_factor"],
        t["accepted.ippu_factor"],
        variants.measured_factors(variants.measured_values(t), fuels, nonco2),
    )


def _coefficient_tables(t: Frames) -> tuple[pl.DataFrame, pl.DataFrame]:
    return factors.energy_coefficients(
        t["accepted.standard_coal"], t["accepted.fuel_factor"], t["accepted.energy"]
    )


def _item_sources(t: Frames, _: Settings) -> pl.DataFrame:
    found = trace.item_sources(t, _factor_tables(t)[1], _coefficient_tables(t)[1])
    edges = [
        _term_edges(t),
        variants.measured_sources(t["core.emission_factor"], variants.measured_values(t)),
    ]
    return ItemSource.conform(
        pl.concat([found, *(e.select(found.columns) for e in edges)]).unique()
    )


def _refused(t: Frames) -> pl.DataFrame:
    return refused_works(t["quarantine.row"], t["accepted.return_205_2"])


def _transformation(t: Frames) -> tuple[pl.DataFrame, pl.DataFrame]:
    return transformation_terms(
        usable(t["accepted.return_205_2"], t["quarantine.flag"]),
        t["accepted.energy"],
        t["accepted.fuel_factor"],
        t["accepted.unit"],
        t["accepted.ncv_unit"],
        _refused(t),
    )


def _processes(t: Frames) -> tuple[pl.DataFrame, pl.DataFrame]:
    return process_terms(
        t["accepted.process_return"],
        t["accepted.ippu_factor"],
        t["accepted.waste_factor"],
        t["accepted.heat_factor"],
        t["accepted.fuel_factor"],
        t["accepted.unit"],
    )


def _term_edges(t: Frames) -> pl.DataFrame:
    return pl.concat([_transformation(t)[1], _processes(t)[1]])


def _emission_factors(t: Frames, _: Settings) -> pl.DataFrame:
    agreed, _edges = exchange.contract_factors(t["core.exchange"])
    return pl.concat(
        [
            _factor_tables(t)[0],
            agreed,
            term_factors(t["core.process_term"]),
            variants.implied_factors(t["core.implied_factor"], t["accepted.energy"]),
        ]
    )


def _ledger(t: Frames, s: Settings) -> pl.DataFrame:
    profiles = profiles_of(t["accepted.method_profile"], s.profiles, s.factor_set)
    choices = Choices(
        profiles,
        t["accepted.grid_region"],
        s.grid_ef_year,
        pl.concat(
            [
                exchange.contract_terms(t["core.exchange_part"], t["core.activity"], profiles),
                counted_terms(t["core.process_term"], profiles),
            ]
        ),
        t["core.implied_group"],
    )
    return ledger_kept(
        t["core.activity"], t["core.emission_factor"], choices, s.raw_rows / "ledger"
    )


_FACTOR_INPUTS = (
    FuelFactor,
    CombustionNonCo2,
    ElectricityFactor,
    HeatFactor,
    ProcessFactor,
    Return2051,
    Energy,
    CalorificUnit,
    Flag,
)
_COEFFICIENT_INPUTS = (StandardCoal, FuelFactor, Energy)
MART_INPUTS = (
    Line,
    Activity,
    Attribution,
    ControlQuantity,
    EnergyCoefficient,
    ElectricityCoefficient,
    CanonicalReturn,
    LocatedPlant,
    Park,
    Boundary,
    ViewWeight,
    Gwp,
    Enterprise,
    Site,
    SiteOperator,
    SiteQuantity,
    Exchange,
    ExchangePart,
    BookRow,
)

COEFFICIENT_STEP = Step(
    EnergyCoefficient,
    _COEFFICIENT_INPUTS,
    lambda t, _: _coefficient_tables(t)[0],
    "inventory",
)


_TERM_INPUTS = (
    ProcessReturn,
    Return2052,
    QuarantineRow,
    Flag,
    ProcessFactor,
    WasteFactor,
    HeatFactor,
    FuelFactor,
    Energy,
    Unit,
    CalorificUnit,
)
# Before activity, which they become.
TERM_STEPS = (
    Step(
        ProcessTerm,
        _TERM_INPUTS,
        lambda t, _: pl.concat([_transformation(t)[0], _processes(t)[0]]),
        "inventory",
        by_year=True,
    ),
    Step(
        HeldFuel,
        _TERM_INPUTS,
        lambda t, _: held_fuels(
            t["accepted.process_return"],
            _transformation(t)[0],
            t["accepted.energy"],
            _refused(t),
        ),
        "inventory",
        by_year=True,
    ),
)


def mart_step(mart: marts.Mart, inputs: tuple[type[Table], ...]) -> Step:
    """The step of a mart, with the settings that its numbers depend on."""
    return Step(
        mart.table,
        inputs,
        lambda t, s: marts.build_mart(mart, t, s.gwp_set, s.profiles[0], s.minimum_coverage),
        "marts",
        by_year=mart.table.partition() == "year",
    )


def _inputs(mart: marts.Mart) -> tuple[type[Table], ...]:
    if mart.table is RegisterReconciliation:
        return (RecordComparison,)
    withheld = "withhold" in mart.table.table_metadata()
    return (*MART_INPUTS, ProvinceCoverage) if withheld else MART_INPUTS


STEPS = (
    *ceads_steps.STEPS,
    Step(
        EmissionFactor,
        (*_FACTOR_INPUTS, Exchange, ProcessTerm, ImpliedFactor),
        _emission_factors,
        "inventory",
    ),
    Step(
        Line,
        (
            Activity,
            ExchangePart,
            ProcessTerm,
            EmissionFactor,
            ImpliedGroup,
            MethodProfile,
            GridRegion,
        ),
        _ledger,
        "inventory",
        by_year=True,
    ),
    Step(
        ElectricityCoefficient,
        (ElectricityEqualValue,),
        lambda t, _: electricity_coefficients(t["accepted.electricity_equal_value"]),
        "inventory",
    ),
    *(mart_step(mart, _inputs(mart)) for mart in marts.MARTS),
    *(mart_step(mart, (CeadsPart, CeadsCell)) for mart in ceads_marts.MARTS),
    *uncertainty_steps.STEPS,
    Step(
        TotalFinding,
        (
            ParkInventory,
            ParkTotal,
            ControlBalance,
            ParkReconciliation,
            CeadsTotal,
            Park,
            ProvinceName,
        ),
        lambda t, s: total_findings(t, s.profiles[0]),
        "audit",
        by_year=True,
    ),
    Step(
        ItemSource,
        (
            Activity,
            Exchange,
            ExchangePart,
            CanonicalReturn,
            ControlQuantity,
            CityQuantity,
            DownscaledPart,
            LocationClaim,
            RecordComparison,
            Site,
            Boundary,
            BoundaryClaim,
            LocatedPlant,
            GemSteelCapacity,
            *dict.fromkeys(register.table for register in REGISTERS),
            Gwp,
            ViewWeight,
            LocationEvidence,
            CeadsPart,
            CeadsCell,
            ImpliedFactor,
            EmissionFactor,
            ElectricityCoefficient,
            BillYear,
            GridSupply,
            HeatSupply,
            SiteQuantity,
            Park,
            ParkReturn,
            ParkReturnEnergy,
            *dict.fromkeys((*_FACTOR_INPUTS, *_COEFFICIENT_INPUTS, *_TERM_INPUTS)),
        ),
        _item_sources,
        "audit",
    ),
)
