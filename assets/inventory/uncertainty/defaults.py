"""Which default half width an activity or factor takes, from the declared tables."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from assets.inventory.factors import worst

ANY = "*"
# Sharing out adds to the width of the return that was shared out (METHOD 1.6). The default of T3
# holds both already, so it is for T3 without a stated width of its own.
RETURN_TIER = "T2"


class MissingUncertainty(ValueError):
    """A factor, item or tier without a default half width."""


@dataclass(frozen=True)
class Width:
    """A 95 % half width in percent, the weakest confidence behind it, and its item."""

    u95_pct: Decimal
    confidence: str
    item: str


class Defaults:
    """Half widths by factor and by tier.

    In: `accepted.uncertainty_default`, `data_tier` and `factor_uncertainty`. Raises
    MissingUncertainty for a factor that names no item, and ValueError for two rows of one item.
    """

    def __init__(self, widths: pl.DataFrame, tiers: pl.DataFrame, factors: pl.DataFrame) -> None:
        items = widths.filter(pl.col("tier_or_class").is_null() | (pl.col("tier_or_class") == ""))
        twice = items.filter(pl.col("item").is_duplicated())
        if twice.height:
            rows = ", ".join(twice["source_row_id"].to_list())
            raise ValueError(f"{twice['item'][0]}: rows {rows}; expected one default")
        known = {row["item"]: row for row in items.iter_rows(named=True)}
        self._tiers = {
            row["tier"]: Width(row["u95_pct"], row["confidence"], f"tier {row['tier']}")
            for row in tiers.iter_rows(named=True)
        }
        self._factors: dict[tuple[str, str, str, str], Width] = {}
        for row in factors.iter_rows(named=True):
            taken = known.get(row["item"])
            if taken is None:
                raise MissingUncertainty(
                    f"{row['source_row_id']}: '{row['item']}' is no item of "
                    "assets/reference/uncertainty_default.csv; add it there"
                )
            key = (row["kind"], row["subject"], row["gas"], row["factor_flag"])
            self._factors[key] = Width(
                taken["u95_pct"], worst([taken["confidence"], row["confidence"]]), row["item"]
            )

    def of_factor(self, kind: str, subject: str, gas: str, flag: str, factor_id: str = "") -> Width:
        """The width of a factor by kind, subject, gas and flag (`none`, EF1, EF2).

        A row of that very subject and gas goes before one of any. Raises MissingUncertainty
        naming the factor.
        """
        for named, of_gas in ((subject, gas), (subject, ANY), (ANY, gas), (ANY, ANY)):
            found = self._factors.get((kind, named, of_gas, flag))
            if found is not None:
                return found
        raise MissingUncertainty(
            f"{factor_id or kind}: no default uncertainty for {kind}, {subject}, {gas}, {flag}; "
            "add a row to assets/reference/factor_uncertainty.csv"
        )

    def of_activity(self, tier: str, shared_out: bool) -> Width:
        """The width of activity of a tier; of a return that was shared out, before it was."""
        taken = RETURN_TIER if shared_out else tier
        if taken not in self._tiers:
            raise MissingUncertainty(
                f"tier {taken}: no default uncertainty; add a row to assets/reference/data_tier.csv"
            )
        return self._tiers[taken]
