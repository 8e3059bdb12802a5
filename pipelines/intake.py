"""Landing directory to archive, register and raw rows, as Dagster assets."""

from collections.abc import Callable, Iterator

import dagster as dg
import polars as pl

from assets.landing.ingest import find_deliveries, reference_deliveries
from assets.landing.intake import DECISIONS
from assets.landing.rawstore import Part
from pipelines.factory import OWNERS, POOL, asset_key, check_result, lake_tables
from pipelines.lake_io import column_schema
from pipelines.progress import PROGRESS
from pipelines.register import take_in
from pipelines.wiring import acceptance_order, code_version
from quality.conservation import delivered_rows, row_in_one_place
from quality.contracts.audit import Delivery, RawPart
from warehouse.settings import Settings, settings


class Refused(ValueError):
    """Files in the landing that cannot be taken in; each is named with its reason."""


def land(config: Settings) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Take in the product's own tables, recorded decisions and what waits in the landing.

    Returns `raw.delivery` and the rows of it that arrived. Raises Refused if a file of the
    landing is refused and none that counts takes its place, unless settings say to leave it
    out; all others are registered then, and neither lake tables nor release have changed.
    """
    own = reference_deliveries()
    decided = find_deliveries(config.decided) if config.decided.is_dir() else []
    found = [*own, *decided, *find_deliveries(config.landing)]
    ids = [item.source.id for item in own]
    register, arrived = take_in(config, found, _watched, ids)
    refused = arrived.filter(pl.col("status") == "refused")
    if refused.height and config.on_refused == "stop":
        reasons = "\n".join(sorted(refused.get_column("reason").to_list()))
        raise Refused(
            f"{reasons}\nnext: mend the file, or `parkledger withdraw SOURCE FILE`, "
            "or set PARKLEDGER_ON_REFUSED=leave_out"
        )
    return register.deliveries, arrived


def _watched(source_id: str, work: Callable[[], list[Part]]) -> list[Part]:
    with PROGRESS.stage(f"read {source_id}"):
        return work()


@dg.multi_asset(
    specs=[
        dg.AssetSpec(
            asset_key(table),
            group_name="landing",
            description=table.about(),
            owners=OWNERS,
            code_version=code_version(),
            metadata={"dagster/column_schema": column_schema(table)},
        )
        for table in (Delivery, RawPart)
    ],
    pool=POOL,
)
def intake() -> Iterator[dg.MaterializeResult[None]]:
    """Archive and read what was delivered; decide what counts."""
    deliveries, arrived = land(settings())
    statuses = dict(deliveries.group_by("status").len().sort("status").iter_rows())
    yield dg.MaterializeResult(
        asset_key=asset_key(Delivery),
        metadata={
            "dagster/row_count": deliveries.height,
            "arrived": arrived.height,
            "decisions": deliveries.filter(pl.col("source_id").is_in(DECISIONS)).height,
            **statuses,
        },
    )
    parts = lake_tables([RawPart.table_name()])[RawPart.table_name()]
    yield dg.MaterializeResult(
        asset_key=asset_key(RawPart),
        metadata={"dagster/row_count": parts.height, "rows": int(parts.get_column("rows").sum())},
    )


@dg.asset_check(asset=["quarantine", "row"], name="delivered_rows", blocking=True, pool=POOL)
def delivered_check() -> dg.AssetCheckResult:
    """Records = accepted + quarantined, per source; no record is in both."""
    accepted = {source.id: source.table for source in acceptance_order()}
    tables = lake_tables(["raw.part", "quarantine.row", *accepted.values()])
    return check_result([*delivered_rows(tables, accepted), row_in_one_place(tables)])
