"""From the names of a text to a division and a park: what they agree on, and why no more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from assets.enterprises.addresses.choice import chosen_of, common_ancestor, fits_known
from assets.enterprises.addresses.kinds import CLASS_OF, FILLERS
from assets.enterprises.addresses.marks import Token, tokens
from assets.enterprises.addresses.names import Readings
from assets.enterprises.addresses.reading import Reader, State
from assets.enterprises.addresses.units import Division, Divisions
from assets.enterprises.addresses.zones import Zones

# resolved: the deepest division that the text, or else what is known of the record, supports;
# ambiguous: several fit, and the code is what they share; contradiction: the names exclude each
# other; damaged: characters are lost where a county may have stood; no_division: none is named;
# foreign: outside China, or not in Chinese; empty: no text.
STATUSES = (
    "resolved",
    "ambiguous",
    "contradiction",
    "damaged",
    "no_division",
    "foreign",
    "empty",
)
_LEVELS = ("province", "city", "county")


class Result(NamedTuple):
    """What a skeleton says. `head`: how many of its names the division and its zone take up,
    `zone`: the number of the zone's name, -1 without one, `zone_prefix`: what stands before it
    as a part of the zone's name, `zone_text`: its name where nothing else belongs to it,
    `head_text`: the head where nothing stands in between, `loose`: other text does.
    """

    division_code: str | None
    division_level: str | None
    division_now: str | None
    status: str
    reason_zh: str
    park_id: str | None
    head: int
    zone: int
    zone_prefix: str
    zone_text: str | None
    head_text: str | None
    loose: bool


class Resolver:
    """Reads skeletons with the divisions and parks that are known."""

    def __init__(
        self, divisions: Divisions, readings: Mapping[str, Readings], zones: Zones
    ) -> None:
        self._divisions, self._readings, self._zones = divisions, readings, zones
        self._reader = Reader(divisions, readings, zones)
        self._results: dict[tuple[object, ...], Result] = {}

    def resolve(
        self, skeleton: str, year: int | None, context: str | None, damaged: bool, latin: bool
    ) -> Result:
        """The division of a skeleton in a year; `context` is a code the record is known to be of,
        `damaged` says that the text lost characters, `latin` that it is not in Chinese.
        """
        if not skeleton:
            return Result(
                None, None, None, "empty", "无文字", None, 0, -1, "", None, "", loose=False
            )
        names = self._head(tokens(skeleton))
        key = (names, year, context, damaged, latin)
        if key not in self._results:
            known = self._divisions.of_year(context, year) if context else None
            state = self._reader.read(names, known, year)
            self._results[key] = self._result(state, names, known, year, damaged, latin)
        return self._results[key]

    def _head(self, names: list[Token]) -> tuple[Token, ...]:
        """The names that are read: without those that a street is named after and behind it."""
        if any(name.is_zone or name.text in CLASS_OF for name in names):
            return tuple(names)
        for n, name in enumerate(names):
            meant = self._readings.get(name.text)
            if name.behind or (name.joined and meant is not None and not meant.full):
                return tuple(names[:n])
        return tuple(names)

    def _result(
        self,
        state: State,
        names: Sequence[Token],
        known: Division | None,
        year: int | None,
        damaged: bool,
        latin: bool,
    ) -> Result:
        said: list[str] = []
        if state.used:
            said.append("读到" + "、".join(state.used))
        if state.hosted:
            said.append(f"由园区名{state.hosted}")
        unit, status = self._division(state, known, year, said)
        if unit is None and latin and status == "no_division":
            status = "foreign"
            said = ["非中文地址"]
        if damaged and status != "foreign" and (unit is None or unit.level != "county"):
            status = "damaged"
            said.append("文字有损坏")
        if unit is not None:
            said += self._of_its_time(unit, year)
        park = state.park_id
        if park is None and state.bare_kind is not None and unit is not None:
            park = self._park_of(state.bare_kind, unit)
        prefix, at = "", state.zone
        while at > 0 and not names[at].behind and not names[at - 1].is_zone:
            before = names[at - 1]
            if self._stands_apart(before.text, at <= state.head, names[at].gap):
                break
            prefix, at = before.text + prefix, at - 1
            if names[at].gap:
                break
        zone = state.zone
        at_hand = zone >= 0 and not any(n.gap or n.behind for n in names[at : zone + 1])
        head = max(state.head, state.zone + 1) if state.zone_in_head else state.head
        return Result(
            unit.code if unit else None,
            unit.level if unit else None,
            unit.now if unit else None,
            status,
            "；".join(said),
            park,
            head,
            zone,
            prefix,
            prefix + names[zone].text if at_hand else None,
            None if state.loose else "".join(name.text for name in names[:head]),
            state.loose,
        )

    def _stands_apart(self, text: str, read: bool, gap: bool) -> bool:
        """Whether a name before a zone is no part of the zone's name, read as a division or not."""
        meant = self._readings.get(text)
        if meant is None or text in FILLERS or (text[-1] in "镇乡" and gap):
            return True
        district = all(u.name.endswith("区") for u in meant.short)
        return read and (bool(meant.full) or (gap and district))

    def _division(
        self, state: State, known: Division | None, year: int | None, said: list[str]
    ) -> tuple[Division | None, str]:
        if state.foreign:
            said.append("在中国境外")
            return None, "foreign"
        if state.candidates is None:
            if known is None:
                said.append("未读到行政区")
                return None, "no_division"
            said.append(f"文字未写明，按已知的{known.name}{known.code}")
            return known, "resolved"
        if state.against is not None:
            name, others = state.against
            said.append(f"与{name}矛盾")
            shared = common_ancestor([*state.candidates, *others], year, self._divisions)
            if shared is None and len(state.used) > 1:
                shared = chosen_of(state.candidates, None, year, self._divisions)[0]
            return shared, "contradiction"
        unit, several = chosen_of(state.candidates, known, year, self._divisions)
        if several:
            codes = "、".join(sorted({u.code for u in several}))
            said.append(f"可为{codes}" + ("，取其共同上级" if unit else ""))
            return unit, "ambiguous"
        if unit is not None and known is not None:
            if not fits_known(unit, known):
                said.append(f"与已知的{known.name}不符，以文字为准")
            elif known.within(unit) and _LEVELS.index(known.level) > _LEVELS.index(unit.level):
                said.append(f"文字未写到县，按已知的{known.name}{known.code}")
                return known, "resolved"
        return unit, "resolved"

    def _of_its_time(self, unit: Division, year: int | None) -> list[str]:
        """What is to be said of a division that is not in force in the year."""
        said = []
        if not unit.in_force(year):
            if unit.last is not None and (year is None or unit.last < year):
                said.append(f"{unit.name}{unit.code}用至{unit.last}年")
            else:
                said.append(f"{unit.name}{unit.code}自{unit.first}年起")
        if unit.now != unit.code:
            now = self._divisions.of_year(unit.now, None) if unit.now else None
            said.append(f"今属{now.name}{now.code}" if now else "今无唯一对应")
        return said

    def _park_of(self, kind: str, unit: Division) -> str | None:
        """The park of a bare kind: of the division, else of the city that it lies in."""
        hosts = [unit.now or unit.code]
        if unit.level == "county":
            hosts += sorted(c for c in unit.around if self._is_city(c))
        for host in hosts:
            park = self._zones.of_kind(kind, host)
            if park is not None:
                return park
        return None

    def _is_city(self, code: str) -> bool:
        units = self._divisions.by_code.get(code, ())
        municipality = code in ("110000", "120000", "310000", "500000")
        return municipality or any(u.level == "city" for u in units)
