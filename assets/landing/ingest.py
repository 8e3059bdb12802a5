"""From a landing directory to archived deliveries."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from upath import UPath

from assets.landing.archive import store, store_file
from assets.landing.declaration import SourceDeclaration, load_sources
from assets.landing.lifecycle import marks
from assets.landing.readers.bundle import bundle_bytes

# The product's own tables of facts go through the same door as any delivery.
REFERENCE_DIRECTORY = Path(__file__).resolve().parents[1] / "reference"
# A delivery made for demonstration says so in its file name.
ILLUSTRATIVE_MARK = "示意"
_SIDECARS = {".shx", ".dbf", ".prj", ".cpg", ".sbn", ".sbx", ".qpj", ".xml"}


@dataclass(frozen=True)
class Found:
    """A file that waits in a landing directory, local or at a URL."""

    source: SourceDeclaration
    path: Path | UPath

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


def find_deliveries(landing: str | Path) -> list[Found]:
    """Files in `landing/<source id>/`; the landing is a folder or any URL that fsspec opens.

    Raises LandingError for a missing directory or a folder that names no source.
    """
    sources = load_sources()
    place = UPath(landing) if "://" in str(landing) else Path(landing)
    if not place.is_dir():
        raise LandingError(f"{landing}: no such landing directory; expected one folder a source id")
    found: list[Found] = []
    for folder in sorted((p for p in place.iterdir() if p.is_dir()), key=lambda p: p.name):
        source = sources.get(folder.name)
        if source is None:
            raise LandingError(
                f"{folder}: no source is called {folder.name}; "
                f"expected one of {', '.join(sorted(sources))}"
            )
        found.extend(Found(source, path) for path in _files(folder))
    return found


def _files(folder: Path | UPath) -> Iterator[Path | UPath]:
    """Delivered files: a shapefile counts once, or its .dbf where that came without shapes;
    hidden and unfinished files not at all.
    """
    files = sorted((p for p in folder.iterdir() if p.is_file()), key=lambda p: p.name)
    layers = {p.stem.lower() for p in files if p.suffix.lower() == ".shp"}
    tables = {p.stem.lower() for p in files if p.suffix.lower() == ".dbf"} - layers
    for path in files:
        name = path.name.lower()
        if name.startswith((".", "~")) or name.endswith((".part", ".tmp")):
            continue
        stem, suffix = path.stem.lower(), path.suffix.lower()
        if suffix in _SIDECARS and (stem in layers or (stem in tables and suffix != ".dbf")):
            continue
        yield path


def archive_delivery(archive: Path, found: Found) -> pl.DataFrame:
    """Archive one file; returns its row of `raw.delivery`, not yet read or resolved."""
    with _local(found.path) as path:
        if path.suffix.lower() == ".shp":
            name, data = bundle_bytes(path)
            delivery_id = store(archive, data)
        else:
            name, delivery_id = path.name, store_file(archive, path)
    size = (archive / delivery_id).stat().st_size
    subject, revision, supplement = marks(name)
    return pl.DataFrame(
        {
            "delivery_id": [delivery_id],
            "source_id": [found.source.id],
            "file_name": [name],
            "names": [name],
            "subject": [subject],
            "revision": [revision],
            "supplement": [supplement],
            "edition": [0],
            "size_bytes": [size],
            "rows": pl.Series([None], dtype=pl.Int64),
            "status": ["current"],
            "reason": pl.Series([None], dtype=pl.String),
            "illustrative": [ILLUSTRATIVE_MARK in name],
            "licence": [found.source.licence],
        }
    )


@contextmanager
def _local(path: Path | UPath) -> Iterator[Path]:
    """The file on this machine, with the other files of a shapefile beside it."""
    if not isinstance(path, UPath):
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="parkledger-fetch-") as folder:
        wanted = [path]
        if path.suffix.lower() == ".shp":
            stem = path.stem.lower()
            wanted = [p for p in path.parent.iterdir() if p.is_file() and p.stem.lower() == stem]
        for file in wanted:
            (Path(folder) / file.name).write_bytes(file.read_bytes())
        yield Path(folder) / path.name
