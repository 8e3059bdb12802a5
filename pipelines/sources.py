"""Dagster assets of sources: the accepted table of each, with its checks, in three steps.

One step for all sources and not one each: fifty steps spent a quarter of a minute on events,
and the lake lets one writer in at a time anyway. Each source is still an asset of its own, and
can be materialized alone.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import dagster as dg
import polars as pl

from assets.landing.acceptance import SourceOutcome, accept_in_batches, streams
from assets.landing.copies import copies, told
from assets.landing.declaration import SourceDeclaration
from assets.landing.intake import Register
from assets.landing.rules import NEEDS
from pipelines.factory import OWNERS, POOL, asset_key, lake_tables
from pipelines.lake_io import column_schema
from pipelines.progress import PROGRESS
from pipelines.register import registered
from pipelines.wiring import acceptance_order, code_version, source_level
from quality.contracts.audit import Flag, QuarantineRow
from quality.contracts.decisions import AppliedCorrection
from quality.contracts.registry import table_of
from quality.contracts.table import Table
from warehouse.lake import Lake
from warehouse.settings import settings

_SHOWN = 10
# Tables that all sources write, by source.
SHARED = (QuarantineRow, Flag, AppliedCorrection)

Reference = Mapping[str, pl.DataFrame]
Event = dg.MaterializeResult[None] | dg.AssetCheckResult


def source_assets(name: str, sources: Sequence[SourceDeclaration]) -> dg.AssetsDefinition:
    """The accepted tables of these sources; quarantine, flags and corrections beside them."""
    by_key = {asset_key(table_of(source.table)): source for source in sources}
    needed = sorted({table for source in sources for table in NEEDS.get(source.id, [])})

    @dg.multi_asset(
        name=name,
        specs=[_spec(source) for source in sources],
        check_specs=[spec for source in sources for spec in _check_specs(source)],
        can_subset=True,
        pool=POOL,
    )
    def accepted(context: dg.AssetExecutionContext) -> Iterator[Event]:
        lake, register = Lake(settings()), registered(settings())
        reference = lake_tables(needed)
        chosen = [by_key[key] for key in sorted(context.selected_asset_keys)]
        outcomes: dict[str, SourceOutcome] = {}
        tallies: dict[str, Tally] = {}
        for source in chosen:
            with PROGRESS.stage(source.table):
                if _large(source, register, reference):
                    tallies[source.id] = _in_batches(lake, source, register, reference)
                    continue
                outcome = register.accept(source, reference)
                lake.write(table_of(source.table), outcome.frame)
                outcomes[source.id] = outcome
                tallies[source.id] = Tally.of(outcome)
        write_shared(lake, outcomes)
        for source in chosen:
            yield from _events(source, tallies[source.id], register)

    return accepted


@dataclass(frozen=True)
class Tally:
    """What the door made of a source, in numbers, and the first bad rows."""

    records: int
    accepted: int
    quarantined: int
    flagged: int
    corrected: int
    reasons: Counter[str]
    first_bad: pl.DataFrame

    @classmethod
    def of(cls, outcome: SourceOutcome) -> "Tally":
        return cls(
            outcome.records,
            outcome.frame.height,
            outcome.quarantine.height,
            outcome.flags.height,
            outcome.applied.height,
            Counter(outcome.reasons()),
            outcome.quarantine.head(_SHOWN),
        )

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.records + other.records,
            self.accepted + other.accepted,
            self.quarantined + other.quarantined,
            self.flagged + other.flagged,
            self.corrected + other.corrected,
            self.reasons + other.reasons,
            pl.concat([self.first_bad, other.first_bad]).head(_SHOWN),
        )


def _large(source: SourceDeclaration, register: Register, reference: Reference) -> bool:
    """Whether the source is judged in batches: it is too long for one, and its rows stand alone."""
    rows = sum(item.part.height for item in register.delivered.get(source.id, []))
    if rows <= settings().batch_rows or not register.stands_alone(source.id):
        return False
    return streams(source, reference)


def _in_batches(
    lake: Lake, source: SourceDeclaration, register: Register, reference: Reference
) -> Tally:
    """A large source through the door and into the lake, a batch at a time."""
    table = table_of(source.table)
    slices: list[tuple[type[Table], str | None, list[str]]] = [(table, None, [])]
    slices += [(shared, "source_id", [source.id]) for shared in SHARED]
    total: Tally | None = None
    with lake.replacing(slices) as append:
        delivered = register.delivered[source.id]
        for outcome in accept_in_batches(source, delivered, reference, settings().batch_rows):
            append(table, outcome.frame)
            append(QuarantineRow, outcome.quarantine)
            append(Flag, outcome.flags)
            total = Tally.of(outcome) if total is None else total + Tally.of(outcome)
    assert total is not None
    return total


def write_shared(lake: Lake, outcomes: dict[str, SourceOutcome]) -> None:
    """Quarantine, flags and applied corrections of these sources take the place of the old."""
    made = [(o.quarantine, o.flags, o.applied) for o in outcomes.values()]
    for place, table in enumerate(SHARED):
        rows = pl.concat([table.empty_frame(), *(frames[place] for frames in made)])
        lake.write(table, rows, slice_column="source_id", slice_values=sorted(outcomes))


def _spec(source: SourceDeclaration) -> dg.AssetSpec:
    table = table_of(source.table)
    return dg.AssetSpec(
        asset_key(table),
        deps=[
            dg.AssetKey(["raw", "part"]),
            *(asset_key(table_of(name)) for name in NEEDS.get(source.id, [])),
        ],
        group_name="landing",
        description=f"{source.title_zh} ({source.title_en}). {table.about()}",
        owners=OWNERS,
        code_version=code_version(),
        metadata={"dagster/column_schema": column_schema(table), "licence": source.licence},
    )


def _check_specs(source: SourceDeclaration) -> list[dg.AssetCheckSpec]:
    key = asset_key(table_of(source.table))
    return [
        dg.AssetCheckSpec(
            "delivered",
            asset=key,
            blocking=True,
            description="Records = accepted + quarantined, and no more of them are bad than "
            f"{source.allowed.quarantined:.0%}.",
        ),
        dg.AssetCheckSpec(
            "layout",
            asset=key,
            description="No delivery of the source is refused, and none looks like a copy of "
            "another that counts.",
        ),
    ]


def _events(source: SourceDeclaration, tally: Tally, register: Register) -> Iterator[Event]:
    key = asset_key(table_of(source.table))
    refused = register.deliveries.filter(
        (pl.col("source_id") == source.id) & (pl.col("status") == "refused")
    )
    pairs = copies(register.deliveries, source.id)
    twice = [told(copy, other, source.id) for copy, other in pairs.items()]
    drifted = register.decisions.drift.filter(pl.col("drifted_source") == source.id).height
    counts: dict[str, Any] = {
        "delivered": tally.records,
        "accepted": tally.accepted,
        "quarantined": tally.quarantined,
        "flagged": tally.flagged,
        "corrected": tally.corrected,
        "drifted": drifted + refused.height,
    }
    yield dg.MaterializeResult(
        asset_key=key,
        metadata={"dagster/row_count": tally.accepted, **counts, "reasons": dict(tally.reasons)},
    )
    share = tally.quarantined / tally.records if tally.records else 0.0
    conserved = tally.records == tally.accepted + tally.quarantined
    yield dg.AssetCheckResult(
        asset_key=key,
        check_name="delivered",
        passed=conserved and share <= source.allowed.quarantined,
        metadata={**counts, "quarantined_share": share, **_first_bad(tally.first_bad)},
    )
    yield dg.AssetCheckResult(
        asset_key=key,
        check_name="layout",
        passed=refused.is_empty() and not twice,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={
            "refused": refused.height,
            "accepted_drift": drifted,
            "reasons": "\n".join([*refused.get_column("reason").drop_nulls(), *twice][:_SHOWN]),
        },
    )


def _first_bad(quarantine: pl.DataFrame) -> dict[str, dg.MetadataValue]:
    """The first quarantined rows as a table in Dagster's metadata."""
    shown = quarantine.select(
        "source_row_id", "rule_ids", "column_zh", "value_text", "reason_zh", "reason_en"
    )
    records = [
        dg.TableRecord({name: text or "" for name, text in row.items()})
        for row in shown.iter_rows(named=True)
    ]
    if not records:
        return {}
    columns = [dg.TableColumn(name) for name in shown.columns]
    return {"first_bad_rows": dg.MetadataValue.table(records, dg.TableSchema(columns=columns))}


def _of_level(level: int) -> list[SourceDeclaration]:
    return [source for source in acceptance_order() if source_level(source.id) == level]


FACTS = source_assets("facts", _of_level(0))
# Registers say who ended, and returns of those that did are refused.
REGISTERS = source_assets("registers", _of_level(1))
RETURNS = source_assets("returns", _of_level(2))


@dg.multi_asset(
    name="door",
    specs=[
        dg.AssetSpec(
            asset_key(table),
            deps=[asset_key(table_of(source.table)) for source in acceptance_order()],
            group_name="landing",
            description=table.about(),
            owners=OWNERS,
            code_version=code_version(),
            metadata={"dagster/column_schema": column_schema(table)},
        )
        for table in SHARED
    ],
    pool=POOL,
)
def door() -> Iterator[dg.MaterializeResult[None]]:
    """What the sources wrote beside their accepted tables: quarantine, flags, corrections."""
    for table, frame in zip(SHARED, Lake(settings()).read_all(SHARED), strict=True):
        by_source = dict(frame.group_by("source_id").len().sort("source_id").iter_rows())
        yield dg.MaterializeResult(
            asset_key=asset_key(table),
            metadata={"dagster/row_count": frame.height, "by_source": by_source},
        )
