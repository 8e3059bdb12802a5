"""Exchange of electricity and heat between enterprises, parks, the grid and the outside."""

from __future__ import annotations

from quality.contracts.table import Factor, Quantity, Table, column, pedigree, source_row

# 直供: a line or pipe of its own; 绿证, 绿电交易: from the grid, certified green.
SUPPLY_MODES = ["直供", "绿证", "绿电交易"]
SUPPLY_SOURCES = ["化石", "非化石"]
EF_KINDS = ["plant", "contract", "nonfossil", "green"]


class EnergyExchange(Table):
    source_row_id: str = source_row()
    year: int = column("年份", "data year", ge=1980, le=2100)
    energy_zh: str = column("载体", "电力 or 热力", isin=["电力", "热力"])
    supplier_uscc_text: str = column("供方代码", "USCC of the supplier", nullable=True)
    supplier_zh: str = column("供方名称", "supplier; empty for the grid", nullable=True)
    uscc_text: str = column("受方代码", "USCC of the receiver", nullable=True)
    name_zh: str = column("受方名称", "receiver", str_length={"min_value": 1})
    mode_zh: str = column("供应方式", "how it is supplied", isin=SUPPLY_MODES)
    source_zh: str = column("电源类型", "fossil or not", isin=SUPPLY_SOURCES)
    supplied: Quantity = column("数量", "quantity, in the row's unit", gt=0)
    unit_zh: str = column("计量单位", "unit of the quantity")
    contract_ef: Factor = column(
        "合同排放因子", "t CO2 per MWh or GJ that both ends agreed on", nullable=True, ge=0
    )
    note_zh: str = column("备注", "note of the delivery", nullable=True)
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.energy_exchange",
            "key": ["year", "energy_zh", "supplier_zh", "name_zh", "mode_zh", "source_zh"],
            "partition": "year",
            "about": "One row a year's supply of electricity or heat to a receiver that is known.",
        }


class Exchange(Table):
    exchange_id: str = column("交换", "delivered row")
    year: int = column("年份", "data year")
    carrier: str = column("载体", "electricity or heat", isin=["electricity", "heat"])
    from_enterprise_id: str = column("供方", "supplier; empty: the grid", nullable=True)
    to_enterprise_id: str = column("受方", "receiver")
    quantity: Quantity = column("数量", "kWh or GJ", gt=0)
    canonical_unit: str = column("单位", "canonical unit")
    ef_kind: str = column("因子类别", "of the plant's own fuel, agreed on, or zero", isin=EF_KINDS)
    contract_ef: Factor = column("合同排放因子", "t CO2 per canonical unit", nullable=True)
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "core.exchange",
            "key": ["exchange_id"],
            "partition": "year",
            "about": "One row a supply between two known ends, in canonical units.",
        }


class ExchangePart(Table):
    activity_id: str = column("活动", "activity that the exchange made")
    exchange_id: str = column("交换", "exchange")
    year: int = column("年份", "data year")
    counterpart_enterprise_id: str = column("对方", "enterprise at the other end", nullable=True)
    factor_id: str = column("因子", "factor of the contract", nullable=True)

    class Config:
        metadata = {
            "table": "core.exchange_part",
            "key": ["activity_id"],
            "partition": "year",
            "about": "One row an activity that stands for an exchange, and its other end.",
        }
