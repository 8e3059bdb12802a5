"""The register of deliveries in the lake: which ones count, and their raw rows."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from quality.contracts.audit import Delivery, RawRow
from warehouse.lake import Lake


def register(
    lake: Lake, known: pl.DataFrame, deliveries: pl.DataFrame, rows: Sequence[pl.DataFrame]
) -> None:
    """Write raw rows of new deliveries, drop those of superseded ones, then the register.

    `known` and `deliveries` are `raw.delivery` before and after. The register is written
    last: a run killed before that reads the delivery again.
    """
    kept = deliveries.get_column("delivery_id").unique().to_list()
    gone = known.filter(~pl.col("delivery_id").is_in(kept)).get_column("delivery_id").to_list()
    read = pl.concat([RawRow.empty_frame(), *rows])
    changed = sorted({*read.get_column("delivery_id").to_list(), *gone})
    if changed:
        lake.write(RawRow, read, slice_column="delivery_id", slice_values=changed)
    lake.write(Delivery, deliveries)
