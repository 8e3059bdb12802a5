"""What the fuzzers share: a folder, a request, and the rule that only ReadError may come out."""

import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import atheris

from assets.landing.readers.errors import ReadError
from assets.landing.readers.request import Request

READERS = "assets.landing.readers"
# Small limits: the fuzzer looks for faults of the parsers, not for large files.
LIMITS: dict[str, Any] = {"max_cells": 100_000, "max_cell_chars": 10_000, "unzipped_bytes": 4 << 20}


def run(
    name: str,
    read: Callable[[Request], Any],
    seeds: Sequence[bytes],
    prepare: Callable[[bytes, Path], Path],
    **declared: Any,
) -> None:
    """Fuzz until the options of libFuzzer on the command line end it.

    `prepare` writes the bytes into an empty folder and gives the path of the delivery. Exits
    with another code than 0 if anything but ReadError comes out of `read`.
    """
    work = Path(tempfile.mkdtemp(prefix=f"parkledger-fuzz-{name}-"))
    corpus = work / "corpus"
    corpus.mkdir()
    for number, seed in enumerate(seeds):
        (corpus / str(number)).write_bytes(seed)
    place = work / "run"

    def one(data: bytes) -> None:
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        (place / "work").mkdir()
        path = prepare(data, place)
        request = Request(str(path), str(place / "work"), "fuzz", [name], **(LIMITS | declared))
        try:
            read(request)
        except ReadError:
            return

    options = [f"-artifact_prefix={work}/", "-rss_limit_mb=4096", "-timeout=30", "-len_control=10"]
    atheris.Setup([sys.argv[0], *options, *sys.argv[1:], str(corpus)], one)
    print(f"{name}: {len(seeds)} seeds; a crash is kept in {work}", flush=True)
    atheris.Fuzz()
