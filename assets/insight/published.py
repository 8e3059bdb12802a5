"""All marts that a release publishes, whichever room declares them."""

from __future__ import annotations

from assets.insight.marts import MARTS as INSIGHT_MARTS
from assets.inventory.ceads.marts import MARTS as CEADS_MARTS
from assets.inventory.marts import MARTS as PARK_MARTS
from assets.inventory.marts import Mart

MARTS: tuple[Mart, ...] = (*PARK_MARTS, *INSIGHT_MARTS, *CEADS_MARTS)
