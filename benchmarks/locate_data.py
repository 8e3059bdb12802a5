"""Invented boundaries around the catalogue's parks, and points in, around and on them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_CATALOGUE = Path(__file__).resolve().parents[1] / "assets/reference/park_catalogue_2018.csv"
_ROW_GROUP = 1 << 20
_KM_PER_DEGREE = 111.2
# Where points lie: in and about parks, in their wider surroundings, anywhere, on borders.
MIXES = {
    "register": (0.84, 0.10, 0.05, 0.01),  # sites of a permit register: most near a park
    "country": (0.10, 0.60, 0.29, 0.01),  # all enterprises: most far from any
}
_CHINA = (73.5, 18.2, 134.8, 53.5)


def boundaries(seed: int = 2018) -> tuple[list[str], NDArray[Any]]:
    """One shape a park of the catalogue, of its approved area at its (shifted) point.

    20 to 400 vertices; 15 % have two to four zones, 5 % a hole, 30 % only level and
    upright edges. Neighbours overlap where the catalogue's points are close together;
    parks without a point get one at random.
    """
    rng = np.random.default_rng(seed)
    columns = ["lon_gcj02", "lat_gcj02", "approved_area_ha"]
    parks = pl.read_csv(_CATALOGUE, columns=columns).select(columns)
    shapes = []
    for lon, lat, hectares in parks.iter_rows():
        if lon is None or lat is None:
            lon, lat = rng.uniform(105, 118), rng.uniform(25, 38)
        zones = int(rng.integers(2, 5)) if rng.random() < 0.15 else 1
        vertices = int(np.exp(rng.uniform(np.log(24), np.log(400))))
        radius = np.sqrt(max(hectares or 0.0, 10.0) / 100 / zones / np.pi) / _KM_PER_DEGREE
        upright, hollow = rng.random() < 0.3, rng.random() < 0.05
        parts = []
        for zone in range(zones):
            stretch = 1 / np.cos(np.radians(lat))
            x, y = lon + zone * 3.1 * radius * stretch, lat + zone * rng.uniform(-1, 1) * radius
            count = max(-(-vertices // zones) // (2 if hollow else 1), 16)
            draw = _steps if upright else _star
            parts.append(draw(rng, x, y, radius, stretch, count, hollow))
        shapes.append(parts[0] if zones == 1 else shapely.MultiPolygon(parts))
    return [f"B{place:04d}" for place in range(len(shapes))], np.array(shapes, dtype=object)


def _star(
    rng: np.random.Generator,
    x: float,
    y: float,
    radius: float,
    stretch: float,
    count: int,
    hollow: bool,
) -> shapely.Polygon:
    """A closed wavy line around a point."""
    angle = (np.arange(count) + rng.uniform(-0.3, 0.3, count)) * 2 * np.pi / count
    wave = sum(rng.uniform(0, 0.5 / k) * np.cos(k * angle + rng.uniform(0, 6)) for k in range(2, 6))
    reach = radius * np.clip(1 + 0.6 * wave + rng.normal(0, 0.01, count), 0.4, 1.4)
    ring = np.column_stack([x + reach * np.cos(angle) * stretch, y + reach * np.sin(angle)]).round(
        7
    )
    holes = [ring[::-2] * 0.3 + np.array([x, y]) * 0.7] if hollow else []
    return shapely.Polygon(ring, holes)


def _steps(
    rng: np.random.Generator,
    x: float,
    y: float,
    radius: float,
    stretch: float,
    count: int,
    hollow: bool,
) -> shapely.Polygon:
    """A skyline: level and upright edges only."""
    columns = max((count - 1) // 2, 3)
    sides = np.linspace(x - 0.9 * radius * stretch, x + 0.9 * radius * stretch, columns + 1).round(
        7
    )
    tops = (y + 0.9 * radius * rng.uniform(0.5, 1.3, columns)).round(7)
    base = round(y - 0.9 * radius, 7)
    outline = np.column_stack([np.repeat(sides, 2)[1:-1], np.repeat(tops, 2)])
    ring = np.vstack([[[sides[0], base]], outline, [[sides[-1], base]]])
    low, high = y - 0.5 * radius, y + 0.2 * radius
    hole = shapely.box(sides[1], low, sides[-2], high).exterior.coords
    return shapely.Polygon(ring, [hole] if hollow else [])


def write_points(path: Path, shapes: NDArray[Any], count: int, mix: str, seed: int = 7) -> None:
    """`point, lon, lat` (row number, doubles) in the shares of the mix.

    The points on borders are vertices, points of level and upright edges, and points on
    or within rounding of slanted edges, in equal parts.
    """
    centres = shapely.get_coordinates(shapely.centroid(shapes))
    spread = np.sqrt(shapely.area(shapes))
    on_border = _border_points(shapes, np.random.default_rng(seed))
    schema = pa.schema([("point", pa.uint32()), ("lon", pa.float64()), ("lat", pa.float64())])
    shares = MIXES[mix]
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for group, start in enumerate(range(0, count, _ROW_GROUP)):
            size = min(_ROW_GROUP, count - start)
            rng = np.random.default_rng([seed, group])
            points = _some(rng, centres, spread, on_border, size, shares)
            rows = pa.array(np.arange(start, start + size, dtype=np.uint32))
            arrays = [rows, *(pa.array(np.ascontiguousarray(values)) for values in points.T)]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))


def _some(
    rng: np.random.Generator,
    centres: Floats,
    spread: Floats,
    on_border: Floats,
    count: int,
    shares: tuple[float, ...],
) -> Floats:
    kind = rng.choice(4, count, p=shares)
    park = rng.integers(0, len(centres), count)
    wide = np.where(kind == 0, 0.45 * spread[park], rng.choice([0.05, 0.2, 0.5], count))
    points = centres[park] + rng.normal(size=(count, 2)) * wide[:, None]
    anywhere = kind == 2
    points[anywhere] = rng.uniform(_CHINA[:2], _CHINA[2:], (anywhere.sum(), 2))
    border = kind == 3
    points[border] = on_border[rng.integers(0, len(on_border), border.sum())]
    return points


def _border_points(shapes: NDArray[Any], rng: np.random.Generator) -> Floats:
    """Vertices, points of level and upright edges, and points next to or on slanted ones."""
    rings, _ = shapely.get_rings(shapely.get_parts(shapes), return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    same = ring[:-1] == ring[1:]
    start, end = points[:-1][same], points[1:][same]
    upright = (start == end).any(axis=1)
    some = rng.uniform(0, 1, (len(start), 1))
    along = start + some * (end - start)
    # On an upright or level edge the shared coordinate is kept as it is.
    along = np.where(start == end, start, along)
    straight = along[upright]
    slanted = np.where(some < 0.5, along, (start + end) / 2)[~upright]
    sample = min(len(straight), len(slanted), 60_000)
    return np.vstack(
        [
            start[rng.integers(0, len(start), sample)],
            straight[rng.integers(0, len(straight), sample)],
            slanted[rng.integers(0, len(slanted), sample)],
        ]
    )
