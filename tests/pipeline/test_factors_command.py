"""`parkledger factors` and `total` on a release of the sample."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.pipeline.conftest import SampleRun, parkledger
from warehouse.aggregate import NotAdditive, total
from warehouse.factors import (
    NoFactor,
    compare_releases,
    compare_sets,
    list_factors,
    show_factor,
)

pytestmark = pytest.mark.xdist_group("sample")
AXES = {"basis": "operating", "boundary_class": "nominal"}
COAL = "fuel|bituminous|CO2|PG2025"


def test_a_list_says_what_is_used_and_what_is_superseded(sample: SampleRun) -> None:
    found = {row["factor_id"]: row for row in list_factors(sample.release, {"gas": "CO2"})}
    assert found[COAL]["lines"] > 0
    assert found["fuel|bituminous|CO2|PG2011"]["superseded_by"] == "PG2025"
    assert found["fuel|bituminous|CO2|PG2011"]["lines"] == 0
    assert {row["gas"] for row in found.values()} == {"CO2"}


def test_a_factor_shows_its_arithmetic_document_and_cells(sample: SampleRun) -> None:
    row = show_factor(sample.release, COAL)
    assert row["derivation"].startswith("19.57 GJ/t × 26.1 tC/TJ")
    assert row["confidence"] == "transcribed"
    assert {cell["role"]: cell["raw_text"] for cell in row["cells"]} == {
        "NCV": "19.57",
        "CC": "26.1",
        "OF": "0.93",
    }
    assert all(len(cell["sha256"]) == 64 for cell in row["cells"])
    assert sum(use["lines"] for use in row["used"]) > 0


def test_what_is_not_there_is_refused_with_what_is(sample: SampleRun) -> None:
    with pytest.raises(NoFactor, match=r"nearest: fuel\|bituminous\|CO2\|PG2025"):
        show_factor(sample.release, "fuel|bituminous|CO2|PG202")
    with pytest.raises(NoFactor, match="PG2030: no such set; expected one of CN, "):
        compare_sets(sample.release, "PG2025", "PG2030")


def test_sets_differ_by_what_their_values_say(sample: SampleRun) -> None:
    rows = compare_sets(sample.release, "PG2025", "NDRC24")
    (coal,) = [r for r in rows if (r["subject"], r["gas"]) == ("bituminous", "CO2")]
    expected = (Decimal(str(coal["second"])) / Decimal(str(coal["first"])) - 1) * 100
    assert coal["difference_pct"] == pytest.approx(float(expected), abs=1e-3)
    # METHOD 2.2: the two sets are 19 % apart in coal.
    assert 18 < coal["difference_pct"] < 20


def test_releases_differ_by_factors_changed_added_and_removed(
    sample: SampleRun, tmp_path: Path
) -> None:
    assert compare_releases(sample.release, sample.release) == []
    other = tmp_path / "other.duckdb"
    other.write_bytes(sample.release.read_bytes())
    with duckdb.connect(str(other)) as connection:
        connection.execute(
            f"UPDATE core.emission_factor SET value = value * 2 WHERE factor_id = '{COAL}'"
        )
        connection.execute("DELETE FROM core.emission_factor WHERE factor_id LIKE 'heat|%'")
    found = {row["factor_id"]: row for row in compare_releases(sample.release, other)}
    assert (found[COAL]["change"], found[COAL]["difference_pct"]) == ("changed", 100)
    gone = {name for name, row in found.items() if row["change"] == "removed"}
    assert gone == {"heat|heat_default_fossil", "heat|heat_nonfossil"}
    assert len(found) == 3
    back = {row["factor_id"]: row["change"] for row in compare_releases(other, sample.release)}
    assert back["heat|heat_default_fossil"] == "added"


def test_a_sum_over_parks_is_of_parks_that_count(sample: SampleRun) -> None:
    found = total(sample.release, 2017, "territorial", "CN-GHG", **AXES)
    with duckdb.connect(str(sample.release), read_only=True) as connection:
        low, withheld = connection.execute(
            "SELECT sum(co2e_low_t), count(*) FILTER (co2e_t IS NULL) FROM mart.park_total t "
            "JOIN core.park p ON p.park_id = t.place_id AND p.counts_in_total "
            "WHERE view = 'territorial' AND profile = 'CN-GHG' AND basis = 'operating'"
        ).fetchall()[0]
    assert (found.co2e_low_t, found.withheld) == (low, withheld)
    assert (found.co2e_t is None) == (withheld > 0)
    assert found.activity_scope == "industry"


def test_the_coverage_of_its_provinces_stands_beside_a_sum(
    sample: SampleRun, tmp_path: Path
) -> None:
    with duckdb.connect(str(sample.release), read_only=True) as connection:
        covered, shown = connection.execute(
            "SELECT any_value(c.placed_share), any_value(t.placed_share) "
            "FROM mart.province_coverage c JOIN core.park p USING (province_code) "
            "JOIN mart.park_total t ON t.place_id = p.park_id AND t.year = c.year "
            "AND t.boundary_class = c.boundary_class WHERE c.activity_scope = 'industry'"
        ).fetchall()[0]
    asked = (2017, "territorial", "CN-GHG")
    assert 0 < covered < 1
    assert total(sample.release, *asked, **AXES).placed_share == covered == shown
    said = parkledger(sample.home, "total", "--year", "2017")
    assert f"coverage: {100 * covered:.1f} % of the industrial fuels" in said.stdout
    # One province without a book, and the sum has no coverage.
    other = altered(
        sample.release,
        tmp_path / "other.duckdb",
        "UPDATE core.park SET province_code = '650000' WHERE park_id = 'S649012'",
    )
    assert total(other, *asked, **AXES).placed_share is None
    assert (
        total(
            sample.release, *asked, basis="operating", boundary_class="nominal", province="640000"
        ).placed_share
        == covered
    )


def test_a_view_that_is_not_additive_is_refused_with_the_right_one(sample: SampleRun) -> None:
    with pytest.raises(NotAdditive, match=r"scope1_2 is not additive: .*use --view territorial"):
        total(sample.release, 2017, "scope1_2", "CN-GHG", **AXES)
    asked = ("total", "--year", "2017", "--view", "scope1_2")
    refused = parkledger(sample.home, *asked)
    assert refused.returncode == 1
    assert "use --view territorial" in refused.stderr


def altered(release: Path, target: Path, statement: str) -> Path:
    target.write_bytes(release.read_bytes())
    with duckdb.connect(str(target)) as connection:
        connection.execute(statement)
    return target


@pytest.mark.parametrize(
    ("statement", "view", "profile", "named"),
    [
        (
            "UPDATE core.activity SET flow = 'purchased_electricity_green' "
            "WHERE flow = 'purchased_electricity'",
            "zcp",
            "ZCP-2025",
            "zcp is not additive in 2017",
        ),
        (
            "UPDATE mart.park_total SET activity_scope = 'all' WHERE place_id = 'S649012'",
            "territorial",
            "CN-GHG",
            "cover all and industry",
        ),
    ],
)
def test_sums_that_hold_only_sometimes_are_refused_where_they_do_not(
    sample: SampleRun, tmp_path: Path, statement: str, view: str, profile: str, named: str
) -> None:
    total(sample.release, 2017, view, profile, **AXES)
    other = altered(sample.release, tmp_path / "other.duckdb", statement)
    with pytest.raises(NotAdditive, match=named):
        total(other, 2017, view, profile, **AXES)


@pytest.mark.parametrize(
    ("changes", "named"),
    [({"view": "scope3"}, "view scope3"), ({"year": 1999}, "no park with CN-GHG, territorial")],
)
def test_what_there_is_nothing_of_is_no_sum(
    sample: SampleRun, changes: dict[str, Any], named: str
) -> None:
    asked: dict[str, Any] = {"year": 2017, "view": "territorial", "profile": "CN-GHG", **AXES}
    with pytest.raises(ValueError, match=named):
        total(sample.release, **{**asked, **changes})


@pytest.mark.parametrize(
    "arguments",
    [
        ("factors", "list", "--kind", "heat"),
        ("factors", "show", COAL),
        ("factors", "diff", "PG2025", "PG2011"),
        ("total", "--year", "2017"),
    ],
    ids=lambda a: "-".join(a[:2]),
)
def test_commands_speak_json(sample: SampleRun, arguments: tuple[str, ...]) -> None:
    finished = parkledger(sample.home, *arguments, "--json")
    assert finished.returncode == 0, finished.stderr
    said = json.loads(finished.stdout)
    assert isinstance(said, dict) and said
