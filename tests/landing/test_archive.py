"""The archive: delivered bytes under their sha256, once and unchanged."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path

import pytest

from assets.landing import archive as archived
from assets.landing.archive import ArchiveError, check, place, store, store_file


def test_bytes_are_kept_under_their_sha256_and_not_writable(tmp_path: Path) -> None:
    digest = store(tmp_path / "archive", b"delivered")
    assert digest == hashlib.sha256(b"delivered").hexdigest()
    assert check(tmp_path / "archive", digest).read_bytes() == b"delivered"
    assert (tmp_path / "archive" / digest).stat().st_mode & 0o222 == 0


def test_the_same_bytes_are_stored_once(tmp_path: Path) -> None:
    digest = store(tmp_path, b"delivered")
    written = (tmp_path / digest).stat().st_mtime_ns
    assert store(tmp_path, b"delivered") == digest
    assert [path.name for path in tmp_path.iterdir()] == [digest]
    assert (tmp_path / digest).stat().st_mtime_ns == written


def test_altered_or_lost_bytes_are_refused(tmp_path: Path) -> None:
    digest = store(tmp_path, b"delivered")
    (tmp_path / digest).chmod(0o644)
    (tmp_path / digest).write_bytes(b"altered")
    with pytest.raises(ArchiveError, match="do not match their sha256"):
        check(tmp_path, digest)
    (tmp_path / digest).unlink()
    with pytest.raises(ArchiveError, match="missing"):
        place(tmp_path, digest, tmp_path / "elsewhere")


def test_a_file_is_stored_and_placed_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    path.write_bytes(b"a,b\n" * 700_000)
    digest = store_file(tmp_path / "archive", path)
    place(tmp_path / "archive", digest, tmp_path / "placed.csv")
    assert (tmp_path / "placed.csv").read_bytes() == path.read_bytes()
    assert digest == hashlib.sha256(path.read_bytes()).hexdigest()


def count_hashes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A list that grows by a name with each file that is hashed from now on."""
    hashed: list[str] = []
    digest = hashlib.file_digest

    def counted(file, name):  # type: ignore[no-untyped-def]
        hashed.append(name)
        return digest(file, name)

    monkeypatch.setattr(archived.hashlib, "file_digest", counted)
    return hashed


def test_bytes_that_this_process_has_just_stored_are_not_hashed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = store(tmp_path, b"delivered")
    hashed = count_hashes(monkeypatch)
    place(tmp_path, digest, tmp_path / "placed")
    assert check(tmp_path, digest) == tmp_path / digest
    assert not hashed
    (tmp_path / "placed").unlink()  # its status is another one now
    check(tmp_path, digest)
    assert len(hashed) == 1
    check(tmp_path, digest)
    assert len(hashed) == 1


def test_altered_bytes_are_refused_under_the_time_and_size_of_the_right_ones(
    tmp_path: Path,
) -> None:
    digest = store(tmp_path, b"delivered")
    file = tmp_path / digest
    before = file.stat()
    time.sleep(0.05)  # the clock of files may tick every few milliseconds only
    file.chmod(0o644)
    file.write_bytes(b"d3livered")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert file.stat().st_mtime_ns == before.st_mtime_ns
    with pytest.raises(ArchiveError, match="do not match their sha256"):
        check(tmp_path, digest)
    place(tmp_path, digest, tmp_path / "placed")  # placing them makes them no better known
    with pytest.raises(ArchiveError, match="do not match their sha256"):
        check(tmp_path, digest)
