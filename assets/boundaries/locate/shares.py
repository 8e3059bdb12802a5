"""Shares of site polygons in boundaries, by area on the ellipsoid."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import shapely
from numpy.typing import NDArray

from assets.boundaries.locate.index import ParkIndex, build_index
from assets.boundaries.versions import geodesic_km2


def shares(site_ids: pl.Series, sites: NDArray[Any], index: ParkIndex) -> pl.DataFrame:
    """Area of a site polygon inside of each boundary over its whole area.

    One row a site and boundary that share ground: `site_id, boundary_id, share` (0..1],
    ordered by site and boundary as given; areas are geodesic on CGCS2000 (METHOD 1.1 B3).
    A site that only touches a boundary shares none. Raises ShapeError for a site as
    `build_index` does for a boundary.
    """
    checked = build_index(site_ids, sites)
    tree = shapely.STRtree(index.shapes)
    site, boundary = tree.query(checked.shapes, predicate="intersects")
    order = np.lexsort((boundary, site))
    site, boundary = site[order], boundary[order]
    common = shapely.intersection(checked.shapes[site], index.shapes[boundary])
    whole = np.array([geodesic_km2(shape) for shape in checked.shapes])
    inside = np.array([_area_km2(shape) for shape in common])
    return (
        pl.DataFrame(
            {
                "site_id": checked.ids.gather(site),
                "boundary_id": index.ids.gather(boundary),
                "share": np.minimum(inside / whole[site], 1.0),
            }
        )
    ).filter(pl.col("share") > 0)
