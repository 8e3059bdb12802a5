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


class Judge:
    """Great Expectations in a process of its own, which loads while the candidate is made."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "quality.expectations"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Judge:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def judge(self, *candidates: Path) -> list[GateResult]:
        """Evaluate every expectation on each candidate file, and end the process.

        Raises GateError if the evaluation breaks down.
        """
        asked = "".join(f"{candidate}\n" for candidate in candidates)
        answer, complaint = self._process.communicate(asked)
        lines = answer.strip().splitlines()[-len(candidates) :]
        if self._process.returncode or len(lines) < len(candidates):
            names = ", ".join(map(str, candidates))
            raise GateError(f"gate: {names}: {complaint.strip()[-500:]}")
        said = [json.loads(line) for line in lines]
        return [GateResult(one["evaluated"], one["failed"]) for one in said]


def judge(candidate: Path) -> GateResult:
    """Evaluate every expectation on the candidate file. Raises as `Judge.judge`."""
    with Judge() as ready:
        return ready.judge(candidate)[0]
