"""One finished run of the sample for all tests of this folder."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from warehouse.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
LANDING = ROOT / "samples" / "ningxia" / "landing"


def parkledger(home: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command line as its user runs it, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "pipelines.cli", *arguments],
        cwd=ROOT,
        env={**os.environ, "PARKLEDGER_HOME": str(home), **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@dataclass(frozen=True)
class SampleRun:
    """A home with one release of the sample, and what `run --json` said."""

    home: Path
    said: dict[str, Any]

    @property
    def settings(self) -> Settings:
        return Settings(home=self.home, landing=str(LANDING))

    @property
    def release(self) -> Path:
        return self.settings.current.resolve()

    def copy(self, target: Path) -> Path:
        """A home of its own for a test that changes it; symlinks stay symlinks."""
        shutil.copytree(self.home, target, symlinks=True)
        return target


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> SampleRun:
    home = tmp_path_factory.mktemp("sample") / "lake"
    finished = parkledger(home, "run", "--landing", str(LANDING), "--json")
    assert finished.returncode == 0, finished.stderr[-3000:]
    return SampleRun(home, json.loads(finished.stdout))
