"""Located capacity of the country by year: coal units, gas plants and steel works, in parks or not.

Of steel works the capacity is located and nothing more: no fuel of the book is shared out by
it, for what the tracker leaves out of the sector has no weight (METHOD 4.3).
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from assets.boundaries.divisions import counties
from assets.energy.operating import whether_operating
from assets.enterprises.coordinates import ancestors
from assets.enterprises.plants import located_plants
from assets.enterprises.records.registers import APPROXIMATE_M, EXACT_M
from assets.enterprises.sites import permits_of
from quality.contracts.coverage import LocatedPlant
from warehouse.step import Frames

_MT = 1_000_000
# Words of the steel tracker for a capacity that runs, ran, or stands still.
_STEEL_STATUS = {
    "operating": "operating",
    "operating pre-retirement": "operating",
    "retired": "retired",
    "mothballed": "mothballed",
}


def steel_points(plants: pl.DataFrame) -> pl.DataFrame:
    """Points of the steel works of China, as `core.membership` takes them.

    Columns `site_id` (`GEM:<plant>`), `lon, lat, point_precision_m`.
    """
    latitude, longitude = (
        pl.col("coordinates_text")
        .str.split(",")
        .list.get(place, null_on_oob=True)
        .str.strip_chars()
        .cast(pl.Float64, strict=False)
        for place in (0, 1)
    )
    return (
        plants.filter(pl.col("country") == "China")
        .unique("plant_id", keep="first", maintain_order=True)
        .select(
            pl.format("GEM:{}", "plant_id").alias("site_id"),
            longitude.alias("lon"),
            latitude.alias("lat"),
            pl.when(pl.col("coordinate_accuracy") == "exact")
            .then(EXACT_M)
            .otherwise(APPROXIMATE_M)
            .alias("point_precision_m"),
        )
    )


def chance_in_parks(
    memberships: pl.DataFrame, parks: pl.DataFrame, year: int, classes: Sequence[str]
) -> pl.DataFrame:
    """`site_id, boundary_class, in_parks`: the chance to lie in any park, where it is above 0.

    By the versions valid at the end of the year. A park in a park is the outer one; chances of
    parks that overlap add up to 1 at most.
    """
    end = pl.date(year, 12, 31)
    outermost = ancestors(parks).filter(pl.col("level") == 0)
    return (
        memberships.filter(
            pl.col("boundary_class").is_in(list(classes))
            & (pl.col("valid_from") <= end)
            & (pl.col("valid_to").is_null() | (pl.col("valid_to") >= end))
            & (pl.col("probability") > 0)
        )
        .join(outermost.select("park_id", "ancestor_id"), on="park_id")
        .group_by("site_id", "boundary_class", "ancestor_id")
        .agg(pl.col("probability").max())
        .group_by("site_id", "boundary_class")
        .agg(
            pl.min_horizontal(pl.col("probability").sort().sum(), 1.0)
            .round(6)
            .cast(pl.Decimal(38, 6))
            .alias("in_parks")
        )
    )


def located_capacity(t: Frames, classes: Sequence[str]) -> pl.DataFrame:
    """`core.located_plant` for the years of the control totals.

    Reads what `located_plants` reads, `core.site`, the steel tracker, `core.membership` and
    `core.park`. A capacity that is no number stays empty; the plant counts all the same.
    """
    plants = pl.concat([_generating(t), _steel(t)], how="diagonal")
    years = pl.concat(
        [t["accepted.control_total"].select("year"), t["accepted.ceads_energy"].select("year")]
    )
    found = [LocatedPlant.empty_frame()]
    for year in years.to_series().unique().sort().to_list():
        chances = chance_in_parks(t["core.membership"], t["core.park"], year, classes)
        axes = pl.DataFrame({"boundary_class": classes}, schema={"boundary_class": pl.String})
        found.append(
            LocatedPlant.arrange(
                whether_operating(plants, [year])
                .join(axes, how="cross")
                .join(chances, on=["site_id", "boundary_class"], how="left")
                .with_columns(pl.col("in_parks").fill_null(0).cast(pl.Decimal(38, 6)))
            )
        )
    return pl.concat(found)


def _generating(t: Frames) -> pl.DataFrame:
    modelled = t["accepted.gem_coal_unit"].select(
        "unit_id",
        (pl.col("annual_mtco2") * _MT).cast(pl.Decimal(38, 6)).alias("tracker_co2_t"),
        pl.col("capacity_factor").alias("tracker_load"),
    )
    province = t["core.site"].select("site_id", pl.col("province_code").alias("site_province"))
    plants = located_plants(t, permits_of(t)).join(province, on="site_id", how="left")
    return _in_county(
        plants.join(modelled, on="unit_id", how="left").with_columns(
            pl.col("fuel").alias("kind"),
            pl.coalesce("site_province", "province_code").alias("province_code"),
            pl.col("capacity_mw").alias("capacity"),
            pl.lit("MW").alias("capacity_unit"),
        )
    )


def _steel(t: Frames) -> pl.DataFrame:
    plants = t["accepted.gem_steel_plant"]
    names = t["accepted.province_name"].select(pl.col("name_en").alias("province"), "province_code")
    rows = (
        t["accepted.gem_steel_capacity"]
        .filter(pl.col("country") == "China")
        .with_columns(pl.col("status").replace_strict(_STEEL_STATUS, default=None))
        .filter(pl.col("status").is_not_null())
        .unique(["plant_id", "status"], keep="first", maintain_order=True)
        .join(
            plants.select("plant_id", "province", "retired_text").unique("plant_id"),
            on="plant_id",
            how="left",
        )
        .join(names, on="province", how="left")
        .with_columns(pl.format("GEM:{}", "plant_id").alias("site_id"))
        .join(steel_points(plants), on="site_id", how="left")
    )
    return _in_county(
        rows.with_columns(
            pl.format("{}:{}", "site_id", "status").alias("unit_id"),
            pl.lit("steel").alias("kind"),
            pl.coalesce("plant_name_local", "plant_name").alias("name_zh"),
            pl.col("crude_steel_kt_text").cast(pl.Decimal(38, 6), strict=False).alias("capacity"),
            pl.lit("kt/a").alias("capacity_unit"),
            _year("start_text").alias("start_year"),
            pl.when(pl.col("status") == "retired")
            .then(_year("retired_text"))
            .alias("retired_year"),
        )
    )


def _year(text: str) -> pl.Expr:
    """A year, or that of a day; else unknown."""
    return pl.col(text).str.extract(r"^(\d{4})(?:\.0|-\d{2}-\d{2})?$", 1).cast(pl.Int64)


def _in_county(plants: pl.DataFrame) -> pl.DataFrame:
    """Plants with the county-level division of today that their point lies in."""
    known = counties()
    names = dict(zip(known.codes, known.names, strict=True))
    pointed = plants.filter(pl.col("lon").is_not_null()).select("lon", "lat").unique()
    codes = known.containing(pointed["lon"].to_numpy(), pointed["lat"].to_numpy())
    found = pointed.with_columns(
        pl.Series("county_code", codes, dtype=pl.String),
        pl.Series("county_zh", [names.get(code or "") for code in codes], dtype=pl.String),
    )
    return plants.join(found, on=["lon", "lat"], how="left")
