"""Readers: the bytes of one delivery → raw rows, every cell as the text that was delivered.

Belongs here: one reader a format (csv, workbook, json, layers), the child process they run in, its
limits, the check of the header against the declaration, the bundle that the archive stores.

Does not belong here: types, units, corrections, quarantine (a reader never judges a value), the
archive itself, and anything that knows Dagster, the lake or a certain source.

The names below are loaded on first use: the child process imports this package too, and must
not pay for polars and pydantic.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assets.landing.readers.bundle import bundle_bytes
    from assets.landing.readers.delivery import (
        ReaderLimits,
        prepare,
        read_delivery,
        read_unknown,
    )
    from assets.landing.readers.errors import ReadError
    from assets.landing.readers.rawpart import RawPart

__all__ = [
    "RawPart",
    "ReadError",
    "ReaderLimits",
    "bundle_bytes",
    "prepare",
    "read_delivery",
    "read_unknown",
]

_HOME = {
    "RawPart": "rawpart",
    "ReadError": "errors",
    "ReaderLimits": "delivery",
    "bundle_bytes": "bundle",
    "prepare": "delivery",
    "read_delivery": "delivery",
    "read_unknown": "delivery",
}


def __getattr__(name: str) -> object:
    """Load a public name on first use. Raises AttributeError for any other name."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
