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
from quality.contracts.boundaries import Boundary
from quality.contracts.coverage import TotalFinding
from quality.contracts.energy import Allocation, Contradiction
from quality.contracts.registry import table_of
from quality.contracts.table import Table
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
    strange = frame.filter(~pl.col(YEAR).is_in(known)).get_column(YEAR).unique().sort().to_list()
    if strange:
        raise ValueError(
            f"{table.table_name()}: year {strange[0]} has no partition; expected "
            f"{known[0]} to {known[-1]}: set PARKLEDGER_FIRST_YEAR or PARKLEDGER_LAST_YEAR"
        )
    return frame.filter(pl.col(YEAR).is_in(years))


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


@dg.asset_check(
    asset=asset_key(Allocation),
    name="sites_within_return",
    pool=POOL,
    description="No return is exceeded by what its sites and branches state by more than 2 % "
    "(METHOD 1.6). Nothing is scaled: what the sites state stands.",
)
def sites_within_return() -> dg.AssetCheckResult:
    name = Allocation.table_name()
    return exceeded(lake_tables([name])[name])


def exceeded(allocation: pl.DataFrame) -> dg.AssetCheckResult:
    """A warning that names the first returns of status `exceeds`, with both quantities."""
    over = allocation.filter(pl.col("status") == "exceeds").sort("source_row_id")
    metadata: dict[str, Any] = {"returns": allocation.height, "exceeded": over.height}
    for row in over.head(10).iter_rows(named=True):
        metadata[row["source_row_id"]] = (
            f"{row['enterprise_id']} {row['year']} {row['energy_id']}: sites {row['own_data']} > "
            f"return {row['total']}; correct one of them"
        )
    return dg.AssetCheckResult(
        passed=over.is_empty(), severity=dg.AssetCheckSeverity.WARN, metadata=metadata
    )


@dg.asset_check(
    asset=asset_key(Contradiction),
    name="no_contradiction",
    pool=POOL,
    description="No two deliveries contradict each other: supplies and the returns of their ends "
    "(EX1 to EX3), fuel of a transformation and what was used (TR1, TR2), feedstock and raw "
    "material (FS1).",
)
def no_contradiction() -> dg.AssetCheckResult:
    name = Contradiction.table_name()
    return contradicted(lake_tables([name])[name])


def contradicted(contradictions: pl.DataFrame) -> dg.AssetCheckResult:
    """A warning that names the first contradictions, with both numbers and what was done."""
    metadata: dict[str, Any] = {"contradictions": contradictions.height}
    for row in contradictions.sort("source_row_id", "rule_id").head(10).iter_rows(named=True):
        metadata[f"{row['rule_id']} {row['source_row_id']}"] = (
            f"{row['enterprise_id']} {row['year']} {row['energy_id']}: {row['stated']} against "
            f"{row['expected']}; {row['reason_en']}"
        )
    return dg.AssetCheckResult(
        passed=contradictions.is_empty(), severity=dg.AssetCheckSeverity.WARN, metadata=metadata
    )


@dg.asset_check(
    asset=asset_key(TotalFinding),
    name="totals_within_limits",
    pool=POOL,
    description="Totals of parks stay within control totals and published inventories (CT1w, "
    "CT2), little of them is unlocated (LOC1w), and both bases are alike (LOC2); METHOD 5.",
)
def totals_within_limits() -> dg.AssetCheckResult:
    name = TotalFinding.table_name()
    return beyond_limits(lake_tables([name])[name])


def beyond_limits(findings: pl.DataFrame) -> dg.AssetCheckResult:
    """A warning with the number of findings by rule, and the first of each."""
    metadata: dict[str, Any] = {"findings": findings.height}
    ordered = findings.sort("rule_id", "year", "area_code", "subject")
    for (rule,), rows in ordered.group_by("rule_id", maintain_order=True):
        row = rows.row(0, named=True)
        metadata[str(rule)] = (
            f"{rows.height}; {row['area_code']} {row['year']} {row['subject']}: "
            f"{row['stated']} against {row['expected']} {row['unit']}"
        )
    return dg.AssetCheckResult(
        passed=findings.is_empty(), severity=dg.AssetCheckSeverity.WARN, metadata=metadata
    )


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
