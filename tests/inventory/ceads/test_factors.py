"""Implied factors: found in the real pairs, and refused where cells do not carry one."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from assets.inventory.ceads.comparison import compared_cells, recomputed
from assets.inventory.ceads.errors import CeadsError
from assets.inventory.ceads.factors import (
    implied_factors,
    implied_groups,
    pair_years,
    pairs_in_words,
)
from tests.inventory.ceads.books import (
    FOOD,
    RURAL,
    TEXTILE,
    book,
    inventory,
    real,
    real_comparison,
)

# The real files are read once, in one worker.
pytestmark = pytest.mark.xdist_group("ceads")

# The digits known from elsewhere, with a sector that is in the group.
RAW_COAL = {
    "Transport, Storage, Postal & Telecommunications Services": "1.46296",
    "Rural": "1.46296",
    "Food Processing": "1.59097",
    "Printing and Record Medium Reproduction": "1.59097",
    "Ordinary Machinery": "1.62023",
    "Textile Industry": "1.62681",
    "Coal Mining and Dressing": "1.63797",
    "Tap Water Production and Supply": "1.63797",
    "Construction": "1.64400",
    "Petroleum Processing and Coking": "1.64400",
    "Smelting and Pressing of Ferrous Metals": "1.66595",
    "Raw Chemical Materials and Chemical Products": "1.69521",
    "Electric Power, Steam and Hot Water Production and Supply": "1.72630",
    "Nonmetal Mineral Products": "1.79213",
}
OTHERS = {
    "Gasoline": "2.9267",
    "Diesel_Oil": "3.0938",
    "Coke": "2.8766",
    "Natural_Gas": "21.6073",
    "Coke_Oven_Gas": "11.5297",
}


def rounded(value: Decimal, like: str) -> Decimal:
    return value.quantize(Decimal(like))


def test_the_real_pairs_imply_the_known_factors() -> None:
    tables = real_comparison()
    factors = tables["core.implied_factor"]
    groups = dict(tables["core.implied_group"].select("book_sector", "sector_group").rows())
    coal = dict(
        factors.filter(pl.col("subject") == "Raw_Coal").select("sector_group", "value").rows()
    )
    assert len(coal) == len(set(groups.values())) == 10
    found = {s: rounded(coal[groups[s]], digits) for s, digits in RAW_COAL.items()}
    assert found == {s: Decimal(digits) for s, digits in RAW_COAL.items()}
    # The values above are of ten groups: no two of them are one group.
    assert len({groups[s] for s in RAW_COAL}) == 10
    rest = dict(factors.filter(pl.col("sector_group").is_null()).select("subject", "value").rows())
    assert len(rest) == 13
    assert {f: rounded(rest[f], d) for f, d in OTHERS.items()} == {
        f: Decimal(d) for f, d in OTHERS.items()
    }


def test_a_factor_says_what_it_rests_on() -> None:
    factors = real_comparison()["core.implied_factor"]
    assert factors["years"].unique().to_list() == ["2015;2016;2017"]
    assert factors["confidence"].unique().to_list() == ["project"]
    assert factors.filter(pl.col("spread_pct") > 0.0001).is_empty()
    coke = factors.filter(pl.col("subject") == "Coke").row(0, named=True)
    # Shandong books its coke in other sectors: those cells are there and do not agree.
    assert coke["cells"] > coke["cells_agreeing"] > 1000
    assert f"of {coke['cells']}" in coke["derivation"]
    published, quantity = (
        Decimal(part.split()[0]) for part in coke["derivation"].split(": ")[-1].split(" ÷ ")
    )
    assert (published / quantity).quantize(Decimal("1e-12")) == coke["value"]


@pytest.mark.parametrize(
    ("year", "not_met"),
    [
        pytest.param(2015, 1, marks=pytest.mark.slow),
        pytest.param(2016, 0, marks=pytest.mark.slow),
        (2017, 0),
    ],
)
def test_two_pairs_predict_the_third(year: int, not_met: int) -> None:
    energy, emissions = real()
    others = (frame.filter(pl.col("year") != year) for frame in (energy, emissions))
    pair = tuple(others)
    factors, groups = implied_factors(*pair), implied_groups(*pair)
    assert str(year) not in factors["years"].str.join(";").item()
    parts = recomputed(energy.filter(pl.col("year") == year), factors, groups)
    cells = compared_cells(parts, emissions, factors).filter(pl.col("book_fuel") != "Process")
    outside = cells.filter(pl.col("province_en") != "Shandong")
    assert outside.height > 8000
    assert outside.filter(~pl.col("within_0_1_pct")).height == not_met


def test_a_new_pair_counts_as_soon_as_both_halves_are_there() -> None:
    energy, emissions = real()
    assert pair_years(energy, emissions) == [2015, 2016, 2017]
    assert pairs_in_words(energy, emissions) == (
        "pairs of energy book and inventory: 2015, 2016, 2017; "
        "books without inventory: 2019; inventories without book: 2018"
    )
    # The book of 2019 waits for its inventory: take one of another year under its name.
    of_2017 = [frame.filter(pl.col("year") == 2017) for frame in (energy, emissions)]
    new = [frame.with_columns(pl.lit(2019, pl.Int64).alias("year")) for frame in of_2017]
    both = [pl.concat(pair) for pair in zip(of_2017, new, strict=True)]
    assert implied_factors(*both)["years"].unique().to_list() == ["2017;2019"]


def test_no_pair_gives_no_factor_and_says_which_years_are_alone() -> None:
    energy, emissions = book({(FOOD, "Coke"): 1}, year=2019), inventory({(FOOD, "Coke"): 1})
    assert implied_factors(energy, emissions).is_empty()
    assert implied_groups(energy, emissions).is_empty()
    assert pairs_in_words(energy, emissions) == (
        "no pair of energy book and inventory: no implied factor, nothing is compared; "
        "books without inventory: 2019; inventories without book: 2017; "
        "deliver ceads_energy and ceads_emissions of one year"
    )
    parts = recomputed(
        energy, implied_factors(energy, emissions), implied_groups(energy, emissions)
    )
    assert parts.select("quantity", "factor_id", "emission_t").rows() == [(10_000, None, None)]
    assert compared_cells(parts, emissions, implied_factors(energy, emissions)).is_empty()


def test_nothing_delivered_gives_empty_tables() -> None:
    energy, emissions = (f.clear() for f in (book({(FOOD, "Coke"): 1}), inventory({})))
    factors = implied_factors(energy, emissions)
    parts = recomputed(energy, factors, implied_groups(energy, emissions))
    assert (factors.height, parts.height) == (0, 0)
    assert compared_cells(parts, emissions, factors).is_empty()


def pairs(
    *cells: tuple[str, int, str, Any, Any], fuel: str = "Coke"
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Books and inventories from province, year, sector, quantity and emission."""
    return (
        pl.concat([book({(s, fuel): q}, p, y) for p, y, s, q, _ in cells]),
        pl.concat([inventory({(s, fuel): e}, p, y) for p, y, s, _, e in cells]),
    )


