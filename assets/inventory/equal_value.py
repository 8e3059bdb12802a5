"""Electricity in standard coal at its equal value (等价值): the coal rate of the data year."""

from __future__ import annotations

import polars as pl

from assets.inventory.edges import cells_of
from quality.contracts.energy import ElectricityCoefficient
from quality.exact import plain


def electricity_coefficients(equal_values: pl.DataFrame) -> pl.DataFrame:
    """`core.electricity_coefficient` from `accepted.electricity_equal_value`, rows `等价值 …`.

    kgce a kWh of a data year becomes tce a kWh (METHOD 4.1, G03). Raises ValueError for a year
    with two values: which of them holds is not ours to say.
    """
    rows = equal_values.filter(
        pl.col("basis").str.starts_with("等价值") & pl.col("year_text").str.contains(r"^\d{4}$")
    ).sort("year_text", "basis")
    twice = rows.filter(pl.col("year_text").is_duplicated())
    if twice.height:
        year, bases = twice["year_text"][0], ", ".join(twice["basis"])
        raise ValueError(f"{year}: 等价值 of electricity given as {bases}; expected one a year")
    made = []
    for row in rows.iter_rows(named=True):
        tce = row["value"] / 1000
        text = f"{row['basis']} {row['year_text']}: {plain(row['value'])} {row['unit']}"
        made.append(
            {
                "year": int(row["year_text"]),
                "tce_per_unit": tce,
                "confidence": row["confidence"],
                "derivation": f"{text} = {plain(tce)} tce/kWh",
                "source_row_id": row["source_row_id"],
            }
        )
    if not made:
        return ElectricityCoefficient.empty_frame()
    return ElectricityCoefficient.conform(pl.DataFrame(made))


def coefficient_sources(coefficients: pl.DataFrame) -> pl.DataFrame:
    """Edges from the coefficient of a year to its cell."""
    named = coefficients.with_columns(pl.format("electricity|{}", "year").alias("item_id"))
    return cells_of(
        named, "coefficient", "item_id", "electricity_equal_value", {"coefficient": "value"}
    )
