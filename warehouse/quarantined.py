"""Quarantined rows of a release, with the place of each in its file. Imports DuckDB only."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from quality.sql_text import sql_text
from warehouse.query import query

# The part of a locator may hold colons; the row number behind the last one does not.
_PLACED = """
SELECT q.source_row_id AS locator, q.source_id, d.file_name AS file, d.delivery_id AS sha256,
       regexp_extract(q.source_row_id, '^[^:]*:(.*):[0-9]+$', 1) AS part,
       CAST(regexp_extract(q.source_row_id, '([0-9]+)$', 1) AS BIGINT) AS "row",
       q.source_column AS cell, q.rule_ids AS rules, q.column_zh AS "column",
       q.value_text AS value, q.reason_zh, q.reason_en, q.cells_json
FROM quarantine.row q
LEFT JOIN raw.delivery d ON d.source_id = q.source_id
     AND left(d.delivery_id, 16) = split_part(q.source_row_id, ':', 1)
"""
_CORRECTION = ["编号", "来源", "条件", "列", "原文", "动作", "改为", "理由", "提供单位", "日期"]


class NotQuarantined(ValueError):
    """No quarantined row has this locator."""


def quarantined(path: Path, source: str | None, rule: str | None) -> list[dict[str, Any]]:
    """Quarantined records of one source or all, in the order of the files."""
    where = ["true"]
    if source is not None:
        where.append(f"source_id = {sql_text(source)}")
    if rule is not None:
        where.append(
            f"list_has_any([true], [starts_with(r, {sql_text(rule)}) FOR r IN "
            "string_split(rules, ';')])"
        )
    rows = _rows(
        path,
        f"SELECT * EXCLUDE (sha256, cells_json) FROM ({_PLACED}) WHERE {' AND '.join(where)} "
        'ORDER BY source_id, file, part, "row", cell',
    )
    return rows


def quarantined_row(
    path: Path, locator: str, key_headers: Callable[[str], list[str]]
) -> dict[str, Any]:
    """One quarantined row with its cells as delivered, and a correction to be filled in.

    The correction names the row by `key_headers` of its source where the row has them, else by
    its locator. Raises NotQuarantined.
    """
    rows = _rows(path, f"SELECT * FROM ({_PLACED}) WHERE locator = {sql_text(locator)}")
    if not rows:
        raise NotQuarantined(
            f"{locator}: not in quarantine; `parkledger quarantine list` gives the locators"
        )
    found = rows[0]
    found["cells"] = json.loads(found.pop("cells_json"))
    line = io.StringIO()
    cells = found["cells"]
    keyed = [h for h in key_headers(found["source_id"]) if (cells.get(h) or "").strip()]
    condition = ";".join(f"{h}={cells[h].strip()}" for h in keyed if h != found["column"])
    condition = condition or f"source_row_id={locator}"
    csv.writer(line).writerows(
        [
            _CORRECTION,
            [
                "…",
                found["source_id"],
                condition,
                found["column"],
                found["value"],
                "override",
                "…",
                "…",
                "…",
                "…",
            ],
        ]
    )
    found["correction"] = line.getvalue().strip()
    return found


def _rows(path: Path, statement: str) -> list[dict[str, Any]]:
    result = query(path, statement, 0)
    return [dict(zip(result.columns, row, strict=True)) for row in result.rows]
