"""A tree of boxes over the edges, for the nearest of them.

Edges that follow each other along a ring lie together, so boundaries in the order of a
space-filling curve and their edges as they come make compact boxes without a sort of edges.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assets.boundaries.locate.edges import Edges, Floats

FANOUT = 8
_NOWHERE = np.array([[np.inf], [np.inf], [-np.inf], [-np.inf]])


@dataclass(frozen=True)
class Tree:
    """Edges x1, y1, x2, y2 by row, the boundary of each, and boxes west, south, east, north.

    Box n below `levels[1]` is a leaf and holds edges 8n to 8n + 7; any other holds the
    eight boxes from `children[n]` on. `levels` are the first boxes of the levels, the
    leaves' first; the first box of the last level is that of all. Edges are made up to
    eights by repeating the last, boxes by ones that are infinitely far.
    """

    edges: Floats
    boundary: NDArray[np.int32]
    boxes: Floats
    children: NDArray[np.int64]
    levels: NDArray[np.int64]


def build_tree(edges: Edges) -> Tree:
    """Tree over the edges."""
    order = np.argsort(_curve(edges)[edges.boundary], kind="stable")
    if len(order):
        order = np.append(order, np.repeat(order[-1], -len(order) % FANOUT))
    ordered = np.stack([edges.x1, edges.y1, edges.x2, edges.y2])[:, order]
    x, y = ordered[[0, 2]], ordered[[1, 3]]
    below = np.stack([x.min(axis=0), y.min(axis=0), x.max(axis=0), y.max(axis=0)])
    levels, boxes = [0], [np.empty((4, 0))]
    children = [np.empty(0, dtype=np.int64)]
    while below.shape[1] > 1:
        grouped = below.reshape(4, -1, FANOUT)
        level = np.vstack([grouped[:2].min(axis=2), grouped[2:].max(axis=2)])
        count = level.shape[1]
        first = levels[-2] if len(levels) > 1 else 0
        children.append(first + np.arange(count) * FANOUT)
        if count > 1:
            level = np.hstack([level, np.tile(_NOWHERE, -count % FANOUT)])
            children.append(np.zeros(-count % FANOUT, dtype=np.int64))
        boxes.append(level)
        levels.append(levels[-1] + level.shape[1])
        below = level
    return Tree(
        edges=np.ascontiguousarray(ordered),
        boundary=edges.boundary[order].astype(np.int32),
        boxes=np.ascontiguousarray(np.hstack(boxes)),
        children=np.concatenate(children).astype(np.int64),
        levels=np.array(levels, dtype=np.int64),
    )


def _curve(edges: Edges) -> NDArray[np.int64]:
    """Place of each boundary on a Z-curve through their first vertices, in 1/128 degrees."""
    count = int(edges.boundary.max(initial=-1)) + 1
    first = np.searchsorted(edges.boundary, np.arange(count))
    column = np.floor((edges.x1[first] + 180) * 128).astype(np.int64)
    row = np.floor((edges.y1[first] + 90) * 128).astype(np.int64)
    place = np.zeros(count, dtype=np.int64)
    for bit in range(17):
        place |= (column >> bit & 1) << 2 * bit | (row >> bit & 1) << 2 * bit + 1
    return place
