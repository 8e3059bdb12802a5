"""The house: which way imports run, what stays light, and what the checkout may name."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("pipelines", "assets", "warehouse", "quality")
# A room may import itself and what stands behind it.
ALLOWED = {room: set(ROOMS[place:]) for place, room in enumerate(ROOMS)}
HEAVY = ("polars", "pandera", "dagster", "great_expectations")
LONGEST = 400


def sources(room: str) -> Iterator[Path]:
    yield from sorted((ROOT / room).rglob("*.py"))


def imported(tree: ast.AST) -> set[str]:
    """The top-level names of all modules that a file imports, wherever it does."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found


def imports_of(room: str) -> dict[str, set[str]]:
    return {
        str(path.relative_to(ROOT)): imported(ast.parse(path.read_text("utf-8")))
        for path in sources(room)
    }


def test_the_reader_of_imports_sees_every_form() -> None:
    text = "import a.b\nfrom c.d import e\nfrom . import f\ndef g():\n    import h as i"
    assert imported(ast.parse(text)) == {"a", "c", "h"}


@pytest.mark.parametrize("room", ROOMS)
def test_imports_run_one_way(room: str) -> None:
    files = imports_of(room)
    assert files
    wrong = {
        name: sorted(found & set(ROOMS) - ALLOWED[room])
        for name, found in files.items()
        if found & set(ROOMS) - ALLOWED[room]
    }
    assert wrong == {}


@pytest.mark.parametrize("room", ROOMS)
def test_dagster_is_known_in_pipelines_only(room: str) -> None:
    knowing = {name for name, found in imports_of(room).items() if "dagster" in found}
    assert bool(knowing) == (room == "pipelines"), knowing


@pytest.mark.parametrize("room", (*ROOMS, "benchmarks", "tests"))
def test_every_module_and_package_says_what_it_is(room: str) -> None:
    for path in sources(room):
        document = ast.get_docstring(ast.parse(path.read_text("utf-8")))
        assert document, f"{path.relative_to(ROOT)} has no docstring"
    for folder in {path.parent for path in sources(room)}:
        assert (folder / "__init__.py").exists(), f"{folder.relative_to(ROOT)} is no package"


@pytest.mark.parametrize("room", ROOMS)
def test_no_file_is_two_rooms(room: str) -> None:
    long = {
        str(path.relative_to(ROOT)): length
        for path in sources(room)
        if (length := len(path.read_text("utf-8").splitlines())) > LONGEST
    }
    assert long == {}


def heavy_after(statement: str) -> list[str]:
    """Which heavy packages a fresh interpreter holds after the statement."""
    check = f"import sys; print(','.join(m for m in {HEAVY!r} if m in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", f"{statement}\n{check}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [
        name for name in done.stdout.strip().splitlines()[-1:] for name in name.split(",") if name
    ]


LIGHT = (
    "warehouse.query",
    "warehouse.explain",
    "warehouse.dictionary",
    "warehouse.served",
    "pipelines.explanation",
    "pipelines.cli",
)


@pytest.mark.parametrize("module", LIGHT)
def test_commands_that_answer_at_once_import_nothing_heavy(module: str) -> None:
    assert heavy_after(f"import {module}") == []


def test_help_imports_nothing_heavy() -> None:
    show_help = (
        "from typer.testing import CliRunner\n"
        "from pipelines.cli import app\n"
        "shown = CliRunner().invoke(app, ['--help'])\n"
        "assert shown.exit_code == 0 and 'explain' in shown.output, shown.output"
    )
    assert heavy_after(show_help) == []


def test_a_heavy_import_would_be_seen() -> None:
    assert heavy_after("import polars") == ["polars"]


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_the_lock_pins_each_package_by_hash_and_names_no_host(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    assert not re.search(r"://|^\s*--(?!hash)|@ ", text, re.MULTILINE)
    entries = re.split(r"\n(?=[A-Za-z0-9])", text.strip())
    assert len(entries) > 50
    for entry in entries:
        head, *hashes = entry.split("\\\n")
        assert re.match(r"^[A-Za-z0-9._-]+(\[[a-z,]+\])?==[^ ]+( ; .+)?$", head.strip()), head
        assert hashes, f"{head}: no hash"
        assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", h.strip()) for h in hashes), head


def test_the_lock_holds_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    locked = dict(
        re.findall(
            r"^([A-Za-z0-9._-]+)(?:\[.*?\])?==([^ \n;]+)",
            (ROOT / "requirements.lock").read_text("utf-8"),
            re.MULTILINE,
        )
    )
    for wanted in project["dependencies"]:
        name, _, version = re.match(r"([A-Za-z0-9-]+)(\[.*?\])?(.*)", wanted).groups()  # type: ignore[union-attr]
        assert name in locked, f"{name} is not in the lock"
        if version.startswith("=="):
            assert locked[name] == version[2:], name


# A path of somebody's machine has no place in what is published.
MACHINE = re.compile(r"(?<![\w./~])/(?:home|Users|root|work|mnt|tmp|opt|var)/[\w.-]+")
TEXT = {".py", ".toml", ".md", ".yaml", ".yml", ".csv", ".lock", ".cfg", ".txt", ""}
SKIPPED = {".git", ".venv", "lake", "build", ".hypothesis", ".mypy_cache", ".ruff_cache"}


def published() -> Iterator[Path]:
    for path in sorted(ROOT.rglob("*")):
        parts = path.relative_to(ROOT).parts
        hidden = SKIPPED.intersection(parts) or any("cache" in p or "egg" in p for p in parts)
        if not hidden and path.is_file() and path.suffix in TEXT:
            yield path


def test_nothing_names_a_path_outside_the_project() -> None:
    assert MACHINE.search("see /home/" + "someone/notes")
    assert not MACHINE.search("https://host.cn/home/page and docs/tmp/notes")
    seen = list(published())
    assert ROOT / "README.md" in seen or ROOT / "pyproject.toml" in seen
    found = {
        str(path.relative_to(ROOT)): match.group()
        for path in seen
        if (match := MACHINE.search(path.read_text("utf-8", errors="replace")))
    }
    assert found == {}


def test_the_rooms_are_what_is_installed() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    include = project["tool"]["setuptools"]["packages"]["find"]["include"]
    assert {name.rstrip("*") for name in include} == set(ROOMS)
