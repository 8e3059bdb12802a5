"""Shapefiles: the set is checked by hand first, and only geometry is left to GDAL.

GDAL reads a cut .shp as null geometries without a word, guesses encodings, and opens whatever a
file called .shp holds; so it is given a copy of .shp and .shx alone, after these were checked.
"""

import shutil
import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyogrio.raw

from assets.landing.readers import dbf
from assets.landing.readers.bundle import SHAPEFILE_PARTS, check_parts, shapefile_set
from assets.landing.readers.parts import choose_parts
from assets.landing.readers.request import GEOMETRY, Request
from assets.landing.readers.table import PartResult, PartWriter
from assets.landing.readers.zips import DAMAGE, ZIP_MAGIC, open_zip

_MAGIC = 9994
_SHP_MAGIC = struct.pack(">i", _MAGIC)
_HEADER = 100
_ENTRY = 8  # bytes of a shape in the index
_BATCH = 5_000
_BATCH_BYTES = 32 << 20
_COPIES = 8  # of a shape between the file and the cell: points with Z and M, WKB, hexadecimal
_DRIVER = "ESRI Shapefile"
# Points, lines, polygons and point sets, with or without Z and M. Not multipatch (31).
_SHAPE_TYPES = frozenset({0, 1, 3, 5, 8, 11, 13, 15, 18, 21, 23, 25, 28})

_POINT, _LINE, _POLYGON = 1, 2, 3  # in WKB; the others hold geometries

Files = dict[str, Path]


def read_shapefile(request: Request) -> list[PartResult]:
    """The one layer, named as the .shp without suffix; the table of a source that declares no
    geometry may come as the .dbf alone. Raises ReadError: shapefile-part-missing,
    shapefile-set, shapefile-counts, not-a-shapefile, truncated, geometry, dbf, deleted-records,
    encoding, sheet-missing, header-mismatch, unsafe-zip, bounds.
    """
    if GEOMETRY not in request.columns and _is_table_alone(request):
        return [_read_table(request)]
    part, files = _collect(request)
    choose_parts([part], request, "layer")
    filled = _check(files, request, part)
    table = dbf.open_table(files[".dbf"], request, part)
    index_count = (files[".shx"].stat().st_size - _HEADER) // _ENTRY
    if not len(filled) == index_count == table.count:
        raise request.error(
            "shapefile-counts",
            f".shp has {len(filled)} shapes, .shx {index_count}, .dbf {table.count}",
            "the same number in all three",
            part,
        )
    encoding = dbf.encoding_of(files.get(".cpg"), table, request, part)
    names = dbf.checked_names(table, encoding, request, part)
    kept = [place for place, name in enumerate(names) if name not in request.personal_columns]
    headers = [*(names[place] for place in kept), GEOMETRY]

    writer = PartWriter(Path(request.folder) / "0.arrow", headers, request, part)
    geometries = _geometries(files, request, part, len(filled))
    for row, texts in enumerate(dbf.rows(table, encoding, request, part), start=1):
        shape = next(geometries)
        if (shape is not None) != filled[row - 1]:
            raise request.error("geometry", "unreadable geometry", "a sound geometry", part, row)
        writer.add(row, [*(texts[place] for place in kept), shape])
    writer.close()
    crs, lost = _crs(files.get(".prj")), writer.has_lost
    return [PartResult(part, headers, "0.arrow", encoding=encoding, crs=crs, has_lost=lost)]


def _is_table_alone(request: Request) -> bool:
    with open(request.path, "rb") as file:
        return file.read(1) == dbf.VERSION


def _read_table(request: Request) -> PartResult:
    """The attributes of a layer without its shapes. What lies beside the .dbf is not looked at:
    it is not in the archive.
    """
    path = Path(request.path)
    part = path.stem
    choose_parts([part], request, "layer")
    table = dbf.open_table(path, request, part)
    encoding = dbf.encoding_of(None, table, request, part)
    names = dbf.checked_names(table, encoding, request, part)
    kept = [place for place, name in enumerate(names) if name not in request.personal_columns]
    headers = [names[place] for place in kept]
    writer = PartWriter(Path(request.folder) / "0.arrow", headers, request, part)
    for row, texts in enumerate(dbf.rows(table, encoding, request, part), start=1):
        writer.add(row, [texts[place] for place in kept])
    writer.close()
    return PartResult(part, headers, "0.arrow", encoding=encoding, has_lost=writer.has_lost)


def _collect(request: Request) -> tuple[str, Files]:
    """Name of the layer, and the files of the set as copies `layer.*` in the work folder."""
    path = Path(request.path)
    work = Path(request.folder) / "set"
    work.mkdir()
    with path.open("rb") as file:
        head = file.read(4)
    if head == ZIP_MAGIC:
        return _unpack(request, work)
    # Before its neighbours are looked for: what is no .shp at all should be called so.
    if head != _SHP_MAGIC:
        raise request.error("not-a-shapefile", "no shapefile header", "a .shp or a .zip of a set")
    files: Files = {}
    for suffix, source in shapefile_set(path).items():
        files[suffix] = work / f"layer{suffix}"
        shutil.copyfile(source, files[suffix])
    return path.stem, files


def _unpack(request: Request, work: Path) -> tuple[str, Files]:
    files: Files = {}
    with open_zip(request, "not-a-shapefile", flat=True) as archive:
        members = {Path(name): name for name in archive.namelist()}
        layers = [member for member in members if member.suffix.lower() == ".shp"]
        if len(layers) != 1:
            raise request.error(
                "shapefile-set", f"{len(layers)} .shp in the zip", "exactly one set in a zip"
            )
        stem = layers[0].stem
        for member, name in members.items():
            suffix = member.suffix.lower()
            if suffix not in SHAPEFILE_PARTS or member.stem.lower() != stem.lower():
                continue
            files[suffix] = work / f"layer{suffix}"
            try:
                with archive.open(name) as source, files[suffix].open("wb") as target:
                    shutil.copyfileobj(source, target)
            except DAMAGE as error:
                raise request.error(
                    "not-a-shapefile", f"member {name}: {error}", "a sound zip"
                ) from None
    check_parts(Path(request.path).name, set(files))
    return stem, files


