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
from assets.landing.draft_crs import guessed_crs
from assets.landing.layout import UNIT, Layout, is_number, layout_of, named_layout
from assets.landing.readers import ReadError, read_unknown

_PERSONAL = re.compile(
    r"法人代表|法定代表人|负责人|联系人|经办人|填表人|电话|手机|传真|邮箱|身份证|e-?mail|phone|contact.*name",
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
_YEAR = re.compile(r"(19|20)\d{2}年?")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_WIDE = 3
_MOST = 0.8  # of the cells of a column that tell its type
_UNPIVOT = """
[unpivot]
headers = '(?P<year>\\d{4})年?'
value = "value"
consecutive = "year"
"""


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
        """The fields by name."""
        return asdict(self)


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
    layout = layout_of(part) if form in ("csv", "xlsx") else named_layout(part)
    given = source_id or _slug(path.stem) or "new_source"
    guesses: list[str] = []
    years = [header for header in layout.headers if _YEAR.fullmatch(header)]
    wide = len(years) >= _WIDE
    columns = [c for c in _columns(layout, guesses) if not (wide and c.header in years)]
    personal = [header for header in layout.headers if _PERSONAL.search(header)]
    nothing = _nothing(layout)
    key = _key(layout, columns, guesses)
    if wide:
        guesses.append(f"{len(years)} columns are years: read as one row a year")
        key = key if key == ["source_row_id"] else [*key, "year"]
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
    if layout.header_rows > 1:
        lines.append(f"header_rows = {layout.header_rows}")
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
        crs, reasons = guessed_crs(part)
        guesses += reasons
        lines.append(f"crs = {_quoted(crs)}")
    if nothing:
        lines.append(f"null_texts = {json.dumps(nothing, ensure_ascii=False)}")
    if any(_THOUSANDS.fullmatch(text) for row in layout.body for text in row):
        lines.append('numbers = ["thousands"]')
    if any(c.name == "year" for c in columns):
        lines.append('period = "year"')
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
    if wide:
        toml += _UNPIVOT
        columns += [
            _Column("来源列", "source_column", "str", False),
            _Column("年份", "year", "int", False),
            _Column("值", "value", "Quantity", False),
        ]
    return Draft(given, toml, _table(given, columns, key), guesses)


def _delimiter(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(1 << 16)
    counts = {mark: head.count(mark.encode()) for mark in (",", "\t", ";", "|")}
    return max(counts, key=lambda mark: counts[mark])


def _columns(layout: Layout, guesses: list[str]) -> list[_Column]:
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
        if not unit and in_header and UNIT.match(in_header.group(1)):
            unit = in_header.group(1)
            guesses.append(f"{header}: the unit stands in the header")
        columns.append(_Column(header, name, *_type(header, texts, guesses), unit))
    return columns


def _known_names() -> dict[str, str]:
    """Delivered header to column, as the declared sources have it."""
    found: dict[str, str] = {}
    for source in load_sources().values():
        for header, name in source.columns.items():
            found.setdefault(header, name)
    return found


def _type(header: str, texts: Sequence[str], guesses: list[str]) -> tuple[str, bool]:
    """Annotation of the column and whether it may be empty."""
    filled = [text for text in texts if text and text not in _NOTHING]
    nullable = len(filled) < len(texts) or not filled
    if header == "__geometry__" or not filled:
        return "str", nullable
    code = re.search(r"代码|编号|邮编|code|\bid\b", header, re.I)
    # A code with a leading zero, or longer than any number, is text.
    if code or any(re.fullmatch(r"0\d+", text) or len(text) > 18 for text in filled):
        return "str", nullable
    numbers = [text for text in filled if is_number(text)]
    if len(numbers) < len(filled) and len(numbers) >= _MOST * len(filled):
        odd = next(text for text in filled if not is_number(text))
        guesses.append(f"{header}: numbers, but for texts such as {odd!r}")
        filled = numbers
    if all(re.fullmatch(r"[+-]?\d{1,18}", text) for text in filled):
        return "int", nullable
    if len(numbers) == len(filled):
        place = re.search(r"经度|纬度|經度|緯度|lon|lat|lng|坐标|座標", header, re.I)
        return ("float" if place else "Quantity"), nullable
    if all(re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) for text in filled):
        return "pl.Date", nullable
    return "str", nullable


def _nothing(layout: Layout) -> list[str]:
    """Texts in columns of numbers that may say that there is no value."""
    found = set()
    for place in range(len(layout.headers)):
        texts = [row[place] for row in layout.body if row[place]]
        odd = {text for text in texts if not is_number(text)}
        if texts and odd and odd <= set(_NOTHING):
            found |= odd
    return sorted(found)


def _key(layout: Layout, columns: list[_Column], guesses: list[str]) -> list[str]:
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
