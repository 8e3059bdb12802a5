"""Tiny deliveries of the worked cases: what each form says of their enterprises.

Quantities are those of the cases; where a case states a result that no form says (tonnes of CO2
of a site), the quantity of a fuel or product with that result is delivered.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl

from assets.landing.declaration import SourceDeclaration, load_source
from assets.landing.ingest import Found, archive_delivery, reference_deliveries
from assets.landing.lifecycle import merge
from pipelines.wiring import recompute
from quality.contracts.audit import Delivery
from tests.pipeline.golden_park import exact, g30_energy, park_annual, six
from tests.pipeline.golden_registers import permits, registered, units
from tests.pipeline.golden_weights import (
    control_totals,
    diesel_measured,
    park_returns,
    revisions,
    weights,
)
from tests.pipeline.golden_world import (
    YEAR,
    Row,
    code,
    layer,
    layers,
    permit_no,
    table,
    who,
    zh,
)
from tests.shared_data import golden
from warehouse.settings import Settings


def returned(name: str, energy: str, unit: str, used: Any, **more: Any) -> Row:
    """A row of form 205-1: what is used was bought, unless it says otherwise."""
    cells = {"购进量/实物量": used, "消费量/合计": used, **more}
    division = "44" if name in ("g17_plant", "g17_heat") else "26"
    return {
        **who(name),
        "行业大类代码": division,
        "年份": YEAR,
        "能源名称": energy,
        "计量单位": unit,
        **{header: str(value) for header, value in cells.items()},
    }


def process(name: str, method: str, parameter: str, *cells: Any, **more: Any) -> Row:
    """A row of the process return: value and unit, or a choice."""
    value, unit, choice = (*cells, None) if len(cells) == 2 else (None, None, cells[0])
    row = {"许可证编号": permit_no(name), "年份": YEAR, "方法": method, "参数": parameter}
    filled = {"数值": value, "计量单位": unit, "选项": choice}
    given = {header: str(cell) for header, cell in filled.items() if cell is not None}
    return {**who(name), **row, **given, **more}


# t CO2 a tonne burnt by the default set: a case that states tonnes of CO2 is delivered as coal.
COAL_EF = exact("19.57") * exact("26.1") / 1000 * exact("0.93") * Fraction(44, 12)
LIME_EF = exact("0.683")
TCE_PER_KWH = exact("0.0001229")


def coal_of(co2_t: Any) -> Decimal:
    return six(exact(co2_t) / COAL_EF)


def lime_of(name: str, co2_t: Any, **more: Any) -> Row:
    """Lime that emits the tonnes: it has no other gas than CO2."""
    return process(name, "石灰", "石灰产量", six(exact(co2_t) / LIME_EF), "吨", **more)


def g04(name: str, consumption: Any) -> Row:
    given, _, _ = golden("G04")
    return returned(
        name,
        "一般烟煤",
        "吨",
        consumption,
        **{
            "库存量/年初库存量": given["opening"],
            "库存量/年末库存量": given["closing"],
            "购进量/实物量": given["purchases"],
            "自产量": given["own_production"],
            "外供量": given["sales_or_outgoing"],
        },
    )


def returns_205_1() -> Iterator[Row]:
    used = golden("G01")[0]["activity"]
    yield returned("g01", "一般烟煤", "吨", used["bituminous_t"])
    yield returned("g01", "天然气", "万立方米", used["natural_gas_1e4Nm3"])
    yield returned("g01", "柴油", "吨", used["diesel_t"])
    measured = {"低位发热量": "20900", "发热量单位": "千焦/千克"}
    yield returned("measured", "一般烟煤", "吨", 1000, **measured)
    content = {**measured, "单位热值含碳量": "27.5", "碳氧化率": "97.5"}
    yield returned("measured", "无烟煤", "吨", 1000, **content)
    given, _, _ = golden("G03")
    for energy, unit, key in (
        ("原煤", "吨", "raw_coal_t"),
        ("天然气", "立方米", "natural_gas_m3"),
        ("热力", "百万千焦", "purchased_heat_GJ"),
        ("电力", "千瓦时", "purchased_electricity_kWh"),
    ):
        # The year whose coal rate the case takes.
        yield returned("g03", energy, unit, given[key], **{"年份": 2020})
    given, _, _ = golden("G04")
    yield g04("g04", given["consumption"])
    # 6 % of the supply more than the balance of the case allows.
    supply = given["opening"] + given["purchases"] + given["own_production"]
    yield g04("g04_gap", given["consumption"] - 50 - supply * 0.06)
    for name in ("g06", "g06_default"):
        yield returned(name, "洗精煤", "吨", golden("G06")[0]["washed_coal_t"])
    given, _, _ = golden("G07")
    used = six(exact(given["naphtha_t"]) * exact(given["feedstock_share"]))
    yield returned("g07", "石脑油", "吨", given["naphtha_t"], **{"消费量/用于原材料": used})
    yield diesel_measured()
    yield returned("g09", "热力", "百万千焦", golden("G09")[1]["heat_GJ"])
    total = exact(golden("G15")[0]["enterprise_tce"])
    yield returned("g15", "电力", "千瓦时", six(total / TCE_PER_KWH))
    a, b = (golden("G17")[0][park] for park in "AB")
    sold = a["export_to_B_kWh"] + a["export_grid_kWh"]
    made, heat = a["plant_kWh"], a["heat_to_B_GJ"]
    yield returned("g17_plant", "一般烟煤", "吨", coal_of(a["plant_t"]))
    yield returned(
        "g17_plant", "电力", "千瓦时", made - sold,
        **{"购进量/实物量": 0, "自产量": made, "外供量": sold},
    )  # fmt: skip
    yield returned("g17_heat", "一般烟煤", "吨", coal_of(a["scope1_t"] - a["plant_t"]))
    yield returned(
        "g17_heat", "热力", "百万千焦", heat,
        **{"购进量/实物量": 0, "自产量": 2 * heat, "外供量": heat},
    )  # fmt: skip
    yield returned("g17_works", "电力", "千瓦时", a["import_grid_kWh"])
    yield returned("g17_b", "一般烟煤", "吨", coal_of(b["scope1_t"]))
    yield returned("g17_b", "电力", "千瓦时", b["total_import_kWh"])
    yield returned("g17_b", "热力", "百万千焦", heat)
    for energy, unit, amount in (
        ("一般烟煤", "吨", g30_energy()["bituminous"]),
        ("液化石油气", "吨", g30_energy()["lpg"]),
        ("电力", "千瓦时", g30_energy()["electricity"]),
    ):
        yield returned("g30", energy, unit, amount)
    yield returned("billed", "电力", "千瓦时", 13_000)
    # Coke of works whose carbon balance holds it, and what they make themselves of it.
    yield returned("steel", "焦炭", "吨", 5000)


def returns_205_2() -> Iterator[Row]:
    """The oven of G06, with measured coal and without."""
    given, _, _ = golden("G06")
    for name, measured in (("g06", given["measured_NCV_CC"]), ("g06_default", None)):
        row = {**who(name), "行业大类代码": "25", "年份": YEAR, "加工转换类型": "炼焦"}
        coal = {}
        if measured:
            coal = {"低位发热量": str(measured[0]), "发热量单位": "百万千焦/吨"}
            coal["单位热值含碳量"] = str(measured[1])
        amounts = {
            "焦炭": (given["coke_t"], "吨"),
            "焦炉煤气": (given["cog_1e4Nm3"], "万立方米"),
            "其他焦化产品": (given["tar_t"], "吨"),
            "粗苯": (given["benzol_t"], "吨"),
        }
        yield {
            **row,
            **coal,
            "能源名称": "洗精煤",
            "计量单位": "吨",
            "加工转换/投入量": str(given["washed_coal_t"]),
        }
        for energy, (amount, unit) in amounts.items():
            made = {"能源名称": energy, "计量单位": unit, "加工转换/产出量": str(amount)}
            yield {**row, **made}


def wastewater(name: str, recovered_kg: Any) -> Iterator[Row]:
    given, _, _ = golden("G12")
    method, item = "工业废水", {"项目": "污水站"}
    yield process(name, method, "处理方式", "厌氧反应器", **item)
    cells = {
        "废水处理量": (given["m3"], "立方米"),
        "进水COD浓度": (given["COD_in_kg_m3"], "千克/立方米"),
        "出水COD浓度": (given["COD_out"] * 1000, "毫克/升"),
        "污泥去除COD量": (given["sludge_COD_kg"] / 1000, "吨"),
        "甲烷回收量": (recovered_kg, "千克"),
        "进水总氮浓度": (given["TN_in_kg_m3"], "千克/立方米"),
    }
    for parameter, (value, unit) in cells.items():
        yield process(name, method, parameter, value, unit, **item)


def processes() -> Iterator[Row]:
    given, _, _ = golden("G10")
    kilns = {"一号窑": "水泥熟料", "二号窑": "水泥熟料氧化物法"}
    for kiln, method in kilns.items():
        yield process("g10", method, "熟料产量", given["clinker_t"] / 10_000, "万吨", 项目=kiln)
    naphtha, _, _ = golden("G07")
    used = six(exact(naphtha["naphtha_t"]) * exact(naphtha["feedstock_share"]))
    yield process("g07", "燃料作原料", "原料品种", "石脑油")
    yield process("g07", "燃料作原料", "原料用量", used, "吨")
    yield process("g07", "燃料作原料", "固碳率", naphtha["carbon_stored_fraction"], "比例")
    oxides = {
        "氧化钙含量": "CaO",
        "氧化镁含量": "MgO",
        "非碳酸盐氧化钙含量": "nonCarbCaO",
        "非碳酸盐氧化镁含量": "nonCarbMgO",
    }
    for parameter, key in oxides.items():
        yield process("g10", kilns["二号窑"], parameter, given[key], "比例", 项目="二号窑")
    yield process("g10", "石灰", "石灰产量", given["lime_t"], "吨")
    water, _, _ = golden("G12")
    yield from wastewater("g12", water["CH4_recovered_kg"])
    # A recovery that cannot be read takes its whole group out, and nothing of other groups.
    yield from wastewater("bad", "约95000")
    yield process("bad", "石灰", "石灰产量", 100, "吨")
    yield process("g14", "废物焚烧", "废物种类", "危险废物")
    yield process("g14", "废物焚烧", "焚烧量", golden("G14")[0]["waste_t"], "吨")
    effect, _, _ = golden("G27")
    inside = effect["old"]["annual_t"]
    for name, co2 in (("g27_old", inside), ("g27_new", effect["new"]["annual_t"] - inside)):
        yield lime_of(name, co2, 年份=effect["year"])
    yield lime_of("g32", golden("G32")[0]["tCO2"])
    # One product in two forms.
    yield process("twice", "水泥熟料", "熟料产量", 1000, "吨")
    yield process("steel", "钢铁碳平衡法", "焦炭投入量", 5000, "吨")
    yield process("steel", "钢铁碳平衡法", "粗钢产出量", 9000, "吨")


def supplies() -> Iterator[Row]:
    given, _, _ = golden("G17")
    a = given["A"]
    row = {"受方代码": code("g17_b"), "受方名称": zh("g17_b"), "年份": YEAR}
    direct = {**row, "供应方式": "直供", "电源类型": "化石"}
    for name, energy, amount, unit, contract in (
        ("g17_plant", "电力", a["export_to_B_kWh"], "千瓦时", None),
        ("g17_heat", "热力", a["heat_to_B_GJ"], "百万千焦", given["EF_heat_contract_t_GJ"]),
    ):
        yield {
            **direct,
            "供方代码": code(name),
            "供方名称": zh(name),
            "载体": energy,
            "数量": str(amount),
            "计量单位": unit,
            "合同排放因子": None if contract is None else str(contract),
        }
    yield {
        **row,
        "受方代码": code("g30"),
        "受方名称": zh("g30"),
        "供应方式": "绿电交易",
        "电源类型": "非化石",
        "载体": "电力",
        "数量": str(g30_energy()["electricity"]),
        "计量单位": "千瓦时",
    }


def metered() -> Iterator[Row]:
    own = exact(31_000) / TCE_PER_KWH
    yield {
        **who("g15"),
        "排污许可证编号": permit_no("g15", "001P"),
        "年份": YEAR,
        "能源名称": "电力",
        "计量单位": "千瓦时",
        "消费量": str(six(own)),
    }


def bills() -> Iterator[Row]:
    """A year of one meter, a part of it green; of another meter's customer a month is missing."""
    for name, months in (("billed", 12), ("g33", 11)):
        for month in range(1, months + 1):
            yield {
                "户号": name,
                "计量点编号": "1",
                "用电户名称": zh(name),
                "统一社会信用代码": code(name),
                "用电地址": "甲路1号",
                "年月": f"{YEAR}{month:02}",
                "电量/合计": "1000",
                "电量/其中绿电": "250" if month > 6 else None,
            }


