"""Control totals of cities within those of their province (METHOD 4.3, tier T5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from assets.boundaries.divisions import counties
from assets.energy.control import ControlTotalError
from quality.contracts.weights import REST, CityQuantity

_CELL = ["year", "province_code", "block", "book_sector", "book_fuel"]
_SERIES = ["area_code", "year", "book_sector"]


def is_city(code: str) -> pl.Expr:
    """Whether a code of GB/T 2260 is that of a prefecture."""
    return pl.col(code).str.ends_with("00") & ~pl.col(code).str.ends_with("0000")


def city_of(code: str) -> pl.Expr:
    """The prefecture of a division code."""
    return pl.concat_str(pl.col(code).str.slice(0, 4), pl.lit("00"))


def city_quantities(found: pl.DataFrame) -> pl.DataFrame:
    """`core.city_quantity` from the control totals that are of cities, in canonical units."""
    return CityQuantity.conform(
        found.with_columns(
            pl.col("province_code").alias("city_code"),
            pl.concat_str(pl.col("province_code").str.slice(0, 2), pl.lit("0000")).alias(
                "province_code"
            ),
        )
    )


def sites_of_cities(
    sites: pl.DataFrame, weights: pl.DataFrame, attribution: pl.DataFrame
) -> pl.DataFrame:
    """`site_id, city_code` of the given sites: by their point, else by a park that the weights
    of a city name. A site of which neither is known is in no city.
    """
    pointed = sites.filter(pl.col("lon").is_not_null())
    county = counties().containing(pointed["lon"].to_numpy(), pointed["lat"].to_numpy())
    by_point = pointed.select(
        "site_id", pl.Series("county", county, dtype=pl.String).alias("county")
    ).select("site_id", city_of("county").alias("city_code"))
    named = weights.filter(is_city("area_code")).select(
        pl.col("place_code").alias("place_id"), pl.col("area_code").alias("city_code")
    )
    by_park = (
        attribution.filter(
            (pl.col("basis") == "operating")
            & (pl.col("series") == "actual")
            & (pl.col("weight_point") > 0)
        )
        .join(sites.select("site_id"), on="site_id", how="semi")
        .join(named.unique(), on="place_id")
        .select("site_id", "city_code")
        .unique("site_id")
    )
    found = by_point.drop_nulls()
    return pl.concat([found, by_park.join(found, on="site_id", how="anti")])


def with_cities(
    cells: pl.DataFrame,
    cities: pl.DataFrame,
    weights: pl.DataFrame,
    measured: pl.DataFrame,
    site_cities: pl.DataFrame,
) -> pl.DataFrame:
    """Cells of provinces less those of their cities, and these, each with its `area_code`.

    `cells` of `open_cells`, `cities` are rows of `core.city_quantity`; a city's cell of which
    the city has no weights is not used. `remainder` is what is not measured; `within` names the
    province's cell that a city's is part of. Raises ControlTotalError (CT1) where a province has
    no such cell, where more is measured in a city than it has, and where cities have more than is
    left of the province.
    """
    provinces = cells.with_columns(
        pl.col("province_code").alias("area_code"), pl.lit(None, pl.String).alias("within")
    )
    weighed = weights.select(pl.col("area_code").alias("city_code"), "year", "book_sector")
    used = cities.join(weighed.unique(), on=["city_code", "year", "book_sector"], how="semi")
    if used.is_empty():
        return provinces
    returned = (
        measured.join(site_cities, on="site_id")
        .group_by(*_CELL, "city_code")
        .agg(pl.col("quantity").sum().alias("measured"))
    )
    opened = (
        used.join(
            cells.select(*_CELL, pl.col("control_id").alias("within"), "remainder").rename(
                {"remainder": "of_province"}
            ),
            on=_CELL,
            how="left",
        )
        .join(returned, on=[*_CELL, "city_code"], how="left")
        .with_columns(
            (pl.col("quantity") - pl.col("measured").fill_null(0))
            .cast(pl.Decimal(38, 6))
            .alias("remainder")
        )
        .with_columns(pl.col("remainder").sum().over("within").alias("of_cities"))
    )
    for row in opened.sort("control_id").iter_rows(named=True):
        if wrong := _wrong(row):
            named = f"{row['city_code']} {row['year']} {row['book_sector']} {row['book_fuel']}"
            raise ControlTotalError(f"CT1: {named}: {wrong} ({row['control_id']})")
    taken = opened.group_by("within").agg(pl.col("remainder").sum().alias("of_cities"))
    left = (
        provinces.join(taken, left_on="control_id", right_on="within", how="left")
        .with_columns(
            (pl.col("remainder") - pl.col("of_cities").fill_null(0))
            .cast(pl.Decimal(38, 6))
            .alias("remainder")
        )
        .drop("of_cities")
    )
    inner = opened.with_columns(pl.col("city_code").alias("area_code"))
    return pl.concat([left, inner.select(left.columns)])


def _wrong(row: Mapping[str, Any]) -> str | None:
    """What is wrong with a city's cell, with the numbers."""
    unit = row["canonical_unit"]
    if row["of_province"] is None:
        return "a total of the city, and none of its province; expected both"
    if row["remainder"] < 0:
        return f"measured {row['measured']} {unit} exceeds the total of the city {row['quantity']}"
    if row["of_cities"] > row["of_province"]:
        return (
            f"cities have {row['of_cities']} {unit} that is not measured, and the province "
            f"{row['of_province']}"
        )
    return None


