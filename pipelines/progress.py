"""Progress on stderr, and time and peak memory of each stage."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Progress:
    """What this process has run so far; `shown` prints a line as each stage ends."""

    shown: bool = False
    stages: dict[str, dict[str, float]] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Measure a stage: seconds, and the process's peak memory at its end."""
        started = time.perf_counter()
        yield
        seconds = time.perf_counter() - started
        # Linux counts ru_maxrss in KiB.
        peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        self.stages[name] = {"seconds": round(seconds, 3), "peak_mb": round(peak_mb, 1)}
        if self.shown:
            print(f"  {name:<40} {seconds:6.2f} s", file=sys.stderr, flush=True)


PROGRESS = Progress()