def steam() -> Iterator[Row]:
    """A year of steam in tonnes, with the enthalpy of the contract (G09)."""
    given, _, _ = golden("G09")
    tonnes = [int(given["steam_t"]) // 12] * 12
    tonnes[0] += int(given["steam_t"]) - sum(tonnes)
    for month, amount in enumerate(tonnes, start=1):
        yield {
            "户号": "g09",
            "计量点编号": "1",
            "用热户名称": zh("g09"),
            "统一社会信用代码": code("g09"),
            "用热地址": "甲路1号",
            "年月": f"{YEAR}{month:02}",
            "介质": "蒸汽",
            "供热量": str(amount),
            "计量单位": "吨",
            "蒸汽参数/焓值": str(given["enthalpy_kJ_kg"]),
        }


def deliveries() -> dict[str, list[Row]]:
    """The rows of each source, by header."""
    return {
        "permit_register": list(permits()),
        "business_register": list(registered()),
        "unit_register": units(),
        "site_energy": list(metered()),
        "return_205_1": list(returns_205_1()),
        "return_205_2": list(returns_205_2()),
        "process_return": list(processes()),
        "output_return": [
            {**who("twice"), "年份": YEAR, "产品名称": "水泥熟料", "计量单位": "吨", "产量": "1000"}
        ],
        "energy_exchange": list(supplies()),
        "control_total": list(control_totals()),
        "sector_weight": list(weights()),
        "census_revision": list(revisions()),
        "park_annual": [park_returns(), *park_annual()],
        "grid_supply": list(bills()),
        "heat_supply": list(steam()),
    }


def files(folder: Path) -> Iterator[tuple[SourceDeclaration, Path]]:
    """Every delivery as a file."""
    for source_id, rows in deliveries().items():
        yield load_source(source_id), table(load_source(source_id), rows, folder / source_id)
    for source_id, shapes in layers().items():
        yield load_source(source_id), layer(load_source(source_id), shapes, folder / source_id)


@cache
def computed() -> dict[str, pl.DataFrame]:
    """Every table of one run over all cases; a process computes it once."""
    with TemporaryDirectory(prefix="parkledger-golden-") as name:
        folder = Path(name)
        settings = Settings(home=folder / "lake", landing=name)
        found = [*reference_deliveries(), *(Found(source, path) for source, path in files(folder))]
        archived = pl.concat([archive_delivery(settings.archive, item) for item in found])
        return recompute(settings.archive, merge(Delivery.empty_frame(), archived), settings)
