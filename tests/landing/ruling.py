"""What the rules of a source say about typed rows, without the door around them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import polars as pl

from assets.inventory.factors import energy_coefficients
from assets.landing.declaration import load_source
from assets.landing.rules import NEEDS, rules_for
from quality.contracts.registry import table_of
from quality.quarantine import Rule, judge
from tests.frames import facts, frame

# Tables that do not lie under the id of their source.
_SOURCE_OF = {
    "accepted.park_catalogue": "park_catalogue_2018",
    "accepted.division_event": "division_change",
}


# What offices deliver and no run starts with.
_DELIVERED = {"accepted.enterprise_event", "accepted.business"}


@cache
def _table(name: str) -> pl.DataFrame:
    if name in _DELIVERED:
        return table_of(name).empty_frame()
    if name == "core.energy_coefficient":
        given = (facts("standard_coal"), facts("fuel_factor"), facts("energy"))
        return energy_coefficients(*given)[0]
    return facts(_SOURCE_OF.get(name, name.removeprefix("accepted.")))


def rule_reference(source_id: str) -> dict[str, pl.DataFrame]:
    """The reference tables that the rules of a source need."""
    return {name: _table(name) for name in NEEDS.get(source_id, [])}


def broken(rules: Sequence[Rule], rows: pl.DataFrame) -> list[list[str]]:
    """Rule ids that each row breaks, sorted, each once."""
    found: list[set[str]] = [set() for _ in range(rows.height)]
    for rule, bad in zip(rules, judge(rows, rules), strict=True):
        assert len(bad) == rows.height
        for place, fails in enumerate(bad.to_list()):
            if fails:
                found[place].add(rule.rule_id)
    return [sorted(ids) for ids in found]


def judged(source_id: str, *rows: Mapping[str, Any], **shared: Any) -> list[list[str]]:
    """Rule ids that each typed row of a source breaks; see `tests.frames.frame`."""
    table = table_of(load_source(source_id).table)
    return broken(rules_for(source_id, rule_reference(source_id)), frame(table, *rows, **shared))
