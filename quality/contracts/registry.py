"""Every declared table by name."""

from __future__ import annotations

from quality.contracts import (
    accepted,
    attributes,
    audit,
    books,
    boundaries,
    ceads,
    codes,
    core,
    coverage,
    decisions,
    divisions,
    energy,
    enterprises,
    exchange,
    factors,
    forms,
    indicators,
    insight,
    layers,
    ledger,
    linkage,
    mart,
    parks,
    plants,
    process,
    profiles,
    reconciliation,
    reference,
    registers,
    statistics,
    uncertainty,
    units,
    vintages,
    weights,
    zones,
)
from quality.contracts.table import Table

_MODULES = (
    accepted,
    attributes,
    zones,
    registers,
    units,
    plants,
    layers,
    statistics,
    factors,
    forms,
    weights,
    vintages,
    insight,
    process,
    codes,
    decisions,
    divisions,
    reference,
    profiles,
    boundaries,
    parks,
    enterprises,
    linkage,
    energy,
    exchange,
    books,
    coverage,
    core,
    ledger,
    ceads,
    mart,
    reconciliation,
    indicators,
    uncertainty,
    audit,
)

TABLES: dict[str, type[Table]] = {
    item.table_name(): item
    for module in _MODULES
    for item in vars(module).values()
    if isinstance(item, type) and issubclass(item, Table) and item is not Table
}


def table_of(name: str) -> type[Table]:
    """The declaration of a table. Raises KeyError naming the table that is not declared."""
    if name not in TABLES:
        raise KeyError(f"{name}: not declared in quality/contracts")
    return TABLES[name]
