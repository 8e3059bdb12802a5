"""From lines and places to cells, intervals and shares; defaults and what lacks one."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from assets.inventory.methods.catalogue import METHODS
from assets.inventory.uncertainty.cells import uncertainty_cells
from assets.inventory.uncertainty.defaults import Defaults, MissingUncertainty
from assets.inventory.uncertainty.results import (
    CellsDoNotSum,
    cell_terms,
    park_uncertainty,
    uncertainty_share,
)
from assets.inventory.uncertainty.steps import FLOATING, STEPS
from quality.contracts.core import EmissionFactor
from quality.contracts.mart import ParkTotal
from quality.contracts.uncertainty import UncertaintyCell
from tests.frames import facts, frame
from tests.inventory.uncertainty.widths import defaults
from tests.inventory.world import CANDIDATE, World, place, world
from warehouse.settings import Settings
from warehouse.step import run_steps

# A site that may lie in the park and counts in the range alone.
MAYBE: dict[str, Any] = {"location_class": "C", **CANDIDATE}
COAL, GRID = "fuel|raw_coal|CO2|PG2025", "electricity|640000|2021"


def emits(w: World, site: str, mass: Any, factor: str = COAL, **more: Any) -> None:
    """A line on a factor of the table."""
    flag = more.pop("factor_flag", None)
    of_activity: dict[str, Any] = {
        k: more.pop(k) for k in ("pedigree", "allocation_u95_pct") if k in more
    }
    w.burn(site, mass, **more)
    w.activity[-1].update(of_activity)
    subject = "electricity" if factor.startswith("electricity") else "raw_coal"
    w.activity[-1]["energy_id"] = subject
    w.lines[-1].update(factor_id=factor, factor_flag=flag, energy_id=subject)


def located(*sites: str, **attribution: Any) -> World:
    made = World()
    made.places += [place(site, "P1", **attribution) for site in sites]
    return made


def tables(w: World) -> dict[str, pl.DataFrame]:
    rows = [
        {"factor_id": factor, "kind": factor.split("|")[0], "gas": gas}
        for factor, gas in {(line["factor_id"], line["gas"]) for line in w.lines}
    ]
    found = {**w.tables(), EmissionFactor.table_name(): frame(EmissionFactor, *rows)}
    for name in ("uncertainty_default", "data_tier", "factor_uncertainty"):
        found[f"accepted.{name}"] = facts(name)
    return found


def cells(w: World, view: str = "territorial") -> pl.DataFrame:
    found = uncertainty_cells(tables(w), defaults(), "AR5", "CN-GHG")
    return found.filter(pl.col("view") == view)


def published(w: World) -> pl.DataFrame:
    return frame(ParkTotal, *w.mart("park_total"))


def intervals(w: World, view: str = "territorial") -> dict[int, dict[str, Any]]:
    totals = published(w)
    found = park_uncertainty(cells(w, view), totals, seed=1, draws=20_000)
    return {row["approach"]: row for row in found.iter_rows(named=True)}


def test_a_cell_holds_what_rests_on_one_activity_and_factor() -> None:
    w = located("a", "b")
    emits(w, "a", 10)
    emits(w, "b", 5)
    emits(w, "a", 7, tier="T6")
    emits(w, "a", 2, tier="T3", allocation_u95_pct=40)
    found = cells(w).select("tier", "u_allocation_pct", "co2e_t", "u_activity_pct").rows()
    assert sorted(found) == [
        # What was shared out has the width of the return, and that of the sharing beside it.
        ("T2", Decimal(0), Decimal(15), Decimal(3)),
        ("T3", Decimal(40), Decimal(2), Decimal(3)),
        ("T6", Decimal(0), Decimal(7), Decimal(50)),
    ]
    assert cells(w)["u_factor_pct"].unique().to_list() == [Decimal(10)]
    assert cells(w)["worst_confidence"].unique().to_list() == ["project"]


def test_t3_without_a_stated_width_takes_the_default_of_its_tier() -> None:
    assert defaults().of_activity("T3", shared_out=False).u95_pct == 20
    assert defaults().of_activity("T3", shared_out=True).u95_pct == 3


def test_a_site_of_class_b_stands_alone_with_what_its_place_adds() -> None:
    w = located("a")
    w.places.append(place("s", "P1", location_class="B", confidence="0.65", weight_low=0))
    emits(w, "a", 100)
    emits(w, "s", 10)
    emits(w, "s", 1, gas="CH4", factor="fuel|raw_coal|CH4|PG2025|manufacturing")
    found = cells(w).sort("location_id", "gas").select("location_id", "u_location_pct").rows()
    assert found == [("", 0), ("s", Decimal(35)), ("s", Decimal(35))]
    names = cell_terms(cells(w))["location"].unique().sort().to_list()
    assert names == ["", "P1|2017|nominal|operating|s"]
    shares = uncertainty_share(cells(w))
    assert "location" in shares["input"].to_list()
    assert shares["share"].sum() == pytest.approx(1, abs=1e-7)


def test_a_site_in_doubt_for_a_part_of_a_year_is_so_for_the_year() -> None:
    w = World()
    half: dict[str, Any] = {"weight_point": "0.5", "weight_low": 0}
    for start, end, first, last, named, sure in (
        (date(1900, 1, 1), date(2017, 5, 1), 0, 0.5, "B", "0.7"),
        (date(2017, 5, 2), date(9999, 12, 31), 0.5, 1, "A", "0.9"),
    ):
        days: dict[str, Any] = {
            "valid_from": start,
            "valid_to": end,
            "share_from": first,
            "share_to": last,
        }
        w.places.append(place("s", "P1", location_class=named, confidence=sure, **days, **half))
    emits(w, "s", 10)
    found = cells(w).select("location_id", "u_location_pct", "co2e_t").rows()
    assert found == [("s", Decimal(30), Decimal(10))]


def test_candidates_weigh_in_the_range_and_not_in_the_cells() -> None:
    w = world(("a", 90))
    w.lines[-1]["factor_id"] = COAL
    w.places.append(place("c", "P1", **MAYBE))
    emits(w, "c", 5)
    assert cells(w).filter(pl.col("basis") == "operating")["co2e_t"].to_list() == [Decimal(90)]


def test_a_flagged_factor_is_wider_than_the_province_s_own() -> None:
    w = located("a")
    power = {"flow": "purchased_electricity", "carrier": "electricity"}
    emits(w, "a", 4, factor=GRID, **power)
    emits(w, "a", 3, factor=GRID, factor_flag="EF1", **power)
    emits(w, "a", 2, factor="electricity|西南|2022", factor_flag="EF2", **power)
    found = cells(w, "scope1_2").sort("co2e_t")["u_factor_pct"].to_list()
    assert found == [30, 30, 5]
    assert cell_terms(cells(w, "scope1_2"))["factor"].n_unique() == 3


def test_both_approaches_with_what_was_published() -> None:
    w = located("a", "b", "c")
    for site in "abc":
        emits(w, site, 100, pedigree="11233", confidence="official")
    emits(w, "a", 300, tier="T6", pedigree="44445")
    first, second = (intervals(w)[approach] for approach in (1, 2))
    assert first["co2e_t"] == second["co2e_t"] == 600
    # 600 t at 10 %, 300 t at 3 % and 300 t at 50 %.
    assert first["u95_pct"] == pytest.approx((60**2 + 9**2 + 150**2) ** 0.5 / 6, rel=1e-6)
    assert (first["mean_t"], first["seed"], first["draws"]) == (None, None, None)
    assert (second["seed"], second["draws"]) == (1, 20_000)
    assert second["mean_t"] == pytest.approx(600, rel=0.01)
    assert second["low_t"] < 600 < second["high_t"]
    # A lognormal input: the upper side is the wider one.
    assert second["high_t"] - 600 > 600 - second["low_t"]
    assert first["quality_score"] == pytest.approx((300 * 2 + 300 * 4.2) / 600)
    assert (first["quality_class"], first["confidential"]) == ("C", False)
    assert (first["approach_2_required"], first["reason"]) == (False, None)


def test_a_large_wide_source_requires_approach_2() -> None:
    w = located("a")
    emits(w, "a", 100)
    emits(w, "a", 1, gas="CH4", factor="fuel|raw_coal|CH4|PG2025|manufacturing")
    found = intervals(w)[1]
    assert found["approach_2_required"] and found["reason"].startswith("fuel|raw_coal|CH4|")


def test_no_interval_gives_a_point_away_that_is_withheld() -> None:
    w = located("a")
    emits(w, "a", 80)
    w.places.append(place("c", "P1", **MAYBE))
    emits(w, "c", 20)
    (row,) = intervals(w).values()
    assert {row[n] for n in ("co2e_t", "mean_t", "u95_pct", "low_t", "high_t", "draws")} == {None}
    assert (row["approach"], row["quality_class"]) == (1, "B")


def test_what_leaves_counts_against_the_total_with_its_own_width() -> None:
    w = located("a")
    emits(w, "a", 100)
    emits(w, "a", 40, factor="fuel|coke|CO2|PG2025", flow="carbon_out")
    w.activity[-1]["energy_id"] = w.lines[-1]["energy_id"] = "coke"
    found = intervals(w)[1]
    assert found["co2e_t"] == 60
    # 10 % and 3 % of 100 t and of the 40 t that are taken away.
    half = (10**2 + 3**2 + 4**2 + 1.2**2) ** 0.5
    assert found["high_t"] == pytest.approx(60 + half, rel=1e-6)
    assert found["u95_pct"] == pytest.approx(100 * half / 60, rel=1e-6)


def test_cells_that_are_not_the_published_total_stop() -> None:
    w = located("a")
    emits(w, "a", 80)
    totals = published(w)
    one_off = totals.with_columns(pl.col("co2e_t") + Decimal("0.000001"))
    with pytest.raises(CellsDoNotSum, match=r"80\.000000 t, mart\.park_total has 80\.000001"):
        park_uncertainty(cells(w), one_off, draws=1000)
    with pytest.raises(CellsDoNotSum, match="has nothing"):
        park_uncertainty(cells(w), totals.clear(), draws=1000)


def test_no_lines_no_rows() -> None:
    empty = UncertaintyCell.empty_frame()
    assert park_uncertainty(empty, ParkTotal.empty_frame()).is_empty()
    assert uncertainty_share(empty).is_empty()


def test_a_factor_without_a_default_is_named() -> None:
    w = located("a")
    emits(w, "a", 80, factor="peat|raw_coal|CO2|X")
    with pytest.raises(MissingUncertainty, match=r"peat\|raw_coal\|CO2\|X.*factor_uncertainty"):
        cells(w)


def test_tables_that_do_not_meet_stop() -> None:
    widths, tiers, factors = (
        facts(name) for name in ("uncertainty_default", "data_tier", "factor_uncertainty")
    )
    lacking = widths.filter(pl.col("item") != "EF lime")
    with pytest.raises(MissingUncertainty, match="'EF lime' is no item"):
        Defaults(lacking, tiers, factors)
    with pytest.raises(ValueError, match="expected one default"):
        Defaults(pl.concat([widths, widths]), tiers, factors)
    with pytest.raises(MissingUncertainty, match="tier T6"):
        Defaults(widths, tiers.filter(pl.col("tier") != "T6"), factors).of_activity("T6", False)


def test_every_fuel_and_every_method_has_a_default() -> None:
    for fuel in facts("fuel_factor")["fuel_id"].unique():
        for gas in ("CO2", "CH4", "N2O"):
            assert defaults().of_factor("fuel", fuel, gas, "none").u95_pct > 0
    declared = set(facts("factor_uncertainty").filter(kind="method")["subject"])
    assert set(METHODS) <= declared
    used = set(facts("factor_uncertainty")["item"])
    assert used <= set(facts("uncertainty_default")["item"])


def test_the_steps_make_their_tables_and_again_the_same() -> None:
    w = located("a", "b")
    emits(w, "a", 80)
    emits(w, "b", 8, tier="T6")
    given = tables(w)
    given["mart.park_total"] = published(w)
    made = run_steps(STEPS, given, Settings())
    assert made["core.park_uncertainty"].height == 2 * made["mart.park_total"].height
    pinned = {t.table_name(): made[t.table_name()] for t in FLOATING}
    again = run_steps(STEPS, given, Settings(), pinned)
    assert all(again[t.table_name()].equals(made[t.table_name()]) for t in FLOATING)
