"""What a person looks at: doubtful parks of a release, and the history of a division."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from assets.boundaries.catalogue import review_parks
from assets.boundaries.lineage import Lineage, to_year
from assets.enterprises.linkage import agreement, review_links
from assets.enterprises.linking import links, profiles
from assets.landing.declaration import load_source
from assets.landing.ingest import REFERENCE_DIRECTORY
from warehouse.served import shown_class
from warehouse.settings import Settings

# What a park may be worth in the latest year: the upper bound, since a point may be withheld.
_PUBLISHED = """
SELECT place_id AS park_id, arg_max(co2e_high_t, year)::DOUBLE AS value
FROM mart.park_total
WHERE basis = 'operating' AND view = 'territorial' AND boundary_class = ?
  AND profile = ?
GROUP BY ALL
"""


def doubtful_parks(release: Path, settings: Settings) -> list[dict[str, Any]]:
    """The work list `review_parks` of a release, as rows."""
    with duckdb.connect(str(release.resolve()), read_only=True) as connection:
        parks, claims, boundaries = (
            connection.execute(f"FROM core.{name}").pl()
            for name in ("park", "park_catalogue_claim", "boundary")
        )
        published = connection.execute(
            _PUBLISHED, [shown_class(connection, settings), settings.profiles[0]]
        ).pl()
    return review_parks(parks, claims, boundaries, published).to_dicts()


def uncertain_links(release: Path) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The work list `review_links` of a release, and how its rule agrees with what people said."""
    with duckdb.connect(str(release.resolve()), read_only=True) as connection:
        records, addresses, candidates, linked = (
            connection.execute(f"FROM core.{name}").pl()
            for name in ("register_record", "record_address", "link_candidate", "link")
        )
        decisions = connection.execute("FROM accepted.link_decision").pl()
        weights = connection.execute("FROM accepted.link_model").pl()
    known = profiles(records, addresses)
    by_rule = links(candidates, records, decisions.clear(), weights)
    rows = review_links(candidates, linked, known, known).to_dicts()
    return rows, agreement(by_rule, decisions).row(0, named=True)


def followed_division(
    code_or_name: str, year: int | None, run_year: int | None
) -> list[dict[str, Any]]:
    """Successors of a division given by code or name; empty for one that never was."""
    changes = _changes()
    codes = [code_or_name]
    if not code_or_name.isdigit():
        codes = sorted({unit.code for unit in Lineage(changes).named(code_or_name, year=year)})
    asked = pl.DataFrame({"code": codes}, schema={"code": pl.String}).with_columns(
        pl.lit(year, pl.Int64).alias("year")
    )
    found = to_year(asked, changes, run_year=run_year)
    return found.filter(pl.col("name_then").is_not_null()).drop("share", "reason_en").to_dicts()


def _changes() -> pl.DataFrame:
    """The product's own table of changes, without a lake: a look-up needs no run."""
    named = load_source("division_change").columns
    with (REFERENCE_DIRECTORY / "division_change.csv").open(encoding="utf-8", newline="") as file:
        rows = [
            {named[header]: text or None for header, text in row.items() if header in named}
            for row in csv.DictReader(file)
        ]
    return pl.DataFrame(rows).with_columns(pl.col("year").cast(pl.Int64))
