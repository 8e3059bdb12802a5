"""Rules on supplies of electricity and heat between two ends."""

from __future__ import annotations

from typing import Any

import pytest

from tests.landing.ruling import judged

SUPPLIER, RECEIVER = "914403001922038216", "91310000631696382C"
LINE: dict[str, Any] = {
    "year": 2023,
    "energy_zh": "电力",
    "supplier_uscc_text": SUPPLIER,
    "supplier_zh": "甲电厂",
    "uscc_text": RECEIVER,
    "name_zh": "乙厂",
    "mode_zh": "直供",
    "source_zh": "化石",
    "supplied": 1,
    "unit_zh": "千瓦时",
}
GREEN = {"supplier_uscc_text": None, "supplier_zh": None, "mode_zh": "绿证", "source_zh": "非化石"}
HEAT = {"energy_zh": "热力", "unit_zh": "吉焦"}


@pytest.mark.parametrize(
    ("cells", "rules"),
    [
        ({}, []),
        (HEAT, []),
        (GREEN, []),
        ({**GREEN, "mode_zh": "绿电交易", "supplier_zh": "甲电厂"}, []),
        ({"source_zh": "非化石"}, []),
        ({"contract_ef": "0.8"}, []),
        ({"supplier_zh": None, "supplier_uscc_text": None}, ["SUPPLIER"]),
        ({"supplier_uscc_text": RECEIVER}, ["SUPPLIER"]),
        ({"supplier_uscc_text": None, "uscc_text": None, "supplier_zh": "乙厂"},
         ["ID1m", "SUPPLIER"]),
        ({**GREEN, "source_zh": "化石"}, ["GREEN"]),
        ({**GREEN, **HEAT}, ["GREEN"]),
        ({**GREEN, "contract_ef": 0}, ["CONTRACTEF"]),
        ({"source_zh": "非化石", "contract_ef": "0.1"}, ["CONTRACTEF"]),
        ({"energy_zh": "焦炭"}, ["UNITPAIR"]),
        ({"unit_zh": "车"}, ["UNIT"]),
        ({"unit_zh": "吨"}, ["UNITPAIR"]),
    ],
)  # fmt: skip
def test_a_supply(cells: dict[str, Any], rules: list[str]) -> None:
    assert judged("energy_exchange", {**LINE, **cells}) == [rules]


@pytest.mark.parametrize("cells", [{}, GREEN, {"uscc_text": None}])
def test_a_supply_told_twice_with_the_grid_as_supplier_too(cells: dict[str, Any]) -> None:
    row = {**LINE, **cells}
    other = {**row, "year": 2022}
    found = judged("energy_exchange", row, row, other)
    assert ["ID2" in rules for rules in found] == [True, True, False]
