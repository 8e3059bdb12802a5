"""Missing shared data: a reason to skip on a desk, a failure in a build."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.shared_data import shared


def test_a_file_is_found_by_path_or_glob(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "b_2017.csv").touch()
    (tmp_path / "data" / "a_2017.csv").touch()
    monkeypatch.setenv("PARKLEDGER_SHARED", str(tmp_path))
    assert shared("data/b_2017.csv").name == "b_2017.csv"
    assert shared("data/*_2017.csv").name == "a_2017.csv"


@pytest.mark.parametrize(
    ("build", "outcome"), [(None, pytest.skip.Exception), ("1", pytest.fail.Exception)]
)
def test_what_is_not_there_skips_on_a_desk_and_fails_in_a_build(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    build: str | None,
    outcome: type[BaseException],
) -> None:
    monkeypatch.setenv("PARKLEDGER_SHARED", str(tmp_path))
    monkeypatch.delenv("PARKLEDGER_CI", raising=False)
    if build:
        monkeypatch.setenv("PARKLEDGER_CI", build)
    with pytest.raises(outcome, match=r"data/none\.csv: not there"):
        shared("data/none.csv")
