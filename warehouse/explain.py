"""A published number walked back: contributions, lines, factors, claims, source cells.

Everything needed is in the release file. A number is the sum of its contributions
(`audit.contribution_<mart>`); a line is quantity times factor; a quantity, a factor and a
claim name the cells they were read from, each with file, part, row, raw text and sha256.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from quality.sql_text import sql_text
from warehouse.extensions import connect_locked_down


class ExplainError(ValueError):
    """The number asked for does not exist; the message names what does."""


@dataclass(frozen=True)
class Explanation:
    """A number, its contributions (largest first) and whether they sum to it exactly."""

    release_id: str
    table: str
    key: dict[str, Any]
    column: str
    value: Decimal | None
    total: Decimal
    withheld: bool
    items: list[dict[str, Any]]
    item_count: int
    marks: dict[str, Any] = field(default_factory=dict)
    why: str = ""  # of a withheld number: when it is not published

    @property
    def exact(self) -> bool:
        """Whether the published value is the sum; a withheld one is not published."""
        return self.withheld if self.value is None else self.value == self.total

    def as_json(self) -> dict[str, Any]:
        return {**self.__dict__, "exact": self.exact}


def explain(
    path: Path, table: str, key: dict[str, str], column: str | None, limit: int = 20
) -> Explanation:
    """Explain one number of a mart; `limit` 0 gives all its contributions.

    Raises ExplainError for a table, key or column that is not there, naming what is.
    """
    with connect_locked_down(path) as connection:
        return explain_number(connection, table, key, column, limit)


def explain_number(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    key: dict[str, str],
    column: str | None,
    limit: int = 20,
    read: dict[str, list[dict[str, Any]]] | None = None,
) -> Explanation:
    """As `explain`, on an open connection to a release; `read` keeps what was read from it, for
    many numbers of one release.
    """
    mart = table.removeprefix("mart.")
    reads = _Reads(connection, _SERIES.get(mart, ("actual",)), {} if read is None else read)
    found = reads.rows("SELECT * FROM audit.mart WHERE mart = ?", [mart])
    if not found:
        names = [row["mart"] for row in reads.rows("SELECT mart FROM audit.mart")]
        raise ExplainError(f"{table}: no such mart; expected one of {', '.join(names)}")
    keys, measures = found[0]["key_columns"], found[0]["measures"]
    column = column or measures[0]
    if column not in measures:
        raise ExplainError(
            f"{mart}.{column}: not a published number; expected one of {', '.join(measures)}"
        )
    row = _one_row(reads, mart, keys, key)
    exact_key = {name: row[name] for name in keys}
    where = " AND ".join(f'"{name}" = ?' for name in keys)
    parameters = [*exact_key.values(), column]
    contributions = reads.rows(
        f"SELECT item_kind, item_id, value FROM audit.contribution_{mart} "
        f"WHERE {where} AND measure = ? ORDER BY abs(value) DESC, item_id",
        parameters,
    )
    total = sum((Decimal(c["value"]) for c in contributions), Decimal(0))
    shown = contributions if limit == 0 else contributions[:limit]
    withheld = row[column] is None and column in found[0]["withheld"]
    return Explanation(
        release_id=reads.rows("SELECT release_id FROM release.info")[0]["release_id"],
        table=f"mart.{mart}",
        key=exact_key,
        column=column,
        value=row[column],
        total=total,
        withheld=withheld,
        items=[_item(reads, c, exact_key, column) for c in shown],
        item_count=len(contributions),
        marks={n: v for n, v in row.items() if n not in keys and n not in measures},
        why=_why(reads, f"mart.{mart}", column) if withheld else "",
    )


def _why(reads: _Reads, table: str, column: str) -> str:
    """What the dictionary says of a number that is empty in some rows: empty where …"""
    told = reads.rows(
        'SELECT en FROM audit.dictionary WHERE "table" = ? AND "column" = ?', [table, column]
    )
    return str(told[0]["en"]).rpartition("; ")[2] if told else ""


# All marts but one are of the boundaries as they were valid.
_SERIES = {"boundary_effect": ("actual", "constant", "opening")}


class _Reads:
    """The reads of explanations, each done once: lines share sites, factors and weights.

    Asking again for every line took 1.4 s for twenty lines.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        series: tuple[str, ...],
        done: dict[str, list[dict[str, Any]]],
    ) -> None:
        self._connection = connection
        self.series = ", ".join(map(sql_text, series))
        self._done = done

    def rows(self, statement: str, parameters: list[Any] | None = None) -> list[dict[str, Any]]:
        """Rows as dictionaries; the caller may add to them."""
        asked = _filled(statement, parameters or [])
        if asked not in self._done:
            cursor = self._connection.execute(asked)
            names = [item[0] for item in cursor.description or []]
            self._done[asked] = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        return [dict(row) for row in self._done[asked]]


def _filled(statement: str, parameters: list[Any]) -> str:
    """The statement with literals for its `?`: binding a value imports pandas (0.5 s)."""
    parts = statement.split("?")
    literals = [str(p) if isinstance(p, int) else sql_text(str(p)) for p in parameters]
    return "".join(part + literal for part, literal in zip(parts, [*literals, ""], strict=True))


