"""Maps as PNG, drawn without a display or a network."""

from __future__ import annotations

import importlib.resources
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from assets.boundaries.geometry import shape_of
from assets.boundaries.membership import NEAR_KM

Row = Mapping[str, Any]

COLOURS = {
    "approved": "#c0392b",
    "administered": "#2471a3",
    "planned": "#b9770e",
    "built": "#7d3c98",
    "nominal": "#616a6b",
}
_POINTS: dict[str, dict[str, Any]] = {
    "inside": {"marker": "o", "color": "#1e8449"},
    "near": {"marker": "o", "facecolor": "none", "edgecolor": "#d68910"},
    "outside": {"marker": "x", "color": "#909497"},
}
_SCALES_KM = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)
_KM_PER_DEGREE = 111.32


@dataclass(frozen=True)
class ParkMap:
    """What the map of a park shows: rows of `core.boundary`, `core.boundary_claim`, and points.

    `neighbours` are versions of other parks; `points` rows have `lon, lat, standing` with
    standing `inside`, `near` or `outside`, and `label`.
    """

    title: str
    versions: Sequence[Row]
    zones: Sequence[Row] = ()
    neighbours: Sequence[Row] = ()
    points: Sequence[Row] = ()
    names: Mapping[str, str] = field(default_factory=dict)


def park_map(shown: ParkMap) -> bytes:
    """PNG of a park: versions by class, the latest filled; zones, neighbours, and points.

    Raises ValueError for a park without any boundary.
    """
    if not shown.versions:
        raise ValueError(f"{shown.title}: no boundary to draw")
    figure, axes = canvas()
    west, south, east, north = _window([*shown.versions, *shown.zones])
    for row in shown.neighbours:
        _draw(axes, row, facecolor="#d5d8dc", edgecolor="#808b96", linewidth=0.6, zorder=1)
        _write(axes, row, f"{row['park_id']} {shown.names.get(row['park_id'], '')}")
    for row in sorted(shown.versions, key=lambda row: (row["latest"], str(row["valid_from"]))):
        colour = COLOURS[row["boundary_class"]]
        latest = bool(row["latest"])
        _draw(
            axes,
            row,
            facecolor=f"{colour}30" if latest else "none",
            edgecolor=colour,
            linewidth=1.6 if latest else 1.0,
            linestyle="-" if latest else "--",
            zorder=3,
            label=_told(row),
        )
        if row["precision_m"] > 0:
            _ring(axes, row, colour)
    for row in shown.zones:
        if row["zone_zh"]:
            colour = COLOURS[row["boundary_class"]]
            _draw(axes, row, edgecolor=colour, facecolor="none", linewidth=0.5, zorder=3)
            _write(axes, row, row["zone_zh"])
    # The legend counts what is seen.
    seen = (p for p in shown.points if west <= p["lon"] <= east and south <= p["lat"] <= north)
    _scatter(axes, seen)
    axes.set_xlim(west, east)
    axes.set_ylim(south, north)
    return finished(figure, axes, shown.title)


def overview(versions: pl.DataFrame) -> bytes:
    """PNG of all boundaries of a load: the centre of each latest version, as large as its area."""
    figure, axes = canvas()
    latest = versions.filter("latest")
    for (kind,), rows in latest.sort("boundary_id").group_by("boundary_class", maintain_order=True):
        axes.scatter(
            rows["centre_lon"],
            rows["centre_lat"],
            s=4 + rows["polygon_km2"].to_numpy(),
            color=COLOURS[str(kind)],
            alpha=0.4,
            linewidths=0,
            label=f"{kind}: {rows.height:,}",
        )
    if latest.height:
        axes.margins(0.05)
    return finished(figure, axes, f"园区边界 {latest['park_id'].n_unique():,}")


@cache
def _font() -> FontProperties:
    """A font with Chinese characters, from the package `zhplot` (Noto Sans SC)."""
    fonts = importlib.resources.files("zhplot").joinpath("fonts", "NotoSansSC-Regular.ttf")
    return FontProperties(fname=str(fonts))


def canvas() -> tuple[Figure, Axes]:
    """An empty picture in the size of all maps."""
    figure = Figure(figsize=(8, 7), dpi=120)
    return figure, figure.add_subplot()


