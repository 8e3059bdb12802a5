"""A grid of cells over the boundaries: inside, crossed by the border, or outside.

A cell is a power of two of a degree wide, so that the cell of a coordinate is found
without rounding. A row of cells keeps, for each boundary, the edges that reach into it,
the most easterly first: a cell that the border crosses needs those of them that end east
of its west side, which is a count. A horizontal ray to the east meets no others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from assets.boundaries.locate.edges import Edges, Floats, Integers

EIGHT = 8  # edges that a processor compares at once
BLOCK_BITS = 4  # a block is 16 x 16 cells
_FINEST = 256.0
_MOST_CELLS = 1 << 22
# Where an edge crosses a row is rounded; 1e-9 degrees more on each side make it certain.
_MARGIN = 1e-9
_COLUMN_BITS = 20


@dataclass(frozen=True)
class Grid:
    """Cells of the grid, by block, and what is known of each boundary in them.

    `blocks[row, column]` is the number of a block, with a border of block 0 around, which
    is empty; `first_row` and `first_column` are the first cell within the border. `cells`
    holds 256 cells a block: the first entry of a cell or -1. An entry is (boundary, first
    edge, edges, more): no edges mean that the whole cell is inside, `more` that the next
    entry is of this cell too. `edges` are the coordinates x1, y1, x2, y2 by row.
    """

    scale: float
    first_row: int
    first_column: int
    blocks: NDArray[np.int32]
    cells: NDArray[np.int32]
    entries: NDArray[np.int32]
    edges: Floats


def build_grid(shapes: NDArray[Any], edges: Edges) -> Grid:
    """Grid of valid polygons and their edges; cells grow where the shapes cover too many."""
    scale = _scale(shapely.bounds(shapes))
    west = np.floor(np.minimum(edges.x1, edges.x2) * scale).astype(np.int64)
    east = np.floor(np.maximum(edges.x1, edges.x2) * scale).astype(np.int64)
    south = np.floor(np.minimum(edges.y1, edges.y2) * scale).astype(np.int64)
    north = np.floor(np.maximum(edges.y1, edges.y2) * scale).astype(np.int64)
    first_row = _block_floor(south.min()) if len(south) else 0
    first_column = _block_floor(west.min()) if len(west) else 0
    rows = (int(north.max()) if len(north) else 0) - first_row + 1

    # One place for each edge and row that it reaches into, by boundary and row, east first.
    edge, row = _expand(south, north)
    line = edges.boundary[edge] * rows + (row - first_row)
    key = (line << _COLUMN_BITS) - (east[edge] - first_column)
    order = np.argsort(key, kind="stable")
    edge, row, line, key = edge[order], row[order], line[order], key[order]
    first, last = _columns(edges, edge, row, scale)

    place, column = _expand(first, last)
    cell = np.unique((line[place] << _COLUMN_BITS) + (column - first_column))
    crossed_line, crossed_column = cell >> _COLUMN_BITS, cell & ((1 << _COLUMN_BITS) - 1)
    start = np.searchsorted(line, crossed_line)
    end = np.searchsorted(key, (crossed_line << _COLUMN_BITS) - crossed_column, side="right")
    # Edges are laid out in eights: one that reaches less far does not change the count, nor
    # does one of no numbers, of which the last eight of a boundary and row are made up.
    opens = np.flatnonzero(np.diff(line, prepend=-1))
    length = np.diff(opens, append=len(line))
    laid = np.cumsum(-(-length // EIGHT) * EIGHT)
    shift = np.append(0, laid[:-1]) - opens
    moved = shift[np.searchsorted(opens, start)] + start
    crossed = np.column_stack(
        [crossed_line, crossed_column, moved, -(-(end - start) // EIGHT) * EIGHT]
    )
    inside = _inside(shapes, crossed_line, crossed_column, rows, first_row, first_column, scale)
    found = np.vstack([crossed, inside])
    blocks, cells, entries = _directory(found, rows)
    reaching = np.full((4, int(laid[-1]) if len(laid) else 0), np.nan)
    slot = np.arange(len(line)) + np.repeat(shift, length)
    for side, values in enumerate((edges.x1, edges.y1, edges.x2, edges.y2)):
        reaching[side, slot] = values[edge]
    return Grid(scale, first_row, first_column, blocks, cells, entries, reaching)


def _scale(bounds: Floats) -> float:
    """Cells a degree: a power of two, as fine as `_MOST_CELLS` allows."""
    scale = _FINEST
    width, height = bounds[:, 2] - bounds[:, 0], bounds[:, 3] - bounds[:, 1]
    while scale > 1 and ((width * scale + 1) * (height * scale + 1)).sum() > _MOST_CELLS:
        scale /= 2
    return scale


def _block_floor(cell: Any) -> int:
    return int(cell) >> BLOCK_BITS << BLOCK_BITS


def _expand(first: Integers, last: Integers) -> tuple[Integers, Integers]:
    """For each range from first to last: its place, once for each number, and the numbers."""
    count = np.maximum(last - first + 1, 0)
    place = np.repeat(np.arange(len(first)), count)
    offset = np.arange(len(place)) - np.repeat(np.cumsum(count) - count, count)
    return place, first[place] + offset


def _columns(
    edges: Edges, edge: Integers, row: Integers, scale: float
) -> tuple[Integers, Integers]:
    """First and last column that an edge may touch within a row of cells."""
    x1, y1, x2, y2 = (values[edge] for values in (edges.x1, edges.y1, edges.x2, edges.y2))
    low, high = np.minimum(x1, x2), np.maximum(x1, x2)
    rise = y2 - y1
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = (x2 - x1) / rise
        ends = [
            x1 + (np.clip(side / scale, np.minimum(y1, y2), np.maximum(y1, y2)) - y1) * slope
            for side in (row, row + 1)
        ]
    # A level edge, or one so nearly level that its slope overflows: all its columns.
    steep = np.isfinite(ends[0]) & np.isfinite(ends[1])
    first = np.where(steep, np.clip(np.fmin(*ends), low, high), low) - _MARGIN
    last = np.where(steep, np.clip(np.fmax(*ends), low, high), high) + _MARGIN
    first_column = np.maximum(np.floor(first * scale), np.floor(low * scale))
    last_column = np.minimum(np.floor(last * scale), np.floor(high * scale))
    return first_column.astype(np.int64), last_column.astype(np.int64)


def _inside(
    shapes: NDArray[Any],
    line: Integers,
    column: Integers,
    rows: int,
    first_row: int,
    first_column: int,
    scale: float,
) -> Integers:
    """Cells between two crossed ones of a boundary and row that lie inside, as entries.

    No border is in such a gap, so one of its points tells for all.
    """
    gap = np.flatnonzero((line[:-1] == line[1:]) & (column[1:] - column[:-1] > 1))
    boundary, row = np.divmod(line[gap], rows)
    x = (column[gap] + first_column + 1.5) / scale
    y = (row + first_row + 0.5) / scale
    shapely.prepare(shapes)
    gap = gap[shapely.contains_xy(shapes[boundary], x, y)]
    place, inside_column = _expand(column[gap] + 1, column[gap + 1] - 1)
    none = np.zeros(len(place), dtype=np.int64)
    return np.column_stack([line[gap][place], inside_column, none, none])


def _directory(
    found: Integers, rows: int
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
    """Blocks, cells and entries of (line, column, first edge, edges), ordered by boundary."""
    boundary, row = np.divmod(found[:, 0], rows)
    column = found[:, 1]
    width = (int(column.max()) >> BLOCK_BITS) + 1 if len(column) else 1
    block = (row >> BLOCK_BITS) * width + (column >> BLOCK_BITS)
    mask = (1 << BLOCK_BITS) - 1
    cell = (block << 2 * BLOCK_BITS) + ((row & mask) << BLOCK_BITS) + (column & mask)
    order = np.lexsort((boundary, cell))
    cell, block = cell[order], block[order]
    known, number = np.unique(block, return_inverse=True)
    height = (rows - 1 >> BLOCK_BITS) + 1
    blocks = np.zeros((height + 2, width + 2), dtype=np.int32)
    blocks[1 + known // width, 1 + known % width] = np.arange(1, len(known) + 1)
    cells = np.full(len(known) + 1 << 2 * BLOCK_BITS, -1, dtype=np.int32)
    opens = np.ones(len(cell), dtype=bool)
    opens[1:] = cell[1:] != cell[:-1]
    within = cell & ((1 << 2 * BLOCK_BITS) - 1)
    cells[((number + 1 << 2 * BLOCK_BITS) + within)[opens]] = np.flatnonzero(opens)
    more = np.append(~opens[1:], False)[: len(cell)]
    entries = np.column_stack([boundary[order], found[order, 2], found[order, 3], more])
    return blocks, cells, np.ascontiguousarray(entries, dtype=np.int32)
