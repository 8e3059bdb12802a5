"""`CEADS-implied`: the factors that pairs of energy book and published inventory imply.

The ratio of a published cell to what its sector burnt is the factor that was used for it. The
cells of a fuel, for coals of a fuel and group of sectors, agree on it but for the rounding of
the published figures; cells that are apart (a province that books its fuel elsewhere) do not
move it. Derived from published results, so the confidence is `project`.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import polars as pl

from assets.inventory.ceads.errors import CeadsError
from assets.inventory.ceads.names import COALS, FUELS, RAW_COAL
from assets.inventory.ceads.quantities import CELL, published, used_quantities
from quality.contracts.ceads import ImpliedFactor, ImpliedGroup
from quality.exact import decimal12, plain

FACTOR_SET = "CEADS-implied"
# Ratios with seven digits agree to 1e-6; the nearest two factors of a coal are 4e-3 apart.
AGREE = 1e-5
_DIGITS = 7
# Emissions are kept to 1e-6 t: from here on that is 1e-8 of one.
_LEAST_T = 100
# A value that so many cells of a year share, in two provinces, is a factor and no slip.
_SHARED = 0.25


def pair_years(energy: pl.DataFrame, emissions: pl.DataFrame) -> list[int]:
    """Years of which both an energy book and a published inventory are delivered."""
    return sorted(set(energy.get_column("year")) & set(emissions.get_column("year")))


def pairs_in_words(energy: pl.DataFrame, emissions: pl.DataFrame) -> str:
    """Which years are pairs and which lack their other half; says so where there is no pair."""
    books, inventories = (sorted(set(f.get_column("year"))) for f in (energy, emissions))
    pairs = pair_years(energy, emissions)
    said = [
        f"pairs of energy book and inventory: {_listed(pairs)}"
        if pairs
        else "no pair of energy book and inventory: no implied factor, nothing is compared"
    ]
    alone = {
        "books without inventory": set(books) - set(pairs),
        "inventories without book": set(inventories) - set(pairs),
    }
    said += [f"{what}: {_listed(sorted(years))}" for what, years in alone.items() if years]
    if not pairs:
        said.append("deliver ceads_energy and ceads_emissions of one year")
    return "; ".join(said)


def _listed(years: list[int]) -> str:
    return ", ".join(map(str, years))


def implied_groups(energy: pl.DataFrame, emissions: pl.DataFrame) -> pl.DataFrame:
    """`core.implied_group`: sectors whose raw-coal cells agree on one factor (key book_sector).

    A sector without two agreeing cells has no group. Raises CeadsError for a sector with two
    factors. Empty without a pair of years.
    """
    return _groups(_cells(energy, emissions))


def implied_factors(energy: pl.DataFrame, emissions: pl.DataFrame) -> pl.DataFrame:
    """`core.implied_factor`: one factor a fuel, for coals one a fuel and group of sectors.

    In: `accepted.ceads_energy`, `accepted.ceads_emission`. The value is the median of the ratios
    that agree (the lower of the middle two), from exact arithmetic to 12 decimals, t CO2 per
    canonical unit (t, or 1e4 m3 as booked). Raises CeadsError where cells share two factors.
    Empty without a pair of years: `pairs_in_words` says why.
    """
    cells = _cells(energy, emissions)
    groups = _groups(cells).select("book_sector", "sector_group")
    coal = pl.col("book_fuel").is_in(COALS)
    grouped = cells.join(groups, on="book_sector", how="left").with_columns(
        pl.when(coal).then("sector_group").alias("sector_group")
    )
    usable = grouped.filter(~coal | pl.col("sector_group").is_not_null())
    found = [
        _factor(key, *agreed) for key, agreed in _agreed(usable, ["book_fuel", "sector_group"])
    ]
    if not found:
        return ImpliedFactor.empty_frame()
    return ImpliedFactor.conform(pl.DataFrame(found, infer_schema_length=None))


def _cells(energy: pl.DataFrame, emissions: pl.DataFrame) -> pl.DataFrame:
    """Cells of the pairs with enough digits on both sides, and the ratio of the two."""
    years = pair_years(energy, emissions)
    burnt = (
        used_quantities(energy.filter(pl.col("year").is_in(years)))
        .group_by(CELL)
        .agg(
            pl.col("quantity").sum().cast(pl.Decimal(38, 12)),
            pl.col("canonical_unit").first(),
        )
        .filter(pl.col("quantity") > 0)
    )
    digits = (
        pl.col("published_t")
        .cast(pl.String)
        .str.replace(".", "", literal=True)
        .str.strip_chars("0")
        .str.len_chars()
    )
    given = published(emissions.filter(pl.col("year").is_in(years))).filter(
        pl.col("book_fuel").is_in(FUELS) & (pl.col("published_t") >= _LEAST_T) & (digits >= _DIGITS)
    )
    return burnt.join(given, on=CELL).with_columns(
        (pl.col("published_t").cast(pl.Float64) / pl.col("quantity").cast(pl.Float64)).alias(
            "ratio"
        )
    )


def _groups(cells: pl.DataFrame) -> pl.DataFrame:
    raw = cells.filter(pl.col("book_fuel") == RAW_COAL)
    found = [
        (key["book_sector"], _exact(_median(agreeing)), agreeing.height)
        for key, (agreeing, _) in _agreed(raw, ["book_sector"])
    ]
    rows: list[dict[str, Any]] = []
    last, group = Decimal(0), ""
    for sector, value, count in sorted(found, key=lambda row: (row[1], row[0])):
        if not group or value > last * (1 + Decimal(str(AGREE))):
            group = f"RC-{value:.5f}"
        last = value
        rows.append(
            {
                "book_sector": sector,
                "sector_group": group,
                "raw_coal_factor": value,
                "cells": count,
            }
        )
    return ImpliedGroup.conform(pl.DataFrame(rows)) if rows else ImpliedGroup.empty_frame()


def _agreed(
    cells: pl.DataFrame, by: list[str]
) -> list[tuple[dict[str, Any], tuple[pl.DataFrame, pl.DataFrame]]]:
    """For each key the cells that agree on its factor, and all its cells.

    A key of which no two cells agree is left out: one cell alone would always meet itself.
    Raises CeadsError where a quarter of the cells of some year share another value, in more
    than one province.
    """
    found = []
    for values, mine in cells.sort(*by, "ratio", *CELL).group_by(by, maintain_order=True):
        key = dict(zip(by, values, strict=True))
        shared = _shared_values(mine)
        if shared.is_empty():
            continue
        low, high = shared.row(0, named=True), shared.row(-1, named=True)
        if high["ratio"] > low["ratio"] * (1 + AGREE):
            name = ", ".join(str(v) for v in values if v is not None)
            raise CeadsError(
                f"{name}: two factors, {_told(low)} and {_told(high)}; expected one: withdraw the "
                "inventory or the book of the year that differs"
            )
        near = pl.col("ratio").is_between(low["ratio"] / (1 + AGREE), high["ratio"] * (1 + AGREE))
        found.append((key, (mine.filter(near), mine)))
    return found


def _told(shared: dict[str, Any]) -> str:
    return f"{shared['ratio']:.6g} ({shared['cells']} cells of {_listed(shared['years'])})"


def _shared_values(cells: pl.DataFrame) -> pl.DataFrame:
    """Values that enough cells share, by value: `ratio, cells, years`; in: cells sorted by ratio.

    Enough: two, in two provinces where there are two, and a quarter of the cells of some year.
    """
    step = pl.col("ratio") > pl.col("ratio").shift(1) * (1 + AGREE)
    runs = cells.with_columns(
        step.fill_null(value=False).cum_sum().alias("run"), pl.len().over("year").alias("of_year")
    )
    yearly = runs.group_by("run", "year").agg((pl.len() / pl.col("of_year").first()).alias("share"))
    enough = min(2, cells.get_column("province_en").n_unique())
    return (
        runs.group_by("run")
        .agg(
            pl.col("ratio").median(),
            pl.len().alias("cells"),
            pl.col("year").unique().sort().alias("years"),
            pl.col("province_en").n_unique().alias("provinces"),
        )
        .join(yearly.group_by("run").agg(pl.col("share").max()), on="run")
        .filter(
            (pl.col("cells") >= 2) & (pl.col("share") >= _SHARED) & (pl.col("provinces") >= enough)
        )
        .sort("ratio")
    )


def _median(agreeing: pl.DataFrame) -> dict[str, Any]:
    """The cell in the middle, the lower of two; in: cells sorted by ratio."""
    return agreeing.row((agreeing.height - 1) // 2, named=True)


def _exact(cell: dict[str, Any]) -> Decimal:
    return decimal12(Fraction(cell["published_t"]) / Fraction(cell["quantity"]))


def _factor(key: dict[str, Any], agreeing: pl.DataFrame, cells: pl.DataFrame) -> dict[str, Any]:
    middle = _median(agreeing)
    value = _exact(middle)
    fuel, group, unit = key["book_fuel"], key["sector_group"], middle["canonical_unit"]
    units = set(agreeing.get_column("canonical_unit"))
    if len(units) > 1:
        raise CeadsError(f"{fuel}: booked in {' and '.join(sorted(units))}; expected one of them")
    ends = (agreeing.row(0, named=True)["ratio"], agreeing.row(-1, named=True)["ratio"])
    spread = max(abs(end / float(value) - 1) for end in ends) * 100
    years = sorted(set(agreeing.get_column("year")))
    return {
        "factor_id": "|".join(filter(None, ["fuel", fuel, "CO2", FACTOR_SET, group])),
        "factor_set": FACTOR_SET,
        "kind": "effective",
        "subject": fuel,
        "sector_group": group,
        "gas": "CO2",
        "value": value,
        "canonical_unit": unit,
        "cells": cells.height,
        "cells_agreeing": agreeing.height,
        "spread_pct": Decimal(f"{spread:.12f}"),
        "years": ";".join(map(str, years)),
        "confidence": "project",
        "derivation": f"median of {agreeing.height} agreeing ratios of {cells.height} "
        f"({_listed(years)}), within {spread:.1e} % of it: {middle['province_en']} "
        f"{middle['year']}, {middle['book_sector']}: {plain(middle['published_t'])} t ÷ "
        f"{plain(middle['quantity'])} {unit} = {plain(value)} t/{unit}",
        "cell_id": "|".join(["CEADS", *(str(middle[name]) for name in CELL)]),
        "source_row_id": middle["source_row_id"],
        "source_column": middle["source_column"],
    }
