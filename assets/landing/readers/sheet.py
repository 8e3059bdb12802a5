"""The XML of one worksheet, as handlers for the stream."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from assets.landing.readers.dates import Shown, date_text
from assets.landing.readers.headers import Merge
from assets.landing.readers.xmlstream import Attributes, DoctypeError, XmlError, local
from assets.landing.readers.zips import DAMAGE

LAST_ROW = 1_048_576
LAST_COLUMN = 16_384
MAX_MERGES = 100_000

_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


class CellError(Exception):
    """A cell or row that no spreadsheet program writes, or a limit that it breaks."""

    def __init__(self, what: str, row: int | None = None, code: str = "not-a-workbook") -> None:
        super().__init__(what)
        self.what = what
        self.row = row
        self.code = code


# What reading a member of a workbook may raise. LookupError and ValueError: an encoding that expat
# does not know, an attribute that is not there.
FAULTS = (DoctypeError, XmlError, CellError, LookupError, ValueError, *DAMAGE)


@lru_cache(maxsize=LAST_COLUMN)
def column_number(letters: str) -> int:
    """1 for A, 28 for AB. Raises CellError outside A…XFD."""
    number = 0
    for letter in letters:
        if not "A" <= letter <= "Z":
            raise CellError(f"cell reference {letters!r}")
        number = number * 26 + ord(letter) - 64
    if not 1 <= number <= LAST_COLUMN:
        raise CellError(f"column {letters!r} beyond XFD", code="bounds")
    return number


class SheetScan:
    """First pass: where filled cells end, and which cells are merged. Keeps no text."""

    def __init__(self) -> None:
        self.last_row = 0
        self.last_column = 0
        self.filled = 0
        self.merges: list[Merge] = []
        self._place = _Place()

    def start(self, tag: str, attributes: Attributes) -> None:
        """Handler for the beginning of an element."""
        name = local(tag)
        if name == "c":
            self._place.cell(attributes.get("r"))
        elif name == "v" or name == "is" or name == "f":
            self.filled += name != "f"
            self.last_row = self._place.row  # rows only grow
            if self._place.column > self.last_column:
                self.last_column = self._place.column
        elif name == "row":
            self._place.next_row(attributes.get("r"))
        elif name == "mergeCell":
            if len(self.merges) >= MAX_MERGES:
                raise CellError(f"more than {MAX_MERGES} merged regions", code="bounds")
            self.merges.append(_region(attributes.get("ref", "")))


class SheetRows:
    """Second pass: rows of cells, None where there is no value.

    `dates`: the styles that show a number as a date.
    """

    def __init__(self, strings: list[str], dates: Mapping[str, Shown], max_chars: int) -> None:
        self._strings = strings
        self._dates = dates
        self._max_chars = max_chars
        self._place = _Place()
        self._done: list[tuple[int, list[str | None]]] = []
        self._cells: list[str | None] = []
        self._kind = "n"
        self._shown: Shown | None = None
        self._value: str | None = None
        self._pieces: list[str] | None = None  # open while inside an element that holds text
        self._chars = 0
        self._phonetic = 0
        self._formula: str | None = None  # of the cell being read

    def take(self) -> Iterator[tuple[int, list[str | None]]]:
        """The rows finished since the last call: sheet row, cells from column A on."""
        done, self._done = self._done, []
        return iter(done)

    def start(self, tag: str, attributes: Attributes) -> None:
        """Handler for the beginning of an element."""
        name = local(tag)
        if name == "c":
            self._place.cell(attributes.get("r"))
            self._kind = attributes.get("t", "n")
            self._shown = self._dates.get(attributes.get("s", "0"))
            self._value = self._formula = None
            self._chars = 0
        elif name in ("v", "f") or (name == "t" and not self._phonetic):
            self._pieces = []
        elif name == "row":
            self._place.next_row(attributes.get("r"))
            self._cells = []
        elif name == "rPh":
            self._phonetic += 1

    def text(self, piece: str) -> None:
        """Handler for text."""
        if self._pieces is not None:
            self._chars += len(piece)
            if self._chars > self._max_chars:
                raise CellError(
                    f"a cell of more than {self._max_chars} characters", self._place.row, "bounds"
                )
            self._pieces.append(piece)

    def end(self, tag: str) -> None:
        """Handler for the end of an element."""
        name = local(tag)
        if name == "f":
            self._formula = "".join(self._pieces or ())
            self._pieces = None
            self._chars = 0
        elif name == "v" or name == "t":
            if self._pieces is not None:
                self._value = (self._value or "") + "".join(self._pieces)
                self._pieces = None
        elif name == "c":
            text = self._cell_text()
            if text is not None:
                place = self._place.column
                self._cells.extend([None] * (place - len(self._cells)))
                self._cells[place - 1] = text
        elif name == "row":
            if self._cells:
                self._done.append((self._place.row, self._cells))
            self._cells = []
        elif name == "rPh":
            self._phonetic -= 1

    def _cell_text(self) -> str | None:
        value, kind = self._value, self._kind
        if not value and self._formula is not None and kind not in ("str", "inlineStr"):
            return f"={self._formula}"  # no program has computed it; as an empty cell it was lost
        if value is None:
            return None
        if kind == "s":
            try:
                # A minus, a line below or a digit of another script is no place either.
                return self._strings[int(value if value.isascii() and value.isdigit() else "")]
            except (ValueError, IndexError):
                raise CellError(f"no shared string {value[:20]!r}", self._place.row) from None
        if kind == "b":
            return {"1": "TRUE", "0": "FALSE"}.get(value.strip(), value)
        if kind == "str" or kind == "inlineStr":
            return unescape(value)
        if kind == "n" and self._shown is not None:
            value = date_text(value, self._shown)
        return value or None


class _Place:
    """Row and column of the cell being read; both may only grow, as the format demands."""

    def __init__(self) -> None:
        self.row = 0
        self.column = 0
        self._row_text = "0"

    def next_row(self, text: str | None) -> None:
        try:
            row = self.row + 1 if text is None else int(text)
        except ValueError:
            raise CellError(f"row number {str(text)[:20]!r}") from None
        if row <= self.row:
            raise CellError(f"row {row} comes after row {self.row}", row)
        if row > LAST_ROW:
            raise CellError(f"row {row} beyond {LAST_ROW}", code="bounds")
        self.row, self.column, self._row_text = row, 0, str(row)

    def cell(self, reference: str | None) -> None:
        if reference is None:
            column = self.column + 1
        else:
            letters = reference[: -len(self._row_text)]
            if letters + self._row_text != reference or not 1 <= len(letters) <= 3:
                raise CellError(f"cell {reference[:20]!r} in row {self.row}", self.row)
            column = column_number(letters)
        if column <= self.column:
            raise CellError(f"cell {reference!r} out of order", self.row)
        if column > LAST_COLUMN:
            raise CellError(f"column {column} beyond {LAST_COLUMN}", self.row, "bounds")
        self.column = column


def unescape(text: str) -> str:
    """`_x000D_` as the character it stands for; NUL and half surrogates stay as they are."""
    if "_x" not in text:
        return text
    return _ESCAPE.sub(_character, text)


def _character(match: re.Match[str]) -> str:
    code = int(match.group(1), 16)
    return match.group(0) if code == 0 or 0xD800 <= code <= 0xDFFF else chr(code)


def _region(reference: str) -> Merge:
    first, _, last = reference.partition(":")
    corners = (_REFERENCE.fullmatch(first), _REFERENCE.fullmatch(last or first))
    if corners[0] is None or corners[1] is None:
        raise CellError(f"merged region {reference[:40]!r}")
    left, right = (column_number(corner.group(1)) for corner in corners if corner)
    top, bottom = (int(corner.group(2)) for corner in corners if corner)
    return top, left, bottom, right
