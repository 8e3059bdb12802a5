"""One written form of a name: width, blanks, case, diacritics, traditional characters, brackets."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from functools import cache

import opencc
import polars as pl

_BLANKS = r"[\s\u200b\u200c\u200d\ufeff]"
# Letters that no decomposition takes apart.
_LETTERS = {"Ø": "O", "Æ": "AE", "Œ": "OE", "Ł": "L", "Đ": "D", "Ð": "D", "Þ": "TH", "ẞ": "SS"}
_BRACKETS = {"〔": "(", "〕": ")", "[": "(", "]": ")", "【": "(", "】": ")", "〈": "(", "〉": ")"}
_HAN = ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0xF900, 0xFB00), (0x20000, 0x2FFFF))
_MARKED = r"[\p{Latin}\p{Greek}\p{Cyrillic}\u0300-\u036f&&[^\x00-\x7f]]"


def normalised(names: pl.Series) -> pl.Series:
    """Names in one written form; null stays null, and no name is emptied.

    NFKC, no blanks, half-width brackets, capitals without diacritics, simplified characters
    (OpenCC, character by character), 有限公司 for 有限责任公司. Normalising again changes nothing.
    """
    forms = names.clone()  # scatter writes in place
    # Most names are in that form already, and looking takes a tenth of the time.
    rows = forms.str.contains(_other_forms()).arg_true()
    # Until nothing changes: a character made by one step may be due for an earlier one.
    while len(rows):
        before = forms.gather(rows)
        after = _step(before)
        forms = forms.scatter(rows, after)
        rows = rows.filter(before != after)
    return forms


def normalised_name(name: pl.Expr) -> pl.Expr:
    """`normalised` as an expression."""
    return name.map_batches(normalised, return_dtype=pl.String)


def lettered(names: pl.Series) -> pl.Series:
    """Names in capitals without diacritics, NFKC; blanks stay."""
    folded = _where(names.str.normalize("NFKC"), r"\p{Ll}", lambda some: some.str.to_uppercase())
    return _where(folded, _MARKED, _without_marks)


def _step(names: pl.Series) -> pl.Series:
    folded = lettered(names).str.replace_all(_BLANKS, "")
    folded = _where(folded, r"[\[\]〔〕【】〈〉]", _half_width)
    folded = _where(folded, _written_otherwise(), _simplified)
    folded = folded.str.replace_all(r"(?:有限责任|责任有限)公司", "有限公司")
    # Normalised again: without the blank between them two characters may compose.
    folded = folded.str.normalize("NFKC")
    return pl.select(pl.when(folded == "").then(names).otherwise(folded)).to_series()


def _where(names: pl.Series, pattern: str, change: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """The names with those changed in which the pattern is found: few, and looking is cheap."""
    found = names.str.contains(pattern).arg_true()
    if not len(found):
        return names
    return names.scatter(found, change(names.gather(found)))


def _without_marks(names: pl.Series) -> pl.Series:
    bare = names.str.normalize("NFKD").str.replace_all(r"[\u0300-\u036f]", "")
    return bare.str.replace_many(_LETTERS).str.normalize("NFKC")


def _half_width(names: pl.Series) -> pl.Series:
    return names.str.replace_many(_BRACKETS)


def _simplified(names: pl.Series) -> pl.Series:
    table = _simplified_characters()
    return pl.Series([name.translate(table) for name in names], dtype=pl.String)


@cache
def _simplified_characters() -> dict[int, str]:
    """Every Chinese character with another simplified form, and that form.

    Character by character: a form that hangs on its neighbours would not be the same in a name
    and in a part of it.
    """
    characters = [chr(code) for first, end in _HAN for code in range(first, end)]
    characters = [c for c in characters if unicodedata.category(c) == "Lo"]
    plain = opencc.OpenCC("t2s").convert("\n".join(characters)).split("\n")
    return {ord(c): p for c, p in zip(characters, plain, strict=True) if c != p}


@cache
def _written_otherwise() -> str:
    return "[" + "".join(map(chr, sorted(_simplified_characters()))) + "]"


@cache
def _other_forms() -> str:
    """What a name must hold for `_step` to change it."""
    plain = r"[^!-Z\^_|~\x{4E00}-\x{9FFF}]"
    return f"{plain}|{_written_otherwise()}|有限责任公司|责任有限公司"
