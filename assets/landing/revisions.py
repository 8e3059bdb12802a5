"""REV1: what a revision changed in numbers that were delivered before."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from assets.landing.declaration import SourceDeclaration
from assets.landing.records import Delivered, records_of
from quality.contracts.audit import Flag
from quality.contracts.registry import table_of
from quality.contracts.table import SOURCE_ROW
from quality.quarantine import Accepted, Rule, accept

# METHOD 5, REV1: a new vintage that differs from the old by more is flagged.
REV1 = 0.05
_OLD = "__old__"


def revision_flags(
    source: SourceDeclaration,
    new: Accepted,
    replaced: Sequence[Delivered],
    rules: Sequence[Rule],
) -> pl.DataFrame:
    """Flags (`quarantine.flag`) on accepted rows of which a number differs from the accepted row
    of the same key and unit in a delivery that they took the place of by more than 5 %.

    A table whose key is the delivered row cannot be compared.
    """
    table = table_of(source.table)
    keys = table.key()
    if not replaced or SOURCE_ROW in keys or new.frame.is_empty():
        return Flag.empty_frame()
    old = accept(
        records_of(replaced),
        source_id=source.id,
        table=table,
        rules=rules,
        null_texts=source.null_texts,
        numbers=source.numbers,
    ).frame
    flags = [Flag.empty_frame()]
    columns = {c.name: c for c in table.declared_columns()}
    same = [*keys, *(name for name in columns if name.startswith("unit_") and name not in keys)]
    for name, c in columns.items():
        if not isinstance(c.polars_type, pl.Decimal) or name in keys:
            continue
        before = old.select(*same, pl.col(name).alias(_OLD))
        now, then = pl.col(name).cast(pl.Float64), pl.col(_OLD).cast(pl.Float64)
        moved = new.frame.join(before, on=same, nulls_equal=True).filter(
            (now - then).abs() > REV1 * then.abs()
        )
        if moved.is_empty():
            continue
        header = next(h for h, canonical in source.columns.items() if canonical == name)
        said = pl.format("{} → {}", pl.col(_OLD), pl.col(name))
        flags.append(
            moved.select(
                SOURCE_ROW,
                pl.lit(source.id).alias("source_id"),
                pl.lit("").alias("source_column"),
                pl.lit("REV1").alias("rule_id"),
                pl.lit(header).alias("column_zh"),
                said.alias("value_text"),
                pl.lit("与所替代的报送相差超过 5%").alias("reason_zh"),
                pl.lit("differs from the delivery it replaces by more than 5 %").alias("reason_en"),
            )
        )
    # One flag a row: the first column names it, the raw rows hold the others.
    joined = pl.concat(flags).unique(Flag.key(), keep="first", maintain_order=True)
    return Flag.conform(joined)
