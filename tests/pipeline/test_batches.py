"""A large source judged in batches ends as if it were judged at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from assets.landing.declaration import load_source, load_sources
from assets.landing.ingest import Found, archive_delivery
from assets.landing.intake import settle
from assets.landing.lifecycle import merge
from assets.landing.rawstore import store_of
from pipelines import sources
from pipelines.sources import Tally
from quality.contracts.audit import Delivery, Flag, QuarantineRow
from quality.contracts.registry import table_of
from tests.shared_data import shared
from warehouse.lake import Lake
from warehouse.settings import Settings

SOURCE = load_source("cn_register")


def test_batches_end_as_the_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = Settings(home=tmp_path / "lake", batch_rows=500)
    monkeypatch.setattr(sources, "settings", lambda: config)
    path = shared("data/b_cn_registry_redacted/2002_天津.redacted.csv")
    arrived = archive_delivery(config.archive, Found(SOURCE, path))
    known = merge(Delivery.empty_frame(), arrived)
    register = settle(known, load_sources(), store_of(config))
    assert sources._large(SOURCE, register, {})
    lake = Lake(config)
    tally = sources._in_batches(lake, SOURCE, register, {})
    whole = register.accept(SOURCE, {})
    expected = Tally.of(whole)
    assert (tally.records, tally.accepted, tally.quarantined, tally.flagged) == (
        expected.records,
        expected.accepted,
        expected.quarantined,
        expected.flagged,
    )
    assert tally.reasons == expected.reasons and tally.quarantined == 14
    table = table_of(SOURCE.table)
    assert lake.read(table).equals(table.conform(whole.frame))
    assert lake.read(QuarantineRow).equals(whole.quarantine)
    assert lake.read(Flag).equals(whole.flags)


def test_a_batch_that_fails_leaves_the_lake_as_it_was(tmp_path: Path) -> None:
    lake = Lake(Settings(home=tmp_path / "lake"))
    lake.write(Delivery, Delivery.empty_frame())
    with pytest.raises(RuntimeError), lake.replacing([(Flag, None, [])]) as append:
        append(Flag, Flag.empty_frame())
        raise RuntimeError
    assert lake.read(Flag).is_empty()
