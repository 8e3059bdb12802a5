"""Generating plants and units of trackers: where they stand, whose they are, when they ran."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assets.boundaries.divisions import provinces
from assets.energy.operating import RAN
from assets.enterprises.identity import identify, resolve
from assets.enterprises.records.registers import APPROXIMATE_M, EXACT_M, REGISTERS
from warehouse.step import Frames

# Fuels of `accepted.wri_plant` that the row of natural gas of a book is burnt as.
_GAS = ["Natural Gas", "Gas"]
_OUTSIDE_BOOKS = ["710000", "810000", "820000"]
_STEEL = "iron & steel"
_COLUMNS: dict[str, Any] = {
    "source_row_id": pl.String,
    "entity_id": pl.String,
    "enterprise_id": pl.String,
    "name_zh": pl.String,
    "unit_id": pl.String,
    "fuel": pl.String,
    "capacity_mw": pl.Decimal(38, 6),
    "status": pl.String,
    "start_year": pl.Int64,
    "retired_year": pl.Int64,
    "lon": pl.Float64,
    "lat": pl.Float64,
    "point_precision_m": pl.Float64,
    "captive": pl.Boolean,
    "steelworks": pl.Boolean,
    "province_code": pl.String,
}


class PlantError(ValueError):
    """A plant that two releases of a tracker describe."""


def located_plants(t: Frames, permits: pl.DataFrame) -> pl.DataFrame:
    """Coal units and gas plants of the mainland that ran at some time, one row a unit or plant.

    Columns `source_row_id, entity_id, enterprise_id, name_zh, unit_id, fuel (coal or gas),
    capacity_mw, status, start_year, retired_year, lon, lat, point_precision_m, captive,
    steelworks (captive to iron and steel), province_code` as stated, `known` (stands on the
    site of a permit) and `site_id`. Reads `accepted.coal_unit`, `accepted.gem_coal_unit`,
    `accepted.wri_plant`, `accepted.province_name` and `core.entity`; `permits` are those of
    `permits_of`. A unit of several lists is taken from the first. Raises PlantError.
    """
    listed = _coal_units(t)
    tracked = _tracked_units(t).join(listed, on="unit_id", how="anti")
    rows = pl.concat([listed, tracked, _gas_plants(t)])
    permitted = (
        permits.filter(pl.col("permit_no").is_not_null())
        .sort("list", "source_row_id")
        .select(
            "permit_no",
            pl.col("permit_no").alias("permit_site"),
            pl.col("enterprise_id").alias("permit_enterprise"),
        )
        .unique("permit_no", keep="first", maintain_order=True)
    )
    return rows.join(permitted, on="permit_no", how="left").with_columns(
        pl.col("permit_site").is_not_null().alias("known"),
        pl.coalesce(
            "permit_site",
            pl.when(pl.col("fuel") == "gas")
            .then("unit_id")
            .otherwise(pl.format("GEM:{}", "unit_id")),
        ).alias("site_id"),
        pl.coalesce("permit_enterprise", "enterprise_id").alias("enterprise_id"),
    )


def _coal_units(t: Frames) -> pl.DataFrame:
    """`accepted.coal_unit`; the owner's text is the enterprise."""
    units = t["accepted.coal_unit"].with_columns(
        pl.lit(None, pl.String).alias("uscc_text"),
        pl.concat_str("plant_name", "unit_name", separator=" ", ignore_nulls=True).alias("site"),
        pl.coalesce("owner_name", "plant_name").alias("name_zh"),
        pl.lit("coal").alias("fuel"),
        _precision().alias("point_precision_m"),
        pl.col("captive_use").is_not_null().alias("captive"),
        pl.col("captive_use").str.contains(_STEEL, literal=True).alias("steelworks"),
        pl.lit(None, pl.String).alias("province_code"),
    )
    return _plants(resolve(identify(units), t["core.entity"]))


