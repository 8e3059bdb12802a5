"""The main job in this process, and the facts of a finished run."""

from __future__ import annotations

import logging
import os
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from pipelines.progress import PROGRESS
from warehouse.served import current_release, shown_class
from warehouse.settings import Settings

if TYPE_CHECKING:
    import dagster as dg

_DAGSTER_YAML = Path(__file__).with_name("dagster.yaml")


class RunFailed(RuntimeError):
    """The main job failed; the message is the first cause. The last release is still served."""


@dataclass(frozen=True)
class Run:
    """A finished run: release, counts, balances, checks and stages."""

    release_id: str
    content_hash: str
    new: bool
    counts: dict[str, int]
    conservation: dict[str, dict[str, str | bool]]
    checks: dict[str, int]
    stages: dict[str, dict[str, float]]
    warnings: list[str]

    def as_json(self) -> dict[str, Any]:
        return dict(self.__dict__)


def prepare_dagster_home(config: Settings) -> Path:
    """DAGSTER_HOME of this lake, with the shipped dagster.yaml in it."""
    home = (config.home / "dagster").resolve()
    home.mkdir(parents=True, exist_ok=True)
    target = home / "dagster.yaml"
    if not target.exists():
        shutil.copyfile(_DAGSTER_YAML, target)
    os.environ.setdefault("DAGSTER_HOME", str(home))
    os.environ["DAGSTER_DISABLE_TELEMETRY"] = "1"
    return home


def run_main_job(config: Settings) -> Run:
    """Ingest, check, materialize, publish. Raises RunFailed with the first cause."""
    prepare_dagster_home(config)
    from assets.landing.readers import prepare

    # While Dagster is imported. Reference tables are csv, most forms are workbooks.
    prepare(["csv", "xlsx"])
    import dagster as dg

    from pipelines.automation import ALL_YEARS
    from pipelines.definitions import defs

    before = current_release(config)
    logging.getLogger("dagster").setLevel(logging.CRITICAL)
    with dg.DagsterInstance.get() as instance:
        _bury_dead_runs(instance)
        job = defs.resolve_job_def("main_job")
        idle = idle_sources(config)
        _prepare_lake(config, idle)
        result = job.execute_in_process(
            instance=instance,
            asset_selection=[key for key in job.asset_layer.selected_asset_keys if key not in idle],
            tags={**ALL_YEARS, _PID: str(os.getpid())},
            raise_on_error=False,
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        )
        if not result.success:
            raise RunFailed(_first_cause(result))
        checks = result.get_asset_check_evaluations()
    failed = [check for check in checks if not check.passed]
    hard = [check for check in failed if check.severity == dg.AssetCheckSeverity.ERROR]
    finished = describe_run(
        config,
        {
            "passed": len(checks) - len(failed),
            "warned": len(failed) - len(hard),
            "failed": len(hard),
        },
        [
            f"{check.asset_key.to_user_string()} {check.check_name}: "
            + "; ".join(f"{name} {said.value}" for name, said in check.metadata.items())
            for check in failed
            if check not in hard
        ],
    )
    unchanged = before is not None and before["release_id"] == finished.release_id
    return replace(finished, new=not unchanged)


def idle_sources(config: Settings) -> set[dg.AssetKey]:
    """Accepted tables of declared sources of which nothing is or was delivered.

    Planning and recording fifty assets that have nothing to do took six seconds of a run.
    """
    import polars as pl

    from assets.landing.declaration import load_sources
    from assets.landing.ingest import find_deliveries, reference_deliveries
    from pipelines.factory import asset_key
    from quality.contracts.audit import Delivery
    from quality.contracts.registry import table_of
    from warehouse.lake import Lake

    found = [*reference_deliveries(), *find_deliveries(config.landing)]
    if config.decided.is_dir():
        found += find_deliveries(config.decided)
    busy = {item.source.id for item in found}
    busy |= set(Lake(config).read(Delivery).get_column("source_id").unique().cast(pl.String))
    return {
        asset_key(table_of(source.table))
        for source in load_sources().values()
        if source.id not in busy
    }


