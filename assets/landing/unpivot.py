"""A wide table read as a long one: what a declaration says of it."""

import re
from typing import Self

from pydantic import BaseModel, ConfigDict, model_validator

from assets.landing.fields import Canonical, Header, Pattern, nothing

_SPAN = {"first", "last", "count"}


class Unpivot(BaseModel):
    """A wide table read as a long one: each filled cell under a matching header is a record.

    `headers` must match a whole header; its named groups are columns of the table. `header`
    takes the header as it stands, `unit` what the units row says below it.

    A column that is gone is noticed by what is said here: `required` are headers that every part
    has, whatever their case, blanks and lines below; of the numbers in the group `consecutive`
    none between the first and the last is left out, and none that stands in the only group of
    `beside` in a header of another kind; `span` is a pattern of a line above the header that says
    which they are, by its groups `first` and `last`, or `count`. `absent` are headers that may be
    missing all the same.
    `renamed` is delivered header = the header it stands for.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    headers: Pattern
    value: Canonical
    header: Canonical | None = None
    unit: Canonical | None = None
    required: list[Header] = []
    consecutive: Canonical | None = None
    beside: Pattern | None = None
    span: Pattern | None = None
    absent: list[Header] = []
    renamed: dict[Header, Header] = {}

    @property
    def groups(self) -> list[str]:
        """Columns that are read from the header."""
        return list(re.compile(self.headers).groupindex)

    def match(self, header: str) -> re.Match[str] | None:
        """How the header, or the one that it stands for, is matched by `headers`."""
        return re.fullmatch(self.headers, self.renamed.get(header, header))

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        wide = re.compile(self.headers)
        for field, headers in (("required", self.required), ("renamed", self.renamed.values())):
            strangers = {header for header in headers if not wide.fullmatch(header)}
            nothing(f"{field}: not matched by headers", strangers)
        if self.consecutive is not None and self.consecutive not in self.groups:
            raise ValueError("consecutive: no group of headers")
        if self.beside is not None and (
            self.consecutive is None or re.compile(self.beside).groups != 1
        ):
            raise ValueError("beside: expected one group, the number of consecutive")
        if self.span is not None:
            groups = set(re.compile(self.span).groupindex)
            if self.consecutive is None or groups not in ({"first", "last"}, {"count"}, _SPAN):
                raise ValueError("span: its groups are first and last, or count, of consecutive")
        return self
