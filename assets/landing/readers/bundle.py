"""A delivery as one run of bytes: what the archive stores and its hash is taken of.

A shapefile is several files; it is stored as one zip which is the same, byte for byte, whenever
the files are the same. A reader reads that zip as it reads the files.
"""

import io
import zipfile
from pathlib import Path

from assets.landing.readers.errors import ReadError

SHAPEFILE_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
REQUIRED_PARTS = (".shp", ".shx", ".dbf")


def shapefile_set(path: Path) -> dict[str, Path]:
    """Suffix in lower case → file, of the shapefile whose .shp is `path`.

    The names beside it count whatever their case. Raises ReadError `shapefile-part-missing`, or
    `shapefile-set` if two files differ only in case.
    """
    found: dict[str, Path] = {}
    for file in sorted(path.parent.iterdir()):
        suffix = file.suffix.lower()
        if file.stem.lower() != path.stem.lower() or suffix not in SHAPEFILE_PARTS:
            continue
        if suffix == ".shp" and file.name != path.name:
            continue
        if suffix in found:
            raise ReadError(
                path.name,
                "",
                None,
                f"both {found[suffix].name} and {file.name} lie here",
                f"one {suffix} file",
                "shapefile-set",
            )
        found[suffix] = file
    check_parts(path.name, set(found))
    return found


def check_parts(file: str, suffixes: set[str]) -> None:
    """Raises ReadError `shapefile-part-missing` unless .shp, .shx and .dbf are there."""
    missing = [suffix for suffix in REQUIRED_PARTS if suffix not in suffixes]
    if missing:
        raise ReadError(
            file,
            "",
            None,
            f"no {' and no '.join(missing)} beside it",
            "the .shp, .shx and .dbf of one shapefile (.prj and .cpg if there are)",
            "shapefile-part-missing",
        )


def bundle_bytes(path: Path) -> tuple[str, bytes]:
    """(file name, bytes) to archive for a delivery at `path`.

    A plain file gives its own bytes; a .shp an uncompressed zip `<stem>.shp.zip` of its set, with
    sorted names, one date and one permission. Raises ReadError `file-missing` or
    `shapefile-part-missing`.
    """
    if not path.is_file():
        raise ReadError(path.name, "", None, "no such file", "a file", "file-missing")
    if path.suffix.lower() != ".shp":
        return path.name, path.read_bytes()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for file in sorted(shapefile_set(path).values(), key=lambda file: file.name):
            member = zipfile.ZipInfo(file.name, (1980, 1, 1, 0, 0, 0))
            member.create_system = 3  # Unix on every machine, so that the bytes are the same
            member.external_attr = 0o644 << 16
            archive.writestr(member, file.read_bytes())
    return f"{path.stem}.shp.zip", buffer.getvalue()
