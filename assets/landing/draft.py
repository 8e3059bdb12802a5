"""A draft of a declaration and a table from a file that no source is declared for yet.

Everything here is a guess for a person to look over; each guess that the file does not prove
is said so in the draft.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from assets.landing.declaration import VECTOR, Format, load_sources
from assets.landing.readers import RawPart, ReadError, read_unknown

_PERSONAL = re.compile(
    r"法人代表|法定代表人|负责人|联系人|经办人|填表人|电话|手机|传真|邮箱|身份证|e-?mail|phone|contact.*name",
    re.I,
)
_FOOTER = re.compile(
    r"^(注|说明|备注：|资料来源|数据来源|单位负责人|填表人|合计|总计|Source|Note)", re.I
)
_UNIT = re.compile(
    r"^[（(]?(万|亿|千|百万|10\^?\d+)?\s*(吨|元|千瓦时|度|立方米|平方米|平方公里|公顷|公里|米|人|个|户|家|%|％|"
    r"t|kg|g|kWh|MWh|GWh|GJ|TJ|kj|tce|ton|cu\.?m|ha|km2|km|m2|MW|kW|tCO2.*|吨标准煤|标准煤.*)[)）]?$",
    re.I,
)
_HEADER_UNIT = re.compile(r"[（(\[]([^()（）\[\]]{1,12})[)）\]]\s*$")
_NOTHING = ["-", "—", "－", "–", "…", "……", "***", "N/A", "NA", "n/a", "null", "NULL", "/", "无"]
_SUFFIXES: dict[str, Format] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".xls": "xlsx",
    ".json": "json",
    ".js": "json",
    ".shp": "shapefile",
    ".zip": "shapefile",
    ".geojson": "geojson",
    ".gpkg": "geopackage",
    ".kml": "kml",
    ".kmz": "kml",
}
_SAMPLE = 5_000


class DraftError(ValueError):
    """A file of which no draft can be made; the message says why and what to do."""


@dataclass
class _Column:
    header: str
    name: str
    annotation: str
    nullable: bool
    unit: str = ""


@dataclass(frozen=True)
class Draft:
    """TOML of the declaration, Python of the table, and what was guessed."""

    source_id: str
    toml: str
    table: str
    guesses: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class _Layout:
    """Where things stand in the grid of a sheet or csv; rows as a person counts."""

    title_rows: int
    headers: list[str]
    units: list[str] | None
    body: list[list[str]]
    footers: list[str]


def draft_source(path: Path, source_id: str | None = None) -> Draft:
    """A draft for the file. Raises DraftError if it cannot be read at all."""
    form = _SUFFIXES.get(path.suffix.lower())
    if not path.is_file():
        raise DraftError(f"{path}: no such file")
    if form is None:
        raise DraftError(f"{path.name}: unknown suffix; expected one of {', '.join(_SUFFIXES)}")
    delimiter = _delimiter(path) if form == "csv" else ","
    try:
        parts = read_unknown(path, form, delimiter)
    except ReadError as error:
        raise DraftError(f"{error}\nmend the file, or write the declaration by hand") from None
    parts = [part for part in parts if part.rows.height]
    if not parts:
        raise DraftError(f"{path.name}: no rows")
    part = max(parts, key=lambda part: part.rows.height)
    layout = _layout(part) if form in ("csv", "xlsx") else _named(part)
    given = source_id or _slug(path.stem) or "new_source"
    guesses: list[str] = []
    columns = _columns(layout, guesses)
    personal = [header for header in layout.headers if _PERSONAL.search(header)]
    nothing = _nothing(layout)
    key = _key(layout, columns, guesses)
    lines = [
        f'id = "{given}"',
        f"title_zh = {_quoted(path.stem)}",
        'title_en = "…"',
        'publisher = "…"',
        'licence = "…"',
        'cadence = "…"',
        f'format = "{form}"',
        f'table = "accepted.{given}"',
        f"key = {json.dumps(key)}",
    ]
    if form == "csv" and delimiter != ",":
        lines.append(f"delimiter = {_quoted(delimiter)}")
    if part.encoding and form == "csv":
        lines.append(f'encodings = ["{part.encoding}"]')
    if form == "xlsx":
        lines.append(f"parts = {json.dumps([part.part], ensure_ascii=False)}")
        if len(parts) > 1:
            guesses.append(f"sheets with rows: {', '.join(p.part for p in parts)}")
    if layout.title_rows:
        lines.append(f"title_rows = {layout.title_rows}")
    if layout.units is not None:
        lines.append("units_row = true")
    if layout.footers:
        starts = sorted({re.escape(text[:2]) for text in layout.footers})
        lines.append(
            f"footer_patterns = {json.dumps(['^' + s for s in starts], ensure_ascii=False)}"
        )
    if form in VECTOR:
        lines.append(f'crs = "{_crs(part, guesses)}"')
    if nothing:
        lines.append(f"null_texts = {json.dumps(nothing, ensure_ascii=False)}")
    if personal:
        lines.append(f"personal_columns = {json.dumps(personal, ensure_ascii=False)}")
    lines.append(
        "pedigree = { reliability = 3, completeness = 3, temporal = 1, geographical = 1, "
        "technological = 1 }"
    )
    lines += [f"# guess: {guess}" for guess in guesses]
    lines += ["", "[columns]"]
    lines += [f"{_quoted(c.header)} = {_quoted(c.name)}" for c in columns]
    if layout.units is not None:
        lines += ["", "[column_units]"]
        lines += [f"{_quoted(c.header)} = {_quoted(c.unit)}" for c in columns if c.unit]
    toml = "\n".join(lines) + "\n"
    return Draft(given, toml, _table(given, columns, key), guesses)


def _delimiter(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(1 << 16)
    counts = {mark: head.count(mark.encode()) for mark in (",", "\t", ";", "|")}
    return max(counts, key=lambda mark: counts[mark])


def _grid(part: RawPart) -> list[tuple[int, list[str]]]:
    rows = part.rows.head(_SAMPLE)
    cells = [name for name in rows.columns if name not in ("row_number", "__extra__")]
    return [
        (number, [(text or "").strip() for text in texts])
        for number, *texts in rows.select("row_number", *cells).iter_rows()
    ]


def _layout(part: RawPart) -> _Layout:
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
    used = [n for n, text in enumerate(header) if text]
    body = grid[place + 1 :]
    units: list[str] | None = None
    if body and _is_units(body[0][1]):
        units = [body[0][1][n] for n in used]
        body = body[1:]
    footers = []
    while body and _is_footer(body[-1][1]):
        footers.append(next(text for text in body.pop()[1] if text))
    return _Layout(
        title_rows=number - 1,
        headers=[" ".join(header[n].split()) for n in used],
        units=units,
        body=[[cells[n] for n in used] for _, cells in body],
        footers=footers,
    )


def _named(part: RawPart) -> _Layout:
    """A layer or list of records names its columns itself."""
    headers = [name for name in part.rows.columns if name not in ("row_number", "__extra__")]
    body = [[text or "" for text in row] for row in part.rows.head(_SAMPLE).select(headers).rows()]
    return _Layout(0, headers, None, body, [])


def _mostly_text(cells: Sequence[str]) -> bool:
    filled = [text for text in cells if text]
    return sum(_is_number(text) for text in filled) <= 0.3 * len(filled)


def _is_units(cells: Sequence[str]) -> bool:
    filled = [text for text in cells if text]
    return bool(filled) and sum(bool(_UNIT.match(text)) for text in filled) >= 0.6 * len(filled)


def _is_footer(cells: Sequence[str]) -> bool:
    filled = [text for text in cells if text]
    return bool(filled) and (bool(_FOOTER.match(filled[0])) or (len(filled) == 1 < len(cells)))


def _is_number(text: str) -> bool:
    return bool(re.fullmatch(r"[+-]?(\d[\d,]*)(\.\d*)?([eE][+-]?\d+)?", text))


def _columns(layout: _Layout, guesses: list[str]) -> list[_Column]:
    known = _known_names()
    taken: set[str] = set()
    columns = []
    for place, header in enumerate(layout.headers):
        if _PERSONAL.search(header):
            continue
        texts = [row[place] for row in layout.body]
        name = known.get(header) or _slug(header) or f"column_{place + 1}"
        while name in taken or name in {"row_id", "row_number"}:
            name += "_2"
        taken.add(name)
        unit = layout.units[place] if layout.units else ""
        in_header = _HEADER_UNIT.search(header)
        if not unit and in_header and _UNIT.match(in_header.group(1)):
            unit = in_header.group(1)
            guesses.append(f"{header}: the unit stands in the header")
        columns.append(_Column(header, name, *_type(header, texts), unit))
    return columns


def _known_names() -> dict[str, str]:
    """Delivered header to column, as the declared sources have it."""
    found: dict[str, str] = {}
    for source in load_sources().values():
        for header, name in source.columns.items():
            found.setdefault(header, name)
    return found


def _type(header: str, texts: Sequence[str]) -> tuple[str, bool]:
    """Annotation of the column and whether it may be empty."""
    filled = [text for text in texts if text and text not in _NOTHING]
    nullable = len(filled) < len(texts) or not filled
    if header == "__geometry__" or not filled:
        return "str", nullable
    code = re.search(r"代码|编号|邮编|code|\bid\b", header, re.I)
    # A code with a leading zero, or longer than any number, is text.
    if code or any(re.fullmatch(r"0\d+", text) or len(text) > 18 for text in filled):
        return "str", nullable
    if all(re.fullmatch(r"[+-]?\d{1,18}", text) for text in filled):
        return "int", nullable
    if all(_is_number(text) for text in filled):
        place = re.search(r"经度|纬度|lon|lat|坐标", header, re.I)
        return ("float" if place else "Quantity"), nullable
    if all(re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) for text in filled):
        return "pl.Date", nullable
    return "str", nullable


def _nothing(layout: _Layout) -> list[str]:
    """Texts in columns of numbers that may say that there is no value."""
    found = set()
    for place in range(len(layout.headers)):
        texts = [row[place] for row in layout.body if row[place]]
        odd = {text for text in texts if not _is_number(text)}
        if texts and odd and odd <= set(_NOTHING):
            found |= odd
    return sorted(found)


def _key(layout: _Layout, columns: list[_Column], guesses: list[str]) -> list[str]:
    """The first one or two columns that are filled and never repeat."""
    place_of = {c.name: layout.headers.index(c.header) for c in columns}
    sound = [c.name for c in columns if not c.nullable and c.annotation != "Quantity"]
    one = [[name] for name in sound]
    pairs = [[a, b] for n, a in enumerate(sound[:8]) for b in sound[n + 1 : 8]]
    for names in [*one, *pairs]:
        seen = {tuple(row[place_of[name]] for name in names) for row in layout.body}
        if len(seen) == len(layout.body) and layout.body:
            guesses.append(f"key: {', '.join(names)} is unique in this file")
            return names
    guesses.append("key: no one or two columns are unique: each row is its own key")
    return ["source_row_id"]


def _crs(part: RawPart, guesses: list[str]) -> str:
    """EPSG of what the file says; else a guess by the range of the coordinates."""
    if part.crs:
        import pyproj

        try:
            code = pyproj.CRS.from_user_input(part.crs).to_epsg(min_confidence=20)
        except pyproj.exceptions.CRSError:
            code = None
        if code:
            return f"EPSG:{code}"
    import shapely

    texts = part.rows.head(_SAMPLE).get_column("__geometry__").drop_nulls()
    west, south, east, north = shapely.total_bounds(
        shapely.from_wkb([bytes.fromhex(text) for text in texts])
    )
    if 73 <= west <= east <= 136 and 3 <= south <= north <= 54:
        guesses.append("crs: degrees in China; CGCS2000 assumed, could be GCJ-02 (500 m off)")
        return "EPSG:4490"
    guesses.append(
        f"crs: unknown; coordinates from {west:.0f} {south:.0f} to {east:.0f} {north:.0f}"
    )
    return "…"


def _table(source_id: str, columns: list[_Column], key: list[str]) -> str:
    """Python of the table's declaration."""
    name = "".join(word.capitalize() for word in source_id.split("_"))
    lines = [f"class {name}(Table):", "    source_row_id: str = source_row()"]
    for c in columns:
        options = f', unit="{c.unit}"' if c.unit else ""
        options += ", nullable=True" if c.nullable else ""
        zh = json.dumps(c.header, ensure_ascii=False)
        lines.append(f'    {c.name}: {c.annotation} = column({zh}, "…"{options})')
    lines += [
        "    pedigree: str = pedigree()",
        "",
        "    class Config:",
        "        metadata = {",
        f'            "table": "accepted.{source_id}",',
        f'            "key": {json.dumps(key)},',
        '            "about": "One row a ….",',
        "        }",
    ]
    return "\n".join(lines) + "\n"


def _slug(text: str) -> str:
    """Latin letters and digits of a text as a column name, or nothing."""
    words = re.findall(r"[A-Za-z][A-Za-z0-9]*|[0-9]+", text)
    slug = "_".join(word.lower() for word in words)
    return slug if slug and slug[0].isalpha() else ""


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
