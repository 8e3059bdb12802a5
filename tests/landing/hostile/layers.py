"""Hostile and broken shapefiles."""

import struct
from collections.abc import Callable
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import numpy as np
import pyogrio.raw
import shapely

from assets.landing.readers import RawPart
from tests.landing.test_readers import declare

from .case import Hostile

SOURCE = declare("shapefile", ["名称"])
NAMES = ["宁东", "石嘴山", "苏银"]
CANARY = "canary-5d41402a"


def layer(folder: Path) -> Path:
    """A sound shapefile of three squares, GBK without .cpg."""
    path = folder / "园区.shp"
    squares = [shapely.box(106 + n, 38, 106.5 + n, 38.5) for n in range(3)]
    pyogrio.raw.write(
        path,
        geometry=np.array([shapely.to_wkb(square) for square in squares], dtype=object),
        field_data=[np.array(NAMES, dtype=object)],
        fields=["名称"],
        geometry_type="Polygon",
        driver="ESRI Shapefile",
        encoding="GBK",
        crs="EPSG:4490",
    )
    path.with_suffix(".cpg").unlink()
    return path


def changed(suffix: str, change: Callable[[bytearray], bytes]) -> Callable[[Path], Path]:
    """Builds the sound layer with one file changed."""

    def build(folder: Path) -> Path:
        path = layer(folder)
        file = path.with_suffix(suffix)
        file.write_bytes(change(bytearray(file.read_bytes())))
        return path

    return build


def cut(suffix: str, share: float) -> Callable[[Path], Path]:
    """Builds the layer with one file cut at this share of its length."""
    return changed(suffix, lambda data: bytes(data[: int(len(data) * share)]))


def put(place: int, piece: bytes) -> Callable[[bytearray], bytes]:
    """Puts bytes at a place."""

    def change(data: bytearray) -> bytes:
        data[place : place + len(piece)] = piece
        return bytes(data)

    return change


def fewer_records(data: bytearray) -> bytes:
    """A .dbf that holds and announces two records."""
    first, size = struct.unpack_from("<HH", data, 8)
    return bytes(data[:4] + struct.pack("<I", 2) + data[8 : first + 2 * size])


def fewer_shapes(data: bytearray) -> bytes:
    """A .shp or .shx that holds and announces no shapes."""
    return bytes(data[:24] + struct.pack(">i", 50) + data[28:100])


def vrt(folder: Path) -> Path:
    """A virtual layer named .shp that points to another file."""
    secret = folder / "secret.csv"
    secret.write_text(f"名称\n{CANARY}\n", encoding="utf-8")
    path = layer(folder)
    path.write_text(
        f'<OGRVRTDataSource><OGRVRTLayer name="园区"><SrcDataSource>{secret}</SrcDataSource>'
        "<SrcLayer>secret</SrcLayer></OGRVRTLayer></OGRVRTDataSource>",
        encoding="utf-8",
    )
    return path


def zipped(change: Callable[[ZipFile], None]) -> Callable[[Path], Path]:
    """Builds the layer as a zip, to which something is added."""

    def build(folder: Path) -> Path:
        path = layer(folder)
        files = sorted(folder.glob("园区.*"))
        target = folder / "a.zip"
        with ZipFile(target, "w", ZIP_DEFLATED) as archive:
            for file in files:
                archive.write(file, file.name)
                file.unlink()
            change(archive)
        assert not path.exists()
        return target

    return build


def add_link(archive: ZipFile) -> None:
    """A symbolic link beside the set."""
    member = ZipInfo("园区.cpg")
    member.external_attr = 0o120777 << 16
    archive.writestr(member, "/etc/passwd")


def of_shapes(*geometries: object) -> Callable[[Path], Path]:
    """Builds a layer of these polygons."""

    def build(folder: Path) -> Path:
        path = folder / "a.shp"
        count = len(geometries)
        pyogrio.raw.write(
            path,
            geometry=np.array([shapely.to_wkb(shape) for shape in geometries], dtype=object),
            field_data=[np.array(NAMES[:count], dtype=object)],
            fields=["名称"],
            geometry_type="Polygon",
            driver="ESRI Shapefile",
            encoding="UTF-8",
            crs="EPSG:4490",
        )
        return path

    return build


def circle(points: int) -> Callable[[Path], Path]:
    """Builds one polygon with this many points."""

    def build(folder: Path) -> Path:
        angle = np.linspace(0, 2 * np.pi, points, endpoint=False)
        ring = np.column_stack([106 + np.cos(angle), 38 + np.sin(angle)])
        return of_shapes(shapely.polygons(ring))(folder)

    return build


def coordinate(value: float) -> Callable[[Path], Path]:
    """Builds the layer with one coordinate replaced: first point of the first polygon."""
    return changed(".shp", put(100 + 8 + 4 + 32 + 8 + 4, struct.pack("<d", value)))


def holds(value: float) -> Callable[[list[RawPart]], bool]:
    """Whether the value is delivered on as it is, for the geometry rules to judge."""
    told = struct.pack("<d", value).hex().upper()
    return lambda parts: told in parts[0].rows["__geometry__"][0]


def vertices(count: int) -> Callable[[list[RawPart]], bool]:
    """Whether the one polygon has this many points."""

    def look(parts: list[RawPart]) -> bool:
        shape = shapely.from_wkb(bytes.fromhex(parts[0].rows["__geometry__"][0]))
        return int(shapely.get_num_coordinates(shape)) == count

    return look


