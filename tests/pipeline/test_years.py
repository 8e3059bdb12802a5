"""Rows of a year without a partition are named with their files."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from pipelines import factory
from quality.contracts.audit import Delivery
from quality.contracts.core import CanonicalReturn
from tests.frames import frame
from warehouse.lake import Lake
from warehouse.settings import Settings


def test_a_year_without_partition_names_its_files_and_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = Settings(home=tmp_path / "lake")
    monkeypatch.setattr(factory, "settings", lambda: config)
    delivered = {
        "source_id": "output_return",
        "file_name": "产量.csv",
        "delivery_id": "a" * 64,
        "status": "current",
    }
    Lake(config).write(Delivery, frame(Delivery, delivered))
    ids = [f"{'a' * 16}::{row}" for row in (5, 5, 6)] + [f"{'b' * 16}::{row}" for row in (2, 3)]
    rows = pl.DataFrame({"source_row_id": ids, "year": [2032] * 5}).vstack(
        pl.DataFrame({"source_row_id": ["c"], "year": [2017]})
    )
    with pytest.raises(ValueError, match="year 2032 has no partition") as caught:
        factory._years_of_run(CanonicalReturn, rows, [2017])
    said = str(caught.value)
    first = f"output_return 产量.csv ({ids[0]}), output_return 产量.csv ({ids[2]}), {ids[3]}"
    assert f"delivered in {first} and 1 more: " in said
    assert "parkledger withdraw SOURCE FILE" in said and "PARKLEDGER_LAST_YEAR" in said
    kept = factory._years_of_run(CanonicalReturn, rows.tail(1), [2017])
    assert kept.height == 1
    with pytest.raises(ValueError, match=r"or PARKLEDGER_LAST_YEAR$"):
        factory._years_of_run(CanonicalReturn, rows.select("year"), [2017])
