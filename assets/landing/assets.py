"""Steps of the room: the source cells that published numbers rest on."""

from __future__ import annotations

import polars as pl

from assets.landing.cells import source_cells
from assets.landing.declaration import load_sources
from assets.landing.intake import settle
from assets.landing.rawstore import store_of
from quality.contracts.audit import Delivery, ItemSource, SourceCell
from warehouse.settings import Settings
from warehouse.step import Frames, Step


def _source_cells(tables: Frames, settings: Settings) -> pl.DataFrame:
    deliveries = tables[Delivery.table_name()]
    register = settle(deliveries, load_sources(), store_of(settings))
    delivered = [
        (source_id, item) for source_id, items in register.delivered.items() for item in items
    ]
    return source_cells(tables[ItemSource.table_name()], deliveries, delivered)


STEPS = (Step(SourceCell, (ItemSource, Delivery), _source_cells, "audit"),)
