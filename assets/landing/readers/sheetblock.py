"""One block of the XML of a worksheet, whole rows, read at once.

The result is that of the handlers in `sheet`, which read a block that is not plain.
"""

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assets.landing.readers import mojibake
from assets.landing.readers.blocks import (
    Booleans,
    Int64s,
    NotPlainError,
    Parsed,
    check_text,
    columns_of,
    holds_replacement,
    integers,
    lengths,
)
from assets.landing.readers.dates import Shown, date_text
from assets.landing.readers.head import Cells, Head
from assets.landing.readers.markup import Grammar, Tags, Words, check_letters
from assets.landing.readers.request import Request
from assets.landing.readers.sharedstrings import Strings
from assets.landing.readers.sheet import FAULTS, LAST_COLUMN, LAST_ROW, SheetRows, SheetScan
from assets.landing.readers.styles import Dates
from assets.landing.readers.table import Footers
from assets.landing.readers.xmlstream import Attributes, local, stream

_SHEET = Grammar(
    {
        b'<row r="': "row",
        b"</row>": "/row",
        b'<c r="': "c",
        b"</c>": "/c",
        b"<v>": "v",
        b"</v>": "/v",
        b"<v/>": "v/",
        b"<f>": "f",
        b"<f ": "f",
        b"</f>": "/f",
        b"<f/>": "f/",
        b"<is>": "is",
        b"</is>": "/is",
        b"<t>": "t",
        b"<t ": "t",
        b"</t>": "/t",
        b"<t/>": "t/",
    },
    {
        "": "row row/",
        "row": "c c/ /row",
        "row/": "row row/ ",
        "/row": "row row/ ",
        "c": "v v/ f f/ is /c",
        "c/": "c c/ /row",
        "/c": "c c/ /row",
        "v": "/v",
        "v/": "/c",
        "/v": "/c",
        "f": "/f",
        "f/": "v v/ /c",
        "/f": "v v/ /c",
        "is": "t t/",
        "t": "/t",
        "t/": "/is",
        "/t": "/is",
        "/is": "/c",
    },
)

_TYPE = re.compile(r' t="([^"]*)"')
_STYLE = re.compile(r' s="([^"]*)"')
# A number that is shown as a date is _DATE and what it is shown as.
_PLAIN, _SHARED, _BOOLEAN, _TEXT, _DATE = range(5)
_TYPES = {"s": _SHARED, "b": _BOOLEAN, "str": _TEXT, "inlineStr": _TEXT}
_BOOLEANS = {"0": "FALSE", "1": "TRUE"}
_MOST = 16 << 20  # bytes of the cells of a block: one shared string may stand in many
_A, _Z, _QUOTE = ord("A"), ord("Z"), ord('"')
_LETTERS = 3  # of the last column
_DIGITS = 7  # of the last row
_MASKS: Words = np.array([(1 << 8 * count) - 1 for count in range(9)], dtype=np.uint64)


@dataclass(frozen=True)
class Extent:
    """First and last row of a block, and the last column that holds a value; 0 for none."""

    first_row: int
    last_row: int
    last_column: int


@dataclass(frozen=True)
class _Values:
    """The cells that hold a value, in the order of the sheet: row and column from 1."""

    rows: Int64s
    columns: Int64s
    texts: pa.Array


def parse(
    block: bytes,
    request: Request,
    head: Head,
    footers: Footers,
    strings: Strings,
    dates: Dates,
    after: int,
) -> tuple[Extent, Parsed]:
    """The rows of a block that are below the row `after`. Raises NotPlainError, ArrowInvalid."""
    rare = check_text(block)
    try:
        check_letters(block)
        extent, values = _values(_SHEET.tags(block), block, request, strings, dates)
    except NotPlainError:
        return _by_rows(block, request, head, footers, strings, dates, after)
    shown = (lengths(values.texts) > 0) & (values.rows > after)
    rows, columns = values.rows[shown], values.columns[shown]
    numbers = rows[np.diff(rows, prepend=0) > 0]
    width = len(head.names)
    if len(columns) and columns.max() > width:
        return _by_rows(block, request, head, footers, strings, dates, after)
    if np.isin(columns, np.array(head.unnamed) + 1).any():
        raise NotPlainError  # text where there is no header
    if len(numbers) * width > request.max_cells:
        raise NotPlainError
    cells = [_column(values, numbers, place + 1) for place in range(width)]
    last = footers.last(_from_last(cells, len(numbers))) if footers else []
    kept = [cells[place] for place in head.kept]
    lost = strings.has_lost or holds_replacement(block, rare)
    lost = lost and any(pc.any(pc.match_substring(text, "\ufffd")).as_py() for text in kept)
    extras = pa.nulls(len(numbers), pa.string())
    return extent, Parsed(0, numbers, kept, extras, lost, last)


