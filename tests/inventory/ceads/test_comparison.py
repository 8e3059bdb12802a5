"""Recomputed against published: what is met, why a cell is not, and the way to the cells."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from assets.inventory.ceads.marts import MARTS
from assets.inventory.ceads.steps import STEPS
from assets.inventory.ceads.trace import item_sources
from assets.inventory.marts import Mart, contributions_sql
from tests.inventory.ceads.books import (
    CHEMICAL,
    FOOD,
    POWER,
    RURAL,
    TEXTILE,
    book,
    compared,
    inventory,
    real,
    real_comparison,
)
from warehouse.settings import Settings
from warehouse.sql import run_sql
from warehouse.step import run_steps

# The real files are read once, in one worker.
pytestmark = pytest.mark.xdist_group("ceads")

# Three cells of 2.5 t/t in a province of their own, so that coke has a factor.
COKE = {FOOD: ("12.345678", "0.30864195"), RURAL: ("45.678914", "1.14197285")}
COKE[TEXTILE] = ("78.912346", "1.97280865")


def beside_coke(
    quantities: dict[tuple[str, str], Any], emissions: dict[tuple[str, str], Any]
) -> dict[tuple[str, str], dict[str, Any]]:
    """Cells of Ningxia by sector and fuel, where Hebei and Hunan carry the factor of coke."""
    others = ("Hebei", "Hunan")
    energy = [book({(s, "Coke"): q for s, (q, _) in COKE.items()}, p) for p in others]
    given = [inventory({(s, "Coke"): e for s, (_, e) in COKE.items()}, p) for p in others]
    tables = compared(
        pl.concat([*energy, book(quantities)]), pl.concat([*given, inventory(emissions)])
    )
    rows = tables["core.ceads_cell"].filter(pl.col("province_en") == "Ningxia").to_dicts()
    return {(row["book_sector"], row["book_fuel"]): row for row in rows}


def reasons(
    quantities: dict[tuple[str, str], Any], emissions: dict[tuple[str, str], Any]
) -> dict[tuple[str, str], str | None]:
    return {key: row["reason"] for key, row in beside_coke(quantities, emissions).items()}


def test_the_real_inventories_are_met() -> None:
    cells = real_comparison()["mart.ceads_comparison"]
    outside = cells.filter(pl.col("province_en") != "Shandong")
    assert outside.height > 25_000
    missed = outside.filter(~pl.col("within_0_1_pct"))
    assert missed.select("province_en", "year", "book_sector", "book_fuel", "reason").rows() == [
        ("Zhejiang", 2015, "Rural", "Other_Coking_Products", "negative_in_book")
    ]
    petroleum = cells.filter(pl.col("book_fuel") == "Other_Petroleum_Products")
    assert petroleum["book_sector"].unique().to_list() == [POWER]
    assert petroleum.height == petroleum["within_0_1_pct"].sum() == 38
    assert cells.filter(pl.col("reason") == "redistributed")["province_en"].unique().to_list() == [
        "Shandong"
    ]


def test_real_totals_are_within_0_2_percent() -> None:
    totals = real_comparison()["mart.ceads_total"]
    assert totals.height == 90
    assert totals["within_0_2_pct"].all()
    far = totals.filter(pl.col("relative_pct").abs() > Decimal("0.000001"))
    assert {row["province_en"]: row["reasons"] for row in far.to_dicts()} == {
        "Shandong": "redistributed",
        "Zhejiang": "negative_in_book",
    }
    ningxia = totals.filter((pl.col("province_en") == "Ningxia") & (pl.col("year") == 2017))
    row = ningxia.row(0, named=True)
    assert round(row["published_t"] / 10**6, 2) == round(row["recomputed_t"] / 10**6, 2)
    assert round(row["recomputed_t"] / 10**6, 2) == Decimal("172.30")
    assert round(row["final_t"] / 10**6, 1) == Decimal("70.1")
    assert row["process_t"] > 6_000_000


def test_what_is_floored_is_0_on_both_sides_outside_the_redistributed() -> None:
    floored = real_comparison()["mart.ceads_comparison"].filter("floored")
    assert floored["recomputed_t"].unique().to_list() == [0]
    assert floored.filter(pl.col("published_t") != 0)["reason"].unique().to_list() == [
        "redistributed"
    ]


@pytest.mark.parametrize("mart", MARTS, ids=lambda mart: mart.name)
def test_real_contributions_sum_to_the_measures_and_reach_delivered_cells(mart: Mart) -> None:
    tables = real_comparison()
    built = tables[mart.table.table_name()]
    items = run_sql(contributions_sql(mart, "AR5", "CN-GHG"), tables)
    keys, measures = mart.table.key(), mart.table.table_metadata()["measures"]
    sums = items.group_by(*keys, "measure").agg(pl.col("value").sum())
    wide = built.unpivot(measures, index=keys, variable_name="measure", value_name="shown")
    joined = wide.join(sums, on=[*keys, "measure"], how="full", coalesce=True)
    assert joined.filter(pl.col("shown") != pl.col("value").fill_null(0)).is_empty()
    assert joined["shown"].null_count() == 0

    edges = item_sources(
        tables["core.ceads_part"], tables["core.ceads_cell"], tables["core.implied_factor"]
    )
    assert items.join(edges, on=["item_kind", "item_id"], how="anti").is_empty()
    energy, emissions = real()
    delivered = pl.concat([f.select("source_row_id", "source_column") for f in (energy, emissions)])
    lost = edges.join(
        delivered,
        left_on=["source_row_id", "column_zh"],
        right_on=["source_row_id", "source_column"],
        how="anti",
    )
    assert lost.is_empty()


def test_a_number_can_be_walked_to_the_cells_of_book_and_inventory() -> None:
    quantities = {
        (CHEMICAL, "Coke"): 3,
        ("Rubber Products", "Coke"): 1,
        ("Non-Energy Use", "Coke"): 2,
    }
    emissions = {(CHEMICAL, "Coke"): "0.0375", ("Rubber Products", "Coke"): "0.0125"}
    others = ("Hebei", "Hunan")
    tables = compared(
        pl.concat([book(quantities), *(book({(FOOD, "Coke"): "12.345678"}, p) for p in others)]),
        pl.concat(
            [inventory(emissions), *(inventory({(FOOD, "Coke"): "0.30864195"}, p) for p in others)]
        ),
    )
    edges = item_sources(
        tables["core.ceads_part"], tables["core.ceads_cell"], tables["core.implied_factor"]
    )
    cell = f"CEADS|Ningxia|2017|{CHEMICAL}|Coke"
    mine = edges.filter(pl.col("item_id").str.starts_with(cell))
    assert sorted(mine.select("item_kind", "item_id", "role", "source_row_id").rows()) == [
        ("control", f"{cell}|final", "quantity", f"book:Ningxia2017:{CHEMICAL}"),
        ("control", f"{cell}|non_energy", "non_energy", "book:Ningxia2017:Non-Energy Use"),
        ("control", f"{cell}|non_energy", "sector", f"book:Ningxia2017:{CHEMICAL}"),
        ("control", f"{cell}|non_energy", "sector", "book:Ningxia2017:Rubber Products"),
        ("published", cell, "emission", f"inventory:Ningxia2017:{CHEMICAL}"),
    ]
    factor = edges.filter(pl.col("item_kind") == "factor")
    assert factor.select("role", "source_row_id").rows() == [
        ("emission", f"inventory:Hebei2017:{FOOD}"),
        ("quantity", f"book:Hebei2017:{FOOD}"),
    ]


def test_a_fuel_in_other_sectors_of_the_same_sum_is_redistributed() -> None:
    quantities = {(FOOD, "Coke"): 10, (TEXTILE, "Coke"): 20, (RURAL, "Coke"): 5}
    moved = {(FOOD, "Coke"): "0.5", (TEXTILE, "Coke"): "0.25", (RURAL, "Coke"): "0.125"}
    assert reasons(quantities, moved) == {
        (FOOD, "Coke"): "redistributed",
        (TEXTILE, "Coke"): "redistributed",
        (RURAL, "Coke"): None,
    }
    # Of another sum it is not.
    more = {**moved, (FOOD, "Coke"): "0.6"}
    assert reasons(quantities, more)[(FOOD, "Coke")] == "unexplained"


@pytest.mark.parametrize(
    ("emission", "reason"), [("0.25", None), ("0.25024", None), ("0.2503", "unexplained")]
)
def test_a_cell_is_met_within_0_1_percent(emission: str, reason: str | None) -> None:
    cell = (FOOD, "Coke")
    row = beside_coke({cell: 10}, {cell: emission})[cell]
    assert (row["reason"], row["within_0_1_pct"]) == (reason, reason is None)


def test_each_cell_that_is_not_met_has_its_reason() -> None:
    quantities = {
        (RURAL, "Coke"): -1,
        (TEXTILE, "Coke"): "0.000000001",
        (POWER, "Coke"): 2,
        (FOOD, "LPG"): 4,
    }
    emissions = {
        (RURAL, "Coke"): 0,
        (TEXTILE, "Coke"): 0,
        (FOOD, "LPG"): "0.1",
        (FOOD, "Process"): 3,
        (FOOD, "Coke"): "0.2",
        (FOOD, "Scope 1 Total"): 9,
    }
    assert reasons(quantities, emissions) == {
        (RURAL, "Coke"): "negative_in_book",
        (TEXTILE, "Coke"): "below_resolution",
        (POWER, "Coke"): "not_published",
        (FOOD, "LPG"): "no_factor",
        (FOOD, "Process"): "process",
        (FOOD, "Coke"): "unexplained",
    }


def test_a_cell_without_a_factor_is_shown_as_published_and_not_as_0() -> None:
    cell = beside_coke({(FOOD, "LPG"): 4}, {(FOOD, "LPG"): "0.1"})[(FOOD, "LPG")]
    assert (cell["published_t"], cell["recomputed_t"], cell["quantity"]) == (100_000, None, 40_000)


def test_the_steps_make_the_tables_and_empty_ones_of_nothing() -> None:
    provinces = ("Hebei", "Hunan")
    energy = pl.concat([book({(FOOD, "Coke"): "12.345678"}, p) for p in provinces])
    emissions = pl.concat([inventory({(FOOD, "Coke"): "0.30864195"}, p) for p in provinces])
    given = {"accepted.ceads_energy": energy, "accepted.ceads_emission": emissions}
    settings = Settings()
    made = run_steps(STEPS, given, settings)
    expected = compared(energy, emissions)
    assert expected["core.ceads_cell"].height == 2
    for name in ("core.implied_group", "core.implied_factor", "core.ceads_part", "core.ceads_cell"):
        assert made[name].equals(expected[name])
    empty = run_steps(STEPS, {name: f.clear() for name, f in given.items()}, settings)
    assert {s.output.table_name(): empty[s.output.table_name()].height for s in STEPS} == {
        s.output.table_name(): 0 for s in STEPS
    }
