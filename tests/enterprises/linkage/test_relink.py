"""Anything that should not matter: order, threads, and by which way the pairs were found."""

from __future__ import annotations

import os
import subprocess
import sys

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.enterprises.linkage import assign, candidates, prepare, relink
from benchmarks.match_data import changed, registers
from tests.enterprises.linkage.sides import model

NONE = pl.Series([], dtype=pl.String)


def shuffled(frame: pl.DataFrame, seed: int) -> pl.DataFrame:
    return frame.sample(fraction=1.0, shuffle=True, seed=seed)


@pytest.fixture(scope="module")
def sample() -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Two registers and their candidates."""
    left, right, _ = registers(1500, 5)
    return left, right, candidates(left, right, model())


def test_the_order_of_records_and_pairs_does_not_matter(
    sample: tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame],
) -> None:
    left, right, found = sample
    again = candidates(shuffled(left, 1), shuffled(right, 2), model())
    assert again.equals(found)
    assert assign(shuffled(found, 3), None, model()).equals(assign(found, None, model()))


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([0.0, 0.01, 0.2]), st.sampled_from([0.0, 0.05]))
def test_an_incremental_run_finds_what_a_full_one_finds(
    sample: tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame],
    seed: int,
    of_left: float,
    of_right: float,
) -> None:
    left, right, before = sample
    new_left, ids_left = changed(left, of_left, seed)
    new_right, ids_right = changed(right, of_right, seed + 1)
    found = relink(before, new_left, new_right, ids_left, ids_right, model())
    assert found.equals(candidates(new_left, new_right, model()))
    # From what was prepared before, the same.
    sides = ((left, new_left, ids_left), (right, new_right, ids_right))
    one, other = (prepare(now, ids, prepare(was, was["record_id"])) for was, now, ids in sides)
    again = relink(before, new_left, new_right, ids_left, ids_right, model(), (one, other))
    assert again.equals(found)


def test_what_was_not_prepared_before_is_told(
    sample: tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame],
) -> None:
    left = sample[0]
    ready = prepare(left[:100], left[:100]["record_id"])
    with pytest.raises(ValueError, match="1400 records did not change and are not known"):
        prepare(left, NONE, ready)


def test_records_that_are_gone_or_new(
    sample: tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame],
) -> None:
    left, right, _ = sample
    less_left, less_right = left[100:], right[:1400]
    before = candidates(less_left, right, model())
    new = left[:100]["record_id"]
    found = relink(before, left, less_right, new, NONE, model())
    assert found.equals(candidates(left, less_right, model()))
    back = relink(found, less_left, right, NONE, right[1400:]["record_id"], model())
    assert back.equals(before)


def test_a_change_that_is_not_named_would_be_missed(
    sample: tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame],
) -> None:
    left, right, before = sample
    fresh, _ = changed(left, 0.2, 1)
    assert not relink(before, fresh, right, NONE, NONE, model()).equals(
        candidates(fresh, right, model())
    )


_HASH = """
import hashlib
from benchmarks.match_data import registers
from assets.enterprises.linkage import assign, candidates
from tests.enterprises.linkage.sides import model
left, right, _ = registers(1500, 5)
found = candidates(left, right, model())
for table in (found, assign(found, None, model())):
    print(hashlib.sha256(table.write_csv().encode()).hexdigest())
"""


@pytest.mark.slow
def test_the_number_of_threads_does_not_matter() -> None:
    said = {
        subprocess.run(
            [sys.executable, "-c", _HASH],
            env={**os.environ, "POLARS_MAX_THREADS": threads},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for threads in ("1", "3")
    }
    assert len(said) == 1
