"""Worked cases of the method from bytes to ledger and marts, in one run of all of them."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import polars as pl
import pytest

from assets.landing.declaration import load_sources
from quality.conservation import all_balances
from quality.contracts.registry import table_of
from tests.pipeline.golden_forms import computed
from tests.pipeline.golden_numbers import Tables, lines, mart, mass, near, total
from tests.pipeline.golden_world import (
    code,
)
from tests.shared_data import golden

pytestmark = pytest.mark.xdist_group("golden")


@pytest.fixture(scope="module")
def tables() -> Tables:
    return computed()


def test_everything_balances_in_the_same_run(tables: Tables) -> None:
    sources = {source.id: source.table for source in load_sources().values()}
    balances = all_balances(tables, {k: v for k, v in sources.items() if v in tables})
    assert [balance.name for balance in balances if not balance.equal] == []
    assert len(balances) > 100


def test_what_is_refused_is_refused_by_its_rule_and_nothing_else_is(tables: Tables) -> None:
    refused = tables["quarantine.row"].group_by("source_id", "rule_ids").len()
    assert set(refused.rows()) == {
        ("return_205_1", "EN1e", 1),
        ("return_205_2", "EN7", 5),
        ("process_return", "TYPE:value;VALUE", 1),
        ("process_return", "GROUP", 6),
        # `test_golden_downscaling`.
        ("control_total", "LOCATED", 1),
        ("sector_weight", "CAL1", 2),
        ("sector_weight", "CONTRACT:value", 1),
        ("sector_weight", "PARK", 1),
        ("census_revision", "FUEL", 1),
    }


def test_every_number_is_exact_and_rounded_once(tables: Tables) -> None:
    """`mass_t` is quantity times factor to the last digit of a DECIMAL; sums are sums of it."""
    ledger = tables["ledger.line"]
    assert all(ledger.schema[name].is_decimal() for name in ("quantity", "factor_value", "mass_t"))
    for quantity, factor, found in ledger.select("quantity", "factor_value", "mass_t").iter_rows():
        assert found == (quantity * factor).quantize(Decimal("1e-6"), rounding=ROUND_HALF_UP)
    for name in ("park_total", "park_inventory", "park_energy", "boundary_effect"):
        measures = table_of(f"mart.{name}").table_metadata()["measures"]
        assert all(tables[f"mart.{name}"].schema[measure].is_decimal() for measure in measures)


def test_a_total_is_the_sum_of_its_inventory(tables: Tables) -> None:
    axes = ["place_id", "year", "boundary_class", "basis", "view", "profile"]
    measures = ["co2e_t", "co2e_low_t", "co2e_high_t"]
    parts = (
        tables["mart.park_inventory"]
        .group_by(axes)
        .agg(pl.col(measures).sum(), pl.col("co2e_t").is_null().any().alias("withheld"))
    )
    both = tables["mart.park_total"].join(parts, on=axes, suffix="_parts")
    assert both.height == tables["mart.park_total"].height
    shown = both.filter(pl.col("co2e_t").is_not_null() & ~pl.col("withheld"))
    assert shown.height > 50
    assert shown.filter(pl.col("co2e_t") != pl.col("co2e_t_parts")).is_empty()
    # Lines of a site go together, so that the range of a total lies within those of its parts.
    assert both.filter(pl.col("co2e_high_t") > pl.col("co2e_high_t_parts")).is_empty()
    assert both.filter(pl.col("co2e_low_t") < pl.col("co2e_low_t_parts")).is_empty()


def test_g01_combustion(tables: Tables) -> None:
    for energy in ("bituminous", "natural_gas", "diesel"):
        assert mass(tables, "g01", energy_id=energy) == near("G01", f"{energy}_tCO2")
    assert mass(tables, "g01") == near("G01", "total_tCO2")


def test_a_measured_calorific_value_goes_with_default_carbon_and_oxidation(tables: Tables) -> None:
    (line,) = lines(tables, "measured", gas="CO2", energy_id="bituminous").to_dicts()
    assert float(line["mass_t"]) == pytest.approx(1000 * 20.9 * 26.1 / 1000 * 0.93 * 44 / 12)
    edges = tables["audit.item_source"].filter(item_kind="factor", item_id=line["factor_id"])
    cells = edges.join(tables["audit.source_cell"], on=["source_row_id", "column_zh"])
    texts = dict(cells.select("role", "raw_text").iter_rows())
    assert texts == {"NCV": "20900", "NCV unit": "千焦/千克", "CC": "26.1", "OF": "0.93"}


def test_a_measured_carbon_content_and_oxidation_go_with_the_calorific_value(
    tables: Tables,
) -> None:
    (line,) = lines(tables, "measured", gas="CO2", energy_id="anthracite").to_dicts()
    assert float(line["mass_t"]) == pytest.approx(1000 * 20.9 * 27.5 / 1000 * 0.975 * 44 / 12)
    edges = tables["audit.item_source"].filter(item_kind="factor", item_id=line["factor_id"])
    cells = edges.join(tables["audit.source_cell"], on=["source_row_id", "column_zh"])
    texts = dict(cells.select("role", "raw_text").iter_rows())
    assert texts == {"NCV": "20900", "NCV unit": "千焦/千克", "CC": "27.5", "OF": "97.5"}
    (methane,) = lines(tables, "measured", gas="CH4", energy_id="anthracite").to_dicts()
    assert methane["factor_id"].endswith(line["factor_id"].rpartition("|")[2])


def test_g03_energy_at_both_values_of_electricity(tables: Tables) -> None:
    """Natural gas is at its calorific value, 13.2836 tce; the case takes 13.3."""
    given, expected, tolerance = golden("G03")
    found = mart(tables, "park_energy", place_id="OUTSIDE:620000", year=2020)
    gas = given["natural_gas_m3"] / 1000
    for column, key in (("tce_calorific", "tce_calorific"), ("tce_equal", "tce_coal_equivalent")):
        tce = {energy: float(v) for energy, v in found.select("energy_id", column).iter_rows()}
        ours = tce.pop("natural_gas")
        assert ours / gas == pytest.approx(given["coef"]["ng_kgce_m3"], rel=2e-3)
        whole = sum(tce.values()) + gas * given["coef"]["ng_kgce_m3"]
        assert whole == pytest.approx(expected[key], rel=tolerance)
    difference = float((found["tce_equal"] - found["tce_calorific"]).sum())
    assert difference == pytest.approx(expected["difference_tce"], rel=tolerance)


def test_g04_a_balance_within_its_tolerance_passes(tables: Tables) -> None:
    given, expected, _ = golden("G04")
    assert expected["severity"] == "pass"
    (used,) = lines(tables, "g04", gas="CO2")["quantity"]
    assert float(used) == given["consumption"]
    own = tables["accepted.return_205_1"].filter(pl.col("uscc_text") == code("g04"))
    assert tables["quarantine.flag"].join(own, on="source_row_id", how="semi").is_empty()
    (refused,) = tables["quarantine.row"].filter(rule_ids="EN1e").to_dicts()
    assert code("g04_gap") in refused["cells_json"] and "5 %" in refused["reason_en"]
    assert lines(tables, "g04_gap").is_empty()


def test_g06_the_carbon_balance_of_an_oven(tables: Tables) -> None:
    _, expected, tolerance = golden("G06")
    assert mass(tables, "g06") == near("G06", "E_transf_tCO2")
    found = lines(tables, "g06", gas="CO2")
    carbon = {
        flow: float(t) * 12 / 44
        for flow, t in found.group_by("flow").agg(pl.col("mass_t").sum()).iter_rows()
    }
    assert carbon["carbon_in"] == pytest.approx(expected["C_in_t"], rel=tolerance)
    assert carbon["carbon_out"] == pytest.approx(expected["C_out_t"], rel=tolerance)
    # The coal of the oven is used, and not burnt: its line weighs nothing.
    burnt = lines(tables, "g06", energy_id="washed_coal")
    assert set(burnt["flow"]) == {"memo"} and set(burnt["weight"]) == {Decimal(0)}


def test_g06_default_coal_is_refused_with_all_rows_of_the_oven(tables: Tables) -> None:
    _, expected, _ = golden("G06")
    assert expected["default_severity"] == "error"
    refused = tables["quarantine.row"].filter(rule_ids="EN7")
    assert refused.filter(pl.col("cells_json").str.contains(code("g06_default"))).height == 5
    assert lines(tables, "g06_default", energy_id="transformation_balance").is_empty()


def test_g07_feedstock(tables: Tables) -> None:
    """What is used as raw material is not burnt: it leaves with the product, or is emitted."""
    _, expected, tolerance = golden("G07")
    found = lines(tables, "g07", gas="CO2").with_columns(pl.col("mass_t").cast(pl.Float64))
    by_flow = dict(found.group_by("energy_id", "flow").agg(pl.col("mass_t").sum()).select(
        pl.format("{} {}", "energy_id", "flow"), "mass_t").iter_rows()
    )  # fmt: skip
    assert by_flow == {
        "naphtha direct": pytest.approx(expected["fuel_tCO2"], rel=tolerance),
        "feedstock direct": pytest.approx(expected["process_tCO2"], rel=tolerance),
        "feedstock stored": pytest.approx(expected["stored_memo_tCO2"], rel=tolerance),
    }
    assert mass(tables, "g07") == pytest.approx(
        expected["fuel_tCO2"] + expected["process_tCO2"], rel=tolerance
    )
    assert tables["core.contradiction"].filter(enterprise_id=code("g07")).is_empty()


def test_g09_the_heat_of_steam(tables: Tables) -> None:
    """Bills in tonnes are the site's own heat; what was returned in GJ is the same."""
    (line,) = lines(tables, "g09").to_dicts()
    assert (line["tier"], line["confidence"]) == ("T1", "recalled")
    cells = tables["audit.item_source"].filter(item_id=line["activity_id"])
    told = cells.join(tables["audit.source_cell"], on=["source_row_id", "column_zh"])
    assert told.filter(role="enthalpy")["raw_text"].to_list() == ["2777.0"] * 12
    assert told.filter(role="feedwater")["raw_text"].to_list() == ["83.74"]
    assert float(line["quantity"]) == near("G09", "heat_GJ")
    assert float(line["mass_t"]) == near("G09", "tCO2")


