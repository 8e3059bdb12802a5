"""Rows of a return to the inputs of one evaluation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from assets.inventory.methods.base import Given, Input, Method, MethodError, Number
from assets.inventory.methods.figures import Figure, Source, figure
from assets.inventory.methods.units import Units

Row = Mapping[str, Any]
RETURN = "process_return"


def where(rows: Sequence[Row]) -> str:
    """The rows an error is about, the first of them and how many."""
    more = f" and {len(rows) - 1} more" if len(rows) > 1 else ""
    return f"{rows[0]['name_zh']} {rows[0]['year']}, row {rows[0]['source_row_id']}{more}"


def method_of(row: Row, methods: Mapping[str, Method]) -> Method:
    """The method a row is for. Raises MethodError for a name that no method has."""
    name = row["method_zh"]
    if name not in methods:
        raise MethodError(
            f"{where([row])}, method: {name} is not declared; expected {'、'.join(methods)}"
        )
    return methods[name]


def inputs_of(method: Method, rows: Sequence[Row], units: Units) -> dict[str, Any]:
    """Inputs by name from the rows of one group; yearly ones by year.

    An item that is one of the choices of the method needs no row of its own. A row that repeats
    another with the same value, as a return of several years does, counts once. Raises
    MethodError for an unknown parameter, a value without fitting unit, a missing value and two
    values for one input.
    """
    by_zh = {item.name_zh: item for item in method.inputs}
    given: dict[str, Any] = {}
    seen: dict[tuple[str, int | None], Row] = {}
    for row in rows:
        item = by_zh.get(row["parameter_zh"])
        if item is None:
            raise MethodError(
                f"{where([row])}, input: {method.name_zh} has no {row['parameter_zh']}; "
                f"expected {'、'.join(by_zh)}"
            )
        year = _year_of(item, row)
        known = seen.setdefault((item.name, year), row)
        if known is not row:
            _same(item, known, row)
            continue
        value = _value_of(item, row, units)
        if year is None:
            given[item.name] = value
        else:
            given.setdefault(item.name, {})[year] = value
    return {**_item_as_choice(method, given, rows), **given}


def _same(item: Input, known: Row, row: Row) -> None:
    """Rows of several years may repeat a fact; rows of one year may not."""
    told = ("value", "choice_zh", "unit_zh")
    if known["year"] == row["year"] or any(known[name] != row[name] for name in told):
        said = " and ".join(
            f"{r['value'] if r['choice_zh'] is None else r['choice_zh']} in {r['source_row_id']}"
            for r in (known, row)
        )
        raise MethodError(f"{where([row])}, input: {item.name_zh} is {said}; expected one value")


def _year_of(item: Input, row: Row) -> int | None:
    """The year of a number of a yearly input; None for others."""
    deposited: int | None = row["deposit_year"]
    if deposited is not None and (item.name != "deposit_t" or deposited > row["year"]):
        raise MethodError(
            f"{where([row])}, input: {item.name_zh} has 填埋年份 {deposited}; "
            f"expected it on 填埋量 only, {row['year']} at the latest"
        )
    if not item.yearly:
        return None
    return int(row["year"] if deposited is None else deposited)


def _value_of(item: Input, row: Row, units: Units) -> Number:
    if item.choices:
        return choice(str(row["choice_zh"] or ""), item.name, row, "choice_zh")
    if row["value"] is None:
        raise MethodError(f"{where([row])}, input: {item.name_zh} has no 数值; expected a number")
    scale = units.conversion(row["unit_zh"], item.unit)
    if scale is None:
        raise MethodError(
            f"{where([row])}, unit: {item.name_zh} is in {row['unit_zh'] or 'no unit'}; "
            f"expected {units.expected(item.unit)}"
        )
    number = figure(figure(row["value"]).value * scale, item.unit)
    columns = {item.name: "value"}
    if item.yearly:
        columns[f"{item.name} year"] = "year" if row["deposit_year"] is None else "deposit_year"
    sources = {name: Source(RETURN, row["source_row_id"], c) for name, c in columns.items()}
    return replace(number, sources=sources)


def choice(text: str, name: str, row: Row, column: str) -> Figure:
    """A choice as delivered, with its cell."""
    return Figure(figure(0).value, text, {name: Source(RETURN, row["source_row_id"], column)})


def _item_as_choice(method: Method, given: Given, rows: Iterable[Row]) -> dict[str, Any]:
    row = next((row for row in rows if row["item_zh"]), None)
    for item in method.inputs:
        if row is not None and item.name not in given and row["item_zh"] in item.choices:
            return {item.name: choice(row["item_zh"], item.name, row, "item_zh")}
    return {}
