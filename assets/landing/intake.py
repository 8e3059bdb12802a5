"""Which deliveries count, how each is read, and the parts that come of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import polars as pl

from assets.landing.acceptance import SourceOutcome, accept_source
from assets.landing.declaration import DeclarationError, SourceDeclaration
from assets.landing.drift import Reading, readings_of
from assets.landing.lifecycle import Said, resolve
from assets.landing.newunits import new_units
from assets.landing.rawstore import PASSING, Part, RawStore
from assets.landing.readers import ReadError
from assets.landing.readers.wide import folded
from assets.landing.records import Delivered, count, wide_headers
from assets.landing.retyped import retyped
from quality.contracts.audit import Delivery, RawPart
from quality.contracts.decisions import Correction, DriftDecision, Withdrawal

# Decisions are deliveries, and are read before the deliveries that they are about.
DECISIONS = ("correction", "drift_decision", "withdrawal")

Sources = Mapping[str, SourceDeclaration]


class DecisionError(ValueError):
    """A decision file with a bad row: what was decided would be lost in silence."""


@dataclass(frozen=True)
class Decisions:
    """What people decided: `accepted.correction`, `.drift_decision` and `.withdrawal`."""

    correction: pl.DataFrame
    drift: pl.DataFrame
    withdrawal: pl.DataFrame


@dataclass(frozen=True)
class Register:
    """All deliveries with their status, and how the ones that count were read."""

    deliveries: pl.DataFrame
    delivered: Mapping[str, Sequence[Delivered]]
    decisions: Decisions
    replaced: Mapping[str, Sequence[Delivered]] = field(default_factory=dict)

    def stands_alone(self, source_id: str) -> bool:
        """Whether no correction, supplement or revision bears on the source's rows."""
        corrected = self.decisions.correction.get_column("corrected_source")
        supplements = any(item.supplement for item in self.delivered.get(source_id, []))
        return not (source_id in corrected.to_list() or supplements or self.replaced.get(source_id))

    def accept(
        self, source: SourceDeclaration, reference: Mapping[str, pl.DataFrame]
    ) -> SourceOutcome:
        """What counts of a source through the door, with the recorded corrections.

        Raises as `accept_source`.
        """
        return accept_source(
            source,
            self.delivered.get(source.id, []),
            reference,
            self.decisions.correction,
            self.replaced.get(source.id, []),
        )

    def parts(self) -> pl.DataFrame:
        """`raw.part` of the deliveries that count."""
        rows = []
        for source_id, items in self.delivered.items():
            for item in items:
                counted = count(item)
                rows.append(
                    {
                        "source_id": source_id,
                        "delivery_id": item.part.delivery_id,
                        "part": item.part.part,
                        "rows": counted.rows,
                        "set_aside": counted.set_aside,
                        "records": counted.records,
                        "encoding": item.part.encoding,
                        "crs": item.part.crs,
                        "reading_id": item.part.reading_id,
                    }
                )
        schema = {c.name: c.polars_type for c in RawPart.declared_columns()}
        return RawPart.conform(pl.DataFrame(rows, schema=schema, orient="row"))


Watch = Callable[[str, Callable[[], list[Part]]], list[Part]]


def settle(
    deliveries: pl.DataFrame,
    sources: Sources,
    store: RawStore,
    watch: Watch = lambda _, work: work(),
) -> Register:
    """Read all deliveries (`raw.delivery`, statuses ignored) and decide which of them count.

    A pure function of the set of deliveries. `watch` is called around each reading with its
    source id. Raises DecisionError for a decision with a bad row and DeclarationError for one
    that does not fit.
    """
    known = deliveries.filter(pl.col("source_id").is_in(list(sources)))
    about = pl.col("source_id").is_in(DECISIONS)
    first, decisions = _decisions(known.filter(about), sources, store, watch)
    read = _read(known.filter(~about), sources, store, decisions, watch)
    rows, allowed = pl.DataFrame(read.rows, schema=_SCHEMA, orient="row"), _allowed(sources)
    resolved = resolve(rows, decisions.withdrawal, allowed, read.any_rows, read.said)
    everything = Delivery.conform(pl.concat([first.deliveries, resolved]))
    return Register(
        everything,
        {**first.delivered, **_counting(resolved, read.delivered)},
        decisions,
        _counting(_replaced(resolved), read.delivered),
    )


