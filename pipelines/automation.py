"""Jobs, schedules and the sensor on the landing directory."""

import hashlib

import dagster as dg
from upath import UPath

from pipelines.factory import POOL, YEARS
from warehouse.lake import Lake
from warehouse.settings import settings

_KEYS = YEARS.get_partition_keys()
# One run over all years: a run a year would repeat every step that is not by year.
ALL_YEARS = {
    "dagster/asset_partition_range_start": _KEYS[0],
    "dagster/asset_partition_range_end": _KEYS[-1],
}

main_job = dg.define_asset_job(
    "main_job",
    selection=dg.AssetSelection.all(),
    description="Ingest, check, materialize, publish: every year in one run.",
    tags=ALL_YEARS,
)


@dg.op(pool=POOL)
def maintain_lake() -> None:
    """Expire old snapshots after the grace period, merge small files, drop the ones replaced."""
    Lake(settings()).maintain()


@dg.job(description="Snapshot expiry, compaction and clean-up of the lake.")
def maintenance_job() -> None:
    maintain_lake()


nightly = dg.ScheduleDefinition(
    name="nightly",
    job=main_job,
    cron_schedule="30 2 * * *",
    execution_timezone="Asia/Shanghai",
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
weekly_maintenance = dg.ScheduleDefinition(
    name="weekly_maintenance",
    job=maintenance_job,
    cron_schedule="0 4 * * 0",
    execution_timezone="Asia/Shanghai",
    default_status=dg.DefaultScheduleStatus.RUNNING,
)


def landing_state() -> str:
    """A hash of landing and decisions: names, sizes and times of all files; empty if none."""
    places = [UPath(settings().landing), UPath(settings().decided)]
    files = [p for place in places if place.is_dir() for p in place.rglob("*") if p.is_file()]
    # Some stores have no times of change; the size is there always.
    listed = sorted(f"{p}|{p.stat().st_size}|{getattr(p.stat(), 'st_mtime', 0)}" for p in files)
    return hashlib.sha256("\n".join(listed).encode()).hexdigest() if listed else ""


@dg.sensor(
    job=main_job,
    minimum_interval_seconds=settings().sensor_seconds,
    default_status=dg.DefaultSensorStatus.RUNNING,
)
def landing_sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult:
    """A changed landing directory becomes a run; a file still being written waits a tick.

    The state must be the same on two looks in a row, so that half a file is not taken in.
    """
    state = landing_state()
    seen, _, done = (context.cursor or "|").partition("|")
    if not state or state == done:
        return dg.SensorResult(skip_reason="landing directory unchanged", cursor=f"{state}|{done}")
    if state != seen:
        return dg.SensorResult(skip_reason="landing directory changing", cursor=f"{state}|{done}")
    return dg.SensorResult(
        run_requests=[dg.RunRequest(run_key=state, tags=ALL_YEARS)], cursor=f"{state}|{state}"
    )
