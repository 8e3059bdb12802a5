"""Steps of the room: records, links, enterprises, sites, memberships, claims, attribution."""

from __future__ import annotations

import polars as pl

from assets.boundaries.membership import membership
from assets.enterprises import (
    attribution,
    capacity,
    claims,
    comparison,
    findings,
    ground,
    linking,
    master,
    operators,
)
from assets.enterprises import sites as places
from assets.enterprises.records import REGISTERS, record_addresses, register_records
from assets.enterprises.registration import registering_divisions
from assets.enterprises.stated import stated_claims
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
from quality.contracts.books import BookRow, ProvinceName
from quality.contracts.boundaries import Boundary, Membership, SiteGround
from quality.contracts.core import (
    Attribution,
    Enterprise,
    LocationClaim,
    Park,
    Site,
)
from quality.contracts.coverage import LocatedPlant
from quality.contracts.divisions import DivisionEvent, DivisionSuccessor, DivisionUnit
from quality.contracts.enterprises import (
    EnterpriseFinding,
    EnterpriseName,
    EnterpriseNumber,
    Entity,
    RecordAddress,
    RecordComparison,
    RegisterRecord,
    SiteOperator,
    SiteRecord,
)
from quality.contracts.forms import GridSupply, HeatSupply, Return2052
from quality.contracts.linkage import Link, LinkCandidate, LinkDecision, LinkModelWeight
from quality.contracts.plants import GemCoalUnit, GemSteelCapacity, GemSteelPlant, WriPlant
from quality.contracts.process import ProcessReturn
from quality.contracts.reference import LocationEvidence
from quality.contracts.registers import NxPermit
from quality.contracts.statistics import CeadsEnergy
from quality.contracts.units import EnterpriseEvent, SiteEnergy, UnitEntry
from quality.contracts.weights import SectorWeight
from warehouse.settings import Settings
from warehouse.step import Frames, Step


def _classes(t: Frames, settings: Settings) -> list[str]:
    """The classes of the inventory that some park has a boundary of."""
    there = set(t["core.boundary"]["boundary_class"])
    found: list[str] = [name for name in settings.boundary_classes if name in there]
    # Without any boundary every site is outside, which the first class says.
    return found or list(settings.boundary_classes[:1])


def _claims(t: Frames, settings: Settings) -> pl.DataFrame:
    stated = stated_claims(
        t["core.site"],
        t["core.register_record"],
        t["core.record_address"],
        t["core.entity"],
        t["core.site_record"],
    )
    return claims.location_claims(
        t["core.site"],
        t["core.membership"],
        stated,
        t["core.enterprise"],
        t["core.division_successor"],
        t["core.park"],
        t["accepted.location_evidence"],
        _classes(t, settings),
    )


