"""Degrees as people write them: decimal, degrees-minutes-seconds, in Chinese or with letters."""

from __future__ import annotations

import re
import unicodedata

_MARKS = str.maketrans(
    {
        **dict.fromkeys("度º˚∘", "°"),
        **dict.fromkeys("分′’‘´`ʹ", "'"),
        **dict.fromkeys("秒″”“ʺ〃", '"'),
    }
)
_WORDS = {"东经": "E", "東經": "E", "西经": "W", "西經": "W"} | {
    "北纬": "N",
    "北緯": "N",
    "南纬": "S",
    "南緯": "S",
}
_NUMBER = r"(\d+(?:\.\d+)?)"
_SIZE = rf"\s*([+-]?)\s*{_NUMBER}\s*(?:°\s*(?:{_NUMBER}\s*(?:'\s*(?:{_NUMBER}\s*\"?)?)?)?)?\s*"
_SIDE = r"\s*([NSEW])\s*:?"
_BEFORE, _AFTER = f"{_SIDE}{_SIZE}", f"{_SIZE}([NSEW])\\s*"
_GAP = r"\s*[,;/、]?\s*"
_SINGLE = [re.compile(form) for form in (_BEFORE, _AFTER, _SIZE)]
_PAIR = [
    re.compile(form)
    for form in (
        f"{_BEFORE}{_GAP}{_BEFORE}",
        f"{_AFTER}{_GAP}{_AFTER}",
        rf"{_SIZE}(?:\s*[,;/、]\s*|\s+){_SIZE}",
    )
]
_SIDES = ("E", "W", "N", "S")
_LIMITS = {"E": 180, "W": 180, "N": 90, "S": 90, "": 180}


def parse_degrees(text: str) -> float:
    """Decimal degrees of one coordinate, west and south negative.

    Reads 106°23′45.6″E, 106度23分45.6秒, E106°23.760′, 东经106.39, 106.39 and full-width
    signs. Raises ValueError that names the text, for what is no coordinate: minutes or seconds
    of 60, a fraction before a smaller unit, or degrees beyond the axis.
    """
    plain = _plain(text)
    for form in _SINGLE:
        match = form.fullmatch(plain)
        if match:
            return _value(text, [group or "" for group in match.groups()])[0]
    raise ValueError(f"{text!r}: no coordinate; expected such as 106.39 or 106°23′45.6″E")


def parse_pair(text: str) -> tuple[float, float]:
    """Longitude and latitude of a text that holds both, such as `N39.12 E106.23`.

    Without letters the one beyond 90 is the longitude. Raises ValueError that names the text,
    where it holds no two coordinates or does not say which is which.
    """
    plain = _plain(text)
    for form in _PAIR:
        match = form.fullmatch(plain)
        if not match:
            continue
        groups = [group or "" for group in match.groups()]
        half = len(groups) // 2
        (one, side), (other, other_side) = (
            _value(text, groups[:half]),
            _value(text, groups[half:]),
        )
        if side in ("E", "W") and other_side in ("N", "S"):
            return one, other
        if side in ("N", "S") and other_side in ("E", "W"):
            return other, one
        if not side and abs(one) > 90 >= abs(other):
            return one, other
        if not side and abs(other) > 90 >= abs(one):
            return other, one
        raise ValueError(f"{text!r}: which is the longitude? Expected E or W on one, N or S on one")
    raise ValueError(f"{text!r}: no pair of coordinates; expected such as 106.39, 39.12")


def _plain(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text.translate(_MARKS))
    for word, letter in _WORDS.items():
        plain = plain.replace(word, letter)
    return plain.replace("''", '"').upper().strip()


def _value(text: str, groups: list[str]) -> tuple[float, str]:
    """Degrees and side of the groups of one coordinate."""
    side = ""
    if groups[0] in _SIDES:
        side, *groups = groups
    elif groups[-1] in _SIDES:
        *groups, side = groups
    sign, degrees, minutes, seconds = groups
    parts = [part for part in (degrees, minutes, seconds) if part]
    if any("." in part for part in parts[:-1]):
        raise ValueError(f"{text!r}: a fraction before a smaller unit; expected whole {parts[0]}")
    size = float(degrees) + float(minutes or 0) / 60 + float(seconds or 0) / 3600
    if float(minutes or 0) >= 60 or float(seconds or 0) >= 60:
        raise ValueError(f"{text!r}: minutes or seconds of 60 and more; expected less")
    if size > _LIMITS[side]:
        raise ValueError(f"{text!r}: {size:g} degrees; expected at most {_LIMITS[side]}")
    if sign == "-" and side:
        raise ValueError(f"{text!r}: a sign and a letter; expected one of them")
    return (-size if sign == "-" or side in ("W", "S") else size), side
