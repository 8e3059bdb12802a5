"""Conservation: nothing is lost and nothing is made, to the last digit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from quality.contracts.core import SHARED_OUT, WHOLE_SERIES
from quality.contracts.profiles import EXCHANGED_FLOWS
from quality.contracts.table import SOURCE_COLUMN, SOURCE_ROW

Tables = Mapping[str, pl.DataFrame]


@dataclass(frozen=True)
class Balance:
    """Two sums that must be equal exactly."""

    name: str
    left: Decimal
    right: Decimal

    @property
    def equal(self) -> bool:
        return self.left == self.right

    def as_json(self) -> dict[str, str | bool]:
        return {"left": str(self.left), "right": str(self.right), "equal": self.equal}


def _total(frame: pl.DataFrame, column: str) -> Decimal:
    value = frame.select(pl.col(column).sum()).item()
    return Decimal(value) if value is not None else Decimal(0)


def delivered_rows(t: Tables, accepted: Mapping[str, str]) -> list[Balance]:
    """Per source: records read = accepted + quarantined; `accepted` maps source to table."""
    read = t["raw.part"].group_by("source_id").agg(pl.col("records").sum())
    quarantined = t["quarantine.row"].group_by("source_id").len()
    counted = {str(name): int(count) for name, count in read.iter_rows()}
    bad = {str(name): int(count) for name, count in quarantined.iter_rows()}
    return [
        Balance(
            f"delivered = accepted + quarantined: {source}",
            Decimal(counted.get(source, 0)),
            Decimal(t[table].height + bad.get(source, 0)),
        )
        for source, table in sorted(accepted.items())
    ]


def row_in_one_place(t: Tables) -> Balance:
    """No record is accepted and quarantined at once: such records = 0."""
    both = 0
    for name, frame in t.items():
        if not name.startswith("accepted.") or SOURCE_ROW not in frame.columns:
            continue
        keys = [key for key in (SOURCE_ROW, SOURCE_COLUMN) if key in frame.columns]
        both += frame.join(t["quarantine.row"], on=keys, how="semi").height
    return Balance("rows both accepted and quarantined = 0", Decimal(both), Decimal(0))


def returned_quantities(t: Tables) -> list[Balance]:
    """Per energy: what is returned, and what sites state beyond it, = activity at the sites
    (tiers T1 to T4). What a branch returns is in the return of its legal person already.
    """
    returned, own = t["core.canonical_return"], t["core.site_quantity"]
    allocation = t["core.allocation"]
    activity = t["core.activity"].filter(
        ~pl.col("tier").is_in(SHARED_OUT)
        & ~pl.col("flow").is_in(EXCHANGED_FLOWS)
        & (pl.col("carrier") != "process")
    )

    def of(frame: pl.DataFrame, energy: str, column: str = "quantity") -> Decimal:
        return _total(frame.filter(pl.col("energy_id") == energy), column)

    alone = own.filter(pl.col("covered_by").is_null())
    within = own.filter(pl.col("kind") == "branch_return")
    return [
        Balance(
            f"returned = allocated to sites: {energy}",
            of(returned, energy)
            + of(alone, energy)
            + of(allocation, energy, "excess")
            - of(within, energy),
            of(activity, energy),
        )
        for energy in sorted(
            set(returned["energy_id"]) | set(own["energy_id"]) | set(activity["energy_id"])
        )
    ]


def attributed_activity(t: Tables) -> list[Balance]:
    """Per energy, basis, boundary class and series: activity = in parks + outside + unlocated +
    rest, over parks that count in totals. A series that holds single years only is left out.
    """
    activity, places = t["core.activity"], t["core.attribution"]
    counting = t["core.park"].filter("counts_in_total").get_column("park_id")
    axes = ["basis", "boundary_class", "series"]
    kept = places.filter(
        (pl.col("weight_point") > 0)
        & pl.col("series").is_in(WHOLE_SERIES)
        & (
            pl.col("place_id").is_in(counting.implode())
            | pl.col("place_id").str.contains(r"^(OUTSIDE|UNLOCATED|REST):")
        )
    )
    weighed = (
        activity.join(kept, on="site_id")
        .filter(pl.col("year").is_between("year_from", "year_to"))
        .with_columns(_share("share_to").sub(_share("share_from")).alias("part"))
    )
    return [
        Balance(
            f"activity = in parks + outside + unlocated: {energy}, {', '.join(axis)}",
            _total(activity.filter(pl.col("energy_id") == energy), "quantity"),
            _total(
                weighed.filter(
                    (pl.col("energy_id") == energy),
                    *(pl.col(name) == value for name, value in zip(axes, axis, strict=True)),
                ),
                "part",
            ),
        )
        for axis in kept.select(axes).unique().sort(axes).rows()
        for energy in sorted(set(activity["energy_id"]))
    ]


def _share(end: str) -> pl.Expr:
    return (pl.col("quantity") * pl.col(end)).cast(pl.Decimal(38, 6))


def control_totals(t: Tables) -> list[Balance]:
    """Per control total: book = measured + downscaled + rest."""
    return [
        Balance(
            "parks + rest = control total: "
            f"{row['province_code']} {row['year']} {row['block']} {row['book_sector']} "
            f"{row['book_fuel']}, {row['boundary_class']}",
            row["book_quantity"],
            row["measured_quantity"] + row["downscaled_quantity"] + row["rest_quantity"],
        )
        for row in t["mart.control_balance"].iter_rows(named=True)
    ]


def ledger_in_marts(t: Tables) -> list[Balance]:
    """Per profile, gas, basis and boundary class: mass of lines by their weight in the
    territorial view = mass in that view over all places that count in totals.
    """
    weights = t["accepted.view_weight"].filter(pl.col("view") == "territorial")
    lines = (
        t["ledger.line"]
        .with_columns(pl.col("profiles").str.split(";").alias("profile"))
        .explode("profile")
        .join(weights.select("profile", "flow", "weight"), on=["profile", "flow"])
        .with_columns((pl.col("mass_t") * pl.col("weight")).cast(pl.Decimal(38, 6)).alias("mass_t"))
    )
    inner = t["core.park"].filter(~pl.col("counts_in_total")).get_column("park_id")
    mart = t["mart.park_inventory"].filter(
        (pl.col("view") == "territorial") & ~pl.col("place_id").is_in(inner.implode())
    )
    axes = ["basis", "boundary_class"]
    counted = lines.filter(pl.col("weight") != 0).select("profile", "gas").unique()
    return [
        Balance(
            f"ledger = territorial view over all places: {profile}, {gas}, {basis}, {kind}",
            _total(lines.filter(profile=profile, gas=gas), "mass_t"),
            _total(
                mart.filter(profile=profile, gas=gas, basis=basis, boundary_class=kind), "mass_t"
            ),
        )
        for basis, kind in t["core.attribution"].select(axes).unique().sort(axes).rows()
        for profile, gas in counted.sort("profile", "gas").rows()
    ]


@dataclass(frozen=True)
class Check:
    """A conservation check: its name, the tables it reads, the balances it gives."""

    name: str
    reads: tuple[str, ...]
    balances: Callable[[Tables], list[Balance]]


# By the table whose asset the check blocks.
CHECKS = {
    "core.activity": Check(
        "returned_quantities",
        ("core.canonical_return", "core.site_quantity", "core.allocation", "core.activity"),
        returned_quantities,
    ),
    "mart.control_balance": Check("control_totals", ("mart.control_balance",), control_totals),
    "mart.park_energy": Check(
        "attributed_activity",
        ("core.activity", "core.attribution", "core.park"),
        attributed_activity,
    ),
    "mart.park_inventory": Check(
        "ledger_in_marts",
        (
            "ledger.line",
            "mart.park_inventory",
            "core.park",
            "core.attribution",
            "accepted.view_weight",
        ),
        ledger_in_marts,
    ),
}


def all_balances(t: Tables, accepted: Mapping[str, str]) -> list[Balance]:
    """Every balance of a finished run."""
    made = [balance for check in CHECKS.values() for balance in check.balances(t)]
    return [*delivered_rows(t, accepted), row_in_one_place(t), *made]
