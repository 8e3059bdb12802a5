"""Core: energy of enterprises on its way to their sites (METHOD 1.6)."""

from __future__ import annotations

from quality.contracts.reference import CONFIDENCE, conversion_confidence
from quality.contracts.table import Factor, Quantity, Table, column, pedigree

OWN_KINDS = ["metered", "billed", "branch_return"]
BILL_STATUS = [
    "used",
    "unknown_customer",
    "not_convertible",
    "no_site",
    "several_sites",
    "incomplete",
    "site_energy",
    "tenants",
]
SHARED_BY = ["single", "capacity", "output", "employees", "floor_area", "equal", "none"]


class ElectricityCoefficient(Table):
    year: int = column("数据年", "data year; one of another year is not taken for it")
    tce_per_unit: Factor = column(
        "等价折标系数", "tce per kWh, 等价值: coal rate of the year", unit="tce", gt=0
    )
    confidence: str = column("可信度", "how far the value can be trusted", isin=CONFIDENCE)
    derivation: str = column("推导", "the arithmetic in figures")
    source_row_id: str = column("来源行", "row of the value")

    class Config:
        metadata = {
            "table": "core.electricity_coefficient",
            "key": ["year"],
            "about": "One row a data year: standard coal of a kWh at its equal value (等价值).",
        }


class SiteQuantity(Table):
    source_row_id: str = column("来源行", "meter reading, a bill, or return of a branch")
    kind: str = column(
        "类别", "metered at a site, billed to it, or returned by a branch", isin=OWN_KINDS
    )
    enterprise_id: str = column("企业", "enterprise that consumed it")
    site_id: str = column("场所", "site of the meter; empty for a return", nullable=True)
    year: int = column("年份", "data year")
    energy_id: str = column("能源", "energy")
    canonical_unit: str = column("单位", "canonical unit")
    carrier: str = column("类别", "kind", isin=["fuel", "electricity", "heat", "product"])
    book_fuel: str = column("平衡表能源", "fuel of the energy book", nullable=True)
    quantity: Quantity = column("数量", "quantity in the canonical unit", ge=0)
    conversion_confidence: str = conversion_confidence()
    pedigree: str = pedigree()
    meter_owner_id: str = column("计量户", "another that owns the meter", nullable=True)
    covered_by: str = column(
        "所属报表行", "return of the legal person that holds it too", nullable=True
    )

    class Config:
        metadata = {
            "table": "core.site_quantity",
            "key": ["source_row_id", "covered_by"],
            "partition": "year",
            "about": "One row a quantity that a site or branch states itself; what covers it "
            "holds only the rest.",
        }


class BillYear(Table):
    energy_id: str = column("能源", "electricity or heat")
    account_no: str = column("户号", "account number of the customer")
    meter_point: str = column("计量点编号", "metering point")
    year: int = column("年份", "data year")
    customer_id: str = column("用户", "enterprise that the bills name")
    site_id: str = column("场所", "site that the point is of, where it can be told", nullable=True)
    canonical_unit: str = column("单位", "canonical unit")
    quantity: Quantity = column(
        "账单合计", "sum of the months there; empty without a conversion", nullable=True, ge=0
    )
    green_quantity: Quantity = column("其中绿电", "of it traded as green power", ge=0)
    tenants_quantity: Quantity = column(
        "租户用量",
        "what site_energy gives to others behind the customer's meters, taken off once",
        ge=0,
    )
    months: int = column("月数", "months with a bill", ge=1, le=12)
    missing_zh: str = column("缺月", "months without one; empty: none")
    status: str = column("状态", "used, or why not", isin=BILL_STATUS)
    reason_zh: str = column("理由", "the reason in words")
    conversion_confidence: str = conversion_confidence()
    illustrative: bool = column("示意", "made for demonstration, not official")
    source_row_id: str = column("来源行", "the first of its bills")
    source_row_ids: str = column("全部来源行", "all of them, joined by `;`")
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "core.bill_year",
            "key": ["energy_id", "account_no", "meter_point", "year", "customer_id"],
            "partition": "year",
            "about": "One row a metering point of a supplier, year and customer: whether its bills "
            "are a site's own data.",
        }


class Allocation(Table):
    source_row_id: str = column("来源行", "return that is shared out")
    enterprise_id: str = column("企业", "legal person of the return")
    year: int = column("年份", "data year")
    energy_id: str = column("能源", "energy or product")
    total: Quantity = column("合计", "returned quantity, canonical unit", ge=0)
    own_data: Quantity = column("场所自有数据", "stated by sites and branches", ge=0)
    offices: Quantity = column("办公", "default of offices by staff", ge=0)
    remainder: Quantity = column("余量", "shared out among production sites", ge=0)
    excess: Quantity = column(
        "超出", "by which sites and branches state more than the return", ge=0
    )
    shared_by: str = column("分配依据", "what the remainder is shared by", isin=SHARED_BY)
    sites: int = column("场所数", "sites that the remainder goes to", ge=0)
    status: str = column(
        "状态",
        "ok; within 2 %: the sum of the sites stands; exceeds: more than 2 % above the return",
        isin=["ok", "within_2pct", "exceeds"],
    )

    class Config:
        metadata = {
            "table": "core.allocation",
            "key": ["source_row_id"],
            "partition": "year",
            "about": "One row a return: total + excess = own data + offices + remainder.",
        }


class Contradiction(Table):
    source_row_id: str = column("来源行", "delivered row that the rule names")
    rule_id: str = column("规则", "rule", isin=["EX1", "EX2", "EX3", "TR1", "TR2", "FS1"])
    enterprise_id: str = column("企业", "whose return says otherwise")
    year: int = column("年份", "data year")
    energy_id: str = column("能源", "energy")
    stated: Quantity = column("所述数量", "what the one says; of EX2 fuel weights")
    expected: Quantity = column("应有数量", "what the other says")
    reason_zh: str = column("原因", "reason, and what was done, in Chinese")
    reason_en: str = column("原因（英）", "reason, and what was done, in English")

    class Config:
        metadata = {
            "table": "core.contradiction",
            "key": ["source_row_id", "rule_id", "energy_id"],
            "partition": "year",
            "about": "One row a delivered figure that another delivery contradicts.",
        }
