"""Inputs of methods as the worked cases give them, and rows of the return."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from typing import Any

import polars as pl

from assets.inventory.methods.base import CN, Input, Method, Term, net_t
from assets.inventory.methods.book import FactorBook
from assets.inventory.methods.catalogue import METHODS
from assets.inventory.methods.evaluate import process_terms
from assets.inventory.methods.figures import decayed, figure
from quality.contracts.process import ProcessReturn
from tests.frames import facts, frame

CODE = "91310000631696382C"
TABLES = ("ippu_factor", "waste_factor", "heat_factor", "fuel_factor", "unit")


@cache
def book() -> FactorBook:
    return FactorBook(*(facts(name) for name in TABLES[:4]))


def exact(value: float | int | str) -> Fraction:
    return Fraction(str(value))


def terms(method_id: str, given: Mapping[str, Any], **more: Any) -> list[Term]:
    """Terms of a method; numbers are taken at their decimal text."""
    texts = {
        name: exact(value) if isinstance(value, float) else value for name, value in given.items()
    }
    return METHODS[method_id].terms(texts, book(), **more)


def mass(method_id: str, gas: str, profile: str = CN, **given: Any) -> float:
    """Net t of a gas by a method."""
    return float(net_t(terms(method_id, given), gas, profile))


def evaluated(text: str) -> Fraction:
    """What a derivation in figures says, worked out anew."""
    bare = re.sub(r"(?<=[\d)]) [^\s×÷()−+\d][^×÷()−+]*?(?= [×÷−+]|\)|$)", "", text)
    bare = re.sub(r"(?<=\d) 1e4Nm3", "", bare)
    code = re.sub(r"\d+(?:\.\d+)?", r"Fraction('\g<0>')", bare)
    for sign, operator in (("×", "*"), ("÷", "/"), ("−", "-")):
        code = code.replace(sign, operator)
    names = {"Fraction": Fraction, "exp": lambda power: decayed(figure(-power), 1).value}
    found = eval(code, {"__builtins__": {}}, names)
    assert isinstance(found, Fraction)
    return found


def sample(method: Method, item: Input) -> Any:
    """A value that an input takes, small where it is a share or is taken away."""
    if item.choices:
        return next(iter(item.choices))
    if item.yearly:
        return {2015: exact(500), 2017: exact("20.5")} if item.name == "deposit_t" else {2018: 1}
    if item.high is not None:
        return exact("0.35")
    small = ("cod_out", "sludge", "recovered", "destroyed_t", "urea", "_not_carbonate")
    taken = ("bfg_out", "cog_out", "ldg_out", "coke_out", "other_coking", "benzol", "_out")
    return exact(1) if any(name in item.name for name in (*small, *taken)) else exact("1200.5")


def sampled(method: Method, *, optional: bool = True) -> dict[str, Any]:
    """Inputs that a method takes, with or without the optional ones."""
    return {
        item.name: sample(method, item)
        for item in method.inputs
        if not item.optional
        or item.name == "treatment"
        or (optional and item.name not in ("place", "doc", "k", "mcf", "ox"))
    }


def row(
    method: str, parameter: str, value: Any = None, unit: str | None = None, **more: Any
) -> Any:
    """A row of the return; rows are numbered by `numbered`."""
    return {
        "uscc_text": CODE,
        "name_zh": "甲厂",
        "year": 2023,
        "method_zh": method,
        "parameter_zh": parameter,
        "value": value,
        "unit_zh": unit,
        **more,
    }


def chosen(method: str, parameter: str, choice: str, **more: Any) -> Any:
    return row(method, parameter, choice_zh=choice, **more)


def returned(*rows: Mapping[str, Any]) -> pl.DataFrame:
    numbered = [{"source_row_id": f"p::{n}", **values} for n, values in enumerate(rows, start=10)]
    return frame(ProcessReturn, *numbered)


def of_rows(*rows: Mapping[str, Any]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`process_terms` of some rows, with the product's own tables."""
    return process_terms(returned(*rows), *(facts(name) for name in TABLES))


def net_of(found: pl.DataFrame, gas: str, profile: str = CN) -> float:
    """Net t of a gas from term rows, rounded as lines are."""
    signs = {"carbon_out": -1, "recovered": -1, "captured": -1}
    memo = {"stored": 0, "biogenic": 0, "memo": 0}
    kept = found.filter(
        (pl.col("gas") == gas) & pl.col("profiles").str.split(";").list.contains(profile)
    )
    return sum(
        {**signs, **memo}.get(flow, 1) * float(quantity * factor)
        for flow, quantity, factor in kept.select("flow", "quantity", "factor_value").iter_rows()
    )
