"""Read a delivery: starts the child, waits, and turns whatever happens to it into one error."""

import json
import os
import signal
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from math import ceil
from pathlib import Path
from typing import Any

from assets.landing.declaration import Format, Pedigree, SourceDeclaration
from assets.landing.readers.child import ANSWER, modules
from assets.landing.readers.errors import ReadError
from assets.landing.readers.forked import Child, load
from assets.landing.readers.rawpart import RawPart, cells_of_name, cells_of_part
from assets.landing.readers.request import Request
from assets.landing.readers.statedcrs import check_stated

CHILD = "assets.landing.readers.child"
_ERRORS = "stderr"
_ROOT = Path(__file__).resolve().parents[3]

# All that a child learns of its surroundings. One thread and one allocator arena each, since
# every further one reserves address space that the memory limit counts. What a block took is kept
# for the next one: new pages took a fifth of the time for a large file. Not in large pages: where
# the machine is a guest that has to be given its memory first, they took a tenth more.
_ENVIRONMENT = {
    "PYTHONPATH": str(_ROOT),
    "PYTHONUTF8": "1",
    "LC_ALL": "C.UTF-8",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": str(32 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(1 << 30),
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "GDAL_NUM_THREADS": "1",
    "SHAPE_RESTORE_SHX": "NO",
}
_KEPT = ("PATH", "LD_LIBRARY_PATH")

_OUT_OF_MEMORY = (
    "MemoryError",
    "bad_alloc",
    "annot allocate memory",
    "ut of memory",
    "memory allocation of",
)


@dataclass(frozen=True)
class ReaderLimits:
    """Limits of one child. Memory counts above the bare child and the size of the file.

    Cells, output and time grow with the file beyond these (see `_request`).
    """

    memory_mb: int = 512
    base_seconds: float = 20
    seconds_per_mb: float = 2
    max_cells: int = 100_000_000
    max_cell_chars: int = 1_000_000
    output_mb: int = 4096
    unzipped_mb: int = 2048


DEFAULT_LIMITS = ReaderLimits()


def prepare(formats: Sequence[Format]) -> None:
    """Load the libraries that read these formats, beside what the caller does next.

    Without it the first delivery of a process waits for them.
    """
    load(modules(formats), _surroundings())


def read_delivery(
    path: Path,
    source: SourceDeclaration,
    limits: ReaderLimits = DEFAULT_LIMITS,
    folder: Path | None = None,
    fetch: Callable[[], None] = lambda: None,
    check: Callable[[], object] = lambda: None,
) -> list[RawPart]:
    """The parts of the delivery in the order of the file.

    `fetch` puts the file at `path`; it is called while the reader starts. `check` is called while
    it reads: where it raises, nothing that was read is used.
    With `folder` (empty, kept by the caller as long as the parts are used) the rows stay in
    Arrow files there, and `RawPart.batches` reads them piece by piece. Raises ReadError for every
    fault of the delivery, also if the child dies or hangs, and what `fetch` and
    `check` raise.
    """
    return _read(path, source, limits, folder, fetch, check)


def read_unknown(path: Path, form: Format, delimiter: str = ",") -> list[RawPart]:
    """The parts of a file that no source is declared for, under the same limits.

    The rows of a csv or sheet are all there, title and header too, under `__column_1__` and so
    on; a layer or list of records has the names it gives itself. Raises ReadError.
    """
    stub = SourceDeclaration.model_validate(
        {
            "id": "unknown",
            **dict.fromkeys(("title_zh", "title_en", "publisher", "licence", "cadence"), "-"),
            "format": form,
            "part_pattern": None if form == "csv" else ".+",
            "delimiter": delimiter,
            "crs": "unknown",
            "columns": {"-": "unknown"},
            "table": "unknown",
            "key": ["unknown"],
            "lost_characters": "quarantine",
            "pedigree": dict.fromkeys(Pedigree.model_fields, 5),
        }
    )
    return _read(path, stub, DEFAULT_LIMITS, None, lambda: None, lambda: None, any_header=True)


def _read(
    path: Path,
    source: SourceDeclaration,
    limits: ReaderLimits,
    folder: Path | None,
    fetch: Callable[[], None],
    check: Callable[[], object],
    any_header: bool = False,
) -> list[RawPart]:
    named = cells_of_name(path.name, source)
    with tempfile.TemporaryDirectory(prefix="parkledger-read-", dir=folder) as temporary:
        work = Path(temporary).resolve()  # the child works in another folder
        with _started(work, source.formats) as child:
            fetch()
            size = _size(path)
            seconds = limits.base_seconds + limits.seconds_per_mb * size / (1 << 20)
            request = _request(path.resolve(), work, source, limits, size, seconds)
            asked = replace(request, any_header=any_header)
            deadline = time.monotonic() + seconds
            child.send(json.dumps(asdict(asked)).encode())
            check()
            answer = _answer(child, asked, seconds, deadline)
        if "error" in answer:
            raise ReadError(**{**answer["error"], "file": path.name})
        for told in answer["parts"]:
            check_stated(path.name, told, source)
        parts: list[RawPart] = []
        for place, told in enumerate(answer["parts"]):
            file = work / told["file"]
            if folder is not None:
                file = file.rename(folder / f"{place}.arrow")
            added = named | cells_of_part(told["part"], told["crs"], source) | told["titles"]
            parts.append(RawPart.of(told, file, added, lazy=folder is not None))
        return parts


