"""Steps of the room: returns of committees, their calibers, indicators."""

from __future__ import annotations

from assets.insight.calibers import park_calibers
from assets.insight.marts import MARTS
from assets.insight.returned import park_return_energies, park_returns
from assets.inventory.assets import MART_INPUTS, mart_step
from quality.contracts.accepted import ParkCatalogue
from quality.contracts.audit import Delivery
from quality.contracts.forms import ParkAnnual
from quality.contracts.insight import (
    ParkCaliber,
    ParkReturn,
    ParkReturnEnergy,
    ZeroCarbonThreshold,
)
from quality.contracts.mart import ParkEnergy, ParkTotal
from quality.contracts.reference import Energy
from warehouse.step import Step

# Before what every item rests on is gathered.
RETURN_STEPS = (
    Step(
        ParkReturn,
        (ParkAnnual, ParkCatalogue, Delivery),
        lambda t, _: park_returns(t),
        "insight",
        by_year=True,
    ),
    Step(
        ParkReturnEnergy,
        (ParkAnnual, ParkCatalogue, Energy),
        lambda t, _: park_return_energies(t),
        "insight",
        by_year=True,
    ),
)
STEPS = (
    Step(
        ParkCaliber,
        (ParkTotal, ParkReturn),
        lambda t, _: park_calibers(t["mart.park_total"], t["core.park_return"]),
        "insight",
        by_year=True,
    ),
    *(
        mart_step(
            mart,
            (
                *MART_INPUTS,
                ParkTotal,
                ParkEnergy,
                ParkReturn,
                ParkReturnEnergy,
                ParkCaliber,
                ZeroCarbonThreshold,
            ),
        )
        for mart in MARTS
    ),
)
