"""One implementation of the linkage benchmark in this process.

    python -m benchmarks.match_once IMPLEMENTATION FOLDER

Reads the registers of the folder, writes its links beside them once the clock has stopped, and
prints seconds, rows and peak memory.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import polars as pl

from assets.landing.ingest import REFERENCE_DIRECTORY
from benchmarks import match_splink
from benchmarks.match_splink import PAIR

Work = Callable[[], pl.DataFrame]
# What is written beside the result once the clock has stopped.
KEPT: dict[str, pl.DataFrame] = {}


def _read(folder: Path, name: str) -> pl.DataFrame:
    return pl.read_parquet(folder / f"{name}.parquet")


def uscc(folder: Path) -> Work:
    """The join of codes as delivered."""

    def work() -> pl.DataFrame:
        codes = [
            _read(folder, name).select("record_id", "uscc_text").drop_nulls()
            for name in ("left", "right")
        ]
        joined = codes[0].join(codes[1], on="uscc_text")
        return joined.select(left_id="record_id", right_id="record_id_right")

    return work


def parkledger(folder: Path, left: str = "left", *, links: bool = True) -> Work:
    """Candidates, and their links."""
    from assets.enterprises.linkage import assign, candidates, load_model, prepare

    table = pl.read_csv(REFERENCE_DIRECTORY / "link_model.csv", infer_schema=False)
    model = load_model(table.with_columns(pl.col("weight").str.to_decimal(scale=12)))

    def work() -> pl.DataFrame:
        sides = (_read(folder, left), _read(folder, "right"))
        one, other = (prepare(side, side["record_id"]) for side in sides)
        found = candidates(*sides, model, (one, other))
        if not links:
            return found
        KEPT.update(candidates=found, left_ready=one, right_ready=other)
        return assign(found, None, model).filter(pl.col("status") == "linked").select(PAIR)

    return work


def relinked(folder: Path) -> Work:
    """Candidates of the changed register from what was kept of the register before."""
    from assets.enterprises.linkage import load_model, prepare, relink

    table = pl.read_csv(REFERENCE_DIRECTORY / "link_model.csv", infer_schema=False)
    model = load_model(table.with_columns(pl.col("weight").str.to_decimal(scale=12)))
    nothing = pl.Series([], dtype=pl.String)

    def work() -> pl.DataFrame:
        left, right = _read(folder, "left_changed"), _read(folder, "right")
        changed = _read(folder, "changed")["record_id"]
        ready = (
            prepare(left, changed, _read(folder, "left_ready")),
            prepare(right, nothing, _read(folder, "right_ready")),
        )
        return relink(_read(folder, "candidates"), left, right, changed, nothing, model, ready)

    return work


IMPLEMENTATIONS: dict[str, Callable[[Path], Work]] = {
    "uscc": uscc,
    "parkledger": parkledger,
    "splink": lambda folder: lambda: match_splink.link(folder, folder / "trained"),
    "parkledger full": lambda folder: parkledger(folder, "left_changed", links=False),
    "parkledger relink": relinked,
}


def _peak_mb() -> float:
    """Peak of this process; what `getrusage` says includes the one that started it."""
    status = Path("/proc/self/status").read_text("utf-8")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def main() -> None:
    name, folder = sys.argv[1], Path(sys.argv[2])
    if name == "train splink":
        match_splink.train(folder)
        print(json.dumps({}))
        return
    work = IMPLEMENTATIONS[name](folder)
    started, busy = time.perf_counter(), time.process_time()
    found = work()
    seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - busy
    peak_mb = _peak_mb()
    for kept, table in {name: found, **KEPT}.items():
        table.write_parquet(folder / f"{kept}.parquet")
    said = {"seconds": seconds, "cpu_seconds": cpu_seconds, "peak_mb": peak_mb}
    print(json.dumps({**said, "rows": found.height}))


if __name__ == "__main__":
    main()
