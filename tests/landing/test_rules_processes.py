"""What the door says of returns of processes and waste: a group counts whole, or not at all."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.inventory.ledger import MissingFactor
from assets.inventory.methods.catalogue import METHODS
from assets.inventory.methods.evaluate import process_terms
from assets.landing.rules import rules_for
from quality.contracts.units import EnterpriseEvent
from quality.quarantine import judge
from tests.frames import facts, frame
from tests.inventory.methods.worked import CODE, TABLES, chosen, returned, row, sampled
from tests.landing.ruling import broken, rule_reference

WATER = "工业废水"
SOURCE = "process_return"


def water(**more: Any) -> list[dict[str, Any]]:
    """Wastewater with what is taken out as sludge, in other units than the method's."""
    return [
        chosen(WATER, "处理方式", "厌氧反应器", **more),
        row(WATER, "废水处理量", 240, "万立方米", **more),
        row(WATER, "进水COD浓度", "1.2", "千克/立方米", **more),
        row(WATER, "出水COD浓度", 80, "毫克/升", **more),
        row(WATER, "污泥去除COD量", 180, "吨", **more),
    ]


def judged(*rows: dict[str, Any]) -> list[list[str]]:
    return broken(rules_for(SOURCE, rule_reference(SOURCE)), returned(*rows))


def first(rows: list[list[str]]) -> list[str]:
    kept = [[rule for rule in rules if rule != "ID1m"] for rules in rows]
    assert all(len(rules) < 2 for rules in kept)
    return [rules[0] if rules else "" for rules in kept]


def test_a_whole_group_stays() -> None:
    assert judged(*water()) == [[]] * 5


@pytest.mark.parametrize(
    ("bad", "rule"),
    [
        (row("废水", "废水处理量", 1, "立方米"), "METHOD"),
        (row(WATER, "废水量", 1, "立方米"), "PARAM"),
        (chosen(WATER, "处置场所", "园区"), "CHOICE"),
        (chosen(WATER, "处置场所", "本单位") | {"value": 1}, "VALUE"),
        (row(WATER, "甲烷回收量", 1, "千克", choice_zh="是"), "CHOICE"),
        (row(WATER, "甲烷回收量", None, "千克"), "VALUE"),
        (row(WATER, "甲烷回收量", 1, "立方米"), "UNITPAIR"),
        (row(WATER, "甲烷回收量", 1, "车"), "UNITPAIR"),
        (row(WATER, "甲烷回收量", 1), "UNITPAIR"),
        (row(WATER, "甲烷回收量", -1, "千克"), "BOUNDS"),
        (row(WATER, "甲烷修正因子", "1.000000000001", "1"), "BOUNDS"),
        (row(WATER, "甲烷修正因子", "100.0000000001", "%"), "BOUNDS"),
        (row(WATER, "甲烷回收量", 1, "千克", deposit_year=2020), "DEPOSIT"),
    ],
)
def test_what_a_method_refuses_of_a_row_goes_with_its_group(bad: dict[str, Any], rule: str) -> None:
    found = first(judged(*water(), bad, *water(year=2022), *water(item_zh="二期")))
    rest = "" if rule == "METHOD" else "GROUP"
    assert found == [*[rest] * 5, rule, *[""] * 10]


def test_a_share_of_exactly_one_and_a_hundred_per_cent_are_in_bounds() -> None:
    for value, unit in ((1, "1"), (100, "%")):
        assert judged(*water(), row(WATER, "甲烷修正因子", value, unit)) == [[]] * 6


@pytest.mark.parametrize("more", [{}, {"permit_no": "91310000631696382C001P"}, {"uscc_text": None}])
def test_a_parameter_said_twice_with_an_empty_part_of_the_key(more: dict[str, Any]) -> None:
    rows = water(**more)
    assert first(judged(*rows, rows[1])) == ["GROUP", "ID2", "GROUP", "GROUP", "GROUP", "ID2"]


