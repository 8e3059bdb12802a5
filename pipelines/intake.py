"""Landing directory to archive and raw rows; quarantine and flags as assets of their own."""

from concurrent.futures import ThreadPoolExecutor

import dagster as dg
import polars as pl

from assets.landing.declaration import load_sources
from assets.landing.ingest import (
    archive_delivery,
    concat_deliveries,
    find_deliveries,
    read_archived,
    supersede,
)
from assets.landing.readers import ReaderLimits
from pipelines.factory import OWNERS, POOL, check_result, lake_tables
from pipelines.lake_io import column_schema
from pipelines.progress import PROGRESS
from pipelines.register import register
from pipelines.wiring import acceptance_order, code_version
from quality.conservation import delivered_rows, row_in_one_place
from quality.contracts.audit import Delivery, Flag, QuarantineRow, RawRow
from warehouse.lake import Lake
from warehouse.settings import Settings, settings


def take_in(config: Settings) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Archive what waits in the landing directory and read what was not read before.

    Returns all deliveries and the newly read ones. A file that cannot be read stops the
    run with an error that names it; nothing of the lake or the release has changed then.
    """
    lake = Lake(config)
    known = lake.read(Delivery)
    # The product's own tables are replaced by a new version, not added to.
    found = find_deliveries(config.landing)
    arrived = concat_deliveries([archive_delivery(config.archive, item) for item in found])
    own = {item.source.id for item in found if item.is_reference}
    deliveries = supersede(known.filter(~pl.col("source_id").is_in(list(own))), arrived)
    new = deliveries.join(known, on=["source_id", "delivery_id"], how="anti")
    limits = ReaderLimits(memory_mb=config.reader_memory_mb)
    sources = load_sources()

    def read_one(delivery: dict[str, object]) -> pl.DataFrame:
        source = sources[str(delivery["source_id"])]
        with PROGRESS.stage(f"read {source.id}"):
            return read_archived(config.archive, source, delivery, limits)

    # Each reader is a child process that mostly starts up: two at a time halve the wait.
    with ThreadPoolExecutor(max_workers=2) as readers:
        rows = list(readers.map(read_one, new.iter_rows(named=True)))
    register(lake, known, deliveries, rows)
    return deliveries, new


@dg.multi_asset(
    specs=[
        dg.AssetSpec(
            ["raw", "delivery"],
            group_name="landing",
            description=Delivery.about(),
            owners=OWNERS,
            code_version=code_version(),
            metadata={"dagster/column_schema": column_schema(Delivery)},
        ),
        dg.AssetSpec(
            ["raw", "row"],
            group_name="landing",
            description=RawRow.about(),
            owners=OWNERS,
            code_version=code_version(),
            metadata={"dagster/column_schema": column_schema(RawRow)},
        ),
    ],
    pool=POOL,
)
def intake() -> tuple[dg.MaterializeResult[None], dg.MaterializeResult[None]]:
    """Archive and read what was delivered."""
    deliveries, new = take_in(settings())
    rows = Lake(settings()).read(RawRow)
    return (
        dg.MaterializeResult(
            asset_key=["raw", "delivery"],
            metadata={"dagster/row_count": deliveries.height, "new": new.height},
        ),
        dg.MaterializeResult(asset_key=["raw", "row"], metadata={"dagster/row_count": rows.height}),
    )


_ACCEPTED = [dg.AssetKey(source.table.split(".")) for source in acceptance_order()]


@dg.asset(
    key=["quarantine", "row"],
    deps=_ACCEPTED,
    group_name="landing",
    description=QuarantineRow.about(),
    owners=OWNERS,
    pool=POOL,
    code_version=code_version(),
    metadata={"dagster/column_schema": column_schema(QuarantineRow)},
)
def quarantine() -> dg.MaterializeResult[None]:
    """Rows each source sent to quarantine, written beside its accepted table."""
    rows = Lake(settings()).read(QuarantineRow)
    rules = rows.group_by("source_id", "rule_id").len().sort(pl.all()).rows()
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": rows.height,
            "rules": {f"{source} {rule}": count for source, rule, count in rules},
        }
    )


@dg.asset(
    key=["quarantine", "flag"],
    deps=_ACCEPTED,
    group_name="landing",
    description=Flag.about(),
    owners=OWNERS,
    pool=POOL,
    code_version=code_version(),
    metadata={"dagster/column_schema": column_schema(Flag)},
)
def flags() -> dg.MaterializeResult[None]:
    """Warnings on accepted rows, written beside each accepted table."""
    return dg.MaterializeResult(metadata={"dagster/row_count": Lake(settings()).read(Flag).height})


@dg.asset_check(asset=["quarantine", "row"], name="delivered_rows", blocking=True, pool=POOL)
def delivered_check() -> dg.AssetCheckResult:
    """Delivered = accepted + quarantined, per source; no row is in both."""
    accepted = {source.id: source.table for source in acceptance_order()}
    tables = lake_tables(["raw.row", "quarantine.row", *accepted.values()])
    return check_result([*delivered_rows(tables, accepted), row_in_one_place(tables)])
