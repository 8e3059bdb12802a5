"""A running Dagster daemon: a file dropped into the landing directory becomes a release."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
import duckdb
import pytest
import yaml
from dagster import DagsterEventType
from dagster._core.storage.event_log import SqliteEventLogStorage

from assets.landing.declaration import load_sources
from pipelines.event_log import _KEPT, EventLog
from pipelines.run import prepare_dagster_home
from pipelines.wiring import STEPS
from tests.pipeline.conftest import LANDING, ROOT, SampleRun
from warehouse.served import current_release

pytestmark = pytest.mark.xdist_group("sample")


def _definitions() -> dg.Definitions:
    from pipelines.definitions import defs

    return defs


def test_every_asset_has_group_owner_description_schema_and_pool() -> None:
    graph = _definitions().resolve_asset_graph()
    # Two raw tables, quarantine, flags, corrections, the park index and the release beside
    # sources and steps.
    expected = len(load_sources()) + len(STEPS) + 7
    assert len(graph.executable_asset_keys) == expected
    for key in graph.executable_asset_keys:
        node = graph.get(key)
        assert node.group_name != "default", key
        assert node.owners and node.description and node.code_version, key
        assert node.pools == {"lake"}, key
        if key.path not in (["release", "current"], ["core", "park_index"]):
            assert "dagster/column_schema" in node.metadata, key


def test_conservation_checks_block() -> None:
    checks = [spec for check in _definitions().asset_checks or [] for spec in check.check_specs]
    assert len([spec for spec in checks if spec.blocking]) == 5
    # What enterprises stated is told and not overruled: a warning.
    assert [spec.name for spec in checks if not spec.blocking] == [
        "sites_within_return",
        "no_contradiction",
        "totals_within_limits",
    ]


def test_shipped_dagster_yaml_gives_the_lake_one_writer() -> None:
    shipped = yaml.safe_load((ROOT / "pipelines" / "dagster.yaml").read_text())
    assert shipped["concurrency"]["pools"] == {"granularity": "op", "default_limit": 1}


def test_a_run_is_in_the_log_as_dagster_itself_reads_it(sample: SampleRun) -> None:
    # The storage that ships with Dagster, on the files that ours has written.
    shipped = SqliteEventLogStorage(str(sample.home / "dagster" / "history" / "runs"))
    release = dg.AssetKey(["release", "current"])
    (made,) = shipped.get_asset_records([release])
    entry = made.asset_entry.last_materialization
    assert entry is not None and entry.asset_materialization is not None
    assert entry.asset_materialization.metadata["content_hash"].value == sample.said["content_hash"]
    run_id = made.asset_entry.last_run_id
    assert run_id is not None
    stats = shipped.get_stats_for_run(run_id)
    assert stats.steps_failed == 0 and stats.materializations > 100
    types = {e.dagster_event_type for e in shipped.get_logs_for_run(run_id)}
    assert {DagsterEventType.RUN_SUCCESS, DagsterEventType.ASSET_CHECK_EVALUATION} <= types


def test_the_event_log_keeps_few_connections_and_comes_back_to_old_runs(tmp_path: Path) -> None:
    log = EventLog(str(tmp_path))
    runs = [f"run{number}" for number in range(_KEPT + 3)]
    for run in [*runs, *runs]:
        assert list(log.get_logs_for_run(run)) == []
        assert len(log._engines) <= _KEPT
    log.dispose()
    assert not log._engines


def test_schedules_and_sensor_run_by_default() -> None:
    repository = _definitions().get_repository_def()
    names = {s.name: s.default_status.value for s in repository.schedule_defs}
    assert names == {"nightly": "RUNNING", "weekly_maintenance": "RUNNING"}
    sensors = {s.name: s.default_status.value for s in repository.sensor_defs}
    assert sensors["landing_sensor"] == "RUNNING"


@contextmanager
def _daemon(home: Path, landing: Path, log: Path) -> Iterator[None]:
    """`dagster dev` as `make dev` starts it, on a free port, in its own process group."""
    environment = {
        **os.environ,
        "PARKLEDGER_HOME": str(home),
        "PARKLEDGER_LANDING": str(landing),
        "PARKLEDGER_SENSOR_SECONDS": "5",
        "DAGSTER_HOME": str(home / "dagster"),
        "DAGSTER_DISABLE_TELEMETRY": "1",
    }
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "dagster", "dev", "-w", "workspace.yaml", "-p", "0"],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            yield
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)


@pytest.mark.slow
def test_dropped_file_becomes_a_release(
    sample: SampleRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, landing = sample.copy(tmp_path / "home"), tmp_path / "landing"
    shutil.copytree(LANDING, landing)
    settings = sample.settings.model_copy(update={"home": home, "landing": landing})
    monkeypatch.setenv("DAGSTER_HOME", "")
    monkeypatch.delenv("DAGSTER_HOME")
    prepare_dagster_home(settings)
    first = current_release(settings)
    assert first is not None
    with _daemon(home, landing, tmp_path / "daemon.log"):
        arriving = landing / "business_register" / "工商住所_补充_示意.csv"
        arriving.write_text(
            "统一社会信用代码,企业名称,住所,登记状态,备注\r\n"
            "916405006842298926,宁夏钢铁（集团）有限责任公司,"
            "宁夏回族自治区中卫市沙坡头区中卫工业园区,存续,示意：住所为演示\r\n",
            "utf-8-sig",
        )
        deadline = time.monotonic() + 240
        served = first
        while time.monotonic() < deadline and served["release_id"] == first["release_id"]:
            time.sleep(2)
            served = current_release(settings) or first
    log = (tmp_path / "daemon.log").read_text(errors="replace")
    assert served["release_id"] != first["release_id"], log[-3000:]
    with duckdb.connect(str(settings.current), read_only=True) as connection:
        names = connection.execute(
            "SELECT file_name FROM raw.delivery WHERE source_id = 'business_register'"
        ).fetchall()
    assert (arriving.name,) in names