_SCHEMA = {c.name: c.polars_type for c in Delivery.declared_columns()}


def _allowed(sources: Sources) -> dict[str, float]:
    return {source.id: source.allowed.fewer_rows for source in sources.values()}


def _replaced(resolved: pl.DataFrame) -> pl.DataFrame:
    """Of each subject with a delivery that counts, the last one that it took the place of."""
    group = ["source_id", "subject", "supplement"]
    current = resolved.filter(pl.col("status") == "current")
    return (
        resolved.filter((pl.col("status") == "superseded") & pl.col("rows").is_not_null())
        .join(current, on=group, how="semi")
        .sort("revision", "edition")
        .unique(group, keep="last", maintain_order=True)
        .with_columns(status=pl.lit("current"))
    )


def _counting(
    resolved: pl.DataFrame, delivered: Mapping[str, Sequence[Delivered]]
) -> dict[str, list[Delivered]]:
    """The parts of the deliveries that count, by source, in one order for all runs."""
    found: dict[str, list[Delivered]] = {}
    for row in resolved.filter(pl.col("status") == "current").iter_rows(named=True):
        parts = delivered[f"{row['source_id']}:{row['delivery_id']}"]
        found.setdefault(row["source_id"], []).extend(parts)
    return found


def _decisions(
    deliveries: pl.DataFrame, sources: Sources, store: RawStore, watch: Watch
) -> tuple[Register, Decisions]:
    """Decision deliveries, of which a withdrawal may withdraw some (itself among them)."""
    nothing = Decisions(
        Correction.empty_frame(), DriftDecision.empty_frame(), Withdrawal.empty_frame()
    )
    if deliveries.is_empty():
        return Register(Delivery.empty_frame(), {}, nothing), nothing
    read = _read(deliveries, sources, store, nothing, watch)
    unread = [row for row in read.rows if row["rows"] is None]
    if unread:
        raise DecisionError(str(unread[0]["reason"]))
    frame = pl.DataFrame(read.rows, schema=_SCHEMA, orient="row")

    def accepted(resolved: pl.DataFrame, source_id: str) -> pl.DataFrame:
        parts = _counting(resolved, read.delivered).get(source_id, [])
        outcome = accept_source(sources[source_id], parts, {})
        for row in outcome.quarantine.head(1).iter_rows(named=True):
            raise DecisionError(
                f"{source_id}, row {row['source_row_id']}: {row['reason_en']} "
                f"({row['column_zh']}: {row['value_text']}); every decision must be right"
            )
        return outcome.frame

    everything = resolve(frame, nothing.withdrawal, {})
    withdrawal = accepted(everything, "withdrawal")
    # What is withdrawn of the withdrawals themselves first, then the rest by what is left.
    of_withdrawals = withdrawal.filter(pl.col("withdrawn_source") == "withdrawal")
    if of_withdrawals.height:
        withdrawal = accepted(resolve(frame, of_withdrawals, {}), "withdrawal")
    resolved = resolve(frame, pl.concat([withdrawal, of_withdrawals]).unique(), {})
    decisions = Decisions(
        accepted(resolved, "correction"), accepted(resolved, "drift_decision"), withdrawal
    )
    register = Register(resolved, _counting(resolved, read.delivered), decisions)
    return register, decisions


@dataclass(frozen=True)
class _Read:
    rows: list[dict[str, Any]]
    delivered: dict[str, list[Delivered]]  # by `source:delivery`
    any_rows: list[str]
    said: dict[tuple[str, str], Said]


