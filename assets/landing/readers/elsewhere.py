"""Where in a JSON file the records are that are not where `records` says."""

import json
from collections.abc import Iterator
from typing import Any

from assets.landing.readers.errors import ReadError
from assets.landing.readers.javascript import SCRIPT
from assets.landing.readers.jsontext import JsonText, open_json
from assets.landing.readers.records import flatten
from assets.landing.readers.request import Request

_DEEPEST = 4  # keys of a path that is looked for
_SHOWN = 6

_Found = tuple[list[str], dict[str, Any]]  # path to a list, its first record


class NotThereError(Exception):
    """Nothing that could be read at `records`: the error `json` that says so, and what is there.

    `there` is the first character of the value at the path, "" where there is none.
    """

    def __init__(self, error: ReadError, there: str = "") -> None:
        super().__init__(str(error))
        self.error, self.there = error, there


def advised(missing: NotThereError, request: Request) -> ReadError:
    """The error with what the file holds, and the line to write. Raises ReadError `json`."""
    error, toml = missing.error, f"{request.source_id}.toml"
    keys: list[str] = []
    lists: list[_Found] = []
    with open_json(request) as text:
        if text.peek() not in ("{", "["):
            text.match(SCRIPT)
        first = text.peek()
        lists.extend(_lists(text, [], keys))
        more = text.peek()
    here = {header.split("/")[0] for header in request.columns}
    if first == "{" and (more == "{" or here & set(keys)):
        found = "one object a line (JSON lines)" if more else "one record alone"
        path = f"{{{request.records}: .}}" if request.records.isidentifier() else "."
        written = f"jq -s '{path}' {error.file} makes it"
        return _with(error, request, found, f"one list of records ({written})")
    fits = [path for path, record in lists if _headers(record, request) & set(request.columns)]
    if fits:
        line = " or ".join(f"records = {json.dumps('.'.join(path))}" for path in fits[:3])
        return _with(error, request, _named(fits[0]), f"it there (write in {toml} {line})")
    if missing.there == "{":
        line = f"records = {json.dumps(f'{request.records}.*'.lstrip('.'))}"
        expected = f'a list (if each value there is a record, write in {toml} {line}, and "__key__"'
        return _with(error, request, "an object", f"{expected} in ignored_columns)")
    listed = ", ".join(repr(key[:60]) for key in keys[:_SHOWN]) or "no key"
    found = {"{": f"an object with {listed}", "[": "a list"}.get(first, "a single value")
    return _with(error, request, f"{found} at the top", "records with the declared headers")


def _lists(text: JsonText, path: list[str], keys: list[str]) -> Iterator[_Found]:
    """The lists of objects below; `keys` takes those of the top. Goes behind the value."""
    here = text.peek()
    if here == "[":
        for number in text.elements():
            if number == 1 and isinstance(record := text.value(), dict):
                yield path, record
            elif number > 1:
                text.skip()
    elif here == "{" and len(path) < _DEEPEST:
        for key in text.members():
            if not path:
                keys.append(key)
            yield from _lists(text, [*path, key], keys)
    elif here:
        text.skip()


def _headers(record: dict[str, Any], request: Request) -> set[str]:
    return set(flatten(record, request, 1))


def _named(path: list[str]) -> str:
    return f"the list at {'.'.join(path)!r}" if path else "a list at the top"


def _with(error: ReadError, request: Request, found: str, expected: str) -> ReadError:
    return request.error("json", f"{error.what}, but {found}", expected)
