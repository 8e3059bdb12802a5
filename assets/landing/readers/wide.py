"""Wide tables: columns that become records, none of which may be gone without a word.

No header of them is declared by name, so nothing else would miss one.
"""

import difflib
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from assets.landing.readers.request import Request

_FEW = 3  # sheets, of which most can agree against one
_MOST = 200  # numbers that are looked for, headers that are compared


def is_wide(header: str, request: Request) -> bool:
    """Whether the header, or the one that it stands for, becomes records."""
    if request.unpivot_headers is None:
        return False
    stands_for = request.unpivot_renamed.get(header, header)
    return re.fullmatch(request.unpivot_headers, stands_for) is not None


def gone(headers: Iterable[str], request: Request) -> list[str]:
    """Headers of a wide table that are not there: of those declared as required, of the numbers
    between two that are there, and of the numbers that another kind of column has (`beside`).

    A required header that is there with other case, blanks or lines below is there.
    """
    listed = list(headers)
    there = [*_stood_for(listed, request), *request.unpivot_absent]
    numbered = _numbered(there, request)
    names = {folded(header) for header in there}
    unnamed = [header for header in request.unpivot_required if folded(header) not in names]
    numbers = set(_between(min(numbered), max(numbered))) if numbered else set()
    if numbered and request.unpivot_beside is not None:
        beside = (re.fullmatch(request.unpivot_beside, header) for header in listed)
        numbers.update(int(match[1]) for match in beside if match is not None)
    return [*unnamed, *_lacking(sorted(numbers), numbered)]


def respelled(gone: Iterable[str], headers: Iterable[str], request: Request) -> dict[str, str]:
    """Required header that is gone → a header there that is not, and may be its new name."""
    required = {folded(header) for header in request.unpivot_required}
    others = [h for h in headers if is_wide(h, request) and folded(h) not in required]
    found: dict[str, str] = {}
    for header in gone:
        if folded(header) not in required:
            continue  # 2017 is no new name of 2016
        near = difflib.get_close_matches(header, others[:_MOST], 1, 0.5)
        if near:
            found[header] = near[0]
            others.remove(near[0])
    return found


def check_span(
    headers: Iterable[str], titles: Iterable[str], request: Request, part: str, row: int | None
) -> None:
    """Raises ReadError `header-mismatch` for a column that a line above the header announces and
    that is not there.
    """
    if request.unpivot_span is None:
        return
    there = [*_stood_for(headers, request), *request.unpivot_absent]
    numbered = _numbered(there, request)
    for title in titles:
        said = re.fullmatch(request.unpivot_span, title)
        if said is None or not numbered:
            continue
        groups = said.groupdict()
        if groups.get("first") and groups.get("last"):
            first, last = sorted((int(groups["first"]), int(groups["last"])))
            announced = _between(first, last)
            lacking = [header for header in _lacking(announced, numbered) if header not in there]
            what = f"no column '{lacking[0]}'" if lacking else ""
        else:
            count = int(groups.get("count") or 0)
            what = f"{len(numbered)} columns" if len(numbered) < count else ""
        if what:
            raise request.error(
                "header-mismatch",
                f"{what}, and the line '{title}' announces it",
                f"all columns it announces ({if_absent(request)})",
                part,
                row,
            )


def advice(
    unexpected: Sequence[str],
    gone: Sequence[str],
    respelled: Mapping[str, str],
    request: Request,
) -> list[str]:
    """What to decide or write for headers that no pattern matches, and for those that are gone."""
    toml = f"{request.source_id}.toml"
    found: list[str] = []
    if unexpected:
        found.append(
            "if it is a column of the wide table: a drift decision of kind renamed for this file, "
            f"or, for all files, let headers under [unpivot] of {toml} match it"
        )
    if respelled:
        lines = ", ".join(f"{_quoted(new)} = {_quoted(old)}" for old, new in respelled.items())
        found.append(
            "if only the name changed: a drift decision of kind renamed for this file, or, for all "
            f"files, under [unpivot.renamed] of {toml}: {lines}"
        )
    found += [if_absent(request, name) for name in gone if name not in respelled][:1]
    return found


def if_absent(request: Request, header: str = "…") -> str:
    """What to decide or write for a column that is not delivered any more."""
    return (
        "if it is no longer delivered: a drift decision of kind dropped for this file, or, for "
        f"all files, add to absent under [unpivot] of {request.source_id}.toml: {_quoted(header)}"
    )


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _stood_for(headers: Iterable[str], request: Request) -> list[str]:
    return [request.unpivot_renamed.get(header, header) for header in headers]


def _numbered(headers: Iterable[str], request: Request) -> dict[int, str]:
    """Number in the group `consecutive` → the header with a blank place for it."""
    group = request.unpivot_consecutive
    if group is None or request.unpivot_headers is None:
        return {}
    pattern = re.compile(request.unpivot_headers)
    found: dict[int, str] = {}
    for header in headers:
        match = pattern.fullmatch(header)
        if match is not None and (match[group] or "").isdecimal():
            found[int(match[group])] = (
                header[: match.start(group)] + "{}" + header[match.end(group) :]
            )
    return found


def _between(first: int, last: int) -> range:
    # Headers and titles are the office's text: from 2017 to 20180 there are many years.
    return range(first, min(last, first + _MOST) + 1)


def _lacking(expected: Iterable[int], numbered: Mapping[int, str]) -> list[str]:
    """The headers of the numbers that are not there, written as one that is."""
    written = next(iter(numbered.values()), "{}")
    return [written.replace("{}", str(n)) for n in expected if n not in numbered]


def check_alike(headers_of: Mapping[str, Sequence[str]], request: Request) -> None:
    """Raises ReadError `header-mismatch` for a sheet of a wide table without a column that most of
    the others have: there a column is not declared by name, so nothing else misses it.

    Names that differ in case, blanks and lines below only are the same column.
    """
    if request.unpivot_headers is None or len(headers_of) < _FEW:
        return
    names = {
        part: {
            folded(name): name for name in _stood_for(headers, request) if is_wide(name, request)
        }
        for part, headers in headers_of.items()
    }
    absent = {folded(header) for header in request.unpivot_absent}
    counts = Counter(name for found in names.values() for name in found)
    spelled = {name: header for found in names.values() for name, header in found.items()}
    for part, found in names.items():
        for name, count in counts.items():
            if name not in found and name not in absent and 2 * count > len(names):
                line = json.dumps([*request.ignored_parts, part], ensure_ascii=False)
                raise request.error(
                    "header-mismatch",
                    f"no column '{spelled[name]}', which {count} of {len(names)} sheets have",
                    f"it in every sheet, empty where there is nothing (to leave the sheet out, "
                    f"write ignored_parts = {line} in {request.source_id}.toml; "
                    f"{if_absent(request, spelled[name])})",
                    part,
                )


def folded(header: str) -> str:
    """The header without case, blanks and lines below: one column is spelled in several ways."""
    return re.sub(r"[\s_]+", "", header).casefold()
