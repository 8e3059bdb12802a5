"""Numbers that enterprises are known by: their kinds, and the checks that each kind has.

A check that fits proves that a number was not mistyped; it proves no name.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from assets.enterprises.uscc import is_valid

# GB 11714-1997: eight characters 0-9 A-Z of value 0 to 35, and a check character modulo 11.
_ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_ORG_CHECKS = "0123456789X0"


def org_code_fits(code: str) -> bool:
    """Whether nine characters are an organisation code (组织机构代码) by GB 11714-1997."""
    if not re.fullmatch(r"[0-9A-Z]{8}[0-9X]", code):
        return False
    total = sum(int(c, 36) * w for c, w in zip(code, _ORG_WEIGHTS, strict=False))
    return code[8] == _ORG_CHECKS[11 - total % 11]


def registration_no_fits(number: str) -> bool:
    """Whether 15 digits are a registration number (注册号).

    GS15-2006 (工商行政管理市场主体注册号编制规则): 14 digits and a check digit by ISO 7064
    MOD 11,10.
    """
    if not re.fullmatch(r"[0-9]{15}", number):
        return False
    carried = 10
    for digit in number[:14]:
        carried = (carried + int(digit)) % 10 or 10
        carried = carried * 2 % 11
    return (carried + int(number[14])) % 10 == 1


def lei_fits(code: str) -> bool:
    """Whether 20 characters are an LEI: ISO 17442, check by ISO 7064 MOD 97-10."""
    if not re.fullmatch(r"[0-9A-Z]{18}[0-9]{2}", code):
        return False
    return int("".join(str(int(c, 36)) for c in code)) % 97 == 1


# Permit number (排污许可证编号): USCC, three digits of the site, a letter (METHOD 1.2).
PERMIT = re.compile(r"([0-9A-Z]{18})([0-9]{3})([A-Z])")


def permit_no_fits(number: str) -> bool:
    """Whether 22 characters are a permit number that holds a USCC that fits."""
    found = PERMIT.fullmatch(number)
    return found is not None and is_valid(found.group(1))


@dataclass(frozen=True)
class Kind:
    """A kind of number: its shape, its check if it has one, and its name."""

    scheme: str
    shape: str
    fits: Callable[[str], bool] | None
    zh: str


# In this order: the first shape that a number has is its kind.
KINDS = (
    Kind("PERMIT", r"[0-9A-Z]{18}[0-9]{3}[A-Z]", permit_no_fits, "排污许可证编号"),
    Kind("LEI", r"[0-9A-Z]{18}[0-9]{2}", lei_fits, "法人机构识别编码"),
    Kind("USCC", r"[0-9A-Z]{2}[0-9]{6}[0-9A-Z]{10}", is_valid, "统一社会信用代码"),
    Kind("REG15", r"[0-9]{15}", registration_no_fits, "15 位注册号"),
    Kind("REG13", r"[0-9]{13}", None, "13 位注册号"),
    Kind("ORG", r"[0-9A-Z]{8}-?[0-9X]", org_code_fits, "组织机构代码"),
    Kind("STOCK", r"[0-9]{6}", None, "股票代码"),
    # Such as 企外苏苏承字第0045: an office, 字第, a number.
    Kind("REGTEXT", r".*字第?[0-9０-９]+号?", None, "文字注册号"),
)
# Blanks, tabs and characters of no width that hang on delivered numbers.
BLANKS = r"[\s\u00a0\u200b\u200c\u200d\ufeff]"


@dataclass(frozen=True)
class Number:
    """A delivered number as its kind; `fits` is empty where the kind has no check."""

    scheme: str
    value: str
    fits: bool | None


def number_of(text: str) -> Number | None:
    """The kind of a delivered number; blanks are taken off. None for one of no known shape.

    A number in lower case keeps its kind and does not fit: it was not taken from the register.
    """
    plain = re.sub(BLANKS, "", text)
    for kind in KINDS:
        if re.fullmatch(kind.shape, plain.upper()):
            value = plain.upper().replace("-", "") if kind.scheme == "ORG" else plain
            return Number(kind.scheme, value, kind.fits(value) if kind.fits else None)
    return None


def numbers(texts: pl.Series) -> pl.DataFrame:
    """`text, scheme, value, fits` of the distinct texts; one row a text of a known kind."""
    found = [
        (text, number.scheme, number.value, number.fits)
        for text in texts.drop_nulls().unique().sort().to_list()
        if (number := number_of(text)) is not None
    ]
    schema = {"text": pl.String, "scheme": pl.String, "value": pl.String, "fits": pl.Boolean}
    return pl.DataFrame(found, schema=schema, orient="row")


def org_code(uscc: pl.Expr) -> pl.Expr:
    """The organisation code in a USCC: characters 9 to 17 (GB 32100-2015)."""
    return uscc.str.slice(8, 9)
