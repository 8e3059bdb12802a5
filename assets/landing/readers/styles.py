"""The styles of a workbook (.xlsx), as far as they tell which numbers are shown as dates."""

from collections.abc import Mapping
from typing import IO

from assets.landing.readers.dates import Shown, shown_as
from assets.landing.readers.sheet import CellError
from assets.landing.readers.xmlstream import Attributes, local, stream

MAX_STYLES = 100_000  # Excel writes at most 65,490

Dates = Mapping[str, Shown]  # style as a cell names it → what its number is shown as


def read_dates(source: IO[bytes], is_1904: bool) -> Dates:
    """The styles that show dates. Raises CellError `bounds`, LookupError, ValueError."""
    section = ""  # others have formats too, which are of no cell
    stated: dict[int, Shown | None] = {}
    formats: list[int] = []  # of each style of a cell

    def start(tag: str, attributes: Attributes) -> None:
        nonlocal section
        name = local(tag)
        if name in ("numFmts", "cellXfs", "cellStyleXfs", "dxfs"):
            section = name
        elif name == "numFmt" and section == "numFmts":
            number = int(attributes["numFmtId"])
            stated[number] = shown_as(number, attributes["formatCode"], is_1904)
        elif name == "xf" and section == "cellXfs":
            formats.append(int(attributes.get("numFmtId", "0")))
        if max(len(stated), len(formats)) > MAX_STYLES:
            raise CellError(f"more than {MAX_STYLES} styles", code="bounds")

    for _ in stream(source, start):
        pass
    known = {number: shown_as(number, None, is_1904) for number in set(formats)} | stated
    return {
        str(style): shown
        for style, number in enumerate(formats)
        if (shown := known[number]) is not None
    }
