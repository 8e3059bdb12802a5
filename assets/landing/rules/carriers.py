"""What names and units of energies and products mean to the rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from assets.inventory.factors import SET_RANK
from quality.quarantine import Rule

Tables = Mapping[str, pl.DataFrame]
_UNIT_OF = {"GJ/t": "t", "GJ/1e4Nm3": "1e4Nm3"}


def listed(reference: Tables) -> pl.DataFrame:
    """`energy_zh, energy_id, canonical_unit, carrier` of the names in the energy list."""
    return reference["accepted.energy"].select(
        "energy_zh", "energy_id", "canonical_unit", "carrier"
    )


def listed_and_fuels(reference: Tables) -> pl.DataFrame:
    """As `listed`, and every fuel that has factors, by its name with or without its bracket.

    Transformation makes fuels that nobody buys (coke-oven gas, tar), so the energy list of
    form 205-1 does not hold them.
    """
    energies = listed(reference)
    fuels = (
        reference["accepted.fuel_factor"]
        .filter(pl.col("parameter") == "NCV")
        .select(
            pl.concat_list("fuel_zh", pl.col("fuel_zh").str.replace(r"\(.*\)$", "")).alias(
                "energy_zh"
            ),
            pl.col("fuel_id").alias("energy_id"),
            pl.col("unit").replace_strict(_UNIT_OF, default=None).alias("canonical_unit"),
            pl.lit("fuel").alias("carrier"),
        )
        .explode("energy_zh")
        .drop_nulls("canonical_unit")
        .unique("energy_zh", maintain_order=True)
    )
    return pl.concat([energies, fuels.join(energies, on="energy_zh", how="anti")])


def pair(name: str, unit: str = "unit_zh") -> pl.Expr:
    """Name and unit of a row as one text, the key of the dictionaries below."""
    return pl.concat_str(pl.col(name), pl.lit("|"), pl.col(unit))


def canonical_of(names: pl.DataFrame, units: pl.DataFrame) -> dict[str, float]:
    """`name|unit` to canonical units of the energy in one delivered unit."""
    joined = names.join(units, on="canonical_unit").select(
        pl.concat_str("energy_zh", pl.lit("|"), "unit_zh"), pl.col("value").cast(pl.Float64)
    )
    return dict(joined.iter_rows())


def looked_up(key: pl.Expr, values: Mapping[str, float]) -> pl.Expr:
    """The value of each key; null where there is none."""
    return key.replace_strict(dict(values), default=None, return_dtype=pl.Float64)


@dataclass(frozen=True)
class Content:
    """Default contents of one canonical unit, by name: energy in GJ, carbon in t C."""

    gj: dict[str, float]
    carbon: dict[str, float]


def contents(names: pl.DataFrame, fuels: pl.DataFrame) -> Content:
    """NCV and carbon of each name from the set that ranks first (METHOD 2.2).

    NCV and carbon content are taken from one set. Electricity and heat hold no carbon.
    """
    sets: dict[str, dict[str, dict[str, float]]] = {}
    for row in fuels.filter(pl.col("factor_set").is_in(list(SET_RANK))).iter_rows(named=True):
        by_set = sets.setdefault(row["fuel_id"], {}).setdefault(row["factor_set"], {})
        by_set[row["parameter"]] = float(row["value"])
    best: dict[str, dict[str, float]] = {}
    for fuel, found in sets.items():
        whole = [name for name, values in found.items() if {"NCV", "CC"} <= set(values)]
        if whole:
            best[fuel] = found[min(whole, key=SET_RANK.__getitem__)]
    gj: dict[str, float] = {}
    carbon: dict[str, float] = {}
    for name, energy_id, unit, _ in names.iter_rows():
        if unit in ("kWh", "GJ"):
            gj[name], carbon[name] = {"kWh": 0.0036, "GJ": 1.0}[unit], 0.0
        elif energy_id in best:
            values = best[energy_id]
            gj[name] = values["NCV"]
            carbon[name] = values["NCV"] * values["CC"] / 1000
    return Content(gj, carbon)


def unknown_unit(known: pl.Expr) -> Rule:
    """UNIT: a unit that no conversion is known for."""
    return Rule(
        "UNIT",
        "error",
        "unit_zh",
        ~known,
        "计量单位未知：在 assets/reference/unit.csv 中登记",
        "unknown unit: add it to assets/reference/unit.csv",
    )


def unit_rules(
    names: pl.DataFrame, units: pl.DataFrame, name: str, *, product: bool = False
) -> list[Rule]:
    """Unit and name are known, belong together, and the name is what the form asks for.

    A mine's output of raw coal is no fuel burnt; clinker is no energy consumed.
    """
    pairs = list(canonical_of(names, units))
    known_unit = pl.col("unit_zh").is_in(units.get_column("unit_zh").to_list())
    known_name = pl.col(name).is_in(names.get_column("energy_zh").to_list())
    expected = names.filter((pl.col("carrier") == "product") == product)
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
        unknown_unit(known_unit),
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
            known_unit & known_name & ~pair(name).is_in(pairs),
            "计量单位与名称不配",
            "the unit does not belong to the name",
        ),
    ]
