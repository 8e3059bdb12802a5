"""`parkledger quarantine replay`: a source through the door again, without a whole run."""

from __future__ import annotations

from typing import Any

from assets.landing.corrections import CorrectionError
from assets.landing.declaration import DeclarationError, load_source
from assets.landing.ingest import find_deliveries
from assets.landing.intake import DecisionError
from assets.landing.rules import NEEDS
from pipelines.register import take_in
from pipelines.sources import write_shared
from pipelines.wiring import rule_tables
from quality.contracts.audit import QuarantineRow
from quality.contracts.registry import table_of
from warehouse.lake import Lake
from warehouse.settings import Settings


class ReplayFailed(ValueError):
    """The source is not declared, or a decision is wrong or outdated."""


def replay(settings: Settings, source_id: str) -> dict[str, Any]:
    """Accept the source anew with recorded decisions and today's contract; write its tables.

    Returns how many records are quarantined now and before, and how many changed sides.
    Raises ReplayFailed.
    """
    try:
        source = load_source(source_id)
        decided = find_deliveries(settings.decided) if settings.decided.is_dir() else []
        register, _ = take_in(settings, decided)
        reference = rule_tables(settings) if NEEDS.get(source_id) else {}
        outcome = register.accept(source, reference)
    except (DeclarationError, CorrectionError, DecisionError) as error:
        raise ReplayFailed(str(error)) from error
    lake = Lake(settings)
    before = lake.read(QuarantineRow, slice_column="source_id", slice_values=[source_id])
    lake.write(table_of(source.table), outcome.frame)
    write_shared(lake, {source_id: outcome})
    keys = ["source_row_id", "source_column"]
    return {
        "source": source_id,
        "records": outcome.records,
        "accepted": outcome.frame.height,
        "quarantined": outcome.quarantine.height,
        "quarantined_before": before.height,
        "released": before.join(outcome.quarantine, on=keys, how="anti").height,
        "caught": outcome.quarantine.join(before, on=keys, how="anti").height,
        "reasons": outcome.reasons(),
    }
