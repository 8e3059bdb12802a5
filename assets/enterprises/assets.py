"""Steps of the room: enterprises, sites, memberships, claims, attribution."""

from __future__ import annotations

import polars as pl

from assets.boundaries.membership import membership
from assets.enterprises import attribution, claims, ground, identity
from assets.enterprises.registration import registering_divisions
from assets.landing.declaration import load_source
from quality.contracts.accepted import (
    Business,
    CoalUnit,
    ControlTotal,
    OutputReturn,
    Permit,
    Return2051,
    SiteShape,
)
from quality.contracts.audit import Flag
from quality.contracts.boundaries import Boundary, Membership, SiteGround
from quality.contracts.core import (
    Attribution,
    Enterprise,
    LocationClaim,
    Park,
    Site,
)
from quality.contracts.divisions import DivisionEvent, DivisionSuccessor
from quality.contracts.reference import LocationEvidence
from warehouse.settings import Settings
from warehouse.step import Frames, Step


def _classes(t: Frames, settings: Settings) -> list[str]:
    """The classes of the inventory that some park has a boundary of."""
    there = set(t["core.boundary"]["boundary_class"])
    found: list[str] = [name for name in settings.boundary_classes if name in there]
    # Without any boundary every site is outside, which the first class says.
    return found or list(settings.boundary_classes[:1])


STEPS = (
    Step(
        Enterprise,
        (Permit, Business, Return2051, OutputReturn, CoalUnit),
        lambda t, _: identity.enterprises(
            t["accepted.permit"],
            t["accepted.business"],
            identity.returned(t["accepted.return_205_1"], t["accepted.output_return"]),
            t["accepted.coal_unit"],
        ),
        "enterprises",
    ),
    Step(
        DivisionSuccessor,
        (Enterprise, DivisionEvent),
        lambda t, _: registering_divisions(t["core.enterprise"], t["accepted.division_event"]),
        "enterprises",
    ),
    Step(
        Site,
        (Permit, Return2051, OutputReturn, CoalUnit, Flag, ControlTotal),
        lambda t, _: identity.sites(
            t["accepted.permit"],
            identity.returned(t["accepted.return_205_1"], t["accepted.output_return"]),
            t["accepted.coal_unit"],
            t["quarantine.flag"],
            t["accepted.control_total"],
        ),
        "enterprises",
    ),
    Step(
        SiteGround,
        (SiteShape, Site),
        lambda t, _: ground.site_grounds(
            t["accepted.site_shape"],
            t["core.site"],
            load_source("site_boundary").crs or "EPSG:4490",
        ),
        "enterprises",
    ),
    Step(
        Membership,
        (Site, Boundary, SiteGround),
        lambda t, s: membership(
            t["core.site"],
            t["core.boundary"].filter(pl.col("boundary_class").is_in(s.boundary_classes)),
            ground.grounds_of_sites(t["core.site_ground"]),
        ),
        "enterprises",
    ),
    Step(
        LocationClaim,
        (
            Site,
            Membership,
            Boundary,
            Enterprise,
            DivisionSuccessor,
            Business,
            Park,
            LocationEvidence,
        ),
        lambda t, s: claims.location_claims(
            t["core.site"],
            t["core.membership"],
            t["core.enterprise"],
            t["core.division_successor"],
            t["accepted.business"],
            t["core.park"],
            t["accepted.location_evidence"],
            _classes(t, s),
        ),
        "enterprises",
    ),
    Step(
        Attribution,
        (Site, LocationClaim, Park, Boundary),
        lambda t, s: attribution.attribution(
            t["core.site"], t["core.location_claim"], t["core.park"], _classes(t, s)
        ),
        "enterprises",
    ),
)
