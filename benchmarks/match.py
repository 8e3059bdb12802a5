"""Linking two registers without a common key, against Splink.

    python -m benchmarks.match [--size small|full|large|million] [--rounds N] [--json]

Two invented registers (`match_data`) of 20,000, 200,000, 500,000 or a million records each, of
which the truth is known by construction. From Parquet to links in memory, each implementation in a
process of its own, in turn. `uscc` joins the codes as delivered. Splink is given the same names,
pairs and assignment and is trained beforehand (`match_splink`); with a million records it is left
out. Processor time is given beside the time on the clock, for where something else runs at once.
`parkledger full` and `parkledger relink` score the pairs anew after one record in a hundred
of one side changed, in full and from the pairs before; `identical` says that both find the same,
and that other orders of the rows and another number of threads change nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks.match_data import changed, registers
from benchmarks.match_once import IMPLEMENTATIONS
from benchmarks.match_splink import f1

_ROOT = Path(__file__).resolve().parents[1]
_SIZES = {"small": 20_000, "full": 200_000, "large": 500_000, "million": 1_000_000}
_SEED, _TRAINING_SEED = 1, 2
_TRAINING = 50_000
_LINKERS = ("uscc", "parkledger", "splink")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--size", choices=list(_SIZES), default="full")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true", help="one JSON object and nothing else")
    chosen = parser.parse_args()
    size = _SIZES[chosen.size]
    names = [name for name in IMPLEMENTATIONS if name != "splink" or chosen.size != "million"]
    said: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
    with tempfile.TemporaryDirectory(prefix="parkledger-bench-") as name:
        folder = Path(name)
        write(folder, size, _SEED)
        if "splink" in names:
            (folder / "trained").mkdir()
            write(folder / "trained", min(size, _TRAINING), _TRAINING_SEED)
            _run("parkledger", folder / "trained")
            _run("train splink", folder / "trained")
        for _ in range(chosen.rounds):
            for implementation in names:
                once = _run(implementation, folder)
                said[implementation].append(once)
                if not chosen.json:
                    print(
                        f"{implementation:<18} {once['seconds']:8.2f} s {once['cpu_seconds']:8.2f}"
                        f" s cpu {once['peak_mb']:7.0f} MB {once['rows']:>9} rows",
                        flush=True,
                    )
        truth = pl.read_parquet(folder / "truth.parquet")
        accuracy = {
            name: f1(pl.read_parquet(folder / f"{name}.parquet"), truth)
            for name in _LINKERS
            if name in names
        }
        identical = _identical(folder)
    seconds, cpu, peak = (
        {name: statistics.median(once[key] for once in runs) for name, runs in said.items()}
        for key in ("seconds", "cpu_seconds", "peak_mb")
    )
    result = {
        "benchmark": "match",
        "size": size,
        "seconds": {key: round(value, 2) for key, value in seconds.items()},
        "peak_mb": {key: round(value) for key, value in peak.items()},
        "ratio": _ratios(seconds),
        "identical": identical,
        "accuracy": accuracy,
        "cpu_seconds": {key: round(value, 2) for key, value in cpu.items()},
        "cpu_ratio": _ratios(cpu),
        "relink_share": _relink_share(seconds),
        "relink_cpu_share": _relink_share(cpu),
    }
    print(json.dumps(result))


def _ratios(taken: dict[str, float]) -> dict[str, float]:
    """Each peer's over ours."""
    return {
        name: round(taken[name] / taken["parkledger"], 2)
        for name in ("uscc", "splink")
        if name in taken
    }


def _relink_share(taken: dict[str, float]) -> float:
    return round(taken["parkledger relink"] / taken["parkledger full"], 3)


def write(folder: Path, size: int, seed: int) -> None:
    """The registers, their truth, and the first one with a hundredth of its records changed."""
    left, right, truth = registers(size, seed)
    fresh, ids = changed(left, 0.01, seed)
    tables = {"left": left, "right": right, "truth": truth, "left_changed": fresh}
    for name, table in {**tables, "changed": ids.to_frame()}.items():
        table.write_parquet(folder / f"{name}.parquet")


def _identical(folder: Path) -> bool:
    """Whether incremental and full agree, and whether order of rows and threads do not matter."""
    full, again = (
        pl.read_parquet(folder / f"parkledger {how}.parquet") for how in ("full", "relink")
    )
    links = pl.read_parquet(folder / "parkledger.parquet")
    for name in ("left", "right"):
        table = pl.read_parquet(folder / f"{name}.parquet")
        table.sample(fraction=1.0, shuffle=True, seed=3).write_parquet(folder / f"{name}.parquet")
    _run("parkledger", folder, POLARS_MAX_THREADS="1")
    return full.equals(again) and links.equals(pl.read_parquet(folder / "parkledger.parquet"))


def _run(implementation: str, folder: Path, **environment: str) -> dict[str, Any]:
    """What the process of one implementation said."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.match_once", implementation, str(folder)],
        cwd=_ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        env={**os.environ, **environment},
    )
    once: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return once


if __name__ == "__main__":
    main()
