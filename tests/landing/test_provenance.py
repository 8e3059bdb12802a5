"""Which rows rest on a delivery made for demonstration."""

from __future__ import annotations

import polars as pl

from assets.landing.provenance import is_illustrative
from quality.contracts.audit import Delivery
from tests.frames import frame


def test_a_row_is_as_illustrative_as_the_delivery_it_came_in() -> None:
    deliveries = frame(
        Delivery,
        {"delivery_id": "a" * 64, "illustrative": True},
        {"delivery_id": "b" * 64, "illustrative": False},
    )
    rows = pl.DataFrame({"source_row_id": [f"{'a' * 16}:205-1:7", f"{'b' * 16}::7", "c:a:1"]})
    found = rows.select(is_illustrative(deliveries).alias("mark"))["mark"].to_list()
    assert found == [True, False, False]


def test_without_deliveries_for_demonstration_nothing_is_illustrative() -> None:
    deliveries = frame(Delivery, {"delivery_id": "b" * 64})
    rows = pl.DataFrame({"source_row_id": [f"{'b' * 16}::7"]})
    assert rows.select(is_illustrative(deliveries).alias("mark"))["mark"].to_list() == [False]
