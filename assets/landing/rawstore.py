"""Raw rows: what was read from an archived delivery, text as delivered, one file a part.

They are kept beside the archive as the readers write them (Arrow) and not as JSON in the lake:
encoding and decoding two million rows took longer than reading them. They can be read again from
the archive at any time, and are, as soon as the declaration or a reader has changed.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa

from assets.landing.archive import check, place
from assets.landing.declaration import SourceDeclaration
from assets.landing.readers import RawPart, ReaderLimits, ReadError, read_delivery
from assets.landing.readers.request import EXTRA, ROW_NUMBER, TITLE
from quality.texts import are_bare
from warehouse.settings import Settings

_INDEX = "parts.json"
_REFUSED = "refused.json"
# Refusals that another machine, or a higher limit, may not repeat.
PASSING = {"timeout", "memory", "crash"}
# What a declaration says about meaning, not about reading.
_NOT_READING = {
    "title_zh",
    "title_en",
    "publisher",
    "licence",
    "cadence",
    "notes",
    "table",
    "key",
    "null_texts",
    "numbers",
    "period",
    "allowed",
    "pedigree",
    "column_factors",
    "layouts",
}


class Opened:
    """An Arrow file that is mapped when it is first looked at, and not again for each batch."""

    def __init__(self, file: Path) -> None:
        self.file = file

    @cached_property
    def table(self) -> pa.Table:
        """All columns that the reader wrote."""
        with pa.memory_map(str(self.file)) as source:
            reader = pa.ipc.open_file(source)
            batches = [reader.get_batch(n) for n in range(reader.num_record_batches)]
        return pa.Table.from_batches(batches, reader.schema)


@dataclass(frozen=True)
class Stored:
    """Rows of an Arrow file from `offset` on: `columns` of what the reader wrote."""

    opened: Opened
    columns: tuple[pl.Expr, ...]
    offset: int = 0

    def frame(self, rows: int) -> pl.DataFrame:
        """So many of the rows, over the bytes of the file."""
        kept = [name for c in self.columns for name in c.meta.root_names()]
        frame = pl.from_arrow(self._mapped(kept, rows), rechunk=False)
        assert isinstance(frame, pl.DataFrame)
        return frame.select(self.columns)

    def bare(self, headers: Collection[str], rows: int) -> frozenset[str]:
        """Those of the headers under which no text of so many rows has blanks around it."""
        there = [name for name in self.opened.table.column_names if name in headers]
        mapped = self._mapped(there, rows)
        texts = zip(there, mapped.columns, strict=True)
        return frozenset(name for name, column in texts if are_bare(column))

    def _mapped(self, names: list[str], rows: int) -> pa.Table:
        return self.opened.table.select(names).slice(self.offset, rows)


@dataclass(frozen=True)
class Part:
    """A part of a delivery as it was read; `rows` has `row_number` and the delivered headers.

    `has_lost` is false only if no cell holds a character that was lost before delivery (U+FFFD).
    `stored` is where the rows are kept, None for rows that were made in memory. `titles` are the
    cells that lines above the header give. `last` is the last header of a csv, under which a row
    that ends early has no cell, not even an empty one; None for other formats.
    """

    delivery_id: str
    file_name: str
    part: str
    headers: tuple[str, ...]
    units: Mapping[str, str]
    footers: int
    encoding: str | None
    crs: str | None
    reading_id: str
    rows: pl.LazyFrame
    height: int
    has_lost: bool = True
    stored: Stored | None = None
    titles: Mapping[str, str | None] = field(default_factory=dict)
    last: str | None = None

    def slice(self, offset: int, rows: int) -> Part:
        """The same with some of its rows only."""
        height = max(0, min(rows, self.height - offset))
        stored = self.stored
        return replace(
            self,
            rows=self.rows.slice(offset, rows),
            height=height,
            stored=stored and replace(stored, offset=stored.offset + offset),
        )

    def opened_anew(self) -> Part:
        """The same, over a mapping of its own: memory of the one before is free once it is not
        used.
        """
        stored = self.stored
        return replace(self, stored=stored and replace(stored, opened=Opened(stored.opened.file)))

    def frame(self) -> pl.DataFrame:
        """`rows` in memory. The texts of stored ones are mapped: a scan would copy them."""
        return self.rows.collect() if self.stored is None else self.stored.frame(self.height)

    def bare(self, headers: Collection[str]) -> frozenset[str]:
        """Those of the headers under which no text has blanks around it; none of rows that were
        made in memory.
        """
        return frozenset() if self.stored is None else self.stored.bare(headers, self.height)


def reader_limits(settings: Settings) -> ReaderLimits:
    """What one reader may use."""
    return ReaderLimits(
        memory_mb=settings.reader_memory_mb,
        base_seconds=settings.reader_seconds,
        seconds_per_mb=settings.reader_seconds_per_mb,
        max_cells=settings.reader_max_cells,
        max_cell_chars=settings.reader_max_cell_chars,
    )


def store_of(settings: Settings) -> RawStore:
    """The raw rows that these settings point at."""
    return RawStore(settings.raw_rows, settings.archive, reader_limits(settings))


class RawStore:
    """The raw rows of one home."""

    def __init__(self, folder: Path, archive: Path, limits: ReaderLimits) -> None:
        self._folder = folder
        self._archive = archive
        self._limits = limits

    def parts(self, source: SourceDeclaration, delivery: Mapping[str, Any]) -> list[Part]:
        """The parts of a delivery (row of `raw.delivery`), read now if they were not before.

        Raises ReadError if it cannot be read, ArchiveError if its bytes are gone or altered.
        """
        delivery_id, file_name = str(delivery["delivery_id"]), str(delivery["file_name"])
        reading = reading_id(source, file_name)
        folder = self._folder / delivery_id / reading
        if (folder / _REFUSED).is_file():
            raise ReadError(**json.loads((folder / _REFUSED).read_text(encoding="utf-8")))
        if not (folder / _INDEX).is_file():
            self._read(source, delivery_id, file_name, folder)
        index: list[dict[str, Any]] = json.loads((folder / _INDEX).read_text(encoding="utf-8"))
        parts = []
        for item in index:
            stored = Stored(Opened(folder / item["file"]), _columns(item))
            part = Part(
                delivery_id=delivery_id,
                file_name=file_name,
                part=item["part"],
                headers=tuple(item["headers"]),
                units=item["units"],
                footers=item["footers"],
                encoding=item["encoding"],
                crs=item["crs"],
                reading_id=reading,
                rows=pl.scan_ipc(stored.opened.file).select(stored.columns),
                height=item["height"],
                has_lost=item["has_lost"],
                stored=stored,
                last=_last(item) if item["delimited"] else None,
                titles={n: text for n, text in item["added"].items() if n.startswith(TITLE)},
            )
            parts.append(part)
        return parts

    def forget(self, delivery_id: str) -> None:
        """Drop the raw rows of a delivery; the archive keeps its bytes."""
        shutil.rmtree(self._folder / delivery_id, ignore_errors=True)

    def _read(
        self, source: SourceDeclaration, delivery_id: str, file_name: str, folder: Path
    ) -> None:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".reading-") as work:
            path = Path(work) / Path(file_name).name
            made = Path(work) / "made"
            made.mkdir()

            try:
                parts = read_delivery(
                    path,
                    source,
                    self._limits,
                    made,
                    fetch=lambda: place(self._archive, delivery_id, path),
                    check=lambda: check(self._archive, delivery_id),
                )
            except ReadError as error:
                # The same bytes under the same declaration are refused again: said at once then.
                if error.code not in PASSING:
                    _write(made / _REFUSED, error.as_dict())
                    _settle(made, folder, _REFUSED)
                raise
            _write(made / _INDEX, [_described(part) for part in parts])
            _settle(made, folder, _INDEX)


def _write(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")


def _settle(made: Path, folder: Path, sign: str) -> None:
    """Move what was made to its place; another process may have read the same meanwhile."""
    try:
        made.rename(folder)
    except OSError:
        if not (folder / sign).is_file():
            raise


def _described(part: RawPart) -> dict[str, Any]:
    assert part.file is not None
    return {
        "part": part.part,
        "headers": list(part.headers),
        "units": part.units,
        "footers": part.footers.height,
        "encoding": part.encoding,
        "crs": part.crs,
        "file": part.file.name,
        "height": part.height,
        "added": part.added,
        "delimited": part.delimited,
        "has_extra": part.has_extra,
        "has_lost": part.has_lost,
    }


def _last(item: Mapping[str, Any]) -> str | None:
    delivered = [name for name in item["headers"] if name not in item["added"]]
    return delivered[-1] if delivered else None


def _columns(item: Mapping[str, Any]) -> tuple[pl.Expr, ...]:
    """`row_number`, the delivered headers, and the cells that names give."""
    delivered = [name for name in item["headers"] if name not in item["added"]]
    cells = [pl.lit(text, pl.String).alias(name) for name, text in item["added"].items()]
    extra = [pl.col(EXTRA)] if item["has_extra"] else []
    return (pl.col(ROW_NUMBER), *map(pl.col, delivered), *cells, *extra)


def reading_id(source: SourceDeclaration, file_name: str) -> str:
    """A hash of all that decides how a file is read: its name, the declaration, the readers."""
    said = source.model_dump(mode="json", exclude=_NOT_READING)
    text = json.dumps([file_name, said, _readers_hash()], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@cache
def _readers_hash() -> str:
    folder = Path(__file__).with_name("readers")
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.py")):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()