def _values(
    tags: Tags, block: bytes, request: Request, strings: Strings, dates: Dates
) -> tuple[Extent, _Values]:
    """What a plain block holds. Raises NotPlainError."""
    row_tags, cell_tags = tags.of("row", "row/"), tags.of("c", "c/")
    value_tags, texts_in = tags.of("v", "v/", "t", "t/"), tags.of("t")
    numbers, digits, widths = _row_numbers(tags, row_tags)
    row_of = np.searchsorted(row_tags, cell_tags) - 1
    columns, behind = _references(tags, cell_tags, digits[row_of], widths[row_of])
    if (np.diff(columns)[row_of[1:] == row_of[:-1]] <= 0).any():
        raise NotPlainError
    kinds_of, which = tags.attributes(cell_tags, behind)
    kinds = np.array([_kind(text, dates) for text in kinds_of], dtype=np.int64)[which]
    formulas = tags.of("f", "f/")
    tags.attributes(formulas, tags.starts[formulas] + len("<f"))
    tags.attributes(texts_in, tags.starts[texts_in] + len("<t"))
    if len(formulas):
        tags.spans(formulas, request.max_cell_chars)  # not kept, but no longer than a cell either

    texts = tags.inside(value_tags, request.max_cell_chars)
    cell_of = np.searchsorted(cell_tags, value_tags) - 1
    kinds = kinds[cell_of]
    told = cell_of[(kinds == _TEXT) | (lengths(texts) > 0)]
    if not np.isin(np.searchsorted(cell_tags, formulas) - 1, told).all():
        raise NotPlainError  # a formula without a stored result
    texts = _resolved(texts, kinds, strings)
    is_number = (kinds == _PLAIN) | (kinds >= _DATE)
    holds = ~is_number | (lengths(texts) > 0)  # an empty number is no value
    if not holds.all():
        texts, cell_of = texts.filter(pa.array(holds)), cell_of[holds]
    rows, columns = numbers[row_of[cell_of]], columns[cell_of]
    extent = Extent(int(numbers[0]), int(numbers[-1]), int(columns.max(initial=0)))
    return extent, _Values(rows, columns, texts)


def _row_numbers(tags: Tags, row_tags: Int64s) -> tuple[Int64s, Words, Int64s]:
    """Numbers of the rows, their digits with the quote behind them, and how many bytes that is.

    Raises NotPlainError unless they grow.
    """
    starts = tags.starts[row_tags] + len('<row r="')
    letters = tags.data[starts[:, None] + np.arange(_DIGITS + 1)]
    digits = letters - np.uint8(ord("0"))
    counts = np.argmin(digits < 10, axis=1)
    ends = letters[np.arange(len(starts)), counts]
    if (ends != _QUOTE).any() or (counts == 0).any() or (digits[:, 0] == 0).any():
        raise NotPlainError
    widths = counts + 1
    tags.attributes(row_tags, starts + widths)
    numbers = np.zeros(len(starts), dtype=np.int64)
    for place in range(_DIGITS):
        within = place < counts
        numbers[within] = numbers[within] * 10 + digits[within, place]
    if (np.diff(numbers) <= 0).any() or numbers[-1] > LAST_ROW:
        raise NotPlainError
    return numbers, tags.words(starts) & _MASKS[widths], widths


def _references(
    tags: Tags, cell_tags: Int64s, digits: Words, widths: Int64s
) -> tuple[Int64s, Int64s]:
    """Columns of the cells, and where the text behind each reference begins.

    `digits` and `widths` are those of their rows. Raises NotPlainError for what is no cell of its
    row.
    """
    starts = tags.starts[cell_tags] + len('<c r="')
    columns = np.zeros(len(starts), dtype=np.int64)
    counts = np.zeros(len(starts), dtype=np.int64)
    more = np.ones(len(starts), dtype=np.bool_)
    for place in range(_LETTERS):
        letters = tags.data[starts + place]
        more &= (letters >= _A) & (letters <= _Z)
        columns[more] = columns[more] * 26 + letters[more] - (_A - 1)
        counts += more
    if (counts == 0).any() or (columns > LAST_COLUMN).any():
        raise NotPlainError
    if ((tags.words(starts + counts) & _MASKS[widths]) != digits).any():
        raise NotPlainError
    return columns, starts + counts + widths


