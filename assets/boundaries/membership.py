"""Which boundaries a point lies in, with what chance, and which it has near."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import shapely
from numpy.typing import NDArray
from pyproj import Proj

from assets.boundaries.chance import REACH, inside_disc, normal_mass
from assets.boundaries.divisions import GEOD
from assets.boundaries.geometry import shape_of
from quality.contracts.boundaries import Membership

Degrees = NDArray[np.float64]

# A boundary this near is told of, even if the point is in none.
NEAR_KM = 5.0
_LEAST = 1e-6  # the smallest chance that is kept: probabilities have six decimals
_KM_PER_DEGREE = 110.0  # at least, of latitude


def membership(points: pl.DataFrame, versions: pl.DataFrame) -> pl.DataFrame:
    """`core.membership`: the chance of each site (`site_id, lon, lat, point_precision_m`) in each
    boundary version, where it is at least 0.000001 or the boundary lies within 5 km.

    The error of the point and that of the boundary add up. A point on the border is inside.
    Nominal discs are circles; polygons are taken as drawn.
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
    return Membership.conform(pl.concat(found).join(told, on="boundary_id"))


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
