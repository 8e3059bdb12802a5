"""All declared methods by id and by Chinese name, and which of them exclude each other."""

from __future__ import annotations

from assets.inventory.methods.base import Method
from assets.inventory.methods.chemicals import CHEMICALS
from assets.inventory.methods.electronics import ELECTRONICS
from assets.inventory.methods.feedstock import FEEDSTOCK
from assets.inventory.methods.landfill import LANDFILL
from assets.inventory.methods.metals import METALS
from assets.inventory.methods.minerals import MINERALS
from assets.inventory.methods.waste import MEASURED, WASTES

METHODS: dict[str, Method] = {
    method.method_id: method
    for method in (
        *MINERALS,
        *CHEMICALS,
        *FEEDSTOCK,
        *METALS,
        *ELECTRONICS,
        *WASTES,
        LANDFILL,
        *MEASURED,
    )
}
BY_NAME: dict[str, Method] = {method.name_zh: method for method in METHODS.values()}

# Two ways to count the same carbon or gas: a works takes one for a year (METHOD 2.3).
EXCLUSIVE_IN_WORKS = (
    ("steel_balance", "steel_product"),
    ("electronics_area", "electronics_gas"),
)
# The same for one item of a works, such as a kiln.
EXCLUSIVE_IN_ITEM = (("clinker", "clinker_oxides"),)
