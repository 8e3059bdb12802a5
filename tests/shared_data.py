"""Files that are not part of the checkout: real deliveries and the worked cases of the method."""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest


def shared_root() -> Path:
    """The folder `PARKLEDGER_SHARED` names, else `shared` beside the checkout."""
    beside = Path(__file__).resolve().parents[2] / "shared"
    return Path(os.environ.get("PARKLEDGER_SHARED", beside))


def shared(path: str) -> Path:
    """The first file or folder that the path, a glob below the shared folder, finds.

    Skips the test where there is none; fails it where `PARKLEDGER_CI` is set, so that a
    build does not pass by having nothing to look at.
    """
    found = sorted(shared_root().glob(path))
    if found:
        return found[0]
    missing = f"{shared_root() / path}: not there; set PARKLEDGER_SHARED"
    if os.environ.get("PARKLEDGER_CI"):
        pytest.fail(missing)
    pytest.skip(missing)


@cache
def _golden(path: Path) -> dict[str, dict[str, Any]]:
    return {case["id"]: case for case in json.loads(path.read_text("utf-8"))["cases"]}


def golden(case_id: str) -> tuple[dict[str, Any], dict[str, Any], float]:
    """Inputs, expected values and relative tolerance of a worked case of the method."""
    case = _golden(shared("method/golden.json"))[case_id]
    return case["inputs"], case["expected"], case["rel_tol"]
