"""The ledger: one line, one gas, one mass."""

from __future__ import annotations

from quality.contracts.core import TIERS
from quality.contracts.profiles import FLOWS, GASES
from quality.contracts.reference import CONFIDENCE
from quality.contracts.table import Factor, Quantity, Table, column

SOURCE_CATEGORIES = [
    "energy_combustion",
    "energy_transformation_power",
    "energy_transformation",
    "fugitive",
    "industrial_process",
    "waste",
    "captured",
    "purchased_electricity",
    "purchased_heat",
    "exported_electricity",
    "exported_heat",
]


class Line(Table):
    line_id: str = column("分录", "activity, gas and factor set")
    year: int = column("年份", "data year")
    activity_id: str = column("活动", "activity the line rests on")
    site_id: str = column("场所", "site")
    source_category: str = column("源类别", "source category", isin=SOURCE_CATEGORIES)
    flow: str = column("流向", "how the views weigh it", isin=FLOWS)
    energy_id: str = column("能源", "energy, product or method")
    gas: str = column("气体", "gas", isin=GASES)
    factor_id: str = column("因子", "effective factor")
    quantity: Quantity = column("数量", "quantity in the canonical unit")
    factor_value: Factor = column("因子值", "t of gas per canonical unit")
    mass_t: Quantity = column("质量", "mass of the gas, rounded once", unit="t")
    profiles: str = column("方法", "method profiles that count the line, `;` between")
    tier: str = column("数据层级", "data tier", isin=TIERS)
    confidence: str = column(
        "可信度",
        "confidence of the factor, or of a constant behind the quantity where that is weaker",
        isin=CONFIDENCE,
    )
    factor_flag: str = column("因子标记", "warning on the factor (EF1, EF2)", nullable=True)
    illustrative: bool = column("示意", "made for demonstration, not official")

    class Config:
        metadata = {
            "table": "ledger.line",
            "key": ["line_id"],
            "partition": "year",
            "about": "One row an activity, gas and factor: quantity times effective factor.",
        }
