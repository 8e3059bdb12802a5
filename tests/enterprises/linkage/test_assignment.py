"""One-to-one links, what is left for people, and their decisions."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from assets.enterprises.linkage import agreement, assign, candidates, review_links
from quality.contracts.linkage import LinkDecision
from tests.enterprises.linkage.sides import A, B, model, pairs, side
from tests.frames import frame

NX = {"name_zh": "宁夏宝丰能源集团股份有限公司", "division_code": "640100"}
OTHER = {"name_zh": "银川美亚染化有限公司", "division_code": "640100"}
STREET = {"address_zh": "宁东镇工业路12号"}


def linked(left: pl.DataFrame, right: pl.DataFrame, *decided: tuple[str, str, str]) -> pl.DataFrame:
    rows = [
        {"left_id": a, "right_id": b, "decision": said, "source_row_id": str(n)}
        for n, (a, b, said) in enumerate(decided)
    ]
    decisions = frame(LinkDecision, *rows) if decided else None
    return assign(candidates(left, right, model()), decisions, model())


def one(left: dict[str, Any], right: dict[str, Any]) -> dict[str, Any]:
    return linked(side({"record_id": "l", **left}), side({"record_id": "r", **right})).row(
        0, named=True
    )


def test_the_same_name_and_place_are_linked() -> None:
    found = one(NX, NX)
    assert (found["status"], found["method"], found["reason"]) == ("linked", "scored", "score")
    assert found["decided_by"] == "rule" and found["margin"] is None


@pytest.mark.parametrize(
    ("left", "right", "status", "reason"),
    [
        ({**NX, "uscc": A}, {**NX, "uscc": A}, "linked", "number"),
        # Two firms on one code: a valid checksum proves no name.
        ({**NX, "uscc": A}, {**OTHER, "uscc": A}, "uncertain", "name_differs"),
        ({**NX, **STREET, "uscc": A}, {**OTHER, **STREET, "uscc": A}, "linked", "renamed"),
        (
            {**NX, "lon": 106.2, "lat": 38.5, "uscc": A},
            {**OTHER, "uscc": A},
            "uncertain",
            "name_differs",
        ),
        # One firm under two codes.
        ({**NX, **STREET, "uscc": A}, {**NX, **STREET, "uscc": B}, "linked", "score"),
        # A code that failed its check is no key, but the organisation code may still agree.
        ({**NX, "uscc": A}, {**OTHER, "org_code": A[8:17]}, "uncertain", "name_differs"),
        ({**NX, "uscc": A}, {**NX, "org_code": A[8:17]}, "linked", "number"),
        # A branch is not its parent, whoever's code it was delivered with.
        (
            {**NX, "uscc": A},
            {**NX, "name_zh": NX["name_zh"] + "银川分公司", "uscc": A},
            "uncertain",
            "unit_differs",
        ),
        (
            {"name_zh": "江苏法尔胜股份有限公司"},
            {"name_zh": "江苏法尔胜集团有限公司"},
            "rejected",
            None,
        ),
        ({**NX, "reg_no": "LEI:1"}, {**NX, "reg_no": "LEI:1"}, "linked", "number"),
    ],
)
def test_what_a_pair_comes_to(
    left: dict[str, Any], right: dict[str, Any], status: str, reason: str | None
) -> None:
    found = one(left, right)
    if reason is None:
        assert found["status"] != "linked"
    else:
        assert (found["status"], found["reason"]) == (status, reason)


def test_each_record_is_linked_once_and_the_better_pair_wins() -> None:
    left = side({"record_id": "a", **NX, "uscc": A}, {"record_id": "b", **NX})
    right = side({"record_id": "x", **NX, "uscc": A})
    found = linked(left, right)
    assert pairs(found, status="linked") == {("a", "x")}
    assert found.filter(left_id="b").select("status", "reason").row(0) == ("rejected", "taken")


def test_two_that_cannot_be_told_apart_are_uncertain_and_the_ids_decide() -> None:
    twice = side({"record_id": "x", **NX}, {"record_id": "w", **NX})
    found = linked(side({"record_id": "a", **NX}), twice).row(0, named=True)
    assert (found["right_id"], found["status"], found["reason"]) == (
        "w",
        "uncertain",
        "close_rival",
    )
    assert found["margin"] == 0


def test_people_come_first() -> None:
    left = side({"record_id": "a", **NX}, {"record_id": "b", **OTHER})
    right = side({"record_id": "x", **NX}, {"record_id": "y", **OTHER})
    assert pairs(linked(left, right), status="linked") == {("a", "x"), ("b", "y")}
    found = linked(left, right, ("a", "x", "different"), ("b", "x", "same"))
    assert pairs(found, status="linked", decided_by="person") == {("b", "x")}
    refused = found.filter(left_id="a").row(0, named=True)
    assert (refused["status"], refused["decided_by"]) == ("rejected", "person")
    # A pair that was never compared has no score, and is linked all the same.
    assert found.filter(left_id="b")["score"].to_list() == [None]


@pytest.mark.parametrize(
    "decided",
    [
        [("a", "x", "same"), ("a", "x", "different")],
        [("a", "x", "same"), ("a", "y", "same")],
        [("a", "x", "same"), ("b", "x", "same")],
    ],
)
def test_decisions_that_contradict_each_other_are_refused(
    decided: list[tuple[str, str, str]],
) -> None:
    records = [side({"record_id": "a", **NX}), side({"record_id": "x", **NX})]
    with pytest.raises(ValueError, match=r"link_decision: a"):
        linked(*records, *decided)


def test_a_decision_on_a_pair_that_never_met_forbids_nothing() -> None:
    left, right = side({"record_id": "a", **NX}), side({"record_id": "x", **NX})
    assert linked(left, right, ("a", "q", "different")).equals(linked(left, right))


def test_what_is_uncertain_is_shown_with_its_evidence() -> None:
    left = side({"record_id": "a", **NX, "uscc": A}, {"record_id": "b", **OTHER})
    right = side(
        {"record_id": "x", **OTHER, "name_zh": "银川天雪绒业有限公司", "uscc": A},
        {"record_id": "y", **OTHER},
    )
    found = candidates(left, right, model())
    shown = review_links(found, assign(found, None, model()), left, right)
    row = shown.row(0, named=True)
    assert shown.height == 1 and row["reason"] == "name_differs"
    assert (row["left_name_zh"], row["right_name_zh"]) == (NX["name_zh"], "银川天雪绒业有限公司")
    assert row["uscc_permille"] == 1000


def test_how_far_the_rule_agrees_with_people() -> None:
    left = side({"record_id": "a", **NX}, {"record_id": "b", **OTHER})
    links = linked(left, left)
    said = [
        ("a", "a", "same"),
        ("b", "b", "different"),
        ("a", "b", "different"),
        ("b", "a", "same"),
    ]
    rows = [
        {"left_id": a, "right_id": b, "decision": what, "source_row_id": a + b}
        for a, b, what in said
    ]
    found = agreement(links, frame(LinkDecision, *rows)).row(0, named=True)
    assert found == {"n": 4, "precision": 0.5, "recall": 0.5, "kappa": 0.0}
    right = agreement(links, frame(LinkDecision, *(rows[0], rows[2]))).row(0, named=True)
    assert right == {"n": 2, "precision": 1.0, "recall": 1.0, "kappa": 1.0}
    assert agreement(links, frame(LinkDecision)).row(0) == (0, None, None, None)
