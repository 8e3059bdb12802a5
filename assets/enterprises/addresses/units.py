"""Divisions of all years as the parser needs them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import polars as pl

from assets.boundaries.lineage import Lineage

# Year of the first list; what stands in it may be older.
FIRST_LIST = 1980


def division_units(listed: pl.DataFrame, changes: pl.DataFrame) -> pl.DataFrame:
    """Divisions with the years they were in force and what each is today.

    `listed`: `accepted.division_unit`; `changes`: `accepted.division_event`. One row a division
    under one code, name and division above: `division_code, name_zh, level, parent_code,
    first_year, last_year` (null: in force), `code_now` (null where it has no single successor).
    """
    lineage = Lineage(changes)
    frame = listed.select(
        "division_code", "name_zh", "level", "parent_code", "first_year", "last_year"
    ).sort("division_code", "first_year")
    today = max((*changes["year"].to_list(), *frame["first_year"].to_list()), default=0)
    in_force = set(frame.filter(pl.col("last_year").is_null())["division_code"])
    now: list[str | None] = []
    for code, last in frame.select("division_code", "last_year").iter_rows():
        if last is None:
            now.append(code)
            continue
        answer = lineage.answer(code, last, today)
        only = [s.code for s in answer.successors]
        single = len(only) == 1 and not answer.lost and only[0] in in_force
        now.append(only[0] if single else None)
    return frame.with_columns(pl.Series("code_now", now, dtype=pl.String))


@dataclass(frozen=True, eq=False, slots=True)
class Division:
    """A row of `division_units`.

    `around`: codes of all divisions that it lay in at any time, and its own; `selves`: its code
    and that of what it is today.
    """

    code: str
    name: str
    level: str
    parent: str | None
    first: int
    last: int | None
    now: str | None
    around: frozenset[str]
    selves: frozenset[str]

    def in_force(self, year: int | None) -> bool:
        """Whether the list at the end of the year has it; None is today."""
        if year is None:
            return self.last is None
        if self.last is not None and self.last < year:
            return False
        return self.first <= year or self.first == FIRST_LIST

    def within(self, other: Division) -> bool:
        """Whether it lay in the other, under a code of any time, or is that itself."""
        return not self.around.isdisjoint(other.selves)


class Divisions:
    """All divisions, by code and by what they are today."""

    def __init__(self, units: pl.DataFrame) -> None:
        rows = units.select(
            "division_code",
            "name_zh",
            "level",
            "parent_code",
            "first_year",
            "last_year",
            "code_now",
        ).rows()
        parents: dict[str, set[str]] = defaultdict(set)
        self._now: dict[str, set[str]] = defaultdict(set)
        for code, _, _, parent, _, _, now in rows:
            if parent:
                parents[code].add(parent)
            if now and now != code:
                self._now[code].add(now)
        self.all = [
            Division(
                code=code,
                name=name,
                level=level,
                parent=parent,
                first=first,
                last=last,
                now=now,
                around=self._around(parent, now, code, parents),
                selves=frozenset((code, now or code)),
            )
            for code, name, level, parent, first, last, now in rows
        ]
        self._at: dict[tuple[int, int | None], Division] = {}
        self.by_code: dict[str, list[Division]] = defaultdict(list)
        self.by_now: dict[str, list[Division]] = defaultdict(list)
        for unit in self.all:
            self.by_code[unit.code].append(unit)
            if unit.now:
                self.by_now[unit.now].append(unit)

    def _around(
        self, parent: str | None, now: str | None, code: str, parents: dict[str, set[str]]
    ) -> frozenset[str]:
        """Its own code, those above it and above what it is today, and what they are today."""
        found = {code}
        todo = [parent] if parent else []
        if now and now != code:
            todo.append(now)
        while todo:
            one = todo.pop()
            if one in found:
                continue
            found.add(one)
            todo += [*parents.get(one, ()), *self._now.get(one, ())]
        return frozenset(found)

    def at(self, unit: Division, year: int | None) -> Division:
        """The same division as of the year, where it went on under the same name."""
        if unit.in_force(year) or unit.now is None:
            return unit
        key = (id(unit), year)
        if key not in self._at:
            same = [u for u in self.by_now[unit.now] if u.name == unit.name and u.in_force(year)]
            self._at[key] = same[0] if len(same) == 1 else unit
        return self._at[key]

    def of_year(self, code: str, year: int | None) -> Division | None:
        """The division of a code as of the year, else the last or else the first with it."""
        units = self.by_code.get(code, [])
        for unit in units:
            if unit.in_force(year):
                return unit
        ended = [u for u in units if u.last is not None and (year is None or u.last < year)]
        return max(ended, key=lambda u: u.last or 0) if ended else (units[0] if units else None)
