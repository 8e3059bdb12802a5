"""Effective factors: t of gas per canonical unit, each derived once in exact arithmetic."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

import polars as pl

from quality.contracts.core import EmissionFactor, EnergyCoefficient
from quality.contracts.reference import CONFIDENCE
from quality.exact import decimal12, plain

# Precedence (METHOD 2.2); a triple is taken from one set, never mixed.
SET_RANK = {"PG2025": 1, "RAWCOAL-FALLBACK": 1, "NDRC24": 2, "PG2011": 3, "IPCC2006": 4}
_CO2_PER_C = Fraction(44, 12)
_GJ_PER_TCE = Fraction("29.3076")
# Product factors by set: what the parameter of `accepted.ippu_factor` is called.
_PRODUCTS = {
    ("clinker", "CN"): ("EF China",),
    ("clinker", "IPCC"): ("EF tier1 excl. CKD", "CKD correction"),
    ("lime", "CN"): ("EF China",),
    ("lime", "IPCC"): ("EF IPCC tier1",),
}
# Bases of electricity factors: the kind of factor they make, and its set.
_GRID_KINDS = {
    "average": ("electricity", "MEE"),
    "ex_market_nonfossil": ("electricity_market", "MEE-market"),
    "ZCP2025_grid_power": ("electricity_zcp", "ZCP-2025"),
    "ZCP2025_green_power": ("electricity_nonfossil", "ZCP-2025"),
}
_HEAT_KINDS = {"heat_default_fossil": "heat", "heat_nonfossil": "heat_nonfossil"}
_SUPPORTED_UNITS = {"GJ/t": "t", "GJ/1e4Nm3": "1e4Nm3"}


# A row of `core.emission_factor` and the rows that it rests on, by role.
FactorRow = tuple[dict[str, Any], dict[str, str]]


class FactorError(ValueError):
    """A factor is missing or in a unit that has no conversion."""


def combustion_co2(ncv: Fraction, cc: Fraction, of: Fraction) -> Fraction:
    """t CO2 per unit of fuel: NCV [GJ/unit] x CC [tC/TJ] / 1000 x OF x 44/12 (METHOD 2.2, G01)."""
    return ncv * cc / 1000 * of * _CO2_PER_C


def combustion_nonco2(ncv: Fraction, kg_per_tj: Fraction) -> Fraction:
    """t of gas per unit of fuel: NCV [GJ/unit] / 1000 [TJ] x EF [kg/TJ] / 1000 (METHOD 2.2)."""
    return ncv / 1000 * kg_per_tj / 1000


def steam_heat_gj(
    steam_t: Fraction, enthalpy_kj_kg: Fraction, feedwater_kj_kg: Fraction
) -> Fraction:
    """Heat of steam in GJ: t x (h - h_feedwater) / 1000 (METHOD 2.5, G09)."""
    return steam_t * (enthalpy_kj_kg - feedwater_kj_kg) / 1000


def worst(confidences: list[str]) -> str:
    """The weakest of several confidences."""
    return max(confidences, key=CONFIDENCE.index)


def emission_factors(
    fuels: pl.DataFrame,
    nonco2: pl.DataFrame,
    electricity: pl.DataFrame,
    heat: pl.DataFrame,
    processes: pl.DataFrame,
    measured: Iterable[FactorRow] = (),
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`core.emission_factor` and the source rows (`item_id, role, source_row_id`) of each.

    `measured` are those of fuel that a return measured (`assets.inventory.variants`).
    Raises FactorError for a unit without conversion.
    """
    rows: list[dict[str, Any]] = []
    sources: list[dict[str, str]] = []

    def add(row: dict[str, Any], parts: dict[str, str]) -> None:
        rows.append(row)
        sources.extend(
            {"item_id": row["factor_id"], "role": role, "source_row_id": source}
            for role, source in parts.items()
        )

    for triple in triples(fuels):
        for row, parts in fuel_factors(triple, nonco2):
            add(row, parts)
    for row, parts in measured:
        add(row, parts)
    for grid in electricity.filter(pl.col("basis").is_in(list(_GRID_KINDS))).iter_rows(named=True):
        add(*_grid_factor(grid))
    for item in heat.filter(pl.col("item").is_in(list(_HEAT_KINDS))).iter_rows(named=True):
        add(*_heat_factor(item))
    parameters = {
        (row["process"], row["parameter"]): row for row in processes.iter_rows(named=True)
    }
    for (product, factor_set), names in _PRODUCTS.items():
        known = [parameters[product, name] for name in names if (product, name) in parameters]
        if len(known) == len(names):
            add(*_product_factor(product, factor_set, known))
    frame = pl.DataFrame(rows, infer_schema_length=None)
    return EmissionFactor.conform(frame), pl.DataFrame(sources)


