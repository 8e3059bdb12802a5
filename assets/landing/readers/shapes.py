"""The shapes of a checked .shp, which GDAL reads: 2D WKB, with no coordinate unlooked at."""

import struct
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyogrio.raw
import shapely

from assets.landing.readers.request import Request

_BATCH = 5_000
_BATCH_BYTES = 32 << 20
_DRIVER = "ESRI Shapefile"
_POINT, _LINE, _POLYGON, _POINTS = 1, 2, 3, 4  # in WKB; the others hold geometries
_ONE = struct.pack("<I", 1)
# How shapes of one run of coordinates begin, by what the layer holds, and where their run does.
_RUNS = {
    1: (struct.pack("<BI", 1, _POINT), 5),
    3: (struct.pack("<BI", 1, _LINE), 9),
    5: (struct.pack("<BI", 1, _POLYGON) + _ONE, 13),
}
_SMALL = 64 << 10  # bytes of a shape of which a copy is made to look at it with others
_MEMBER = np.dtype([("head", "V5"), ("place", "<f8", 2)])  # a point among points


def alone(files: dict[str, Path], folder: Path) -> Path:
    """The .shp and .shx, taken from the set: GDAL must not see records or encoding."""
    folder.mkdir()
    for suffix in (".shp", ".shx"):
        files[suffix].rename(folder / f"layer{suffix}")
    return folder / "layer.shp"


def check_driver(layer: Path, request: Request, part: str) -> None:
    """Raises ReadError `not-a-shapefile` or `geometry` unless GDAL takes it for a shapefile."""
    try:
        driver = pyogrio.read_info(layer)["driver"]
        if driver != _DRIVER:
            raise request.error("not-a-shapefile", f"driver {driver}", _DRIVER, part)
    except RuntimeError as error:  # the base of the errors of pyogrio
        raise request.error("geometry", str(error), "sound geometry", part) from None


def in_hex(layer: Path, request: Request, part: str, count: int) -> Iterator[str | None]:
    """2D WKB in hexadecimal, one a shape, None for a null shape."""
    if count == 0:
        return
    check_driver(layer, request, part)
    step = max(1, min(_BATCH, _BATCH_BYTES * count // layer.stat().st_size))
    for start in range(0, count, step):
        for row, shape in enumerate(_one_by_one(layer, start, step), start + 1):
            if shape is not None and not _is_finite(shape):
                what = "a coordinate that is not finite"
                raise request.error("geometry", what, "a sound geometry", part, row)
            yield None if shape is None else shape.hex().upper()
    # Fewer shapes than records must not end the loop of the caller without a word.
    while True:
        yield None


def batch(layer: Path, start: int, count: int) -> list[bytes | None]:
    """WKB of the shapes from `start` on, None for a null shape.

    Raises RuntimeError if one of them is broken.
    """
    _, _, shapes, _ = pyogrio.raw.read(
        layer, columns=[], force_2d=True, skip_features=start, max_features=count
    )
    return list(shapes)


def are_finite(shapes: Sequence[bytes], kind: int) -> bool:
    """Whether all coordinates of the 2D WKB are numbers, in a layer of this kind.

    Most shapes are one run of coordinates; their runs are looked at in one go.
    """
    head, begin = _RUNS.get(kind % 10, (b"\0", 0))
    runs = [s[begin:] for s in shapes if s.startswith(head) and len(s) < _SMALL]
    if not np.isfinite(np.frombuffer(b"".join(runs), "<f8")).all():
        return False
    if len(runs) == len(shapes):
        return True
    rest = [s for s in shapes if not s.startswith(head) or len(s) >= _SMALL]
    small = [s for s in rest if len(s) < _SMALL and s[1] not in (_POINT, _POINTS)]
    if not _members_are_finite(small):
        return False
    return all(_is_finite(s) for s in rest if len(s) >= _SMALL or s[1] in (_POINT, _POINTS))


def _members_are_finite(shapes: Sequence[bytes]) -> bool:
    """The same of lines and polygons of several runs. Not of points: one that is not a number
    counts as empty.
    """
    try:
        found = shapely.get_coordinates(shapely.from_wkb(shapes))
    except (shapely.errors.GEOSException, NotImplementedError):  # rings of too few points
        return all(map(_is_finite, shapes))
    return bool(np.isfinite(found).all())


def _one_by_one(layer: Path, start: int, count: int) -> list[bytes | None]:
    """`batch`, with None also for a broken shape."""
    try:
        return batch(layer, start, count)
    except RuntimeError:
        # One broken shape fails the whole batch; singly read, the caller sees which it is.
        if count == 1:
            return [None]
        return [shape for place in range(count) for shape in _one_by_one(layer, start + place, 1)]


def _is_finite(wkb: bytes) -> bool:
    """Whether all coordinates of the 2D WKB are numbers.

    Looked at where they lie: a geometry made of them would take their size again.
    """
    _, finite = _walk_wkb(wkb, 0)
    return finite


def _walk_wkb(wkb: bytes, place: int) -> tuple[int, bool]:
    """(where the geometry at the place ends, whether its coordinates are finite)."""
    (kind,) = struct.unpack_from("<I", wkb, place + 1)
    place += 5
    if kind == _POINT:
        return place + 16, _all_finite(wkb, place, 1)
    (count,) = struct.unpack_from("<I", wkb, place)
    place += 4
    if kind == _LINE:
        return place + 16 * count, _all_finite(wkb, place, count)
    if kind == _POINTS:
        members = np.frombuffer(wkb, _MEMBER, count, place)
        return place + _MEMBER.itemsize * count, bool(np.isfinite(members["place"]).all())
    finite = True
    for _ in range(count):
        if kind == _POLYGON:
            (points,) = struct.unpack_from("<I", wkb, place)
            finite &= _all_finite(wkb, place + 4, points)
            place += 4 + 16 * points
        else:
            place, inside = _walk_wkb(wkb, place)
            finite &= inside
    return place, finite


def _all_finite(wkb: bytes, place: int, points: int) -> bool:
    return bool(np.isfinite(np.frombuffer(wkb, "<f8", 2 * points, place)).all())
