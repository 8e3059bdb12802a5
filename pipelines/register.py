"""The register of deliveries in the lake: what came, what counts, and how it was read."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from assets.landing.declaration import load_sources
from assets.landing.ingest import Found, archive_delivery
from assets.landing.intake import Register, Watch, settle
from assets.landing.lifecycle import merge
from assets.landing.rawstore import store_of
from quality.contracts.audit import Delivery, RawPart
from warehouse.lake import Lake
from warehouse.lock import writer_lock
from warehouse.settings import Settings


def take_in(
    settings: Settings,
    found: Sequence[Found],
    watch: Watch = lambda _, work: work(),
    own: Sequence[str] = (),
) -> tuple[Register, pl.DataFrame]:
    """Archive and read files, decide anew which deliveries count, and write the register.

    `own` are sources of the product's own tables: a new version takes the place of the old one
    altogether. Returns the register and the rows of `raw.delivery` that arrived.
    """
    rows = [archive_delivery(settings.archive, item) for item in found]
    arrived = pl.concat([Delivery.empty_frame(), *rows])

    def settled(watch: Watch) -> Register:
        known = Lake(settings).read(Delivery).filter(~pl.col("source_id").is_in(list(own)))
        return settle(merge(known, arrived), load_sources(), store_of(settings), watch)

    # What is new is read here, which may take long; under the lock it is only looked up. Two
    # that took files in at once had each written the register without the other's.
    settled(watch)
    with writer_lock(settings.home, settings.lock_seconds):
        register = settled(lambda _, work: work())
        lake = Lake(settings)
        lake.write(RawPart, register.parts())
        # Last: a run that is killed before this takes the files in again.
        lake.write(Delivery, register.deliveries)
    ids = pl.struct("source_id", "delivery_id")
    return register, register.deliveries.filter(
        ids.is_in(arrived.select(ids).to_series().implode())
    )


def registered(settings: Settings) -> Register:
    """The register as the lake has it, with the parts that count."""
    return settle(Lake(settings).read(Delivery), load_sources(), store_of(settings))
