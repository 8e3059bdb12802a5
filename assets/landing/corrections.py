"""Corrections: cells of the source that an office has put right before the source did.

A correction names its rows by their own texts, and the text that it expects to find (its
guard): once the source has mended the cell the guard fails, and the correction must go.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

import polars as pl

from assets.landing.records import scaled_text
from quality.contracts.decisions import AppliedCorrection
from quality.contracts.table import SOURCE_COLUMN, SOURCE_ROW
from quality.quarantine import DECIDED, PART, Decided, Records, Rule
from quality.texts import clean


class CorrectionError(ValueError):
    """A correction that is wrong or outdated; the message names it, the row and what to do."""


def apply_corrections(
    records: Records, corrections: pl.DataFrame, source_id: str, wide: str | None = None
) -> tuple[Records, pl.DataFrame, list[Rule]]:
    """Records with the corrections of this source (`accepted.correction`) applied in order of
    their ids, what was applied (`audit.applied_correction`), and rules that flag those rows.

    `wide` is the column of the values of a wide table; there a correction names the header of
    the cell. A source of which nothing was delivered leaves its corrections idle. Raises
    CorrectionError for conditions that find no row, a guard that fails, or a factor that is no
    number.
    """
    mine = corrections.filter(pl.col("corrected_source") == source_id).sort("correction_id")
    applied: list[dict[str, Any]] = []
    if mine.is_empty() or records.frame.is_empty():
        return records, AppliedCorrection.empty_frame(), []
    decided = dict(records.decided)
    flagged: list[Rule] = []
    frame = records.frame
    for correction in mine.iter_rows(named=True):
        frame, done = _apply(frame, records.headers, correction, wide)
        applied += [{**row, "source_id": source_id} for row in done]
        name = correction["correction_id"]
        zh = f"更正 {name}：{correction['reason_zh']}（{correction['provider']}）"
        en = f"correction {name} by {correction['provider']}"
        if correction["action"] == "drop":
            decided[name] = Decided(f"CORRECTION:{name}", zh, en)
        else:
            rows = [row[SOURCE_ROW] for row in done]
            hit = pl.col(SOURCE_ROW).is_in(rows)
            flagged.append(Rule(f"CORRECTION:{name}", "warning", SOURCE_ROW, hit, zh, en))
    made = pl.DataFrame(
        applied,
        schema={c.name: c.polars_type for c in AppliedCorrection.declared_columns()},
    )
    corrected = replace(records, frame=frame, decided=decided, bare=frozenset())
    return corrected, AppliedCorrection.conform(made), flagged


def _apply(
    frame: pl.DataFrame, headers: Sequence[Any], correction: dict[str, Any], wide: str | None
) -> tuple[pl.DataFrame, list[dict[str, Any]]]:
    name, column_zh = correction["correction_id"], correction["column_zh"]
    hit = pl.lit(False)
    column_of: dict[int, str] = {}
    for part, mapping in enumerate(headers):
        by_header = {header: column for column, header in mapping.items()}
        here = pl.col(PART) == part
        if column_zh in by_header:
            column_of[part] = by_header[column_zh]
        elif wide is not None:
            column_of[part] = wide
            here &= pl.col(SOURCE_COLUMN) == column_zh
        else:
            continue
        for header, text in _conditions(correction):
            if header in (SOURCE_ROW, SOURCE_COLUMN):
                here &= pl.col(header) == text
            elif header in by_header:
                here &= clean(pl.col(by_header[header])) == text
            else:
                here &= pl.lit(False)
        hit |= here
    mask = frame.select((hit & pl.col(DECIDED).is_null()).fill_null(False).alias("hit")).to_series()
    if not mask.any():
        raise CorrectionError(
            f"correction {name}: no row where {correction['conditions']} with the column "
            f"{column_zh}; expected at least one: mend the conditions or withdraw the correction"
        )
    columns = set(column_of.values())
    if len(columns) != 1:
        raise CorrectionError(f"correction {name}: {column_zh} is several columns: {columns}")
    column = columns.pop()
    found = frame.filter(mask)
    guard = correction["delivered_text"]
    said = found.select(clean(pl.col(column))).to_series()
    for row, text in zip(found.get_column(SOURCE_ROW), said, strict=True):
        if text != guard:
            raise CorrectionError(
                f"correction {name}: row {row} now says {text!r} under {column_zh}, the guard "
                f"{guard!r}; the source has changed: withdraw or renew the correction"
            )
    used = _used(correction, guard)
    if correction["action"] == "drop":
        frame = frame.with_columns(
            pl.when(mask).then(pl.lit(name)).otherwise(DECIDED).alias(DECIDED)
        )
    elif correction["action"] != "flag":
        frame = frame.with_columns(
            pl.when(mask).then(pl.lit(used, pl.String)).otherwise(column).alias(column)
        )
    return frame, [
        {
            SOURCE_ROW: row,
            "column_zh": column_zh,
            "correction_id": name,
            "action": correction["action"],
            "delivered_text": guard,
            "used_text": used,
            "reason_zh": correction["reason_zh"],
            "provider": correction["provider"],
            "decided_on": correction["decided_on"],
            "correction_row_id": correction[SOURCE_ROW],
        }
        for row in found.get_column(SOURCE_ROW).unique().sort()
    ]


def _used(correction: dict[str, Any], guard: str | None) -> str | None:
    """The text that counts after the correction."""
    action, given = correction["action"], correction["used_text"]
    if action == "override":
        return str(given) if given is not None else None
    if action == "scale":
        try:
            factor = Decimal(str(given))
        except InvalidOperation:
            factor = Decimal("NaN")
        if not factor.is_finite() or factor <= 0:
            raise CorrectionError(
                f"correction {correction['correction_id']}: scale by {given!r}; expected a number"
            )
        return scaled_text(guard, factor)
    return guard if action == "flag" else None


def _conditions(correction: dict[str, Any]) -> list[tuple[str, str]]:
    """`列=值;列=值`, with ASCII or full-width marks. Raises CorrectionError if it is not that."""
    found = []
    for piece in correction["conditions"].replace("；", ";").replace("＝", "=").split(";"):
        header, separator, text = piece.partition("=")
        if not separator or not header.strip() or not text.strip():
            raise CorrectionError(
                f"correction {correction['correction_id']}: condition {piece!r}; expected 列=值"
            )
        found.append((header.strip(), text.strip()))
    return found
