"""Shares of site polygons in boundaries, by area on the ellipsoid."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
import shapely
from numpy.typing import NDArray

from assets.boundaries.geometry import geodesic_km2
from assets.boundaries.locate.index import ParkIndex, checked


def shares(
    site_ids: Sequence[str] | pl.Series, sites: NDArray[Any], index: ParkIndex
) -> pl.DataFrame:
    """Area of a site polygon inside of each boundary over its whole area.

    One row a site and boundary that share ground: `site_id, boundary_id, share` (0..1],
    in the order of sites and boundaries; areas are geodesic on CGCS2000 (METHOD 1.1 B3).
    A site that only touches a boundary shares none. Raises ShapeError for a site as
    `build_index` does for a boundary.
    """
    ids, shapes = checked(site_ids, sites, "site")
    site, boundary = shapely.STRtree(index.shapes).query(shapes, predicate="intersects")
    order = np.lexsort((boundary, site))
    site, boundary = site[order], boundary[order]
    common = _areas_km2(shapely.intersection(shapes[site], index.shapes[boundary]))
    return pl.DataFrame(
        {
            "site_id": ids.gather(site),
            "boundary_id": index.ids.gather(boundary),
            # A site that is inside may come out larger than itself by rounding.
            "share": np.minimum(common / _areas_km2(shapes)[site], 1.0),
        }
    ).filter(pl.col("share") > 0)


def _areas_km2(shapes: NDArray[Any]) -> NDArray[np.float64]:
    """Area of the polygons among the parts of each geometry."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    polygons = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    parts, owner = parts[polygons], owner[polygons]
    area = np.array([geodesic_km2(part) for part in parts], dtype=np.float64)
    total = np.bincount(owner, weights=area, minlength=len(shapes))
    return np.asarray(total, dtype=np.float64)
