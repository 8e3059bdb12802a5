"""Locating points in the boundaries of all parks, against GIS libraries and databases.

    python -m benchmarks.locate [--size small|full] [--mix register|country] [--json]

2,543 invented boundaries around the parks of the catalogue and 10 million points (full), from
Parquet to the pairs of point and boundary in memory, index included; then the same with the
nearest boundary within 5 km for points that lie in none. Each implementation runs in a process of
its own, in turn, and may load its libraries (ours: its compiled loops) before the clock starts.
Processor time is given beside the time on the clock, for where something else runs at once.
`read` reads the points and does no more. geopandas asks GEOS, as `shapely.covers` does; pairs
that differ from its are counted for every implementation. The databases take distances in one
plane for the country, ours on the ellipsoid: `distance_error_m` is the largest difference to an
azimuthal equidistant projection centred on the point, over a sample. `growth` is the time of five
times as many points over five times the time.
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

import numpy as np
import polars as pl
import shapely
from pyproj import Transformer

from benchmarks.locate_data import MIXES, boundaries, write_points
from benchmarks.locate_once import IMPLEMENTATIONS

_ROOT = Path(__file__).resolve().parents[1]
_POINTS = {"small": 300_000, "full": 10_000_000}
_TIMES_MORE = 5
_PIECE_DEGREES = 0.002
_PAIR = ["point", "boundary_id"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--size", choices=sorted(_POINTS), default="full")
    parser.add_argument("--mix", choices=sorted(MIXES), default="register")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true", help="one JSON object and nothing else")
    chosen = parser.parse_args()
    count = _POINTS[chosen.size]
    said: dict[str, list[dict[str, float]]] = {name: [] for name in IMPLEMENTATIONS}
    ids, shapes = boundaries()
    with tempfile.TemporaryDirectory(prefix="parkledger-bench-") as name:
        folder = Path(name)
        wkb = pl.Series("geometry_wkb", shapely.to_wkb(shapes).tolist(), dtype=pl.Binary)
        pl.DataFrame({"boundary_id": ids, "geometry_wkb": wkb}).write_parquet(
            folder / "boundaries.parquet"
        )
        write_points(folder / "points.parquet", shapes, count, chosen.mix)
        for _ in range(chosen.rounds):
            for implementation in IMPLEMENTATIONS:
                once = _run(implementation, folder)
                said[implementation].append(once)
                if not chosen.json:
                    print(
                        f"{implementation:<20} {once['seconds']:8.3f} s {once['cpu_seconds']:8.3f}"
                        f" s cpu {once['peak_mb']:7.0f} MB {once['rows']:>10} rows",
                        flush=True,
                    )
        seconds, cpu, peak = (
            {name: statistics.median(once[key] for once in runs) for name, runs in said.items()}
            for key in ("seconds", "cpu_seconds", "peak_mb")
        )
        compared = compare(folder, shapes, ids)
        large = _many(folder, shapes, count * _TIMES_MORE, chosen.mix)
    wrong = compared["mismatches"]
    result = {
        "benchmark": "locate",
        "size": count,
        "seconds": {key: round(value, 3) for key, value in seconds.items()},
        "peak_mb": {key: round(value) for key, value in peak.items()},
        "ratio": _ratios(seconds),
        "identical": wrong["parkledger"] == 0 == wrong["parkledger nearest"],
        "mix": chosen.mix,
        "cpu_seconds": {key: round(value, 3) for key, value in cpu.items()},
        "cpu_ratio": _ratios(cpu),
        **compared,
        "large": {
            "size": count * _TIMES_MORE,
            **{key: {k: round(v, 2) for k, v in once.items()} for key, once in large.items()},
            "growth": {
                key: round(once["seconds"] / seconds[key] / _TIMES_MORE, 2)
                for key, once in large.items()
            },
        },
    }
    print(json.dumps(result))


def _ratios(taken: dict[str, float]) -> dict[str, float]:
    """Each peer's over ours for the same work."""
    return {
        name: round(
            value / taken["parkledger nearest" if name.endswith("nearest") else "parkledger"], 2
        )
        for name, value in taken.items()
        if not name.startswith("parkledger")
    }


def _run(implementation: str, folder: Path) -> dict[str, Any]:
    """What the process of one implementation said."""
    command = [sys.executable, "-m", "benchmarks.locate_once", implementation, str(folder)]
    done = subprocess.run(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True, check=True)
    once: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return once


def _many(folder: Path, shapes: Any, count: int, mix: str) -> dict[str, dict[str, Any]]:
    """Ours alone on more points."""
    write_points(folder / "points.parquet", shapes, count, mix)
    return {name: _run(name, folder) for name in ("parkledger", "parkledger nearest")}


def compare(folder: Path, shapes: Any, ids: list[str]) -> dict[str, Any]:
    """Pairs that differ from those of GEOS, shares of the points, and agreement on distances."""
    found = {
        name: pl.read_parquet(folder / f"{name}.parquet")
        for name in IMPLEMENTATIONS
        if name != "read"
    }
    exact = found["geopandas"].select(_PAIR)
    mismatches = {}
    for name, pairs in found.items():
        own = pairs.filter("inside") if "inside" in pairs.columns else pairs
        missing = exact.join(own, on=_PAIR, how="anti").height
        mismatches[name] = missing + own.join(exact, on=_PAIR, how="anti").height
    near = found["parkledger nearest"].filter(~pl.col("inside"))
    same = {
        name: near.join(found[name], on=_PAIR, how="semi").height / near.height
        for name in found
        if name.endswith("nearest") and not name.startswith("parkledger")
    }
    return {
        "mismatches": mismatches,
        "inside": exact["point"].n_unique(),
        "near": near.height,
        "same_nearest": {name: round(share, 6) for name, share in same.items()},
        "distance_error_m": round(distance_error_m(folder, near, shapes, ids), 4),
    }


def distance_error_m(
    folder: Path, near: pl.DataFrame, shapes: Any, ids: list[str], sample: int = 500
) -> float:
    """Largest difference to a projection centred on the point, over some points."""
    some = near.sample(min(sample, near.height), seed=1)
    points = pl.read_parquet(folder / "points.parquet").join(some, on="point")
    place = {boundary_id: n for n, boundary_id in enumerate(ids)}
    errors = [
        abs(
            projected_distance_m(shapes[place[row["boundary_id"]]], row["lon"], row["lat"])
            - row["distance_m"]
        )
        for row in points.iter_rows(named=True)
    ]
    return float(np.max(errors, initial=0.0))


def projected_distance_m(shape: shapely.Geometry, lon: float, lat: float) -> float:
    """Distance in the azimuthal equidistant projection of CGCS2000 centred on the point.

    The edges are straight in degrees: in the projection they are followed in short pieces.
    """
    to_plane = Transformer.from_crs(
        "EPSG:4490",
        f"+proj=aeqd +lon_0={lon} +lat_0={lat} +a=6378137 +rf=298.257222101 +units=m",
        always_xy=True,
    )
    pieces = shapely.segmentize(shape, _PIECE_DEGREES)
    plane = shapely.transform(pieces, to_plane.transform, interleaved=False)
    return float(shapely.distance(plane, shapely.Point(0, 0)))


if __name__ == "__main__":
    main()
