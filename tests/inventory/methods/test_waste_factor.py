"""The table of waste factors is the one that the method was written with."""

from __future__ import annotations

import csv
from decimal import Decimal

from tests.frames import facts
from tests.shared_data import shared


def test_every_value_of_the_method_stands_in_the_product_s_table() -> None:
    path = shared("method/reference/waste_factors.csv")
    with path.open(encoding="utf-8-sig", newline="") as file:
        given = {
            (row["stream"], row["parameter"], row["category"] or None): (
                Decimal(row["value"]),
                row["unit"],
                int(row["year"]),
                row["confidence"],
            )
            for row in csv.DictReader(file)
        }
    held = {
        (row["stream"], row["parameter"], row["category"]): (
            row["value"].normalize(),
            row["unit"],
            row["year"],
            row["confidence"],
        )
        for row in facts("waste_factor").to_dicts()
    }
    assert len(given) == 65
    assert held == {key: (value.normalize(), *rest) for key, (value, *rest) in given.items()}


def test_no_source_points_to_the_row_above() -> None:
    for source in facts("waste_factor")["source"]:
        assert "same" not in source and len(source) > 5
