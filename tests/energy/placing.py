"""Control totals without weights, placed in one go."""

from __future__ import annotations

import polars as pl

from assets.energy.control import located_by_capacity, open_cells, with_rest
from assets.energy.downscaling import downscaled_activity
from quality.contracts.weights import CityQuantity, DownscaledPart


def placed_by_capacity(
    control: pl.DataFrame,
    measured: pl.DataFrame,
    plants: pl.DataFrame,
    illustrative: pl.Expr,
) -> pl.DataFrame:
    """`core.activity` of what returns do not cover: located plants and the rest."""
    cells = open_cells(control, measured)
    located = located_by_capacity(cells, measured, plants)
    return with_rest(
        control,
        cells,
        located,
        downscaled_activity(DownscaledPart.empty_frame(), control, CityQuantity.empty_frame()),
        illustrative,
    )
