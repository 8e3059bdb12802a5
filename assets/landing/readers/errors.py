"""The one error of the readers."""

from typing import Any


class ReadError(ValueError):
    """A delivery that cannot be read, said so that a person can go to the place.

    `code` is stable and meant for scripts; the message is meant for people.
    """

    def __init__(
        self,
        file: str,
        part: str,
        row: int | None,
        what: str,
        expected: str,
        code: str,
    ) -> None:
        place = file
        if part:
            place += f", part {part}"
        if row is not None:
            place += f", row {row}"
        super().__init__(f"{place}: {what}; expected {expected}")
        self.file = file
        self.part = part
        self.row = row
        self.what = what
        self.expected = expected
        self.code = code

    def as_dict(self) -> dict[str, Any]:
        """The arguments by name: ReadError(**error.as_dict()) is the same error."""
        return {
            "file": self.file,
            "part": self.part,
            "row": self.row,
            "what": self.what,
            "expected": self.expected,
            "code": self.code,
        }

    def __reduce__(self) -> tuple[type["ReadError"], tuple[Any, ...]]:
        # An exception with several arguments does not pickle by itself, and executors pickle.
        return (ReadError, tuple(self.as_dict().values()))
