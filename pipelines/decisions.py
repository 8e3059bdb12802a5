"""Recording decisions: a withdrawal as a file that the next run takes in."""

from __future__ import annotations

import csv
import hashlib
from datetime import date
from pathlib import Path

import polars as pl

from assets.landing.declaration import load_sources
from quality.contracts.audit import Delivery
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
    folder = settings.decided / "withdrawal"
    folder.mkdir(parents=True, exist_ok=True)
    row = [source_id, name, reason, provider, date.today().isoformat()]
    digest = hashlib.sha256("|".join(row).encode()).hexdigest()[:8]
    path = folder / f"{date.today():%Y%m%d}_{source_id}_{digest}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([_HEADERS, row])
    return path
