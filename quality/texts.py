"""Delivered text to typed value: blanks, texts that mean nothing, ways of writing a number."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from decimal import Decimal
from itertools import accumulate

import numpy as np
import polars as pl
import pyarrow as pa

from quality.contracts.table import Column

_NUMBER = r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?$"
_INTEGER = r"^[+-]?\d{1,18}$"
# A whole number written as a decimal one: 2023.0, 2.023E3.
_POINT = r"^([+-]?[0-9]{1,18})\.0*$"
_WRITTEN = r"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?$"
_DATE = r"^\d{4}-\d{2}-\d{2}$"
_THOUSANDS = r"^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$"
# Blanks a person does not see: ideographic, no-break and zero-width ones.
_BLANKS = "\u3000\u00a0\u200b\u200c\u200d\u2060\ufeff \t\r\n"
_BLANK = list(_BLANKS)
_FIRST_BYTES = sorted({blank.encode()[0] for blank in _BLANK})
_LAST_BYTES = sorted({blank.encode()[-1] for blank in _BLANK})
_IS_FIRST, _IS_LAST = (np.isin(np.arange(256), ends) for ends in (_FIRST_BYTES, _LAST_BYTES))
_FULL_WIDTH = dict(zip("０１２３４５６７８９．，＋－", "0123456789.,+-", strict=True))

# Ways of writing a number that a source may declare.
THOUSANDS = "thousands"
FULL_WIDTH = "full_width"


def clean(text: pl.Expr, null_texts: Sequence[str] = ()) -> pl.Expr:
    """The text without blanks around it; null where nothing is left or it means "no value"."""
    return _meant(text.str.strip_chars(_BLANKS), null_texts)


def clean_all(
    texts: pl.DataFrame,
    names: Sequence[str],
    null_texts: Sequence[str] = (),
    bare: Collection[str] = (),
) -> pl.DataFrame:
    """`clean` of many columns. A column is made anew only if some text of it needs that: looking
    takes a fraction of the time. Of the columns `bare`, no text has blanks around it.
    """
    unknown = [name for name in names if name not in bare]
    padded = _with_any(texts, _with_any(texts, unknown, _maybe_padded), _padded)
    # In two steps: polars strips a text once for each time that an expression names it.
    trimmed = texts.select(names).with_columns(pl.col(padded).str.strip_chars(_BLANKS))
    longest = max(len(text.encode()) for text in ("", *null_texts))

    def nothing(text: pl.Expr) -> pl.Expr:
        # The length of a text is at hand; its letters are looked at only where it may be one.
        return _nothing(text.filter(text.str.len_bytes() <= longest), null_texts)

    emptied = _with_any(trimmed, names, nothing)
    return trimmed.with_columns(_meant(pl.col(name), null_texts) for name in emptied)


def _with_any(
    texts: pl.DataFrame, names: Sequence[str], mask: Callable[[pl.Expr], pl.Expr]
) -> list[str]:
    """The columns with a text of which the mask holds."""
    found = texts.select(mask(pl.col(name)).any() for name in names)
    return [series.name for series in found if series.item()]


def are_bare(texts: pa.ChunkedArray) -> bool:
    """Whether no text (pa.string) can have a blank around it, by its first and last byte.

    Texts as Arrow holds them, one behind the other, are looked at three times as fast as in polars.
    """
    for piece in texts.chunks:
        _, ends, letters = piece.buffers()
        if not len(piece) or not letters:
            continue
        ends = np.frombuffer(ends, dtype=np.int32)[piece.offset : piece.offset + len(piece) + 1]
        raw = np.frombuffer(letters, dtype=np.uint8)
        # Of an empty text the byte beside it is looked at, which at worst is one too many.
        first, last = raw.take(ends[:-1], mode="clip"), raw.take(ends[1:] - 1, mode="clip")
        if _IS_FIRST.take(first).any() or _IS_LAST.take(last).any():
            return False
    return True


def _maybe_padded(text: pl.Expr) -> pl.Expr:
    """Whether the first or last byte is one of a blank."""
    raw = text.cast(pl.Binary).bin
    first, last = raw.get(0, null_on_oob=True), raw.get(-1, null_on_oob=True)
    return first.is_in(_FIRST_BYTES) | last.is_in(_LAST_BYTES)


def _padded(text: pl.Expr) -> pl.Expr:
    some = text.filter(_maybe_padded(text))
    return some.str.head(1).is_in(_BLANK) | some.str.tail(1).is_in(_BLANK)


def _meant(trimmed: pl.Expr, null_texts: Sequence[str]) -> pl.Expr:
    return pl.when(~_nothing(trimmed, null_texts)).then(trimmed)


def _nothing(trimmed: pl.Expr, null_texts: Sequence[str]) -> pl.Expr:
    return trimmed.is_in(["", *null_texts]) if null_texts else trimmed == ""


def typed(text: pl.Expr, column: Column, numbers: Sequence[str] = ()) -> pl.Expr:
    """Text to the declared type; null where it cannot be read as that."""
    kind = column.polars_type
    if isinstance(kind, pl.Decimal):
        plain = _plain(text, numbers)
        readable = pl.when(plain.str.contains(_NUMBER)).then(plain)
        return readable.str.to_decimal(scale=kind.scale).cast(kind, strict=False)
    if kind == pl.Int64:
        return _plain(text, numbers).map_batches(_integers, return_dtype=pl.Int64)
    if kind == pl.Float64:
        plain = _plain(text, numbers)
        return pl.when(plain.str.contains(_NUMBER)).then(plain).cast(pl.Float64, strict=False)
    if kind == pl.Date:
        return text.map_batches(_dates, return_dtype=pl.Date)
    if kind == pl.Boolean:
        return text.replace_strict({"true": True, "false": False}, default=None)
    return text


def _integers(texts: pl.Series) -> pl.Series:
    """Whole numbers; only texts that are no plain ones are looked at further."""
    text = pl.lit(texts)
    plain = pl.when(text.str.contains(_INTEGER)).then(text).cast(pl.Int64, strict=False)
    found = pl.select(plain).to_series().alias(texts.name)
    if found.null_count() == texts.null_count():
        return found
    at = (found.is_null() & texts.is_not_null()).arg_true()
    left = texts.gather(at)
    read = left.str.extract(_POINT).cast(pl.Int64, strict=False)
    others = left.filter(read.is_null() & left.str.contains(_WRITTEN)).unique()
    if others.len():
        whole = pl.Series([_whole(other) for other in others], dtype=pl.Int64)
        exact = left.replace_strict(others, whole, default=None, return_dtype=pl.Int64)
        read = read.zip_with(read.is_not_null(), exact)
    if read.null_count() == read.len():
        return found
    return _in_chunks_of(texts, found.scatter(at, read))


def _whole(text: str) -> int | None:
    """The decimal number if it is a whole one of 64 bits."""
    number = Decimal(text)
    # Long before a number of many digits is written out.
    if number and not 0 <= number.adjusted() <= 18:
        return None
    whole = int(number)
    return whole if whole == number and -(2**63) <= whole < 2**63 else None


def _dates(texts: pl.Series) -> pl.Series:
    """Each of the few days of a register is read once."""
    days = texts.drop_nulls().unique()
    day = pl.lit(days)
    readable = pl.when(day.str.contains(_DATE)).then(day)
    read = pl.select(readable.str.to_date("%Y-%m-%d", strict=False)).to_series()
    found = texts.replace_strict(days, read, default=None, return_dtype=pl.Date)
    return _in_chunks_of(texts, found)


def _in_chunks_of(texts: pl.Series, found: pl.Series) -> pl.Series:
    """Where columns of a frame differ in their chunks, polars copies all of it."""
    lengths = texts.chunk_lengths()
    begins = accumulate(lengths, initial=0)
    pieces = [found.slice(begin, length) for begin, length in zip(begins, lengths, strict=False)]
    return pl.concat(pieces, rechunk=False)


def _plain(text: pl.Expr, numbers: Sequence[str]) -> pl.Expr:
    """The number as the declared ways of writing say it, without them."""
    if FULL_WIDTH in numbers:
        text = text.str.replace_many(_FULL_WIDTH)
    if THOUSANDS in numbers:
        grouped = text.str.contains(_THOUSANDS)
        text = pl.when(grouped).then(text.str.replace_all(",", "", literal=True)).otherwise(text)
    return text


def kind_en(column: Column) -> str:
    """What the text must be, in English."""
    return {
        "BIGINT": "a whole number",
        "DATE": "a date YYYY-MM-DD",
        "BOOLEAN": "true or false",
    }.get(column.duckdb_type, "a plain number")


def kind_zh(column: Column) -> str:
    """What the text must be, in Chinese."""
    return {"BIGINT": "整数", "DATE": "日期 YYYY-MM-DD", "BOOLEAN": "true 或 false"}.get(
        column.duckdb_type, "数字"
    )
