"""The one list of steps from accepted tables to marts, and its run from archived bytes."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import duckdb
import polars as pl

from assets.boundaries.assets import STEPS as BOUNDARY_STEPS
from assets.energy.assets import STEPS as ENERGY_STEPS
from assets.enterprises.assets import STEPS as ENTERPRISE_STEPS
from assets.insight.assets import RETURN_STEPS
from assets.insight.assets import STEPS as INSIGHT_STEPS
from assets.inventory.assets import COEFFICIENT_STEP, TERM_STEPS
from assets.inventory.assets import STEPS as INVENTORY_STEPS
from assets.inventory.uncertainty.steps import FLOATING as UNCERTAIN
from assets.landing.assets import STEPS as LANDING_STEPS
from assets.landing.declaration import SourceDeclaration, load_sources
from assets.landing.ingest import archive_delivery, reference_deliveries
from assets.landing.intake import Register, settle
from assets.landing.lifecycle import merge
from assets.landing.rawstore import RawStore, reader_limits, store_of
from assets.landing.rules import NEEDS
from pipelines.register import registered
from quality.contracts.audit import Delivery, Flag, QuarantineRow, RawPart
from quality.contracts.boundaries import Membership
from quality.contracts.core import EnergyCoefficient
from quality.contracts.decisions import AppliedCorrection
from warehouse.settings import Settings
from warehouse.step import Frames, Step, run_steps

STEPS: tuple[Step, ...] = (
    COEFFICIENT_STEP,
    *BOUNDARY_STEPS,
    *ENTERPRISE_STEPS,
    *TERM_STEPS,
    *ENERGY_STEPS,
    *RETURN_STEPS,
    *INVENTORY_STEPS,
    *INSIGHT_STEPS,
    *LANDING_STEPS,
)


# Quantized floating-point stages: `verify` goes on from them as published, and derives them
# again within a tolerance.
FLOATING = (Membership, *UNCERTAIN)

_ROOMS = ("assets", "pipelines", "quality", "warehouse")


@cache
def code_version() -> str:
    """A hash of the product's own code, declarations and reference tables."""
    root = Path(__file__).resolve().parents[1]
    digest = hashlib.sha256()
    for room in _ROOMS:
        for path in sorted((root / room).rglob("*")):
            if path.suffix in {".py", ".toml", ".csv"}:
                digest.update(str(path.relative_to(root)).encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def acceptance_order() -> list[SourceDeclaration]:
    """Sources without rules that need other tables first, then those that need only them, ..."""
    return sorted(load_sources().values(), key=lambda source: (source_level(source.id), source.id))


@cache
def source_level(source_id: str) -> int:
    """0 for a source whose rules need no other table, else one above the highest they need."""
    source_of = {source.table: source.id for source in load_sources().values()}
    needed = [source_level(source_of[t]) for t in NEEDS.get(source_id, []) if t in source_of]
    return 1 + max([0, *needed]) if source_id in NEEDS else 0


def accept_all(register: Register, settings: Settings) -> dict[str, pl.DataFrame]:
    """Accepted tables, quarantine, flags and applied corrections of all that was delivered."""
    tables: dict[str, pl.DataFrame] = {}
    quarantined, flagged = [QuarantineRow.empty_frame()], [Flag.empty_frame()]
    applied = [AppliedCorrection.empty_frame()]
    for source in acceptance_order():
        if source.id in NEEDS and EnergyCoefficient.table_name() not in tables:
            tables = run_steps([COEFFICIENT_STEP], tables, settings)
        outcome = register.accept(source, tables)
        tables[source.table] = outcome.frame
        quarantined.append(outcome.quarantine)
        flagged.append(outcome.flags)
        applied.append(outcome.applied)
    tables[QuarantineRow.table_name()] = QuarantineRow.conform(pl.concat(quarantined))
    tables[Flag.table_name()] = Flag.conform(pl.concat(flagged))
    tables[AppliedCorrection.table_name()] = AppliedCorrection.conform(pl.concat(applied))
    return tables


def recompute(
    archive: Path, deliveries: pl.DataFrame, settings: Settings, pinned: Frames | None = None
) -> dict[str, pl.DataFrame]:
    """Every table, worked out again from the archived bytes of the given deliveries.

    The raw rows of the home are not used: the bytes are read anew.
    """
    with tempfile.TemporaryDirectory(prefix="parkledger-recompute-") as raw:
        afresh = settings.model_copy(update={"raw": Path(raw)})
        store = RawStore(afresh.raw_rows, archive, reader_limits(afresh))
        register = settle(deliveries, load_sources(), store)
        given = {
            **accept_all(register, afresh),
            RawPart.table_name(): register.parts(),
            Delivery.table_name(): register.deliveries,
        }
        return run_steps(STEPS, given, afresh, pinned)


def recompute_release(
    settings: Settings, path: Path
) -> Callable[[pl.DataFrame], dict[str, pl.DataFrame]]:
    """What `verify` needs: all tables from archived deliveries, with the release's settings.

    A release is recomputed with the method settings it was published with, whatever the
    environment says now.
    """
    with duckdb.connect(str(path), read_only=True) as connection:
        row = connection.execute("SELECT configuration FROM release.info").fetchone()
        pinned = {
            table.table_name(): connection.execute(f"FROM {table.table_name()}").pl()
            for table in FLOATING
        }
    configuration = json.loads(row[0]) if row else {}
    as_published = settings.model_copy(update=configuration)
    return lambda deliveries: recompute(settings.archive, deliveries, as_published, pinned)


def rule_tables(settings: Settings) -> dict[str, pl.DataFrame]:
    """The tables that rules of sources need: the product's own, and what is delivered of others."""
    wanted = {name for names in NEEDS.values() for name in names}
    wanted |= {table.table_name() for table in COEFFICIENT_STEP.inputs}
    own = [item for item in reference_deliveries() if item.source.table in wanted]
    arrived = pl.concat([archive_delivery(settings.archive, item) for item in own])
    facts = settle(merge(Delivery.empty_frame(), arrived), load_sources(), store_of(settings))
    delivered = registered(settings)
    tables: dict[str, pl.DataFrame] = {}
    for source in acceptance_order():
        if source.table not in wanted:
            continue
        if source_level(source.id) and EnergyCoefficient.table_name() not in tables:
            tables = run_steps([COEFFICIENT_STEP], tables, settings)
        register = facts if source.id in facts.delivered else delivered
        tables[source.table] = register.accept(source, tables).frame
    return run_steps([COEFFICIENT_STEP], tables, settings)
