"""`parkledger ingest`: archive files of one source, and say what the door makes of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from assets.landing.acceptance import accept_source
from assets.landing.declaration import DeclarationError, load_source
from assets.landing.ingest import Found, archive_delivery, read_archived, supersede
from assets.landing.readers import ReaderLimits, ReadError
from assets.landing.rules import NEEDS
from pipelines.register import register
from pipelines.wiring import rule_tables
from quality.contracts.audit import Delivery
from warehouse.lake import Lake
from warehouse.settings import Settings


class IngestFailed(ValueError):
    """A file cannot be taken in; the message names file, part, row and what was expected."""


def ingest_files(settings: Settings, source_id: str, files: list[Path]) -> list[dict[str, Any]]:
    """Archive, read and register files; one outcome a file. The next run materializes them.

    Raises IngestFailed for the first file that cannot be read; the ones before it are in.
    """
    try:
        source = load_source(source_id)
    except DeclarationError as error:
        raise IngestFailed(str(error)) from error
    lake = Lake(settings)
    limits = ReaderLimits(memory_mb=settings.reader_memory_mb)
    reference = rule_tables(settings) if NEEDS.get(source_id) else {}
    outcomes = []
    for path in files:
        try:
            if not path.is_file():
                raise IngestFailed(f"{path}: no such file; expected a delivered file")
            arrived = archive_delivery(settings.archive, Found(source, path))
            delivery = arrived.row(0, named=True)
            raw = read_archived(settings.archive, source, delivery, limits)
        except ReadError as error:
            raise IngestFailed(str(error)) from error
        outcome = accept_source(source, raw, reference)
        known = lake.read(Delivery)
        register(lake, known, supersede(known, arrived), [raw])
        outcomes.append(
            {
                "source": source_id,
                "file": delivery["file_name"],
                "delivery_id": delivery["delivery_id"],
                "delivered": raw.height,
                "accepted": outcome.frame.height,
                "quarantined": outcome.quarantine.height,
                "reasons": outcome.reasons(),
            }
        )
    return outcomes
