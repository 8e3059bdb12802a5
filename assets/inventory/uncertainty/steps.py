"""Steps of the room: cells (exact), intervals and shares (floating-point, quantized)."""

from __future__ import annotations

import polars as pl

from assets.inventory.uncertainty.cells import uncertainty_cells
from assets.inventory.uncertainty.defaults import Defaults
from assets.inventory.uncertainty.results import park_uncertainty, uncertainty_share
from quality.contracts.books import BookRow
from quality.contracts.core import Activity, Attribution, CanonicalReturn, EmissionFactor
from quality.contracts.ledger import Line
from quality.contracts.mart import ParkTotal
from quality.contracts.profiles import ViewWeight
from quality.contracts.reference import Gwp
from quality.contracts.uncertainty import (
    DataTier,
    FactorUncertainty,
    ParkUncertainty,
    UncertaintyCell,
    UncertaintyDefault,
    UncertaintyShare,
)
from warehouse.settings import Settings
from warehouse.step import Frames, Step


def _cells(t: Frames, s: Settings) -> pl.DataFrame:
    defaults = Defaults(
        t["accepted.uncertainty_default"],
        t["accepted.data_tier"],
        t["accepted.factor_uncertainty"],
    )
    return uncertainty_cells(t, defaults, s.gwp_set, s.profiles[0])


# After the marts: an interval belongs to a published total.
STEPS = (
    Step(
        UncertaintyCell,
        (
            Line,
            Activity,
            CanonicalReturn,
            Attribution,
            EmissionFactor,
            ViewWeight,
            BookRow,
            Gwp,
            UncertaintyDefault,
            DataTier,
            FactorUncertainty,
        ),
        _cells,
        "inventory",
        by_year=True,
    ),
    Step(
        ParkUncertainty,
        (UncertaintyCell, ParkTotal),
        lambda t, _: park_uncertainty(t["core.uncertainty_cell"], t["mart.park_total"]),
        "inventory",
        by_year=True,
    ),
    Step(
        UncertaintyShare,
        (UncertaintyCell,),
        lambda t, _: uncertainty_share(t["core.uncertainty_cell"]),
        "inventory",
        by_year=True,
    ),
)
FLOATING = (ParkUncertainty, UncertaintyShare)
