"""Files whose names say that they are a copy of another one that counts as well.

`取水_2017 (1).csv` may be a second download or a second part, so such a name is no mark: nothing
takes the place of anything by it. Where the file without it counts too, a person is told.
"""

from __future__ import annotations

import re
from pathlib import PurePath

import polars as pl

from assets.landing.lifecycle import names_of

_BEHIND = re.compile(
    r"(?:[\s_\-]*(?:[（(\[]\d{1,2}[)）\]]|副本|复件|拷贝|最终[版稿]?|终[版稿]|定稿)"
    r"|[\s_\-]+(?:copy|final)(?:[\s_\-]*\d{1,2})?)+$",
    re.IGNORECASE,
)
_BEFORE = re.compile(r"^(?:(?:副本|复件)[\s_\-]*|copy of )", re.IGNORECASE)


def without_copy(file_name: str) -> str:
    """The name without what makes it one of a copy, in lower case behind the point."""
    suffix = PurePath(file_name).suffix
    stem = file_name.removesuffix(suffix)
    plain = _BEHIND.sub("", _BEFORE.sub("", stem))
    return (plain or stem) + suffix.lower()


def copies(deliveries: pl.DataFrame, source_id: str) -> dict[str, str]:
    """Copy to the file it seems to be of, both of the source and `current` (`raw.delivery`)."""
    counted = deliveries.filter(
        (pl.col("source_id") == source_id) & (pl.col("status") == "current")
    ).to_dicts()
    whose = {name: row["delivery_id"] for row in counted for name in names_of(row)}
    plain = {PurePath(name).stem + PurePath(name).suffix.lower(): name for name in whose}
    found: dict[str, str] = {}
    for name, delivery in sorted(whose.items()):
        other = plain.get(without_copy(name))
        if other is not None and whose[other] != delivery:
            found[name] = other
    return found


def told(copy: str, other: str, source_id: str) -> str:
    """What the office is to look at."""
    return (
        f"{copy} looks like a copy of {other}, and both count; if it takes its place: "
        f"parkledger withdraw {source_id} '{other}' --reason … --provider …"
    )
