"""The archive: delivered bytes under their sha256, written once, never changed."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
from pathlib import Path

_CHUNK = 1 << 20

# What the file system said of an archived file when this process last knew its bytes: while it
# says the same, they need not be hashed again. A new delivery was hashed three times, of which the
# third took a fifth of the time to read it.
_Status = tuple[int, int, int, int]
_known: dict[Path, _Status] = {}


class ArchiveError(RuntimeError):
    """An archived file is missing or its bytes no longer match its name."""


def store(archive: Path, data: bytes) -> str:
    """Store bytes and return their sha256; storing the same bytes again changes nothing."""
    return _store(archive, io.BytesIO(data))


def store_file(archive: Path, path: Path) -> str:
    """Store the bytes of a file, however large, and return their sha256."""
    with path.open("rb") as source:
        return _store(archive, source)


def _store(archive: Path, source: io.BytesIO | io.BufferedReader) -> str:
    digest = hashlib.file_digest(source, "sha256").hexdigest()
    target = archive / digest
    if target.exists():
        return digest
    archive.mkdir(parents=True, exist_ok=True)
    partial = archive / f".{digest}.{os.getpid()}"
    source.seek(0)
    copied = hashlib.sha256()
    with partial.open("wb") as handle:
        while chunk := source.read(_CHUNK):
            copied.update(chunk)
            handle.write(chunk)
        handle.flush()
        os.fsync(handle.fileno())
    if copied.hexdigest() != digest:
        partial.unlink()
        raise ArchiveError("the file changed while it was archived; deliver it when it is whole")
    partial.chmod(0o444)
    partial.rename(target)
    _known[target] = _status(target)
    return digest


def _status(path: Path) -> _Status:
    """Changes with every write, also with one that sets the time of the file back; on kernels
    before 6.13 not with one in the same few milliseconds.
    """
    found = path.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _there(archive: Path, delivery_id: str) -> Path:
    target = archive / delivery_id
    if not target.exists():
        raise ArchiveError(f"{target}: archived delivery missing; restore it from a backup")
    return target


def check(archive: Path, delivery_id: str) -> Path:
    """The checked file of a delivery. Raises ArchiveError if its bytes are gone or altered."""
    target = _there(archive, delivery_id)
    status = _status(target)
    if _known.get(target) == status:
        return target
    with target.open("rb") as handle:
        found = hashlib.file_digest(handle, "sha256").hexdigest()
    if found != delivery_id:
        raise ArchiveError(f"{target}: bytes do not match their sha256; restore from a backup")
    _known[target] = status
    return target


def place(archive: Path, delivery_id: str, target: Path) -> None:
    """Put the bytes of a delivery at `target`, linked where the file system allows it.

    Whether they are those that were delivered, says `check`. Raises ArchiveError if they are gone.
    """
    source = _there(archive, delivery_id)
    before = _status(source)
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
    after = _status(source)
    if _known.get(source) == before and after[:3] == before[:3]:
        _known[source] = after  # a link changes the last of the times, and no bytes
