"""Terms of energy transformation from form 205-2: one carbon balance a works, year and kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from assets.inventory.methods.base import MethodError, Term
from assets.inventory.methods.book import FactorBook
from assets.inventory.methods.delivered import Row, where
from assets.inventory.methods.evaluate import TermRows
from assets.inventory.methods.figures import Figure, Source, figure
from assets.inventory.methods.refused import WORKS
from assets.inventory.methods.transformation import Stream, transformation_balance
from assets.inventory.methods.units import Units
from assets.landing.rules.carriers import listed_and_fuels
from assets.landing.rules.identity import person
from assets.landing.rules.transformation import BALANCED
from quality.contracts.process import WasteFactor
from quality.contracts.reference import HeatFactor, ProcessFactor

_METHOD = "transformation_balance"
_SOURCE = "return_205_2"


def transformation_terms(
    returns_205_2: pl.DataFrame,
    energies: pl.DataFrame,
    fuels: pl.DataFrame,
    units: pl.DataFrame,
    ncv_units: pl.DataFrame,
    refused: pl.DataFrame,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`core.process_term` of `accepted.return_205_2`, and the cells it rests on (METHOD 2.2).

    `returns_205_2` without calorific values that a rule flagged (`measured.usable`).

    One balance a legal person, year and kind, for the kinds that EN7 balances: coking,
    refining and coal-to-liquids, gas works; none for the works of `refused_works`. Fuel put in
    for power and heat is combustion, and not here. A delivered calorific value goes with the
    carbon content delivered with it, else the default one; without a fitting unit (NCVUNIT)
    neither is used. Electricity and heat hold no carbon. Raises MethodError for a name or unit
    that is not known and where the carbon loss leaves -2 to 15 % (CB1), MissingFactor for a fuel
    without carbon content.
    """
    names = listed_and_fuels({"accepted.energy": energies, "accepted.fuel_factor": fuels})
    read = _Reader(
        {row["energy_zh"]: row for row in names.to_dicts()},
        FactorBook(
            ProcessFactor.empty_frame(), WasteFactor.empty_frame(), HeatFactor.empty_frame(), fuels
        ),
        Units(units),
        Units(ncv_units),
    )
    rows = (
        returns_205_2.filter(pl.col("kind_zh").is_in(BALANCED))
        .with_columns(person().alias("person"))
        .join(refused, on=WORKS, how="anti")
        .sort("source_row_id")
        .to_dicts()
    )
    works: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        works.setdefault((row["person"], row["year"], row["kind_zh"]), []).append(row)
    made = TermRows(_SOURCE)
    for _, group in sorted(works.items()):
        made.add(_METHOD, group, read.terms(group), item="kind_zh")
    return made.frames()


@dataclass(frozen=True)
class _Reader:
    """Delivered rows to streams of carbon."""

    names: dict[str, dict[str, Any]]
    book: FactorBook
    units: Units
    ncv_units: Units

    def terms(self, rows: Sequence[Row]) -> list[Term]:
        streams = [stream for row in rows if (stream := self.stream(row))]
        found = transformation_balance(streams, f"{where(rows)}, {rows[0]['kind_zh']}").terms
        measured = {stream.name: self.measured(stream) for stream in streams}
        return [
            replace(term, factor_key=_key(term, measured[term.name.rpartition(" ")[0]]))
            for term in found
        ]

    def stream(self, row: Row) -> Stream | None:
        """The carbon of one row; None for electricity and heat."""
        known = self.names.get(row["energy_zh"])
        if known is None:
            raise MethodError(
                f"{where([row])}: {row['energy_zh']} is not known; "
                "expected a name of assets/reference/energy.csv or fuel_factor.csv"
            )
        if known["canonical_unit"] in ("kWh", "GJ"):
            return None
        fuel = self.book.fuel(known["energy_id"])
        scale = self.units.conversion(row["unit_zh"], fuel.unit)
        if scale is None:
            raise MethodError(
                f"{where([row])}, unit: {row['energy_zh']} is in {row['unit_zh']}; "
                f"expected {self.units.expected(fuel.unit)}"
            )
        put_in, made = (
            figure(
                figure(row[side] or 0).value * scale,
                fuel.unit,
                side,
                Source(_SOURCE, row["source_row_id"], side),
            )
            for side in ("input", "output")
        )
        ncv = self.calorific(row, fuel.unit)
        cc = (ncv and _content(row)) or fuel.cc
        return Stream(row["energy_zh"], fuel.unit, put_in, made, ncv or fuel.ncv, cc)

    def calorific(self, row: Row, unit: str) -> Figure | None:
        """The delivered NCV in GJ per unit; None without one, or without a fitting unit."""
        scale = self.ncv_units.conversion(row["ncv_unit_zh"], f"GJ/{unit}")
        if row["ncv"] is None or scale is None:
            return None
        source = Source(_SOURCE, row["source_row_id"], "ncv")
        return figure(figure(row["ncv"]).value * scale, f"GJ/{unit}", "NCV", source)

    def measured(self, stream: Stream) -> bool:
        return any(source.table == _SOURCE for source in stream.ncv.sources.values())


def _content(row: Row) -> Figure | None:
    """The delivered carbon content in tC/TJ."""
    if row["carbon_content_tc_tj"] is None:
        return None
    source = Source(_SOURCE, row["source_row_id"], "carbon_content_tc_tj")
    return figure(row["carbon_content_tc_tj"], "tC/TJ", "CC", source)


def _key(term: Term, measured: bool) -> str:
    return term.name.rpartition(" ")[0] + ("|measured" if measured else "")
