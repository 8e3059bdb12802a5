"""The expectations of the release gate, evaluated by Great Expectations in a process of its own.

The expectations follow from the declarations (not null, unique key, allowed values,
non-negative measures) and from what a release must be as a whole. The result is kept as
JSON; its Data Docs are not built, since they fetch pages from the network.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from pathlib import Path
from typing import Any

os.environ["GX_ANALYTICS_ENABLED"] = "false"

import great_expectations as gx
from duckdb_sqlalchemy import Dialect as DuckDBDialect
from great_expectations.data_context.types.base import ProgressBarsConfig
from great_expectations.expectations.core import (
    ExpectColumnPairValuesAToBeGreaterThanB,
    ExpectColumnValuesToBeBetween,
    ExpectColumnValuesToNotBeNull,
    ExpectCompoundColumnsToBeUnique,
    ExpectTableColumnsToMatchOrderedList,
    ExpectTableRowCountToBeBetween,
)
from great_expectations.expectations.expectation import Expectation
from sqlalchemy.dialects import registry

from quality.contracts.mart import MARTS
from quality.contracts.table import Table

_DIALECT = "parkledgerduckdb"


class QuietDialect(DuckDBDialect):
    """DuckDB for Great Expectations: it begins and commits around reads, which DuckDB has no
    use for on a read-only file."""

    name = "duckdb"
    supports_statement_cache = False

    def do_begin(self, dbapi_connection: Any) -> None: ...
    def do_commit(self, dbapi_connection: Any) -> None: ...
    def do_rollback(self, dbapi_connection: Any) -> None: ...


registry.register(_DIALECT, __name__, QuietDialect.__name__)


def _expectations(table: type[Table]) -> list[Expectation]:
    """What follows from the declaration of a mart."""
    measures = set(table.table_metadata()["measures"])
    found: list[Expectation] = [
        ExpectTableRowCountToBeBetween(
            min_value=1 if table.table_metadata().get("required") else 0
        ),
        ExpectTableColumnsToMatchOrderedList(
            column_list=[c.name for c in table.declared_columns()]
        ),
        ExpectCompoundColumnsToBeUnique(column_list=table.key()),
    ]
    for c in table.declared_columns():
        if not c.nullable:
            found.append(ExpectColumnValuesToNotBeNull(column=c.name))
        if c.name in measures:
            found += _not_negative(c.name, table.table_metadata().get("signed", {}))
    if {"co2e_low_t", "co2e_high_t"} <= measures:
        found.append(
            ExpectColumnPairValuesAToBeGreaterThanB(
                column_A="co2e_high_t", column_B="co2e_low_t", or_equal=True
            )
        )
    return found


def _not_negative(measure: str, signed: dict[str, str | None]) -> list[Expectation]:
    """A measure is at least 0; a signed one only where its condition holds, if it has one."""
    if measure not in signed:
        return [ExpectColumnValuesToBeBetween(column=measure, min_value=0)]
    condition = signed[measure]
    if condition is None:
        return []
    return [
        ExpectColumnValuesToBeBetween(
            column=measure,
            min_value=0,
            row_condition=condition,
            condition_parser="great_expectations",
        )
    ]


def evaluate(candidate: Path) -> tuple[int, list[dict[str, Any]]]:
    """Expectations evaluated on the candidate file, read-only, and the failed ones."""
    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    source = context.data_sources.add_sql(
        "candidate",
        connection_string=f"{_DIALECT}:///{candidate}?access_mode=read_only",
    )
    evaluated = 0
    failed: list[dict[str, Any]] = []
    for table in MARTS:
        schema, _, name = table.table_name().partition(".")
        asset = source.add_table_asset(table.table_name(), table_name=name, schema_name=schema)
        batch = asset.add_batch_definition_whole_table("whole").get_batch()
        suite = gx.ExpectationSuite(name=name, expectations=_expectations(table))
        outcome = batch.validate(suite)
        for result in outcome.results:
            evaluated += 1
            if not result.success:
                failed.append(_failure(table, result.to_json_dict()))
    return evaluated, failed


def _failure(table: type[Table], result: dict[str, Any]) -> dict[str, Any]:
    config = result["expectation_config"]
    found = result.get("result") or {}
    raised = (result.get("exception_info") or {}).get("exception_message")
    return {
        "table": table.table_name(),
        "column": config["kwargs"].get("column"),
        "expectation": config["type"],
        "found": raised
        or found.get("partial_unexpected_list")
        or found.get("observed_value")
        or found.get("unexpected_count"),
    }


def main() -> None:
    """`python -m quality.expectations`: for each file named on stdin a line of JSON."""
    for line in sys.stdin:
        evaluated, failed = evaluate(Path(line.rstrip("\n")))
        print(json.dumps({"evaluated": evaluated, "failed": failed}, default=str))


if __name__ == "__main__":
    main()
