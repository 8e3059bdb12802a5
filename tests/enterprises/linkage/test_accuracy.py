"""How many links are right: on invented registers of which the truth is known."""

from __future__ import annotations

import polars as pl

from assets.enterprises.linkage import assign, candidates
from benchmarks.match_data import registers
from benchmarks.match_splink import PAIR, f1
from tests.enterprises.linkage.sides import model


def test_links_are_right_and_far_better_than_codes_alone() -> None:
    left, right, truth = registers(6000, 11)
    found = candidates(left, right, model())
    links = assign(found, None, model())
    linked = links.filter(pl.col("status") == "linked").select(PAIR)
    codes = left.drop_nulls("uscc_text").join(right, on="uscc_text")
    joined = codes.select(left_id="record_id", right_id="record_id_right")
    assert f1(joined, truth)["f1"] < 0.85
    reached = f1(linked, truth)
    assert reached["f1"] > 0.993 and reached["precision"] > 0.999
    # One to one, and nothing lost: what is not linked is uncertain or rejected with a reason.
    assert not linked["right_id"].is_duplicated().any()
    assert links["left_id"].to_list() == found["left_id"].unique().sort().to_list()
    # Codes that agree with unlike names are looked at, not linked in silence.
    differ = links.filter(pl.col("reason") == "name_differs")
    assert differ.height and set(differ["status"]) == {"uncertain"}
