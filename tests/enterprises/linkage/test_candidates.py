"""Which pairs are compared, and what is said of them."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from assets.enterprises.linkage import candidates, relink
from quality.contracts.linkage import LinkCandidate
from tests.enterprises.linkage.sides import A, B, model, pairs, side

NX = {"name_zh": "宁夏宝丰能源集团股份有限公司", "division_code": "640100"}


def only(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """What is said of one pair."""
    found = candidates(side({"record_id": "l", **one}), side({"record_id": "r", **other}), model())
    assert found.height == 1, found
    return found.row(0, named=True)


@pytest.mark.parametrize(
    ("one", "other", "block", "method"),
    [
        ({"uscc": A}, {"uscc": A, "name_zh": "另一家有限公司"}, "uscc", "uscc"),
        ({"uscc": A}, {"org_code": A[8:17], "name_zh": "另一家"}, "org_code", "org_code"),
        ({"reg_no": "LEI:X"}, {"reg_no": "LEI:X", "name_zh": "Baofeng"}, "number", "number"),
        ({}, {"division_code": None}, "name", "scored"),
        ({}, {"name_zh": "宝丰化工有限公司"}, "core_place", "scored"),
        ({}, {"name_zh": "宝丰能源有限公司", "division_code": "310000"}, "body", "scored"),
        ({}, {"name_zh": "宁夏宝丰能原集团股份有限公司"}, "core_place", "scored"),
        ({}, {"name_zh": "宁夏堡丰能源集团股份有限公司"}, "typing", "scored"),
        ({}, {"name_zh": "宁夏丰宝能源集团股份有限公司"}, "typing", "scored"),
        ({}, {"name_zh": "宁夏宝丰能源集团股份限有公司"}, "typing", "scored"),
    ],
)
def test_a_pair_is_found_by_what_it_shares(
    one: dict[str, Any], other: dict[str, Any], block: str, method: str
) -> None:
    found = only({**NX, **one}, {**NX, **other})
    assert found["method"] == method
    if "原" not in other.get("name_zh", ""):
        assert found["block"] == block


def test_a_shared_street_leads_to_a_name_that_changed() -> None:
    street = {"address_zh": "宁东镇工业路12号", "division_code": "640100"}
    found = only(
        {"name_zh": "宁夏宝丰化工有限公司", **street},
        {
            "name_zh": "宁夏东源化工有限公司",
            **street,
            "address_zh": "银川市灵武市宁东镇工业路１２号",
        },
    )
    assert (found["block"], found["house_permille"]) == ("street", 1000)


def test_names_that_are_a_suffix_only_or_have_nothing_in_common_are_no_pair() -> None:
    left = side({"record_id": "a", **NX}, {"record_id": "b", "name_zh": "有限公司"})
    right = side({"record_id": "x", "name_zh": "上海明光纺织有限公司", "division_code": "310000"})
    assert candidates(left, right, model()).is_empty()
    assert candidates(left.clear(), right, model()).equals(LinkCandidate.empty_frame())


def test_features_are_null_where_nothing_can_be_compared() -> None:
    found = only({**NX}, {"name_zh": NX["name_zh"]})
    assert found["name_permille"] == found["same_permille"] == 1000
    # The right one is placed by the region in its name.
    assert found["division_permille"] == 600
    for feature in (
        "address",
        "house",
        "point",
        "uscc",
        "org_code",
        "number",
        "branch",
        "numerals",
    ):
        assert found[f"{feature}_permille"] is None


@pytest.mark.parametrize(
    ("one", "other", "permille"),
    [
        ("640104", "640104", 1000),
        ("640104", "640105", 700),
        ("640104", "640100", 900),
        ("640104", "640000", 600),
        ("640104", "640205", 300),
        ("640104", "320104", 0),
    ],
)
def test_divisions_agree_to_the_depth_that_both_state(one: str, other: str, permille: int) -> None:
    found = only({**NX, "division_code": one}, {**NX, "division_code": other})
    assert found["division_permille"] == permille


@pytest.mark.parametrize(
    ("north", "precision", "permille"),
    [(0.004, 0.0, 1000), (0.006, 0.0, 800), (0.006, 400.0, 1000), (0.05, 0.0, 500), (1.0, 0.0, 0)],
)
def test_points_are_near_within_what_their_precision_allows(
    north: float, precision: float, permille: int
) -> None:
    point = {**NX, "lon": 106.2, "lat": 38.5, "point_precision_m": precision}
    assert only(point, {**point, "lat": 38.5 + north})["point_permille"] == permille


def test_a_branch_a_number_and_a_group_are_told_apart() -> None:
    name = "宁夏宝丰能源有限公司"
    branch = only({"name_zh": name}, {"name_zh": "宁夏宝丰能源有限责任公司", "uscc": A})
    assert branch["same_permille"] == 1000 and branch["branch_permille"] is None
    one_sided = only({"name_zh": name, "uscc": A}, {"name_zh": name + "银川分公司", "uscc": A})
    assert one_sided["branch_permille"] == 0
    works = only({"name_zh": name + "第一分厂"}, {"name_zh": name + "第二分厂"})
    assert works["numerals_permille"] == 0
    group = only({"name_zh": name}, {"name_zh": "宁夏宝丰能源集团有限公司"})
    assert (group["group_permille"], group["form_permille"]) == (0, 1000)


def test_codes_that_differ_speak_against_a_pair() -> None:
    alike = only(NX, NX)
    differ = only({**NX, "uscc": A}, {**NX, "uscc": B})
    agree = only({**NX, "uscc": A}, {**NX, "uscc": A})
    assert differ["score"] < alike["score"] < agree["score"]
    assert differ["uscc_permille"] == 0 and differ["org_code_permille"] is None


def test_other_numbers_are_compared_within_their_scheme() -> None:
    assert only({**NX, "reg_no": "REG:1"}, {**NX, "reg_no": "LEI:1"})["number_permille"] is None
    assert only({**NX, "reg_no": "REG:1"}, {**NX, "reg_no": "REG:2"})["number_permille"] == 0


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (side({"record_id": "a", **NX}, {"record_id": "a", **NX}), "not unique"),
        (side({"record_id": None, **NX}), "without record_id"),
        (side({"record_id": "a"}), "without name_zh"),
        (side({"record_id": "a", **NX}).drop("uscc"), "columns missing: uscc"),
    ],
)
def test_records_that_cannot_be_linked_are_refused(left: pl.DataFrame, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        candidates(left, side({"record_id": "x", **NX}), model())


def test_a_key_that_far_too_many_share_is_said_aloud() -> None:
    many = pl.concat([side({**NX, "uscc": A})] * 1100).with_columns(
        record_id=pl.int_range(1100).cast(pl.String)
    )
    with pytest.raises(ValueError, match=f"block uscc: 1210000 pairs.*uscc {A}"):
        candidates(many, many, model())


def test_pairs_of_another_model_are_not_taken_over() -> None:
    one = side({"record_id": "a", **NX})
    found = candidates(one, one, model()).with_columns(model_id=pl.lit("old"))
    none = pl.Series([], dtype=pl.String)
    with pytest.raises(ValueError, match="old"):
        relink(found, one, one, none, none, model())


def test_pairs_are_the_grain() -> None:
    street = {"address_zh": "宁东镇工业路12号", "uscc": A, "reg_no": "REG:1"}
    left = side({"record_id": "a", **NX, **street}, {"record_id": "b", **NX})
    found = candidates(left, left, model())
    assert pairs(found) == {("a", "a"), ("a", "b"), ("b", "a"), ("b", "b")}
