"""The command line as scripts and people use it: JSON, exit codes, errors, bad files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.pipeline.conftest import LANDING, ROOT, SampleRun, parkledger

pytestmark = pytest.mark.xdist_group("sample")
TERRITORIAL = ("view=territorial", "profile=CN-GHG")


@pytest.mark.parametrize(
    "arguments",
    [
        ("query", "SELECT count(*) AS n FROM mart.park_total"),
        ("explain", "park_total", "place_id=S649012", "basis=operating", *TERRITORIAL),
        ("releases",),
        ("dictionary", "排放量"),
        ("dictionary", "消费量/合计"),
        ("quarantine",),
        ("quarantine", "list", "return_205_1", "--rule", "EN1"),
        ("sources",),
        ("sources", "list"),
        ("verify", "--sample", "3"),
    ],
    ids=lambda a: a[0],
)
def test_json_is_one_object_on_stdout(sample: SampleRun, arguments: tuple[str, ...]) -> None:
    finished = parkledger(sample.home, *arguments, "--json")
    assert finished.returncode == 0, finished.stderr
    said = json.loads(finished.stdout)
    assert isinstance(said, dict) and said
    assert all(value != [] for value in said.values() if isinstance(value, list)) or (
        said.get("differences") == []
    )


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM read_csv('/etc/hosts')",
        "COPY (SELECT 1) TO 'stolen.csv'",
        "ATTACH 'other.duckdb'",
        "INSTALL httpfs",
        "SET enable_external_access = true",
        "DELETE FROM mart.park_total",
        "SELECT nothing FROM nowhere",
    ],
)
def test_query_reaches_nothing_but_the_release(sample: SampleRun, statement: str) -> None:
    finished = parkledger(sample.home, "query", statement)
    assert finished.returncode == 2
    assert finished.stderr.startswith("error")
    assert "Traceback" not in finished.stderr


def test_commands_without_a_release_name_the_next_command(tmp_path: Path) -> None:
    for arguments in (("query", "SELECT 1"), ("explain", "park_total"), ("verify",)):
        finished = parkledger(tmp_path / "empty", *arguments)
        assert finished.returncode == 2
        assert "parkledger run" in finished.stderr


def test_unknown_release_is_an_error(sample: SampleRun) -> None:
    finished = parkledger(sample.home, "query", "SELECT 1", "--release", "../archive")
    assert finished.returncode == 2
    assert "no such release" in finished.stderr


def _bad_files(folder: Path) -> dict[str, tuple[str, Path, str]]:
    """Bad deliveries: source, file, and words the error must hold."""
    good = (LANDING / "permit_register" / "宁夏排污许可企业_节选.csv").read_bytes()
    header = good.splitlines()[0].decode("gb18030")
    cases = {
        "empty": ("permit_register", b"", "empty"),
        "encoding": ("permit_register", good[:2000] + b"\xff\xff\xff" + good[2000:], "encod"),
        "header": (
            "permit_register",
            good.replace(
                header.encode("gb18030"), header.replace("行业", "产业").encode("gb18030")
            ),
            "行业类别",
        ),
        "not a workbook": ("return_205_1", b"PK but no zip", "workbook"),
        "source": ("no_such_source", b"a,b\n", "permit_register"),
    }
    made = {}
    for name, (source, data, words) in cases.items():
        suffix = ".xlsx" if source == "return_205_1" else ".csv"
        path = folder / f"{name.replace(' ', '-')}{suffix}"
        path.write_bytes(data)
        made[name] = (source, path, words)
    made["missing"] = ("permit_register", folder / "nowhere.csv", "no such file")
    return made


@pytest.mark.parametrize(
    "case", ["empty", "encoding", "header", "not a workbook", "source", "missing"]
)
def test_bad_file_is_refused_by_name_and_the_release_still_served(
    sample: SampleRun, tmp_path: Path, case: str
) -> None:
    source, path, words = _bad_files(tmp_path)[case]
    home = sample.copy(tmp_path / "home")
    finished = parkledger(home, "ingest", source, str(path))
    assert finished.returncode == 1
    assert words in finished.stderr
    assert case == "source" or path.name in finished.stderr
    assert "Traceback" not in finished.stderr
    served = parkledger(home, "query", "SELECT 1 AS one", "--json")
    assert json.loads(served.stdout)["rows"] == [{"one": 1}]


def test_ingest_says_what_the_door_makes_of_a_file(sample: SampleRun, tmp_path: Path) -> None:
    home = sample.copy(tmp_path / "home")
    book = next((LANDING / "return_205_1").iterdir())
    said = json.loads(parkledger(home, "ingest", "return_205_1", str(book), "--json").stdout)
    assert said["delivered"] == said["accepted"] + said["quarantined"] == 136
    assert said["quarantined"] == sum(said["reasons"].values()) == 9


def test_query_and_explain_answer_fast(sample: SampleRun) -> None:
    """Not a benchmark: four times the promised 1.5 s still tells an import of Dagster."""
    for arguments in (("--help",), ("query", "SELECT 1"), ("releases",)):
        started = time.monotonic()
        assert parkledger(sample.home, *arguments).returncode == 0
        assert time.monotonic() - started < 6


def test_answering_imports_none_of_the_heavy_packages(sample: SampleRun) -> None:
    """Binding a value in DuckDB imports pandas: at work, not only at import, it must not."""
    script = (
        "import sys, runpy; sys.argv = ['parkledger', *sys.argv[1:]]\n"
        "from pipelines.cli import app\n"
        "app(standalone_mode=False)\n"
        "heavy = {'pandas', 'polars', 'pandera', 'dagster', 'great_expectations'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    for arguments in (
        ("query", "SELECT place_id FROM mart.park_total"),
        ("explain", "park_total", "place_id=S649012", "basis=operating", *TERRITORIAL),
        ("dictionary", "排放量"),
        ("releases",),
    ):
        finished = subprocess.run(
            [sys.executable, "-c", script, *arguments],
            cwd=ROOT,
            env={**os.environ, "PARKLEDGER_HOME": str(sample.home)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert finished.returncode == 0, finished.stderr
        assert finished.stderr.strip().splitlines()[-1] == "[]", arguments


def test_a_form_and_a_draft_come_from_the_command_line(tmp_path: Path) -> None:
    home = tmp_path / "home"
    target = tmp_path / "产量_示意.xlsx"
    made = parkledger(
        home, "sources", "template", "output_return", "--example", "--out", str(target), "--json"
    )
    assert made.returncode == 0, made.stderr
    said = json.loads(parkledger(home, "ingest", "output_return", str(target), "--json").stdout)
    assert said["accepted"] == said["delivered"] > 0
    draft = json.loads(parkledger(home, "sources", "new", str(target), "--json").stdout)
    assert "[columns]" in draft["toml"] and draft["table"].startswith("class ")
    refused = parkledger(home, "sources", "template", "gleif", "--out", str(tmp_path / "x.xlsx"))
    assert refused.returncode == 2 and "gleif" in refused.stderr


def test_a_late_delivery_is_said_to_be_late(sample: SampleRun, tmp_path: Path) -> None:
    home = sample.copy(tmp_path / "home")
    path = tmp_path / "石灰_2017_示意.csv"
    path.write_text(
        "统一社会信用代码,单位详细名称,年份,产品名称,计量单位,产量,备注\n"
        "916405002282817344,宁夏天元锰业有限公司,2017,石灰,吨,5,示意\n",
        "utf-8",
    )
    said = json.loads(parkledger(home, "ingest", "output_return", str(path), "--json").stdout)
    assert said["late_for"] == [2017]


def test_files_taken_in_at_once_are_all_registered(tmp_path: Path) -> None:
    home = tmp_path / "home"
    rows = "统一社会信用代码,企业名称,住所,登记状态,备注\n,厂{n},宁夏银川市某路{n}号,存续,示意\n"
    paths = []
    for n in range(4):
        paths.append(tmp_path / f"住所{n}_示意.csv")
        paths[-1].write_text(rows.format(n=n), "utf-8")
    command = [sys.executable, "-m", "pipelines.cli", "ingest", "business_register"]
    environment = {**os.environ, "PARKLEDGER_HOME": str(home)}
    started = [
        subprocess.Popen(
            [*command, str(path)], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
        )
        for path in paths
    ]
    assert [process.wait(timeout=240) for process in started] == [0, 0, 0, 0]
    from quality.contracts.audit import Delivery
    from warehouse.lake import Lake
    from warehouse.settings import Settings

    known = Lake(Settings(home=home)).read(Delivery)
    names = known.filter(source_id="business_register")["file_name"]
    assert sorted(names) == sorted(path.name for path in paths)
