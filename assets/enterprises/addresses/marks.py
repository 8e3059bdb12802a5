"""Marking of names in the text, and what is left of it for reading.

A marked text holds each name between two marks. Its skeleton holds the names, and between them
only whether there is other text and whether a street or a town begins there: a million addresses
have some ten thousand skeletons.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import polars as pl

from assets.enterprises.addresses.kinds import CLASS_OF, FILLERS, FOREIGN, JOINED, STREET, TOWN

# Control characters: the normal form has none.
DIVISION, END, STREET_MARK, ZONE, JOIN_MARK, TOWN_MARK = "\x01\x02\x03\x04\x05\x06"
GAP = "~"


class Token(NamedTuple):
    """A name in the text, and what stands before and right behind it.

    `gap`: other text before it; `behind`: a street or town begins between it and the name before;
    `joined`: the word right behind makes it part of another name, as the street of 南京路;
    `town`: other text and then a town follow.
    """

    text: str
    is_zone: bool
    gap: bool
    behind: bool
    joined: bool
    town: bool


class Marker:
    """The dictionary of all names; the longest name that begins first is marked."""

    def __init__(self, divisions: Iterable[str], zones: Iterable[str]) -> None:
        names: dict[str, str] = {}
        for marks, words in (
            ((JOIN_MARK, ""), JOINED),
            ((TOWN_MARK, TOWN_MARK), TOWN),
            ((STREET_MARK, STREET_MARK), STREET),
            ((ZONE, END), CLASS_OF),
            ((ZONE, END), zones),
            ((DIVISION, END), (*FOREIGN, *FILLERS)),
            ((DIVISION, END), divisions),
        ):
            for word in words:
                names[word] = f"{marks[0]}{word}{marks[1]}"
                # 海门市场 is a market, of 海门 or of another place.
                if marks[0] == DIVISION and word.endswith("市"):
                    names[f"{word}场"] = f"{DIVISION}{word}{END}{JOIN_MARK}场"
        ordered = sorted(names, key=lambda name: (-len(name), name))
        self._words, self._marked = ordered, [names[name] for name in ordered]

    def marked(self, text: pl.Series) -> pl.Series:
        """The text with its names marked."""
        return text.str.replace_many(self._words, self._marked, leftmost=True)


def skeleton(marked: pl.Series) -> pl.Series:
    """What is read of a marked text; see the module."""
    short = marked
    # Behind the first barrier nothing matters until the next name. Plain replacements without
    # groups, one after the other, take half the time of one with groups.
    for barrier in (TOWN_MARK, STREET_MARK):
        short = short.str.replace_all(f"{barrier}[^{DIVISION}{ZONE}]*", barrier)
    short = short.str.replace_all(r"^[0-9A-Za-z]+|[\p{P}\p{S}]+", "")
    any_mark = f"{DIVISION}{END}{STREET_MARK}{ZONE}{TOWN_MARK}"
    other = f"[^{any_mark}{JOIN_MARK}][^{any_mark}]*"
    short = short.str.replace_all(f"{END}{JOIN_MARK}{other}", f"{END}{JOIN_MARK}{GAP}")
    short = short.str.replace_all(f"{END}{other}", f"{END}{GAP}")
    short = short.str.replace(f"^{JOIN_MARK}?{other}", GAP)
    # A street at the end says nothing, a town may.
    return short.str.strip_suffix(GAP + STREET_MARK).str.strip_suffix(GAP)


def tokens(text: str) -> list[Token]:
    """The names of a skeleton, in order."""
    pieces = text.split(END)
    return [
        Token(*_name(piece), after[:1] in _JOINED, after.startswith(GAP + TOWN_MARK))
        for piece, after in pairwise(pieces)
    ]


_JOINED = frozenset({STREET_MARK, TOWN_MARK, JOIN_MARK})


@lru_cache(65536)
def _name(piece: str) -> tuple[str, bool, bool, bool]:
    """Name, whether of a zone, and what stands before it, of a piece that ends with the name."""
    is_zone = ZONE in piece
    before, _, name = piece.partition(ZONE if is_zone else DIVISION)
    behind = STREET_MARK in before or TOWN_MARK in before
    return name, is_zone, GAP in before or JOIN_MARK in before, behind
