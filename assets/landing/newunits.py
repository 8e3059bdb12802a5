"""A row of units that an office did not deliver before: the numbers below may be in another one."""

from __future__ import annotations

import json
from collections.abc import Sequence

import polars as pl

from assets.landing.layout import UNIT
from assets.landing.records import Delivered, header_of, wide_headers
from quality.contracts.registry import table_of
from quality.texts import clean


def new_units(delivered: Sequence[Delivered]) -> str | None:
    """What is wrong with the first row of a part whose source declares no units row, if all that it
    has under columns of numbers are units.
    """
    for item in delivered:
        said = None if item.source.units_row else _new_units(item)
        if said is not None:
            return said
    return None


def _new_units(item: Delivered) -> str | None:
    rows = item.slice(0, 1).part.frame()
    mapping = header_of(item)
    numbers = [
        mapping[c.name]
        for c in table_of(item.source.table).declared_columns()
        if c.name in mapping and c.polars_type.is_numeric()
    ]
    headers = [h for h in (*numbers, *wide_headers(item)) if h in rows.columns]
    if rows.is_empty() or not headers:
        return None
    texts = rows.select(clean(pl.col(header)) for header in headers).row(0, named=True)
    units = {header: text for header, text in texts.items() if text is not None}
    if not units or not all(map(UNIT.match, units.values())):
        return None
    header, unit = next(iter(units.items()))
    part = f", part {item.part.part}" if item.part.part else ""
    line = f"{json.dumps(header, ensure_ascii=False)} = {json.dumps(unit, ensure_ascii=False)}"
    return (
        f"{item.part.file_name}{part}, row {rows['row_number'].item()}: {unit!r} below '{header}', "
        f"and no row of units is declared; expected a record (if the office gives units now, write "
        f"in {item.source.id}.toml, at its end: [[layouts]] units_row = true; "
        f"column_units = {{ {line}, … }}; column_factors where they are not those of the table)"
    )
