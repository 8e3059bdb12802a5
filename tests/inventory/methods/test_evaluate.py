"""Terms of returned rows: groups, units, years, edges, and what stops the whole."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from assets.inventory.methods.base import SIGNS, MethodError
from assets.inventory.methods.catalogue import METHODS
from assets.inventory.methods.evaluate import EDGES, process_terms, replaced_combustion
from quality.contracts.process import CATEGORIES, FLOWS, GASES, ProcessReturn, ProcessTerm
from tests.door import rows_through_door
from tests.frames import facts
from tests.inventory.methods.worked import (
    CODE,
    TABLES,
    chosen,
    evaluated,
    net_of,
    of_rows,
    returned,
    row,
)
from tests.landing.ruling import rule_reference

WATER = [
    chosen("工业废水", "处理方式", "厌氧反应器", item_zh="1号站"),
    row("工业废水", "废水处理量", 240, "万立方米", item_zh="1号站"),
    row("工业废水", "进水COD浓度", 1200, "毫克/升", item_zh="1号站"),
    row("工业废水", "出水COD浓度", "0.08", "千克/立方米", item_zh="1号站"),
    row("工业废水", "污泥去除COD量", 180, "吨", item_zh="1号站"),
    row("工业废水", "甲烷回收量", 95000, "千克", item_zh="1号站"),
    row("工业废水", "进水总氮浓度", 45, "毫克/升", item_zh="1号站"),
]
FILL = [
    row("垃圾填埋", "填埋量", 10, "万吨", item_zh="厨余", year=2020, deposit_year=2018),
    row("垃圾填埋", "填埋量", 2, "万吨", item_zh="纸", year=2020),
    chosen("垃圾填埋", "填埋场类型", "规范厌氧", year=2020),
    chosen("垃圾填埋", "气候区", "湿润温带", year=2020),
    chosen("垃圾填埋", "覆盖", "有", year=2020),
    row("垃圾填埋", "甲烷回收量", 5, "吨", year=2021),
    row("水泥熟料", "熟料产量", 1, "万吨", year=2022),
]


def test_rows_of_a_works_become_terms_in_canonical_units() -> None:
    found, _ = of_rows(*WATER)
    assert net_of(found, "CH4") == pytest.approx(406.6)
    assert net_of(found, "N2O") == pytest.approx(2.71542857)
    organics = found.filter(pl.col("term") == "organics").row(0, named=True)
    assert organics["quantity"] == Decimal(2508000)
    assert organics["canonical_unit"] == "kg"
    assert organics["factor_id"] == "process|wastewater|CH4|organics|MCF|anaerobic reactor"
    assert organics["item_zh"] == "1号站"
    assert organics["source_row_id"] == "p::10"
    assert (organics["source_category"], organics["profiles"]) == ("waste", "CN-GHG;IPCC")
    assert organics["confidence"] == "transcribed"


def test_derivations_of_terms_give_their_numbers() -> None:
    found, _ = of_rows(*WATER, *FILL)
    for quantity, factor, *texts in found.select(
        "quantity", "factor_value", "quantity_derivation", "factor_derivation"
    ).iter_rows():
        for number, text in zip((quantity, factor), texts, strict=True):
            assert float(evaluated(text.rpartition(" = ")[0])) == pytest.approx(
                float(number), abs=1e-11
            )


def test_a_term_rests_on_its_cells_and_a_factor_on_its_own() -> None:
    found, edges = of_rows(*WATER)
    assert dict(edges.schema) == EDGES
    term = found.filter(pl.col("term") == "recovered").row(0, named=True)["term_id"]
    of_term = edges.filter(pl.col("item_id") == term).select("role", "source_row_id", "column_zh")
    assert set(of_term.rows()) == {
        ("enterprise", "p::15", "统一社会信用代码"),
        ("item", "p::15", "项目"),
        ("year", "p::15", "年份"),
        ("recovered_kg", "p::15", "数值"),
        ("recovered_kg unit", "p::15", "计量单位"),
    }
    factors = edges.filter(pl.col("item_kind") == "factor")
    assert set(factors["item_id"]) <= set(found["factor_id"])
    assert set(factors["column_zh"]) == {"value"}
    assert set(factors["role"]) == {"Bo", "MCF", "EF N2O"}
    chosen_by = edges.filter((pl.col("role") == "treatment") & (pl.col("item_kind") == "activity"))
    assert set(chosen_by["source_row_id"]) == {"p::10"}


def test_a_factor_of_two_works_rests_on_neither() -> None:
    other = [{**values, "name_zh": "乙厂", "uscc_text": None} for values in WATER]
    found, edges = of_rows(*WATER, *other)
    assert found.height == 6 and found["factor_id"].n_unique() == 3
    own = set(returned(*WATER, *other)["source_row_id"])
    rests = set(edges.filter(pl.col("item_kind") == "factor")["source_row_id"])
    assert rests and rests <= set(facts("waste_factor")["source_row_id"])
    assert not rests & own


def test_a_measured_factor_is_of_its_row_alone() -> None:
    measured = row("工业废水", "甲烷修正因子", 50, "%", item_zh="1号站")
    found, edges = of_rows(*WATER, measured)
    (factor,) = found.filter(pl.col("term") == "organics")["factor_id"]
    assert factor.endswith("|p::17")
    cells = edges.filter((pl.col("item_id") == factor) & (pl.col("role") == "mcf"))
    assert cells.select("source_row_id", "column_zh").rows() == [("p::17", "数值")]


def test_a_landfill_has_terms_until_the_last_year_of_the_site() -> None:
    found, _ = of_rows(*FILL)
    fill = found.filter(pl.col("method_id") == "landfill")
    years = fill.filter(pl.col("flow") == "direct").group_by("term").agg(pl.col("year").sort())
    assert dict(years.iter_rows()) == {
        "food of 2018": [2019, 2020, 2021, 2022],
        "paper of 2020": [2021, 2022],
    }
    burnt = fill.filter(pl.col("flow") == "recovered").row(0, named=True)
    assert (burnt["year"], burnt["quantity"], burnt["factor_value"]) == (
        2021, Decimal(5000), Decimal("0.0009"),
    )  # fmt: skip
    later, _ = of_rows(*FILL, row("水泥熟料", "熟料产量", 1, "万吨", year=2024))
    assert later.filter(pl.col("term") == "food of 2018")["year"].max() == 2024
    elsewhere, _ = of_rows(*FILL, row("石灰", "石灰产量", 1, "吨", year=2024, permit_no="P2"))
    assert elsewhere.filter(pl.col("term") == "food of 2018")["year"].max() == 2022


def test_two_wastes_of_one_choice_are_two_terms() -> None:
    own = [
        values
        for item, amount in (("甲渣", 1), ("乙渣", 2))
        for values in (
            chosen("垃圾填埋", "废物种类", "其他", item_zh=item),
            row("垃圾填埋", "填埋量", amount, "吨", item_zh=item, deposit_year=2022),
            row("垃圾填埋", "可降解有机碳含量", 5, "%", item_zh=item),
            row("垃圾填埋", "分解速率常数", "0.05", "1/年", item_zh=item),
        )
    ]
    found, _ = of_rows(*own, *({**values, "year": 2023} for values in FILL[2:5]))
    assert found.select("item_zh", "quantity", "year").rows() == [
        ("甲渣", Decimal(1), 2023),
        ("乙渣", Decimal(2), 2023),
    ]


def test_a_deposit_told_again_counts_once_and_told_otherwise_stops() -> None:
    again = {**FILL[0], "year": 2022}
    assert of_rows(*FILL, again)[0].height == of_rows(*FILL)[0].height
    with pytest.raises(
        MethodError, match=r"填埋量 is 10.* in p::10 and 11.* in p::17; expected one"
    ):
        of_rows(*FILL, {**again, "value": 11})


def test_items_are_groups_and_may_be_the_choice() -> None:
    found, _ = of_rows(
        row("碳酸盐使用", "碳酸盐用量", 100, "吨", item_zh="白云石"),
        row("碳酸盐使用", "碳酸盐用量", 100, "吨", item_zh="石灰石"),
    )
    assert dict(found.select("item_zh", "factor_value").iter_rows()) == {
        "白云石": Decimal("0.47732"),
        "石灰石": Decimal("0.43971"),
    }


def test_clinker_has_a_term_of_each_profile() -> None:
    found, _ = of_rows(row("水泥熟料", "熟料产量", 150, "万吨"))
    assert net_of(found, "CO2") == net_of(found, "CO2", "ZCP-2025") == pytest.approx(807000)
    assert net_of(found, "CO2", "IPCC") == pytest.approx(780682.5)


def test_nothing_returned_gives_empty_tables() -> None:
    found, edges = process_terms(ProcessReturn.empty_frame(), *(facts(name) for name in TABLES))
    assert found.height == edges.height == 0
    assert found.schema == ProcessTerm.empty_frame().schema
    assert dict(edges.schema) == EDGES


STEEL = [
    row("钢铁碳平衡法", "焦炭投入量", 100, "吨"),
    row("钢铁碳平衡法", "粗钢产出量", 200, "吨"),
]
BOF = [
    chosen("粗钢产品因子法", "冶炼工艺", "转炉"),
    row("粗钢产品因子法", "粗钢产量", 200, "吨"),
]


def test_a_steel_works_takes_one_route() -> None:
    with pytest.raises(
        MethodError, match=r"row p::10 is 钢铁碳平衡法, row p::12 of the same .* 粗钢产品因子法"
    ):
        of_rows(*STEEL, *BOF)
    assert of_rows(*STEEL, *({**values, "year": 2022} for values in BOF))[0].height
    apart = [{**values, "permit_no": "P1"} for values in STEEL]
    assert of_rows(*apart, *({**values, "permit_no": "P2"} for values in BOF))[0].height
    # A row without a permit speaks for all sites of the legal person.
    with pytest.raises(MethodError, match="expected one of them"):
        of_rows(*apart, *BOF)


def test_a_kiln_is_counted_by_product_or_by_oxides() -> None:
    shares = ["氧化钙含量", "氧化镁含量", "非碳酸盐氧化钙含量", "非碳酸盐氧化镁含量"]
    kiln = {"item_zh": "1号窑"}
    oxides = [
        row("水泥熟料氧化物法", "熟料产量", 1, "万吨", **kiln),
        *(
            row("水泥熟料氧化物法", name, v, "%", **kiln)
            for name, v in zip(shares, (65, 2, 0, 0), strict=True)
        ),
    ]
    product = row("水泥熟料", "熟料产量", 1, "万吨", item_zh="1号窑")
    with pytest.raises(MethodError, match="水泥熟料氧化物法; expected one of them"):
        of_rows(*oxides, product)
    assert of_rows(*oxides, {**product, "item_zh": "2号窑"})[0].height == 4


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([row("烧砖", "产量", 1, "吨")], "p::10, method: 烧砖 is not declared; expected 碳酸盐"),
        ([row("石灰", "产量", 1, "吨")], "石灰 has no 产量; expected 石灰产量"),
        ([row("石灰", "石灰产量", 1, "车")], "石灰产量 is in 车; expected .*万吨、"),
        ([row("石灰", "石灰产量", 1)], "is in no unit"),
        ([row("石灰", "石灰产量", None, "吨")], "石灰产量 has no 数值"),
        ([row("石灰", "石灰产量", 1, "吨"), row("石灰", "石灰产量", 1, "吨")],
         "1.* in p::10 and 1.* in p::11; expected one value"),
        ([row("石灰", "石灰产量", 1, "吨", deposit_year=2020)], "expected it on 填埋量 only"),
        ([{**FILL[0], "deposit_year": 2021}], "2020 at the latest"),
        ([chosen("原铝", "电解槽型", "")], "电解槽型 is empty; expected 预焙槽 or 自焙槽"),
        (WATER[:2], r"missing: 进水COD浓度 \(cod_in\), 出水COD浓度"),
        ([{**WATER[1], "value": None, "choice_zh": "多"}], "废水处理量 has no 数值"),
        (FILL[1:3], "nothing says OX; expected 覆盖 or 氧化比例"),
        (FILL[2:6], r"missing: 废物种类 \(kind\), 填埋量"),
    ],
)  # fmt: skip
def test_a_row_that_stops(rows: list[dict[str, Any]], said: str) -> None:
    with pytest.raises(MethodError, match=said):
        of_rows(*rows)


def test_fuels_that_a_method_holds_are_named() -> None:
    rows = [
        chosen("合成氨", "原料路线", "天然气"),
        row("合成氨", "合成氨产量", 1, "吨"),
        row("石灰", "石灰产量", 1, "吨"),
        *({**values, "name_zh": "乙厂"} for values in BOF),
    ]
    found = replaced_combustion(returned(*rows))
    by_method = dict(found.group_by("method_id").agg(pl.col("fuel_id").sort()).iter_rows())
    assert by_method["ammonia"] == ["lng", "natural_gas"]
    assert {"coke", "bfg", "bituminous"} <= set(by_method["steel_product"])
    assert set(by_method) == {"ammonia", "steel_product"}
    assert set(found.filter(pl.col("method_id") == "ammonia")["source_row_id"]) == {"p::10"}
    assert replaced_combustion(ProcessReturn.empty_frame()).height == 0


def test_every_fuel_that_is_replaced_has_factors() -> None:
    known = set(facts("fuel_factor")["fuel_id"])
    for method in METHODS.values():
        for fuels in method.replaces_combustion_of.values():
            assert set(fuels) <= known


def test_gases_are_those_that_have_a_warming_potential() -> None:
    assert set(GASES) <= set(facts("gwp")["gas"])
    assert set(SIGNS) == set(FLOWS)
    assert {method.category for method in METHODS.values()} <= set(CATEGORIES)


def test_the_form_passes_the_door() -> None:
    cells = {
        "统一社会信用代码": CODE,
        "单位详细名称": "甲厂",
        "许可证编号": "",
        "年份": "2023",
        "方法": "石灰",
        "项目": "",
        "参数": "石灰产量",
        "填埋年份": "",
        "数值": "12.5",
        "选项": "",
        "计量单位": "万吨",
        "备注": "",
    }
    outcome = rows_through_door(
        "process_return",
        [cells, {**cells, "方法": "玻璃", "数值": "-1"}],
        rule_reference("process_return"),
    )
    assert outcome.quarantine["rule_id"].to_list() == ["CONTRACT:value"]
    found, _ = process_terms(outcome.frame, *(facts(name) for name in TABLES))
    assert net_of(found, "CO2") == pytest.approx(125000 * 0.683)