def _size(path: Path) -> int:
    """Bytes of the file. Raises ReadError `file-missing` or `file-empty`."""
    if not path.is_file():
        raise ReadError(path.name, "", None, "no such file", "a file", "file-missing")
    size = path.stat().st_size
    if size == 0:
        raise ReadError(path.name, "", None, "empty file", "a header and rows", "file-empty")
    return size


def _request(
    path: Path,
    folder: Path,
    source: SourceDeclaration,
    limits: ReaderLimits,
    size: int,
    seconds: float,
) -> Request:
    return Request(
        path=str(path),
        folder=str(folder),
        source_id=source.id,
        formats=list(source.formats),
        parts=source.parts,
        part_pattern=source.part_pattern,
        ignored_parts=source.ignored_parts,
        records=source.records,
        **_wide(source),
        repair=source.repair,
        encodings=source.encodings,
        delimiter=source.delimiter,
        title_rows=source.title_rows,
        title_patterns=source.title_patterns,
        header_rows=source.header_rows,
        units_row=source.units_row,
        footer_patterns=source.footer_patterns,
        skip_patterns=list(source.skip_rows.values()),
        columns=source.columns,
        optional_columns=source.optional_columns,
        ignored_columns=source.ignored_columns,
        personal_columns=source.personal_columns,
        column_units=source.column_units,
        keep_lost_characters=source.lost_characters == "quarantine",
        # A csv has at most one cell for each byte; a cell of less than four is not a register.
        max_cells=limits.max_cells + size // 4,
        max_cell_chars=limits.max_cell_chars,
        memory_bytes=limits.memory_mb << 20,
        # Text grows in Arrow by 4 bytes a cell, and geometry twofold in hexadecimal.
        output_bytes=(limits.output_mb << 20) + 4 * size,
        unzipped_bytes=limits.unzipped_mb << 20,
        cpu_seconds=ceil(seconds) + 1,
    )


def _wide(source: SourceDeclaration) -> dict[str, Any]:
    """What a reader must know of a wide table."""
    if source.unpivot is None:
        return {}
    names = ("headers", "required", "consecutive", "beside", "span", "absent", "renamed")
    return {f"unpivot_{name}": getattr(source.unpivot, name) for name in names}


def _surroundings() -> dict[str, str]:
    """The environment of all readers."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {**_ENVIRONMENT, **kept}


@contextmanager
def _started(folder: Path, formats: Sequence[str]) -> Iterator[Child]:
    """A child that has the readers of these formats and waits for its request."""
    own = {"HOME": str(folder), "TMPDIR": str(folder)}
    with (folder / _ERRORS).open("wb") as stderr:
        child = Child(CHILD, formats, modules(formats), _surroundings(), folder, own, stderr)
    try:
        yield child
    finally:
        child.kill()


def _answer(child: Child, request: Request, seconds: float, deadline: float) -> dict[str, Any]:
    """The answer of the child. Raises ReadError `timeout`, `memory` or `crash`."""
    try:
        child.wait(deadline)
    except TimeoutError:
        raise _too_slow(request, seconds) from None
    answer = Path(request.folder) / ANSWER
    if child.returncode == 0 and answer.is_file():
        read: dict[str, Any] = json.loads(answer.read_text(encoding="utf-8"))
        return read
    if child.returncode == -signal.SIGXCPU:
        raise _too_slow(request, seconds)
    said = (Path(request.folder) / _ERRORS).read_bytes()[-4000:].decode("utf-8", "replace").strip()
    if any(sign in said for sign in _OUT_OF_MEMORY):
        allowed = request.memory_bytes >> 20
        raise request.error(
            "memory",
            "the reader ran out of memory",
            f"at most {allowed} MB above the size of the file",
        )
    last = said.splitlines()[-1] if said else "nothing said"
    raise request.error(
        "crash", f"the reader ended with code {child.returncode} ({last})", "a readable file"
    )


def _too_slow(request: Request, seconds: float) -> ReadError:
    return request.error(
        "timeout", f"not read within {seconds:.1f} s", "a smaller file or a higher limit"
    )