NOT_LAYERS = {
    "text": b"hello world, no shapefile at all",
    "png": b"\x89PNG\r\n\x1a\n" + bytes(100),
    "json": b'{"type": "FeatureCollection", "features": []}',
    "zeros": bytes(200),
}


def other(data: bytes) -> Callable[[Path], Path]:
    """Builds the layer with other bytes as .shp."""
    return changed(".shp", lambda _: data)


CASES = [
    *(
        Hostile(
            f"shp cut at {n}/20",
            cut(".shp", n / 20),
            SOURCE,
            {"truncated"} if n else {"file-empty"},
        )
        for n in range(20)
    ),
    *(Hostile(f"shx cut at {n}/4", cut(".shx", n / 4), SOURCE, "truncated") for n in range(4)),
    *(Hostile(f"dbf cut at {n}/4", cut(".dbf", n / 4), SOURCE, "truncated") for n in range(4)),
    *(
        Hostile(f"shp that is {name}", other(data), SOURCE, "not-a-shapefile")
        for name, data in NOT_LAYERS.items()
    ),
    Hostile("shp virtual layer", vrt, SOURCE, "not-a-shapefile"),
    Hostile(
        "dbf with fewer records",
        changed(".dbf", fewer_records),
        SOURCE,
        "shapefile-counts",
        ".dbf 2",
    ),
    Hostile(
        "shx with fewer shapes", changed(".shx", fewer_shapes), SOURCE, "shapefile-counts", ".shx 0"
    ),
    Hostile(
        "shp with fewer shapes",
        changed(".shp", fewer_shapes),
        SOURCE,
        "shapefile-counts",
        ".shp has 0",
    ),
    Hostile(
        "shp of another type than shx",
        changed(".shp", put(32, struct.pack("<i", 3))),
        SOURCE,
        "geometry",
    ),
    Hostile(
        "shp with a type that there is not",
        changed(".shp", put(108, struct.pack("<i", 77))),
        SOURCE,
        "geometry",
    ),
    Hostile(
        "shp with negative length",
        changed(".shp", put(104, struct.pack(">i", -4))),
        SOURCE,
        "geometry",
    ),
    Hostile(
        "shp with a huge length",
        changed(".shp", put(104, struct.pack(">i", 2**31 - 1))),
        SOURCE,
        "truncated",
    ),
    Hostile(
        "shp with a million parts",
        changed(".shp", put(144, struct.pack("<i", 1_000_000))),
        SOURCE,
        "geometry",
    ),
    Hostile(
        "shp with a billion points",
        changed(".shp", put(148, struct.pack("<i", 10**9))),
        SOURCE,
        "geometry",
    ),
    Hostile(
        "shx that points elsewhere",
        changed(".shx", put(100, struct.pack(">i", 9_999))),
        SOURCE,
        "geometry",
    ),
    Hostile(
        "dbf with a huge count",
        changed(".dbf", put(4, struct.pack("<I", 2**32 - 1))),
        SOURCE,
        "truncated",
    ),
    Hostile(
        "dbf with record length 0", changed(".dbf", put(10, struct.pack("<H", 0))), SOURCE, "dbf"
    ),
    Hostile("dbf of another version", changed(".dbf", put(0, b"\x8b")), SOURCE, "dbf"),
    Hostile("dbf with memo field", changed(".dbf", put(43, b"M")), SOURCE, "dbf"),
    Hostile(
        "dbf UTF-8 read as GBK",
        lambda folder: changed_cpg(folder, "GBK"),
        SOURCE,
        {"encoding", "header-mismatch"},
    ),
    Hostile("shp with NaN", coordinate(float("nan")), SOURCE, "geometry", "not finite"),
    Hostile("shp with infinity", coordinate(float("inf")), SOURCE, "geometry", "not finite"),
    Hostile("shp with coordinate 1e300", coordinate(1e300), SOURCE, holds(1e300)),
    Hostile("zip with a link", zipped(add_link), SOURCE, "unsafe-zip"),
    Hostile(
        "zip with ../",
        zipped(lambda archive: archive.writestr("../evil", "x")),
        SOURCE,
        "unsafe-zip",
    ),
    Hostile(
        "zip with an absolute name",
        zipped(lambda archive: archive.writestr("/evil", "x")),
        SOURCE,
        "unsafe-zip",
    ),
    Hostile(
        "zip with a folder",
        zipped(lambda archive: archive.writestr("a/b", "x")),
        SOURCE,
        lambda parts: parts[0].rows.height == 3,
    ),
    Hostile(
        "zip with two layers",
        zipped(lambda archive: archive.writestr("b.shp", "x")),
        SOURCE,
        "shapefile-set",
    ),
    Hostile(
        "zip bomb",
        zipped(lambda archive: archive.writestr("b.txt", bytes(64 << 20))),
        SOURCE,
        "bounds",
    ),
    Hostile("shp of 200,000 points", circle(200_000), SOURCE, vertices(200_001)),
    Hostile("shp of 10 million points", circle(10_000_000), SOURCE, "memory", slow=True),
    Hostile(
        "shp of 10 million points and the memory for it",
        circle(10_000_000),
        SOURCE,
        vertices(10_000_001),
        limits={"memory_mb": 4_000},
        slow=True,
    ),
]


def changed_cpg(folder: Path, named: str) -> Path:
    """A UTF-8 layer whose .cpg names another encoding."""
    path = of_shapes(shapely.box(0, 0, 1, 1))(folder)
    path.with_suffix(".cpg").write_text(named, encoding="ascii")
    return path
