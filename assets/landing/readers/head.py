"""The rows above the records: the header, found where it is declared, and the units."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from assets.landing.readers import mojibake
from assets.landing.readers.errors import ReadError
from assets.landing.readers.headers import (
    Merge,
    check_headers,
    is_pseudo,
    join_headers,
    name_columns,
    unnamed_position,
)
from assets.landing.readers.request import MAX_COLUMNS, TITLE, Request, layout_line
from assets.landing.readers.wide import check_span

Cells = Sequence[str | None]
Row = tuple[int, int, Cells]  # place in the part, row number as a person counts, cells

_LOOKED_AT = 10  # rows behind the expected header that are tried as the header
_ANY = 256  # columns of a grid without a declared header
# Said of a column that has no unit, of a date, of the label of the row, or where another column
# says the unit of each row.
_NO_UNIT = frozenset([*"-—–/1年月日", "unit", "Unit", "单位", "计量单位", "按计量单位"])
_NUMBER = re.compile(r"[-+]?[0-9,]*\.?[0-9]+")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T.*)?")


@dataclass(frozen=True)
class Head:
    """What stands above the records: a name for each place ("" = unnamed), units by header.

    `kept` are the places that are read, `over` a row that was taken from the records, `titles`
    the cells that lines above the header give.
    """

    names: list[str]
    kept: list[int]
    units: dict[str, str]
    over: Row | None
    titles: dict[str, str | None] = field(default_factory=dict)

    @property
    def unnamed(self) -> list[int]:
        """Places without a header."""
        return [place for place, name in enumerate(self.names) if not name]


def take_head(
    part: str,
    rows: Iterator[Row],
    request: Request,
    merges: Sequence[Merge] | None,
    titles: Sequence[Row] = (),
) -> Head:
    """Take the header rows and the units row off `rows`; `titles` are the rows before.

    Rows above the header that are no records by declaration (`skip_rows`) are titles too. Where
    only `__column_N__` are declared there is no header: all rows are records.

    Raises ReadError `header-mismatch`, `header-shifted`, `units-mismatch`, `mojibake`, `bounds`.
    """
    if request.any_header:
        return Head([f"__column_{n}__" for n in range(1, _ANY + 1)], list(range(_ANY)), {}, None)
    if has_no_header(request):
        names = name_columns([], request)
        first = next(rows, None) if request.title_patterns else None
        kept = [place for place, name in enumerate(names) if name]
        return Head(names, kept, {}, first, cells_of_titles(_texts(titles), request))
    names, over, above = _take_header(part, rows, request, merges, titles)
    personal = set(request.personal_columns)
    kept = [place for place, name in enumerate(names) if name and name not in personal]
    units: dict[str, str] = {}
    if request.units_row:
        over, units_row = _next_filled(rows, over)
        units = _take_units(units_row, names, kept, request, part)
    return Head(names, kept, units, over, cells_of_titles(_texts(above), request))


def cells_of_titles(texts: Sequence[str], request: Request) -> dict[str, str | None]:
    """`__title_GROUP__` → what the group of a pattern of `title_patterns` matches in the first cell
    above the header that fits, null where none does.
    """
    found: dict[str, str | None] = {}
    for pattern in map(re.compile, request.title_patterns):
        match = next(filter(None, map(pattern.fullmatch, texts)), None)
        for group in pattern.groupindex:
            found[f"{TITLE}{group}__"] = match[group] if match else None
    return found


def _texts(rows: Sequence[Row]) -> list[str]:
    """The filled cells of the rows."""
    return [text for _, _, cells in rows for cell in cells if (text := (cell or "").strip())]


def counted_head(
    part: str,
    rows: Iterator[Row],
    request: Request,
    merges: Sequence[Merge] | None,
    titles: Sequence[Row],
) -> tuple[Head, int]:
    """`take_head`, and the number of the last row of the head."""
    last = request.title_rows

    def counted() -> Iterator[Row]:
        nonlocal last
        for row in rows:
            last = row[1]
            yield row

    head = take_head(part, counted(), request, merges, titles)
    return head, last if head.over is None else head.over[1] - 1


def has_no_header(request: Request) -> bool:
    """Whether no name is declared that a header could hold."""
    declared = (*request.columns, *request.ignored_columns, *request.personal_columns)
    delivered = [header for header in declared if not is_pseudo(header)]
    if not delivered or request.units_row or request.unpivot_headers is not None:
        return False
    return all(unnamed_position(header) for header in delivered)


def _next_filled(rows: Iterator[Row], first: Row | None) -> tuple[Row | None, Row | None]:
    """(None, the next row with text), beginning with `first`."""
    if first is not None and any(first[2]):
        return None, first
    return None, next((row for row in rows if any(row[2])), None)


def _take_header(
    part: str,
    rows: Iterator[Row],
    request: Request,
    merges: Sequence[Merge] | None,
    titles: Sequence[Row] = (),
) -> tuple[list[str], Row | None, list[Row]]:
    """Names by place ("" = unnamed), the row read too far or None, and the rows above.

    Raises ReadError `header-mismatch`, or `header-shifted` if the declared header is elsewhere.
    """
    top, skipped = _first_of_header(rows, request)
    above = [*titles, *skipped]
    if top is None:
        _look_elsewhere(part, above, request.title_rows + 1, request, merges)
        raise request.error("header-mismatch", "no header row", "a header and rows", part)
    place, number, _ = top
    taken = [top]
    over: Row | None = None
    if request.header_rows > 1:
        # By place, since a lower header row that is merged away altogether is not in the file.
        for row in rows:
            taken.append(row)
            if row[0] >= place + request.header_rows:
                over = row
                break
            if row[0] == place + request.header_rows - 1:
                break
    names = _names_at(top, taken, request, merges)
    if len(names) > MAX_COLUMNS:
        raise request.error(
            "bounds", f"{len(names)} columns", f"at most {MAX_COLUMNS}", part, number
        )
    try:
        check_headers(names, request, part, number)
    except ReadError:
        if found := mojibake.find("\n".join(names)):
            raise mojibake.refuse(request, found, part, number) from None
        _look_elsewhere(part, [*above, *taken, *_some(rows)], number, request, merges)
        raise
    check_span(names, _texts(above), request, part, number)
    return names, over, above


def _first_of_header(rows: Iterator[Row], request: Request) -> tuple[Row | None, list[Row]]:
    """The first filled row that is no title by declaration, and the titles above it."""
    patterns = [re.compile(pattern) for pattern in request.skip_patterns]
    skipped: list[Row] = []
    for row in rows:
        filled = [text for cell in row[2] if (text := (cell or "").strip())]
        if not filled:
            continue
        if not all(any(pattern.fullmatch(text) for pattern in patterns) for text in filled):
            return row, skipped
        skipped.append(row)
    return None, skipped


def _names_at(
    top: Row, rows: Sequence[Row], request: Request, merges: Sequence[Merge] | None
) -> list[str]:
    """The names if the header begins with the row `top`."""
    lines: list[Cells] = [[] for _ in range(request.header_rows)]
    for place, _, cells in rows:
        if 0 <= place - top[0] < request.header_rows:
            lines[place - top[0]] = cells
    return name_columns(join_headers(lines, merges, top[0]), request)


def _some(rows: Iterator[Row]) -> list[Row]:
    """The next rows, as far as they can be read."""
    found: list[Row] = []
    try:
        for row in rows:
            found.append(row)
            if len(found) >= _LOOKED_AT:
                break
    except ReadError:
        pass  # what is wrong further down is less near than the header
    return found


def _look_elsewhere(
    part: str,
    rows: Sequence[Row],
    expected: int,
    request: Request,
    merges: Sequence[Merge] | None,
) -> None:
    """Raises ReadError `header-shifted` if one of the rows begins the declared header."""
    for row in rows:
        if row[1] == expected or not any(row[2]) or len(row[2]) > MAX_COLUMNS:
            continue
        try:
            check_headers(_names_at(row, rows, request, merges), request, part, row[1])
        except ReadError:
            continue
        moved = layout_line(request, f"title_rows = {row[1] - 1}")
        raise request.error(
            "header-shifted",
            f"the declared header begins on row {row[1]}",
            f"it on row {expected} (if the office moved it: a drift decision of kind title_rows "
            f"for this file, or, from now on, {moved})",
            part,
            expected,
        )


def _take_units(
    row: Row | None, names: Sequence[str], kept: Sequence[int], request: Request, part: str
) -> dict[str, str]:
    """Header → text of the units row. Raises ReadError `units-mismatch`."""
    if row is None:
        raise request.error("units-mismatch", "no units row", "units below the header", part)
    _, number, cells = row
    units = {
        names[place]: text
        for place in kept
        if place < len(cells) and (text := " ".join((cells[place] or "").split()))
    }
    for header, text in units.items():
        if text == "1" or not (_NUMBER.fullmatch(text) or _DAY.fullmatch(text)):
            continue
        raise request.error(
            "units-mismatch",
            f"{text!r} below '{header}' is a {'date' if _DAY.fullmatch(text) else 'number'}",
            "a row of units (if the office leaves it out now, "
            f"{layout_line(request, 'units_row = false', 'column_units = {}')})",
            part,
            number,
        )
    expected_units = _expected_units(request)
    for header, expected in expected_units.items():
        found = units.get(header)
        if header in names and found != " ".join(expected.split()):
            raise request.error(
                "units-mismatch",
                f"unit of '{header}' is {found!r}",
                f"{expected!r} (if the office changed the unit: a drift decision of kind unit for "
                f"this file, or, from now on, {_unit_line(request, header, found or '')})",
                part,
                number,
            )
    if request.unpivot_headers is None:  # a wide table takes its units from this row
        rest = {header: text for header, text in units.items() if header not in expected_units}
        _refuse_undeclared(rest, request, part, number)
    return units


def _expected_units(request: Request) -> dict[str, str]:
    """Header → declared unit, which is that of every header of the column."""
    of_column = {
        request.columns[header]: unit
        for header, unit in request.column_units.items()
        if header in request.columns
    }
    others = {
        header: of_column[name] for header, name in request.columns.items() if name in of_column
    }
    return {**others, **request.column_units}


def _refuse_undeclared(units: dict[str, str], request: Request, part: str, row: int) -> None:
    """Raises ReadError `units-mismatch` for a unit of a column that is declared without one."""
    for header, text in units.items():
        if header not in request.columns or text in _NO_UNIT:
            continue
        raise request.error(
            "units-mismatch",
            f"{text!r} below '{header}', which is declared without a unit",
            "nothing there (if its numbers are in that unit: a drift decision of kind unit for "
            f"this file, or, from now on, {_unit_line(request, header, text)})",
            part,
            row,
        )


def _unit_line(request: Request, header: str, unit: str) -> str:
    """The layout in which the column has this unit; the factor is for a person to write."""
    units = {**request.column_units, header: unit}
    listed = ", ".join(f"{_quoted(name)} = {_quoted(text)}" for name, text in units.items())
    factor = f"column_factors = {{ {_quoted(header)} = <declared units in one {unit or 'of it'}> }}"
    return layout_line(request, f"column_units = {{ {listed} }}", factor)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
