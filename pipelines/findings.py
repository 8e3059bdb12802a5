"""Checks that warn: what was found stands in a table, with its numbers, and the run goes on."""

from collections.abc import Callable
from dataclasses import dataclass

import dagster as dg
import polars as pl

from pipelines.factory import POOL, asset_key, lake_tables
from quality.contracts.coverage import TotalFinding
from quality.contracts.energy import Allocation, Contradiction
from quality.contracts.table import Table

Told = dict[str, str]


@dataclass(frozen=True)
class Finding:
    """What a check warns of: the rows of a table that are findings, and the first of them in
    words, by what they are named by.
    """

    name: str
    table: type[Table]
    about: str
    found: Callable[[pl.DataFrame], pl.DataFrame]
    told: Callable[[pl.DataFrame], Told]


def finding_check(finding: Finding) -> dg.AssetChecksDefinition:
    """The check of a finding, on the asset of its table."""

    @dg.asset_check(
        asset=asset_key(finding.table),
        name=finding.name,
        pool=POOL,
        description=finding.about,
    )
    def warned() -> dg.AssetCheckResult:
        name = finding.table.table_name()
        return warning(finding, lake_tables([name])[name])

    return warned


def warning(finding: Finding, rows: pl.DataFrame) -> dg.AssetCheckResult:
    """Passed without findings; else a warning with their number and the first of them."""
    found = finding.found(rows)
    return dg.AssetCheckResult(
        passed=found.is_empty(),
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"rows": rows.height, "findings": found.height, **finding.told(found)},
    )


def _exceeding(found: pl.DataFrame) -> Told:
    return {
        row["source_row_id"]: (
            f"{row['enterprise_id']} {row['year']} {row['energy_id']}: sites {row['own_data']} > "
            f"return {row['total']}; correct one of them"
        )
        for row in found.sort("source_row_id").head(10).iter_rows(named=True)
    }


def _contradicting(found: pl.DataFrame) -> Told:
    return {
        f"{row['rule_id']} {row['source_row_id']}": (
            f"{row['enterprise_id']} {row['year']} {row['energy_id']}: {row['stated']} against "
            f"{row['expected']}; {row['reason_en']}"
        )
        for row in found.sort("source_row_id", "rule_id").head(10).iter_rows(named=True)
    }


def _beyond(found: pl.DataFrame) -> Told:
    """The number of findings by rule, and the first of each."""
    told = {}
    ordered = found.sort("rule_id", "year", "area_code", "subject")
    for (rule,), rows in ordered.group_by("rule_id", maintain_order=True):
        row = rows.row(0, named=True)
        told[str(rule)] = (
            f"{rows.height}; {row['area_code']} {row['year']} {row['subject']}: "
            f"{row['stated']} against {row['expected']} {row['unit']}"
        )
    return told


SITES_WITHIN_RETURN = Finding(
    "sites_within_return",
    Allocation,
    "No return is exceeded by what its sites and branches state by more than 2 % (METHOD 1.6). "
    "Nothing is scaled: what the sites state stands.",
    lambda rows: rows.filter(pl.col("status") == "exceeds"),
    _exceeding,
)
NO_CONTRADICTION = Finding(
    "no_contradiction",
    Contradiction,
    "No two deliveries contradict each other: supplies and the returns of their ends (EX1 to "
    "EX3), fuel of a transformation and what was used (TR1, TR2), feedstock and raw material "
    "(FS1).",
    lambda rows: rows,
    _contradicting,
)
TOTALS_WITHIN_LIMITS = Finding(
    "totals_within_limits",
    TotalFinding,
    "Totals of parks stay within control totals and published inventories (CT1w, CT2), little of "
    "them is unlocated (LOC1w), and both bases are alike (LOC2); METHOD 5.",
    lambda rows: rows,
    _beyond,
)
FINDINGS = (SITES_WITHIN_RETURN, NO_CONTRADICTION, TOTALS_WITHIN_LIMITS)
