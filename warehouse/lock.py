"""One writer at a time: an flock on `PARKLEDGER_HOME/writer.lock`.

Two writers on the SQLite catalog failed half of their writes; readers need no lock.
The lock belongs to the process, so a killed writer never leaves it behind.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_held = threading.local()


class WriterBusy(RuntimeError):
    """Another writer held the lock for longer than the allowed time."""


@contextmanager
def writer_lock(home: Path, wait_seconds: float) -> Iterator[None]:
    """Hold the writer's lock; re-entrant within a thread. Raises WriterBusy after the wait."""
    depth: int = getattr(_held, "depth", 0)
    if depth:
        _held.depth = depth + 1
        try:
            yield
        finally:
            _held.depth -= 1
        return
    home.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(home / "writer.lock", os.O_RDWR | os.O_CREAT, 0o644)
    deadline = time.monotonic() + wait_seconds
    try:
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise WriterBusy(
                        f"{home}/writer.lock: held by another writer for {wait_seconds:g} s; "
                        "wait for its run to end, then run again"
                    ) from None
                time.sleep(0.05)
        _held.depth = 1
        try:
            yield
        finally:
            _held.depth = 0
    finally:
        os.close(descriptor)
