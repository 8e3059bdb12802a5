"""From a landing directory to archived deliveries and raw rows."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from assets.landing.archive import fetch, store
from assets.landing.declaration import SourceDeclaration, load_sources
from assets.landing.readers import RawPart, ReaderLimits, read_delivery
from assets.landing.readers.bundle import bundle_bytes
from quality.contracts.audit import Delivery, RawRow

# The product's own tables of facts go through the same door as any delivery.
REFERENCE_DIRECTORY = Path(__file__).resolve().parents[1] / "reference"
# A delivery made for demonstration says so in its file name.
ILLUSTRATIVE_MARK = "示意"
_SIDECARS = {".shx", ".dbf", ".prj", ".cpg", ".sbn", ".sbx", ".qpj", ".xml"}


@dataclass(frozen=True)
class Found:
    """A file that waits in the landing directory."""

    source: SourceDeclaration
    path: Path

    @property
    def is_reference(self) -> bool:
        """Whether it is one of the product's own tables of facts."""
        return self.path.parent == REFERENCE_DIRECTORY


class LandingError(ValueError):
    """The landing directory or a folder in it is not what a landing looks like."""


def reference_deliveries() -> list[Found]:
    """The product's own tables of facts that a source is declared for."""
    return [
        Found(source, REFERENCE_DIRECTORY / f"{source.id}.csv")
        for source in load_sources().values()
        if (REFERENCE_DIRECTORY / f"{source.id}.csv").exists()
    ]


def find_deliveries(landing: Path) -> list[Found]:
    """Files in `landing/<source id>/`, and the product's own reference tables.

    Raises LandingError for a missing directory or a folder that names no source.
    """
    sources = load_sources()
    found = reference_deliveries()
    if not landing.is_dir():
        raise LandingError(f"{landing}: no such landing directory; expected one folder a source id")
    for folder in sorted(p for p in landing.iterdir() if p.is_dir()):
        source = sources.get(folder.name)
        if source is None:
            raise LandingError(
                f"{folder}: no source is called {folder.name}; "
                f"expected one of {', '.join(sorted(sources))}"
            )
        found.extend(Found(source, path) for path in _files(folder))
    return found


def _files(folder: Path) -> Iterator[Path]:
    """Delivered files: a shapefile counts once, hidden and unfinished files not at all."""
    for path in sorted(folder.iterdir()):
        name = path.name.lower()
        if not path.is_file() or name.startswith((".", "~")) or name.endswith((".part", ".tmp")):
            continue
        if path.suffix.lower() in _SIDECARS and path.with_suffix(".shp").exists():
            continue
        yield path


def archive_delivery(archive: Path, found: Found) -> pl.DataFrame:
    """Archive one file; returns its row of `raw.delivery`."""
    name, data = bundle_bytes(found.path)
    delivery_id = store(archive, data)
    return pl.DataFrame(
        {
            "delivery_id": [delivery_id],
            "source_id": [found.source.id],
            "file_name": [name],
            "size_bytes": [len(data)],
            "illustrative": [ILLUSTRATIVE_MARK in name],
            "licence": [found.source.licence],
        }
    )


def read_archived(
    archive: Path, source: SourceDeclaration, delivery: dict[str, object], limits: ReaderLimits
) -> pl.DataFrame:
    """Raw rows (`raw.row`) of an archived delivery, read from the archived bytes alone.

    Raises ReadError naming file, part, row and what was expected, ArchiveError if the
    bytes are gone or altered.
    """
    delivery_id, file_name = str(delivery["delivery_id"]), str(delivery["file_name"])
    data = fetch(archive, delivery_id)
    with tempfile.TemporaryDirectory(prefix="parkledger-") as folder:
        path = Path(folder) / Path(file_name).name
        path.write_bytes(data)
        parts = read_delivery(path, source, limits)
    frames = [_raw_rows(part, source.id, delivery_id) for part in parts]
    return RawRow.conform(pl.concat([RawRow.empty_frame(), *frames]))


def _raw_rows(part: RawPart, source_id: str, delivery_id: str) -> pl.DataFrame:
    headers = [name for name in part.rows.columns if name != "row_number"]
    return part.rows.select(
        pl.format(
            "{}:{}:{}", pl.lit(delivery_id[:16]), pl.lit(part.part), pl.col("row_number")
        ).alias("source_row_id"),
        pl.lit(source_id).alias("source_id"),
        pl.lit(delivery_id).alias("delivery_id"),
        pl.lit(part.part).alias("part"),
        pl.col("row_number").cast(pl.Int64),
        pl.struct(headers).struct.json_encode().alias("cells_json"),
    )


def source_cells(
    rows: pl.DataFrame, wanted: pl.DataFrame, deliveries: pl.DataFrame
) -> pl.DataFrame:
    """Cells (`audit.source_cell`) that `wanted` (`source_row_id`, `column_zh`) points at.

    Raises ValueError for a pointer to a cell that was never delivered: a number that
    rests on it could not be explained.
    """
    pointers = wanted.select("source_row_id", "column_zh").unique().sort(pl.all())
    located = pointers.join(rows, on="source_row_id", how="left").join(
        deliveries.select("delivery_id", "file_name").unique("delivery_id"),
        on="delivery_id",
        how="left",
    )
    lost = located.filter(pl.col("cells_json").is_null())
    if lost.height:
        raise ValueError(f"source rows that are not in raw.row: {lost.head(3).rows()}")
    texts: list[str | None] = []
    cached_row, cached_cells = "", {}
    for row_id, header, cells_json in zip(
        located["source_row_id"], located["column_zh"], located["cells_json"], strict=True
    ):
        if row_id != cached_row:
            cached_row, cached_cells = row_id, json.loads(cells_json)
        if header not in cached_cells:
            raise ValueError(f"{row_id}: no cell under the header {header}")
        texts.append(cached_cells[header])
    return located.with_columns(pl.Series("raw_text", texts, dtype=pl.String))


def supersede(known: pl.DataFrame, arrived: pl.DataFrame) -> pl.DataFrame:
    """`raw.delivery` after an arrival: a file of the same source and name replaces the one before.

    The bytes of the one before stay in the archive; its rows leave the lake.
    """
    kept = known.join(arrived, on=["source_id", "file_name"], how="anti")
    return concat_deliveries([kept, arrived])


def concat_deliveries(frames: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """`raw.delivery` of several files; the same bytes delivered twice count once.

    The name that sorts first is kept, so the order of delivery does not matter.
    """
    joined = pl.concat([Delivery.empty_frame(), *frames])
    return Delivery.conform(
        joined.sort("source_id", "delivery_id", "file_name").unique(
            ["source_id", "delivery_id"], keep="first", maintain_order=True
        )
    )
