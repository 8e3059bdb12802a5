"""Methods of metals: iron and steel by one of two routes, ferroalloys, silicon, aluminium."""

from __future__ import annotations

from collections.abc import Iterator

from assets.inventory.methods.base import ALL, CN, IPCC, Case, Input, Method, Need, Term

_PROCESS = "industrial_process"

STEEL_PROCESSES = {"转炉": "BOF route", "电炉": "EAF"}
FERROALLOYS = {
    "硅铁75": "FeSi75",
    "硅铁90": "FeSi90",
    "锰铁": "FeMn 7%C",
    "硅锰": "SiMn",
    "铬铁": "FeCr",
}
# Only prebake cells have factors of PFC in the table: others end in MissingFactor.
ANODES = {"预焙槽": "prebake anode", "自焙槽": "soderberg"}
_PFC_CELLS = {"prebake anode": ("China PFPB", "CWPB")}

_SOLID_FUELS = {
    "coking_coal": "炼焦烟煤",
    "washed_coal": "洗精煤",
    "anthracite": "无烟煤",
    "bituminous": "一般烟煤",
    "coke": "焦炭",
}
_GASES = {"cog": "焦炉煤气", "bfg": "高炉煤气", "ldg": "转炉煤气"}
_IN_FUELS = {
    **{f: (zh, "t") for f, zh in _SOLID_FUELS.items()},
    "natural_gas": ("天然气", "1e4Nm3"),
}
_OUT_FUELS = {
    "coke": ("焦炭", "t"),
    "other_coking": ("焦油", "t"),
    "crude_benzol": ("粗苯", "t"),
    **{f: (zh, "1e4Nm3") for f, zh in _GASES.items()},
}
_IN = {
    "limestone": ("石灰石", "limestone flux"),
    "dolomite": ("白云石", "dolomite flux"),
    "electrode": ("电极", "electrode"),
    "pig_iron": ("生铁", "pig iron carbon (output)"),
}
_OUT = {
    "pig_iron": ("生铁", "pig iron carbon (output)"),
    "crude_steel": ("粗钢", "crude steel carbon (output)"),
}
# Fuels and by-product gases whose carbon a works' balance or product factor holds already.
_HELD = (*_SOLID_FUELS, "raw_coal", "lignite", *_GASES)


def _balance(x: Case) -> Iterator[Term]:
    """CO2 = carbon in (fuels, flux, electrodes) - carbon out (metal, gas and tar sold), as CO2.

    Route (a) of METHOD 2.3 (GB/T 32151.5): fuels by NCV x CC x 44/12 with OF 1, the rest by
    the factors of annex B. Stock changes are netted in the quantities. By-product gas burnt
    inside is part of the balance and not combustion.
    """
    if not any(f"{name}_in" in x for name in (*_IN_FUELS, *_IN)):
        raise x.error("input", "no carbon goes in", "fuel, flux, electrodes or pig iron")
    if not any(f"{name}_out" in x for name in _OUT):
        raise x.error("input", "no metal comes out", "粗钢产出量 or 生铁产出量")
    for side, flow, fuels, rest in (
        ("in", "carbon_in", _IN_FUELS, _IN),
        ("out", "carbon_out", _OUT_FUELS, _OUT),
    ):
        for fuel_id in fuels:
            if f"{fuel_id}_{side}" in x:
                fuel = x.book.fuel(fuel_id)
                amount = x[f"{fuel_id}_{side}"]
                yield x.term(f"{fuel_id} {side}", "CO2", amount, fuel.co2(), flow, unit=fuel.unit)
        for name in rest:
            if f"{name}_{side}" in x:
                amount = x[f"{name}_{side}"]
                yield x.term(f"{name} {side}", "CO2", amount, x.factor(f"{name} {side}"), flow)


def _steel(x: Case) -> Iterator[Term]:
    """CO2 = steel x EF of the route (IPCC 2019R Vol. 3 Table 4.1; METHOD 2.3).

    Route (b): the factor holds the carbon of the reductants, so that coke and coal of the same
    works are not burnt again.
    """
    yield x.term("crude steel", "CO2", x["steel_t"], x.factor("EF"))


