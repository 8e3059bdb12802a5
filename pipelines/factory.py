"""Dagster assets from steps, checks from balances."""

import base64
import warnings
from collections.abc import Callable, Iterable
from typing import Any

import dagster as dg
import polars as pl

from assets.boundaries.picture import overview
from pipelines.lake_io import YEAR, column_schema
from pipelines.progress import PROGRESS
from pipelines.wiring import STEPS, code_version
from quality.conservation import CHECKS, Balance
from quality.contracts.audit import Delivery
from quality.contracts.boundaries import Boundary
from quality.contracts.registry import table_of
from quality.contracts.table import SOURCE_ROW, Table
from warehouse.lake import Lake
from warehouse.settings import settings
from warehouse.step import Step

# Single-run backfills are marked beta; the pin of Dagster is exact, so the user need not know.
warnings.filterwarnings("ignore", message=".*is currently in beta.*", category=dg.BetaWarning)

OWNERS = ["team:data-engineering"]
# One writer at a time: the pool's limit of 1 stands in the shipped dagster.yaml.
POOL = "lake"

YEARS = dg.StaticPartitionsDefinition(
    [str(year) for year in range(settings().first_year, settings().last_year + 1)]
)


def asset_key(table: type[Table]) -> dg.AssetKey:
    """The key of a table's asset: `[schema, table]`."""
    return dg.AssetKey(table.table_name().split("."))


def step_asset(step: Step) -> dg.AssetsDefinition:
    """The asset of a step; year-partitioned where the step is by year."""
    table = step.output

    @dg.asset(
        key=asset_key(table),
        deps=[asset_key(t) for t in dict.fromkeys(step.inputs)],
        group_name=step.group,
        description=table.about(),
        owners=OWNERS,
        pool=POOL,
        code_version=code_version(),
        partitions_def=YEARS if step.by_year else None,
        backfill_policy=dg.BackfillPolicy.single_run() if step.by_year else None,
        metadata={"dagster/column_schema": column_schema(table)},
    )
    def made(context: dg.AssetExecutionContext) -> pl.DataFrame:
        with PROGRESS.stage(table.table_name()):
            years = [int(key) for key in context.partition_keys] if step.by_year else None
            frame = step.run(_inputs(step, years), settings())
            if table in PICTURES:
                context.add_output_metadata({"map": _picture(PICTURES[table](frame))})
            return frame if years is None else _years_of_run(table, frame, years)

    return made


_BY_YEAR = {step.output for step in STEPS if step.by_year}


def _inputs(step: Step, years: list[int] | None) -> dict[str, pl.DataFrame]:
    """The tables that a step reads; of those made by year the years of the run.

    Read here and not handed over by Dagster: 720 inputs, each with two events in its log and a
    transaction of its own, took half of the time of a run of the sample.
    """
    wanted = list(dict.fromkeys(step.inputs))
    of_years = {t: (YEAR, years) for t in wanted if t in _BY_YEAR} if years is not None else {}
    frames = Lake(settings()).read_all(wanted, of_years)
    return {t.table_name(): frame for t, frame in zip(wanted, frames, strict=True)}


# Tables that are looked at as a map in Dagster.
PICTURES: dict[type[Table], Callable[[pl.DataFrame], bytes]] = {Boundary: overview}


def _picture(png: bytes) -> dg.MarkdownMetadataValue:
    encoded = base64.b64encode(png).decode("ascii")
    return dg.MetadataValue.md(f"![map](data:image/png;base64,{encoded})")


def _years_of_run(table: type[Table], frame: pl.DataFrame, years: list[int]) -> pl.DataFrame:
    """Rows of the partitions being run; a year that has no partition at all is an error."""
    known = [int(key) for key in YEARS.get_partition_keys()]
    strange = frame.filter(~pl.col(YEAR).is_in(known)).sort(YEAR, maintain_order=True)
    if strange.height:
        raise ValueError(
            f"{table.table_name()}: year {strange.item(0, YEAR)} has no partition; expected "
            f"{known[0]} to {known[-1]}: set PARKLEDGER_FIRST_YEAR or PARKLEDGER_LAST_YEAR"
            f"{_rows_of(strange)}"
        )
    return frame.filter(pl.col(YEAR).is_in(years))


def _rows_of(strange: pl.DataFrame) -> str:
    """Files and delivered rows of the first three, and what to do if they are mistyped."""
    if SOURCE_ROW not in strange.columns:
        return ""
    rows = strange.get_column(SOURCE_ROW).unique(maintain_order=True)
    files = {
        item["delivery_id"][:16]: (item["source_id"], item["file_name"])
        for item in Lake(settings()).read(Delivery).iter_rows(named=True)
    }
    said = []
    for row in rows.head(3):
        source, name = files.get(row.partition(":")[0], ("", ""))
        said.append(f"{source} {name} ({row})" if name else row)
    more = f" and {rows.len() - 3} more" if rows.len() > 3 else ""
    return (
        f"; delivered in {', '.join(said)}{more}: if the year is mistyped, correct the row "
        "(`correction`) or `parkledger withdraw SOURCE FILE --reason … --provider …`"
    )


def balance_check(table_name: str) -> dg.AssetChecksDefinition:
    """A blocking check that every balance over a table holds to the last digit."""
    check = CHECKS[table_name]

    @dg.asset_check(
        asset=asset_key(table_of(table_name)),
        name=check.name,
        blocking=True,
        pool=POOL,
        description=(check.balances.__doc__ or "").strip(),
    )
    def conserved() -> dg.AssetCheckResult:
        return check_result(check.balances(lake_tables(check.reads)))

    return conserved


def lake_tables(names: Iterable[str]) -> dict[str, pl.DataFrame]:
    """Tables of the lake by name."""
    wanted = list(names)
    frames = Lake(settings()).read_all([table_of(name) for name in wanted])
    return dict(zip(wanted, frames, strict=True))


def check_result(balances: list[Balance]) -> dg.AssetCheckResult:
    """Passed if all balances are equal; the unequal ones stand in the metadata."""
    broken = [balance for balance in balances if not balance.equal]
    metadata: dict[str, Any] = {"balances": len(balances), "broken": len(broken)}
    for balance in broken[:10]:
        metadata[balance.name] = f"{balance.left} ≠ {balance.right}"
    return dg.AssetCheckResult(passed=not broken, metadata=metadata)
