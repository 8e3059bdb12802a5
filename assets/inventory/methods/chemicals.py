"""Methods of chemicals: carbide, ammonia, methanol, nitric and adipic acid, HCFC-22."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from assets.inventory.methods.base import ALL, FULL, Case, Input, Method, Need, Term
from assets.inventory.methods.figures import Figure, figure

_PROCESS = "industrial_process"
_ONE = Fraction(1)

AMMONIA_ROUTES = {
    "天然气": "natural gas, total",
    "煤或重油部分氧化": "coal/heavy oil partial oxidation",
}
NITRIC_PROCESSES = {
    "高压法": "high pressure no abatement",
    "中压法": "medium pressure",
    "常压法": "atmospheric",
    "双加压法": "dual pressure",
    "低压法": "low pressure",
}
_COAL = ("raw_coal", "anthracite", "bituminous", "lignite", "coking_coal", "washed_coal", "coke")


def _carbide(x: Case) -> Iterator[Term]:
    """CO2 = carbide x EF (省级指南; METHOD 2.3)."""
    yield x.term("carbide", "CO2", x["carbide_t"], x.factor("EF"))


def _ammonia(x: Case) -> Iterator[Term]:
    """CO2 = ammonia x EF - urea x 44/60 (IPCC 2006 Vol. 3 Eq. 3.1, Table 3.1; METHOD 2.3).

    The factor includes the fuel of the process. The carbon of urea leaves the works with the
    urea: it is taken away, and stands beside as a memo (it is emitted where urea is used).
    """
    yield x.term("ammonia", "CO2", x["ammonia_t"], x.factor("EF"))
    if "urea_t" in x:
        credit = x.factor("urea credit")
        yield x.term("carbon in urea", "CO2", x["urea_t"], credit, "carbon_out")
        yield x.term("urea memo", "CO2", x["urea_t"], credit, "memo")


def _methanol(x: Case) -> Iterator[Term]:
    """CO2 = methanol x EF, from natural gas, fuel included (IPCC 2006 Vol. 3 Table 3.12).

    Methanol from coal has no product factor: its carbon balance is that of the works.
    """
    yield x.term("methanol", "CO2", x["methanol_t"], x.factor("EF"))


def _acid(x: Case) -> Iterator[Term]:
    """N2O = acid x EF x (1 - abatement x its share of the time) (IPCC 2006 Vol. 3 Eq. 3.6, 3.8).

    Acid as 100 %; EF in kg/t of 省级指南 by process (METHOD 2.3). Abatement and the share of the
    time that it ran come together.
    """
    acid = x["acid_t"]
    if ("abatement" in x) != ("abatement_time" in x):
        raise x.error(
            "input",
            "N2O去除率 and 去除装置运行率: one is missing",
            "both, or none without abatement",
        )
    if "abatement" in x:
        acid = acid * (1 - x["abatement"] * x["abatement_time"])
    yield x.term("acid", "N2O", acid, x.factor("EF") / 1000)


def _hcfc22(x: Case) -> Iterator[Term]:
    """HFC-23 = HCFC-22 x EF - HFC-23 destroyed (IPCC 2006 Vol. 3 Eq. 3.30; METHOD 2.3)."""
    yield x.term("by-product", "HFC23", x["hcfc22_t"], x.factor("EF"))
    if "destroyed_t" in x:
        one: Figure = figure(1, "t/t")
        yield x.term("destroyed", "HFC23", x["destroyed_t"], one, "recovered")


def _acid_inputs(*more: Input) -> tuple[Input, ...]:
    return (
        *more,
        Input("acid_t", "产量（折100%）"),
        Input("abatement", "N2O去除率", "1", optional=True, high=_ONE),
        Input("abatement_time", "去除装置运行率", "1", optional=True, high=_ONE),
    )


CHEMICALS = (
    Method(
        "calcium_carbide",
        "电石",
        _PROCESS,
        "1",
        ALL,
        (Input("carbide_t", "电石产量"),),
        (Need("EF", "ippu_factor", "calcium_carbide", "EF China", "CO2"),),
        _carbide,
    ),
    Method(
        "ammonia",
        "合成氨",
        _PROCESS,
        "1",
        ALL,
        (
            Input("route", "原料路线", choices=AMMONIA_ROUTES),
            Input("ammonia_t", "合成氨产量"),
            Input("urea_t", "尿素产量", optional=True),
        ),
        (
            Need("EF", "ippu_factor", "ammonia", "{route}", "CO2"),
            Need("urea credit", "ippu_factor", "urea_credit", "CO2 stored per t urea", "CO2"),
        ),
        _ammonia,
        {
            "natural gas, total": ("natural_gas", "lng"),
            "coal/heavy oil partial oxidation": (*_COAL, "fuel_oil"),
        },
    ),
    Method(
        "methanol",
        "甲醇",
        _PROCESS,
        "1",
        ALL,
        (Input("methanol_t", "甲醇产量（天然气制）"),),
        (Need("EF", "ippu_factor", "methanol", "natural gas conventional", "CO2"),),
        _methanol,
        {"": ("natural_gas", "lng")},
    ),
    Method(
        "nitric_acid",
        "硝酸",
        _PROCESS,
        "2",
        FULL,
        _acid_inputs(Input("process", "生产工艺", choices=NITRIC_PROCESSES)),
        (Need("EF", "ippu_factor", "nitric_acid", "{process}", "N2O", "kg/t"),),
        _acid,
    ),
    Method(
        "adipic_acid",
        "己二酸",
        _PROCESS,
        "2",
        FULL,
        _acid_inputs(),
        (Need("EF", "ippu_factor", "adipic_acid", "unabated", "N2O", "kg/t"),),
        _acid,
    ),
    Method(
        "hcfc22",
        "HCFC-22",
        _PROCESS,
        "1",
        FULL,
        (Input("hcfc22_t", "HCFC-22产量"), Input("destroyed_t", "HFC-23销毁量", optional=True)),
        (Need("EF", "ippu_factor", "hcfc22", "HFC-23 by-product", "HFC23", "kg/kg"),),
        _hcfc22,
    ),
)
