"""Reading and judging a delivery, against the libraries alone.

    python -m benchmarks.ingest [--size 2000000] [--kind register|workbook|layer] [--rounds 3]

Ours: the reader in its child process, locators, and the door with contract and rules. Peers:
`polars.read_csv`, `fastexcel` or `pyogrio` and the same pandera model, without locators, sandbox,
rules or quarantine. Each runs in a process of its own, in turn, and reads a small file before,
since a run reads many. Copying into the archive, where the file is hashed, is not timed. Peak
memory is that of the whole process tree, sampled in a round of its own: looking at all processes
50 times a second takes a part of a processor. A second run of ours has one bad row in ten.
`cpu_seconds` are those of all processors, which other work on the machine disturbs less.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import psutil

from assets.enterprises.uscc import check_character

_HEADER = "企业名称,统一社会信用代码,注册日期,企业类型,注册资金,经营范围,所在省份,地区,注册地址"
_ROOT = Path(__file__).resolve().parents[1]


def write_register(path: Path, rows: int, bad: float) -> None:
    """A register of invented enterprises; a share of the rows has a date that is none."""
    random.seed(1)
    with path.open("w", encoding="utf-8") as file:
        file.write(_HEADER + "\n")
        for n in range(rows):
            first = f"91640100{n:09d}"
            day = "2002-13-01" if random.random() < bad else f"20{n % 20:02d}-0{n % 9 + 1}-11"
            file.write(
                f"虚构工业有限公司{n},{first}{check_character(first)},{day},有限责任公司,"
                f"{n % 900 + 100}(万元人民币),化工产品、金属材料的生产与销售,宁夏,银川,"
                f"宁夏银川市某区某路{n}号\n"
            )


def write_workbook(path: Path, rows: int, bad: float) -> None:
    """Form 205-1 with invented enterprises."""
    import xlsxwriter

    random.seed(1)
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet = book.add_worksheet("产量")
        sheet.write_row(0, 0, ["企业名称", "年份", "产量"])
        for n in range(rows):
            year: Any = "二〇" if random.random() < bad else 2010 + n % 10
            sheet.write_row(n + 1, 0, [f"虚构工业有限公司{n}", year, n / 8])


def write_layer(path: Path, rows: int, bad: float) -> None:
    """Squares with a name."""
    import numpy as np
    import pyogrio.raw
    import shapely

    west, south = np.arange(rows) % 1000 / 100 + 100, np.arange(rows) // 1000 / 100 + 30
    squares = shapely.to_wkb(shapely.box(west, south, west + 0.005, south + 0.005))
    random.seed(1)
    years = ["二〇" if random.random() < bad else str(2010 + n % 10) for n in range(rows)]
    names = np.array([f"虚构园区{n}" for n in range(rows)], dtype=object)
    pyogrio.raw.write(
        str(path),
        geometry=squares,
        field_data=[names, np.array(years, dtype=object)],
        fields=["NAME", "YEAR"],
        geometry_type="Polygon",
        crs="EPSG:4490",
        encoding="UTF-8",
    )


WRITERS = {
    "register": (write_register, ".csv"),
    "workbook": (write_workbook, ".xlsx"),
    "layer": (write_layer, ".shp"),
}
PEERS = {"register": "polars", "workbook": "fastexcel", "layer": "pyogrio"}
STREAMED = 20_000_000
_SMALL = 10  # rows of the file that is read before
SIZES = {"register": 2_000_000, "workbook": 200_000, "layer": 200_000}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--kind", choices=sorted(WRITERS), default="register")
    parser.add_argument("--size", type=int, help="rows; default by kind")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--stream", action="store_true", help="ours alone, nothing kept; default 20 million rows"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object and nothing else")
    chosen = parser.parse_args()
    size = chosen.size or (STREAMED if chosen.stream else SIZES[chosen.kind])
    write, suffix = WRITERS[chosen.kind]
    peer = PEERS[chosen.kind]
    if chosen.stream:
        stream(size)
        return
    with tempfile.TemporaryDirectory(prefix="parkledger-bench-") as folder:
        good, bad, small = (Path(folder) / f"{name}{suffix}" for name in ("good", "bad", "small"))
        write(good, size, 0.0)
        write(bad, size, 0.1)
        write(small, _SMALL, 0.0)
        runs = {peer: ("peer", good), "parkledger": ("ours", good), "10 % bad": ("ours", bad)}
        seconds: dict[str, list[float]] = {name: [] for name in runs}
        busy: dict[str, list[float]] = {name: [] for name in runs}
        peaks: dict[str, float] = {}
        hashes: dict[str, str] = {}
        for name, (implementation, path) in runs.items():
            _, peaks[name] = _measured(chosen.kind, implementation, path, small, sampled=True)
        for _ in range(chosen.rounds):
            for name, (implementation, path) in runs.items():
                said, _ = _measured(chosen.kind, implementation, path, small)
                seconds[name].append(said["seconds"])
                busy[name].append(said["cpu_seconds"])
                hashes[name] = said["hash"]
                if not chosen.json:
                    spent = f"{said['seconds']:7.2f} s {said['cpu_seconds']:7.2f} s cpu"
                    print(f"{name:<12} {spent} {peaks[name]:7.0f} MB", flush=True)
    cpu = {name: round(statistics.median(values), 3) for name, values in busy.items()}
    median = {name: round(statistics.median(values), 3) for name, values in seconds.items()}
    result = {
        "benchmark": "ingest",
        "kind": chosen.kind,
        "size": size,
        "seconds": median,
        "cpu_seconds": cpu,
        "peak_mb": {name: round(peak) for name, peak in peaks.items()},
        "ratio": {peer: round(median[peer] / median["parkledger"], 3)},
        "cpu_ratio": {peer: round(cpu[peer] / cpu["parkledger"], 3)},
        "bad_rows_ratio": round(median["10 % bad"] / median["parkledger"], 3),
        "identical": hashes[peer] == hashes["parkledger"],
    }
    print(json.dumps(result, ensure_ascii=False))


def stream(rows: int) -> None:
    """Time and peak memory of a register that does not fit in memory."""
    with tempfile.TemporaryDirectory(prefix="parkledger-bench-") as folder:
        path, small = Path(folder) / "register.csv", Path(folder) / "small.csv"
        write_register(path, rows, 0.0)
        write_register(small, _SMALL, 0.0)
        said, peak = _measured("register", "stream", path, small, sampled=True)
        result = {
            "benchmark": "ingest",
            "kind": "stream",
            "size": rows,
            "bytes": path.stat().st_size,
            "seconds": {"parkledger": round(said["seconds"], 1)},
            "cpu_seconds": {"parkledger": round(said["cpu_seconds"], 1)},
            "peak_mb": {"parkledger": round(peak)},
            "identical": said["hash"].startswith(f"{rows}-"),
        }
    print(json.dumps(result))


def _measured(
    kind: str, implementation: str, path: Path, small: Path, sampled: bool = False
) -> tuple[dict[str, Any], float]:
    """What one process said, and the peak memory of its tree in MB if that is sampled."""
    files = [str(path), str(small)]
    command = [sys.executable, "-m", "benchmarks.ingest_once", kind, implementation, *files]
    process = subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True)
    peak = 0.0
    done = threading.Event()

    def watch() -> None:
        nonlocal peak
        root = psutil.Process(process.pid)
        while not done.is_set():
            peak = max(peak, _tree_mb(root))
            time.sleep(0.02)

    watcher = threading.Thread(target=watch, daemon=True)
    if sampled:
        watcher.start()
    said, _ = process.communicate()
    done.set()
    if sampled:
        watcher.join()
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)}: exit code {process.returncode}")
    found: dict[str, Any] = json.loads(said.splitlines()[-1])
    return found, peak


def _tree_mb(root: psutil.Process) -> float:
    total = 0
    try:
        for process in [root, *root.children(recursive=True)]:
            total += process.memory_info().rss
    except psutil.Error:
        pass
    return total / (1 << 20)


if __name__ == "__main__":
    main()
