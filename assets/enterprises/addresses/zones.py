"""Names of catalogue parks as addresses write them, and the park that a mention is bound to."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace

import polars as pl

from assets.enterprises.addresses.kinds import CLASS_OF, ECONOMIC, GENERIC, HIGH_TECH
from assets.enterprises.addresses.names import Readings
from assets.enterprises.addresses.units import Division, Divisions

_BRACKET = re.compile(r"[（(].*?[）)]$")
_KINDS = sorted(CLASS_OF, key=len, reverse=True)
# How addresses shorten the kind of a zone that has a name before it.
_WRITTEN = {
    ECONOMIC: (ECONOMIC, "经济开发区", "经开区", "开发区"),
    HIGH_TECH: (HIGH_TECH, "高新技术开发区", "高新技术产业园区", "高新开发区", "高新区"),
    "工业园区": ("工业园区", "工业园"),
    "产业园区": ("产业园区", "产业园"),
    "综合保税区": ("综合保税区", "综保区"),
}
_SHORTEST = 5
# Beginnings of park names that sound like a division and are none.
_NO_DIVISION = ("杭州湾", "红旗渠")
# GB/T 2260 provinces as the names of parks begin with them.
_PROVINCES = dict(
    zip(
        (
            *("11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36"),
            *("37", "41", "42", "43", "44", "45", "46", "50", "51", "52", "53", "54", "61", "62"),
            *("63", "64", "65"),
        ),
        (
            *("北京", "天津", "河北", "山西", "内蒙古", "辽宁", "吉林", "黑龙江", "上海", "江苏"),
            *("浙江", "安徽", "福建", "江西", "山东", "河南", "湖北", "湖南", "广东", "广西"),
            *("海南", "重庆", "四川", "贵州", "云南", "西藏", "陕西", "甘肃", "青海", "宁夏"),
            "新疆",
        ),
        strict=True,
    )
)
_PATTERN = {
    "park_id": pl.String,
    "pattern": pl.String,
    "kind": pl.String,
    "stem": pl.String,
    "province_code": pl.String,
    "point_code": pl.String,
    "official": pl.Boolean,
}


def zone_patterns(parks: pl.DataFrame) -> pl.DataFrame:
    """Names that an address may use for a park; `parks`: `core.park`.

    One row a park and name: `park_id, pattern, kind` (of zone, as in the notice; empty where it
    is none of the usual ones), `stem` (the name without province and kind), `province_code`,
    `point_code` (division of the park's point, which may be wrong), `official` (the name of the
    notice, with or without its province). A name that two parks share stands twice.
    """
    rows = []
    columns = parks.select("park_id", "name_zh", "province_code", "division_code")
    for park_id, name, province, point in columns.iter_rows():
        plain = _BRACKET.sub("", name)
        kind = next((k for k in _KINDS if plain.endswith(k)), "")
        stem = plain.removesuffix(kind)
        short = _PROVINCES.get(province[:2], "")
        local = re.sub(f"^{short}(?:省|市|自治区)?", "", stem) or stem
        official = {plain, local + kind}
        written = {local + k for k in _WRITTEN.get(CLASS_OF.get(kind, ""), ())}
        if local == short:
            written -= {local + generic for generic in GENERIC}
        rows += [
            (park_id, pattern, kind, local, province, point, pattern in official)
            for pattern in official | written
            if len(pattern) >= _SHORTEST and (pattern in official or len(local) >= 2)
        ]
    return pl.DataFrame(rows, schema=_PATTERN, orient="row").sort("park_id", "pattern")


@dataclass(frozen=True)
class Zone:
    """A park as one of its names speaks of it.

    `host` is the division of today that it belongs to, `named` whether its name says so (else
    its point does), `bare` whether the name is no more than host and kind, `local` whether this
    is the name without its host, which says nothing where the host is not known.
    """

    park_id: str
    kind: str
    province: str
    host: str | None
    named: bool
    bare: bool
    official: bool
    local: bool = False


class Zones:
    """Parks by what an address may write, and by the division that a bare kind belongs to."""

    def __init__(
        self, zones: pl.DataFrame, divisions: Divisions, readings: Mapping[str, Readings]
    ) -> None:
        self.by_pattern: dict[str, list[Zone]] = defaultdict(list)
        self._by_host: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        hosts: dict[tuple[str, str], tuple[Division | None, str, str]] = {}
        for park_id, pattern, kind, stem, province, point, official in zones.select(
            list(_PATTERN)
        ).iter_rows():
            if (stem, province) not in hosts:
                hosts[stem, province] = _host(stem, province, readings, divisions)
            host, left, last = hosts[stem, province]
            code = host.now if host else point
            zone = Zone(park_id, kind, province, code, bool(host), not left, official)
            self.by_pattern[pattern].append(zone)
            if zone.bare and code and kind:
                self._by_host[code][kind].add(park_id)
            if host and len(left) >= 2:
                self.by_pattern[left + pattern.removeprefix(stem)].append(replace(zone, local=True))
            elif host and not left and last != stem:
                self.by_pattern[last + pattern.removeprefix(stem)].append(zone)

    def of_kind(self, kind: str, host: str) -> str | None:
        """The one park of a division that a bare kind can mean, by its kind or by its class."""
        kinds = self._by_host.get(host, {})
        exact = kinds.get(kind, set())
        if exact:
            return next(iter(exact)) if len(exact) == 1 else None
        of_class = CLASS_OF[kind]
        alike = {p for k, parks in kinds.items() if CLASS_OF.get(k) == of_class for p in parks}
        return next(iter(alike)) if len(alike) == 1 else None

    def host_named(self, pattern: str, around: frozenset[str]) -> str | None:
        """The one division that a name speaks of, where the parks that it may mean share it."""
        found = [z for z in self._meant(pattern, around) if not z.local]
        hosts = {z.host if z.named else None for z in found}
        return next(iter(hosts)) if len(hosts) == 1 else None

    def named(self, pattern: str, around: frozenset[str]) -> Zone | None:
        """The one park of a name; where the text names divisions, one that may lie in them.

        `around`: codes of the division read and of those above it; empty where none was read.
        """
        found = self._meant(pattern, around)
        found = [z for z in found if z.official] or found
        return found[0] if len({z.park_id for z in found}) == 1 else None

    def _meant(self, pattern: str, around: frozenset[str]) -> list[Zone]:
        found = self.by_pattern.get(pattern, [])
        if around:
            found = [z for z in found if z.province in around]
            # Zones lie across the borders of counties, seldom across those of cities.
            near = [z for z in found if z.named and _near(z.host, around, z.local)]
            found = near or [z for z in found if not z.named]
        else:
            found = [z for z in found if not z.local]
        return found


def _near(host: str | None, around: frozenset[str], local: bool) -> bool:
    if host is None or host in around:
        return True
    if local:
        return False
    deepest_is_province = all(code.endswith("0000") for code in around)
    return deepest_is_province or any(
        code[:4] == host[:4] for code in around if not code.endswith("0000")
    )


def _host(
    stem: str, province: str, readings: Mapping[str, Readings], divisions: Divisions
) -> tuple[Division | None, str, str]:
    """The deepest division that the beginning of a park's name names, what is left of the name,
    and how that division is written.
    """
    whole = divisions.of_year(province, None)
    if whole is None:
        return None, stem, ""
    if stem == _PROVINCES.get(province[:2]):
        return whole, "", stem
    host: Division | None = None
    written = ""
    above, left = whole, stem
    while left and not left.startswith(_NO_DIVISION):
        for end in range(len(left), 1, -1):
            meant = readings.get(left[:end])
            fits = [
                *(u for u in (meant.full if meant else ()) if _below(u, above)),
                *(u for u in (meant.short if meant else ()) if _below(u, above)),
            ]
            if fits:
                break
        else:
            break
        rest = left[end:]
        chosen = outermost([u for u in fits if u.last is None] or fits)
        # 胜利 is a word before it is a district, unless its city stands before it.
        word = chosen is None or (
            rest and above is whole and chosen.name.endswith("区") and left[:end] != chosen.name
        )
        if word or chosen is None:
            break
        host, above, written, left = chosen, chosen, left[:end], rest
    return host, left, written


def _below(unit: Division, above: Division) -> bool:
    return unit.now is not None and unit.within(above) and unit.code != above.code


def outermost(units: list[Division]) -> Division | None:
    """The one that holds all the others (长沙市 of 长沙市 and 长沙县), if there is one."""
    for unit in units:
        if all(other.within(unit) for other in units):
            return unit
    return None
