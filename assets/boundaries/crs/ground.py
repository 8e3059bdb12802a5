"""Known ground: division polygons by code or by the names in a text."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from assets.boundaries.divisions import Divisions, cities, counties, provinces

_COUNTRY = "100000"
_Level = Callable[[], Divisions]


def ground_of_codes(codes: Iterable[str | None]) -> NDArray[Any]:
    """Polygon of each GB/T 2260 code of today in CGCS2000 degrees, None where there is none.

    100000 is the whole country.
    """
    return _array(_polygon(code) if code else None for code in codes)


def ground_of_texts(texts: Iterable[str | None]) -> NDArray[Any]:
    """Polygon of the smallest division that each text names without doubt; None for none."""
    return _array(_polygon(code) if code else None for code in map(code_in_text, texts))


def _array(shapes: Iterable[Any]) -> NDArray[Any]:
    listed = list(shapes)
    found = np.empty(len(listed), dtype=object)
    found[:] = listed
    return found


@cache
def _polygon(code: str) -> Any:
    if code == _COUNTRY:
        return shapely.union_all(provinces().shapes)
    for level in (counties, cities, provinces):
        place = _places(level).get(code)
        if place is not None:
            return level().shapes[place]
    return None


@cache
def _places(level: _Level) -> dict[str, int]:
    return {code: place for place, code in enumerate(level().codes)}


@cache
def code_in_text(text: str | None) -> str | None:
    """Code of the smallest division that a text names in full, within the larger ones it names.

    A province may stand at the head without its suffix (云南昆明市). None where nothing is
    named, or a name stands for several divisions (鼓楼区) that the rest of the text does not
    tell apart.
    """
    if not text:
        return None
    province = _only(_named(text, provinces, "")) or _short_province(text)
    within = province[:2] if province else ""
    city = _only(_named(text, cities, within))
    if city and not city.endswith("0000"):  # municipalities stand among the cities, too
        within = city[:4]
    county = _only(_named(text, counties, within))
    return county or city or province


def _short_province(text: str) -> str | None:
    """Province whose name without suffix begins the text."""
    for code, name in zip(provinces().codes, provinces().names, strict=True):
        short = name[:3] if name.startswith(("内蒙古", "黑龙江")) else name[:2]
        if text.startswith(short) and not text.startswith(_borrowed(short, code[:2])):
            return code
    return None


@cache
def _borrowed(short: str, within: str) -> tuple[str, ...]:
    """Divisions of other provinces whose names begin so (海南藏族自治州 in 青海)."""
    return tuple(
        name
        for level in (cities, counties)
        for code, name in zip(level().codes, level().names, strict=True)
        if name.startswith(short) and not code.startswith(within)
    )


def _only(codes: list[str]) -> str | None:
    return codes[0] if len(codes) == 1 else None


def _named(text: str, level: _Level, within: str) -> list[str]:
    """Codes of the divisions whose names stand in the text, without names in longer names."""
    found = {
        name: codes
        for name, codes in _codes_by_name(level).items()
        if name in text and any(code.startswith(within) for code in codes)
    }
    longest = [name for name in found if not any(name != n and name in n for n in found)]
    return [code for name in longest for code in found[name] if code.startswith(within)]


@cache
def _codes_by_name(level: _Level) -> dict[str, tuple[str, ...]]:
    known = level()
    codes: dict[str, tuple[str, ...]] = {}
    for code, name in zip(known.codes, known.names, strict=True):
        codes[name] = (*codes.get(name, ()), code)
    return codes
