"""Rules on calorific values and on rows compared with each other (EN3, EN6, INT1)."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.landing.rules import rules_for
from quality.contracts.accepted import Return2051
from tests.frames import frame
from tests.landing.ruling import judged, rule_reference

VALID = "914403001922038216"
RETURN: dict[str, Any] = {
    "uscc_text": VALID,
    "name_zh": "甲厂",
    "industry_division": "26",
    "year": 2017,
    "energy_zh": "一般烟煤",
    "unit_zh": "吨",
    "purchased": 100,
    "consumption": 100,
}


@pytest.mark.parametrize(
    ("energy", "unit", "ncv", "ncv_unit", "rules"),
    [
        ("一般烟煤", "吨", "20900", "千焦/千克", []),
        ("一般烟煤", "吨", "5000", "千卡/千克", []),
        ("天然气", "万立方米", "35600", "千焦/立方米", []),
        ("一般烟煤", "吨", "13.9", "百万千焦/吨", ["EN3w"]),  # 14 ... 30
        ("一般烟煤", "吨", "30.1", "百万千焦/吨", ["EN3w"]),
        ("一般烟煤", "吨", "5000", "千焦/千克", ["EN3e"]),  # kcal given as kJ
        ("一般烟煤", "吨", "20900", "百万千焦/吨", ["EN3e"]),  # 1,000 times
        ("一般烟煤", "吨", "0.0209", "百万千焦/吨", ["EN3e"]),
        ("一般烟煤", "吨", "130", "百万千焦/吨", ["EN3e"]),  # more than twice the range
        ("天然气", "万立方米", "0.0356", "吉焦/万立方米", ["EN3e"]),  # per m3, 10,000 times
        ("一般烟煤", "吨", "20900", None, ["NCVUNIT"]),
        ("一般烟煤", "吨", "20900", "千焦/立方米", ["NCVUNIT"]),
        ("一般烟煤", "吨", None, None, []),
    ],
)
def test_a_calorific_value_lies_in_the_range_of_its_fuel(
    energy: str, unit: str, ncv: str | None, ncv_unit: str | None, rules: list[str]
) -> None:
    row = {"energy_zh": energy, "unit_zh": unit, "ncv": ncv, "ncv_unit_zh": ncv_unit}
    assert judged("return_205_1", {**RETURN, **row}) == [rules]


@pytest.mark.parametrize(
    ("energy", "content", "oxidation", "rules"),
    [
        # Sets say 25.8 to 26.18: the band is 21.93 to 30.107.
        ("一般烟煤", "21.93", None, []),
        ("一般烟煤", "30.1", "97.5", []),
        ("一般烟煤", "21.92", None, ["CC3w"]),
        ("一般烟煤", "30.2", None, ["CC3w"]),
        ("一般烟煤", "95.7", None, ["CC3e"]),  # t CO2 for t C
        ("一般烟煤", "0.55", None, ["CC3e"]),  # t C a tonne
        ("一般烟煤", "26", "70", []),
        ("一般烟煤", "26", "69.9", ["CC2"]),
        ("一般烟煤", "26", "0.98", ["CC2"]),
        ("一般烟煤", None, "97", ["CC1"]),
        ("高炉煤气", "70.8", None, []),
        ("高炉煤气", "12.2", None, ["CC3e"]),  # that of other gas
    ],
)
def test_a_measured_carbon_content(
    energy: str, content: str | None, oxidation: str | None, rules: list[str]
) -> None:
    gas = energy == "高炉煤气"
    row = {
        "energy_zh": energy,
        "unit_zh": "万立方米" if gas else "吨",
        "ncv": "3300" if gas else "20900",
        "ncv_unit_zh": "千焦/立方米" if gas else "千焦/千克",
        "carbon_content_tc_tj": content,
    }
    assert judged("return_205_1", {**RETURN, **row, "oxidation_pct": oxidation}) == [rules]


@given(st.decimals("0.001", "999", places=3))
def test_a_carbon_content_breaks_at_most_one_rule(content: Any) -> None:
    measured = {"ncv": "20.9", "ncv_unit_zh": "百万千焦/吨", "carbon_content_tc_tj": str(content)}
    (found,) = judged("return_205_1", {**RETURN, **measured})
    assert found in ([], ["CC3w"], ["CC3e"])
    assert (found == []) == (25.8 * 0.85 <= float(content) <= 26.18 * 1.15)


def test_a_content_without_a_calorific_value_is_refused_in_both_forms() -> None:
    row = {"carbon_content_tc_tj": 26}
    assert judged("return_205_1", {**RETURN, **row}) == [["CC1"]]
    kept = {key: RETURN[key] for key in ("uscc_text", "name_zh", "year", "energy_zh", "unit_zh")}
    works = {**kept, **row, "industry_division": "44", "kind_zh": "供热", "input": 1}
    assert judged("return_205_2", works) == [["CC1"]]


def reasons(ncv: str, ncv_unit: str) -> list[str]:
    rows = frame(Return2051, {**RETURN, "ncv": ncv, "ncv_unit_zh": ncv_unit})
    return [
        rule.reason_zh
        for rule in rules_for("return_205_1", rule_reference("return_205_1"))
        if rule.rule_id == "EN3e" and rows.select(rule.bad.fill_null(False)).item()
    ]


@pytest.mark.parametrize(
    ("ncv", "unit", "said"),
    [
        ("5000", "千焦/千克", "千卡误作千焦"),
        ("20900", "千卡/千克", "千焦误作千卡"),
        ("20900", "百万千焦/吨", "单位小 1000 倍"),
        ("0.0209", "百万千焦/吨", "单位大 1000 倍"),
        ("200000", "百万千焦/吨", "单位小 10000 倍"),
        ("130", "百万千焦/吨", "2 倍以上"),
    ],
)
def test_a_slip_of_units_is_named(ncv: str, unit: str, said: str) -> None:
    assert len(reasons(ncv, unit)) == 1
    assert said in reasons(ncv, unit)[0]


@given(st.decimals("0.001", "900000", places=3))
def test_a_calorific_value_breaks_at_most_one_rule(ncv: Any) -> None:
    row = {"ncv": str(ncv), "ncv_unit_zh": "百万千焦/吨"}
    (found,) = judged("return_205_1", {**RETURN, **row})
    assert found in ([], ["EN3w"], ["EN3e"])
    assert (found == []) == (14 <= ncv <= 30)


def years(*rows: tuple[int, float, str | None]) -> list[list[str]]:
    """Rules that rows of one series break, given as (year, tonnes, event)."""
    series = [
        {**RETURN, "year": year, "consumption": amount, "purchased": amount, "event_zh": event}
        for year, amount, event in rows
    ]
    return judged("return_205_1", *series)


@pytest.mark.parametrize(
    ("second", "rules"),
    [
        (130, []),
        (131, ["EN6w"]),
        (300, ["EN6w"]),
        (301, ["EN6e"]),
        (77, []),
        (76, ["EN6w"]),
        (33, ["EN6e"]),
        (0, ["EN6w"]),
    ],
)
def test_a_jump_against_the_year_before_is_found(second: float, rules: list[str]) -> None:
    assert years((2017, 100, None), (2018, second, None)) == [[], rules]
    # The order of delivery is of no matter.
    assert years((2018, second, None), (2017, 100, None)) == [rules, []]


def test_an_event_explains_a_jump() -> None:
    assert years((2017, 100, None), (2018, 900, "投产")) == [[], ["EN6w"]]


def test_a_gap_of_a_year_is_not_compared() -> None:
    assert years((2017, 100, None), (2019, 900, None)) == [[], []]
    assert years((2017, 0, None), (2018, 0, None)) == [[], []]


def test_units_and_spellings_do_not_make_a_jump() -> None:
    before = {**RETURN, "year": 2017, "consumption": 10000, "purchased": 10000}
    after = {**RETURN, "year": 2018, "unit_zh": "万吨", "consumption": 1, "purchased": 1}
    assert judged("return_205_1", before, after) == [[], []]
    other = {**after, "uscc_text": None, "name_zh": "乙厂", "consumption": 9, "purchased": 9}
    assert judged("return_205_1", before, other) == [[], ["ID1m"]]


def peers(count: int, last: float, **more: Any) -> list[list[str]]:
    """INT1 of `count` legal persons of which the last uses `last` times what is usual."""
    rows = []
    for place in range(count):
        usual = 1000 * (1 + 0.02 * (place % 5))
        amount = round(usual * (last if place == count - 1 else 1), 3)
        rows.append(
            {
                **RETURN,
                "uscc_text": None,
                "name_zh": f"{place}厂",
                "consumption": amount,
                "purchased": amount,
                "output_value_kcny": 5000,
                **more,
            }
        )
    found = judged("return_205_1", *rows)
    return [[rule for rule in ids if rule.startswith("INT1")] for ids in found]


def test_an_intensity_far_from_its_peers_is_found() -> None:
    assert peers(9, 1.0) == [[]] * 9
    assert peers(9, 10.0) == [[]] * 8 + [["INT1e"]]
    assert peers(9, 0.1) == [[]] * 8 + [["INT1e"]]
    assert peers(9, 1.12)[-1] == ["INT1w"]


def test_below_eight_peers_nothing_is_claimed() -> None:
    assert peers(8, 10.0)[-1] == ["INT1e"]
    assert peers(7, 10.0) == [[]] * 7
    assert peers(9, 10.0, output_value_kcny=None) == [[]] * 9


def test_peers_are_of_the_class_where_they_suffice() -> None:
    """Eight of one class near each other; the ninth is usual in its division only."""
    rows = [
        {
            **RETURN,
            "uscc_text": None,
            "name_zh": f"{place}厂",
            "industry_code": "2614" if place < 9 else "2621",
            "consumption": 1000 + 10 * (place % 3) if place < 8 else 3000 + 10 * place,
            "purchased": 1000 + 10 * (place % 3) if place < 8 else 3000 + 10 * place,
            "output_value_kcny": 5000,
        }
        for place in range(20)
    ]
    found = judged("return_205_1", *rows)
    assert "INT1e" in found[8]
    assert not any("INT1e" in ids for ids in found[9:])


def test_all_rows_of_a_legal_person_share_the_verdict() -> None:
    rows = [
        {**RETURN, "uscc_text": None, "name_zh": f"{p}厂", "output_value_kcny": 5000, **more}
        for p in range(9)
        for more in (
            {"consumption": 1000 + 20 * (p % 5) if p < 8 else 90000, "purchased": 0},
            {"energy_zh": "柴油", "consumption": 1, "purchased": 1},
        )
    ]
    found = [[rule for rule in ids if rule == "INT1e"] for ids in judged("return_205_1", *rows)]
    assert found == [[]] * 16 + [["INT1e"]] * 2


def test_a_person_with_a_row_that_cannot_be_counted_is_no_peer() -> None:
    rows = [
        {
            **RETURN,
            "uscc_text": None,
            "name_zh": f"{p}厂",
            "output_value_kcny": 5000,
            "consumption": c,
        }
        for p, c in enumerate([1000, 1020, 1040, 1060, 1080, 1000, 1020, 1040, 90000])
    ]
    rows[-1]["energy_zh"] = "焦粒"
    found = judged("return_205_1", *rows)
    assert not any("INT1e" in ids for ids in found)


def test_a_constant_intensity_has_no_spread_to_judge_by() -> None:
    rows = frame(Return2051, {**RETURN, "output_value_kcny": 5000})
    many = pl.concat([rows.with_columns(pl.lit(f"{p}厂").alias("name_zh")) for p in range(9)])
    many = many.with_columns(pl.lit(None, pl.String).alias("uscc_text"))
    for rule in rules_for("return_205_1", rule_reference("return_205_1")):
        if rule.rule_id.startswith("INT1"):
            assert not many.select(rule.bad.fill_null(False).any()).item()
