"""Columns of text of a fixed width, as Arrow arrays, where nothing is wrong with them.

Blanks and NULs that fill a cell at its right are taken off as bytes, then it is decoded. Whatever
else is not plain text is not explained here: the caller reads such cells one by one.
"""

import codecs

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assets.landing.readers.blocks import Bytes

Cells = np.ndarray[tuple[int, int], np.dtype[np.uint8]]  # a row each
_Ends = np.ndarray[tuple[int], np.dtype[np.int32]]

_BLANK = 0x20  # the one bit that a blank has and a NUL has not
_LF = ord("\n")
_REPLACEMENT = "\ufffd".encode()
# In these a byte below 0x80 that begins a character is that character in ASCII, and a line feed
# ends what stands before it: a column is decoded in one go, with line feeds between the cells.
_BY_LINE = frozenset({"gbk", "gb2312", "gb18030", "big5", "cp950", "cp1252", "iso8859-1", "ascii"})


def texts(cells: Cells, encoding: str) -> pa.Array | None:
    """One string a row; None if one cannot be decoded, or holds NUL or U+FFFD, or may do so."""
    codec = codecs.lookup(encoding).name
    if codec != "utf-8" and codec not in _BY_LINE:
        return None
    lengths = _lengths(cells)
    widest = int(lengths.max(initial=0))
    data = cells[:, :widest][np.arange(widest) < lengths[:, None]]
    ends = np.zeros(len(cells) + 1, dtype=np.int32)
    np.cumsum(lengths, out=ends[1:])
    if not data.all():
        return None
    if not len(data) or data.max() < 0x80:
        return _strings(ends, data)
    return _checked(ends, data) if codec == "utf-8" else _decoded(ends, data, codec)


def are_utf8(records: Cells, offsets: list[int]) -> bool:
    """Whether all text that begins at these offsets of the records is sure to be UTF-8 without
    NUL and U+FFFD; far quicker than `texts`.
    """
    data = records.tobytes()
    if 0 in data or _REPLACEMENT in data:
        return False
    if data.isascii():
        return True
    # A character over two cells would be sound only in the whole.
    if ((records[:, offsets] & 0xC0) == 0x80).any():
        return False
    try:
        _strings(np.array([0, len(data)], dtype=np.int32), data).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def joined(column: pa.Array) -> bytes:
    """The texts with line feeds between them; nothing for a column in ASCII."""
    data: bytes = column.buffers()[2].to_pybytes()
    return b"" if data.isascii() else _by_line(column)


def _lengths(cells: Cells) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """Bytes of each cell up to the last that is neither blank nor NUL."""
    filled = (cells & ~np.uint8(_BLANK)) != 0
    wide = np.uint8 if cells.shape[1] < 256 else np.uint16
    places = np.arange(1, cells.shape[1] + 1, dtype=wide)
    lengths: np.ndarray[tuple[int], np.dtype[np.intp]] = (
        (filled * places).max(axis=1, initial=0).astype(np.intp)
    )
    return lengths


def _strings(ends: _Ends, data: bytes | Bytes) -> pa.Array:
    buffers = [None, pa.py_buffer(ends), pa.py_buffer(data)]
    return pa.Array.from_buffers(pa.string(), len(ends) - 1, buffers)


def _checked(ends: _Ends, data: Bytes) -> pa.Array | None:
    column = _strings(ends, data)
    try:
        column.validate(full=True)
    except pa.ArrowInvalid:
        return None
    return None if _REPLACEMENT in data.tobytes() else column


def _decoded(ends: _Ends, data: Bytes, codec: str) -> pa.Array | None:
    """The same of another encoding."""
    if _LF in data.tobytes():
        return None
    try:
        text = _by_line(_strings(ends, data)).decode(codec)
    except UnicodeDecodeError:
        return None
    if "\ufffd" in text:
        return None
    return pc.split_pattern(pa.scalar(text), "\n").values


def _by_line(column: pa.Array) -> bytes:
    whole = np.array([0, len(column)], dtype=np.int32)
    offsets = pa.Array.from_buffers(pa.int32(), 2, [None, pa.py_buffer(whole)])
    one = pa.ListArray.from_arrays(offsets, column.view(pa.binary()))
    return bytes(pc.binary_join(one, b"\n")[0].as_buffer())
