"""Divisions through time: what a GB/T 2260 code of any year since 1980 is in the run year.

A code alone names no place: 142324 was 平定县 and is 孝义县 a year later. What is followed
is a unit, a division under one code and one name from a first to a last year, and the
changes of `accepted.division_event` lead from unit to unit. Changes are differences of
lists at the end of a year; a code dated in the year of a change may be older or newer than
it, so both readings are followed. Townships that went from one county to another leave no
trace in codes and none here.

Belongs here: units, how they follow each other, codes and names of a year as those of another.
Does not belong here: polygons (`assets.boundaries.divisions`) and addresses.
"""

from __future__ import annotations

from assets.boundaries.lineage.follow import Answer, Lineage, Successor
from assets.boundaries.lineage.units import POLYGON_YEAR, Change, Unit, known_divisions
from assets.boundaries.lineage.years import to_year

__all__ = [
    "POLYGON_YEAR",
    "Answer",
    "Change",
    "Lineage",
    "Successor",
    "Unit",
    "known_divisions",
    "to_year",
]
