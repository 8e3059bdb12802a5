"""Landfill by first-order decay: every deposit is a term in every later year."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from assets.inventory.methods.base import FULL, Case, Given, Input, Method, Need, Number, Term
from assets.inventory.methods.book import FactorBook
from assets.inventory.methods.figures import Figure, decayed, ratio
from assets.inventory.methods.waste import T_PER_KG, WASTE

_ONE = Fraction(1)
_CH4_PER_C = ratio(16, 12)

# What is not in the table of factors (其他) comes with measured values.
KINDS = {
    "厨余": "food",
    "园林垃圾": "garden",
    "纸": "paper",
    "木": "wood",
    "织物": "textiles",
    "纸尿裤": "nappies",
    "其他": "other",
}
TYPES = {
    "规范厌氧": "managed anaerobic",
    "不规范深": "unmanaged deep",
    "不规范浅": "unmanaged shallow",
    "未分类": "uncharacterised",
}
CLIMATES = {"湿润温带": "wet temperate", "干旱温带": "dry temperate"}


def _decay(x: Case) -> Iterator[Term]:
    """DDOCma_t = DDOCma_(t-1) exp(-k) + W DOC DOCf MCF; CH4 = (DDOCma_(t-1) (1-exp(-k)) F 16/12
    - R) (1-OX) (IPCC 2006 Vol. 5 Eq. 3.1, 3.2, 3.4 to 3.6; METHOD 2.4, G13).

    It is linear in the deposits: W of year y0 gives in year y > y0 the CH4 of
    W x DOC x DOCf x MCF x exp(-k (y-y0-1)) x (1-exp(-k)) x F x 16/12 x (1-OX). A layer of cover
    oxidises by the factor of the table; without one the share is to be delivered.
    """
    left = 1 - x.factor("OX")
    rate = x.factor("k")
    carbon = x.factor("DOC") * x.factor("DOCf") * x.factor("MCF")
    methane = x.factor("F") * _CH4_PER_C * left
    last = x.last_year or max(x.series["deposit_t"])
    for deposited, waste in x.series["deposit_t"].items():
        for year in range(deposited + 1, last + 1):
            gone = decayed(rate, year - deposited - 1) * (1 - decayed(rate, 1))
            yield x.term(
                f"{x.part('kind')} of {deposited}",
                "CH4",
                waste,
                carbon * gone * methane,
                year=year,
                factor_key=f"age {year - deposited}",
            )
    for year, recovered in x.series.get("recovered_kg", {}).items():
        yield x.term(
            "recovered", "CH4", recovered, T_PER_KG * left, "recovered", unit="kg", year=year
        )


LANDFILL = Method(
    "landfill",
    "垃圾填埋",
    WASTE,
    "2",
    FULL,
    (
        Input("kind", "废物种类", choices=KINDS),
        Input("type", "填埋场类型", optional=True, choices=TYPES),
        Input("climate", "气候区", optional=True, choices=CLIMATES),
        Input("cover", "覆盖", optional=True, choices={"有": "managed with cover"}),
        Input("deposit_t", "填埋量", yearly=True),
        Input("recovered_kg", "甲烷回收量", "kg", optional=True, yearly=True),
        Input("doc", "可降解有机碳含量", "1", optional=True, high=_ONE),
        Input("docf", "可分解比例", "1", optional=True, high=_ONE),
        Input("mcf", "甲烷修正因子", "1", optional=True, high=_ONE),
        Input("k", "分解速率常数", "1/yr", optional=True),
        Input("f", "填埋气甲烷比例", "1", optional=True, high=_ONE),
        Input("ox", "氧化比例", "1", optional=True, high=_ONE),
    ),
    (
        Need("DOC", "waste_factor", "landfill", "DOC wet", "msw_{kind}", "kg/kg", "doc"),
        Need("DOCf", "waste_factor", "landfill", "DOCf", "default", "1", "docf"),
        Need("MCF", "waste_factor", "landfill", "MCF", "{type}", "1", "mcf"),
        Need("k", "waste_factor", "landfill", "k", "{kind} {climate}", "1/yr", "k"),
        Need("F", "waste_factor", "landfill", "F", "CH4 fraction", "1", "f"),
        Need("OX", "waste_factor", "landfill", "OX", "{cover}", "1", "ox"),
    ),
    _decay,
)


def landfill_terms(
    wastes: Sequence[Given],
    book: FactorBook,
    last_year: int,
    recovered_kg: Mapping[int, Number] | None = None,
    row: str = "",
) -> list[Term]:
    """The terms of one landfill: an evaluation for each kind of waste, recovery of them all.

    `wastes`: inputs of each kind, `deposit_t` by year. Raises MethodError as `Method.terms`, and
    where more methane is recovered in a year than all kinds generate, or kinds oxidise
    differently.
    """
    cases = [
        Case(LANDFILL, {**given, **_with(recovered_kg, first)}, book, row or "landfill", last_year)
        for first, given in zip((True, *[False] * (len(wastes) - 1)), wastes, strict=True)
    ]
    shares: dict[Fraction, Figure] = {f.value: f for f in (case.factor("OX") for case in cases)}
    if recovered_kg and len(shares) > 1:
        said = " and ".join(share.text for share in shares.values())
        raise cases[0].error("OX", f"kinds of waste oxidise {said}", "one share for a landfill")
    return cases[0].checked(term for case in cases for term in LANDFILL.body(case))


def _with(recovered_kg: Mapping[int, Number] | None, first: bool) -> Given:
    return {"recovered_kg": recovered_kg} if recovered_kg and first else {}
