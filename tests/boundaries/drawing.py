"""A park of the catalogue and polygons around it, for the tests of boundaries."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import polars as pl
import shapely

from assets.boundaries.divisions import GEOD
from assets.boundaries.ground import on_ground
from assets.boundaries.versions import boundary_claims
from quality.contracts.accepted import BoundaryShape, ParkCatalogue
from quality.contracts.core import ParkPointClaim
from tests.frames import frame

LON, LAT = 106.2, 38.5
CATALOGUE = frame(
    ParkCatalogue,
    {"catalogue_code": "S649001", "name_zh": "某园区", "approved_ha": 1000},
    {"catalogue_code": "S649002", "name_zh": "另一园区", "approved_ha": 2000},
    approval_month="2006.03",
)
POINTS = frame(ParkPointClaim, {"park_id": "S649001", "precision_m": 500.0, "lon": LON, "lat": LAT})
CHECKED = CATALOGUE.select(
    "catalogue_code", "name_zh", pl.lit(LON).alias("lon"), pl.lit(LAT).alias("lat")
)
NO_DISCS = pl.DataFrame()


def disc(radius_km: float, corners: int = 180) -> shapely.Polygon:
    """The points at one distance from the centre, along the ellipsoid."""
    ring = [
        GEOD.fwd(LON, LAT, azimuth, radius_km * 1000)[:2]
        for azimuth in np.linspace(0, 360, corners, endpoint=False)
    ]
    return shapely.Polygon(ring)


def square(half: float = 0.05, east: float = 0.0) -> shapely.Polygon:
    return shapely.box(LON + east - half, LAT - half, LON + east + half, LAT + half)


def shape(polygon: Any = None, **changes: Any) -> dict[str, Any]:
    """A row of `accepted.boundary`; the row's number makes its locator."""
    return {
        "catalogue_code": "S649001",
        "name_zh": "某园区",
        "boundary_class": "approved",
        "catalogue_ha": 1000,
        "crs_stated": "EPSG:4490",
        "valid_from": date(2018, 2, 26),
        "geometry_wkb": (polygon or square()).wkb_hex,
        **changes,
    }


def claims_of(*shapes: dict[str, Any], nominal: pl.DataFrame = NO_DISCS) -> pl.DataFrame:
    """`core.boundary_claim` of delivered rows, which say that they are in CGCS2000."""
    rows = frame(
        BoundaryShape, *({"source_row_id": f"d::{n}", **row} for n, row in enumerate(shapes, 2))
    )
    ground = on_ground(rows, CHECKED, "EPSG:4490")
    return boundary_claims(rows, ground, nominal, CATALOGUE, POINTS, pl.lit(False))
