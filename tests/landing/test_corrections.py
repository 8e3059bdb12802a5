"""Corrections: what they change, the guard that fails, and what stays visible."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from assets.landing.acceptance import SourceOutcome, accept_source
from assets.landing.corrections import CorrectionError
from assets.landing.declaration import load_source
from quality.contracts.decisions import Correction
from tests.door import delivered_rows
from tests.frames import frame
from tests.landing.ruling import rule_reference

SOURCE = load_source("output_return")
ROWS = [
    {"单位详细名称": "甲厂", "年份": "2017", "产品名称": "石灰", "计量单位": "吨", "产量": " 5 "},
    {"单位详细名称": "乙厂", "年份": "2017", "产品名称": "石灰", "计量单位": "吨", "产量": "7万"},
]
REFERENCE = rule_reference("output_return")


def corrected(*corrections: dict[str, Any], rows: list[dict[str, str]] = ROWS) -> SourceOutcome:
    shared = {
        "corrected_source": "output_return",
        "column_zh": "产量",
        "reason_zh": "漏写单位",
        "provider": "某统计局",
    }
    said = [
        {"correction_id": f"c{n}", "source_row_id": f"c::{n}", **shared, **item}
        for n, item in enumerate(corrections)
    ]
    return accept_source(SOURCE, delivered_rows(SOURCE, rows), REFERENCE, frame(Correction, *said))


def outputs(outcome: SourceOutcome) -> dict[str, float]:
    kept = outcome.frame.select("name_zh", pl.col("output").cast(pl.Float64))
    return {str(name): float(value) for name, value in kept.iter_rows()}


MEND = {
    "conditions": "单位详细名称=乙厂;年份=2017",
    "delivered_text": "7万",
    "action": "override",
    "used_text": "70000",
}


def test_without_it_the_row_is_in_quarantine() -> None:
    assert corrected().reasons() == {"TYPE:output": 1}


def test_an_override_releases_the_row_flags_it_and_is_recorded() -> None:
    outcome = corrected(MEND)
    assert outputs(outcome) == {"甲厂": 5.0, "乙厂": 70000.0}
    (applied,) = outcome.applied.to_dicts()
    assert (applied["source_row_id"], applied["column_zh"]) == ("d::3", "产量")
    assert (applied["delivered_text"], applied["used_text"]) == ("7万", "70000")
    assert (applied["correction_row_id"], applied["provider"]) == ("c::0", "某统计局")
    flags = dict(outcome.flags.select("rule_id", "source_row_id").iter_rows())
    assert flags["CORRECTION:c0"] == "d::3"


def test_a_corrected_row_is_a_step_less_reliable() -> None:
    codes = ("914403001922038216", "9144030071526726XG")
    rows = [{**row, "统一社会信用代码": code} for row, code in zip(ROWS, codes, strict=True)]
    outcome = corrected(MEND, rows=rows)
    scores = dict(outcome.frame.select("name_zh", "pedigree").iter_rows())
    assert scores == {"甲厂": "22131", "乙厂": "32131"}


def test_a_scale_multiplies_exactly() -> None:
    scale = {**MEND, "conditions": "单位详细名称=甲厂", "delivered_text": "5"}
    outcome = corrected({**scale, "action": "scale", "used_text": "0.001"}, MEND)
    assert outputs(outcome)["甲厂"] == 0.005
    with pytest.raises(CorrectionError, match=r"c0: scale by '一千'"):
        corrected({**scale, "action": "scale", "used_text": "一千"})


def test_a_drop_sends_the_row_to_quarantine_with_its_reason() -> None:
    outcome = corrected({**MEND, "action": "drop", "used_text": None})
    (gone,) = outcome.quarantine.to_dicts()
    assert gone["rule_id"] == "CORRECTION:c0" and "漏写单位" in gone["reason_zh"]
    assert outcome.records == 2 and outputs(outcome) == {"甲厂": 5.0}


def test_a_flag_keeps_the_value() -> None:
    flag = {**MEND, "conditions": "单位详细名称=甲厂", "delivered_text": "5", "action": "flag"}
    outcome = corrected({**flag, "used_text": None})
    assert outputs(outcome) == {"甲厂": 5.0}
    assert "CORRECTION:c0" in outcome.flags["rule_id"].to_list()


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"delivered_text": "7"}, r"c0: row d::3 now says '7万'.*guard '7'"),
        ({"conditions": "单位详细名称=丙厂"}, r"c0: no row where 单位详细名称=丙厂"),
        ({"conditions": "单位=乙厂"}, "c0: no row"),
        ({"column_zh": "产品产量"}, "c0: no row .*产品产量"),
        ({"conditions": "乙厂"}, "condition '乙厂'; expected 列=值"),
    ],
)
def test_an_outdated_or_wrong_correction_stops(change: dict[str, str], named: str) -> None:
    with pytest.raises(CorrectionError, match=named):
        corrected({**MEND, **change})


def test_once_the_source_has_mended_it_the_guard_fails() -> None:
    mended = [ROWS[0], {**ROWS[1], "产量": "70000"}]
    with pytest.raises(CorrectionError, match="withdraw or renew"):
        corrected(MEND, rows=mended)


def test_a_correction_may_name_the_row_itself() -> None:
    outcome = corrected({**MEND, "conditions": "source_row_id=d::3"})
    assert outputs(outcome)["乙厂"] == 70000.0


def test_corrections_of_a_source_that_delivered_nothing_are_idle() -> None:
    said = frame(Correction, {"corrected_source": "output_return", "conditions": "a=b"})
    outcome = accept_source(SOURCE, [], REFERENCE, said)
    assert (outcome.records, outcome.applied.height) == (0, 0)
