"""What the test of a coordinate system takes and what it says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from numpy.typing import NDArray

from assets.boundaries.crs.systems import System

Role = Literal["within", "outline", "near"]
Basis = Literal["ground", "numbers", "declared", "writing", "none"]


@dataclass(frozen=True)
class Ground:
    """Where each feature is known to be, in CGCS2000 degrees; None where it is not known.

    `within`: a place of the feature lies in this polygon (the county of an address).
    `outline`: the feature draws this polygon (a district file against divisions of its codes).
    `near`: the feature is about this point (the catalogue point of a park).
    """

    role: Role
    shapes: NDArray[Any]


class Fact(NamedTuple):
    """One line of evidence in Chinese and English."""

    zh: str
    en: str


@dataclass(frozen=True)
class CrsFinding:
    """The coordinate system of a file, or why it cannot be told.

    `system` is None where several are left (`undecided`, the best first) or none fits.
    `basis`: ground told it; the numbers allow no other; of several left it is the one that
    the file declares; or the one whose degrees stand on whole seconds (then `undecided` names
    the others); none. `score` is the share of the tested places that lie on their ground under
    the system (or the best of the undecided), `distance_m` their median distance to it.
    `runner_up` is the system that comes nearest to it, with its score; `votes` counts the
    cells of the map that speak for the system and for the runner-up, `margin` is their
    difference over their sum, `p_value` the chance of such votes if both were equally good.
    `accuracy_m`: how far a place may be off if read as `system`, or as the first of `undecided`
    where any of them may be true. `contradicts`: the declared system is refuted.
    """

    system: System | None
    basis: Basis
    undecided: tuple[System, ...]
    score: float | None
    distance_m: float | None
    runner_up: System | None
    runner_up_score: float | None
    votes: tuple[int, int] | None
    margin: float | None
    p_value: float | None
    accuracy_m: float | None
    evidence: tuple[Fact, ...]
    contradicts: bool
