"""Factors for part of a fuel's activity: measured calorific values, and factors of sectors."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import polars as pl
import pytest

from assets.inventory.choice import ChoiceError
from assets.inventory.ledger import ledger
from assets.inventory.relined import ledger_again, rules_by_energy
from assets.inventory.variants import (
    implied_factors,
    measured_factors,
    measured_sources,
    measured_values,
)
from quality.contracts.accepted import Return2051
from quality.contracts.audit import Flag
from quality.contracts.ceads import ImpliedFactor, ImpliedGroup
from quality.contracts.core import Activity, EmissionFactor
from tests.frames import facts, frame
from tests.inventory.test_ledger import COAL, factor
from tests.inventory.world import choices

ROW = {
    "source_row_id": "r:1",
    "energy_zh": "一般烟煤",
    "ncv": 20900,
    "ncv_unit_zh": "千焦/千克",
}


def values(*rows: dict[str, Any], flags: tuple[dict[str, Any], ...] = ()) -> pl.DataFrame:
    return measured_values(
        {
            "accepted.return_205_1": frame(Return2051, *rows),
            "accepted.energy": facts("energy"),
            "accepted.ncv_unit": facts("ncv_unit"),
            "quarantine.flag": frame(Flag, *flags),
        }
    )


def measured(stated: dict[str, Any] = ROW) -> pl.DataFrame:
    made = [
        row
        for row, _ in measured_factors(
            values(stated), facts("fuel_factor"), facts("combustion_nonco2")
        )
    ]
    return EmissionFactor.conform(pl.DataFrame(made, infer_schema_length=None))


def test_a_measured_value_goes_with_carbon_content_and_oxidation_of_one_set() -> None:
    by_set = {
        row["factor_set"]: row for row in measured().filter(pl.col("gas") == "CO2").to_dicts()
    }
    taken = by_set["PG2025"]
    assert taken["derivation"].startswith("20.9 GJ/t × 26.1 tC/TJ ÷ 1000 × 0.93 × 44/12 = ")
    expected = Fraction("20.9") * Fraction("26.1") / 1000 * Fraction("0.93") * Fraction(44, 12)
    assert abs(Fraction(taken["value"]) - expected) < Fraction(1, 10**12)
    # Carbon content and oxidation of another set are those of that set.
    assert "26.18 tC/TJ" in by_set["NDRC24"]["derivation"]
    methane = measured().filter(pl.col("gas") == "CH4")
    assert set(methane["derivation"].str.slice(0, 9)) == {"20.9 GJ/t"}


WHOLE = {**ROW, "carbon_content_tc_tj": "27.5"}
FLAGS = [("CC3w", [("20.9", None, None)]), ("EN3w", []), ("NCVUNIT", [])]


def test_a_measured_content_goes_with_the_oxidation_of_the_set_or_its_own() -> None:
    found = {
        name: {row["factor_set"]: row for row in made.filter(pl.col("gas") == "CO2").to_dicts()}
        for name, made in {
            "content": measured(WHOLE),
            "all": measured({**WHOLE, "oxidation_pct": "97.5"}),
        }.items()
    }
    default, own = found["content"], found["all"]["PG2025"]
    assert "20.9 GJ/t × 27.5 tC/TJ ÷ 1000 × 0.93 × 44/12 = " in default["PG2025"]["derivation"]
    assert "× 27.5 tC/TJ ÷ 1000 × 1 × 44/12" in default["IPCC2006"]["derivation"]
    assert "20.9 GJ/t × 27.5 tC/TJ ÷ 1000 × 0.975 × 44/12 = " in own["derivation"]
    exact = Fraction("20.9") * Fraction("27.5") / 1000 * Fraction("0.975") * Fraction(44, 12)
    assert abs(Fraction(own["value"]) - exact) < Fraction(1, 10**12)
    # What is all measured is the same beside every set, and rests on no table.
    assert {row["value"] for row in found["all"].values()} == {own["value"]}
    assert (own["confidence"], default["PG2025"]["confidence"]) == ("definition", "transcribed")


@pytest.mark.parametrize(("rule", "used"), FLAGS)
def test_a_content_is_used_with_its_value_or_not_at_all(rule: str, used: list[Any]) -> None:
    flag = {"source_row_id": "r:1", "rule_id": rule}
    rows = values({**WHOLE, "oxidation_pct": 97}, flags=(flag,))
    found = rows.select("ncv", "cc", "oxidation").rows()
    assert [(float(ncv), cc, of) for ncv, cc, of in found] == [
        (float(ncv), cc, of) for ncv, cc, of in used
    ]


def test_cells_of_what_was_measured() -> None:
    given = values({**WHOLE, "oxidation_pct": 97}, {**ROW, "source_row_id": "r:2"})
    made = list(measured_factors(given, facts("fuel_factor"), facts("combustion_nonco2")))
    factors = EmissionFactor.conform(
        pl.DataFrame([row for row, _ in made], infer_schema_length=None)
    )
    found = measured_sources(factors, given).group_by("item_id").agg(pl.col("role").sort())
    roles = dict(found.iter_rows())
    assert roles["fuel|bituminous|CO2|PG2025|ncv:r:1"] == ["CC", "NCV", "NCV unit", "OF"]
    assert roles["fuel|bituminous|CO2|PG2025|ncv:r:2"] == ["NCV", "NCV unit"]
    assert roles["fuel|bituminous|N2O|PG2025|manufacturing|ncv:r:1"] == ["NCV", "NCV unit"]
    # The tables give the rest, and nothing twice.
    of_tables = {row["factor_id"]: set(parts) for row, parts in made}
    assert of_tables["fuel|bituminous|CO2|PG2025|ncv:r:1"] == set()
    assert of_tables["fuel|bituminous|CO2|PG2025|ncv:r:2"] == {"CC", "OF"}


def test_a_value_out_of_range_or_in_another_unit_is_not_used() -> None:
    odd = {**ROW, "source_row_id": "r:2", "ncv_unit_zh": "千焦/立方米"}
    none = {**ROW, "source_row_id": "r:3", "ncv": None}
    assert values(ROW, odd, none)["source_row_id"].to_list() == ["r:1"]
    flagged = ({"source_row_id": "r:1", "rule_id": "EN3w"},)
    assert values(ROW, flags=flagged).is_empty()
    warned = ({"source_row_id": "r:1", "rule_id": "EN1w"},)
    assert values(ROW, flags=warned).height == 1


def test_energy_is_the_same_at_either_reference_of_a_gas() -> None:
    """1e4 m3 at 20 °C, at a calorific value per m3 at 20 °C (METHOD 0: both of one reference)."""
    gas = {**ROW, "energy_zh": "天然气", "ncv": 36000, "ncv_unit_zh": "千焦/立方米(20℃)"}
    volumes = dict(facts("unit").select("unit_zh", "value").iter_rows())
    (value,) = values(gas)["ncv"]
    assert float(volumes["万立方米(20℃)"] * value) == pytest.approx(360, rel=1e-9)


BURNT = {**COAL, "energy_id": "bituminous", "book_sector": "Nonmetal Mineral Products"}
FACTORS = [factor("d", subject="bituminous"), factor("n", subject="bituminous", gas="N2O")]


def test_fuel_of_a_return_that_measured_takes_its_own_value() -> None:
    activity = frame(
        Activity,
        {**BURNT, "activity_id": "own", "source_row_id": "r:1"},
        {**BURNT, "activity_id": "other", "source_row_id": "r:9"},
    )
    factors = pl.concat([frame(EmissionFactor, *FACTORS), measured()])
    lines = ledger(activity, factors, choices())
    taken = {
        (row["activity_id"], row["gas"]): row["factor_id"]
        for row in lines.filter(pl.col("gas") != "CH4").iter_rows(named=True)
    }
    assert taken == {
        ("own", "CO2"): "fuel|bituminous|CO2|PG2025|ncv:r:1",
        ("own", "N2O"): "fuel|bituminous|N2O|PG2025|manufacturing|ncv:r:1",
        ("other", "CO2"): "d",
        ("other", "N2O"): "n",
    }


def implied() -> pl.DataFrame:
    rows = [
        {"factor_id": "raw|power", "subject": "Raw_Coal", "sector_group": "RC-1", "value": "1.7"},
        {"factor_id": "raw|stone", "subject": "Raw_Coal", "sector_group": "RC-2", "value": "1.8"},
        {"factor_id": "diesel", "subject": "Diesel_Oil", "value": "3.1"},
        {
            "factor_id": "gas",
            "subject": "Natural_Gas",
            "value": "21.6",
            "canonical_unit": "1e4m3",
        },
    ]
    shared = {"factor_set": "CEADS-implied", "kind": "effective", "gas": "CO2"}
    given = [{"canonical_unit": "t", **shared, "confidence": "project", **row} for row in rows]
    return implied_factors(frame(ImpliedFactor, *given), facts("energy"))


GROUPS = frame(
    ImpliedGroup,
    {
        "book_sector": "Electric Power, Steam and Hot Water Production and Supply",
        "sector_group": "RC-1",
    },
    {"book_sector": "Nonmetal Mineral Products", "sector_group": "RC-2"},
)
AT_LARGE = [
    factor(f"{fuel}|{gas}", subject=fuel, gas=gas)
    for fuel in ("raw_coal", "diesel", "natural_gas", "bituminous")
    for gas in ("CO2", "CH4")
]


def test_the_implied_set_is_a_factor_a_sector_and_takes_other_gases_of_the_next_set() -> None:
    raw = {**COAL, "energy_id": "raw_coal"}
    activity = frame(
        Activity,
        {**raw, "activity_id": "stone", "book_sector": "Nonmetal Mineral Products"},
        {**raw, "activity_id": "power", "book_sector": "Thermal Power", "block": "transformation"},
        {**raw, "activity_id": "nowhere", "book_sector": None},
        {**raw, "activity_id": "diesel", "energy_id": "diesel", "book_sector": "Construction"},
        # Of a sector with a group, and a fuel whose factor is one for all sectors.
        {
            **raw,
            "activity_id": "kiln",
            "energy_id": "diesel",
            "book_sector": "Nonmetal Mineral Products",
        },
        # CEADs knows no ranks of coal.
        {**raw, "activity_id": "rank", "energy_id": "bituminous", "book_sector": "Food Processing"},
    )
    factors = pl.concat([frame(EmissionFactor, *AT_LARGE), implied()])
    asked = choices(factor_set="CEADS-implied", sector_groups=GROUPS)
    lines = ledger(activity, factors, asked)
    assert _taken(lines, "CO2") == {
        "stone": "raw|stone",
        "power": "raw|power",
        "nowhere": "raw_coal|CO2",
        "diesel": "diesel",
        "kiln": "diesel",
        "rank": "bituminous|CO2",
    }
    methane = _taken(lines, "CH4")
    assert {methane[key] for key in ("stone", "power", "nowhere")} == {"raw_coal|CH4"}
    default = ledger(activity, factors, choices(sector_groups=GROUPS))
    assert default.filter(pl.col("factor_id").is_in(["diesel", "raw|stone"])).is_empty()
    # A change of groups makes the lines of coal again, and no others.
    regrouped = GROUPS.with_columns(pl.lit("RC-1").alias("sector_group"))
    other = choices(factor_set="CEADS-implied", sector_groups=regrouped)
    was, now = (rules_by_energy(activity, factors, c) for c in (asked, other))
    assert {energy for energy in now if was[energy] != now[energy]} == {"raw_coal"}
    again = ledger_again(lines, was, activity, factors, other)
    assert again.sort("line_id").equals(ledger(activity, factors, other).sort("line_id"))


def _taken(lines: pl.DataFrame, gas: str) -> dict[str, str]:
    return dict(lines.filter(pl.col("gas") == gas).select("activity_id", "factor_id").iter_rows())


def test_a_measured_value_goes_before_the_implied_set() -> None:
    activity = frame(Activity, {**BURNT, "source_row_id": "r:1"})
    factors = pl.concat([frame(EmissionFactor, *FACTORS), measured(), implied()])
    lines = ledger(activity, factors, choices(factor_set="CEADS-implied", sector_groups=GROUPS))
    assert lines.filter(pl.col("gas") == "CO2")["factor_id"].to_list() == [
        "fuel|bituminous|CO2|PG2025|ncv:r:1"
    ]


def test_the_implied_set_without_a_pair_stops() -> None:
    with pytest.raises(ChoiceError, match=r"CEADS-implied: no factor of it; expected ceads_energy"):
        ledger(
            frame(Activity, BURNT),
            frame(EmissionFactor, *FACTORS),
            choices(factor_set="CEADS-implied"),
        )


def test_booked_gas_goes_with_the_factor_of_booked_gas() -> None:
    gas = implied().filter(pl.col("subject") == "natural_gas").to_dicts()[0]
    assert (gas["canonical_unit"], gas["value"]) == ("1e4Nm3", Decimal("21.6"))