def _ferroalloy(x: Case) -> Iterator[Term]:
    """CO2 = alloy x EF (IPCC 2019R Vol. 3 Eq. 4.15, Table 4.5; METHOD 2.3)."""
    yield x.term("alloy", "CO2", x["alloy_t"], x.factor("EF"))


def _silicon(x: Case) -> Iterator[Term]:
    """CO2 = silicon metal x EF (IPCC 2019R Vol. 3 Table 4.5; METHOD 2.3)."""
    yield x.term("silicon", "CO2", x["silicon_t"], x.factor("EF"))


def _aluminium(x: Case) -> Iterator[Term]:
    """CO2 = Al x EF of the anode; CF4, C2F6 = Al x EF in kg/t (IPCC 2006 Eq. 4.20, 4.25; G11).

    CN-GHG takes the PFC of GB/T 32151.4 (China PFPB), IPCC those of tier 1 (CWPB); METHOD 2.3.
    """
    yield x.term("anode", "CO2", x["aluminium_t"], x.factor("EF"))
    china, world = _PFC_CELLS.get(x.part("anode"), (x.part("anode"),) * 2)
    for gas in ("CF4", "C2F6"):
        for cells, profile in ((china, CN), (world, IPCC)):
            need = Need(gas, "ippu_factor", "aluminium", f"{cells} {gas}", gas, "kg/t")
            factor = x.looked_up(need) / 1000
            yield x.term(
                f"anode effects {cells}", gas, x["aluminium_t"], factor, profiles=(profile,)
            )


def _steel_inputs() -> Iterator[Input]:
    for side, zh, fuels, rest in (
        ("in", "投入量", _IN_FUELS, _IN),
        ("out", "外供量", _OUT_FUELS, _OUT),
    ):
        for name, (name_zh, unit) in fuels.items():
            yield Input(f"{name}_{side}", f"{name_zh}{zh}", unit, optional=True)
        for name, (name_zh, _) in rest.items():
            made = "产出量" if side == "out" else zh
            yield Input(f"{name}_{side}", f"{name_zh}{made}", optional=True)


METALS = (
    Method(
        "steel_balance",
        "钢铁碳平衡法",
        _PROCESS,
        "2",
        ALL,
        tuple(_steel_inputs()),
        tuple(
            Need(f"{name} {side}", "ippu_factor", "iron_steel", parameter, "CO2")
            for side, rest in (("in", _IN), ("out", _OUT))
            for name, (_, parameter) in rest.items()
        ),
        _balance,
        {"": (*_HELD, "natural_gas")},
    ),
    Method(
        "steel_product",
        "粗钢产品因子法",
        _PROCESS,
        "1",
        ALL,
        (Input("process", "冶炼工艺", choices=STEEL_PROCESSES), Input("steel_t", "粗钢产量")),
        (Need("EF", "ippu_factor", "iron_steel", "{process}", "CO2"),),
        _steel,
        {"": _HELD},
    ),
    Method(
        "ferroalloy",
        "铁合金",
        _PROCESS,
        "1",
        ALL,
        (Input("kind", "铁合金品种", choices=FERROALLOYS), Input("alloy_t", "铁合金产量")),
        (Need("EF", "ippu_factor", "ferroalloy", "{kind}", "CO2"),),
        _ferroalloy,
    ),
    Method(
        "silicon_metal",
        "工业硅",
        _PROCESS,
        "1",
        ALL,
        (Input("silicon_t", "工业硅产量"),),
        (Need("EF", "ippu_factor", "silicon_metal", "", "CO2"),),
        _silicon,
    ),
    Method(
        "aluminium",
        "原铝",
        _PROCESS,
        "1",
        ALL,
        (Input("anode", "电解槽型", choices=ANODES), Input("aluminium_t", "原铝产量")),
        (Need("EF", "ippu_factor", "aluminium", "{anode}", "CO2"),),
        _aluminium,
    ),
)
