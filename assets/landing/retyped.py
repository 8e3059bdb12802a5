"""Columns that are no longer what they were: numbers turned to words, dates to numbers."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

import polars as pl

from assets.landing.readers.dates import Shown, date_text
from assets.landing.records import Delivered, records_of
from quality.contracts.registry import table_of
from quality.contracts.table import SOURCE_COLUMN, Column
from quality.texts import clean, kind_en, typed

# Enough to tell a column that changed from a row that is wrong.
_LOOKED_AT = 10_000
_LEAST = 5

_SERIAL = re.compile(r"[1-9][0-9]{4}(?:\.[0-9]+)?")  # of a day from 1927 to 2173
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T.*)?")


def retyped(delivered: Sequence[Delivered], accepted: Collection[str] = ()) -> str | None:
    """What is wrong with the first column of which too many cells cannot be read, if any.

    Looked at are the first rows of each part; a column with fewer than five filled cells tells
    nothing. How many may be unreadable is declared (`allowed.unreadable`); `accepted` are headers
    of which it was decided not to matter.
    """
    for item in delivered:
        said = _retyped(item, accepted)
        if said is not None:
            return said
    return None


def _retyped(item: Delivered, accepted: Collection[str]) -> str | None:
    source = item.source
    records = records_of([item.slice(0, _LOOKED_AT)])
    value = source.unpivot.value if source.unpivot else None
    for c in table_of(source.table).declared_columns():
        if c.name not in records.frame.columns or c.polars_type == pl.String:
            continue
        frame, header = records.frame, pl.lit(records.headers[0].get(c.name, c.name))
        if c.name == value:
            header = pl.col(SOURCE_COLUMN)
        frame = frame.filter(~header.is_in(list(accepted)))
        text = clean(pl.col(c.name), source.null_texts)
        unread = typed(text, c, source.numbers).is_null() & text.is_not_null()
        filled, unreadable, sample, place = frame.select(
            text.is_not_null().sum().alias("filled"),
            unread.sum().alias("unreadable"),
            text.filter(unread).first().alias("sample"),
            (header.filter(unread) if c.name == value else header).first().alias("place"),
        ).row(0)
        if filled >= _LEAST and unreadable > source.allowed.unreadable * filled:
            part = f", part {item.part.part}" if item.part.part else ""
            meaning, advice = _look_at(sample, c)
            return (
                f"{item.part.file_name}{part}: {unreadable} of {filled} cells under '{place}' "
                f"cannot be read, such as {sample!r}{meaning}; expected {kind_en(c)} ({advice}if "
                f"the office retyped the column, change it in the table {source.table}; to let "
                f"these rows go to quarantine, a drift decision of kind retyped for '{place}')"
            )
    return None


def _look_at(sample: str, c: Column) -> tuple[str, str]:
    """What the text may be where a spreadsheet took a date for a number, and what to do then."""
    if c.polars_type == pl.Date and _SERIAL.fullmatch(sample):
        day = date_text(sample, Shown.FROM_1900)
        return (
            f" (a serial number of a spreadsheet: {day}?)",
            "in the spreadsheet, format the column as dates and save it again; ",
        )
    if c.polars_type != pl.Date and _DAY.fullmatch(sample):
        return (
            " (a number formatted as a date?)",
            "in the spreadsheet, format the column as numbers and save it again; ",
        )
    return "", ""
