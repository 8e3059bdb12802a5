"""Header rows → names of columns, and the check of these names against the declaration."""

import difflib
import json
import re
from collections.abc import Sequence

from assets.landing.readers.request import GEOMETRY, RESERVED, Request

Merge = tuple[int, int, int, int]  # first row, first column, last row, last column; from 1

_SHOWN = 12
_UNNAMED = re.compile(r"__column_([1-9][0-9]*)__")


def clean_header(text: str) -> str:
    """A header without blanks around it, with each run of blanks or line breaks as one space."""
    return " ".join(text.split())


def unnamed_position(header: str) -> int | None:
    """3 for `__column_3__`, the way to declare a column delivered without a header; else None."""
    match = _UNNAMED.fullmatch(header)
    return int(match.group(1)) if match else None


def join_headers(
    rows: Sequence[Sequence[str | None]], merges: Sequence[Merge] | None, first_row: int
) -> list[str]:
    """One name a column: the texts above each other joined by "/"; "" where there is none.

    With `merges` (a worksheet) a merged region gives its text to each of its columns, once.
    Without (csv, `merges` None) an empty upper cell belongs to the group on its left if there is
    a name below it: that is how a merged header looks after "save as csv".
    """
    width = max((len(row) for row in rows), default=0)
    grid = [[clean_header(text or "") for text in row] for row in rows]
    for line in grid:
        line.extend([""] * (width - len(line)))
    if merges is None:
        for upper, line in enumerate(grid[:-1]):
            for column in range(1, width):
                below = any(grid[lower][column] for lower in range(upper + 1, len(grid)))
                if not line[column] and below:
                    line[column] = line[column - 1]
    else:
        for top, left, bottom, right in merges:
            if not first_row <= top < first_row + len(grid) or left > width:
                continue
            line = grid[top - first_row]
            text = line[left - 1]
            for lower in range(top - first_row, min(bottom - first_row + 1, len(grid))):
                for column in range(left - 1, min(right, width)):
                    grid[lower][column] = ""
            for column in range(left - 1, min(right, width)):
                line[column] = text
    return ["/".join(line[column] for line in grid if line[column]) for column in range(width)]


def name_columns(names: Sequence[str], request: Request) -> list[str]:
    """Trailing empty names cut off; declared `__column_N__` put on the N-th unnamed column."""
    declared = (*request.columns, *request.ignored_columns, *request.personal_columns)
    named = list(names)
    while named and not named[-1]:
        named.pop()
    for header in declared:
        position = unnamed_position(header)
        if position is None:
            continue
        named.extend([""] * (position - len(named)))
        if not named[position - 1]:
            named[position - 1] = header
    return named


def check_headers(names: Sequence[str], request: Request, part: str, row: int | None) -> None:
    """Compare delivered names ("" = unnamed) with the declaration.

    Raises ReadError `header-mismatch` naming what is missing, what is unexpected, the nearest
    spelling and the line to add to the declaration.
    """
    delivered = [name for name in names if name]
    toml = f"{request.source_id}.toml"
    doubled = sorted({name for name in delivered if delivered.count(name) > 1})
    if doubled:
        raise request.error(
            "header-mismatch",
            f"header {_listed(doubled)} stands on more than one column",
            "each header once (with groups: header_rows and merged cells)",
            part,
            row,
        )
    reserved = sorted((RESERVED - {GEOMETRY}).intersection(delivered))
    if reserved:
        raise request.error(
            "header-mismatch",
            f"header {_listed(reserved)} is a name of the reader itself",
            "another header",
            part,
            row,
        )
    known = {*request.columns, *request.ignored_columns, *request.personal_columns, GEOMETRY}
    optional = {
        *request.optional_columns,
        *request.ignored_columns,
        *request.personal_columns,
        GEOMETRY,
    }
    missing = [name for name in request.columns if name not in delivered and name not in optional]
    unexpected = [name for name in delivered if name not in known]
    if not missing and not unexpected:
        return

    # A missing optional column may be the one that was renamed, so it takes part in the guess.
    absent = [name for name in request.columns if name not in delivered]
    nearest: dict[str, str] = {}
    for name in absent:
        close = difflib.get_close_matches(
            name, [other for other in unexpected if other not in nearest.values()], 1, 0.5
        )
        if close:
            nearest[name] = close[0]
    said: list[str] = []
    if missing:
        said.append(
            "missing header "
            + _short(
                [
                    f"'{name}'" + (f" (nearest: '{nearest[name]}')" if name in nearest else "")
                    for name in missing
                ]
            )
        )
    if unexpected:
        said.append(f"unexpected header {_listed(unexpected)}")
    advice: list[str] = []
    if nearest:
        lines = ", ".join(
            f"{_quoted(new)} = {_quoted(request.columns[old])}" for old, new in nearest.items()
        )
        advice.append(f"if only the name changed, write under [columns] of {toml}: {lines}")
    strangers = [name for name in unexpected if name not in nearest.values()]
    if strangers:
        listed = _short([_quoted(name) for name in strangers])
        advice.append(f"to keep it unread, add to ignored_columns of {toml}: {listed}")
    expected = f"the headers declared in {toml}"
    raise request.error(
        "header-mismatch",
        "; ".join(said),
        expected + (f" ({'; '.join(advice)})" if advice else ""),
        part,
        row,
    )


def _listed(names: Sequence[str]) -> str:
    return _short([f"'{name}'" for name in names])


def _short(words: Sequence[str]) -> str:
    """The words, cut after a dozen: a message is read in a terminal."""
    more = f" and {len(words) - _SHOWN} more" if len(words) > _SHOWN else ""
    return ", ".join(words[:_SHOWN]) + more


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
