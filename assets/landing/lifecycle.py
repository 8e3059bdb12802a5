"""The life of deliveries: which of all that came counts.

A file says in its name what it is: `…_修订2` takes the place of the file without the mark (and
of 修订1), `…_补充1` adds to it. What counts follows from the set of deliveries and withdrawals
alone, so the order of arrival does not matter; only where other bytes come under the same name,
or one with the same subject and marks, must the later arrival be taken for the better (`edition`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import PurePath
from typing import Any

import polars as pl

from quality.contracts.audit import Delivery

_DIGITS = "一二三四五六七八九"
_NUMBER = rf"\d{{1,3}}|十?[{_DIGITS}]|十"
_REVISED = "(?:修订|更正|修正|订正)[版稿]?"
_ADDED = "补充|增补"
_MARK = re.compile(
    rf"[\s_\-（(【［\[]*(?:第\s*(?P<nth>{_NUMBER})\s*次(?P<of>{_REVISED}|{_ADDED})"
    rf"|(?P<kind>{_REVISED}|{_ADDED})[\s_\-.（(]*(?P<number>{_NUMBER}|)"
    r"|(?P<latin>rev|revised|v|supplement)[\s_\-.]*(?P<digits>\d{0,3}))[）)】］\]]*$",
    re.IGNORECASE,
)
# A file made for demonstration says so behind or before its mark.
_SHOWN = re.compile(r"[\s_\-（(【]*示意[）)】]*")
_SUPPLEMENTS = {"补充", "增补", "supplement"}
# `…v` without a number, or glued to a word, is no mark but a name.
_NEEDS_NUMBER = {"v"}

Limits = Mapping[str, float]


@dataclass(frozen=True)
class Said:
    """What a delivery says beside its rows, of what the declaration does not expect by name.

    `wide` are its columns that become records, with those that may be absent by decision: spelling
    by name of the column. `titles` are the cells that lines above its header give. `parts` are
    its sheets, where the source has as many as the office delivers.
    """

    wide: Mapping[str, str] = field(default_factory=dict)
    titles: frozenset[tuple[str, str]] = frozenset()
    parts: frozenset[str] = frozenset()


@lru_cache(maxsize=1 << 16)
def marks(file_name: str) -> tuple[str, int, int]:
    """(subject, revision, supplement) of a file name; the subject keeps its suffix, in lower
    case, and loses its marks.
    """
    path = PurePath(file_name)
    written = "".join(path.suffixes[-2:]) if path.suffix.lower() == ".zip" else path.suffix
    suffix, stem = written.lower(), _SHOWN.sub("", file_name.removesuffix(written))
    found = _MARK.search(stem)
    if found is None or found.start() == 0:
        return stem + suffix, 0, 0
    kind, number = found["of"] or found["kind"], found["nth"] or found["number"]
    if kind is None:
        kind, number = found["latin"].lower(), found["digits"]
        glued = stem[found.start("latin") - 1].isalnum()
        if glued or (kind in _NEEDS_NUMBER and not number):
            return stem + suffix, 0, 0
    subject, count = stem[: found.start()] + suffix, _count(number) if number else 1
    return (subject, 0, count) if kind in _SUPPLEMENTS else (subject, count, 0)


def _count(number: str) -> int:
    """A number in digits, or 一 to 十九."""
    if number.isdecimal():
        return int(number)
    return 10 * number.startswith("十") + _DIGITS.find(number[-1]) + 1


def merge(known: pl.DataFrame, arrived: pl.DataFrame) -> pl.DataFrame:
    """All deliveries after an arrival (`raw.delivery` without status).

    The same bytes under several names are one delivery: it is called by the name that sorts
    first and belongs to the subjects of all of them. Other bytes under a known name, or one that
    says the same, are a new edition of it; bytes that come back are the newest again.
    """
    # What a name says is read anew: it may have been recorded when fewer marks were known.
    rows: dict[tuple[str, str], dict[str, Any]] = {
        (row["source_id"], row["delivery_id"]): row | _said(row["file_name"])
        for row in known.iter_rows(named=True)
    }
    for row in arrived.sort("source_id", "file_name", "delivery_id").iter_rows(named=True):
        key, said = (row["source_id"], row["delivery_id"]), marks(row["file_name"])
        newest = max(
            (
                other["edition"]
                for other_key, other in rows.items()
                if other_key != key
                and other_key[0] == key[0]
                and said in map(marks, names_of(other))
            ),
            default=0,
        )
        before = rows.get(key)
        if before is None:
            rows[key] = {**row, "edition": newest + 1}
            continue
        if newest and before["edition"] <= newest:
            before["edition"] = newest + 1
        names = sorted({*names_of(before), row["file_name"]})
        before.update(
            _said(names[0]),
            file_name=names[0],
            names="/".join(names),
            illustrative=before["illustrative"] or row["illustrative"],
        )
    return pl.DataFrame(list(rows.values()), schema=_SCHEMA, orient="row")


def _said(file_name: str) -> dict[str, Any]:
    return dict(zip(("subject", "revision", "supplement"), marks(file_name), strict=True))


def names_of(delivery: Mapping[str, Any]) -> list[str]:
    """All names of a delivery; `/` stands in no file name."""
    return str(delivery["names"]).split("/")


_SCHEMA = {c.name: c.polars_type for c in Delivery.declared_columns()}


def resolve(
    deliveries: pl.DataFrame,
    withdrawals: pl.DataFrame,
    fewer_rows: Limits,
    any_rows: Iterable[str] = (),
    said: Mapping[tuple[str, str], Said] | None = None,
) -> pl.DataFrame:
    """Status and reason of every delivery (columns of `raw.delivery`).

    `deliveries` says in `rows` how many rows were read, and where it is null in `reason` why
    not. `fewer_rows` is the largest share of rows that may be missing by source; `any_rows` are
    deliveries for which it was decided not to matter, `said` what each says (by source and id).
    Precedence within a subject: revision, then edition; a withdrawn, unreadable or partial
    delivery, or one about something else, leaves the one before it in force.
    """
    decided = set(any_rows)
    withdrawn = _withdrawn(deliveries, withdrawals)
    rows = deliveries.to_dicts()
    for row in rows:
        why = withdrawn.get((row["source_id"], row["delivery_id"]))
        if why is not None:
            row["status"], row["reason"] = "withdrawn", why
        elif row["rows"] is None:
            row["status"] = "refused"
        else:
            row["status"], row["reason"] = "current", None
    chains: dict[tuple[str, str, int], list[_Link]] = {}
    for row in rows:
        if row["status"] == "withdrawn":
            continue
        for name in names_of(row):
            subject, revision, supplement = marks(name)
            link = _Link(row, (revision, row["edition"], row["delivery_id"]))
            chains.setdefault((row["source_id"], subject, supplement), []).append(link)
    for (source_id, _, _), chain in sorted(chains.items()):
        _choose(chain, fewer_rows.get(source_id, 1.0), decided, said or {})
    return pl.DataFrame(rows, schema=_SCHEMA, orient="row")


@dataclass(frozen=True)
class _Link:
    """A delivery in the chain of a subject, with its precedence there."""

    row: dict[str, Any]
    order: tuple[int, int, str]


def _choose(
    chain: list[_Link], fewer: float, decided: set[str], said: Mapping[tuple[str, str], Said]
) -> None:
    """One of a chain counts: the last in precedence that is readable and can take the place of
    the one before.
    """
    in_force: _Link | None = None
    for link in sorted(chain, key=lambda link: link.order):
        row = link.row
        if row["status"] == "refused":
            continue
        if in_force is not None and in_force.row is not row:
            before = in_force.row
            reason = (
                _fewer_rows(row, before, fewer, decided)
                or _fewer_parts(row, before, said, decided)
                or _says_less(row, before, said)
            )
            if reason is not None:
                row["status"], row["reason"] = "refused", reason
                continue
            before["status"] = "superseded"
            before["reason"] = f"replaced by {row['file_name']}"
        in_force = link
    # What was refused before a readable one came is history.
    if in_force is not None:
        for link in chain:
            row = link.row
            if row["status"] == "refused" and link.order < in_force.order:
                row["status"] = "superseded"
                row["reason"] = (
                    f"replaced by {in_force.row['file_name']}; was refused: {row['reason']}"
                )


def _fewer_rows(
    row: Mapping[str, Any], before: Mapping[str, Any], fewer: float, decided: set[str]
) -> str | None:
    """Why a delivery is partial against the one before it, if it is."""
    missing = (before["rows"] - row["rows"]) / max(1, before["rows"])
    if missing <= fewer or row["delivery_id"] in decided:
        return None
    return (
        f"{row['file_name']}: {row['rows']} rows, {before['file_name']} has {before['rows']}; "
        f"expected at most {fewer:.0%} fewer (a partial delivery is named …_补充1; to accept it: a "
        "drift decision of kind rows)"
    )


def _fewer_parts(
    row: Mapping[str, Any],
    before: Mapping[str, Any],
    said: Mapping[tuple[str, str], Said],
    decided: set[str],
) -> str | None:
    """Why a delivery is partial against the one before it, if a sheet is gone."""
    now, then = (said.get((r["source_id"], r["delivery_id"]), Said()) for r in (row, before))
    for part in sorted(then.parts - now.parts):
        if row["delivery_id"] in decided:
            break
        return (
            f"{row['file_name']}: no sheet '{part}', {before['file_name']} has it; expected all "
            "its sheets of a delivery that takes its place (a partial delivery is named …_补充1; "
            "to accept it: a drift decision of kind rows)"
        )
    return None


def _says_less(
    row: Mapping[str, Any], before: Mapping[str, Any], said: Mapping[tuple[str, str], Said]
) -> str | None:
    """Why a delivery cannot take the place of the one before it: by a title it is about something
    else, or a wide table lacks a column that the one before has.
    """
    now, then = (said.get((r["source_id"], r["delivery_id"]), Said()) for r in (row, before))
    name, older = row["file_name"], before["file_name"]
    changed = dict(now.titles - then.titles)
    for title, text in sorted(then.titles - now.titles):
        return (
            f"{name}: says {changed.get(title, 'nothing')!r}, {older} says {text!r}; expected the "
            "same of a delivery that takes its place (name the file after what it is about, or "
            f"`parkledger withdraw {row['source_id']} {before['delivery_id'][:12]}`)"
        )
    for column in sorted(then.wide.keys() - now.wide.keys()):
        return (
            f"{name}: no column '{then.wide[column]}', {older} has it; expected all its columns of "
            "a delivery that takes its place (a partial delivery is named …_补充1; if it is no "
            "longer delivered: a drift decision of kind dropped for this file)"
        )
    return None


def _withdrawn(deliveries: pl.DataFrame, withdrawals: pl.DataFrame) -> dict[tuple[str, str], str]:
    """(source, delivery) to the reason, for every delivery that a withdrawal names."""
    found: dict[tuple[str, str], str] = {}
    for said in withdrawals.sort("source_row_id").iter_rows(named=True):
        name = said["withdrawn_file"]
        by_name = pl.col("names").str.split("/").list.contains(name)
        if len(name) >= 8:
            by_name |= pl.col("delivery_id").str.starts_with(name.lower())
        hit = deliveries.filter((pl.col("source_id") == said["withdrawn_source"]) & by_name)
        for row in hit.iter_rows(named=True):
            found.setdefault(
                (row["source_id"], row["delivery_id"]),
                f"{said['provider']}, {said['decided_on']}: {said['reason_zh']}",
            )
    return found
