"""Control totals of final consumption shared out to parks and the rest by sourced weights.

METHOD 4.3 (G18): x_ps = (X_s - sum measured_s) * w_ps / sum of w over unmeasured parks and rest.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from assets.energy.cities import outside_cities
from assets.energy.control import FLOWS
from assets.energy.margins import FUEL, OTHERS, fitted_shares
from assets.energy.split import split_exact
from assets.enterprises.coordinates import ancestors
from quality.contracts.core import AS_PARK, AS_REST
from quality.contracts.weights import REST, WEIGHT_KINDS, WEIGHT_UNITS, DownscaledPart
from warehouse.sql import run_sql

_SERIES = ["area_code", "year", "book_sector"]
_CELL = ["year", "province_code", "book_sector", "book_fuel"]

_CANONICAL = """
SELECT w.* EXCLUDE (pedigree, vintage), w.pedigree AS weight_pedigree,
       coalesce(w.vintage, '') AS weight_vintage,
       round(w.value * u.value, 6)::DECIMAL(38,6) AS weight, u.canonical_unit AS weight_unit
FROM accepted.sector_weight w
JOIN kind k USING (kind_zh)
JOIN accepted.unit u ON u.unit_zh = w.unit_zh AND u.canonical_unit = k.canonical_unit
"""


def usable_weights(weights: pl.DataFrame, units: pl.DataFrame, parks: pl.DataFrame) -> pl.DataFrame:
    """The one series of weights that each area, year and sector is shared out by.

    Rows of `accepted.sector_weight` with `weight, weight_unit` and `weight_vintage` (empty where
    none is stated). A series is of one kind, one caliber and one vintage, names a park and the
    rest, and is not all zeros; of several the first kind of METHOD 4.3 counts, and of that the
    one published last. Of a park in a park that is named too only the outer one counts, which
    holds the inner one.
    """
    kinds = pl.DataFrame({"kind_zh": WEIGHT_KINDS, "canonical_unit": list(WEIGHT_UNITS.values())})
    given = run_sql(
        _CANONICAL, {"accepted.sector_weight": weights, "accepted.unit": units, "kind": kinds}
    )
    series = [*_SERIES, "kind_zh", "firms_zh", "weight_vintage"]
    around = ancestors(parks).filter(pl.col("park_id") != pl.col("ancestor_id"))
    inner = (
        given.join(around, left_on="place_code", right_on="park_id")
        .join(
            given.select(*series, pl.col("place_code").alias("ancestor_id")),
            on=[*series, "ancestor_id"],
            how="semi",
        )
        .select("source_row_id")
    )
    is_rest = pl.col("place_code") == REST
    whole = is_rest.any().over(series) & (~is_rest).any().over(series)
    return (
        given.join(inner, on="source_row_id", how="anti")
        .filter(whole & (pl.col("weight").sum().over(series) > 0))
        .with_columns(pl.col("kind_zh").replace_strict(_PRECEDENCE).alias("rank"))
        .filter(pl.col("rank") == pl.col("rank").min().over(_SERIES))
        .filter(pl.col("weight_vintage") == pl.col("weight_vintage").max().over(_SERIES))
        .drop("rank")
    )


_PRECEDENCE = {kind: rank for rank, kind in enumerate(WEIGHT_KINDS)}


def measured_places(measured: pl.DataFrame, attribution: pl.DataFrame) -> pl.DataFrame:
    """`year, province_code, book_sector, book_fuel, place_id` of what returns cover.

    A place is measured where activity of a sector and fuel lies in it on the operating basis,
    by its boundary of any class: downscaled quantities are the same in all classes, and none
    may count beside a measurement.
    """
    held = attribution.filter(
        (pl.col("basis") == "operating")
        & (pl.col("series") == "actual")
        & (pl.col("weight_point") > 0)
    )
    return (
        measured.filter(pl.col("block") == "final")
        .select("site_id", *_CELL)
        .unique()
        .join(held.select("site_id", "place_id", "year_from", "year_to"), on="site_id")
        .filter(pl.col("year").is_between("year_from", "year_to"))
        .select(*_CELL, "place_id")
        .unique()
    )


def downscaled_parts(
    cells: pl.DataFrame,
    weights: pl.DataFrame,
    measured: pl.DataFrame,
    totals: pl.DataFrame,
    parks: pl.DataFrame,
    illustrative: Callable[[str], pl.Expr],
) -> pl.DataFrame:
    """`core.downscaled_part`: what falls to each park and the rest of the cells with weights.

    `cells` are control totals with the `remainder` that is not measured, of provinces and cities
    (`assets.energy.cities.with_cities`), `weights` of `usable_weights`, `measured` of
    `measured_places`, `totals` of `assets.energy.margins.open_totals`. Only final consumption is
    shared out so: power is made where its plants stand. Where parks of a province have a total of
    the fuel, its cells are fitted to both (G19), else each goes by weight (G18). The parts of a
    cell sum to its remainder exactly. `illustrative` says of a column of locators whether a row
    was made for demonstration. Raises ControlTotalError (CT1).
    """
    rest = pl.col("place_code") == REST
    placed = (
        cells.filter(pl.col("block") == "final")
        .rename({"source_row_id": "control_row_id"})
        .drop("quantity", "measured")
        .join(weights, on=_SERIES)
        .with_columns(
            pl.when(rest)
            .then(pl.format(f"{AS_REST}{{}}", "area_code"))
            .otherwise("place_code")
            .alias("place_id")
        )
        .join(measured.with_columns(measured=True), on=[*_CELL, "place_id"], how="left")
        .with_columns(pl.col("measured").fill_null(False))
    )
    placed = outside_cities(placed, weights, parks).filter(pl.col("remainder") > 0)
    # A cell of which no open place has any weight is not shared out.
    open_weight = pl.when(~pl.col("measured")).then("weight")
    shared_out = placed.filter(open_weight.sum().over("control_id") > 0)
    sharing = shared_out.filter(~pl.col("measured")).join(
        totals, on=["province_code", "year", "book_fuel", "place_id"], how="left"
    )
    # A park whose use is all in sectors without a weight has no part in the fit, nor one whose
    # use is fitted in two areas, some sectors in the city's and others in the province's.
    areas = pl.col("area_code").n_unique().over("place_id", "year", "book_fuel")
    weighs = pl.col("weight").sum().over(*FUEL, "place_id") > 0
    sharing = sharing.with_columns(
        pl.when(weighs & (areas == 1)).then(name).alias(name)
        for name in ("total", "total_row_id", "total_pedigree")
    )
    parts = sharing.join(_quantities(sharing), on=["control_id", "place_id"])
    fitted = pl.col("total_row_id").is_not_null().any().over(FUEL)
    city = pl.col("within").is_not_null()
    area_zh = pl.when(city).then(pl.lit("全市")).otherwise(pl.lit("全省"))
    by_weight = pl.format("{}分行业控制总量按{}（{}）分解", area_zh, "kind_zh", "firms_zh")
    everywhere = pl.concat([parts, shared_out.filter("measured")], how="diagonal")
    return DownscaledPart.conform(
        everywhere.with_columns(
            # Told by `assets.energy.non_energy`, from the whole book.
            pl.lit(None, pl.Decimal(38, 6)).alias("non_energy_pct"),
            pl.any_horizontal(
                illustrative(name)
                for name in ("source_row_id", "control_row_id", "census_from_row", "census_to_row")
            )
            .fill_null(False)
            .any()
            .over(pl.coalesce("within", "control_id"))
            .alias("illustrative"),
            illustrative("total_row_id").fill_null(False).any().over(FUEL).alias("of_total"),
            worse_of("pedigree", "weight_pedigree", "total_pedigree").alias("pedigree"),
            pl.when(city).then(pl.lit("T5")).otherwise(pl.lit("T6")).alias("tier"),
            pl.col("weight_vintage").replace("", None).alias("vintage"),
            pl.when(fitted)
            .then(pl.format("{}，并与园区能源总量两向拟合", by_weight))
            .otherwise(by_weight)
            .alias("method_zh"),
        ).with_columns((pl.col("illustrative") | pl.col("of_total")).alias("illustrative"))
    )


def _quantities(sharing: pl.DataFrame) -> pl.DataFrame:
    """`control_id, place_id, quantity` of open places.

    First between the parks with a total and all others, as both margins want it, then among
    the others by weight; without totals all are others.
    """
    is_other = pl.col("total").is_null()
    members = sharing.with_columns(
        pl.when(is_other).then(pl.lit(OTHERS)).otherwise("place_id").alias("member")
    )
    whole = members.select("control_id", "member", pl.col("remainder").alias("total")).unique()
    first = (
        whole.join(fitted_shares(sharing), on=["control_id", "member"], how="left")
        .with_columns(pl.col("weight").fill_null(1))
        .rename({"control_id": "split_id"})
    )
    divided = split_exact(first.select("split_id", "member", "total", "weight"))
    found = members.drop("total").join(
        divided.rename({"quantity": "total"}),
        left_on=["control_id", "member"],
        right_on=["split_id", "member"],
    )
    other = pl.col("member") == OTHERS
    weighed = found.filter(other & (pl.col("weight").sum().over("control_id", "member") > 0))
    among = split_exact(
        weighed.select(
            pl.col("control_id").alias("split_id"), pl.col("place_id").alias("member"),
            "total", "weight",
        )
    )  # fmt: skip
    return pl.concat(
        [
            found.filter(~other).select(
                "control_id", "place_id", pl.col("total").alias("quantity")
            ),
            among.rename({"split_id": "control_id", "member": "place_id"}),
        ]
    )


def worse_of(*pedigrees: str) -> pl.Expr:
    """The worst of several pedigrees, score by score; one that is null says nothing."""
    return pl.concat_str(
        pl.max_horizontal(pl.col(name).str.slice(place, 1) for name in pedigrees)
        for place in range(5)
    )


def downscaled_activity(
    parts: pl.DataFrame, control: pl.DataFrame, cities: pl.DataFrame
) -> pl.DataFrame:
    """Rows of `core.activity` for the parks and rests of cities of `core.downscaled_part`.

    With `within`, the control total of the province that a row is taken from; what is left of
    that is the rest of the province, which has its own rows.
    """
    rest = pl.col("place_id").str.starts_with(AS_REST)
    site = pl.when(rest).then("place_id").otherwise(pl.format(f"{AS_PARK}{{}}", "place_id"))
    of_province = control.select(*_CELL, "block", pl.col("control_id").alias("within"))
    every = pl.concat([control, cities.select(control.columns)])
    return (
        parts.filter(pl.col("quantity") > 0)
        .select(
            "control_id", "place_id", "quantity", "method_zh", "tier", "illustrative", "pedigree"
        )
        .join(every.drop("quantity", "pedigree"), on="control_id")
        .filter(pl.col("place_id") != pl.format(f"{AS_REST}{{}}", "province_code"))
        .join(of_province, on=[*_CELL, "block"])
        .with_columns(
            site.alias("site_id"),
            site.alias("enterprise_id"),
            pl.format("{}|{}", "control_id", site).alias("activity_id"),
            pl.col("carrier").replace_strict(FLOWS, default="direct").alias("flow"),
            # What weights are worth is the tier's doubt.
            pl.lit(None, pl.Int64).alias("allocation_u95_pct"),
            pl.lit(None, pl.String).alias("conversion_confidence"),
        )
    )
