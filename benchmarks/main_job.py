"""The main job on the sample and on a copy of it many times as large: time and peak memory.

`python -m benchmarks.main_job [--size N] [--json]`. The copy repeats every enterprise, permit,
return and output N times under codes of its own (valid by GB 32100), so that no rows meet
their copies; parks, boundaries, units and control totals stay as they are, except that the
controls grow with the returns they must cover. A stage is measured in the process of its
run; `growth` is the time of the large run over that of the sample.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl

from assets.enterprises.uscc import ALPHABET, check_character

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "samples" / "ningxia" / "landing"
_DIGITS = len(ALPHABET)


def _code(code: str, copy: int) -> str:
    """A code of its own for a copy: the organisation code's last three places count copies."""
    if copy == 0 or len(code) < 18 or any(c not in ALPHABET for c in code[:17]):
        return code if copy == 0 else f"{code}-{copy}"
    tail = "".join(
        ALPHABET[(ALPHABET.index(c) + shift) % _DIGITS]
        for c, shift in zip(code[14:17], (copy // _DIGITS**2, copy // _DIGITS, copy), strict=True)
    )
    first17 = code[:14] + tail
    return first17 + check_character(first17) + code[18:]


def _grow_csv(path: Path, encoding: str, size: int, codes: list[str], name: str) -> None:
    text = path.read_bytes().decode(encoding)
    rows = list(csv.reader(io.StringIO(text, newline="")))
    header, body = rows[0], rows[1:]
    places = [header.index(column) for column in codes]
    naming = header.index(name)
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(header)
    for copy in range(size):
        for row in body:
            grown = list(row)
            for place in places:
                grown[place] = _code(row[place], copy)
            grown[naming] = f"{row[naming]}{copy or ''}"
            writer.writerow(grown)
    path.write_bytes(out.getvalue().encode(encoding))


def _grow_returns(path: Path, size: int) -> None:
    book = openpyxl.load_workbook(path)
    sheet = book["205-1"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=6)]
    body, footers = rows[:-2], rows[-2:]
    sheet.delete_rows(6, sheet.max_row)
    for copy in range(size):
        for row in body:
            grown = list(row)
            grown[1] = _code(str(row[1]), copy) if row[1] is not None else None
            grown[2] = f"{row[2]}{copy or ''}"
            sheet.append(grown)
    for row in footers:
        sheet.append(row)
    book.save(path)


def _grow_controls(path: Path, size: int) -> None:
    rows = list(csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline="")))
    value = rows[0].index("数值")
    for row in rows[1:]:
        row[value] = str(Decimal(row[value]) * size)
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    path.write_text(out.getvalue(), "utf-8")


def grow(landing: Path, size: int) -> None:
    """Make a landing `size` times as large out of the sample's."""
    shutil.copytree(SAMPLE, landing)
    if size == 1:
        return
    permits = next((landing / "permit_register").iterdir())
    _grow_csv(permits, "gb18030", size, ["统一社会信用代码", "排污许可证编号"], "企业名称")
    business = next((landing / "business_register").iterdir())
    _grow_csv(business, "utf-8-sig", size, ["统一社会信用代码"], "企业名称")
    outputs = next((landing / "output_return").iterdir())
    _grow_csv(outputs, "gb18030", size, ["统一社会信用代码"], "单位详细名称")
    _grow_returns(next((landing / "return_205_1").iterdir()), size)
    _grow_controls(next((landing / "control_total").iterdir()), size)


def measure(size: int) -> dict[str, Any]:
    """One run of the main job in a home of its own: what `run --json` says."""
    with tempfile.TemporaryDirectory(prefix="parkledger-bench-") as folder:
        landing = Path(folder) / "landing"
        grow(landing, size)
        finished = subprocess.run(
            [sys.executable, "-m", "pipelines.cli", "run", "--landing", str(landing), "--json"],
            cwd=ROOT,
            env={**os.environ, "PARKLEDGER_HOME": str(Path(folder) / "lake")},
            capture_output=True,
            text=True,
            check=False,
        )
        if finished.returncode:
            raise RuntimeError(finished.stderr[-2000:])
        said: dict[str, Any] = json.loads(finished.stdout)
        return said


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=100, help="copies of the sample")
    parser.add_argument("--json", action="store_true", dest="as_json")
    chosen = parser.parse_args()
    small, large = measure(1), measure(chosen.size)
    stages = {
        name: {
            "sample": small["stages"].get(name),
            "large": large["stages"][name],
            "growth": _ratio(large["stages"][name], small["stages"].get(name)),
        }
        for name in large["stages"]
    }
    totals = {
        label: {
            "seconds": round(sum(s["seconds"] for s in said["stages"].values()), 2),
            "peak_mb": max(s["peak_mb"] for s in said["stages"].values()),
            "rows": said["counts"]["delivered"],
            "lines": said["counts"]["ledger_lines"],
        }
        for label, said in (("sample", small), ("large", large))
    }
    conserved = all(b["equal"] for said in (small, large) for b in said["conservation"].values())
    result = {
        "benchmark": "main_job",
        "size": chosen.size,
        "seconds": {label: total["seconds"] for label, total in totals.items()},
        "peak_mb": {label: total["peak_mb"] for label, total in totals.items()},
        "ratio": {"rows": round(totals["large"]["rows"] / totals["sample"]["rows"], 1)},
        "identical": conserved,
        "stages": stages,
        "totals": totals,
    }
    if chosen.as_json:
        print(json.dumps(result, ensure_ascii=False))
        return
    print(f"{'stage':<36}{'sample s':>10}{'large s':>10}{'growth':>8}{'peak MB':>9}")
    for name, stage in stages.items():
        before = stage["sample"]["seconds"] if stage["sample"] else 0.0
        print(
            f"{name:<36}{before:>10.2f}{stage['large']['seconds']:>10.2f}"
            f"{stage['growth']:>8}{stage['large']['peak_mb']:>9.0f}"
        )
    print(json.dumps({k: result[k] for k in ("seconds", "peak_mb", "ratio", "identical")}))
    print(json.dumps(totals))


def _ratio(large: dict[str, float], small: dict[str, float] | None) -> float:
    if not small or small["seconds"] < 0.005:
        return 0.0
    return round(large["seconds"] / small["seconds"], 1)


if __name__ == "__main__":
    main()
