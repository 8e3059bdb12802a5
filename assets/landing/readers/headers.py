"""Header rows → names of columns, and the check of these names against the declaration."""

import difflib
import json
import re
from collections import Counter
from collections.abc import Sequence

from assets.landing.readers import wide
from assets.landing.readers.request import GEOMETRY, RESERVED, Request

Merge = tuple[int, int, int, int]  # first row, first column, last row, last column; from 1

_SHOWN = 12
_COMPARED = 200
_UNNAMED = re.compile(r"__column_([1-9][0-9]*)__")
_PSEUDO = re.compile(r"__(?:crs|(?:file|part|title)_[^\W\d]\w*)__")
_WITH_UNIT = re.compile(r"(?P<name>.+?)\s*[(（\[【_/]\s*(?P<unit>[^()（）\[\]【】_/]+)[)）\]】]?")

_BRACKETS = re.compile(r"[(（\[【]\s*([^()（）\[\]【】]+?)\s*[)）\]】]")


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


def is_pseudo(header: str) -> bool:
    """Whether the header stands for a cell read from the name of file or part, or from a title."""
    return _PSEUDO.fullmatch(header) is not None


def check_headers(names: Sequence[str], request: Request, part: str, row: int | None) -> None:
    """Compare delivered names ("" = unnamed) with the declaration.

    Of the headers declared for one column exactly one must be there. Raises ReadError
    `header-mismatch` naming what is missing, what is unexpected, the nearest spelling and the
    line to add to the declaration.
    """
    if request.any_header:
        return
    delivered = [name for name in names if name]
    toml = f"{request.source_id}.toml"

    def refuse(what: str, expected: str) -> None:
        raise request.error("header-mismatch", what, expected, part, row)

    doubled = sorted(name for name, count in Counter(delivered).items() if count > 1)
    if doubled:
        refuse(
            f"header {_listed(doubled)} stands on more than one column",
            "each header once (with groups: header_rows and merged cells)",
        )
    own = {name for name in delivered if is_pseudo(name)} | RESERVED.intersection(delivered)
    if own - {GEOMETRY}:
        refuse(
            f"header {_listed(sorted(own - {GEOMETRY}))} is a name of the reader itself",
            "another header",
        )
    there = set(delivered)
    groups = {name: headers for name, headers in _groups(request) if GEOMETRY not in headers}
    for canonical, headers in groups.items():
        both = [name for name in headers if name in there or is_pseudo(name)]
        if len(both) > 1:
            refuse(
                f"headers {_listed(both)} both stand for '{canonical}'",
                f"one of them (the other in ignored_columns of {toml})",
            )
    absent = {
        canonical: headers
        for canonical, headers in groups.items()
        if not any(name in there or is_pseudo(name) for name in headers)
    }
    optional = set(request.optional_columns)
    missing = {name: headers for name, headers in absent.items() if not optional & set(headers)}
    known = {*request.columns, *request.ignored_columns, *request.personal_columns, GEOMETRY}
    unexpected = [name for name in delivered if name not in known]
    said: list[str] = []
    gone: list[str] = []
    respelled: dict[str, str] = {}
    if request.unpivot_headers is not None:
        strangers = [name for name in unexpected if not wide.is_wide(name, request)]
        if len(strangers) == len(unexpected):
            said.append(f"no header matches {request.unpivot_headers!r} (headers of unpivot)")
        gone = wide.gone(delivered, request)
        respelled = wide.respelled(gone, delivered, request)
        if gone:
            told = [f"'{h}'" + _near(respelled.get(h)) for h in gone]
            said.append(f"missing header {_short(told)}")
        unexpected = strangers
    if not missing and not unexpected and not said:
        return

    # An absent optional column may be the one that was renamed, so it takes part in the guess.
    nearest = _nearest(absent, unexpected)
    nearest |= _in_place({c: h for c, h in absent.items() if c not in nearest}, names, known)
    if missing:
        said.insert(
            0, "missing header " + _short([_told(c, h, nearest) for c, h in missing.items()])
        )
    if unexpected:
        said.append(f"unexpected header {_listed(unexpected)}")
    lost = [headers[0] for name, headers in missing.items() if name not in nearest]
    advice = _advice(nearest, unexpected, lost, toml)
    if request.unpivot_headers is not None:
        advice += wide.advice(unexpected, gone, respelled, request)
    expected = f"the headers declared in {toml}"
    refuse("; ".join(said), expected + (f" ({'; '.join(advice)})" if advice else ""))


