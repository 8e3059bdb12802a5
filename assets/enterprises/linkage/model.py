"""The weights that score a pair, and the exact sum they make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from quality.contracts.linkage import LinkCandidate

FEATURES = [c.name for c in LinkCandidate.declared_columns() if c.name.endswith("_permille")]
_MILLI, _MICRO = 1000, 1_000_000
# exp(-40) is nothing at six decimals.
_FLAT = 40 * _MICRO

Features = Mapping[str, tuple[NDArray[np.int64], NDArray[np.bool_]]]


@dataclass(frozen=True)
class LinkModel:
    """Weights in thousandths of log odds: `slopes` a feature of 1000, `offsets` a feature that is
    comparable; a feature that is not speaks for nothing.

    `link` and `uncertain` are the lowest scores, in millionths, of these two statuses.
    """

    model_id: str
    bias: int
    slopes: Mapping[str, int]
    offsets: Mapping[str, int]
    link: int
    uncertain: int

    def logits(self, features: Features) -> NDArray[np.int64]:
        """Log odds of pairs in millionths: whole numbers, so the same on every machine.

        `features` are values in permille and where they are comparable, by name.
        """
        total: NDArray[np.int64] | None = None
        for name, (values, comparable) in features.items():
            part = values * self.slopes.get(name, 0) + self.offsets.get(name, 0) * _MILLI
            part = np.where(comparable, part, 0)
            total = part if total is None else total + part
        if total is None:
            raise ValueError(f"no features: expected {', '.join(FEATURES)}")
        return total + self.bias * _MILLI


def scores(logits: NDArray[np.int64]) -> NDArray[np.int64]:
    """Probabilities of log odds in millionths, themselves in millionths."""
    bounded = np.clip(logits, -_FLAT, _FLAT) / _MICRO
    return np.rint(_MICRO / (1 + np.exp(-bounded))).astype(np.int64)


def decimal_of_micro(column: str) -> pl.Expr:
    """Whole millionths as a decimal of six places."""
    return (pl.col(column).cast(pl.Float64) / 1_000_000).round(6).cast(pl.Decimal(38, 6))


def load_model(rows: pl.DataFrame) -> LinkModel:
    """The model of `accepted.link_model`.

    Raises ValueError if there is not exactly one, for a term that is no feature, a missing value,
    or a weight of more than three decimals (scores: six).
    """
    ids = rows.get_column("model_id").unique().sort().to_list()
    if len(ids) != 1:
        raise ValueError(f"accepted.link_model: expected the rows of one model, found {ids}")
    slopes: dict[str, int] = {}
    offsets: dict[str, int] = {}
    values: dict[str, int] = {}
    for term, part, weight in (
        rows.select("term", "part", "weight").sort("term", "part").iter_rows()
    ):
        if part == "value":
            values[term] = _whole(term, weight, _MILLI if term == "bias" else _MICRO)
            continue
        feature = f"{term}_permille"
        if feature not in FEATURES:
            known = ", ".join(name.removesuffix("_permille") for name in FEATURES)
            raise ValueError(f"accepted.link_model: {term} is no feature; expected {known}")
        (slopes if part == "slope" else offsets)[feature] = _whole(term, weight, _MILLI)
    missing = {"bias", "link", "uncertain"} - set(values)
    if missing or not 0 <= values["uncertain"] <= values["link"] <= _MICRO:
        said = f"missing {', '.join(sorted(missing))}" if missing else f"{values}"
        raise ValueError(
            f"accepted.link_model: {said}; expected bias, and 0 <= uncertain <= link <= 1"
        )
    return LinkModel(ids[0], values["bias"], slopes, offsets, values["link"], values["uncertain"])


def _whole(term: str, weight: Decimal, unit: int) -> int:
    scaled = weight * unit
    if scaled != int(scaled):
        raise ValueError(f"accepted.link_model: {term} = {weight}: expected whole 1/{unit}")
    return int(scaled)
