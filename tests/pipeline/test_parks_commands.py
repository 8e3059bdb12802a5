"""`map`, `locate`, `review parks` and `divisions` as their user runs them."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from tests.pipeline.conftest import SampleRun, parkledger
from tests.shared_data import shared

pytestmark = pytest.mark.xdist_group("sample")


def test_a_park_is_drawn_and_one_without_ground_says_why(sample: SampleRun, tmp_path: Path) -> None:
    path = tmp_path / "park.png"
    done = parkledger(sample.home, "map", "S649012", "--output", str(path), "--json")
    assert json.loads(done.stdout)["bytes"] == path.stat().st_size
    assert path.read_bytes().startswith(b"\x89PNG")
    without = parkledger(sample.home, "map", "S649020")
    assert without.returncode == 2
    # Its point lies in another province; rich folds lines.
    assert "park_boundary" in without.stderr.replace("\n", " ")
    assert parkledger(sample.home, "map", "S000000").returncode == 2


def test_the_country_is_drawn_for_years_that_have_control_totals(
    sample: SampleRun, tmp_path: Path
) -> None:
    path = tmp_path / "cn.png"
    done = parkledger(sample.home, "map", "CN", "--year", "2017", "--output", str(path))
    assert done.returncode == 0, done.stderr
    assert path.read_bytes().startswith(b"\x89PNG")
    without = parkledger(sample.home, "map", "CN", "--year", "2012")
    assert without.returncode == 2
    assert "years that have them: 2017" in without.stderr.replace("\n", " ")


def test_points_are_located_with_the_index_of_the_lake(sample: SampleRun, tmp_path: Path) -> None:
    points = tmp_path / "points.csv"
    points.write_text(
        "名称,lon,lat\n园内,105.2327694,37.6217306\n附近,105.20,37.62\n别处,100.0,30.0\n"
        "无,,\n颠倒,37.62,105.23\n",
        encoding="utf-8",
    )
    assert list((sample.home / "park_index").glob("*.pickle"))
    done = parkledger(sample.home, "locate", str(points), "--json")
    said = json.loads(done.stdout)
    assert {name: said[name] for name in ("points", "inside", "near", "nowhere", "unusable")} == {
        "points": 5,
        "inside": 1,
        "near": 1,
        "nowhere": 1,
        "unusable": 2,
    }
    rows = pl.read_parquet(said["file"])
    assert rows.height == 5, "no point is lost"
    found = {row["名称"]: row for row in rows.to_dicts()}
    assert (found["园内"]["park_id"], found["园内"]["inside"]) == ("S649012", True)
    assert 0 < found["附近"]["distance_m"] < 5000
    assert found["别处"]["boundary_id"] is None


def test_real_plants_are_located(sample: SampleRun, tmp_path: Path) -> None:
    plants = shared("data/c_wri_gppd/China.csv")
    columns = ["--lon", "Longitude", "--lat", "Latitude", "--output", str(tmp_path / "a.parquet")]
    done = parkledger(sample.home, "locate", str(plants), *columns, "--json")
    said = json.loads(done.stdout)
    assert (said["points"], said["unusable"]) == (3137, 11)
    assert said["points"] == sum(said[n] for n in ("inside", "near", "nowhere", "unusable"))


def test_columns_of_text_stay_as_they_are_and_types_may_change_late(
    sample: SampleRun, tmp_path: Path
) -> None:
    """Whole numbers for more than a block of the reader, and a decimal behind them."""
    points = tmp_path / "points.csv"
    points.write_text("code,lon,lat\n" + "000001,100,30\n" * 100_000 + "x,105.2327694,37.6217306\n")
    said = json.loads(parkledger(sample.home, "locate", str(points), "--json").stdout)
    assert (said["points"], said["inside"]) == (100_001, 1)
    assert set(pl.read_parquet(said["file"])["code"]) == {"000001", "x"}


def test_a_file_without_points_is_refused(sample: SampleRun, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("x,y\n1,2\n")
    wrong = parkledger(sample.home, "locate", str(file))
    assert (wrong.returncode, "--lon" in wrong.stderr) == (2, True)
    assert parkledger(sample.home, "locate", str(tmp_path / "none.csv")).returncode == 2
    file.write_text("lon,lat,park_id\n1,2,3\n")
    clash = parkledger(sample.home, "locate", str(file))
    assert (clash.returncode, "park_id" in clash.stderr) == (2, True)
    file.write_text("lon,lat\n1,2\n")
    assert parkledger(sample.home, "locate", str(file), "--class", "drawn").returncode == 2


def test_doubtful_parks_come_by_what_rests_on_them(sample: SampleRun) -> None:
    said = json.loads(parkledger(sample.home, "review", "parks", "--json").stdout)
    assert said["all"] > len(said["parks"]) == 20
    values = [row["value"] for row in said["parks"]]
    known = [value for value in values if value is not None]
    assert known and values[: len(known)] == known
    assert all(0 < row["doubt"] <= 1 and row["findings_zh"] for row in said["parks"])


@pytest.mark.parametrize(
    ("asked", "now"), [("320103", "320104"), ("萝岗区", "440112"), ("110229", "110119")]
)
def test_a_division_is_followed_to_today(tmp_path: Path, asked: str, now: str) -> None:
    done = parkledger(tmp_path, "divisions", asked, "--json")
    assert [row["code_now"] for row in json.loads(done.stdout)["divisions"]] == [now]


def test_a_division_that_never_was_is_refused(tmp_path: Path) -> None:
    assert parkledger(tmp_path, "divisions", "999999").returncode == 2
