"""Whose return covers a site, and on which days: own, of a branch, taken over in a merger."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from quality.contracts.boundaries import FIRST_DAY, LAST_DAY
from quality.contracts.core import WHOLE_PLACES
from quality.contracts.enterprises import SiteOperator


def site_operators(sites: pl.DataFrame, enterprises: pl.DataFrame) -> pl.DataFrame:
    """`core.site_operator` from `core.site` and `core.enterprise`.

    A site is its enterprise's from its first to its last day (METHOD 1.5, case 5), and until
    the enterprise ends. From then on it is the successor's, for energy follows the site, not
    the USCC (case 7); without a successor it is nobody's (case 6). The return of a legal
    person covers the sites of its branches too (METHOD 1.2).
    """
    house = House.of(enterprises)
    placed = sites.filter(~pl.col("kind").is_in(WHOLE_PLACES)).select(
        "site_id",
        "enterprise_id",
        pl.col("valid_from").fill_null(FIRST_DAY),
        pl.col("valid_to").fill_null(LAST_DAY),
        "source_row_id",
    )
    rows = [
        (site, operator, relation, begins, ends, row)
        for site, enterprise, first, last, row in placed.iter_rows()
        for operator, relation, begins, ends in house.operators(enterprise, first, last)
    ]
    schema = {c.name: c.polars_type for c in SiteOperator.declared_columns()}
    return SiteOperator.conform(pl.DataFrame(rows, schema=schema, orient="row"))


@dataclass(frozen=True)
class House:
    """The legal person above each enterprise, the last day of those that ended, and who goes on."""

    parents: dict[str, str]
    ends: dict[str, date]
    successors: dict[str, str]

    @classmethod
    def of(cls, enterprises: pl.DataFrame) -> House:
        """From `core.enterprise`."""

        def pairs(column: str) -> dict[str, object]:
            known = enterprises.filter(pl.col(column).is_not_null())
            return dict(known.select("enterprise_id", column).iter_rows())

        return cls(
            {str(k): str(v) for k, v in pairs("parent_enterprise_id").items()},
            {k: v for k, v in pairs("ended_on").items() if isinstance(v, date)},
            {str(k): str(v) for k, v in pairs("successor_id").items()},
        )

    def operators(
        self, enterprise: str, first: date, last: date
    ) -> Iterator[tuple[str, str, date, date]]:
        """Operator, relation, first and last day of a site that an enterprise opened."""
        relation, seen = "own", {enterprise}
        while first <= last:
            until = min(last, self.ends.get(enterprise, LAST_DAY))
            if first <= until:
                yield enterprise, relation, first, until
                above = (p for p in self.above(enterprise) if p not in seen)
                yield from ((parent, "branch", first, until) for parent in above)
            follower = self.successors.get(enterprise)
            if until == last or follower is None or follower in seen:
                return
            first = max(first, until + timedelta(days=1))
            enterprise, relation = follower, "merged"
            seen.add(follower)

    def above(self, enterprise: str) -> Iterator[str]:
        """The legal persons above an enterprise; a cycle of parents ends where it closes."""
        seen = {enterprise}
        while (parent := self.parents.get(enterprise)) is not None and parent not in seen:
            seen.add(parent)
            yield parent
            enterprise = parent

    def in_cycle(self, enterprise: str) -> bool:
        """Whether an enterprise is above itself."""
        seen: set[str] = set()
        above: str | None = enterprise
        while above is not None and above not in seen:
            seen.add(above)
            above = self.parents.get(above)
            if above == enterprise:
                return True
        return False