def _prepare_lake(config: Settings, idle: set[dg.AssetKey]) -> None:
    """The tables that this run may write, made at once."""
    from assets.landing.declaration import load_sources
    from pipelines.factory import asset_key
    from pipelines.sources import SHARED
    from pipelines.wiring import STEPS
    from quality.contracts.audit import Delivery, RawPart
    from quality.contracts.registry import table_of
    from warehouse.lake import Lake

    accepted = [table_of(source.table) for source in load_sources().values()]
    busy = [table for table in accepted if asset_key(table) not in idle]
    Lake(config).prepare([Delivery, RawPart, *SHARED, *busy, *(step.output for step in STEPS)])


# The process of a run of the command line, so that a later one can tell that it died.
_PID = "parkledger/pid"


def _bury_dead_runs(instance: dg.DagsterInstance) -> None:
    """Mark runs whose process is gone as failed and give their pool slots back.

    A killed run kept the lake's only slot, and the next run waited for it for ever.
    """
    import dagster as dg

    unfinished = [dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.STARTING]
    for dead in instance.get_runs(filters=dg.RunsFilter(statuses=unfinished)):
        pid = dead.tags.get(_PID)
        if pid is not None and not Path(f"/proc/{pid}").exists():
            instance.report_run_failed(dead, "the process of this run is gone")
            instance.event_log_storage.free_concurrency_slots_for_run(dead.run_id)


def _first_cause(result: Any) -> str:
    """The innermost error of the first failed step, or the checks that failed."""
    failed = [e for e in result.all_events if e.is_step_failure]
    for event in failed:
        error = event.step_failure_data.error
        while error is not None and error.cause is not None:
            error = error.cause
        if error is not None:
            return f"{event.step_key}: {error.message.strip()}"
    broken = [c for c in result.get_asset_check_evaluations() if not c.passed]
    names = "; ".join(
        f"{c.asset_key.to_user_string()} {c.check_name}: "
        + ", ".join(f"{k} {v.value}" for k, v in c.metadata.items())
        for c in broken
    )
    return names or "the run failed without a step failure; see `dagster dev`"


def describe_run(config: Settings, checks: dict[str, int], warnings: list[str]) -> Run:
    """What the summary and `--json` say, read from the lake and the release."""
    from pipelines.factory import lake_tables
    from pipelines.wiring import acceptance_order
    from quality.conservation import CHECKS, all_balances

    accepted = {source.id: source.table for source in acceptance_order()}
    names = {*_COUNTED, *accepted.values()}.union(*(check.reads for check in CHECKS.values()))
    tables = lake_tables(sorted(names))
    balances = all_balances(tables, accepted)
    with duckdb.connect(str(config.current.resolve()), read_only=True) as connection:
        info = connection.execute("SELECT release_id, content_hash FROM release.info").fetchone()
        places = connection.execute(_PLACES, [shown_class(connection, config)]).fetchone()
    assert info is not None and places is not None
    delivered = int(tables["raw.part"].get_column("records").sum())
    quarantined = tables["quarantine.row"].height
    return Run(
        release_id=info[0],
        content_hash=info[1],
        new=True,
        counts={
            "parks": tables["core.park"].height,
            "parks_with_boundary": tables["core.boundary"]["park_id"].n_unique(),
            "enterprises": tables["core.enterprise"].height,
            "sites": tables["core.site"].height,
            "activity_rows": tables["core.activity"].height,
            "ledger_lines": tables["ledger.line"].height,
            "delivered": delivered,
            "accepted": delivered - quarantined,
            "quarantined": quarantined,
            "flagged": tables["quarantine.flag"].height,
            "in_parks": int(places[0]),
            "outside": int(places[1]),
            "unlocated": int(places[2]),
        },
        conservation={balance.name: balance.as_json() for balance in balances},
        checks=checks,
        stages=PROGRESS.stages,
        warnings=warnings,
    )


_COUNTED = (
    "raw.part",
    "quarantine.row",
    "quarantine.flag",
    "core.park",
    "core.boundary",
    "core.enterprise",
    "core.site",
    "core.activity",
    "ledger.line",
)

# Sites by where they operate, on the ground of today.
_PLACES = """
SELECT count(DISTINCT site_id) FILTER (place_id NOT LIKE '%:%'),
       count(DISTINCT site_id) FILTER (place_id LIKE 'OUTSIDE:%'),
       count(DISTINCT site_id) FILTER (place_id LIKE 'UNLOCATED:%')
FROM core.attribution
WHERE basis = 'operating' AND series = 'constant' AND weight_point > 0 AND boundary_class = ?
"""
