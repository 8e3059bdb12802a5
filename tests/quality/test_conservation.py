"""Conservation: a row dropped or a quantity changed is seen, to the last digit."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from quality.conservation import (
    CHECKS,
    Balance,
    all_balances,
    attributed_activity,
    control_totals,
    delivered_rows,
    ledger_in_marts,
    returned_quantities,
    row_in_one_place,
)
from quality.contracts.accepted import Business
from quality.contracts.audit import QuarantineRow, RawPart
from quality.contracts.core import Activity, Attribution, CanonicalReturn, Park
from quality.contracts.energy import Allocation, SiteQuantity
from quality.contracts.ledger import Line
from quality.contracts.mart import ControlBalance, ParkInventory
from tests.frames import facts, frame

Frames = dict[str, pl.DataFrame]
ACCEPTED = {"register": "accepted.business"}
DIGIT = Decimal("0.000001")


def sound() -> Frames:
    """A small run in which everything balances."""
    places = [
        {"site_id": site, "basis": basis, "place_id": place, "weight_point": 1}
        for basis in ("registered", "operating")
        for site, place in (("s", "P1"), ("t", "UNLOCATED:640000"), ("rest", "REST:640000"))
    ]
    # A candidate and a park inside another park carry nothing in a sum over places.
    places.append({"site_id": "t", "basis": "operating", "place_id": "P1", "weight_point": 0})
    places.append({"site_id": "s", "basis": "operating", "place_id": "P1a", "weight_point": 1})
    activity = [
        {"activity_id": "1", "site_id": "s", "quantity": "10.000001", "tier": "T2"},
        # 20 returned, 1 by which a site states more, 3 metered beside any return.
        {"activity_id": "2", "site_id": "t", "quantity": 24, "tier": "T3"},
        {"activity_id": "3", "site_id": "rest", "quantity": 70, "tier": "T6"},
    ]
    cell = {"book_quantity": 100, "measured_quantity": 30, "downscaled_quantity": 0}
    return {
        "raw.part": frame(RawPart, {"source_id": "register", "records": 3}),
        "accepted.business": frame(Business, {"source_row_id": "r0"}, {"source_row_id": "r1"}),
        "quarantine.row": frame(QuarantineRow, {"source_row_id": "r2", "source_id": "register"}),
        "core.canonical_return": frame(
            CanonicalReturn,
            {"quantity": "10.000001"},
            {"quantity": 20},
            # Of a branch, and in the 20 of its legal person already.
            {"quantity": 5},
            energy_id="raw_coal",
        ),
        "core.site_quantity": frame(
            SiteQuantity,
            {"quantity": 3, "kind": "metered"},
            {"quantity": 6, "kind": "metered", "covered_by": "r"},
            {"quantity": 5, "kind": "branch_return", "covered_by": "r"},
            energy_id="raw_coal",
        ),
        "core.allocation": frame(Allocation, {"energy_id": "raw_coal", "excess": 1}),
        "core.activity": frame(Activity, *activity, energy_id="raw_coal", year=2017),
        "core.attribution": frame(
            Attribution,
            *({**row, "share_to": row["weight_point"]} for row in places),
            boundary_class="approved",
            series="actual",
            year_from=1900,
            year_to=9999,
        ),
        "core.park": frame(
            Park,
            {"park_id": "P1", "counts_in_total": True},
            {"park_id": "P1a", "counts_in_total": False},
        ),
        "mart.control_balance": frame(ControlBalance, {**cell, "rest_quantity": 70}),
        "ledger.line": frame(
            Line,
            {"line_id": "1", "flow": "direct", "mass_t": 5},
            {"line_id": "2", "flow": "direct_exported", "mass_t": 6},
            {"line_id": "3", "flow": "purchased_electricity", "mass_t": 7},
            # Carbon that leaves in products counts against what goes in, in both profiles.
            {"line_id": "4", "flow": "carbon_out", "mass_t": 2},
            {"line_id": "5", "flow": "stored", "mass_t": 9},
            gas="CO2",
            profiles="CN-GHG;ZCP-2025",
        ),
        "accepted.view_weight": facts("view_weight"),
        "mart.park_inventory": frame(
            ParkInventory,
            *(
                {"basis": basis, "view": view, "mass_t": mass, "profile": profile}
                for basis in ("registered", "operating")
                for profile in ("CN-GHG", "ZCP-2025")
                for view, mass in (("territorial", 9), ("scope1_2", 16))
            ),
            # A park in a park is beside the park around it.
            {"basis": "operating", "view": "territorial", "mass_t": 5, "place_id": "P1a"},
            gas="CO2",
            boundary_class="approved",
        ),
    }


def broken(balances: list[Balance]) -> list[str]:
    return [balance.name for balance in balances if not balance.equal]


def dropped(table: str) -> Callable[[Frames], Frames]:
    return lambda t: {**t, table: t[table][1:]}


def changed(table: str, column: str, row: int = 0) -> Callable[[Frames], Frames]:
    """The last digit of one quantity is another."""

    def change(t: Frames) -> Frames:
        values = t[table][column].to_list()
        values[row] += DIGIT
        return {**t, table: t[table].with_columns(pl.Series(column, values, pl.Decimal(38, 6)))}

    return change


def test_a_sound_run_balances() -> None:
    balances = all_balances(sound(), ACCEPTED)
    assert broken(balances) == []
    assert len(balances) == 1 + 1 + 1 + 2 + 1 + 4
    assert len({balance.name for balance in balances}) == len(balances)


@pytest.mark.parametrize(
    ("spoil", "check"),
    [
        (dropped("raw.part"), "delivered"),
        (dropped("accepted.business"), "delivered"),
        (dropped("quarantine.row"), "delivered"),
        (dropped("core.canonical_return"), "returned"),
        (changed("core.canonical_return", "quantity"), "returned"),
        (changed("core.site_quantity", "quantity"), "returned"),
        (changed("core.site_quantity", "quantity", 2), "returned"),
        (changed("core.allocation", "excess"), "returned"),
        (dropped("core.activity"), "returned"),
        (dropped("core.attribution"), "activity = in parks"),
        (changed("core.attribution", "share_to"), "activity = in parks"),
        (dropped("core.park"), "activity = in parks"),
        (changed("mart.control_balance", "book_quantity"), "parks + rest"),
        (changed("mart.control_balance", "measured_quantity"), "parks + rest"),
        (changed("mart.control_balance", "downscaled_quantity"), "parks + rest"),
        (changed("mart.control_balance", "rest_quantity"), "parks + rest"),
        (dropped("ledger.line"), "ledger ="),
        (changed("ledger.line", "mass_t"), "ledger ="),
        (dropped("mart.park_inventory"), "ledger ="),
        (changed("mart.park_inventory", "mass_t"), "ledger ="),
    ],
)
def test_what_is_lost_or_changed_is_seen(spoil: Callable[[Frames], Frames], check: str) -> None:
    found = broken(all_balances(spoil(sound()), ACCEPTED))
    assert found
    assert all(name.startswith(check) for name in found), found


def test_a_row_in_two_places_is_seen() -> None:
    t = sound()
    assert row_in_one_place(t).equal
    t["quarantine.row"] = frame(QuarantineRow, {"source_row_id": "r0", "source_id": "register"})
    assert (row_in_one_place(t).left, row_in_one_place(t).equal) == (1, False)
    # The number of rows alone would not show it.
    assert broken(delivered_rows(t, ACCEPTED)) == []


def test_downscaled_activity_is_not_held_against_returns() -> None:
    t = changed("core.activity", "quantity", row=2)(sound())
    assert broken(returned_quantities(t)) == []
    assert broken(returned_quantities(changed("core.activity", "quantity", row=1)(sound())))


def test_activity_of_an_energy_that_nobody_returned_is_seen() -> None:
    t = sound()
    extra = frame(Activity, {"activity_id": "9", "energy_id": "coke", "quantity": 1, "tier": "T2"})
    t["core.activity"] = pl.concat([t["core.activity"], extra])
    assert broken(returned_quantities(t)) == ["returned = allocated to sites: coke"]


def test_a_site_counted_in_two_places_is_seen() -> None:
    t = sound()
    places = t["core.attribution"]
    here = (pl.col("site_id") == "s") & (pl.col("basis") == "operating")
    second = places.filter(here, pl.col("place_id") == "P1")
    elsewhere = second.with_columns(pl.lit("OUTSIDE:640000").alias("place_id"))
    t["core.attribution"] = pl.concat([places, elsewhere])
    (name,) = broken(attributed_activity(t))
    assert name.endswith("raw_coal, operating, approved, actual")


def test_purchased_power_is_no_part_of_the_territorial_view() -> None:
    t = changed("ledger.line", "mass_t", row=2)(sound())
    assert broken(ledger_in_marts(t)) == []


def test_a_balance_states_both_sides_as_text() -> None:
    (balance,) = control_totals(changed("mart.control_balance", "rest_quantity")(sound()))
    assert balance.as_json() == {"left": "100.000000", "right": "100.000001", "equal": False}


def test_every_check_reads_what_it_declares() -> None:
    tables = sound()
    for check in CHECKS.values():
        narrow: dict[str, Any] = {name: tables[name] for name in check.reads}
        assert check.balances(narrow)
