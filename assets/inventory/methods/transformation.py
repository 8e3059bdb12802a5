"""Energy transformation by carbon balance: what goes in and is not found in what comes out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from assets.inventory.methods.base import ALL, MethodError, Term
from assets.inventory.methods.book import CO2_PER_C
from assets.inventory.methods.figures import Figure
from assets.landing.rules.limits import EN7_LOWEST, LIMITS


@dataclass(frozen=True)
class Stream:
    """One energy of a works: amounts put in and made in `unit`, NCV in GJ/unit, CC in tC/TJ.

    NCV and CC are measured together or of one set; a measured NCV goes with the default CC.
    """

    name: str
    unit: str
    put_in: Figure
    made: Figure
    ncv: Figure
    cc: Figure


@dataclass(frozen=True)
class Balance:
    """Carbon in and out in t C, and the terms of it."""

    carbon_in_t: Fraction
    carbon_out_t: Fraction
    terms: list[Term]

    @property
    def loss_ratio(self) -> Fraction:
        """(C_in - C_out) / C_in."""
        return (self.carbon_in_t - self.carbon_out_t) / self.carbon_in_t

    @property
    def co2_t(self) -> Fraction:
        """t CO2 = (C_in - C_out) x 44/12."""
        return (self.carbon_in_t - self.carbon_out_t) * CO2_PER_C.value


def carbon_balance(streams: Sequence[Stream]) -> Balance:
    """Carbon in and out of a transformation, unchecked; see `transformation_balance`."""
    into = [(s, s.put_in, "carbon_in") for s in streams if s.put_in.value]
    out = [(s, s.made, "carbon_out") for s in streams if s.made.value]
    carbon_in, carbon_out = (
        sum((a.value * s.ncv.value * s.cc.value / 1000 for s, a, _ in side), Fraction(0))
        for side in (into, out)
    )
    terms = [
        Term(
            f"{stream.name} {'in' if flow == 'carbon_in' else 'out'}",
            "CO2",
            flow,
            amount,
            stream.unit,
            stream.ncv * stream.cc / 1000 * CO2_PER_C,
            ALL,
            "energy_transformation",
        )
        for stream, amount, flow in (*into, *out)
    ]
    return Balance(carbon_in, carbon_out, terms)


def transformation_balance(streams: Sequence[Stream], row: str = "transformation") -> Balance:
    """E = (sum_in AD NCV CC - sum_out AD NCV CC) / 1000 x 44/12, all carbon oxidised.

    发改环资〔2025〕910号 Annex 4 2(2)2) (METHOD 2.2, G06). Raises MethodError (CB1) where the
    loss ratio (C_in - C_out) / C_in leaves -2 to 15 %, the numbers of rule EN7; `row` names the
    works. Nothing is clipped.
    """
    for stream in streams:
        for what in (stream.put_in, stream.made, stream.ncv, stream.cc):
            if what.value < 0:
                raise MethodError(f"{row}: {stream.name} is {what.text}; expected 0 or more")
    found = carbon_balance(streams)
    carbon = f"{float(found.carbon_in_t):.6g} t C in, {float(found.carbon_out_t):.6g} t C out"
    expected = f"{100 * EN7_LOWEST:g} to {100 * LIMITS['EN7']:g} % of the carbon in"
    if not found.carbon_in_t:
        if found.carbon_out_t:
            raise MethodError(f"{row}, CB1: {carbon}; expected a loss of {expected}")
        return found
    low, high = Fraction(str(EN7_LOWEST)), Fraction(str(LIMITS["EN7"]))
    if not low <= found.loss_ratio <= high:
        raise MethodError(
            f"{row}, CB1: carbon loss {100 * float(found.loss_ratio):.4g} % ({carbon}); "
            f"expected {expected}: check inputs, outputs and calorific values"
        )
    return found
