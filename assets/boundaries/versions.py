"""Boundary versions: geodesic area, ratio to the catalogue, and where a point lies."""

from __future__ import annotations

import numpy as np
import polars as pl
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from scipy.stats import ncx2

from assets.boundaries.divisions import GEOD
from assets.boundaries.parks import with_park_ids
from quality.contracts.core import Boundary

_CGCS2000 = CRS.from_epsg(4490)


class BoundaryError(ValueError):
    """A delivered boundary names a park that the catalogue does not have."""


def geodesic_km2(shape: shapely.Geometry) -> float:
    """Area on the CGCS2000 ellipsoid in km2 (METHOD 1.1 B3)."""
    area, _ = GEOD.geometry_area_perimeter(shapely.force_2d(shape))
    return abs(float(area)) / 1e6


def boundaries(
    shapes: pl.DataFrame,
    catalogue: pl.DataFrame,
    claims: pl.DataFrame,
    declared_crs: str,
    illustrative: pl.Expr,
) -> pl.DataFrame:
    """`core.boundary` from `accepted.boundary`; one row a delivered version.

    A nominal boundary carries the precision of the park's point claim; a delivered
    polygon of any other class is taken as surveyed. Raises BoundaryError for a code
    that is not in the catalogue.
    """
    named = shapes.join(
        with_park_ids(catalogue).select("catalogue_code", "name_zh", "park_id"),
        on=["catalogue_code", "name_zh"],
        how="left",
    )
    unknown = named.filter(pl.col("park_id").is_null())
    if unknown.height:
        row = unknown.row(0, named=True)
        raise BoundaryError(
            f"{row['source_row_id']}: {row['catalogue_code']} {row['name_zh']} "
            "is not in the 2018 catalogue; expected its code and name as in the notice"
        )
    polygons = shapely.from_wkb([bytes.fromhex(text) for text in named["geometry_wkb"]])
    source_crs = CRS.from_user_input(declared_crs)
    if source_crs != _CGCS2000:
        convert = Transformer.from_crs(source_crs, _CGCS2000, always_xy=True)
        polygons = shapely.transform(polygons, convert.transform, interleaved=False)
    area = np.array([geodesic_km2(p) for p in polygons])
    centres = shapely.get_coordinates(shapely.centroid(polygons)).reshape(-1, 2)
    catalogue_km2 = named["catalogue_ha"].cast(pl.Float64).to_numpy() / 100
    frame = named.join(claims.select("park_id", "precision_m"), on="park_id").with_columns(
        pl.format("{}:{}:{}", "park_id", "boundary_class", "valid_from").alias("boundary_id"),
        pl.Series("polygon_km2", np.round(area, 6)),
        pl.Series("catalogue_km2", np.round(catalogue_km2, 6)),
        pl.Series("area_ratio", np.round(area / catalogue_km2, 6)),
        pl.Series("centre_lon", np.round(centres[:, 0], 7)),
        pl.Series("centre_lat", np.round(centres[:, 1], 7)),
        pl.Series("radius_km", np.round(np.sqrt(area / np.pi), 6)),
        pl.lit(declared_crs).alias("crs_source"),
        pl.Series("geometry_wkb", [p.wkb_hex for p in polygons], dtype=pl.String),
        illustrative.alias("illustrative"),
        pl.when(pl.col("boundary_class") == "nominal")
        .then(pl.col("precision_m"))
        .otherwise(0.0)
        .alias("precision_m"),
    )
    return Boundary.conform(frame)


def inside_probability(
    distance_km: NDArray[np.float64], radius_km: float, deviation_km: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Chance that a point lies in a disc when their offset is uncertain.

    The offset of point and centre is normal in both directions with the given standard
    deviation, so its squared length follows a non-central chi-square distribution with
    two degrees of freedom. With no deviation the answer is 0 or 1.
    """
    exact = (distance_km <= radius_km).astype(float)
    safe = np.where(deviation_km > 0, deviation_km, 1.0)
    reach, offset = (radius_km / safe) ** 2, (distance_km / safe) ** 2
    # For offsets near 0 ncx2 is off by 2e-5; the central distribution is 1 - exp(-x / 2).
    central = -np.expm1(-reach / 2)
    chance = np.where(offset < 1e-8, central, ncx2.cdf(reach, 2, np.maximum(offset, 1e-8)))
    return np.where(deviation_km > 0, chance, exact)


def membership(points: pl.DataFrame, versions: pl.DataFrame) -> pl.DataFrame:
    """Chance of each point (`site_id, lon, lat, point_precision_m`) in each boundary.

    Returns `site_id, boundary_id, park_id, distance_km, probability` (6 decimals) where
    the chance is at least 0.000001. Nominal discs: `inside_probability`; surveyed
    polygons: `covers`, borders included.
    """
    located = points.filter(pl.col("lon").is_not_null())
    lon, lat = located["lon"].to_numpy(), located["lat"].to_numpy()
    point_sigma = located["point_precision_m"].to_numpy() / 1000
    shapes = shapely.points(lon, lat)
    found: list[pl.DataFrame] = []
    for version in versions.iter_rows(named=True):
        centre_lon = np.full_like(lon, version["centre_lon"])
        centre_lat = np.full_like(lat, version["centre_lat"])
        distance = np.asarray(GEOD.inv(centre_lon, centre_lat, lon, lat)[2]) / 1000
        if version["boundary_class"] == "nominal":
            sigma = np.hypot(point_sigma, version["precision_m"] / 1000)
            chance = inside_probability(distance, version["radius_km"], sigma)
        else:
            polygon = shapely.from_wkb(bytes.fromhex(version["geometry_wkb"]))
            chance = shapely.covers(polygon, shapes).astype(float)
        found.append(
            pl.DataFrame(
                {
                    "site_id": located["site_id"],
                    "boundary_id": [version["boundary_id"]] * located.height,
                    "park_id": [version["park_id"]] * located.height,
                    "boundary_class": [version["boundary_class"]] * located.height,
                    "distance_km": np.round(distance, 3),
                    "probability": np.round(chance, 6),
                }
            )
        )
    if not found:
        return pl.DataFrame(
            schema={
                "site_id": pl.String,
                "boundary_id": pl.String,
                "park_id": pl.String,
                "boundary_class": pl.String,
                "distance_km": pl.Float64,
                "probability": pl.Float64,
            }
        )
    return pl.concat(found).filter(pl.col("probability") > 0).sort("site_id", "boundary_id")
