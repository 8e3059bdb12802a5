"""Accepted drift: a declaration as changed by recorded decisions (`accepted.drift_decision`).

Readers refuse a delivery whose layout is not the declared one, and name the difference. A
person who has looked at it either changes the declaration, or records a decision, for one file
or for all; the decision is a delivery, so a release can be computed again with it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import polars as pl

from assets.landing.declaration import DeclarationError, SourceDeclaration


@dataclass(frozen=True)
class Reading:
    """How one file is read: the declaration with its decisions.

    `unit_factors`: header to declared units in one delivered unit. `any_rows`: a number of rows
    outside of what is allowed was looked at and accepted.
    """

    source: SourceDeclaration
    unit_factors: tuple[tuple[str, Decimal], ...] = ()
    any_rows: bool = False


@dataclass
class _Draft:
    changes: dict[str, Any] = field(default_factory=dict)
    factors: list[tuple[str, Decimal]] = field(default_factory=list)
    any_rows: bool = False


def reading_of(source: SourceDeclaration, file_name: str, decisions: pl.DataFrame) -> Reading:
    """The declaration as decided for this file. Raises DeclarationError for a decision that
    does not fit the declaration.
    """
    mine = decisions.filter(
        (pl.col("drifted_source") == source.id)
        & (pl.col("file_name").is_null() | (pl.col("file_name") == file_name))
    ).sort("source_row_id")
    if mine.is_empty():
        return Reading(source)
    draft = _Draft()
    # Renamed headers first: a unit may be decided for one.
    for decision in sorted(mine.iter_rows(named=True), key=lambda row: row["kind"] != "renamed"):
        _apply(draft, source, decision)
    return Reading(_changed(source, draft.changes), tuple(draft.factors), draft.any_rows)


def _apply(draft: _Draft, source: SourceDeclaration, decision: Mapping[str, Any]) -> None:
    kind, declared, delivered = (decision[name] for name in ("kind", "declared", "delivered"))

    def current(name: str) -> Any:
        return draft.changes.get(name, getattr(source, name))

    if kind == "renamed":
        columns = current("columns")
        _need(source, decision, declared in columns and delivered, "a declared header and its new")
        draft.changes["columns"] = {**columns, delivered: columns[declared]}
    elif kind == "added":
        _need(source, decision, delivered, "the new header")
        draft.changes["ignored_columns"] = [*current("ignored_columns"), delivered]
    elif kind == "dropped":
        _need(source, decision, declared in source.columns, "a declared header")
        draft.changes["optional_columns"] = [*current("optional_columns"), declared]
    elif kind == "sheet":
        _need(source, decision, declared in source.parts and delivered, "a declared sheet")
        parts = [re.escape(delivered if name == declared else name) for name in source.parts]
        draft.changes.update(parts=[], part_pattern="|".join(parts))
    elif kind == "unit":
        fits = declared in current("columns") and delivered and decision["factor"] is not None
        _need(source, decision, fits, "a header, its new unit and 换算系数")
        # Under whatever header the column is delivered: of a renamed one the factor was lost.
        column = current("columns")[declared]
        headers = [header for header, name in current("columns").items() if name == column]
        units = current("column_units")
        if units.keys() & set(headers):
            draft.changes["column_units"] = units | dict.fromkeys(headers, delivered)
        draft.factors += [(header, decision["factor"]) for header in headers]
    elif kind == "title_rows":
        _need(source, decision, delivered and delivered.isdigit(), "the number of title rows")
        draft.changes["title_rows"] = int(delivered)
    else:
        draft.any_rows = True


def _need(
    source: SourceDeclaration, decision: Mapping[str, Any], fits: object, expected: str
) -> None:
    if not fits:
        raise DeclarationError(
            f"drift decision {decision['source_row_id']}: {decision['kind']} "
            f"{decision['declared']!r} → {decision['delivered']!r} does not fit {source.id}.toml; "
            f"expected {expected}"
        )


def _changed(source: SourceDeclaration, changes: Mapping[str, Any]) -> SourceDeclaration:
    said = source.model_dump(by_alias=True)
    try:
        return SourceDeclaration.model_validate({**said, **changes})
    except ValueError as error:
        raise DeclarationError(f"drift decisions for {source.id}: {error}") from None
