"""What holds for every reader: the child, its limits, the check of headers. Also `declare`."""

import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from assets.landing import readers
from assets.landing.declaration import VECTOR, SourceDeclaration
from assets.landing.readers import (
    RawPart,
    ReaderLimits,
    ReadError,
    delivery,
    forked,
    read_delivery,
)


def declare(form: str, headers: list[str], **more: Any) -> SourceDeclaration:
    """A declaration that maps the headers to c0, c1, …"""
    values: dict[str, Any] = {
        "id": "sample",
        "title_zh": "样本",
        "title_en": "sample",
        "publisher": "office",
        "licence": "none",
        "cadence": "yearly",
        "format": form,
        "columns": {header: f"c{place}" for place, header in enumerate(headers)},
        "table": "accepted.sample",
        "key": ["c0"],
        "crs": "EPSG:4490" if form in VECTOR else None,
        "pedigree": {
            "reliability": 2,
            "completeness": 2,
            "temporal": 1,
            "geographical": 1,
            "technological": 1,
        },
        **more,
    }
    return SourceDeclaration(**values)


def refused(path: Path, source: SourceDeclaration, **limits: Any) -> ReadError:
    """The error with which the delivery is refused."""
    with pytest.raises(ReadError) as caught:
        read_delivery(path, source, ReaderLimits(**limits))
    assert str(caught.value).startswith(path.name)
    return caught.value


def same(left: list[RawPart], right: list[RawPart]) -> bool:
    """Whether two readings are identical."""
    return len(left) == len(right) and all(
        (a.part, a.headers, a.units, a.encoding, a.crs)
        == (b.part, b.headers, b.units, b.encoding, b.crs)
        and a.rows.equals(b.rows)
        and a.footers.equals(b.footers)
        for a, b in zip(left, right, strict=True)
    )


def test_missing_and_empty(tmp_path: Path) -> None:
    source = declare("csv", ["a"])
    assert refused(tmp_path / "none.csv", source).code == "file-missing"
    assert refused(tmp_path, source).code == "file-missing"
    empty = tmp_path / "empty.csv"
    empty.touch()
    assert refused(empty, source).code == "file-empty"


def test_header_mismatch_names_nearest_and_the_line_to_add(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("企业名\u3000,备注\n甲,x\n", encoding="utf-8")
    error = refused(path, declare("csv", ["企业名称"]))
    assert (error.code, error.row) == ("header-mismatch", 1)
    for words in ("missing header '企业名称' (nearest: '企业名')", '"企业名" = "c0"', '"备注"'):
        assert words in str(error)


@pytest.mark.parametrize("header", ["a,a", "a,row_number", "a,__extra__"])
def test_doubled_and_reserved_headers(tmp_path: Path, header: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"{header}\n1,2\n", encoding="utf-8")
    assert refused(path, declare("csv", ["a"])).code == "header-mismatch"


def test_optional_ignored_and_personal_columns(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("企业,法人代表,备注\n甲,张三,x\n合计,李四,\n", encoding="utf-8")
    source = declare(
        "csv",
        ["企业", "电话区号"],
        optional_columns=["电话区号"],
        ignored_columns=["备注"],
        personal_columns=["法人代表"],
        footer_patterns=["合计"],
    )
    (part,) = read_delivery(path, source)
    assert part.headers == ("企业", "备注")
    assert part.rows.rows() == [(2, "甲", "x")]
    assert part.footers.rows() == [(3, "合计")]


def test_child_stays_light() -> None:
    script = (
        "import sys, assets.landing.readers.child, assets.landing.readers.delimited, "
        "assets.landing.readers.workbook; "
        "print([m for m in ('polars', 'pydantic', 'pandas', 'dagster') if m in sys.modules])"
    )
    root = Path(readers.__file__).resolve().parents[3]
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_memory_limit_ends_the_child_only(tmp_path: Path) -> None:
    path = tmp_path / "big.csv"
    path.write_text("a,b\n" + f"{'x' * 900},y\n" * 40_000, encoding="utf-8")
    small = tmp_path / "small.xlsx"
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("a")
    sheet.append(["a"])
    for row in range(30_000):
        sheet.append([f"{row} " + "x" * 900])  # unpacks to far more than the file
    book.save(small)
    source = declare("xlsx", ["a"])
    error = refused(small, source, memory_mb=4)
    assert error.code == "memory"
    assert "4 MB" in str(error)
    assert read_delivery(small, source)[0].rows.height == 30_000
    # A csv is read in small pieces, whatever its size.
    (part,) = read_delivery(path, declare("csv", ["a", "b"]), ReaderLimits(memory_mb=128))
    assert part.rows.height == 40_000


def test_timeout_kills_the_child(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a\n" + "1\n" * 100_000, encoding="utf-8")
    source = declare("csv", ["a"])
    assert refused(path, source, base_seconds=0.002, seconds_per_mb=0).code == "timeout"
    assert read_delivery(path, source)[0].rows.height == 100_000


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("import os; os.abort()", "crash"),
        ("raise RuntimeError('unforeseen')", "crash"),
        ("import sys; sys.exit(0)", "crash"),
        ("raise MemoryError", "memory"),
        ("while True: pass", "timeout"),
        (
            "import resource\nresource.setrlimit(resource.RLIMIT_CPU, (1, 3))\nwhile True: pass",
            "timeout",
        ),
    ],
)
def test_whatever_happens_to_the_child_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str, code: str
) -> None:
    (tmp_path / "bad_child.py").write_text(body, encoding="utf-8")
    path = tmp_path / "a.csv"
    path.write_text("a\n1\n", encoding="utf-8")
    environment = {**delivery._ENVIRONMENT, "PYTHONPATH": str(tmp_path)}
    monkeypatch.setattr(delivery, "_ENVIRONMENT", environment)
    monkeypatch.setattr(delivery, "CHILD", "bad_child")
    seconds = 30 if "setrlimit" in body or code != "timeout" else 0.5
    error = refused(path, declare("csv", ["a"]), base_seconds=seconds)
    assert error.code == code


def test_output_is_bounded(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a\n" + "1\n" * 200_000, encoding="utf-8")  # ten times as long in Arrow
    assert refused(path, declare("csv", ["a"]), output_mb=1).code == "too-large"


def test_the_error_survives_pickling() -> None:
    error = ReadError("a.csv", "", 3, "what", "that", "encoding")
    copy = pickle.loads(pickle.dumps(error))
    assert (str(copy), copy.as_dict()) == (str(error), error.as_dict())
    assert str(copy) == "a.csv, row 3: what; expected that"


def test_a_new_process_forks_where_the_old_one_has_died(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a\n1\n", encoding="utf-8")
    source = declare("csv", ["a"])
    assert read_delivery(path, source)[0].rows.height == 1
    environment = tuple(sorted(delivery._surroundings().items()))
    forks = forked._forks(os.getpid(), environment)
    first = forks._process
    first.kill()
    first.wait()
    assert read_delivery(path, source)[0].rows.height == 1
    assert forks._process.pid != first.pid
