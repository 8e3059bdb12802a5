"""Steps of the room: canonical returns, control totals, activity."""

from __future__ import annotations

import polars as pl

from assets.energy import activity, control
from assets.enterprises.identity import identify, unit_sites
from assets.landing.provenance import is_illustrative
from quality.contracts.accepted import CoalUnit, ControlTotal, OutputReturn, Permit, Return2051
from quality.contracts.audit import Delivery
from quality.contracts.core import Activity, CanonicalReturn, ControlQuantity, Site
from quality.contracts.reference import BookSector, Energy, Unit
from warehouse.settings import Settings
from warehouse.step import Frames, Step


def _activity(t: Frames, _: Settings) -> pl.DataFrame:
    illustrative = is_illustrative(t["raw.delivery"])
    measured = activity.measured_activity(t["core.canonical_return"], t["core.site"], illustrative)
    units = unit_sites(t["accepted.coal_unit"], identify(t["accepted.permit"], "permit_no"))
    plants = units.with_columns(pl.col("captive_use").is_not_null().alias("captive")).join(
        t["core.site"].select("site_id", "province_code"), on="site_id"
    )
    placed = control.placed_by_capacity(t["core.control_quantity"], measured, plants, illustrative)
    return pl.concat([measured, placed])


STEPS = (
    Step(
        CanonicalReturn,
        (Return2051, OutputReturn, Unit, Energy, BookSector),
        lambda t, _: activity.canonical_returns(
            t["accepted.return_205_1"],
            t["accepted.output_return"],
            t["accepted.unit"],
            t["accepted.energy"],
            t["accepted.book_sector"],
        ),
        "energy",
        by_year=True,
    ),
    Step(
        ControlQuantity,
        (ControlTotal, Unit, Energy),
        lambda t, _: control.control_quantities(
            t["accepted.control_total"], t["accepted.unit"], t["accepted.energy"]
        ),
        "energy",
        by_year=True,
    ),
    Step(
        Activity,
        (CanonicalReturn, ControlQuantity, Site, CoalUnit, Permit, Delivery),
        _activity,
        "energy",
        by_year=True,
    ),
)
