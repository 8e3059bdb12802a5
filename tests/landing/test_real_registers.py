"""Real registers through the door: known counts, met exactly, and nothing lost."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from assets.landing.acceptance import accept_source
from assets.landing.declaration import load_source
from assets.landing.ingest import Found, archive_delivery, read_archived
from assets.landing.readers import ReaderLimits, ReadError
from quality.quarantine import Accepted
from tests.shared_data import shared


def _through_the_door(source_id: str, path: Path, folder: Path) -> tuple[int, Accepted]:
    source = load_source(source_id)
    delivery = archive_delivery(folder, Found(source, path)).row(0, named=True)
    raw = read_archived(folder, source, delivery, ReaderLimits())
    outcome = accept_source(source, raw, {})
    assert raw.height == outcome.frame.height + outcome.quarantine.height
    return raw.height, outcome


@pytest.mark.parametrize(
    ("name", "delivered", "quarantined"),
    [
        ("2002_天津", 3176, 14),
        ("2002_江苏", 4603, 71),
        ("2002_宁夏", 571, 0),
        ("2004_宁夏", 1190, 0),
    ],
)
def test_register_quarantines_its_damaged_tail_and_nothing_else(
    tmp_path: Path, name: str, delivered: int, quarantined: int
) -> None:
    path = shared(f"data/b_cn_registry_redacted/{name}.redacted.csv")
    rows, outcome = _through_the_door("cn_register", path, tmp_path)
    assert rows == delivered
    assert outcome.quarantine.height == quarantined
    assert outcome.quarantine.filter(~pl.col("rule_ids").str.contains("MOJIBAKE")).height == 0


def test_an_odd_or_missing_identifier_is_flagged_not_lost(tmp_path: Path) -> None:
    path = shared("data/b_cn_registry_redacted/1987_江苏.redacted.csv")
    rows, outcome = _through_the_door("cn_register", path, tmp_path)
    codes = outcome.frame.get_column("uscc_text")
    odd = codes.is_null() | (codes.str.len_chars() != 18)
    flagged = outcome.flags.filter(pl.col("rule_id") == "ID1m")
    assert 0 < odd.sum() < rows
    assert flagged.height == odd.sum()


def test_listed_companies_keep_their_zeros_and_both_addresses(tmp_path: Path) -> None:
    path = shared("data/b_cn_listed_companies/company_info_2015.csv")
    rows, outcome = _through_the_door("listed_companies", path, tmp_path)
    assert rows == outcome.frame.height == 2814
    both = outcome.frame.select("registered_address_zh", "working_address_zh")
    assert both.filter(pl.first().ne_missing(pl.last())).height == 1391
    assert outcome.frame.filter(pl.col("stock_code").str.starts_with("000")).height > 0


def test_a_file_that_does_not_allow_lost_characters_is_refused(tmp_path: Path) -> None:
    path = shared("data/b_cn_registry_redacted/2002_天津.redacted.csv")
    strict = load_source("cn_register").model_copy(update={"lost_characters": "refuse"})
    delivery = archive_delivery(tmp_path, Found(strict, path)).row(0, named=True)
    with pytest.raises(ReadError, match=r"U\+FFFD"):
        read_archived(tmp_path, strict, delivery, ReaderLimits())
