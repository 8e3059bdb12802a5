"""Points by the boundaries they lie in: the index of a lake, and files of points located in it."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from assets.boundaries.locate.index import ParkIndex, index_of
from assets.boundaries.locate.points import locate
from quality.contracts.boundaries import CLASSES
from warehouse.settings import Settings

_FOUND = ["inside", "distance_m"]
_VERSION = ["boundary_id", "park_id", "boundary_class", "valid_from", "valid_to"]
# Points at a time: 50 million of them take no more memory than these.
_BATCH = 4_000_000
_POINT = "__point__"


class LocateFailed(ValueError):
    """A file of points that cannot be located; the message says what was expected."""


@dataclass(frozen=True)
class Located:
    """Points read, rows written, and how many points lie inside, near, nowhere, or have none."""

    points: int
    rows: int
    inside: int
    near: int
    nowhere: int
    unusable: int


def write_index(settings: Settings, boundaries: pl.DataFrame) -> tuple[Path, ParkIndex]:
    """The index of `core.boundary`, beside the lake under the hash of what is in it."""
    index = index_of(boundaries)
    path = _path(settings, boundaries)
    path.parent.mkdir(parents=True, exist_ok=True)
    for old in path.parent.glob("*.pickle"):
        old.unlink()
    aside = path.with_suffix(".part")
    aside.write_bytes(pickle.dumps(index))
    aside.replace(path)
    return path, index


def _path(settings: Settings, boundaries: pl.DataFrame) -> Path:
    digest = hashlib.sha256()
    for row in boundaries.select("boundary_id", "geometry_wkb").iter_rows():
        digest.update("\0".join(row).encode())
    return settings.home / "park_index" / f"{digest.hexdigest()[:16]}.pickle"


def _index(settings: Settings, boundaries: pl.DataFrame) -> ParkIndex:
    """The index as it was made with the lake, or anew for another release or selection."""
    path = _path(settings, boundaries)
    if path.exists():
        index: ParkIndex = pickle.loads(path.read_bytes())
        return index
    return index_of(boundaries)


def locate_file(
    settings: Settings,
    release: Path,
    points: Path,
    output: Path,
    boundary_class: str | None = None,
    within_m: float = 5000.0,
    columns: tuple[str, str] = ("lon", "lat"),
) -> Located:
    """Locate the points of a csv or Parquet file: `columns` are longitude and latitude in
    CGCS2000 degrees.

    Writes Parquet: the columns of the file, and for each boundary version that covers a point,
    or the nearest within `within_m`, its id, park, class and validity, `inside`, `distance_m`.
    A point that lies nowhere, or has no coordinates, keeps one row in which these are null.
    Raises LocateFailed for a file without these columns.
    """
    with duckdb.connect(str(release.resolve()), read_only=True) as connection:
        boundaries = connection.execute("FROM core.boundary ORDER BY boundary_id").pl()
    if boundary_class is not None:
        if boundary_class not in CLASSES:
            raise LocateFailed(f"{boundary_class}: no class; expected one of {', '.join(CLASSES)}")
        boundaries = boundaries.filter(pl.col("boundary_class") == boundary_class)
    index = _index(settings, boundaries)
    told = boundaries.select(_VERSION)
    counted = dict.fromkeys(("points", "rows", "inside", "near", "nowhere", "unusable"), 0)
    writer: pyarrow.parquet.ParquetWriter | None = None
    try:
        for batch in _batches(points, columns):
            found = _with_boundaries(batch, columns, index, told, within_m)
            _count(counted, batch.select(columns), found)
            table = found.to_arrow(compat_level=pl.CompatLevel.oldest())
            if writer is None:
                writer = pyarrow.parquet.ParquetWriter(output, table.schema)
            writer.write_table(table)
    finally:
        if writer is not None:
            writer.close()
    return Located(**counted)


def _batches(points: Path, columns: tuple[str, str]) -> Iterator[pl.DataFrame]:
    try:
        if points.suffix.lower() == ".parquet":
            file = pyarrow.parquet.ParquetFile(points)
            batches: Iterator[pa.RecordBatch] = file.iter_batches(batch_size=_BATCH)
        else:
            # As text: types guessed from the first block do not hold for the rest of a file.
            names = pyarrow.csv.open_csv(points).schema.names
            texts = pyarrow.csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()))
            batches = iter(pyarrow.csv.open_csv(points, convert_options=texts))
        for batch in batches:
            frame = pl.DataFrame(pl.from_arrow(batch))
            absent = [name for name in columns if name not in frame.columns]
            if absent:
                raise LocateFailed(
                    f"{points}: no column {', '.join(absent)}; name longitude and latitude with "
                    f"--lon and --lat, found {', '.join(frame.columns)}"
                )
            taken = {*_VERSION, *_FOUND}.intersection(frame.columns)
            if taken:
                raise LocateFailed(
                    f"{points}: column {', '.join(sorted(taken))} is one of the result; expected "
                    "another name"
                )
            yield frame
    except (pa.ArrowInvalid, FileNotFoundError) as error:
        raise LocateFailed(f"{points}: {error}; expected a csv or Parquet file") from None


def _with_boundaries(
    batch: pl.DataFrame,
    columns: tuple[str, str],
    index: ParkIndex,
    told: pl.DataFrame,
    within_m: float,
) -> pl.DataFrame:
    lon, lat = (pl.col(name).cast(pl.Float64, strict=False) for name in columns)
    located = locate(
        batch.select(lon.alias("lon"), lat.alias("lat")), index, nearest_within_m=within_m
    )
    return (
        batch.with_row_index(_POINT)
        .join(
            located.drop_nulls("boundary_id").rename({"point": _POINT}),
            on=_POINT,
            how="left",
            maintain_order="left",
        )
        .join(told, on="boundary_id", how="left", maintain_order="left")
        .select(*batch.columns, *_VERSION, *_FOUND)
    )


def _count(counted: dict[str, int], points: pl.DataFrame, found: pl.DataFrame) -> None:
    lon, lat = points.cast(pl.Float64, strict=False)
    usable = lon.is_between(-180, 180) & lat.is_between(-90, 90)
    unusable = int((~usable.fill_null(False)).sum())
    # A point in several boundaries has several rows, one near to any of them has one.
    near = found.select((~pl.col("inside")).sum()).item()
    without = found.select(pl.col("boundary_id").is_null().sum()).item()
    counted["points"] += points.height
    counted["rows"] += found.height
    counted["near"] += near
    counted["unusable"] += unusable
    counted["nowhere"] += without - unusable
    counted["inside"] += points.height - near - without
