"""Totals that parks return as a second margin beside the sectors of a province (METHOD 4.3, G19).

A park's total of a fuel is taken to be all that industry in the park used of it. What its
enterprises returned is taken off; the rest of it is final consumption of the sectors that have
weights.
"""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

import numpy as np
import polars as pl

from assets.energy.control import ControlTotalError
from assets.energy.fitting import MARGIN_GAP, MarginError, fit_margins
from assets.landing.rules.supply import PARK_CARRIERS, PER_COLUMN

FUEL = ["area_code", "year", "book_fuel"]
_TOTAL = ["province_code", "year", "book_fuel"]
# The member of a split that stands for the rest and the parks without a total.
OTHERS = ""
_EXACT = pl.Decimal(38, 6)
_SHARE = Decimal("0.000001")


def park_totals(
    returned: pl.DataFrame, energies: pl.DataFrame, parks: pl.DataFrame
) -> pl.DataFrame:
    """`province_code, year, book_fuel, place_id, total, total_row_id, total_pedigree`.

    From rows of `accepted.park_annual` whose energy is measured (数据方式 实测): an estimate of
    the committee may be made of the very weights. In canonical units. A code on two zones names
    none.
    """
    sole = parks.filter(pl.len().over("catalogue_code") == 1).select(
        "catalogue_code", "province_code", pl.col("park_id").alias("place_id")
    )
    fuels = energies.filter("represents_book_fuel").select("energy_id", "book_fuel")
    return (
        returned.filter(pl.col("measured_zh") == "实测")
        .join(sole, on="catalogue_code")
        .select(
            "province_code",
            "place_id",
            "year",
            pl.col("source_row_id").alias("total_row_id"),
            pl.col("pedigree").alias("total_pedigree"),
            *(
                (pl.col(name) * Decimal(int(PER_COLUMN.get(name, 1)))).cast(_EXACT).alias(energy)
                for name, energy in PARK_CARRIERS.items()
            ),
        )
        .unpivot(
            on=list(PARK_CARRIERS.values()),
            index=["province_code", "place_id", "year", "total_row_id", "total_pedigree"],
            variable_name="energy_id",
            value_name="total",
        )
        .filter(pl.col("total").is_not_null())
        .join(fuels, on="energy_id")
        .select(*_TOTAL, "place_id", "total", "total_row_id", "total_pedigree")
    )


def open_totals(
    totals: pl.DataFrame, measured: pl.DataFrame, located: pl.DataFrame, attribution: pl.DataFrame
) -> pl.DataFrame:
    """`park_totals` with the `total` less what enterprises of the park returned of the fuel.

    By the boundary class that places most in the park. A park that located plants give some of
    the fuel to has no total: how much of it they took is an estimate itself. Raises
    ControlTotalError (CT1) where returns exceed the total by 2 % or more.
    """
    held = attribution.filter(
        (pl.col("basis") == "operating")
        & (pl.col("series") == "actual")
        & (pl.col("weight_point") > 0)
    ).select("site_id", "place_id", "boundary_class", "year_from", "year_to", "weight_point")

    def within(activity: pl.DataFrame) -> pl.DataFrame:
        columns = ["site_id", "year", "book_fuel", "quantity"]
        placed = activity.select(columns).join(held, on="site_id")
        return placed.filter(pl.col("year").is_between("year_from", "year_to"))

    returned = (
        within(measured)
        .group_by("place_id", "year", "book_fuel", "boundary_class")
        .agg((pl.col("quantity") * pl.col("weight_point")).cast(_EXACT).sum().alias("returned"))
        .group_by("place_id", "year", "book_fuel")
        .agg(pl.col("returned").max())
    )
    found = (
        totals.join(within(located), on=["place_id", "year", "book_fuel"], how="anti")
        .join(returned, on=["place_id", "year", "book_fuel"], how="left")
        .with_columns((pl.col("total") - pl.col("returned").fill_null(0)).alias("left"))
    )
    over = found.filter(
        pl.col("left") < 0,
        pl.col("left").cast(pl.Float64) <= -MARGIN_GAP * pl.col("total").cast(pl.Float64),
    )
    if over.height:
        row = over.sort(*_TOTAL, "place_id").row(0, named=True)
        raise ControlTotalError(
            f"CT1: {row['place_id']} {row['year']} {row['book_fuel']}: enterprises returned "
            f"{row['returned']} and the park {row['total']} ({row['total_row_id']}): correct one "
            "of them, or withdraw the return of the park"
        )
    return found.with_columns(
        pl.max_horizontal("left", pl.lit(0)).cast(_EXACT).alias("total")
    ).drop("left", "returned")


def fitted_shares(sharing: pl.DataFrame) -> pl.DataFrame:
    """`control_id, member, weight`: how each control total is split between the parks that have
    a total and all others (`OTHERS`), so that both margins are met.

    `sharing` has a row a control total and open place: `control_id, place_id, weight, remainder`,
    `total` where the park has one, and area, year and fuel, within which all are fitted
    together. Raises ControlTotalError (CT1) where parks have 2 % more than the sectors, and where
    no table has both margins.
    """
    fitted = sharing.filter(pl.col("total").is_not_null().any().over(FUEL))
    rows: list[tuple[str, str, Decimal]] = []
    for key, group in fitted.group_by(FUEL, maintain_order=True):
        try:
            rows += _fit(group)
        except MarginError as error:
            raise ControlTotalError(
                f"CT1: {' '.join(str(part) for part in key)}: sectors with weights and totals of "
                f"parks: {error}"
            ) from error
    schema: dict[str, pl.DataType | type[pl.DataType]] = {
        "control_id": pl.String,
        "member": pl.String,
        "weight": _EXACT,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def _fit(group: pl.DataFrame) -> list[tuple[str, str, Decimal]]:
    sectors = dict(group.sort("control_id").select("control_id", "remainder").iter_rows())
    stated = group.filter(pl.col("total").is_not_null()).sort("place_id")
    totals = dict(stated.select("place_id", "total").iter_rows())
    book, parks = sum(sectors.values(), Decimal(0)), sum(totals.values(), Decimal(0))
    rest = book - parks
    if rest < 0:
        if -rest >= Decimal(str(MARGIN_GAP)) * book:
            raise MarginError(
                f"parks returned {parks} and the sectors have {book}; expected no more"
            )
        rest = Decimal(0)
    members = [*totals, OTHERS]
    place = {member: number for number, member in enumerate(members)}
    column = {control: number for number, control in enumerate(sectors)}
    seed = np.zeros((len(members), len(sectors)))
    weighed = group.sort("control_id", "place_id").select("control_id", "place_id", "weight")
    for control, name, weight in weighed.iter_rows():
        seed[place.get(name, place[OTHERS]), column[control]] += float(weight)
    wanted = np.array([float(value) for value in sectors.values()])
    # The seed is the sector's remainder by weight (METHOD 4.3); its scale does not matter, but
    # one sector must not weigh in yuan and the next in persons.
    seed *= wanted / seed.sum(axis=0)
    table = fit_margins(seed, wanted, np.array([*map(float, totals.values()), float(rest)]))
    shares = table / wanted * 1e6
    return [
        (control, member, _quantized(shares[place[member], column[control]]))
        for control in sectors
        for member in members
    ]


def _quantized(value: float) -> Decimal:
    return Decimal(value).quantize(_SHARE, rounding=ROUND_HALF_EVEN)
