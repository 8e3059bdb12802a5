"""Shapefiles: the set is checked by hand first, and only geometry is left to GDAL.

GDAL reads a cut .shp as null geometries without a word, guesses encodings, and opens whatever a
file called .shp holds; so it is given a copy of .shp and .shx alone, after these were checked.
"""

import shutil
import struct
from pathlib import Path

import numpy as np

from assets.landing.readers import dbf, fastlayer, shapes
from assets.landing.readers.bundle import SHAPEFILE_PARTS, check_parts, shapefile_set
from assets.landing.readers.fastlayer import Shapes
from assets.landing.readers.parts import choose_parts
from assets.landing.readers.request import GEOMETRY, Request
from assets.landing.readers.table import PartResult, PartWriter
from assets.landing.readers.zips import DAMAGE, ZIP_MAGIC, open_zip

_MAGIC = 9994
_SHP_MAGIC = struct.pack(">i", _MAGIC)
_HEADER = 100
_ENTRY = 8  # bytes of a shape in the index
_COPIES = 8  # of a shape between the file and the cell: points with Z and M, WKB, hexadecimal
# Points, lines, polygons and point sets, with or without Z and M. Not multipatch (31).
_SHAPE_TYPES = frozenset({0, 1, 3, 5, 8, 11, 13, 15, 18, 21, 23, 25, 28})

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
    found = _check(files, request, part)
    table = dbf.open_table(files[".dbf"], request, part)
    count = len(found.filled)
    index_count = (files[".shx"].stat().st_size - _HEADER) // _ENTRY
    if not count == index_count == table.count:
        raise request.error(
            "shapefile-counts",
            f".shp has {count} shapes, .shx {index_count}, .dbf {table.count}",
            "the same number in all three",
            part,
        )
    encoding = dbf.encoding_of(files.get(".cpg"), table, request, part)
    names = dbf.checked_names(table, encoding, request, part)
    kept = [place for place, name in enumerate(names) if name not in request.personal_columns]
    headers = [*(names[place] for place in kept), GEOMETRY]

    crs = _crs(files.get(".prj"))
    layer = shapes.alone(files, Path(request.folder) / "alone")
    file = Path(request.folder) / "0.arrow"
    result = PartResult(part, headers, file.name, encoding=encoding, crs=crs, has_lost=False)
    if not fastlayer.write(file, headers, table, encoding, kept, request, part, (layer, found)):
        geometries = shapes.in_hex(layer, request, part, count)
        writer = PartWriter(file, headers, request, part)
        for row, texts in enumerate(dbf.rows(table, encoding, request, part), start=1):
            shape = next(geometries)
            if (shape is not None) != found.filled[row - 1]:
                what = "unreadable geometry"
                raise request.error("geometry", what, "a sound geometry", part, row)
            writer.add(row, [*(texts[place] for place in kept), shape])
        writer.close()
        result.has_lost = writer.has_lost
    return [result]


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
    file = Path(request.folder) / "0.arrow"
    result = PartResult(part, headers, file.name, encoding=encoding, has_lost=False)
    if not fastlayer.write(file, headers, table, encoding, kept, request, part):
        writer = PartWriter(file, headers, request, part)
        for row, texts in enumerate(dbf.rows(table, encoding, request, part), start=1):
            writer.add(row, [texts[place] for place in kept])
        writer.close()
        result.has_lost = writer.has_lost
    return result


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
    with open_zip(request, "not-a-shapefile") as archive:
        names = [name for name in archive.namelist() if not name.endswith("/")]
        # What macOS adds for itself is called as the files are.
        members = {Path(name): name for name in names if not name.startswith("__MACOSX/")}
        layers = [member for member in members if member.suffix.lower() == ".shp"]
        if len(layers) != 1:
            raise request.error(
                "shapefile-set", f"{len(layers)} .shp in the zip", "exactly one set in a zip"
            )
        stem, folder = layers[0].stem, layers[0].parent
        for member, name in members.items():
            suffix = member.suffix.lower()
            beside = member.parent == folder and member.stem.lower() == stem.lower()
            if suffix not in SHAPEFILE_PARTS or not beside:
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


def _check(files: Files, request: Request, part: str) -> Shapes:
    """The shapes; headers, lengths and index checked.

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
    entries = np.frombuffer(files[".shx"].read_bytes(), dtype=">i4", offset=_HEADER)
    index = 2 * entries[0::2].astype(np.int64)
    data = files[".shp"].read_bytes()
    most = request.memory_bytes // _COPIES
    found = fastlayer.scan(data, index, shape_types[0], most)
    if found is None:
        found = _walk(data, shape_types[0], request, part)
    # Different counts are said by the caller, with the number of records beside them.
    if len(index) == len(found.filled) and (index != found.starts[:-1]).any():
        raise request.error("geometry", ".shx points elsewhere", "the .shx of this .shp", part)
    return found


def _walk(data: bytes, kind: int, request: Request, part: str) -> Shapes:
    """The shapes, record by record. Raises ReadError `truncated`, `geometry` or `memory`."""
    places: list[int] = []
    filled: list[bool] = []
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
        places.append(place)
        filled.append(shape != 0)
        place += 8 + words * 2
    starts = np.array([*places, len(data)], dtype=np.int64)
    return Shapes(kind, starts, np.array(filled, dtype=np.bool_))


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