def triples(fuels: pl.DataFrame) -> list[dict[str, Any]]:
    """NCV, CC and OF of one fuel and one set, with their rows.

    A set that lacks one of the three for a fuel has no factor for it: parts of two sets
    are never put together (four fuels of IPCC2006 have no NCV there).
    """
    triples: dict[tuple[str, str], dict[str, Any]] = {}
    for row in fuels.iter_rows(named=True):
        if row["factor_set"] in SET_RANK:
            key = (row["fuel_id"], row["factor_set"])
            triples.setdefault(key, {})[row["parameter"]] = row
    return [parts for _, parts in sorted(triples.items()) if len(parts) == 3]


def fuel_factors(triple: dict[str, Any], nonco2: pl.DataFrame) -> list[FactorRow]:
    """CO2 of a triple, and CH4 and N2O at its calorific value. Raises FactorError for its unit."""
    ncv_row, cc_row, of_row = triple["NCV"], triple["CC"], triple["OF"]
    if ncv_row["unit"] not in _SUPPORTED_UNITS:
        raise FactorError(
            f"{ncv_row['source_row_id']}: NCV in {ncv_row['unit']}; "
            f"expected {' or '.join(_SUPPORTED_UNITS)}"
        )
    unit = _SUPPORTED_UNITS[ncv_row["unit"]]
    ncv, cc, of = (Fraction(row["value"]) for row in (ncv_row, cc_row, of_row))
    fuel, factor_set = ncv_row["fuel_id"], ncv_row["factor_set"]
    n, c, o = (plain(row["value"]) for row in (ncv_row, cc_row, of_row))
    shared = {
        "kind": "fuel",
        "subject": fuel,
        "canonical_unit": unit,
        "factor_set": factor_set,
        "area_code": None,
        "year": ncv_row["year"],
        "variant": None,
        "rank": SET_RANK[factor_set],
    }
    co2 = decimal12(combustion_co2(ncv, cc, of))
    found = [
        (
            {
                **shared,
                "factor_id": f"fuel|{fuel}|CO2|{factor_set}",
                "use": "all",
                "gas": "CO2",
                "value": co2,
                "confidence": worst([r["confidence"] for r in (ncv_row, cc_row, of_row)]),
                "derivation": f"{n} GJ/{unit} × {c} tC/TJ ÷ 1000 × {o} × 44/12 "
                f"= {plain(co2)} t/{unit}",
            },
            {
                "NCV": ncv_row["source_row_id"],
                "CC": cc_row["source_row_id"],
                "OF": of_row["source_row_id"],
            },
        )
    ]
    for row in nonco2.filter(pl.col("fuel_group") == ncv_row["fuel_group"]).iter_rows(named=True):
        value = decimal12(combustion_nonco2(ncv, Fraction(row["value"])))
        found.append(
            (
                {
                    **shared,
                    "factor_id": f"fuel|{fuel}|{row['gas']}|{factor_set}|{row['use']}",
                    "use": row["use"],
                    "gas": row["gas"],
                    "value": value,
                    "confidence": worst([ncv_row["confidence"], row["confidence"]]),
                    "derivation": f"{n} GJ/{unit} ÷ 1000 × {plain(row['value'])} kg/TJ ÷ 1000 "
                    f"= {plain(value)} t/{unit}",
                },
                {"NCV": ncv_row["source_row_id"], "EF": row["source_row_id"]},
            )
        )
    return found


def _grid_factor(row: dict[str, Any]) -> FactorRow:
    value = decimal12(Fraction(row["value"]) / 1000)
    kind, factor_set = _GRID_KINDS[row["basis"]]
    # Grid regions have a name and no code.
    area = row["area_code"] or row["area_zh"]
    return (
        {
            "factor_id": f"{kind}|{area}|{row['year']}",
            "kind": kind,
            "subject": "electricity",
            "use": "all",
            "gas": "CO2",
            "value": value,
            "canonical_unit": "kWh",
            "factor_set": factor_set,
            "area_code": area,
            "year": row["year"],
            "confidence": row["confidence"],
            "derivation": f"{plain(row['value'])} kgCO2/kWh ÷ 1000 = {plain(value)} t/kWh",
            "variant": None,
            "rank": 1,
        },
        {"EF": row["source_row_id"]},
    )


