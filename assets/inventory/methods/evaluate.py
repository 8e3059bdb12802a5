"""`core.process_term` from returns: group, evaluate, and say what each term rests on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import product
from typing import Any

import polars as pl

from assets.inventory.choice import PROFILE_MARK
from assets.inventory.factors import worst
from assets.inventory.methods.base import MethodError, Term
from assets.inventory.methods.book import FactorBook
from assets.inventory.methods.catalogue import BY_NAME, EXCLUSIVE_IN_ITEM, EXCLUSIVE_IN_WORKS
from assets.inventory.methods.delivered import RETURN, Row, inputs_of, method_of, where
from assets.inventory.methods.figures import Figure, Source
from assets.inventory.methods.landfill import LANDFILL, landfill_terms
from assets.inventory.methods.units import Units
from assets.landing.declaration import load_sources
from assets.landing.rules.identity import person
from quality.contracts.process import ProcessTerm
from quality.exact import decimal6, decimal12, plain

EDGES = {
    name: pl.String() for name in ("item_kind", "item_id", "role", "source_row_id", "column_zh")
}
# Columns of delivered numbers, and the column of the unit of each.
_UNIT_OF = {
    RETURN: {"value": "unit_zh"},
    "return_205_2": {"input": "unit_zh", "output": "unit_zh", "ncv": "ncv_unit_zh"},
}


def process_terms(
    returns: pl.DataFrame,
    ippu: pl.DataFrame,
    waste: pl.DataFrame,
    heat: pl.DataFrame,
    fuels: pl.DataFrame,
    units: pl.DataFrame,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`core.process_term` of `accepted.process_return`, and the cells it rests on.

    A group is a legal person, permit, year, method and item; a landfill is one group over all
    years and kinds, and has terms from the year after its first deposit to the last year of any
    row of the site. The second frame has the columns of `audit.item_source`: `activity` edges
    from terms, `factor` edges from their factors. Raises MethodError for what a method refuses,
    for two methods that exclude each other (naming both rows), MissingFactor and FactorConflict
    from the tables.
    """
    book, known = FactorBook(ippu, waste, heat, fuels), Units(units)
    rows = returns.with_columns(person().alias("person")).sort("source_row_id").to_dicts()
    refuse_both(rows)
    made = TermRows(RETURN)
    for (method_id, *_), group in _grouped(rows, _group_key):
        method = method_of(group[0], BY_NAME)
        if method_id == LANDFILL.method_id:
            last = max(row["year"] for row in rows if _site(row) == _site(group[0]))
            terms = _landfill(group, book, known, last)
        else:
            terms = method.terms(inputs_of(method, group, known), book, where(group))
        made.add(method.method_id, group, terms)
    return made.frames()


def _group_key(row: Row) -> tuple[Any, ...]:
    method = method_of(row, BY_NAME)
    if method is LANDFILL:
        return (method.method_id, *_site(row))
    return (method.method_id, *_site(row), row["year"], row["item_zh"] or "")


def _site(row: Row) -> tuple[str, str]:
    return row["person"], row["permit_no"] or ""


def _grouped(
    rows: Sequence[Row], key: Callable[[Row], tuple[Any, ...]]
) -> Iterator[tuple[tuple[Any, ...], list[Row]]]:
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    yield from sorted(groups.items(), key=lambda item: item[0])


def _landfill(rows: list[Row], book: FactorBook, units: Units, last: int) -> list[Term]:
    """Kinds of waste are items; rows without one are of the whole site, recovery always is."""
    recovery = next(item.name_zh for item in LANDFILL.inputs if item.name == "recovered_kg")
    recovered = [row for row in rows if row["parameter_zh"] == recovery]
    rest = [row for row in rows if row["parameter_zh"] != recovery]
    shared = [row for row in rest if not row["item_zh"]]
    kinds = sorted({row["item_zh"] for row in rest if row["item_zh"]})
    wastes = [
        inputs_of(LANDFILL, [*[r for r in rest if r["item_zh"] == kind], *shared], units)
        for kind in kinds
    ]
    burnt = inputs_of(LANDFILL, [{**row, "item_zh": None} for row in recovered], units)
    wastes = wastes or [inputs_of(LANDFILL, shared, units)]
    return landfill_terms(wastes, book, last, burnt.get("recovered_kg"), where(rows))


def refuse_both(rows: Sequence[Row]) -> None:
    """Raise MethodError where a works counts the same by two methods in one year.

    `rows` hold `person`. A row without a permit speaks for all sites of its legal person.
    """
    by_method: dict[tuple[str, Any, Any], list[Row]] = {}
    for row in rows:
        key = (method_of(row, BY_NAME).method_id, row["person"], row["year"])
        by_method.setdefault(key, []).append(row)
    for pairs, by_item in ((EXCLUSIVE_IN_WORKS, False), (EXCLUSIVE_IN_ITEM, True)):
        for first, second in pairs:
            for (method_id, *works), ones in by_method.items():
                others = by_method.get((second, *works), []) if method_id == first else []
                for one, other in product(ones, others):
                    if _meet(one, other, by_item):
                        raise MethodError(
                            f"{where([one])} is {one['method_zh']}, row {other['source_row_id']} "
                            f"of the same works and year {other['method_zh']}; expected one of them"
                        )


def _meet(one: Row, other: Row, by_item: bool) -> bool:
    """Whether two rows of a person and year may be of one site (and item)."""
    permits = {one["permit_no"], other["permit_no"]} - {None, ""}
    items = {one["item_zh"] or "", other["item_zh"] or ""}
    return len(permits) < 2 and not (by_item and len(items) > 1)


