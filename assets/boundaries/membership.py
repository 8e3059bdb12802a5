"""Which boundaries a point lies in, with what chance, and which it has near."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl
import shapely
from numpy.typing import NDArray
from pyproj import Proj

from assets.boundaries.chance import REACH, inside_disc, normal_mass
from assets.boundaries.divisions import GEOD
from assets.boundaries.geometry import shape_of
from assets.boundaries.locate.index import index_of
from assets.boundaries.locate.shares import shares
from quality.contracts.boundaries import Membership

Degrees = NDArray[np.float64]

# A boundary this near is told of, even if the point is in none.
NEAR_KM = 5.0
_LEAST = 1e-6  # the smallest chance that is kept: probabilities have six decimals
_KM_PER_DEGREE = 110.0  # at least, of latitude


# Rule B6 of METHOD 1.1: a site this much inside is inside, less than the other is not.
B6_WHOLE, B6_NONE = 0.8, 0.2


def share_counted(share: pl.Expr) -> pl.Expr:
    """The share of a site that counts in a boundary, from the share of its ground (B6, G32)."""
    return pl.when(share >= B6_WHOLE).then(1.0).when(share < B6_NONE).then(0.0).otherwise(share)


def membership(
    points: pl.DataFrame, versions: pl.DataFrame, grounds: Mapping[str, Any] | None = None
) -> pl.DataFrame:
    """`core.membership`: the chance of each site (`site_id, lon, lat, point_precision_m`) in each
    boundary version, where it is at least 0.000001 or the boundary lies within 5 km.

    The error of the point and that of the boundary add up. A point on the border is inside.
    Nominal discs are circles; polygons are taken as drawn. A site whose ground is known
    (`grounds`, site to polygon) lies in a drawn boundary by the share of its area (B6).
    """
    located = points.filter(pl.col("lon").is_not_null() & pl.col("lat").is_not_null())
    lon, lat = located["lon"].to_numpy(), located["lat"].to_numpy()
    error_km = located["point_precision_m"].to_numpy() / 1000
    tree = shapely.STRtree(shapely.points(lon, lat))
    found = [pl.DataFrame(schema=_SCHEMA)]
    for version in versions.iter_rows(named=True):
        shape = shape_of(version["geometry_wkb"])
        deviation = np.hypot(error_km, version["precision_m"] / 1000)
        reach = max(NEAR_KM, REACH * float(deviation.max(initial=0.0)))
        near = np.sort(tree.query(_widened(shape, reach)))
        if not near.size:
            continue
        placed = _disc if version["boundary_class"] == "nominal" else _polygon
        covers, distance, chance = placed(version, shape, lon[near], lat[near], deviation[near])
        kept = (chance >= _LEAST) | (distance <= NEAR_KM)
        found.append(
            pl.DataFrame(
                {
                    "site_id": located["site_id"].gather(near[kept]),
                    "boundary_id": [version["boundary_id"]] * int(kept.sum()),
                    "covers": covers[kept],
                    "distance_km": np.round(distance[kept], 3),
                    "probability": np.round(chance[kept], 6),
                },
                schema=_SCHEMA,
            )
        )
    told = versions.select(
        "boundary_id", "park_id", "boundary_class", "valid_from", "valid_to", "latest"
    )
    by_point = pl.concat(found).join(told, on="boundary_id")
    return Membership.conform(_by_ground(by_point, versions, grounds or {}, told))


def _by_ground(
    by_point: pl.DataFrame, versions: pl.DataFrame, grounds: Mapping[str, Any], told: pl.DataFrame
) -> pl.DataFrame:
    """Rows of sites with known ground in drawn boundaries, by area in place of the point."""
    drawn = versions.filter(pl.col("boundary_class") != "nominal")
    if not grounds or drawn.is_empty():
        return by_point.with_columns(pl.lit(None, pl.Float64).alias("area_share"))
    polygons = np.array([*grounds.values(), None], dtype=object)[:-1]
    by_area = (
        shares(list(grounds), polygons, index_of(drawn))
        .join(told, on="boundary_id")
        .with_columns(pl.col("share").round(6).alias("area_share"))
    )
    key = ["site_id", "boundary_id"]
    near = by_point.join(by_area.select(*key, "area_share"), on=key, how="full", coalesce=True)
    known = near.join(told, on="boundary_id", suffix="_told").with_columns(
        pl.coalesce(name, f"{name}_told").alias(name)
        for name in told.columns
        if name not in ("boundary_id", "valid_to")
    )
    measured = pl.col("site_id").is_in(list(grounds)) & (pl.col("boundary_class") != "nominal")
    share = pl.col("area_share").fill_null(0.0)
    return known.with_columns(
        pl.coalesce("valid_to", "valid_to_told").alias("valid_to"),
        pl.when(measured).then(share).alias("area_share"),
        pl.when(measured).then(share_counted(share)).otherwise("probability").alias("probability"),
        pl.when(measured).then(share >= B6_WHOLE).otherwise("covers").alias("covers"),
        pl.when(measured & (share > 0)).then(0.0).otherwise("distance_km").alias("distance_km"),
    )


_SCHEMA: dict[str, Any] = {
    "site_id": pl.String,
    "boundary_id": pl.String,
    "covers": pl.Boolean,
    "distance_km": pl.Float64,
    "probability": pl.Float64,
}
_Placed = tuple[NDArray[np.bool_], NDArray[np.float64], NDArray[np.float64]]


def _widened(shape: Any, km: float) -> Any:
    """The box around a shape in degrees, wider by at least this many kilometres."""
    west, south, east, north = shape.bounds
    d_lat = km / _KM_PER_DEGREE
    widest = min(89.0, max(abs(south), abs(north)) + d_lat)
    d_lon = km / (_KM_PER_DEGREE * np.cos(np.radians(widest)))
    return shapely.box(west - d_lon, south - d_lat, east + d_lon, north + d_lat)


def _disc(
    version: dict[str, Any], shape: Any, lon: Degrees, lat: Degrees, deviation: Degrees
) -> _Placed:
    centre = np.full_like(lon, version["centre_lon"]), np.full_like(lat, version["centre_lat"])
    offset = np.asarray(GEOD.inv(*centre, lon, lat)[2]) / 1000
    radius = version["radius_km"]
    chance = inside_disc(offset, radius, deviation)
    return offset <= radius, np.maximum(0.0, offset - radius), chance


def _polygon(
    version: dict[str, Any], shape: Any, lon: Degrees, lat: Degrees, deviation: Degrees
) -> _Placed:
    points = shapely.points(lon, lat)
    covers = shapely.covers(shape, points)
    # Lengths around a park are true to 1e-5 in a plane that touches the ground at its centre.
    plane = Proj(
        proj="aeqd",
        lat_0=version["centre_lat"],
        lon_0=version["centre_lon"],
        ellps="GRS80",
        units="km",
    )
    # An edge is straight in degrees. In the plane it bends (1.2 m for 9 km along a parallel),
    # which pieces of 0.5 km follow within 4 mm.
    flat = shapely.transform(shapely.segmentize(shape, 0.005), plane, interleaved=False)
    x, y = plane(lon, lat)
    on_plane = shapely.points(x, y)
    distance = np.where(covers, 0.0, shapely.distance(flat, on_plane))
    chance = covers.astype(float)
    to_border = shapely.distance(shapely.boundary(flat), on_plane)
    for place in np.flatnonzero((deviation > 0) & (to_border < REACH * deviation)):
        moved = shapely.transform(flat, lambda xy, at=(x[place], y[place]): xy - at)
        chance[place] = min(1.0, max(0.0, normal_mass(moved, float(deviation[place]))))
    return covers, distance, chance
