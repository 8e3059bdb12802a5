"""Steps of the comparison: factors from the pairs, parts of the books, cells.

The marts that follow are `assets.inventory.ceads.marts.MARTS`: by year, of `core.ceads_part` and
`core.ceads_cell`.
"""

from __future__ import annotations

from assets.inventory.ceads import comparison, factors, quantities
from quality.contracts.ceads import CeadsCell, CeadsExcess, CeadsPart, ImpliedFactor, ImpliedGroup
from quality.contracts.statistics import CeadsEmission, CeadsEnergy
from warehouse.step import Step

_PAIRS = (CeadsEnergy, CeadsEmission)

# All years of the pairs go into a factor, so what stands before the marts is not by year.
STEPS = (
    Step(
        ImpliedGroup,
        _PAIRS,
        lambda t, _: factors.implied_groups(
            t["accepted.ceads_energy"], t["accepted.ceads_emission"]
        ),
        "inventory",
    ),
    Step(
        ImpliedFactor,
        _PAIRS,
        lambda t, _: factors.implied_factors(
            t["accepted.ceads_energy"], t["accepted.ceads_emission"]
        ),
        "inventory",
    ),
    Step(
        CeadsPart,
        (CeadsEnergy, ImpliedFactor, ImpliedGroup),
        lambda t, _: comparison.recomputed(
            t["accepted.ceads_energy"], t["core.implied_factor"], t["core.implied_group"]
        ),
        "inventory",
    ),
    Step(
        CeadsExcess,
        (CeadsEnergy,),
        lambda t, _: quantities.non_energy_excess(t["accepted.ceads_energy"]),
        "inventory",
    ),
    Step(
        CeadsCell,
        (CeadsPart, CeadsEmission, ImpliedFactor),
        lambda t, _: comparison.compared_cells(
            t["core.ceads_part"], t["accepted.ceads_emission"], t["core.implied_factor"]
        ),
        "inventory",
    ),
)