def _kind(attributes: str, dates: Dates) -> int:
    found = _TYPE.search(attributes)
    if found and found.group(1) != "n":
        return _TYPES.get(found.group(1), _PLAIN)
    style = _STYLE.search(attributes)
    shown = dates.get(style.group(1) if style else "0")
    return _PLAIN if shown is None else _DATE + shown.value


def _resolved(texts: pa.Array, kinds: Int64s, strings: Strings) -> pa.Array:
    """What stands for something else turned into it. Raises NotPlainError."""
    shared = kinds == _SHARED
    if shared.any():
        places = texts.filter(pa.array(shared))
        if not pc.all(pc.ascii_is_decimal(places)).as_py():
            raise NotPlainError
        chosen = places.cast(pa.int64())
        if pc.max(chosen).as_py() >= len(strings.array):
            raise NotPlainError
        if pc.sum(pc.binary_length(strings.array).take(chosen)).as_py() > _MOST:
            raise NotPlainError
        texts = pc.replace_with_mask(texts, pa.array(shared), strings.array.take(chosen))
    boolean = kinds == _BOOLEAN
    if boolean.any():
        said = texts.filter(pa.array(boolean)).to_pylist()
        told = pa.array([_BOOLEANS.get(text.strip(), text) for text in said], pa.string())
        texts = pc.replace_with_mask(texts, pa.array(boolean), told)
    for shown in Shown if kinds.max(initial=_PLAIN) >= _DATE else ():
        dated = kinds == _DATE + shown.value
        if dated.any():
            texts = pc.replace_with_mask(texts, pa.array(dated), _as_dates(texts, dated, shown))
    return texts


def _as_dates(texts: pa.Array, dated: Booleans, shown: Shown) -> pa.Array:
    """The dates that these numbers are shown as, each different one found once."""
    different = texts.filter(pa.array(dated)).dictionary_encode()
    days = [date_text(digits, shown) for digits in different.dictionary.to_pylist()]
    return pa.array(days, pa.string()).take(different.indices)


def _column(values: _Values, numbers: Int64s, column: int) -> pa.Array:
    """The cells of a column in the rows of these numbers, null where there is no value."""
    here = np.flatnonzero(values.columns == column)
    rows = values.rows[here]
    if len(rows) == len(numbers) and (rows == numbers).all():
        return values.texts.take(integers(here))
    known = np.isin(rows, numbers)
    places = np.full(len(numbers), -1, dtype=np.int64)
    places[np.searchsorted(numbers, rows[known])] = here[known]
    return values.texts.take(pa.array(places, mask=places < 0))


def _from_last(columns: Sequence[pa.Array], count: int) -> Iterator[Cells]:
    """The cells of each row, the last one first."""
    for row in range(count - 1, -1, -1):
        yield [column[row].as_py() for column in columns]


def _by_rows(
    block: bytes,
    request: Request,
    head: Head,
    footers: Footers,
    strings: Strings,
    dates: Dates,
    after: int,
) -> tuple[Extent, Parsed]:
    """As the handlers of `sheet` read it. Raises NotPlainError for what they refuse."""
    seen: list[int] = []  # numbers of rows
    scan = SheetScan()

    def start(tag: str, attributes: Attributes) -> None:
        if local(tag) == "row":
            seen.append(int(attributes["r"]))  # without it, its number is known from those before
        scan.start(tag, attributes)

    rows: list[tuple[int, list[str | None]]] = []
    reader = SheetRows(strings.listed, dates, request.max_cell_chars)
    whole = b"<sheetData>%b</sheetData>" % block
    try:
        for _ in stream(io.BytesIO(whole), start):
            pass
        for _ in stream(io.BytesIO(whole), reader.start, reader.end, reader.text):
            rows += reader.take()
    except FAULTS:
        raise NotPlainError from None  # the slow reader says it better
    if not seen:
        raise NotPlainError
    filled = [(number, cells) for number, cells in rows if number > after and any(cells)]
    hidden = head.unnamed
    for _, cells in filled:
        if any(place < len(cells) and cells[place] for place in hidden):
            raise NotPlainError
    if sum(len(text) for _, cells in filled for text in cells if text) > _MOST:
        raise NotPlainError
    last = footers.last(cells for _, cells in reversed(filled)) if footers else []
    columns, extras = columns_of([cells for _, cells in filled], head, request.delimiter)
    text = "\n".join("\n".join(filter(None, column.to_pylist())) for column in [*columns, extras])
    if mojibake.find(text) is not None:
        raise NotPlainError
    numbers = np.array([number for number, _ in filled], dtype=np.int64)
    extent = Extent(seen[0], seen[-1], scan.last_column)
    return extent, Parsed(0, numbers, columns, extras, "\ufffd" in text, last)
