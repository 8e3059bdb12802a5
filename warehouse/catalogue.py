"""What a release holds, and the description of its tables and columns for readers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from quality.contracts.registry import TABLES
from quality.contracts.table import Table

# How parts were read stays in the lake; of accepted tables the release holds the ones
# that contributions read, and what links rest on. Everything else that explains a number is in it.
_ACCEPTED = {
    "accepted.gwp",
    "accepted.view_weight",
    "accepted.book_row",
    "accepted.method_profile",
    "accepted.additivity",
    "accepted.factor_set",
    "accepted.location_evidence",
    "accepted.link_model",
    "accepted.link_decision",
    "accepted.zero_carbon_threshold",
}


def release_tables() -> list[type[Table]]:
    """The tables of a release in name order."""
    return [
        table
        for name, table in sorted(TABLES.items())
        if name in _ACCEPTED or not name.startswith(("accepted.", "raw.part"))
    ]


@dataclass(frozen=True)
class ColumnEntry:
    """One line of the data dictionary."""

    table: str
    column: str
    type: str
    unit: str
    zh: str
    en: str
    raw_headers: str


def dictionary_entries(raw_headers: Mapping[tuple[str, str], list[str]]) -> list[ColumnEntry]:
    """All columns of all tables; `raw_headers` gives delivered names by (table, column)."""
    return [
        ColumnEntry(
            name,
            c.name,
            c.duckdb_type,
            c.unit,
            c.zh,
            c.en,
            ";".join(raw_headers.get((name, c.name), [])),
        )
        for name, table in sorted(TABLES.items())
        for c in table.declared_columns()
    ]
