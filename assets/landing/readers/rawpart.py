"""What a reading gives: rows of one part, whole or in batches, and cells of names and titles."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import polars as pl
import pyarrow as pa

from assets.landing.declaration import SourceDeclaration
from assets.landing.readers.errors import ReadError
from assets.landing.readers.headers import is_pseudo
from assets.landing.readers.request import CRS, EXTRA

_ZIPPED = ".shp.zip"


@dataclass(frozen=True)
class RawPart:
    """One sheet, layer or csv with the text of its cells exactly as delivered.

    footers: `row_number` Int64, `text` String. `headers` end with those of the cells that the
    name of file or part or a title gives (`__file_NAME__`, `__part_NAME__`, `__title_NAME__`).
    """

    part: str
    headers: tuple[str, ...]
    units: dict[str, str]
    footers: pl.DataFrame
    encoding: str | None
    crs: str | None
    file: Path | None = field(repr=False)
    frame: pl.DataFrame | None = field(repr=False)
    added: dict[str, str | None] = field(default_factory=dict)
    delimited: bool = False
    has_extra: bool = False
    has_lost: bool = True  # False only if no cell holds a replacement character (U+FFFD)

    @classmethod
    def of(
        cls, answer: dict[str, Any], file: Path, added: dict[str, str | None], lazy: bool
    ) -> Self:
        """The part the child has told of; its rows are in `file`, which stays if `lazy`."""
        part = cls(
            part=answer["part"],
            headers=(*answer["headers"], *added),
            units=answer["units"],
            footers=pl.DataFrame(
                answer["footers"], schema={"row_number": pl.Int64, "text": pl.String}, orient="row"
            ),
            encoding=answer["encoding"],
            crs=answer["crs"],
            file=file if lazy else None,
            frame=None,
            added=added,
            delimited=answer["delimited"],
            has_extra=answer["has_extra"],
            has_lost=answer["has_lost"] or any("\ufffd" in (text or "") for text in added.values()),
        )
        if not lazy:
            object.__setattr__(part, "frame", part._shaped(pl.read_ipc(file)))
        return part

    @property
    def rows(self) -> pl.DataFrame:
        """`row_number` Int64 + one String column a header (null = absent cell); a column
        `__extra__` is there only if some row had text behind the last header.
        """
        if self.frame is not None:
            return self.frame
        assert self.file is not None
        return self._shaped(pl.read_ipc(self.file))

    @property
    def height(self) -> int:
        """Number of rows."""
        if self.frame is not None:
            return self.frame.height
        assert self.file is not None
        with pa.memory_map(str(self.file)) as source:
            reader = pa.ipc.open_file(source)
            return sum(reader.get_batch(n).num_rows for n in range(reader.num_record_batches))

    def batches(self, rows: int = 100_000) -> Iterator[pl.DataFrame]:
        """`rows` in pieces of at most this many rows, of which one is in memory at a time."""
        if self.frame is not None:
            yield from self.frame.iter_slices(rows)
            return
        with pa.memory_map(str(self.file)) as source:
            reader = pa.ipc.open_file(source)
            waiting: list[pa.RecordBatch] = []
            for place in range(reader.num_record_batches):
                waiting.append(reader.get_batch(place))
                if sum(batch.num_rows for batch in waiting) >= rows:
                    yield from self._frame_of(waiting).iter_slices(rows)
                    waiting = []
            if waiting:
                yield from self._frame_of(waiting).iter_slices(rows)

    def _frame_of(self, batches: list[pa.RecordBatch]) -> pl.DataFrame:
        frame = pl.from_arrow(pa.Table.from_batches(batches))
        assert isinstance(frame, pl.DataFrame)
        return self._shaped(frame)

    def _shaped(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Cells of the names put behind those delivered, an empty `__extra__` taken away."""
        extra = [EXTRA] if self.has_extra else []
        delivered = [name for name in frame.columns if name != EXTRA]
        cells = [pl.lit(text, pl.String).alias(name) for name, text in self.added.items()]
        return (
            frame.select(*delivered, *cells, *extra) if cells else frame.select(*delivered, *extra)
        )


def cells_of_name(name: str, source: SourceDeclaration) -> dict[str, str | None]:
    """`__file_GROUP__` → what the group of `file_pattern` matches in the name of the file.

    An archived shapefile `x.shp.zip` counts as `x.shp`. Raises ReadError `file-name`.
    """
    _check_groups(name, source)
    if source.file_pattern is None:
        return {}
    plain = name.removesuffix(".zip") if name.lower().endswith(_ZIPPED) else name
    match = re.fullmatch(source.file_pattern, plain)
    if match is None:
        raise ReadError(
            name,
            "",
            None,
            "the name of the file does not match",
            f"file_pattern {source.file_pattern!r} of {source.id}.toml",
            "file-name",
        )
    return {f"__file_{group}__": text for group, text in match.groupdict().items()}


def cells_of_part(name: str, crs: str | None, source: SourceDeclaration) -> dict[str, str | None]:
    """`__part_GROUP__` → what the group of `part_pattern` matches in the name of the part, and
    `__crs__`, where it is declared → the CRS as the file states it, null where it states none.
    """
    stated = {CRS: crs} if CRS in source.columns else {}
    match = re.fullmatch(source.part_pattern, name) if source.part_pattern else None
    if match is None:
        return stated
    return stated | {f"__part_{group}__": text for group, text in match.groupdict().items()}


def _check_groups(file: str, source: SourceDeclaration) -> None:
    """Raises ReadError `header-mismatch` for a cell of a name that no pattern gives."""
    patterns = [("file", source.file_pattern), ("part", source.part_pattern)]
    patterns += [("title", pattern) for pattern in source.title_patterns]
    given = {
        f"__{kind}_{group}__"
        for kind, pattern in patterns
        for group in re.compile(pattern or "").groupindex
    }
    lost = [name for name in source.columns if is_pseudo(name) and name not in {*given, CRS}]
    if lost:
        kind = lost[0].split("_")[2]
        raise ReadError(
            file,
            "",
            None,
            f"'{lost[0]}' is declared",
            f"a group of that name in {kind}_pattern{'s' * (kind == 'title')} of {source.id}.toml",
            "header-mismatch",
        )
