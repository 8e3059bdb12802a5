"""The release gate: a candidate is judged before it is served.

Great Expectations runs in a process of its own: it takes seconds to import, and keeps
connections open that would lock the file against any other configuration.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class GateError(RuntimeError):
    """The gate itself failed: no judgement, so no release."""


@dataclass(frozen=True)
class GateResult:
    """Expectations evaluated, and the failed ones with what was found."""

    evaluated: int
    failed: list[dict[str, Any]]

    @property
    def passed(self) -> bool:
        """Nothing failed, and something was looked at."""
        return not self.failed and self.evaluated > 0

    def as_text(self) -> str:
        return "; ".join(
            f"{f['table']}.{f['column'] or '*'}: {f['expectation']}, found {f['found']}"
            for f in self.failed[:5]
        )


def judge(candidate: Path) -> GateResult:
    """Evaluate every expectation on the candidate file.

    Raises GateError if the evaluation breaks down.
    """
    finished = subprocess.run(
        [sys.executable, "-m", "quality.expectations", str(candidate)],
        capture_output=True,
        text=True,
        check=False,
    )
    lines = finished.stdout.strip().splitlines()
    if finished.returncode or not lines:
        raise GateError(f"gate: {candidate}: {finished.stderr.strip()[-500:]}")
    said = json.loads(lines[-1])
    return GateResult(said["evaluated"], said["failed"])
