"""Names of copies: told, never acted upon."""

from __future__ import annotations

import polars as pl
import pytest

from assets.landing.copies import copies, without_copy
from assets.landing.lifecycle import marks


@pytest.mark.parametrize(
    "name",
    [
        "取水_2017 (1).csv",
        "取水_2017(2).CSV",
        "取水_2017（1）.csv",
        "取水_2017 - 副本.csv",
        "取水_2017 - 副本 (2).csv",
        "取水_2017副本.csv",
        "副本取水_2017.csv",
        "复件 取水_2017.csv",
        "取水_2017_最终版.csv",
        "取水_2017终版.csv",
        "取水_2017_定稿.csv",
        "取水_2017 - Copy.csv",
        "Copy of 取水_2017.csv",
        "取水_2017_final.csv",
        "取水_2017_最终版 (1).csv",
    ],
)
def test_the_name_of_a_copy(name: str) -> None:
    assert without_copy(name) == "取水_2017.csv"
    assert marks(name)[1:] == (0, 0)  # it is no revision: it may be a part of its own


@pytest.mark.parametrize(
    "name",
    ["取水_2017.csv", "photocopy.csv", "副本.csv", "(1).csv", "semifinal.csv", "产量(万吨).csv",
     "最终用户.csv", "取水(2017).csv"],
)  # fmt: skip
def test_other_names(name: str) -> None:
    assert without_copy(name) == name


def deliveries(*rows: tuple[str, str, str]) -> pl.DataFrame:
    """(source, names, status), each with bytes of its own."""
    return pl.DataFrame(
        [
            {"delivery_id": str(n), "source_id": source, "names": names, "status": status}
            for n, (source, names, status) in enumerate(rows)
        ]
    )


def test_both_must_count_and_be_of_one_source() -> None:
    copy, base = "a (1).csv", "a.csv"
    both = deliveries(("s", base, "current"), ("s", copy, "current"))
    assert copies(both, "s") == {copy: base}
    assert copies(both, "t") == {}
    for status in ("withdrawn", "refused", "superseded"):
        assert copies(deliveries(("s", base, status), ("s", copy, "current")), "s") == {}
    assert copies(deliveries(("t", base, "current"), ("s", copy, "current")), "s") == {}


def test_the_same_bytes_and_two_parts_are_no_copies() -> None:
    assert copies(deliveries(("s", "a (1).csv/a.csv", "current")), "s") == {}
    parts = deliveries(("s", "a (1).csv", "current"), ("s", "a (2).csv", "current"))
    assert copies(parts, "s") == {}
