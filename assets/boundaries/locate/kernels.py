"""Compiled loops over points; importing this module loads the compiler (numba).

Containment counts the edges that a ray to the east crosses. The sign of the orientation
of a point to an edge is certain where the determinant exceeds the bound of its rounding
error (Shewchuk 1997, Adaptive precision floating-point arithmetic and fast robust
geometric predicates, section 4.3); where it does not, the point is reported as in doubt.

Distances take the ellipsoid's radii of curvature at the mean latitude of both points,
within 1 mm of the geodesic at 5 km.
"""

from __future__ import annotations

import math

import numba
import numpy as np
from numpy.typing import NDArray

from assets.boundaries.compiled import compiled
from assets.boundaries.divisions import GEOD
from assets.boundaries.locate.edges import Floats, Integers
from assets.boundaries.locate.grid import BLOCK_BITS
from assets.boundaries.locate.tree import FANOUT

Numbers = NDArray[np.int32]
States = NDArray[np.uint8]

OUTSIDE, INSIDE, DOUBT = 0, 1, 2
_BITS = numba.uint64(BLOCK_BITS)
_SIDE = 1 << BLOCK_BITS
_MASK = numba.uint64(_SIDE - 1)
_TOGETHER = 4096  # points that go through a step before the next step
_ROUNDING = (3.0 + 16.0 * 2.0**-53) * 2.0**-53
_DEGREE = math.pi / 180.0
_A, _E2 = float(GEOD.a), float(GEOD.es)
_DEEPEST = 16 * FANOUT  # boxes that wait for their turn: eight a level


@compiled
def tiles(lon: Floats, lat: Floats, row: NDArray[np.uint16], column: NDArray[np.uint16]) -> None:
    """Write the row and column of a tile of 1/32 of a degree that each usable point is in."""
    for i in range(len(lon)):
        row[i] = math.floor((lat[i] + 90.0) * 32.0)
        column[i] = math.floor((lon[i] + 180.0) * 32.0)


@compiled
def _covers(x: float, y: float, edges: Floats, first: int, count: int) -> int:
    """Whether the polygon of these edges covers the point: OUTSIDE, INSIDE or DOUBT."""
    crossings, near = 0, 0
    # Without branches and with unsigned places the compiler takes eight edges at once.
    for k in range(numba.uint64(count)):
        e = numba.uint64(first) + k
        x1, y1, x2, y2 = edges[0, e], edges[1, e], edges[2, e], edges[3, e]
        left = (x2 - x1) * (y - y1)
        right = (y2 - y1) * (x - x1)
        turn = left - right
        crossings += ((y1 > y) != (y2 > y)) & ((turn > 0.0) == (y2 > y1))
        near += abs(turn) <= _ROUNDING * (abs(left) + abs(right))
    if near == 0:
        return crossings & 1
    state = crossings & 1
    for n in range(first, first + count):
        x1, y1, x2, y2 = edges[0, n], edges[1, n], edges[2, n], edges[3, n]
        if y < min(y1, y2) or y > max(y1, y2):
            continue
        # Differences are zero only for equal numbers: vertices and level or upright edges.
        in_line = (x1 == x2 or y == y1) and (y1 == y2 or x == x1)
        if in_line and min(x1, x2) <= x <= max(x1, x2):
            return INSIDE
        if y1 == y2:
            continue  # a ray along it does not cross it
        left = (x2 - x1) * (y - y1)
        right = (y2 - y1) * (x - x1)
        if abs(left - right) <= _ROUNDING * (abs(left) + abs(right)):
            state = DOUBT
    return state


@compiled
def _find_cells(
    lon: Floats,
    lat: Floats,
    scale: float,
    corner: Integers,
    blocks: Numbers,
    cells: Numbers,
    entry: Numbers,
) -> None:
    """Write the first entry of the cell of each point; -1 for none, -2 for no usable point."""
    row0, column0 = corner[0], corner[1]
    height, width = blocks.shape
    # One cell beyond the grid on each side is in a block that holds nothing.
    south, north = float(row0 - 1), float(row0 + ((height - 2) << BLOCK_BITS))
    west, east = float(column0 - 1), float(column0 + ((width - 2) << BLOCK_BITS))
    for k in range(numba.uint64(len(lon))):
        x, y = lon[k] * scale, lat[k] * scale
        x = x if x > west else west
        x = x if x < east else east
        y = y if y > south else south
        y = y if y < north else north
        row = numba.uint64(math.floor(y) - row0 + _SIDE)
        column = numba.uint64(math.floor(x) - column0 + _SIDE)
        block = numba.uint64(blocks[row >> _BITS, column >> _BITS])
        cell = (block << _BITS << _BITS) + ((row & _MASK) << _BITS) + (column & _MASK)
        usable = (abs(lon[k]) <= 180.0) & (abs(lat[k]) <= 90.0)
        entry[k] = cells[cell] if usable else -2


