"""The park of G30: what its enterprise uses and what its committee returns."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any

from assets.inventory.equal_value import electricity_coefficients
from assets.inventory.factors import emission_factors, energy_coefficients
from tests.frames import facts
from tests.pipeline.golden_world import PARKS, RETURNED, YEAR, Row
from tests.shared_data import golden


def six(value: Fraction) -> Decimal:
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal("1e-6"))


def exact(value: Any) -> Fraction:
    return Fraction(str(value))


@cache
def g30_energy() -> dict[str, Decimal]:
    """Energy with the tce, the clean tce and the CO2 of the zero-carbon view of G30: green power
    for what is clean, and as much coal and LPG as give the rest and the CO2."""
    given, _, _ = golden("G30")
    energies, fuels = facts("energy"), facts("fuel_factor")
    table, _ = energy_coefficients(facts("standard_coal"), fuels, energies)
    tce = {row["energy_id"]: Fraction(row["tce_per_unit"]) for row in table.to_dicts()}
    others = ("combustion_nonco2", "electricity_factor", "heat_factor", "ippu_factor")
    factors, _ = emission_factors(fuels, *(facts(name) for name in others))
    best = factors.filter(kind="fuel", gas="CO2").sort("rank").unique("subject", keep="first")
    co2 = {row["subject"]: Fraction(row["value"]) for row in best.to_dicts()}
    rest = exact(given["energy_tce_equal_value"]) - exact(given["clean_tce"])
    coal, lpg = (co2[fuel] / tce[fuel] for fuel in ("bituminous", "lpg"))
    of_coal = (exact(given["CO2_t"]) - rest * lpg) / (coal - lpg)
    rate = electricity_coefficients(facts("electricity_equal_value")).filter(year=YEAR)
    return {
        "bituminous": six(of_coal / tce["bituminous"]),
        "lpg": six((rest - of_coal) / tce["lpg"]),
        "electricity": six(exact(given["clean_tce"]) / Fraction(rate["tce_per_unit"].item())),
    }


def park_annual() -> Iterator[Row]:
    given, _, _ = golden("G30")
    yield {
        "园区代码": RETURNED,
        "园区名称": PARKS[RETURNED][0],
        "年份": YEAR,
        "土地/规划面积": str(given["area_km2"] * 200),
        "土地/已开发面积": str(given["area_km2"] * 100),
        "产出/工业增加值": str(given["industrial_VA_1e4yuan"]),
        "能源消费量/原煤": str(g30_energy()["bituminous"] * 2),
        "能源消费量/电力": str(g30_energy()["electricity"] / 10_000),
        "能源消费量/综合": str(given["energy_tce_equal_value"]),
        "电力折标口径": "等价值",
        "统计口径/企业范围": "规上",
        "统计口径/边界类别": "核准",
        "统计口径/归属口径": "经营地",
        "数据方式": "实测",
    }
