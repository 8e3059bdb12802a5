"""Fuel used as feedstock: what of its carbon leaves with the product, and what is emitted."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from assets.inventory.methods.base import ALL, Case, Input, Method, Term
from assets.inventory.methods.figures import figure

_ONE = Fraction(1)
SOLIDS_AND_LIQUIDS = {
    "石脑油": "naphtha",
    "液化石油气": "lpg",
    "炼厂干气": "refinery_gas",
    "燃料油": "fuel_oil",
    "石油焦": "petcoke",
    "原煤": "raw_coal",
    "无烟煤": "anthracite",
    "一般烟煤": "bituminous",
    "褐煤": "lignite",
    "焦炭": "coke",
}
GASES = {"天然气": "natural_gas", "焦炉煤气": "cog"}


def _feedstock(x: Case) -> Iterator[Term]:
    """CO2 = AD x (1 - stored) x NCV x CC / 1000 x 44/12 (IPCC 2006 Vol. 3 Box 1.1; G07).

    AD is fuel used as raw material (205-1 用于原材料), which is not burnt. The stored carbon is a
    memo. No stored fraction is made up: without one all is stored, and what the feedstock emits
    comes by the method of its product (METHOD 2.2).
    """
    fuel = x.fuel("fuel")
    stored = x["stored"] if "stored" in x else figure(_ONE)
    for name, quantity, flow in (
        ("feedstock", x["used"] * (1 - stored), "direct"),
        ("stored", x["used"] * stored, "stored"),
    ):
        # Named by its fuel: what returns say of that fuel is compared with it (FS1).
        term = f"{fuel.fuel_id} {name}"
        yield x.term(term, "CO2", quantity, fuel.co2(), flow, fuel.unit, factor_key="carbon")


def _method(method_id: str, name_zh: str, unit: str, fuels: dict[str, str]) -> Method:
    return Method(
        method_id,
        name_zh,
        "industrial_process",
        "1",
        ALL,
        (
            Input("fuel", "原料品种", choices=fuels),
            Input("used", "原料用量", unit),
            Input("stored", "固碳率", "1", optional=True, high=_ONE),
        ),
        (),
        _feedstock,
    )


FEEDSTOCK = (
    _method("feedstock", "燃料作原料", "t", SOLIDS_AND_LIQUIDS),
    _method("gas_feedstock", "燃气作原料", "1e4Nm3", GASES),
)