def test_g10_clinker_three_ways_and_lime(tables: Tables) -> None:
    for profile, key in (("CN-GHG", "CN_tCO2"), ("ZCP-2025", "CN_tCO2"), ("IPCC", "IPCC_T1_tCO2")):
        assert mass(tables, "g10", profile=profile, energy_id="clinker") == near("G10", key)
        oxides = mass(tables, "g10", profile=profile, energy_id="clinker_oxides")
        assert oxides == near("G10", "T2_tCO2")
    assert mass(tables, "g10", energy_id="lime") == near("G10", "lime_tCO2")


def test_a_product_in_two_forms_counts_once(tables: Tables) -> None:
    assert mass(tables, "twice") == pytest.approx(538)


def waste(tables: Tables, province: str, gas: str) -> float:
    return total(
        tables, "co2e_t", "park_inventory", place_id=f"OUTSIDE:{province}", gas=gas,
        view="territorial", profile="CN-GHG", source_category="waste",
    )  # fmt: skip


def test_g12_wastewater(tables: Tables) -> None:
    assert mass(tables, "g12", "CH4") * 1000 == near("G12", "CH4_kg")
    assert mass(tables, "g12", "N2O") * 1000 == near("G12", "N2O_kg")
    assert waste(tables, "620000", "CH4") == near("G12", "CH4_tCO2e_AR5")
    assert waste(tables, "620000", "N2O") == near("G12", "N2O_tCO2e_AR5")
    assert lines(tables, "g12", "ZCP-2025").is_empty()


def test_a_group_with_a_cell_that_cannot_be_read_is_not_computed(tables: Tables) -> None:
    assert set(lines(tables, "bad")["energy_id"]) == {"lime"}


def test_g14_incineration(tables: Tables) -> None:
    assert mass(tables, "g14") == near("G14", "CO2_t")
    assert mass(tables, "g14", "N2O") * 1000 == near("G14", "N2O_kg")
    assert waste(tables, "630000", "N2O") == near("G14", "N2O_tCO2e_AR5")
