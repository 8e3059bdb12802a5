"""Each hostile file: read exactly or refused, the parent lives, and the next delivery is fine."""

import importlib
from pathlib import Path

import pytest

from assets.landing.readers import ReaderLimits, ReadError, read_delivery

from .case import Hostile
from .texts import SOURCE

MODULES = ("texts", "workbooks", "layers", "documents")
CASES: list[Hostile] = [
    case
    for module in MODULES
    for case in importlib.import_module(f"tests.landing.hostile.{module}").CASES
]


def test_there_are_enough_and_each_has_a_name() -> None:
    names = [case.name for case in CASES]
    assert len(names) >= 60
    assert len(set(names)) == len(names)


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("good") / "good.csv"
    path.write_text("企业,值\n宁夏某厂,1.50\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=case.name, marks=[pytest.mark.slow] if case.slow else [])
        for case in CASES
    ],
)
def test_hostile(case: Hostile, good: Path, tmp_path: Path) -> None:
    folder = tmp_path / "delivery"
    folder.mkdir()
    path = case.build(folder)
    before = sorted(str(file) for file in tmp_path.rglob("*"))
    try:
        parts = read_delivery(path, case.source, ReaderLimits(**case.limits))
    except ReadError as error:
        codes = {case.expected} if isinstance(case.expected, str) else case.expected
        assert isinstance(codes, set), error
        assert error.code in codes, error
        assert case.words in str(error)
        assert len(str(error)) < 4_000
    else:
        if callable(case.expected):
            assert case.expected(parts)
        else:
            (part,) = parts
            assert part.rows.rows() == case.expected
    assert sorted(str(file) for file in tmp_path.rglob("*")) == before
    (after,) = read_delivery(good, SOURCE)
    assert after.rows.rows() == [(2, "宁夏某厂", "1.50")]
