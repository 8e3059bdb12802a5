"""Recording decisions: withdrawals and links, as files that the next run takes in."""

from __future__ import annotations

import csv
import hashlib
from datetime import date
from pathlib import Path

import polars as pl

from assets.landing.declaration import load_sources
from quality.contracts.audit import Delivery
from quality.contracts.enterprises import Entity
from warehouse.lake import Lake
from warehouse.settings import Settings

_HEADERS = ["来源", "文件", "理由", "提供单位", "日期"]


class DecisionFailed(ValueError):
    """What should be decided about does not exist; the message names what does."""


def withdraw(settings: Settings, source_id: str, name: str, reason: str, provider: str) -> Path:
    """Write `HOME/decisions/withdrawal/<…>.csv`. Raises DecisionFailed if there is no such
    delivery.
    """
    if source_id not in load_sources():
        raise DecisionFailed(f"no source '{source_id}'; `parkledger sources` lists them")
    mine = Lake(settings).read(Delivery).filter(pl.col("source_id") == source_id)
    short = pl.lit(name.lower() if len(name) >= 8 else "-")
    named = pl.col("names").str.split("/").list.contains(name)
    hit = mine.filter(named | pl.col("delivery_id").str.starts_with(short))
    if hit.is_empty():
        known = ", ".join(mine.get_column("file_name").sort().head(10)) or "none"
        raise DecisionFailed(f"{source_id}: no delivery '{name}'; delivered are: {known}")
    return _recorded(settings, "withdrawal", _HEADERS, [source_id, name, reason, provider])


_LINK_HEADERS = ["左记录", "右记录", "结论", "理由", "判定单位", "日期"]


def decide_link(
    settings: Settings, left: str, right: str, decision: str, reason: str, office: str
) -> Path:
    """Write `HOME/decisions/link_decision/<…>.csv`. Raises DecisionFailed for a decision that is
    none, or records that no register names.
    """
    if decision not in ("same", "different"):
        raise DecisionFailed(f"{decision}: expected same or different")
    known = dict(Lake(settings).read(Entity).select("entity_id", "rank").iter_rows())
    for record in (left, right):
        if record not in known:
            raise DecisionFailed(f"no record '{record}'; `parkledger review links` lists them")
    if known[left] == known[right]:
        raise DecisionFailed(
            f"{left} and {right} are of one register; expected records of two registers"
        )
    return _recorded(
        settings, "link_decision", _LINK_HEADERS, [left, right, decision, reason, office]
    )


def _recorded(settings: Settings, source_id: str, headers: list[str], cells: list[str]) -> Path:
    """A decision of today as a delivery of its own, named by its content."""
    folder = settings.decided / source_id
    folder.mkdir(parents=True, exist_ok=True)
    row = [*cells, date.today().isoformat()]
    digest = hashlib.sha256("|".join(row).encode()).hexdigest()[:8]
    path = folder / f"{date.today():%Y%m%d}_{cells[0].replace(':', '_')}_{digest}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([headers, row])
    return path
