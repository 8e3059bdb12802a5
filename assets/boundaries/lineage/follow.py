"""From a code of one year to the divisions of another, by every reading and every way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from assets.boundaries.lineage.units import (
    FIRST_YEAR,
    POLYGON_YEAR,
    Change,
    Unit,
    known_divisions,
    nearest,
    units_of,
)


@dataclass(frozen=True)
class Successor:
    """A division of the run year that holds all or part of an older one.

    `share` is 1 where all of it is there, and empty where the part is not known: after a
    split, or where a division of unknown origin was cut out of the same prefecture since.
    """

    code: str
    name: str
    share: float | None
    via: tuple[Change, ...]


@dataclass(frozen=True)
class Answer:
    """Successors of a code, and what is to be said about it.

    `units` are its readings, `lost` counts the ways that lead to no division of the run year.
    """

    units: tuple[Unit, ...]
    successors: tuple[Successor, ...]
    lost: int
    reason_zh: str | None
    reason_en: str | None

    @property
    def ambiguous(self) -> bool:
        """Whether there is a successor, and another that it might be instead."""
        return bool(self.successors) and len(self.successors) + self.lost > 1


class Lineage:
    """The units of all years, from the changes and a list of divisions of one year.

    `changes`: `accepted.division_event`; `known`: `code`, `name_zh` of the divisions in
    force in `known_year`, by default those of the polygons. Raises ValueError where a code
    of the list has two names.
    """

    def __init__(
        self,
        changes: pl.DataFrame,
        known: pl.DataFrame | None = None,
        known_year: int = POLYGON_YEAR,
    ) -> None:
        listed = known_divisions() if known is None else known
        self.known_year = known_year
        self.known = dict(listed.select("code", "name_zh").iter_rows())
        if len(self.known) != listed.select("code", "name_zh").unique().height:
            twice = listed.filter(pl.col("code").is_duplicated())["code"].unique().sort().to_list()
            raise ValueError(f"known: a code with two names: {', '.join(twice)}; expected one")
        columns = ["year", "from_code", "from_name_zh", "to_code", "to_name_zh", "kind"]
        rows = changes.select(*columns, "confidence").sort(columns, nulls_last=True)
        every = [Change(*row) for row in rows.iter_rows()]
        self._out: dict[str, dict[int, list[Change]]] = defaultdict(lambda: defaultdict(list))
        into: dict[str, list[Change]] = defaultdict(list)
        for change in every:
            if change.from_code:
                self._out[change.from_code][change.year].append(change)
            if change.to_code:
                into[change.to_code].append(change)
        self._units = {
            code: tuple(units_of(code, self._out.get(code, {}), into.get(code, []), self.known))
            for code in sorted({*self._out, *into, *self.known})
        }
        self._by_name: dict[str, list[Unit]] = defaultdict(list)
        for units in self._units.values():
            for unit in units:
                self._by_name[unit.name].append(unit)
        self._orphans: dict[str, set[int]] = defaultdict(set)
        origins = {(c.year, c.to_code) for c in every if c.from_code}
        headings = {c.from_code for c in every if c.kind == "within"}
        for change in every:
            begun = change.kind == "established" and change.to_code not in headings
            if begun and (change.year, change.to_code) not in origins:
                self._orphans[str(change.to_code)[:4]].add(change.year)

    def units(self, code: str) -> tuple[Unit, ...]:
        """All units that ever had the code, oldest first; none for an unknown code."""
        return self._units.get(code, ())

    def in_force(self, year: int) -> list[Unit]:
        """All units in force at the end of the year."""
        return [unit for units in self._units.values() for unit in units if unit.in_force(year)]

    def named(self, name: str, parent: str | None = None, year: int | None = None) -> list[Unit]:
        """Units of a name, old ones included; below `parent` (a name or a code) where given,
        and in force in the year, or up to the year before, where given.
        """
        found = self._by_name.get(name, [])
        if parent is not None:
            above = (
                [parent] if parent.isdigit() else [u.code for u in self._by_name.get(parent, [])]
            )
            stems = {code[:2] if code.endswith("0000") else code[:4] for code in above}
            found = [u for u in found if {u.code[:2], u.code[:4]} & stems]
        if year is not None:
            found = [u for u in found if u.in_force(year) or u.in_force(year - 1)]
        return list(found)

    def successors(
        self, code: str, year: int | None = None, run_year: int | None = None
    ) -> list[Successor]:
        """Divisions of the run year that the code of a year became; see `answer`."""
        return list(self.answer(code, year, run_year).successors)

    def answer(self, code: str, year: int | None = None, run_year: int | None = None) -> Answer:
        """Successors of a code; all readings where its year is not known or is one of change.

        Without `run_year` the codes are those of the list of known divisions. A code that is
        not in force in its year is read as of its last year before, else its first after.
        """
        units = self.units(code)
        if not units:
            above = next((u.name for u in reversed(self.units(code[:4] + "00"))), None)
            zh_above = f"；前四位属{above}" if above else ""
            en_above = f"; its first four digits are those of {above}" if above else ""
            zh_text, en_text = f"{code}：未知代码{zh_above}", f"{code}: unknown code{en_above}"
            return Answer((), (), 0, zh_text, en_text)
        zh: list[str] = []
        en: list[str] = []
        # From its first year on, a unit meets every change that may have come after the code.
        states = [(u, u.first or FIRST_YEAR) for u in units]
        if year is not None:
            states = [(u, y) for y in (year, year - 1) for u in units if u.in_force(y)]
            if not states:
                unit, at = nearest(units, year)
                states = [(unit, at)]
                zh.append(f"{year} 年不在用，按 {at} 年的{unit.name}")
                en.append(f"not in force in {year}; read as {unit.name} of {at}")
        found: dict[str, list[Successor]] = {}
        ended: list[Change] = []
        unlisted: set[str] = set()
        for unit, at in states:
            for successor in self._walk(unit, at, at, run_year, (), ended):
                if self._is_listed(successor.code, run_year):
                    found.setdefault(successor.code, []).append(successor)
                    continue
                until = run_year or self.known_year
                unlisted.add(successor.code)
                zh.append(f"{successor.code} {successor.name}不在 {until} 年的清单中")
                en.append(f"{successor.code} {successor.name} is not in the list of {until}")
        for change in dict.fromkeys(ended):
            zh.append(f"{change.year} 年起无已知去向：{change.from_code} {change.from_name}")
            en.append(f"no known successor: {change}")
        read = tuple(dict.fromkeys(unit for unit, _ in states))
        lost = len(set(ended)) + len(unlisted)
        several = len(found) + lost > 1
        return Answer(
            read,
            tuple(_one(found[code], several) for code in sorted(found)),
            lost,
            "；".join(dict.fromkeys(zh)) or None,
            "; ".join(dict.fromkeys(en)) or None,
        )

    def _walk(
        self,
        unit: Unit,
        since: int,
        year: int,
        run_year: int | None,
        via: tuple[Change, ...],
        ended: list[Change],
    ) -> Iterator[Successor]:
        """Follow a unit as it stood at the end of a year; `ended` takes the dead ends."""
        until = run_year or self.known_year
        ahead = self._out.get(unit.code, {})
        later = sorted(y for y in ahead if y > year)
        changes = ahead[later[0]] if later else []
        aside = bool(changes) and changes[0].kind == "within"
        if not changes or (later[0] > until and not aside):
            yield self._listed(unit, since, run_year, via)
            return
        for change in changes:
            following, at = self._next(change, year)
            # A table that leads back to where it came from leads nowhere.
            if following is None or change in via:
                ended.append(change)
            else:
                yield from self._walk(following, since, at, run_year, (*via, change), ended)

    def _next(self, change: Change, year: int) -> tuple[Unit | None, int]:
        """The unit a change leads to and the year it is followed from.

        What a heading lies in is the division of its own time, not of the year it ended.
        """
        units = self.units(change.to_code) if change.to_code else ()
        years = [year, change.year] if change.kind == "within" else [change.year]
        for at in years:
            for unit in units:
                if unit.in_force(at):
                    return unit, at
        if change.kind == "within" and units:
            return nearest(units, change.year)
        return None, change.year

    def _is_listed(self, code: str, run_year: int | None) -> bool:
        if run_year is None:
            return code in self.known
        return any(unit.in_force(run_year) for unit in self.units(code))

    def _listed(
        self, unit: Unit, since: int, run_year: int | None, via: tuple[Change, ...]
    ) -> Successor:
        """The unit under the code that the list of known divisions gives it."""
        steps = [c.year for c in via]
        path = [str(c.from_code) for c in via] + [unit.code]
        until = run_year or self.known_year
        limits = zip([since, *steps], [*steps, until], strict=True)
        whole = not any(c.kind in ("split", "within") for c in via) and not any(
            low < cut <= high
            for code, (low, high) in zip(path, limits, strict=True)
            for cut in self._orphans.get(code[:4], ())
            if not code.endswith("00")
        )
        share = 1.0 if whole else None
        if run_year is None and unit.code not in self.known:
            same = [
                code
                for code, name in self.known.items()
                if name == unit.name and code[:4] == unit.code[:4]
            ]
            if len(same) == 1:
                note = Change(until, unit.code, unit.name, same[0], unit.name, "recoded", "project")
                return Successor(same[0], unit.name, share, (*via, note))
        return Successor(unit.code, unit.name, share, via)


def _one(ways: list[Successor], several: bool) -> Successor:
    """One successor that was reached in one or more ways: the longest, the weakest share."""
    longest = max(ways, key=lambda s: len(s.via))
    whole = not several and all(s.share == 1 for s in ways)
    return Successor(longest.code, longest.name, 1.0 if whole else None, longest.via)
