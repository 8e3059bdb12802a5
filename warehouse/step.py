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

# Largest difference allowed between a published floating-point value and its derivation, of the
# value where that is above 1.
TOLERANCE = 1e-5


@dataclass(frozen=True)
class Step:
    """Inputs and output by table declaration; `run` gets frames by table name."""

    output: type[Table]
    inputs: tuple[type[Table], ...]
    run: Callable[[Frames, Settings], pl.DataFrame]
    group: str
    # By-year steps are year-partitioned in Dagster: one partition is one year's rows.
    by_year: bool = False


class Drifted(ValueError):
    """A floating-point table, derived again, is further off than its tolerance."""


def run_steps(
    steps: Sequence[Step],
    frames: Frames,
    settings: Settings,
    pinned: Frames | None = None,
) -> dict[str, pl.DataFrame]:
    """All tables that the steps make from the given ones, checked against their declarations.

    Steps run in the given order, each with its declared inputs and no others; raises KeyError if
    an input is neither given nor made before.
    A `pinned` table (a quantized floating-point stage, as published) is derived again, must
    agree within TOLERANCE (Drifted if not), and is used as it was published: what follows is
    exact arithmetic on it, whatever the processor.
    """
    tables = dict(frames)
    for step in steps:
        name = step.output.table_name()
        given = {table.table_name(): tables[table.table_name()] for table in step.inputs}
        made = step.output.conform(step.run(given, settings))
        if pinned is not None and name in pinned:
            published = step.output.conform(pinned[name])
            _agree(step.output, made, published)
            made = published
        tables[name] = made
    return tables


def _agree(table: type[Table], made: pl.DataFrame, published: pl.DataFrame) -> None:
    """Raise Drifted unless both have the same keys, and floats within TOLERANCE."""
    keys = table.key()
    floats = [c.name for c in table.declared_columns() if c.polars_type == pl.Float64]
    joined = made.join(published, on=keys, how="full", coalesce=True, suffix="__published")
    apart = [
        (pl.col(name) - pl.col(f"{name}__published")).abs()
        > TOLERANCE * pl.max_horizontal(pl.lit(1.0), pl.col(f"{name}__published").abs())
        for name in floats
    ]
    alone = [pl.col(name).is_null() != pl.col(f"{name}__published").is_null() for name in floats]
    wrong = joined.filter(pl.any_horizontal(*apart, *alone))
    if wrong.height:
        sample = wrong.select(keys).head(3).rows()
        raise Drifted(f"{table.table_name()}: off by more than {TOLERANCE} at {sample}")
