"""Rules of single sources that the sample does not break."""

from __future__ import annotations

import json

import polars as pl

from assets.landing.acceptance import accept_source
from assets.landing.declaration import load_source
from tests.frames import facts

HEADERS = ("统一社会信用代码", "单位详细名称", "年份", "产品名称", "计量单位", "产量", "备注")
VALID = "914403001922038216"


def _outputs(*rows: tuple[str, str, str]) -> dict[str, str]:
    """Rule by row of output returns given as (code, name, product)."""
    cells = [
        dict(zip(HEADERS, (code, name, "2017", product, "吨", "5", ""), strict=True))
        for code, name, product in rows
    ]
    raw = pl.DataFrame(
        {
            "source_row_id": [f"d::{n}" for n in range(len(rows))],
            "cells_json": [json.dumps(row, ensure_ascii=False) for row in cells],
        }
    )
    reference = {"accepted.unit": facts("unit"), "accepted.energy": facts("energy")}
    outcome = accept_source(load_source("output_return"), raw, reference)
    assert outcome.frame.height + outcome.quarantine.height == len(rows)
    return dict(outcome.quarantine.select("source_row_id", "rule_id").iter_rows())


def test_rows_without_a_code_repeat_by_name() -> None:
    assert _outputs(("", "甲厂", "石灰"), ("", "甲厂", "石灰"), ("", "乙厂", "石灰")) == {
        "d::0": "ID2",
        "d::1": "ID2",
    }


def test_a_wrong_code_does_not_hide_a_repeat() -> None:
    wrong = VALID[:-1] + "7"
    assert set(_outputs((wrong, "甲厂", "石灰"), ("", "甲厂", "石灰"))) == {"d::0", "d::1"}


def test_one_name_under_two_codes_is_two_enterprises() -> None:
    assert _outputs((VALID, "甲厂", "石灰"), ("9144030071526726XG", "甲厂", "石灰")) == {}


def test_an_unknown_product_or_unit_is_quarantined() -> None:
    assert _outputs((VALID, "甲厂", "未知产品")) == {"d::0": "ENERGY"}
