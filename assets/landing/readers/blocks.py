"""Parts read in blocks: what a block gives, what all its text must be, and how blocks are written.

A block is a piece of the text of a part that holds whole rows. What cannot be read in blocks, or
only together with the text around it, is left to the slow reader of the whole part.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assets.landing.readers import mojibake
from assets.landing.readers.head import Cells, Head
from assets.landing.readers.request import Request
from assets.landing.readers.table import PartResult, fit_cells, ipc_schema, open_ipc, too_many_cells

Bytes = np.ndarray[tuple[int], np.dtype[np.uint8]]
Int64s = np.ndarray[tuple[int], np.dtype[np.int64]]
Booleans = np.ndarray[tuple[int], np.dtype[np.bool_]]

_REPLACEMENT = "\ufffd".encode()

_Rows = list[pa.Array]  # row numbers, the cells by column, and what stands behind the last header


class NotPlainError(Exception):
    """The text is not one that is read in blocks."""


@dataclass(frozen=True)
class Parsed:
    """Rows of a block of `lines` lines: on which of them each begins (from 0), and its cells.

    Where rows have numbers of their own, `lines` is 0 and `places` are these. `has_lost`: the
    block holds a replacement character. `footers`: the texts of the last rows, which are footers
    if no record follows.
    """

    lines: int
    places: Int64s
    columns: list[pa.Array]
    extras: pa.Array
    has_lost: bool
    footers: list[str]


def check_text(block: bytes) -> int:
    """The rare bytes that there may be (`mojibake.scan`).

    Raises NotPlainError for mojibake, ArrowInvalid for what is not UTF-8.
    """
    offsets = pa.py_buffer(np.array([0, len(block)], dtype=np.int64))
    text = pa.Array.from_buffers(pa.large_string(), 1, [None, offsets, pa.py_buffer(block)])
    text.validate(full=True)
    found, rare = mojibake.scan(block)
    if found is not None:
        raise NotPlainError
    return rare


def holds_replacement(block: bytes, rare: int) -> bool:
    """Whether there is a U+FFFD."""
    if not rare & mojibake.DAMAGE:
        return False
    data: Bytes = np.frombuffer(block, dtype=np.uint8)
    # A search for three bytes takes long where the first is frequent, as in "，".
    could = (data[1:-1] == _REPLACEMENT[1]) & (data[2:] == _REPLACEMENT[2])
    return bool(could.any()) and _REPLACEMENT in block


def columns_of(
    rows: Sequence[Cells], head: Head, delimiter: str
) -> tuple[list[pa.Array], pa.Array]:
    """The cells of rows by column that is read, and what stands behind the last header."""
    text = pa.string()
    cells_by_column: Sequence[Sequence[str | None]]
    if all(len(cells) == len(head.names) for cells in rows):
        whole = list(zip(*rows, strict=True)) or [()] * len(head.names)
        cells_by_column = [whole[place] for place in head.kept]
        extras = pa.nulls(len(rows), text)
    else:
        fitted = [fit_cells(cells, head, delimiter) for cells in rows]
        cells_by_column = list(zip(*(cells for cells, _ in fitted), strict=True))
        extras = pa.array([extra for _, extra in fitted], text)
    return [pa.array(cells, text) for cells in cells_by_column], extras


def write_blocks(
    blocks: Iterable[Parsed], request: Request, result: PartResult, head: Head, first_line: int = 0
) -> None:
    """Write the rows to the file of `result`; `first_line` is that of the first block.

    Raises ReadError `bounds`, and what `blocks` raises.
    """
    room = request.max_cells // max(1, len(head.kept))
    line = first_line
    schema = ipc_schema(result.headers)
    waiting: list[_Rows] = []  # rows that are footers if nothing comes after them
    with open_ipc(Path(request.folder) / result.file, schema) as writer:

        def put(rows: _Rows) -> None:
            nonlocal room
            numbers, extras = rows[0], rows[-1]
            if len(numbers) > room:
                raise too_many_cells(request, result.part, numbers[room].as_py())
            room -= len(numbers)
            result.has_extra |= extras.null_count < len(numbers)
            writer.write_batch(pa.RecordBatch.from_arrays(rows, schema=schema))

        for parsed in blocks:
            rows = [integers(parsed.places + line), *parsed.columns, parsed.extras]
            line += parsed.lines
            result.has_lost |= parsed.has_lost
            records = len(rows[0]) - len(parsed.footers)
            if records:
                for earlier in waiting:
                    put(earlier)
                waiting.clear()
                result.footers.clear()
                put([column.slice(0, records) for column in rows])
            if parsed.footers:
                last = [column.slice(records) for column in rows]
                waiting.append(last)
                result.footers += zip(last[0].to_pylist(), parsed.footers, strict=True)


def integers(values: Int64s) -> pa.Array:
    """Not by pa.array: it imports pandas, to see whether it was given some."""
    return pa.Array.from_buffers(pa.int64(), len(values), [None, pa.py_buffer(values)])


def lengths(texts: pa.Array) -> Int64s:
    """Of each text its bytes."""
    found: Int64s = pc.binary_length(texts).to_numpy(zero_copy_only=False).astype(np.int64)
    return found
