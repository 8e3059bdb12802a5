"""Quarantined rows as a workbook for the offices that delivered them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

_COLUMNS = {
    "file": "文件",
    "part": "工作表",
    "row": "行号",
    "column": "列",
    "value": "原文",
    "reason_zh": "原因",
    "rules": "规则",
    "locator": "行定位",
}
_WIDTHS = (28, 12, 8, 18, 18, 40, 20, 30)


def export_quarantine(rows: Sequence[dict[str, Any]], path: Path) -> dict[str, int]:
    """Write rows of `warehouse.quarantined` to a workbook, one sheet a source; rows by source.

    Delivered texts are written as text: a spreadsheet program must not run what was delivered.
    """
    by_source: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        by_source.setdefault(str(row["source_id"]), []).append(row)
    plain = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), plain) as workbook:
        bold = workbook.add_format({"bold": True})
        for source_id, found in by_source.items() or [("无", [])]:
            sheet = workbook.add_worksheet(source_id[:31])
            sheet.freeze_panes(1, 0)
            for place, (title, width) in enumerate(zip(_COLUMNS.values(), _WIDTHS, strict=True)):
                sheet.set_column(place, place, width)
                sheet.write_string(0, place, title, bold)
            for line, row in enumerate(found, start=1):
                for place, name in enumerate(_COLUMNS):
                    value = row[name]
                    if isinstance(value, int):
                        sheet.write_number(line, place, value)
                    else:
                        sheet.write_string(line, place, "" if value is None else str(value))
    return {source_id: len(found) for source_id, found in by_source.items()}
