"""Which coordinate system a file is in: every possible one tried against known ground.

Each candidate (`candidates`) puts the tested places somewhere; the right one puts them on
their ground. Two candidates are compared cell by cell of the map (`duel`): a cell votes for
the one that leaves its places nearer to their ground, and a one-sided sign test says whether
the votes could be chance. A candidate is refuted only by one that beats it at 0.1 % and two
to one; what is left is the answer, and if more than one is left there is none.

Ground says nothing beyond its own accuracy. Readings less than 150 m apart are never told
apart: the old datums (up to 127 m, `systems`) and outlines of divisions (half of the vertices
within 80 to 140 m of the polygons of `divisions`, measured on districts of three provinces).
Readings some hundred metres apart (GCJ-02, BD-09) are told apart only where a third of the
places comes within 500 m of its ground at all: a generalized layer says nothing about them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from assets.boundaries.crs import facts
from assets.boundaries.crs.candidates import candidates, kin
from assets.boundaries.crs.duel import LEAST_SHARE, Duel, Reading, apart_m, duel, read
from assets.boundaries.crs.finding import Basis, CrsFinding, Fact, Ground
from assets.boundaries.crs.samples import Samples, samples
from assets.boundaries.crs.systems import (
    BD09,
    DATUMS,
    GCJ02,
    Floats,
    System,
    UnknownSystem,
    shapes_to_cgcs2000,
    system,
    to_cgcs2000,
)
from assets.boundaries.divisions import GEOD

SEPARABLE_M = 150.0
_SAME_M = 2.5  # Xian 1980 read as CGCS2000
_AREA_FACTOR = 1.5  # METHOD 1.1 B3: beyond it area contradicts
_AREAS = 50
_TOLD = 4  # rivals named in the evidence
# By chance one point in 100,000 with six decimals stands on whole seconds both ways.
_WHOLE_SECONDS = 0.2


def detect(
    shapes: NDArray[Any],
    grounds: Sequence[Ground] = (),
    *,
    declared: str | None = None,
    area_km2: Floats | None = None,
) -> CrsFinding:
    """The system of points or polygons as delivered (missing and empty ones are passed over).

    `grounds` say where features are known to be, `declared` is what the file says (.prj, EPSG
    code, GCJ-02, BD-09), `area_km2` what the register says of each feature. Raises ValueError
    where a ground has another length than the features.
    """
    for ground in grounds:
        if len(ground.shapes) != len(shapes):
            raise ValueError(
                f"ground of role {ground.role}: {len(ground.shapes)} shapes for "
                f"{len(shapes)} features; expected one each, None where unknown"
            )
    told: list[Fact] = []
    said = _said(declared, told)
    x, y = shapely.get_coordinates(shapes).T
    listed = candidates(x, y, said)
    if not listed:
        told.append(facts.nowhere())
        readable = said is not None and bool(np.isfinite(to_cgcs2000(x, y, said)[0]).any())
        return _nothing(told, contradicts=said is not None and not readable)
    if area_km2 is not None:
        listed = _by_area(shapes, np.asarray(area_km2, dtype=float), listed, told)
    tested = samples(shapes, grounds)
    if tested is None:
        told.append(facts.no_ground())
        return _settle(listed, None, [], said, told, _seconds(x, y))
    readings = _readings(tested, listed, said)
    best = readings[0]
    if best.reached < LEAST_SHARE:
        told.append(facts.off_ground(best))
        return _nothing(told, contradicts=said is not None and said not in listed)
    duels = [duel(tested, best, other) for other in readings[1:]]
    told += [facts.on_ground(best), *(facts.against(each, SEPARABLE_M) for each in duels[:_TOLD])]
    near = [best.system, *(each.other.system for each in duels if each.apart_m < SEPARABLE_M)]
    rivals = [each for each in duels if each.apart_m >= SEPARABLE_M]
    if said in near:
        near = [said]
    remaining = (*near, *(each.other.system for each in rivals if not each.won))
    return _settle(remaining, best, rivals, said, told, _seconds(x, y))


def _said(declared: str | None, told: list[Fact]) -> System | None:
    """What the file says, None if nothing usable."""
    if declared is None:
        return None
    try:
        return system(declared)
    except UnknownSystem as error:
        told.append(facts.unusable(declared, str(error)))
        return None


def _readings(tested: Samples, listed: tuple[System, ...], said: System | None) -> list[Reading]:
    """The candidates under test, the best first; doubles of the declared one left out."""
    readings = [read(tested, each) for each in listed]
    declared = next((each for each in readings if each.system == said), None)
    return sorted(
        (
            each
            for each in readings
            if declared is None or each is declared or apart_m(declared, each) > _SAME_M
        ),
        key=lambda reading: reading.badness,
    )


def _settle(
    remaining: tuple[System, ...],
    best: Reading | None,
    rivals: Sequence[Duel],
    said: System | None,
    told: list[Fact],
    seconds: float,
) -> CrsFinding:
    """The answer from what is left: one system, the declared or typed one of several, or none."""
    families = [kin(each) for each in remaining]
    stands = said is not None and any(_same(said, each) for family in families for each in family)
    every = tuple(each for family in families for each in family)
    plain = [each for each in every if each.code not in (GCJ02, BD09)]
    basis: Basis = "ground" if rivals else "numbers"
    found: System | None = None
    if stands:
        found = said
        basis = basis if len(remaining) == 1 else "declared"
        undecided = () if len(remaining) == 1 else tuple(e for e in every if not _same(e, found))
    elif len(every) == 1:
        found, undecided = every[0], ()
    else:
        basis, undecided = "none", every
        if len(plain) == 1 and seconds >= _WHOLE_SECONDS:
            told.append(facts.whole_seconds(seconds))
            found, basis = plain[0], "writing"
            undecided = tuple(each for each in every if each != found)
    if undecided:
        told.append(facts.left(undecided, found))
    if said is not None and not stands:
        told.append(facts.contradicted(said))
    rival = max(rivals, key=lambda each: (each.p_value, each.other.score), default=None)
    votes = rival.votes if rival else None
    return CrsFinding(
        system=found,
        basis=basis,
        undecided=undecided,
        score=best.score if best else None,
        distance_m=float(np.median(best.distance)) if best else None,
        runner_up=rival.other.system if rival else None,
        runner_up_score=rival.other.score if rival else None,
        votes=votes,
        margin=(votes[0] - votes[1]) / sum(votes) if votes and sum(votes) else None,
        p_value=rival.p_value if rival else None,
        accuracy_m=_accuracy(found, families, declared=stands),
        evidence=tuple(told),
        contradicts=said is not None and not stands,
    )


def _same(one: System, other: System | None) -> bool:
    return other is not None and (one.code, one.swapped, one.writing) == (
        other.code,
        other.swapped,
        other.writing,
    )


def _accuracy(
    found: System | None, families: Sequence[tuple[System, ...]], *, declared: bool
) -> float | None:
    """Undeclared degrees may be of an old datum: read as CGCS2000, they are off by its shift."""
    if found is None:
        one = len(families) == 1  # one projection on three datums
        return max(each.accuracy_m for each in families[0]) if one else None
    if found.code == "EPSG:4490" and not declared:
        return max(datum.accuracy_m for datum in DATUMS.values())
    return found.accuracy_m


def _seconds(x: Floats, y: Floats) -> float:
    """Share of the points whose degrees stand on whole seconds both ways.

    Numbers of four decimals or fewer do not count: many of them are whole seconds by chance.
    """
    if not x.size or max(np.nanmax(np.abs(x)), np.nanmax(np.abs(y))) > 180:
        return 0.0

    def whole(values: Floats) -> NDArray[np.bool_]:
        seconds, short = values * 3600, values * 1e4
        found: NDArray[np.bool_] = (np.abs(seconds - np.round(seconds)) < 2e-3) & (
            np.abs(short - np.round(short)) > 1e-3
        )
        return found

    with np.errstate(invalid="ignore"):
        return float((whole(x) & whole(y)).mean())


def _by_area(
    shapes: NDArray[Any], area_km2: Floats, listed: tuple[System, ...], told: list[Fact]
) -> tuple[System, ...]:
    """Candidates whose areas agree with the declared ones; all, where none does."""
    usable = np.flatnonzero(np.isfinite(area_km2) & (area_km2 > 0) & (shapely.area(shapes) > 0))
    if not usable.size:
        return listed
    usable = usable[:: max(1, usable.size // _AREAS)]
    kept = []
    for each in listed:
        try:
            placed = shapes_to_cgcs2000(shapes[usable], each)
        except ValueError:
            continue
        areas = np.array([abs(GEOD.geometry_area_perimeter(shape)[0]) / 1e6 for shape in placed])
        ratio = float(np.median(areas / area_km2[usable]))
        if 1 / _AREA_FACTOR <= ratio <= _AREA_FACTOR:
            kept.append(each)
        else:
            told.append(facts.area(each, ratio))
    return tuple(kept) or listed


def _nothing(told: list[Fact], *, contradicts: bool) -> CrsFinding:
    return CrsFinding(
        system=None,
        basis="none",
        undecided=(),
        score=None,
        distance_m=None,
        runner_up=None,
        runner_up_score=None,
        votes=None,
        margin=None,
        p_value=None,
        accuracy_m=None,
        evidence=tuple(told),
        contradicts=contradicts,
    )