def _one_row(reads: _Reads, mart: str, keys: list[str], key: dict[str, str]) -> dict[str, Any]:
    """The row that the given parts of the key point at; raises ExplainError if not just one."""
    unknown = sorted(set(key) - set(keys))
    if unknown:
        raise ExplainError(
            f"mart.{mart}: no key column {', '.join(unknown)}; expected {', '.join(keys)}"
        )
    where = " AND ".join(f'CAST("{name}" AS VARCHAR) = ?' for name in key) or "true"
    rows = reads.rows(f"SELECT * FROM mart.{mart} WHERE {where} LIMIT 20", list(key.values()))
    if len(rows) == 1:
        return rows[0]
    asked = ", ".join(f"{k}={v}" for k, v in key.items())
    if not rows:
        raise ExplainError(f"mart.{mart}: no row with {asked}; list keys with `parkledger query`")
    open_keys = [k for k in keys if len({row[k] for row in rows}) > 1]
    choices = "; ".join(
        f"{k}={'|'.join(sorted({str(row[k]) for row in rows})[:6])}" for k in open_keys
    )
    raise ExplainError(f"mart.{mart}: several rows with {asked or 'no key'}; add {choices}")


def _item(
    reads: _Reads, contribution: dict[str, Any], key: dict[str, Any], column: str
) -> dict[str, Any]:
    """A contribution with all it rests on."""
    kind, item_id = contribution["item_kind"], contribution["item_id"]
    item: dict[str, Any] = {"kind": kind, "id": item_id, "value": contribution["value"]}
    site: str | None = None
    if kind == "line":
        line = reads.rows("SELECT * FROM ledger.line WHERE line_id = ?", [item_id])[0]
        item["line"] = line
        item["activity"] = _activity(reads, line["activity_id"])
        item["factor"] = _factor(reads, line["factor_id"])
        site = line["site_id"]
        item["weights"] = _weights(reads, line, key, column)
    elif kind == "activity":
        item["activity"] = _activity(reads, item_id)
        site = item["activity"]["site_id"]
        item["coefficient"] = _coefficient(reads, item["activity"], column)
    elif kind in ("control", "published"):
        item["revision"] = _revision(reads, item_id)
        item["part"] = _first(
            reads.rows("SELECT * FROM core.ceads_part WHERE part_id = ?", [item_id])
        )
        if item["part"] is not None and item["part"]["factor_id"] is not None:
            item["implied"] = _implied(reads, item["part"]["factor_id"])
        item["cells"] = _cells(reads, kind, item_id)
    elif kind in ("plant", "park", "park_return"):
        item["cells"] = _cells(reads, kind, item_id)
    elif kind == "record":
        item["record"] = _first(
            reads.rows("SELECT * FROM core.record_comparison WHERE source_row_id = ?", [item_id])
        )
        item["cells"] = _cells(reads, "record", item_id)
    elif kind == "enterprise":
        item["enterprise"] = _first(
            reads.rows("SELECT * FROM core.enterprise WHERE enterprise_id = ?", [item_id])
        )
        item["sites"] = [
            _place(reads, row["site_id"], key)
            for row in reads.rows(
                "SELECT site_id FROM core.site WHERE enterprise_id = ? ORDER BY site_id",
                [item_id],
            )
        ]
    elif kind == "site":
        site = item_id
    if site is not None:
        item["place"] = _place(reads, site, key)
    return item


def _activity(reads: _Reads, activity_id: str) -> dict[str, Any]:
    activity = reads.rows("SELECT * FROM core.activity WHERE activity_id = ?", [activity_id])[0]
    activity["cells"] = _cells(reads, "activity", activity_id)
    control_id = activity_id.rpartition("|")[0]
    activity["revision"] = _revision(reads, control_id)
    activity["split_cells"] = len(_edges(reads, "split", control_id))
    activity["flags"] = reads.rows(
        "SELECT rule_id, reason_zh, value_text FROM quarantine.flag WHERE source_row_id = ?",
        [activity["source_row_id"]],
    )
    return activity


def _revision(reads: _Reads, control_id: str) -> dict[str, Any] | None:
    """The control total, if it is a figure before, revised by two censuses."""
    found = reads.rows("SELECT * FROM core.control_quantity WHERE control_id = ?", [control_id])
    revised = [row for row in found if row.get("revision_factor") is not None]
    return revised[0] if revised else None


def _factor(reads: _Reads, factor_id: str) -> dict[str, Any]:
    factor = reads.rows("SELECT * FROM core.emission_factor WHERE factor_id = ?", [factor_id])[0]
    factor["cells"] = _cells(reads, "factor", factor_id)
    return factor


def _implied(reads: _Reads, factor_id: str) -> dict[str, Any] | None:
    """A factor that was derived from published inventories, with the cells that it is of."""
    found = _first(reads.rows("SELECT * FROM core.implied_factor WHERE factor_id = ?", [factor_id]))
    if found is not None:
        found["cells"] = _cells(reads, "factor", factor_id)
    return found


