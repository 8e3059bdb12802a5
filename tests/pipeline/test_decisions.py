"""A correction and a withdrawal, from the file a person writes to the number and back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.pipeline.conftest import LANDING, SampleRun, parkledger

pytestmark = pytest.mark.xdist_group("sample")

RETURN = "规上企业能源购进消费与库存_2017_示意.xlsx"
# Row 129 of the return says 约1200, which is no number.
HEADER = "编号,来源,条件,列,原文,动作,改为,理由,提供单位,日期\n"
CORRECTION = (
    "K1,return_205_1,{where},消费量/合计,{guard},override,1200,去掉约字,示意统计局,2026-01-05\n"
)


def _said(home: Path, *arguments: str) -> dict[str, Any]:
    finished = parkledger(home, *arguments, "--json", PARKLEDGER_LANDING=str(LANDING))
    assert finished.returncode == 0, finished.stderr
    said: dict[str, Any] = json.loads(finished.stdout)
    return said


def _correct(home: Path, where: str, guard: str = "约1200") -> None:
    folder = home / "decisions" / "correction"
    folder.mkdir(parents=True, exist_ok=True)
    text = HEADER + CORRECTION.format(where=where, guard=guard)
    (folder / "统计局.csv").write_text(text, "utf-8")


@pytest.fixture(scope="module")
def decided(sample: SampleRun, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample with the row corrected, and a release of it."""
    home = sample.copy(tmp_path_factory.mktemp("decided") / "lake")
    (row,) = [r for r in _said(home, "quarantine", "list")["rows"] if r["value"] == "约1200"]
    shown = _said(home, "quarantine", "show", row["locator"])
    assert shown["cells"]["消费量/合计"] == "约1200" and "统一社会信用代码=" in shown["correction"]
    _correct(home, f"source_row_id={row['locator']}")
    replayed = _said(home, "quarantine", "replay", "return_205_1")
    assert (replayed["released"], replayed["caught"]) == (1, 0)
    assert replayed["quarantined"] == replayed["quarantined_before"] - 1
    finished = _said(home, "run")
    assert finished["new"]
    assert all(balance["equal"] for balance in finished["conservation"].values())
    return home


def test_a_correction_stands_in_the_explanation_of_the_number(decided: Path) -> None:
    rows = _said(
        decided,
        "query",
        "SELECT i.item_id FROM audit.applied_correction JOIN audit.item_source i "
        "USING (source_row_id, column_zh) WHERE i.item_kind = 'activity' LIMIT 1",
    )["rows"]
    activity = rows[0]["item_id"]
    found = _said(
        decided,
        "query",
        "SELECT place_id, year, energy_id FROM core.activity a JOIN core.attribution t "
        f"USING (site_id) WHERE activity_id = '{activity}' AND basis = 'operating' "
        "AND weight_point > 0 LIMIT 1",
    )["rows"][0]
    key = [f"{name}={value}" for name, value in found.items()]
    said = _said(decided, "explain", "park_energy", *key, "basis=operating", "--limit", "0")
    assert said["exact"]
    cells = [c for i in said["items"] for c in i["activity"]["cells"] if c["correction_id"]]
    assert cells
    for cell in cells:
        assert (cell["raw_text"], cell["corrected_text"]) == ("约1200", "1200")
        assert cell["correction_provider"] == "示意统计局"


@pytest.mark.slow
def test_the_corrected_release_can_be_recomputed(decided: Path) -> None:
    said = _said(decided, "verify")
    assert said["numbers"] == said["equal"] > 0


@pytest.mark.slow
def test_an_outdated_guard_stops_the_run_and_the_release_stays(
    decided: Path, tmp_path: Path
) -> None:
    before = _said(decided, "releases")["releases"][0]["release_id"]
    folder = decided / "decisions" / "correction" / "统计局.csv"
    kept = folder.read_text("utf-8")
    folder.write_text(kept.replace("约1200", "约1300"), "utf-8")
    finished = parkledger(decided, "run", PARKLEDGER_LANDING=str(LANDING))
    assert finished.returncode == 1
    assert "correction K1" in finished.stderr and "约1300" in finished.stderr
    assert _said(decided, "releases")["releases"][0]["release_id"] == before
    folder.write_text(kept, "utf-8")


@pytest.mark.slow
def test_a_withdrawn_delivery_leaves_the_numbers(decided: Path) -> None:
    finished = parkledger(
        decided, "withdraw", "return_205_1", "没有.xlsx", "--reason", "x", "--provider", "y"
    )
    assert finished.returncode == 2 and RETURN in finished.stderr
    # The correction of a row that is gone idles only if nothing of the source is left.
    said = _said(
        decided, "withdraw", "return_205_1", RETURN, "--reason", "误报", "--provider", "示意统计局"
    )
    assert Path(said["recorded"]).is_file()
    _said(decided, "run")
    rows = _said(
        decided,
        "query",
        "SELECT status, reason FROM raw.delivery WHERE source_id = 'return_205_1'",
    )["rows"]
    assert rows[0]["status"] == "withdrawn" and "误报" in rows[0]["reason"]
    left = _said(
        decided,
        "query",
        "SELECT count(*) AS n FROM core.canonical_return WHERE industry_division <> ''",
    )["rows"]
    assert left == [{"n": 0}]


def test_quarantined_rows_go_back_to_the_office_as_text(sample: SampleRun, tmp_path: Path) -> None:
    target = tmp_path / "退回.xlsx"
    said = _said(sample.home, "quarantine", "export", str(target))
    book = openpyxl.load_workbook(target)
    assert set(book.sheetnames) == set(said["sources"])
    rows = list(book["return_205_1"].iter_rows(values_only=True))
    assert rows[0][:4] == ("文件", "工作表", "行号", "列")
    assert len(rows) - 1 == said["sources"]["return_205_1"] == said["rows"]
    assert any(row[4] == "约1200" for row in rows)


@pytest.mark.slow
def test_a_number_rests_on_a_renamed_column_as_on_the_old_one(
    sample: SampleRun, tmp_path: Path
) -> None:
    """The run ended: the cells were sought under the declared header."""
    home, landing = sample.copy(tmp_path / "lake"), tmp_path / "landing"
    book = openpyxl.load_workbook(LANDING / "return_205_1" / RETURN)
    sheet = book["205-1"]
    (header,) = [cell for cell in sheet[4] if cell.value == "合计"]
    header.value = "总量"
    (landing / "return_205_1").mkdir(parents=True)
    book.save(landing / "return_205_1" / RETURN)
    decisions = home / "decisions" / "drift_decision"
    decisions.mkdir(parents=True)
    (decisions / "改版.csv").write_text(
        "来源,文件,类别,原名,新名,换算系数,理由,提供单位,日期\n"
        "return_205_1,,renamed,消费量/合计,消费量/总量,,改版,示意统计局,2026-01-05\n",
        "utf-8",
    )
    totals = "FROM mart.park_total ORDER BY ALL"
    before = _said(home, "query", totals)["rows"]
    _said(home, "run", "--landing", str(landing))
    assert _said(home, "query", totals)["rows"] == before != []
    cells = "SELECT header_zh, count(*) n FROM audit.source_cell WHERE column_zh = '消费量/合计' "
    ((name, count),) = [row.values() for row in _said(home, "query", f"{cells} GROUP BY 1")["rows"]]
    assert name == "消费量/总量" and count > 0
    verified = _said(home, "verify")
    assert verified["numbers"] == verified["equal"] > 0
