"""Faults that the worked cases showed, mended since."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
import polars.selectors as cs
import pytest

from tests.energy import test_exchange as exchange
from tests.pipeline.golden_forms import computed
from tests.pipeline.golden_world import code

pytestmark = pytest.mark.xdist_group("golden")


def with_contract(factor: str) -> exchange.Parks:
    parks = exchange.g17()
    named = pl.col("contract_ef").is_not_null()
    parks.known = parks.known.with_columns(
        pl.when(named).then(pl.lit(Decimal(factor), pl.Decimal(38, 12))).alias("contract_ef")
    )
    return parks


def test_both_ends_of_a_contract_take_its_factor() -> None:
    lines = with_contract("0.05").lines().filter(pl.col("profiles").str.contains("CN-GHG"))
    masses = dict(
        lines.filter(pl.col("flow").is_in(["received_heat", "resold_heat"]))
        .select("flow", "mass_t")
        .iter_rows()
    )
    assert masses == {"received_heat": Decimal(15_000), "resold_heat": Decimal(15_000)}


def test_electricity_at_a_contract_factor_has_a_line_at_the_receiver() -> None:
    returns = [
        exchange.returned("E1", "coal", quantity=10),
        exchange.returned("E1", "electricity", own_quantity=200, sold_quantity=100),
        exchange.returned("E4", "electricity", quantity=100),
    ]
    supplied = exchange.supply("E1", "E4", 100, contract_ef="0.5")
    lines = exchange.Parks(returns, [supplied]).lines()
    (line,) = lines.filter(pl.col("flow") == "received_electricity").to_dicts()
    assert line["mass_t"] == Decimal("0.05")


def test_no_exchange_of_a_mart_is_negative() -> None:
    """Heat to a known receiver is taken off a row of its own (`plant`), not off `default`."""
    flows = computed()["mart.park_exchange"]
    assert flows.filter(pl.col("quantity") < 0).is_empty()


def test_a_received_line_leads_to_what_the_plant_made_and_gave_out() -> None:
    """Its quantity is the plant's fuel, split by these two cells of the plant's return."""
    tables = computed()
    received = tables["core.activity"].filter(
        flow="received_electricity", enterprise_id=code("g17_b")
    )
    edges = tables["audit.item_source"].join(
        received, left_on="item_id", right_on="activity_id", how="semi"
    )
    assert {"自产量", "外供量"} <= set(edges["column_zh"])


def test_the_coal_of_an_oven_whose_balance_was_refused_is_not_burnt() -> None:
    """Form 205-2 is in quarantine (EN7): 205-1 alone would make 228 kt CO2 of coal it coked."""
    tables = computed()
    burnt = tables["core.activity"].filter(
        enterprise_id=code("g06_default"), energy_id="washed_coal"
    )
    assert set(burnt["flow"]) == {"memo"}
    (said,) = tables["core.contradiction"].filter(enterprise_id=code("g06_default")).to_dicts()
    assert (said["rule_id"], said["stated"]) == ("TR2", burnt["quantity"].sum())


def test_no_bound_of_direct_emissions_is_below_zero() -> None:
    """The oven of G06 lies in a park or does not, with all that goes in and comes out of it: a
    range that took its coke without its coal was refused by the gate."""
    tables = computed()
    totals = tables["mart.park_total"].filter(view="territorial")
    assert totals.filter(
        (pl.col("co2e_low_t") < 0) | (pl.col("co2e_low_t") > pl.col("co2e_high_t"))
    ).is_empty()
    compared = tables["mart.park_reconciliation"].select(cs.ends_with("co2e_t"))
    assert compared.filter(pl.any_horizontal(pl.all() < 0)).is_empty()
