"""Steam billed in tonnes, as heat by the enthalpy that the bill or contract states."""

from __future__ import annotations

from fractions import Fraction

import polars as pl

from assets.inventory.factors import steam_heat_gj
from assets.inventory.methods.book import FactorBook
from quality.contracts.process import WasteFactor
from quality.contracts.reference import ProcessFactor
from quality.exact import decimal6

FEEDWATER = "feedwater_enthalpy_20C"


def is_converted() -> pl.Expr:
    """Whether a row of `accepted.heat_supply` is steam in tonnes of a stated enthalpy.

    Nothing is worked out from temperature and pressure: wet steam has the same.
    """
    tonnes = (pl.col("medium_zh") == "蒸汽") & (pl.col("unit_zh") == "吨")
    return tonnes & pl.col("enthalpy_kj_kg").is_not_null()


def heat_of_steam(bills: pl.DataFrame, factors: pl.DataFrame) -> pl.DataFrame:
    """`accepted.heat_supply` in which steam in tonnes of a stated enthalpy is heat in GJ.

    t x (h - h_feedwater) / 1000, rounded once to 6 decimals (METHOD 2.5, G09); the enthalpy of the
    feedwater is that of `factors` (`accepted.heat_factor`). `conversion_confidence` is its
    confidence, empty for rows that stay as delivered. Raises MissingFactor for a table without it.
    """
    untouched = bills.with_columns(pl.lit(None, pl.String).alias("conversion_confidence"))
    steam = untouched.filter(is_converted())
    if steam.is_empty():
        return untouched
    book = FactorBook(ProcessFactor.empty_frame(), WasteFactor.empty_frame(), factors)
    feedwater = book.value("heat_factor", FEEDWATER, unit="kJ/kg")
    heat = [
        decimal6(steam_heat_gj(Fraction(tonnes), Fraction(enthalpy), feedwater.value))
        for tonnes, enthalpy in steam.select("quantity", "enthalpy_kj_kg").iter_rows()
    ]
    converted = steam.with_columns(
        pl.Series("quantity", heat, dtype=bills.schema["quantity"]),
        pl.lit("吉焦").alias("unit_zh"),
        *(
            pl.lit(source.confidence).alias("conversion_confidence")
            for source in feedwater.sources.values()
        ),
    )
    return pl.concat([untouched.join(steam, on="source_row_id", how="anti"), converted])
