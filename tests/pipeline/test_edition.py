"""The public edition: what identifies an enterprise is not in it, nor to be had from it."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pipeline.conftest import SampleRun, parkledger
from warehouse.edition import SUPPRESSED, Series, edition, safe, suppressed

pytestmark = pytest.mark.xdist_group("sample")


def place(*values: int) -> dict[str, dict[str, Decimal]]:
    return {"co2e_t": {f"E{n}": Decimal(value) for n, value in enumerate(values)}}


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ((), True),  # the rest of a province: statistics
        ((100,), False),
        ((50, 50), False),
        ((40, 30, 30), True),
        ((85, 10, 5), True),
        ((86, 9, 5), False),
        ((86, -9, -5), False),  # by size: what is delivered out counts against
    ],
)
def test_a_place_is_shown_with_three_enterprises_and_none_above_85_percent(
    values: tuple[int, ...], shown: bool
) -> None:
    assert safe(place(*values)) == shown


def test_one_hidden_place_takes_the_smallest_other_with_it() -> None:
    """Its number would be what the sum of the province lacks."""
    own = {"co2e_t": {"A": Decimal(10)}}
    small = {"co2e_t": {"B": Decimal(20), "C": Decimal(20), "D": Decimal(20)}}
    large = {"co2e_t": {"F": Decimal(200), "G": Decimal(200), "H": Decimal(200)}}
    rest: dict[str, dict[str, Decimal]] = {}
    parts = {"own": own, "small": small, "large": large, "REST": rest}
    sizes = {
        name: sum((sum(v.values()) for v in p.values()), Decimal(0)) for name, p in parts.items()
    }
    assert suppressed(parts, sizes) == {"own", "small"}
    assert suppressed({"small": small, "large": large}, sizes) == set()


amounts = st.lists(st.integers(1, 1000), max_size=5)


@given(st.lists(amounts, min_size=1, max_size=6))
def test_what_is_hidden_is_no_smaller_together_or_all_there_is(places: list[list[int]]) -> None:
    parts = {
        f"P{n}": {"co2e_t": {f"E{n}-{k}": Decimal(v) for k, v in enumerate(values)}}
        for n, values in enumerate(places)
        if values
    }
    sizes = {name: sum(p["co2e_t"].values(), Decimal(0)) for name, p in parts.items()}
    hidden = suppressed(parts, sizes)
    assert all(name in hidden or safe(p) for name, p in parts.items())
    together = {"co2e_t": {e: v for name in hidden for e, v in parts[name]["co2e_t"].items()}}
    assert safe(together) or hidden == set(parts)


def test_the_edition_of_the_sample(sample: SampleRun, tmp_path: Path) -> None:
    target = tmp_path / "public.csv"
    finished = parkledger(sample.home, "edition", str(target))
    assert finished.returncode == 0, finished.stderr
    with target.open(encoding="utf-8-sig", newline="") as file:
        rows = {row["place_id"]: row for row in csv.DictReader(file)}
    with duckdb.connect(str(sample.settings.current), read_only=True) as connection:
        few = connection.execute(
            """SELECT DISTINCT place_id FROM mart.park_total
               WHERE view = 'territorial' AND profile = 'CN-GHG' AND basis = 'operating'
                 AND place_id NOT LIKE 'REST:%' AND enterprises BETWEEN 1 AND 2"""
        ).fetchall()
        enterprises = connection.execute(
            "SELECT enterprise_id, name_zh FROM core.enterprise"
        ).fetchall()
    assert few and not {place for (place,) in few} & set(rows)
    assert rows["REST:640000"]["co2e_t"]
    (gone,) = (row for name, row in rows.items() if name.startswith(SUPPRESSED))
    assert int(gone["places"]) >= len(few)
    text = target.read_text("utf-8-sig")
    assert enterprises and not [name for pair in enterprises for name in pair if name in text]


def test_a_series_that_is_not_there_is_refused(sample: SampleRun) -> None:
    with pytest.raises(ValueError, match=r"zcp, CN-GHG, operating, nominal: no such series"):
        edition(sample.settings.current.resolve(), Series(view="zcp"))
