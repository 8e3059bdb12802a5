"""Marts: every measure is the sum of its contributions, and what may not be shown is not."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from assets.inventory.equal_value import electricity_coefficients
from assets.inventory.marts import MARTS, Mart, build_mart, contributions_sql
from tests.frames import facts
from tests.inventory.world import BOOK, BY_NAME, CANDIDATE, World, busy, place, world
from warehouse.sql import run_sql


@pytest.mark.parametrize("mart", MARTS, ids=lambda mart: mart.name)
def test_contributions_sum_to_the_measures_exactly(mart: Mart) -> None:
    _sums_of_contributions(mart, busy(), "AR5")


@pytest.mark.parametrize("name", ["park_inventory", "park_total", "park_energy"])
@pytest.mark.parametrize("gwp_set", ["AR5", "AR6"])
def test_sites_that_are_shared_out_come_to_their_contributions(name: str, gwp_set: str) -> None:
    made = busy()
    shared_out = {
        "e": [("P1", 0, "0.65"), ("P2", "0.65", 1)],
        "f": [("P1", 0, "0.333333"), ("P2", "0.333333", "0.7"), ("OUTSIDE:640000", "0.7", 1)],
    }
    for site, shares in shared_out.items():
        for amount, gas in (("100.000001", "CO2"), ("0.333335", "CH4_fossil"), ("7.5", "N2O")):
            made.burn(site, amount, gas=gas, enterprise_id="Ea")
        for basis in ("operating", "registered"):
            for park, first, last in shares:
                weight = Decimal(last) - Decimal(first)
                bounds = {"weight_low": 0, "weight_high": 1 if basis == "operating" else weight}
                part = place(site, park, basis, weight_point=weight, **bounds)
                made.places.append({**part, "share_from": first, "share_to": last})
    _sums_of_contributions(BY_NAME[name], made, gwp_set)


def _sums_of_contributions(mart: Mart, made: World, gwp_set: str) -> None:
    tables = made.tables()
    built = build_mart(mart, tables, gwp_set, "CN-GHG", 0.85)
    contributions = run_sql(contributions_sql(mart, gwp_set, "CN-GHG"), tables)
    sums = contributions.group_by(*mart.table.key(), "measure").agg(pl.col("value").sum())
    listed = {row[:-1]: row[-1] for row in sums.rows()}
    assert built.height > 0
    for row in built.to_dicts():
        key = tuple(row[name] for name in mart.table.key())
        for measure in mart.table.table_metadata()["measures"]:
            found = listed.pop((*key, measure), Decimal(0))
            if row[measure] is None and measure == "tce_equal":
                assert found == 0
            elif row[measure] is None:
                assert row["co2e_high_t"] - found > Decimal("0.15") * row["co2e_high_t"]
            else:
                assert row[measure] == found
    assert listed == {}


@pytest.mark.parametrize(
    ("view", "expected"), [("territorial", 15), ("scope1_2", 19), ("consumption", 14)]
)
def test_a_view_weighs_the_flows_it_is_made_of(view: str, expected: int) -> None:
    made = world(("a", 10))
    made.burn("a", 5, flow="direct_exported")
    made.burn("a", 4, flow="purchased_electricity", carrier="electricity")
    assert made.one("park_total", view=view, basis="operating")["co2e_t"] == expected


def test_gases_are_weighed_by_the_chosen_set() -> None:
    made = world(("a", 10))
    made.burn("a", 2, gas="CH4")
    tables = made.tables()
    axes = (pl.col("view") == "territorial") & (pl.col("basis") == "operating")
    for gwp_set, expected in (("AR5", 10 + 2 * 28), ("SAR", 10 + 2 * 21)):
        total = build_mart(BY_NAME["park_total"], tables, gwp_set, "CN-GHG", 0.85).filter(axes)
        assert total["co2e_t"].to_list() == [expected]
        assert total["gwp_set"].to_list() == [gwp_set]
    masses = {row["gas"]: row["mass_t"] for row in made.mart("park_inventory", view="territorial")}
    assert masses == {"CO2": 10, "CH4": 2}


def test_a_gwp_set_is_one_word() -> None:
    with pytest.raises(ValueError, match="not a GWP set"):
        contributions_sql(BY_NAME["park_total"], "AR5' OR 1=1", "CN-GHG")


@pytest.mark.parametrize(("unlocated", "shown"), [(15, True), ("15.1", False)])
def test_a_total_with_more_than_15_percent_unlocated_is_not_shown(
    unlocated: Any, shown: bool
) -> None:
    made = world(("a", 100 - Decimal(unlocated)))
    made.burn("b", unlocated)
    made.places += [place("b", "UNLOCATED:640000", weight_low=0), place("b", "P1", **CANDIDATE)]
    row = made.one("park_total", place_id="P1", view="territorial", basis="operating")
    assert (row["co2e_t"] is not None) == shown
    assert row["co2e_high_t"] == 100
    assert row["co2e_low_t"] == 100 - Decimal(unlocated)


def test_class_b_counts_in_the_point_and_not_in_the_lower_bound() -> None:
    made = World()
    made.burn("a", 10)
    made.places.append(place("a", "P1", weight_low=0))
    row = made.one("park_total", view="territorial")
    assert (row["co2e_low_t"], row["co2e_t"], row["co2e_high_t"]) == (0, 10, 10)


@pytest.mark.parametrize("name", ["park_total", "park_inventory", "park_energy"])
@pytest.mark.parametrize(("enterprises", "confidential"), [(2, True), (3, False)])
def test_fewer_than_three_enterprises_are_confidential(
    name: str, enterprises: int, confidential: bool
) -> None:
    made = world(*((site, 1) for site in "abc"[:enterprises]))
    # More sites of one enterprise are not more enterprises, nor are sites that may be here.
    made.burn("z", 1, enterprise_id="Ea")
    made.places.append(place("z", "P1"))
    made.burn("y", "0.001")
    made.places += [place("y", "P2"), place("y", "P1", **CANDIDATE)]
    axes = {} if name == "park_energy" else {"view": "territorial"}
    row = made.one(name, place_id="P1", basis="operating", **axes)
    assert (row["enterprises"], row["confidential"]) == (enterprises, confidential)


def test_the_weakest_tier_and_confidence_are_shown() -> None:
    made = world(("a", 1), ("b", 1))
    made.burn("a", 1, tier="T6", confidence="transcribed")
    row = made.one("park_total", view="territorial", basis="operating")
    assert (row["worst_tier"], row["worst_confidence"]) == ("T6", "transcribed")


def test_a_park_is_as_illustrative_as_its_lines_and_boundaries() -> None:
    made = world(("a", 1))
    made.burn("REST:640000", 1)
    made.places.append(place("REST:640000", "REST:640000"))

    def marks() -> dict[str, bool]:
        rows = made.mart("park_total", view="territorial", basis="operating")
        return {row["place_id"]: row["illustrative"] for row in rows}

    assert marks() == {"P1": False, "REST:640000": False}
    made.boundaries = [{"boundary_id": "b", "illustrative": True}]
    assert marks() == {"P1": True, "REST:640000": False}
    made.boundaries = []
    made.burn("a", 1, illustrative=True)
    assert marks() == {"P1": True, "REST:640000": False}


def test_energy_is_counted_in_its_unit_and_in_standard_coal() -> None:
    row = world(("a", 100)).one("park_energy", basis="operating")
    assert (row["quantity"], row["tce_calorific"]) == (100, Decimal("71.43"))


def bought(year: int) -> World:
    """10,000 kWh and 100 t of coal in a park, in a year."""
    made = world(("a", 100))
    power = {"energy_id": "electricity", "canonical_unit": "kWh", "carrier": "electricity"}
    made.burn("a", 10_000, flow="purchased_electricity", **power)
    for row in (*made.activity, *made.lines):
        row["year"] = year
    return made


def test_electricity_has_both_values_and_other_energy_one() -> None:
    rows = bought(2020).mart("park_energy", basis="operating")
    assert {row["energy_id"]: (row["tce_calorific"], row["tce_equal"]) for row in rows} == {
        "electricity": (Decimal("1.229"), Decimal("3.055")),
        "raw_coal": (Decimal("71.43"), Decimal("71.43")),
    }


def test_a_year_without_an_equal_value_has_none_of_another() -> None:
    rows = bought(2017).mart("park_energy", basis="operating")
    found = {row["energy_id"]: row["tce_equal"] for row in rows}
    assert found == {"electricity": None, "raw_coal": Decimal("71.43")}


def test_two_equal_values_of_one_year_are_refused() -> None:
    values = facts("electricity_equal_value")
    second = values.filter(year_text="2020").with_columns(pl.lit("等价值 发电煤耗").alias("basis"))
    with pytest.raises(ValueError, match=r"2020: .*供电煤耗, 等价值 发电煤耗; expected one a year"):
        electricity_coefficients(pl.concat([values, second]))


def test_a_control_total_says_how_much_of_it_is_placed() -> None:
    made = world(("a", 30))
    made.burn("GEM:u", 20, tier="T6")
    made.places += [place("GEM:u", "OUTSIDE:640000")]
    made.burn("REST:640000", 50, tier="T6")
    made.places += [place("REST:640000", "REST:640000")]
    made.controls.append({**BOOK, "source_row_id": "c", "quantity": 100, "canonical_unit": "t"})
    row = made.one("control_balance")
    found = {name: int(row[f"{name}_quantity"]) for name in ("book", "measured", "downscaled")}
    assert found == {"book": 100, "measured": 30, "downscaled": 20}
    assert (row["rest_quantity"], row["in_parks_quantity"]) == (50, 30)


def moved() -> World:
    """P1 ends at the site on 30 June 2017, P2 begins there; its latest version has it too."""
    made = World()
    made.burn("s", "100.000001")
    made.boundaries = [
        {"boundary_id": f"{park}:{n}", "park_id": park, "boundary_class": "nominal"}
        for park in ("P1", "P2")
        for n in (1, 2)
    ]
    half = {"year_from": 2017, "year_to": 2017}
    made.places = [
        place("s", "P1", valid_to=date(2017, 6, 30), share_to="0.495890", **half),
        place("s", "P2", valid_from=date(2017, 7, 1), share_from="0.495890", share_to=1, **half),
        place("s", "P1", series="opening", **half),
        place("s", "P2", series="constant"),
    ]
    weights = {"P1": "0.495890", "P2": "0.504110"}
    for row in made.places[:2]:
        row |= {"weight_point": weights[row["place_id"]], "weight_high": 1, "weight_low": 0}
    return made


def test_shares_of_a_line_sum_to_the_line() -> None:
    rows = moved().mart("park_inventory", view="territorial")
    masses = {row["place_id"]: row["mass_t"] for row in rows}
    assert masses == {"P1": Decimal("49.589000"), "P2": Decimal("50.411001")}


def test_a_change_of_the_boundary_is_told_from_a_change_of_the_park() -> None:
    rows = moved().mart("boundary_effect", view="territorial")
    told = {
        row["place_id"]: tuple(
            row[f"{measure}_co2e_t"]
            for measure in ("actual", "constant", "opening", "boundary_effect")
        )
        for row in rows
    }
    whole = Decimal("100.000001")
    first, second = Decimal("49.589000"), Decimal("50.411001")
    assert told == {
        "P1": (first, 0, whole, first - whole),
        "P2": (second, whole, 0, second),
    }
    assert all(opening + effect == actual for actual, _, opening, effect in told.values())


def test_a_park_of_one_boundary_has_no_effect_to_tell() -> None:
    assert world(("a", 10)).mart("boundary_effect") == []


def test_a_number_shared_out_of_a_province_of_which_too_little_is_placed_is_withheld() -> None:
    made = world(("a", 10))
    made.burn("a", 5, tier="T6")
    scope = {"year": 2017, "boundary_class": "nominal", "activity_scope": "industry"}
    made.coverage.append({**scope, "province_code": "640000", "placed_share": "0.849999"})
    axes = {"place_id": "P1", "basis": "operating", "view": "territorial"}
    assert made.one("park_total", **axes)["co2e_t"] is None
    assert made.one("park_total", **axes)["co2e_high_t"] == 15
    made.coverage[0]["placed_share"] = "0.85"
    assert made.one("park_total", **axes)["co2e_t"] == 15


@pytest.mark.parametrize(
    ("tier", "returned", "firms"),
    [
        ("T2", True, "above_scale"),
        ("T1", False, "unknown"),
        ("T6", False, "all"),
        ("T6", True, "all"),
    ],
)
def test_a_number_says_which_firms_its_data_cover(tier: str, returned: bool, firms: str) -> None:
    made = World()
    made.burn("a", 10, tier=tier)
    made.places.append(place("a", "P1"))
    if returned:
        made.returns.append({"source_row_id": "r", "enterprise_id": "Ea", "year": 2017})
    assert made.one("park_total", view="territorial")["scope_firms"] == firms
    assert made.one("park_energy")["scope_firms"] == firms
    # Beside one of another kind it is neither.
    made.burn("b", 1, tier="T2")
    made.places.append(place("b", "P1"))
    made.returns.append({"source_row_id": "b", "enterprise_id": "Eb", "year": 2017})
    expected = firms if firms == "above_scale" else "mixed"
    assert made.one("park_total", view="territorial")["scope_firms"] == expected
    assert made.one("park_energy")["scope_firms"] == expected


def test_coverage_of_its_province_stands_beside_each_number_of_a_park() -> None:
    made = world(("a", 10))
    made.burn("REST:640000", 50, tier="T6")
    made.places.append(place("REST:640000", "REST:640000"))
    axes = {"basis": "operating", "view": "territorial"}
    for name in ("park_total", "park_inventory"):
        assert made.one(name, place_id="P1", **axes)["placed_share"] is None
    scope = {"year": 2017, "boundary_class": "nominal", "province_code": "640000"}
    made.coverage = [
        {**scope, "activity_scope": "industry", "placed_share": "0.25"},
        {**scope, "activity_scope": "households", "placed_share": "0.5"},
        {**scope, "activity_scope": "industry", "boundary_class": "approved", "placed_share": 1},
        {**scope, "activity_scope": "industry", "year": 2018, "placed_share": 1},
    ]
    for name in ("park_total", "park_inventory"):
        assert made.one(name, place_id="P1", **axes)["placed_share"] == Decimal("0.25")
        assert made.one(name, place_id="REST:640000", **axes)["placed_share"] is None


def test_what_a_park_returned_itself_has_a_point_value_whatever_its_province_lacks() -> None:
    made = world(("a", 10))
    scope = {"year": 2017, "boundary_class": "nominal", "activity_scope": "industry"}
    made.coverage.append({**scope, "province_code": "640000", "placed_share": "0.1"})
    axes = {"place_id": "P1", "basis": "operating", "view": "territorial"}
    assert made.one("park_total", **axes)["co2e_t"] == 10


def test_a_number_says_whether_it_covers_more_than_industry() -> None:
    made = world(("a", 10), ("b", 20))
    made.burn("b", 5, book_sector="Urban", tier="T6")
    made.places[-2:] = [place("b", "REST:640000"), place("b", "REST:640000", "registered")]
    axes = {"basis": "operating", "view": "territorial"}
    assert made.one("park_total", place_id="P1", **axes)["activity_scope"] == "industry"
    assert made.one("park_total", place_id="REST:640000", **axes)["activity_scope"] == "all"