def outside_cities(
    placed: pl.DataFrame, weights: pl.DataFrame, parks: pl.DataFrame
) -> pl.DataFrame:
    """`placed` places and weights of cells, those of provinces without what their cities have.

    Of a province's cell of which cities have cells, parks in these cities take no part, and the
    rest weighs what the province as a whole has beside these cities and the parks outside of
    them. Where a city's weights are of another kind, caliber or vintage that cannot be told, and
    what the cities leave is not shared out. Raises ControlTotalError (CAL1) where cities weigh more
    than their province.
    """
    inner = placed.filter(pl.col("within").is_not_null()).select(
        pl.col("within").alias("control_id"), pl.col("area_code").alias("city_code")
    )
    carved = inner.unique()
    if carved.is_empty():
        return placed
    caliber = ["kind_zh", "firms_zh", "weight_vintage"]
    series = weights.group_by(*_SERIES, *caliber).agg(pl.col("weight").sum())
    of_cities = (
        carved.join(placed.select("control_id", "year", "book_sector").unique(), on="control_id")
        .join(
            series.rename({"area_code": "city_code", "weight": "city_weight"}),
            on=["city_code", "year", "book_sector"],
        )
        .group_by("control_id", *caliber)
        .agg(pl.col("city_weight").sum(), pl.len().alias("cities"))
    )
    number = carved.group_by("control_id").len("all_cities")
    whole = placed.join(number, on="control_id").join(
        of_cities, on=["control_id", *caliber]
    ).filter(pl.col("cities") == pl.col("all_cities"))  # fmt: skip
    named = weights.select(
        pl.col("area_code").alias("city_code"), "year", "book_sector", "place_code"
    ).filter(pl.col("place_code") != REST)
    by_point = parks.filter(pl.col("division_code").is_not_null()).select(
        pl.col("park_id").alias("place_code"), city_of("division_code").alias("city_code")
    )
    within = pl.concat(
        [
            carved.join(named, on="city_code").select("control_id", "place_code"),
            carved.join(by_point, on="city_code").select("control_id", "place_code"),
        ]
    ).unique()
    total = whole.with_columns(pl.col("weight").sum().over("control_id").alias("all_weight"))
    kept = total.join(within, on=["control_id", "place_code"], how="anti")
    is_rest = pl.col("place_code") == REST
    parks_kept = pl.when(~is_rest).then("weight").otherwise(0).sum().over("control_id")
    rest = (pl.col("all_weight") - pl.col("city_weight") - parks_kept).cast(pl.Decimal(38, 6))
    weighed = kept.with_columns(pl.when(is_rest).then(rest).otherwise("weight").alias("weight"))
    negative = weighed.filter(pl.col("weight") < 0)
    if negative.height:
        row = negative.sort("control_id").row(0, named=True)
        raise ControlTotalError(
            f"CAL1: {row['area_code']} {row['year']} {row['book_sector']}: cities weigh "
            f"{row['city_weight']} {row['weight_unit']} and the province {row['all_weight']} with "
            "the parks outside of them: expected one statistic for both"
        )
    return pl.concat(
        [
            placed.join(number, on="control_id", how="anti"),
            weighed.select(placed.columns),
        ]
    )
