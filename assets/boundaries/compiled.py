"""Loops over numbers compiled by numba; importing this module loads the compiler."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """The function compiled to run without the interpreter's lock, kept on disk if possible."""
    # A division by zero gives what IEEE 754 says, not an exception.
    try:
        return cast(Function, numba.njit(nogil=True, error_model="numpy", cache=True)(function))
    except RuntimeError:  # no folder for the cache can be written
        return cast(Function, numba.njit(nogil=True, error_model="numpy")(function))
