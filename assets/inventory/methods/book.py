"""Values of reference tables by key, each with its row and confidence."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import polars as pl

from assets.inventory.factors import SET_RANK
from assets.inventory.ledger import MissingFactor
from assets.inventory.methods.figures import Figure, Source, figure, ratio

_KEYS = {
    "ippu_factor": ("process", "parameter", "gas"),
    "waste_factor": ("stream", "parameter", "category"),
    "heat_factor": ("item",),
}
_FUEL_UNITS = {"GJ/t": "t", "GJ/1e4Nm3": "1e4Nm3"}

CO2_PER_C = ratio(44, 12)


class FactorConflict(ValueError):
    """Two rows of a reference table for one key."""


@dataclass(frozen=True)
class FuelCarbon:
    """NCV in GJ per `unit` and carbon content in tC/TJ of a fuel, both of `factor_set`."""

    fuel_id: str
    factor_set: str
    unit: str
    ncv: Figure
    cc: Figure

    def co2(self, ncv: Figure | None = None) -> Figure:
        """t CO2 per unit with all carbon oxidised: NCV x CC / 1000 x 44/12 (METHOD 2.2)."""
        return (ncv or self.ncv) * self.cc / 1000 * CO2_PER_C


class FactorBook:
    """The values of `accepted.ippu_factor`, `waste_factor`, `heat_factor` and fuel carbon.

    Raises FactorConflict, with both source rows, for two rows of one key.
    """

    def __init__(
        self,
        ippu: pl.DataFrame,
        waste: pl.DataFrame,
        heat: pl.DataFrame,
        fuels: pl.DataFrame | None = None,
    ) -> None:
        self._rows: dict[tuple[str, ...], dict[str, Any]] = {}
        for table, rows in (("ippu_factor", ippu), ("waste_factor", waste), ("heat_factor", heat)):
            for row in rows.iter_rows(named=True):
                self._add((table, *(row[name] or "" for name in _KEYS[table])), row)
        self._sets: dict[str, set[str]] = {}
        for row in (fuels if fuels is not None else pl.DataFrame()).iter_rows(named=True):
            if row["factor_set"] in SET_RANK:
                self._sets.setdefault(row["fuel_id"], set()).add(row["factor_set"])
                self._add(("fuel_factor", row["fuel_id"], row["factor_set"], row["parameter"]), row)

    def _add(self, key: tuple[str, ...], row: dict[str, Any]) -> None:
        if key in self._rows:
            rows = f"{self._rows[key]['source_row_id']} and {row['source_row_id']}"
            raise FactorConflict(f"{' | '.join(key)}: two rows, {rows}; expected one")
        self._rows[key] = row

    def value(
        self,
        table: str,
        subject: str,
        parameter: str = "",
        kind: str = "",
        *,
        role: str = "",
        unit: str = "",
    ) -> Figure:
        """The value of a key (process, parameter, gas; stream, parameter, category; item).

        Raises MissingFactor for a key without a row, or whose row is in another unit than
        `unit` (how the text of its unit begins).
        """
        key = (table, subject, parameter, kind)[: len(_KEYS[table]) + 1]
        row = self._rows.get(key)
        if row is None:
            raise MissingFactor(
                f"{' | '.join(key)}: no value; add it to assets/reference/{table}.csv"
            )
        if not row["unit"].startswith(unit):
            raise MissingFactor(
                f"{row['source_row_id']}: {' | '.join(key)} is in {row['unit']}; "
                f"expected {unit} in assets/reference/{table}.csv"
            )
        return _read(table, row, role or parameter or subject, unit)

    def kinds(self, table: str, subject: str, beginning: str) -> list[tuple[str, str, str]]:
        """Parameter, kind and unit of the rows of a subject whose parameter begins so."""
        return sorted(
            (key[2], key[3], row["unit"])
            for key, row in self._rows.items()
            if key[:2] == (table, subject) and key[2].startswith(beginning)
        )

    def fuel(self, fuel_id: str) -> FuelCarbon:
        """Calorific value and carbon content of the set that ranks first and has both.

        The two are of one set (METHOD 2.2). Raises MissingFactor for a fuel without both.
        """
        found = [
            (SET_RANK[name], name)
            for name in self._sets.get(fuel_id, ())
            if all(("fuel_factor", fuel_id, name, part) in self._rows for part in ("NCV", "CC"))
        ]
        if not found:
            raise MissingFactor(
                f"{fuel_id}: no set has its calorific value and carbon content; "
                "add NCV and CC of one set to assets/reference/fuel_factor.csv"
            )
        name = min(found)[1]
        ncv, cc = (self._rows["fuel_factor", fuel_id, name, part] for part in ("NCV", "CC"))
        if ncv["unit"] not in _FUEL_UNITS:
            raise MissingFactor(
                f"{ncv['source_row_id']}: NCV in {ncv['unit']}; expected {' or '.join(_FUEL_UNITS)}"
            )
        return FuelCarbon(
            fuel_id,
            name,
            _FUEL_UNITS[ncv["unit"]],
            _read("fuel_factor", ncv, "NCV", ncv["unit"]),
            _read("fuel_factor", cc, "CC", cc["unit"]),
        )


def _read(table: str, row: dict[str, Any], role: str, unit: str) -> Figure:
    source = Source(table, row["source_row_id"], "value", row["confidence"])
    return figure(Fraction(row["value"]), unit, role, source)
