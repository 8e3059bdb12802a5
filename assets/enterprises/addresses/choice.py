"""Choosing among the divisions that a text may mean."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from assets.enterprises.addresses.units import Division, Divisions
from assets.enterprises.addresses.zones import outermost

_DEPTH = {"province": 0, "city": 1, "county": 2}


def extended(candidates: Sequence[Division], further: Iterable[Division]) -> list[Division]:
    """Candidates once a further name is read: what lies in them, else those that lie in it."""
    units = list(further)
    selves = candidates[0].selves
    for other in candidates[1:]:
        selves |= other.selves
    deeper = [u for u in units if not selves.isdisjoint(u.around)]
    return deeper or [c for c in candidates if any(c.within(u) for u in units)]


def fits_known(unit: Division, known: Division) -> bool:
    """Whether one of the two lies in the other."""
    return unit.within(known) or known.within(unit)


def above_codes(units: Iterable[Division]) -> frozenset[str]:
    """Codes of the divisions, of what they are today and of all above them."""
    found: set[str] = set()
    for unit in units:
        found |= unit.around | unit.selves
    return frozenset(found)


def chosen_of(
    candidates: Sequence[Division],
    known: Division | None,
    year: int | None,
    divisions: Divisions,
) -> tuple[Division | None, list[Division]]:
    """The one division of the year among the candidates; else what they share, and all of them."""
    if len(candidates) == 1 and candidates[0].in_force(year):
        return candidates[0], []
    near = [u for u in candidates if known is not None and fits_known(u, known)] or candidates
    current = {u.code: u for u in (divisions.at(u, year) for u in near)}
    units = list(current.values())
    in_force = [u for u in units if u.in_force(year)]
    units = in_force or _nearest(units, year)
    if len(units) == 1:
        return units[0], []
    holder = outermost(units)
    if holder is not None:
        return holder, []
    return common_ancestor(units, year, divisions), units


def _nearest(units: list[Division], year: int | None) -> list[Division]:
    """Of one name in a province at different times the one next to the year; its last before it."""
    by_place: dict[tuple[str, str], list[Division]] = {}
    for unit in units:
        by_place.setdefault((unit.code[:2], unit.name), []).append(unit)
    return [_next_to(same, year) for same in by_place.values()]


def _next_to(units: list[Division], year: int | None) -> Division:
    ended = [u for u in units if u.last is not None and (year is None or u.last < year)]
    if ended:
        return max(ended, key=lambda u: (u.last or 0, u.code))
    return min(units, key=lambda u: (u.first, u.code))


def common_ancestor(
    units: Sequence[Division], year: int | None, divisions: Divisions
) -> Division | None:
    """The deepest division in force in the year that all of them lie in; None without one."""
    if not units:
        return None
    shared = frozenset.intersection(*(u.around for u in units))
    found = [divisions.of_year(code, year) for code in sorted(shared)]
    existing = [u for u in found if u is not None and u.in_force(year)]
    return max(existing, key=lambda u: _DEPTH[u.level], default=None)
