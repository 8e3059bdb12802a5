"""What a book gives a sector: rows that count, deductions, floors; and names and units."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.inventory.ceads.errors import CeadsError
from assets.inventory.ceads.names import CHEMICALS
from assets.inventory.ceads.quantities import non_energy_excess, published, used_quantities
from tests.inventory.ceads.books import (
    CHEMICAL,
    FOOD,
    POWER,
    RUBBER,
    RURAL,
    book,
    inventory,
    real,
)

# The real files are read once, in one worker.
pytestmark = pytest.mark.xdist_group("ceads")


def parts(energy: pl.DataFrame) -> dict[tuple[str, str], Decimal]:
    """Quantity by sector and part, of a book of one fuel."""
    rows = used_quantities(energy).select("book_sector", "part", "quantity").rows()
    return {(sector, part): quantity for sector, part, quantity in rows}


def test_power_burns_its_final_consumption_thermal_power_and_heating_and_no_more() -> None:
    rows = {
        (POWER, "Raw_Coal"): 1,
        ("Thermal Power", "Raw_Coal"): 20,
        ("Heating Supply", "Raw_Coal"): 3,
        ("Coking", "Raw_Coal"): 500,
        ("Coal Washing", "Raw_Coal"): 60,
        ("Loss", "Raw_Coal"): 7,
        ("% Loss", "Raw_Coal"): 7,
        ("Total Final Consumption", "Raw_Coal"): 1,
        ("Total Consumption", "Raw_Coal"): 591,
        (POWER, "Electricity"): 9,
    }
    assert parts(book(rows)) == {
        (POWER, "final"): 10_000,
        (POWER, "thermal_power"): 200_000,
        (POWER, "heating_supply"): 30_000,
    }


def test_other_petroleum_counts_for_power_and_heat_only() -> None:
    fuel = "Other_Petroleum_Products"
    rows = {(FOOD, fuel): 5, (POWER, fuel): 2, ("Thermal Power", fuel): 1, (CHEMICAL, fuel): 9}
    assert parts(book({**rows, ("Non-Energy Use", fuel): 4})) == {(POWER, "thermal_power"): 10_000}


def test_non_energy_use_is_deducted_pro_rata_from_the_chemical_sectors() -> None:
    rows = {(CHEMICAL, "Coke"): 3, (RUBBER, "Coke"): 1, (FOOD, "Coke"): 8}
    assert parts(book({**rows, ("Non-Energy Use", "Coke"): 2})) == {
        (CHEMICAL, "final"): 30_000,
        (CHEMICAL, "non_energy"): -15_000,
        (RUBBER, "final"): 10_000,
        (RUBBER, "non_energy"): -5_000,
        (FOOD, "final"): 80_000,
    }


def test_non_energy_use_above_the_chemical_sectors_is_floored_and_reported() -> None:
    rows = {(CHEMICAL, "Coke"): 3, (RUBBER, "Coke"): 1, ("Non-Energy Use", "Coke"): 6}
    energy = book({**rows, ("Non-Energy Use", "LPG"): 2, (CHEMICAL, "LPG"): 2})
    found = parts(energy.filter(pl.col("fuel_en") == "Coke"))
    assert [found[sector, "floor"] for sector in (CHEMICAL, RUBBER)] == [15_000, 5_000]
    excess = non_energy_excess(energy).row(0, named=True)
    assert non_energy_excess(energy).height == 1
    assert (excess["book_fuel"], excess["floored_quantity"]) == ("Coke", 20_000)
    assert (excess["non_energy_quantity"], excess["chemical_quantity"]) == (60_000, 40_000)


@given(
    st.lists(st.integers(0, 10**9), min_size=5, max_size=5),
    st.integers(1, 10**9),
)
def test_a_deduction_takes_the_whole_non_energy_use_and_leaves_nothing_below_0(
    uses: list[int], non_energy: int
) -> None:
    scale = Decimal(10**6)
    rows = {(s, "Coke"): use / scale for s, use in zip(CHEMICALS, uses, strict=True)}
    found = used_quantities(book({**rows, ("Non-Energy Use", "Coke"): non_energy / scale}))
    of = {
        part: found.filter(pl.col("part") == part)["quantity"].sum() or Decimal(0)
        for part in ("final", "non_energy", "floor")
    }
    total, use = sum(uses) * 10_000 / scale, non_energy * 10_000 / scale
    assert of["final"] == total
    assert of["non_energy"] == (-use if total else 0)
    assert of["floor"] == (max(use - total, Decimal(0)) if total else 0)
    left = found.group_by("book_sector").agg(pl.col("quantity").sum())
    assert left.filter(pl.col("quantity") < 0).is_empty()


def test_a_negative_cell_of_a_book_stays_negative() -> None:
    assert parts(book({(RURAL, "Coke"): -1})) == {(RURAL, "final"): -10_000}


@pytest.mark.parametrize(
    ("unit", "expected"), [("10^8 cu.m", 20_000), ("10^4 cu.m", 2), ("10^3 cu.m", "0.2")]
)
def test_the_units_row_is_respected(unit: str, expected: int | str) -> None:
    energy = book({(FOOD, "Natural_Gas"): 2}, unit=unit)
    row = used_quantities(energy).row(0, named=True)
    assert (row["quantity"], row["canonical_unit"]) == (Decimal(expected), "1e4m3")


def test_an_unknown_unit_stops_with_the_cell() -> None:
    with pytest.raises(CeadsError, match=r"book:Ningxia2017:Food.*Coke in short ton; expected 10"):
        used_quantities(book({(FOOD, "Coke"): 1}, unit="short ton"))


def test_an_unknown_row_or_fuel_stops_with_its_spelling() -> None:
    with pytest.raises(CeadsError, match="item_en 'Food' is not known"):
        used_quantities(book({("Food", "Coke"): 1}))
    with pytest.raises(CeadsError, match="fuel_en 'Peat' is not known"):
        published(inventory({(FOOD, "Peat"): 1}))


def test_inventories_spell_sectors_and_fuels_in_their_own_way() -> None:
    rows = {("Others", "CleanedCoal"): 1, ("Production and Supply of Gas", "Coke Oven Gas"): 2}
    found = published(
        inventory({**rows, ("TotalEmissions", "Coke"): 9, (FOOD, "Scope_1_Total"): 9})
    )
    assert found.select("book_sector", "book_fuel", "published_t").rows() == [
        ("Gas Production and Supply", "Coke_Oven_Gas", 2_000_000),
        ("Other", "Cleaned_Coal", 1_000_000),
    ]


def test_a_negative_non_energy_use_stops() -> None:
    with pytest.raises(CeadsError, match=r"non-energy use of -10000.*expected 0 or more"):
        used_quantities(book({("Non-Energy Use", "Coke"): -1, (CHEMICAL, "Coke"): 2}))


def test_a_cell_delivered_twice_stops_with_both_rows() -> None:
    first = book({(FOOD, "Coke"): 1})
    again = first.with_columns(pl.lit("other:Ningxia2017:9").alias("source_row_id"))
    with pytest.raises(CeadsError, match=r"book:Ningxia2017:Food.* and in other:Ningxia2017:9"):
        used_quantities(pl.concat([first, again]))


def test_real_books_have_90_province_fuels_of_2017_with_more_non_energy_use_than_chemicals() -> (
    None
):
    energy = real()[0].filter(pl.col("year") == 2017)
    excess = non_energy_excess(energy)
    assert excess.height == 90
    assert excess.filter(pl.col("floored_quantity") > 0).height == 57
    # Of the rest the chemical sectors use nothing, or it is other petroleum, not counted there.
    idle = excess.filter(pl.col("floored_quantity") == 0)
    petroleum = pl.col("book_fuel") == "Other_Petroleum_Products"
    assert idle.filter(~petroleum)["chemical_quantity"].unique().to_list() == [0]