def _check(files: Files, request: Request, part: str) -> list[bool]:
    """For each shape whether it has a geometry; headers, lengths and index checked.

    Raises ReadError `not-a-shapefile`, `truncated` or `geometry`.
    """
    shape_types: list[int] = []
    for suffix in (".shp", ".shx"):
        real = files[suffix].stat().st_size
        with files[suffix].open("rb") as file:
            head = file.read(_HEADER)
        if len(head) < _HEADER:
            raise request.error("truncated", f"{suffix}: {real} bytes", "100 or more", part)
        magic, words = struct.unpack_from(">i20xi", head)
        shape_types.append(struct.unpack_from("<i", head, 32)[0])
        if magic != _MAGIC:
            raise request.error(
                "not-a-shapefile", f"{suffix}: no shapefile header", f"code {_MAGIC}", part
            )
        if words * 2 != real:
            raise request.error(
                "truncated",
                f"{suffix}: {real} bytes, the header says {words * 2}",
                "the whole file",
                part,
            )
    if shape_types[0] != shape_types[1] or shape_types[0] not in _SHAPE_TYPES:
        raise request.error(
            "geometry", f"shape types {shape_types}", "points, lines or polygons", part
        )
    behind = (files[".shx"].stat().st_size - _HEADER) % _ENTRY
    if behind:
        raise request.error(
            "truncated",
            f".shx: {behind} bytes behind its last entry",
            f"{_ENTRY} bytes for each shape",
            part,
        )
    places, filled = _walk(files[".shp"], shape_types[0], request, part)
    index = np.frombuffer(files[".shx"].read_bytes()[_HEADER:], dtype=">i4")
    # Different counts are said by the caller, with the number of records beside them.
    if len(index) == 2 * len(places) and index[0::2].tolist() != places:
        raise request.error("geometry", ".shx points elsewhere", "the .shx of this .shp", part)
    return filled


def _walk(path: Path, kind: int, request: Request, part: str) -> tuple[list[int], list[bool]]:
    """Offset of each record in 16-bit words, and whether it has a geometry."""
    places: list[int] = []
    filled: list[bool] = []
    data = path.read_bytes()
    place = _HEADER
    while place < len(data):
        row = len(places) + 1
        if place + 12 > len(data):
            raise request.error("truncated", ".shp ends inside the shape", "all of it", part, row)
        number, words = struct.unpack_from(">ii", data, place)
        shape = struct.unpack_from("<i", data, place + 8)[0]
        if number != row or words < 2 or shape not in (0, kind):
            raise request.error("geometry", "broken record", "a sound shape", part, row)
        if place + 8 + words * 2 > len(data):
            raise request.error("truncated", ".shp ends inside the shape", "all of it", part, row)
        # Short of memory GDAL crashes, so a shape that would need more is not given to it.
        if words * 2 * _COPIES > request.memory_bytes:
            raise request.error(
                "memory",
                f"a shape of {words * 2 >> 20} MB",
                f"at most {request.memory_bytes // _COPIES >> 20} MB, or more memory_mb",
                part,
                row,
            )
        places.append(place // 2)
        filled.append(shape != 0)
        place += 8 + words * 2
    return places, filled


def _geometries(files: Files, request: Request, part: str, count: int) -> Iterator[str | None]:
    """2D WKB in hexadecimal, one a shape, None for a null shape."""
    alone = Path(request.folder) / "alone"  # without .dbf: GDAL must not see records or encoding
    alone.mkdir()
    for suffix in (".shp", ".shx"):
        files[suffix].rename(alone / f"layer{suffix}")
    layer = alone / "layer.shp"
    if count == 0:
        return
    try:
        driver = pyogrio.read_info(layer)["driver"]
        if driver != _DRIVER:
            raise request.error("not-a-shapefile", f"driver {driver}", _DRIVER, part)
    except RuntimeError as error:  # the base of the errors of pyogrio
        raise request.error("geometry", str(error), "sound geometry", part) from None
    step = max(1, min(_BATCH, _BATCH_BYTES * count // layer.stat().st_size))
    for start in range(0, count, step):
        for row, shape in enumerate(_shapes(layer, start, step), start + 1):
            if shape is not None and not _is_finite(shape):
                what = "a coordinate that is not finite"
                raise request.error("geometry", what, "a sound geometry", part, row)
            yield None if shape is None else shape.hex().upper()
    # Fewer shapes than records must not end the loop of the caller without a word.
    while True:
        yield None


def _shapes(layer: Path, start: int, count: int) -> list[bytes | None]:
    """WKB of the shapes from `start` on; None for a null shape and for a broken one."""
    try:
        _, _, shapes, _ = pyogrio.raw.read(
            layer, columns=[], force_2d=True, skip_features=start, max_features=count
        )
    except RuntimeError:
        # One broken shape fails the whole batch; singly read, the caller sees which it is.
        if count == 1:
            return [None]
        return [shape for place in range(count) for shape in _shapes(layer, start + place, 1)]
    return list(shapes)


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


def _crs(prj: Path | None) -> str | None:
    """The text of .prj, or None without one."""
    if prj is None:
        return None
    data = prj.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("gb18030", "replace")
    return text.strip() or None