_POINT = ("site_id", "lon", "lat", "point_precision_m")
_REGISTERS = tuple(dict.fromkeys(register.table for register in REGISTERS))
_WHO = (
    Step(RegisterRecord, _REGISTERS, lambda t, _: register_records(t), "enterprises"),
    Step(
        RecordAddress,
        (*_REGISTERS, RegisterRecord, DivisionUnit, DivisionEvent, Park),
        lambda t, _: record_addresses(t),
        "enterprises",
    ),
    Step(
        LinkCandidate,
        (RegisterRecord, RecordAddress, LinkModelWeight),
        lambda t, s: linking.link_candidates(
            t["core.register_record"],
            t["core.record_address"],
            t["accepted.link_model"],
            s.raw_rows / "links",
        ),
        "enterprises",
    ),
    Step(
        Link,
        (LinkCandidate, RegisterRecord, LinkDecision, LinkModelWeight),
        lambda t, _: linking.links(
            t["core.link_candidate"],
            t["core.register_record"],
            t["accepted.link_decision"],
            t["accepted.link_model"],
        ),
        "enterprises",
    ),
    Step(
        Entity,
        (RegisterRecord, Link),
        lambda t, _: linking.entities(t["core.register_record"], t["core.link"]),
        "enterprises",
    ),
    Step(
        Enterprise,
        (RegisterRecord, Entity, EnterpriseEvent, Business),
        lambda t, _: master.enterprises(
            t["core.register_record"],
            t["core.entity"],
            t["accepted.enterprise_event"],
            t["accepted.business"],
        ),
        "enterprises",
    ),
    Step(
        EnterpriseNumber,
        (RegisterRecord, Entity),
        lambda t, _: master.enterprise_numbers(t["core.register_record"], t["core.entity"]),
        "enterprises",
    ),
    Step(
        EnterpriseName,
        (RegisterRecord, Entity, EnterpriseEvent, Business),
        lambda t, _: master.enterprise_names(
            t["core.register_record"],
            t["core.entity"],
            t["accepted.enterprise_event"],
            t["accepted.business"],
        ),
        "enterprises",
    ),
    Step(
        EnterpriseFinding,
        (RegisterRecord, Entity, Enterprise, EnterpriseName, EnterpriseEvent, Link),
        lambda t, _: findings.findings(
            t["core.register_record"],
            t["core.entity"],
            t["core.enterprise"],
            t["core.enterprise_name"],
            t["accepted.enterprise_event"],
            t["core.link"],
        ),
        "enterprises",
    ),
)
_WHERE = (
    Step(
        DivisionSuccessor,
        (Enterprise, DivisionEvent),
        lambda t, _: registering_divisions(t["core.enterprise"], t["accepted.division_event"]),
        "enterprises",
    ),
    Step(
        Site,
        (
            Entity,
            RecordAddress,
            Permit,
            NxPermit,
            UnitEntry,
            Return2051,
            Return2052,
            OutputReturn,
            ProcessReturn,
            SiteEnergy,
            GridSupply,
            HeatSupply,
            CoalUnit,
            GemCoalUnit,
            WriPlant,
            Flag,
            ControlTotal,
            CeadsEnergy,
            BookRow,
            ProvinceName,
            SectorWeight,
        ),
        lambda t, _: places.sites(t),
        "enterprises",
    ),
    Step(
        SiteRecord,
        (Entity, Permit, NxPermit, UnitEntry, CoalUnit, GemCoalUnit, WriPlant, ProvinceName, Site),
        lambda t, _: places.site_records(t),
        "enterprises",
    ),
    Step(
        SiteOperator,
        (Site, Enterprise),
        lambda t, _: operators.site_operators(t["core.site"], t["core.enterprise"]),
        "enterprises",
    ),
    Step(
        SiteGround,
        (SiteShape, Site, Entity),
        lambda t, _: ground.site_grounds(
            t["accepted.site_shape"],
            t["core.site"],
            t["core.entity"],
            load_source("site_boundary").crs or "EPSG:4490",
        ),
        "enterprises",
    ),
    Step(
        Membership,
        (Site, Boundary, SiteGround, GemSteelPlant),
        lambda t, s: membership(
            pl.concat(
                [
                    t["core.site"].select(*_POINT),
                    capacity.steel_points(t["accepted.gem_steel_plant"]),
                ]
            ),
            t["core.boundary"].filter(pl.col("boundary_class").is_in(s.boundary_classes)),
            ground.grounds_of_sites(t["core.site_ground"]),
        ),
        "enterprises",
    ),
    Step(
        LocatedPlant,
        (
            Entity,
            Permit,
            NxPermit,
            CoalUnit,
            GemCoalUnit,
            WriPlant,
            GemSteelPlant,
            GemSteelCapacity,
            ProvinceName,
            ControlTotal,
            CeadsEnergy,
            Site,
            Membership,
            Park,
            Boundary,
        ),
        lambda t, s: capacity.located_capacity(t, _classes(t, s)),
        "enterprises",
        by_year=True,
    ),
    Step(
        LocationClaim,
        (
            Site,
            Membership,
            Boundary,
            RegisterRecord,
            RecordAddress,
            Entity,
            SiteRecord,
            Enterprise,
            DivisionSuccessor,
            Park,
            LocationEvidence,
        ),
        _claims,
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
STEPS = (
    *_WHO,
    *_WHERE,
    Step(
        RecordComparison,
        (RegisterRecord, RecordAddress, DivisionSuccessor),
        lambda t, _: comparison.comparisons(
            t["core.register_record"], t["core.record_address"], t["core.division_successor"]
        ),
        "enterprises",
    ),
)
