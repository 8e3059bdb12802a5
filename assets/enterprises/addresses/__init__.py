"""Chinese addresses: division of the address's own year, zone it mentions, rest of the street.

An address is brought to a normal form, the names of all divisions since 1980, of the parks and
of kinds of zone are marked in it in one pass, and what is left is one of few patterns; each
distinct one is read once. Nothing is guessed: a name that fits several divisions gives what they
have in common, and a text that contradicts itself what its parts agree on.

Belongs here: from a text to division, zone and rest. Does not belong here: what became of a
division (`assets.boundaries.lineage`) and what an address proves (`assets.enterprises.claims`).
"""

from __future__ import annotations

from assets.enterprises.addresses.normal import normal_form
from assets.enterprises.addresses.parse import Parser, parse_addresses
from assets.enterprises.addresses.resolve import STATUSES
from assets.enterprises.addresses.units import division_units
from assets.enterprises.addresses.zones import zone_patterns

__all__ = [
    "STATUSES",
    "Parser",
    "division_units",
    "normal_form",
    "parse_addresses",
    "zone_patterns",
]
