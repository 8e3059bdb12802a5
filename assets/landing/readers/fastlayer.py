"""Layers with nothing wrong with them, many records at once; the result is that of the slow way.

Whatever is not as it should be, or might not be, is left to the slow way, which says what it is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assets.landing.readers import dbf, fixedwidth, mojibake, shapes
from assets.landing.readers.blocks import Booleans, Int64s, integers
from assets.landing.readers.errors import ReadError
from assets.landing.readers.request import Request
from assets.landing.readers.table import ipc_schema, open_ipc

_HEADER = 100  # bytes of a .shp before its first record
_SCANNED = 1 << 16  # records of a .shp that are looked at together
_ROWS = 20_000  # that are written together,
_BYTES = 8 << 20  # or fewer; one shape may be larger
_MOST = (1 << 31) - 1  # bytes of text in one Arrow array

_pairs = np.frombuffer(b"".join(b"%02X" % byte for byte in range(256)), dtype=np.uint16)
_DIGITS = pa.Array.from_buffers(pa.uint16(), 256, [None, pa.py_buffer(_pairs)])


@dataclass(frozen=True)
class Shapes:
    """The shapes of a checked .shp: their kind, the offset of each and of the end, and whether
    it has a geometry.
    """

    kind: int
    starts: Int64s
    filled: Booleans


def scan(data: bytes, index: Int64s, kind: int, most: int) -> Shapes | None:
    """The shapes of a .shp if it is records without gaps, numbered from 1, of this kind, of at
    most so many bytes, at the offsets of the index; else None.
    """
    starts = np.append(index, len(data))
    if starts[0] != _HEADER or (np.diff(starts) < 12).any():
        return None
    filled: Booleans = np.empty(len(index), dtype=np.bool_)
    whole = np.frombuffer(data, dtype=np.uint8)
    for begin in range(0, len(index), _SCANNED):
        at = starts[begin : begin + _SCANNED + 1]
        heads = whole[at[:-1, None] + np.arange(12)]
        number, words = heads[:, :8].copy().view(">i4").T.astype(np.int64)
        shape = heads[:, 8:].copy().view("<i4")[:, 0]
        in_order = number == np.arange(begin + 1, begin + len(at))
        fits = (8 + 2 * words == np.diff(at)) & (2 * words <= most)
        if not (in_order & fits & ((shape == 0) | (shape == kind))).all():
            return None
        filled[begin : begin + len(at) - 1] = shape != 0
    return Shapes(kind, starts, filled)


def write(
    file: Path,
    headers: Sequence[str],
    table: dbf.Table,
    encoding: str,
    kept: Sequence[int],
    request: Request,
    part: str,
    layer: tuple[Path, Shapes] | None = None,
) -> bool:
    """Write these fields of all records, with the shapes of a layer (the .shp for GDAL, and what
    was found in it); False if that is left to the slow way, which then writes the file anew.

    No cell that is written holds a replacement character. Raises MemoryError, and does not leave
    it to the slow way: that needs no less, and GDAL crashes where little is left.
    """
    if table.count * max(1, len(headers)) > request.max_cells:
        return False
    schema = ipc_schema(headers)
    try:
        if layer and table.count:
            shapes.check_driver(layer[0], request, part)
        with open_ipc(file, schema) as writer:
            for begin, end in _pieces(table, layer and layer[1]):
                columns = dbf.columns(table, encoding, kept, begin, end)
                if columns is None or not all(map(_is_sound, columns)):
                    return False
                if layer:
                    geometry = _geometry(*layer, begin, end)
                    if geometry is None:
                        return False
                    columns.append(geometry)
                rows = integers(np.arange(begin + 1, end + 1, dtype=np.int64))
                cells = [rows, *columns, pa.nulls(end - begin, pa.string())]
                writer.write_batch(pa.RecordBatch.from_arrays(cells, schema=schema))
    except (ReadError, RuntimeError):  # RuntimeError is the base of those of pyogrio
        return False
    return True


def _pieces(table: dbf.Table, found: Shapes | None) -> Iterator[tuple[int, int]]:
    """The range of records of each piece."""
    rows = max(1, min(_ROWS, _BYTES // table.size))
    begin = 0
    while begin < table.count:
        end = min(begin + rows, table.count)
        if found:
            within = np.searchsorted(found.starts, found.starts[begin] + _BYTES, "right") - 1
            end = min(end, max(begin + 1, int(within)))
        yield begin, end
        begin = end


def _is_sound(column: pa.Array) -> bool:
    return mojibake.find_in_utf8(fixedwidth.joined(column)) is None


def _geometry(layer: Path, found: Shapes, begin: int, end: int) -> pa.Array | None:
    """WKB in hexadecimal; None if a shape is not as it should be."""
    read = shapes.batch(layer, begin, end - begin)
    filled = found.filled[begin:end]
    if [shape is not None for shape in read] != filled.tolist():
        return None
    there = [shape for shape in read if shape is not None]
    if not shapes.are_finite(there, found.kind):
        return None
    ends: Int64s = np.zeros(len(read) + 1, dtype=np.int64)
    np.cumsum([2 * len(shape or b"") for shape in read], out=ends[1:])
    if ends[-1] > _MOST:
        return None
    data = b"".join(there)
    digits = pc.take(_DIGITS, _bytes(data), boundscheck=False).buffers()[1]
    valid = None if filled.all() else pa.py_buffer(np.packbits(filled, bitorder="little"))
    offsets = pa.py_buffer(ends.astype(np.int32))
    return pa.Array.from_buffers(pa.string(), len(read), [valid, offsets, digits])


def _bytes(data: bytes) -> pa.Array:
    return pa.Array.from_buffers(pa.uint8(), len(data), [None, pa.py_buffer(data)])
