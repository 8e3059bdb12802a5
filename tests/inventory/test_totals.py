"""Rules on totals: each on both of its sides, with both numbers."""

from __future__ import annotations

import csv
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from assets.inventory.totals import LIMITS, total_findings
from quality.contracts.books import ProvinceName
from quality.contracts.ceads import CeadsTotal
from quality.contracts.core import Park
from quality.contracts.mart import ControlBalance, ParkInventory, ParkTotal
from quality.contracts.reconciliation import ParkReconciliation
from quality.contracts.table import Table
from tests.frames import frame
from tests.shared_data import shared

SHARED = {"year": 2017, "boundary_class": "nominal"}
TERRITORIAL = {"place_id": "P1", "gas": "CO2", "view": "territorial", "basis": "operating"}
PUBLISHED = {"province_en": "Ningxia", "published_t": 90, "process_t": 10}


def found(*rows: tuple[type[Table], dict[str, Any]]) -> list[tuple[Any, ...]]:
    tables: dict[str, pl.DataFrame] = {}
    for table in (ControlBalance, ParkInventory, ParkTotal, ParkReconciliation, CeadsTotal):
        known = {c.name for c in table.declared_columns()}
        shared_of = {name: value for name, value in SHARED.items() if name in known}
        mine = [{**shared_of, **row} for kind, row in rows if kind is table]
        tables[table.table_name()] = frame(table, *mine)
    park = {"park_id": "P1", "province_code": "640000", "counts_in_total": True}
    inner = {"park_id": "P2", "province_code": "640000", "counts_in_total": False}
    tables[Park.table_name()] = frame(Park, park, inner)
    name = {"province_code": "640000", "name_en": "Ning xia"}
    tables[ProvinceName.table_name()] = frame(ProvinceName, name)
    said = total_findings(tables, "CN-GHG")
    return said.select("rule_id", "area_code", "stated", "expected").rows()


def inventory(mass: int, **more: Any) -> tuple[type[Table], dict[str, Any]]:
    return ParkInventory, {**TERRITORIAL, "profile": "CN-GHG", "mass_t": mass, **more}


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (
            [(ControlBalance, {"book_quantity": 100, "in_parks_quantity": 96})],
            [("CT1w", "", 96, 100)],
        ),
        ([(ControlBalance, {"book_quantity": 100, "in_parks_quantity": 95})], []),
        ([(ControlBalance, {"book_quantity": 0, "in_parks_quantity": 0})], []),
        (
            [inventory(60), inventory(41, source_category="x"), (CeadsTotal, PUBLISHED)],
            [("CT2", "640000", 101, 100)],
        ),
        ([inventory(100), (CeadsTotal, PUBLISHED)], []),
        # A park in another counts once, methane is no CO2, and another view is no direct emission.
        (
            [
                inventory(100),
                inventory(9, place_id="P2"),
                inventory(9, gas="CH4"),
                inventory(9, view="scope1_2"),
                inventory(9, basis="registered"),
                inventory(9, profile="IPCC"),
                (CeadsTotal, PUBLISHED),
            ],
            [],
        ),
        (
            [(ParkTotal, {"place_id": "P1", "co2e_t": 94, "co2e_high_t": 100})],
            [("LOC1w", "P1", 6, 100)],
        ),
        ([(ParkTotal, {"place_id": "P1", "co2e_t": 95, "co2e_high_t": 100})], []),
        ([(ParkTotal, {"place_id": "P1", "co2e_t": None, "co2e_high_t": 100})], []),
        (
            [
                (
                    ParkReconciliation,
                    {"place_id": "P1", "registered_co2e_t": 69, "operating_co2e_t": 100},
                )
            ],
            [("LOC2", "P1", 69, 100)],
        ),
        (
            [
                (
                    ParkReconciliation,
                    {"place_id": "P1", "registered_co2e_t": 130, "operating_co2e_t": 100},
                )
            ],
            [],
        ),
    ],
)
def test_a_total_beyond_its_limit_is_found(
    rows: list[tuple[type[Table], dict[str, Any]]], said: list[tuple[Any, ...]]
) -> None:
    expected = [(rule, area, Decimal(a), Decimal(b)) for rule, area, a, b in said]
    assert found(*rows) == expected


def test_limits_are_those_of_the_published_list() -> None:
    with shared("method/reference/qc_rules.csv").open(encoding="utf-8-sig", newline="") as file:
        published = {row["rule_id"]: float(row["value"]) for row in csv.DictReader(file)}
    assert {name: published[name] for name in LIMITS} == LIMITS
