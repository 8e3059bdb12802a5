"""Methods of waste: industrial wastewater, incineration, and declared measured quantities."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from assets.inventory.methods.base import ALL, FULL, Case, Input, Method, Need, Term
from assets.inventory.methods.book import CO2_PER_C
from assets.inventory.methods.figures import figure, ratio

WASTE = "waste"
_ONE = Fraction(1)
T_PER_KG = figure("0.001", "t/kg")
_N2O_PER_N = ratio(44, 28)

# Treatment, or the industry where the treatment is not known: parameter and category of the MCF.
TREATMENTS = {
    "排入水体": "MCF|discharge to sea, river, lake",
    "好氧处理（管理良好）": "MCF|aerobic, well managed",
    "好氧处理（过载）": "MCF|aerobic, overloaded",
    "污泥厌氧消化": "MCF|anaerobic sludge digester",
    "厌氧反应器": "MCF|anaerobic reactor",
    "浅厌氧塘": "MCF|shallow anaerobic lagoon <2m",
    "深厌氧塘": "MCF|deep anaerobic lagoon >2m",
    "集中好氧处理": "MCF|centralised aerobic (2019R)",
    "食品制造业": "MCF_industry|C14 food manufacturing",
    "饮料制造业": "MCF_industry|C15 beverages",
    "烟草制品业": "MCF_industry|C16 tobacco",
    "造纸业": "MCF_industry|C22 paper",
}
# What is not in the table (其他) comes with measured values.
BURNT = {
    "纸": "msw_paper",
    "塑料": "msw_plastics",
    "织物": "msw_textiles",
    "橡胶皮革": "msw_rubber",
    "危险废物": "ow_hazard",
    "医疗废物": "ow_clinical",
    "工业污泥": "sludge_ind",
    "石油类工业废物": "isw_petroleum",
    "其他": "other",
}
YES_NO = {"是": "yes", "否": "no"}


def place(zh: str = "处置场所") -> Input:
    """Whether the waste is treated by the works itself; outside, it is a memo (METHOD 2.4)."""
    return Input("place", zh, optional=True, choices={"本单位": "inside", "外单位": "outside"})


def _flow(x: Case, *taken_away: str) -> str:
    """`direct`, or `memo` where others treat the waste: they recover what they recover."""
    if "place" not in x or x.part("place") == "inside":
        return "direct"
    for name in taken_away:
        if name in x:
            raise x.error(
                "place", f"{x.inputs[name].name_zh} of waste treated elsewhere", "none: a memo"
            )
    return "memo"


def _wastewater(x: Case) -> Iterator[Term]:
    """CH4 = (W x (COD_in - COD_out) - S) x Bo x MCF - R; N2O = W x TN x EF x 44/28 (G12).

    IPCC 2006 Vol. 5 Eq. 6.4 to 6.6, IPCC 2019R Eq. 6.11; METHOD 2.4. W in m3, COD and TN in
    kg/m3, S kg COD taken out as sludge, R kg CH4 burnt or flared. N2O where TN is given.
    """
    organics = x["water_m3"] * (x["cod_in"] - x["cod_out"])
    if "sludge_kg" in x:
        organics = organics - x["sludge_kg"]
    if organics.value < 0:
        raise x.error("TOW", f"{organics.text} = {float(organics.value):.6g} kg COD", "0 or more")
    flow = _flow(x, "recovered_kg")
    factor = x.factor("Bo") * x.factor("MCF") / 1000
    yield x.term("organics", "CH4", organics, factor, flow, unit="kg")
    if "recovered_kg" in x:
        yield x.term("recovered", "CH4", x["recovered_kg"], T_PER_KG, "recovered", unit="kg")
    if "tn_in" in x:
        nitrogen = x["water_m3"] * x["tn_in"]
        per_n = x.factor("EF N2O") * _N2O_PER_N / 1000
        yield x.term("nitrogen", "N2O", nitrogen, per_n, flow, unit="kg")


def _incineration(x: Case) -> Iterator[Term]:
    """CO2 = SW x dm x CF x FCF x OF x 44/12; the rest of the carbon is biogenic (G14).

    IPCC 2006 Vol. 5 Eq. 5.1 and 5.5; METHOD 2.4. N2O = SW x EF in kg per Gg wet waste: that of
    municipal waste in continuous plants, or of industrial waste. With energy recovery the same
    terms stand under energy, once.
    """
    flow = _flow(x)
    energy = "energy" in x and x.part("energy") == "yes"
    category = "energy_transformation" if energy else WASTE
    carbon = x.factor("dm") * x.factor("CF")
    fossil = x.factor("FCF")
    oxidised = x.factor("OF") * CO2_PER_C
    waste = x["waste_t"]
    yield x.term("fossil carbon", "CO2", waste, carbon * fossil * oxidised, flow, category=category)
    yield x.term(
        "biogenic carbon",
        "CO2",
        waste,
        carbon * (1 - fossil) * oxidised,
        "biogenic",
        category=category,
    )
    municipal = x.part("kind").startswith("msw_")
    per_gg = x.factor("EF N2O municipal" if municipal else "EF N2O industrial")
    yield x.term("combustion", "N2O", waste, per_gg / 10**6, flow, category=category)


def _fugitive(x: Case) -> Iterator[Term]:
    """CH4 as measured, less what is burnt or flared (METHOD 2.2)."""
    yield x.term("fugitive", "CH4", x["ch4_t"], figure(1, "t/t"))
    if "recovered_t" in x:
        yield x.term("recovered", "CH4", x["recovered_t"], figure(1, "t/t"), "recovered")


def _captured(x: Case) -> Iterator[Term]:
    """CO2 captured and stored or sold, as measured: a line of its own (METHOD 2.2)."""
    yield x.term(x.part("use"), "CO2", x["co2_t"], figure(1, "t/t"), "captured")


WASTES = (
    Method(
        "wastewater",
        "工业废水",
        WASTE,
        "2",
        FULL,
        (
            Input("treatment", "处理方式", optional=True, choices=TREATMENTS),
            Input("water_m3", "废水处理量", "m3"),
            Input("cod_in", "进水COD浓度", "kg/m3"),
            Input("cod_out", "出水COD浓度", "kg/m3"),
            Input("sludge_kg", "污泥去除COD量", "kg", optional=True),
            Input("recovered_kg", "甲烷回收量", "kg", optional=True),
            Input("tn_in", "进水总氮浓度", "kg/m3", optional=True),
            Input("bo", "甲烷最大产生能力", "kg/kg", optional=True, high=_ONE),
            Input("mcf", "甲烷修正因子", "1", optional=True, high=_ONE),
            place(),
        ),
        (
            Need("Bo", "waste_factor", "wastewater", "Bo", "COD", "kgCH4/kgCOD", "bo"),
            Need("MCF", "waste_factor", "wastewater", "{treatment}", unit="1", instead="mcf"),
            Need(
                "EF N2O",
                "waste_factor",
                "wastewater",
                "N2O_EF",
                "aerobic plant, influent N",
                "kgN2O-N/kgN",
            ),
        ),
        _wastewater,
    ),
    Method(
        "incineration",
        "废物焚烧",
        WASTE,
        "1",
        FULL,
        (
            Input("kind", "废物种类", choices=BURNT),
            Input("waste_t", "焚烧量"),
            Input("energy", "能量回收", optional=True, choices=YES_NO),
            Input("dm", "干物质含量", "1", optional=True, high=_ONE),
            Input("cf", "碳含量", "1", optional=True, high=_ONE),
            Input("fcf", "化石碳比例", "1", optional=True, high=_ONE),
            Input("of", "氧化率", "1", optional=True, high=_ONE),
            place(),
        ),
        (
            Need("dm", "waste_factor", "incineration", "dry matter", "{kind}", "kg/kg", "dm"),
            Need("CF", "waste_factor", "incineration", "CF", "{kind}", "kg C/kg dm", "cf"),
            Need("FCF", "waste_factor", "incineration", "FCF", "{kind}", "kg/kg", "fcf"),
            Need("OF", "waste_factor", "incineration", "OF", "controlled incinerator", "1", "of"),
            Need(
                "EF N2O municipal",
                "waste_factor",
                "incineration",
                "N2O MSW continuous",
                unit="kg/Gg",
            ),
            Need("EF N2O industrial", "waste_factor", "incineration", "N2O ISW", unit="kg/Gg"),
        ),
        _incineration,
    ),
)

MEASURED = (
    Method(
        "fugitive_ch4",
        "甲烷逸散",
        "fugitive",
        "3",
        FULL,
        (Input("ch4_t", "甲烷排放量"), Input("recovered_t", "甲烷回收量", optional=True)),
        (),
        _fugitive,
    ),
    Method(
        "captured_co2",
        "二氧化碳捕集",
        "captured",
        "3",
        ALL,
        (
            Input("use", "去向", choices={"封存": "stored", "外售": "sold"}),
            Input("co2_t", "二氧化碳捕集量"),
        ),
        (),
        _captured,
        below_zero=True,
    ),
)
