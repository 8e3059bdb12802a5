"""`review links` and `review link` as their user runs them; decisions replayed on every run."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from tests.pipeline.conftest import SampleRun, parkledger
from tests.shared_data import shared

pytestmark = pytest.mark.xdist_group("sample")


def test_the_sample_leaves_no_link_open(sample: SampleRun) -> None:
    said = json.loads(parkledger(sample.home, "review", "links", "--json").stdout)
    assert (said["links"], said["all"], said["agreement"]["n"]) == ([], 0, 0)
    with duckdb.connect(str(sample.release), read_only=True) as connection:
        linked = connection.execute("SELECT count(*) FROM core.link WHERE status = 'linked'")
        # A permit, a return and a plant without code, each by its name and place.
        assert linked.fetchone() == (3,)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["N:nobody", "N:nothing", "same"], "no record 'N:nobody'"),
        (["{a}", "{b}", "maybe"], "expected same or different"),
        (["{a}", "{b}", "same"], "of one register"),
    ],
)
def test_a_decision_about_nothing_is_refused(
    sample: SampleRun, arguments: list[str], message: str
) -> None:
    with duckdb.connect(str(sample.release), read_only=True) as connection:
        rows = connection.execute("SELECT entity_id FROM core.entity WHERE rank = 0 LIMIT 2")
        one, other = (str(row[0]) for row in rows.fetchall())
    filled = [text.format(a=one, b=other) for text in arguments]
    done = parkledger(sample.home, "review", "link", *filled, "--reason", "测试", "--by", "统计局")
    assert done.returncode == 2
    assert message in done.stderr.replace("\n", " ")
    assert not (sample.home / "decisions" / "link_decision").exists()


def test_a_register_is_explained_down_to_its_cells(sample: SampleRun) -> None:
    key = ["register_id=permit_register", "area=640000", "--column", "coarse"]
    done = parkledger(sample.home, "explain", "register_reconciliation", *key, "--json")
    said = json.loads(done.stdout)
    assert said["exact"] and said["item_count"] == int(float(said["value"]))
    cells = {cell["column"] for cell in said["items"][0]["cells"]}
    assert cells >= {"统一社会信用代码", "生产经营场所经度", "生产经营场所纬度"}


@pytest.mark.slow
def test_a_decision_is_replayed_and_recomputed(sample: SampleRun, tmp_path: Path) -> None:
    home = sample.copy(tmp_path / "lake")
    for source, pattern in (
        ("nx_permits", "data/b_cn_ningxia_permit_enterprises/*.js"),
        ("cn_register", "data/b_cn_registry_redacted/2002_宁夏*.csv"),
    ):
        done = parkledger(home, "ingest", source, str(shared(pattern)))
        assert done.returncode == 0, done.stderr
    landing = str(sample.settings.landing)
    assert parkledger(home, "run", "--landing", landing).returncode == 0
    before = json.loads(parkledger(home, "review", "links", "--json", "--limit", "0").stdout)
    assert before["links"], "permits without code, of which two lists differ in a word"
    open_link = before["links"][0]
    pair = [open_link["left_id"], open_link["right_id"]]
    why = ["--reason", "同一厂址", "--by", "统计局"]
    done = parkledger(home, "review", "link", *pair, "same", *why, "--json")
    assert done.returncode == 0, done.stderr
    assert parkledger(home, "run", "--landing", landing).returncode == 0
    after = json.loads(parkledger(home, "review", "links", "--json", "--limit", "0").stdout)
    assert after["all"] < before["all"]
    assert after["agreement"]["n"] == 1
    verified = json.loads(parkledger(home, "verify", "--json").stdout)
    assert (verified["unequal"], verified["missing"]) == (0, 0)
