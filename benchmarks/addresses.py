"""Divisions of Chinese addresses, against cpca and cnloc.

    python -m benchmarks.addresses [--size small|full|ROWS] [--rounds 3] [--addresses FILE]
                                   [--invented] [--labelled FILE] [--json]

A million distinct addresses (full): those of the real registers beside the checkout (or of a text
file, one a line) with other house numbers; `invented` ones of all divisions where there are none,
or where that is asked for: these have more kinds of beginning than any one register.
Each implementation runs in a process of its own, in turn; loading libraries and lists of
divisions, and for each the dictionary of names made of them, is not timed. The peers are pure
Python, an address a call: they take a sample of the rows, and their seconds are of the whole by
proportion. They find the division alone, ours the zone, its park and the rest of the street too.
Ours reads a beginning before the first number once, however many rows have it: `beginnings` says
how many there are, and the fewer, the larger the ratio. `identical`: ours says the same of every
row in another order and on one thread. `accuracy`: rows of the labelled file (`address, year,
context_code, division_code`) that need no context; a division of today in place of that of the
year counts for peers. The default is the set that ours was tuned on.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from benchmarks.addresses_once import IMPLEMENTATIONS, OTHER_WAY, OURS, YEAR, divisions

_ROOT = Path(__file__).resolve().parents[1]
_SIZES = {"small": 100_000, "full": 1_000_000}
# One row in so many, for what takes a minute a million.
SHARES = {"cpca": 5, "cnloc": 20}
_LABELLED = _ROOT / "tests" / "enterprises" / "addresses" / "tuning.csv"
_STREETS = ("人民", "解放", "中山", "建设", "和平", "北京", "南京", "上海", "长江", "工业", "迎宾")
_TOWNS = ("城关", "新华", "东湖", "太平", "龙泉", "石桥", "白云", "西山", "河口", "高桥", "新塘")
_ZONES = ("经济开发区", "高新区", "工业园区", "经济技术开发区", "科技园", "工业区")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--size", default="full", help="small, full, or a number of rows")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--addresses", type=Path, help="addresses to vary, one a line")
    parser.add_argument("--invented", action="store_true", help="invented addresses")
    parser.add_argument("--labelled", type=Path, default=_LABELLED)
    parser.add_argument("--json", action="store_true", help="one JSON object and nothing else")
    chosen = parser.parse_args()
    size = _SIZES.get(chosen.size) or int(chosen.size)
    said: dict[str, list[dict[str, float]]] = {name: [] for name in IMPLEMENTATIONS}
    with tempfile.TemporaryDirectory(prefix="parkledger-bench-") as name:
        folder = Path(name)
        written = [] if chosen.invented else real(chosen.addresses)
        rows = addresses(size, written)
        rows.write_parquet(folder / "addresses.parquet")
        for _ in range(chosen.rounds):
            for implementation in IMPLEMENTATIONS:
                once = _run(implementation, folder, size)
                said[implementation].append(once)
                if not chosen.json:
                    print(
                        f"{implementation:<12} {once['seconds']:8.2f} s {once['peak_mb']:7.0f} MB"
                        f" {once['rows']:>9} rows",
                        flush=True,
                    )
        same = _same(folder, size)
        accuracy = _accuracy(chosen.labelled, folder)
    seconds, peak = (
        {name: statistics.median(once[key] for once in runs) for name, runs in said.items()}
        for key in ("seconds", "peak_mb")
    )
    result = {
        "benchmark": "addresses",
        "size": size,
        "seconds": {key: round(value, 3) for key, value in seconds.items()},
        "peak_mb": {key: round(value) for key, value in peak.items()},
        "ratio": {name: round(seconds[name] / seconds[OURS], 1) for name in SHARES},
        "identical": same,
        "input": "real" if written else "invented",
        "beginnings": rows["address_zh"].str.extract("^([^0-9]*)").n_unique(),
        "sampled_one_in": SHARES,
        "accuracy": accuracy,
        "labelled": chosen.labelled.name,
    }
    print(json.dumps(result))


def real(file: Path | None = None) -> list[str]:
    """Addresses of a file, else of the registers and listed companies of the shared folder."""
    if file is not None:
        return [line for line in file.read_text("utf-8").split("\n") if line.strip()]
    shared = Path(os.environ.get("PARKLEDGER_SHARED", _ROOT.parent / "shared")) / "data"
    columns = {
        "b_cn_registry_redacted/*.csv": "注册地址",
        "b_cn_listed_companies/*.csv": "addr_reg",
    }
    found: list[str] = []
    for pattern, column in columns.items():
        for path in sorted(shared.glob(pattern)):
            table = pl.read_csv(
                path, infer_schema_length=0, encoding="utf8-lossy", truncate_ragged_lines=True
            )
            found += table[column].drop_nulls().to_list()
    return found


def addresses(size: int, written: list[str]) -> pl.DataFrame:
    """`row, address_zh`: distinct addresses, those written with other numbers or invented ones."""
    draw = np.random.default_rng(1)
    base = written or _invented(draw)
    # What stands before the number; the number makes rows distinct.
    heads = [re.split(r"[0-9０-９]", line, maxsplit=1)[0] for line in base]
    chosen = draw.integers(0, len(heads), size)
    rows = [f"{heads[place]}{n}号" for n, place in enumerate(chosen.tolist())]
    return pl.DataFrame({"address_zh": rows}).with_row_index("row").cast({"row": pl.Int64})


def _invented(draw: np.random.Generator, count: int = 50_000) -> list[str]:
    """Addresses of divisions of all years: whole, without province or city, short, with a zone."""
    units = divisions()
    names = dict(units.select("division_code", "name_zh").iter_rows())
    counties = units.filter(pl.col("level") == "county")
    ended = pl.col("last_year").fill_null(YEAR) < YEAR
    # Registers keep old names: one in five here.
    old, current = (
        counties.filter(kept).select("name_zh", "parent_code").rows() for kept in (ended, ~ended)
    )
    written = []
    for place in draw.integers(0, len(current), count).tolist():
        county, parent = old[place % len(old)] if draw.random() < 0.2 else current[place]
        city = names.get(parent, "") if not parent.endswith("0000") else ""
        province = names.get(f"{parent[:2]}0000", "")
        short = re.sub("省|市|(?:壮族|回族|维吾尔)?自治区", "", province)
        ways = (
            *(county, county, f"{city}{county}", f"{city}{county}", f"{province}{city}{county}"),
            *(f"{province}{county}", f"{short}{city}{county}", city or province, ""),
            f"{city.removesuffix('市')}{county}",
        )
        way = ways[draw.integers(0, len(ways))]
        town = f"{_TOWNS[draw.integers(0, len(_TOWNS))]}镇" if draw.random() < 0.4 else ""
        zone = _ZONES[draw.integers(0, len(_ZONES))] if draw.random() < 0.15 else ""
        street = f"{_STREETS[draw.integers(0, len(_STREETS))]}{'东西南北中'[place % 5]}路"
        written.append(f"{way}{zone or town}{street}")
    return written


def _run(
    implementation: str, folder: Path, size: int, threads: int | None = None
) -> dict[str, float]:
    """What the process of one implementation said; the seconds are of all rows."""
    command = [sys.executable, "-m", "benchmarks.addresses_once", implementation, str(folder)]
    environment = dict(os.environ)
    if threads:
        environment["POLARS_MAX_THREADS"] = str(threads)
    done = subprocess.run(
        [*command, str(SHARES.get(implementation, 1))],
        cwd=_ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    once: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return {**once, "seconds": once["seconds"] * size / once["rows"]}


def _same(folder: Path, size: int) -> bool:
    """Whether rows in another order, on one thread, get the same results."""
    _run(OTHER_WAY, folder, size, threads=1)
    one, other = (
        pl.read_parquet(folder / f"{name}.parquet").sort("row") for name in (OURS, OTHER_WAY)
    )
    return one.height == size and one.equals(other)


def _accuracy(labelled: Path, folder: Path) -> dict[str, dict[str, int]]:
    """Rows of a labelled file for which each implementation names the right division, or none."""
    table = pl.read_csv(labelled, infer_schema_length=0).with_columns(
        pl.col("context_code", "division_code", "address").fill_null("")
    )
    asked = table.filter(pl.col("context_code") == "").with_row_index("row")
    labels = folder / "labels"
    labels.mkdir()
    asked.select(
        pl.col("row").cast(pl.Int64),
        pl.col("address").alias("address_zh"),
        pl.col("year").cast(pl.Int64).alias("year"),
    ).write_parquet(labels / "addresses.parquet")
    now = dict(divisions().select("division_code", "code_now").drop_nulls().iter_rows())
    found: dict[str, dict[str, int]] = {}
    for name in IMPLEMENTATIONS:
        command = [sys.executable, "-m", "benchmarks.addresses_once", name, str(labels), "1"]
        subprocess.run(command, cwd=_ROOT, stdout=subprocess.DEVNULL, check=True)
        answers = pl.read_parquet(labels / f"{name}.parquet").sort("row")["division_code"]
        right = 0
        for answer, label in zip(answers.to_list(), asked["division_code"].to_list(), strict=True):
            today = name != OURS and answer is not None and answer == now.get(label)
            right += (answer or "") == label or today
        found[name] = {"right": right, "of": asked.height}
    return found


if __name__ == "__main__":
    main()
