"""Lines made again after a change of factors: the same as all afresh, and no more than needed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from assets.inventory.ledger import Choices, ledger
from assets.inventory.relined import ledger_again, ledger_kept, rules_by_energy
from quality.contracts.core import Activity, EmissionFactor
from tests.frames import frame
from tests.inventory.test_ledger import COAL, POWER, factor, grid
from tests.inventory.world import choices

HEAT = {
    **COAL,
    "activity_id": "h",
    "energy_id": "heat",
    "carrier": "heat",
    "flow": "purchased_heat",
}
PEAT = {**COAL, "activity_id": "p", "energy_id": "peat"}
ACTIVITY = frame(Activity, COAL, PEAT, HEAT, {**POWER, "activity_id": "e"})
KNOWN = (
    factor("coal"),
    factor("coal2", factor_set="NDRC24", rank=2, value=9),
    factor("peat", subject="peat"),
    factor("heat", kind="heat", subject="heat", factor_set="default"),
    {**grid(2017), "factor_set": "MEE"},
)


def revised(**changes: Any) -> pl.DataFrame:
    return frame(
        EmissionFactor,
        *({**row, **changes.get(row["factor_id"].split("|")[0], {})} for row in KNOWN),
    )


@pytest.mark.parametrize(
    ("changes", "energies"),
    [
        ({}, set()),
        ({"coal": {"value": 4}}, {"coal"}),
        ({"coal2": {"value": 8}}, set()),
        ({"heat": {"value": 1}}, {"heat"}),
        ({"grid": {"value": 1}}, {"electricity"}),
        ({"grid": {"year": 2018}}, {"electricity"}),
        ({"peat": {"confidence": "recalled"}}, {"peat"}),
    ],
)
def test_only_energies_whose_factor_changed_are_made_again(
    changes: dict[str, Any], energies: set[str]
) -> None:
    before, after = revised(), revised(**changes)
    same = choices()
    assert changed(before, after, same, same) == energies
    _agrees(before, after, same, same)


def test_another_choice_changes_the_energies_that_it_is_of() -> None:
    before = revised()
    was, now = choices(), choices(factor_set="NDRC24")
    assert changed(before, before, was, now) == {"coal"}
    _agrees(before, before, was, now)


def test_another_profile_changes_all() -> None:
    before = revised()
    was, now = choices(), choices("IPCC")
    assert changed(before, before, was, now) == {"coal", "peat", "heat", "electricity"}
    _agrees(before, before, was, now)


def test_a_run_takes_the_lines_of_the_last_one_where_it_may(tmp_path: Path) -> None:
    before, after = revised(), revised(coal={"value": 4})
    first = ledger_kept(ACTIVITY, before, choices(), tmp_path)
    # A line that only the store could have says that it was taken from there.
    stored = pl.read_parquet(tmp_path / "lines.parquet").with_columns(
        pl.lit("EF1").alias("factor_flag")
    )
    stored.write_parquet(tmp_path / "lines.parquet")
    second = ledger_kept(ACTIVITY, after, choices(), tmp_path)
    flags = dict(second.select("energy_id", "factor_flag").iter_rows())
    assert flags == {"coal": None, "peat": "EF1", "heat": "EF1", "electricity": "EF1"}
    other = ACTIVITY.with_columns((pl.col("quantity") * 2).cast(pl.Decimal(38, 6)))
    third = ledger_kept(other, after, choices(), tmp_path)
    assert third["factor_flag"].drop_nulls().is_empty()
    assert first.height == second.height == third.height == 4


def test_a_store_without_its_state_is_not_used(tmp_path: Path) -> None:
    ledger_kept(ACTIVITY, revised(), choices(), tmp_path)
    (tmp_path / "state.json").unlink()
    (tmp_path / "lines.parquet").write_bytes(b"half a file")
    assert ledger_kept(ACTIVITY, revised(), choices(), tmp_path).height == 4


def changed(before: pl.DataFrame, after: pl.DataFrame, was: Choices, now: Choices) -> set[str]:
    old, new = (
        rules_by_energy(ACTIVITY, known, chosen) for known, chosen in ((before, was), (after, now))
    )
    return {energy for energy in new if old[energy] != new[energy]}


def _agrees(before: pl.DataFrame, after: pl.DataFrame, was: Choices, now: Choices) -> None:
    lines = ledger(ACTIVITY, before, was)
    rules = rules_by_energy(ACTIVITY, before, was)
    again = ledger_again(lines, rules, ACTIVITY, after, now)
    assert again.sort("line_id").equals(ledger(ACTIVITY, after, now).sort("line_id"))
