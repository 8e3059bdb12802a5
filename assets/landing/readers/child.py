"""The child process: reads one delivery under limits, and answers with files in a folder.

Run by the parent as `python -m assets.landing.readers.child FORMAT…`; the request is JSON on
stdin, the answer `answer.json` beside the Arrow files. It imports neither polars nor pydantic.
"""

import errno
import gc
import json
import os
import resource
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import Any

from assets.landing.readers.detect import choose_format
from assets.landing.readers.errors import ReadError
from assets.landing.readers.request import Request

ANSWER = "answer.json"
OPEN_FILES = 64
BASE_BYTES = 512 << 20  # where the address space cannot be measured

Reader = Callable[[Request], list[Any]]

_READERS = {
    "csv": ("delimited", "read_csv"),
    "xlsx": ("workbook", "read_xlsx"),
    "json": ("structured", "read_json"),
    "shapefile": ("shapefile", "read_shapefile"),
    "geojson": ("geojson", "read_geojson"),
    "geopackage": ("geopackage", "read_geopackage"),
    "kml": ("kml", "read_kml"),
}


def modules(formats: Sequence[str]) -> list[str]:
    """The modules that read these formats."""
    return [f"{__package__}.{_READERS[form][0]}" for form in formats]


def main() -> int:
    """0 with an answer (parts or an error) written; anything else is a crash."""
    # Rows are lists without cycles; looking for some among millions took a third of the time.
    gc.disable()
    # Before the request is there: the parent fetches the delivery meanwhile.
    readers = {form: _load(*_READERS[form]) for form in sys.argv[1:]}
    request = Request(**json.loads(sys.stdin.buffer.read()))
    limit_work(request)
    # Only now: the libraries themselves take 300 to 500 MB of address space, which differs by
    # version and machine; the limit is for what the delivery makes them take on top.
    limit_memory(request)
    answer = _read(readers, request)
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (most, most))  # so that the answer can be written
    (Path(request.folder) / ANSWER).write_text(json.dumps(answer), encoding="utf-8")
    return 0


def limit_work(request: Request) -> None:
    """Bounds on processor time, size of written files, open files; no core dumps."""
    _bound(resource.RLIMIT_CPU, request.cpu_seconds)
    _bound(resource.RLIMIT_FSIZE, request.output_bytes)
    _bound(resource.RLIMIT_NOFILE, OPEN_FILES)
    _bound(resource.RLIMIT_CORE, 0)


def limit_memory(request: Request) -> None:
    """Address space: what is in use now + the size of the file + the allowance."""
    in_use = address_space()
    _bound(resource.RLIMIT_AS, in_use + request.memory_bytes + Path(request.path).stat().st_size)


def _bound(kind: int, value: int) -> None:
    """Lower the soft limit, never above a limit that this process was started under."""
    _, most = resource.getrlimit(kind)
    within = value if most == resource.RLIM_INFINITY else min(value, most)
    resource.setrlimit(kind, (within, most))


def address_space() -> int:
    """Bytes of address space in use."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except (OSError, ValueError):
        return BASE_BYTES
    return pages * resource.getpagesize()


def _load(home: str, name: str) -> Reader:
    reader: Reader = getattr(import_module(f"assets.landing.readers.{home}"), name)
    return reader


def _read(readers: dict[str, Reader], request: Request) -> dict[str, Any]:
    try:
        reader = readers[choose_format(request)]
        return {"parts": [asdict(part) for part in reader(request)]}
    except ReadError as error:
        failure = error
    except MemoryError:
        failure = request.error(
            "memory",
            "needs more memory than allowed",
            f"at most {request.memory_bytes >> 20} MB above the size of the file",
        )
    except OSError as error:
        if error.errno != errno.EFBIG:
            raise
        failure = request.error(
            "too-large", "unpacks to too much", f"at most {request.output_bytes >> 20} MB"
        )
    return {"error": failure.as_dict()}


if __name__ == "__main__":
    # Not sys.exit: taking down the libraries takes longer than reading a small file.
    os._exit(main())