def _read(
    deliveries: pl.DataFrame,
    sources: Sources,
    store: RawStore,
    decisions: Decisions,
    watch: Watch,
) -> _Read:
    """Every delivery read, or the reason why it cannot be."""

    def one(row: dict[str, Any]) -> tuple[dict[str, Any], list[Delivered], bool]:
        source = sources[row["source_id"]]
        row = {**row, "rows": None, "reason": None}
        try:
            ways = readings_of(source, row["file_name"], decisions.drift)
            reading, parts = _as_one_of(ways, row, store, watch)
        except (ReadError, DeclarationError) as error:
            return {**row, "reason": str(error)}, [], False
        rows = sum(part.height for part in parts)
        outside = _outside(source, reading, row, rows)
        if outside is not None:
            return {**row, "reason": outside}, [], False
        made = [_delivered(part, reading, row) for part in parts]
        changed = new_units(made) or retyped(made, reading.any_type)
        if changed is not None:
            return {**row, "reason": changed}, [], False
        return {**row, "rows": rows}, made, reading.any_rows

    # Each reader is a child process that mostly starts up: two at a time halve the wait.
    with ThreadPoolExecutor(max_workers=2) as readers:
        done = list(readers.map(one, deliveries.iter_rows(named=True)))
    return _Read(
        [row for row, _, _ in done],
        {f"{row['source_id']}:{row['delivery_id']}": made for row, made, _ in done},
        [row["delivery_id"] for row, _, any_rows in done if any_rows],
        {(row["source_id"], row["delivery_id"]): _said(made) for row, made, _ in done if made},
    )


def _said(delivered: Sequence[Delivered]) -> Said:
    """What the parts of a delivery say beside their rows."""
    wide: dict[str, str] = {}
    titles: set[tuple[str, str]] = set()
    for item in delivered:
        unpivot = item.source.unpivot
        if unpivot is not None:
            stands_for = (unpivot.renamed.get(name, name) for name in wide_headers(item))
            wide.update((folded(name), name) for name in (*stands_for, *unpivot.absent))
        titles.update((name, text) for name, text in item.part.titles.items() if text)
    by_pattern = (item.part.part for item in delivered if item.source.part_pattern is not None)
    return Said(wide, frozenset(titles), frozenset(by_pattern))


def _as_one_of(
    ways: Sequence[Reading], row: Mapping[str, Any], store: RawStore, watch: Watch
) -> tuple[Reading, list[Part]]:
    """The first of the ways in which the delivery can be read, and its parts.

    Raises the ReadError of the first way, with what is wrong in the others. Each of them is held
    against the whole head, so a file that fits one is not read by another by chance.
    """
    refused: list[ReadError] = []
    for way in ways:
        try:
            return way, watch(way.source.id, partial(store.parts, way.source, row))
        except ReadError as error:
            if error.code in PASSING:
                raise
            refused.append(error)
    first, *others = refused
    told = "".join(f"; nor in way {n}: {error.what}" for n, error in enumerate(others, start=2))
    raise ReadError(**{**first.as_dict(), "what": first.what + told})


def _delivered(part: Part, reading: Reading, row: Mapping[str, Any]) -> Delivered:
    return Delivered(
        part,
        reading.source,
        illustrative=row["illustrative"],
        subject=row["subject"],
        supplement=row["supplement"],
        unit_factors=reading.unit_factors,
    )


def _outside(
    source: SourceDeclaration, reading: Reading, row: Mapping[str, Any], rows: int
) -> str | None:
    """Why the delivery is too large or too small, if it is."""
    if reading.any_rows:
        return None
    for name, found, bounds in (
        ("rows", rows, source.allowed.rows),
        ("bytes", int(row["size_bytes"]), source.allowed.bytes),
    ):
        if bounds is not None and not bounds[0] <= found <= bounds[1]:
            return (
                f"{row['file_name']}: {found} {name}; expected {bounds[0]} to {bounds[1]} "
                f"(allowed in {source.id}.toml; to accept it: a drift decision of kind rows)"
            )
    return None
