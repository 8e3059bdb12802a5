"""Each source is an asset with its checks, and says what became of its rows."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import dagster as dg
import polars as pl
import pytest

from assets.landing.declaration import load_source, load_sources
from assets.landing.intake import Decisions, Register
from pipelines.factory import asset_key
from pipelines.findings import SITES_WITHIN_RETURN, warning
from pipelines.sources import FACTS, REGISTERS, RETURNS, Tally, _events
from quality.contracts.audit import Delivery, QuarantineRow
from quality.contracts.decisions import Correction, DriftDecision, Withdrawal
from quality.contracts.energy import Allocation
from quality.contracts.registry import table_of
from tests.frames import frame

SOURCE = load_source("output_return")
KEY = asset_key(table_of(SOURCE.table))
NOTHING = Decisions(Correction.empty_frame(), DriftDecision.empty_frame(), Withdrawal.empty_frame())
BAD = frame(
    QuarantineRow,
    {"source_row_id": "d::2", "rule_ids": "UNIT", "column_zh": "计量单位", "value_text": "车"},
)
TALLY = Tally(10, 9, 1, 2, 0, Counter(UNIT=1), BAD)


@pytest.mark.parametrize("source_id", sorted(load_sources()))
def test_a_source_is_an_asset_with_two_checks(source_id: str) -> None:
    key = asset_key(table_of(load_source(source_id).table))
    (definition,) = [d for d in (FACTS, REGISTERS, RETURNS) if key in d.keys]
    checks = {spec.name: spec for spec in definition.check_specs if spec.asset_key == key}
    assert set(checks) == {"delivered", "layout"}
    assert checks["delivered"].blocking


def said(tally: Tally, deliveries: pl.DataFrame | None = None) -> dict[str, dg.AssetCheckResult]:
    known = Delivery.empty_frame() if deliveries is None else deliveries
    found = list(_events(SOURCE, tally, Register(known, {}, NOTHING)))
    (made,) = [event for event in found if isinstance(event, dg.MaterializeResult)]
    assert made.asset_key == KEY
    metadata = made.metadata or {}
    assert {metadata[name] for name in ("delivered", "accepted", "quarantined")} == {10, 9, 1}
    return {e.check_name or "": e for e in found if isinstance(e, dg.AssetCheckResult)}


def test_the_first_bad_rows_stand_in_the_check() -> None:
    checks = said(TALLY)
    assert checks["delivered"].passed and checks["layout"].passed
    table = checks["delivered"].metadata["first_bad_rows"]
    assert isinstance(table, dg.TableMetadataValue)
    assert table.records[0].data["value_text"] == "车"


def test_a_lost_record_fails_the_check() -> None:
    (event,) = [
        e
        for e in _events(
            SOURCE, replace(TALLY, records=11), Register(Delivery.empty_frame(), {}, NOTHING)
        )
        if isinstance(e, dg.AssetCheckResult) and e.check_name == "delivered"
    ]
    assert not event.passed


def test_too_many_bad_rows_fail_the_check() -> None:
    strict = SOURCE.model_copy(
        update={"allowed": SOURCE.allowed.model_copy(update={"quarantined": 0.05})}
    )
    (event,) = [
        e
        for e in _events(strict, TALLY, Register(Delivery.empty_frame(), {}, NOTHING))
        if isinstance(e, dg.AssetCheckResult) and e.check_name == "delivered"
    ]
    assert not event.passed


def test_a_refused_delivery_warns_with_its_reason() -> None:
    refused = frame(
        Delivery,
        {
            "source_id": SOURCE.id,
            "delivery_id": "d",
            "file_name": "a.csv",
            "status": "refused",
            "reason": "a.csv, row 1: missing header '产量'",
        },
    )
    layout = said(TALLY, refused)["layout"]
    assert not layout.passed and layout.severity == dg.AssetCheckSeverity.WARN
    assert "missing header" in str(layout.metadata["reasons"].value)


def test_a_copy_beside_its_file_warns() -> None:
    both = frame(
        Delivery,
        *(
            {
                "source_id": SOURCE.id,
                "delivery_id": name,
                "file_name": name,
                "names": name,
                "status": "current",
            }
            for name in ("a.csv", "a (1).csv")
        ),
    )
    layout = said(TALLY, both)["layout"]
    assert not layout.passed
    reasons = str(layout.metadata["reasons"].value)
    assert "a (1).csv looks like a copy of a.csv" in reasons
    assert f"parkledger withdraw {SOURCE.id} 'a.csv'" in reasons


def test_sites_above_their_return_are_a_warning_with_both_numbers() -> None:
    row = {"enterprise_id": "E", "year": 2017, "energy_id": "coke", "total": 100}
    good = frame(Allocation, {**row, "source_row_id": "r1", "status": "within_2pct"})
    assert warning(SITES_WITHIN_RETURN, good).passed
    bad = frame(Allocation, {**row, "source_row_id": "r2", "status": "exceeds", "own_data": 103})
    found = warning(SITES_WITHIN_RETURN, pl.concat([good, bad]))
    assert (found.passed, found.severity) == (False, dg.AssetCheckSeverity.WARN)
    text = str(found.metadata["r2"].value)
    assert "sites 103.000000 > return 100.000000" in text