def replaced_combustion(returns: pl.DataFrame) -> pl.DataFrame:
    """Fuels that the methods of a works hold already, so that they are not burnt again.

    Key `uscc_text, name_zh, permit_no, year, fuel_id`, with `method_id` and the first row that
    says so (METHOD 2.2, 2.3: iron and steel, ammonia, methanol).
    """
    keys = ("uscc_text", "name_zh", "permit_no", "year", "fuel_id", "method_id", "source_row_id")
    found: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    for row in returns.sort("source_row_id").iter_rows(named=True):
        method = method_of(row, BY_NAME)
        texts = (row["choice_zh"], row["item_zh"])
        parts = {item.choices.get(text) for item in method.inputs for text in texts if text}
        for part, fuels in method.replaces_combustion_of.items():
            for fuel_id in fuels if part in parts or not part else ():
                key = (row["uscc_text"], row["name_zh"], row["permit_no"], row["year"], fuel_id)
                found.setdefault(key, (*key, method.method_id, row["source_row_id"]))
    schema = {name: pl.Int64() if name == "year" else pl.String() for name in keys}
    return pl.DataFrame(list(found.values()), schema=schema, orient="row").sort(keys[:5])


class TermRows:
    """Rows of `core.process_term` and of their edges, as they are made."""

    def __init__(self, source_id: str) -> None:
        self.source_id = source_id
        self.terms: list[dict[str, Any]] = []
        self.edges: list[tuple[str, str, str, str, str]] = []
        self.factors: dict[str, str] = {}

    def add(
        self, method_id: str, group: Sequence[Row], terms: Iterable[Term], item: str = "item_zh"
    ) -> None:
        """Terms of one group of delivered rows; `item` is the column that names it."""
        first = group[0]
        by_id = {row["source_row_id"]: row for row in group}
        for term in terms:
            # The row of the quantity: kinds of one landfill may have terms of one name.
            main = by_id[next(iter(term.quantity.sources.values())).source_row_id]
            year = term.year or first["year"]
            term_id = f"{main['source_row_id']}|{method_id}|{term.name}|{term.gas}|{year}"
            factor = decimal12(term.factor.value)
            quantity = decimal6(term.quantity.value)
            factor_id = self._factor_id(method_id, term)
            self.terms.append(
                {
                    "term_id": term_id,
                    "source_row_id": first["source_row_id"],
                    "uscc_text": first["uscc_text"],
                    "name_zh": first["name_zh"],
                    "permit_no": first.get("permit_no"),
                    "year": year,
                    "method_id": method_id,
                    "item_zh": main[item],
                    "term": term.name,
                    "gas": term.gas,
                    "flow": term.flow,
                    "source_category": term.category,
                    "profiles": PROFILE_MARK.join(term.profiles),
                    "quantity": quantity,
                    "canonical_unit": term.unit,
                    "quantity_derivation": f"{term.quantity.text} = {plain(quantity)} {term.unit}",
                    "factor_id": factor_id,
                    "factor_value": factor,
                    "factor_derivation": f"{term.factor.text} = {plain(factor)} t/{term.unit}",
                    "confidence": _confidence(term.factor),
                    "pedigree": _worst_digits([row["pedigree"] for row in group]),
                }
            )
            # Which row of a table is taken is the works' own: it belongs to the term.
            chosen = {n: x for n, x in term.factor.sources.items() if self._choice(x)}
            of_factor = {n: x for n, x in term.factor.sources.items() if n not in chosen}
            code = "uscc_text" if first["uscc_text"] else "name_zh"
            named = {"enterprise": code, "year": "year", "item": item}
            own = {
                role: Source(self.source_id, main["source_row_id"], column)
                for role, column in named.items()
                if main[column] is not None
            }
            self._rest_on("activity", term_id, {**own, **chosen, **term.quantity.sources})
            self._rest_on("factor", factor_id, of_factor)

    def _choice(self, source: Source) -> bool:
        return source.table == RETURN and source.column in ("choice_zh", "item_zh")

    def _factor_id(self, method_id: str, term: Term) -> str:
        """Of the table alone where it rests on that alone, else of the delivered row too."""
        own = sorted(
            source.source_row_id
            for source in term.factor.sources.values()
            if source.table == self.source_id and not self._choice(source)
        )
        key = "|".join(["process", method_id, term.gas, term.factor_key or term.name, *own])
        if self.factors.setdefault(key, term.factor.text) != term.factor.text:
            raise MethodError(
                f"{key}: {self.factors[key]} and {term.factor.text}; expected one factor"
            )
        return key

    def _rest_on(self, kind: str, item_id: str, sources: Mapping[str, Source]) -> None:
        for role, source in sources.items():
            cells = [(role, source.column)]
            if source.column in _UNIT_OF.get(source.table, {}):
                cells.append((f"{role} unit", _UNIT_OF[source.table][source.column]))
            for name, column in cells:
                header = _headers(source.table)[column]
                self.edges.append((kind, item_id, name, source.source_row_id, header))

    def frames(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """The two frames; empty ones where there were no rows."""
        schema = ProcessTerm.empty_frame().schema
        terms = ProcessTerm.conform(pl.DataFrame(self.terms, schema=schema))
        edges = pl.DataFrame(self.edges, schema=EDGES, orient="row")
        return terms, edges.unique().sort(list(EDGES))


@cache
def _headers(source_id: str) -> dict[str, str]:
    return {column: header for header, column in load_sources()[source_id].columns.items()}


def _confidence(factor: Figure) -> str:
    """The weakest of the tables it is from; a constant or a measured value is by definition."""
    found = [source.confidence for source in factor.sources.values() if source.confidence]
    return worst(found) if found else "definition"


def _worst_digits(pedigrees: Sequence[str]) -> str:
    return "".join(max(digits) for digits in zip(*pedigrees, strict=True))
