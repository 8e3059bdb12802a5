"""Rules on supplies of electricity and heat: who supplies whom, and by what."""

from __future__ import annotations

import polars as pl

from assets.landing.rules.identity import person
from quality.quarantine import Rule


def exchange_rules() -> list[Rule]:
    """SUPPLIER, GREEN, CONTRACTEF and ID2 of `energy_exchange` (METHOD 2.5, 3).

    A direct line has a supplier other than the receiver; certificates are for non-fossil
    electricity; a contract factor is for fossil supply by a direct line, and would be of no use
    elsewhere. The grid has no name, so that the key of the table cannot see its repeats.
    """
    direct = pl.col("mode_zh") == "直供"
    fossil = pl.col("source_zh") == "化石"
    supplier = person("supplier_uscc_text", "supplier_zh")
    repeated = pl.struct(
        person(),
        supplier.fill_null("").alias("supplier"),
        "year",
        "energy_zh",
        "mode_zh",
        "source_zh",
    )
    return [
        Rule(
            "SUPPLIER",
            "error",
            "supplier_zh",
            direct & (pl.col("supplier_zh").is_null() | (supplier == person())),
            "直供须写供方名称，且供方不是受方自己",
            "a direct supply names its supplier, and that is not the receiver",
        ),
        Rule(
            "GREEN",
            "error",
            "source_zh",
            ~direct & (fossil | (pl.col("energy_zh") != "电力")),
            "绿证、绿电交易只能是非化石电力；热力请填直供",
            "certificates and green trades are for non-fossil electricity; heat comes directly",
        ),
        Rule(
            "CONTRACTEF",
            "error",
            "contract_ef",
            pl.col("contract_ef").is_not_null() & ~(direct & fossil),
            "合同排放因子只用于化石能源直供，其他方式不采用",
            "a contract factor is for fossil supply by a direct line only",
        ),
        Rule(
            "ID2",
            "error",
            "name_zh",
            repeated.is_duplicated(),
            "同一供受双方、年份、载体、供应方式、电源类型重复",
            "one supplier, receiver, year, carrier, mode and source twice",
        ),
    ]
