"""The ledger: activity times factor, one gas, one mass, rounded once."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.inventory.choice import ChoiceError
from assets.inventory.ledger import MissingFactor, ledger
from quality.contracts.core import Activity, EmissionFactor
from tests.frames import frame
from tests.inventory.world import choices

COAL = {
    "activity_id": "a",
    "year": 2017,
    "province_code": "640000",
    "energy_id": "coal",
    "carrier": "fuel",
    "block": "final",
    "flow": "direct",
    "tier": "T2",
    "quantity": 2,
}
POWER = {
    **COAL,
    "energy_id": "electricity",
    "carrier": "electricity",
    "flow": "purchased_electricity",
}


def factor(factor_id: str, **more: Any) -> dict[str, Any]:
    return {
        "factor_id": factor_id,
        "kind": "fuel",
        "subject": "coal",
        "use": "all",
        "gas": "CO2",
        "value": 3,
        "factor_set": "PG2025",
        "rank": 1,
        "confidence": "official",
        **more,
    }


def grid(year: int, area: str = "640000", value: Any = "0.0006") -> dict[str, Any]:
    return factor(
        f"grid|{area}|{year}",
        kind="electricity",
        subject="electricity",
        area_code=area,
        year=year,
        value=value,
    )


def lines(activity: dict[str, Any], *factors: dict[str, Any]) -> list[dict[str, Any]]:
    found = ledger(frame(Activity, activity), frame(EmissionFactor, *factors), choices())
    return found.sort("line_id").to_dicts()


@given(st.integers(0, 10**17), st.integers(0, 10**15))
def test_a_mass_is_the_product_rounded_half_away_from_zero(micro: int, pico: int) -> None:
    quantity, value = Decimal(micro).scaleb(-6), Decimal(pico).scaleb(-12)
    (line,) = lines({**COAL, "quantity": quantity}, factor("f", value=value))
    with localcontext() as context:
        context.prec = 60
        expected = (quantity * value).quantize(Decimal("0.000001"), ROUND_HALF_UP)
    assert line["mass_t"] == expected


def test_a_half_of_the_last_digit_goes_up() -> None:
    (up,) = lines({**COAL, "quantity": "0.000001"}, factor("f", value="0.5"))
    (down,) = lines({**COAL, "quantity": "0.000001"}, factor("f", value="0.499999999999"))
    assert (up["mass_t"], down["mass_t"]) == (Decimal("0.000001"), 0)


def test_all_gases_of_a_fuel_come_from_the_first_ranked_set() -> None:
    found = lines(
        COAL,
        factor("second", factor_set="NDRC24", rank=2, value=9),
        factor("first"),
        factor("methane", gas="CH4", use="manufacturing", value="0.001"),
        factor("methane plant", gas="CH4", use="energy_industries", value="0.002"),
        factor("methane second", gas="CH4", use="manufacturing", factor_set="NDRC24", rank=2),
    )
    assert {line["gas"]: line["factor_id"] for line in found} == {"CO2": "first", "CH4": "methane"}
    assert {line["source_category"] for line in found} == {"energy_combustion"}


def test_fuel_burnt_for_power_takes_the_factor_of_its_use() -> None:
    found = lines(
        {**COAL, "block": "transformation"},
        factor("first"),
        factor("methane", gas="CH4", use="manufacturing"),
        factor("methane plant", gas="CH4", use="energy_industries"),
    )
    assert {line["factor_id"] for line in found} == {"first", "methane plant"}
    assert {line["source_category"] for line in found} == {"energy_transformation_power"}


@pytest.mark.parametrize(
    ("published", "taken", "flag"),
    [
        ([2017], 2017, None),
        ([2016, 2018], 2016, "EF1"),
        ([2021, 2019], 2019, "EF1"),
        ([2021, 2017, 2016], 2017, None),
        ([2020, 2021], 2020, "EF1"),
        ([2014], 2014, "EF1"),
    ],
)
def test_power_takes_the_nearest_year_and_flags_any_other(
    published: list[int], taken: int, flag: str | None
) -> None:
    (line,) = lines(POWER, *(grid(year) for year in published), grid(2017, area="150000"))
    assert (line["factor_id"], line["factor_flag"]) == (f"grid|640000|{taken}", flag)
    assert line["source_category"] == "purchased_electricity"


def test_heat_and_products_take_their_own_factors() -> None:
    heat = {**COAL, "energy_id": "heat", "carrier": "heat", "flow": "purchased_heat"}
    product = {**COAL, "energy_id": "clinker", "carrier": "product"}
    known = (
        factor("h", kind="heat", subject="heat"),
        factor("p", kind="process", subject="clinker", factor_set="CN"),
    )
    assert [x["source_category"] for x in lines(heat, *known)] == ["purchased_heat"]
    assert [x["source_category"] for x in lines(product, *known)] == ["industrial_process"]


@pytest.mark.parametrize(
    ("converted", "of_factor", "shown"),
    [
        (None, "official", "official"),
        ("recalled", "official", "recalled"),
        ("recalled", "project", "project"),
        ("official", "transcribed", "transcribed"),
    ],
)
def test_a_line_is_as_sure_as_its_factor_and_the_constant_behind_its_quantity(
    converted: str | None, of_factor: str, shown: str
) -> None:
    found = lines({**COAL, "conversion_confidence": converted}, factor("f", confidence=of_factor))
    assert [line["confidence"] for line in found] == [shown]


@pytest.mark.parametrize(
    ("activity", "named"),
    [
        (COAL, "a: no factor for coal in 640000 2017"),
        (POWER, "a: no factor for electricity in 640000"),
    ],
)
def test_activity_without_a_factor_stops(activity: dict[str, Any], named: str) -> None:
    other = (factor("f", subject="peat"), grid(2017, area="150000"))
    with pytest.raises(MissingFactor, match=named):
        lines(activity, *other)


def test_one_missing_factor_among_many_stops_all() -> None:
    activity = frame(Activity, COAL, {**COAL, "activity_id": "b", "energy_id": "peat"})
    with pytest.raises(MissingFactor, match="b: no factor for peat"):
        ledger(activity, frame(EmissionFactor, factor("f")), choices())


@pytest.mark.parametrize("names", [["a", "b", "a|b", "c"], ["c", "a|b", "b", "a"]])
def test_lines_made_in_slices_are_the_lines(
    names: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [{**COAL, "activity_id": name, "quantity": n} for n, name in enumerate(names, 1)]
    known = frame(EmissionFactor, factor("co2"), factor("ch4", gas="CH4", value="0.1"))
    whole = ledger(frame(Activity, *rows), known, choices())
    monkeypatch.setattr("assets.inventory.ledger._AT_ONCE", 1)
    assert ledger(frame(Activity, *rows), known, choices()).equals(whole)
    assert whole["line_id"].to_list() == sorted(
        f"{name}|{gas}|PG2025" for name in names for gas in ("CO2", "CH4")
    )
    with pytest.raises(MissingFactor, match="peat"):
        ledger(
            frame(Activity, *rows, {**COAL, "activity_id": "d", "energy_id": "peat"}),
            known,
            choices(),
        )


def test_profiles_with_one_factor_share_a_line_and_others_have_their_own() -> None:
    coal = frame(Activity, COAL)
    known = frame(
        EmissionFactor,
        factor("china"),
        factor("ipcc", factor_set="IPCC2006", value=4, rank=4),
        factor("methane", gas="CH4", value="0.1"),
        factor("methane ipcc", gas="CH4", factor_set="IPCC2006", value="0.2", rank=4),
    )
    found = ledger(coal, known, choices("CN-GHG", "ZCP-2025", "IPCC")).sort("line_id")
    assert dict(found.select("line_id", "profiles").iter_rows()) == {
        "a|CH4|IPCC2006": "IPCC",
        "a|CH4|PG2025": "CN-GHG",
        "a|CO2|IPCC2006": "IPCC",
        "a|CO2|PG2025": "CN-GHG;ZCP-2025",
    }


def test_a_named_set_goes_first_for_the_fuels_that_it_has() -> None:
    fuels = frame(Activity, COAL, {**COAL, "activity_id": "b", "energy_id": "peat"})
    known = frame(
        EmissionFactor,
        factor("f"),
        factor("g", factor_set="NDRC24", rank=2),
        factor("p", subject="peat"),
    )
    found = ledger(fuels, known, choices(factor_set="NDRC24"))
    assert dict(found.select("activity_id", "factor_id").iter_rows()) == {"a": "g", "b": "p"}


def test_what_a_run_asks_for_must_be_there() -> None:
    with pytest.raises(ChoiceError, match="profile GPC: expected CN-GHG"):
        choices("GPC")
    with pytest.raises(ChoiceError, match="factor set PG2030: expected one of PG2025"):
        choices(factor_set="PG2030")
    with pytest.raises(ChoiceError, match="grid_ef_year 2030: no factors of that year"):
        known = frame(EmissionFactor, grid(2021))
        ledger(frame(Activity, POWER), known, choices(grid_ef_year="2030"))


def test_two_factors_of_one_key_stop() -> None:
    with pytest.raises(ChoiceError, match="two factors for coal, PG2025, CO2, all: f and g"):
        lines(COAL, factor("f"), factor("g", value=4))


@pytest.mark.parametrize(
    ("policy", "taken", "flag"),
    [("data_year", 2017, None), ("latest_published", 2023, "EF1"), ("2021", 2021, "EF1")],
)
def test_the_year_of_grid_factors_is_a_choice(policy: str, taken: int, flag: str | None) -> None:
    known = frame(EmissionFactor, grid(2017), grid(2021), grid(2023))
    found = ledger(frame(Activity, POWER), known, choices(grid_ef_year=policy))
    assert found.select("factor_id", "factor_flag").row(0) == (f"grid|640000|{taken}", flag)


def test_tibet_takes_the_last_regional_factor_by_name_and_flag() -> None:
    tibet = frame(Activity, {**POWER, "province_code": "540000", "year": 2023})
    known = frame(EmissionFactor, grid(2021, "西南"), grid(2022, "西南"), grid(2023, "640000"))
    found = ledger(tibet, known, choices())
    assert found.select("factor_id", "factor_flag").row(0) == ("grid|西南|2022", "EF2")


def test_power_has_a_line_for_each_rule_of_electricity() -> None:
    market = factor("m", kind="electricity_market", factor_set="MEE-market", year=2017, value=5)
    zero = factor("z", kind="electricity_zcp", factor_set="ZCP-2025", year=2025, value=7)
    grid_set = {**grid(2017), "factor_set": "MEE"}
    known = frame(EmissionFactor, grid_set, market, zero)
    green = {**POWER, "activity_id": "g", "flow": "purchased_electricity_green"}
    sold = {**POWER, "activity_id": "s", "flow": "exported_electricity"}
    power = frame(Activity, POWER, green, sold)
    found = ledger(power, known, choices("CN-GHG", "ZCP-2025"))
    assert set(found.select("line_id", "flow", "profiles").iter_rows()) == {
        ("a|CO2|MEE", "purchased_electricity", "CN-GHG"),
        ("a|CO2|MEE-market", "purchased_electricity_market", "CN-GHG"),
        ("a|CO2|ZCP-2025", "purchased_electricity", "ZCP-2025"),
        ("g|CO2|MEE", "purchased_electricity_green", "CN-GHG"),
        ("s|CO2|ZCP-2025", "exported_electricity", "ZCP-2025"),
    }


def test_marks_of_activity_and_factor_stay_on_the_line() -> None:
    (line,) = lines({**COAL, "illustrative": True}, factor("f", confidence="recalled"))
    marks = (line["illustrative"], line["confidence"], line["tier"], line["profiles"])
    assert marks == (True, "recalled", "T2", "CN-GHG")
    assert line["line_id"] == "a|CO2|PG2025"
