"""Real registers through the door: known counts, met exactly, and nothing lost."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from assets.landing.declaration import load_source
from assets.landing.readers import ReadError
from tests.door import file_through_door, read_file
from tests.shared_data import shared


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
    outcome = file_through_door("cn_register", path, tmp_path)
    assert outcome.records == delivered
    assert outcome.quarantine.height == quarantined
    assert outcome.quarantine.filter(~pl.col("rule_ids").str.contains("MOJIBAKE")).height == 0


def test_an_odd_or_missing_identifier_is_flagged_not_lost(tmp_path: Path) -> None:
    path = shared("data/b_cn_registry_redacted/1987_江苏.redacted.csv")
    outcome = file_through_door("cn_register", path, tmp_path)
    codes = outcome.frame.get_column("uscc_text")
    odd = codes.is_null() | (codes.str.len_chars() != 18)
    flagged = outcome.flags.filter(pl.col("rule_id") == "ID1m")
    assert 0 < odd.sum() < outcome.records
    assert flagged.height == odd.sum()


def test_listed_companies_keep_their_zeros_and_both_addresses(tmp_path: Path) -> None:
    path = shared("data/b_cn_listed_companies/company_info_2015.csv")
    outcome = file_through_door("listed_companies", path, tmp_path)
    assert outcome.records == outcome.frame.height == 2814
    both = outcome.frame.select("registered_address_zh", "working_address_zh")
    assert both.filter(pl.first().ne_missing(pl.last())).height == 1391
    assert outcome.frame.filter(pl.col("stock_code").str.starts_with("000")).height > 0


def test_a_file_that_does_not_allow_lost_characters_is_refused(tmp_path: Path) -> None:
    path = shared("data/b_cn_registry_redacted/2002_天津.redacted.csv")
    strict = load_source("cn_register").model_copy(update={"lost_characters": "refuse"})
    with pytest.raises(ReadError, match=r"U\+FFFD"):
        read_file(strict, path, tmp_path)
