"""JSON, plain or assigned to a name in a JavaScript module: one record an object.

`records` is the path of keys to the list of the records. With `*` behind a key as its last step
(`children*`) the lists under that key in each record are read as well, as a tree. With `*` alone
as its last step (`a.b.*`, or `*` for the whole file) the path leads to an object: each of its
values is a record, with its key in a cell under `__key__`, which must be declared.

A header is the path of keys inside a record, joined by `/`; the place in a list counts from 0.
Kept is the text of each value: numbers digit for digit as delivered, true and false as `true`
and `false`; null, empty lists and empty objects give no cell. Memory holds one object of the
list or of the path at a time (with a tree, one object of the top list with all that is below it).
"""

import itertools
from collections.abc import Iterator
from typing import Any

from assets.landing.readers.elsewhere import NotThereError, advised
from assets.landing.readers.javascript import SCRIPT, SCRIPT_END
from assets.landing.readers.jsontext import MAX_DEPTH, JsonText, find_json_encoding, open_json
from assets.landing.readers.records import Record, flatten, write_records
from assets.landing.readers.request import Request
from assets.landing.readers.table import PartResult

KEY = "__key__"

_TREE = "*"


def read_json(request: Request) -> list[PartResult]:
    """The one part "" of a JSON file. Raises ReadError: json, encoding, nul-bytes, file-empty,
    bounds, header-mismatch.
    """
    encoding = find_json_encoding(request)
    try:
        result = write_records("", lambda: _records(request), request, "0.arrow")
    except NotThereError as missing:
        raise advised(missing, request) from None
    result.encoding = encoding
    return [result]


def _records(request: Request) -> Iterator[Record]:
    """The records in the order of the file; all of the file is read."""
    *path, last = request.records.split(".")
    keyed = last == _TREE
    children = last.removesuffix(_TREE) if last.endswith(_TREE) and not keyed else None
    keys = path if keyed or children is not None or not last else [*path, last]
    with open_json(request) as text:
        script = text.peek() not in ("{", "[") and text.match(SCRIPT)
        found = False
        for _ in _walk(text, keys):
            found = True
            if keyed:
                yield from _values(text, request)
            else:
                yield from _elements(text, children, request)
        if not found:
            raise NotThereError(text.broken(f"nothing at records = {request.records!r}"))
        if script:
            text.match(SCRIPT_END)
        text.end()


def _elements(text: JsonText, children: str | None, request: Request) -> Iterator[Record]:
    if text.peek() != "[":
        what = f"no list at records = {request.records!r}"
        raise NotThereError(text.broken(what), text.peek())
    rows = itertools.count(1)
    for _ in text.elements():
        yield from _tree(text.value(), children, text.depth + 1, request, rows)


def _values(text: JsonText, request: Request) -> Iterator[Record]:
    """Each value of the object here, with its key."""
    if text.peek() != "{":
        what = f"no object at records = {request.records!r}"
        raise NotThereError(text.broken(what), text.peek())
    for row, key in enumerate(text.members(), start=1):
        record = text.value()
        if not isinstance(record, dict):
            found = f"{str(record)[:60]!r} under the key {key[:60]!r}"
            raise request.error("json", found, "an object", row=row)
        cells = flatten(record, request, row, text.depth + 1)
        if KEY in cells:
            raise request.error(
                "header-mismatch",
                f"header {KEY!r} is a name of the reader itself",
                "another header",
                row=row,
            )
        yield Record({KEY: key, **cells})


def _walk(text: JsonText, keys: list[str]) -> Iterator[None]:
    """Stop where the value at the path begins; the caller takes it. Other values are skipped."""
    if not keys:
        yield
        return
    if text.peek() != "{":
        what = f"no object with the key {keys[0]!r} of records"
        raise NotThereError(text.broken(what))
    for key in text.members():
        if key == keys[0]:
            yield from _walk(text, keys[1:])
        else:
            text.skip()


def _tree(
    record: Any, children: str | None, depth: int, request: Request, rows: Iterator[int]
) -> Iterator[Record]:
    """The record and, if `children` is a key of lists, all below it, each with the next row."""
    row = next(rows)
    if not isinstance(record, dict):
        raise request.error("json", f"{str(record)[:60]!r} in the list", "an object", row=row)
    below = record.pop(children, None) if children is not None else None
    yield Record(flatten(record, request, row, depth))
    if below is None:
        return
    if not isinstance(below, list) or depth + 2 > MAX_DEPTH:
        raise request.error(
            "json",
            f"{children!r} is no list, or nested deeper than {MAX_DEPTH}",
            "a list of objects",
            row=row,
        )
    for child in below:
        yield from _tree(child, children, depth + 2, request, rows)
