"""The product's own divisions and parks, and addresses read with them."""

from __future__ import annotations

from functools import cache
from typing import Any

import polars as pl

from assets.enterprises.addresses import Parser, division_units, zone_patterns
from quality.contracts.core import Park
from tests.frames import facts, frame

ASKED = {"address_zh": pl.String, "year": pl.Int64, "context_code": pl.String}


@cache
def units() -> pl.DataFrame:
    return division_units(facts("division_unit"), facts("division_change"))


@cache
def parks() -> pl.DataFrame:
    """Parks of the catalogue; a second zone on one code carries `-2`, and none has a point."""
    provinces = {
        name: code
        for code, name in units()
        .filter(pl.col("level") == "province")
        .select("division_code", "name_zh")
        .iter_rows()
    }
    rows = []
    seen: set[str] = set()
    for code, name, province in (
        facts("park_catalogue_2018").select("catalogue_code", "name_zh", "province_zh").iter_rows()
    ):
        park_id = f"{code}-2" if code in seen else code
        seen.add(code)
        rows.append({"park_id": park_id, "name_zh": name, "province_code": provinces[province]})
    return frame(Park, *rows)


@cache
def zones() -> pl.DataFrame:
    return zone_patterns(parks())


@cache
def parser() -> Parser:
    return Parser(units(), zones())


def asked(*rows: tuple[str | None, int | None, str | None]) -> pl.DataFrame:
    """Addresses with year and context."""
    return pl.DataFrame(list(rows), schema=ASKED, orient="row")


def answers(*rows: tuple[str | None, int | None, str | None]) -> list[dict[str, Any]]:
    """What is read of each address, all in one call: making the search tree takes its time."""
    return parser().parse(asked(*rows)).rows(named=True)


def read(*addresses: str, year: int | None = 2015) -> list[dict[str, Any]]:
    """What is read of each address of one year."""
    return answers(*((address, year, None) for address in addresses))
