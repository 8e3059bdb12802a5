"""Which factor counts for what: a fuel's set, a place's grid factor, by method profile.

Choices are small tables; the ledger joins them with millions of rows of activity.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import polars as pl

from assets.inventory.factors import SET_RANK
from quality.contracts.core import EmissionFactor
from quality.contracts.profiles import MethodProfile

PROFILE_MARK = ";"
# Sets of t CO2 per unit as a whole; in no profile, and taken only where a run names them.
EFFECTIVE_SETS = ("CEADS-implied",)


class ChoiceError(ValueError):
    """A run parameter names no profile, set or year; the message names what there is."""


@dataclass(frozen=True)
class Profile:
    """A method profile: precedence of sets, gases counted, basis of electricity."""

    name: str
    factor_order: tuple[str, ...]
    gases: str
    electricity_basis: str

    def counts(self, gas: str) -> bool:
        return self.gases == "all" or gas == self.gases


def profiles_of(
    declared: pl.DataFrame, wanted: tuple[str, ...], factor_set: str | None
) -> list[Profile]:
    """The wanted rows of `accepted.method_profile`; `factor_set`, if named, goes first in each.

    Raises ChoiceError for a profile or a set that is not declared.
    """
    known = {
        row["profile"]: Profile(
            row["profile"],
            tuple(row["factor_order"].split(">")),
            row["gases"],
            row["electricity_basis"],
        )
        for row in MethodProfile.conform(declared).iter_rows(named=True)
    }
    missing = [name for name in wanted if name not in known]
    if missing or not wanted:
        raise ChoiceError(f"profile {', '.join(missing)}: expected {', '.join(sorted(known))}")
    chosen = [known[name] for name in wanted]
    if factor_set is None:
        return chosen
    known_sets = (*SET_RANK, *EFFECTIVE_SETS)
    if factor_set not in known_sets:
        raise ChoiceError(f"factor set {factor_set}: expected one of {', '.join(known_sets)}")
    return [
        Profile(p.name, (factor_set, *p.factor_order), p.gases, p.electricity_basis) for p in chosen
    ]


def fuel_choice(factors: pl.DataFrame, profiles: list[Profile]) -> pl.DataFrame:
    """Rows `energy_id, variant, gas, use, factor_id, profiles`: factors of a fuel's chosen set.

    A profile takes all of a fuel from the first set of its order that has a whole triple
    (METHOD 2.2: sets are never mixed); CH4 and N2O beside an effective factor, which has no
    calorific value, are of the next set that has one. `variant` is empty for the fuel at large;
    activity of a return that measured, or of a sector with a factor of its own, takes the
    rows of its variant. Profiles with the same choice share the row. Raises ChoiceError for two
    factors of one key, and for an effective set without any factor.
    """
    known = _Fuels(EmissionFactor.conform(factors))
    counted: dict[tuple[str, str, str, str, str], list[str]] = defaultdict(list)
    for profile in profiles:
        known.expect(profile)
        for fuel, variant in known.variants():
            for gas, use, factor_id in known.chosen(fuel, variant, profile.factor_order):
                if profile.counts(gas):
                    counted[fuel, variant, gas, use, factor_id].append(profile.name)
    names = ["energy_id", "variant", "gas", "use", "factor_id", "profiles"]
    return pl.DataFrame(
        [(*key, PROFILE_MARK.join(profiles)) for key, profiles in sorted(counted.items())],
        schema=dict.fromkeys(names, pl.String),
        orient="row",
    )


_Chosen = list[tuple[str, str, str]]


class _Fuels:
    """Factors of fuels by fuel, variant and set: `gas, use, factor_id` each."""

    def __init__(self, factors: pl.DataFrame) -> None:
        self._of: dict[tuple[str, str], dict[str, _Chosen]] = defaultdict(dict)
        keys: dict[tuple[str, ...], str] = {}
        fuels = factors.filter(pl.col("kind").is_in(["fuel", "effective"]))
        self._sets = set(fuels.get_column("factor_set"))
        for row in fuels.sort("factor_id").iter_rows(named=True):
            variant = row["variant"] or ""
            key = (row["subject"], variant, row["factor_set"], row["gas"], row["use"])
            if key in keys:
                raise ChoiceError(
                    f"two factors for {', '.join(filter(None, key))}: {keys[key]} and "
                    f"{row['factor_id']}; expected one; withdraw one of them"
                )
            keys[key] = row["factor_id"]
            of_set = self._of[row["subject"], variant].setdefault(row["factor_set"], [])
            of_set.append((row["gas"], row["use"], row["factor_id"]))

    def expect(self, profile: Profile) -> None:
        lacking = [name for name in EFFECTIVE_SETS if name in profile.factor_order]
        for name in lacking:
            if name not in self._sets:
                raise ChoiceError(
                    f"factor set {name}: no factor of it; expected ceads_energy and "
                    "ceads_emissions of one year: deliver both, or take another set"
                )

    def variants(self) -> list[tuple[str, str]]:
        return sorted(self._of)

    def chosen(self, fuel: str, variant: str, order: tuple[str, ...]) -> _Chosen:
        """The first set with factors of the variant, else of the fuel at large."""
        own, at_large = self._of[fuel, variant], self._of.get((fuel, ""), {})
        held = own if any(name in own for name in order) else at_large
        first = next((name for name in order if name in held), None)
        if first is None:
            return []
        if first not in EFFECTIVE_SETS:
            return held[first]
        triple = next((n for n in order if n in at_large and n not in EFFECTIVE_SETS), None)
        others = at_large[triple] if triple else []
        return [*held[first], *(row for row in others if row[0] != "CO2")]


def product_choice(factors: pl.DataFrame, profiles: list[Profile]) -> pl.DataFrame:
    """Rows `energy_id, factor_id, profiles`: the factor of a product in each profile.

    A profile takes the factor of its own family of documents where there is one, else the
    Chinese one (METHOD 2.3).
    """
    made = EmissionFactor.conform(factors).filter(pl.col("kind") == "process")
    sets_of: dict[str, dict[str, str]] = defaultdict(dict)
    for subject, factor_set, factor_id in made.select(
        "subject", "factor_set", "factor_id"
    ).iter_rows():
        sets_of[subject][factor_set] = factor_id
    counted: dict[tuple[str, str], list[str]] = defaultdict(list)
    for subject, known in sorted(sets_of.items()):
        for profile in profiles:
            factor_id = known.get(profile.name) or known.get("CN")
            if factor_id is not None:
                counted[subject, factor_id].append(profile.name)
    return pl.DataFrame(
        [(*key, PROFILE_MARK.join(names)) for key, names in sorted(counted.items())],
        schema=dict.fromkeys(["energy_id", "factor_id", "profiles"], pl.String),
        orient="row",
    )


_GRID_SCHEMA = {
    "province_code": pl.String,
    "year": pl.Int64,
    "factor_id": pl.String,
    "flag": pl.String,
}


def grid_choice(
    places: pl.DataFrame, factors: pl.DataFrame, regions: pl.DataFrame, policy: str
) -> pl.DataFrame:
    """Rows `province_code, year, factor_id, flag`: the location factor of each place and year.

    `places` has `province_code, year`. E1: the factor of province and data year; a year that
    has none takes the nearest, the earlier of two, flagged EF1. `policy` is `data_year`,
    `latest_published` or a year. E2: a province without any factor takes the regional one of
    the last year published, flagged EF2. A place with neither has no row: the ledger stops.
    """
    grid = EmissionFactor.conform(factors).filter(pl.col("kind") == "electricity")
    by_area: dict[str, dict[int, str]] = defaultdict(dict)
    for factor_id, area, year in grid.select("factor_id", "area_code", "year").iter_rows():
        by_area[area][year] = factor_id
    whole = regions.filter(pl.col("prefecture_prefixes").is_null())
    region_of = dict(whole.select("province_code", "grid_region").iter_rows())
    rows = []
    asked = places.select("province_code", "year").unique().drop_nulls()
    for province, year in asked.sort("province_code", "year").iter_rows():
        own = by_area.get(province)
        if own:
            taken = _year(own, year, policy)
            rows.append((province, year, own[taken], None if taken == year else "EF1"))
        elif regional := by_area.get(region_of.get(province, "")):
            rows.append((province, year, regional[max(regional)], "EF2"))
    return pl.DataFrame(rows, schema=_GRID_SCHEMA, orient="row")


def _year(known: dict[int, str], year: int, policy: str) -> int:
    if policy == "latest_published":
        return max(known)
    wanted = year if policy == "data_year" else int(policy)
    if policy != "data_year" and wanted not in known:
        raise ChoiceError(
            f"grid_ef_year {policy}: no factors of that year; expected data_year, "
            f"latest_published or one of {', '.join(map(str, sorted(known)))}"
        )
    return min(known, key=lambda other: (abs(other - wanted), other))
