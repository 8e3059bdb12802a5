"""The empty form of a source, and a worked example of it, from its declaration alone.

What is written here is what the readers expect: title, header, units and footer rows as
declared, each column once. Codes are text cells, so that no zero is lost.
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import shapely
import xlsxwriter

from assets.landing.declaration import SourceDeclaration
from assets.landing.examples import EXAMPLES, SHAPES, Row
from assets.landing.ingest import ILLUSTRATIVE_MARK
from assets.landing.readers.headers import unnamed_position
from quality.contracts.registry import table_of
from quality.contracts.table import Column

_BLANK_ROWS = 30
_RESERVED = re.compile(r"__\w+__")
_NUMBERS = {"BIGINT", "DOUBLE"}
_FOOTER = (
    "说明：灰色表头为选填；代码、户号、年月按文本填写，保留前导零；日期写作 2023-01-31；"
    "数字不带单位、千分位和“约”；没有数值的单元格留空；不增减表头。"
)
_INVENTED = "示意数据：单位与数值均为虚构，不得引用"
_TO_FILL_IN = "填报单位：                    填报日期：      年    月    日"
_BORDER = {"border": 1, "valign": "vcenter", "text_wrap": True}


class TemplateError(ValueError):
    """A template that cannot be written; the message says why and what to do."""


def template_name(source: SourceDeclaration, example: bool = False) -> str:
    """The file name a template is given: title of the form, 示意 if it is an example."""
    suffix = "xlsx" if "xlsx" in source.formats else "geojson"
    return f"{source.title_zh}{'_' + ILLUSTRATIVE_MARK if example else ''}.{suffix}"


def is_form(source: SourceDeclaration) -> bool:
    """Whether a person could fill the source in: one sheet or layer, a column a header."""
    unnamed = any(unnamed_position(header) for header in source.columns)
    sheets = source.part_pattern is not None or len(source.parts) > 1
    kinds = {"xlsx", "geojson"} & set(source.formats)
    return bool(kinds) and source.unpivot is None and not sheets and not unnamed


def write_template(source: SourceDeclaration, path: Path, example: bool = False) -> None:
    """Write the form of a source to `path`; with `example` filled with invented rows.

    A workbook where the source takes one, else GeoJSON. Raises TemplateError for a source
    without either, an example that does not exist or whose file name does not say 示意.
    """
    rows = EXAMPLES.get(source.id, []) if example else []
    if not is_form(source):
        raise TemplateError(
            f"{source.id}: no form to fill in; expected a source that takes one sheet of xlsx, "
            "or geojson, with a name on each column"
        )
    if example and not rows:
        raise TemplateError(f"{source.id}: no example; expected one of {', '.join(EXAMPLES)}")
    if example and ILLUSTRATIVE_MARK not in path.name:
        raise TemplateError(
            f"{path.name}: an example must say so; expected {ILLUSTRATIVE_MARK} in the file name, "
            f"such as {template_name(source, example=True)}"
        )
    if "xlsx" in source.formats:
        _Workbook(source, path, example).write(rows)
    elif example:
        path.write_text(_layer(source, rows), encoding="utf-8")
    else:
        raise TemplateError(
            f"{source.id}: an empty layer shows no fields; write the example and replace its rows"
        )


def _headers(source: SourceDeclaration) -> dict[str, str | None]:
    """Headers of the form in order, with the column each fills: None for those not read.

    Names in `__` are what the readers give, and stand in no file.
    """
    first: dict[str, str | None] = dict.fromkeys(source.ignored_columns)
    first.update({names[0]: name for name, names in source.headers_of().items()})
    return {header: name for header, name in first.items() if not _RESERVED.fullmatch(header)}


def _columns(source: SourceDeclaration) -> dict[str, Column]:
    return {c.name: c for c in table_of(source.table).declared_columns()}


class _Workbook:
    """One sheet: title rows, header, units row, rows to fill in, footer."""

    def __init__(self, source: SourceDeclaration, path: Path, example: bool) -> None:
        self._source = source
        self._example = example
        self._headers = _headers(source)
        self._typed = _columns(source)
        self._allowed = _allowed_values(source)
        self._title = source.title_zh + (f"（{ILLUSTRATIVE_MARK}）" if example else "")
        self._book = xlsxwriter.Workbook(str(path))
        # The same declaration gives the same bytes on every day.
        self._book.set_properties({"title": self._title, "created": datetime(2020, 1, 1)})
        part = source.parts[0] if source.parts else re.sub(r"[\[\]:*?/\\]", "", self._title)[:31]
        self._sheet = self._book.add_worksheet(part)

    def write(self, rows: list[Row]) -> None:
        top = self._write_title()
        first = self._write_header(top)
        last = first + max(len(rows), 0 if self._example else _BLANK_ROWS) - 1
        self._write_rows(rows, first, last)
        self._write_footer(last + 1)
        self._sheet.freeze_panes(first, 0)
        self._book.close()

    def _format(self, **more: Any) -> Any:
        return self._book.add_format({"font_name": "宋体", "font_size": 10, **more})

    def _across(self, row: int, text: str, look: Any) -> None:
        width = len(self._headers)
        if width > 1:
            self._sheet.merge_range(row, 0, row, width - 1, text, look)
        else:
            self._sheet.write_string(row, 0, text, look)

    def _write_title(self) -> int:
        """The declared number of title rows; a form without any says its title in print."""
        count = self._source.title_rows
        if count == 0:
            self._sheet.set_header(f"&C{self._title}")
            return 0
        self._across(0, self._title, self._format(bold=True, font_size=14, align="center"))
        if count > 1:
            self._across(1, _INVENTED if self._example else _TO_FILL_IN, self._format())
        return count

    def _write_header(self, top: int) -> int:
        """Header rows with groups merged, then the units; returns the row behind them."""
        depth = self._source.header_rows
        paths = [header.split("/") if depth > 1 else [header] for header in self._headers]
        looks = [
            self._format(
                **_BORDER,
                bold=header not in self._source.optional_columns,
                align="center",
                bg_color="#D9D9D9" if header in self._source.optional_columns else "#DDEBF7",
            )
            for header in self._headers
        ]
        for level in range(depth):
            for left, right in _runs(paths, level):
                leaf = len(paths[left]) == level + 1
                bottom = top + depth - 1 if leaf else top + level
                text, look = paths[left][level], looks[left]
                if (bottom, right) == (top + level, left):
                    self._sheet.write_string(top + level, left, text, look)
                else:
                    self._sheet.merge_range(top + level, left, bottom, right, text, look)
        row = top + depth
        if self._source.units_row:
            look = self._format(**_BORDER, align="center", italic=True)
            for place, header in enumerate(self._headers):
                self._sheet.write_string(
                    row, place, self._source.column_units.get(header, ""), look
                )
            row += 1
        return row

    def _write_rows(self, rows: list[Row], first: int, last: int) -> None:
        text = self._format(**_BORDER, num_format="@")
        number = self._format(**_BORDER)
        for place, (header, name) in enumerate(self._headers.items()):
            numeric = name is not None and _is_number(self._typed[name])
            look = number if numeric or name is None else text
            self._sheet.set_column(place, place, max(10, 2 * len(header.rpartition("/")[2]) + 2))
            for row in range(first, last + 1):
                value: str | int | float | None = None
                if row - first < len(rows):
                    value = rows[row - first].get(name) if name else row - first + 1
                if value is None:
                    self._sheet.write_blank(row, place, None, look)
                elif isinstance(value, str):
                    self._sheet.write_string(row, place, value, look)
                else:
                    self._sheet.write_number(row, place, value, look)
            if name in self._allowed:
                choice = {"validate": "list", "source": self._allowed[name]}
                self._sheet.data_validation(first, place, last, place, choice)

    def _write_footer(self, row: int) -> None:
        patterns = self._source.footer_patterns
        if any(re.match(pattern, _FOOTER) for pattern in patterns):
            self._across(row, _FOOTER, self._format(text_wrap=True, valign="top"))
            self._sheet.set_row(row, 30)


def _runs(paths: list[list[str]], level: int) -> list[tuple[int, int]]:
    """First and last place of neighbours that share their header down to this level."""
    found: list[tuple[int, int]] = []
    for place, path in enumerate(paths):
        if len(path) <= level:
            continue
        group = len(path) > level + 1
        before = found[-1] if found else None
        joins = (
            before is not None
            and before[1] == place - 1
            and group
            and len(paths[place - 1]) > level + 1
            and paths[place - 1][: level + 1] == path[: level + 1]
        )
        if before is not None and joins:
            found[-1] = (before[0], place)
        else:
            found.append((place, place))
    return found


def _is_number(column: Column) -> bool:
    return column.duckdb_type in _NUMBERS or column.duckdb_type.startswith("DECIMAL")


def _allowed_values(source: SourceDeclaration) -> dict[str | None, list[str]]:
    """Columns that take one of a few texts, with these texts."""
    return {
        name: [str(value) for value in check.statistics["allowed_values"]]
        for name, spec in table_of(source.table).to_schema().columns.items()
        for check in spec.checks
        if check.name == "isin"
    }


def _layer(source: SourceDeclaration, rows: list[Row]) -> str:
    """The example of a layer as GeoJSON that names its coordinate system."""
    headers = _headers(source)
    features = [
        {
            "type": "Feature",
            "properties": {header: row.get(name) for header, name in headers.items() if name},
            "geometry": shapely.geometry.mapping(shape),
        }
        for row, shape in zip(rows, SHAPES[source.id], strict=True)
    ]
    layer = {
        "type": "FeatureCollection",
        "name": f"{source.title_zh}（{ILLUSTRATIVE_MARK}）",
        "crs": {"type": "name", "properties": {"name": source.crs}},
        "features": features,
    }
    return json.dumps(layer, ensure_ascii=False, indent=1) + "\n"
