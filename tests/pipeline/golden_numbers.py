"""What the worked cases came to: lines and marts of an enterprise, by the axes of a case."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from tests.pipeline.golden_world import code
from tests.shared_data import golden

Tables = dict[str, pl.DataFrame]


def lines(tables: Tables, name: str, profile: str = "CN-GHG", **axes: str) -> pl.DataFrame:
    """Ledger lines of an enterprise in a profile, with their weight in the territorial view."""
    own = tables["core.activity"].filter(pl.col("enterprise_id") == code(name))
    weights = tables["accepted.view_weight"].filter(view="territorial", profile=profile)
    return (
        tables["ledger.line"]
        .join(own.select("activity_id"), on="activity_id", how="semi")
        .filter(pl.col("profiles").str.split(";").list.contains(profile), **axes)
        .join(weights.select("flow", "weight"), on="flow")
    )


def mass(tables: Tables, name: str, gas: str = "CO2", profile: str = "CN-GHG", **axes: str) -> Any:
    """t of a gas, by the sign of each line, to be compared within a tolerance."""
    found = lines(tables, name, profile, gas=gas, **axes)
    return float(found.select((pl.col("mass_t") * pl.col("weight")).sum()).item())


def mart(tables: Tables, name: str, **axes: Any) -> pl.DataFrame:
    """Rows of a mart in drawn boundaries, by operation unless it is said."""
    asked = {"boundary_class": "approved", "basis": "operating", **axes}
    return tables[f"mart.{name}"].filter(**asked)


def total(tables: Tables, column: str, name: str, **axes: Any) -> float:
    return float(mart(tables, name, **axes)[column].sum())


def near(case: str, key: str) -> Any:
    _, expected, tolerance = golden(case)
    return pytest.approx(expected[key], rel=tolerance)
