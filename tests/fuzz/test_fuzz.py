"""Each fuzzer for PARKLEDGER_FUZZ_SECONDS (default 600) in a process of its own."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

SECONDS = os.environ.get("PARKLEDGER_FUZZ_SECONDS", "600")
FUZZERS = sorted(Path(__file__).parent.glob("fuzz_*.py"))


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("atheris") is None, reason="atheris is for Linux only")
@pytest.mark.parametrize("fuzzer", FUZZERS, ids=lambda path: path.stem)
def test_fuzzer_finds_nothing(fuzzer: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(fuzzer), f"-max_total_time={SECONDS}"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        check=False,
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, said[-3_000:]
    assert "Done" in said, said[-3_000:]
