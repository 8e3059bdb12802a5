"""Steps of the room: parks, point claims, boundary versions."""

from __future__ import annotations

from assets.boundaries import parks, versions
from assets.landing.declaration import load_source
from quality.contracts.accepted import BoundaryShape, ParkCatalogue
from quality.contracts.core import Boundary, Park, ParkPointClaim
from warehouse.step import Step


def _boundary_source() -> tuple[str, bool]:
    source = load_source("park_boundary")
    return source.crs or "EPSG:4490", source.illustrative


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
        (BoundaryShape, ParkCatalogue, ParkPointClaim),
        lambda t, _: versions.boundaries(
            t["accepted.boundary"],
            t["accepted.park_catalogue"],
            t["core.park_point_claim"],
            *_boundary_source(),
        ),
        "boundaries",
    ),
)
