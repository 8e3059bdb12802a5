"""Monte Carlo of all park totals, against a plain numpy loop that draws every input.

    python -m benchmarks.uncertainty [--size small|full] [--rounds N] [--json]

Invented parks with 15 fuels at three tiers each, and a factor for each gas of a fuel that all
parks share: 2,543 parks and 114,435 cells, or 60 parks. A hundredth of the cells is at sites of
class B. The loop draws each activity, factor and location of the first `LOOP_PARKS` parks only;
its seconds are scaled to all parks by cells and marked so. `identical` says that both find the
same means and bounds of those parks within Monte Carlo error, that another size of blocks changes
nothing, and that the whole is repeated by its seed. Each implementation in a process of its own,
in turn.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl

from assets.inventory.uncertainty.distributions import Draws, multipliers
from assets.inventory.uncertainty.montecarlo import simulate
from assets.inventory.uncertainty.terms import SCHEMA, checked

_ROOT = Path(__file__).resolve().parents[1]
_SIZES = {"small": 60, "full": 2543}
LOOP_PARKS = 20
_DRAWS = 100_000
_SEED = 7
_FUELS = 15
_TIERS = {"T2": 2.0, "T3": 20.0, "T6": 50.0}


def parks(count: int, seed: int = 1) -> pl.DataFrame:
    """Terms of so many parks; one in a hundred cells at a site that is not sure."""
    random = np.random.default_rng(seed)
    rows = []
    for park in range(count):
        for fuel in range(_FUELS):
            for tier, width in _TIERS.items():
                cell = f"P{park:04}|{fuel}|{tier}"
                doubtful = random.random() < 0.01
                rows.append(
                    {
                        "total": f"P{park:04}",
                        "location": f"site of {cell}" if doubtful else "",
                        "activity": cell,
                        "factor": f"fuel {fuel}",
                        "tier": tier,
                        "value_t": float(np.round(random.lognormal(9, 1.5), 6)),
                        "u_activity_pct": width,
                        "u_allocation_pct": 0.0,
                        "u_factor_pct": (3.0, 10.0, 100.0)[fuel % 3],
                        "u_location_pct": 35.0 if doubtful else 0.0,
                    }
                )
    return pl.DataFrame(rows, schema=SCHEMA)


def naive(terms: pl.DataFrame, draws: int, seed: int) -> pl.DataFrame:
    """Rows `total, mean_t, low_t, high_t` by drawing every input and adding every term."""
    generator = np.random.default_rng(seed)
    known: dict[tuple[str, str], Draws] = {}

    def drawn(kind: str, name: str, width: float) -> Draws:
        if (kind, name) not in known:
            known[kind, name] = multipliers(width, generator, draws)
        return known[kind, name]

    sums: dict[str, Draws] = {}
    for row in checked(terms).iter_rows(named=True):
        own = float(np.hypot(row["u_activity_pct"], row["u_allocation_pct"]))
        term = row["value_t"] * drawn("factor", row["factor"], row["u_factor_pct"])
        term = term * drawn("activity", row["activity"], own)
        if row["location"]:
            term = term * drawn("location", row["location"], row["u_location_pct"])
        sums[row["total"]] = sums.get(row["total"], np.zeros(draws)) + term
    found = [(name, x.mean(), *np.percentile(x, [2.5, 97.5])) for name, x in sums.items()]
    return pl.DataFrame(found, schema=["total", "mean_t", "low_t", "high_t"], orient="row")


def apart(one: pl.DataFrame, other: pl.DataFrame) -> float:
    """The largest relative difference of mean and bounds."""
    joined = one.join(other, on="total", how="full", suffix="_other")
    return float(
        joined.select(
            pl.max_horizontal(
                (pl.col(name) / pl.col(f"{name}_other") - 1).abs()
                for name in ("mean_t", "low_t", "high_t")
            ).max()
        ).item()
    )


def _once(name: str, folder: Path) -> None:
    """One implementation in this process: its result beside the terms, and seconds and peak."""
    terms = pl.read_parquet(folder / "terms.parquet")
    started = time.perf_counter()
    if name == "loop":
        some = terms["total"].unique().sort().head(LOOP_PARKS).to_list()
        found = naive(terms.filter(pl.col("total").is_in(some)), _DRAWS, _SEED)
    else:
        memory = 64 if name == "parkledger 64 MB" else 1536
        found = simulate(terms, _DRAWS, _SEED, memory_mb=memory)
    seconds = time.perf_counter() - started
    found.write_parquet(folder / f"{name}.parquet")
    status = Path("/proc/self/status").read_text("utf-8")
    peak = int(status.partition("VmHWM:")[2].split()[0]) / 1024
    print(json.dumps({"seconds": seconds, "peak_mb": peak}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--size", choices=list(_SIZES), default="full")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true", help="one JSON object and nothing else")
    parser.add_argument("--once", nargs=2, metavar=("NAME", "FOLDER"), help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.once:
        _once(chosen.once[0], Path(chosen.once[1]))
        return
    names = ("parkledger", "parkledger 64 MB", "loop")
    said: dict[str, list[dict[str, float]]] = {name: [] for name in names}
    with tempfile.TemporaryDirectory(prefix="parkledger-bench-") as name:
        folder = Path(name)
        terms = parks(_SIZES[chosen.size])
        terms.write_parquet(folder / "terms.parquet")
        repeated: list[pl.DataFrame] = []
        for _ in range(chosen.rounds):
            for implementation in names:
                said[implementation].append(_run(implementation, folder))
                if not chosen.json:
                    once = said[implementation][-1]
                    print(
                        f"{implementation:<18} {once['seconds']:8.2f} s {once['peak_mb']:7.0f} MB",
                        flush=True,
                    )
            repeated.append(pl.read_parquet(folder / "parkledger.parquet"))
        blocks = pl.read_parquet(folder / "parkledger 64 MB.parquet")
        loop = pl.read_parquet(folder / "loop.parquet")
    ours = repeated[0].filter(pl.col("total").is_in(loop["total"].to_list()))
    to_loop, to_blocks = apart(ours, loop), apart(repeated[0], blocks)
    in_loop = terms.filter(pl.col("total").is_in(loop["total"].to_list())).height
    seconds, peak = (
        {name: statistics.median(once[key] for once in runs) for name, runs in said.items()}
        for key in ("seconds", "peak_mb")
    )
    seconds["loop, scaled"] = seconds["loop"] * terms.height / in_loop
    result = {
        "benchmark": "uncertainty",
        "size": terms.height,
        "draws": _DRAWS,
        "seconds": {key: round(value, 2) for key, value in seconds.items()},
        "peak_mb": {key: round(value) for key, value in peak.items()},
        "ratio": {"loop, scaled": round(seconds["loop, scaled"] / seconds["parkledger"], 2)},
        "identical": to_loop < 0.01
        and to_blocks < 1e-12
        and all(apart(repeated[0], again) < 1e-12 for again in repeated),
        "largest_difference": {"loop": round(to_loop, 5), "blocks": to_blocks},
    }
    print(json.dumps(result))


def _run(implementation: str, folder: Path) -> dict[str, float]:
    """What the process of one implementation said."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.uncertainty", "--once", implementation, str(folder)],
        cwd=_ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    once: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return once


if __name__ == "__main__":
    main()
