"""One implementation of the ingest benchmark in this process; prints seconds and a hash."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import polars as pl
import psutil

from assets.landing.acceptance import accept_in_batches
from assets.landing.declaration import SourceDeclaration, load_source
from assets.landing.ingest import Found, archive_delivery
from assets.landing.rawstore import RawStore
from assets.landing.readers import ReaderLimits
from assets.landing.records import Delivered, records_of
from quality.contracts.accepted import RegisteredEnterprise
from quality.contracts.table import Quantity, Table, column, pedigree, source_row
from quality.quarantine import accept

_BATCH = 500_000


class Output(Table):
    source_row_id: str = source_row()
    name_zh: str = column("企业名称", "name", str_length={"min_value": 1})
    year: int = column("年份", "year", ge=1980, le=2100)
    output: Quantity = column("产量", "output", ge=0)
    pedigree: str = pedigree()

    class Config:
        metadata: ClassVar = {
            "table": "accepted.bench_output",
            "key": ["source_row_id"],
            "about": "A row.",
        }


class Shape(Table):
    source_row_id: str = source_row()
    name_zh: str = column("名称", "name", str_length={"min_value": 1})
    year: int = column("年份", "year", ge=1980, le=2100)
    geometry_wkb: str = column("几何", "polygon as WKB in hexadecimal")
    pedigree: str = pedigree()

    class Config:
        metadata: ClassVar = {
            "table": "accepted.bench_shape",
            "key": ["source_row_id"],
            "about": "A row.",
        }


def _declared(columns: dict[str, str], **more: Any) -> SourceDeclaration:
    shared = load_source("cn_register").model_dump(by_alias=True)
    kept = ("title_zh", "title_en", "publisher", "licence", "cadence", "pedigree")
    return SourceDeclaration.model_validate(
        {
            **{name: shared[name] for name in kept},
            "id": "bench",
            "table": "accepted.bench",
            "key": ["source_row_id"],
            "columns": columns,
            **more,
        }
    )


REGISTER = load_source("cn_register")
WORKBOOK = _declared(
    {"企业名称": "name_zh", "年份": "year", "产量": "output"}, format="xlsx", parts=["产量"]
)
LAYER = _declared(
    {"NAME": "name_zh", "YEAR": "year", "__geometry__": "geometry_wkb"},
    format="shapefile",
    crs="EPSG:4490",
)
KINDS: dict[str, tuple[SourceDeclaration, type[Table]]] = {
    "register": (REGISTER, RegisteredEnterprise),
    "workbook": (WORKBOOK, Output),
    "layer": (LAYER, Shape),
}


def ours(kind: str, delivery: dict[str, Any], folder: Path) -> Iterator[pl.DataFrame]:
    """Read an archived delivery in the sandbox, located, and through the door."""
    source, table = KINDS[kind]
    store = RawStore(folder / "raw", folder / "archive", ReaderLimits(memory_mb=1024))
    delivered = [Delivered(part, source) for part in store.parts(source, delivery)]
    if kind == "register":
        for outcome in accept_in_batches(source, delivered, {}, _BATCH):
            yield outcome.frame
    else:
        yield accept(records_of(delivered), source_id="bench", table=table).frame


def peer(kind: str, path: Path) -> pl.DataFrame:
    """The library and the pandera model alone."""
    source, table = KINDS[kind]
    if kind == "register":
        raw = pl.read_csv(path, infer_schema=False, null_values=["N/A"])
    elif kind == "workbook":
        import fastexcel

        raw = fastexcel.read_excel(path).load_sheet("产量", dtypes="string").to_polars()
    else:
        import pyogrio.raw

        meta, _, shapes, fields = pyogrio.raw.read(path, encoding="UTF-8")
        raw = pl.DataFrame(dict(zip(meta["fields"], fields, strict=True)))
        raw = raw.with_columns(pl.Series("__geometry__", [s.hex().upper() for s in shapes]))
    typed = raw.select(
        pl.col(header).alias(name) for header, name in source.columns.items()
    ).with_columns(source_row_id=pl.lit(""), pedigree=pl.lit("22222"))
    frame = typed.select(
        pl.col(c.name).str.to_date()
        if c.polars_type == pl.Date
        else pl.col(c.name).cast(c.polars_type)
        for c in table.declared_columns()
    )
    table.validate(frame, lazy=True)
    return frame


def content_hash(frames: Iterator[pl.DataFrame]) -> str:
    """Of the rows without what only we add, whatever their order."""
    rows, total = 0, 0
    for frame in frames:
        own = frame.drop("source_row_id", "pedigree")
        rows += own.height
        total += int(own.hash_rows(seed=0).cast(pl.Int128).sum())
    return f"{rows}-{total % (1 << 64):x}"


def cpu_seconds() -> float:
    """Seconds of all processors, of this process, its children and theirs that have ended."""
    here = psutil.Process()
    each = [process.cpu_times() for process in (here, *here.children())]
    return float(sum(t.user + t.system + t.children_user + t.children_system for t in each))


def main() -> None:
    kind, implementation, path, small = sys.argv[1:5]
    with tempfile.TemporaryDirectory(prefix="parkledger-bench-") as folder:
        # Copying into the archive, and hashing there, is no part of reading.
        small_one, delivery = (
            archive_delivery(Path(folder) / "archive", Found(KINDS[kind][0], Path(file))).row(
                0, named=True
            )
            for file in (small, path)
        )
        # Libraries are loaded before on both sides: a run reads many files.
        if implementation == "peer":
            peer(kind, Path(small))
        else:
            list(ours(kind, small_one, Path(folder)))
        started, busy = time.perf_counter(), cpu_seconds()
        if implementation == "stream":
            # Nothing is kept: what a run does, which writes each batch to the lake.
            found = content_hash(ours(kind, delivery, Path(folder)))
            seconds, busy = time.perf_counter() - started, cpu_seconds() - busy
        else:
            if implementation == "ours":
                frames = list(ours(kind, delivery, Path(folder)))
            else:
                frames = [peer(kind, Path(path))]
            seconds, busy = time.perf_counter() - started, cpu_seconds() - busy
            found = content_hash(iter(frames))
        print(json.dumps({"seconds": seconds, "cpu_seconds": busy, "hash": found}))


if __name__ == "__main__":
    main()
