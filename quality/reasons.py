"""A check of a declaration that a row breaks, in words of Chinese and English."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

_CALL = re.compile(r"(\w+)\((.*)\)", re.DOTALL)
_SHOWN = 12  # allowed values that are listed

_MONTH = r"^\d{4}(0[1-9]|1[0-2])$"
_BOUNDS = {
    "greater_than_or_equal_to": ("不得小于 {}", "must be {} or more"),
    "greater_than": ("必须大于 {}", "must be more than {}"),
    "less_than_or_equal_to": ("不得大于 {}", "must be {} or less"),
    "less_than": ("必须小于 {}", "must be less than {}"),
    "str_matches": ("应符合格式 {}", "must match {}"),
}


def said(check: str) -> tuple[str, str]:
    """Chinese and English for a check as pandera writes it, such as `isin(['t', 'kg'])`.

    One that is not known is quoted as it is.
    """
    if check == "not_nullable":
        return "不能为空", "must not be empty"
    found = _CALL.fullmatch(check)
    name, given = (found[1], _values(found[2])) if found else (check, None)
    if given and given[0] == _MONTH:
        return "应为六位年月，如 202301", "must be a month as YYYYMM, such as 202301"
    if given and name in _BOUNDS:
        zh, en = _BOUNDS[name]
        return zh.format(given[0]), en.format(given[0])
    if given and name == "isin":
        return f"只能是 {_listed(given[0], '、')}", f"must be one of {_listed(given[0], ', ')}"
    if given and name == "str_length" and given[1] is None:
        return f"至少应有 {given[0]} 个字符", f"must be {given[0]} or more characters long"
    return f"不符合约定：{check}", f"breaks the declaration: {check}"


def _values(text: str) -> tuple[object, ...] | None:
    try:
        return tuple(ast.literal_eval(f"({text},)"))
    except (SyntaxError, ValueError):
        return None


def _listed(values: object, between: str) -> str:
    assert isinstance(values, Sequence)
    more = " …" if len(values) > _SHOWN else ""
    return between.join(str(value) for value in values[:_SHOWN]) + more
