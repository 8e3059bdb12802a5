"""Rules of single sources (METHOD 5): errors quarantine a row, warnings flag it."""

from __future__ import annotations

import polars as pl

from assets.enterprises.uscc import valid
from assets.landing.geometry_rules import point_rules, polygon_rules
from quality.quarantine import Rule

# Reference tables that the rules of a source need.
NEEDS: dict[str, list[str]] = {
    "return_205_1": ["accepted.unit", "accepted.energy", "core.energy_coefficient"],
    "output_return": ["accepted.unit", "accepted.energy"],
}


def rules_for(source_id: str, reference: dict[str, pl.DataFrame]) -> list[Rule]:
    """The rules of a source; `reference` holds the tables that NEEDS names for it."""
    if source_id == "return_205_1":
        return [
            *_uscc_rules(),
            _repeated_by_name("energy_zh"),
            *_unit_rules(reference, "energy_zh", product=False),
            *_balance_rules(),
            *_standard_coal_rules(reference),
        ]
    if source_id == "output_return":
        return [
            *_uscc_rules(),
            _repeated_by_name("product_zh"),
            *_unit_rules(reference, "product_zh", product=True),
        ]
    if source_id == "permit_register":
        return [*_uscc_rules(), *point_rules()]
    if source_id in {"business_register", "cn_register"}:
        return _uscc_rules()
    if source_id == "park_boundary":
        return polygon_rules()
    return []


def _repeated_by_name(item: str) -> Rule:
    """ID2 for rows without a checked USCC: then the name is what identifies them."""
    unchecked = ~valid(pl.col("uscc_text"))
    name = pl.when(unchecked).then(pl.col("name_zh"))
    return Rule(
        "ID2",
        "error",
        "name_zh",
        unchecked & pl.struct(name, "year", item).is_duplicated(),
        f"无有效代码且主键重复（name_zh、year、{item}）",
        f"no checked USCC and key repeated (name_zh, year, {item})",
    )


def _uscc_rules() -> list[Rule]:
    code = pl.col("uscc_text")
    claimed = code.str.len_chars() == 18
    return [
        Rule(
            "ID1",
            "warning",
            "uscc_text",
            claimed & ~valid(code),
            "统一社会信用代码校验位不符（GB 32100）：代码不采用，行保留",
            "USCC fails the check of GB 32100: the code is not used, the row is kept",
        ),
        Rule(
            "ID1m",
            "warning",
            "uscc_text",
            code.is_null() | ~claimed,
            "无 18 位统一社会信用代码：行保留",
            "no USCC of 18 characters: the row is kept",
        ),
    ]


def _unit_rules(reference: dict[str, pl.DataFrame], name: str, *, product: bool) -> list[Rule]:
    """Unit and name are known, belong together, and the name is what the form asks for.

    A mine's output of raw coal is no fuel burnt; clinker is no energy consumed.
    """
    units = reference["accepted.unit"]
    energies = reference["accepted.energy"]
    pairs = energies.join(units, on="canonical_unit").select(
        pl.concat_str("energy_zh", pl.lit("|"), "unit_zh").alias("pair")
    )
    known_unit = pl.col("unit_zh").is_in(units.get_column("unit_zh").to_list())
    known_name = pl.col(name).is_in(energies.get_column("energy_zh").to_list())
    pair = pl.concat_str(pl.col(name), pl.lit("|"), pl.col("unit_zh"))
    expected = energies.filter((pl.col("carrier") == "product") == product)
    of_this_form = pl.col(name).is_in(expected.get_column("energy_zh").to_list())
    return [
        Rule(
            "FORM",
            "error",
            name,
            known_name & ~of_this_form,
            "此表填产品，不填能源" if product else "此表填能源，不填产品",
            "this form lists products, not energies"
            if product
            else "this form lists energies, not products",
        ),
        Rule(
            "UNIT",
            "error",
            "unit_zh",
            ~known_unit,
            "计量单位未知：在 assets/reference/unit.csv 中登记",
            "unknown unit: add it to assets/reference/unit.csv",
        ),
        Rule(
            "ENERGY",
            "error",
            name,
            ~known_name,
            "名称未知：在 assets/reference/energy.csv 中登记",
            "unknown name: add it to assets/reference/energy.csv",
        ),
        Rule(
            "UNITPAIR",
            "error",
            "unit_zh",
            known_unit & known_name & ~pair.is_in(pairs.get_column("pair").to_list()),
            "计量单位与名称不配",
            "the unit does not belong to the name",
        ),
    ]


def balance_gap(opening: str = "opening") -> tuple[pl.Expr, pl.Expr]:
    """Gap and relative gap of `opening + purchases + own = consumption + sales + closing`.

    METHOD 2.1 (G04). The relative gap is null where there is no supply.
    """

    def q(name: str) -> pl.Expr:
        return pl.col(name).cast(pl.Float64).fill_null(0.0)

    supply = q(opening) + q("purchased") + q("own_production")
    gap = supply - q("consumption") - q("sold") - q("closing")
    return gap, pl.when(supply > 0).then(gap.abs() / supply)


def _balance_rules() -> list[Rule]:
    _, relative = balance_gap()
    return [
        Rule(
            "EN2",
            "error",
            "raw_material",
            pl.col("raw_material") > pl.col("consumption"),
            "用于原材料的数量大于消费量合计",
            "used as raw material more than was consumed",
        ),
        Rule(
            "EN1e",
            "error",
            "consumption",
            relative > 0.05,
            "收支不平衡，差额超过 5%",
            "stock balance open by more than 5 %",
        ),
        Rule(
            "EN1w",
            "warning",
            "consumption",
            (relative > 0.01) & (relative <= 0.05),
            "收支不平衡，差额超过 1%",
            "stock balance open by more than 1 %",
        ),
        Rule(
            "EN5",
            "warning",
            "energy_zh",
            pl.col("energy_zh") == "原煤",
            "原煤未分煤种：采用统一的后备参数",
            "raw coal not split into ranks: the fallback triple is used",
        ),
    ]


def _standard_coal_rules(reference: dict[str, pl.DataFrame]) -> list[Rule]:
    per_unit = (
        reference["accepted.energy"]
        .join(reference["core.energy_coefficient"], on=["energy_id", "canonical_unit"])
        .join(reference["accepted.unit"], on="canonical_unit", suffix="_unit")
        .select(
            pl.concat_str("energy_zh", pl.lit("|"), "unit_zh").alias("pair"),
            (pl.col("tce_per_unit").cast(pl.Float64) * pl.col("value").cast(pl.Float64)).alias("k"),
        )
    )
    factors = dict(per_unit.iter_rows())
    pair = pl.concat_str(pl.col("energy_zh"), pl.lit("|"), pl.col("unit_zh"))
    recomputed = pl.col("consumption").cast(pl.Float64) * pair.replace_strict(
        factors, default=None, return_dtype=pl.Float64
    )
    off = pl.when(recomputed > 0).then(
        (pl.col("reported_tce").cast(pl.Float64) - recomputed).abs() / recomputed
    )
    return [
        Rule(
            "EN4e",
            "error",
            "reported_tce",
            off > 0.1,
            "折标准煤与重算值相差超过 10%：先核对单位与当量值/等价值",
            "reported standard coal is off by more than 10 %: check unit and 当量值/等价值 first",
        ),
        Rule(
            "EN4w",
            "warning",
            "reported_tce",
            (off > 0.02) & (off <= 0.1),
            "折标准煤与重算值相差超过 2%",
            "reported standard coal is off by more than 2 %",
        ),
    ]
