"""Steps of the room: enterprises, sites, memberships, claims, attribution."""

from __future__ import annotations

import polars as pl

from assets.boundaries.versions import membership
from assets.enterprises import attribution, claims, identity
from quality.contracts.accepted import (
    Business,
    CoalUnit,
    ControlTotal,
    OutputReturn,
    Permit,
    Return2051,
)
from quality.contracts.audit import Flag
from quality.contracts.core import (
    Attribution,
    Boundary,
    Enterprise,
    LocationClaim,
    Membership,
    Park,
    Site,
)
from quality.contracts.reference import LocationEvidence
from warehouse.step import Step

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
        Membership,
        (Site, Boundary),
        lambda t, s: membership(
            t["core.site"],
            t["core.boundary"].filter(pl.col("boundary_class") == s.boundary_class),
        ),
        "enterprises",
    ),
    Step(
        LocationClaim,
        (Site, Membership, Enterprise, Business, Park, LocationEvidence),
        lambda t, _: claims.location_claims(
            t["core.site"],
            t["core.membership"],
            t["core.enterprise"],
            t["accepted.business"],
            t["core.park"],
            t["accepted.location_evidence"],
        ),
        "enterprises",
    ),
    Step(
        Attribution,
        (Site, LocationClaim, Park),
        lambda t, s: attribution.attribution(
            t["core.site"], t["core.location_claim"], t["core.park"], s.boundary_class
        ),
        "enterprises",
    ),
)
