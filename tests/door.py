"""Files and texts through the door, as a run takes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from assets.landing.acceptance import SourceOutcome, accept_source
from assets.landing.declaration import Pedigree, SourceDeclaration, load_source
from assets.landing.ingest import Found, archive_delivery
from assets.landing.rawstore import Part, RawStore
from assets.landing.readers import ReaderLimits
from assets.landing.records import Delivered

Reference = Mapping[str, pl.DataFrame]


def read_file(source: SourceDeclaration, path: Path, folder: Path) -> list[Delivered]:
    """The parts of a file, read in a child process from `folder`'s archive. Raises ReadError."""
    archive = folder / "archive"
    delivery = archive_delivery(archive, Found(source, path)).row(0, named=True)
    parts = RawStore(folder / "raw", archive, ReaderLimits()).parts(source, delivery)
    return [
        Delivered(part, source, delivery["illustrative"], delivery["subject"]) for part in parts
    ]


def file_through_door(
    source: SourceDeclaration | str, path: Path, folder: Path, reference: Reference | None = None
) -> SourceOutcome:
    """Read and accept one file; every record ends in one of the two tables."""
    known = load_source(source) if isinstance(source, str) else source
    outcome = accept_source(known, read_file(known, path, folder), reference or {})
    assert outcome.records == outcome.frame.height + outcome.quarantine.height
    return outcome


def delivered_rows(
    source: SourceDeclaration, rows: Sequence[Mapping[str, str | None]]
) -> list[Delivered]:
    """Delivered texts (header to text), numbered from 2 as in a file with one header row."""
    headers = list(dict.fromkeys(header for row in rows for header in row))
    headers = headers or list(source.columns)
    numbered = [{"row_number": n, **row} for n, row in enumerate(rows, start=2)]
    frame = pl.LazyFrame(
        numbered, schema={"row_number": pl.Int64, **dict.fromkeys(headers, pl.String)}
    )
    part = Part("d", "d.csv", "", tuple(headers), {}, 0, None, None, "", frame, len(rows))
    return [Delivered(part, source)]


def declared(columns: Mapping[str, str], **more: Any) -> SourceDeclaration:
    """A declaration that maps these headers, for tables that no source delivers."""
    values: dict[str, Any] = {
        "id": "sample",
        "title_zh": "样本",
        "title_en": "sample",
        "publisher": "office",
        "licence": "none",
        "cadence": "yearly",
        "format": "csv",
        "table": "accepted.sample",
        "key": ["source_row_id"],
        "pedigree": dict.fromkeys(Pedigree.model_fields, 2),
        "columns": dict(columns),
        **more,
    }
    return SourceDeclaration(**values)


def rows_through_door(
    source: SourceDeclaration | str,
    rows: Sequence[Mapping[str, str | None]],
    reference: Reference | None = None,
) -> SourceOutcome:
    """Accept delivered texts, numbered from 2."""
    known = load_source(source) if isinstance(source, str) else source
    return accept_source(known, delivered_rows(known, rows), reference or {})
