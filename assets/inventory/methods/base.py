"""What a method is: inputs, needed factors, and terms of one gas with the sign in the flow."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction

from assets.inventory.methods.book import FactorBook, FuelCarbon
from assets.inventory.methods.figures import Figure, figure, written

CN, ZCP, IPCC = "CN-GHG", "ZCP-2025", "IPCC"
PROFILES = (CN, ZCP, IPCC)
# ZCP-2025 takes CO2 only and no waste (METHOD 0).
ALL, FULL = PROFILES, (CN, IPCC)
CHINESE = (CN, ZCP)

# Sign of a flow in the territorial view; memo items count nothing.
SIGNS: dict[str, int] = {
    "direct": 1,
    "carbon_in": 1,
    "carbon_out": -1,
    "recovered": -1,
    "captured": -1,
    "stored": 0,
    "biogenic": 0,
    "memo": 0,
}

Number = Figure | Fraction | Decimal | int
Given = Mapping[str, Number | str | Mapping[int, Number]]


class MethodError(ValueError):
    """An input that a method refuses: rule, numbers, and what was expected."""


@dataclass(frozen=True)
class Input:
    """One input: a number in `unit` within bounds, or (with `choices`) one of several texts.

    `choices` leads from the Chinese text to the part it has in keys of factors. An `optional`
    number that is not given takes no part. A `yearly` one has a number for each of several years.
    """

    name: str
    name_zh: str
    unit: str = "t"
    optional: bool = False
    high: Fraction | None = None
    choices: Mapping[str, str] = field(default_factory=dict)
    yearly: bool = False


@dataclass(frozen=True)
class Need:
    """A factor that a method looks up; `{name}` in its key is the part of that choice.

    The part of a choice may hold parameter and kind, joined by |. `unit` is how the unit of the
    row must begin. With `instead` the input of that name, where it is given, takes its place.
    """

    role: str
    table: str
    subject: str
    parameter: str = ""
    kind: str = ""
    unit: str = "t/t"
    instead: str = ""


@dataclass(frozen=True)
class Term:
    """One product `quantity x factor` = t of one gas; `unit` is that of the quantity.

    `factor_key` names the factor within the method; terms of one key have one factor.
    """

    name: str
    gas: str
    flow: str
    quantity: Figure
    unit: str
    factor: Figure
    profiles: tuple[str, ...]
    category: str
    factor_key: str = ""
    year: int | None = None

    @property
    def mass_t(self) -> Fraction:
        """t of the gas, never negative."""
        return self.quantity.value * self.factor.value


@dataclass(frozen=True)
class Method:
    """A declared method; its equation and clause stand in the docstring of `body`.

    `replaces_combustion_of`: fuels whose carbon the method already holds, by part of its
    choice ("" for all): the same works must not burn them in the inventory again.
    """

    method_id: str
    name_zh: str
    category: str
    tier: str
    profiles: tuple[str, ...]
    inputs: tuple[Input, ...]
    needs: tuple[Need, ...]
    body: Callable[[Case], Iterable[Term]]
    replaces_combustion_of: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    # CO2 taken away stands alone; every other method must not end below zero.
    below_zero: bool = False

    @property
    def equation(self) -> str:
        """Equation and clause."""
        return (self.body.__doc__ or "").strip()

    def terms(
        self, given: Given, book: FactorBook, row: str = "", last_year: int | None = None
    ) -> list[Term]:
        """The terms of one set of inputs (numbers in the unit of the input, or texts).

        A yearly input maps years to numbers; `last_year` ends the years it makes terms of. `row`
        names the inputs in errors. Raises MethodError for an input that is unknown, missing or
        out of bounds, and where more is taken away than there is; MissingFactor from the book.
        """
        case = Case(self, given, book, row or self.method_id, last_year)
        return case.checked(self.body(case))


def net_t(terms: Iterable[Term], gas: str, profile: str = CN) -> Fraction:
    """t of a gas in a profile: the sum of terms with the signs of their flows."""
    counted = (t for t in terms if t.gas == gas and profile in t.profiles)
    return sum((SIGNS[t.flow] * t.mass_t for t in counted), Fraction(0))


class Case:
    """The inputs of one evaluation, as the body of a method asks for them."""

    def __init__(
        self,
        method: Method,
        given: Given,
        book: FactorBook,
        row: str,
        last_year: int | None = None,
    ) -> None:
        self.method, self.book, self.row, self.last_year = method, book, row, last_year
        known = {item.name: item for item in method.inputs}
        unknown = sorted(set(given) - set(known))
        if unknown:
            raise self.error("input", f"unknown: {', '.join(unknown)}", ", ".join(known))
        self.inputs = known
        self.numbers: dict[str, Figure] = {}
        self.parts: dict[str, str] = {}
        self.choosing: dict[str, Figure] = {}
        self.series: dict[str, dict[int, Figure]] = {}
        for name, value in given.items():
            item = known[name]
            if item.yearly != isinstance(value, Mapping):
                wanted = "a number for each year" if item.yearly else "one value"
                raise self.error("input", f"{item.name_zh} is {value}", wanted)
            if isinstance(value, Mapping):
                self.series[name] = {
                    year: self._number(item, of_year) for year, of_year in sorted(value.items())
                }
            elif item.choices:
                self._choose(item, value)
            elif isinstance(value, str):
                raise self.error("input", f"{item.name_zh} is {value}", f"a number in {item.unit}")
            else:
                self.numbers[name] = self._number(item, value)
        missing = [
            f"{item.name_zh} ({item.name})"
            for item in method.inputs
            if not item.optional and item.name not in given
        ]
        if missing:
            raise self.error("input", f"missing: {', '.join(missing)}", "a row for each")

    def _choose(self, item: Input, value: Number | str) -> None:
        text = value.text if isinstance(value, Figure) else str(value)
        if text not in item.choices:
            said = f"{item.name_zh} is {text or 'empty'}"
            raise self.error("choice", said, " or ".join(item.choices))
        self.parts[item.name] = item.choices[text]
        if isinstance(value, Figure):
            self.choosing[item.name] = value

    def _number(self, item: Input, value: Number) -> Figure:
        if isinstance(value, float):
            raise self.error("input", f"{item.name_zh} is the float {value}", "an exact number")
        number = value if isinstance(value, Figure) else figure(value, item.unit)
        if number.value < 0 or (item.high is not None and number.value > item.high):
            expected = f"0 to {written(item.high)}" if item.high is not None else "0 or more"
            raise self.error("bounds", f"{item.name_zh} is {number.text}", expected)
        return number

    def error(self, rule: str, said: str, expected: str) -> MethodError:
        """A MethodError that names method, row, rule and numbers."""
        return MethodError(
            f"{self.row}: {self.method.name_zh} ({self.method.method_id}), {rule}: {said}; "
            f"expected {expected}"
        )

    def __contains__(self, name: str) -> bool:
        return name in self.numbers or name in self.parts

    def __getitem__(self, name: str) -> Figure:
        """A number that was given."""
        return self.numbers[name]

    def part(self, name: str) -> str:
        """The part of a factor key that a choice stands for."""
        return self.parts[name]

    def factor(self, role: str) -> Figure:
        """The factor of a declared need, or what was measured instead of it."""
        need = next(need for need in self.method.needs if need.role == role)
        if need.instead in self.numbers:
            return self.numbers[need.instead]
        return self.looked_up(need)

    def looked_up(self, need: Need) -> Figure:
        """The factor of a need that the body works out for itself."""
        asked = f"{need.subject}|{need.parameter}|{need.kind}"
        try:
            key = asked.format(**self.parts).rstrip("|").split("|")
        except KeyError as missing:
            known = [self.inputs[str(missing.args[0])].name_zh]
            known += [self.inputs[need.instead].name_zh] if need.instead else []
            raise self.error("input", f"nothing says {need.role}", " or ".join(known)) from None
        found = self.book.value(need.table, *key, role=need.role, unit=need.unit)
        # Which row was taken rests on the choices in its key.
        return self._chosen(found, [name for name in self.choosing if "{" + name + "}" in asked])

    def fuel(self, choice: str) -> FuelCarbon:
        """Calorific value and carbon content of the fuel that a choice stands for."""
        found = self.book.fuel(self.part(choice))
        return replace(found, ncv=self._chosen(found.ncv, [choice]))

    def _chosen(self, found: Figure, names: Iterable[str]) -> Figure:
        """A figure that rests on what was chosen, too."""
        chosen = {
            name: source
            for name in names
            if name in self.choosing
            for source in self.choosing[name].sources.values()
        }
        return replace(found, sources={**found.sources, **chosen})

    def term(
        self,
        name: str,
        gas: str,
        quantity: Figure,
        factor: Figure,
        flow: str = "direct",
        unit: str = "t",
        profiles: Sequence[str] | None = None,
        category: str = "",
        year: int | None = None,
        factor_key: str = "",
    ) -> Term:
        """A term of this method; in all its profiles unless it says which."""
        allowed = tuple(p for p in (profiles or PROFILES) if p in self.method.profiles)
        category = category or self.method.category
        key = "|".join([factor_key or name, *self.parts.values()])
        return Term(name, gas, flow, quantity, unit, factor, allowed, category, key, year)

    def checked(self, terms: Iterable[Term]) -> list[Term]:
        """The terms, without empty ones that take away or stand aside.

        Raises MethodError for a negative quantity, and where more of a gas is taken away than
        there is of it in any year and profile.
        """
        found = [term for term in terms if term.quantity.value or SIGNS[term.flow] > 0]
        for term in found:
            if term.quantity.value < 0:
                said = f"{term.name}: {term.quantity.text} = {written(term.quantity.value)}"
                raise self.error("quantity", said, f"0 {term.unit} or more")
        if not self.method.below_zero:
            self._check_net(found)
        return found

    def _check_net(self, terms: Sequence[Term]) -> None:
        for year in {term.year for term in terms}:
            of_year = [term for term in terms if term.year == year]
            for gas in {term.gas for term in of_year}:
                for profile in self.method.profiles:
                    counted = [t for t in of_year if t.gas == gas and profile in t.profiles]
                    plus = sum((t.mass_t for t in counted if SIGNS[t.flow] > 0), Fraction(0))
                    minus = sum((t.mass_t for t in counted if SIGNS[t.flow] < 0), Fraction(0))
                    if minus > plus:
                        when = f" in {year}" if year else ""
                        raise self.error(
                            "net",
                            f"{float(minus):.6g} t {gas} are taken away from "
                            f"{float(plus):.6g} t{when}",
                            "no more than there is",
                        )