# 2.5 t/t of quantities whose product has seven digits.
AGREEING = [
    ("Hebei", 2016, FOOD, "12.345678", "0.30864195"),
    ("Hebei", 2017, RURAL, "45.678914", "1.14197285"),
    ("Hunan", 2017, FOOD, "78.912346", "1.97280865"),
]


def test_a_province_that_is_apart_does_not_move_a_factor() -> None:
    apart = [("Hubei", 2017, s, "10.123456", "0.50617280") for s in (FOOD, RURAL, TEXTILE)]
    row = implied_factors(*pairs(*AGREEING, *apart)).row(0, named=True)
    assert (row["value"], row["cells_agreeing"], row["cells"]) == (Decimal("2.5"), 3, 6)


def test_two_factors_of_a_fuel_stop_with_both() -> None:
    other = [
        ("Hebei", 2018, FOOD, "10.123456", "0.30370368"),
        ("Hunan", 2018, FOOD, "20.234567", "0.60703701"),
    ]
    message = r"Coke: two factors, 2\.5 \(3 cells of 2016, 2017\) and 3 \(2 cells of 2018\)"
    with pytest.raises(CeadsError, match=message):
        implied_factors(*pairs(*AGREEING, *other))


def test_two_factors_of_a_year_stop_as_well() -> None:
    other = [("Hubei", 2017, FOOD, "10.123456", "0.30370368")]
    other.append(("Gansu", 2017, FOOD, "20.234567", "0.60703701"))
    with pytest.raises(CeadsError, match="two factors"):
        implied_factors(*pairs(*AGREEING, *other))


def test_sectors_are_grouped_by_their_raw_coal() -> None:
    cells = [(p, y, RURAL, q, e) for p, y, _, q, e in AGREEING]
    cells += [
        ("Hebei", 2017, FOOD, "10.123456", "0.30370368"),
        ("Hunan", 2017, FOOD, "20.234567", "0.60703701"),
    ]
    groups = implied_groups(*pairs(*cells, fuel="Raw_Coal"))
    assert groups.select("book_sector", "sector_group", "cells").rows() == [
        (FOOD, "RC-3.00000", 2),
        (RURAL, "RC-2.50000", 3),
    ]
    factors = implied_factors(*pairs(*cells, fuel="Raw_Coal"))
    assert sorted(factors["value"]) == [Decimal("2.5"), Decimal(3)]


def test_one_cell_is_no_factor() -> None:
    assert implied_factors(*pairs(AGREEING[0])).is_empty()


def test_figures_of_few_digits_are_no_factor() -> None:
    coarse = [(p, y, s, q, f"{Decimal(e):.2f}") for p, y, s, q, e in AGREEING]
    assert implied_factors(*pairs(*coarse)).is_empty()


def test_a_book_in_another_unit_implies_the_same_factor() -> None:
    cells = [(p, s, Decimal(q), e) for p, _, s, q, e in AGREEING[1:]]
    emissions = pl.concat([inventory({(s, "Natural_Gas"): e}, p) for p, s, _, e in cells])
    books = {
        unit: pl.concat([book({(s, "Natural_Gas"): q * k}, p, unit=unit) for p, s, q, _ in cells])
        for unit, k in {"10^8 cu.m": 1, "10^4 cu.m": 10_000}.items()
    }
    values = {
        unit: implied_factors(energy, emissions)["value"].item() for unit, energy in books.items()
    }
    assert values == {"10^8 cu.m": Decimal("2.5"), "10^4 cu.m": Decimal("2.5")}
