"""The ledger: activity times factor, one gas, one mass, rounded once."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.inventory.ledger import MissingFactor, ledger
from quality.contracts.core import Activity, EmissionFactor
from tests.frames import frame

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
    found = ledger(frame(Activity, activity), frame(EmissionFactor, *factors), "CN-GHG")
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
        factor("p", kind="process", subject="clinker"),
    )
    assert [x["source_category"] for x in lines(heat, *known)] == ["purchased_heat"]
    assert [x["source_category"] for x in lines(product, *known)] == ["industrial_process"]


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
        ledger(activity, frame(EmissionFactor, factor("f")), "CN-GHG")


def test_another_profile_is_refused() -> None:
    with pytest.raises(ValueError, match="expected CN-GHG"):
        ledger(frame(Activity, COAL), frame(EmissionFactor, factor("f")), "IPCC")


def test_marks_of_activity_and_factor_stay_on_the_line() -> None:
    (line,) = lines({**COAL, "illustrative": True}, factor("f", confidence="recalled"))
    marks = (line["illustrative"], line["confidence"], line["tier"], line["profile"])
    assert marks == (True, "recalled", "T2", "CN-GHG")
    assert line["line_id"] == "a|CO2"
