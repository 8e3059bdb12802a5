"""Names of enterprises: one written form, and their parts."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assets.enterprises.names import normalised, split_names
from tests.landing.real.delivered import accepted


def form(name: str) -> str:
    return str(normalised(pl.Series([name])).item())


def parts(name: str) -> dict[str, str | None]:
    found = split_names(pl.Series([name])).row(0, named=True)
    return {part: value for part, value in found.items() if value not in (None, False)}


@pytest.mark.parametrize(
    ("given_name", "expected"),
    [
        ("宁夏（某） 厂\u200b", "宁夏(某)厂"),
        ("寧夏某某鋼鐵有限責任公司", "宁夏某某钢铁有限公司"),
        ("某某有限责任公司", "某某有限公司"),
        ("ＡＢＣ电子［苏州］", "ABC电子(苏州)"),
        ("Ørsted Bioenergy & Thermal Power A/S", "ORSTEDBIOENERGY&THERMALPOWERA/S"),
        ("Škofja Loka d.o.o.", "SKOFJALOKAD.O.O."),
        ("有限公司", "有限公司"),
        ("\u200b", "\u200b"),
    ],
)
def test_a_name_in_one_written_form(given_name: str, expected: str) -> None:
    assert form(given_name) == expected


@given(st.text(min_size=1))
@example("A´")
@example("有限责任有限责任公司公司")
@example("薴")
@example("ŉ\u0301ﬁ")
def test_a_name_is_never_emptied_and_normalising_again_changes_nothing(name: str) -> None:
    once = form(name)
    assert once
    assert form(once) == once


@given(st.lists(st.text(), max_size=5))
def test_any_text_is_split_and_has_a_core(names: list[str]) -> None:
    found = split_names(pl.Series(names, dtype=pl.String))
    assert found.height == len(names)
    for name, core in zip(names, found["core"], strict=True):
        assert bool(core) == bool(name)


def test_the_parts_of_a_name() -> None:
    assert parts("宁夏宝丰能源集团股份有限公司") == {
        "name": "宁夏宝丰能源集团股份有限公司",
        "region_code": "640000",
        "core": "宝丰",
        "trade": "能源",
        "form": "joint_stock",
        "group": True,
    }
    assert parts("妙管家（苏州）日用品有限公司") == {
        "name": "妙管家(苏州)日用品有限公司",
        "region_code": "320500",
        "core": "妙管家",
        "trade": "日用品",
        "form": "limited",
    }


def test_a_branch_belongs_to_the_name_before_it() -> None:
    plant = parts("吴忠市博兴科技有限责任公司第二污水处理厂")
    assert (plant["parent"], plant["branch"]) == ("吴忠市博兴科技有限公司", "第二污水处理厂")
    assert (plant["core"], plant["numerals"]) == ("博兴", "二")
    bank = parts("中国建设银行天津分行")
    assert (bank["parent"], bank["branch"]) == ("中国建设银行", "天津分行")
    abroad = parts("Air Products Nederland B.V., Locatie Botlek")
    assert (abroad["core"], abroad["form"]) == ("AIRPRODUCTSNEDERLAND", "BV")
    assert abroad["branch"] == "LOCATIE BOTLEK"


@pytest.mark.parametrize(
    ("name", "core", "code"),
    [
        ("无锡市新兴贸易有限公司", "新兴", "320200"),
        # A county without its 市 or 县 before a trade is the 字号 itself.
        ("新兴贸易有限公司", "新兴", None),
        ("中国太平洋财产保险股份有限公司", "中国太平洋财产保险", None),
        ("南京江宁恒泰机械厂", "恒泰", "320115"),
        ("天津市宁河县福润棉业有限公司", "福润", "120221"),
        ("甲", "甲", None),
        ("有限公司", "有限公司", None),
        ("()", "()", None),
    ],
)
def test_the_region_is_taken_off_and_a_core_is_left(name: str, core: str, code: str | None) -> None:
    found = parts(name)
    assert (found["core"], found.get("region_code")) == (core, code)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Kwekerij de Kabel B.V.", "B.V. KWEKERIJ DE KABEL"),
        ("I/S Reno Syd", "Renosyd I/S"),
        ("OÜ VKG Energia", "VKG Energia OÜ"),
        ("Donit Tesnit d.o.o.", "DONIT TESNIT D.O.O"),
        ("Fino Invest Aktiebolag", "Fino Invest AB"),
    ],
)
def test_latin_names_have_one_core_wherever_the_form_stands(one: str, other: str) -> None:
    first, second = parts(one), parts(other)
    assert (first["core"], first["form"]) == (second["core"], second["form"])


def test_order_and_neighbours_of_names_do_not_matter() -> None:
    names = accepted("cn_register", "b_cn_registry_redacted/2004_*.csv").frame["name_zh"]
    whole = split_names(names)
    assert split_names(names.reverse()).reverse().equals(whole)
    assert split_names(names[:7]).equals(whole[:7])


def test_real_registers_are_taken_apart() -> None:
    names = accepted("cn_register", "b_cn_registry_redacted/*.csv").frame["name_zh"]
    found = split_names(names)
    assert found["core"].null_count() == 0
    # Nine names in ten name one place, eight in ten a trade, ninety-seven in a hundred a form.
    known = {part: 1 - found[part].null_count() / found.height for part in ("region_code", "trade")}
    assert known["region_code"] > 0.87
    assert known["trade"] > 0.78
    assert found["form"].null_count() / found.height < 0.04
    assert found.filter(pl.col("name").str.contains("有限责任公司")).is_empty()
