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

# Decisions about what was read, not about how.
_NOT_LAYOUT = ("rows", "retyped")


@dataclass(frozen=True)
class Reading:
    """How one file is read: the declaration with its decisions.

    `unit_factors`: header to declared units in one delivered unit. `any_rows`: a number of rows
    outside of what is allowed was looked at and accepted. `any_type`: headers of columns of
    which it was accepted that cells cannot be read; their rows go to quarantine.
    """

    source: SourceDeclaration
    unit_factors: tuple[tuple[str, Decimal], ...] = ()
    any_rows: bool = False
    any_type: frozenset[str] = frozenset()


@dataclass
class _Draft:
    changes: dict[str, Any] = field(default_factory=dict)
    factors: list[tuple[str, Decimal]] = field(default_factory=list)
    any_rows: bool = False
    any_type: set[str] = field(default_factory=set)


def readings_of(
    source: SourceDeclaration, file_name: str, decisions: pl.DataFrame
) -> list[Reading]:
    """The ways in which this file may be read, to be tried in this order.

    Each way of the declaration as decided; then, where something was decided for all files, each
    without that: a file from before the change is still delivered as it was. Raises
    DeclarationError for a decision that fits no way.
    """
    mine = decisions.filter(
        (pl.col("drifted_source") == source.id)
        & (pl.col("file_name").is_null() | (pl.col("file_name") == file_name))
    ).sort("source_row_id")
    of_layout = pl.col("file_name").is_null() & ~pl.col("kind").is_in(_NOT_LAYOUT)
    found = _readings(source, mine)
    if mine.select(of_layout.any()).item():
        found += [r for r in _readings(source, mine.filter(~of_layout)) if r not in found]
    return found


def _readings(source: SourceDeclaration, decisions: pl.DataFrame) -> list[Reading]:
    found: list[Reading] = []
    unfit: list[DeclarationError] = []
    for way in source.ways():
        try:
            found.append(_reading(way, decisions))
        except DeclarationError as error:
            unfit.append(error)
    if not found:
        raise unfit[0]
    return found


def _reading(source: SourceDeclaration, decisions: pl.DataFrame) -> Reading:
    draft = _Draft(factors=list(source.column_factors.items()))
    # Renamed headers first: a unit may be decided for one.
    rows = sorted(decisions.iter_rows(named=True), key=lambda row: row["kind"] != "renamed")
    for decision in rows:
        _apply(draft, source, decision)
    changed = _changed(source, draft.changes) if draft.changes else source
    return Reading(changed, tuple(draft.factors), draft.any_rows, frozenset(draft.any_type))


def _apply(draft: _Draft, source: SourceDeclaration, decision: Mapping[str, Any]) -> None:
    kind, declared, delivered = (decision[name] for name in ("kind", "declared", "delivered"))

    def current(name: str) -> Any:
        return draft.changes.get(name, getattr(source, name))

    wide = _is_wide(source, declared)
    if kind == "renamed":
        columns = current("columns")
        fits = (wide or declared in columns) and delivered
        _need(source, decision, fits, "a declared header and its new")
        if wide:
            _change_wide(draft, source, "renamed", {delivered: declared})
        else:
            draft.changes["columns"] = {**columns, delivered: columns[declared]}
    elif kind == "added":
        _need(source, decision, delivered, "the new header")
        draft.changes["ignored_columns"] = [*current("ignored_columns"), delivered]
    elif kind == "dropped":
        _need(source, decision, wide or declared in source.columns, "a declared header")
        if wide:
            _change_wide(draft, source, "absent", [declared])
        else:
            draft.changes["optional_columns"] = [*current("optional_columns"), declared]
    elif kind == "sheet":
        _need(source, decision, declared in source.parts and delivered, "a declared sheet")
        parts = [re.escape(delivered if name == declared else name) for name in source.parts]
        draft.changes.update(parts=[], part_pattern="|".join(parts))
    elif kind == "unit":
        fits = declared in current("columns") and delivered and decision["factor"] is not None
        expected = "a header, its new unit and 换算系数"
        if wide:
            expected = "a header under [columns]: a wide table has its units from its units row"
        _need(source, decision, fits, expected)
        # Under whatever header the column is delivered: of a renamed one the factor was lost.
        column = current("columns")[declared]
        headers = [header for header, name in current("columns").items() if name == column]
        if source.units_row:
            units = current("column_units")
            draft.changes["column_units"] = units | dict.fromkeys(headers, delivered)
        elif decision["file_name"] is None:
            # Only a new header tells a file of the new unit from those of before.
            headers = [header for header in headers if header not in source.columns]
            _need(source, decision, headers, "a file (文件): no row of units tells it by itself")
        draft.factors += [(header, decision["factor"]) for header in headers]
    elif kind == "title_rows":
        _need(source, decision, delivered and delivered.isdigit(), "the number of title rows")
        draft.changes["title_rows"] = int(delivered)
    elif kind == "retyped":
        named = wide or declared in current("columns")
        _need(source, decision, named, "a declared header")
        draft.any_type.add(declared)
    else:
        draft.any_rows = True


def _is_wide(source: SourceDeclaration, header: str | None) -> bool:
    """Whether it is the header of a wide table that becomes records."""
    unpivot = source.unpivot
    if unpivot is None or header is None or header in source.columns:
        return False
    return unpivot.match(header) is not None


def _change_wide(
    draft: _Draft, source: SourceDeclaration, name: str, more: dict[str, str] | list[str]
) -> None:
    assert source.unpivot is not None
    said = draft.changes.get("unpivot") or source.unpivot.model_dump()
    before = said[name]
    both = {**before, **more} if isinstance(more, dict) else [*before, *more]
    draft.changes["unpivot"] = {**said, name: both}


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
