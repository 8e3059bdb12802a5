"""The summary at the end of a run."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import duckdb
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from pipelines.console import share
from pipelines.run import Run
from warehouse.served import shown_class
from warehouse.settings import Settings

# One row a park that has activity near it; territorial and consumption view, both bases.
_INVENTORY = """
WITH axes AS (
    SELECT place_id, year, basis,
           max(co2e_t) FILTER (view = 'territorial') AS territorial,
           max(co2e_low_t) FILTER (view = 'territorial') AS territorial_low,
           max(co2e_high_t) FILTER (view = 'territorial') AS territorial_high,
           max(co2e_t) FILTER (view = 'consumption') AS consumption,
           max(co2e_low_t) FILTER (view = 'consumption') AS consumption_low,
           max(co2e_high_t) FILTER (view = 'consumption') AS consumption_high,
           bool_or(confidential) AS confidential, bool_or(illustrative) AS illustrative,
           max(worst_tier) AS tier, any_value(placed_share) AS placed
    FROM mart.park_total WHERE boundary_class = ? AND profile = ? GROUP BY ALL
)
SELECT p.park_id, p.name_zh, a.* EXCLUDE (place_id)
FROM core.park p JOIN axes a ON a.place_id = p.park_id
WHERE p.park_id IN (SELECT park_id FROM core.boundary)
ORDER BY a.year, p.park_id, a.basis
"""
_ELSEWHERE = """
SELECT year, basis, split_part(place_id, ':', 1) AS place, view, sum(co2e_high_t) AS co2e_t
FROM mart.park_total
WHERE place_id LIKE '%:%' AND view = 'territorial' AND boundary_class = ? AND profile = ?
GROUP BY ALL ORDER BY ALL
"""


def print_summary(console: Console, settings: Settings, run: Run) -> None:
    """Counts, checks, the inventory of each park in both bases and views, next commands."""
    c = run.counts
    console.rule(f"release {run.release_id}{'' if run.new else ' (unchanged)'}")
    console.print(
        f"parks {c['parks']:,} (with a boundary: {c['parks_with_boundary']})   "
        f"enterprises {c['enterprises']:,}   sites {c['sites']:,}   "
        f"activity rows {c['activity_rows']:,}   ledger lines {c['ledger_lines']:,}\n"
        f"rows delivered {c['delivered']:,} = accepted {c['accepted']:,} "
        f"+ quarantined {c['quarantined']:,}   (flagged {c['flagged']:,})\n"
        f"sites in parks {c['in_parks']:,} / outside {c['outside']:,} "
        f"/ unlocated {c['unlocated']:,} (operating basis)\n"
        f"checks passed {run.checks['passed']}, warned {run.checks['warned']}, "
        f"failed {run.checks['failed']}; balances equal "
        f"{sum(bool(b['equal']) for b in run.conservation.values())} of {len(run.conservation)}",
        highlight=False,
    )
    for warning in run.warnings:
        console.print(f"warning: {warning}", style="yellow", markup=False)
    with duckdb.connect(str(settings.current.resolve()), read_only=True) as connection:
        shown = shown_class(connection, settings)
        parks = _rows(connection, _INVENTORY, [shown, settings.profiles[0]])
        elsewhere = _rows(connection, _ELSEWHERE, [shown, settings.profiles[0]])
        views = _rows(connection, "FROM accepted.additivity ORDER BY view")
        illustrative = _rows(
            connection, "SELECT file_name FROM raw.delivery WHERE illustrative ORDER BY 1"
        )
    console.print(_inventory_table(parks, settings, shown))
    console.print(_elsewhere_table(elsewhere, settings))
    console.print(
        "additivity: "
        + "; ".join(
            row["view"]
            + {"additive": " additive", "conditional": " where both ends use one factor"}.get(
                row["additivity"], f" not additive, use {row['use_instead']}"
            )
            for row in views
        ),
        highlight=False,
        soft_wrap=True,
    )
    if illustrative:
        nominal = shown == "nominal"
        names = "、".join(row["file_name"] for row in illustrative)
        console.print(
            f"[yellow]示意 illustrative, not official:[/yellow] {names}. Numbers marked 示 rest "
            f"on them{'; boundaries are discs of the approved area' if nominal else ''}.",
            highlight=False,
        )
    console.print("next:", highlight=False)
    example = next((p for p in parks if p["basis"] == "operating" and p["territorial"]), None)
    place, year = (example["park_id"], example["year"]) if example else ("PARK", "YEAR")
    for command in (
        f"parkledger explain park_total place_id={place} year={year} basis=operating "
        f"view=territorial profile={settings.profiles[0]}",
        "parkledger verify",
        'parkledger query "FROM mart.park_reconciliation"',
    ):
        console.print(f"  {command}", highlight=False, soft_wrap=True)


def _inventory_table(parks: list[dict[str, Any]], settings: Settings, shown: str) -> Table:
    table = Table(
        title=f"t CO2e, {settings.profiles[0]}, {settings.gwp_set}, boundary "
        f"{shown}; \\[low … high] where more than 15 % is unlocated or too little is "
        "placed; placed: of the industrial fuels of the province",
        title_justify="left",
        box=SIMPLE_HEAD,
        pad_edge=False,
        collapse_padding=True,
    )
    # On a narrow terminal names are folded, and a range breaks between its numbers.
    table.add_column("park", min_width=12, overflow="fold")
    table.add_column("year", no_wrap=True)
    table.add_column("basis", no_wrap=True)
    for name in ("territorial", "consumption"):
        table.add_column(name, justify="right", min_width=12, overflow="fold")
    table.add_column("placed", justify="right", no_wrap=True)
    table.add_column("tier", no_wrap=True)
    table.add_column("marks", min_width=4)
    previous = None
    for p in parks:
        name = "" if p["park_id"] == previous else f"{p['park_id']} {p['name_zh'][:16]}"
        previous = p["park_id"]
        marks = ("示 " if p["illustrative"] else "") + ("保密" if p["confidential"] else "")
        table.add_row(
            name,
            str(p["year"]),
            p["basis"],
            _value(p, "territorial"),
            _value(p, "consumption"),
            share(p["placed"]),
            p["tier"],
            marks,
        )
    return table


def _elsewhere_table(rows: list[dict[str, Any]], settings: Settings) -> Table:
    table = Table(title="not in parks, territorial, t CO2e", title_justify="left")
    for name in ("year", "basis", "place", "t CO2e"):
        table.add_column(name, justify="right" if name == "t CO2e" else "left")
    for row in rows:
        if row["place"] in ("OUTSIDE", "UNLOCATED", "REST"):
            table.add_row(str(row["year"]), row["basis"], row["place"], f"{row['co2e_t']:,.0f}")
    return table


def _value(row: dict[str, Any], view: str) -> str:
    point, low, high = row[view], row[f"{view}_low"], row[f"{view}_high"]
    if point is not None:
        return f"{point:,.0f}"
    if low is None or high is None:
        return "–"
    return f"[{Decimal(low):,.0f} … {Decimal(high):,.0f}]".replace("[", "\\[")


def _rows(
    connection: duckdb.DuckDBPyConnection, statement: str, parameters: list[str] | None = None
) -> list[dict[str, Any]]:
    cursor = connection.execute(statement, parameters or [])
    names = [item[0] for item in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