def _groups(request: Request) -> list[tuple[str, list[str]]]:
    """(column, the headers that may stand for it), in declared order."""
    found: dict[str, list[str]] = {}
    for header, canonical in request.columns.items():
        found.setdefault(canonical, []).append(header)
    return list(found.items())


def _nearest(absent: dict[str, list[str]], unexpected: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Column → (declared header, delivered header that may be its new name)."""
    # Each comparison takes microseconds, and a hostile header has thousands of names.
    left = list(unexpected[:_COMPARED])
    nearest: dict[str, tuple[str, str]] = {}
    for canonical, headers in absent.items():
        for header in headers:
            close = difflib.get_close_matches(header, left, 1, 0.5)
            if close:
                nearest[canonical] = (header, close[0])
                left.remove(close[0])
                break
    return nearest


def _in_place(
    absent: dict[str, list[str]], names: Sequence[str], known: set[str]
) -> dict[str, tuple[str, str]]:
    """The same for columns declared as `__column_N__` that have a name now."""
    return {
        canonical: (header, names[place - 1])
        for canonical, headers in absent.items()
        for header in headers
        if (place := unnamed_position(header) or 0) and names[place - 1 : place]
        if names[place - 1] and names[place - 1] not in known
    }


def _told(canonical: str, headers: Sequence[str], nearest: dict[str, tuple[str, str]]) -> str:
    words = " or ".join(f"'{name}'" for name in headers)
    return words + _near(nearest[canonical][1] if canonical in nearest else None)


def _near(name: str | None) -> str:
    return "" if name is None else f" (nearest: '{name}')"


def _advice(
    nearest: dict[str, tuple[str, str]], unexpected: Sequence[str], lost: Sequence[str], toml: str
) -> list[str]:
    """What to write into the declaration."""
    advice: list[str] = []
    for old, new in nearest.values():
        if unnamed_position(old):
            continue
        units = _unit_change(old, new)
        if units:
            advice.append(
                f"'{units[0]}' became '{units[1]}': if that is the unit, map {_quoted(new)} to a "
                "column of its own and convert"
            )
        elif added := [text for text in _BRACKETS.findall(new) if text not in old]:
            advice.append(
                f"'{added[0]}' was not in the header: if that is another unit, map {_quoted(new)} "
                "to a column of its own and convert"
            )
    if nearest:
        lines = ", ".join(
            f"{_quoted(new)} = {_quoted(canonical)}" for canonical, (_, new) in nearest.items()
        )
        advice.append(
            f"if only the name changed, add under [columns] of {toml}, beside the old: {lines}"
        )
    taken = {new for _, new in nearest.values()}
    strangers = [name for name in unexpected if name not in taken]
    if strangers:
        listed = _short([_quoted(name) for name in strangers])
        advice.append(f"to keep it unread, add to ignored_columns of {toml}: {listed}")
    if lost:
        listed = _short([_quoted(name) for name in lost])
        advice.append(
            f"if it is no longer delivered, add to optional_columns of {toml}: {listed}; where the "
            "table needs it, its rows go to quarantine"
        )
    return advice


def _unit_change(old: str, new: str) -> tuple[str, str] | None:
    """("吨", "万吨") for 煤(吨) and 煤(万吨): the same name with another unit behind it."""
    before, after = _WITH_UNIT.fullmatch(old), _WITH_UNIT.fullmatch(new)
    if before and after and before["name"] == after["name"] and before["unit"] != after["unit"]:
        return before["unit"], after["unit"]
    return None


def _listed(names: Sequence[str]) -> str:
    return _short([f"'{name}'" for name in names])


def _short(words: Sequence[str]) -> str:
    """The words, cut after a dozen: a message is read in a terminal."""
    more = f" and {len(words) - _SHOWN} more" if len(words) > _SHOWN else ""
    return ", ".join(words[:_SHOWN]) + more


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
