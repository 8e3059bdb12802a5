"""What claims, rows of registers and quantities of sites rest on: edges to delivered cells."""

from __future__ import annotations

import polars as pl

from assets.enterprises.records import REGISTERS, Register
from assets.inventory.edges import cells_of
from assets.inventory.trace_books import control_cells
from warehouse.step import Frames


def claim_sources(t: Frames) -> list[pl.DataFrame]:
    """Claims rest on a point, or on the words and codes of a row; those of the rest on controls."""
    claims = t["core.location_claim"]
    by_point = pl.col("evidence_id") == "permit_point_in_polygon"
    rest = claims.filter(pl.col("evidence_id") == "control_total")
    found = control_cells(t, rest, "claim", "claim_id")
    for register in REGISTERS:
        rows = claims.join(_rows(register, t), on="source_row_id", how="semi")
        points, words = _columns(register)
        found += [
            *_given(register, t, rows.filter(by_point), "claim", "claim_id", points),
            *_given(register, t, rows.filter(~by_point), "claim", "claim_id", words),
        ]
    return found


def record_sources(t: Frames) -> list[pl.DataFrame]:
    """A row of a register rests on its code, its addresses and its point."""
    compared = t["core.record_comparison"].select(
        "source_row_id", pl.col("source_row_id").alias("id"), "register_id"
    )
    found = []
    for register in REGISTERS:
        points, words = _columns(register)
        rows = compared.filter(pl.col("register_id") == register.id).drop("register_id")
        found += _given(register, t, rows, "record", "id", {**words, **points})
    return found


def own_sources(t: Frames) -> list[pl.DataFrame]:
    """Meter readings rest on their cells; shares of a return on the figures of all its sites."""
    activity = t["core.activity"]
    metered = activity.filter(pl.col("tier") == "T1").join(
        t["accepted.site_energy"], on="source_row_id", how="semi"
    )
    shared = activity.filter(pl.col("allocation_u95_pct").is_not_null())
    figures = (
        shared.select("activity_id", pl.col("source_row_id").alias("returned_row"))
        .join(
            shared.select("site_id", pl.col("source_row_id").alias("returned_row")).unique(),
            on="returned_row",
        )
        .join(t["core.site"].select("site_id", "figures_row_id"), on="site_id")
        .filter(pl.col("figures_row_id").is_not_null())
        .select("activity_id", pl.col("figures_row_id").alias("source_row_id"))
        .unique()
    )
    weights = {
        "capacity": "capacity",
        "output": "output",
        "employees": "employees",
        "floor_area": "floor_area_m2",
        "opened": "valid_from",
        "closed": "valid_to",
    }
    reading = {"quantity": "consumption", "unit": "unit_zh", "year": "year", "permit": "permit_no"}
    return [
        cells_of(metered, "activity", "activity_id", "site_energy", reading),
        *_where_given(
            t["accepted.unit_entry"], figures, "activity", "activity_id", "unit_register", weights
        ),
    ]


def _rows(register: Register, t: Frames) -> pl.DataFrame:
    return t[register.table.table_name()].select("source_row_id")


def _columns(register: Register) -> tuple[dict[str, str], dict[str, str]]:
    """Role and column of the cells of points, and of those of words and codes."""
    cells = {role: column for place in register.places for role, column in place.cells.items()}
    axes: list[str] = ["longitude", "latitude"]
    points = {role: cells.pop(role) for role in axes if role in cells}
    codes = {"uscc": register.code, "permit_no": register.permit_no}
    return points, {**{role: column for role, column in codes.items() if column}, **cells}


def _given(
    register: Register,
    t: Frames,
    items: pl.DataFrame,
    kind: str,
    item_id: str,
    roles: dict[str, str],
) -> list[pl.DataFrame]:
    delivered = t[register.table.table_name()]
    return _where_given(delivered, items, kind, item_id, register.id, roles)


def _where_given(
    delivered: pl.DataFrame,
    items: pl.DataFrame,
    kind: str,
    item_id: str,
    source_id: str,
    roles: dict[str, str],
) -> list[pl.DataFrame]:
    """Edges to the cells that say something; an optional column may not be there at all."""
    return [
        cells_of(
            items.join(
                delivered.filter(pl.col(column).is_not_null()), on="source_row_id", how="semi"
            ),
            kind,
            item_id,
            source_id,
            {role: column},
        )
        for role, column in roles.items()
    ]
