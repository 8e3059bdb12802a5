"""Numbers that a workbook shows as dates: which number formats do so, and the date as text.

The text is what stands in the sheet. The digits in the file (45292) are a count of days that means
another day in a workbook that counts from 1904, and nobody who looks at the sheet sees them. So a
number in a cell formatted as a date is that date even where a year was meant: 2017 is 1905-07-09,
as the sheet shows. What a sheet cannot show as a date stays as its digits: negative numbers, the
29th of February 1900, which never was, and what lies behind the year 9999.
"""

import datetime
import re
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum

# Formats known by number: dates and times, also those that East Asian languages have by default.
_DATES = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_ELAPSED = 46

# Letters that mean none: in quotes, behind a backslash, to leave or fill a space, a colour.
_LITERAL = re.compile(r'"[^"]*"?|[\\_*].?|general', re.DOTALL)
_CONDITION = re.compile(r"\[[<>=]")
_BRACKETS = re.compile(r"\[(?!(?:h+|m+|s+)\])[^\]]*\]?")
# "aaa" is a day of the week; an "e" may be a year, but not in 0.00E+00.
_SHOWS = re.compile(r"(\[(?:h+|m+|s+)\])|[dmyhs]|aaa|am/pm|a/p|e(?![+-])")

_NUMBER = re.compile(r"[0-9]{1,20}(?:\.[0-9]{0,40})?(?:[eE][+-]?[0-9]{1,2})?")
_DAY = 86_400_000  # in milliseconds, the least that a sheet shows
_BEHIND = 2_958_466  # the day behind 9999-12-31, counted as from 1900
_NEVER = 60  # 1900-02-29
_DAY_0 = datetime.datetime(1899, 12, 30)  # of the days behind that one
_LATER = datetime.timedelta(days=1)  # that of the days before it
_FROM_1904 = datetime.datetime(1904, 1, 1) - _DAY_0
_BEHIND_1904 = _BEHIND - _FROM_1904.days


class Shown(Enum):
    """What a number is shown as: a day and time counted from a year, or a time that has passed."""

    FROM_1900 = 0
    FROM_1904 = 1
    ELAPSED = 2


def shown_as(number: int, code: str | None, is_1904: bool) -> Shown | None:
    """What a number format shows, by its code or, where the workbook states none, its number."""
    if code is None:
        is_date, is_elapsed = number in _DATES, number == _ELAPSED
    else:
        plain = _LITERAL.sub("", code.lower())
        if not _CONDITION.search(plain.partition(";")[0]):
            plain = plain.partition(";")[0]  # that of numbers that are not negative
        found = _SHOWS.search(_BRACKETS.sub("", plain))
        is_date, is_elapsed = found is not None, found is not None and found.group(1) is not None
    if is_elapsed:
        return Shown.ELAPSED
    if is_date:
        return Shown.FROM_1904 if is_1904 else Shown.FROM_1900
    return None


def date_text(digits: str, shown: Shown) -> str:
    """ISO 8601: a day, a time (of a number below 1), both, or elapsed seconds; or the digits.

    Rounded to milliseconds: 45291.99999999999 is the next day, as the sheet shows.
    """
    if not _NUMBER.fullmatch(digits):
        return digits
    count = int((Decimal(digits) * _DAY).to_integral_value(ROUND_HALF_UP))
    days, rest = divmod(count, _DAY)
    if days >= (_BEHIND_1904 if shown is Shown.FROM_1904 else _BEHIND):
        return digits
    if shown is Shown.ELAPSED:
        seconds, parts = divmod(count, 1_000)
        fraction = f".{parts:03}".rstrip("0") if parts else ""
        return f"PT{seconds}{fraction}S"
    moment = _DAY_0 + datetime.timedelta(days, milliseconds=rest)
    if not days:
        return moment.time().isoformat()
    if shown is Shown.FROM_1904:
        moment += _FROM_1904
    elif days == _NEVER:
        return digits
    elif days < _NEVER:
        moment += _LATER
    return moment.isoformat() if rest else moment.date().isoformat()
