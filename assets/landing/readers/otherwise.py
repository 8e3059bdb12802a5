"""What a text file could be that is not as declared: another encoding, another delimiter.

Nothing is read so; the line to write is named, and a person decides.
"""

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from assets.landing.readers.encodings import find_encoding
from assets.landing.readers.errors import ReadError
from assets.landing.readers.request import Request

# The strict ones first. cp950 is Big5 as Windows writes it.
ENCODINGS = ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "cp950", "cp1252")
_STRICT = ("utf-8-sig", "utf-16")
_DELIMITERS = (",", ";", "\t", "|")
_CODES = frozenset({"encoding", "nul-bytes", "header-mismatch"})
_SHOWN = 12
_PRIVATE = re.compile("[\ue000-\uf8ff]")

HasHeader = Callable[[Request], bool]
Read = tuple[str, str]  # an encoding, and some of the text as it reads


def advised(error: ReadError, request: Request, has_header: HasHeader) -> ReadError:
    """The error, with the line that would let the csv be read where there is one.

    `has_header` says whether the declared header is there in the first of the encodings.
    """
    if error.code not in _CODES or request.repair is not None or not request.columns:
        return error
    if (declared := _declared(request)) and has_header(_in(request, declared)):
        return error  # it is something behind the header
    toml = f"{request.source_id}.toml"
    others = [mark for mark in _DELIMITERS if mark != request.delimiter]
    for delimiter in (request.delimiter, *others):
        asked = replace(request, delimiter=delimiter)
        changed = delimiter != request.delimiter
        mark = f"delimiter = {json.dumps(delimiter)}"
        if changed and (encoding := _declared(asked)) and has_header(_in(asked, encoding)):
            advice = f"the header is there with {delimiter!r} between: write in {toml} {mark}"
            return _with(error, request, advice)
        fits = [name for name in ENCODINGS if has_header(_in(asked, name)) and _is_all(asked, name)]
        read = likely((name, _sample(request.path, name)) for name in fits)
        if read:
            advice = offered(read, _list(request, read[0][0]), toml)
            return _with(error, request, advice + (f", and {mark}" if changed else ""))
    return error


def offered(read: Sequence[Read], encodings: Sequence[str], toml: str) -> str:
    """What to write where the header is there in these; `encodings` has the first of them."""
    told = " or ".join(f"{name} ({sample!r})" for name, sample in read)
    also = ", or the other name if that reads right" if len(read) > 1 else ""
    return (
        f"the header is there in {told}: write in {toml} encodings = {json.dumps(encodings)}{also}"
    )


def likely(read: Iterable[Read]) -> list[Read]:
    """Those without characters of private use, which hardly any text has; all if none is."""
    found = list(read)
    return [(name, sample) for name, sample in found if not _PRIVATE.search(sample)] or found


def _list(request: Request, name: str) -> list[str]:
    """The declared encodings and this one, in an order in which it is found for this file."""
    declared = [known for known in request.encodings if known != name]
    if name not in _STRICT and _declared(_in(request, *declared, name)) == name:
        return [*declared, name]
    return [name, *declared]


def _in(request: Request, *encodings: str) -> Request:
    return replace(request, encodings=list(encodings))


def _declared(request: Request) -> str | None:
    try:
        return find_encoding(request)
    except ReadError:
        return None


def _is_all(request: Request, name: str) -> bool:
    """Whether the whole file is text in this encoding, and no damaged UTF-8."""
    asked = _in(request, name) if name.startswith("utf") else _in(request, "utf-8-sig", name)
    return _declared(asked) is not None


def _sample(path: str, encoding: str) -> str:
    """The first characters beyond ASCII."""
    with Path(path).open(encoding=encoding, errors="replace") as file:
        for line in file:
            if not line.isascii():
                return first_beyond_ascii(line)
    return ""


def first_beyond_ascii(text: str) -> str:
    """A few characters from the first one beyond ASCII on."""
    begin = next((place for place, letter in enumerate(text) if letter > "\x7f"), len(text))
    return text[begin : begin + _SHOWN].rstrip()


def _with(error: ReadError, request: Request, advice: str) -> ReadError:
    expected = f"the headers declared in {request.source_id}.toml"
    if error.code != "header-mismatch":
        expected = f"text in {' or '.join(request.encodings)}"
    return request.error(error.code, error.what, f"{expected} ({advice})", "", error.row)
