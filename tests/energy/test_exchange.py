"""Exchange between parks: worked case G17, and what two ends cannot hold."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from assets.energy.activity import measured_activity
from assets.energy.contradictions import contradictions
from assets.energy.exchange import Exchanged, exchanged
from assets.energy.exports import exported_activity
from assets.energy.supply import ExchangeError, exchanges
from assets.enterprises.operators import site_operators
from assets.inventory.choice import profiles_of
from assets.inventory.exchange import contract_factors, contract_terms
from assets.inventory.ledger import Choices, ledger
from quality.contracts.ceads import ImpliedGroup
from quality.contracts.core import CanonicalReturn, EmissionFactor, Enterprise, Site
from quality.contracts.energy import SiteQuantity
from quality.contracts.enterprises import Entity
from quality.contracts.exchange import EnergyExchange
from quality.contracts.process import HeldFuel, ProcessTerm
from tests.frames import facts, frame
from tests.shared_data import golden

YEAR = 2023
NEVER = pl.lit(False)
NAMES = {"E1": "电厂", "E2": "供热站", "E3": "甲园其他企业", "E4": "乙园企业"}
PARKS = {"E1": "A", "E2": "A", "E3": "A", "E4": "B"}


def returned(enterprise: str, energy: str, **more: Any) -> dict[str, Any]:
    carrier = energy if energy in ("electricity", "heat") else "fuel"
    return {
        "source_row_id": f"{enterprise}|{energy}",
        "enterprise_id": enterprise,
        "year": YEAR,
        "energy_id": energy,
        "canonical_unit": {"electricity": "kWh", "heat": "GJ"}.get(energy, "t"),
        "carrier": carrier,
        "industry_division": "44" if enterprise in ("E1", "E2") else "26",
        "quantity": 0,
        "own_quantity": 0,
        "sold_quantity": 0,
        "raw_quantity": 0,
        **more,
    }


def supply(supplier: str | None, receiver: str, quantity: Any, **more: Any) -> dict[str, Any]:
    return {
        "source_row_id": f"x|{supplier}|{receiver}|{more.get('energy_zh', '电力')}",
        "year": YEAR,
        "energy_zh": "电力",
        "supplier_zh": NAMES.get(supplier or ""),
        "name_zh": NAMES[receiver],
        "mode_zh": "直供",
        "source_zh": "化石",
        "supplied": quantity,
        "unit_zh": "千瓦时",
        **more,
    }


def identified(rows: pl.DataFrame) -> pl.DataFrame:
    """`core.exchange` of deliveries whose names are those of the enterprises here."""
    by_name = {name: key for key, name in NAMES.items()}
    made = exchanges(rows, facts("unit"), facts("energy"), frame(Entity))
    named = rows.select(
        pl.col("source_row_id").alias("exchange_id"),
        pl.col("supplier_zh").replace_strict(by_name, default=None).alias("from_enterprise_id"),
        pl.col("name_zh").replace_strict(by_name).alias("to_enterprise_id"),
    )
    return made.drop("from_enterprise_id", "to_enterprise_id").join(named, on="exchange_id")


class Parks:
    """Returns of four enterprises in two parks, and what they supply each other."""

    def __init__(self, returns: list[dict[str, Any]], supplies: list[dict[str, Any]]) -> None:
        self.canonical = frame(CanonicalReturn, *returns)
        self.known = identified(frame(EnergyExchange, *supplies))
        self.sites = frame(
            Site,
            *(
                {
                    "site_id": f"s{key}",
                    "enterprise_id": key,
                    "kind": "permit",
                    "province_code": "320000",
                    "place_use": "production",
                }
                for key in NAMES
            ),
        )
        self.operators = site_operators(
            self.sites, frame(Enterprise, *({"enterprise_id": key} for key in NAMES))
        )

    def measured(self) -> pl.DataFrame:
        own = frame(SiteQuantity)
        return measured_activity(self.canonical, own, self.sites, self.operators, NEVER)[0]

    def exchanged(self) -> Exchanged:
        exports = exported_activity(self.canonical, self.sites, self.operators, NEVER)
        return exchanged(self.measured(), exports, self.canonical, self.known)

    def lines(self) -> pl.DataFrame:
        """Lines with a fuel of 1 t CO2 a tonne and the grid factor of the case."""
        made = self.exchanged()
        given, _, _ = golden("G17")
        grid = Decimal(str(given["EF_grid"])) / 1000
        agreed, _ = contract_factors(self.known)
        factors = frame(
            EmissionFactor,
            factor("fuel", "coal", "PG2025", 1),
            factor("electricity", "electricity", "MEE", grid, area_code="320000", year=YEAR),
            factor("electricity_zcp", "electricity", "ZCP-2025", "0.0008325", year=2025),
            factor("electricity_nonfossil", "electricity", "ZCP-2025", 0, year=2025),
            factor("heat", "heat", "default", "0.11"),
            factor("heat_nonfossil", "heat", "default", 0),
        )
        profiles = profiles_of(facts("method_profile"), ("CN-GHG", "ZCP-2025"), None)
        terms = contract_terms(made.parts, made.activity, profiles)
        return ledger(
            made.activity,
            pl.concat([factors, agreed]),
            Choices(profiles, facts("grid_region"), terms=terms),
        )

    def views(self) -> dict[tuple[str, str], float]:
        """Sums by park and view."""
        weights = facts("view_weight").filter(pl.col("view") != "scope1_2_market")
        found = (
            self.lines()
            .with_columns(pl.col("profiles").str.split(";").alias("profile"))
            .explode("profile")
            .join(weights.select("profile", "view", "flow", "weight"), on=["profile", "flow"])
            .with_columns(
                (pl.col("mass_t").cast(pl.Float64) * pl.col("weight").cast(pl.Float64)).alias("t"),
                pl.col("site_id").str.strip_prefix("s").replace_strict(PARKS).alias("park"),
            )
            .filter(~((pl.col("profile") == "ZCP-2025") & (pl.col("view") == "territorial")))
            .group_by("park", "view")
            .agg(pl.col("t").sum())
        )
        return {(park, view): total for park, view, total in found.iter_rows()}


def factor(kind: str, subject: str, factor_set: str, value: Any, **more: Any) -> dict[str, Any]:
    return {
        "factor_id": kind,
        "kind": kind,
        "subject": subject,
        "use": "all",
        "gas": "CO2",
        "value": value,
        "factor_set": factor_set,
        "rank": 1,
        "confidence": "official",
        **more,
    }


def g17(contract: bool = True) -> Parks:
    given, _, _ = golden("G17")
    a, b = given["A"], given["B"]
    sold = a["export_to_B_kWh"] + a["export_grid_kWh"]
    heat = a["heat_to_B_GJ"]
    ef = {"contract_ef": str(given["EF_heat_contract_t_GJ"])} if contract else {}
    return Parks(
        [
            returned("E1", "coal", quantity=a["plant_t"]),
            returned("E1", "electricity", own_quantity=a["plant_kWh"], sold_quantity=sold),
            returned("E2", "coal", quantity=a["scope1_t"] - a["plant_t"]),
            returned("E2", "heat", own_quantity=heat * 2, sold_quantity=heat),
            returned("E3", "electricity", quantity=a["import_grid_kWh"]),
            returned("E4", "coal", quantity=b["scope1_t"]),
            returned("E4", "electricity", quantity=b["total_import_kWh"]),
            returned("E4", "heat", quantity=heat),
        ],
        [
            supply("E1", "E4", a["export_to_B_kWh"]),
            supply("E2", "E4", heat, energy_zh="热力", unit_zh="百万千焦", **ef),
        ],
    )


def test_g17_every_view_of_both_parks() -> None:
    _, expected, tolerance = golden("G17")
    views = g17().views()
    for park in "AB":
        for view, name in (
            ("territorial", "scope1"),
            ("scope1_2", "scope1plus2"),
            ("consumption", "consumption"),
        ):
            wanted = expected.get(f"{park}_{name}")
            if wanted is None:
                wanted = expected[f"{park}_scope1"] + expected[f"{park}_scope2"]
            assert views[park, view] == pytest.approx(wanted, rel=tolerance), (park, view)
        assert views[park, "zcp"] == pytest.approx(expected[f"ZCP_{park}"], rel=tolerance)
    sums = {view: views["A", view] + views["B", view] for _, view in views}
    assert sums["territorial"] == pytest.approx(expected["sum_scope1"], rel=tolerance)
    assert sums["scope1_2"] == pytest.approx(
        expected["sum_scope1plus2_double_counts"], rel=tolerance
    )
    assert sums["consumption"] == pytest.approx(expected["sum_consumption"], rel=tolerance)
    assert sums["zcp"] == pytest.approx(expected["ZCP_sum"], rel=tolerance)


def test_what_parks_exchange_cancels_to_the_last_digit() -> None:
    weights = facts("view_weight").filter(profile="CN-GHG", view="consumption")
    lines = g17(contract=False).lines().filter(pl.col("profiles").str.contains("CN-GHG"))
    between = lines.join(weights.select("flow", "weight"), on="flow").with_columns(
        (pl.col("mass_t") * pl.col("weight")).cast(pl.Decimal(38, 6)).alias("t")
    )
    received = between.filter(pl.col("flow").str.starts_with("received_"))
    exported = lines.filter(pl.col("flow") == "direct_exported")
    assert received["t"].sum() == Decimal("246000") + Decimal("40000")
    both = (Decimal(exported["mass_t"].sum() or 0), Decimal(received["t"].sum() or 0))
    assert both[0] - both[1] == Decimal("246000")


POWER_SECTOR = "Electric Power, Steam and Hot Water Production and Supply"
CHEMICALS = "Raw Chemical Materials and Chemical Products"


@pytest.mark.parametrize("plant", ["E1", "E2"])
def test_both_ends_take_the_factor_of_the_plants_sector(plant: str) -> None:
    """Under CEADS-implied coal has a factor a group of sectors: the receiver's own coal takes that
    of chemicals, and what its supplier burnt for it that of power, as at the supplier."""
    of_plant = {"final_sector": POWER_SECTOR, "power_sector": "Thermal Power"}
    energy, unit = ("electricity", "千瓦时") if plant == "E1" else ("heat", "百万千焦")
    parks = Parks(
        [
            returned(plant, "raw_coal", quantity=1000, book_fuel="Raw_Coal", **of_plant),
            returned(plant, energy, own_quantity=900, sold_quantity=600, **of_plant),
            returned("E4", energy, quantity=300, final_sector=CHEMICALS),
            returned("E4", "raw_coal", quantity=7, book_fuel="Raw_Coal", final_sector=CHEMICALS),
        ],
        [supply(plant, "E4", 300, energy_zh={"heat": "热力"}.get(energy, "电力"), unit_zh=unit)],
    )
    made = parks.exchanged()
    received = made.activity.filter(pl.col("flow").str.starts_with("received_"))
    # No cell of the book: nothing of it is counted as measured twice.
    assert received["book_fuel"].to_list() == [None]
    implied = {"kind": "effective", "subject": "raw_coal", "factor_set": "CEADS-implied"}
    factors = frame(
        EmissionFactor,
        factor("fuel", "raw_coal", "PG2025", 9),
        {**factor("power", "", "", "1.7", variant="RC-1"), **implied},
        {**factor("chemicals", "", "", "1.8", variant="RC-2"), **implied},
        factor("heat", "heat", "default", "0.11"),
        factor("electricity", "electricity", "MEE", 1, area_code="320000", year=YEAR),
    )
    groups = frame(
        ImpliedGroup,
        {"book_sector": POWER_SECTOR, "sector_group": "RC-1"},
        {"book_sector": CHEMICALS, "sector_group": "RC-2"},
    )
    profiles = profiles_of(facts("method_profile"), ("CN-GHG",), "CEADS-implied")
    coal = ledger(
        made.activity, factors, Choices(profiles, facts("grid_region"), sector_groups=groups)
    ).filter(pl.col("energy_id") == "raw_coal")
    taken = set(coal.select("site_id", "flow", "factor_id").rows())
    assert taken == {
        (f"s{plant}", "direct", "power"),
        (f"s{plant}", "direct_exported", "power"),
        ("sE4", f"received_{energy}", "power"),
        ("sE4", "direct", "chemicals"),
    }


def test_without_exchanges_nothing_changes_and_exports_stand() -> None:
    parks = g17()
    parks.known = parks.known.clear()
    made = parks.exchanged()
    assert made.parts.is_empty()
    flows = dict(made.activity.group_by("flow").agg(pl.col("quantity").sum()).iter_rows())
    assert flows["exported_electricity"] == 600_000_000
    assert flows["purchased_electricity"] == 450_000_000
    assert "resold_electricity" not in flows


def test_what_is_bought_and_passed_on_is_resold() -> None:
    parks = Parks(
        [
            returned("E1", "coal", quantity=1),
            returned("E1", "electricity", quantity=70, own_quantity=100, sold_quantity=130),
        ],
        [],
    )
    flows = dict(parks.exchanged().activity.select("flow", "quantity").iter_rows())
    assert (flows["exported_electricity"], flows["resold_electricity"]) == (100, 30)


def test_green_power_is_bought_from_the_grid_and_non_fossil_power_counts_nothing() -> None:
    returns = [returned("E4", "electricity", quantity=100)]
    green = supply(None, "E4", 30, mode_zh="绿证", source_zh="非化石")
    solar = supply("E1", "E4", 50, source_zh="非化石")
    made = Parks(returns, [green, solar]).exchanged()
    flows = dict(made.activity.select("flow", "quantity").iter_rows())
    assert flows == {
        "purchased_electricity": 20,
        "purchased_electricity_green": 30,
        "nonfossil_electricity": 50,
    }
    assert set(made.parts["counterpart_enterprise_id"]) == {None, "E1"}


def test_heat_from_a_source_without_fuel_counts_nothing_in_any_view() -> None:
    heat = {"energy_zh": "热力", "unit_zh": "百万千焦", "source_zh": "非化石"}
    parks = Parks([returned("E4", "heat", quantity=100)], [supply("E1", "E4", 60, **heat)])
    flows = dict(parks.exchanged().activity.select("flow", "quantity").iter_rows())
    assert flows == {"purchased_heat": 40, "nonfossil_heat": 60}
    masses = parks.lines().select("flow", "profiles", "mass_t").rows()
    assert ("nonfossil_heat", "CN-GHG;ZCP-2025", Decimal(0)) in masses


@pytest.mark.parametrize(
    ("supplies", "found"),
    [
        ([supply("E1", "E4", 101)], [("EX1", "E4", 101, 100)]),
        ([supply("E2", "E4", 60)], [("EX3", "E2", Decimal("0.1728"), 0)]),
        (
            [supply("E1", "E4", 90), supply("E1", "E3", 20)],
            [("EX2", "E1", Decimal("0.3168"), Decimal("0.288"))] * 2,
        ),
        ([supply("E1", "E4", 90)], []),
    ],
)
def test_a_supply_that_its_ends_cannot_hold_is_found_and_taken_as_bought_from_the_grid(
    supplies: list[dict[str, Any]], found: list[tuple[Any, ...]]
) -> None:
    returns = [
        returned("E1", "coal", quantity=10),
        returned("E1", "electricity", own_quantity=200, sold_quantity=100),
        returned("E3", "electricity", quantity=100),
        returned("E4", "electricity", quantity=100),
    ]
    parks = Parks(returns, supplies)
    said = contradictions(
        parks.measured(),
        parks.canonical,
        parks.known,
        frame(HeldFuel),
        frame(ProcessTerm),
        frame(Entity),
    )
    told = said.select("rule_id", "enterprise_id", "stated", "expected").rows()
    assert told == found
    made = parks.exchanged()
    assert made.parts.is_empty() == bool(found)
    bought = made.activity.filter(flow="purchased_electricity", enterprise_id="E4")
    assert bought["quantity"].sum() == (100 if found else 10)


def test_a_unit_without_conversion_stops() -> None:
    with pytest.raises(ExchangeError, match="no conversion for 电力 in 吨"):
        Parks([], [supply("E1", "E4", 1, unit_zh="吨")])
