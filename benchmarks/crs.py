"""Shifted grids to CGCS2000 and back, against eviltransform.

    python -m benchmarks.crs [--size small|full|POINTS] [--rounds 3] [--json]

Four ways a point can go: GCJ-02 and BD-09, there and back. The peer is pure Python, a point a
call, so it takes a sample of the points and its seconds are of the whole by proportion; its
exact inverse is the one compared, of BD-09 its approximate one, as it has no other. `identical`:
both agree on every point of the sample to 2e-7 degrees there (they take two radii of the earth)
and to the precision that the peer states for its inverse back, and ours comes back to where it
started within 2e-9 degrees. Each runs in a process of its own, in turn, on one thread; a first
point loads (and once on a machine compiles) what it needs, which is not timed.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from numpy.typing import NDArray

from assets.boundaries.crs import (
    bd09_to_cgcs2000,
    cgcs2000_to_bd09,
    cgcs2000_to_gcj02,
    gcj02_to_cgcs2000,
)

Floats = NDArray[np.float64]
SIZES = {"small": 300_000, "full": 10_000_000}
_SAMPLE = 20_000
_ROOT = Path(__file__).resolve().parents[1]
OURS: dict[str, Callable[[Floats, Floats], tuple[Floats, Floats]]] = {
    "to_gcj02": cgcs2000_to_gcj02,
    "from_gcj02": gcj02_to_cgcs2000,
    "to_bd09": cgcs2000_to_bd09,
    "from_bd09": bd09_to_cgcs2000,
}
PEERS = {
    "to_gcj02": "wgs2gcj",
    "from_gcj02": "gcj2wgs_exact",
    "to_bd09": "wgs2bd",
    "from_bd09": "bd2wgs",
}
# Degrees: the radii differ by 1.7e-5 of the shift; the peer's bisection stops some 1e-6 degrees
# short, and its inverse of BD-09 takes the shift at the shifted point.
AGREE = {"to_gcj02": 2e-7, "from_gcj02": 5e-6, "to_bd09": 2e-7, "from_bd09": 1e-4}
_BACK = 2e-9


def points(size: int, way: str) -> tuple[Floats, Floats]:
    """Places all over China; for a way back, as the shifted grid has them."""
    random = np.random.default_rng(1)
    lon, lat = random.uniform(73.5, 135, size), random.uniform(18, 53.5, size)
    return OURS[way.replace("from", "to")](lon, lat) if way.startswith("from") else (lon, lat)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--size", default="full", help="small, full, or a number of points")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true", help="one JSON object and nothing else")
    parser.add_argument("--once", choices=["parkledger", "eviltransform"], help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    size = SIZES.get(chosen.size) or int(chosen.size)
    if chosen.once:
        print(json.dumps(_once(chosen.once, size)))
        return
    rounds: dict[str, list[dict[str, Any]]] = {"parkledger": [], "eviltransform": []}
    for _ in range(chosen.rounds):
        for name, said in rounds.items():
            said.append(_child(name, size))
            if not chosen.json:
                seconds = ", ".join(f"{way} {said[-1]['seconds'][way]:.2f} s" for way in OURS)
                print(f"{name:<14} {seconds}", flush=True)
    median = {
        name: {way: statistics.median(one["seconds"][way] for one in said) for way in OURS}
        for name, said in rounds.items()
    }
    ratio = {way: median["eviltransform"][way] / median["parkledger"][way] for way in OURS}
    total = {name: sum(ways.values()) for name, ways in median.items()}
    result = {
        "benchmark": "crs",
        "size": size,
        "seconds": {name: round(value, 3) for name, value in total.items()},
        "peak_mb": {
            name: round(statistics.median(one["peak_mb"] for one in said))
            for name, said in rounds.items()
        },
        "ratio": {"eviltransform": round(total["eviltransform"] / total["parkledger"], 1)},
        "ratio_by_way": {way: round(value, 1) for way, value in ratio.items()},
        "million_points_per_second": {
            way: round(size / median["parkledger"][way] / 1e6, 2) for way in OURS
        },
        "sampled": {"eviltransform": min(size, _SAMPLE)},
        "identical": _identical(min(size, _SAMPLE)),
    }
    print(json.dumps(result))


def _once(name: str, size: int) -> dict[str, Any]:
    """Seconds of each way for all points, and the peak memory of this process."""
    seconds = {}
    for way in OURS:
        lon, lat = points(size, way)
        (OURS[way] if name == "parkledger" else partial(_peer, way))(lon[:1], lat[:1])
        if name == "parkledger":
            started = time.perf_counter()
            OURS[way](lon, lat)
            seconds[way] = time.perf_counter() - started
        else:
            taken = min(size, _SAMPLE)
            started = time.perf_counter()
            _peer(way, lon[:taken], lat[:taken])
            seconds[way] = (time.perf_counter() - started) * size / taken
    return {"seconds": seconds, "peak_mb": psutil.Process().memory_info().rss / (1 << 20)}


def _peer(way: str, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    import eviltransform

    shift = getattr(eviltransform, PEERS[way])
    moved = [shift(y, x) for x, y in zip(lon.tolist(), lat.tolist(), strict=True)]
    north, east = np.array(moved).T
    return east, north


def _identical(size: int) -> bool:
    """Whether both agree, and ours comes back."""
    for way, allowed in AGREE.items():
        lon, lat = points(size, way)
        ours, theirs = OURS[way](lon, lat), _peer(way, lon, lat)
        if max(np.abs(a - b).max() for a, b in zip(ours, theirs, strict=True)) > allowed:
            return False
        if way.startswith("to"):
            back = OURS[way.replace("to", "from")](*ours)
            if max(np.abs(back[0] - lon).max(), np.abs(back[1] - lat).max()) > _BACK:
                return False
    return True


def _child(name: str, size: int) -> dict[str, Any]:
    """What one process of its own said."""
    command = [sys.executable, "-m", "benchmarks.crs", "--once", name, "--size", str(size)]
    said = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=True).stdout
    found: dict[str, Any] = json.loads(said.splitlines()[-1])
    return found


if __name__ == "__main__":
    main()