def test_sites_years_and_items_are_groups_of_their_own() -> None:
    sites = ("91310000631696382C001P", "91310000631696382C002P")
    rows = [*water(permit_no=sites[0]), *water(permit_no=sites[1]), *water(item_zh="二期")]
    assert judged(*rows) == [[]] * 15
    rows[6] = {**rows[6], "value": None}
    assert first(judged(*rows)) == [*[""] * 5, "GROUP", "VALUE", *["GROUP"] * 3, *[""] * 5]


@pytest.mark.parametrize(
    "more",
    [
        row(WATER, "甲烷回收量", "1e9", "千克"),
        row(WATER, "甲烷最大产生能力", 0, "千克/千克") | {"parameter_zh": "污泥去除COD量"},
    ],
)
def test_more_taken_away_than_there_is(more: dict[str, Any]) -> None:
    rows = water()
    if more["parameter_zh"] == "污泥去除COD量":
        rows[4], more = {**rows[4], "value": 10**6}, row(WATER, "进水总氮浓度", 1, "毫克/升")
    assert first(judged(*rows, more)) == ["CALC"] * 6


def test_a_required_input_that_is_missing() -> None:
    assert first(judged(*water()[:3], row("石灰", "石灰产量", 5, "万吨"))) == [*["CALC"] * 3, ""]


def test_two_ways_to_count_one_works() -> None:
    steel = [
        row("钢铁碳平衡法", "焦炭投入量", 5, "吨"),
        row("钢铁碳平衡法", "粗钢产出量", 5, "吨"),
        chosen("粗钢产品因子法", "冶炼工艺", "转炉", item_zh="一号"),
        row("粗钢产品因子法", "粗钢产量", 5, "吨", item_zh="一号"),
    ]
    lime = row("石灰", "石灰产量", 5, "吨")
    assert first(judged(*steel, lime)) == [*["TWICE"] * 4, ""]
    later = [{**r, "year": 2024} for r in steel[2:]]
    assert judged(*steel[:2], *later) == [[]] * 4


def test_a_landfill_is_one_group_over_all_years() -> None:
    kind, named = "厨余", "垃圾填埋"
    shared = {"item_zh": kind}
    facts_of_site = [
        chosen(named, "填埋场类型", "规范厌氧", year=2020),
        chosen(named, "气候区", "湿润温带", year=2020),
        row(named, "氧化比例", 0, "1", year=2020),
    ]
    deposits = [row(named, "填埋量", 10, "吨", year=y, **shared) for y in (2020, 2021)]
    rows = [*facts_of_site, *deposits]
    assert judged(*rows) == [[]] * 5
    again = row(named, "填埋量", 11, "吨", year=2022, deposit_year=2021, **shared)
    assert first(judged(*rows, again)) == ["CALC"] * 6
    early = row(named, "填埋量", 11, "吨", year=2022, deposit_year=2023, **shared)
    assert first(judged(*rows, early)) == [*["GROUP"] * 5, "DEPOSIT"]


@pytest.mark.parametrize("year", [None, 20230, 1979])
def test_a_row_without_a_year_goes_with_every_year(year: int | None) -> None:
    lost = row(WATER, "甲烷回收量", 1, "千克", year=year)
    rows = [*water(), lost, *water(year=2022), *water(item_zh="二期")]
    assert first(judged(*rows)) == [*["GROUP"] * 5, "ROW", *["GROUP"] * 5, *[""] * 5]


def test_a_row_without_a_name_goes_with_its_group() -> None:
    rows = [*water(), row(WATER, "甲烷回收量", 1, "千克", name_zh=None)]
    assert first(judged(*rows)) == [*["GROUP"] * 5, "ROW"]


def test_a_landfill_whose_row_has_no_year_or_came_after_its_end_is_not_computed() -> None:
    named = "垃圾填埋"
    rows = [
        chosen(named, "填埋场类型", "规范厌氧", year=2020),
        chosen(named, "气候区", "湿润温带", year=2020),
        row(named, "氧化比例", 0, "1", year=2020),
        row(named, "填埋量", 10, "吨", year=2020, item_zh="厨余"),
        row(named, "填埋量", 10, "吨", year=2021, item_zh="厨余"),
    ]
    undated = row(named, "填埋量", 10, "吨", year=None, item_zh="厨余")
    assert first(judged(*rows, undated)) == [*["GROUP"] * 5, "ROW"]
    ended = {"uscc_text": CODE, "event_zh": "注销", "happened_on": date(2021, 1, 1)}
    reference = {
        **rule_reference(SOURCE),
        "accepted.enterprise_event": frame(EnterpriseEvent, ended),
    }
    found = broken(rules_for(SOURCE, reference), returned(*rows))
    assert found == [*[["GROUP"]] * 4, ["GROUP", "ID4"]]


