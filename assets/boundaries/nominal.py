"""Nominal boundaries: the last resort where no polygon of a park is known (METHOD 1.1)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import polars as pl
import shapely
from numpy.typing import NDArray

from assets.boundaries.divisions import GEOD
from assets.boundaries.geometry import rounded
from assets.boundaries.parks import with_park_ids
from quality.contracts.boundaries import FIRST_DAY

_SIDES = 64


def disc(lon: float, lat: float, km2: float) -> Any:
    """A polygon of 64 sides around a point (degrees), of this area on the ellipsoid."""
    radius_m = 1000 * math.sqrt(km2 / (_SIDES / 2 * math.sin(2 * math.pi / _SIDES)))
    bearing: NDArray[np.float64] = np.linspace(0, 360, _SIDES, endpoint=False)
    around = np.full(_SIDES, lon), np.full(_SIDES, lat)
    x, y, _ = GEOD.fwd(*around, bearing, np.full(_SIDES, radius_m))
    return rounded(shapely.Polygon(np.column_stack([x, y])))


def nominal_claims(catalogue: pl.DataFrame, points: pl.DataFrame) -> pl.DataFrame:
    """A disc of the approved area around the point of each park whose point is usable.

    Returns the columns that `versions.claimed` reads, one row a park: `park_id,
    catalogue_code, name_zh, zone_zh, boundary_class, catalogue_ha, valid_from, valid_to,
    precision_m, geometry_wkb, source_row_id`. It is taken as valid from the first month of
    approval; the catalogue tells no earlier area.
    """
    usable = (
        with_park_ids(catalogue)
        .join(
            points.filter("usable").select("park_id", "lon", "lat", "precision_m"),
            on="park_id",
        )
        .sort("park_id")
    )
    shapes = [
        disc(lon, lat, float(hectares) / 100).wkb_hex
        for lon, lat, hectares in usable.select("lon", "lat", "approved_ha").iter_rows()
    ]
    month = pl.col("approval_month").str.extract(r"^(\d{4}\.\d{1,2})")
    return usable.select(
        "park_id",
        "catalogue_code",
        "name_zh",
        pl.lit(None, pl.String).alias("zone_zh"),
        pl.lit("nominal").alias("boundary_class"),
        pl.col("approved_ha").alias("catalogue_ha"),
        (month + ".1").str.to_date("%Y.%m.%d").fill_null(FIRST_DAY).alias("valid_from"),
        pl.lit(None, pl.Date).alias("valid_to"),
        "precision_m",
        pl.Series("geometry_wkb", shapes, dtype=pl.String),
        "source_row_id",
    )
