"""Where things stand in the grid of an unknown sheet or csv: titles, header, units, footers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assets.landing.readers import RawPart
from assets.landing.readers.headers import join_headers
from assets.landing.readers.request import EXTRA, ROW_NUMBER

# Enough to see the layout of a file.
LOOKED_AT = 5_000
_FOOTER = re.compile(
    r"^(注|说明|备注：|资料来源|数据来源|单位负责人|填表人|合计|总计|Source|Note)", re.I
)
UNIT = re.compile(
    r"^[（(]?(万|亿|千|百万|10\^?\d+)?\s*(吨|元|千瓦时|度|立方米|平方米|平方公里|公顷|公里|米|人|个|户|家|%|％|"
    r"t|kg|g|kWh|MWh|GWh|GJ|TJ|kj|tce|ton|cu\.?m|ha|km2|km|m2|MW|kW|tCO2.*|吨标准煤|标准煤.*)[)）]?$",
    re.I,
)


@dataclass(frozen=True)
class Layout:
    """Where things stand in the grid of a sheet or csv; rows as a person counts."""

    title_rows: int
    header_rows: int
    headers: list[str]
    units: list[str] | None
    body: list[list[str]]
    footers: list[str]


def _grid(part: RawPart) -> list[tuple[int, list[str]]]:
    """Rows as a person counts, with the cells of the columns that hold anything."""
    rows = part.rows.head(LOOKED_AT)
    cells = [
        name
        for name in rows.columns
        if name not in (ROW_NUMBER, EXTRA) and rows.get_column(name).null_count() < rows.height
    ]
    return [
        (number, [(text or "").strip() for text in texts])
        for number, *texts in rows.select(ROW_NUMBER, *cells).iter_rows()
    ]


def layout_of(part: RawPart) -> Layout:
    """Title lines, header, units and footers of a grid without declared header."""
    grid = _grid(part)
    widest = max(sum(map(bool, cells)) for _, cells in grid[:50])
    place = next(
        n
        for n, (_, cells) in enumerate(grid)
        if (sum(map(bool, cells)) >= max(1, 0.6 * widest) and _mostly_text(cells))
        or sum(map(bool, cells)) == widest
    )
    number, header = grid[place]
    body = grid[place + 1 :]
    header_rows = 1
    if body and _goes_on(header, body[0][1]):
        header_rows = 2
        header = join_headers([header, body[0][1]], None, 1)
        body = body[1:]
    used = [n for n, text in enumerate(header) if text]
    units: list[str] | None = None
    if body and _is_units(body[0][1]):
        units = [body[0][1][n] for n in used]
        body = body[1:]
    footers = []
    while body and _is_footer(body[-1][1]):
        footers.append(next(text for text in body.pop()[1] if text))
    return Layout(
        title_rows=number - 1,
        header_rows=header_rows,
        headers=[" ".join(header[n].split()) for n in used],
        units=units,
        body=[[cells[n] for n in used] for _, cells in body],
        footers=footers,
    )


def named_layout(part: RawPart) -> Layout:
    """A layer or list of records names its columns itself."""
    headers = [name for name in part.rows.columns if name not in (ROW_NUMBER, EXTRA)]
    rows = part.rows.head(LOOKED_AT).select(headers).rows()
    body = [[text or "" for text in row] for row in rows]
    return Layout(0, 1, headers, None, body, [])


def _mostly_text(cells: Sequence[str]) -> bool:
    filled = [text for text in cells if text]
    return sum(is_number(text) for text in filled) <= 0.3 * len(filled)


def _goes_on(upper: Sequence[str], lower: Sequence[str]) -> bool:
    """Whether a second header row stands below: it names columns that the first leaves open."""
    filled = [n for n, text in enumerate(lower) if text]
    opened = [n for n in filled if not upper[n]]
    return (
        bool(opened)
        and _mostly_text(lower)
        and not _is_units(lower)
        and len(filled) < len([text for text in upper if text]) + len(opened)
    )


def _is_units(cells: Sequence[str]) -> bool:
    filled = [text for text in cells if text]
    return bool(filled) and sum(bool(UNIT.match(text)) for text in filled) >= 0.6 * len(filled)


def _is_footer(cells: Sequence[str]) -> bool:
    filled = [text for text in cells if text]
    return bool(filled) and (bool(_FOOTER.match(filled[0])) or (len(filled) == 1 < len(cells)))


def is_number(text: str) -> bool:
    """Whether the text is a number, with or without thousands separators."""
    return bool(re.fullmatch(r"[+-]?(\d[\d,]*)(\.\d*)?([eE][+-]?\d+)?", text))
