"""Tables of the lake that this process has read or written, kept while nobody else writes.

A read of a small table takes 15 ms, of which all is looking up its files in the catalog; the
steps of a run read a thousand, most of them again and again.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Sequence
from typing import Any

import polars as pl

_MOST_BYTES = 256 << 20

# A column and the values of it that are wanted; no column: all rows.
Slice = tuple[str | None, Sequence[Any]]
WHOLE: Slice = (None, ())


class Kept:
    """Frames by table and slice, as they are in one snapshot; at most 256 MB, oldest out first."""

    def __init__(self) -> None:
        self._snapshot: int | None = None
        self._frames: OrderedDict[tuple[str, Hashable], pl.DataFrame | None] = OrderedDict()
        self._bytes = 0

    def at(self, snapshot: int) -> None:
        """Forget all if the lake is at another snapshot than the frames."""
        if snapshot != self._snapshot:
            self._forget(list(self._frames))
            self._snapshot = snapshot

    def wrote(self, table: str, snapshot: int) -> None:
        """This process has committed a change of one table as that snapshot."""
        if self._snapshot is None or snapshot != self._snapshot + 1:
            self.at(snapshot)  # somebody else wrote in between
        self._forget([key for key in self._frames if key[0] == table])
        self._snapshot = snapshot

    def holds(self, table: str, of: Slice) -> bool:
        """Whether the slice is here, or the whole table."""
        return _key(table, of) in self._frames or _key(table, WHOLE) in self._frames

    def get(self, table: str, of: Slice) -> pl.DataFrame | None:
        """The slice; None where the table was never written. Raises KeyError if not here."""
        if _key(table, of) in self._frames:
            frame = self._frames[_key(table, of)]
            return None if frame is None else frame.clone()
        whole = self._frames[_key(table, WHOLE)]
        column, values = of
        return None if whole is None else whole.filter(pl.col(str(column)).is_in(list(values)))

    def is_empty(self, table: str) -> bool:
        """Whether the table is known to have no rows."""
        if not self.holds(table, WHOLE):
            return False
        whole = self.get(table, WHOLE)
        return whole is None or whole.is_empty()

    def keep(self, table: str, of: Slice, frame: pl.DataFrame | None) -> None:
        """Keep a slice of the snapshot last named; None where the table was never written."""
        if _size(frame) > _MOST_BYTES // 4:
            return
        self._forget([key for key in [_key(table, of)] if key in self._frames])
        self._frames[_key(table, of)] = frame
        self._bytes += _size(frame)
        while self._bytes > _MOST_BYTES:
            self._forget([next(iter(self._frames))])

    def _forget(self, keys: Sequence[tuple[str, Hashable]]) -> None:
        for key in keys:
            self._bytes -= _size(self._frames.pop(key))


def _key(table: str, of: Slice) -> tuple[str, Hashable]:
    column, values = of
    return table, (column, tuple(values))


def _size(frame: pl.DataFrame | None) -> int:
    return 0 if frame is None else int(frame.estimated_size())