@compiled
def candidates(
    lon: Floats,
    lat: Floats,
    scale: float,
    corner: Integers,
    blocks: Numbers,
    cells: Numbers,
    entries: Numbers,
    point: Numbers,
    boundary: Numbers,
    edge: Numbers,
    count: Numbers,
) -> int:
    """Write each point with each entry of its cell (boundary, first edge, edges), in order.

    `corner` is the first row and column of the grid. A point without usable coordinates
    is written once, with -1 for a boundary. Returns the number of rows, also where the
    arrays have not room for all.
    """
    first = np.empty(_TOGETHER, dtype=np.int32)
    some = np.empty(_TOGETHER, dtype=np.int32)
    written, room = 0, len(point)
    for start in range(0, len(lon), _TOGETHER):
        # Each step is a loop of its own over a few points: what one waits for, from memory
        # or for a guess of the processor that was wrong, the others do not.
        size = min(_TOGETHER, len(lon) - start)
        stop = start + size
        _find_cells(lon[start:stop], lat[start:stop], scale, corner, blocks, cells, first[:size])
        held = 0
        for k in range(size):
            some[held] = k
            held += first[k] != -1
        for h in range(held):
            k = some[h]
            e, more = first[k], True
            while more:
                if written < room:
                    point[written] = start + k
                    boundary[written] = entries[e, 0] if e >= 0 else -1
                    edge[written] = entries[e, 1] if e >= 0 else 0
                    count[written] = entries[e, 2] if e >= 0 else 0
                written += 1
                more = e >= 0 and entries[e, 3] != 0
                e += 1
    return written


@compiled
def cover(
    x: Floats, y: Floats, first: Numbers, count: Numbers, edges: Floats, state: States
) -> None:
    """Write OUTSIDE, INSIDE or DOUBT for points, each with the edges it is looked up in."""
    for k in range(len(x)):
        state[k] = _covers(x[k], y[k], edges, first[k], count[k])


@compiled
def nearest(
    lon: Floats,
    lat: Floats,
    within: float,
    edges: Floats,
    owner: Numbers,
    boxes: Floats,
    children: Integers,
    levels: Integers,
    boundary: Numbers,
    distance: Floats,
    gaps: Floats,
) -> None:
    """Write the nearest boundary of each point (-1: none within reach) and its distance in metres.

    Boundaries whose distances agree to the millimetre are equally near: the first counts.
    Points that follow each other should be neighbours. `gaps` is room for eight numbers;
    made here, the compiler would not take them together.
    """
    waiting = np.empty(_DEEPEST, dtype=np.int64)
    bound = np.empty(_DEEPEST, dtype=np.float64)
    top = len(levels) - 2
    root, leaf = levels[top] if top >= 0 else 0, 0
    for k in range(len(lon)):
        x, y = lon[k], lat[k]
        sine, cosine = math.sin(y * _DEGREE), math.cos(y * _DEGREE)
        w2 = 1.0 - _E2 * sine * sine
        prime = _A / math.sqrt(w2)
        meridian = prime * (1.0 - _E2) / w2
        # Metres a degree, and half their change a degree of latitude to the north.
        east, north = prime * cosine * _DEGREE, meridian * _DEGREE
        east_change = -0.5 * meridian * sine * _DEGREE * _DEGREE
        north_change = 1.5 * meridian * _E2 * sine * cosine / w2 * _DEGREE * _DEGREE
        # No more metres than these a degree, for what is within reach.
        reach = within / north
        least_east = max(east - 2.0 * abs(east_change) * reach, 0.0)
        least_north = north - 2.0 * abs(north_change) * reach
        east2, north2 = east * east, north * north
        best, best_mm, best_boundary = within, math.inf, -1
        limit = within * within
        # First where the point before found its nearest: a good bound for all others.
        waiting[0], waiting[1], bound[0], bound[1] = root, leaf, 0.0, 0.0
        depth = 2 if top >= 0 else 0
        while depth > 0:
            depth -= 1
            if bound[depth] > limit:
                continue
            node = waiting[depth]
            if node >= levels[1]:
                first = numba.uint64(children[node])
                for j in range(numba.uint64(len(gaps))):
                    b = first + j
                    dx = boxes[0, b] - x
                    dx = dx if dx > 0.0 else 0.0
                    ex = x - boxes[2, b]
                    dx = (dx if dx > ex else ex) * least_east
                    dy = boxes[1, b] - y
                    dy = dy if dy > 0.0 else 0.0
                    ey = y - boxes[3, b]
                    dy = (dy if dy > ey else ey) * least_north
                    gaps[j] = dx * dx + dy * dy
                # The nearest box goes last, so that it is the next to be looked into.
                start = depth
                for j in range(FANOUT):
                    gap = gaps[j]
                    if gap <= limit:
                        waiting[depth], bound[depth] = first + j, gap
                        if depth > start and gap > bound[depth - 1]:
                            waiting[depth], bound[depth] = waiting[depth - 1], bound[depth - 1]
                            waiting[depth - 1], bound[depth - 1] = first + j, gap
                        depth += 1
                continue
            start_e = numba.uint64(node * FANOUT)
            for j in range(numba.uint64(len(gaps))):
                e = start_e + j
                dx, dy = edges[0, e] - x, edges[1, e] - y
                ex, ey = edges[2, e] - edges[0, e], edges[3, e] - edges[1, e]
                along = -(dx * ex * east2 + dy * ey * north2)
                t = along / (ex * ex * east2 + ey * ey * north2)
                t = t if t > 0.0 else 0.0
                t = t if t < 1.0 else 1.0
                dx, dy = dx + t * ex, dy + t * ey
                mx, my = dx * (east + east_change * dy), dy * (north + north_change * dy)
                gaps[j] = mx * mx + my * my
            for j in range(FANOUT):
                if gaps[j] > limit:
                    continue
                metres, own = math.sqrt(gaps[j]), owner[node * FANOUT + j]
                millimetres = math.floor(metres * 1000.0 + 0.5)
                if millimetres < best_mm or (millimetres == best_mm and own < best_boundary):
                    best, best_mm, best_boundary, leaf = metres, millimetres, own, node
                    limit = min((best + 0.001) * (best + 0.001), within * within)
                elif own == best_boundary and metres < best:
                    best = metres
        boundary[k], distance[k] = best_boundary, best
