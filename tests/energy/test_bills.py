"""Bills of suppliers: whole years become a site's own data, all else says why it does not."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.energy.bills import bill_years, green_bills
from assets.energy.own import placed_readings, site_quantities
from assets.energy.steam import FEEDWATER, heat_of_steam
from assets.inventory.ledger import MissingFactor
from quality.conservation import returned_quantities
from quality.contracts.audit import Delivery
from quality.contracts.enterprises import RecordAddress, SiteRecord
from quality.contracts.exchange import Exchange
from quality.contracts.forms import GridSupply, HeatSupply
from tests.energy.test_allocation import A, B, Works
from tests.frames import Tables, facts, frame
from tests.shared_data import golden

ALL = range(1, 13)


class Billed(Works):
    """Works with bills of the grid and of a heat network, of 2017."""

    def __init__(self) -> None:
        super().__init__()
        self.power: list[dict[str, Any]] = []
        self.heat: list[dict[str, Any]] = []
        self.addresses: list[dict[str, Any]] = []
        self.enterprises = [{"enterprise_id": A}, {"enterprise_id": B}]

    def bill(self, kwh: Any, months: Any = ALL, point: str = "1", **more: Any) -> None:
        for month in months:
            self.power.append(
                {
                    "source_row_id": f"g{point}:{month:02}",
                    "account_no": "001",
                    "meter_point": point,
                    "name_zh": "甲",
                    "uscc_text": A,
                    "address_zh": "一号路",
                    "month": f"2017{month:02}",
                    "billed_kwh": kwh,
                    **more,
                }
            )

    def warm(self, amount: Any, unit: str, months: Any = ALL, **more: Any) -> None:
        for month in months:
            self.heat.append(
                {
                    "source_row_id": f"h:{month:02}",
                    "account_no": "002",
                    "meter_point": "1",
                    "name_zh": "甲",
                    "uscc_text": A,
                    "address_zh": "一号路",
                    "month": f"2017{month:02}",
                    "medium_zh": "蒸汽",
                    "quantity": amount,
                    "unit_zh": unit,
                    **more,
                }
            )

    def lies(self, site: str, address: str) -> None:
        self.addresses.append({"source_row_id": site, "address_zh": address, "place_no": 1})

    def tables(self) -> Tables:
        t = super().tables()
        t["accepted.grid_supply"] = frame(GridSupply, *self.power)
        t["accepted.heat_supply"] = frame(HeatSupply, *self.heat)
        t["accepted.heat_factor"] = facts("heat_factor")
        t["core.record_address"] = frame(RecordAddress, *self.addresses)
        t["core.site_record"] = frame(
            SiteRecord,
            *({"source_row_id": r["source_row_id"], "site_id": r["source_row_id"]}
              for r in self.addresses),
        )  # fmt: skip
        t["raw.delivery"] = frame(Delivery)
        t["core.bill_year"] = bill_years(t, placed_readings(t))
        t["core.site_quantity"] = site_quantities(t)
        return t

    def bills(self) -> list[dict[str, Any]]:
        return self.tables()["core.bill_year"].sort("energy_id", "meter_point").to_dicts()

    def status(self) -> list[str]:
        return [row["status"] for row in self.bills()]


def works(**more: Any) -> Billed:
    made = Billed()
    made.site("s", **more)
    made.site("R", kind="return_only")
    return made


def test_a_whole_year_of_bills_is_the_sites_own_and_taken_off_the_return() -> None:
    made = works()
    made.back("电力", 1300)
    made.bill(100)
    (row,) = made.bills()
    assert (row["status"], row["site_id"], row["quantity"]) == ("used", "s", 1200)
    assert len(row["source_row_ids"].split(";")) == row["months"] == 12
    activity, allocation = made.shared()
    found = {r["site_id"]: (r["quantity"], r["tier"], r["method_zh"]) for r in activity.to_dicts()}
    assert found["s"] == (1200, "T1", "供应方账单十二个月合计")
    assert found["R"][:2] == (100, "T3")
    assert allocation["own_data"].item() == 1200
    t = {**made.tables(), "core.activity": activity, "core.allocation": allocation}
    assert all(balance.equal for balance in returned_quantities(t))


def test_without_bills_nothing_is_said() -> None:
    t = works().tables()
    assert t["core.bill_year"].is_empty() and t["core.site_quantity"].is_empty()
    assert green_bills(t["core.bill_year"], frame(Exchange)).is_empty()


def test_points_of_a_site_come_together_and_heat_is_heat() -> None:
    made = works()
    made.bill(100)
    made.bill("0.5", point="2")
    made.warm(7, "百万千焦")
    assert made.status() == ["used"] * 3
    assert made.by_site() == {"s": Decimal(1206 + 84)}


@pytest.mark.parametrize(("months", "missing"), [(range(1, 12), "12"), ([1, 2, 4], "3、5、6、7")])
def test_a_year_with_a_month_missing_is_told_and_used_in_no_number(
    months: Any, missing: str
) -> None:
    made = works()
    made.bill(100, months)
    # A whole point of the same site does not stand for the site.
    made.bill(100, point="2")
    first, second = made.bills()
    assert (first["status"], second["status"]) == ("incomplete", "incomplete")
    assert first["missing_zh"].startswith(missing) and missing in first["reason_zh"]
    assert (second["missing_zh"], second["months"]) == ("", 12)
    assert made.tables()["core.site_quantity"].is_empty()


def test_a_year_that_two_customers_share_is_whole_for_neither() -> None:
    made = works()
    made.site("t", B)
    made.bill(100, range(1, 7))
    made.bill(100, range(7, 13), uscc_text=B)
    assert made.status() == ["incomplete", "incomplete"]


def test_of_several_sites_the_address_tells_or_the_bill_is_nobodys() -> None:
    made = works()
    made.site("t")
    made.lies("s", "一号路")
    made.lies("t", "二号路")
    made.bill(100)
    made.bill(50, point="2", address_zh="二 号路")
    made.bill(10, point="3", address_zh="三号路")
    assert [(row["status"], row["site_id"]) for row in made.bills()] == [
        ("used", "s"),
        ("used", "t"),
        ("several_sites", None),
    ]
    # One text for two sites tells neither.
    made.lies("t", "一号路")
    assert made.bills()[0]["status"] == "several_sites"


def test_site_energy_wins_over_bills_and_nothing_counts_twice() -> None:
    made = works()
    made.meter("s", "电力", 900)
    made.bill(100)
    made.warm(7, "百万千焦")
    assert made.status() == ["site_energy", "used"]
    assert made.by_site() == {"s": Decimal(900 + 84)}


def test_what_tenants_use_behind_the_meter_is_theirs() -> None:
    made = works()
    made.site("t", B)
    made.meter("t", "电力", 300, B, meter_owner_uscc_text=A, meter_owner_zh="甲")
    made.bill(100)
    assert made.status() == ["used"]
    assert made.by_site() == {"s": 900, "t": 300}
    assert made.bills()[0]["tenants_quantity"] == 300
    made.readings[0]["consumption"] = "1200.000001"
    assert made.status() == ["tenants"]
    assert made.by_site() == {"t": Decimal("1200.000001")}


@pytest.mark.parametrize(
    ("cells", "status"),
    [
        ({"uscc_text": None, "name_zh": "无人知晓"}, "unknown_customer"),
        ({"uscc_text": B}, "no_site"),
    ],
)
def test_bills_of_nobody_known_or_without_a_site_are_told(
    cells: dict[str, Any], status: str
) -> None:
    made = works()
    made.bill(100, **cells)
    assert made.status() == [status]


def test_tonnes_of_steam_have_no_heat_without_an_enthalpy() -> None:
    made = works()
    made.warm(7, "吨", temperature_c=280, pressure_mpa="0.98")
    (row,) = made.bills()
    assert (row["status"], row["quantity"]) == ("not_convertible", None)
    assert "不由温度和压力推算" in row["reason_zh"] and "请填" in row["reason_zh"]
    assert made.tables()["core.site_quantity"].is_empty()


def test_g09_tonnes_of_steam_are_heat_by_their_enthalpy() -> None:
    inputs, expected, tolerance = golden("G09")
    made = works()
    made.back("热力", 140_000)
    enthalpy = str(inputs["enthalpy_kJ_kg"])
    made.warm(4000, "吨", range(1, 12), enthalpy_kj_kg=enthalpy)
    # What temperature and pressure say beside a stated enthalpy changes nothing.
    made.warm(6000, "吨", [12], enthalpy_kj_kg=enthalpy, temperature_c=165, pressure_mpa="0.7")
    (row,) = made.bills()
    assert (row["status"], row["conversion_confidence"]) == ("used", "recalled")
    assert float(row["quantity"]) == pytest.approx(expected["heat_GJ"], rel=tolerance)
    assert row["reason_zh"].endswith("给水焓为 recalled 值")
    activity, _ = made.shared()
    found = activity.sort("tier").select("tier", "quantity", "conversion_confidence").rows()
    assert found == [("T1", 134_663, "recalled"), ("T3", 5337, None)]


def test_months_of_steam_without_an_enthalpy_are_told() -> None:
    made = works()
    made.warm(7, "吨", [1, 2, 3, 4, 5, 6, 8, 9, 10, 11], enthalpy_kj_kg=2777)
    made.warm(7, "吨", [7, 12])
    (row,) = made.bills()
    assert row["status"] == "not_convertible" and "；7、12月没有焓值" in row["reason_zh"]


def test_steam_beside_heat_in_gj_and_a_table_without_the_feedwater() -> None:
    made = works()
    made.warm(7, "百万千焦", range(1, 7), enthalpy_kj_kg=2777)
    made.warm(1000, "吨", range(7, 13), enthalpy_kj_kg="2777.5")
    t = made.tables()
    assert t["core.bill_year"]["quantity"].to_list() == [Decimal("16204.56")]
    lacking = t["accepted.heat_factor"].filter(pl.col("item") != FEEDWATER)
    with pytest.raises(MissingFactor, match=r"feedwater_enthalpy_20C: no value; add it to"):
        heat_of_steam(t["accepted.heat_supply"], lacking)


@given(st.decimals("0", "9999999", places=6), st.decimals("2400", "3900", places=6))
def test_heat_of_steam_is_the_formula_rounded_once(tonnes: Decimal, enthalpy: Decimal) -> None:
    row = {"quantity": tonnes, "enthalpy_kj_kg": enthalpy, "medium_zh": "蒸汽", "unit_zh": "吨"}
    (found,) = heat_of_steam(frame(HeatSupply, row), facts("heat_factor"))["quantity"]
    exact = Fraction(tonnes) * (Fraction(enthalpy) - Fraction("83.74")) / 1000
    assert abs(Fraction(found) - exact) <= Fraction(1, 2 * 10**6)


def test_green_parts_of_whole_years_are_supplies_unless_the_exchange_says_so() -> None:
    made = works()
    made.bill(100, green_kwh=25)
    bills = made.tables()["core.bill_year"]
    (row,) = green_bills(bills, frame(Exchange)).to_dicts()
    assert (row["to_enterprise_id"], row["quantity"], row["ef_kind"]) == (A, 300, "green")
    said = frame(Exchange, {"to_enterprise_id": A, "year": 2017, "ef_kind": "green", "quantity": 1})
    assert green_bills(bills, said).is_empty()
    made.power.pop()
    assert green_bills(made.tables()["core.bill_year"], frame(Exchange)).is_empty()


def test_a_sum_of_bills_is_as_illustrative_and_as_good_as_its_worst() -> None:
    made = works()
    made.bill(1, pedigree="12111")
    made.power[3]["pedigree"] = "21111"
    (row,) = made.tables()["core.site_quantity"].to_dicts()
    assert row["pedigree"] == "22111"
    t = made.tables()
    t["raw.delivery"] = frame(Delivery, {"delivery_id": "g1:04", "illustrative": True})
    bills = bill_years(t, placed_readings(t))
    assert bills["illustrative"].to_list() == [True]
