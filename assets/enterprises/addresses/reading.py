"""Reading the names of a text one after the other, from the first to where the street begins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from assets.enterprises.addresses.choice import above_codes, extended, fits_known
from assets.enterprises.addresses.kinds import CLASS_OF, FILLERS, FOREIGN
from assets.enterprises.addresses.marks import Token
from assets.enterprises.addresses.names import Readings
from assets.enterprises.addresses.units import FIRST_LIST, Division, Divisions
from assets.enterprises.addresses.zones import Zones

_QUARTERS = (
    *("东城", "西城", "南城", "北城", "中城", "新城", "老城", "新市", "旧城"),
    *("城东", "城西", "城南", "城北", "城中", "城关", "市中", "市南", "市北"),
)
# County-level cities whose short name is a word.
_WORDS = frozenset({"东方", "永安", "新民", "兴城", "开平", "太平", "海城", "永城"})


@dataclass
class State:
    """How far a text is read."""

    candidates: list[Division] | None = None
    used: list[str] = field(default_factory=list)
    only_short: bool = True
    head: int = 0
    loose: bool = False
    stopped: bool = False
    foreign: bool = False
    against: tuple[str, list[Division]] | None = None
    zone: int = -1
    zone_in_head: bool = False
    bare_kind: str | None = None
    park_id: str | None = None
    hosted: str | None = None


class Reader:
    """Reads the names of a text with the divisions and parks that are known."""

    def __init__(
        self, divisions: Divisions, readings: Mapping[str, Readings], zones: Zones
    ) -> None:
        self._divisions, self._readings, self._zones = divisions, readings, zones

    def read(self, names: Sequence[Token], known: Division | None, year: int | None) -> State:
        """What the names say; `known` is a division the record is known to be of."""
        state = State()
        for n, name in enumerate(names):
            if name.is_zone:
                self._read_zone(state, n, name, known, year)
            elif not state.stopped:
                self._read_division(state, n, name, known, year)
            elif name.text in CLASS_OF and state.zone < 0:
                self._take_kind(state, n, name)
        return state

    def _read_division(
        self, state: State, n: int, name: Token, known: Division | None, year: int | None
    ) -> None:
        if name.behind:
            state.stopped = True
            return
        if name.text in FILLERS:
            if not name.gap:
                state.head = n + 1
            return
        if name.text in FOREIGN and name.text not in self._readings:
            state.stopped = True
            if state.candidates is None and not name.joined:
                state.foreign, state.head, state.loose = True, n + 1, name.gap
                state.used.append(name.text)
            return
        meant = self._readings[name.text]
        fits, short = self._fitting(state, name, meant, known, year)
        if fits:
            state.candidates = fits
            state.only_short &= short
            state.used.append(name.text)
            state.loose |= name.gap
            state.head = n + 1
        elif name.text in CLASS_OF and state.zone < 0:
            self._take_kind(state, n, name)
        elif meant.full and not name.gap and not name.joined and state.candidates:
            self._contradict(state, n, name, meant)
        else:
            # A short name that does not fit is the name of something else.
            state.stopped = bool(meant.short) or not name.gap

    def _contradict(self, state: State, n: int, name: Token, meant: Readings) -> None:
        generic = _everywhere(name.text)
        if state.only_short and not generic:
            state.candidates, state.only_short = list(meant.full), False
            state.used, state.head = [name.text], n + 1
            return
        state.stopped = True
        if not generic:
            state.against = (name.text, list(meant.full))

    def _fitting(
        self,
        state: State,
        name: Token,
        meant: Readings,
        known: Division | None,
        year: int | None,
    ) -> tuple[list[Division], bool]:
        """The divisions that the name adds to what is read so far, and whether it is short."""
        if state.candidates is None:
            alone = not _generic(name.text) or _any_known(meant.full, known)
            if meant.full and alone and not (name.gap and name.joined):
                return list(meant.full), False
            if name.gap or name.joined:
                return [], True
            return self._first_short(name, meant.short, known), True
        if meant.full and not (_generic(name.text) and name.gap):
            fits = extended(state.candidates, meant.full)
            if fits:
                return fits, False
        if name.gap or name.joined:
            return [], True
        begun = [u for u in meant.short if year is None or u.first <= max(year, FIRST_LIST)]
        return extended(state.candidates, begun), True

    def _first_short(
        self, name: Token, short: list[Division], known: Division | None
    ) -> list[Division]:
        """A short name at the beginning: a province before a city before a county.

        A short county is also the name of towns and of much else: it is read where the record is
        known to be of its city; else only a city that shares its name with no other county, and a
        county before its town.
        """
        near = [u for u in short if known is not None and fits_known(u, known)]
        for level in ("province", "city"):
            found = [u for u in short if u.level == level]
            if found:
                counties = [u for u in short if u.level == "county"]
                found += [u for u in counties if any(u.within(city) for city in found)]
                return [u for u in found if u in near] or found
        if known is not None:
            return near
        single = len({(u.code[:2], u.now or u.parent) for u in short}) == 1
        a_city = any(u.name.endswith("市") for u in short) and name.text not in _WORDS
        no_district = not any(u.name.endswith("区") for u in short)
        return short if single and ((a_city and no_district) or name.town) else []

    def _take_kind(self, state: State, n: int, name: Token) -> None:
        """A zone that has no name but its kind, or one that no notice knows."""
        state.zone = n
        state.zone_in_head = not name.behind and not state.stopped
        if not name.gap and not name.behind and state.head == n:
            state.bare_kind = name.text
        if state.zone_in_head:
            state.stopped = True

    def _read_zone(
        self,
        state: State,
        n: int,
        name: Token,
        known: Division | None,
        year: int | None,
    ) -> None:
        if state.park_id is not None or (state.zone >= 0 and state.bare_kind is not None):
            return
        if name.text not in self._zones.by_pattern:
            if state.zone < 0:
                self._take_kind(state, n, name)
            return
        around = above_codes(state.candidates or ([known] if known else []))
        zone = self._zones.named(name.text, around)
        if zone is None and not state.candidates and around:
            zone = self._zones.named(name.text, frozenset())
        if zone is None and state.zone >= 0:
            return
        state.zone, state.park_id = n, zone.park_id if zone else None
        state.zone_in_head = not name.behind and not state.stopped
        host = zone.host if zone and zone.named else self._zones.host_named(name.text, around)
        if zone is None and host is None and state.zone_in_head:
            self._read_stem(state, n, name, known, year)
            return
        if zone is not None and host is None and state.candidates is None:
            host = zone.province
        units = self._divisions.by_now.get(host or "", [])
        if units and state.candidates is None:
            state.candidates, state.hosted = units, name.text
        elif units and state.zone_in_head and state.candidates is not None:
            state.candidates = extended(state.candidates, units) or state.candidates
        if state.zone_in_head:
            state.stopped = True

    def _read_stem(
        self, state: State, n: int, name: Token, known: Division | None, year: int | None
    ) -> None:
        """A name that is a park's elsewhere: here a division and a kind of zone."""
        for end in range(len(name.text) - 1, 1, -1):
            stem, kind = name.text[:end], name.text[end:]
            if stem in self._readings and kind in CLASS_OF:
                fits, short = self._fitting(
                    state, name._replace(text=stem), self._readings[stem], known, year
                )
                if fits:
                    state.candidates, state.bare_kind = fits, kind
                    state.only_short &= short
                    state.used.append(stem)
                break
        state.stopped = True


def _generic(name: str) -> bool:
    """东区, 郊区, 矿区: names that mean nothing without their city."""
    return len(name) == 2 and name.endswith("区")


def _everywhere(name: str) -> bool:
    """Names that parts of any town have, which so contradict none."""
    return len(name) <= 2 or (name.endswith("区") and name.startswith(_QUARTERS))


def _any_known(units: list[Division], known: Division | None) -> bool:
    return known is not None and any(u.within(known) for u in units)