def _coefficient(reads: _Reads, activity: dict[str, Any], column: str) -> dict[str, Any] | None:
    """The standard-coal coefficient: of electricity at its equal value that of the year."""
    energy_id = activity["energy_id"]
    if column.endswith("tce_equal") and energy_id == "electricity":
        year = activity["year"]
        found = _first(
            reads.rows("SELECT * FROM core.electricity_coefficient WHERE year = ?", [year])
        )
        if found is not None:
            found["cells"] = _cells(reads, "coefficient", f"{energy_id}|{year}")
        return found
    found = _first(
        reads.rows("SELECT * FROM core.energy_coefficient WHERE energy_id = ?", [energy_id])
    )
    if found is not None:
        found["cells"] = _cells(reads, "coefficient", energy_id)
    return found


def _weights(
    reads: _Reads, line: dict[str, Any], key: dict[str, Any], column: str
) -> dict[str, Any]:
    """The declared weights that turn the line's mass into the number."""
    weights: dict[str, Any] = {}
    # Marts without these axes are of the territorial view, which all profiles weigh alike, or
    # name the view in their columns.
    named = column.partition("_")[0]
    view = key.get("view", named if named in ("consumption", "zcp") else "territorial")
    profile = key.get("profile", line["profiles"].split(";")[0])
    name = f"{profile}|{view}|{line['flow']}"
    weights["view"] = {"id": name, "cells": _cells(reads, "view_weight", name)}
    gwp_set = key.get("gwp_set")
    if gwp_set is not None:
        weights["gwp"] = {
            "id": f"{line['gas']}|{gwp_set}",
            "cells": _cells(reads, "gwp", f"{line['gas']}|{gwp_set}"),
        }
    return weights


def _place(reads: _Reads, site_id: str, key: dict[str, Any]) -> dict[str, Any]:
    """Where the site is taken to be in the year, and the claims and boundaries that say so."""
    bases = [key["basis"]] if "basis" in key else ["registered", "operating"]
    year, kind = key["year"], key["boundary_class"]
    first, last = f"{year}-01-01", f"{year}-12-31"
    place: dict[str, Any] = {"site_id": site_id}
    for name in bases:
        place[name] = {
            "attribution": reads.rows(
                "SELECT place_id, series, valid_from, valid_to, weight_point, weight_low, "
                "weight_high, score, confidence, location_class, reason_zh FROM core.attribution "
                "WHERE site_id = ? AND basis = ? AND boundary_class = ? AND weight_point > 0 "
                f"AND ? BETWEEN year_from AND year_to AND series IN ({reads.series}) "
                "ORDER BY series, valid_from, place_id",
                [site_id, name, kind, year],
            ),
            "claims": [
                {
                    **claim,
                    "cells": _cells(reads, "claim", claim["claim_id"]),
                    "evidence_cells": _cells(reads, "evidence", claim["evidence_id"]),
                    "boundary_cells": _cells(reads, "boundary", claim["boundary_id"]),
                }
                for claim in reads.rows(
                    "SELECT claim_id, place_id, evidence_id, weight, probability, boundary_id, "
                    "series, valid_from, valid_to, reason_zh FROM core.location_claim "
                    "WHERE site_id = ? AND basis = ? AND (boundary_class IS NULL "
                    f"OR (boundary_class = ? AND series IN ({reads.series}) "
                    "AND valid_from <= ?::DATE AND valid_to >= ?::DATE)) "
                    "ORDER BY weight DESC, claim_id",
                    [site_id, name, kind, last, first],
                )
            ],
        }
    return place


def _edges(reads: _Reads, kind: str, item_id: str) -> list[dict[str, Any]]:
    return reads.rows(
        "SELECT role, source_row_id, column_zh FROM audit.item_source "
        "WHERE item_kind = ? AND item_id = ?",
        [kind, item_id],
    )


def _cells(reads: _Reads, kind: str, item_id: str | None) -> list[dict[str, Any]]:
    """Source cells of an item: role, file, part, row, column, raw text, sha256, corrections."""
    if item_id is None:
        return []
    return reads.rows(
        'SELECT s.role, c.file_name AS file, c.part, c.row_number AS "row", '
        'coalesce(c.header_zh, c.column_zh) AS "column", c.raw_text, c.unit_factor, '
        "c.delivery_id AS sha256, "
        "k.correction_id, k.action AS correction_action, k.used_text AS corrected_text, "
        "k.reason_zh AS correction_reason, k.provider AS correction_provider "
        "FROM audit.item_source s JOIN audit.source_cell c USING (source_row_id, column_zh) "
        "LEFT JOIN audit.applied_correction k "
        "ON k.source_row_id = c.source_row_id AND k.column_zh = c.header_zh "
        "WHERE s.item_kind = ? AND s.item_id = ? ORDER BY s.role, c.source_row_id, k.correction_id",
        [kind, item_id],
    )


def _first(rows: list[dict[str, Any]]) -> dict[str, Any] | None:
    return rows[0] if rows else None