def _product_factor(product: str, factor_set: str, parts: list[dict[str, Any]]) -> FactorRow:
    """t CO2 per t of a product: one published factor, or one times its correction."""
    value = Fraction(1)
    for row in parts:
        value *= Fraction(row["value"])
    shown = decimal12(value)
    alone = f"{plain(parts[0]['value'])} {parts[0]['unit']}"
    figures = " × ".join(plain(row["value"]) for row in parts)
    return (
        {
            "factor_id": f"process|{product}|{factor_set}",
            "kind": "process",
            "subject": product,
            "use": "all",
            "gas": "CO2",
            "value": shown,
            "canonical_unit": "t",
            "factor_set": factor_set,
            "area_code": None,
            "year": parts[0]["year"],
            "confidence": worst([row["confidence"] for row in parts]),
            "derivation": alone if len(parts) == 1 else f"{figures} = {plain(shown)} t/t",
            "variant": None,
            "rank": 1,
        },
        {
            ("EF" if place == 0 else row["parameter"]): row["source_row_id"]
            for place, row in enumerate(parts)
        },
    )


def _heat_factor(row: dict[str, Any]) -> FactorRow:
    return (
        {
            "factor_id": f"heat|{row['item']}",
            "kind": _HEAT_KINDS[row["item"]],
            "subject": "heat",
            "use": "all",
            "gas": "CO2",
            "value": row["value"],
            "canonical_unit": "GJ",
            "factor_set": "default",
            "area_code": None,
            "year": row["year"],
            "confidence": row["confidence"],
            "derivation": f"{plain(row['value'])} {row['unit']}",
            "variant": None,
            "rank": 1,
        },
        {"EF": row["source_row_id"]},
    )


def energy_coefficients(
    standard_coal: pl.DataFrame, fuels: pl.DataFrame, energies: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`core.energy_coefficient` (tce per canonical unit, 当量值) and its source rows.

    A published default coefficient comes first; a fuel without one takes NCV / 29.3076
    of its first-ranked set (METHOD 2.2). Ranges are not turned into a value.
    """
    published = {
        row["energy_id"]: row
        for row in standard_coal.iter_rows(named=True)
        if row["basis"] in ("default", "当量值")
    }
    ncvs: dict[str, dict[str, Any]] = {}
    for row in fuels.filter(pl.col("parameter") == "NCV").iter_rows(named=True):
        known = ncvs.get(row["fuel_id"])
        rank = SET_RANK.get(row["factor_set"])
        if rank and (known is None or rank < SET_RANK[known["factor_set"]]):
            ncvs[row["fuel_id"]] = row
    # kgce per kg, MJ or kWh to tce per t, GJ or kWh; per m3 to tce per 1e4 m3.
    scale = {"kgce/kg": Fraction(1), "kgce/MJ": Fraction(1), "kgce/kWh": Fraction(1, 1000)}
    scale["kgce/m3"] = Fraction(10)
    rows: list[dict[str, Any]] = []
    sources: list[dict[str, str]] = []
    named = energies.filter(pl.col("carrier") != "product").unique("energy_id").sort("energy_id")
    for energy in named.iter_rows(named=True):
        energy_id, unit = energy["energy_id"], energy["canonical_unit"]
        if energy_id in published:
            row = published[energy_id]
            value = decimal12(Fraction(row["value"]) * scale[row["unit"]])
            text = f"{plain(row['value'])} {row['unit']} = {plain(value)} tce/{unit}"
        elif energy_id in ncvs:
            row = ncvs[energy_id]
            value = decimal12(Fraction(row["value"]) / _GJ_PER_TCE)
            text = (
                f"{plain(row['value'])} {row['unit']} ÷ 29.3076 GJ/tce = {plain(value)} tce/{unit}"
            )
        else:
            raise FactorError(f"{energy_id}: neither a standard-coal coefficient nor an NCV")
        rows.append(
            {
                "energy_id": energy_id,
                "canonical_unit": unit,
                "tce_per_unit": value,
                "confidence": row["confidence"],
                "derivation": text,
            }
        )
        sources.append(
            {"item_id": energy_id, "role": "coefficient", "source_row_id": row["source_row_id"]}
        )
    return EnergyCoefficient.conform(pl.DataFrame(rows)), pl.DataFrame(sources)
