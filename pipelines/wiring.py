"""The one list of steps from accepted tables to marts, and its run from archived bytes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import duckdb
import polars as pl

from assets.boundaries.assets import STEPS as BOUNDARY_STEPS
from assets.energy.assets import STEPS as ENERGY_STEPS
from assets.enterprises.assets import STEPS as ENTERPRISE_STEPS
from assets.inventory.assets import COEFFICIENT_STEP
from assets.inventory.assets import STEPS as INVENTORY_STEPS
from assets.landing.acceptance import accept_source
from assets.landing.assets import STEPS as LANDING_STEPS
from assets.landing.declaration import SourceDeclaration, load_sources
from assets.landing.ingest import archive_delivery, read_archived, reference_deliveries
from assets.landing.readers import ReaderLimits
from assets.landing.rules import NEEDS
from quality.contracts.audit import Delivery, Flag, QuarantineRow, RawRow
from quality.contracts.core import Membership
from quality.contracts.registry import table_of
from warehouse.settings import Settings
from warehouse.step import Frames, Step, run_steps

STEPS: tuple[Step, ...] = (
    COEFFICIENT_STEP,
    *BOUNDARY_STEPS,
    *ENTERPRISE_STEPS,
    *ENERGY_STEPS,
    *INVENTORY_STEPS,
    *LANDING_STEPS,
)


# Quantized floating-point stages: `verify` goes on from them as published, and derives them
# again within a tolerance.
FLOATING = (Membership,)

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
    """Sources without rules that need other tables first, then the others."""
    sources = load_sources().values()
    return sorted(sources, key=lambda source: (source.id in NEEDS, source.id))


def accept_all(raw: Mapping[str, pl.DataFrame], settings: Settings) -> dict[str, pl.DataFrame]:
    """Accepted tables, quarantine and flags from raw rows by source id."""
    tables: dict[str, pl.DataFrame] = {}
    quarantined, flagged = [QuarantineRow.empty_frame()], [Flag.empty_frame()]
    for source in acceptance_order():
        if source.id in NEEDS and "core.energy_coefficient" not in tables:
            tables = run_steps([COEFFICIENT_STEP], tables, settings)
        outcome = accept_source(source, raw.get(source.id, RawRow.empty_frame()), tables)
        table = table_of(source.table)
        tables[table.table_name()] = outcome.frame
        quarantined.append(outcome.quarantine)
        flagged.append(outcome.flags)
    tables[QuarantineRow.table_name()] = QuarantineRow.conform(pl.concat(quarantined))
    tables[Flag.table_name()] = Flag.conform(pl.concat(flagged))
    return tables


def recompute(
    archive: Path, deliveries: pl.DataFrame, settings: Settings, pinned: Frames | None = None
) -> dict[str, pl.DataFrame]:
    """Every table, worked out again from the archived bytes of the given deliveries."""
    sources = load_sources()
    limits = ReaderLimits(memory_mb=settings.reader_memory_mb)
    raw: dict[str, list[pl.DataFrame]] = {}
    for delivery in deliveries.iter_rows(named=True):
        source = sources[delivery["source_id"]]
        rows = read_archived(archive, source, delivery, limits)
        raw.setdefault(source.id, []).append(rows)
    by_source = {source_id: pl.concat(parts) for source_id, parts in raw.items()}
    given = {
        **accept_all(by_source, settings),
        RawRow.table_name(): RawRow.conform(pl.concat([RawRow.empty_frame(), *by_source.values()])),
        Delivery.table_name(): Delivery.conform(deliveries),
    }
    return run_steps(STEPS, given, settings, pinned)


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
    """The tables that rules of sources need, accepted from the product's own files."""
    wanted = {name for names in NEEDS.values() for name in names}
    wanted |= {table.table_name() for table in COEFFICIENT_STEP.inputs}
    found = [item for item in reference_deliveries() if item.source.table in wanted]
    raw = {}
    limits = ReaderLimits(memory_mb=settings.reader_memory_mb)
    for item in found:
        delivery = archive_delivery(settings.archive, item).row(0, named=True)
        raw[item.source.id] = read_archived(settings.archive, item.source, delivery, limits)
    tables = {
        item.source.table: accept_source(item.source, raw[item.source.id], {}).frame
        for item in found
    }
    return run_steps([COEFFICIENT_STEP], tables, settings)
