"""Works whose form 205-2 was refused at the door: what they transformed is not known."""

from __future__ import annotations

import json

import polars as pl

from assets.landing.declaration import load_source
from assets.landing.rules.identity import person
from assets.landing.rules.transformation import BALANCED
from quality.contracts.forms import Return2052
from quality.texts import clean, typed

_SOURCE = "return_205_2"
_READ = ["uscc_text", "name_zh", "year", "kind_zh", "energy_zh", "input"]
# A row that a later delivery or a person replaced is no refusal.
_REPLACED = r"^(SUPPLEMENT|CORRECTION:.*)$"
# Whose balance a row is part of.
WORKS = ["person", "year", "kind_zh"]


def refused_works(quarantine: pl.DataFrame, returns_205_2: pl.DataFrame) -> pl.DataFrame:
    """All rows of works of which `quarantine.row` holds a row of form 205-2.

    Of the kinds that are balanced (coking, refining, gas works): `source_row_id, uscc_text,
    name_zh, year, kind_zh, energy_zh, put_in, person`. A balance without one of its rows is
    another balance, so the accepted rows of the works are here too. A refused row without a
    year, a name or a kind says nothing.
    """
    headers = load_source(_SOURCE).headers_of()
    refused = quarantine.filter(
        (pl.col("source_id") == _SOURCE) & ~pl.col("rule_id").str.contains(_REPLACED)
    )
    delivered = [json.loads(text) for text in refused.get_column("cells_json")]
    texts = {
        name: [
            next((cells[header] for header in headers[name] if cells.get(header)), None)
            for cells in delivered
        ]
        for name in _READ
    }
    declared = {c.name: c for c in Return2052.declared_columns()}
    cleaned = pl.DataFrame(
        {"source_row_id": refused.get_column("source_row_id"), **texts},
        schema={"source_row_id": pl.String, **dict.fromkeys(_READ, pl.String)},
    ).with_columns(clean(pl.col(name)) for name in _READ)
    amount = typed(pl.col("input"), declared["input"])
    rows = cleaned.select(
        "source_row_id",
        *(typed(pl.col(name), declared[name]) for name in _READ if name != "input"),
        # An amount that cannot be read is an amount all the same.
        (pl.col("input").is_not_null() & (amount.is_null() | (amount > 0))).alias("put_in"),
    )
    named = (
        rows.filter(pl.col("kind_zh").is_in(BALANCED))
        .drop_nulls(["year", "name_zh", "energy_zh"])
        .with_columns(person().alias("person"))
    )
    beside = returns_205_2.with_columns(
        person().alias("person"), (pl.col("input") > 0).fill_null(False).alias("put_in")
    ).join(named, on=WORKS, how="semi")
    return pl.concat([named, beside.select(named.columns)])
