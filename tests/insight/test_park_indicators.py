"""Indicators from committees' returns: divided where calibers agree, told why where not."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from assets.insight.marts import MARTS
from assets.inventory.marts import Mart, build_mart, contributions_sql
from tests.insight.park_world import POWER, STATED, ParkWorld
from tests.inventory.world import CANDIDATE, place
from warehouse.sql import run_sql


def worked(year: int = 2023, **cells: Any) -> ParkWorld:
    """1,000 t of coal, 500,000 kWh of which a fifth is green, and a return; a line has as many
    t CO2 as its activity has units."""
    made = ParkWorld(year)
    made.here("a", 1000)
    made.here("a", 400_000, "purchased_electricity", **POWER)
    made.here("a", 100_000, "purchased_electricity_green", **POWER)
    for line in made.lines:
        line["profiles"] = "CN-GHG;ZCP-2025"
    made.returned(value_added_wcny=2000, developed_ha=2500, elec_basis="等价值", **cells)
    made.energy("raw_coal", 1250, "t", "Raw_Coal")
    made.energy("electricity", 500_000, "kWh", "Electricity")
    made.energy("comprehensive_energy", 1000, "tce", None)
    return made


def indicator(made: ParkWorld, profile: str = "CN-GHG") -> dict[str, Any]:
    (row,) = made.insight("park_indicator", profile=profile, basis="operating")
    return row


@pytest.mark.parametrize("mart", MARTS, ids=lambda mart: mart.name)
def test_contributions_sum_to_the_measures_exactly(mart: Mart) -> None:
    tables = worked().tables()
    built = build_mart(mart, tables, "AR5", "CN-GHG", 0.85)
    sums = run_sql(contributions_sql(mart, "AR5", "CN-GHG"), tables)
    sums = sums.group_by(*mart.table.key(), "measure").agg(pl.col("value").sum())
    listed = {row[:-1]: row[-1] for row in sums.rows()}
    assert built.height > 0
    for row in built.to_dicts():
        key = tuple(row[name] for name in mart.table.key())
        for measure in mart.table.table_metadata()["measures"]:
            found = listed.pop((*key, measure), Decimal(0))
            assert row[measure] in (None, found)
    assert listed == {}


def test_numbers_are_divided_by_what_the_committee_returned() -> None:
    row = indicator(worked())
    assert row["refused_zh"] is None and row["refused_en"] is None
    assert row["territorial_co2_t"] == 1000
    assert row["co2_per_value_added_territorial_t_per_wcny"] == Decimal("0.5")
    assert row["co2e_t_per_km2_approved_territorial"] == 20
    assert row["co2e_t_per_km2_developed_territorial"] == 40
    tce = Decimal("714.3") + Decimal("500000") * Decimal("0.0003019")
    assert row["tce_equal"] == tce
    assert row["tce_calorific"] == Decimal("714.3") + Decimal("61.45")
    assert row["tce_per_value_added_equal_per_wcny"] == round(tce / 2000, 6)
    assert row["clean_share_equal"] == round(Decimal("30.19") / tce, 6)
    assert row["zcp_co2_t"] is None and row["zero_carbon_test"] is None
    assert (row["scope_firms"], row["return_scope_firms"]) == ("above_scale", "above_scale")


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ({"scope_firms": None}, "CAL1 企业范围规上≠未说明"),
        ({"scope_firms": "all"}, "CAL1 企业范围规上≠全部"),
        ({"boundary_class": "planned"}, "CAL1 边界类别核准≠规划"),
        ({"attribution": "registered"}, "CAL1 归属口径经营地≠注册地"),
    ],
)
def test_figures_of_another_caliber_divide_nothing(cells: dict[str, Any], told: str) -> None:
    made = worked(**{**STATED, **cells})
    row = indicator(made)
    assert told in row["refused_zh"] and "CAL1" in row["refused_en"]
    by_value = [name for name in row if "_per_value_added_" in name or "tce_per_value" in name]
    assert len(by_value) == 7
    assert {row[name] for name in by_value} == {None}
    # Area is of a boundary alone; the approved one is the catalogue's.
    developed = row["co2e_t_per_km2_developed_territorial"]
    assert (developed is None) == ("boundary_class" in cells)
    assert row["co2e_t_per_km2_approved_territorial"] == 20
    assert row["value_added_wcny"] == 2000 and row["territorial_co2_t"] == 1000
    reported = made.insight("park_reported", energy_id="raw_coal", basis="operating")[0]
    assert reported["located_to_reported"] is None and told in reported["refused_zh"]


def test_data_of_firms_of_which_nothing_is_known_divide_nothing() -> None:
    made = worked()
    made.here("b", 1)
    made.returns = made.returns[:1]
    assert "企业范围混合≠规上" in indicator(made)["refused_zh"]


def test_an_indicator_is_withheld_with_its_total() -> None:
    made = worked()
    made.here("b", 200)
    made.places[-1:] = [place("b", "UNLOCATED:640000", weight_low=0), place("b", "P1", **CANDIDATE)]
    row = indicator(made)
    assert row["territorial_co2e_t"] is None and row["territorial_co2_t"] is None
    assert "没有点值" in row["refused_zh"]
    ratios = {name for name in row if "_per_" in name or name == "clean_share_equal"}
    # Another view is withheld by its own total: what is bought is nearly all of this one.
    assert {name for name in ratios if row[name] is not None} == {
        "co2e_per_value_added_consumption_t_per_wcny",
        "co2_per_value_added_consumption_t_per_wcny",
    }


def test_no_equal_value_of_the_year_and_no_indicator_of_it() -> None:
    row = indicator(worked(2017))
    assert row["tce_equal"] is None and row["clean_tce_equal"] is None
    assert "没有电力等价值" in row["refused_zh"]
    assert row["tce_per_value_added_equal_per_wcny"] is None
    assert row["tce_per_value_added_calorific_per_wcny"] is not None


def test_what_a_return_leaves_empty_is_empty() -> None:
    made = worked()
    made.park_returns[0].update(value_added_wcny=None, developed_ha=None)
    row = indicator(made)
    assert (row["value_added_wcny"], row["developed_km2"]) == (None, None)
    assert "年报没有工业增加值；年报没有已开发面积" in row["refused_zh"]


def test_a_park_with_a_return_and_nothing_located_says_so() -> None:
    made = worked()
    made.park_returns[0]["park_id"] = "P2"
    row = indicator(made)
    assert row["place_id"] == "P2" and row["territorial_co2e_t"] is None
    assert "没有数据" in row["refused_zh"] and row["confidential"]


@pytest.mark.parametrize(
    ("coal", "green_kwh", "tested", "limit", "needed"),
    [
        (100_000, 1_000_000_000, "not_met", "0.2", "25334"),
        (50_000, 1_000_000_000, "met", "0.2", "0"),
        (100_000, 100_000_000, "not_defined", None, None),
        (400_000, 3_000_000_000, "not_met", "0.3", "42574"),
        (300_000, 3_000_000_000, "met", "0.3", "0"),
    ],
)
def test_g34_thresholds_of_zero_carbon_parks(
    coal: int, green_kwh: int, tested: str, limit: str | None, needed: str | None
) -> None:
    """0.2 t a tce from 0.2 Mtce, 0.3 from 1 Mtce, none below (发改环资〔2025〕910号)."""
    made = ParkWorld()
    made.here("a", coal, **{"energy_id": "raw_coal"})
    made.here("a", green_kwh, "purchased_electricity_green", **POWER)
    for line in made.lines:
        line["profiles"] = "ZCP-2025"
    made.returned()
    row = indicator(made, "ZCP-2025")
    assert row["zero_carbon_test"] == tested
    assert row["threshold_t_per_tce"] == (None if limit is None else Decimal(limit))
    assert row["reduction_needed_t"] == (None if needed is None else Decimal(needed))
    tce = coal * Decimal("0.7143") + green_kwh * Decimal("0.0003019")
    assert row["co2_per_tce_equal_zcp"] == round(coal / tce, 6)


@pytest.mark.parametrize(
    ("coal", "tce", "limit"),
    [
        ("279994.400110", "199999.999999", None),
        ("279994.400112", "200000", "0.2"),
        ("1399972.000558", "999999.999999", "0.2"),
        ("1399972.000560", "1000000", "0.3"),
    ],
)
def test_a_class_begins_at_its_limit(coal: str, tce: str, limit: str | None) -> None:
    made = ParkWorld()
    made.here("a", coal)
    made.lines[0]["profiles"] = "ZCP-2025"
    made.returned()
    row = indicator(made, "ZCP-2025")
    assert row["tce_equal"] == Decimal(tce)
    assert row["threshold_t_per_tce"] == (None if limit is None else Decimal(limit))


def test_reported_energy_stands_beside_what_is_located() -> None:
    made = worked()
    found = {row["energy_id"]: row for row in made.insight("park_reported", basis="operating")}
    coal, power = found["raw_coal"], found["electricity"]
    assert (coal["reported_quantity"], coal["located_quantity"]) == (1250, 1000)
    assert (coal["located_to_reported"], coal["reported_tier"]) == (Decimal("0.8"), "T4")
    assert (power["located_quantity"], power["located_to_reported"]) == (500_000, 1)
    whole = found["comprehensive_energy"]
    assert whole["elec_basis"] == "等价值" and whole["canonical_unit"] == "tce"
    assert whole["located_quantity"] == Decimal("714.3") + Decimal("150.95")


@pytest.mark.parametrize(("basis", "year"), [(None, 2023), ("等价值", 2017)])
def test_standard_coal_of_an_unknown_basis_is_compared_with_nothing(
    basis: str | None, year: int
) -> None:
    made = worked(year)
    made.park_returns[0]["elec_basis"] = basis
    (row,) = made.insight("park_reported", energy_id="comprehensive_energy", basis="operating")
    assert row["located_quantity"] is None and row["located_to_reported"] is None
    assert "口径" in row["refused_zh"]
