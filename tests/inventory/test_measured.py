"""What works measured is used in combustion and in balances by one rule."""

from __future__ import annotations

from typing import Any

import pytest

from assets.inventory.measured import usable
from quality.contracts.accepted import Return2051
from quality.contracts.audit import Flag
from quality.contracts.forms import Return2052
from quality.contracts.table import Table
from tests.frames import frame

FORMS: list[type[Table]] = [Return2051, Return2052]
ROW: dict[str, Any] = {"source_row_id": "r", "ncv": 29, "ncv_unit_zh": "百万千焦/吨"}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("rule", "used"), [("EN3w", None), ("NCVUNIT", None), ("EN1w", 29)])
def test_a_flagged_value_is_used_in_neither_form(
    form: type[Table], rule: str, used: int | None
) -> None:
    flags = frame(Flag, {"source_row_id": "r", "rule_id": rule})
    found = usable(frame(form, ROW, {**ROW, "source_row_id": "s"}), flags)
    assert found["ncv"].to_list() == [used, 29]
    assert usable(frame(form, ROW), frame(Flag))["ncv"].to_list() == [29]


@pytest.mark.parametrize("form", FORMS)
def test_a_flagged_content_leaves_the_value(form: type[Table]) -> None:
    row = {**ROW, "carbon_content_tc_tj": 25}
    found = usable(frame(form, row), frame(Flag, {"source_row_id": "r", "rule_id": "CC3w"}))
    assert found.select("ncv", "carbon_content_tc_tj").rows() == [(29, None)]