def _path(row: Row) -> Path:
    """All rings of a boundary as one path, so that holes stay open."""
    shape = shape_of(row["geometry_wkb"])
    rings = [
        np.asarray(ring.coords)[:, :2]
        for part in getattr(shape, "geoms", [shape])
        for ring in (part.exterior, *part.interiors)
    ]
    return Path.make_compound_path(*(Path(ring, closed=True) for ring in rings))


def _draw(axes: Axes, row: Row, **style: Any) -> None:
    axes.add_patch(PathPatch(_path(row), **style))


def _write(axes: Axes, row: Row, text: str) -> None:
    shape = shape_of(row["geometry_wkb"])
    point = shape.representative_point()
    axes.text(
        point.x,
        point.y,
        text.strip(),
        fontproperties=_font(),
        fontsize=6,
        ha="center",
        va="center",
        color="#34495e",
        zorder=4,
        clip_on=True,
    )


def _told(row: Row) -> str:
    until = row["valid_to"] or ""
    return f"{row['boundary_class']} {row['valid_from']} – {until} {row['polygon_km2']:.2f} km²"


def _ring(axes: Axes, row: Row, colour: str) -> None:
    """How far a boundary may lie from where it is drawn: one standard deviation around it."""
    reach = (row["radius_km"] + row["precision_m"] / 1000) / _KM_PER_DEGREE
    turn = np.linspace(0, 2 * math.pi, 120)
    axes.plot(
        row["centre_lon"] + reach * np.cos(turn) / math.cos(math.radians(row["centre_lat"])),
        row["centre_lat"] + reach * np.sin(turn),
        color=colour,
        linewidth=0.6,
        linestyle=":",
        zorder=2,
    )


def _scatter(axes: Axes, points: Iterable[Row]) -> None:
    rows = list(points)
    for standing, style in _POINTS.items():
        found = [row for row in rows if row["standing"] == standing]
        if found:
            axes.scatter(
                [row["lon"] for row in found],
                [row["lat"] for row in found],
                s=18,
                zorder=5,
                label=f"{standing}: {len(found)}",
                **style,
            )


def _window(rows: Sequence[Row]) -> tuple[float, float, float, float]:
    """A square box of all shapes and of what is near them."""
    boxes = np.array([shape_of(row["geometry_wkb"]).bounds for row in rows])
    west, south = boxes[:, :2].min(axis=0)
    east, north = boxes[:, 2:].max(axis=0)
    squeeze = math.cos(math.radians((south + north) / 2))
    half = max((east - west) * squeeze, north - south) / 2 + 1.1 * NEAR_KM / _KM_PER_DEGREE
    x, y = (west + east) / 2, (south + north) / 2
    return x - half / squeeze, y - half, x + half / squeeze, y + half


def finished(figure: Figure, axes: Axes, title: str) -> bytes:
    """The picture as PNG, with title, degrees, legend and a scale."""
    south, north = axes.get_ylim()
    axes.set_aspect(1 / max(0.1, math.cos(math.radians((south + north) / 2))))
    axes.set_title(title, fontproperties=_font(), fontsize=11)
    axes.set_xlabel("CGCS2000 °E", fontsize=7)
    axes.set_ylabel("°N", fontsize=7)
    axes.tick_params(labelsize=6)
    axes.ticklabel_format(useOffset=False)
    if axes.get_legend_handles_labels()[0]:
        axes.legend(fontsize=6, loc="upper left", bbox_to_anchor=(1.01, 1))
    _scale(axes)
    target = io.BytesIO()
    # No date or version in the file: the same rows give the same bytes.
    figure.savefig(target, format="png", bbox_inches="tight", metadata={"Software": None})
    return target.getvalue()


def _scale(axes: Axes) -> None:
    west, east = axes.get_xlim()
    south, north = axes.get_ylim()
    per_degree = _KM_PER_DEGREE * math.cos(math.radians((south + north) / 2))
    wide = (east - west) * per_degree
    length = max((km for km in _SCALES_KM if km <= wide / 4), default=_SCALES_KM[0])
    x, y = west + 0.05 * (east - west), south + 0.05 * (north - south)
    axes.plot([x, x + length / per_degree], [y, y], color="black", linewidth=2, zorder=6)
    axes.text(x, y + 0.01 * (north - south), f"{length:g} km", fontsize=7, zorder=6)
