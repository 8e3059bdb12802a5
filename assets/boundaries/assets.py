"""Steps of the room: parks, point claims, boundary versions."""

from __future__ import annotations

from assets.boundaries import parks, versions
from assets.landing.declaration import load_source
from assets.landing.provenance import is_illustrative
from quality.contracts.accepted import BoundaryShape, ParkCatalogue
from quality.contracts.audit import Delivery
from quality.contracts.core import Boundary, Park, ParkPointClaim
from warehouse.step import Step

STEPS = (
    Step(
        ParkPointClaim,
        (ParkCatalogue,),
        lambda t, _: parks.point_claims(t["accepted.park_catalogue"]),
        "boundaries",
    ),
    Step(
        Park,
        (ParkCatalogue, ParkPointClaim),
        lambda t, _: parks.parks(t["accepted.park_catalogue"], t["core.park_point_claim"]),
        "boundaries",
    ),
    Step(
        Boundary,
        (BoundaryShape, ParkCatalogue, ParkPointClaim, Delivery),
        lambda t, _: versions.boundaries(
            t["accepted.boundary"],
            t["accepted.park_catalogue"],
            t["core.park_point_claim"],
            load_source("park_boundary").crs or "EPSG:4490",
            is_illustrative(t["raw.delivery"]),
        ),
        "boundaries",
    ),
)
