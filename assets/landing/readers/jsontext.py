"""JSON in pieces: a reader walks down to the list it wants and takes one element at a time.

The standard library decodes each value, so a number keeps its text (`1.50`, `-0`, `1e5`), and
memory holds one element, not the file. NaN and Infinity, which are no JSON but which Python
writes, stay texts: the contract refuses them unless it is declared what they mean. Refused are:
doubled keys, nesting deeper than 64, anything else but JSON.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, TextIO

from assets.landing.readers.encodings import find_encoding
from assets.landing.readers.errors import ReadError
from assets.landing.readers.request import Request

MAX_DEPTH = 64

_CHUNK = 1 << 18
_BLANK = re.compile(r"[ \t\r\n]*")
_LONGEST_TOKEN = 16  # an error nearer to the end of the window may be one of a cut token
_LONGEST_ESCAPE = 6


class Number(str):
    """The text of a JSON number, told apart from a JSON string."""

    __slots__ = ()


class _Refused(ValueError):
    """JSON that the standard library would let through."""


def find_json_encoding(request: Request) -> str:
    """`utf-8` or, with a byte order mark, `utf-8-sig`; JSON has no other encoding.

    Raises ReadError: encoding (also for U+FFFD, unless it is to be kept), nul-bytes, file-empty.
    """
    return find_encoding(replace(request, encodings=["utf-8"], repair=None))


@contextmanager
def open_json(request: Request) -> Iterator["JsonText"]:
    """The text of the file, from its beginning."""
    with Path(request.path).open(encoding="utf-8-sig", newline="") as file:
        yield JsonText(file, request)


class JsonText:
    """A place in the text of a JSON file that moves forward only."""

    def __init__(self, file: TextIO, request: Request) -> None:
        self.depth = 0
        self._request = request
        self._file = file
        self._window = ""
        self._place = 0
        self._lines = 1  # the line on which the window begins
        self._done = False
        self._decoder = json.JSONDecoder(
            parse_float=Number,
            parse_int=Number,
            parse_constant=Number,
            object_pairs_hook=_no_doubles,
        )

    def peek(self) -> str:
        """The next character that is not blank; "" at the end."""
        while True:
            match = _BLANK.match(self._window, self._place)
            self._place = match.end() if match else self._place
            if self._place < len(self._window):
                return self._window[self._place]
            if self._done:
                return ""
            self._more()

    def match(self, pattern: re.Pattern[str]) -> bool:
        """Whether the pattern matches here (within the next 256 kB); if so, go behind it."""
        if len(self._window) - self._place < _CHUNK:
            self._more()
        found = pattern.match(self._window, self._place)
        if found is not None:
            self._place = found.end()
        return found is not None

    def members(self) -> Iterator[str]:
        """The keys of the object that begins here; the caller takes each value."""
        self._enter("{", "an object")
        seen: set[str] = set()
        while self.peek() != "}" or seen:
            if self.peek() != '"':
                raise self.broken(f"{self._shown()} for a key")
            key = self.value()
            if key in seen:
                raise self.broken(f"key {key[:60]!r} twice in one object")
            seen.add(key)
            self._take(":")
            yield key
            if self.peek() != ",":
                break
            self._take(",")
        self._leave("}")

    def elements(self) -> Iterator[int]:
        """The numbers (from 1) of the elements of the list here; the caller takes each value."""
        self._enter("[", "a list")
        number = 0
        while self.peek() != "]" or number:
            number += 1
            yield number
            if self.peek() != ",":
                break
            self._take(",")
        self._leave("]")

    def value(self) -> Any:
        """The whole value here: dict, list, str, Number, bool or None."""
        self.peek()
        while True:
            try:
                found, end = self._decoder.raw_decode(self._window, self._place)
            except json.JSONDecodeError as error:
                if self._done or not self._cut(error):
                    raise self.broken(error.msg, error.pos) from None
            except _Refused as error:
                raise self.broken(str(error)) from None
            except RecursionError:
                raise self.broken(f"nested deeper than {MAX_DEPTH}") from None
            else:
                # A number that ends with the window may go on behind it.
                if end < len(self._window) or self._done:
                    self._place = end
                    return found
            self._more()

    def skip(self) -> None:
        """Go behind the value here, holding no more of it than one scalar."""
        first = self.peek()
        if first == "{":
            for _ in self.members():
                self.skip()
        elif first == "[":
            for _ in self.elements():
                self.skip()
        else:
            self.value()

    def end(self) -> None:
        """Raises ReadError `json` unless only blanks are left."""
        if self.peek():
            raise self.broken(f"{self._shown()} behind the end of the value")

    def broken(self, what: str, place: int | None = None) -> ReadError:
        """The error `json` with the line of the place (None = here)."""
        until = self._place if place is None else place
        line = self._lines + self._window.count("\n", 0, until)
        return self._request.error("json", f"line {line}: {what}", "sound JSON", "")

    def _enter(self, mark: str, named: str) -> None:
        if self.peek() != mark:
            raise self.broken(f"{self._shown()} where {named} should begin")
        self._place += 1
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.broken(f"nested deeper than {MAX_DEPTH}")

    def _leave(self, mark: str) -> None:
        self._take(mark)
        self.depth -= 1

    def _take(self, mark: str) -> None:
        if self.peek() != mark:
            raise self.broken(f"{self._shown()} where '{mark}' should be")
        self._place += 1

    def _shown(self) -> str:
        self.peek()
        return repr(self._window[self._place : self._place + 20]) if self.peek() else "the end"

    def _cut(self, error: json.JSONDecodeError) -> bool:
        """Whether the error may come from the end of the window alone."""
        if error.msg.startswith("Unterminated string"):
            most = self._request.max_cell_chars
            if len(self._window) - error.pos > _LONGEST_ESCAPE * most:
                raise self._request.error(
                    "bounds",
                    f"a text of more than {most} characters",
                    "shorter texts, or a higher limit max_cell_chars",
                )
            return True
        return error.pos >= len(self._window) - _LONGEST_TOKEN

    def _more(self) -> None:
        """Drop what was read and take in more: twice what is left, so retries stay few."""
        self._lines += self._window.count("\n", 0, self._place)
        left = self._window[self._place :]
        chunk = self._file.read(max(_CHUNK, len(left)))
        self._done = not chunk
        self._window, self._place = left + chunk, 0


def _no_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        doubled = next(key for key in keys if keys.count(key) > 1)
        raise _Refused(f"key {doubled[:60]!r} twice in one object")
    return found
