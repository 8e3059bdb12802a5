"""Records of a source become accepted, quarantined and flagged rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from assets.landing.corrections import apply_corrections
from assets.landing.declaration import DeclarationError, SourceDeclaration
from assets.landing.readers.ahead import ahead
from assets.landing.records import Delivered, records_of
from assets.landing.revisions import revision_flags
from assets.landing.rules import NEEDS, rules_for
from quality.contracts.audit import Flag
from quality.contracts.decisions import Correction
from quality.contracts.registry import table_of
from quality.contracts.table import SOURCE_ROW, Table
from quality.quarantine import DECIDED, PART, Accepted, Decided, Records, accept
from quality.texts import clean

_THREADS = 2
_MAPPED_FOR = 4  # batches

_SUPPLEMENTED = Decided(
    "SUPPLEMENT",
    "已由补充报送中同一主键的行替代",
    "replaced by a row of the same key in a supplement",
)


@dataclass(frozen=True)
class SourceOutcome(Accepted):
    """What the door made of a source: `applied` corrections, and how many records there were."""

    applied: pl.DataFrame
    records: int


def accept_source(
    source: SourceDeclaration,
    delivered: Sequence[Delivered],
    reference: Mapping[str, pl.DataFrame],
    corrections: pl.DataFrame | None = None,
    replaced: Sequence[Delivered] = (),
) -> SourceOutcome:
    """All delivered parts of one source through corrections, contract and rules.

    `replaced` are the parts that a revision took the place of: what it changed is flagged.
    Raises DeclarationError if the declared key is not the table's, CorrectionError for an
    outdated correction, and KeyError naming a reference table that its rules need and that is
    not given.
    """
    table = table_of(source.table)
    if source.key != table.key():
        raise DeclarationError(
            f"{source.id}.toml: key {source.key}; expected {table.key()}, the key of {source.table}"
        )
    needed = {name: reference[name] for name in NEEDS.get(source.id, [])}
    records = _supplemented(records_of(delivered), delivered, table)
    records, applied, flagged = apply_corrections(
        records,
        Correction.empty_frame() if corrections is None else corrections,
        source.id,
        source.unpivot.value if source.unpivot else None,
    )
    if not delivered:
        # Nothing delivered maps no column; an empty table is right then.
        made = Accepted.nothing(table)
        return SourceOutcome(made.frame, made.quarantine, made.flags, applied, 0)
    rules = rules_for(source.id, needed)
    made = accept(
        records,
        source_id=source.id,
        table=table,
        rules=[*rules, *flagged],
        null_texts=source.null_texts,
        numbers=source.numbers,
    )
    flags = made.flags
    if replaced:
        flags = Flag.conform(pl.concat([flags, revision_flags(source, made, replaced, rules)]))
    return SourceOutcome(made.frame, made.quarantine, flags, applied, records.frame.height)


def streams(source: SourceDeclaration, reference: Mapping[str, pl.DataFrame]) -> bool:
    """Whether the rows of a source can be judged one by one: its key is the delivered row, and
    no rule looks at several rows.
    """
    needed = {name: reference[name] for name in NEEDS.get(source.id, [])}
    rowwise = all(rule.rowwise for rule in rules_for(source.id, needed))
    return rowwise and SOURCE_ROW in table_of(source.table).key()


def accept_in_batches(
    source: SourceDeclaration,
    delivered: Sequence[Delivered],
    reference: Mapping[str, pl.DataFrame],
    rows: int,
) -> Iterator[SourceOutcome]:
    """As `accept_source`, so many rows at a time; for a source that `streams`.

    A register of twenty million rows takes the memory of a few batches: the next are judged
    while the caller writes one.
    """
    pieces = (piece for item in delivered for piece in _pieces(item, rows))
    yield from ahead(lambda piece: accept_source(source, [piece], reference), pieces, _THREADS, 2)


def _pieces(item: Delivered, rows: int) -> Iterator[Delivered]:
    # What was read of a mapped file counts as memory of the process until it is unmapped: a
    # register of twenty million rows took 5.3 GB. To map it takes 10 ms, so not for each batch.
    for place, offset in enumerate(range(0, item.part.height, rows)):
        if place % _MAPPED_FOR == 0:
            item = replace(item, part=item.part.opened_anew())
        yield item.slice(offset, rows)


def _supplemented(records: Records, delivered: Sequence[Delivered], table: type[Table]) -> Records:
    """Records that a supplement to the same subject delivers anew are taken out."""
    keys = [name for name in table.key() if name in records.frame.columns]
    if not any(item.supplement for item in delivered) or SOURCE_ROW in keys or not keys:
        return records
    about = pl.DataFrame(
        {
            PART: pl.Series(range(len(delivered)), dtype=pl.Int32),
            "subject": [item.subject for item in delivered],
            "supplement": [item.supplement for item in delivered],
        }
    )
    texts = [clean(pl.col(name)).alias(f"key {name}") for name in keys]
    keyed = records.frame.select(PART, *texts).join(about, on=PART, maintain_order="left")
    group = ["subject", *(f"key {name}" for name in keys)]
    older = keyed.select(pl.col("supplement") < pl.col("supplement").max().over(group)).to_series()
    frame = records.frame.with_columns(
        pl.when(older).then(pl.lit(_SUPPLEMENTED.rule_id)).otherwise(DECIDED).alias(DECIDED)
    )
    return replace(
        records,
        frame=frame,
        decided={**records.decided, _SUPPLEMENTED.rule_id: _SUPPLEMENTED},
    )
