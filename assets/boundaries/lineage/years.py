"""Frames of codes: the codes of their years as divisions of the run year."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import polars as pl

from assets.boundaries.lineage.follow import Lineage

UNCHANGED = "unchanged"


def to_year(
    codes: pl.DataFrame,
    changes: pl.DataFrame,
    known: pl.DataFrame | None = None,
    run_year: int | None = None,
) -> pl.DataFrame:
    """Codes of their years as divisions of the run year (METHOD 5, Divisions).

    `codes`: `code`, and `year` or null. One row a distinct pair and successor: `code, year,
    name_then, code_now, name_now, kind, share, via, ambiguous, reason_zh, reason_en`.
    `code_now` is null where nothing is known, and then the reasons say why; `ambiguous` marks
    pairs that may be another successor too, of which none is chosen. `name_then` holds the
    names of all readings of the code, `kind` the kinds of change passed, joined by `+`.

    `known`: `code`, `name_zh` of the divisions of the run year, whose codes are then used;
    without it the polygons are that list, or for another run year the changes alone. Raises
    ValueError for a list whose year is not said.
    """
    if known is not None and run_year is None:
        raise ValueError("known: a list without its year; expected run_year")
    if known is not None and run_year is not None:
        lineage, run_year = Lineage(changes, known, run_year), None
    else:
        lineage = Lineage(changes)
    rows: list[tuple[Any, ...]] = []
    for code, year in codes.select("code", pl.col("year").cast(pl.Int64)).unique().iter_rows():
        answer = lineage.answer(code, year, run_year)
        then = "、".join(dict.fromkeys(unit.name for unit in answer.units)) or None
        about = (answer.ambiguous, answer.reason_zh, answer.reason_en)
        for s in answer.successors:
            kind = "+".join(k for k, _ in groupby(change.kind for change in s.via)) or UNCHANGED
            via = "; ".join(map(str, s.via)) or None
            rows.append((code, year, then, s.code, s.name, kind, s.share, via, *about))
        if not answer.successors:
            rows.append((code, year, then, None, None, None, None, None, *about))
    schema = {
        "code": pl.String,
        "year": pl.Int64,
        "name_then": pl.String,
        "code_now": pl.String,
        "name_now": pl.String,
        "kind": pl.String,
        "share": pl.Float64,
        "via": pl.String,
        "ambiguous": pl.Boolean,
        "reason_zh": pl.String,
        "reason_en": pl.String,
    }
    return pl.DataFrame(rows, schema=schema, orient="row").sort("code", "year", "code_now")
