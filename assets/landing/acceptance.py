"""Raw rows of a source become accepted, quarantined and flagged rows."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from assets.landing.declaration import DeclarationError, SourceDeclaration
from assets.landing.rules import NEEDS, rules_for
from quality.contracts.registry import table_of
from quality.quarantine import Accepted, accept


def accept_source(
    source: SourceDeclaration, raw: pl.DataFrame, reference: Mapping[str, pl.DataFrame]
) -> Accepted:
    """All raw rows (`raw.row`) of one source through its contract and rules.

    Raises DeclarationError if the declared key is not the table's, and KeyError naming a
    reference table that its rules need and that is not given.
    """
    table = table_of(source.table)
    if source.key != table.key():
        raise DeclarationError(
            f"{source.id}.toml: key {source.key}; expected {table.key()}, the key of {source.table}"
        )
    needed = {name: reference[name] for name in NEEDS.get(source.id, [])}
    return accept(
        raw,
        source_id=source.id,
        mapping=source.columns,
        table=table,
        rules=rules_for(source.id, needed),
        null_texts=source.null_texts,
    )
