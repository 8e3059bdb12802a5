"""Registered against operating: enterprises by case, parks in three measures, registers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from quality.contracts.boundaries import LAST_DAY
from quality.contracts.reconciliation import RegisterReconciliation
from tests.inventory.world import CANDIDATE, World, place


@pytest.mark.parametrize(
    ("registered", "operating", "case"),
    [
        # Registered in a county that none of the parks lies in.
        ("UNLOCATED:110108", ["P1"], "op_not_reg"),
        ("UNLOCATED:110108", ["OUTSIDE:640000"], "registered_unlocated"),
        ("P1", ["P1"], "same_place"),
        ("P1", ["P2"], "reg_not_op"),
        ("OUTSIDE:640000", ["P1"], "op_not_reg"),
        ("UNLOCATED:640000", ["P1"], "registered_unlocated"),
        ("P1", ["UNLOCATED:640000"], "operating_unlocated"),
        ("UNLOCATED:640000", ["UNLOCATED:640000"], "both_unlocated"),
        ("P1", ["P1", "P2"], "multi_site"),
        ("P1", ["P1", "P1"], "same_place"),
    ],
)
def test_an_enterprise_is_reconciled(registered: str, operating: list[str], case: str) -> None:
    made = World()
    for number, park in enumerate(operating):
        made.burn(f"s{number}", 3, enterprise_id="E")
        made.places += [place(f"s{number}", park), place(f"s{number}", registered, "registered")]
        if registered == "UNLOCATED:640000":
            made.places.append(place(f"s{number}", "P1", "registered", **CANDIDATE))
    row = made.one("enterprise_reconciliation")
    assert row["reconciliation_case"] == case
    assert row["registered_place_id"] == registered
    assert row["operating_place_ids"] == ";".join(sorted(set(operating)))
    assert (row["territorial_co2e_t"], row["sites"]) == (3 * len(operating), len(operating))
    assert row["confidential"]


def test_a_park_is_reconciled() -> None:
    made = World()
    pairs = {"a": ("P1", "P1"), "b": ("P1", "P2"), "c": ("P2", "P1"), "d": ("UNLOCATED:64", "P1")}
    for site, (registered, operating) in pairs.items():
        made.burn(site, 10)
        made.places += [place(site, registered, "registered"), place(site, operating)]
    made.places.append(place("d", "P1", "registered", **CANDIDATE))
    row = made.one("park_reconciliation", place_id="P1")
    counted = {
        name.removesuffix("_enterprises"): int(value)
        for name, value in row.items()
        if name.endswith("_enterprises")
    }
    assert counted == {
        "registered": 2,
        "operating": 3,
        "matched": 1,
        "reg_not_op": 1,
        "op_not_reg": 1,
        "reg_op_unlocated": 0,
        "op_reg_unlocated": 1,
        "unlocated": 1,
    }
    assert row["enterprises_ratio"] == Decimal("0.666667")
    for unit, each in (("co2e_t", 10), ("tce", Decimal("7.143"))):
        parts = {name: row[f"{name}_{unit}"] / each for name in counted}
        assert parts == {name: counted[name] for name in parts}
        assert row[f"{unit.removesuffix('_t')}_ratio"] == row["enterprises_ratio"]


def test_what_operates_nowhere_known_is_not_said_to_be_elsewhere() -> None:
    made = World()
    made.burn("a", 10)
    made.places += [place("a", "P1", "registered"), place("a", "UNLOCATED:640000")]
    made.places.append(place("a", "P1", **CANDIDATE))
    row = made.one("park_reconciliation", place_id="P1")
    assert (row["reg_not_op_enterprises"], row["reg_op_unlocated_enterprises"]) == (0, 1)
    assert (row["reg_not_op_co2e_t"], row["reg_op_unlocated_co2e_t"]) == (0, 10)
    assert row["co2e_ratio"] is None


def test_a_site_split_between_parks_is_matched_as_far_as_both_bases_go() -> None:
    made = World()
    made.burn("a", 10)
    made.places += [
        place("a", "P1", "registered"),
        place("a", "P1", weight_point="0.7", weight_high="0.7", share_to="0.7"),
        place("a", "P2", weight_point="0.3", weight_high="0.3", share_from="0.7", share_to=1),
    ]
    row = made.one("park_reconciliation", place_id="P1")
    parts = ("registered", "operating", "matched", "reg_not_op", "op_not_reg")
    assert [row[f"{name}_co2e_t"] for name in parts] == [10, 7, 7, 3, 0]
    other = made.one("park_reconciliation", place_id="P2")
    assert [other[f"{name}_co2e_t"] for name in parts] == [0, 3, 0, 0, 3]


@pytest.mark.parametrize(
    ("about", "cases", "said"),
    [
        ({}, "1", "单一场所"),
        ({"sites": [{"site_id": "s", "valid_from": date(2017, 5, 1)}]}, "1;5", "迁址"),
        ({"sites": [{"site_id": "s", "valid_from": date(2017, 1, 1)}]}, "1", "单一场所"),
        (
            {"enterprises": [{"enterprise_id": "E", "ended_on": date(2017, 5, 1),
                              "ended_zh": "注销"}]},
            "1;6",
            "计至 2017-05-01",
        ),
        (
            {"operators": [{"site_id": "s", "enterprise_id": "E", "relation": "merged",
                            "valid_from": date(2016, 5, 1), "valid_to": LAST_DAY}]},
            "1;7",
            "合并",
        ),
        (
            {"readings": [{"enterprise_id": "E", "year": 2017, "meter_owner_id": "F"}]},
            "1;8",
            "计量户",
        ),
    ],
)  # fmt: skip
def test_the_cases_of_an_enterprise_are_named(about: dict[str, Any], cases: str, said: str) -> None:
    made = World()
    made.burn("s", 3, enterprise_id="E")
    made.places += [place("s", "P1"), place("s", "P1", "registered")]
    for name, rows in about.items():
        getattr(made, name).extend(rows)
    row = made.one("enterprise_reconciliation")
    assert row["cases"] == cases
    assert said in row["reason_zh"]


def test_cases_of_several_sites_and_places_are_named_together() -> None:
    made = World()
    for site, park in (("s", "P1"), ("t", "OUTSIDE:640000")):
        made.burn(site, 3, enterprise_id="E")
        made.places += [place(site, park), place(site, "P2", "registered")]
    row = made.one("enterprise_reconciliation")
    assert (row["cases"], row["reconciliation_case"]) == ("2;3", "multi_site")
    assert "注册在 P2，经营在 OUTSIDE:640000;P1" in row["reason_zh"]


def test_a_register_is_compared_row_by_row() -> None:
    made = World()
    row = {"register_id": "listed", "area": "640000"}
    made.compared = [
        {**row, "source_row_id": "1", "comparison": "same_county", "texts_differ": False,
         "registered_division": "640104", "operating_division": "640104", "coded": True},
        {**row, "source_row_id": "2", "comparison": "other_province", "texts_differ": True,
         "registered_division": "640104", "operating_division": "110101"},
        {**row, "source_row_id": "3", "registered_zone": "某开发区", "registered_park": "P1"},
    ]  # fmt: skip
    found = made.one("register_reconciliation")
    named = {name: int(found[name]) for name in RegisterReconciliation.table_metadata()["measures"]}
    assert named == {
        "records": 3,
        "coded": 1,
        "comparable": 2,
        "both_texts": 2,
        "texts_differ": 1,
        "coarse": 0,
        "county_differs": 1,
        "city_differs": 1,
        "province_differs": 1,
        "country_differs": 0,
        "point_differs": 0,
        "registered_zone": 1,
        "operating_zone": 0,
        "registered_park": 1,
        "operating_park": 0,
    }
