"""Old workbooks (.xls): the value of each cell as text.

A whole number has no point ("2020"), another one the shortest digits that mean the same double;
dates and times are ISO 8601, as in a .xlsx (dates.py), booleans TRUE or FALSE, errors their text. A
formula is its stored result. The library gives an error as an empty cell and some dates wrongly, so
both come from biff.py. It reads all sheets at once: a broken one that is not wanted does no harm as
far as the library can read it.
"""

from collections.abc import Iterator
from contextlib import suppress
from math import isfinite
from pathlib import Path
from typing import Any

import python_calamine

from assets.landing.readers.biff import BiffError, EncryptedError, SheetFrame, scan
from assets.landing.readers.dates import date_text
from assets.landing.readers.headers import Merge
from assets.landing.readers.parts import choose_parts, refuse_unread
from assets.landing.readers.records import check_text
from assets.landing.readers.request import Request
from assets.landing.readers.table import PartResult, Row, write_table
from assets.landing.readers.wide import check_alike

_CELL_BYTES = 128  # the library holds each cell up to the last filled one of a sheet, also empty
# What the library raises for a sheet; OverflowError: for a time of a million years.
_UNREADABLE = (python_calamine.CalamineError, OverflowError)
_EXACT = 2**53  # whole doubles up to here have all their digits


def read_xls(request: Request) -> list[PartResult]:
    """The chosen sheets in the order of the workbook. Raises ReadError: not-a-workbook,
    sheet-missing, bounds, encoding, nul-bytes, header-mismatch, units-mismatch.
    """
    data = Path(request.path).read_bytes()
    try:
        frames = scan(data)
        _check_extent(frames, request)
        return _read(frames, request)
    except EncryptedError:
        raise request.error(
            "not-a-workbook", "an encrypted workbook", "a workbook without a password"
        ) from None
    except (BiffError, *_UNREADABLE) as error:
        raise _broken(request, str(error)) from None
    except BaseException as error:
        # A panic of the library is no Exception, and its class has no name to import.
        if type(error).__name__ != "PanicException":
            raise
        raise _broken(request, "the reading library gave up") from None


def _read(frames: list[SheetFrame], request: Request) -> list[PartResult]:
    with python_calamine.load_workbook(request.path) as book:
        sheets = {
            sheet.name: frame
            for sheet, frame in zip(book.sheets_metadata, frames, strict=True)
            if sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
        }
        results: list[PartResult] = []
        wanted = choose_parts(list(sheets), request, "sheet")
        for name, frame in sheets.items():
            if name not in wanted:
                with suppress(*_UNREADABLE):  # what is not read may be broken
                    _refuse_unread(book.get_sheet_by_name(name), frame, name, request)
                continue
            if frame.fault is not None:
                raise _broken(request, frame.fault, name)
            sheet = book.get_sheet_by_name(name)
            titles: list[Row] = []
            rows = _rows(sheet, frame, request, name, titles)
            file = f"{len(results)}.arrow"
            part = write_table(name, rows, request, file, merges=_merges(sheet), titles=titles)
            results.append(part)
        check_alike({result.part: result.headers for result in results}, request)
        return results


def _refuse_unread(
    sheet: python_calamine.CalamineSheet, frame: SheetFrame, name: str, request: Request
) -> None:
    if frame.fault is None:
        titles: list[Row] = []
        rows = _rows(sheet, frame, request, name, titles)
        refuse_unread(name, rows, titles, _merges(sheet), request)


def _merges(sheet: python_calamine.CalamineSheet) -> list[Merge]:
    return [
        (top + 1, left + 1, bottom + 1, right + 1)
        for (top, left), (bottom, right) in sheet.merged_cell_ranges or []
    ]


def _check_extent(frames: list[SheetFrame], request: Request) -> None:
    """Before the library takes room for every cell of every sheet. Raises ReadError `bounds`."""
    areas = [max(frame.claimed, (frame.last_row + 1) * (frame.last_column + 1)) for frame in frames]
    most = min(request.max_cells, request.memory_bytes // _CELL_BYTES)
    if sum(areas) > most:
        place = areas.index(max(areas))
        rows, columns = frames[place].last_row + 1, frames[place].last_column + 1
        raise request.error(
            "bounds",
            f"filled cells of sheet {place + 1} reach row {rows} and column {columns}, "
            f"and it is said to have {frames[place].claimed} cells",
            f"an extent of all sheets of at most {most} cells",
            row=rows,
        )


def _rows(
    sheet: python_calamine.CalamineSheet,
    frame: SheetFrame,
    request: Request,
    part: str,
    titles: list[Row],
) -> Iterator[Row]:
    """Rows behind the title rows, cells from column A on, with the sheet row as number.

    The title rows are put into `titles` before the first row is given.
    """
    # The library pads above the first filled cell but not on its left.
    left: list[str | None] = [None] * (sheet.start[1] if sheet.start else 0)
    for number, values in enumerate(sheet.iter_rows(), start=1):
        cells = left + [_text(value, request, part, number) for value in values]
        for column in range(len(cells)) if frame.errors else ():
            cells[column] = frame.errors.get((number - 1, column), cells[column])
        for column in range(len(cells)) if frame.dates else ():
            if (number - 1, column) in frame.dates:
                value, shown = frame.dates[number - 1, column]
                cells[column] = date_text(_digits(value, request, part, number), shown)
        if number > request.title_rows:
            yield number, number, cells
        else:
            titles.append((number, number, cells))


def _text(value: Any, request: Request, part: str, row: int) -> str | None:
    if isinstance(value, str):
        if value:
            check_text(value, "", request, part, row)
        return value or None
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return _digits(value, request, part, row) if isinstance(value, float) else str(value)


def _digits(value: float, request: Request, part: str, row: int) -> str:
    if not isfinite(value):
        raise _broken(request, f"the number {value}", part, row)
    return str(int(value)) if value.is_integer() and abs(value) <= _EXACT else repr(value)


def _broken(request: Request, what: str, part: str = "", row: int | None = None) -> Exception:
    return request.error("not-a-workbook", what, "a sound .xls workbook", part, row)
