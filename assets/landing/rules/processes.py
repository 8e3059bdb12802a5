"""Rules on returns of processes and waste: what a method would refuse never reaches it."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from fractions import Fraction
from itertools import combinations
from typing import Any

import polars as pl

from assets.inventory.ledger import MissingFactor
from assets.inventory.methods.base import MethodError
from assets.inventory.methods.catalogue import BY_NAME
from assets.inventory.methods.evaluate import process_terms, refuse_both
from assets.inventory.methods.landfill import LANDFILL
from assets.inventory.methods.units import Units
from assets.landing.rules.identity import person
from quality.quarantine import Rule

Tables = Mapping[str, pl.DataFrame]
Row = Mapping[str, Any]

_RULE = "__process_rule__"
_PERSON = "__person__"
# Years that `ProcessReturn` declares.
_YEARS = (1980, 2100)
_FIRST_DEPOSIT = 1950
# What `process_terms` takes beside the rows, in its order.
METHOD_TABLES = [
    "accepted.ippu_factor",
    "accepted.waste_factor",
    "accepted.heat_factor",
    "accepted.fuel_factor",
    "accepted.unit",
]
_REASONS = {
    "ROW": (
        "year",
        "年份缺失或不在 1980 至 2100 年之间，或单位名称缺失：该行不能归入任何一组",
        "no year from 1980 to 2100, or no name: the row belongs to no group",
    ),
    "METHOD": ("method_zh", "方法名未知：见填报模板的方法清单", "no method of this name"),
    "PARAM": ("parameter_zh", "该方法没有此参数", "the method has no such parameter"),
    "CHOICE": (
        "choice_zh",
        "选项不在该参数的清单中，或该参数应填数值",
        "not one of the choices of the parameter, or the parameter is a number",
    ),
    "VALUE": (
        "value",
        "该参数应填数值，或应填选项而不填数值",
        "the parameter needs a number, or a choice and no number",
    ),
    "UNITPAIR": (
        "unit_zh",
        "计量单位不能换算为该参数的单位",
        "the unit has no conversion to that of the parameter",
    ),
    "BOUNDS": (
        "value",
        "数值超出该参数的范围（比例为 0 至 1，其余不为负）",
        "outside the bounds of the parameter (shares 0 to 1, others not negative)",
    ),
    "DEPOSIT": (
        "deposit_year",
        "填埋年份只填在填埋量上，不早于 1950 年，不晚于年份",
        "a year of deposit belongs to 填埋量 only, from 1950 to the year of the row",
    ),
    "ID2": (
        "parameter_zh",
        "同一场所、年份、方法、项目、参数重复",
        "one site, year, method, item and parameter twice",
    ),
    "TWICE": (
        "method_zh",
        "同一场所和年份用了两种互斥的方法，只能选一种",
        "two methods that exclude each other for one site and year: expected one of them",
    ),
    "CALC": (
        "value",
        "按该方法不能计算：缺必填参数、参数互相矛盾，或扣除量大于产生量",
        "the method cannot be worked out: an input is missing, inputs contradict each other, or "
        "more is taken away than there is",
    ),
    "GROUP": (
        "method_zh",
        "同一组（场所、年份、方法、项目）另有一行不采用，整组不计算",
        "another row of this site, year, method and item was refused: none of them is worked out",
    ),
}


def process_rules(reference: Tables, *others: Rule) -> list[Rule]:
    """What a row, or the rows of one evaluation together, must fulfil for their method.

    A group is a legal person, permit, year, method and item; a landfill is one group over all
    years. It counts as a whole or not at all: without a refused row an optional input would be
    left out in silence and the number be another one. A missing factor is a fault of the tables,
    not of the delivery: the rows stay, and the run stops at it. `others` are rules that refuse
    rows besides: what they refuse is missing in its group all the same.
    """
    judge = _Judge(reference, others)

    def judged(rows: pl.DataFrame) -> pl.DataFrame:
        return judge.rules(rows)

    return [
        Rule(rule_id, "error", column, pl.col(_RULE) == rule_id, zh, en, derived=judged)
        for rule_id, (column, zh, en) in _REASONS.items()
    ]


class _Judge:
    """The first rule that each row breaks."""

    def __init__(self, reference: Tables, others: Sequence[Rule]) -> None:
        self._others = [rule.bad.fill_null(False) for rule in others]
        self._tables = [reference[name] for name in METHOD_TABLES]
        self._units = Units(reference["accepted.unit"])

    def rules(self, frame: pl.DataFrame) -> pl.DataFrame:
        """One column: the rule a row breaks, null for a row that stays."""
        rows = frame.with_columns(person().alias(_PERSON)).to_dicts()
        refused = frame.select(
            pl.any_horizontal(pl.repeat(False, pl.len()), *self._others)
        ).to_series()
        found = [
            "GROUP" if gone else self._of_row(row) for row, gone in zip(rows, refused, strict=True)
        ]
        for place in _repeated(rows, found):
            found[place] = "ID2"
        groups = _grouped(rows)
        for places in groups:
            if any(found[place] for place in places):
                for place in places:
                    found[place] = found[place] or "GROUP"
        whole = [places for places in groups if not any(found[place] for place in places)]
        for places in self._exclusive(rows, whole):
            for place in places:
                found[place] = "TWICE"
        whole = [places for places in whole if not any(found[place] for place in places)]
        for places in self._refused(frame, whole):
            for place in places:
                found[place] = "CALC"
        return pl.DataFrame({_RULE: found}, schema={_RULE: pl.String})

    def _of_row(self, row: Row) -> str | None:
        """What is wrong with a row by itself."""
        if not _dated(row) or row["name_zh"] is None:
            return "ROW"
        method = BY_NAME.get(row["method_zh"])
        if method is None:
            return "METHOD"
        item = next((i for i in method.inputs if i.name_zh == row["parameter_zh"]), None)
        if item is None:
            return "PARAM"
        deposited = row["deposit_year"]
        if deposited is not None and (
            item.name != "deposit_t" or not _FIRST_DEPOSIT <= deposited <= row["year"]
        ):
            return "DEPOSIT"
        if item.choices:
            if row["value"] is not None:
                return "VALUE"
            return None if row["choice_zh"] in item.choices else "CHOICE"
        if row["choice_zh"] is not None:
            return "CHOICE"
        if row["value"] is None:
            return "VALUE"
        scale = self._units.conversion(row["unit_zh"], item.unit)
        if scale is None:
            return "UNITPAIR"
        value = Fraction(row["value"]) * scale
        inside = value >= 0 and (item.high is None or value <= item.high)
        return None if inside else "BOUNDS"

    def _exclusive(self, rows: Sequence[Row], groups: Sequence[list[int]]) -> list[list[int]]:
        """Groups of methods that exclude each other."""
        by_works: dict[Hashable, list[list[int]]] = {}
        for places in groups:
            for year in {rows[place]["year"] for place in places}:
                by_works.setdefault((rows[places[0]][_PERSON], year), []).append(places)
        found = []
        for known in by_works.values():
            for one, other in combinations(known, 2):
                if rows[one[0]]["method_zh"] == rows[other[0]]["method_zh"]:
                    continue
                both = [{**rows[place], "person": rows[place][_PERSON]} for place in one + other]
                if _both_refused(both):
                    found += [one, other]
        return found

    def _refused(self, frame: pl.DataFrame, groups: Sequence[list[int]]) -> list[list[int]]:
        """Groups that their method refuses, found by halves: most deliveries have none."""
        places = [place for group in groups for place in group]
        if not places:
            return []
        refused = self._refuses(frame[places])
        if refused is False:
            return []
        if len(groups) == 1:
            return list(groups) if refused else []
        half = len(groups) // 2
        return self._refused(frame, groups[:half]) + self._refused(frame, groups[half:])

    def _refuses(self, rows: pl.DataFrame) -> bool | None:
        """None where a factor is missing: of more than one group that says nothing."""
        try:
            process_terms(rows, *self._tables)
        except MethodError:
            return True
        except MissingFactor:
            return None
        return False


def _both_refused(rows: Sequence[Row]) -> bool:
    try:
        refuse_both(rows)
    except MethodError:
        return True
    return False


def _group(row: Row) -> tuple[Hashable, ...]:
    """The rows of one evaluation; see `process_rules`."""
    site = (row["method_zh"], row[_PERSON], row["permit_no"] or "")
    return site if _is_landfill(row) else (*site, row["year"], row["item_zh"] or "")


def _grouped(rows: Sequence[Row]) -> list[list[int]]:
    """Places of the rows of each group of a known method and year.

    A row without a year that can be may belong to any year: it goes with all of them.
    """
    known = [place for place, row in enumerate(rows) if row["method_zh"] in BY_NAME]
    groups: dict[Hashable, list[int]] = {}
    for place in known:
        if _dated(rows[place]) or _is_landfill(rows[place]):
            groups.setdefault(_group(rows[place]), []).append(place)
    undated = [place for place in known if not _dated(rows[place])]
    for members in groups.values():
        dated = rows[members[0]]
        members += [
            place
            for place in undated
            if place not in members
            and _group({**rows[place], "year": dated["year"]}) == _group(dated)
        ]
    return list(groups.values())


def _dated(row: Row) -> bool:
    return row["year"] is not None and _YEARS[0] <= row["year"] <= _YEARS[1]


def _is_landfill(row: Row) -> bool:
    return bool(row["method_zh"] == LANDFILL.name_zh)


def _repeated(rows: Sequence[Row], found: Sequence[str | None]) -> list[int]:
    """Places of rows that say the same parameter again, empty parts of the key included."""
    seen: dict[Hashable, list[int]] = {}
    for place, row in enumerate(rows):
        if found[place] != "METHOD":
            deposited = row["deposit_year"] or row["year"]
            key = (*_group(row), row["year"], row["item_zh"] or "", row["parameter_zh"], deposited)
            seen.setdefault(key, []).append(place)
    return [place for places in seen.values() if len(places) > 1 for place in places]
