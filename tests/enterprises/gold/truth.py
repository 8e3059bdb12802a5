"""The labelled truth, with the texts of drawn rows looked up in the deliveries."""

from __future__ import annotations

import csv
import re
from functools import cache
from pathlib import Path

import polars as pl

from tests.landing.real.delivered import accepted

FOLDER = Path(__file__).parent
REGISTERS = {
    "cn_register": "b_cn_registry_redacted/*.csv",
    "nx_permits": "b_cn_ningxia_permit_enterprises/*.js",
    "listed_companies": "b_cn_listed_companies/*.csv",
    "gem_steel": "c_gem_steel/*.xlsx",
    "gem_coal": "c_gem_coal/*.xlsx",
    "wri_plants": "c_wri_gppd/China.csv",
    "eutl": "b_eutl_redacted/*.csv",
    "gleif": "b_gleif_redacted/*.json",
}


@cache
def register(source_id: str) -> pl.DataFrame:
    return accepted(source_id, REGISTERS[source_id]).frame


def addresses() -> pl.DataFrame:
    """`id, address_zh, year, context_code, division_code, also_code, zone_zh`; one row a label."""
    texts = {
        (row["source_row_id"], field): row[field]
        for source_id in ("cn_register", "listed_companies")
        for row in register(source_id).iter_rows(named=True)
        for field in ("registered_address_zh", "working_address_zh")
        if field in row
    }
    with (FOLDER / "addresses.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return pl.DataFrame(
        [
            {
                "id": row["id"],
                "address_zh": row["address_zh"] or texts[row["source_row_id"], row["field"]],
                "year": int(row["year"]),
                "context_code": row["context_code"] or None,
                "division_code": row["division_code"] or None,
                # Where only knowledge of a town goes deeper, deeper is right too.
                "also_code": "".join(re.findall(r"deeper by town knowledge: (\d{6})", row["note"]))
                or None,
                "zone_zh": row["zone_zh"] or None,
            }
            for row in rows
        ]
    )


def pairs() -> pl.DataFrame:
    """`left_source, left_row_id, right_source, right_row_id, label, reason`; one row a pair."""
    return pl.read_csv(FOLDER / "pairs.csv", infer_schema_length=0)