def test_a_missing_factor_is_no_fault_of_the_delivery() -> None:
    """The rows stay, and the run stops at them with the key that is missing."""
    cells = [
        chosen("原铝", "电解槽型", "自焙槽"),
        row("原铝", "原铝产量", 5, "吨"),
    ]
    assert judged(*cells, *water()[:2]) == [[], [], ["CALC"], ["CALC"]]
    with pytest.raises(MissingFactor, match="soderberg"):
        process_terms(returned(*cells), *(facts(name) for name in TABLES))


@pytest.mark.parametrize("method_id", sorted(METHODS))
def test_a_sampled_group_of_every_method_passes_the_door(method_id: str) -> None:
    method = METHODS[method_id]
    rows: list[dict[str, Any]] = []
    for name, value in sampled(method, optional=False).items():
        item = next(i for i in method.inputs if i.name == name)
        if item.choices:
            rows.append(chosen(method.name_zh, item.name_zh, value))
        elif item.yearly:
            rows += [
                row(method.name_zh, item.name_zh, float(v), "吨", deposit_year=year)
                for year, v in value.items()
            ]
        else:
            unit = {"t": "吨", "1": "比例", "m3": "立方米", "kg": "千克", "m2": "平方米",
                    "kg/m3": "千克/立方米", "1e4Nm3": "万立方米"}[item.unit]  # fmt: skip
            rows.append(row(method.name_zh, item.name_zh, float(value), unit))
    found = {rule for rules in judged(*rows) for rule in rules}
    # Landfill and steel need some of their optional inputs.
    assert found <= ({"CALC"} if method_id in ("landfill", "steel_balance") else set())


@given(st.data())
def test_what_the_door_keeps_no_method_refuses(data: st.DataObject) -> None:
    rows = [*water(), row(WATER, "甲烷回收量", 95_000, "千克"), row("石灰", "石灰产量", 5, "吨")]
    years = st.sampled_from([None, 0, 2022])
    values = st.sampled_from([None, "0", "0.5", "1", "1.5", "80", "1e7"])
    units = st.sampled_from([None, "吨", "千克", "比例", "立方米", "千克/立方米"])
    names = st.sampled_from([r["parameter_zh"] for r in rows])
    for place in data.draw(st.sets(st.integers(0, len(rows) - 1), max_size=3)):
        drawn = {"value": values, "unit_zh": units, "parameter_zh": names, "year": years}
        what = data.draw(st.sampled_from(sorted(drawn)))
        rows[place] = {**rows[place], what: data.draw(drawn[what])}
    delivered = returned(*rows)
    rules = rules_for(SOURCE, rule_reference(SOURCE))
    errors = [rule for rule in rules if rule.severity == "error"]
    bad = judge(delivered, errors).select(pl.any_horizontal(pl.all().fill_null(False))).to_series()
    process_terms(delivered.filter(~bad), *(facts(name) for name in TABLES))


@pytest.mark.parametrize("method_id", sorted(METHODS))
def test_the_guide_lists_every_method_with_its_parameters(method_id: str) -> None:
    method = METHODS[method_id]
    guide = (Path(__file__).parents[2] / "docs" / "templates.zh.md").read_text("utf-8")
    (line,) = [line for line in guide.splitlines() if line.startswith(f"| {method.name_zh} | ")]
    told = line.split(" | ")[1].removesuffix(" |").split("；")
    assert len(told) == len(method.inputs)
    for item, text in zip(method.inputs, told, strict=True):
        name = item.name_zh if item.optional else f"**{item.name_zh}**"
        choices = f"（{'、'.join(item.choices)}）" if item.choices else ""
        assert text.startswith(name + (choices or " "))
