"""One hostile file: how it is built, how its source is declared, what must come of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assets.landing.declaration import SourceDeclaration
from assets.landing.readers import RawPart

Rows = list[tuple[Any, ...]]


@dataclass(frozen=True)
class Hostile:
    """`build` writes the file into an empty folder and gives its path.

    `expected` is the code (or codes) of the refusal, or the exact rows of the one part, or a
    function that looks at the parts. `words` stand in the message of a refusal.
    """

    name: str
    build: Callable[[Path], Path]
    source: SourceDeclaration
    expected: str | set[str] | Rows | Callable[[list[RawPart]], bool]
    words: str = ""
    limits: dict[str, Any] = field(default_factory=dict)
    slow: bool = False
