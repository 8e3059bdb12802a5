"""Steps of the room: the source cells that published numbers rest on."""

from __future__ import annotations

from assets.landing.ingest import source_cells
from quality.contracts.audit import Delivery, ItemSource, RawRow, SourceCell
from warehouse.step import Step

STEPS = (
    Step(
        SourceCell,
        (RawRow, ItemSource, Delivery),
        lambda t, _: source_cells(t["raw.row"], t["audit.item_source"], t["raw.delivery"]),
        "audit",
    ),
)
