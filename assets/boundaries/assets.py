"""Steps of the room: parks, point claims, boundary claims, versions, and who overlaps whom."""

from __future__ import annotations

import polars as pl

from assets.boundaries import overlaps, parks, versions
from assets.boundaries.catalogue.claims import catalogue_claims
from assets.boundaries.catalogue.industries import park_industries
from assets.boundaries.ground import checked_points, on_ground
from assets.boundaries.nominal import nominal_claims
from assets.landing.declaration import load_source
from assets.landing.provenance import is_illustrative
from assets.landing.rules.limits import LIMITS
from quality.contracts.accepted import BoundaryShape, ParkCatalogue
from quality.contracts.audit import Delivery
from quality.contracts.boundaries import Boundary, BoundaryClaim, BoundaryPair
from quality.contracts.core import Park, ParkPointClaim
from quality.contracts.parks import IndustryKeyword, ParkCatalogueClaim, ParkIndustry
from quality.contracts.reference import IndustryCode
from warehouse.settings import Settings
from warehouse.step import Frames, Step


def _boundary_claims(t: Frames, _: Settings) -> pl.DataFrame:
    shapes, catalogue = t["accepted.boundary"], t["accepted.park_catalogue"]
    points = t["core.park_point_claim"]
    return versions.boundary_claims(
        shapes,
        on_ground(
            shapes,
            checked_points(catalogue, points),
            load_source("park_boundary").crs or "EPSG:4490",
        ),
        nominal_claims(catalogue, points),
        catalogue,
        points,
        is_illustrative(t["raw.delivery"]),
    )


STEPS = (
    Step(
        ParkPointClaim,
        (ParkCatalogue,),
        lambda t, _: parks.point_claims(t["accepted.park_catalogue"]),
        "boundaries",
    ),
    Step(
        Park,
        (ParkCatalogue, ParkPointClaim, BoundaryShape),
        lambda t, _: parks.parks(
            t["accepted.park_catalogue"], t["core.park_point_claim"], t["accepted.boundary"]
        ),
        "boundaries",
    ),
    Step(
        ParkIndustry,
        (ParkCatalogue, IndustryKeyword, IndustryCode),
        lambda t, _: park_industries(
            t["accepted.park_catalogue"],
            t["accepted.industry_keyword"],
            t["accepted.industry_code"],
        ),
        "boundaries",
    ),
    Step(
        ParkCatalogueClaim,
        (ParkCatalogue, ParkPointClaim, ParkIndustry),
        lambda t, _: catalogue_claims(
            t["accepted.park_catalogue"], t["core.park_point_claim"], t["core.park_industry"]
        ),
        "boundaries",
    ),
    Step(
        BoundaryClaim,
        (BoundaryShape, ParkCatalogue, ParkPointClaim, Delivery),
        _boundary_claims,
        "boundaries",
    ),
    Step(
        Boundary,
        (BoundaryClaim,),
        lambda t, _: versions.boundaries(t["core.boundary_claim"]),
        "boundaries",
    ),
    Step(
        BoundaryPair,
        (Boundary, Park),
        lambda t, _: overlaps.boundary_pairs(
            t["core.boundary"], t["core.park"], LIMITS["POL2w"], LIMITS["POL2e"]
        ),
        "boundaries",
    ),
)
