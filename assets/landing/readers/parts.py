"""Which sheets or layers of a file are read."""

import difflib
import json
import re
from collections.abc import Iterator, Sequence

from assets.landing.readers.errors import ReadError
from assets.landing.readers.head import Row, has_no_header, take_head
from assets.landing.readers.headers import Merge
from assets.landing.readers.request import Request, layout_line


def choose_parts(found: Sequence[str], request: Request, kind: str) -> list[str]:
    """The names to read, in the order of the file: those declared, or the only one.

    `part_pattern` takes every name that it matches as a whole. Raises ReadError `sheet-missing`
    naming what was found and the line to write; `kind` is "sheet" or "layer".
    """
    toml = f"{request.source_id}.toml"
    listed = ", ".join(f"'{name}'" for name in found) or "none"
    if request.part_pattern is not None:
        pattern = re.compile(request.part_pattern)
        ignored = request.ignored_parts
        chosen = [name for name in found if pattern.fullmatch(name) and name not in ignored]
        if not chosen:
            raise request.error(
                "sheet-missing",
                f"no {kind} matches part_pattern {request.part_pattern!r}",
                f"one of the {kind}s found: {listed} (part_pattern in {toml} must match the "
                "whole name)",
            )
        return chosen
    missing = [part for part in request.parts if part not in found]
    if missing:
        spare = [name for name in found if name not in request.parts]
        nearest = difflib.get_close_matches(missing[0], spare, 1, 0.5)
        what, expected = f"no {kind} '{missing[0]}'", f"one of the {kind}s found: {listed}"
        if nearest:
            renamed = [nearest[0] if part == missing[0] else part for part in request.parts]
            line = json.dumps(renamed, ensure_ascii=False)
            what += f" (nearest: '{nearest[0]}')"
            expected += (
                f" (if only the name changed: a drift decision of kind sheet for this file, or, "
                f"from now on, {layout_line(request, f'parts = {line}')})"
            )
        raise request.error("sheet-missing", what, expected, missing[0])
    if not request.parts and len(found) != 1:
        raise request.error(
            "sheet-missing",
            f"{len(found)} {kind}s and none declared",
            f"parts in {toml}, out of: {listed}",
        )
    return [name for name in found if not request.parts or name in request.parts]


def refuse_unread(
    part: str,
    rows: Iterator[Row],
    titles: Sequence[Row],
    merges: Sequence[Merge],
    request: Request,
) -> None:
    """Raises ReadError `sheet-unread` for a sheet that is not read but has the declared header
    and rows: one that an office renamed would be lost without a word where others are read.
    """
    if part in request.ignored_parts or has_no_header(request):
        return
    try:
        head = take_head(part, rows, request, merges, titles)
        filled = head.over or next((row for row in rows if any(row[2])), None)
    except ReadError:
        return  # it is another table
    if filled is None:
        return
    name, toml = json.dumps(part, ensure_ascii=False), f"{request.source_id}.toml"
    declared = "part_pattern" if request.part_pattern is not None else "parts"
    ignored = json.dumps([*request.ignored_parts, part], ensure_ascii=False)
    raise request.error(
        "sheet-unread",
        f"the sheet has the declared header, and {declared} does not name it",
        f"{name} in {declared} of {toml}, or ignored_parts = {ignored}",
        part,
        filled[1],
    )
