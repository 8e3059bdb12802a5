"""A map of the country: how much of each province is placed, and where plants stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import shapely
from matplotlib import colormaps
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from assets.boundaries.divisions import provinces
from assets.boundaries.picture import canvas, finished

Row = Mapping[str, Any]
# A plant in a park with at least this chance is drawn as one that is.
_LIKELY = 0.5
_OUTLINE_DEGREES = 0.02


def country_map(title: str, shares: Mapping[str, float], plants: Sequence[Row]) -> bytes:
    """PNG of provinces, the darker the more is placed, and plants by capacity.

    `shares` are 0 to 1 by province code; a province without one stays white. `plants` have `lon,
    lat, capacity, in_parks` (the chance to lie in a park).
    """
    figure, axes = canvas()
    colours = colormaps["YlGnBu"]
    known = provinces()
    for code, shape in zip(known.codes, known.shapes, strict=True):
        share = shares.get(code)
        plain = shapely.simplify(shape, _OUTLINE_DEGREES)
        for polygon in shapely.get_parts(plain):
            axes.add_patch(
                PathPatch(
                    Path(shapely.get_coordinates(polygon.exterior)),
                    facecolor="white" if share is None else colours(0.75 * share),
                    edgecolor="#808b96",
                    linewidth=0.5,
                )
            )
    for name, inside, colour in (("outside", False, "#909497"), ("in a park", True, "#c0392b")):
        drawn = [p for p in plants if (p["in_parks"] >= _LIKELY) == inside]
        axes.scatter(
            [p["lon"] for p in drawn],
            [p["lat"] for p in drawn],
            s=[2 + p["capacity"] / 100 for p in drawn],
            color=colour,
            alpha=0.6,
            linewidths=0,
            zorder=3,
            label=f"{name}: {len(drawn):,}",
        )
    # All of the provinces, the islands of Hainan among them.
    west, south, east, north = shapely.total_bounds(known.shapes)
    axes.set_xlim(west - 1, east + 1)
    axes.set_ylim(south - 1, north + 1)
    return finished(figure, axes, title)
