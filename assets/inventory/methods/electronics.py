"""Methods of fluorinated gases: switchgear, and making chips, displays and solar cells."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from assets.inventory.methods.base import FULL, Case, Input, Method, Need, Term
from assets.inventory.methods.figures import figure

_PROCESS = "industrial_process"
_ONE = Fraction(1)
_T_PER_KG = figure("0.001", "t/kg")
_PER_KG = {"kg/m2": 1000, "g/m2": 10**6}

SUBSTRATES = {"集成电路": "semiconductor", "平板显示": "tft_fpd", "光伏": "pv"}
GASES = {
    "CF4": "CF4",
    "C2F6": "C2F6",
    "C3F8": "C3F8",
    "c-C4F8": "cC4F8",
    "CHF3": "HFC23",
    "CH2F2": "HFC32",
    "NF3": "NF3",
    "SF6": "SF6",
}


def _switchgear(x: Case) -> Iterator[Term]:
    """SF6 = nameplate capacity x leak rate of a year (GB/T 8905-2012; METHOD 2.3)."""
    yield x.term("leak", "SF6", x["nameplate_kg"], x.factor("leak rate") / 1000, unit="kg")


def _by_area(x: Case) -> Iterator[Term]:
    """E_g = area of substrate x EF_g (IPCC 2006 Vol. 3 Eq. 6.1, Table 6.2; METHOD 2.3).

    Tier 1, only for works without data of gas use: the gases of one kind of works are taken
    together. Area processed in the year, in m2.
    """
    kind = x.part("kind")
    rows = x.book.kinds("ippu_factor", kind, "tier1 ")
    if not rows:
        x.book.value("ippu_factor", kind, "tier1 CF4", "CF4")
    for parameter, gas, unit in rows:
        per = next((name for name in _PER_KG if unit.startswith(name)), None)
        if per is None:
            raise x.error("unit", f"{parameter} is in {unit}", " or ".join(_PER_KG))
        factor = x.looked_up(Need(gas, "ippu_factor", "{kind}", parameter, gas, per))
        yield x.term(
            parameter.removeprefix("tier1 "), gas, x["area_m2"], factor / _PER_KG[per], unit="m2"
        )


def _by_gas(x: Case) -> Iterator[Term]:
    """E_g = C_g x (1-h) x (1-U_g) x (1 - a_g x d_g), and by-product CF4 (METHOD 2.3).

    CF4 = C_g x (1-h) x B x (1 - a_g x d_CF4) (IPCC 2006 Vol. 3 Eq. 6.2 and 6.3, tier 2a). C kg
    bought and used, h left in the cylinder, U used up or turned into others, a the share of gas
    fed to processes with abatement, d destroyed there, B kg CF4 per kg gas. Nothing is taken for
    rates that are not given: a and d come together, B with its d.
    """
    if ("abated" in x) != ("destroyed" in x):
        raise x.error("input", "有去除装置比例 and 去除率: one is missing", "both, or none")
    if "cf4_destroyed" in x and "cf4_rate" not in x:
        raise x.error("input", "CF4去除率 without 副产CF4生成率", "the rate of CF4 too")
    fed = x["gas_kg"] * (1 - x["heel"])
    left = fed * (1 - x["used_up"])
    if "abated" in x:
        left = left * (1 - x["abated"] * x["destroyed"])
    yield x.term("process gas", x.part("gas"), left, _T_PER_KG, unit="kg")
    if "cf4_rate" in x:
        made = fed * x["cf4_rate"]
        if "abated" in x:
            if "cf4_destroyed" not in x:
                raise x.error("input", "CF4去除率 is missing", "it, where the gas is abated")
            made = made * (1 - x["abated"] * x["cf4_destroyed"])
        yield x.term("by-product CF4", "CF4", made, _T_PER_KG, unit="kg")


def _rate(name: str, name_zh: str, *, optional: bool = False) -> Input:
    return Input(name, name_zh, "1", optional=optional, high=_ONE)


ELECTRONICS = (
    Method(
        "switchgear",
        "SF6开关设备",
        _PROCESS,
        "1",
        FULL,
        (Input("nameplate_kg", "铭牌充气量", "kg"),),
        (Need("leak rate", "ippu_factor", "switchgear", "annual leak rate", "SF6", "kg/kg"),),
        _switchgear,
    ),
    Method(
        "electronics_area",
        "电子工业面积法",
        _PROCESS,
        "1",
        FULL,
        (Input("kind", "产品类别", choices=SUBSTRATES), Input("area_m2", "基片加工面积", "m2")),
        (),
        _by_area,
    ),
    Method(
        "electronics_gas",
        "电子工业用气法",
        _PROCESS,
        "2a",
        FULL,
        (
            Input("gas", "气体", choices=GASES),
            Input("gas_kg", "气体使用量", "kg"),
            _rate("heel", "钢瓶残留比例"),
            _rate("used_up", "利用率"),
            _rate("abated", "有去除装置比例", optional=True),
            _rate("destroyed", "去除率", optional=True),
            _rate("cf4_rate", "副产CF4生成率", optional=True),
            _rate("cf4_destroyed", "CF4去除率", optional=True),
        ),
        (),
        _by_gas,
    ),
)
