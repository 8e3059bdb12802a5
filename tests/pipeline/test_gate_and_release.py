"""The gate refuses a bad candidate; a release swaps in whole, and killed runs leave the last."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from pipelines.publishing import release_content
from quality.gate import GateError, GateResult, Judge, judge
from tests.pipeline.conftest import LANDING, ROOT, SampleRun, parkledger
from warehouse.lake import Lake
from warehouse.query import query
from warehouse.release import GateRejected, publish
from warehouse.served import current_release, list_releases

pytestmark = pytest.mark.xdist_group("sample")


def test_gate_passes_the_sample(sample: SampleRun) -> None:
    result = judge(sample.release)
    assert result.passed and result.evaluated > 80
    # It leaves the file free for connections of any other configuration.
    query(sample.release, "SELECT 1")


# What makes a candidate bad, by name.
BAD = {
    "empty": "DELETE FROM mart.park_total",
    "null key": "UPDATE mart.park_total SET place_id = NULL WHERE place_id = 'S649012'",
    "double key": "INSERT INTO mart.park_total SELECT * FROM mart.park_total LIMIT 1",
    "negative": "UPDATE mart.park_energy SET quantity = -1 WHERE place_id = 'S649012'",
    "low above high": "UPDATE mart.park_total SET co2e_low_t = co2e_high_t + 1 "
    "WHERE place_id = 'S649012'",
    "column gone": "ALTER TABLE mart.control_balance DROP COLUMN illustrative",
}


@pytest.fixture(scope="module")
def judged(sample: SampleRun, tmp_path_factory: pytest.TempPathFactory) -> dict[str, GateResult]:
    """Each bad candidate judged; by one process, which takes seconds to start."""
    candidates = {name: tmp_path_factory.mktemp("bad") / "candidate.duckdb" for name in BAD}
    for name, candidate in candidates.items():
        shutil.copyfile(sample.release, candidate)
        with duckdb.connect(str(candidate)) as connection:
            connection.execute(BAD[name])
    with Judge() as ready:
        return dict(zip(candidates, ready.judge(*candidates.values()), strict=True))


@pytest.mark.parametrize("name", BAD)
def test_gate_refuses_a_bad_candidate(judged: dict[str, GateResult], name: str) -> None:
    result = judged[name]
    assert not result.passed
    assert result.as_text()


def test_a_gate_that_breaks_down_passes_nothing(tmp_path: Path) -> None:
    with pytest.raises(GateError, match=r"none\.duckdb"):
        judge(tmp_path / "none.duckdb")


def test_rejected_candidate_leaves_current_as_it_was(sample: SampleRun, tmp_path: Path) -> None:
    settings = sample.settings.model_copy(update={"home": sample.copy(tmp_path / "home")})
    before = current_release(settings)
    lake = Lake(settings)
    # Something must have changed, or there is nothing to judge.
    with lake.connection() as connection:
        connection.execute(
            "UPDATE lake.mart.park_total SET worst_tier = 'T1' WHERE place_id = 'S649012'"
        )

    def reject(candidate: Path) -> None:
        assert candidate.exists()
        raise GateRejected("no")

    with pytest.raises(GateRejected):
        publish(settings, lake, release_content(settings), reject)
    assert current_release(settings) == before
    assert not list(settings.releases.glob(".candidate*"))


def test_unchanged_content_is_not_published_again(sample: SampleRun, tmp_path: Path) -> None:
    settings = sample.settings.model_copy(update={"home": sample.copy(tmp_path / "home")})

    def refuse(_: Path) -> None:
        raise AssertionError("an unchanged release needs no gate")

    published = publish(settings, Lake(settings), release_content(settings), refuse)
    assert not published.new
    assert published.content_hash == sample.said["content_hash"]
    assert len(list_releases(settings)) == 1


def _more_business(landing: Path) -> None:
    """A landing with one delivery more than the sample."""
    shutil.copytree(LANDING, landing)
    rows = (
        "统一社会信用代码,企业名称,住所,登记状态,备注\r\n"
        "916405006842298926,宁夏钢铁（集团）有限责任公司,宁夏中卫市宁夏中卫工业园区,存续,示意：住所为演示\r\n"
    )
    (landing / "business_register" / "工商住所_补充_示意.csv").write_text(rows, "utf-8-sig")


# The stage whose end is waited for before the kill; the others are slow runs.
@pytest.mark.parametrize(
    "stage",
    [
        "core.site",
        *(
            pytest.param(stage, marks=pytest.mark.slow)
            for stage in ("read business_register", "accepted.permit", "ledger.line", "park_total")
        ),
    ],
)
def test_killed_run_leaves_the_last_release_and_the_next_run_finishes(
    sample: SampleRun, tmp_path: Path, stage: str
) -> None:
    home = sample.copy(tmp_path / "home")
    landing = tmp_path / "landing"
    _more_business(landing)
    settings = sample.settings.model_copy(update={"home": home, "landing": landing})
    first = current_release(settings)
    assert first is not None
    held = duckdb.connect(str(settings.current), read_only=True)

    _kill_run_after(stage, home, landing)
    assert current_release(settings) == first
    assert parkledger(home, "query", "SELECT 1").returncode == 0

    finished = parkledger(home, "run", "--landing", str(landing), "--json")
    assert finished.returncode == 0, finished.stderr[-2000:]
    second = current_release(settings)
    assert second is not None and second["release_id"] != first["release_id"]
    # The open connection goes on with the old release; a new one of this process gets the new.
    assert held.execute("SELECT release_id FROM release.info").fetchone() == (first["release_id"],)
    held.close()
    with duckdb.connect(str(settings.current), read_only=True) as fresh:
        assert fresh.execute("SELECT release_id FROM release.info").fetchone() == (
            second["release_id"],
        )


def _kill_run_after(stage: str, home: Path, landing: Path) -> None:
    """Start a run and kill it with SIGKILL once it reports the stage."""
    process = subprocess.Popen(
        [sys.executable, "-m", "pipelines.cli", "run", "--landing", str(landing)],
        cwd=ROOT,
        env={**os.environ, "PARKLEDGER_HOME": str(home)},
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    assert process.stderr is not None
    for line in process.stderr:
        if stage in line:
            process.send_signal(signal.SIGKILL)
            break
    process.wait(timeout=30)
    assert process.returncode == -signal.SIGKILL


@pytest.mark.slow
def test_files_delivered_in_another_order_give_the_same_content(
    sample: SampleRun, tmp_path: Path
) -> None:
    home, empty = tmp_path / "home", tmp_path / "landing"
    empty.mkdir()
    for folder in sorted(LANDING.iterdir(), reverse=True):
        files = [str(p) for p in sorted(folder.iterdir(), reverse=True)]
        wanted = [f for f in files if not f.endswith((".dbf", ".shx", ".prj"))]
        assert parkledger(home, "ingest", folder.name, *wanted).returncode == 0
    finished = parkledger(home, "run", "--landing", str(empty), "--json")
    assert finished.returncode == 0, finished.stderr[-2000:]
    assert f'"content_hash": "{sample.said["content_hash"]}"' in finished.stdout
