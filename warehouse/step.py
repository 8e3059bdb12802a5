"""A step: tables in, one table out, by one pure function.

The rooms of `assets` list their steps; `pipelines` runs the same list twice: as Dagster
assets, and from archived bytes in `verify`. So a number is recomputed by the very wiring
that made it, and there is no second one to keep in step.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from quality.contracts.table import Table
from warehouse.settings import Settings

Frames = Mapping[str, pl.DataFrame]


@dataclass(frozen=True)
class Step:
    """Inputs and output by table declaration; `run` gets frames by table name."""

    output: type[Table]
    inputs: tuple[type[Table], ...]
    run: Callable[[Frames, Settings], pl.DataFrame]
    group: str
    # By-year steps are year-partitioned in Dagster: one partition is one year's rows.
    by_year: bool = False


def run_steps(steps: Sequence[Step], frames: Frames, settings: Settings) -> dict[str, pl.DataFrame]:
    """All tables that the steps make from the given ones, checked against their declarations.

    Steps run in the given order; raises KeyError if an input is neither given nor made before.
    """
    tables = dict(frames)
    for step in steps:
        made = step.run(tables, settings)
        tables[step.output.table_name()] = step.output.conform(made)
    return tables
