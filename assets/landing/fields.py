"""Types of what a declaration says, each with the check of one value."""

import codecs
import re
from collections.abc import Iterable
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from assets.landing.readers.headers import clean_header

_ID = re.compile(r"[a-z][a-z0-9_]*")
# row_id is reserved by DuckLake, row_number by the readers.
_RESERVED = frozenset({"row_id", "row_number"})


def _codec(name: str) -> str:
    try:
        codecs.lookup(name)
    except LookupError:
        raise ValueError(f"unknown encoding {name!r}") from None
    return name


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"{text!r} is no regular expression: {error}") from None
    return text


def _header(text: str) -> str:
    cleaned = clean_header(text)
    if not cleaned:
        raise ValueError("a header is empty")
    return cleaned


def _canonical(name: str) -> str:
    if not _ID.fullmatch(name):
        raise ValueError(f"{name!r} is no column name (lower case, digits, _)")
    if name in _RESERVED:
        raise ValueError(f"{name!r} is reserved")
    return name


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
# Raw headers are cleaned here as the readers clean delivered ones, so that both sides match.
Header = Annotated[str, AfterValidator(_header)]
Canonical = Annotated[str, AfterValidator(_canonical)]
Encoding = Annotated[str, AfterValidator(_codec)]
Pattern = Annotated[str, AfterValidator(_pattern)]


def no_doubles(field: str, values: Iterable[str]) -> None:
    """Raises ValueError naming the values that stand twice."""
    listed = list(values)
    nothing(f"{field} twice", {value for value in listed if listed.count(value) > 1})


def nothing(fault: str, values: set[str]) -> None:
    """Raises ValueError naming the values, if there are any."""
    if values:
        raise ValueError(f"{fault}: {', '.join(sorted(values))}")
