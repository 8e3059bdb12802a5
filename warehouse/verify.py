"""Verify: every published number worked out again from archived bytes, exact equality."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from quality.contracts.audit import Delivery
from quality.contracts.mart import MARTS
from quality.contracts.table import Table

Recompute = Callable[[pl.DataFrame], dict[str, pl.DataFrame]]


@dataclass(frozen=True)
class Verification:
    """Numbers of a release against the recomputed ones; `differences` names the first ones."""

    release_id: str
    numbers: int
    equal: int
    unequal: int
    missing: int
    differences: list[dict[str, Any]] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return self.numbers == self.equal and not self.unequal and not self.missing

    def as_json(self) -> dict[str, Any]:
        return {
            "release_id": self.release_id,
            "numbers": self.numbers,
            "equal": self.equal,
            "unequal": self.unequal,
            "missing": self.missing,
            "differences": self.differences,
        }


def verify(path: Path, recompute: Recompute, sample: int | None = None) -> Verification:
    """Recompute the release at `path` and compare every measure of every mart.

    `recompute` maps `raw.delivery` to all tables. `missing` counts rows that only one side
    has. With `sample`, that many rows of each mart are compared (the first by a hash of
    their key); the recomputation is always whole.
    """
    with duckdb.connect(str(path), read_only=True) as connection:
        row = connection.execute("SELECT release_id FROM release.info").fetchone()
        release_id = str(row[0]) if row else ""
        deliveries = Delivery.conform(connection.execute("FROM raw.delivery").pl())
        published = {t: connection.execute(f"FROM {t.table_name()}").pl() for t in MARTS}
    recomputed = recompute(deliveries)
    totals = {"numbers": 0, "equal": 0, "unequal": 0, "missing": 0}
    differences: list[dict[str, Any]] = []
    for table, frame in published.items():
        chosen = frame if sample is None else _sample(frame, table, sample)
        again = recomputed[table.table_name()]
        counts, found = _compare(table, chosen, again, whole=sample is None)
        for name, count in counts.items():
            totals[name] += count
        differences.extend(found)
    return Verification(release_id, **totals, differences=differences[:20])


def _sample(frame: pl.DataFrame, table: type[Table], size: int) -> pl.DataFrame:
    return (
        frame.with_columns(pl.struct(table.key()).hash(seed=0).alias("__order"))
        .sort("__order")
        .head(size)
        .drop("__order")
    )


def _compare(
    table: type[Table], published: pl.DataFrame, recomputed: pl.DataFrame, *, whole: bool
) -> tuple[dict[str, int], list[dict[str, Any]]]:
    keys = table.key()
    measures: list[str] = list(table.table_metadata()["measures"])
    marks = [c.name for c in table.declared_columns() if c.name not in (*keys, *measures)]
    # A measure may be empty on both sides: that a row is there is said by a column of its own.
    here = pl.lit(value=True).alias("__here")
    joined = (
        published.with_columns(here)
        .join(
            recomputed.with_columns(here),
            on=keys,
            how="full" if whole else "left",
            coalesce=True,
            suffix="__again",
        )
        .with_columns(
            pl.col("__here__again").is_null().alias("__lost"),
            pl.col("__here").is_null().alias("__unpublished"),
        )
    )
    both = joined.filter(~pl.col("__lost") & ~pl.col("__unpublished"))
    counts = {
        "numbers": published.height * len(measures),
        "equal": 0,
        "unequal": 0,
        "missing": joined.height - both.height,
    }
    differences: list[dict[str, Any]] = []
    for name in (*measures, *marks):
        same = both.select(pl.col(name).eq_missing(pl.col(f"{name}__again"))).to_series()
        if name in measures:
            counts["equal"] += int(same.sum())
        # A mark that differs (confidential, tier …) is as wrong as a number that does.
        counts["unequal"] += int((~same).sum())
        for row in both.filter(~same).head(5).iter_rows(named=True):
            differences.append(
                {
                    "table": table.table_name(),
                    "key": {k: row[k] for k in keys},
                    "column": name,
                    "published": row[name],
                    "recomputed": row[f"{name}__again"],
                }
            )
    for row in (
        joined.filter(pl.col("__lost") | pl.col("__unpublished")).head(5).iter_rows(named=True)
    ):
        differences.append(
            {
                "table": table.table_name(),
                "key": {k: row[k] for k in keys},
                "column": "*",
                "published": not row["__unpublished"],
                "recomputed": not row["__lost"],
            }
        )
    return counts, differences
