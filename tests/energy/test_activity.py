"""Returns become activity: canonical units, allocation to sites, exported power."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.energy.activity import canonical_returns, measured_activity
from assets.enterprises.operators import site_operators
from assets.landing.declaration import load_source
from quality.contracts.accepted import OutputReturn, Return2051
from quality.contracts.core import CanonicalReturn, Enterprise, Site
from quality.contracts.energy import SiteQuantity
from quality.contracts.enterprises import Entity
from quality.quarantine import Accepted
from tests.door import rows_through_door
from tests.frames import facts, frame
from tests.landing.ruling import rule_reference

A, B = "914403001922038216", "91310000631696382C"
NOT_ILLUSTRATIVE = pl.lit(False)


def canonical(
    *returns: dict[str, Any], outputs: list[dict[str, Any]] | None = None
) -> pl.DataFrame:
    numbered = [
        {
            "source_row_id": f"r{place}",
            "uscc_text": A,
            "industry_division": "30",
            "year": 2017,
            **row,
        }
        for place, row in enumerate(returns)
    ]
    products = [
        {"source_row_id": f"o{place}", "uscc_text": A, "year": 2017, **row}
        for place, row in enumerate(outputs or [])
    ]
    return CanonicalReturn.conform(
        canonical_returns(
            frame(Return2051, *numbered),
            frame(OutputReturn, *products),
            facts("unit"),
            facts("energy"),
            facts("book_sector"),
            frame(Entity),
            frame(Enterprise),
        )
    )


@pytest.mark.parametrize(
    ("energy", "unit", "amount", "energy_id", "quantity", "canonical_unit"),
    [
        ("原煤", "万吨", "1.23", "raw_coal", "12300", "t"),
        ("原煤", "千克", "1", "raw_coal", "0.001", "t"),
        ("天然气", "立方米", "35000", "natural_gas", "3.5", "1e4Nm3"),
        ("天然气(气态)", "亿立方米", "2", "natural_gas", "20000", "1e4Nm3"),
        ("天然气", "万立方米(20℃)", "293.15", "natural_gas", "273.15", "1e4Nm3"),
        ("天然气", "立方米（0℃）", "35000", "natural_gas", "3.5", "1e4Nm3"),
        ("电力", "万千瓦时", "1.5", "electricity", "15000", "kWh"),
        ("热力", "百万千焦", "7", "heat", "7", "GJ"),
        ("热力", "百亿千焦", "7", "heat", "70000", "GJ"),
    ],
)
def test_quantities_come_in_canonical_units(
    energy: str, unit: str, amount: str, energy_id: str, quantity: str, canonical_unit: str
) -> None:
    row = {"energy_zh": energy, "unit_zh": unit, "consumption": amount, "purchased": amount}
    (found,) = canonical(row).to_dicts()
    assert (found["energy_id"], found["canonical_unit"]) == (energy_id, canonical_unit)
    assert found["quantity"] == Decimal(quantity)


def test_what_counts_is_fuel_burnt_power_bought_and_product_made() -> None:
    amounts = {"consumption": 100, "purchased": 60, "raw_material": 30, "own_production": 50}
    found = canonical(
        {"energy_zh": "原煤", "unit_zh": "吨", **amounts},
        {"energy_zh": "电力", "unit_zh": "千瓦时", **amounts},
        {"energy_zh": "热力", "unit_zh": "吉焦", **amounts},
        outputs=[{"product_zh": "水泥熟料", "unit_zh": "万吨", "output": 2}],
    )
    quantities = dict(found.select("energy_id", "quantity").iter_rows())
    assert quantities == {"raw_coal": 70, "electricity": 60, "heat": 60, "clinker": 20_000}


def test_rows_carry_their_place_in_the_energy_book() -> None:
    coal = {"energy_zh": "原煤", "unit_zh": "吨"}
    found = canonical({**coal, "industry_division": "30"}, {**coal, "industry_division": "44"})
    power = dict(found.select("industry_division", "power_sector").iter_rows())
    assert power == {"30": None, "44": "Thermal Power"}
    assert found["final_sector"].is_not_null().any()


def door(source_id: str, **cells: str) -> Accepted:
    source = load_source(source_id)
    given = {
        "uscc_text": A,
        "name_zh": "某厂",
        "year": "2017",
        "unit_zh": "吨",
        "industry_division": "30",
        **cells,
    }
    texts = {header: given.get(name) for header, name in source.columns.items()}
    return rows_through_door(source, [texts], rule_reference(source.id))


@pytest.mark.parametrize(
    ("cells", "rules"),
    [
        ({}, None),
        ({"energy_zh": "洗中煤"}, "ENERGY"),
        ({"unit_zh": "担"}, "UNIT"),
        ({"unit_zh": "千瓦时"}, "UNITPAIR"),
        ({"energy_zh": "水泥熟料"}, "FORM"),
        ({"raw_material": "1001"}, "EN2"),
        ({"raw_material": "1000"}, None),
        ({"purchased": "2000"}, "EN1e"),
        ({"reported_tce": "714.3"}, None),
        ({"reported_tce": "800"}, "EN4e"),
    ],
)
def test_a_return_that_cannot_be_counted_is_quarantined(
    cells: dict[str, str], rules: str | None
) -> None:
    outcome = door("return_205_1", **{"energy_zh": "原煤", "consumption": "1000", **cells})
    found = outcome.quarantine["rule_ids"].to_list()
    assert found == ([] if rules is None else [rules])
    assert outcome.frame.height == (rules is None)


@pytest.mark.parametrize(
    ("cells", "flags"),
    [
        ({"energy_zh": "一般烟煤"}, []),
        ({"energy_zh": "原煤"}, ["EN5"]),
        ({"energy_zh": "一般烟煤", "purchased": "1020"}, ["EN1w"]),
        ({"energy_zh": "一般烟煤", "uscc_text": A[:-1] + "7"}, ["ID1"]),
        ({"energy_zh": "一般烟煤", "uscc_text": "4403"}, ["ID1m"]),
        ({"energy_zh": "原煤", "reported_tce": "740"}, ["EN4w", "EN5"]),
    ],
)
def test_a_doubtful_return_is_kept_and_flagged(cells: dict[str, str], flags: list[str]) -> None:
    outcome = door("return_205_1", **{"consumption": "1000", **cells})
    assert (outcome.frame.height, outcome.quarantine.height) == (1, 0)
    assert sorted(outcome.flags["rule_id"]) == flags


def test_a_mine_s_output_of_coal_is_no_coal_burnt() -> None:
    coal = door("output_return", product_zh="原煤", output="1000000")
    assert coal.quarantine["rule_ids"].to_list() == ["FORM"]
    assert door("output_return", product_zh="水泥熟料", output="1").quarantine.height == 0


def returned(energy_id: str, quantity: Any, carrier: str = "fuel", **more: Any) -> dict[str, Any]:
    return {
        "source_row_id": f"{energy_id}",
        "enterprise_id": A,
        "year": 2017,
        "energy_id": energy_id,
        "carrier": carrier,
        "quantity": quantity,
        "canonical_unit": "t",
        "final_sector": "Nonmetal Mineral Products",
        **more,
    }


def activity(rows: list[dict[str, Any]], *capacities: Any) -> pl.DataFrame:
    sites = frame(
        Site,
        *(
            {"site_id": f"s{place}", "capacity_mw": capacity}
            for place, capacity in enumerate(capacities)
        ),
        enterprise_id=A,
        kind="permit",
        place_use="production",
        province_code="640000",
    )
    operators = site_operators(sites, frame(Enterprise))
    found, _ = measured_activity(
        frame(CanonicalReturn, *rows), frame(SiteQuantity), sites, operators, NOT_ILLUSTRATIVE
    )
    return found


def by_site(found: pl.DataFrame) -> dict[str, Decimal]:
    return dict(found.sort("site_id").group_by("site_id").agg(pl.col("quantity").sum()).iter_rows())


def test_one_site_takes_the_whole_return() -> None:
    (row,) = activity([returned("raw_coal", 10)], None).to_dicts()
    assert (row["quantity"], row["tier"], row["flow"], row["block"]) == (
        10,
        "T2",
        "direct",
        "final",
    )


def test_several_sites_share_by_capacity_where_all_have_one() -> None:
    found = activity([returned("raw_coal", 10)], 300, 100)
    assert by_site(found) == {"s0": Decimal("7.5"), "s1": Decimal("2.5")}
    assert set(found["tier"]) == {"T3"}
    assert found["method_zh"].str.contains("生产能力").all()


def test_several_sites_share_equally_where_one_has_no_capacity() -> None:
    found = activity([returned("raw_coal", 10)], 300, None)
    assert by_site(found) == {"s0": 5, "s1": 5}
    assert found["method_zh"].str.contains("均分").all()


@given(
    st.integers(0, 10**15),
    st.lists(st.one_of(st.none(), st.integers(1, 2000)), min_size=1, max_size=5),
    st.integers(0, 10**9),
    st.integers(0, 10**9),
)
def test_the_sites_sum_to_the_enterprise_exactly(
    micro: int, capacities: list[int | None], own: int, sold: int
) -> None:
    total = Decimal(micro).scaleb(-6)
    found = activity(
        [
            returned("raw_coal", total),
            returned("electricity", 5, "electricity", own_quantity=own, sold_quantity=sold),
        ],
        *capacities,
    )
    coal = found.filter(pl.col("energy_id") == "raw_coal")
    assert Decimal(coal["quantity"].sum() or 0) == total
    assert (found["quantity"] > 0).all()


def test_fuel_of_a_plant_is_split_by_the_power_and_heat_it_delivers_out() -> None:
    # 1000 MWh own, 600 sold; 2000 GJ own, 500 sold: fuel goes as kWh x 0.0036/0.35 and
    # GJ/0.80, so delivered out are (1728 + 175) of (2880 + 700) parts (METHOD 2.2, G05).
    found = activity(
        [
            returned("raw_coal", 3580, power_sector="Thermal Power"),
            returned(
                "electricity", 0, "electricity", own_quantity=1_000_000, sold_quantity=600_000
            ),
            returned("heat", 0, "heat", own_quantity=2000, sold_quantity=500),
        ],
        300,
    )
    flows = dict(found.select("flow", "quantity").iter_rows())
    assert flows == {"direct": Decimal(1677), "direct_exported": Decimal(1903)}
    assert set(found["block"]) == {"transformation"}
    assert set(found["book_sector"]) == {"Thermal Power"}


def test_power_passed_on_is_not_made_from_the_fuel_of_the_site() -> None:
    found = activity(
        [
            returned("raw_coal", 100),
            returned("electricity", 900, "electricity", own_quantity=100, sold_quantity=1000),
        ],
        300,
    )
    flows = dict(found.select("flow", "quantity").iter_rows())
    assert flows == {"direct_exported": 100, "purchased_electricity": 900}


def test_heat_alone_makes_no_power_plant() -> None:
    found = activity(
        [returned("raw_coal", 100), returned("heat", 0, "heat", own_quantity=10, sold_quantity=5)],
        None,
    )
    assert dict(found.select("flow", "quantity").iter_rows()) == {"direct": 100}


def test_another_enterprise_s_generation_does_not_count() -> None:
    found = activity(
        [
            returned("raw_coal", 100),
            returned("electricity", 0, "electricity", own_quantity=9, enterprise_id=B),
        ],
        None,
    )
    assert found.filter(pl.col("energy_id") == "raw_coal")["flow"].to_list() == ["direct"]


def test_no_returns_are_no_activity() -> None:
    assert activity([], None).height == 0
