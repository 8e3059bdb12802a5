"""Work on several things at once, with results in the order of the things."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


def ahead(work: Callable[[T], R], things: Iterable[T], threads: int, waiting: int) -> Iterator[R]:
    """`work` of each thing, in so many threads; at most `waiting` results are not yet taken.

    Raises what `things` or `work` raises, in its turn.
    """
    begun: deque[Future[R]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        for thing in things:
            begun.append(pool.submit(work, thing))
            if len(begun) >= waiting:
                yield begun.popleft().result()
        while begun:
            yield begun.popleft().result()
