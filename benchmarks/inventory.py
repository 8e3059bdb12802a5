"""Activity to ledger and marts of a country of parks, against sums in floating point.

    python -m benchmarks.inventory [--size small|full|ROWS[,ROWS…]] [--rounds 1] [--json]

30 million rows of activity (full): 2,543 parks, 200,000 sites, 15 energies, 10 years. Each
implementation runs in a process of its own, in turn. Ours makes the exact ledger and the marts of
parks, a year at a time; the peer sums the same in polars and floating point, without lines that
explain themselves. Several sizes, as `1000000,3000000,10000000`, show how time grows with rows.
`cpu_seconds` are those of all processors, which other work on the machine disturbs less.
`identical`: every total of the two agrees to 1e-9 and a hundredth of a tonne. `changed_factor`:
seconds to make the lines of a year again when one factor of one fuel changed, of those that making
all its lines takes.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks.inventory_data import write
from benchmarks.inventory_once import CHANGED, OURS, PEER

_ROOT = Path(__file__).resolve().parents[1]
_SIZES = {"small": "300000", "full": "30000000"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--size", default="full", help="small, full, or numbers of rows")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="one JSON object and nothing else")
    chosen = parser.parse_args()
    sizes = [int(text) for text in _SIZES.get(chosen.size, chosen.size).split(",")]
    results = [_measured(size, chosen.rounds, not chosen.json) for size in sizes]
    result = {**results[-1]}
    if len(results) > 1:
        result["by_size"] = {
            str(r["size"]): {name: r[name] for name in ("seconds", "cpu_seconds", "peak_mb")}
            for r in results
        }
    print(json.dumps(result))


def _measured(size: int, rounds: int, shown: bool) -> dict[str, Any]:
    said: dict[str, list[dict[str, float]]] = {OURS: [], PEER: [], CHANGED: []}
    with tempfile.TemporaryDirectory(prefix="parkledger-bench-") as name:
        folder = Path(name)
        write(folder, size)
        for _ in range(rounds):
            for implementation, runs in said.items():
                once = _run(implementation, folder)
                runs.append(once)
                if shown:
                    print(
                        f"{size:>10} {implementation:<14} {once['seconds']:8.1f} s "
                        f"{once['cpu_seconds']:8.1f} s of processors "
                        f"{once['peak_mb']:7.0f} MB {once['lines']:>11,} lines",
                        flush=True,
                    )
        same = _same(folder)
    seconds, cpu_seconds, peak = (
        {n: statistics.median(once[key] for once in runs) for n, runs in said.items()}
        for key in ("seconds", "cpu_seconds", "peak_mb")
    )
    changed = said[CHANGED][-1]
    return {
        "benchmark": "inventory",
        "size": size,
        "lines": round(said[OURS][-1]["lines"]),
        "seconds": {n: round(v, 3) for n, v in seconds.items() if n != CHANGED},
        "cpu_seconds": {n: round(v, 3) for n, v in cpu_seconds.items() if n != CHANGED},
        "peak_mb": {n: round(v) for n, v in peak.items() if n != CHANGED},
        "ratio": {PEER: round(seconds[PEER] / seconds[OURS], 3)},
        "identical": same,
        "changed_factor": {
            "lines": round(changed["lines"]),
            "seconds": round(changed["seconds"], 3),
            "all_lines_seconds": round(changed["all_seconds"], 3),
        },
    }


def _run(implementation: str, folder: Path) -> dict[str, float]:
    finished = subprocess.run(
        [sys.executable, "-m", "benchmarks.inventory_once", implementation, str(folder)],
        capture_output=True,
        text=True,
        cwd=_ROOT,
        check=False,
    )
    if finished.returncode:
        raise SystemExit(f"{implementation}: {finished.stderr.strip()[-2000:]}")
    found: dict[str, float] = json.loads(finished.stdout.strip().splitlines()[-1])
    return found


def _same(folder: Path) -> bool:
    """Whether every total of the two agrees to 1e-9 of itself."""
    keys = ["place_id", "year", "basis", "view"]
    one, other = (
        pl.read_parquet(folder / f"totals_{name.replace(' ', '_')}.parquet")
        for name in (OURS, PEER)
    )
    joined = one.join(other, on=keys, how="full", coalesce=True)
    exact, rough = pl.col("co2e_t"), pl.col("co2e_t_right")
    # Ours rounds each line to a millionth of a tonne; a total that is withheld is not compared.
    apart = (exact - rough).abs() > 1e-9 * rough.abs() + 0.01
    wrong = joined.filter((exact.is_not_null() & apart) | rough.is_null())
    return joined.height > 0 and wrong.is_empty()


if __name__ == "__main__":
    main()
