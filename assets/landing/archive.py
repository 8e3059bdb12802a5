"""The archive: delivered bytes under their sha256, written once, never changed."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path


class ArchiveError(RuntimeError):
    """An archived file is missing or its bytes no longer match its name."""


def store(archive: Path, data: bytes) -> str:
    """Store bytes and return their sha256; storing the same bytes again changes nothing."""
    digest = hashlib.sha256(data).hexdigest()
    target = archive / digest
    if target.exists():
        return digest
    archive.mkdir(parents=True, exist_ok=True)
    partial = archive / f".{digest}.{os.getpid()}"
    with partial.open("wb") as handle:
        handle.write(data)
        handle.flush()
        os.fsync(handle.fileno())
    partial.chmod(0o444)
    partial.rename(target)
    return digest


def fetch(archive: Path, delivery_id: str) -> bytes:
    """The bytes of a delivery. Raises ArchiveError if they are gone or altered."""
    target = archive / delivery_id
    if not target.exists():
        raise ArchiveError(f"{target}: archived delivery missing; restore it from a backup")
    data = target.read_bytes()
    if hashlib.sha256(data).hexdigest() != delivery_id:
        raise ArchiveError(f"{target}: bytes do not match their sha256; restore from a backup")
    return data
