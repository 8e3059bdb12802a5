"""Zip files from outside, opened only after their directory was looked over."""

import stat
import zipfile
import zlib
from pathlib import Path

from assets.landing.readers.request import Request

MAX_MEMBERS = 10_000
MAX_RATIO = 250  # real workbooks stay below 100; deflate ends near 1,030
_RATIO_FROM = 10 << 20  # below this unpacked size a high ratio does no harm
_ENCRYPTED = 0x1

# What reading a member of a damaged zip may raise.
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    UnicodeDecodeError,
)

ZIP_MAGIC = b"PK\x03\x04"


def open_zip(request: Request, code: str) -> zipfile.ZipFile:
    """The opened zip.

    Raises ReadError: `code` if it is not a sound zip, `bounds` if it unpacks to too much,
    `unsafe-zip` for links, encrypted members and names that lead out of a folder.
    """
    try:
        archive = _open(request)
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError) as error:
        raise request.error(code, f"not a readable zip ({error})", "a sound file") from None
    members = archive.infolist()
    if len(members) > MAX_MEMBERS:
        raise request.error("bounds", f"{len(members)} members", f"at most {MAX_MEMBERS}")
    total = sum(member.file_size for member in members)
    if total > request.unzipped_bytes:
        raise request.error(
            "bounds", f"unpacks to {total} bytes", f"at most {request.unzipped_bytes} bytes"
        )
    if total > _RATIO_FROM and total > MAX_RATIO * Path(request.path).stat().st_size:
        raise request.error(
            "bounds",
            f"unpacks to {total} bytes, more than {MAX_RATIO} times its size",
            "a workbook or data set, not a zip bomb",
        )
    seen: set[str] = set()
    for member in members:
        name = member.filename
        problem = _problem(member)
        if name.lower() in seen:
            problem = "stands in the zip twice"
        if problem:
            raise request.error("unsafe-zip", f"member {name!r} {problem}", "plain members only")
        seen.add(name.lower())
    return archive


def _open(request: Request) -> zipfile.ZipFile:
    # Zips made by Chinese Windows carry member names in the local encoding, without a flag.
    for encoding in request.encodings:
        try:
            return zipfile.ZipFile(request.path, metadata_encoding=encoding)
        except UnicodeDecodeError:
            continue
    return zipfile.ZipFile(request.path)


def _problem(member: zipfile.ZipInfo) -> str | None:
    # orig_filename, since zipfile itself already cuts at NUL and swaps separators.
    name = member.orig_filename
    if "\0" in name or "\\" in name or ":" in name:
        return "has a forbidden character in its name"
    if name.startswith("/") or ".." in name.split("/"):
        return "leads out of its folder"
    if stat.S_ISLNK(member.external_attr >> 16):
        return "is a symbolic link"
    if member.flag_bits & _ENCRYPTED:
        return "is encrypted"
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "uses an unusual compression"
    return None
