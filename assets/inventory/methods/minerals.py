"""Methods of minerals: carbonates, desulphurisation, clinker, lime, glass."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from assets.inventory.methods.base import ALL, CHINESE, IPCC, Case, Input, Method, Need, Term
from assets.inventory.methods.figures import figure, ratio

PROCESS = "industrial_process"
_ONE = Fraction(1)
# Molar masses as in IPCC 2006 Vol. 3 Ch. 2: CO2 44, CaO 56.08, MgO 40.30.
CO2_PER_CAO = ratio(44, "56.08")
CO2_PER_MGO = ratio(44, "40.30")
_TIER1_CO2_PER_CAO = figure("0.785")

CARBONATES = {
    "方解石": "calcite CaCO3",
    "石灰石": "calcite CaCO3",
    "菱镁矿": "magnesite MgCO3",
    "白云石": "dolomite",
    "菱铁矿": "siderite",
    "纯碱": "soda ash Na2CO3 use",
}


def _carbonate(x: Case) -> Iterator[Term]:
    """CO2 = M x purity x F x EF (IPCC 2006 Vol. 3 Ch. 2 Eq. 2.3 and 2.16; METHOD 2.3).

    M t of the material, purity its carbonate content, F the fraction calcined. The guidelines
    take F = 1 where it is not known; a purity that is not given is that of pure carbonate.
    """
    used = x["carbonate_t"]
    for name in ("purity", "calcined"):
        if name in x:
            used = used * x[name]
    yield x.term("carbonate", "CO2", used, x.factor("EF"))


def _desulphurisation(x: Case) -> Iterator[Term]:
    """CO2 = M x purity x conversion x EF, EF 0.44 t/t (GB/T 32151.1; METHOD 2.3)."""
    used = x["carbonate_t"] * x["purity"] * x["conversion"]
    yield x.term("desulphurisation", "CO2", used, x.factor("EF"))


def _clinker(x: Case) -> Iterator[Term]:
    """CO2 = clinker x EF (CN-GHG, 省级指南 表3.1); clinker x 0.785 x CaO x CKD (IPCC) (G10).

    IPCC 2006 Vol. 3 Eq. 2.4, tier 1: 0.785 t CO2 per t CaO, 0.65 t CaO per t clinker, and the
    correction for dust that leaves the kiln.
    """
    yield x.term("clinker", "CO2", x["clinker_t"], x.factor("EF"), profiles=CHINESE)
    factor = _TIER1_CO2_PER_CAO * x.factor("CaO") * x.factor("CKD")
    yield x.term("clinker tier 1", "CO2", x["clinker_t"], factor, profiles=(IPCC,))


def _clinker_oxides(x: Case) -> Iterator[Term]:
    """CO2 = clinker x ((CaO - CaO_nc) x 44/56.08 + (MgO - MgO_nc) x 44/40.30) (G10).

    IPCC 2006 Vol. 3 Eq. 2.2, tier 2 from measured oxides: only those that came from carbonates.
    Refuses more oxide that is not from carbonates than there is.
    """
    oxides = (("cao", "CaO", CO2_PER_CAO), ("mgo", "MgO", CO2_PER_MGO))
    for name, oxide, factor in oxides:
        held, other = x[name], x[f"{name}_not_carbonate"]
        if other.value > held.value:
            raise x.error(
                "oxide",
                f"{oxide} not from carbonates is {other.text} of {held.text}",
                "no more than the clinker holds",
            )
        yield x.term(f"{oxide} of clinker", "CO2", x["clinker_t"] * (held - other), factor)


def _lime(x: Case) -> Iterator[Term]:
    """CO2 = lime x EF: CN-GHG 省级指南, IPCC 2006 Vol. 3 Table 2.4 (METHOD 2.3, G10)."""
    yield x.term("lime", "CO2", x["lime_t"], x.factor("EF"), profiles=CHINESE)
    yield x.term("lime tier 1", "CO2", x["lime_t"], x.factor("EF IPCC"), profiles=(IPCC,))


def _glass(x: Case) -> Iterator[Term]:
    """CO2 = glass x (1 - cullet share) x EF (IPCC 2006 Vol. 3 Eq. 2.13; METHOD 2.3)."""
    yield x.term("glass", "CO2", x["glass_t"] * (1 - x["cullet"]), x.factor("EF"))


def _share(name: str, name_zh: str, *, optional: bool = False) -> Input:
    return Input(name, name_zh, "1", optional=optional, high=_ONE)


MINERALS = (
    Method(
        "carbonate_use",
        "碳酸盐使用",
        PROCESS,
        "2",
        ALL,
        (
            Input("kind", "碳酸盐种类", choices=CARBONATES),
            Input("carbonate_t", "碳酸盐用量"),
            _share("purity", "碳酸盐含量", optional=True),
            _share("calcined", "煅烧率", optional=True),
        ),
        (Need("EF", "ippu_factor", "carbonate", "{kind}", "CO2"),),
        _carbonate,
    ),
    Method(
        "desulphurisation",
        "脱硫",
        PROCESS,
        "2",
        ALL,
        (
            Input("carbonate_t", "脱硫剂用量"),
            _share("purity", "碳酸盐含量"),
            _share("conversion", "转化率"),
        ),
        (Need("EF", "ippu_factor", "desulphurisation", "CaCO3", "CO2"),),
        _desulphurisation,
    ),
    Method(
        "clinker",
        "水泥熟料",
        PROCESS,
        "1",
        ALL,
        (Input("clinker_t", "熟料产量"),),
        (
            Need("EF", "ippu_factor", "clinker", "EF China", "CO2"),
            Need("CaO", "ippu_factor", "clinker", "CaO content", unit="kg/kg"),
            Need("CKD", "ippu_factor", "clinker", "CKD correction", unit="1"),
        ),
        _clinker,
    ),
    Method(
        "clinker_oxides",
        "水泥熟料氧化物法",
        PROCESS,
        "2",
        ALL,
        (
            Input("clinker_t", "熟料产量"),
            _share("cao", "氧化钙含量"),
            _share("mgo", "氧化镁含量"),
            _share("cao_not_carbonate", "非碳酸盐氧化钙含量"),
            _share("mgo_not_carbonate", "非碳酸盐氧化镁含量"),
        ),
        (),
        _clinker_oxides,
    ),
    Method(
        "lime",
        "石灰",
        PROCESS,
        "1",
        ALL,
        (Input("lime_t", "石灰产量"),),
        (
            Need("EF", "ippu_factor", "lime", "EF China", "CO2"),
            Need("EF IPCC", "ippu_factor", "lime", "EF IPCC tier1", "CO2"),
        ),
        _lime,
    ),
    Method(
        "glass",
        "玻璃",
        PROCESS,
        "1",
        ALL,
        (Input("glass_t", "玻璃产量"), _share("cullet", "碎玻璃比例")),
        (Need("EF", "ippu_factor", "glass", "EF IPCC tier1", "CO2"),),
        _glass,
    ),
)
