"""One implementation of the location benchmark in this process.

    python -m benchmarks.locate_once IMPLEMENTATION FOLDER

Reads `points.parquet` and `boundaries.parquet` of the folder, writes the pairs it found beside
them once the clock has stopped, and prints seconds, rows and peak memory.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import polars as pl

REACH_M = 5000.0
# One plane for the country, as databases need it for metres: Albers, metres, WGS 84.
_ALBERS = "+proj=aea +lat_1=25 +lat_2=47 +lat_0=0 +lon_0=105 +datum=WGS84 +units=m +no_defs"
Work = Callable[[], pl.DataFrame]


def read(folder: Path) -> Work:
    """No more than the points."""
    return lambda: pl.read_parquet(folder / "points.parquet", columns=["lon", "lat"])


def parkledger(folder: Path, within: float | None = None) -> Work:
    from assets.boundaries.locate.index import index_of
    from assets.boundaries.locate.points import locate

    def work() -> pl.DataFrame:
        index = index_of(pl.read_parquet(folder / "boundaries.parquet"))
        points = pl.read_parquet(folder / "points.parquet", columns=["lon", "lat"])
        return locate(points, index, nearest_within_m=within)

    # Loads the compiled loops, as the imports of the others load theirs.
    first = index_of(pl.read_parquet(folder / "boundaries.parquet", n_rows=1))
    locate(pl.DataFrame({"lon": [110.0], "lat": [30.0]}), first, nearest_within_m=1.0)
    return work


def geopandas(folder: Path) -> Work:
    gpd, pd = import_module("geopandas"), import_module("pandas")

    def work() -> pl.DataFrame:
        points = pd.read_parquet(folder / "points.parquet")
        shapes = pd.read_parquet(folder / "boundaries.parquet")
        places = gpd.GeoDataFrame(
            {"point": points["point"]}, geometry=gpd.points_from_xy(points["lon"], points["lat"])
        )
        polygons = gpd.GeoDataFrame(
            {"boundary_id": shapes["boundary_id"]},
            geometry=gpd.GeoSeries.from_wkb(shapes["geometry_wkb"]),
        )
        found = places.sjoin(polygons, predicate="intersects")
        return pl.DataFrame(
            {"point": found["point"].to_numpy(), "boundary_id": found["boundary_id"].to_numpy()}
        )

    return work


def duckdb(folder: Path, within: float | None = None) -> Work:
    from warehouse.extensions import connect

    points, shapes = folder / "points.parquet", folder / "boundaries.parquet"
    plane = f"'EPSG:4326', '{_ALBERS}', always_xy := true"
    covered = "SELECT point, boundary_id FROM p JOIN b ON ST_Covers(geom, ST_Point(lon, lat))"
    prepared = f"""
        CREATE TEMP TABLE b AS
        SELECT boundary_id, ST_GeomFromWKB(geometry_wkb) geom FROM read_parquet('{shapes}');
        CREATE TEMP VIEW p AS SELECT point, lon, lat FROM read_parquet('{points}');
    """
    # Kept first and then fetched takes it half the time of fetching as it goes.
    inside = f"WITH i AS MATERIALIZED ({covered}) SELECT * FROM i"
    near = f"""
        WITH i AS MATERIALIZED ({covered}), o AS MATERIALIZED (
            SELECT point, ST_Transform(ST_Point(lon, lat), {plane}) spot
            FROM p ANTI JOIN i USING (point)
        ), f AS MATERIALIZED (
            SELECT boundary_id, ST_Transform(geom, {plane}) flat FROM b
        ), d AS (
            SELECT point, boundary_id, ST_Distance(flat, spot) metres
            FROM o JOIN f ON ST_DWithin(flat, spot, {within})
        )
        SELECT point, boundary_id, true AS inside, 0.0 AS distance_m FROM i
        UNION ALL
        SELECT point, arg_min(boundary_id, metres), false, min(metres) FROM d GROUP BY point
    """
    connection = connect(None, "spatial")

    def work() -> pl.DataFrame:
        connection.execute(prepared)
        return connection.execute(inside if within is None else near).pl()

    return work


def sedonadb(folder: Path, within: float | None = None) -> Work:
    from pyproj import CRS

    plane = CRS.from_proj4(_ALBERS).to_json().replace("'", "''")
    here = import_module("sedonadb").connect()

    def work() -> pl.DataFrame:
        here.read_parquet(str(folder / "points.parquet")).to_view("p")
        here.read_parquet(str(folder / "boundaries.parquet")).to_view("s")
        here.sql(
            "SELECT boundary_id, ST_SetSRID(ST_GeomFromWKB(geometry_wkb), 4326) AS geom FROM s"
        ).to_memtable().to_view("b")
        covered = here.sql(
            "SELECT point, boundary_id FROM b JOIN "
            "(SELECT point, ST_Point(lon, lat, 4326) AS spot FROM p) ON ST_Covers(geom, spot)"
        )
        if within is None:
            return pl.DataFrame(covered)
        covered.to_memtable().to_view("i")
        here.sql(
            f"SELECT p.point, ST_Transform(ST_Point(lon, lat, 4326), '{plane}') AS spot "
            "FROM p LEFT ANTI JOIN i ON p.point = i.point"
        ).to_memtable().to_view("o")
        here.sql(
            f"SELECT boundary_id, ST_Transform(geom, '{plane}') AS flat FROM b"
        ).to_memtable().to_view("f")
        near = here.sql(
            "SELECT point, boundary_id, ST_Distance(flat, spot) AS distance_m "
            f"FROM o JOIN f ON ST_DWithin(flat, spot, {within})"
        )
        nearest = (
            pl.DataFrame(near)
            .group_by("point")
            .agg(pl.col("boundary_id", "distance_m").sort_by("distance_m").first())
            .with_columns(inside=False)
        )
        inside = pl.DataFrame(here.sql("SELECT point, boundary_id FROM i"))
        inside = inside.with_columns(inside=True, distance_m=0.0)
        return pl.concat([inside, nearest.select(inside.columns)])

    return work


IMPLEMENTATIONS: dict[str, Callable[[Path], Work]] = {
    "read": read,
    "parkledger": parkledger,
    "geopandas": geopandas,
    "duckdb": duckdb,
    "sedonadb": sedonadb,
    "parkledger nearest": lambda folder: parkledger(folder, REACH_M),
    "duckdb nearest": lambda folder: duckdb(folder, REACH_M),
    "sedonadb nearest": lambda folder: sedonadb(folder, REACH_M),
}


def _peak_mb() -> float:
    """Peak of this process; what `getrusage` says includes the one that started it."""
    status = Path("/proc/self/status").read_text("utf-8")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def main() -> None:
    name, folder = sys.argv[1], Path(sys.argv[2])
    work = IMPLEMENTATIONS[name](folder)
    started, busy = time.perf_counter(), time.process_time()
    found = work()
    seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - busy
    peak_mb = _peak_mb()
    kept = folder / f"{name}.parquet"
    if name != "read" and not kept.exists():
        found.select(pl.col("point").cast(pl.UInt32), pl.exclude("point")).write_parquet(kept)
    said = {"seconds": seconds, "cpu_seconds": cpu_seconds, "peak_mb": peak_mb}
    print(json.dumps({**said, "rows": found.height}))


if __name__ == "__main__":
    main()
