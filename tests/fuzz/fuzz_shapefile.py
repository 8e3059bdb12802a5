"""Fuzz what the product itself reads of a shapefile: index, lengths, table, encoding.

The geometry is left to GDAL, which is not fuzzed here; its part is replaced.
"""

import struct
import sys
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

with atheris.instrument_imports(include=["assets.landing.readers"]):
    from assets.landing.readers import shapefile, shapes
from tests.fuzz.harness import run

SUFFIXES = (".shp", ".shx", ".dbf")


def parts() -> dict[str, bytes]:
    """A layer of two points with a field of text and one of digits."""
    box = struct.pack("<4d4d", 0, 0, 1, 1, 0, 0, 0, 0)
    points = b"".join(
        struct.pack(">ii", n + 1, 10) + struct.pack("<idd", 1, n, n) for n in range(2)
    )
    index = struct.pack(">iiii", 50, 10, 64, 10)

    def head(size: int) -> bytes:
        return struct.pack(">i20xi", 9994, size // 2) + struct.pack("<ii", 1000, 1) + box

    fields = b"".join(
        struct.pack("<11sc4xBB14x", name, kind, length, 0)
        for name, kind, length in ((b"a", b"C", 6), (b"b", b"N", 4))
    )
    records = "".join(f" {text:<5}{n:>4}" for n, text in enumerate(("甲", "乙"))).encode("gbk")
    table = struct.pack("<B3xIHH20x", 3, 2, 32 + 64 + 1, 11) + fields + b"\r" + records + b"\x1a"
    return {".shp": head(100 + 56) + points, ".shx": head(100 + 16) + index, ".dbf": table}


def write(data: bytes, folder: Path) -> Path:
    """The set with one of its files (first byte) replaced by the bytes; 3: a zip of anything."""
    kind = (data[0] if data else 0) % 4
    path = folder / "a.shp"
    if kind == 3:
        path = folder / "a.zip"
        path.write_bytes(data[1:])
        return path
    for suffix, content in parts().items():
        changed = data[1:] if suffix == SUFFIXES[kind] else content
        path.with_suffix(suffix).write_bytes(changed)
    return path


def points(_layer: Path, _start: int, count: int) -> list[bytes]:
    """In place of GDAL: a shape for each record."""
    return [struct.pack("<BIdd", 1, 1, 0, 0)] * count


if __name__ == "__main__":
    vars(shapes).update(batch=points, check_driver=lambda *_: None)
    seeds = [bytes([n]) + content for n, content in enumerate(parts().values())]
    run(
        "shapefile",
        shapefile.read_shapefile,
        [*seeds, b"\x03PK\x03\x04"],
        write,
        columns={"a": "c0", "b": "c1"},
        optional_columns=["a", "b"],
    )
