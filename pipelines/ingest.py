"""`parkledger ingest`: archive files of one source, and say what the door makes of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from assets.landing.copies import copies
from assets.landing.corrections import CorrectionError
from assets.landing.declaration import DeclarationError, SourceDeclaration, load_source
from assets.landing.ingest import Found, find_deliveries
from assets.landing.intake import Register
from assets.landing.readers import ReadError, prepare
from assets.landing.rules import NEEDS
from pipelines.register import take_in
from pipelines.wiring import rule_tables
from warehouse.served import published_years
from warehouse.settings import Settings

_SHOWN = 5


class IngestFailed(ValueError):
    """A file cannot be taken in; the message names file, part, row and what was expected."""


def ingest_files(settings: Settings, source_id: str, files: list[Path]) -> list[dict[str, Any]]:
    """Archive, read and register files; one outcome a file. The next run materializes them.

    A file that is refused is registered as such and does not count. Raises IngestFailed for the
    first one; the ones before it are in.
    """
    try:
        source = load_source(source_id)
    except DeclarationError as error:
        raise IngestFailed(str(error)) from error
    prepare(source.formats)
    reference = rule_tables(settings) if NEEDS.get(source_id) else {}
    if settings.decided.is_dir():
        take_in(settings, find_deliveries(settings.decided))
    outcomes = []
    for path in files:
        if not path.is_file():
            raise IngestFailed(f"{path}: no such file; expected a delivered file")
        try:
            register, arrived = take_in(settings, [Found(source, path)])
        except ReadError as error:  # an incomplete shapefile cannot even be archived
            raise IngestFailed(str(error)) from error
        delivery = arrived.row(0, named=True)
        if delivery["status"] == "refused":
            raise IngestFailed(str(delivery["reason"]))
        try:
            said = _outcome(settings, source, register, delivery, path.name, reference)
        except CorrectionError as error:
            raise IngestFailed(f"{path.name} is registered, but {error}") from error
        outcomes.append(said)
    return outcomes


def _outcome(
    settings: Settings,
    source: SourceDeclaration,
    register: Register,
    delivery: dict[str, Any],
    file_name: str,
    reference: dict[str, pl.DataFrame],
) -> dict[str, Any]:
    """What the door makes of one delivery, beside the others of its source that count."""
    outcome = register.accept(source, reference)
    mine = pl.col("source_row_id").str.starts_with(f"{delivery['delivery_id'][:16]}:")
    accepted, bad = outcome.frame.filter(mine), outcome.quarantine.filter(mine)
    counted = bad.group_by("rule_id").len().sort("rule_id")
    first = bad.head(_SHOWN).select(
        pl.col("source_row_id").alias("locator"),
        pl.col("rule_ids").alias("rules"),
        pl.col("column_zh").alias("column"),
        pl.col("value_text").alias("value"),
        "reason_zh",
        "reason_en",
    )
    said: dict[str, Any] = {
        "source": source.id,
        "file": file_name,
        "delivery_id": delivery["delivery_id"],
        "status": delivery["status"],
        "delivered": accepted.height + bad.height,
        "accepted": accepted.height,
        "quarantined": bad.height,
        "reasons": {str(rule): int(count) for rule, count in counted.iter_rows()},
        "first_bad": first.to_dicts(),
    }
    if delivery["file_name"] != file_name:
        said["duplicate_of"] = delivery["file_name"]
    other = copies(register.deliveries, source.id).get(file_name)
    if other is not None:
        said["copy_of"] = other
    if delivery["reason"]:
        said["reason"] = delivery["reason"]
    late = _late(settings, source, accepted)
    if late:
        said["late_for"] = late
    return said


def _late(settings: Settings, source: SourceDeclaration, accepted: pl.DataFrame) -> list[int]:
    """Years of the delivery that the served release has published already."""
    if source.period is None or source.period not in accepted.columns:
        return []
    years = accepted.get_column(source.period)
    if years.dtype != pl.Int64:
        return []
    return sorted(set(years.drop_nulls()) & set(published_years(settings)))
