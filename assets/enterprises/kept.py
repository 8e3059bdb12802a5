"""Compared pairs kept between runs, so that a new delivery compares only what it touches."""

from __future__ import annotations

import hashlib
import os
from functools import cache
from pathlib import Path

import polars as pl

from assets.enterprises.linkage import LinkModel, candidates, prepare, relink

_ROOM = Path(__file__).resolve().parent
_PARTS = ("left", "right", "left_ready", "right_ready", "pairs")


def kept_candidates(
    left: pl.DataFrame, right: pl.DataFrame, model: LinkModel, folder: Path, name: str
) -> pl.DataFrame:
    """`candidates(left, right, model)`, from the pairs kept under this name where they serve.

    Kept are both sides, as given and as prepared, and their pairs, in `folder/<name>-<digest>`;
    the digest is of the model and of the code that compares, so that pairs of another model or
    version are not used. The result is that of comparing everything (`relink`). What cannot be
    read is made anew.
    """
    place = folder / f"{name}-{_digest(model)}"
    before = _read(place)
    if before is None:
        ready = (prepare(left, left["record_id"]), prepare(right, right["record_id"]))
        found = candidates(left, right, model, ready)
    else:
        was_left, was_right, left_ready, right_ready, pairs = before
        changed = (_changed(left, was_left), _changed(right, was_right))
        ready = (prepare(left, changed[0], left_ready), prepare(right, changed[1], right_ready))
        found = relink(pairs, left, right, changed[0], changed[1], model, ready)
    _write(place, (left, right, *ready, found))
    return found


def _changed(now: pl.DataFrame, then: pl.DataFrame) -> pl.Series:
    """Ids of records that are new or not what they were."""
    return now.join(then, on=now.columns, how="anti", nulls_equal=True).get_column("record_id")


def _digest(model: LinkModel) -> str:
    return hashlib.sha256(f"{model!r}{_code()}".encode()).hexdigest()[:16]


@cache
def _code() -> str:
    """A hash of the code that compares records."""
    digest = hashlib.sha256()
    for room in ("linkage", "names"):
        for path in sorted((_ROOM / room).rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _read(place: Path) -> list[pl.DataFrame] | None:
    try:
        return [pl.read_parquet(place / f"{part}.parquet") for part in _PARTS]
    except (OSError, pl.exceptions.PolarsError):
        return None


def _write(place: Path, frames: tuple[pl.DataFrame, ...]) -> None:
    """All or none: the pairs are gone first and written last, and nothing is read without them."""
    place.mkdir(parents=True, exist_ok=True)
    (place / "pairs.parquet").unlink(missing_ok=True)
    for part, frame in zip(_PARTS, frames, strict=True):
        aside = place / f".{part}-{os.getpid()}"
        frame.write_parquet(aside)
        aside.replace(place / f"{part}.parquet")