def _tracked_units(t: Frames) -> pl.DataFrame:
    """`accepted.gem_coal_unit` of the mainland; the enterprise is that of the plant's row."""
    units = t["accepted.gem_coal_unit"].filter(
        (pl.col("country") == "China") & pl.col("status").is_in(RAN)
    )
    twice = units.filter(pl.col("unit_id").is_duplicated()).sort("unit_id", "file_stem")
    if twice.height:
        first, second = twice.head(2).iter_rows(named=True)
        raise PlantError(
            f"unit {first['unit_id']} stands in {first['file_stem']} and {second['file_stem']}; "
            "expected one release of the tracker: withdraw the other"
        )
    names = t["accepted.province_name"].select(pl.col("name_en").alias("province"), "province_code")
    told = units.join(names, on="province", how="left", maintain_order="left").with_columns(
        pl.lit(None, pl.String).alias("uscc_text"),
        _own_key("gem_coal").alias("own_key"),
        pl.coalesce("plant_name_local", "plant_name").alias("name_zh"),
        pl.concat_str(
            pl.coalesce("plant_name_local", "plant_name"),
            "unit_name",
            separator=" ",
            ignore_nulls=True,
        ).alias("site"),
        pl.lit("coal").alias("fuel"),
        _precision().alias("point_precision_m"),
        pl.col("captive_industry").is_not_null().alias("captive"),
        pl.col("captive_industry").str.contains(_STEEL, literal=True).alias("steelworks"),
        pl.lit(None, pl.String).alias("permit_no"),
    )
    return _plants(resolve(identify(told), t["core.entity"]))


def _gas_plants(t: Frames) -> pl.DataFrame:
    """Gas plants of `accepted.wri_plant` on the mainland that have a point and a capacity.

    A year of commissioning that is no single year (`1996-2006`) or lacks is unknown.
    """
    rows = t["accepted.wri_plant"].filter(
        pl.col("fuel").is_in(_GAS)
        & pl.col("country").is_in(["China", "CHN"])
        & pl.col("lon").is_not_null()
        & pl.col("lat").is_not_null()
        & (pl.col("capacity_mw") > 0)
        & (pl.col("status").fill_null("") != "Under Construction")
    )
    codes = pl.Series(
        "province_code",
        province_codes(rows["lon"].to_numpy(), rows["lat"].to_numpy()),
        dtype=pl.String,
    )
    told = (
        rows.with_columns(codes)
        .filter(~pl.col("province_code").is_in(_OUTSIDE_BOOKS))
        .with_columns(
            pl.lit(None, pl.String).alias("uscc_text"),
            _own_key("wri_plants").alias("own_key"),
            pl.coalesce("plant_name_local", "plant_name").alias("name_zh"),
            pl.coalesce("plant_name_local", "plant_name").alias("site"),
            pl.format("WRI:{}", "plant_id").alias("unit_id"),
            pl.lit("gas").alias("fuel"),
            pl.when(pl.col("status") == "Shutdown")
            .then(pl.lit("retired"))
            .otherwise(pl.lit("operating"))
            .alias("status"),
            pl.col("commissioned_text")
            .str.extract(r"^(\d{4})(?:\.0)?$", 1)
            .cast(pl.Int64)
            .alias("start_year"),
            pl.lit(None, pl.Int64).alias("retired_year"),
            pl.lit(APPROXIMATE_M).alias("point_precision_m"),
            pl.lit(False).alias("captive"),
            pl.lit(False).alias("steelworks"),
            pl.lit(None, pl.String).alias("permit_no"),
        )
    )
    return _plants(resolve(identify(told), t["core.entity"]))


def _precision() -> pl.Expr:
    exact = pl.col("location_accuracy").str.to_lowercase() == "exact"
    return pl.when(exact).then(EXACT_M).otherwise(APPROXIMATE_M)


def _plants(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(
        pl.col("site").alias("name_zh"), pl.col("steelworks").fill_null(False)
    ).select(
        *(pl.col(name).cast(kind) for name, kind in _COLUMNS.items()),
        pl.col("permit_no").cast(pl.String),
    )


def province_codes(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> list[str | None]:
    """Code of the province each point lies in; none for a point without coordinates."""
    known = ~(np.isnan(lon) | np.isnan(lat))
    found: list[str | None] = [None] * len(lon)
    codes = provinces().containing(lon[known], lat[known])
    for place, code in zip(np.flatnonzero(known).tolist(), codes, strict=True):
        found[place] = code
    return found


def _own_key(register_id: str) -> pl.Expr:
    """What a register knows its rows by, where no code names them."""
    (register,) = (item for item in REGISTERS if item.id == register_id)
    if register.own_key is None:
        raise LookupError(f"{register_id}: rows have no key of their own")
    return register.own_key
